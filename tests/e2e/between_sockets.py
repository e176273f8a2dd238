"""A reverse proxy between a node and its Loop that hands Socket.IO on as well, packet by packet; a test tells it what to hold up."""

import contextlib
import itertools
import re
import socket
import threading

from between import Between, Handler


class BetweenSockets(Between):
    """As Between. Packets are `UP ...` to the Loop and `DOWN ...` from it, with their text, by polling and by WebSocket; `seen` has the
    first 100 characters."""

    def __init__(self, loop):
        super().__init__(loop)
        self.RequestHandlerClass = SocketHandler
        self.is_open = threading.Event()
        self.is_open.set()

    @contextlib.contextmanager
    def closed(self):
        """Nothing goes through, to the Loop or from it, but all of it afterwards."""
        self.is_open.clear()
        try:
            yield
        finally:
            self.is_open.set()

    def let_pass(self, request):
        """The next one goes to the Loop, whatever has to be done with it otherwise."""
        def hand_on(handler):
            self.rules.remove(rule)
            handler.hand_on()
        self.on(request, hand_on)
        rule = self.rules[-1]

    @contextlib.contextmanager
    def holding_packet(self, packet, when):
        """As `holding`: `before` the Loop gets it, or `after`, when its ack comes."""
        held, ended, before = threading.Event(), threading.Event(), list(self.rules)

        def hold(one):
            held.set()
            ended.wait(60)
            one.break_off()

        def hand_on(one):
            number = re.match(r"UP 42(\d+)", one.name)[1]
            self.on(rf"DOWN 43{number}\[.*", hold)
            one.hand_on()

        self.on(packet, hold if when == "before" else hand_on)
        try:
            yield held
        finally:
            self.rules = before
            ended.set()


class SocketHandler(Handler):
    def do_any(self):
        self.server.is_open.wait()
        if self.headers.get("Upgrade", "").lower() == "websocket":
            self.close_connection = True
            self.tunnel()
        elif self.path.startswith("/ws/"):
            self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.hand_on_packets()
        else:
            super().do_any()

    do_GET = do_POST = do_PUT = do_any

    def hand_on_packets(self):
        """By polling, before the connection becomes a WebSocket."""
        if self.let_pass("UP", self.body):
            answer = self.ask_loop()
            if self.let_pass("DOWN", answer.body):
                self.begin(answer.status, answer.headers.items(), len(answer.body))
                self.wfile.write(answer.body)

    def let_pass(self, way, body):
        """Whether all of its packets may go on."""
        packets = [PolledPacket(way, text, self) for text in body.decode(errors="replace").split("\x1e") if text]
        for packet in packets:
            packet.pass_through(self.server)
        return not any(packet.is_broken_off for packet in packets)

    def tunnel(self):
        with socket.create_connection(("127.0.0.1", self.server.loop.port)) as loop, loop.makefile("rb") as answers:
            head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items() if name != "Sec-WebSocket-Extensions")
            loop.sendall(f"{self.requestline}\r\n{head}\r\n".encode())
            for line in iter(answers.readline, b""):
                self.connection.sendall(line)
                if line == b"\r\n":
                    break
            down = threading.Thread(target=self.pump, args=("DOWN", answers, self.connection, loop), daemon=True)
            down.start()
            self.pump("UP", self.rfile, loop, self.connection)
            down.join()

    def pump(self, way, stream, there, here):
        """Until one of both ends it."""
        with contextlib.suppress(OSError, ValueError):
            while frame := read_frame(stream):
                SocketPacket(way, *frame, there, here).pass_through(self.server)
        for one in (there, here):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Packet:
    def __init__(self, way, text):
        self.name = f"{way} {text}"

    def pass_through(self, between):
        between.is_open.wait()
        between.seen.append(self.name[:100])
        for pattern, do in reversed(between.rules):
            if pattern.fullmatch(self.name):
                do(self)
                return
        self.hand_on()


class PolledPacket(Packet):
    """Goes on with its request or answer, unless that is broken off."""

    def __init__(self, way, text, handler):
        super().__init__(way, text)
        self.handler, self.is_broken_off = handler, False

    def hand_on(self):
        pass

    def break_off(self):
        self.is_broken_off = True
        self.handler.break_off()


class SocketPacket(Packet):
    def __init__(self, way, frame, text, there, here):
        super().__init__(way, text)
        self.frame, self.there, self.here = frame, there, here

    def hand_on(self):
        self.there.sendall(self.frame)

    def break_off(self):
        for one in (self.there, self.here):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def read_frame(stream):
    """The frame of a WebSocket as it came, and its text; None at the end."""
    head = stream.read(2)
    if len(head) < 2:
        return None
    size = head[1] & 0x7f
    more = stream.read({126: 2, 127: 8}.get(size, 0))
    size = int.from_bytes(more, "big") if more else size
    mask = stream.read(4) if head[1] & 0x80 else b""
    content = stream.read(size)
    text = bytes(byte ^ key for byte, key in zip(content, itertools.cycle(mask))) if mask else content
    return head + more + mask + content, text.decode(errors="replace")
