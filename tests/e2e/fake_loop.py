"""A Loop that a test controls: it hands out the models it is given, good or broken, and keeps what nodes send."""

import io
import json
import re
import socket
import threading
import uuid
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from programs import ROOT

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
        self.download = b""       # what every download answers
        self.upload_statuses = [] # what the next uploads answer, None nothing at all; 200 when there are no more
        self.given_up = 0         # uploads without an answer that the node has ended
        self.targets_asked = 0    # how often the target was asked for
        self.uploads = []         # bodies of what was answered 200
        self.reports = []         # of detectors, oldest first
        self.connections = []     # all there were

    def offer(self, version, download):
        self.download = download
        self.target = {"model_uuid": str(uuid.uuid4()), "version": version}

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

    def process_request(self, request, client_address):
        self.connections.append(request)
        super().process_request(request, client_address)


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.endswith("/deployment/target"):
            self.server.targets_asked += 1
            self.answer(200 if self.server.target else 404, self.server.target or {"detail": "no target"})
        elif re.search(r"/models/[^/]+/onnx/file$", self.path):
            self.answer(200, self.server.download)
        elif self.path.endswith("/models") and self.server.models is not None:
            self.answer(200, {"models": self.server.models})
        else:
            self.answer(404, {"detail": "Not Found"})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/detectors"):
            self.server.reports.append(json.loads(body))
            self.answer(200, {})
        elif self.path.endswith("/images"):
            status = self.server.upload_statuses.pop(0) if self.server.upload_statuses else 200
            if status is None:
                self.rfile.read(1)
                self.server.given_up += 1
                self.close_connection = True
                return
            if status == 200:
                self.server.uploads.append(body)
            self.answer(status, {})
        else:
            self.answer(404, {"detail": "Not Found"})

    def answer(self, status, content):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
