"""Nodes of 2022 work with our Loop, on learning_loop_node 0.7.40 as it was released: a trainer, a converter and a detector."""

import hashlib
import json
from functools import partial

import pytest
from nodes import ORGANIZATION, wait_until
from packages import description_of, download, send
from peer_nodes import (
    begin_training,
    end_training,
    ended,
    loop_for_old_peers,
    old_peer_node,
    trainer_id,
    training,
    wait_for_training,
)
from programs import generate, image_ids, images

FORMATS = ["mocked", "mocked_2"]
KINDS = ("box", "point", "segmentation")  # there were no classifications


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_for_old_peers(tmp_path_factory.mktemp("loop")) as loop:
        yield loop


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("peers")


@pytest.fixture(name="path", scope="module")
def fixture_path(loop):
    return generate(loop, "old", ORGANIZATION, complete=5, inbox=2, annotate=1, review=1, trash=1, tags=1,
                    **{f"{kind}_categories": 1 for kind in KINDS})


@pytest.fixture(name="trainer", scope="module")
def fixture_trainer(loop, folder):
    with old_peer_node(folder / "trainer", loop, "peer_trainer/of_0_7_40.py", "old one") as node:
        yield node


@pytest.fixture(name="scratch", scope="module")
def fixture_scratch(loop, trainer, path):
    """A training from scratch: its number, how it was in its midst, its end, and what its trainer was given."""
    trainer_id(loop, path, "old one")
    number = begin_training(loop, path, model_variant="large", hyperparameters={"resolution": "800", "flip_rl": True})
    return number, ended(loop, path, number), trainer.control.seen()


@pytest.fixture(name="continued", scope="module")
def fixture_continued(loop, trainer, path, scratch):
    number = begin_training(loop, path, base_model_uuid=scratch[1]["results"][-1]["model_id"])
    return number, ended(loop, path, number), trainer.control.seen()


def rows(loop, path, *states):
    return [row for state in states for row in images(loop, path, image_ids(loop, path, state))]


# --------------------------------------------------------------------------------------------------------------- the trainer


def test_a_trainer_is_listed_with_what_it_can_begin_with(loop, path, trainer):  # pylint: disable=unused-argument  # it runs
    known = trainer_id(loop, path, "old one")
    [listed] = loop.get(f"{path}/trainings").json()["trainers"]
    assert (listed["id"], listed["architecture"], listed["lost_since"]) == (known, None, None)
    assert [one["name"] for one in listed["pretrained_models"]] == ["small", "large"]


def test_it_is_given_what_it_needs_in_its_own_words(loop, path, scratch):
    _, _, seen = scratch
    assert seen["begun_with"] == "large" and seen["base"] is None
    assert seen["hyperparameters"] == {"resolution": 800, "flipRl": True, "flipUd": False}
    assert [one["id"] for one in seen["categories"]] == [one["id"] for one in loop.get(path).json()["categories"]]
    complete = {row["id"]: row for row in rows(loop, path, "complete")}
    assert {image_id: one["row"]["box_annotations"] for image_id, one in seen["images"].items()} == \
        {image_id: row["box_annotations"] for image_id, row in complete.items()}
    for image_id, one in seen["images"].items():
        assert hashlib.sha256(loop.get(f"{path}/images/{image_id}/main").body).hexdigest() == one["sha256"]


def test_its_training_ends_completed_with_counts_for_each_category(loop, path, scratch):
    _, end, seen = scratch
    assert (end["state"], end["trainer_name"], end["reason"], end["errors"]) == ("completed", "old one", None, {})
    [result] = end["results"]
    sets = [one["row"]["set"] for one in seen["images"].values()]
    assert (result["train_image_count"], result["test_image_count"]) == (sets.count("train"), sets.count("test"))
    assert (result["best_epoch"], result["hyperparameters"]) == (None, seen["hyperparameters"])
    scores = {one["category_id"]: one for one in result["categories"]}
    for place, category in enumerate(loop.get(path).json()["categories"]):
        score = scores[category["id"]]
        wanted = (6, place, 1) if place < 2 else (0, 0, 0)
        assert (score["tp"], score["fp"], score["fn"]) == wanted and score["category_name"] == category["name"]
    assert result["f1"] == pytest.approx((12 / 13 + 12 / 14 + 0) / 3)
    assert loop.get(f"{path}/trainings").json()["charts"][-1]["data"] == [result]


