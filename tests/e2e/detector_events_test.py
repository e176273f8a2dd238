"""A detector's events, as the clients of robots call them: python-socketio over each transport, with exactly what rosys sends.

rosys 0.37 and 0.35 send arrays (0.37 also JPEGs), rosys up to 0.24 the JPEG alone, with other keys. What rosys sends was read from its
released packages, whose own client was tried as well."""

import json

import numpy as np
import pytest
from detector_clients import CLIENTS, GRAY, SCRIPTED, events_of, jpeg_image, keeping_node, pixels_of, put
from detector_fixtures import fixture_events, fixture_folder, fixture_kept, fixture_node  # noqa: F401
from fake_loop import FakeLoop
from nodes import Client, picture, with_comment
from programs import detector, jpeg

PIXELS = np.full((48, 64, 3), 128, np.uint8)
FORMATS = {"pixels": pixels_of(PIXELS), "JPEG": jpeg_image(GRAY), "the JPEG alone": GRAY,
           "pixels that say so": pixels_of(PIXELS, format="raw"), "pixels without a word": pixels_of(PIXELS, format=None)}


@pytest.fixture(name="trained", scope="module")
def fixture_trained(tmp_path_factory):
    """A node with a model, whose folder is `trained.folder`."""
    folder = tmp_path_factory.mktemp("trained")
    with keeping_node(folder, version="1.0") as program:
        program.folder = folder
        yield program


def rosys_detects(image, **changed):
    """What rosys 0.26 and newer sends with each image; `images` for several."""
    key = "images" if isinstance(image, list) else "image"
    return {key: image, "camera_id": "front", "tags": [], "source": None, "autoupload": "filtered", "creation_date": None} | changed


# ------------------------------------------------------------------------------------------------------------------ detection


@pytest.mark.parametrize("kind, transport", CLIENTS)
def test_every_client_detects_in_every_format_over_every_transport(node, folder, kept, kind, transport):
    camera = f"{kind} {transport}"
    with events_of(node, folder, kind, transport) as events:
        by_rest = Client(node).detect(GRAY, autoupload="disabled").json()
        for what, image in FORMATS.items():
            found = events.call("detect", rosys_detects(image, camera_id=f"{camera} {what}"))
            assert found.pop("upload_causes") == ["uncertain"], what
            assert json.dumps(found) == json.dumps(by_rest), what
    stored = kept.new()
    assert [one.image == GRAY for one in stored] == [what in ("JPEG", "the JPEG alone") for what in FORMATS]
    assert [one.metadata["tags"] for one in stored] == len(FORMATS) * [["uncertain"]]


def test_detect_answers_and_keeps_the_words_of_the_request(events, kept):
    words = {"tags": ["a", "b, c"], "source": "robot 7", "creation_date": "2024-01-31T12:00:00.123456+00:00", "autoupload": "all"}
    found = events.call("detect", rosys_detects(jpeg_image(GRAY), **words))
    assert found.pop("upload_causes") == ["all"] and (found["tags"], found["source"]) == (["a", "b, c"], "robot 7")
    assert found["created"] == "2024-01-31T12:00:00.123456+00:00" and kept.one().metadata == found
    assert events.call("detect", rosys_detects(GRAY, autoupload="disabled"))["upload_causes"] == [] and kept.new() == []


def test_null_is_as_if_it_were_not_there(events, kept):
    found = events.call("detect", rosys_detects(GRAY, camera_id=None, tags=None, autoupload=None) | {"mac": None, "camera-id": None})
    assert found["tags"] == [] and found["created"] is None
    assert events.call("detect", {"image": GRAY}) == found | {"upload_causes": []}, "filtered, in the same history"
    assert len(kept.new()) == len(found["upload_causes"])


def test_the_keys_of_old_clients_name_the_same_camera(events):
    """rosys up to 0.24 sends `mac`."""
    old = {"image": GRAY, "mac": "old keys", "autoupload": "filtered", "tags": []}
    causes = [events.call("detect", message)["upload_causes"] for message in (
        old, {"image": GRAY, "camera-id": "old keys"}, {"image": GRAY, "camera_id": "old keys"}, old | {"mac": "another"})]
    assert causes == [["uncertain"], [], [], ["uncertain"]]
    assert events.call("detect", old | {"camera_id": "old keys"})["upload_causes"] == [], "both, and the same"
    said = events.call("detect", old | {"camera_id": "other"})["error"]
    assert "mac" in said and "camera_id" in said and "send one of them" in said


@pytest.mark.parametrize("kind, transport", CLIENTS)
def test_a_batch_is_answered_image_by_image_in_its_order(node, folder, kept, kind, transport):
    shades = [10, 250, 128, 60, 128, 190]
    images = [pixels_of(np.full((48, 64, 3), shade, np.uint8)) if shade < 128 else jpeg_image(picture((64, 48), 3 * (shade,)))
              for shade in shades]
    message = rosys_detects(images, camera_id=f"batch {kind} {transport}", tags=["t"], source="s", creation_date="2024-01-31T12:00:00")
    with events_of(node, folder, kind, transport) as events:
        answer = events.call("batch_detect", message)
    assert answer.keys() == {"items"}
    assert [round(item["box_detections"][0]["confidence"] * 255) for item in answer["items"]] == pytest.approx(shades, abs=1)
    assert [item["upload_causes"] for item in answer["items"]] == [[], [], [], [], [], []], "each was new, but sure, or known"
    assert {(tuple(item["tags"]), item["source"], item["created"]) for item in answer["items"]} == {(("t",), "s", "2024-01-31T12:00:00")}
    assert kept.new() == []


