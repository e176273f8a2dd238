"""Trainings of the Python library's trainers that do not simply run through: they are stopped, aborted, refused, fail, or wait, and nodes
are restarted."""

import fcntl
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from nodes import ORGANIZATION, wait_until
from peer_nodes import begin_training, end_training, ended, peer_node, trainer_id, training, wait_for_training
from programs import generate, image_ids, images, loop_server

TRAINER = "peer_trainer/main.py"


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop")) as server:
        yield server


@pytest.fixture(name="path", scope="module")
def fixture_path(loop):
    return generate(loop, "ended", ORGANIZATION, complete=2, box_categories=1)


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("peers")


@pytest.fixture(name="trainer", scope="module")
def fixture_trainer(loop, folder):
    with peer_node(folder / "trainer", loop, TRAINER, "one") as node:
        yield node


@pytest.fixture(name="slot", scope="module")
def fixture_slot(folder):
    """The file by which trainers of one graphics card tell each other that it is taken."""
    return folder / "slot"


@pytest.fixture(name="other", scope="module")
def fixture_other(loop, folder, slot):
    """Alone can begin with the model `huge`."""
    with peer_node(folder / "other", loop, TRAINER, "other", {"VARIANTS": "huge,large", "TRAINING_SLOT_LOCK": str(slot)}) as node:
        yield node


@pytest.fixture(name="refused", scope="module", autouse=True)
def fixture_refused(loop, path, trainer, other):  # pylint: disable=unused-argument  # it runs while all of them do
    """The number of a training that its only trainer refused. It is asked again half a minute later, while other tests run."""
    other.control.tell("refuse", "somebody plays a game on it")
    number = begin_training(loop, path, model_variant="huge")
    wait_for_training(loop, path, number, lambda one: one["reason"], "a refusal")
    other.control.withdraw("refuse")
    return number


def free(loop, path, name="one"):
    return trainer_id(loop, path, name)


# At each step, what the trainer calls it.
STATES = {"prepare": "data_downloading", "download_model": "train_model_downloading", "running": "running",
          "sync_confusion_matrix": "confusion_matrix_syncing", "upload_model": "train_model_uploading", "detecting": "detecting",
          "upload_detections": "detection_uploading", "cleanup": "ready_for_cleanup"}


def test_a_training_shows_each_state_of_its_trainer(loop, path, trainer):
    for step in STATES:
        trainer.control.tell(f"hold {step}")
    number = begin_training(loop, path, model_variant="small")
    for step, state in STATES.items():
        now = wait_for_training(loop, path, number, lambda one, state=state: one["trainer_state"] == state, f"the state {state}")
        assert now["state"] == "running" and now["ended"] is None
        trainer.control.withdraw(f"hold {step}")
    assert ended(loop, path, number)["state"] == "completed"


# --------------------------------------------------------------------------------------------------------------- refusals


def test_a_training_that_is_refused_stays_queued(loop, path, refused):
    now = training(loop, path, refused)
    assert (now["state"], now["trainer_id"], now["begun"]) == ("queued", None, None)
    assert now["reason"] == "the trainer 'other' had no time: somebody plays a game on it"


def test_a_variant_that_no_trainer_has_waits_and_can_be_aborted(loop, path):
    number = begin_training(loop, path, model_variant="no such")
    behind = ended(loop, path, begin_training(loop, path, model_variant="small"))
    assert behind["state"] == "completed" and behind["trainer_name"] == "one"
    assert training(loop, path, number)["state"] == "queued"
    assert end_training(loop, path, number, "abort")["state"] == "aborted"


# ------------------------------------------------------------------------------------------------------------ stop and abort


def test_a_training_that_is_stopped_keeps_the_model_it_has(loop, path, trainer):
    with trainer.control.holding("running"):
        number = begin_training(loop, path, model_variant="small")
        wait_for_training(loop, path, number, lambda one: one["results"], "a first model")
        end_training(loop, path, number, "stop")
        end = ended(loop, path, number)
    assert (end["state"], end["requested_end"], end["reason"]) == ("completed", "stop", "stopped by admin")
    [result] = end["results"]
    assert result["best_epoch"] == 1 and result["formats"] == ["mocked", "mocked_2"]
    for row in images(loop, path, image_ids(loop, path)):
        assert [one["model_name"] for one in row["box_detections"]].count(result["model_version"]) == 1


