"""From a robot's camera into the inbox of our Loop: what a detector is unsure of arrives, once, and nothing else does.

The scripted detector finds the cells that a test draws: gray 115 is a box of confidence 0.45, gray 230 one of 0.9."""

import time

import numpy as np
import pytest
from detector_clients import SCRIPTED, events_of, jpeg_image, pixels_of
from nodes import ORGANIZATION, Client, Outbox, jpeg_of, wait_until, with_comment
from PIL import Image
from programs import detector, generate, image_ids, images, loop_server

UNSURE, SURE = 115, 230  # of confidence 0.45 and 0.9
CELL = 16
PATIENCE = 10  # seconds from the frame to the inbox


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop")) as server:
        yield server


@pytest.fixture(name="project", scope="module")
def fixture_project(loop):
    return generate(loop, "to-loop", ORGANIZATION, box_categories=1)


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("detector")


@pytest.fixture(name="node", scope="module")
def fixture_node(loop, folder, project):
    with detector(folder, loop, ORGANIZATION, project.split("/")[-1], SCRIPTED, {"SCRIPTED_CELLS": "1"}) as program:
        yield program


def scene(*cells, size=(320, 320)):
    """A black picture with a cell of that brightness at each place: (column, row, brightness)."""
    array = np.zeros((size[1], size[0]), np.uint8)
    for column, row, brightness in cells:
        array[row * CELL:row * CELL + CELL, column * CELL:column * CELL + CELL] = brightness
    return Image.fromarray(array).convert("RGB")


class Inbox:
    """What arrives in the project's inbox from now on."""

    def __init__(self, loop, project, folder):
        self.loop, self.project, self.outbox = loop, project, Outbox(folder)
        self.known = set(image_ids(loop, project, "inbox"))

    def next(self, count=1):
        """The next images, which must be so many."""
        end = time.monotonic() + PATIENCE
        def came():
            return len(set(image_ids(self.loop, self.project, "inbox")) - self.known) >= count
        wait_until(came, f"{count} images in the inbox", end - time.monotonic())
        return self.all_new(count)

    def all_new(self, count):
        self.outbox.wait_until_empty()
        fresh = [one for one in image_ids(self.loop, self.project, "inbox") if one not in self.known]
        assert len(fresh) == count
        self.known.update(fresh)
        return images(self.loop, self.project, fresh)


@pytest.fixture(name="inbox")
def fixture_inbox(loop, project, folder):
    return Inbox(loop, project, folder)


def tags_of(row):
    return [tag["name"] for tag in row["tags"]]


@pytest.mark.parametrize("door", ["REST", "an event"])
def test_a_frame_the_node_is_unsure_of_is_in_the_inbox_within_10_s_as_it_was_taken(loop, node, folder, inbox, door):
    content = with_comment(jpeg_of(scene((3, 4, UNSURE))), door.encode())
    notes = {"camera_id": f"unsure by {door}", "tags": "row 7", "source": "robot", "creation_date": "2024-01-31T12:00:00.123456+01:00"}
    if door == "REST":
        assert Client(node).detect(content, **notes).headers["Upload-Causes"] == "uncertain"
    else:
        with events_of(node, folder) as events:
            answer = events.call("detect", {"image": jpeg_image(content)} | notes | {"tags": ["row 7"]})
            assert answer["upload_causes"] == ["uncertain"]
    [row] = inbox.next()
    assert (tags_of(row), row["source"], row["state"], row["width"], row["height"]) == (["row 7", "uncertain"], "robot", "inbox", 320, 320)
    assert row["created"] == "2024-01-31T12:00:00.123456+01:00"
    [box] = row["box_detections"]
    assert (box["category_name"], box["x"], box["y"], box["width"], box["height"]) == ("cell", 48, 64, 16, 16)
    assert box["confidence"] == pytest.approx(0.45, abs=0.01)
    assert loop.get(f"/api{row['resource']}").body == content


def test_neither_what_is_sure_nor_what_is_known_nor_an_empty_frame_arrives(node, folder, inbox):
    """Of two cameras, each with a history of its own."""
    with events_of(node, folder) as events:
        def causes(camera, *cells):
            return events.call("detect", {"image": jpeg_image(jpeg_of(scene(*cells))), "camera_id": camera})["upload_causes"]
        assert causes("left", (2, 2, SURE)) == causes("left") == []
        assert causes("left", (5, 5, UNSURE)) == ["uncertain"]
        assert causes("left", (5, 5, UNSURE)) == causes("left", (5, 5, UNSURE), (9, 9, SURE)) == [], "it was seen"
        assert causes("left", (2, 2, UNSURE)) == [], "also when the camera was sure of it before"
        assert causes("right", (5, 5, UNSURE)) == ["uncertain"], "another camera"
        assert causes("left", (5, 5, UNSURE), (6, 5, UNSURE)) == ["uncertain"], "another place"
        assert causes("right", (7, 7, 77), (8, 8, 153)) == ["uncertain"], "the ends of the band, 0.3 and 0.6"
        assert causes("right", (1, 1, 73), (1, 3, 157)) == [], "beyond its ends"
    rows = inbox.next(4)
    assert [tags_of(row) for row in rows] == 4 * [["uncertain"]]
    assert sorted(len(row["box_detections"]) for row in rows) == [1, 1, 2, 2]


