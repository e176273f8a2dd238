"""Requests whose bytes are there already: what they cost the machine is the server's, but for a system call or two."""

import re
import socket

LONGEST_HEAD = 65_536


class RawConnection:
    """One connection that stays open."""

    def __init__(self, port, timeout=120):
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray(1 << 20)

    def ask(self, request):
        """Sends these bytes; returns the status and the body of the answer, which has a Content-Length."""
        self._socket.sendall(request)
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._receive()
        length = int(re.search(rb"\r\ncontent-length: *(\d+)", answer[:end].lower())[1])
        body = answer[end + 4:]
        while len(body) < length:
            body += self._receive()
        return int(answer[9:12]), body

    def count_chunked(self, request):
        """Sends these bytes; returns the number of bytes of the answer, which ends with an empty chunk. They are not looked at."""
        self._socket.sendall(request)
        count, end = 0, b""
        while not end.endswith(b"\r\n0\r\n\r\n"):
            received = self._socket.recv_into(self._buffer)
            if received == 0:
                raise ConnectionError("closed within an answer")
            count += received
            end = (end + bytes(self._buffer[max(0, received - 7):received]))[-7:]
        return count

    def close(self):
        self._socket.close()

    def _receive(self):
        received = self._socket.recv(LONGEST_HEAD)
        if not received:
            raise ConnectionError("closed within an answer")
        return received


def request_bytes(method, path, headers, body=b"", content_type=None):
    lines = {"Host": "localhost"} | headers | ({"Content-Type": content_type} if content_type else {})
    if method != "GET":
        lines["Content-Length"] = str(len(body))
    head = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items()), "", ""]
    return "\r\n".join(head).encode() + body
