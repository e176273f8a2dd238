"""Training processes that fail: what is told of how they ended, and that the training goes on from there. Side by side, since each is tried
again after a while."""

import re

import pytest
from node_status import live
from nodes import wait_until
from trainers import COMMAND, ScriptedTrainer, ScriptedTrainingLoop

# How the process ends, what it prints before, and what is told of it.
ENDS = {"an exit status": ("exit 3", "no such layer: conv7", ["3", "no such layer: conv7"]),
        "SIGKILL": ("signal 9", "epoch 1", ["kill", "memory"]),
        "a crash": ("signal 11", "epoch 1", ["SIGSEGV"]),
        "graphics memory": ("exit 1", "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",
                            ["graphics", "memory", "max_batch_size"]),
        "no graphics card": ("exit 1", "RuntimeError: No CUDA GPUs are available", ["graphics card"]),
        "a full disk": ("exit 1", "OSError: [Errno 28] No space left on device", ["disk", "full"])}
NO_PROGRAM = re.sub(r'\["[^"]*", "-B", "[^"]*train.py"', '["/no/such/program"', COMMAND)


@pytest.fixture(name="crew", scope="module")
def fixture_crew(tmp_path_factory):
    """Trainers by the name of the end, each with the status of its page when it had failed; all have come to their end since."""
    crew = {}
    with ScriptedTrainingLoop(tmp_path_factory.mktemp("loop")) as loop:
        try:
            for number, what in enumerate([*ENDS, "no program"]):
                more = {"command": NO_PROGRAM} if what == "no program" else {}
                crew[what] = ScriptedTrainer(loop, tmp_path_factory.mktemp("trainers"), f"fails-{number}", **more)
                crew[what].program.start(wait=False)
            for what, node in crew.items():
                how, printed, _ = ENDS.get(what, ("", "", []))
                if how:
                    node.control.tell("end running", how)
                    node.control.tell("say", printed)
                node.come_to("idle")
                node.begin_training()
            for what, node in crew.items():
                node.failure = failure_of(node, what)
            for what, node in crew.items():
                if what != "no program":
                    node.come_to("idle", 60)
            yield crew
        finally:
            for node in crew.values():
                node.program.__exit__()


def failure_of(node, what):
    """What is told of it; it is not told to fail again."""
    report = node.come_to("train_model_downloaded", claim=lambda report: report["errors"])
    page = live(node.program)["errors"]
    if what in ENDS:
        node.control.withdraw("end running")
    return report["errors"], page


@pytest.mark.parametrize("what", ENDS)
def test_how_a_process_failed_is_told_with_the_remedy(crew, what):
    errors, page = crew[what].failure
    assert list(errors) == ["run_training"] and page == errors
    for word in ENDS[what][2]:
        assert word in errors["run_training"], errors


@pytest.mark.parametrize("what", ENDS)
def test_a_process_that_failed_is_begun_again_and_goes_on_where_it_was(crew, what):
    node = crew[what]
    assert [line["arguments"][2]["best_epoch"] for line in node.all("trained")][-1] == 2
    assert len(node.all("uploaded")) == 2 and node.problems() == {}
    states = node.states()
    assert states.count("running") == 2 and states.count("data_downloading") <= 1, states


def test_a_program_that_there_is_not_is_told_by_its_name(crew):
    errors, _ = crew["no program"].failure
    assert "/no/such/program" in errors["run_training"]


def test_a_process_that_leaves_others_behind_leaves_none(crew, tmp_path):
    node = ScriptedTrainer(crew["SIGKILL"].loop, tmp_path, "leaves")
    with node:
        node.come_to("idle")
        node.control.tell("child")
        node.begin_and_hold("running")
        wait_until(lambda: len(node.children()) >= 2, "a process in the background")
        node.let_go_of("running")
        node.come_to("idle", claim=lambda report: node.record() is None)
        assert node.children() == [] and len(node.all("uploaded")) == 2
