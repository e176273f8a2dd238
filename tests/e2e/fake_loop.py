"""A Loop that a test controls: it hands out the models it is given, good or broken, and keeps what nodes send."""

import collections
import contextlib
import hashlib
import io
import json
import re
import socket
import sys
import threading
import uuid
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from programs import ROOT

LOST = "lost"  # instead of a status: what was sent is kept, and the answer gets lost

CATEGORIES = [{"id": f"0000000{i}-0000-4000-8000-000000000000", "name": name, "type": "box"} for i, name in enumerate(("red", "blue"))]
CELLS = (ROOT / "tests/data/models/cells.onnx").read_bytes()  # finds red and blue cells of 16x16 pixels


def model_zip(version, weights=CELLS, more=(), **description):
    """`weights` None leaves model.onnx out, `version` None model.json; `more`: further (name, bytes)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        if version is not None:
            facts = {"id": str(uuid.uuid4()), "host": None, "organization": "o", "project": "p", "version": version,
                     "categories": CATEGORIES, "resolution": 96, "format": "onnx"}
            package.writestr("model.json", json.dumps(facts | description))
        if weights is not None:
            package.writestr("model.onnx", weights)
        for name, content in more:
            package.writestr(name, content)
    return out.getvalue()


def files_in(body):
    """Name and bytes of each part of an upload, in the order in which they were sent."""
    boundary = b"\r\n" + body[:body.index(b"\r\n")]
    for part in (b"\r\n" + body).split(boundary)[1:-1]:
        head, content = part.split(b"\r\n\r\n", 1)
        yield re.search(rb'filename="([^"]*)"', head)[1].decode(), content


class FakeLoop(ThreadingHTTPServer):
    """Not a Program, but it has `port`, which is all that `programs.detector` needs of one."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.port = self.server_address[1]
        self.target = None        # what GET deployment/target answers
        self.models = None        # what GET models lists; None: it is 404
        self.download = b""       # what every download answers, None nothing at all,
        self.downloads = {}       # unless its model's id is here
        self.held = set()         # ids of models whose downloads begin and never end
        self.holding = 0          # such downloads now
        self.downloads_asked = 0  # how often one was asked for
        self.upload_statuses = [] # what the next uploads answer, None nothing at all; 200 when there are no more
        self.is_away = False      # whether it ends each new connection at once
        self.given_up = 0         # uploads without an answer that the node has ended
        self.targets_asked = 0    # how often the target was asked for
        self.uploads = []         # bodies of what was answered 200
        self.reports = []         # of detectors, oldest first
        self.cookie_seconds = 0   # how long a login lasts; 0: nobody has to log in
        self.logins = 0
        self.cookies = set()      # that are known
        self.early_401 = None     # how the next upload is refused before its body was read: "reads" the rest then, or "closes"
        self.read_early = 0       # bytes of that body which were read before the answer
        self.connections = []     # all there were

    def expire_cookies(self):
        """All that there are; nodes are not told."""
        self.cookies.clear()

    def offer(self, version, download):
        self.download = download
        self.target = {"model_uuid": str(uuid.uuid4()), "version": version}

    def status_of(self, _body):
        """What an upload is answered."""
        return self.upload_statuses.pop(0) if self.upload_statuses else 200

    def keep(self, body):
        self.uploads.append(body)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        """It cannot be reached any more: connections that were kept end, too."""
        self.shutdown()
        self.server_close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it ended before

    def handle_error(self, request, client_address):
        """Nodes that are killed break their connections."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def verify_request(self, _request, _client_address):
        return not self.is_away

    def process_request(self, request, client_address):
        self.connections.append(request)
        super().process_request(request, client_address)


class CountingLoop(FakeLoop):
    """Has an image once, however often it comes under its id, as a Loop has. Of what it has, it knows the digests."""

    def __init__(self):
        super().__init__()
        self.turn = threading.Lock()
        self.images = {}       # by id: the digests of an image and of its metadata
        self.conflicts = []    # ids under which something else came later
        self.came_again = 0    # images that were there
        self.refused = None    # bytes: with an image in which they are, an upload is answered 422
        self.is_hanging = False  # whether uploads get no answer

    def status_of(self, body):
        if self.is_hanging:
            return None
        return 422 if self.refused and self.refused in body else super().status_of(body)

    def keep(self, body):
        files = {name: hashlib.sha256(content).hexdigest() for name, content in files_in(body)}
        with self.turn:
            for name in [name for name in files if name.endswith(".jpg")]:
                image_id = name.removeprefix("image_").removesuffix(".jpg")
                digests = files[name], files[f"image_{image_id}.json"]
                self.came_again += image_id in self.images
                if self.images.setdefault(image_id, digests) != digests:
                    self.conflicts.append(image_id)

    def ids_by_digest(self):
        """Digest of each image: the ids under which it is there. Nothing may have come under an id that was taken."""
        assert self.conflicts == []
        found = collections.defaultdict(list)
        for image_id, (digest, _) in self.images.items():
            found[digest].append(image_id)
        return found


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits for the system to acknowledge its head

    def is_known(self):
        known = not self.server.cookie_seconds or self.headers.get("Cookie") in self.server.cookies
        if not known:
            self.answer(401, {"detail": "log in first"})
        return known

    def log_in(self):
        self.server.logins += 1
        cookie = f"session={uuid.uuid4()}"
        self.server.cookies.add(cookie)
        self.answer(200, "OK", [("Set-Cookie", f"{cookie}; Path=/; Max-Age={self.server.cookie_seconds}")])

    def refuse_early(self):
        """In the middle of the body; then the rest is read, as long as the node sends it."""
        how, self.server.early_401 = self.server.early_401, None
        length = int(self.headers["Content-Length"])
        self.server.read_early = len(self.rfile.read(length // 3))
        self.server.cookies.clear()
        self.answer(401, {"detail": "not any more"}, [("Connection", "close")] if how == "closes" else [])
        if how == "closes":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_WR)
        self.rfile.read(length - self.server.read_early)

    def do_GET(self):
        if not self.is_known():
            return
        if self.path.endswith("/deployment/target"):
            self.server.targets_asked += 1
            self.answer(200 if self.server.target else 404, self.server.target or {"detail": "no target"})
        elif model := re.search(r"/models/([^/]+)/onnx/file$", self.path):
            self.server.downloads_asked += 1
            content = self.server.downloads.get(model[1], self.server.download)
            if content is None:
                self.answer_nothing()
                return
            name = f"model_{self.server.port}.zip"  # of which the Python library makes a folder below /tmp
            self.answer(200, content, [("Content-Disposition", f'attachment; filename="{name}"')], model[1] in self.server.held)
        elif self.path.endswith("/models") and self.server.models is not None:
            self.answer(200, {"models": self.server.models})
        else:
            self.answer(404, {"detail": "Not Found"})

    def do_POST(self):
        if self.server.early_401 and self.path.endswith("/images"):
            self.refuse_early()
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if len(body) < int(self.headers["Content-Length"]):
            self.close_connection = True  # it broke off
            return
        if self.path == "/api/login":
            self.log_in()
        elif not self.is_known():
            pass
        elif self.path.endswith("/detectors"):
            self.server.reports.append(json.loads(body))
            self.answer(200, {})
        elif self.path.endswith("/images"):
            self.answer_upload(self.server.status_of(body), body)
        else:
            self.answer(404, {"detail": "Not Found"})

    def answer_upload(self, status, body):
        if status is None:
            self.answer_nothing()
            self.server.given_up += 1
            return
        if status in (200, LOST):
            self.server.keep(body)
        if status == LOST:
            self.close_connection = True
        else:
            self.answer(status, {})

    def answer_nothing(self):
        """Until the node gives up."""
        self.rfile.read(1)
        self.close_connection = True

    def answer(self, status, content, headers=(), holds=False):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        if not holds:
            self.wfile.write(body)
            return
        self.wfile.write(body[:len(body) // 2])
        self.server.holding += 1
        with contextlib.suppress(ConnectionError):
            self.rfile.read(1)  # until the node gives up
        self.server.holding -= 1
        self.close_connection = True

    def log_message(self, *_):
        pass
