"""What a detector's REST takes and answers for images, as clients of the Python library send and read it, and its routes and pages.

Images and notes that are wrong stand in wrong_input_test.py, how HTTP itself may be spoken in detector_cases_test.py."""

import re

import pytest
from accounts import routes_of
from detector_clients import GRAY, PATH, put
from detector_fixtures import fixture_folder, fixture_kept, fixture_node  # noqa: F401
from loop_programs.multipart import multipart
from nodes import Client, detail, with_comment

FIELDS = ["box_detections", "point_detections", "segmentation_detections", "classification_detections", "box_annotations",
          "point_annotations", "classification_annotation", "tags", "created", "source", "state"]
PAGES = {"/health/live", "/health/ready", "/metrics", "/openapi.json", "/docs", "/docs.css", "/redoc"}


# ------------------------------------------------------------------------------------------------------------------ images


def test_detect_answers_every_field_with_the_words_of_the_request(node, kept):
    answer = Client(node).detect(GRAY, camera_id="c1", tags=" a, ,b ,", source="robot 7", creation_date="2024-01-31_12:00:00.123",
                                 autoupload="disabled")
    found = answer.json()
    assert list(found) == FIELDS and answer.headers["Upload-Causes"] is None
    assert found["box_detections"][0] == {"category_name": "quarter", "x": 0, "y": 0, "width": 32, "height": 24, "model_name": "",
                                          "confidence": pytest.approx(128 / 255, abs=0.01), "category_id": None}
    assert (found["tags"], found["source"], found["created"], found["state"]) == (["a", "b"], "robot 7", "2024-01-31_12:00:00.123", None)
    assert found["classification_annotation"] is None and found["box_annotations"] == found["segmentation_detections"] == []
    assert kept.new() == []


def test_autoupload_tells_what_is_kept_and_the_answer_why(node, kept):
    def detect(**notes):
        answer = Client(node).detect(GRAY, camera_id="autoupload", tags="t", **notes)
        assert answer.json()["tags"] == ["t"], "not the causes"
        return answer.headers["Upload-Causes"], [one.metadata["tags"] for one in kept.new()]
    assert detect(autoupload="disabled") == (None, [])
    assert detect() == ("uncertain", [["t", "uncertain"]])
    assert detect() == detect(autoupload="filtered") == detect(autoupload="") == (None, []), "the camera has shown it"
    assert detect(autoupload="all") == ("all", [["t"]])


def test_what_is_kept_is_the_file_of_the_client_with_all_that_is_known_of_it(node, kept):
    image = with_comment(GRAY, b"kept")
    answer = Client(node).detect(image, autoupload="all", source="s", creation_date="2024-01-31T12:00:00.5+02:00", tags="a")
    one = kept.one()
    assert one.image == image and one.metadata == answer.json() and not one.is_priority
    Client(node).detect(image, autoupload="all")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", kept.one().metadata["created"]), "the time of receipt"


@pytest.mark.parametrize("name", ["camera-id", "camera_id", "mac"])
def test_each_name_of_the_camera_is_that_of_its_history(node, name):
    camera = f"camera by {name}"
    first, second, other = (Client(node).detect(GRAY, **{key: value}).headers["Upload-Causes"]
                            for key, value in (("camera-id", camera), (name, camera), (name, camera + " no. 2")))
    assert (first, second, other) == ("uncertain", None, "uncertain")


@pytest.mark.parametrize("name", ["creation-date", "creation_date"])
def test_each_spelling_of_the_date_counts(node, name):
    body, content_type = multipart([("a.jpg", GRAY)], "file")
    answer = node.ask("POST", "/detect", body, {"Content-Type": content_type, name: "2024-01-31T12:00:00"})
    assert answer.json()["created"] == "2024-01-31T12:00:00"


@pytest.mark.parametrize("note", [("camera-id", "camera_id"), ("camera-id", "mac"), ("creation-date", "creation_date")])
def test_two_spellings_agree_or_are_refused(node, note):
    values = ("2024-01-31", "2024-02-01")
    body, content_type = multipart([("a.jpg", GRAY)], "file")
    for second, status in zip(values, (200, 400)):
        answer = node.ask("POST", "/detect", body, {"Content-Type": content_type, note[0]: values[0], note[1]: second})
        assert answer.status == status, answer
    assert note[0] in detail(answer) and all(value in detail(answer) for value in values)


