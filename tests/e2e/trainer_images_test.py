"""What a trainer learns from: which images it takes, which it leaves out and says so, and which it selects its models with."""

import hashlib
import uuid

import pytest
from node_status import live
from nodes import wait_until
from trainer_fixtures import fixture_loop  # noqa: F401
from trainers import ScriptedTrainer, name_of


@pytest.fixture(name="node")
def fixture_node(loop, tmp_path, request):
    """One without any external tools in its PATH."""
    (tmp_path / "empty").mkdir()
    with ScriptedTrainer(loop, tmp_path, name_of(request), environment={"PATH": str(tmp_path / "empty")}) as started:
        started.come_to("idle")
        yield started


def last_told(node):
    return node.all("trained")[-1]["arguments"][2]


def sets_of(node):
    """By the id, what its program was given."""
    return {one: seen["row"]["set"] for one, seen in node.control.seen()["images"].items()}


# ------------------------------------------------------------------------------------------------------ broken images


BROKEN = ["half", "text", "missing"]


def test_of_50_images_3_of_which_are_truncated_47_are_trained_on_and_3_are_told(node):
    ids = node.loop.make_project(node.name, ["train"] * 40 + ["test"] * 10)
    for image in ids[:3]:
        node.loop.tell(image=image, **{"is": "half"})
    node.control.tell("hold running")
    node.begin_training()
    node.control.wait_until_at("running")
    facts = {fact["label"]: fact["value"] for fact in live(node.program)["facts"]}
    assert facts["Corrupt images left out"] == "3", facts
    node.control.withdraw("hold running")
    node.come_to("idle")
    assert set(node.control.seen()["images"]) == set(ids[3:])
    told = last_told(node)
    assert (told["train_image_count"], told["test_image_count"]) == (37, 10)
    assert told["hyperparameters"]["skipped_image_count"] == 3
    assert all(report["errors"] == {} for report in node.reports())


@pytest.mark.parametrize("kind", BROKEN)
def test_an_image_that_is_none_or_is_not_there_is_left_out_and_counted(node, kind):
    ids = node.loop.make_project(node.name, ["train"] * 4 + ["test"])
    node.loop.tell(image=ids[0], **{"is": kind})
    node.begin_training()
    node.come_to("idle")
    assert set(node.control.seen()["images"]) == set(ids[1:])
    assert last_told(node)["hyperparameters"]["skipped_image_count"] == 1


def test_nothing_is_told_of_images_left_out_if_there_are_none(node):
    node.begin_training()
    node.come_to("idle")
    assert "skipped_image_count" not in last_told(node)["hyperparameters"]


def test_a_half_image_that_a_crash_has_left_is_fetched_again(node):
    folder = node.home / "data/o" / node.name / "images"
    folder.mkdir(parents=True)
    (folder / f"{node.images[0]}.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    node.begin_training()
    node.come_to("idle")
    assert node.images[0] in node.control.seen()["images"]
    assert len({seen["sha256"] for seen in node.control.seen()["images"].values()}) == 1, "all of them are the same picture here"


def test_images_that_are_there_are_not_fetched_again_for_the_next_training(node):
    for number in (1, 2):
        node.begin_training(number)
        node.come_to("idle")
    assert len(node.asked("image")) == len(set(node.asked("image")))


def test_rows_that_do_not_come_do_not_make_the_training_smaller(node):
    ids = node.loop.make_project(node.name, ["train"] * 150 + ["test"] * 50)
    node.answer("rows", {"status": 500}, {"cut": True})
    node.begin_training()
    node.come_to("idle", 60)
    assert set(node.control.seen()["images"]) == set(ids)
    assert all(len(path.split("ids=")[1].replace("%2C", ",").split(",")) <= 100 for path in node.asked("rows"))


def test_a_project_without_images_to_train_on_is_no_crash(node):
    node.loop.make_project(node.name, [])
    node.begin_training()
    report = node.come_to("ready_for_cleanup")
    assert list(report["errors"]) == ["run_training"] and "no images" in report["errors"]["run_training"], report
    node.come_to("idle")
    assert not node.all("uploaded") and not node.all("trained") and node.record() is None


# ------------------------------------------------------------------------------------------------------ validation set


def fraction(image):
    """By which the library chooses."""
    return int(hashlib.sha256(image.encode()).hexdigest()[:8], 16) / 16**8


def test_a_tenth_of_the_train_images_validates_if_that_is_wanted_and_counts_as_train(node):
    ids = node.loop.make_project(node.name, ["train"] * 60 + ["test"] * 5)
    node.begin_training(hyperparameters={"compute_validation_set": True})
    node.come_to("idle")
    wanted = {image for image in ids[:60] if fraction(image) < 0.1}
    assert wanted and {image for image, one in sets_of(node).items() if one == "val"} == wanted
    assert (last_told(node)["train_image_count"], last_told(node)["test_image_count"]) == (60, 5)


def test_there_is_at_least_one_to_validate_with(node):
    ids = [image for image in (str(uuid.UUID(int=number)) for number in range(40)) if fraction(image) >= 0.1][:3]
    node.loop.tell(project=node.name, images=[[image, "train", "complete"] for image in ids])
    node.begin_training(hyperparameters={"compute_validation_set": True})
    node.come_to("idle")
    assert sorted(sets_of(node).values()) == ["train", "train", "val"]


def test_images_that_the_loop_has_for_validation_are_used_as_they_are(node):
    node.begin_training(hyperparameters={"compute_validation_set": True})
    node.come_to("idle")
    assert sorted(sets_of(node).values()) == ["test", "test", "train", "train", "train", "val"]
    assert sets_of(node)[node.images[3]] == "val"


@pytest.mark.parametrize("wish", [False, "left out"])
def test_without_that_wish_there_are_none(node, wish):
    node.loop.make_project(node.name, ["train"] * 30 + ["test"])
    node.begin_training(hyperparameters={} if wish == "left out" else {"compute_validation_set": wish})
    node.come_to("idle")
    assert sorted(set(sets_of(node).values())) == ["test", "train"]


# What is wanted, of how many train images, and a word of the refusal.
REFUSED = {"a text": ("true", 5, "compute_validation_set"), "null": (None, 5, "compute_validation_set"),
           "a number": (1, 5, "compute_validation_set"),
           "of one image": (True, 1, "train")}


@pytest.mark.parametrize("what", REFUSED)
def test_a_validation_set_that_cannot_be_is_refused_for_good(node, what):
    wish, count, word = REFUSED[what]
    node.loop.make_project(node.name, ["train"] * count + ["test"] * 2)
    node.begin_training(hyperparameters={"compute_validation_set": wish})
    report = node.come_to("ready_for_cleanup")
    assert word in report["errors"]["prepare"], report
    node.come_to("idle")
    wait_until(lambda: node.record() is None, "the end of the training")
    assert not node.all("trained") and not node.all("uploaded")
