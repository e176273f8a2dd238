"""The way from a node to its Loop, as a proxy on this machine: it notes what is asked, and may be slow, long, cut or dead."""

import asyncio
import collections
import itertools
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

from fake_loop import files_in

UPLOAD = re.compile(rb"POST /api/[^/ ]+/projects/[^/ ]+/images ")
PIECE = 65_536
TICK_S = 0.02
FAULTS = ["",            # none
          "black hole",  # connections stay, and nothing goes through in either way
          "mute",        # nothing comes down
          "slow",        # a byte a second goes up
          "resets"]      # each connection is cut after 1500 bytes


@dataclass
class Cut:
    """The connection is cut so many bytes behind the begin of an upload, or of its answer."""
    after: int
    is_up: bool = True
    resets: bool = True


@dataclass
class Request:
    """What went up, as far as it came."""
    head: bytes
    began: float
    body: bytearray = field(default_factory=bytearray)
    body_bytes: int = 0
    ended: float = 0.0     # when the first byte of the answer was handed on
    bytes_before: int = 0  # of bodies, which had come until then over all connections

    @property
    def line(self):
        method, path, _ = self.head.split(b"\r\n", 1)[0].decode().split(" ")
        return f"{method} {path}"

    @property
    def headers(self):
        """Pairs, in the order in which they were sent."""
        return [tuple(line.decode().split(": ", 1)) for line in self.head.split(b"\r\n")[1:] if line]

    @property
    def is_upload(self):
        return UPLOAD.match(self.head) is not None

    @property
    def length(self):
        return int({name.lower(): value for name, value in self.headers}.get("content-length", "0"))