@pytest.mark.parametrize("count, causes", [(79, []), (80, ["unexpected_observations_count"])])
def test_80_objects_are_unexpected_however_sure_the_node_is(node, folder, inbox, count, causes):
    cells = [(number % 20, number // 20, SURE) for number in range(count)]
    with events_of(node, folder) as events:
        for camera in ("crowded", "crowded"):  # the second time all of them are known
            answer = events.call("detect", {"image": pixels_of(np.asarray(scene(*cells))), "camera_id": f"{camera} {count}"})
            assert answer["upload_causes"] == causes and len(answer["box_detections"]) == count
    rows = inbox.next(2) if causes else inbox.all_new(0)
    assert [tags_of(row) for row in rows] == 2 * [causes] if causes else rows == []
    assert {len(row["box_detections"]) for row in rows} <= {80}


def test_two_causes_are_two_tags(node, folder, inbox):
    cells = [(number % 20, number // 20, UNSURE) for number in range(100)]
    with events_of(node, folder) as events:
        answer = events.call("detect", {"image": jpeg_image(jpeg_of(scene(*cells))), "camera_id": "both", "tags": ["t"]})
    assert set(answer["upload_causes"]) == {"uncertain", "unexpected_observations_count"} and answer["tags"] == ["t"]
    [row] = inbox.next()
    assert tags_of(row) == ["t", *answer["upload_causes"]] and len(row["box_detections"]) == 100


def test_each_image_of_a_batch_arrives_for_itself(loop, node, folder, inbox):
    contents = [jpeg_of(scene((number, 10, brightness))) for number, brightness in enumerate((UNSURE, SURE, UNSURE, UNSURE))]
    with events_of(node, folder) as events:
        answer = events.call("batch_detect", {"images": [jpeg_image(one) for one in contents], "camera_id": "batch"})
    assert [item["upload_causes"] for item in answer["items"]] == [["uncertain"], [], ["uncertain"], ["uncertain"]]
    rows = inbox.next(3)
    assert sorted(loop.get(f"/api{row['resource']}").body for row in rows) == sorted(contents[:1] + contents[2:])


@pytest.mark.parametrize("state", ["trash", "complete", None])
def test_an_upload_lies_in_the_state_that_the_robot_chose_with_its_annotations(loop, node, folder, project, state):
    before = set(image_ids(loop, project, state or "inbox"))
    content = with_comment(jpeg_of(scene((1, 1, SURE))), f"state {state}".encode())
    [category] = [one for one in loop.get(project).json()["categories"] if one["type"] == "box"]
    metadata = {"state": state, "tags": ["by hand"], "created": "2024-01-31T12:00:00",
                "box_annotations": [{"category_name": category["name"], "x": 16, "y": 16, "width": 16, "height": 16}]}
    with events_of(node, folder) as events:
        events.emit("upload", {"image": jpeg_image(content), "metadata": metadata})
        def fresh():
            return set(image_ids(loop, project, state or "inbox")) - before
        [image_id] = wait_until(fresh, "the image", PATIENCE)
    [row] = images(loop, project, [image_id])
    assert row["state"] == (state or "inbox") and tags_of(row) == ["by hand", "picked_by_system"]
    [box] = row["box_annotations"]
    assert (box["category_id"], box["x"], box["width"]) == (category["id"], 16, 16)
    assert loop.get(f"/api{row['resource']}").body == content


def test_an_image_arrives_once_though_the_node_is_killed_while_it_uploads(loop, project, tmp_path):
    contents = [with_comment(jpeg_of(scene((1, 1, SURE))), b"killed %d" % number) for number in range(40)]
    before = set(image_ids(loop, project))
    with detector(tmp_path, loop, ORGANIZATION, project.split("/")[-1], SCRIPTED, {"SCRIPTED_CELLS": "1"}) as node:
        for content in contents:
            assert Client(node).detect(content, autoupload="all").status == 200
        node.kill()
        node.start()
        Outbox(tmp_path).wait_until_empty()
    rows = images(loop, project, [one for one in image_ids(loop, project) if one not in before])
    assert sorted(loop.get(f"/api{row['resource']}").body for row in rows) == sorted(contents)
