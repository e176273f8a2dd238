"""One event with bytes, sent again and again over a WebSocket of its own and acked each time.

The load is a plain socket that sends frames which were masked beforehand, since a client of Socket.IO would be slower than the servers."""

import time

from engineio_by_hand import BINARY, TEXT, Service, masked_frame


class EventLoad:
    """`text` is the packet of the event with the ack id 7, `attachment` the bytes that belong to it, and `is_right` tells whether the
    packet of an ack is as it should be. `at_a_time` events are under way at the same time."""

    def __init__(self, port, path, text, attachment, is_right, at_a_time=1):
        self.session, self.is_right, self.at_a_time = Service(port, path).open("websocket"), is_right, at_a_time
        self.session.send("40")
        assert self.session.receive().startswith("40"), "no connection to the namespace"
        self.frames = (masked_frame(TEXT, text.encode()) + masked_frame(BINARY, attachment)) * at_a_time

    def turn(self):
        self.session.websocket.socket.sendall(self.frames)
        for _ in range(self.at_a_time):
            while (packet := self.session.receive()) == "2":
                self.session.send("3")
            assert self.is_right(packet), packet[:1000]

    def measure(self, server, seconds):
        """Events per second and milliseconds of the server's CPU per event."""
        self.turn()  # warm
        events, cpu, begin = 0, server.cpu_seconds(), time.monotonic()
        while time.monotonic() - begin < seconds:
            self.turn()
            events += self.at_a_time
        return events / (time.monotonic() - begin), 1000 * (server.cpu_seconds() - cpu) / events
