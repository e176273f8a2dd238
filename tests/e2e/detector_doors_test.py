"""What comes to a detector's Socket.IO and how much: frames as large as may be, web pages from elsewhere, and who may change things."""

import json
from contextlib import contextmanager

import numpy as np
import pytest
from detector_clients import GRAY, PATH, SCRIPTED, KeptImages, events_of, pixels_of, put
from detector_fixtures import fixture_folder, fixture_node  # noqa: F401
from engineio_by_hand import Refused, Service
from fake_loop import FakeLoop
from nodes import Client
from programs import detector, jpeg

TOKEN = "the-operators-own"
MOST_BYTES = 64 << 20


@pytest.fixture(name="serves", autouse=True)
def fixture_serves(request):
    """Whatever came: the next client is answered."""
    yield
    if "node" in request.fixturenames:
        with events_of(request.getfixturevalue("node"), request.getfixturevalue("folder")) as events:
            assert events.call("detect", {"image": GRAY})["box_detections"]


# ------------------------------------------------------------------------------------------------------------------- frames


def frame(width, height, shade, channels=3):
    """Black but for its top left quarter."""
    pixels = np.zeros((height, width, channels), np.uint8)
    pixels[:height // 2, :width // 2] = shade
    return pixels


@pytest.mark.parametrize("kind", ["python asyncio", "python threads"])
def test_a_raw_frame_of_20_megapixels_is_evaluated(node, folder, kind):
    with events_of(node, folder, kind) as events:
        found = events.call("detect", {"image": pixels_of(frame(5000, 4000, 240)), "autoupload": "disabled"})
    assert [round(255 * box["confidence"]) for box in found["box_detections"][:4]] == [240, 0, 0, 0]
    assert found["box_detections"][4] | {"confidence": 0} == {"category_name": "spot", "x": 0, "y": 0, "width": 2500, "height": 2000,
                                                              "model_name": "", "confidence": 0, "category_id": None}


def test_a_raw_frame_of_40_mb_comes_over_polling(node, folder):
    """As base64 it is a third longer."""
    with events_of(node, folder, transport="polling") as events:
        found = events.call("detect", {"image": pixels_of(frame(4000, 3333, 240)), "autoupload": "disabled"})
    assert found["box_detections"][4]["width"] == 2000


def test_64_mib_are_the_most_that_an_event_brings_and_one_byte_more_is_refused(node, folder):
    most = pixels_of(frame(4096, 4096, 240, channels=4))
    assert len(most["bytes"]) == MOST_BYTES
    with events_of(node, folder) as events:
        assert events.call("detect", {"image": most, "autoupload": "disabled"})["box_detections"][4]["width"] == 2048
        one_more = most["bytes"] + b"x"
        for image, field in ((one_more, "image"), (most | {"bytes": one_more}, "image.bytes")):
            error = events.call("detect", {"image": image})["error"]
            assert error.startswith(f"could not parse image from data: {field}: is longer than 67108864 bytes"), error
        halves = pixels_of(frame(4096, 2048, 240, channels=4))
        batch = {"images": [halves, halves, jpeg(1)], "autoupload": "disabled"}  # more than one image may have, and no image too much
        assert len(events.call("batch_detect", batch)["items"]) == 3
        assert is_refused(events.try_to_call("detect", {"image": bytes(MOST_BYTES + (1 << 20))}))


def is_refused(line):
    """A client learns that its event was refused by an ack that tells an error, or by the end of its connection."""
    return line["event"] == "disconnected" or line["event"] == "answer" and line["arguments"][0].keys() == {"error"}


@pytest.mark.parametrize("count, is_taken", [(64, True), (65, False)])
def test_a_batch_has_at_most_64_images(node, folder, count, is_taken):
    images = [jpeg(number, (16, 16)) for number in range(count)]
    with events_of(node, folder) as events:
        message = {"images": images, "autoupload": "disabled"}
        if is_taken:
            items = events.call("batch_detect", message)["items"]
            by_rest = [Client(node).detect(images[number], autoupload="disabled").json() for number in (0, 40, 63)]
            assert len(items) == count
            assert [items[number] | {"upload_causes": None} for number in (0, 40, 63)] == [one | {"upload_causes": None} for one in by_rest]
        else:
            assert is_refused(events.try_to_call("batch_detect", message))


# ------------------------------------------------------------------------------------------------------- pages from elsewhere

FOREIGN = {"another site": {"Origin": "http://evil.example"}, "a page of no origin": {"Origin": "null"},
           "another port of this machine": {"Origin": "http://127.0.0.1:1"},
           "a name that begins like ours": {"Origin": "http://127.0.0.1:{port}.evil.example"},
           "a name of somebody else's for this machine": {"Host": "evil.example"},
           "that name and its page": {"Host": "evil.example:{port}", "Origin": "http://evil.example:{port}"},
           "a page of another site without Origin": {"Sec-Fetch-Site": "cross-site"}}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_foreign_page_reaches_neither_the_routes_nor_the_events(node, folder, what):
    kept = KeptImages(folder)
    headers = {name: value.format(port=node.port) for name, value in FOREIGN[what].items()}
    is_read = "Sec-Fetch-Site" in headers  # a link from elsewhere may lead here
    routes = [("PUT", "/outbox_mode", b"continuous_upload"), ("PUT", "/model_version", b"pause"), ("PUT", "/socketio", b"off"),
              ("POST", "/detect", b""), ("POST", "/upload", b"")] + ([] if is_read else [("GET", "/about", None)])
    for method, path, body in routes:
        assert node.ask(method, path, body, headers).status == 403, path
    service = Service(node.port, PATH + "/", headers)
    assert service.ask("POST", body=b"40").status in (400, 403)
    if not is_read:
        assert service.ask().status == 403
        with pytest.raises(Refused, match="403"):
            service.open("websocket")
    assert node.get("/outbox_mode").body == b"stopped" and node.get("/about").json()["version_control"] == "follow_loop"
    assert kept.new() == []


def test_our_own_page_reaches_both(node):
    for origin in ({"Origin": f"http://127.0.0.1:{node.port}"}, {"Sec-Fetch-Site": "same-origin"}, {}):
        assert node.ask("PUT", "/outbox_mode", b"stopped", origin).status == 200
        assert call(node, origin, "set_outbox_mode", "stopped") == {"status": "OK"}


# ----------------------------------------------------------------------------------------------------------- who may change things


def call(node, headers, event, *arguments, transport="websocket"):
    """The ack of one event that is sent by hand, over a connection of its own with these headers in its handshake."""
    session = Service(node.port, PATH + "/", headers).open(transport)
    try:
        session.send("40")
        assert session.next_packet().startswith("40{")
        session.send(f"420{json.dumps([event, *arguments])}")
        packet = session.next_packet()
        assert packet.startswith("430"), packet
        return json.loads(packet[3:])[0]
    finally:
        session.close()


@contextmanager
def reachable_node(folder, token=None):
    """Not bound to loopback alone."""
    environment = {"NODE_HOST": "0.0.0.0"} | ({"NODE_TOKEN": token} if token else {})
    with FakeLoop() as loop, detector(folder, loop, "o", "p", SCRIPTED, environment) as program:
        yield program


CONTROLS = [("set_outbox_mode", "stopped"), ("set_model_version_mode", "pause"), ("soft_reload",)]
READS = [("about",), ("info",), ("get_model_version",), ("get_outbox_mode",)]


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_beyond_this_machine_events_that_change_something_take_the_token(tmp_path, transport):
    with reachable_node(tmp_path, TOKEN) as node:
        for headers in ({}, {"Authorization": ""}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Bearer {TOKEN}x"},
                        {"Authorization": f"Basic {TOKEN}"}):
            for event in CONTROLS:
                answer = call(node, headers, *event, transport=transport)
                assert answer.keys() == {"error"} and "token" in answer["error"].lower(), (headers, event, answer)
            for event in READS:
                assert "error" not in call(node, headers, *event, transport=transport), (headers, event)
        assert node.get("/about").json()["version_control"] == "follow_loop"
        assert node.get("/outbox_mode").body == b"continuous_upload"
        for event in CONTROLS[:2]:
            assert call(node, {"Authorization": f"Bearer {TOKEN}"}, *event, transport=transport) == {"status": "OK"}, event
        assert node.get("/about").json()["version_control"] == "pause" and node.get("/outbox_mode").body == b"stopped"
        assert call(node, {"Authorization": f"Bearer {TOKEN}"}, "soft_reload", transport=transport) == {"status": "OK"}


def test_beyond_this_machine_without_a_token_nobody_changes_anything_and_everybody_detects(tmp_path):
    with reachable_node(tmp_path) as node, events_of(node, tmp_path) as events:
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}"}):
            for event in CONTROLS:
                answer = call(node, headers, *event)
                assert answer.keys() == {"error"} and "NODE_TOKEN" in answer["error"], (headers, event)
        assert put(node, "/outbox_mode", "stopped")[0] == put(node, "/model_version", "pause")[0] == 403
        assert events.call("detect", {"image": GRAY})["box_detections"] and events.call("upload", {"image": GRAY}) == {"status": "OK"}
        assert node.get("/outbox_mode").body == b"continuous_upload"
