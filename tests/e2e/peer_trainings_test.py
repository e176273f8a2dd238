"""A trainer of the Python library trains for our Loop: what it is given, what the Loop keeps of it, and what it may send twice."""

import hashlib
import json
import re
import uuid

import pytest
from image_bytes import exif
from nodes import ORGANIZATION, with_segment
from packages import description_of, download, send
from peer_nodes import begin_training, ended, peer_node, trainer_id, training, wait_for_training
from programs import generate, image_ids, images, jpeg, loop_server

FORMATS = ["mocked", "mocked_2"]
KINDS = ("box", "point", "segmentation", "classification")
TURNED = with_segment(jpeg(1, (96, 48)), 0xe1, b"Exif\0\0" + exif(6))  # upright it has 48x96 pixels


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop")) as server:
        yield server


@pytest.fixture(name="trainer", scope="module")
def fixture_trainer(loop, tmp_path_factory):
    with peer_node(tmp_path_factory.mktemp("peers") / "trainer", loop, "peer_trainer/main.py", "the library's") as node:
        yield node


class Field:
    """A project with images in every state and set, and every kind of category. One image was turned by its camera; one is in the trash
    with its annotations."""

    def __init__(self, loop):
        self.loop = loop
        self.path = generate(loop, "trained_by_a_peer", ORGANIZATION, complete=6, inbox=2, annotate=1, review=1, backlog=1, tags=2,
                             **{f"{kind}_categories": 1 for kind in KINDS})
        self.categories = loop.get(self.path).json()["categories"]
        box = {"category_name": self.categories[0]["name"], "x": 4, "y": 70, "width": 30, "height": 20}
        metadata = {"state": "complete", "tags": ["from the side"], "created": "2026-01-31T12:00:00.123", "box_annotations": [box]}
        key = str(uuid.uuid4())
        files = [(f"image_{key}.json", json.dumps(metadata).encode()), (f"image_{key}.jpg", TURNED)]
        answer = loop.post_files(f"{self.path}/images", files)
        assert answer.status == 200, answer
        [self.turned] = [image["id"] for image in answer.json()["images"]]
        train = [row["id"] for row in self.rows("complete") if row["set"] == "train" and row["id"] != self.turned]
        self.change(image_ids=[self.turned], set="train")
        self.change(image_ids=train[:1], set="val")
        self.change(image_ids=train[1:2], state="trash")
        [self.val], [self.trash] = train[:1], train[1:2]

    def change(self, **wanted):
        assert self.loop.send_json("PATCH", f"{self.path}/images", wanted).status == 200

    def rows(self, *states):
        return [row for state in states for row in images(self.loop, self.path, image_ids(self.loop, self.path, state))]

    def counts(self):
        sets = [row["set"] for row in self.rows("complete")]
        return {one: sets.count(one) for one in ("train", "val", "test")}


@pytest.fixture(name="field", scope="module")
def fixture_field(loop):
    return Field(loop)


class Trained:
    """A training, as it was when its process had made the first of two models, and at its end."""

    def __init__(self, loop, trainer, path, **wanted):
        with trainer.control.holding("running"):
            self.number = begin_training(loop, path, **wanted)
            self.halfway = wait_for_training(loop, path, self.number, lambda one: one["results"] and one["progress"], "a first model")
        self.end = ended(loop, path, self.number)
        self.first, self.result = self.end["results"]
        self.model = self.result["model_id"]
        self.seen = trainer.control.seen()


@pytest.fixture(name="scratch", scope="module")
def fixture_scratch(loop, trainer, field):
    return Trained(loop, trainer, field.path, model_variant="small", hyperparameters={"resolution": "832", "epochs": 2})


@pytest.fixture(name="continued", scope="module")
def fixture_continued(loop, trainer, field, scratch):
    return Trained(loop, trainer, field.path, base_model_uuid=scratch.model)


# ------------------------------------------------------------------------------------------------------ before a training


def test_a_trainer_is_listed_with_what_it_can_begin_with(loop, trainer, field):
    known = trainer_id(loop, field.path, "the library's")
    [listed] = loop.get(f"{field.path}/trainings").json()["trainers"]
    variants = [{"name": name, "label": name.title(), "description": f"a {name} model"} for name in ("small", "large")]
    assert listed == {"id": known, "name": "the library's", "state": "idle", "lost_since": None, "architecture": "tiny",
                      "pretrained_models": variants}


# --------------------------------------------------------------------------------------------------- what a trainer is given


def test_it_is_told_categories_variant_and_hyperparameters(scratch, field):
    assert [(one["id"], one["name"], one["type"]) for one in scratch.seen["categories"]] == \
        [(one["id"], one["name"], one["type"]) for one in field.categories]
    assert scratch.seen["variant"] == "small"
    assert scratch.seen["hyperparameters"] == scratch.end["hyperparameters"]
    assert scratch.end["hyperparameters"] | {"resolution": "832", "epochs": 2} == scratch.end["hyperparameters"]


