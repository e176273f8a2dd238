"""A training that is stopped or aborted in each of its states, at a Loop that holds it there."""

import time

import pytest
from nodes import wait_until
from trainer_fixtures import fixture_loop, fixture_node  # noqa: F401
from trainers import GOOD, HELD, ScriptedTrainer


def formats_of(node):
    return [one["format"] for one in node.all("uploaded")]


# ---------------------------------------------------------------------------------------------------------------- stop


@pytest.mark.parametrize("state", [state for state in HELD if state != "running"])
def test_a_stop_changes_nothing_but_while_the_process_runs(node, state):
    node.begin_and_hold(state)
    assert node.call("stop_training") == [GOOD]
    node.let_go_of(state)
    node.come_to("idle")
    assert formats_of(node) == ["mocked", "mocked_2"] and node.all("detected")
    assert [line["arguments"][2]["best_epoch"] for line in node.all("trained")][-1] == 2, "the process ended by itself"


def test_a_stop_ends_the_process_and_keeps_the_best_model_so_far(node):
    node.begin_and_hold("running")
    assert node.call("stop_training") == [GOOD]
    node.come_to("idle")
    assert [line["arguments"][2]["best_epoch"] for line in node.all("trained")] == [1]
    assert formats_of(node) == ["mocked", "mocked_2"] and node.all("detected")
    assert all(report["errors"] == {} for report in node.reports()), "that its process failed, since it was stopped, is no error"


def test_a_process_that_does_not_end_on_a_stop_is_killed_after_half_a_minute_and_its_model_is_kept(stubborn):
    """With all that it has left behind."""
    node, stopped = stubborn
    node.come_to("idle", 60)
    assert time.monotonic() - stopped > 25, "it had time to end by itself"
    assert formats_of(node) == ["mocked", "mocked_2"] and node.children() == []


@pytest.fixture(name="stubborn", scope="module", autouse=True)
def fixture_stubborn(loop, tmp_path_factory):
    """One whose process does not end on SIGTERM: it is stopped while other tests run. And when that was."""
    with ScriptedTrainer(loop, tmp_path_factory.mktemp("stubborn"), "stubborn") as node:
        node.come_to("idle")
        node.control.tell("deaf")
        node.control.tell("child")
        node.begin_and_hold("running")
        node.begin("stop_training")
        yield node, time.monotonic()


def test_a_training_whose_process_fails_after_a_stop_goes_on_to_the_end(node):
    node.control.tell("end running", "exit 3")
    node.control.tell("say", "that was all")
    node.control.tell("deaf")
    node.begin_and_hold("running")
    assert node.call("stop_training") == [GOOD], "it has had its SIGTERM"
    node.control.withdraw("hold running")
    node.come_to("idle")
    assert "that was all" in (node.training_folders()[0] / "last_training.log").read_text(), "SIGTERM did not end it"
    assert formats_of(node) == ["mocked", "mocked_2"]
    assert all(report["errors"] == {} for report in node.reports())


# --------------------------------------------------------------------------------------------------------------- abort


@pytest.mark.parametrize("state", HELD)
def test_an_abort_ends_everything_and_is_acked_once_nothing_is_left(node, state):
    node.begin_and_hold(state)
    sent = sent_by(node)
    assert node.call("abort_training") == [GOOD]
    assert node.record() is None and node.children() == [], "all was over when the ack came"
    assert [file.name for folder in node.training_folders() for file in folder.rglob("*")] in ([], ["last_training.log"])
    node.come_to("idle")
    node.let_go_of(state)
    assert sent_by(node) == sent
    node.begin_training(2)
    node.come_to("idle")
    assert [(one["number"], one["format"]) for one in node.all("uploaded")][-2:] == [("2", "mocked"), ("2", "mocked_2")]


def sent_by(node):
    return [len(node.all(event)) for event in ("trained", "uploaded", "detected")]


def test_an_abort_ends_a_process_that_does_not_want_to_with_all_that_it_has_started(node):
    node.control.tell("deaf")
    node.control.tell("child")
    node.begin_and_hold("running")
    wait_until(lambda: len(node.children()) >= 2, "a process and what it has left behind")
    node.begin("abort_training")
    assert node.acked("abort_training") == [GOOD]
    assert node.children() == []
