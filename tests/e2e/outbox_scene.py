"""What tests of a detector's outbox share: images that can be told apart, what was answered, what came to the Loop, what it costs.

Their Loop is a FakeLoop, which keeps what it took in the order in which it came."""

import collections
import hashlib
import json
import os
import random
import re
import time
from contextlib import contextmanager
from pathlib import Path

from detector_clients import GRAY, SCRIPTED, put
from fake_loop import FakeLoop, files_in
from loop_programs.multipart import multipart
from nodes import Client, Outbox, detail, with_comment
from programs import detector

SEED = int(os.environ.get("LL_OUTBOX_SEED") or random.SystemRandom().randrange(2**32))


def digest(content):
    return hashlib.sha256(content).hexdigest()


class Arrived:
    """One image as the Loop took it."""

    def __init__(self, name, files):
        self.key = name.removeprefix("image_").removesuffix(".jpg")
        self.image, self.metadata = files[name], json.loads(files[name.removesuffix(".jpg") + ".json"])
        self.digest = digest(self.image)


def arrived(loop):
    """All of them, in the order in which they came. The Loop tells by its key that it has an image already."""
    found = {}
    for body in list(loop.uploads):
        files = dict(files_in(body))
        for name in files:
            if name.endswith(".jpg"):
                one = Arrived(name, files)
                found.setdefault(one.key, one)
    return list(found.values())


class Sender:
    """Uploads images that nobody sent before, and notes what was answered: by the digest of the image, in the order of sending."""

    def __init__(self, node, events=None):
        self.node, self.client, self.events, self.chance = node, Client(node), events, random.Random(SEED)
        self.acknowledged, self.refused, self.images = [], [], {}

    def reconnect(self):
        """After the detector was started again."""
        self.client = Client(self.node)

    def new_image(self, size=2_000):
        return with_comment(GRAY, self.chance.randbytes(size))

    def upload(self, priority=False, size=2_000, **headers):
        """Over REST; the answer's status."""
        image = self.new_image(size)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        body, content_type = multipart([("image.jpg", image)])
        own = {"Content-Type": content_type, "upload-priority": str(priority).lower()}
        answer = self.client.ask("POST", "/upload", body, own | names)
        if answer.status != 200:
            assert_tells_that_the_disk_fails(answer)
        return self.note(image, answer.status)

    def emit(self, priority=False, size=2_000):
        """The same over Socket.IO, whose answers have words only."""
        image = self.new_image(size)
        said = self.events.call("upload", {"image": image, "upload_priority": priority})
        if said != {"status": "OK"}:
            assert said.keys() == {"error"} and "free" in said["error"] and "space" in said["error"], said
        return self.note(image, 200 if said == {"status": "OK"} else 507)

    def note(self, image, status):
        self.images[digest(image)] = image
        (self.acknowledged if status == 200 else self.refused).append(digest(image))
        return status


def assert_tells_that_the_disk_fails(answer):
    assert answer.status == 507 and int(answer.headers["Retry-After"]) > 0, answer
    assert "free" in detail(answer) and "space" in detail(answer), answer


def assert_all_arrived(loop, acknowledged, dropped=0):
    """What was acknowledged, each once and byte for byte, but for those that were dropped; nothing else."""
    count = collections.Counter(one.digest for one in arrived(loop))
    lost = set(acknowledged) - count.keys()
    assert len(lost) == dropped, f"{len(lost)} of {len(acknowledged)} are missing, {dropped} were dropped"
    assert not count.keys() - set(acknowledged), "an image was answered as not kept, or nobody sent it"
    assert set(count.values()) <= {1}, "an image is there twice"


def metrics(node):
    """By name and labels."""
    lines = [line for line in node.get("/metrics").body.decode().splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def dropped(node):
    """How many images made room for others; the log has a line for each."""
    count = int(metrics(node)["outbox_dropped_images"])
    assert node.log_text().count(" is dropped to make room") == count
    return count


def temporary(folder):
    """What is left in the outbox's folder of what is being written."""
    return list((Path(folder) / "detector/outbox/tmp").iterdir())


def half_kept(folder):
    """Folders of the outbox that are no complete image."""
    waiting = Outbox(folder).waiting()
    return [item for item in waiting if {f"image_{item.name}.jpg", f"image_{item.name}.json"} - {file.name for file in item.iterdir()}]


def cpu_seconds(pid):
    """What its threads have used of the processors so far."""
    return time.clock_gettime((~pid << 3) | 2)


def proportional_mebibytes(pid):
    return int(re.search(r"Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text())[1]) / 1024


@contextmanager
def outbox_node(folder, environment=None, mode="stopped", log=None, loop_is_away=False):
    """(Loop, node): a detector that needs no model, with a Loop. What it keeps stays there until `drain`, unless `mode` is None: then it is
    uploaded. `loop_is_away`: every upload is answered 503."""
    folder.mkdir(exist_ok=True)
    with FakeLoop() as loop:
        loop.upload_statuses = [503] * 10_000 * loop_is_away
        node = detector(folder, loop, "o", "p", SCRIPTED, environment)
        node.log = log or node.log
        with node:
            if mode:
                set_mode(node, mode)
            yield loop, node


def set_mode(node, mode):
    assert put(node, "/outbox_mode", mode) == (200, "OK")


def drain(node, folder, seconds=60):
    set_mode(node, "continuous_upload")
    Outbox(folder).wait_until_empty(seconds)