@pytest.mark.parametrize("step", ["prepare", "running", "detecting"])
def test_a_training_that_is_aborted_ends_at_once_and_its_trainer_takes_the_next(loop, path, trainer, step):
    with trainer.control.holding(step):
        number = begin_training(loop, path, model_variant="small")
        trainer.control.wait_until_at(step)
        end_training(loop, path, number, "abort")
        end = ended(loop, path, number)
    assert (end["state"], end["reason"]) == ("aborted", "aborted by admin")
    versions = [one["model_version"] for one in end["results"] if one["formats"]]
    assert len(versions) == (1 if step == "detecting" else 0)  # a model that was uploaded stays
    rows = images(loop, path, image_ids(loop, path))
    assert not [one for row in rows for one in row["box_detections"] if one["model_name"] in versions]
    assert ended(loop, path, begin_training(loop, path, model_variant="small"))["state"] == "completed"


# --------------------------------------------------------------------------------------------------------------- failures


def test_what_goes_wrong_is_shown_while_the_trainer_tries_again(loop, path, trainer):
    with trainer.control.telling("fail prepare", "the disk is full"):
        number = begin_training(loop, path, model_variant="small")
        now = wait_for_training(loop, path, number, lambda one: one["errors"], "the trainer's error")
    assert (now["state"], now["errors"]) == ("running", {"prepare": "the disk is full"})
    end = ended(loop, path, number)
    assert (end["state"], end["errors"], end["reason"]) == ("completed", {}, None)


def test_a_trainer_that_cannot_begin_fails_the_training_with_its_reason(loop, path, trainer):
    with trainer.control.telling("fail begin", "no graphics card"):
        end = ended(loop, path, begin_training(loop, path, model_variant="small"))
    assert (end["state"], end["reason"], end["results"]) == ("failed", "no graphics card", [])


def test_a_trainer_that_gives_up_fails_the_training_with_its_reason(loop, path, trainer):
    with trainer.control.telling("give up run_training", "too few images"):
        end = ended(loop, path, begin_training(loop, path, model_variant="small"))
    assert end["state"] == "failed" and "too few images" in end["reason"]


# --------------------------------------------------------------------------------------------------- trainers that come and go


def test_a_trainer_that_was_killed_goes_on_with_its_training(loop, path, trainer):
    with trainer.control.holding("running"):
        number = begin_training(loop, path, model_variant="small")
        wait_for_training(loop, path, number, lambda one: one["results"], "a first model")
        trainer.kill()
        lost = wait_for_training(loop, path, number, lambda one: one["trainer_lost_since"], "a trainer that is lost")
        assert lost["state"] == "running"
        assert [one["state"] for one in loop.get(f"{path}/trainings").json()["trainers"] if one["name"] == "one"] == ["offline"]
        trainer.start()
        wait_for_training(loop, path, number, lambda one: not one["trainer_lost_since"], "the trainer's return")
    end = ended(loop, path, number)
    assert (end["state"], end["reason"]) == ("completed", None)
    assert [one["formats"] for one in end["results"]] == [[], ["mocked", "mocked_2"]]


def test_a_training_that_was_aborted_while_its_trainer_was_gone_is_over_when_it_comes_back(loop, path, trainer):
    with trainer.control.holding("running"):
        number = begin_training(loop, path, model_variant="small")
        trainer.control.wait_until_at("running")
        trainer.kill()
        wait_for_training(loop, path, number, lambda one: one["trainer_lost_since"], "a trainer that is lost")
        assert end_training(loop, path, number, "abort")["state"] == "aborted"
        trainer.start()
        free(loop, path)
    assert training(loop, path, number)["state"] == "aborted"
    assert ended(loop, path, begin_training(loop, path, model_variant="small"))["state"] == "completed"


def test_a_training_whose_begin_was_never_acknowledged_runs_all_the_same(loop, path, trainer):
    """The connection breaks in between; the trainer's next report tells that it is at work."""
    with trainer.control.holding("prepare"):
        with trainer.control.holding("begin"):
            number = begin_training(loop, path, model_variant="small")
            trainer.control.wait_until_at("begin")
            assert trainer.ask("PUT", "/socketio", "off").status == 200
            lost = wait_for_training(loop, path, number, lambda one: one["trainer_lost_since"], "a trainer that is lost")
            assert lost["state"] == "starting"
        trainer.control.wait_until_at("prepare")
        assert trainer.ask("PUT", "/socketio", "on").status == 200
        wait_for_training(loop, path, number, lambda one: one["state"] == "running", "a training that runs")
    end = ended(loop, path, number)
    assert (end["state"], end["reason"]) == ("completed", None)


