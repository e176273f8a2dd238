"""A thousand people draw one after the other, and what they drew, their windows and their images take no more memory at the end."""

import os
import re
from pathlib import Path

import pytest
from annotators import SEGMENTER, ScriptedNode, user_input
from node_status import figure, live
from scripted_loops import ScriptedLoop

ROUNDS, WINDOWS, AT_ONCE = 5, 200, 20
ALLOWED_MB = 8
IMAGE_MEMORY_MB, IMAGE_DISK_BYTES = 4, 1_000_000
MOST_WINDOWS = 100
# Box, stroke on the thing, and its end.
ACTIONS = [("left_mouse_down", (30, 30), {}), ("mouse_move", (90, 80), {}), ("left_mouse_up", (90, 80), {}),
           ("left_mouse_down", (50, 50), {"is_shift_key_pressed": True}), ("left_mouse_up", (70, 60), {"is_shift_key_pressed": True})]


def resident_mb(node):
    return int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{node.process.pid}/status").read_text())[1]) / 1024


@pytest.fixture(name="node", scope="module")
def fixture_node(tmp_path_factory):
    folder = tmp_path_factory.mktemp("memory")
    more = ["--image-memory-bytes", f"{IMAGE_MEMORY_MB}MiB", "--image-disk-bytes", IMAGE_DISK_BYTES, "--max-windows", MOST_WINDOWS]
    with ScriptedLoop(folder) as loop, ScriptedNode(loop, folder, "scissors", SEGMENTER, more) as node:
        node.saw("reported")
        yield node


def all_succeed(node, event, arguments):
    node.loop.tell(node=node.name, emit=event, all=arguments)
    acks = node.saw("acked", name=event)["acks"]
    assert all(ack[0]["success"] for ack in acks), acks


def draw(node, windows):
    """Side by side. A third of the windows finish their shape, a third are closed, and a third are left open; four share an image."""
    image_of = {window: f"{window // 4:08}-0000-4000-8000-000000000000" for window in windows}
    for event_type, place, more in ACTIONS:
        all_succeed(node, "handle_user_input", [
            [user_input(event_type, place, f"window {window}", image_of[window], **more)] for window in windows])
    all_succeed(node, "handle_user_input", [
        [user_input("key_up", (70, 60), f"window {window}", image_of[window], key_up="Enter")] for window in windows if window % 3 == 0])
    all_succeed(node, "user_logout", [[f"window {window}"] for window in windows if window % 3 == 1])


def test_a_thousand_drawings_leave_memory_and_disk_as_they_were(node):
    resident, descriptors = [], []
    for number in range(ROUNDS):
        for first in range(0, WINDOWS, AT_ONCE):
            draw(node, range(number * WINDOWS + first, number * WINDOWS + first + AT_ONCE))
        resident.append(resident_mb(node.program))
        descriptors.append(len(os.listdir(f"/proc/{node.program.process.pid}/fd")))
    folder = Path(next(word for word in node.program.command if word.endswith("/data")))
    on_disk = sum(file.stat().st_size for file in folder.rglob("*.jpg"))
    shapes, answers = (figure(node.program, f"annotator_{what}", label) for what, label in (
        ("shapes_total", 'result="taken"'), ("answer_seconds_count", "")))
    facts = {fact["label"]: fact["value"] for fact in live(node.program)["facts"]}
    print(f"figures: after each {WINDOWS} drawings: {', '.join(f'{mb:.1f}' for mb in resident)} MB resident, descriptors {descriptors}; "
          f"{answers:.0f} answers, {shapes:.0f} shapes, images on the disk {on_disk} bytes, {facts}", flush=True)
    assert shapes > ROUNDS * WINDOWS / 4, "things were found and finished"
    assert max(resident[1:]) - resident[0] < ALLOWED_MB
    assert max(descriptors) - min(descriptors) <= 5
    assert on_disk <= IMAGE_DISK_BYTES
    assert int(facts["Drawings"]) <= MOST_WINDOWS