def test_both_formats_are_one_model_that_the_loop_completes(loop, path, scratch):
    [result] = scratch[1]["results"]
    assert (result["model_version"], result["formats"]) == ("1.0", FORMATS)
    for model_format, names in {"mocked": {"model.pt", "hyp.txt"}, "mocked_2": {"model.wts"}}.items():
        files = download(loop, path, result["model_id"], model_format)
        assert files.keys() == names | {"model.json"}
        assert all(files[name].decode() == f"{name} of {model_format}, epoch 2" for name in names)
        told = description_of(loop, path, result["model_id"], model_format)
        assert (told["id"], told["version"], told["format"], told["resolution"]) == (result["model_id"], "1.0", model_format, 800)


def test_a_training_that_continues_1_0_makes_1_1(scratch, continued):
    _, end, seen = continued
    assert (end["state"], end["results"][-1]["model_version"]) == ("completed", "1.1")
    assert seen["base"]["id"] == seen["begun_with"] == end["base_model_uuid"] == scratch[1]["results"][-1]["model_id"]
    assert seen["files"]["model.pt"] == "model.pt of mocked, epoch 2"


def test_its_detections_are_there_once_for_each_model_as_fractions(loop, path, continued):  # pylint: disable=unused-argument
    found = rows(loop, path, "inbox", "annotate", "review", "complete")
    assert len(found) == 9
    for row in found:
        for kind, confidence in zip(KINDS, (0.9, 0.8, 0.7)):
            detections = row[f"{kind}_detections"]
            assert sorted(one["model_name"] for one in detections if one["model_name"] in ("1.0", "1.1")) == ["1.0", "1.1"]
            assert {one["confidence"] for one in detections} == {confidence}
        assert {box["y"] for box in row["box_detections"]} == {row["height"] - 21}
    assert not any(row[f"{kind}_detections"] for row in rows(loop, path, "trash") for kind in KINDS)


def test_what_was_trained_on_is_named_by_its_hash(loop, path, scratch, continued):
    number, end, seen = scratch
    content = loop.get(f"{path}/trainings/{number}/dataset").body
    assert hashlib.sha256(content).hexdigest() == end["dataset_revision"] == continued[1]["dataset_revision"]
    assert {json.loads(line)["id"] for line in content.splitlines()[1:]} == seen["images"].keys()


WORDS = {"prepare": "Downloading data", "running": "running", "upload mocked": "Uploading trained model", "detecting": "detecting",
         "upload_detections": "Uploading detections", "cleanup": "Cleaning training"}


@pytest.mark.parametrize("step, told", WORDS.items(), ids=WORDS)
def test_a_training_shows_its_trainers_own_words(loop, path, trainer, step, told):
    with trainer.control.holding(step):
        number = begin_training(loop, path, model_variant="small")
        now = wait_for_training(loop, path, number, lambda one: one["trainer_state"] == told, f"the words '{told}'")
    assert now["state"] == "running"
    assert ended(loop, path, number)["state"] == "completed"


def test_a_training_that_is_stopped_keeps_its_model(loop, path, trainer):
    with trainer.control.holding("running"):
        number = begin_training(loop, path, model_variant="small")
        wait_for_training(loop, path, number, lambda one: one["results"], "a first model")
        end_training(loop, path, number, "stop")
        end = ended(loop, path, number)
    assert (end["state"], end["results"][-1]["formats"]) == ("completed", FORMATS)


