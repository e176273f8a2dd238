"""The example that a user starts from does what its README says."""
import json
import re
import shlex
import subprocess
import time

import pytest
from loop_programs.connection import log_in
from loop_programs.ports import free_port
from nodes import ORGANIZATION, Client, detail, image_files, picture, wait_until
from pasted import Pasted
from programs import BIN, ROOT, Loop, detector, image_ids, loop_server

FOLDER = ROOT / "examples/01_bright_spot"


@pytest.fixture(name="node", scope="module")
def fixture_node(tmp_path_factory):
    folder = tmp_path_factory.mktemp("example")
    nobody = loop_server(folder, free_port())  # not started: the example serves without a Loop
    with detector(folder, nobody, ORGANIZATION, "example", [BIN / "bright_spot"]) as program:
        yield program


def test_the_bright_region_is_the_detection(node):
    answer = Client(node).detect(picture((320, 240), (20, 20, 20), [((40, 32, 120, 80), (255, 255, 255))]))
    assert answer.status == 200
    [box] = answer.json()["box_detections"]
    assert (box["category_name"], box["confidence"]) == ("spot", 1.0)
    for key, expected in {"x": 40, "y": 32, "width": 80, "height": 48}.items():
        assert abs(box[key] - expected) <= 2, box  # JPEG blurs edges


def test_what_is_no_image_is_refused(node):
    answer = Client(node).detect(b"hello")
    assert answer.status == 400 and "JPEG" in detail(answer)


def test_the_readme_tells_what_happens(node):
    """Its commands are run as they stand there; what they answer has to be what it claims."""
    blocks = re.findall(r"```(?:sh|json)\n(.*?)```", (FOLDER / "README.md").read_text(), re.DOTALL)
    examples = [(command, claim) for command, claim in zip(blocks, blocks[1:]) if command.startswith("curl")]
    assert len(examples) == 2
    for command, claim in examples:
        words = shlex.split(command.replace("127.0.0.1:8004", f"127.0.0.1:{node.port}"))
        answered = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True, timeout=20).stdout
        assert json.loads(answered) == json.loads(claim), command


def test_the_commands_of_the_first_readme_bring_an_image_into_the_inbox(tmp_path):
    """They are run in one go, as a person pastes them: nothing waits until a program has started but curl itself."""
    [block] = re.findall(r"```sh\n(tools/setup build.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    _, commands = block.split("\n", 1)  # it is set up and built
    readme = Pasted("bright_spot", 8004)
    with readme.run(tmp_path, commands) as printed:
        wait_until(lambda: '"category_name":"spot"' in printed(), "the detector's answer")
        [password] = re.findall(r"^    (\S+)$", printed(), re.M)
        loop = Loop([], readme.loop_port, tmp_path / "unused")
        loop.headers = log_in(readme.loop_port, "admin", password)
        wait_until(lambda: image_ids(loop, f"/api/{ORGANIZATION}/projects/field", "inbox"), "an image in the inbox")
        sent = (FOLDER / "spot.jpg").read_bytes()
        assert sent in [content for _, content in image_files(loop, f"/api/{ORGANIZATION}/projects/field")]


def test_a_signal_ends_it_at_once(tmp_path):
    with detector(tmp_path, loop_server(tmp_path), ORGANIZATION, "example", [BIN / "bright_spot"]) as program:
        assert Client(program).detect(picture((64, 48), (0, 0, 0))).status == 200
        begin = time.monotonic()
        assert program.stop() == 0
        assert time.monotonic() - begin < 3
