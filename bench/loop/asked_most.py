"""What the Loop is asked most, beside the Loop of another commit, both in one run: small intakes of images with their metadata, the
list of a project's ids, what is known of some images, and the page.

The server is pinned to one core, the load to the other; the servers take turns. Their data lie in memory: what a file system takes to
find room for the same files differs from run to run by more than the programs do."""

import contextlib
import json
import random
import tempfile
import time
import uuid
from pathlib import Path

from loop_server import PROGRAM, PROJECT, LoopServer
from pinned_server import KEEP_MEMORY
from rounds import is_as_cheap_as_beside, measure_in_turns, medians

from loop_programs.connection import Connection
from loop_programs.multipart import multipart

IMAGES, IDS_PER_REQUEST, IMAGES_PER_UPLOAD, BOXES_PER_IMAGE, UPLOADS = 400, 20, 5, 10, 300


def uploads(jpeg):
    """Requests with images that came never before: the same picture under new ids, each with a comment of its own."""
    metadata = {"box_detections": [
        {"category_name": "purple box", "x": number, "y": 2, "width": 30, "height": 40, "model_name": "1.0", "confidence": 0.5}
        for number in range(BOXES_PER_IMAGE)]}
    for _ in range(UPLOADS):
        files = []
        for _ in range(IMAGES_PER_UPLOAD):
            key, comment = uuid.uuid4(), random.randbytes(16)
            files += [(f"{key}.jpg", jpeg[:2] + b"\xff\xfe\x00\x12" + comment + jpeg[2:]), (f"{key}.json", json.dumps(metadata).encode())]
        yield multipart(files)


def take_in(server, jpeg):
    """Requests per second and milliseconds of the server's CPU per request."""
    requests = list(uploads(jpeg))
    connection = Connection(server.port, 60, server.headers)
    cpu, begin = server.cpu_seconds(), time.monotonic()
    for body, content_type in requests:
        if connection.ask("POST", f"{PROJECT}/images", body, {"Content-Type": content_type}).status != 200:
            server.fail("does not take the images")
    seconds, cpu = time.monotonic() - begin, server.cpu_seconds() - cpu
    connection.close()
    return UPLOADS / seconds, 1000 * cpu / UPLOADS


def results_of(options, folder):
    """By what is measured, the results of each server."""
    programs = {"ours": options.bin} | ({"beside": options.beside} if options.beside else {})
    with contextlib.ExitStack() as running:
        servers = [running.enter_context(LoopServer(program / PROGRAM, folder, name, KEEP_MEMORY)) for name, program in programs.items()]
        for server in servers:
            ids = server.log_in().generate(complete=IMAGES, box_detections=5, tags=2)
        jpeg = servers[0].ask("GET", f"{PROJECT}/images/{ids[0]}/main").body
        paths = {f"ids of {IMAGES} images": f"{PROJECT}/data", "the page": "/",
                 f"{IDS_PER_REQUEST} images": f"{PROJECT}/images?ids={','.join(ids[:IDS_PER_REQUEST])}"}
        results = {}
        for what, path in paths.items():
            for server in servers:
                server.measure(path, 1, 4)  # warm
            results[what] = measure_in_turns(servers, options.rounds, lambda server, path=path: server.measure(path, options.seconds, 4))
        for server in servers:
            take_in(server, jpeg)  # warm
        results[f"intake of {IMAGES_PER_UPLOAD} images"] = measure_in_turns(servers, options.rounds, lambda server: take_in(server, jpeg))
    return results


def measure(options, figures, _folder):
    figures.head(f"What is asked most, medians of {options.rounds} rounds of {options.seconds} s, data in memory")
    with tempfile.TemporaryDirectory(prefix="bench-loop-", dir="/dev/shm") as name:
        results = results_of(options, Path(name))
    for what, measured in results.items():
        for name, rounds in measured.items():
            rate, cpu = medians(rounds)
            figures.tell(f"{what}, {name}", rate, "/s")
            figures.tell(f"{what}, {name}: server's CPU", cpu, "ms/answer")
        if options.beside and not is_as_cheap_as_beside(what, measured, options.max_ratio):
            figures.missed.append(f"{what}, CPU beside the other")
