"""The Python library as our peer: its detector works with our Loop, and ours answers what its detector answers. What its detector uploads
has a test of its own, peer_uploads_test.py.

tools/fetch_peers brings the library into an environment of its own.
"""
import pytest
from accounts import wait_until_looked_at
from nodes import ORGANIZATION, wait_until
from peers import peer_detector, project_with_target, rows_from, wait_for_model
from programs import BIN, detector, jpeg, loop_server

IMAGE = jpeg(1)
NOTES = {"tags": "front,left", "source": "robot", "creation-date": "2024-01-31T12:00:00"}


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("peer")


@pytest.fixture(name="loop", scope="module")
def fixture_loop(folder):
    with loop_server(folder) as server:
        yield server


@pytest.fixture(name="project", scope="module")
def fixture_project(loop):
    return project_with_target(loop, "peer", point_categories=1, segmentation_categories=1, classification_categories=1)


@pytest.fixture(name="peer", scope="module")
def fixture_peer(folder, loop, project):
    with peer_detector(folder, loop, project) as node:
        wait_for_model(node)
        yield node


@pytest.fixture(name="ours", scope="module")
def fixture_ours(folder, loop, project):
    environment = {"SCRIPTED_MODEL_FORMAT": "mocked", "SYNC_CYCLES": "1"}
    with detector(folder, loop, ORGANIZATION, project.split("/")[-1], [BIN / "scripted_detector"], environment,
                  ready="/about") as node:
        wait_for_model(node)
        yield node


# ----------------------------------------------------------------------------------------- the library and our Loop


def test_the_peer_reports_and_follows_the_deployment_target(loop, project, peer):
    def report():
        reports = [status for status in loop.get(f"{project}/detectors").json()["detectors"] if status["name"] == "peer"]
        return reports and reports[0]["current_model"] and reports[0]
    status = wait_until(report, "the peer's report with its model", 30)
    assert peer.get("/model_version").json()["local_versions"] == ["1.0"]  # downloaded
    assert status | {"state": "online", "model_format": "mocked", "current_model": "1.0", "target_model": "1.0", "errors": {},
                     "operation_mode": "idle", "node_version": "1.2.3"} == status


def test_what_the_peer_detects_becomes_an_image_with_detections_and_tags(loop, project, peer):
    notes = NOTES | {"source": "peer detects"}
    assert peer.post_files("/detect", [("image.jpg", IMAGE)], "file", notes | {"autoupload": "all"}).status == 200
    [row] = wait_until(lambda: rows_from(loop, project, "peer detects"), "the image in the Loop")
    known = {one["type"]: one for one in peer.get("/about").json()["model_info"]["categories"]}
    box, point, outline, whole = ({"category_id": known[kind]["id"], "category_name": f"purple {kind}", "model_name": "1.0"}
                                  for kind in ("box", "point", "segmentation", "classification"))
    triangle = {"points": [{"x": 1, "y": 1}, {"x": 9, "y": 1}, {"x": 9, "y": 9}]}
    assert row | {
        "state": "inbox", "created": "2024-01-31T12:00:00", "width": 64, "height": 48,
        "tags": [{"name": "scripted"}, {"name": "front"}, {"name": "left"}],
        "box_detections": [box | {"x": 1, "y": 2, "width": 30, "height": 40, "confidence": 0.9}],
        "point_detections": [point | {"x": 10.5, "y": 20.5, "confidence": 0.8}],
        "segmentation_detections": [outline | {"shape": triangle, "confidence": 0.7}],
        "classification_detections": [whole | {"confidence": 0.95}],
    } == row


def test_an_image_kept_by_our_detector_becomes_the_same_row_as_one_kept_by_the_peers(loop, project, peer, ours):
    for node in (peer, ours):
        assert node.post_files("/detect", [("image.jpg", IMAGE)], "file", NOTES | {"autoupload": "all"}).status == 200
    def both():
        rows = rows_from(loop, project, NOTES["source"])
        return len(rows) == 2 and rows
    wait_until(both, "both images in the Loop")
    wait_until_looked_at(loop)  # of which their rows tell
    one, other = both()
    one.pop("set"), other.pop("set")
    assert one == other


# -------------------------------------------------------------------------------------- the library's detector and ours


def form(field, content=IMAGE, path="/detect", **headers):
    return lambda node: node.post_files(path, [("image.jpg", content)], field, {k.replace("_", "-"): v for k, v in headers.items()})


def call(method, path, body=None):
    return lambda node: node.ask(method, path, body)


