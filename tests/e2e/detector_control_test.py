"""What tells and changes how a detector runs, over REST: models and versions, modes, switches, the reset for tests, and what is counted."""

import re

import pytest
from detector_clients import CATEGORIES, GRAY, SCRIPTED, KeptImages, install, keeping_node, put
from fake_loop import FakeLoop, model_zip
from nodes import Client, Outbox, detail, wait_until, with_comment
from programs import detector, jpeg



@pytest.fixture(name="loop", scope="module")
def fixture_loop():
    with FakeLoop() as loop:
        yield loop


@pytest.fixture(name="follower", scope="module")
def fixture_follower(loop, tmp_path_factory):
    """Follows that Loop's models, and tells it everything at once."""
    environment = {"SCRIPTED_MODEL_FORMAT": "onnx", "SYNC_CYCLES": "1", "NODE_VERSION": "7.8"}
    with detector(tmp_path_factory.mktemp("follower"), loop, "o", "p", SCRIPTED, environment, ready="/about") as program:
        yield program


# ---------------------------------------------------------------------------------------------------- what runs, and what shall


def test_without_a_model_everything_is_told_as_unknown(tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", ready="/about") as node:
        assert node.get("/about").json() == {"operation_mode": "idle", "state": "online", "model_info": None, "target_model": None,
                                             "version_control": "follow_loop"}
        assert node.get("/model_version").json() == {"current_version": "None", "target_version": "None", "loop_version": "None",
                                                     "local_versions": [], "version_control": "follow_loop"}
        answer = Client(node).detect(GRAY)
        assert answer.status == 503 and answer.headers["Retry-After"] and detail(answer).startswith("detector not yet initialized")
        assert Client(node).upload(GRAY).status == 200, "which needs no model"


def test_about_tells_the_model_as_it_came(loop, follower):
    install(loop, follower, "1.0")
    about = follower.get("/about").json()
    model = about.pop("model_info")
    assert about == {"operation_mode": "idle", "state": "online", "target_model": "1.0", "version_control": "follow_loop"}
    assert set(model) >= {"id", "host", "organization", "project", "version", "categories", "resolution", "model_root_path", "model_size"}
    assert (model["version"], model["organization"], model["project"], model["resolution"]) == ("1.0", "o", "p", 96)
    assert [(one["id"], one["name"], one["type"]) for one in model["categories"]] == [tuple(one.values()) for one in CATEGORIES]
    found = Client(follower).detect(jpeg(1)).json()
    for kind, one in zip(("box", "point", "segmentation", "classification"), CATEGORIES):
        [detection] = found[f"{kind}_detections"]
        assert (detection["category_id"], detection["category_name"], detection["model_name"]) == (one["id"], one["name"], "1.0")
    assert found["segmentation_detections"][0]["shape"] == "1,1,9,1,9,9", "flat"
    wait_until(lambda: loop.reports[-1]["current_model"] == "1.0", "its report")
    told = loop.reports[-1]
    assert (told["state"], told["model_format"], told["operation_mode"], told["node_version"]) == ("online", "onnx", "idle", "7.8")


def test_model_version_is_chosen_by_a_mode_or_a_version(loop, follower):
    install(loop, follower, "1.0")
    def versions():
        told = follower.get("/model_version").json()
        return told["current_version"], told["target_version"], told["loop_version"], told["version_control"]
    assert versions() == ("1.0", "1.0", "1.0", "follow_loop")
    assert put(follower, "/model_version", "pause") == (200, "OK") and versions()[3] == "pause"
    loop.models = [{"id": "00000000-0000-4000-8000-00000000000a", "version": "2.0"}]
    loop.download = model_zip("2.0", categories=CATEGORIES, id=loop.models[0]["id"])
    assert put(follower, "/model_version", "2.0") == (200, "OK")
    wait_until(lambda: versions() == ("2.0", "2.0", "1.0", "specific_version"), "the version that was chosen")
    assert set(follower.get("/model_version").json()["local_versions"]) == {"1.0", "2.0"}
    install(loop, follower, "1.0")
    assert versions() == ("1.0", "1.0", "1.0", "follow_loop")


@pytest.mark.parametrize("text", ["", "x", "1.0.x", "latest", "Pause", "follow_loop ", '"pause"', "1..0", ".", "../1", "-1", "1.0\n", "１"])
def test_a_version_that_is_none_is_refused_and_changes_nothing(loop, follower, text):
    install(loop, follower, "1.0")
    before = follower.get("/model_version").json()
    assert put(follower, "/model_version", text.encode()) == (400, "Invalid version number")
    assert follower.get("/model_version").json() == before


@pytest.mark.parametrize("models, said", [
    (None, "Failed to load models from learning loop"), ([], "No Model with version 9.9"),
    ([{"id": "00000000-0000-4000-8000-00000000000a", "version": "9.8"}], "No Model with version 9.9"),
    ([{"id": f"00000000-0000-4000-8000-00000000000{i}", "version": "9.9"} for i in range(2)], "Multiple models with version 9.9")])
def test_a_version_that_the_loop_does_not_tell_pauses_the_node(loop, follower, models, said):
    install(loop, follower, "1.0")
    loop.models = models
    assert put(follower, "/model_version", "9.9") == (400, said)
    told = follower.get("/model_version").json()
    assert (told["current_version"], told["target_version"], told["version_control"]) == ("1.0", "1.0", "pause")


@pytest.mark.parametrize("mode", ["detecting", "startup"])
def test_no_model_is_updated_until_the_node_is_idle(loop, follower, mode):
    install(loop, follower, "1.0")
    assert put(follower, "/operation_mode", mode) == (200, "OK") and follower.get("/operation_mode").body.decode() == mode
    wait_until(lambda: loop.reports[-1]["operation_mode"] == mode, "its report")
    loop.offer("2.0", model_zip("2.0", categories=CATEGORIES))
    asked, reports = loop.targets_asked, len(loop.reports)
    for _ in range(2):  # each begins a cycle
        follower.ask("PUT", "/model_version", "follow_loop")
        wait_until(lambda: len(loop.reports) > reports, "another cycle")
        reports = len(loop.reports)
    assert loop.targets_asked == asked and loop.reports[-1]["current_model"] == "1.0"
    assert Client(follower).detect(jpeg(1)).json()["box_detections"][0]["model_name"] == "1.0"
    assert put(follower, "/operation_mode", "idle") == (200, "OK")
    wait_until(lambda: follower.get("/model_version").json()["current_version"] == "2.0", "the update")


# ------------------------------------------------------------------------------------------------------------------- switches


@pytest.mark.parametrize("path, word, status, said", [
    ("/operation_mode", "asleep", 422, "'asleep' is not a valid OperationMode"),
    ("/operation_mode", "", 422, "'' is not a valid OperationMode"),
    ("/operation_mode", "Idle", 422, "'Idle' is not a valid OperationMode"),
    ("/outbox_mode", "off", 422, "Could not set outbox mode: 'off' is not a valid OutboxMode"),
    ("/outbox_mode", "", 422, "Could not set outbox mode: '' is not a valid OutboxMode"),
    ("/debug_logging", "true", 400, "Invalid state"), ("/debug_logging", "", 400, "Invalid state"),
    ("/socketio", "yes", 400, "Invalid state"), ("/socketio", "ON", 400, "Invalid state")])
def test_a_word_that_a_switch_does_not_know_is_named_and_changes_nothing(follower, path, word, status, said):
    before = follower.get(path).body
    assert put(follower, path, word) == (status, said)
    assert follower.get(path).body == before


def test_stopping_the_outbox_cancels_what_is_on_its_way_and_loses_nothing(tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", SCRIPTED) as node:
        loop.upload_statuses = [None]
        assert Client(node).upload(GRAY).status == 200
        wait_until(lambda: not loop.upload_statuses, "an upload that the Loop holds up")
        assert put(node, "/outbox_mode", "stopped") == (200, "OK") and node.get("/outbox_mode").body == b"stopped"
        wait_until(lambda: loop.given_up, "its end")
        assert len(Outbox(tmp_path).waiting()) == 1 and loop.uploads == []
        assert put(node, "/outbox_mode", "continuous_upload") == (200, "OK")
        assert node.get("/outbox_mode").body == b"continuous_upload"
        Outbox(tmp_path).wait_until_empty()
        assert len(loop.uploads) == 1


def test_a_muted_node_leaves_its_loop_alone_until_it_may_speak_again(loop, follower):
    install(loop, follower, "1.0")
    assert put(follower, "/socketio", "off") == (200, "off")
    loop.offer("3.0", model_zip("3.0", categories=CATEGORIES))
    asked = loop.targets_asked
    for mode in ("detecting", "idle"):  # which would begin a cycle each
        assert put(follower, "/operation_mode", mode) == (200, "OK")
    assert Client(follower).detect(jpeg(1)).status == 200
    assert loop.targets_asked == asked and follower.get("/model_version").json()["current_version"] == "1.0"
    assert put(follower, "/socketio", "on") == (200, "on")
    wait_until(lambda: follower.get("/model_version").json()["current_version"] == "3.0", "the model it was offered meanwhile")


def test_reset_is_there_for_tests_alone_and_leaves_nothing_but_the_uuid(tmp_path, follower):
    assert follower.ask("POST", "/reset").status == 404
    environment = {"SCRIPTED_MODEL_FORMAT": "onnx", "USE_BACKDOOR_CONTROLS": "1"}
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", SCRIPTED, environment, ready="/about") as own:
        install(loop, own, "1.0")
        uuid = loop.reports[-1]["uuid"]
        put(own, "/outbox_mode", "stopped")
        assert Client(own).upload(GRAY).status == 200
        loop.target = None
        assert own.ask("POST", "/reset").json() is True
        assert Outbox(tmp_path).waiting() == [] and own.get("/about").json()["model_info"] is None
        assert [path for path in (tmp_path / "detector").rglob("*") if path.name in ("model.json", "current_model")] == []
        assert own.get("/outbox_mode").body == b"stopped", "which is no data"
        install(loop, own, "1.0")
        wait_until(lambda: loop.reports[-1]["current_model"] == "1.0", "its report")
        assert loop.reports[-1]["uuid"] == uuid


# ---------------------------------------------------------------------------------------------------------------- the counters


def value_in_metrics(node, name):
    return float(re.search(rf"^{re.escape(name)} (\S+)$", node.get("/metrics").body.decode(), re.M)[1])


def test_metrics_count_images_stages_and_what_waits(tmp_path):
    image = jpeg(1)
    with keeping_node(tmp_path, version="1.0") as node:
        assert Client(node).detect(image, autoupload="all").status == Client(node).upload(image).status == 200
        assert Client(node).detect(b"no image").status == 400
        for result, count in (("evaluated", 1), ("invalid", 1), ("failed", 0), ("dropped", 0)):
            assert value_in_metrics(node, f'detector_images_total{{result="{result}"}}') == count, result
        for stage in ("wait", "decode", "evaluate", "keep"):
            assert value_in_metrics(node, f'detector_stage_seconds_count{{stage="{stage}"}}') == 1, stage
        for name, value in (("outbox_images", 2), ("outbox_dropped_images", 0), ("detector_queue", 0), ("detector_ready", 1),
                            ('detector_model_info{version="1.0"}', 1)):
            assert value_in_metrics(node, name) == value, name
        assert value_in_metrics(node, "outbox_bytes") > 2 * len(image)


def test_metrics_count_images_that_came_before_there_was_a_model(tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", ready="/about") as node:
        assert Client(node).detect(GRAY).status == 503
        assert value_in_metrics(node, 'detector_images_total{result="dropped"}') == 1
        assert value_in_metrics(node, "detector_ready") == 0


def test_the_outbox_drops_the_oldest_beyond_its_size_but_nothing_with_priority(tmp_path):
    contents = [with_comment(GRAY, b"%d" % number) for number in range(8)]
    with keeping_node(tmp_path, {"MAX_OUTBOX_SIZE": "3"}) as node:
        for number, content in enumerate(contents):
            priority = {"upload-priority": "true"} if number in (0, 4) else {}
            assert node.post_files("/upload", [("a.jpg", content)], headers=priority).status == 200
        left = KeptImages(tmp_path, also_old=True)
        wait_until(lambda: len(left.outbox.waiting()) == 5, "what is dropped")
        assert [contents.index(one.image) for one in left.new()] == [0, 4, 5, 6, 7]
        assert (value_in_metrics(node, "outbox_dropped_images"), value_in_metrics(node, "outbox_images")) == (3, 5)
