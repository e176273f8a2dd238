"""A reverse proxy between a node and its Loop, which a test tells what to answer itself, and what to hold up. It knows no WebSocket and
no Socket.IO, as Loops do not that tell their nodes nothing."""

import contextlib
import json
import re
import socket
import sys
import threading
import time
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from loop_programs.connection import Connection

HOP_BY_HOP = ("connection", "transfer-encoding", "content-length", "keep-alive", "date", "server")


class Between(ThreadingHTTPServer):
    """Not a Program, but it has `port`. `loop`: None if the test answers everything itself; all else is 404 then."""

    daemon_threads = True
    request_queue_size = 100

    def __init__(self, loop=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.port, self.loop = self.server_address[1], loop
        self.rules = []     # pairs: what `METHOD /path` has to match, and what does with the request; the last one that fits counts
        self.seen = []      # `METHOD /path`, in their order
        self.is_away = False

    def on(self, request, do):
        """`do`: called with the handler; or an answer: a status, JSON or bytes."""
        if not callable(do):
            value = do
            def do(handler):
                handler.answer(*((value, {"detail": "of the test"}) if isinstance(value, int) else (200, value)))
        self.rules.append((re.compile(request), do))

    def let_go_on(self):
        """From now on each request goes to the Loop."""
        self.rules = []

    def count(self, request):
        return sum(re.fullmatch(request, one) is not None for one in list(self.seen))

    @contextlib.contextmanager
    def holding(self, request, when):
        """Requests that match are held: `before` the Loop gets them, `inside` of its answer, `after` it has answered. Yields an Event
        that is set when the first one is held. Afterwards they break off."""
        held, ended = threading.Event(), threading.Event()

        def hold(handler):
            answer = None if when == "before" else handler.ask_loop()
            if when == "inside":
                handler.begin(answer.status, answer.headers.items(), len(answer.body))
                handler.wfile.write(answer.body[:len(answer.body) // 2])
                handler.wfile.flush()
            held.set()
            ended.wait(60)
            handler.break_off()

        self.on(request, hold)
        rule = self.rules[-1]
        try:
            yield held
        finally:
            self.rules = [one for one in self.rules if one is not rule]
            ended.set()

    def verify_request(self, _request, _client_address):
        return not self.is_away

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (OSError, HTTPException)):
            super().handle_error(request, client_address)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_any(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        name = f"{self.command} {self.path}"
        self.server.seen.append(name)
        for pattern, do in reversed(self.server.rules):
            if pattern.fullmatch(name):
                do(self)
                return
        if self.path.startswith("/ws/") or self.server.loop is None:
            self.answer(404, {"detail": "Not Found"})
        else:
            self.hand_on()

    do_GET = do_POST = do_PUT = do_any

    def ask_loop(self):
        connection = Connection(self.server.loop.port, 60)
        try:
            return connection.ask(self.command, self.path, self.body or None, {name: value for name, value in self.headers.items()
                                                                                 if name.lower() not in HOP_BY_HOP})
        finally:
            connection.close()

    def hand_on(self):
        answer = self.ask_loop()
        self.begin(answer.status, answer.headers.items(), len(answer.body))
        self.wfile.write(answer.body)

    def answer(self, status, content, headers=(), length=None):
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.begin(status, headers, len(body) if length is None else length)
        self.wfile.write(body)
        if length is not None and length > len(body):
            self.close_connection = True

    def begin(self, status, headers, length):
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def trickle(self, seconds=600):
        """An answer that never ends, a byte at a time."""
        self.begin(200, [], 1 << 30)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.wfile.write(b"P")
            self.wfile.flush()
            time.sleep(0.2)
        self.break_off()

    def break_off(self):
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_):
        pass