def test_it_trains_on_what_people_see_of_the_complete_images(scratch, field):
    """But for the detections, which were made afterwards."""
    def of(rows):
        return {row["id"]: {key: value for key, value in row.items() if not key.endswith("_detections")} for row in rows}
    given = [one["row"] for one in scratch.seen["images"].values()]
    assert of(given) == of(field.rows("complete"))
    assert len(given) == 6 and all(row["tags"] and row["created"] for row in given)


def test_it_is_given_the_bytes_as_they_came(loop, scratch, field):
    for image_id, seen in scratch.seen["images"].items():
        content = loop.get(f"{field.path}/images/{image_id}/main").body
        assert hashlib.sha256(content).hexdigest() == seen["sha256"]
    assert scratch.seen["images"][field.turned]["sha256"] == hashlib.sha256(TURNED).hexdigest()


def test_marks_fit_the_upright_picture_of_a_camera_that_was_turned(scratch, field):
    seen = scratch.seen["images"][field.turned]
    assert seen["size"] == [48, 96] == [seen["row"]["width"], seen["row"]["height"]]
    [box] = seen["row"]["box_annotations"]
    assert (box["x"], box["y"], box["width"], box["height"]) == (4, 70, 30, 20)


def test_an_image_in_the_trash_is_not_trained_on(scratch, field):
    assert field.trash not in scratch.seen["images"]
    assert field.rows("trash")[0]["box_annotations"]


def test_validation_images_are_counted_with_those_to_train_on(scratch, field):
    counts = field.counts()
    assert counts["val"] == 1 and scratch.seen["images"][field.val]["row"]["set"] == "val"
    assert (scratch.result["train_image_count"], scratch.result["test_image_count"]) == (counts["train"] + 1, counts["test"])


def test_a_truth_among_the_hyperparameters_is_one(loop, trainer, small):
    """The library refuses the text, though it takes texts for numbers."""
    with_text = ended(loop, small, begin_training(loop, small, hyperparameters={"compute_validation_set": "true"}))
    assert with_text["state"] == "failed" and "'compute_validation_set' must be true or false" in with_text["reason"]
    end = ended(loop, small, begin_training(loop, small, hyperparameters={"compute_validation_set": True}))
    assert end["state"] == "completed"
    assert sorted(one["row"]["set"] for one in trainer.control.seen()["images"].values()) == ["test", "train", "train", "val"]
    assert [(one["train_image_count"], one["test_image_count"]) for one in end["results"]] == [(3, 1)]
    assert not [row for row in images(loop, small, image_ids(loop, small)) if row["set"] == "val"], "it is the trainer's own"


def test_a_continued_training_begins_with_its_base_model(scratch, continued):
    assert continued.seen["base"]["id"] == scratch.model and continued.seen["base"]["version"] == "1.0"
    assert continued.seen["files"] == {"model.pt": "model.pt of mocked, epoch 2", "hyp.txt": "hyp.txt of mocked, epoch 2"}
    assert scratch.seen["base"] is None


# ------------------------------------------------------------------------------------------------- what the Loop keeps of it


def test_a_training_that_runs_shows_what_its_trainer_does(loop, trainer, scratch, field):
    now = scratch.halfway
    assert (now["state"], now["trainer_state"], now["progress"], now["ended"]) == ("running", "running", 0.5, None)
    assert (now["trainer_id"], now["trainer_name"]) == (trainer_id(loop, field.path, "the library's"), "the library's")
    assert now["trainer_lost_since"] is None


def test_a_training_that_is_over_is_completed(scratch):
    end = scratch.end
    assert (end["state"], end["reason"], end["errors"], end["requested_end"]) == ("completed", None, {}, None)
    assert (end["created_by"], end["model_variant"], end["base_model_uuid"]) == ("admin", "small", None)
    assert end["created"] < end["begun"] < scratch.first["received"] < scratch.result["received"] < end["ended"]


def test_each_better_model_is_a_result_with_counts_for_each_category(scratch, field):
    for epoch, result in ((1, scratch.first), (2, scratch.result)):
        counts = [{"tp": 3 * epoch, "fp": place, "fn": 1} for place in range(3)] + [{"tp": 0, "fp": 0, "fn": 0}]
        scores = {one["category_id"]: one for one in result["categories"]}
        assert result["best_epoch"] == epoch and len(scores) == 4
        for category, wanted in zip(field.categories, counts):
            score = scores[category["id"]]
            assert {key: score[key] for key in wanted} == wanted and score["category_name"] == category["name"]
            assert score["f1"] == pytest.approx(f1(**wanted))
        assert result["f1"] == pytest.approx(sum(f1(**wanted) for wanted in counts) / 4)
        assert result["hyperparameters"] == scratch.seen["hyperparameters"]


