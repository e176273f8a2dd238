"""The event `upload`, as the clients of robots send it: what is kept is all that they tell, whichever age their words have.

rosys 0.37 and 0.35 put everything into `metadata`; up to 0.24 it stood beside the image. What rosys sends was read from its packages."""

import numpy as np
import pytest
from detector_clients import CATEGORIES, CLIENTS, GRAY, SCRIPTED, KeptImages, events_of, jpeg_image, keeping_node, pixels_of, put
from detector_fixtures import fixture_events, fixture_folder, fixture_kept, fixture_node  # noqa: F401
from fake_loop import FakeLoop
from nodes import with_comment
from programs import detector

PIXELS = np.full((48, 64, 3), 128, np.uint8)
IDS = [one["id"] for one in CATEGORIES]

MARKS = {"box_detections": [{"category_name": "weed", "model_name": "1.0", "confidence": 0.4, "x": 1, "y": 2, "uuid": "", "width": 3,
                             "height": 4}],
         "point_detections": [{"category_name": "weed", "model_name": "1.0", "confidence": 0.4, "x": 1.5, "y": 2.25, "uuid": "sim"}],
         "segmentation_detections": [{"category_name": "weed", "model_name": "1.0", "confidence": 0.4,
                                      "shape": {"points": [{"x": 1.5, "y": 2}, {"x": 9, "y": 2}, {"x": 9, "y": 8.5}]}}],
         "classification_detections": [{"category_name": "weed", "model_name": "1.0", "confidence": 0.4, "uuid": ""}]}
ANNOTATIONS = {"box_annotations": [{"category_name": "weed", "x": 1, "y": 2, "width": 3, "height": 4}],
               "point_annotations": [{"category_name": "weed", "x": 1.5, "y": 2.25}],
               "classification_annotation": {"category_name": "weed"}}


def stored_marks(category_id):
    """What the outbox has of MARKS and ANNOTATIONS."""
    def mark(one):
        return {key: value for key, value in one.items() if key != "uuid"} | {"category_id": category_id}
    marks = {key: [mark(one) for one in many] for key, many in (MARKS | ANNOTATIONS).items() if isinstance(many, list)}
    marks["segmentation_detections"][0]["shape"] = "1.5,2,9,2,9,8.5"
    return marks | {"classification_annotation": mark(ANNOTATIONS["classification_annotation"])}


@pytest.mark.parametrize("kind, transport", CLIENTS)
def test_an_upload_that_wants_no_ack_keeps_all_that_rosys_tells(node, folder, kept, kind, transport):
    image = with_comment(GRAY, f"{kind} {transport}".encode())
    metadata = {"source": "s", "tags": ["t"], "state": "trash", "created": "2024-01-31T12:00:00.123456"} | MARKS | ANNOTATIONS
    with events_of(node, folder, kind, transport) as events:
        events.emit("upload", {"image": jpeg_image(image), "metadata": metadata})
        one = kept.one()
    assert one.image == image and not one.is_priority
    assert one.metadata == stored_marks(None) | {"source": "s", "tags": ["t", "picked_by_system"], "state": "trash",
                                                 "created": "2024-01-31T12:00:00.123456"}


@pytest.mark.parametrize("metadata", [{"source": None, "tags": [], "creation_date": "2024-01-31T12:00:00"},
                                      {"source": None, "tags": None, "state": None, "created": "2024-01-31T12:00:00"}],
                         ids=["rosys up to 0.36", "rosys 0.37"])
def test_the_date_of_an_upload_is_read_by_both_of_its_names(events, kept, metadata):
    assert events.call("upload", {"image": pixels_of(PIXELS), "metadata": metadata}) == {"status": "OK"}
    one = kept.one()
    assert one.metadata["created"] == "2024-01-31T12:00:00" and one.metadata["tags"] == ["picked_by_system"]
    assert one.image.startswith(b"\xff\xd8") and one.metadata["state"] is None


def test_old_uploads_tell_everything_beside_the_image(events, kept):
    """rosys up to 0.24, whose classifications had no name that a node knew."""
    detections = {key: MARKS[key] for key in ("box_detections", "point_detections", "segmentation_detections")} | {"classifications": []}
    events.emit("upload", {"image": GRAY, "mac": "cam", "detections": detections, "source": "s", "tags": ["t"],
                           "creation_date": "2024-01-31T12:00:00"})
    one, marks = kept.one(), stored_marks(None)
    assert one.image == GRAY and one.metadata["box_detections"] == marks["box_detections"]
    assert one.metadata["segmentation_detections"] == marks["segmentation_detections"]
    assert (one.metadata["source"], one.metadata["created"]) == ("s", "2024-01-31T12:00:00")
    assert one.metadata["tags"] == ["t", "picked_by_system"]


