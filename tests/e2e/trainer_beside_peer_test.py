"""The same training by a trainer of the Python library and by ours, at our Loop: it keeps the same of both."""

import pytest
from nodes import ORGANIZATION
from packages import description_of, download
from peer_nodes import LOGIN, begin_training, ended, peer_node, trainer_id, wait_for_training
from programs import generate, image_ids, images, loop_server
from trainers import trainer

KINDS = ("box", "point", "segmentation", "classification")
# What differs between any two trainings.
OF_EACH = {"training_number", "trainer_id", "trainer_name", "created", "begun", "ended", "results", "model_id", "model_version", "received",
           "duration"}


class Trained:
    """A training of this trainer from scratch, which is stopped or not, and all that the Loop keeps of it."""

    def __init__(self, loop, path, node, name, is_stopped):
        known = trainer_id(loop, path, name)
        with node.control.holding("running"):
            number = begin_training(loop, path, trainer_id=known, model_variant="small",
                                    hyperparameters={"resolution": "640", "epochs": 2, "flip_rl": True})
            wait_for_training(loop, path, number, lambda one: one["results"], "a first model")
            if is_stopped:
                assert loop.ask("POST", f"{path}/trainings/{number}/stop").status == 200
                wait_for_training(loop, path, number, lambda one: one["trainer_state"] != "running", "the end of its process")
        self.end = ended(loop, path, number)
        self.result = self.end["results"][-1]
        model, version = self.result["model_id"], self.result["model_version"]
        self.files = {one: download(loop, path, model, one) for one in self.result["formats"]}
        self.descriptions = {one: description_of(loop, path, model, one) for one in self.result["formats"]}
        self.detections = {row["id"]: {kind: [without(one, "id", "model_name") for one in row[f"{kind}_detections"]
                                              if one["model_name"] == version] for kind in KINDS}
                           for row in images(loop, path, image_ids(loop, path))}
        self.listed = next(one for one in loop.get(f"{path}/models").json()["models"] if one["id"] == model)
        self.seen = node.control.seen()


def without(value, *keys):
    return {key: one for key, one in value.items() if key not in keys}


@pytest.fixture(name="pair", scope="module", params=["to its end", "stopped"])
def fixture_pair(tmp_path_factory, request):
    folder = tmp_path_factory.mktemp("pair")
    with loop_server(folder) as loop:
        path = generate(loop, "twice", ORGANIZATION, complete=8, inbox=2, annotate=1, review=1, backlog=1,
                        **{f"{kind}_categories": 1 for kind in KINDS})
        settings = LOGIN | {"LOOP_HOST": f"127.0.0.1:{loop.port}", "NODE_NAME": "ours"}
        with peer_node(folder / "peer", loop, "peer_trainer/main.py", "the library's") as peer, trainer(folder / "ours", settings) as ours:
            yield [Trained(loop, path, node, name, request.param == "stopped") for node, name in ((peer, "the library's"), (ours, "ours"))]


def test_the_record_of_the_training_is_the_same(pair):
    theirs, ours = pair
    assert without(ours.end, *OF_EACH) == without(theirs.end, *OF_EACH)
    assert ours.end["state"] == "completed" and ours.end["dataset_revision"] == theirs.end["dataset_revision"]


def test_the_results_are_the_same(pair):
    """Counts of images and of what was right, scores, epochs, hyperparameters."""
    theirs, ours = pair
    assert [without(one, *OF_EACH) for one in ours.end["results"]] == [without(one, *OF_EACH) for one in theirs.end["results"]]
    assert [one["model_version"] for one in (theirs.result, ours.result)] == ["1.0", "2.0"]


def test_the_model_has_the_same_files_and_is_described_alike(pair):
    theirs, ours = pair
    assert list(ours.files) == list(theirs.files)
    for model_format, files in theirs.files.items():
        assert without(ours.files[model_format], "model.json") == without(files, "model.json")
        assert without(ours.descriptions[model_format], "id", "version") == without(theirs.descriptions[model_format], "id", "version")
    assert without(ours.listed, "id", "version", "created", "comment") == without(theirs.listed, "id", "version", "created", "comment")
    assert ours.listed["comment"].split(" by ours")[1] == theirs.listed["comment"].split(" by the library's")[1]


def test_the_same_was_found_in_the_same_images(pair):
    theirs, ours = pair
    assert ours.detections == theirs.detections
    assert sum(len(found["box"]) for found in ours.detections.values()) == 12, "in all but the backlog"


def test_both_were_given_the_same_images(pair):
    """Of the rows ours hands on what a training needs."""
    theirs, ours = pair
    assert ours.seen["images"].keys() == theirs.seen["images"].keys()
    for image, seen in ours.seen["images"].items():
        other = theirs.seen["images"][image]
        assert (seen["sha256"], seen["size"], seen["row"]["set"]) == (other["sha256"], other["size"], other["row"]["set"])
        for kind in ("box", "point"):
            assert [place(one) for one in seen["row"][f"{kind}_annotations"]] == [place(one) for one in other["row"][f"{kind}_annotations"]]
    assert [one["id"] for one in ours.seen["categories"]] == [one["id"] for one in theirs.seen["categories"]]


def place(annotation):
    return {key: annotation[key] for key in ("category_id", "x", "y", "width", "height") if key in annotation}
