"""How a trainer takes a training on, and what it refuses, at a Loop that sends what it likes and whose acks get lost."""

import json
import uuid

import pytest
from trainer_fixtures import fixture_loop, fixture_node  # noqa: F401
from trainers import CATEGORIES, GOOD, ScriptedTrainer

NO_MODEL = str(uuid.UUID(int=7))


@pytest.fixture(name="asked", scope="module")
def fixture_asked(loop, tmp_path_factory):
    """A node that is asked much, and takes nothing on."""
    with ScriptedTrainer(loop, tmp_path_factory.mktemp("trainers"), "asked-much") as started:
        started.come_to("idle")
        yield started


# What is wrong in the details, and what the ack says of it, which is the library's text.
REFUSED = {"no hyperparameters": ({"hyperparameters": "left out"}, "hyperparameters missing or not a dict"),
           "hyperparameters null": ({"hyperparameters": None}, "hyperparameters missing or not a dict"),
           "hyperparameters as a list": ({"hyperparameters": ["resolution"]}, "hyperparameters missing or not a dict"),
           "no categories": ({"categories": "left out"}, "categories missing or not a list"),
           "categories as an object": ({"categories": {"0": CATEGORIES[0]}}, "categories missing or not a list"),
           "no number": ({"number": "left out"}, "training_number missing or not an int"),
           "a number as text": ({"number": "7"}, "training_number missing or not an int"),
           "half a number": ({"number": 7.5}, "training_number missing or not an int"),
           "no variant": ({"model_variant": "left out"}, "model_variant missing or not a str"),
           "a variant that is a number": ({"model_variant": 6}, "model_variant missing or not a str")}


@pytest.mark.parametrize("what", REFUSED)
def test_details_that_lack_something_are_refused_in_the_librarys_words(asked, what):
    changed, words = REFUSED[what]
    assert asked.refused(**changed) == (words, None)
    assert_nothing_was_set_up(asked)


def assert_nothing_was_set_up(node):
    assert node.record() is None and node.training_folders() == []
    assert node.states()[-1] == "idle"


# Arguments of begin_training, and a word of the refusal.
WRONG = {"no arguments": ([], ""), "no details": (["o", "p"], ""), "details that are a text": (["o", "p", "x"], ""),
         "details as a list": (["o", "p", [1]], ""), "an organization that is a path": (["../o", "p", None], "organization"),
         "a project that is a folder above": (["o", "..", None], "project"), "a project without a name": (["o", "", None], "project"),
         "an absolute project": (["o", "/etc", None], "project"), "a project that is a number": (["o", 7, None], "argument 2"),
         "a category without an id": (["o", "p", {"categories": [{"name": "x", "type": "box"}]}], "id"),
         "a category that is a text": (["o", "p", {"categories": ["x"]}], "categories")}


@pytest.mark.parametrize("what", WRONG)
def test_arguments_that_make_no_sense_are_refused_and_make_no_file(asked, what):
    arguments, word = WRONG[what]
    if len(arguments) == 3 and (arguments[2] is None or isinstance(arguments[2], dict)):
        arguments = [*arguments[:2], asked.order()[2] | (arguments[2] or {})]
    [ack] = asked.call("begin_training", *arguments)
    assert set(ack) == {"success", "error_msg", "payload"} and (ack["success"], ack["payload"]) == (False, None), ack
    assert word in ack["error_msg"] and 0 < len(ack["error_msg"]) < 1000, ack
    assert_nothing_was_set_up(asked)


def test_it_is_on_disk_before_it_is_acked(node):
    node.begin_and_hold("data_downloading", 7)
    record = json.loads(node.record().read_text())
    assert "7" in json.dumps(record) and node.name in json.dumps(record)
    [folder] = node.training_folders()
    assert uuid.UUID(folder.name)
    node.let_go_of("data_downloading")
    node.come_to("idle")
    assert node.record() is None


