"""What a detector of the Python library uploads, whatever its client gave it: each image becomes the row that was meant, and none is
refused, since the library deletes what the Loop answers with 422.

tools/fetch_peers brings the library into an environment of its own."""

import json
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from nodes import wait_until
from peers import DETECTOR, PYTHON, anonymous, peer_detector, project_with_target, wait_for_model
from programs import image_ids, images, jpeg, loop_server

IMAGE = jpeg(1)
STATES = ["backlog", "inbox", "annotate", "review", "complete", "trash"]
# As a client of the detector may write it, and the date of the image; None: when it arrived.
DATES = {
    "2023-01-30T12:34:56": datetime(2023, 1, 30, 12, 34, 56),
    "2023-01-30_12:34:56.789": datetime(2023, 1, 30, 12, 34, 56, 789000),
    "2023-01-30 12:34:56": datetime(2023, 1, 30, 12, 34, 56),
    "2023-01-30 12:34:56.789012": datetime(2023, 1, 30, 12, 34, 56, 789012),
    "2023-01-30": datetime(2023, 1, 30),
    "": None,
    None: None,
}
# Categories are of the kind in front of the name; the library's detector fills in the ids of detections, not those of annotations.
BOX = {"category_name": "purple box", "x": 3, "y": 4, "width": 20, "height": 10}
POINT = {"category_name": "purple point", "x": 10.5, "y": 20.25}
AREA = {"category_name": "purple segmentation", "shape": {"points": [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]}}
CLASS = {"category_name": "purple classification"}
FOUND = {"model_name": "1.0", "confidence": 0.5}
UPLOADS = {
    "every detection": {
        "box_detections": [BOX | FOUND, BOX | FOUND | {"x": 30, "confidence": 0.25}], "point_detections": [POINT | FOUND],
        "segmentation_detections": [AREA | FOUND, AREA | FOUND | {"shape": "1,1,9,1,9,9"}], "classification_detections": [CLASS | FOUND]},
    "every annotation": {"box_annotations": [BOX, BOX | {"x": 30}], "point_annotations": [POINT], "classification_annotation": CLASS},
    "both": {"box_annotations": [BOX], "box_detections": [BOX | FOUND], "state": "complete", "tags": ["front", "broken"],
             "created": "2024-01-31T12:00:00"},
    "an unknown category": {"box_detections": [BOX | FOUND | {"category_name": "never heard of"}]},
    "a source alone": {},
    **{f"state {state}": {"state": state} for state in [*STATES, None]},
    **{f"created {created!r}": {"created": created} for created in DATES},
}


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop")) as server:
        yield server


@pytest.fixture(name="project", scope="module")
def fixture_project(loop):
    return project_with_target(loop, "uploads", point_categories=1, segmentation_categories=1, classification_categories=1)


@pytest.fixture(name="peer", scope="module")
def fixture_peer(loop, project, tmp_path_factory):
    folder = tmp_path_factory.mktemp("peer")
    with peer_detector(folder, loop, project) as node:
        node.folder = folder
        wait_for_model(node)
        yield node


@pytest.fixture(name="rows", scope="module")
def fixture_rows(loop, project, peer):
    """By their source the rows of all that was uploaded. At one go, since the outbox of the library looks every 5 s what there is."""
    metadata = [{"source": source} | known for source, known in UPLOADS.items()]
    (peer.folder / "image.jpg").write_bytes(IMAGE)
    (peer.folder / "metadata.json").write_text(json.dumps(metadata))
    sent = subprocess.run([PYTHON, DETECTOR / "send_metadata.py", str(peer.port), peer.folder / "image.jpg", peer.folder / "metadata.json"],
                          capture_output=True, text=True, timeout=60, check=False)
    assert sent.stdout == '{"status": "OK"}\n' * len(metadata), sent.stdout + sent.stderr
    path = "/upload?source=rest&creation_date=2023-01-30%2012:34:56&upload_priority=true"
    assert peer.post_files(path, [("image.jpg", IMAGE)]).status == 200
    notes = {"autoupload": "all", "source": "detected", "creation-date": "2023-01-30 12:34:56", "tags": "front,left", "camera-id": "cam"}
    assert peer.post_files("/detect", [("image.jpg", IMAGE)], "file", notes).status == 200
    wait_until(lambda: list(peer.folder.glob("peer/outbox/*/*")), "the first image in the outbox")
    wait_until(lambda: not list(peer.folder.glob("peer/outbox/*/*")), "an empty outbox", 40)
    rows = images(loop, project, image_ids(loop, project))
    assert len({row["source"] for row in rows}) == len(rows)
    return {row["source"]: row for row in rows}


