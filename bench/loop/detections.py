"""How many boxes of a model the Loop keeps in a second, and how long a small question waits meanwhile."""

import json
import statistics
import threading
import time

from figures import percentile
from loop_server import PROJECT
from many_images import make_project, start
from raw_connection import RawConnection, request_bytes

IMAGES, BOXES = 10_000, 100  # of the project; of each image
BATCHES = (100, 500)  # images of a request
GOAL_BOXES_PER_S, MIN_BOXES_PER_S = 100_000, 50_000
ASK_EVERY_S = 0.01


class Asker(threading.Thread):
    """Asks for the project's counts all the time; `milliseconds` are those of its answers."""

    def __init__(self, server):
        super().__init__()
        self.milliseconds, self._ends = [], threading.Event()
        self._connection, self._request = RawConnection(server.port), request_bytes("GET", PROJECT, server.headers)

    def run(self):
        while not self._ends.wait(ASK_EVERY_S):
            begin = time.perf_counter()
            self._connection.ask(self._request)
            self.milliseconds.append(1000 * (time.perf_counter() - begin))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self._ends.set()
        self.join()
        self._connection.close()


def boxes(model):
    """The text of an image's boxes, as a trainer sends them."""
    return json.dumps([{"category_name": "purple box", "x": 3 * number, "y": 2 * number, "width": 30, "height": 40, "model_name": model,
                        "confidence": 0.512345} for number in range(BOXES)])


def requests_of(server, ids, images, model):
    """The requests for all ids, of so many images each, made one by one: they are long."""
    found = boxes(model)
    for first in range(0, len(ids), images):
        items = ",".join(f'{{"image_id":"{key}","box_detections":{found},"point_detections":[],"segmentation_detections":[],'
                         f'"classification_detections":[]}}' for key in ids[first:first + images])
        yield request_bytes("POST", f"{PROJECT}/detections", server.headers, f"[{items}]".encode(), "application/json")


def post_all(server, ids, images, model):
    """What came of it, by name. The requests are made while nobody measures."""
    connection, seconds, cpu = RawConnection(server.port), [], 0
    with Asker(server) as asker:
        for request in requests_of(server, ids, images, model):
            before, begin = server.cpu_seconds(), time.perf_counter()
            status, answer = connection.ask(request)
            seconds.append(time.perf_counter() - begin)
            cpu += server.cpu_seconds() - before
            if status != 200 or json.loads(answer)["image_count"] != min(images, len(ids)):
                server.fail(f"does not take the detections: {status} {answer[:200]}")
    connection.close()
    count = len(ids) * BOXES
    return {"rate": count / sum(seconds), "CPU": 1e6 * cpu / count, "p50": 1000 * statistics.median(seconds),
            "p99": 1000 * percentile(seconds, 99), "asked": asker.milliseconds}


def tell(figures, title, taken, is_goal):
    figures.tell(f"{title}: boxes", taken["rate"], "/s", at_least=GOAL_BOXES_PER_S if is_goal else None)
    if is_goal and taken["rate"] < MIN_BOXES_PER_S:
        figures.head(f"  !!! less than {MIN_BOXES_PER_S} boxes/s, which is the least that must be")
    figures.tell(f"{title}: server's CPU", taken["CPU"], "us/box")
    figures.tell(f"{title}: request, p50", taken["p50"], "ms")
    figures.tell(f"{title}: request, p99", taken["p99"], "ms")
    if taken["asked"]:
        figures.tell(f"{title}: `GET P` meanwhile, p50", statistics.median(taken["asked"]), "ms")
        figures.tell(f"{title}: `GET P` meanwhile, p99", percentile(taken["asked"], 99), "ms")


def measure(options, figures, folder):
    """Each model has one box after another in each image, a million together; as many models as make the wished number."""
    models = max(1, options.boxes // (IMAGES * BOXES))
    figures.head(f"Detections: {BOXES} boxes in each of {IMAGES} images, of {models} models, data in {folder}")
    make_project(options, folder, "detections", IMAGES)
    with start(options, folder, "detections") as server:
        with Asker(server.log_in()) as calm:
            time.sleep(2)
        figures.tell("`GET P` without them, p99", percentile(calm.milliseconds, 99), "ms")
        ids = server.ask("GET", f"{PROJECT}/data").json()["image_ids"][-IMAGES:]
        for images in BATCHES:
            taken = [post_all(server, ids, images, f"{images}.{number}") for number in range(models)]
            rates = [one["rate"] for one in taken]
            whole = taken[0] | {"rate": len(rates) / sum(1 / rate for rate in rates), "asked": sum((one["asked"] for one in taken), [])}
            tell(figures, f"{images} images a request", whole, True)
            if models > 1:
                figures.tell(f"{images} images a request, the last million: boxes", rates[-1], "/s")
        tell(figures, f"{BATCHES[0]} images a request, once more", post_all(server, ids, BATCHES[0], f"{BATCHES[0]}.0"), False)
        figures.tell("resident memory at the end", server.resident_mb(), "MB")
        figures.tell("most of it", server.resident_mb(peak=True), "MB")