def test_an_image_alone_is_kept_with_the_time_of_receipt(events, kept):
    for message in ({"image": GRAY}, {"image": jpeg_image(GRAY), "metadata": None}, {"image": pixels_of(PIXELS), "metadata": {}}):
        assert events.call("upload", message) == {"status": "OK"}
        assert kept.one().metadata["created"].endswith("+00:00")


@pytest.mark.parametrize("value, is_priority", [(True, True), (1, True), ("on", True), (False, False), (0, False),
                                                (None, False)])
def test_priority_is_a_truth(events, kept, value, is_priority):
    assert events.call("upload", {"image": GRAY, "upload_priority": value}) == {"status": "OK"}
    assert kept.one().is_priority == is_priority


@pytest.mark.parametrize("changed, said", [
    ({"upload_priority": "yes"}, "upload_priority: 'yes' is neither"), ({"metadata": {"state": "lost"}}, "metadata.state: 'lost'"),
    ({"metadata": {"created": "yesterday"}}, "metadata.created: 'yesterday' is no date"),
    ({"metadata": []}, "metadata: expected an object"),
    ({"metadata": {"box_detections": [*MARKS["box_detections"], {}]}}, "metadata.box_detections[1].category_name: is missing"),
    ({"metadata": {"point_detections": [{"category_name": "w", "x": "1", "y": 1, "model_name": "", "confidence": 1}]}},
     "metadata.point_detections[0].x: expected a number"), ({"creation_date": "x"}, "creation_date: 'x' is no date"),
    ({"image": GRAY[:300]}, "image: the JPEG image is damaged"), ({"image": None}, "could not parse image from data: image: is missing")])
def test_an_upload_that_is_wrong_is_refused_by_its_field_and_nothing_is_kept(events, kept, changed, said):
    answer = events.call("upload", {"image": GRAY} | changed)
    assert answer.keys() == {"error"} and answer["error"].startswith(said), answer
    assert kept.new() == []


def test_names_get_the_ids_of_the_model_and_a_known_id_stays(tmp_path):
    foreign = "11111111-0000-4000-8000-000000000000"
    box = MARKS["box_detections"][0]
    named = [{"category_name": name} | ({"category_id": given} if given else {}) for name, given in (
        ("a box", None), ("a box", IDS[1]), ("a box", foreign), ("never heard of", None), ("nor this", foreign), ("nor this", IDS[2]))]
    metadata = {"box_detections": [box | one for one in named],
                "box_annotations": [ANNOTATIONS["box_annotations"][0] | one for one in named],
                "classification_annotation": {"category_name": "a classification"}}
    with keeping_node(tmp_path, version="1.0") as node, events_of(node, tmp_path) as events:
        assert events.call("upload", {"image": GRAY, "metadata": metadata}) == {"status": "OK"}
        warnings = [line for line in node.log_text().splitlines() if "never heard of" in line]
    one, expected = KeptImages(tmp_path, also_old=True).one(), [IDS[0], IDS[1], IDS[0], "", "", IDS[2]]
    assert [mark["category_id"] for mark in one.metadata["box_detections"]] == expected
    assert [mark["category_id"] for mark in one.metadata["box_annotations"]] == expected
    assert one.metadata["classification_annotation"]["category_id"] == IDS[3]
    assert len(warnings) == 1 and "nor this" in warnings[0]


@pytest.mark.parametrize("command", [None, SCRIPTED], ids=["before its model came", "that needs none"])
def test_a_node_without_a_model_keeps_the_ids_that_it_was_given(tmp_path, command):
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", command, ready="/about") as node, events_of(node, tmp_path) as events:
        put(node, "/outbox_mode", "stopped")
        box = MARKS["box_detections"][0] | {"category_id": IDS[0]}
        metadata = {"box_detections": [box], "point_detections": MARKS["point_detections"]}
        assert events.call("upload", {"image": GRAY, "metadata": metadata}) == {"status": "OK"}
        one = KeptImages(tmp_path, also_old=True).one()
        assert one.metadata["box_detections"][0]["category_id"] == IDS[0]
        assert one.metadata["point_detections"][0]["category_id"] is None
