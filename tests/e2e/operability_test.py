"""The story by which the Python library's README tests a Loop, with its own curl lines: a model comes in, is listed, and is converted.
And what a node reads in the `model.json` of a model, whatever stood in the one that came. LL_CASES_SEED repeats a draw."""

import json
import re
import uuid
from datetime import datetime, timedelta, timezone

import pytest
from accounts import data_folder, kept_by, rows, token, with_headers
from draws import draws
from nodes import ORGANIZATION, wait_until
from packages import description_of, download, packed, send
from programs import generate, loop_server
from readme_lines import LIST_A, LIST_B, LIST_B_AGAIN, TOLD_IN_README, UPLOAD, shell, told

KNOWN_TO_THE_LOOP = ["host", "organization", "project", "version", "id", "format"]
WRONG = [None, 7, -1.5, True, "", "other", "x" * 5000, "9.9", "https://elsewhere.example", str(uuid.UUID(int=1)), [], ["demo"], {},
         {"id": "demo"}, "ü\u0000\n\"\\"]
UNKNOWN_KEYS = {"epochs": 300, "lr": 1e-7, "best": 0.1, "seed": 2**64 - 1, "least": -2**63, "none": None, "": "no name", "Host": "kept",
                "nested": {"list": [1, [2.5, {"ü": "\u20ac"}], False]}, "hyperparameters": {"resolution": "832", "flip_rl": "false"},
                "conf_threshold": 0.25, "date": "2024-01-01", "model_size": "s6"}


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    """A Loop at which detectors of this machine need a login, too."""
    with loop_server(tmp_path_factory.mktemp("operability"), environment={"ANONYMOUS_NODES": "none"}) as server:
        yield server


@pytest.fixture(name="script", scope="module")
def fixture_script(loop):
    """The Loop, asked with the token of a script."""
    return with_headers(loop, token(loop, "--script", "readme"))


@pytest.fixture(name="demo")
def fixture_demo(loop):
    """The project of the story. There are three models in it, so that the next is 4.0."""
    path = generate(loop, "demo", ORGANIZATION, trainings=3)
    yield path
    assert loop.ask("DELETE", path).status == 200
    left = "SELECT 1 FROM projects WHERE removed IS NOT NULL AND folder <> '' UNION ALL SELECT 1 FROM file_removals"
    wait_until(lambda: not rows(data_folder(loop), left), "nothing left of it")  # the next test may look at all that the Loop keeps


# ------------------------------------------------------------------------------------------------------------- the story


def convert(loop):
    """What a converter node of the Python library does in each of its cycles; the ids of the models that it converted."""
    done = []
    for project in loop.get("/api/projects").json()["projects"]:
        path = f"/api{project['resource']}"
        assert loop.get(path).json()["categories"]
        for model in loop.get(f"{path}/models").json()["models"]:
            if model["version"] and "format_a" in model["formats"] and "format_b" not in model["formats"]:
                source = download(loop, path, model["id"], "format_a")
                files = {"model.b": b"made of " + source["weights.a"], "model.json": source["model.json"]}
                answer = send(loop, "PUT", f"{path}/models/{model['id']}/format_b/file", files)
                assert answer.status == 200 and answer.json()["id"] == model["id"], answer
                done.append(model["id"])
    return done


def assert_is_now(text):
    """A time of which every reader knows the instant: within the last minute."""
    when = datetime.fromisoformat(text)
    assert when.tzinfo and timedelta(0) <= datetime.now(timezone.utc) - when < timedelta(minutes=1), text


@pytest.mark.parametrize("is_described", [False, True], ids=["without model.json", "with model.json"])
def test_the_readmes_story_comes_true_line_by_line(loop, script, demo, tmp_path, is_described):
    description = {"categories": [{"id": "b", "name": "beet"}, {"id": "a", "name": "ape"}], "resolution": 320, "mine": [1, 2]}
    files = {"weights.a": b"weights"} | ({"model.json": json.dumps(description)} if is_described else {})
    (tmp_path / "my_model.zip").write_bytes(packed(files))
    uploaded = told(UPLOAD, script, tmp_path)

    [model] = told(LIST_A, script, tmp_path)["models"]
    assert model | {"id": uploaded["id"], "version": "4.0", "formats": ["format_a"]} == model
    assert list(model)[:len(TOLD_IN_README)] == TOLD_IN_README
    assert uuid.UUID(model["id"]) and re.match(r"uploaded at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", model["comment"])
    assert_is_now(model["created"])
    assert_is_now(model["comment"].removeprefix("uploaded at "))
    assert told(LIST_B, script, tmp_path) == {"models": []}

    assert convert(with_headers(loop, token(loop, "--node", "converter"))) == [model["id"]]
    assert told(LIST_B_AGAIN, script, tmp_path)["models"] == [model | {"formats": ["format_a", "format_b"]}]
    assert told(LIST_A, script, tmp_path) == told(LIST_B, script, tmp_path), "one model in two formats"
    assert convert(with_headers(loop, token(loop, "--node", "another"))) == []

    first, second = (download(script, demo, model["id"], model_format) for model_format in ("format_a", "format_b"))
    assert first["weights.a"] == b"weights" and second["model.b"] == b"made of weights"
    read, of_second = json.loads(first["model.json"]), json.loads(second["model.json"])
    assert of_second == read | {"format": "format_b"}
    assert read | {"id": model["id"], "version": "4.0", "format": "format_a", "organization": ORGANIZATION, "project": "demo"} == read
    assert read | (description if is_described else {"categories": script.get(demo).json()["categories"], "resolution": None}) == read


