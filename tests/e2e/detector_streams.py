"""Clients that send a detector one image after the other, each of them once, and note what they were answered."""

import collections
import hashlib
import http.client
import json
import threading
import time
from dataclasses import dataclass

from detector_clients import PATH
from engineio_by_hand import Closed, Refused, Service, masked_frame
from loop_programs.multipart import multipart

PIECE_BYTES = 4096
SENT, WAITING = "being sent", "waiting"
NOT_READY = "detector not yet initialized"


@dataclass
class Reply:
    status: object  # of HTTP; of an event 200, or what the error says
    is_kept: bool   # whether the node told that it keeps the image


class Request:
    """One image on its way. It is open from its first byte at the node until its answer is there."""

    def __init__(self, door, pause_s=0):
        self.door, self.pause_s, self.phase, self.began, self.is_broken = door, pause_s, None, None, False

    def send(self, send, content):
        """In pieces, between which it waits: so that a kill finds one half there."""
        for begin in range(0, len(content), PIECE_BYTES):
            send(content[begin:begin + PIECE_BYTES])
            if self.phase is None:
                self.began, self.phase = time.monotonic(), SENT
            if self.pause_s:
                time.sleep(self.pause_s)
        self.phase = WAITING


class RestDoor:
    """`/detect` or `/upload` over a connection that stays open. Keyword arguments are headers, with _ for -."""

    def __init__(self, node, path, **headers):
        self.name, self.path, self.field = path, path, {"/detect": "file", "/upload": "files"}[path]
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.http = http.client.HTTPConnection("127.0.0.1", node.port, timeout=20)

    def send(self, request, image):
        body, content_type = multipart([("image.jpg", image)], self.field)
        self.http.putrequest("POST", self.path)
        for name, value in ({"Content-Type": content_type, "Content-Length": str(len(body))} | self.headers).items():
            self.http.putheader(name, value)
        self.http.endheaders()
        request.send(self.http.send, body)
        answer = self.http.getresponse()
        answer.read()
        return Reply(answer.status, answer.status == 200 and (self.path == "/upload" or "Upload-Causes" in answer.headers))

    def close(self):
        self.http.close()


class EventDoor:
    """An event over a WebSocket that stays open. Keyword arguments are fields beside the image."""

    def __init__(self, node, event, **fields):
        self.name, self.event, self.fields = f"event {event}", event, fields
        self.service, self.session, self.number = Service(node.port, PATH), None, 0

    def open(self):
        self.session = self.service.open("websocket")
        self.session.send("40")
        assert self.session.next_packet().startswith("40")

    def send(self, request, image):
        if self.session is None:
            self.open()
        self.number += 1
        message = {"image": {"format": "jpeg", "bytes": {"_placeholder": True, "num": 0}}} | self.fields
        text = f"451-{self.number}{json.dumps([self.event, message])}"
        request.send(self.session.websocket.send_bytes, masked_frame(1, text.encode()) + masked_frame(2, image))
        start = f"43{self.number}"
        packet = self.session.next_packet(20)
        assert packet.startswith(start), packet
        [answer] = json.loads(packet[len(start):])
        return Reply(answer.get("error", 200), answer.get("status") == "OK" or bool(answer.get("upload_causes")))

    def close(self):
        if self.session:
            self.session.close()
        self.session = None


class Streamer(threading.Thread):
    """`draw_image(chance)`: another image each time. `pauses_s`: of those it draws one for each request, see Request."""

    def __init__(self, door, draw_image, chance, pause_s=0, pauses_s=(0,)):
        super().__init__(daemon=True)
        self.door, self.draw_image, self.chance, self.pause_s, self.pauses_s = door, draw_image, chance, pause_s, pauses_s
        self.request, self.failure = None, None
        self.ending = threading.Event()
        self.sent, self.kept, self.passed_by = set(), set(), set()
        self.statuses, self.unanswered = collections.Counter(), 0

    def run(self):
        try:
            while not self.ending.is_set():
                self.send_one(self.draw_image(self.chance))
                time.sleep(self.pause_s)
        except BaseException as failure:
            self.failure = failure
            raise
        finally:
            self.door.close()

    def send_one(self, image):
        digest = hashlib.sha256(image).hexdigest()
        self.sent.add(digest)
        self.request = Request(self.door.name, self.chance.choice(self.pauses_s))
        try:
            reply = self.door.send(self.request, image)
        except (OSError, http.client.HTTPException, Closed, Refused):
            self.give_up()  # the image may be kept or not, but not twice
            return
        finally:
            self.request = None
        self.statuses[reply.status] += 1
        if reply.is_kept:
            self.kept.add(digest)
        elif reply.status == 200:
            self.passed_by.add(digest)

    def give_up(self):
        self.request.is_broken = self.request.phase is not None
        self.unanswered += self.request.is_broken
        self.door.close()
        time.sleep(0.005)  # nobody may be there


def start(streamers):
    for one in streamers:
        one.start()


def end(streamers):
    """Lets each end with the request that is open, and sees that none failed."""
    for one in streamers:
        one.ending.set()
    for one in streamers:
        one.join()
    assert [one.failure for one in streamers if one.failure] == []


def open_requests(streamers):
    """What is on its way now: (request, its phase, milliseconds since it began)."""
    now = time.monotonic()
    requests = [one.request for one in streamers]
    return [(one, one.phase, 1000 * (now - one.began)) for one in requests if one and one.phase]


@dataclass
class Sum:
    """What all of them were answered."""
    sent: set
    kept: set
    passed_by: set
    statuses: collections.Counter
    unanswered: int


def sum_of(streamers):
    sent, kept, passed_by = (set().union(*(getattr(one, name) for one in streamers)) for name in ("sent", "kept", "passed_by"))
    return Sum(sent, kept, passed_by, sum((one.statuses for one in streamers), collections.Counter()),
               sum(one.unanswered for one in streamers))


def assert_has_once(ids_by_digest, streamers, made_room=0):
    """`ids_by_digest`: what a Loop has. Of what was answered as kept nothing is missing but `made_room` images at most, which the detector
    told that it dropped for others, and nothing is there twice."""
    told = sum_of(streamers)
    missing = told.kept - ids_by_digest.keys()
    lost = max(0, len(missing) - made_room)
    twice = [digest for digest, ids in ids_by_digest.items() if len(ids) > 1]
    print(f"figures: answers {told.statuses.total()}, without one {told.unanswered}, kept {len(told.kept)}, lost {lost}, "
          f"duplicated {len(twice)}, dropped for others {len(missing) - lost}, in the Loop {sum(map(len, ids_by_digest.values()))}")
    assert not lost and not twice
    assert not ids_by_digest.keys() - told.sent, "images that nobody sent"
    assert not ids_by_digest.keys() & told.passed_by, "images that were answered as not kept"
