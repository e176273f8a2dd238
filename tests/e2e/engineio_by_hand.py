"""Engine.IO 4 spoken by hand, over long-polling and WebSocket, so that tests can also say what no library would."""

import base64
import http.client
import json
import os
import socket
import struct
import time
from collections import deque

from loop_programs.connection import Answer

SEPARATOR = "\x1e"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Refused(Exception):
    """A WebSocket handshake that was answered with another status than 101."""

    def __init__(self, status):
        super().__init__(f"status {status}")
        self.status = status


class Closed(Exception):
    """The server ended the session; `code` is that of a WebSocket's close frame."""

    def __init__(self, why, code=None):
        super().__init__(why)
        self.code = code


class Service:
    """Engine.IO at one path of a program on this machine. `headers` go with every request."""

    def __init__(self, port, path, headers=None):
        self.port, self.path, self.headers = port, path, headers or {}

    def begin(self, method="GET", query="EIO=4&transport=polling", body=None, headers=None):
        """Sends a request over a connection of its own. Returns a function that waits for the answer and returns it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, f"{self.path}?{query}", body, self.headers | (headers or {}))

        def finish():
            answer = connection.getresponse()
            body = answer.read()
            connection.close()
            return Answer(answer.status, answer.headers, body)
        return finish

    def ask(self, *arguments, **more):
        return self.begin(*arguments, **more)()

    def websocket(self, query="EIO=4&transport=websocket", headers=None):
        return WebSocket(self.port, f"{self.path}?{query}", self.headers | (headers or {}))

    def open(self, transport):
        return {"polling": PollingSession, "websocket": WebSocketSession}[transport](self)


def masked_frame(opcode, payload, fin=True):
    """A frame as a client sends it."""
    key = os.urandom(4)
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", fin << 7 | opcode, 0x80 | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", fin << 7 | opcode, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", fin << 7 | opcode, 0x80 | 127, size)
    mask = int.from_bytes((key * (size // 4 + 1))[:size], "little")
    return head + key + (int.from_bytes(payload, "little") ^ mask).to_bytes(size, "little")


class WebSocket:
    """A client's end of a connection. Text is `str`, binary is `bytes`."""

    def __init__(self, port, target, headers=None, timeout=30):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        fields = {"Host": f"127.0.0.1:{port}", "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                  "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode()} | (headers or {})
        head = f"GET {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"
        self.socket.sendall(head.encode())
        self.reader = self.socket.makefile("rb")
        line = self.reader.readline()
        if not line:
            self.close()
            raise Closed("no answer to the handshake")
        status = int(line.split()[1])
        http.client.parse_headers(self.reader)
        if status != 101:
            self.close()
            raise Refused(status)

    def send(self, *messages):
        self.send_bytes(b"".join(masked_frame(TEXT, message.encode()) if isinstance(message, str) else masked_frame(BINARY, message)
                                 for message in messages))

    def send_bytes(self, frames):
        try:
            self.socket.sendall(frames)
        except ConnectionError as error:
            raise Closed(str(error)) from error

    def receive(self):
        """The next message. The server's pings are answered."""
        kind, parts = None, []
        while True:
            opcode, fin, payload = self.receive_frame()
            if opcode == CLOSE:
                code = struct.unpack("!H", payload[:2])[0] if payload else None
                raise Closed(f"close frame {code}", code)
            if opcode == PING:
                self.send_bytes(masked_frame(PONG, payload))
            elif opcode != PONG:
                kind = opcode or kind
                parts.append(payload)
                if fin:
                    return b"".join(parts).decode() if kind == TEXT else b"".join(parts)

    def receive_frame(self):
        first, size = self._read(2)
        assert not size & 0x80, "a server's frame that is masked"
        if size == 126:
            [size] = struct.unpack("!H", self._read(2))
        elif size == 127:
            [size] = struct.unpack("!Q", self._read(8))
        return first & 0x0f, bool(first & 0x80), self._read(size)

    def _read(self, size):
        try:
            data = self.reader.read(size)
        except ConnectionError as error:
            raise Closed(str(error)) from error
        if len(data) < size:
            raise Closed("end of the connection")
        return data

    def close(self):
        self.reader.close()
        self.socket.close()


class Session:
    """An Engine.IO session over whichever transport: packets are `str`, binary messages `bytes`."""

    def next_packet(self, seconds=5):
        """The next packet that is no heartbeat; heartbeats are answered."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            packet = self.receive()
            if packet != "2":
                return packet
            self.send("3")
        raise TimeoutError(f"nothing but heartbeats in {seconds} s")

    def wait_closed(self, seconds=5):
        """Waits until the server has ended the session and returns how it said so. Heartbeats are answered until then."""
        try:
            raise AssertionError(f"the session goes on: {self.next_packet(seconds)!r}")
        except Closed as closed:
            return closed


class WebSocketSession(Session):
    def __init__(self, service):
        self.websocket = service.websocket()
        opened = self.websocket.receive()
        assert opened[0] == "0", opened
        self.handshake = json.loads(opened[1:])
        self.send, self.close = self.websocket.send, self.websocket.close

    def receive(self):
        packet = self.websocket.receive()
        if packet == "1":
            raise Closed("packet 1")
        return packet


class PollingSession(Session):
    def __init__(self, service):
        self.service = service
        answer = service.ask()
        assert answer.status == 200, answer
        opened, *more = answer.body.decode().split(SEPARATOR)
        assert opened[0] == "0", opened
        self.handshake = json.loads(opened[1:])
        self.query = f"EIO=4&transport=polling&sid={self.handshake['sid']}"
        self.upgrade_query = f"EIO=4&transport=websocket&sid={self.handshake['sid']}"
        self.came = deque(more)

    def poll(self):
        return self.service.ask("GET", self.query)

    def begin_poll(self):
        return self.service.begin("GET", self.query)

    def post(self, body):
        return self.service.ask("POST", self.query, body, {"Content-Type": "text/plain;charset=UTF-8"})

    def send(self, *packets):
        texts = (packet if isinstance(packet, str) else "b" + base64.b64encode(packet).decode() for packet in packets)
        answer = self.post(SEPARATOR.join(texts).encode())
        if answer.status != 200:
            raise Closed(f"POST {answer.status}")

    def receive(self):
        while True:
            if not self.came:
                answer = self.poll()
                if answer.status != 200:
                    raise Closed(f"poll {answer.status}")
                self.came.extend(answer.body.decode().split(SEPARATOR))
            packet = self.came.popleft()
            if packet == "1":
                raise Closed("packet 1")
            if packet != "6":
                return base64.b64decode(packet[1:]) if packet.startswith("b") else packet

    def close(self):
        """Nothing to do: the server forgets a client that does not poll."""
