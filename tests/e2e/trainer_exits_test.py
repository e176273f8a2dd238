"""Training processes that fail: what is told of how they ended, and that the training goes on from there. Side by side, since each is tried
again after a while."""

import hashlib
import json
import os
import re
import signal

import pytest
from node_status import live
from nodes import wait_until
from trainer_fixtures import fixture_loop  # noqa: F401
from trainers import COMMAND, ScriptedTrainer, ScriptedTrainingLoop, name_of

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


# ------------------------------------------------------------------------------------------------- what it has come to


ANEW = re.sub(r'(train = .*)\]', r'\1, "--anew"]', re.sub("resume = .*\n", "", COMMAND))


@pytest.fixture(name="anew")
def fixture_anew(loop, tmp_path, request):
    """A trainer whose program begins from scratch each time. The Loop knows the second epoch, then the program died and has made the first
    one again, at which it waits."""
    with ScriptedTrainer(loop, tmp_path, name_of(request), command=ANEW, environment={"USE_BACKDOOR_CONTROLS": "true"}) as node:
        node.come_to("idle")
        node.control.tell("epochs", "3")
        node.control.tell("hold epoch 2")
        node.begin_training()
        node.saw("trained", claim=lambda line: line["arguments"][2]["best_epoch"] == 2)
        node.control.tell("hold running")
        for process in node.children():
            os.kill(process, signal.SIGKILL)
        wait_until(lambda: made(node) == ["1", "2", "1"] and told_epochs(node) == [1], "that it begins from scratch")
        look(node)
        assert best_epochs(node)[-1] == 2
        yield node


def made(node):
    return (node.control.folder / "epochs made").read_text().split()


def told_epochs(node):
    """Those of which the program that runs has told that they are the best so far."""
    try:
        lines = [json.loads(line) for line in (node.training_folders()[0] / "progress.jsonl").read_text().splitlines()]
    except FileNotFoundError:
        return []
    return [line["best"]["epoch"] for line in lines if "best" in line]


def look(node):
    """For a better state, now."""
    answer = node.program.send_json("POST", "/steps", 1)
    assert answer.status == 200, answer


def best_epochs(node):
    return [line["arguments"][2]["best_epoch"] for line in node.all("trained")]


def test_a_better_model_outlives_a_program_that_had_to_begin_from_scratch(anew):
    assert anew.call("stop_training")[0]["success"]
    anew.come_to("idle")
    assert best_epochs(anew)[-1] == 2 and uploaded_epoch(anew) == 2


def test_a_better_model_outlives_the_node_meanwhile(anew):
    anew.program.kill()
    anew.program.start()
    wait_until(lambda: made(anew) == ["1", "2", "1", "1"] and told_epochs(anew) == [1], "that it begins from scratch again")
    anew.come_to("running")
    look(anew)
    assert best_epochs(anew)[-1] == 2


def test_what_a_program_that_had_to_begin_from_scratch_makes_counts_once_it_is_better(anew):
    anew.control.withdraw("hold running")
    wait_until(lambda: told_epochs(anew) == [1, 2], "the second epoch")
    look(anew)
    assert best_epochs(anew)[-1] == 2 and best_epochs(anew).count(2) == 1, "the same again is no better one"
    anew.control.withdraw("hold epoch 2")
    anew.come_to("idle")
    assert best_epochs(anew)[-2:] == [2, 3] and uploaded_epoch(anew) == 3


def uploaded_epoch(node):
    digest = node.all("uploaded")[0]["files"]["model.pt"]
    return next(epoch for epoch in range(4) if hashlib.sha256(f"model.pt of mocked, epoch {epoch}".encode()).hexdigest() == digest)


def test_a_last_state_without_its_files_does_not_cost_the_one_before(loop, tmp_path, request):
    with ScriptedTrainer(loop, tmp_path, name_of(request)) as node:
        node.come_to("idle")
        node.control.tell("lost epoch 2")
        node.begin_and_hold("running")
        node.saw("trained")
        node.let_go_of("running")
        node.come_to("idle")
        assert best_epochs(node) == [1] and uploaded_epoch(node) == 1