class Connection:
    """A node's connection, and that to the Loop which belongs to it."""

    def __init__(self, link, node, loop):
        self.link, self.node, self.loop = link, node, loop
        self.request, self.pending = None, b""  # which goes up, and a head that is not complete
        self.left = {True: None, False: None}    # bytes to hand on up and down before the cut
        self.held = {True: collections.deque(), False: collections.deque()}  # what is on its way up and down
        self.resets = True

    def note(self, data):
        """Follows the requests that go up."""
        self.pending += data
        while self.pending:
            if self.request is None or self.request.body_bytes == self.request.length:
                if UPLOAD.match(self.pending) and self.link.cuts and self.left == {True: None, False: None}:
                    self.arm(self.link.cuts.popleft())
                head, end, rest = self.pending.partition(b"\r\n\r\n")
                if not end:
                    return
                self.request, self.pending = Request(head, time.monotonic()), rest
                self.link.requests.append(self.request)
            part = self.pending[:self.request.length - self.request.body_bytes]
            self.pending = self.pending[len(part):]
            self.request.body_bytes += len(part)
            self.link.body_bytes += len(part)
            if self.link.keeps_bodies:
                self.request.body += part

    def arm(self, cut):
        self.left[cut.is_up], self.resets = cut.after, cut.resets

    async def pump(self, is_up):
        reader, writer = (self.node[0], self.loop[1]) if is_up else (self.loop[0], self.node[1])
        rate = 0
        try:
            while data := await self.read(reader, is_up):
                rate = self.link.rate if is_up else 0
                while self.link.fault == "black hole" or (self.link.fault == "mute" and not is_up):
                    await asyncio.sleep(TICK_S)
                    if self.node[0].at_eof():
                        self.give_up()
                        return
                if is_up:
                    self.note(data)
                elif self.request and not self.request.ended and not data.startswith(b"HTTP/1.1 1"):  # which is no answer yet
                    self.request.ended, self.request.bytes_before = time.monotonic(), self.link.body_bytes
                self.later(is_up, self.link.due(len(data), rate), self.hand_on, writer, data, is_up)
                if writer.transport.get_write_buffer_size() > 4 * PIECE:
                    await writer.drain()
                if rate:
                    await asyncio.sleep(self.link.free_at - time.monotonic())
            if is_up and self.request and not self.request.ended:
                self.give_up()
            self.later(is_up, self.link.due(0, rate), self.end_of, writer)
        except OSError:
            self.cut()

    async def read(self, reader, is_up):
        if is_up and self.link.fault == "slow":
            await asyncio.sleep(1)
            return await reader.read(1)
        if is_up and self.link.fault == "resets":
            self.hand_on(self.loop[1], await reader.read(1500), is_up)
            self.cut()
        rate = self.link.rate if is_up else 0
        return await reader.read(min(PIECE, max(rate // 100, 1)) if rate else PIECE)

    def give_up(self):
        """The node does not wait for an answer any more."""
        self.link.given_up.append(time.monotonic())
        self.cut()

    def later(self, is_up, due, call, *arguments):
        """In the order in which it is said."""
        if not due:
            call(*arguments)
            return
        self.held[is_up].append((call, arguments))
        asyncio.get_running_loop().call_at(due, self.release, is_up)

    def release(self, is_up):
        call, arguments = self.held[is_up].popleft()
        call(*arguments)

    def hand_on(self, writer, data, is_up):
        if writer.is_closing():
            return
        left = self.left[is_up]
        writer.write(data if left is None else data[:left])
        if left is not None and len(data) >= left:
            self.link.cut_connections += 1
            self.cut(self.resets)
        elif left is not None:
            self.left[is_up] -= len(data)

    @staticmethod
    def end_of(writer):
        if not writer.is_closing() and writer.can_write_eof():
            writer.write_eof()

    def cut(self, resets=True):
        for _, writer in (self.node, self.loop):
            if writer.is_closing():
                continue
            if resets:
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            else:
                writer.close()


class Link:
    """Not a Program, but it has `port`, which is all that `programs.detector` needs of a Loop.

    `delay_s`: of what goes through, in either direction. `rate`: bytes a second up, of all connections together; 0: any.
    `address`: where it listens; it belongs to the machine on which it was made and entered (see machines.py)."""

    def __init__(self, target_port, delay_s=0.0, rate=0, keeps_bodies=False, address="127.0.0.1"):
        self.target_port, self.delay_s, self.rate, self.keeps_bodies = target_port, delay_s, rate, keeps_bodies
        self.fault = ""                  # of FAULTS
        self.free_at = 0.0
        self.cuts = collections.deque()  # of the next uploads, one for each
        self.cut_connections = 0
        self.given_up = []               # when nodes have ended connections without an answer
        self.body_bytes = 0              # of all requests
        self.requests, self.connections = [], []
        self._loop = asyncio.new_event_loop()
        self.limit = PIECE if rate else 256 << 20  # what may wait here: what is slow has to be felt at the other end
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, address, 0, limit=self.limit))
        self.port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.cut_all(resets=False)
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def uploads(self):
        """Those whose body came as a whole."""
        return [one for one in list(self.requests) if one.is_upload and one.body_bytes == one.length]

    def goodput(self):
        """Bytes a second of images, from the first acknowledgement of an upload to the last. Nothing may have been sent twice."""
        ended = sorted((one for one in self.uploads() if one.ended), key=lambda one: one.ended)
        assert len(ended) >= 3, f"{len(ended)} uploads are too few to tell a rate"
        sent = sum(one.length for one in ended)
        images = sum(len(content) for one in ended for _, content in files_in(bytes(one.body)))
        return (ended[-1].bytes_before - ended[0].bytes_before) / (ended[-1].ended - ended[0].ended) * images / sent

    def most_at_once(self):
        """How many uploads were on their way at the same time."""
        moments = sorted([(one.began, 1) for one in self.uploads()] + [(one.ended, -1) for one in self.uploads()])
        return max(itertools.accumulate(change for _, change in moments))

    def logins(self):
        return [one for one in list(self.requests) if one.line == "POST /api/login"]

    def cut_all(self, resets=True):
        """All connections that there are now."""
        done = threading.Event()

        def cut():
            for connection in self.connections:
                connection.cut(resets)
            self.connections.clear()
            done.set()

        self._loop.call_soon_threadsafe(cut)
        assert done.wait(10)

    def due(self, count, rate):
        """When so many bytes arrive that are sent now; 0: at once."""
        if rate:
            self.free_at = max(self.free_at, time.monotonic()) + count / rate
        elif not self.delay_s:
            return 0
        return max(time.monotonic(), self.free_at if rate else 0) + self.delay_s

    @staticmethod
    async def _end():
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader, writer):
        try:
            loop = await asyncio.open_connection("127.0.0.1", self.target_port, limit=self.limit)
        except OSError:
            writer.transport.abort()
            return
        connection = Connection(self, (reader, writer), loop)
        self.connections.append(connection)
        await asyncio.gather(connection.pump(True), connection.pump(False))