def test_while_a_training_runs_each_other_one_is_refused_with_its_id_and_the_running_one_goes_on(node):
    node.control.tell("hold running")
    node.begin_training(1)
    node.control.wait_until_at("running")
    [folder] = node.training_folders()
    for number in (1, 2):
        assert node.refused(number) == (f"training {folder.name} is still active", "refused")
    assert node.refused(3, hyperparameters="left out")[0], "what is wrong with it, or that another one runs"
    assert node.training_folders() == [folder] and folder.joinpath("last_training.log").exists()
    node.control.withdraw("hold running")
    node.come_to("idle")
    assert [(one["number"], one["format"]) for one in node.all("uploaded")] == [("1", "mocked"), ("1", "mocked_2")]


def test_a_training_whose_ack_was_lost_is_refused_when_it_comes_again_and_runs_once(node):
    node.hold("data_downloading")
    node.loop.tell(node=node.name, tell="begin_training", arguments=node.order(5))  # it wants no ack
    node.come_to("data_downloading")
    node.loop.tell(node=node.name, abort=True)
    node.saw("disconnect")
    report = node.come_to("data_downloading")
    assert report["context"] == {"organization": "o", "project": node.name}, "it tells that it is at work"
    [folder] = node.training_folders()
    assert node.refused(5) == (f"training {folder.name} is still active", "refused")
    node.let_go_of("data_downloading")
    node.come_to("idle")
    assert [line["arguments"][2]["best_epoch"] for line in node.all("trained")][-1] == 2
    assert [(one["number"], one["format"]) for one in node.all("uploaded")] == [("5", "mocked"), ("5", "mocked_2")]


def test_one_sent_twice_at_once_is_taken_once(node):
    node.loop.tell(node=node.name, emit="begin_training", all=[node.order(5), node.order(5)])
    acks = [ack for [ack] in node.saw("acked", name="begin_training")["acks"]]
    refused, taken = sorted(acks, key=lambda ack: ack["success"])
    assert taken == GOOD and (refused["success"], refused["payload"]) == (False, "refused")
    node.come_to("idle")
    assert [one["format"] for one in node.all("uploaded")] == ["mocked", "mocked_2"] and len(node.training_folders()) <= 1


def test_a_base_model_that_is_no_uuid_means_from_scratch(node):
    for number, base in enumerate(["small", "", f"{NO_MODEL}/../x", 7, {"id": NO_MODEL}], start=1):
        node.begin_training(number, base_model_uuid=base)
        node.come_to("idle")
        model = node.all("uploaded")[-1]["id"]
        assert node.asked("model")[number - 1:] == [f"/api/o/projects/{node.name}/models/{model}/mocked/file"], "the one to detect with"
        assert node.control.seen()["base"] is None and len(node.all("uploaded")) == 2 * number


def test_fields_that_it_does_not_know_are_no_harm_and_what_it_knows_may_be_left_out(node):
    node.begin_training(id="small", resolution=832, flip_rl=False, flip_ud=False, colour={"of": "the sky"}, base_model_uuid="left out",
                       hyperparameters={"resolution": "832", "flip_rl": "false", "unheard_of": 1.5})
    node.come_to("idle")
    told = node.all("trained")[-1]["arguments"][2]["hyperparameters"]
    assert told.items() >= {"resolution": "832", "flip_rl": "false", "unheard_of": 1.5}.items(), "they go back as they came"


def test_a_hyperparameter_that_the_program_cannot_take_ends_the_training_with_its_name(node):
    node.begin_training(hyperparameters={"resolution": "very high"})
    report = node.come_to("idle", claim=lambda report: node.record() is None)
    problems = [report["errors"].get("run_training", "") for report in node.reports()]
    assert any("resolution" in one and "very high" in one for one in problems), node.states()
    assert report["errors"] == {} and not node.all("uploaded")
    node.begin_training(2)
    node.come_to("idle")
    assert len(node.all("uploaded")) == 2, "the next one is trained"
