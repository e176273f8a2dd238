"""How many new images the Loop makes durable in a second: requests of 20 images of 160 kB with 10 boxes each, on a real disk."""

import contextlib
import json
import os
import random
import statistics
import threading
import time
import uuid

from figures import percentile
from loop_server import ALL_CORES, PROGRAM, PROJECT, LoopServer
from pictures import picture
from raw_connection import RawConnection, request_bytes
from rounds import measure_in_turns

from loop_programs.multipart import multipart

IMAGES, BOXES, IMAGE_BYTES = 20, 10, 160_000
CONNECTIONS = (1, 4, 8)
MIN_IMAGES_PER_S, MAX_P99_MS, MIN_RATIO = 1000, 50, 4
COMMENT = 16  # random bytes of each image


class Requests:
    """Uploads with images that came never before: the bytes of one request, in which ids and comments change."""

    def __init__(self, headers):
        base = picture(1600, 1200, IMAGE_BYTES - 4 - COMMENT)
        metadata = json.dumps({"box_detections": [
            {"category_name": "purple box", "x": 20 * number, "y": 2, "width": 30, "height": 40, "model_name": "1.0", "confidence": 0.5}
            for number in range(BOXES)]}).encode()
        files, self._ids, self._comments = [], [], []
        for _ in range(IMAGES):
            key, comment = str(uuid.uuid4()), random.randbytes(COMMENT)
            self._ids.append(key.encode())
            self._comments.append(comment)
            jpeg = base[:2] + b"\xff\xfe" + (COMMENT + 2).to_bytes(2, "big") + comment + base[2:]
            files += [(f"{key}.jpg", jpeg), (f"{key}.json", metadata)]
        body, content_type = multipart(files)
        self._bytes = bytearray(request_bytes("POST", f"{PROJECT}/images", headers, body, content_type))
        self._id_places = [self._places(key) for key in self._ids]
        self._comment_places = [self._places(comment) for comment in self._comments]

    def _places(self, pattern):
        places, at = [], self._bytes.find(pattern)
        while at >= 0:
            places.append(at)
            at = self._bytes.find(pattern, at + 1)
        return places

    def next(self):
        for places in self._id_places:
            key = str(uuid.uuid4()).encode()
            for place in places:
                self._bytes[place:place + len(key)] = key
        for places in self._comment_places:
            for place in places:
                self._bytes[place:place + COMMENT] = random.randbytes(COMMENT)
        return self._bytes


class Sender(threading.Thread):
    """Sends one request after another until `end`, of the monotonic clock, but no more than `most`."""

    def __init__(self, server, most):
        super().__init__()
        self.end, self.seconds, self.fault = None, [], None
        self._most, self._requests, self._connection = most, Requests(server.headers), RawConnection(server.port)

    def run(self):
        try:
            while time.monotonic() < self.end and len(self.seconds) < self._most:
                request = self._requests.next()
                begin = time.perf_counter()
                status, body = self._connection.ask(request)
                self.seconds.append(time.perf_counter() - begin)
                if status != 200:
                    raise ConnectionError(f"{status}: {bytes(body[:200])}")
        except OSError as fault:
            self.fault = fault
        finally:
            self._connection.close()


def wear(server, files):
    """So many files are made and deleted where the images come in."""
    places = [server.data / "images" / f"worn-{number}" for number in range(files)]
    for place in places:
        place.touch()
    for place in places:
        place.unlink()


def take_in(server, connections, seconds, most=1 << 30):
    """What came of it, by name. `most`: requests of each connection."""
    server.go_on()
    senders = [Sender(server, most) for _ in range(connections)]
    os.sync()
    begin, cpu, own = time.monotonic(), server.cpu_seconds(), time.process_time()
    for sender in senders:
        sender.end = begin + seconds
        sender.start()
    for sender in senders:
        sender.join()
    wall, cpu, own = time.monotonic() - begin, server.cpu_seconds() - cpu, time.process_time() - own
    server.stand_still()
    for sender in senders:
        if sender.fault:
            server.go_on()
            server.fail(f"does not take the images: {sender.fault}")
    batches = [each for sender in senders for each in sender.seconds]
    images = IMAGES * len(batches)
    return {"images/s": images / wall, "p50": 1000 * statistics.median(batches), "p99": 1000 * percentile(batches, 99),
            "CPU": 1000 * cpu / images, "own CPU": 1000 * own / images}


def cpu_until_quiet(server, longest_s):
    """Seconds of CPU that it takes until it does nothing any more."""
    server.go_on()
    before, end = server.cpu_seconds(), time.monotonic() + longest_s
    last = before
    while time.monotonic() < end:
        time.sleep(1)
        now = server.cpu_seconds()
        if now - last < 0.02:
            break
        last = now
    server.stand_still()
    return server.cpu_seconds() - before


def tell_all_of_it(server, figures):
    """CPU of an image with what follows once it is stored, as the thumbnail."""
    requests = 5
    taken = take_in(server, 1, 60, most=requests)
    after = cpu_until_quiet(server, 60)
    figures.tell(f"{server.name}: CPU with what follows, thumbnails too", taken["CPU"] + 1000 * after / (requests * IMAGES), "ms/image")


def measure(options, figures, folder):
    figures.head(f"Requests of {IMAGES} images of {IMAGE_BYTES // 1000} kB with {BOXES} boxes each, medians of {options.rounds} rounds of "
                 f"{options.seconds} s, data in {folder}")
    programs = {"ours": options.bin} | ({"beside": options.beside} if options.beside else {})
    with contextlib.ExitStack() as running:
        servers = [running.enter_context(LoopServer(program / PROGRAM, folder, name, cores=ALL_CORES))
                   for name, program in programs.items()]
        for server in servers:
            server.log_in().generate(complete=1)
            wear(server, options.worn)
            server.stand_still()
        for server in servers:
            tell_all_of_it(server, figures)
        results = {}
        for number in CONNECTIONS:
            results[number] = measure_in_turns(servers, options.rounds,
                                               lambda server, number=number: take_in(server, number, options.seconds))
        for server in servers:
            figures.tell(f"{server.name}: resident memory at the end", server.resident_mb(), "MB")
            figures.tell(f"{server.name}: most of it", server.resident_mb(peak=True), "MB")
    tell(results, figures)


def tell(results, figures):
    best = {}
    for number, by_server in results.items():
        for name, rounds in by_server.items():
            median = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
            best[name] = max(best.get(name, 0), median["images/s"])
            title = f"{name}, {number} connection{'s' if number > 1 else ''}: "
            figures.tell(title + "images", median["images/s"], "/s")
            figures.tell(title + "request, p50", median["p50"], "ms")
            figures.tell(title + "request, p99", median["p99"], "ms", at_most=MAX_P99_MS if name == "ours" and number == 1 else None)
            figures.tell(title + "server's CPU, with thumbnails begun", median["CPU"], "ms/image")
            figures.tell(title + "CPU of who sends", median["own CPU"], "ms/image")
    figures.tell("ours, the best of them: images", best["ours"], "/s", at_least=MIN_IMAGES_PER_S)
    if "beside" in best:
        for number, by_server in results.items():
            ratio = statistics.median(a["images/s"] / b["images/s"] for a, b in zip(by_server["ours"], by_server["beside"]))
            figures.tell(f"ours / beside, {number} connections: images/s", ratio, "")
        figures.tell("ours / beside, the best of each", best["ours"] / best["beside"], "", at_least=MIN_RATIO)