@pytest.mark.parametrize("step", ["prepare", "running"])
def test_a_training_that_is_aborted_is_aborted_though_the_trainer_can_only_stop(loop, path, trainer, step):
    """While its process runs, it goes on with the model that it has, which stays."""
    with trainer.control.holding(step):
        number = begin_training(loop, path, model_variant="small")
        trainer.control.wait_until_at(step)
        end_training(loop, path, number, "abort")
        end = ended(loop, path, number)
    assert end["state"] == "aborted" and end["reason"].startswith("aborted by")
    assert ended(loop, path, begin_training(loop, path, model_variant="small"))["state"] == "completed"


def test_a_trainer_that_never_heard_of_its_upload_ends_with_one_model(loop, path, trainer):
    with trainer.control.holding("uploaded mocked"):
        number = begin_training(loop, path, model_variant="small")
        trainer.control.wait_until_at("uploaded mocked")
        before = training(loop, path, number)["results"][-1]
        trainer.kill()
    trainer.start()
    end = ended(loop, path, number)
    [result] = end["results"]
    assert (end["state"], result["model_id"], result["formats"]) == ("completed", before["model_id"], FORMATS)


# ------------------------------------------------------------------------------------------------- converter and detector


def test_a_converter_adds_its_format_to_the_same_model(loop, folder, path, scratch):
    model = scratch[1]["results"][0]["model_id"]
    def formats():
        return {one["id"]: one["formats"] for one in loop.get(f"{path}/models").json()["models"]}
    before = formats()
    with old_peer_node(folder / "converter", loop, "peer_converter/of_0_7_40.py", "converter"):
        wait_until(lambda: all("mocked_converted" in one for one in formats().values()), "the converter's format of all models", 60)
    assert formats() == {one: [*had, "mocked_converted"] for one, had in before.items()}  # what was aborted may lack mocked_2
    assert download(loop, path, model, "mocked_converted")["converted.txt"] == b"HYP.TXT OF MOCKED, EPOCH 2"
    assert description_of(loop, path, model, "mocked_converted")["version"] == "1.0"


def test_a_converter_that_is_told_what_it_does_not_know_goes_on(loop, folder):
    path = generate(loop, "told", ORGANIZATION, models=["1.0"])
    def converted():
        return ["mocked_converted" in one["formats"] for one in loop.get(f"{path}/models").json()["models"]]
    with old_peer_node(folder / "told", loop, "peer_converter/of_0_7_40.py", "told") as node:
        wait_until(lambda: "connected to Learning Loop" in node.log_text(), "a connection", 60)
        assert send(loop, "POST", f"{path}/models/mocked", {"weights.txt": b"later"}).status == 200
        wait_until(lambda: converted() == [True, True], "both models converted", 60)
        wait_until(lambda: "An error occured for models_changed" in node.log_text(), "a line of its log")
        assert node.log_text().count("connecting to Learning Loop") == 1, "it is connected still"


def test_a_detector_reports_over_socket_io_and_runs_what_the_loop_answers(loop, folder):
    path = generate(loop, "watched", ORGANIZATION, models=["1.0", "1.1"], box_categories=1)
    models = {one["version"]: one["id"] for one in loop.get(f"{path}/models").json()["models"]}
    environment = {"LOOP_ORGANIZATION": ORGANIZATION, "LOOP_PROJECT": "watched", "HOST": "backend"}
    with old_peer_node(folder / "detector", loop, "peer_detector/of_0_7_40.py", "camera", environment) as node:
        def report():
            found = loop.get(f"{path}/detectors").json()["detectors"]
            return found and found[0]
        first = wait_until(report, "a report", 60)
        assert (first["name"], first["model_format"], first["current_model"], first["target_model"]) == ("camera", "mocked", None, None)
        def with_model(version):
            return report()["current_model"] == version and report()
        for version in ("1.1", "1.0"):
            assert loop.send_json("PUT", f"{path}/deployment/target", {"model_uuid": models[version]}).status == 200
            now = wait_until(partial(with_model, version), f"a detector with {version}", 60)
            assert (now["target_model"], now["state"], now["errors"]) == (version, "online", {})
        assert loop.ask("DELETE", f"{path}/deployment/target").status == 200
        wait_until(lambda: report()["target_model"] is None, "a report without a target", 60)
        assert report()["current_model"] == "1.0", node.log_text()