def f1(tp, fp, fn):
    return 2 * tp / (2 * tp + fp + fn) if tp else 0


def test_the_charts_have_the_newest_training_and_the_newest_model_first(loop, continued, scratch, field):
    listed = loop.get(f"{field.path}/trainings").json()
    newest = [(one["training_number"], [result["model_id"] for result in one["data"]]) for one in listed["charts"]][:2]
    assert newest == [(one.number, [one.model, one.first["model_id"]]) for one in (continued, scratch)]
    assert listed["charts"][1]["data"] == [scratch.result, scratch.first]
    assert [one["training_number"] for one in listed["trainings"]][:2] == [continued.number, scratch.number]


def test_both_formats_are_one_model_with_the_files_of_the_best(loop, scratch, field):
    assert (scratch.result["model_version"], scratch.result["formats"]) == ("1.0", FORMATS)
    assert (scratch.first["model_version"], scratch.first["formats"]) == (None, [])
    [model] = [one for one in loop.get(f"{field.path}/models").json()["models"] if one["id"] == scratch.model]
    assert (model["version"], model["formats"]) == ("1.0", FORMATS)
    assert model["comment"] == f"training {scratch.number} by the library's, epoch 2"
    assert scratch.end["begun"] < model["created"] < scratch.end["ended"]
    for model_format, names in {"mocked": ["hyp.txt", "model.pt"], "mocked_2": ["model.wts"]}.items():
        files = download(loop, field.path, scratch.model, model_format)
        texts = {name: f"{name} of {model_format}, epoch 2".encode() for name in names}
        assert {name: content for name, content in files.items() if name != "model.json"} == texts


def test_the_model_is_described_by_trainer_and_loop_together(loop, scratch, field):
    """The trainer tells categories and the confidence that it chose, the Loop the rest."""
    for model_format in FORMATS:
        told = description_of(loop, field.path, scratch.model, model_format)
        assert (told["id"], told["version"], told["format"]) == (scratch.model, "1.0", model_format)
        assert (told["organization"], told["project"]) == (ORGANIZATION, "trained_by_a_peer")
        assert (told["resolution"], told["model_size"], told["conf_threshold"]) == (832, "small", 0.25)
        assert [one["id"] for one in told["categories"]] == [one["id"] for one in field.categories]


def test_a_training_that_continues_1_0_makes_1_1(continued, scratch):
    assert (continued.end["state"], continued.result["model_version"]) == ("completed", "1.1")
    assert continued.end["base_model_uuid"] == scratch.model


def test_the_detections_of_each_model_are_there_once_in_every_image_to_look_at(loop, continued, field):
    """Also of the image that its camera turned, where the box is at the lower edge."""
    assert continued.result["model_version"] == "1.1"
    names = {one["type"]: (one["name"], one["id"]) for one in field.categories}
    confidences = dict(zip(KINDS, (0.9, 0.8, 0.7, 0.6)))
    rows = field.rows("inbox", "annotate", "review", "complete")
    assert len(rows) == 10
    for row in rows:
        for kind in KINDS:
            found = row[f"{kind}_detections"]
            assert sorted(one["model_name"] for one in found) == ["1.0", "1.1"], row["id"]
            assert {(one["category_name"], one["category_id"]) for one in found} == {names[kind]}
            assert {one["confidence"] for one in found} == {confidences[kind]}
        assert {one["y"] for one in row["box_detections"]} == {row["height"] - 21}
        one_model = loop.get(f"{field.path}/images?ids={row['id']}&model_version=1.1").json()["images"][0]
        assert [one["model_name"] for kind in KINDS for one in one_model[f"{kind}_detections"]] == ["1.1"] * 4
    for row in field.rows("backlog", "trash"):
        assert not any(row[f"{kind}_detections"] for kind in KINDS)


def test_what_was_trained_on_can_be_read_and_is_named_by_its_hash(loop, scratch, field):
    answer = loop.get(f"{field.path}/trainings/{scratch.number}/dataset")
    assert answer.status == 200
    assert hashlib.sha256(answer.body).hexdigest() == scratch.end["dataset_revision"]
    head, *lines = [json.loads(line) for line in answer.body.splitlines()]
    assert head["categories"] == field.categories and head["split"] == loop.get(f"{field.path}/split").json()
    seen = {image_id: one["row"] for image_id, one in scratch.seen["images"].items()}
    assert {line["id"] for line in lines} == seen.keys()
    for line in lines:
        assert line == {key: seen[line["id"]][key] for key in line}
        assert {"set", "width", "height", "classification_annotation", *(f"{kind}_annotations" for kind in KINDS[:3])} < line.keys()