def test_without_the_header_each_line_is_answered_with_the_remedy(loop, demo, tmp_path):
    (tmp_path / "my_model.zip").write_bytes(packed({"weights.a": b"weights"}))
    before = kept_by(loop)
    for line in (UPLOAD, LIST_A, LIST_B, LIST_B_AGAIN):
        body, status = shell(f"{line} -w '\\n%{{http_code}}'", loop.nobody(), tmp_path).splitlines()
        assert status == b"401" and "`learning-loop token create" in json.loads(body)["detail"], (line, body)
    assert kept_by(loop) == before


# ------------------------------------------------------------------------------------------------- what nodes are told of a model


def described(loop, path, description):
    """The `model.json` that a node gets of a model that came with this one."""
    files = {"weights": uuid.uuid4().bytes, "model.json": json.dumps(description).encode()}
    answer = send(loop, "POST", f"{path}/models/onnx", files)
    assert answer.status == 200, (description, answer)
    facts = {"host": f"http://127.0.0.1:{loop.port}", "organization": ORGANIZATION, "project": "demo", "format": "onnx",
             "id": answer.json()["id"], "version": answer.json()["version"]}
    return description_of(loop, path, answer.json()["id"], "onnx"), facts


@pytest.mark.parametrize("key", KNOWN_TO_THE_LOOP)
def test_what_the_loop_knows_better_is_corrected_whatever_it_was(script, demo, key):
    for wrong in WRONG:
        read, facts = described(script, demo, {key: wrong})
        assert read | facts == read, wrong


def test_what_nodes_know_better_is_kept_whatever_is_wrong_beside_it(script, demo):
    chance = draws("model.json")
    project = script.get(demo).json()["categories"]
    for _ in range(30):
        kept = {key: UNKNOWN_KEYS[key] for key in chance.sample(list(UNKNOWN_KEYS), chance.randint(1, len(UNKNOWN_KEYS)))}
        categories = chance.sample(project, len(project)) + [{"id": "x", "name": "of another tool", "colour_space": "lab"}]
        kept |= {"categories": categories, "resolution": chance.choice([32, 640, 4096])}
        wrong = {key: chance.choice(WRONG) for key in chance.sample(KNOWN_TO_THE_LOOP, chance.randint(0, 6))}
        sent = dict(chance.sample(list((kept | wrong).items()), len(kept | wrong)))
        read, facts = described(script, demo, sent)
        assert read == {"model_size": None} | kept | facts, sent
        assert [key for key in read if key in sent] == list(sent), "the keys stay in their order"


def rename_all(loop, path, chance):
    """Each category under a new name, one by one."""
    for category in chance.sample(loop.get(path).json()["categories"], 2):
        answer = loop.send_json("PUT", f"{path}/categories/{category['id']}", {"name": f"new name of {category['name']}"})
        assert answer.status == 200 and answer.json()["id"] == category["id"], answer


@pytest.mark.parametrize("tells_classes", [True, False], ids=["that tells its classes", "that tells none"])
def test_a_renamed_category_changes_no_model_that_was_made_before(script, demo, tells_classes):
    chance = draws("renaming")
    classes = list(reversed(script.get(demo).json()["categories"]))
    read, facts = described(script, demo, {"categories": classes} if tells_classes else {})
    before = script.get(f"{demo}/models/{facts['id']}/onnx/file").body
    rename_all(script, demo, chance)
    now = script.get(demo).json()["categories"]
    assert [category["id"] for category in now] == [category["id"] for category in reversed(classes)], "renaming moves nothing"
    assert all(category["name"].startswith("new name of ") for category in now)
    assert script.get(f"{demo}/models/{facts['id']}/onnx/file").body == before
    assert read["categories"] == (classes if tells_classes else list(reversed(classes)))
    assert send(script, "PUT", f"{demo}/models/{facts['id']}/trt/file", {"engine": b"engine"}).status == 200
    assert description_of(script, demo, facts["id"], "trt")["categories"] == read["categories"], "the classes of its first format"
    later, _ = described(script, demo, {})
    assert later["categories"] == now
