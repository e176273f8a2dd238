"""When a trainer node ends by itself, and what it leaves on the disk."""

import fcntl

import pytest
from nodes import wait_until
from trainer_fixtures import fixture_loop  # noqa: F401
from trainers import GOOD, ScriptedTrainer, name_of


@pytest.fixture(name="make")
def fixture_make(loop, tmp_path, request):
    """Makes a trainer with this environment, which is idle."""
    nodes = []

    def make(**environment):
        nodes.append(ScriptedTrainer(loop, tmp_path, name_of(request), environment=environment))
        nodes[-1].program.start()
        nodes[-1].come_to("idle")
        return nodes[-1]
    yield make
    for node in nodes:
        node.program.__exit__()


# ------------------------------------------------------------------------------------------------- RESTART_AFTER_TRAINING


@pytest.mark.parametrize("value", ["1", "TRUE"])
def test_it_ends_with_0_after_a_training_if_that_is_wanted(make, value):
    node = make(RESTART_AFTER_TRAINING=value)
    node.begin_training()
    assert node.program.process.wait(60) == 0
    assert len(node.all("uploaded")) == 2 and node.all("detected") and node.record() is None
    assert node.states()[-1] == "idle", "it tells that it is over before it goes"
    node.program.start()
    node.come_to("idle")


def test_it_does_so_after_an_abort_as_well(make):
    node = make(RESTART_AFTER_TRAINING="1")
    node.begin_and_hold("running")
    assert node.call("abort_training") == [GOOD]
    assert node.program.process.wait(20) == 0
    assert node.children() == [] and node.record() is None and not node.all("uploaded")


@pytest.mark.parametrize("value", ["0", "", "no"])
def test_otherwise_it_waits_for_the_next_training(make, value):
    node = make(**({"RESTART_AFTER_TRAINING": value} if value != "no" else {}))
    for number in (1, 2):
        node.begin_training(number)
        node.come_to("idle", claim=lambda report: node.record() is None)
    assert node.program.process.poll() is None


# ---------------------------------------------------------------------------------------------------- KEEP_OLD_TRAININGS


def test_the_folder_of_an_older_training_goes_when_the_next_one_begins(make):
    node = make()
    folders = []
    for number in (1, 2):
        node.begin_and_hold("running", number)
        assert len(node.training_folders()) == 1
        folders += node.training_folders()
        node.let_go_of("running")
        node.come_to("idle", claim=lambda report: node.record() is None)
        assert [file.name for file in folders[-1].iterdir()] == ["last_training.log"]
    assert not folders[0].exists() and folders[1].exists()


def test_old_trainings_are_kept_whole_if_that_is_wanted(make):
    node = make(KEEP_OLD_TRAININGS="true")
    for number in (1, 2, 3):
        node.begin_training(number)
        node.come_to("idle", claim=lambda report: node.record() is None)
    folders = node.training_folders()
    assert len(folders) == 3
    for folder in folders:
        assert {"last_training.log", "made.txt"} <= {file.name for file in folder.iterdir()}


def test_a_training_that_is_refused_removes_no_older_one(make):
    node = make()
    node.begin_training()
    node.come_to("idle", claim=lambda report: node.record() is None)
    [folder] = node.training_folders()
    node.refused(2, hyperparameters="left out")
    assert (folder / "last_training.log").exists()


# -------------------------------------------------------------------------------------------------- TRAINER_IDLE_TIMEOUT_SEC


def test_it_ends_with_0_once_it_was_idle_for_so_long(make):
    node = make(TRAINER_IDLE_TIMEOUT_SEC="2.5")
    assert node.program.process.wait(20) == 0
    assert "TRAINER_IDLE_TIMEOUT_SEC" in node.program.log_text()


def test_a_training_is_no_idleness_and_begins_it_anew(make):
    node = make(TRAINER_IDLE_TIMEOUT_SEC="4")
    node.begin_and_hold("running")
    held = len(node.reports())
    wait_until(lambda: len(node.reports()) >= held + 2, "more than 4 s of reports", 20)
    assert node.program.process.poll() is None
    node.let_go_of("running")
    node.come_to("idle", claim=lambda report: node.record() is None)
    assert node.program.process.wait(20) == 0
    assert len(node.all("uploaded")) == 2


def test_to_be_blocked_counts_as_idle(make, tmp_path):
    with open(tmp_path / "slot", "ab") as slot:
        node = make(TRAINER_IDLE_TIMEOUT_SEC="5", TRAINING_SLOT_LOCK=str(tmp_path / "slot"))
        fcntl.flock(slot, fcntl.LOCK_EX)
        node.come_to("blocked")
        assert node.program.process.wait(20) == 0
