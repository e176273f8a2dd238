"""One graphics card for several trainers: while one trains the others are blocked, ours beside ours and beside those of the library, either
way round, also after one was killed."""

import contextlib
import fcntl
import os
import re
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nodes import wait_until
from programs import run_to_end
from trainer_fixtures import fixture_loop  # noqa: F401
from trainers import ScriptedTrainer

PAIRS = {"ours, then ours": ("ours", "ours"), "ours, then the library's": ("ours", "the library's"),
         "the library's, then ours": ("the library's", "ours")}


@pytest.fixture(name="pair", scope="module", params=PAIRS)
def fixture_pair(loop, tmp_path_factory, request):
    """Two trainers of one card, of the kinds that the parameter says, and its file."""
    folder, number = tmp_path_factory.mktemp("trainers"), list(PAIRS).index(request.param)
    slot = folder / "slot"
    kinds = PAIRS[request.param]
    nodes = [ScriptedTrainer(loop, folder, f"{name}-{number}", kind, environment={"TRAINING_SLOT_LOCK": str(slot)})
             for name, kind in zip(("first", "second"), kinds, strict=True)]
    try:
        for node in nodes:
            node.program.start()
            node.come_to("idle")
        yield *nodes, slot
    finally:
        for node in nodes:
            node.program.__exit__()


def hold(node, number):
    node.control.tell("hold running")
    node.begin_training(number)
    node.control.wait_until_at("running")
    node.come_to("running")


def finish(node):
    if (node.control.folder / "hold running").exists():
        node.control.withdraw("hold running")
    node.come_to("idle", 60, claim=lambda report: node.record() is None)


def test_while_one_trains_the_other_is_blocked_and_refuses_with_the_name_of_the_holder(pair):
    first, second, slot = pair
    hold(first, 3)
    holder = slot.read_text()
    uuid = first.reports()[-1]["id"]
    assert re.fullmatch(rf"pid {first.program.process.pid} on {socket.gethostname()}, node {uuid}, training #3 of o/{first.name}", holder)
    assert slot.stat().st_mode & 0o666 == 0o666
    report = second.come_to("blocked")
    assert (report["progress"], report["context"], report["uptime"]) == (None, None, None)
    assert second.refused(1) == (f"the training slot is held by {holder}", "refused")
    assert second.record() is None and second.training_folders() == []
    finish(first)


def test_once_the_first_is_done_the_other_one_may_train(pair):
    first, second, slot = pair
    hold(first, 4)
    second.come_to("blocked")
    before = slot.stat().st_ino
    finish(first)
    second.come_to("idle")
    assert slot.read_text() == "" and slot.stat().st_ino == before, "emptied, never replaced"
    hold(second, 5)
    first.come_to("blocked")
    assert f"training #5 of o/{second.name}" in slot.read_text()
    finish(second)
    first.come_to("idle")


def test_a_trainer_that_was_killed_holds_the_card_no_more_and_waits_for_it_when_it_is_back(pair):
    """With its training, which goes on afterwards."""
    first, second, slot = pair
    hold(first, 6)
    second.come_to("blocked")
    first.program.kill()
    second.come_to("idle")
    hold(second, 7)
    first.program.start()
    report = first.come_to("waiting_for_slot")
    assert report["context"] == {"organization": "o", "project": first.name}
    assert f"training #7 of o/{second.name}" in slot.read_text()
    finish(second)
    finish(first)
    for node, number in ((first, "6"), (second, "7")):
        assert [one["format"] for one in node.all("uploaded", number=number)] == ["mocked", "mocked_2"]
    assert slot.read_text() == ""


# ------------------------------------------------------------------------------------------------------------ ours alone


@pytest.fixture(name="node")
def fixture_node(loop, tmp_path, request):
    name = request.node.name.replace("_", "-")
    with ScriptedTrainer(loop, tmp_path, name, environment={"TRAINING_SLOT_LOCK": str(tmp_path / "slot")}) as started:
        started.come_to("idle")
        yield started


def test_no_process_of_a_training_inherits_the_lock(node, tmp_path):
    hold(node, 1)
    for pid in node.children():
        files = [os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir() if one.is_symlink()]
        assert str(tmp_path / "slot") not in files, (pid, files)
    finish(node)


def test_an_aborted_training_and_one_that_makes_no_sense_leave_the_card_free(node, tmp_path):
    assert node.refused(hyperparameters="left out")[1] is None
    hold(node, 2)
    node.call("abort_training")
    node.control.withdraw("hold running")
    with open(tmp_path / "slot", "r+b") as slot:
        fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert slot.read() == b""


def test_others_that_look_at_the_card_all_the_time_do_not_keep_it_from_training(node, tmp_path):
    """A look takes the lock for an instant."""
    ended = threading.Event()

    def look():
        while not ended.wait(0.002):
            with open(tmp_path / "slot", "ab") as slot, contextlib.suppress(BlockingIOError):
                fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with ThreadPoolExecutor() as others:
        others.submit(look)
        try:
            for number in range(1, 4):
                hold(node, number)
                finish(node)
        finally:
            ended.set()
    assert len(node.all("uploaded")) == 6


def test_a_card_whose_file_cannot_be_had_any_more_is_told_and_waited_for(node, tmp_path):
    hold(node, 1)
    node.program.kill()
    wait_until(lambda: node.children() == [], "the end of its process")
    (tmp_path / "slot").unlink()
    (tmp_path / "slot").mkdir()
    node.program.start()
    report = node.come_to("waiting_for_slot", claim=lambda report: report["errors"])
    assert list(report["errors"]) == ["training_slot"] and str(tmp_path / "slot") in report["errors"]["training_slot"]
    (tmp_path / "slot").rmdir()
    node.come_to("running", claim=lambda report: not report["errors"])
    finish(node)


def test_abort_ends_a_training_that_waits_for_the_card(node, tmp_path):
    hold(node, 1)
    node.program.kill()
    wait_until(lambda: node.children() == [], "the end of its process")
    with open(tmp_path / "slot", "ab") as slot:
        fcntl.flock(slot, fcntl.LOCK_EX)
        node.program.start()
        node.come_to("waiting_for_slot")
        node.call("stop_training")
        assert node.record() is not None
        node.call("abort_training")
        assert node.record() is None
        node.come_to("blocked")


def test_a_lock_in_a_folder_that_there_is_not_is_refused_at_the_start(node, tmp_path):
    status, text = run_to_end([*node.program.command, "--training-slot-lock", tmp_path / "nowhere/slot"], node.program.environment)
    assert status != 0 and "training_slot_lock" in text.lower() and "nowhere" in text, text