# In this order, since some of them change what later ones show.
REQUESTS = {
    "POST /detect": form("file"),
    "POST /detect with notes": form("file", autoupload="disabled", tags="a,b", source="s", creation_date="2024-01-31T12:00:00"),
    "POST /detect/": form("file", path="/detect/"),
    "POST /detect, no body": call("POST", "/detect"),
    "POST /detect, another field": form("files"),
    "POST /detect, no image": form("file", b"hello"),
    "POST /detect, truncated image": form("file", IMAGE[:len(IMAGE) // 2]),
    "POST /detect, autoupload: x": form("file", autoupload="x"),
    "POST /detect, creation-date: x": form("file", creation_date="x", autoupload="disabled"),
    "GET /detect": call("GET", "/detect"),
    "POST /upload": form("files", path="/upload"),
    "POST /upload with notes": form("files", path="/upload?source=s&creation_date=2024-01-31T12:00:00&upload_priority=true"),
    "POST /upload, no body": call("POST", "/upload"),
    "POST /upload, another field": form("file", path="/upload"),
    "POST /upload, upload_priority=x": form("files", path="/upload?upload_priority=x"),
    "GET /about": call("GET", "/about"),
    "GET /model_version": call("GET", "/model_version"),
    "PUT /model_version 99.0": call("PUT", "/model_version", "99.0"),
    "GET /model_version after 99.0": call("GET", "/model_version"),
    "PUT /model_version 1.0": call("PUT", "/model_version", "1.0"),
    "GET /model_version after 1.0": call("GET", "/model_version"),
    "PUT /model_version follow_loop": call("PUT", "/model_version", "follow_loop"),
    "PUT /model_version, x": call("PUT", "/model_version", "x"),
    "GET /model_version after x": call("GET", "/model_version"),
    "PUT /model_version, empty": call("PUT", "/model_version", ""),
    "PUT /model_version pause": call("PUT", "/model_version", "pause"),
    "GET /about after pause": call("GET", "/about"),
    "PUT /model_version follow_loop again": call("PUT", "/model_version", "follow_loop"),
    "GET /outbox_mode": call("GET", "/outbox_mode"),
    "PUT /outbox_mode, x": call("PUT", "/outbox_mode", "x"),
    "PUT /outbox_mode, empty": call("PUT", "/outbox_mode", ""),
    "PUT /outbox_mode stopped": call("PUT", "/outbox_mode", "stopped"),
    "GET /outbox_mode after stopped": call("GET", "/outbox_mode"),
    "PUT /outbox_mode continuous_upload": call("PUT", "/outbox_mode", "continuous_upload"),
    "POST /outbox_mode": call("POST", "/outbox_mode"),
    "GET /nothing": call("GET", "/nothing"),
}

PROBLEM = {"input": "str", "loc": ["str", "str"], "msg": "str", "type": "str"}

# Where ours differs on purpose: (what the peer does, what ours does, why).
OURS = {
    "POST /detect/": (307, 200, "a trailing slash is the same route; a redirect would cost a second request"),
    "POST /detect, no image": (500, 400, "a client's mistake is told as one, with a text that says what is wrong"),
    "POST /detect, truncated image": (500, 400, "the same"),
    "POST /detect, autoupload: x": ({"detail": [PROBLEM | {"ctx": {"expected": "str"}}]}, {"detail": [PROBLEM]}, "msg names the choices"),
    "POST /detect, creation-date: x": (200, 422, "a date that nobody can read later is refused at once"),
    "GET /model_version after x": ("specific_version", "follow_loop", "a text that is refused changes nothing"),
    "POST /outbox_mode": ("GET", "GET, PUT", "Allow names every method of the route, as HTTP asks for"),
}
# Texts and values that differ from machine to machine; everything else is compared as it is.
PLACES = {"model_root_path"}
WORDINGS = {"msg", "input"}


def shape(value):
    """Its keys and types, all the way down."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in sorted(value.items())}
    if isinstance(value, list):
        return [shape(item) for item in value]
    return type(value).__name__


def kind(answer):
    return (answer.headers["Content-Type"] or "").split(";")[0]


def content(answer):
    return answer.json() if kind(answer) == "application/json" else answer.body.decode()


def comparable(answer):
    """Status, kind, keys and types, and the values but for places and wordings."""
    def plain(value):
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items() if key not in PLACES}
        return [plain(item) for item in value] if isinstance(value, list) else value
    return {"status": answer.status, "type": kind(answer), "Allow": answer.headers["Allow"],
            "shape": shape(content(answer)), "content": plain(content(answer))}


def difference(peer, ours):
    """The first thing that differs, as (what the peer says, what ours says); None when nothing does."""
    of_peer, of_ours = comparable(peer), comparable(ours)
    for key in ("status", "type", "Allow", "shape"):
        if of_peer[key] != of_ours[key]:
            return of_peer[key], of_ours[key]
    one, other = of_peer["content"], of_ours["content"]
    if one == other:
        return None
    if isinstance(one, dict) and one.keys() == other.keys():
        key = next(key for key in one if one[key] != other[key])
        if key == "detail" and isinstance(one[key], list):  # wordings are our own
            strip = lambda problems: [{k: v for k, v in problem.items() if k not in WORDINGS} for problem in problems]
            return None if strip(one[key]) == strip(other[key]) else (one[key], other[key])
        return one[key], other[key]
    return one, other


def test_our_detector_answers_with_the_keys_and_types_of_the_peers(peer, ours):
    print(f"\n{'request':38} {'peer':>5} {'ours':>5}")
    unexpected = []
    for name, send in REQUESTS.items():
        answers = send(peer), send(ours)
        found = difference(*answers)
        expected = OURS.get(name)
        says = "same" if not found else f"ours on purpose: {expected[2]}" if expected and found == expected[:2] else "DIFFERS"
        print(f"{name:38} {answers[0].status:5} {answers[1].status:5}  {says}")
        if says == "DIFFERS":
            unexpected.append(f"{name}: peer {found[0]}, ours {found[1]}")
        elif expected and not found:
            unexpected.append(f"{name}: no longer differs; take it out of OURS")
    assert not unexpected, "\n".join(unexpected)
