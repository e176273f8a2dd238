"""Our detector takes over the data folder of the Python library's version 0.27.0, and that version ours: whoever changes from one to the
other, or back, keeps the node's identity, its model and every image that waits.

The folders are made by the library itself, which tools/fetch_peers brings into an environment of its own."""

import json
import shutil
import signal
import subprocess
from urllib.parse import unquote

import pytest
from fake_loop import FakeLoop, files_in, model_zip
from loop_programs.ports import free_port
from loop_programs.process import clean_environment
from nodes import Client, Outbox, picture, wait_until
from peers import PYTHON, peer_detector, peer_environment
from programs import BIN, ROOT, Program, jpeg

KILLED_WHILE_SAVING = ROOT / "tests/e2e/peer_outbox/killed_while_saving.py"
RED_CELL = picture((96, 64), (114, 114, 114), [((16, 16, 32, 32), (200, 0, 0))])
REFUSING = 10_000  # uploads


def peer(folder, loop):
    return peer_detector(folder, loop, "/api/o/projects/p", {"MODEL_FORMAT": "onnx", "LOOP_ORGANIZATION": "o"}, "detector")


def ours(folder, loop):
    """Under the name of the library's detector, by which both find their identity."""
    port = free_port()
    words = [BIN / "learning-loop", "detector", "--port", port, "--data-folder", folder / "detector", "--loop-host",
             f"127.0.0.1:{loop.port}", "--organization", "o", "--project", "p", "--name", "peer"]
    return Program(words, port, folder / "ours.log", "/about", {"SYNC_CYCLES": "1"})


def model_of(node):
    return (node.get("/about").json()["model_info"] or {}).get("version")


def upload_some(node, folder):
    """Images by every door of HTTP, some of them with priority, until all of them wait in the folder."""
    before = len(Outbox(folder).waiting())
    def upload(query, *seeds):
        assert node.post_files("/upload" + query, [(f"{seed}.jpg", jpeg(seed)) for seed in seeds]).status == 200
    upload("?upload_priority=true&source=front%20door", 1, 2)
    upload("", *range(3, 18))
    upload("?upload_priority=true&creation_date=2024-01-31T12:00:00", 18)
    for seed in range(19, 23):
        notes = {"autoupload": "all", "tags": "left,wet", "source": "robot", "creation-date": "2024-01-31T12:00:00.5"}
        assert node.post_files("/detect", [("a.jpg", jpeg(seed))], "file", notes).status == 200
    wait_until(lambda: len(Outbox(folder).waiting()) == before + 22, "images that wait")


class Left:
    """What lies in a folder that a detector has left."""

    def __init__(self, folder):
        self.outbox = Outbox(folder)
        data = folder / "detector"
        [self.uuid] = json.loads((data / "uuids.json").read_text()).values()
        self.files = {file.name: file.read_bytes() for item in self.outbox.waiting() for file in item.iterdir()}
        self.priority = sorted(item.name for item in (self.outbox.folder / "priority").iterdir())

    def arrived_once(self, loop):
        """Whether each of its images reached the Loop once, as it was, and those of priority before all others."""
        sent = [(unquote(name), content) for body in loop.uploads for name, content in files_in(body)]
        assert len(sent) == len(self.files) and dict(sent) == self.files
        images = [name[len("image_"):-len(".jpg")] for name, _ in sent if name.endswith(".jpg")]
        return sorted(images[:len(self.priority)]) == self.priority


