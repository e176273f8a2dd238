"""What tests of a detector's doors share: a client of its events, images as clients put them into events, and what it has kept."""

import base64
import json
from contextlib import contextmanager
from types import SimpleNamespace

from fake_loop import FakeLoop, model_zip
from nodes import Outbox, detail, picture, wait_until
from programs import BIN, detector
from socketio_programs import END, client

PATH = "/ws/socket.io"
SCRIPTED = [BIN / "scripted_detector"]
CLIENTS = [("python asyncio", "websocket"), ("python asyncio", "polling"), ("python asyncio", "upgrade"), ("python threads", "websocket"),
           ("python threads", "polling"), ("javascript", "websocket"), ("javascript", "polling"),
           ("ours", "websocket"), ("ours", "polling")]
GRAY = picture((64, 48), (128, 128, 128))  # uncertain for the scripted detector: its confidences are 0.5
CATEGORIES = [{"id": f"0000000{i}-0000-4000-8000-000000000000", "name": f"a {kind}", "type": kind}
              for i, kind in enumerate(("box", "point", "segmentation", "classification"))]


def as_line(value):
    """The value as a line of JSON tells the programs of socketio_programs."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$base64": base64.b64encode(value).decode()}
    if isinstance(value, tuple):
        return {"$tuple": list(value)}
    if isinstance(value, dict):
        return {key: as_line(item) for key, item in value.items()}
    return [as_line(item) for item in value] if isinstance(value, list) else value


class Events:
    """A client of a detector's Socket.IO. An ack is None, or the one value that all of its acks have."""

    def __init__(self, program):
        self.program = program

    def call(self, event, *arguments):
        line = self.try_to_call(event, *arguments)
        assert line["event"] == "answer" and len(line["arguments"]) <= 1, line
        return line["arguments"][0] if line["arguments"] else None

    def try_to_call(self, event, *arguments):
        """How it ends: what the program tells of its `answer`, that there was `no_answer`, or that it is `disconnected`."""
        self.program.tell(call=event, arguments=as_line(list(arguments)), timeout_ms=60_000)
        while True:
            line = self.program.lines.get(timeout=60)
            if line["event"] in ("answer", "no_answer", "disconnected", END["event"]):
                return line

    def emit(self, event, *arguments):
        self.program.tell(emit=event, arguments=as_line(list(arguments)))


def put(node, path, text):
    """Status, and what is said."""
    answer = node.ask("PUT", path, text)
    return answer.status, answer.json() if answer.status == 200 else detail(answer)


def install(loop, node, version):
    """The Loop's target becomes a model of this version with CATEGORIES, and the node runs it."""
    loop.offer(version, model_zip(version, categories=CATEGORIES))
    assert node.ask("PUT", "/model_version", "follow_loop").status == 200  # looks at once, not at the next cycle
    wait_until(lambda: node.get("/model_version").json()["current_version"] == version, version)


@contextmanager
def keeping_node(folder, environment=None, version=None):
    """A scripted detector that keeps whatever is to be uploaded. With a model of that version, or without any."""
    more = {"SCRIPTED_MODEL_FORMAT": "onnx"} if version else {}
    with FakeLoop() as loop, detector(folder, loop, "o", "p", SCRIPTED, more | (environment or {}),
                                       ready="/about" if version else "/health/ready") as node:
        if version:
            install(loop, node, version)
        assert put(node, "/outbox_mode", "stopped") == (200, "OK")
        yield node


@contextmanager
def events_of(node, folder, kind="python asyncio", transport="websocket"):
    """`kind` is a key of socketio_programs.PROGRAMS."""
    with client(kind, SimpleNamespace(url=f"http://127.0.0.1:{node.port}"), folder, path=PATH, transport=transport) as program:
        program.wait_for("connected")
        yield Events(program)


def jpeg_image(content):
    return {"format": "jpeg", "bytes": content}


def pixels_of(array, **changed):
    """As rosys sends an array."""
    return {"bytes": array.tobytes(order="C"), "dtype": str(array.dtype), "shape": array.shape} | changed


class Kept:
    """One image in a detector's outbox."""

    def __init__(self, folder):
        self.is_priority = folder.parent.name == "priority"
        [image], [text] = folder.glob("image_*.jpg"), folder.glob("image_*.json")
        self.image, self.metadata = image.read_bytes(), json.loads(text.read_text())


class KeptImages:
    """The outbox of a detector whose uploads are stopped, a test at a time."""

    def __init__(self, folder, also_old=False):
        self.outbox = Outbox(folder)
        self.known = set() if also_old else set(self.outbox.waiting())

    def new(self):
        """What was kept since the last look, the oldest first: the names are in the order of time."""
        waiting = set(self.outbox.waiting())
        fresh, self.known = sorted(waiting - self.known, key=lambda item: item.name), waiting
        return [Kept(item) for item in fresh]

    def one(self):
        """The next one that is kept, also by an event that wants no ack."""
        [kept] = wait_until(self.new, "an image in the outbox")
        return kept