def test_two_processes_of_one_id_are_one_trainer(loop, path, trainer, folder):
    """So it is for a while when a trainer connects anew before the Loop has seen that it was gone."""
    known = free(loop, path)
    twin = peer_node(folder / "twin", loop, TRAINER, "one")
    shutil.copy(folder / "trainer/data/uuids.json", folder / "twin/data/uuids.json")
    with twin:
        wait_until(lambda: "Status changed to" in twin.log_text(), "a report of the second process")
        assert [one["id"] for one in loop.get(f"{path}/trainings").json()["trainers"] if one["name"] == "one"] == [known]
    number = begin_training(loop, path, trainer_id=known)
    assert ended(loop, path, number)["state"] == "completed"


def test_a_node_that_is_restarted_ends_its_process_and_comes_back_as_the_same(loop, path, trainer):
    known = free(loop, path)
    answer = loop.ask("POST", f"/api/nodes/trainer/{known}/restart")
    assert answer.status == 200, answer
    assert trainer.process.wait(20) == 0
    def listed():
        [one] = [one for one in loop.get("/api/nodes").json()["nodes"] if one["id"] == known]
        return one
    wait_until(lambda: listed()["state"] == "offline", "a trainer that is offline")
    assert loop.ask("POST", f"/api/nodes/trainer/{known}/restart").status == 409
    trainer.start()
    assert free(loop, path) == known and (listed()["kind"], listed()["name"]) == ("trainer", "one")
    assert ended(loop, path, begin_training(loop, path, model_variant="small"))["state"] == "completed"


# --------------------------------------------------------------------------------------------------------------- half a minute


def test_a_refused_training_is_given_to_its_trainer_later(loop, path, refused):
    end = ended(loop, path, refused)
    assert (end["state"], end["trainer_name"], end["reason"]) == ("completed", "other", None)


def test_a_trainer_whose_card_is_taken_gets_no_training_until_it_is_free(loop, path, slot, refused):
    ended(loop, path, refused)
    free(loop, path, "other")
    with open(slot, "a", encoding="utf8") as taken:
        fcntl.flock(taken, fcntl.LOCK_EX)
        def states():
            return [one["state"] for one in loop.get(f"{path}/trainings").json()["trainers"] if one["name"] == "other"]
        wait_until(lambda: states() == ["blocked"], "a trainer that is blocked")
        number = begin_training(loop, path, model_variant="huge")
        behind = ended(loop, path, begin_training(loop, path, model_variant="small"))
        assert behind["state"] == "completed" and behind["trainer_name"] == "one"
        waiting = training(loop, path, number)
        assert (waiting["state"], waiting["reason"]) == ("queued", None)  # it was not even asked
    assert ended(loop, path, number)["trainer_name"] == "other"


def test_a_trainer_whose_card_is_taken_as_soon_as_it_is_done_has_completed_its_training(loop, path, slot, other, refused):
    ended(loop, path, refused)
    with open(slot, "a", encoding="utf8") as taken, ThreadPoolExecutor() as others:
        with other.control.holding("cleanup"):
            number = begin_training(loop, path, model_variant="huge")
            other.control.wait_until_at("cleanup")
            waiting = others.submit(fcntl.flock, taken, fcntl.LOCK_EX)
        waiting.result(20)
        assert ended(loop, path, number)["state"] == "completed"
    free(loop, path, "other")


def test_a_trainer_that_comes_back_to_a_taken_card_waits_with_its_training(loop, path, slot, other, refused):
    ended(loop, path, refused)
    with other.control.holding("running"):
        number = begin_training(loop, path, model_variant="huge")
        other.control.wait_until_at("running")
        other.kill()
        with open(slot, "a", encoding="utf8") as taken:
            fcntl.flock(taken, fcntl.LOCK_EX)
            other.start()
            now = wait_for_training(loop, path, number, lambda one: one["trainer_state"] == "waiting_for_slot", "a trainer that waits")
            assert now["state"] == "running"
    assert ended(loop, path, number)["state"] == "completed"


def test_a_training_that_one_trainer_refuses_is_given_to_another(loop, path, trainer, other, refused):
    """Whichever is asked first refuses."""
    ended(loop, path, refused)
    nodes = {free(loop, path, name): node for name, node in (("one", trainer), ("other", other))}
    with nodes[min(nodes)].control.telling("refuse", "not now"):
        end = ended(loop, path, begin_training(loop, path, model_variant="large"))
    assert (end["state"], end["trainer_id"]) == ("completed", max(nodes))
    assert "refused begin_training: not now" in nodes[min(nodes)].log_text()