def names(tags):
    return [tag["name"] for tag in tags]


def date(row):
    return datetime.fromisoformat(row["created"])


def test_the_library_found_nothing_broken(peer, rows):
    assert rows.keys() == {*UPLOADS, "rest", "detected"}
    assert "Broken content" not in peer.log_text()


@pytest.mark.parametrize("created", DATES)
def test_a_date_is_taken_as_python_programs_write_it(rows, created):
    taken, wanted = date(rows[f"created {created!r}"]), DATES[created]
    if wanted:
        assert taken.replace(tzinfo=None) == wanted
    else:
        assert abs(datetime.now(timezone.utc) - taken) < timedelta(minutes=5)


@pytest.mark.parametrize("source", ["rest", "detected"])
def test_a_date_is_taken_with_what_the_rest_interface_of_the_detector_got(rows, source):
    assert date(rows[source]).replace(tzinfo=None) == DATES["2023-01-30 12:34:56"]


@pytest.mark.parametrize("state", [*STATES, None])
def test_an_image_comes_in_the_state_that_its_client_gave_it(loop, project, rows, state):
    row = rows[f"state {state}"]
    assert row["state"] == (state or "inbox")
    assert row["id"] in image_ids(loop, project, row["state"])


def test_tags_are_those_of_the_client_and_of_the_detector(rows):
    assert names(rows["rest"]["tags"]) == names(rows["a source alone"]["tags"]) == ["picked_by_system"]
    assert names(rows["detected"]["tags"]) == ["scripted", "front", "left"]


def test_every_kind_of_detection_arrives(peer, rows):
    ids = {category["name"]: category["id"] for category in peer.get("/about").json()["model_info"]["categories"]}
    def found(what, **more):
        return what | FOUND | more | {"category_id": ids[what["category_name"]]}
    row = anonymous(rows["every detection"])
    assert row["box_detections"] == [found(BOX), found(BOX, x=30, confidence=0.25)]
    assert row["point_detections"] == [found(POINT)]
    assert row["segmentation_detections"] == [found(AREA), found(AREA)]
    assert row["classification_detections"] == [found(CLASS)]
    assert row["box_annotations"] == row["point_annotations"] == [] and row["classification_annotation"] is None


def test_every_kind_of_annotation_arrives_with_the_id_of_its_category(loop, project, rows):
    ids = {category["name"]: category["id"] for category in loop.get(project).json()["categories"]}
    def known(what, **more):
        return what | more | {"category_id": ids[what["category_name"]]}
    row = anonymous(rows["every annotation"])
    assert row["box_annotations"] == [known(BOX), known(BOX, x=30)]
    assert row["point_annotations"] == [known(POINT)]
    assert row["classification_annotation"] == known(CLASS)
    assert row["box_detections"] == row["point_detections"] == row["classification_detections"] == []


def test_detections_and_annotations_of_one_image_keep_apart(rows):
    row = rows["both"]
    assert ([box["x"] for box in row["box_annotations"]], [box["confidence"] for box in row["box_detections"]]) == ([3], [0.5])
    assert (row["state"], names(row["tags"])) == ("complete", ["front", "broken", "picked_by_system"])
    assert date(row) == datetime(2024, 1, 31, 12)


def test_a_category_that_nobody_knows_costs_no_image(rows):
    [box] = rows["an unknown category"]["box_detections"]
    assert (box["category_name"], box["x"]) == ("never heard of", 3)


def test_the_bytes_are_those_that_the_client_sent(loop, rows):
    assert loop.get(f"/api{rows['a source alone']['resource']}").body == IMAGE