def test_each_image_of_a_batch_is_kept_for_its_own_causes(events, kept):
    images = [jpeg_image(with_comment(GRAY, b"%d" % number)) for number in range(3)]
    items = events.call("batch_detect", rosys_detects(images, camera_id="batch"))["items"]
    assert [item["upload_causes"] for item in items] == [["uncertain"], [], []], "the others show the same"
    assert [one.image for one in kept.new()] == [images[0]["bytes"]]
    items = events.call("batch_detect", rosys_detects(images, autoupload="all", tags=["t"]))["items"]
    assert [item["upload_causes"] for item in items] == 3 * [["all"]]
    stored = kept.new()
    assert [one.image for one in stored] == [image["bytes"] for image in images]
    assert [one.metadata["tags"] for one in stored] == 3 * [["t"]]


def test_one_broken_image_refuses_its_batch_by_its_place_and_nothing_is_kept(events, kept):
    whole = jpeg_image(GRAY)
    for broken, said in ((jpeg_image(GRAY[:400]), "images[2]: the JPEG image is damaged"), (b"text", "images[2]: not a JPEG or PNG"),
                         (pixels_of(PIXELS, dtype="float32"), "could not parse images from data: images[2].dtype: 'float32'")):
        answer = events.call("batch_detect", rosys_detects([whole, pixels_of(PIXELS), broken], autoupload="all"))
        assert answer.keys() == {"error"} and answer["error"].startswith(said), answer
    assert kept.new() == []


def test_clients_that_call_at_the_same_time_get_their_own_answers(node, folder):
    with events_of(node, folder) as first, events_of(node, folder, "python threads") as second:
        for number in range(20):
            for client in (first, second):
                client.emit("detect", rosys_detects(GRAY))
            shade = 10 * number
            for client in (first, second):
                found = client.call("detect", rosys_detects(pixels_of(np.full((16, 16, 3), shade, np.uint8))))
                assert found["box_detections"][0]["confidence"] == pytest.approx(shade / 255, abs=0.001)


# ---------------------------------------------------------------------------------------------------------- what runs, and what shall


@pytest.mark.parametrize("kind, transport", [*CLIENTS, ("ours", "websocket"), ("ours", "polling")])
def test_what_runs_is_told_as_over_rest_and_changed_by_every_client(trained, kind, transport):
    with events_of(trained, trained.folder, kind, transport) as events:
        about = trained.get("/about").json()
        assert events.call("about") == about and events.call("info") == about["model_info"]
        assert events.call("get_model_version") == trained.get("/model_version").json()
        assert events.call("set_model_version_mode", "pause") == {"status": "OK"}
        assert trained.get("/about").json()["version_control"] == "pause"
        assert events.call("set_model_version_mode", "latest") == {"error": "Invalid version number"}
        assert events.call("set_model_version_mode", "7.7") == {"error": "Failed to load models from learning loop"}
        assert events.call("set_model_version_mode", "follow_loop") == {"status": "OK"}
        assert events.call("set_outbox_mode", "continuous_upload") == {"status": "OK"}
        assert trained.get("/outbox_mode").body == b"continuous_upload" == events.call("get_outbox_mode")["outbox_mode"].encode()
        assert events.call("set_outbox_mode", "stopped") == {"status": "OK"}
        assert events.call("get_outbox_mode") == {"outbox_mode": "stopped"}
        assert events.call("set_outbox_mode", "x") == {"error": "Could not set outbox mode: 'x' is not a valid OutboxMode"}
        assert events.call("set_outbox_mode") == {"error": "argument 1: is missing"}
        assert events.call("no_such_event", 1) is None, "acked without arguments"


def test_a_node_without_a_model_says_so_in_the_words_that_clients_know(tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", ready="/about") as node, events_of(node, tmp_path) as events:
        assert events.call("info") == {"status": "No model loaded"}
        assert events.call("about")["model_info"] is None and events.call("get_model_version")["current_version"] == "None"
        assert events.call("detect", rosys_detects(GRAY)) == {"error": "detector not yet initialized"}
        assert events.call("batch_detect", rosys_detects([GRAY])) == {"error": "detector not yet initialized"}
        assert events.call("upload", {"image": GRAY}) == {"status": "OK"}


def test_soft_reload_takes_over_the_settings_file_and_loads_the_model_anew(tmp_path):
    settings = tmp_path / "settings.json"
    settings.write_text('{"min_uncertain_threshold": 0.9, "max_uncertain_threshold": 0.95}')
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", SCRIPTED, {"SETTINGS_FILE": str(settings)}) as node, \
            events_of(node, tmp_path) as events:
        put(node, "/outbox_mode", "stopped")
        assert events.call("detect", rosys_detects(GRAY))["upload_causes"] == []
        settings.write_text('{"min_uncertain_threshold": 0.9, "max_uncertain_threshold": "high"}')
        said = events.call("soft_reload")["error"]
        assert "max_uncertain_threshold" in said or "max-uncertain-threshold" in said
        assert events.call("detect", rosys_detects(GRAY))["upload_causes"] == []
        settings.write_text('{"min_uncertain_threshold": 0.4, "max_uncertain_threshold": 0.95}')
        assert events.call("soft_reload") == {"status": "OK"}
        assert events.call("detect", rosys_detects(GRAY))["upload_causes"] == ["uncertain"], "and it forgot what it had seen"
        assert node.get("/outbox_mode").body == b"stopped" and events.call("detect", rosys_detects(jpeg(1)))["box_detections"]