@pytest.fixture(name="made", scope="module")
def fixture_made(tmp_path_factory):
    """A folder as the library leaves it: it runs model 1.0, images wait that the Loop does not take, and it is killed as it downloads 2.0.
    Another time it was killed while it saved an image."""
    folder = tmp_path_factory.mktemp("made")
    with FakeLoop() as loop:
        loop.upload_statuses = [503] * REFUSING
        loop.offer("1.0", model_zip("1.0"))
        with peer(folder, loop) as node:
            wait_until(lambda: model_of(node) == "1.0", "the model of the Loop")
            upload_some(node, folder)
            loop.offer("2.0", None)
            wait_until(lambda: loop.downloads_asked == 2, "a download")
            node.kill()
        (folder / "image.jpg").write_bytes(jpeg(100))
        done = subprocess.run([PYTHON, KILLED_WHILE_SAVING, folder / "image.jpg"], check=False,
                              env=clean_environment(peer_environment(folder / "detector", loop, "p")))
        assert done.returncode == -signal.SIGKILL
    assert len(list((folder / "detector/tmp").glob("*/image_*.jpg"))) == 1
    assert list((folder / "detector/models/2.0").iterdir()) == []
    return folder


@pytest.fixture(name="folder")
def fixture_folder(made, tmp_path):
    """A copy of it."""
    shutil.copytree(made / "detector", tmp_path / "detector", symlinks=True)
    return tmp_path


def test_without_a_loop_the_model_that_was_left_serves(folder):
    with FakeLoop() as away:
        pass
    with ours(folder, away) as node:
        wait_until(lambda: model_of(node) == "1.0", "the model of before")
        [box] = Client(node).detect(RED_CELL, autoupload="disabled").json()["box_detections"]
        assert (box["category_name"], box["model_name"], box["x"]) == ("red", "1.0", 16)


def test_the_loop_sees_the_same_node_with_the_same_model_and_nothing_is_downloaded(folder):
    left = Left(folder)
    with FakeLoop() as loop:
        loop.offer("1.0", b"")
        with ours(folder, loop):
            wait_until(lambda: loop.reports and loop.reports[-1]["current_model"] == "1.0", "a report with the model")
        assert {(report["uuid"], report["name"]) for report in loop.reports} == {(left.uuid, "peer")}
        assert loop.downloads_asked == 0


def test_each_image_that_waited_reaches_the_loop_once_as_it_was_and_those_of_priority_first(folder):
    left = Left(folder)
    assert len(left.files) == 44 and len(left.priority) == 3
    with FakeLoop() as loop:
        for _ in range(2):  # the second time nothing is left to send
            with ours(folder, loop) as node:
                left.outbox.wait_until_empty()
                assert node.stop() == 0
        assert left.arrived_once(loop)
    assert left.outbox.rejected() == []


def test_a_model_whose_download_was_cut_off_is_downloaded_anew(folder):
    with FakeLoop() as loop:
        loop.offer("2.0", model_zip("2.0"))
        with ours(folder, loop) as node:
            wait_until(lambda: model_of(node) == "2.0", "the model")


def test_an_image_that_lost_its_bytes_with_the_power_holds_up_nothing(folder):
    """The library asks the disk for nothing: files may be empty then that it had given their names."""
    left = Left(folder)
    [broken, *_] = sorted((left.outbox.folder / "priority").iterdir())
    image = broken / f"image_{broken.name}.jpg"
    image.write_bytes(b"")
    with FakeLoop() as loop, ours(folder, loop):
        left.outbox.wait_until_empty()
        left.priority.remove(broken.name)
        left.files = {name: content for name, content in left.files.items() if broken.name not in name}
        assert left.arrived_once(loop)
    [rejected] = left.outbox.rejected()
    assert rejected.name == broken.name and (rejected / "reason.txt").read_text().strip()


def test_the_library_takes_over_what_ours_leaves(folder):
    """Whoever goes back loses nothing either."""
    with FakeLoop() as loop:
        loop.upload_statuses = [503] * REFUSING
        loop.offer("3.0", model_zip("3.0"))
        with ours(folder, loop) as node:
            wait_until(lambda: model_of(node) == "3.0", "a model that ours downloads")
            upload_some(node, folder)
            node.kill()
    left = Left(folder)
    assert len(left.files) == 88 and len(left.priority) == 6
    with FakeLoop() as loop, peer(folder, loop) as node:
        assert model_of(node) == "3.0"
        left.outbox.wait_until_empty()
        assert left.arrived_once(loop)
        assert {report["uuid"] for report in loop.reports} == {left.uuid}
