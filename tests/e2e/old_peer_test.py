"""Detectors of 2022 upload to our Loop: the outbox of learning_loop_node 0.7.40, as it was released.

It asks over plain http only a host of the name `backend`, at port 80. So there is a machine on which the Loop has this port and this name.
tools/fetch_peers brings the library into an environment of its own."""

import json
import subprocess

import pytest
from loop_programs.process import clean_environment
from machines import mapped
from nodes import ORGANIZATION
from peer_nodes import OLD_PYTHON, loop_for_old_peers
from peers import anonymous
from programs import ROOT, generate, image_ids, images, jpeg

UPLOAD = ROOT / "tests/e2e/peer_outbox/of_0_7_40.py"
PROJECT = "old"


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_for_old_peers(tmp_path_factory.mktemp("old_peer")) as server:
        yield server


@pytest.fixture(name="categories", scope="module")
def fixture_categories(loop):
    """By its type each category of the project: name and id."""
    path = generate(loop, PROJECT, ORGANIZATION, box_categories=1, point_categories=1, segmentation_categories=1)
    return {one["type"]: {"category_name": one["name"], "category_id": one["id"]} for one in loop.get(path).json()["categories"]}


@pytest.fixture(name="upload")
def fixture_upload(loop, categories, tmp_path):
    """upload(*items): gives them to the outbox, lets it upload once, and sees to it that none waits any more. The Loop's row of each, None
    for one that did not arrive: they are told apart by their dates, which are their names in the outbox."""
    def upload(*items):
        (tmp_path / "data").mkdir()
        (tmp_path / "items.json").write_text(json.dumps([{"image": str(file_of(tmp_path, image)), **more} for image, more in items]))
        environment = {"HOST": "backend", "LOOP_ORGANIZATION": ORGANIZATION, "LOOP_PROJECT": PROJECT, "PYTHONDONTWRITEBYTECODE": "1"}
        with loop.place.machine.inside():
            command = mapped(tmp_path, "127.0.0.1", "backend", [OLD_PYTHON, UPLOAD, tmp_path / "data", tmp_path / "items.json"])
            done = subprocess.run(command, env=clean_environment(environment), capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        said = json.loads(done.stdout.splitlines()[-1])
        assert said["wait"] == [], done.stdout + loop.log_text()
        path = f"/api/{ORGANIZATION}/projects/{PROJECT}"
        rows = {row["created"]: row for row in images(loop, path, image_ids(loop, path))}
        return [rows.get(name.replace("_", "T")) for name in said["waited"]]
    return upload


def file_of(folder, image):
    file = folder / f"{len(list(folder.iterdir()))}.jpg"
    file.write_bytes(image)
    return file


def kinds(row):
    """How many detections it has of each kind."""
    return [len(row[f"{kind}_detections"]) for kind in ("box", "point", "segmentation", "classification")]


def test_an_image_without_detections_arrives_as_it_was_saved(loop, upload):
    content = jpeg(1)
    [row] = upload((content, {}))
    assert (row["state"], row["width"], row["height"], row["tags"], row["source"]) == ("inbox", 64, 48, [], None)
    assert kinds(row) == [0, 0, 0, 0]
    assert loop.get(f"/api{row['resource']}").body == content


def test_its_tags_arrive_in_their_order(upload):
    [row] = upload((jpeg(2), {"tags": ["picked_by_system", "front cam", "00:11:22:33:44:55"]}))
    assert [tag["name"] for tag in row["tags"]] == ["picked_by_system", "front cam", "00:11:22:33:44:55"]


def test_every_kind_of_detection_arrives_with_its_category(upload, categories):
    """`category_id` is an empty text where the detector's model does not know the name. This version has no classifications."""
    box, point, area = (categories[kind] for kind in ("box", "point", "segmentation"))
    nameless = {"category_id": ""}
    [row] = upload((jpeg(3), {"tags": ["uncertain"], "detections": {
        "box": [{"x": 1, "y": 2, "width": 30, "height": 40, "net": "1.2", "confidence": 0.42, **box},
                {"x": 5, "y": 6, "width": 7, "height": 8, "net": "1.2", "confidence": 0.9, **box, **nameless}],
        "point": [{"x": 10, "y": 20, "net": "1.2", "confidence": 0.4, **point, **nameless},
                  {"x": 10.5, "y": 20.25, "net": "1.2", "confidence": 0.5, **point}],
        "segmentation": [{"shape": "1,1,9,1,9,9", "model_name": "1.2", "confidence": 0.3, **area},
                         {"shape": [[2, 2], [8, 2], [8, 8]], "model_name": "1.2", "confidence": 0.6, **area, **nameless}]}}))
    model = {"model_name": "1.2"}
    assert anonymous(row["box_detections"]) == [
        {"x": 1, "y": 2, "width": 30, "height": 40, "confidence": 0.42} | model | box,
        {"x": 5, "y": 6, "width": 7, "height": 8, "confidence": 0.9} | model | box]
    assert anonymous(row["point_detections"]) == [{"x": 10, "y": 20, "confidence": 0.4} | model | point,
                                                  {"x": 10.5, "y": 20.25, "confidence": 0.5} | model | point]
    shapes = [{"points": [{"x": x, "y": y} for x, y in points]} for points in ([(1, 1), (9, 1), (9, 9)], [(2, 2), (8, 2), (8, 8)])]
    assert anonymous(row["segmentation_detections"]) == [{"shape": shapes[0], "confidence": 0.3} | model | area,
                                                         {"shape": shapes[1], "confidence": 0.6} | model | area]
    assert row["tags"][0]["name"] == "uncertain"


def test_a_category_that_the_project_does_not_know_costs_nothing_but_its_id(upload):
    box = {"category_name": "never heard of", "x": 1, "y": 2, "width": 3, "height": 4, "net": "1.2", "confidence": 0.5}
    [row] = upload((jpeg(4), {"detections": {"box": [box]}}))
    assert row["box_detections"][0]["category_name"] == "never heard of"


def test_several_that_wait_arrive_each_with_what_is_its_own(loop, upload, categories):
    contents = [jpeg(seed) for seed in range(10, 15)]
    def point(x):
        return {"detections": {"point": [{"x": x, "y": 1, "net": "1.2", "confidence": 0.5, **categories["point"]}]}, "tags": [f"at {x}"]}
    rows = upload(*((content, point(x)) for x, content in enumerate(contents)))
    assert [(row["point_detections"][0]["x"], row["tags"][0]["name"]) for row in rows] == [(x, f"at {x}") for x in range(5)]
    assert [loop.get(f"/api{row['resource']}").body for row in rows] == contents


def test_what_is_no_image_is_dropped_and_holds_up_nothing(upload):
    """The version saves whatever bytes its client sends."""
    first, broken, last = upload((jpeg(20), {}), (b"raw pixels", {}), (jpeg(21), {}))
    assert first and last and broken is None