def test_trainings_on_the_same_images_name_the_same_dataset_until_one_changes(loop, trainer, field, scratch, continued):
    assert continued.end["dataset_revision"] == scratch.end["dataset_revision"]
    field.change(image_ids=[field.val], set="train")
    try:
        other = ended(loop, field.path, begin_training(loop, field.path, model_variant="small"))
    finally:
        field.change(image_ids=[field.val], set="val")
    assert other["dataset_revision"] != scratch.end["dataset_revision"] and other["results"][0]["model_version"] == "2.0"


# --------------------------------------------------------------------------------------------------- what comes a second time


@pytest.fixture(name="small", scope="module")
def fixture_small(loop):
    return generate(loop, "twice", ORGANIZATION, complete=4, box_categories=1)


def one_model(loop, path, end):
    """The id of the only model that the training has, in both formats."""
    [result] = end["results"]
    assert result["formats"] == FORMATS
    assert len([one for one in loop.get(f"{path}/models").json()["models"] if one["version"] == result["model_version"]]) == 1
    return result["model_id"]


@pytest.mark.parametrize("weights", ["", " in other bytes"], ids=["the same files", "other files"])
def test_a_trainer_that_never_heard_of_its_upload_goes_on_with_the_model_that_is_there(loop, trainer, small, weights):
    """It is killed when the Loop has answered and it has noted nothing. The library takes the id from the answer, be it 200 or 409."""
    control = trainer.control
    with control.holding("uploaded mocked"):
        number = begin_training(loop, small)
        control.wait_until_at("uploaded mocked")
        before = training(loop, small, number)["results"][0]
        assert before["formats"] == ["mocked"]
        trainer.kill()
    control.tell("weights", weights)
    try:
        trainer.start()
        end = ended(loop, small, number)
    finally:
        control.withdraw("weights")
    assert (end["state"], end["trainer_name"]) == ("completed", "the library's")
    assert one_model(loop, small, end) == before["model_id"]
    assert download(loop, small, before["model_id"], "mocked")["model.pt"] == b"model.pt of mocked, epoch 2"
    for row in images(loop, small, image_ids(loop, small)):
        assert [one["model_name"] for one in row["box_detections"]].count(end["results"][0]["model_version"]) == 1
    assert ("The loop already stores model" in trainer.log_text()) == bool(weights)


def test_detections_that_come_twice_are_there_once(loop, trainer, small):
    """The trainer cannot note that the Loop has taken them."""
    with trainer.control.telling("forget detections", "the disk is full"):
        number = begin_training(loop, small)
        now = wait_for_training(loop, small, number, lambda one: one["errors"], "the trainer's error")
        assert now["errors"] == {"upload_detections": "the disk is full"}
    end = ended(loop, small, number)
    assert (end["state"], end["errors"]) == ("completed", {})
    version = end["results"][-1]["model_version"]
    for row in images(loop, small, image_ids(loop, small)):
        assert [one["model_name"] for one in row["box_detections"]].count(version) == 1
    posts = re.findall(r"detections in \d of (\d) images", loop.log_text().split(f"model {version} came in")[-1])
    assert len(posts) > len(set(posts)) and set(posts) == {"3", "1"}, posts


def test_a_repeated_upload_is_the_same_model_and_other_files_are_a_conflict_that_names_it(loop, trainer, small):
    """In a format beside the trainer's own, which all have one id."""
    files = {"model.bin": b"weights", "model.json": b'{"resolution": 64}'}
    with trainer.control.holding("upload mocked"):
        number = begin_training(loop, small)
        trainer.control.wait_until_at("upload mocked")
        path = f"{small}/trainings/{number}/models/latest/third/file"
        first, again = (send(loop, "PUT", path, files) for _ in range(2))
        other = send(loop, "PUT", path, files | {"model.bin": b"other weights"})
    assert (first.status, again.status, other.status) == (200, 200, 409)
    [result] = ended(loop, small, number)["results"]
    assert first.json() == again.json() and first.json()["id"] == other.json()["detail"]["id"] == result["model_id"]
    assert result["formats"] == [*FORMATS, "third"]
    assert download(loop, small, result["model_id"], "third")["model.bin"] == b"weights"


def test_an_upload_for_a_training_that_there_is_not_ends_the_trainers_own(loop, trainer, small):
    """It must be an error for good: 409 would count as uploaded, and 408 or 429 would be sent again for ever."""
    for number in ("0", "999", "first"):
        assert send(loop, "PUT", f"{small}/trainings/{number}/models/latest/mocked/file", {"model.pt": b"1"}).status == 404
    with trainer.control.telling("training_number", "0"):
        end = ended(loop, small, begin_training(loop, small))
    assert end["state"] == "failed" and "404" in end["reason"] and "training 0" in end["reason"]
    assert ended(loop, small, begin_training(loop, small))["state"] == "completed"
