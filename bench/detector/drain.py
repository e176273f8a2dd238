"""How fast a detector uploads what waits in its outbox, once the Loop is back: to one that reads and acknowledges, to ours, and, beside it,
the Python node's."""

import contextlib
import json
import os
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from loop_server import ALL_CORES, LoopServer
from null_detectors import picture, start_ours, start_peer
from pinned_server import LOAD_CORE

IMAGE_BYTES, COMMENT = 160_000, 16
MIN_IMAGES_PER_S, GREAT_BACKLOG, MAX_MINUTES = 500, 100_000, 4
PEER_IMAGES = 60
SLOWEST_S = 600  # of a backlog


class ReadingLoop(ThreadingHTTPServer):
    """Reads what it is sent, keeps none of it, and answers 200."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Reader)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def host(self):
        return f"127.0.0.1:{self.server_address[1]}"

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Reader(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or the body of an answer waits for the acknowledgement of its head

    def do_GET(self):
        self.answer(404)

    def do_POST(self):
        left, buffer = int(self.headers["Content-Length"]), memoryview(bytearray(1 << 20))
        while left > 0:
            left -= self.rfile.readinto(buffer[:min(left, len(buffer))])
        self.answer(200)

    def answer(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def lay_backlog(outbox, images):
    """That many images, each another, as both nodes keep them."""
    jpeg = picture(640, 480, IMAGE_BYTES - COMMENT - 4)
    metadata = json.dumps({"box_detections": [], "tags": ["bench"]})
    for number in range(images):
        name = f"{number:08x}-0000-7000-8000-{random.getrandbits(48):012x}"
        item = outbox / "normal" / name
        item.mkdir(parents=True)
        (item / f"image_{name}.json").write_text(metadata)
        (item / f"image_{name}.jpg").write_bytes(
            jpeg[:2] + b"\xff\xfe" + (COMMENT + 2).to_bytes(2, "big") + random.randbytes(COMMENT) + jpeg[2:])
    os.sync()


def drain(server, outbox):
    """Images per second and milliseconds of the server's CPU per image, from the first that is gone to the last."""
    def waiting():
        return len(os.listdir(outbox / "normal"))
    all_of_them, deadline = waiting(), time.monotonic() + SLOWEST_S
    left, samples = all_of_them, []
    while left > 0:
        if time.monotonic() > deadline:
            server.fail(f"has {left} of {all_of_them} images left after {SLOWEST_S} s")
        time.sleep(0.05)
        left = waiting()
        if left < all_of_them:
            samples.append((time.monotonic(), left, server.cpu_seconds()))
    (begin, most, cpu_begin), (end, _, cpu_end) = samples[0], samples[-1]
    return most / (end - begin), 1000 * (cpu_end - cpu_begin) / most


def drain_ours(options, folder, loop):
    lay_backlog(folder / "ours/outbox", options.backlog)
    with start_ours(options, folder, loop=loop) as server:
        return drain(server, folder / "ours/outbox")


def measure(options, folder, figures):
    os.sched_setaffinity(0, {LOAD_CORE})
    figures.head(f"the drain of {options.backlog} images of {IMAGE_BYTES / 1000:.0f} kB")
    with ReadingLoop() as loop:
        tell(figures, "a Loop that reads and acknowledges", drain_ours(options, folder, loop.host))
    with contextlib.ExitStack() as running:
        ours = running.enter_context(LoopServer(options.bin / "learning-loop", folder, "loop", cores=ALL_CORES)).log_in()
        ours.generate(complete=1)
        tell(figures, "our Loop", drain_ours(options, folder, f"127.0.0.1:{ours.port}"))
    if options.peer:
        lay_backlog(folder / "peer/outbox", PEER_IMAGES)
        with ReadingLoop() as loop, start_peer(folder, loop.host) as server:
            rate, _ = drain(server, folder / "peer/outbox")
        figures.tell(f"the Python node, {PEER_IMAGES} images", rate, "/s")
    return True


def tell(figures, loop, measured):
    rate, cpu = measured
    figures.tell(f"to {loop}", rate, "/s", at_least=MIN_IMAGES_PER_S)
    figures.tell("the detector's CPU", cpu, "ms/image")
    figures.tell(f"{GREAT_BACKLOG:,} images at that rate", GREAT_BACKLOG / rate / 60, "min", at_most=MAX_MINUTES)