def test_upload_keeps_all_images_in_their_order_as_they_came(node, kept):
    images = [with_comment(GRAY, b"%d" % number) for number in range(3)]
    answer = Client(node).upload(*images)
    assert (answer.status, answer.json()) == (200, [200, "OK"])
    found = kept.new()
    assert [one.image for one in found] == images
    assert list(found[0].metadata) == FIELDS and [one.metadata["tags"] for one in found] == 3 * [["picked_by_system"]]
    assert [one.is_priority for one in found] == 3 * [False] and found[0].metadata["created"].endswith("+00:00")


@pytest.mark.parametrize("way", ["query", "headers"])
def test_upload_takes_its_notes_from_query_and_headers(node, kept, way):
    query = "?source=by%20query&creation_date=2024-01-31T12:00:00&upload_priority=true&tags=a,b"
    notes = {"source": "by headers", "creation-date": "2024-01-31T12:00:00", "upload-priority": "true", "tags": "a,b"}
    answer = node.post_files("/upload" + (query if way == "query" else ""), [("a.jpg", GRAY)], headers=notes if way == "headers" else {})
    assert answer.status == 200, answer
    one = kept.one()
    assert one.is_priority and one.metadata["tags"] == ["a", "b", "picked_by_system"]
    assert (one.metadata["source"], one.metadata["created"]) == (f"by {way}", "2024-01-31T12:00:00")


@pytest.mark.parametrize("word, is_priority", [("true", True), ("1", True), ("on", True), ("True", True), ("false", False), ("0", False),
                                               ("off", False), ("", False)])
def test_every_word_for_priority_counts(node, kept, word, is_priority):
    assert node.post_files(f"/upload?upload_priority={word}", [("a.jpg", GRAY)]).status == 200
    assert node.post_files("/upload", [("a.jpg", GRAY)], headers={"upload-priority": word}).status == 200
    assert [one.is_priority for one in kept.new()] == [is_priority, is_priority]


# --------------------------------------------------------------------------------------------------------- routes and pages


def own_routes(node):
    """The methods of each path that the document tells, without Socket.IO and the live page."""
    by_path = {}
    for method, path, _ in routes_of(node):
        if path not in (PATH, "/") and not path.startswith("/live"):
            by_path.setdefault(path, set()).add(method)
    return by_path


def test_the_document_tells_these_routes_and_no_others(node):
    switches = {(method, path) for path in ("/model_version", "/operation_mode", "/outbox_mode") for method in ("GET", "PUT")}
    own = {("POST", "/detect"), ("POST", "/upload"), ("GET", "/about"), ("PUT", "/debug_logging"), ("PUT", "/socketio")} | switches
    told = {(method, path) for path, methods in own_routes(node).items() for method in methods}
    assert told == own | {("GET", page) for page in PAGES}, told
    names = {one["name"] for one in next(operation for method, path, operation in routes_of(node) if path == "/detect")["parameters"]}
    assert names >= {"camera-id", "tags", "source", "autoupload", "creation-date"}
    for page in ("/docs", "/redoc"):
        assert node.get(page).headers["Content-Type"].startswith("text/html") and b"/model_version" in node.get(page).body


def test_a_slash_at_the_end_is_the_same_route_and_another_method_or_path_is_refused(node):
    for path, methods in own_routes(node).items():
        for method in methods:
            assert node.ask(method, path + "/", b"").status == node.ask(method, path, b"").status != 404, path
        answer = node.ask("DELETE", path)
        assert (answer.status, answer.json()) == (405, {"detail": "Method Not Allowed"})
        assert set(answer.headers["Allow"].split(", ")) == methods, path
    assert put(node, "/outbox_mode/", "stopped") == (200, "OK")
    for path in ("/nowhere", "/detect/more", "/Detect", "/api/detect"):
        answer = node.ask("POST", path)
        assert (answer.status, answer.json()) == (404, {"detail": "Not Found"}), path
