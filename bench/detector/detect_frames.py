"""The event `detect` with raw pixels and with JPEGs over one WebSocket, beside the Python node."""

import contextlib
import json
import os

from event_load import EventLoad
from null_detectors import picture, start_all, start_ours
from pinned_server import LOAD_CORE
from rounds import measure_in_turns, medians

MB = 1e6


def event_of(image):
    return '451-7["detect",' + json.dumps({"image": image | {"bytes": {"_placeholder": True, "num": 0}}, "autoupload": "disabled"}) + "]"


def raw(width, height):
    return event_of({"dtype": "uint8", "shape": [height, width, 3]}), os.urandom(width * height * 3)


def jpeg(width, height):
    return event_of({"format": "jpeg"}), picture(width, height, 470_000)


# Title, event and bytes, whether the Python node takes it (16 MiB are too long for it), and our goals: rate and CPU.
def loads():
    yield "raw 1600x1200", raw(1600, 1200), True, 300, 2.0
    yield "JPEG 1600x1200", jpeg(1600, 1200), True, None, 9.0
    yield "raw 3840x2160", raw(3840, 2160), False, 50, None


def is_right(packet):
    return packet.startswith('437[{"box_detections":[]')


def measured(server, load, seconds):
    text, content = load
    events = EventLoad(server.port, "/ws/socket.io/", text, content, is_right)
    try:
        return events.measure(server, seconds)
    finally:
        events.session.close()


def measure(options, folder, figures):
    with contextlib.ExitStack() as running:
        servers = list(start_all(options, folder, running))
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {LOAD_CORE})
        for title, load, peer_takes_it, min_rate, max_cpu in loads():
            taking = [server for server in servers if peer_takes_it or server.name != "peer"]
            results = measure_in_turns(taking, options.rounds, lambda server: measured(server, load, options.seconds))
            by_name = {name: medians(rounds) for name, rounds in results.items()}
            figures.head(f"detect over Socket.IO, {title}, {len(load[1]) / MB:.2f} MB")
            figures.tell("frames/s of a core", by_name["ours"][0], "/s", at_least=min_rate)
            figures.tell("CPU per frame", by_name["ours"][1], "ms", at_most=max_cpu)
            if "peer" in by_name:
                figures.tell("the Python node's frames/s", by_name["peer"][0], "/s")
                figures.tell("the Python node's CPU per frame", by_name["peer"][1], "ms")
        os.sched_setaffinity(0, cores)
    measure_memory_of_large_frames(options, folder, figures)
    return True


def measure_memory_of_large_frames(options, folder, figures):
    """A frame of 60 MB must need the memory of its bytes and of its pixels, and no copy more."""
    for title, width, height in (("24.9 MB", 3840, 2160), ("60 MB", 5000, 4000)):
        with start_ours(options, folder) as server:
            idle = server.resident_mb()
            measured(server, raw(width, height), 1)
            size = width * height * 3 / MB
            figures.head(f"memory of a raw frame of {title}")
            figures.tell("more than idle, at its peak", server.resident_mb(peak=True) - idle, "MB", at_most=2 * size * 1.05 + 8)
