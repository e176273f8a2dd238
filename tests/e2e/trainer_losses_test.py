"""What gets lost between a trainer and its Loop: acks, connections, the Loop itself. Nothing of a training is lost with it, and nothing
arrives twice. Trainers run side by side, since each has to wait."""

import pytest
from nodes import wait_until
from trainer_fixtures import fixture_loop, fixture_node  # noqa: F401
from trainers import HELD, ScriptedTrainer, ScriptedTrainingLoop

FAILED = {"success": False, "error_msg": "the disk of the Loop is full", "payload": None}
# What an update_training is answered with twice before it is taken.
BAD_ACKS = {"a failure": {"ack": [FAILED]}, "no arguments": {"ack": []}, "null": {"ack": [None]}, "false": {"ack": [False]},
            "a number": {"ack": [7]}, "an empty object": {"ack": [{}]}, "success as text": {"ack": [{"success": "true"}]},
            "a broken connection": {"abort": True}}


@pytest.fixture(name="crew")
def fixture_crew():
    """A list for trainers, which are ended with the test."""
    nodes = []
    yield nodes
    for node in nodes:
        node.program.__exit__()


def start(crew, loop, folder, names):
    for name in names:
        crew.append(ScriptedTrainer(loop, folder, name.replace(" ", "-").replace("_", "-")))
        crew[-1].program.start(wait=False)
    for node in crew:
        node.come_to("idle")


def assert_whole(node):
    """The Loop has been told of the last state, and has model and detections, each once."""
    assert [line["arguments"][2]["best_epoch"] for line in node.all("trained")][-1] == 2
    assert [(one["format"], one["again"]) for one in node.all("uploaded")] == [("mocked", False), ("mocked_2", False)]
    found = [item["image_id"] for line in node.all("detected") for item in line["items"]]
    assert sorted(found) == sorted(node.images[:-2])


# ---------------------------------------------------------------------------------------------------------------- acks


def test_a_state_counts_as_told_only_once_the_loop_has_acked_it_with_success(loop, tmp_path, crew):
    start(crew, loop, tmp_path, BAD_ACKS)
    for node, how in zip(crew, BAD_ACKS.values(), strict=True):
        node.set(training=how | {"times": 2})
        node.begin_training()
    for node, what in zip(crew, BAD_ACKS, strict=True):
        node.come_to("idle", 90)
        assert [line["arguments"][2]["best_epoch"] for line in node.all("trained")] == [2, 2, 2], what
        told = [report["errors"].get("sync_confusion_matrix") for report in node.reports()]
        assert any(told) and (what != "a failure" or any(FAILED["error_msg"] in one for one in told if one)), (what, told)
        uploads = [place for place, line in enumerate(node.lines) if line["event"] == "uploaded"]
        assert all(line["event"] != "trained" for line in node.lines[uploads[0]:]), "not before it was acked"
        assert_whole(node)


def test_an_error_of_a_sync_while_the_process_runs_is_shown_and_ends_nothing(node):
    node.set(training={"ack": [FAILED], "times": 2})
    node.begin_and_hold("running")
    report = node.come_to("running", claim=lambda report: report["errors"])
    assert list(report["errors"]) == ["sync_confusion_matrix"] and FAILED["error_msg"] in report["errors"]["sync_confusion_matrix"]
    node.come_to("running", claim=lambda report: not report["errors"])
    assert [line["arguments"][2]["best_epoch"] for line in node.all("trained")] == [1, 1, 1]
    node.let_go_of("running")
    node.come_to("idle")
    assert_whole(node)


# --------------------------------------------------------------------------------------------------------- connections


def test_a_connection_that_is_lost_in_any_state_costs_nothing(loop, tmp_path, crew):
    start(crew, loop, tmp_path, HELD)
    for node, state in zip(crew, HELD, strict=True):
        node.begin_and_hold(state)
        node.saw("connect")
        loop.tell(node=node.name, abort=True)
    for node, state in zip(crew, HELD, strict=True):
        node.saw("disconnect")
        assert node.saw("connect")["login"] > 1, "each time it logs in anew"
        place = len(node.lines)
        wait_until(lambda node=node, place=place: any(line["event"] == "reported" for line in node.lines[place:]), "a report")
        last = node.reports()[-1]
        if state != "confusion_matrix_syncing":  # what was lost with the connection is tried again, and taken
            assert (last["state"], last["context"]) == (state, {"organization": "o", "project": node.name})
        node.let_go_of(state)
    for node in crew:
        node.come_to("idle", 60)
        assert_whole(node)


def test_a_trainer_that_is_muted_trains_on_and_tells_afterwards(node):
    node.begin_and_hold("running")
    assert node.program.ask("PUT", "/socketio", "off").status == 200
    node.saw("disconnect")
    node.let_go_of("running")
    wait_until(lambda: any(folder.joinpath("made.txt").exists() and folder.joinpath("made.txt").read_text() == "2"
                           for folder in node.training_folders()), "the end of its process")
    assert not node.all("uploaded")
    assert node.program.ask("PUT", "/socketio", "on").status == 200
    node.come_to("idle", 60)
    assert_whole(node)


# ------------------------------------------------------------------------------------------------------ the Loop itself


def test_a_loop_that_ends_in_any_state_of_a_training_gets_all_of_it_when_it_is_back(tmp_path, crew):
    (tmp_path / "loop").mkdir()
    with ScriptedTrainingLoop(tmp_path / "loop") as loop:
        start(crew, loop, tmp_path, HELD)
        for node, state in zip(crew, HELD, strict=True):
            node.begin_and_hold(state)
        loop.process.kill()
        loop.process.wait()
        running, detecting = (crew[list(HELD).index(state)] for state in ("running", "detecting"))
        running.let_go_of("running")
        detecting.let_go_of("detecting")
        wait_until(lambda: (running.training_folders()[0] / "made.txt").read_text() == "2", "a process that goes on without a Loop")
        with ScriptedTrainingLoop(tmp_path / "loop", loop) as returned:
            for node in crew:
                node.loop = returned
                node.make_project(returned)
            for node in crew:
                node.come_to("idle", 60)
                assert_whole(node)


# ------------------------------------------------------------------------------------------------------------- restart


@pytest.mark.parametrize("state", ["data_downloading", "running", "detecting"])
def test_the_event_restart_ends_it_with_0_and_the_training_goes_on_afterwards(node, state):
    node.begin_and_hold(state)
    [folder] = node.training_folders()
    node.begin("restart")
    assert node.program.process.wait(20) == 0
    assert node.children() == [] and node.record() is not None
    node.let_go_of(state)
    node.program.start()
    node.come_to("idle", 60, claim=lambda report: node.record() is None)
    assert node.training_folders() == [folder]
    assert_whole(node)


def test_a_trainer_that_comes_back_does_not_report_that_it_is_idle_before_it_goes_on(node):
    node.begin_and_hold("running")
    node.program.kill()
    wait_until(lambda: node.children() == [], "the end of its process")
    before = len(node.reports())
    node.program.start()
    node.come_to("running")
    node.let_go_of("running")
    node.come_to("idle", 60)
    states = [report["state"] for report in node.reports()[before:]]
    assert "idle" not in states[:states.index("ready_for_cleanup")]
    assert_whole(node)
