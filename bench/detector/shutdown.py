"""How long a detector takes to end, while a Loop hangs that it uploads to, and what it had acknowledged by then."""

import socket
import time
import urllib.request

from loop_programs.multipart import multipart
from null_detectors import picture, start_ours

IMAGES = 20


def measure(options, folder, figures):
    jpeg = picture(640, 480, 82_000)
    body, form = multipart([("a.jpg", jpeg)], "files", "image/jpeg")
    with socket.create_server(("127.0.0.1", 0)) as hanging:  # it accepts and never answers
        with start_ours(options, folder, loop=f"http://127.0.0.1:{hanging.getsockname()[1]}") as server:
            before = waiting(folder)
            for _ in range(IMAGES):
                with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{server.port}/upload", body,
                                                                   {"Content-Type": form}), timeout=10) as answer:
                    assert answer.status == 200
            begin = time.monotonic()
            server.end()
            took = time.monotonic() - begin
    figures.head("the end, with a Loop that hangs")
    figures.tell("from SIGTERM to the end", took, "s", at_most=2)
    figures.tell(f"of {IMAGES} acknowledged images lost", IMAGES - (waiting(folder) - before), "", at_most=0)
    return True


def waiting(folder):
    return len(list((folder / "ours/outbox/normal").glob("*/image_*.jpg")))
