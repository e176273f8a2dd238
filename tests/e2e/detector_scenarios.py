"""What a detector is at while a test kills it, and what has to be true of each when it runs again."""

import hashlib
import http.client
import json
import os
import random
import signal
import time
from pathlib import Path

from detector_clients import CATEGORIES, GRAY, SCRIPTED, put
from fake_loop import model_zip
from loop_programs.process import start_process
from nodes import Outbox, wait_until, with_comment
from packages import unpacked
from programs import detector
from uploads import files_below, image


def digest(content):
    return hashlib.sha256(content).hexdigest()


class Scenario:
    """What a detector is at while it is killed, and what has to be true afterwards."""

    environment, ready = {}, "/health/ready"

    def __init__(self, folder, loop, seed):
        self.loop, self.chance, self.folder = loop, random.Random(seed), folder / "detector"
        self.node = detector(folder, loop, "o", "p", SCRIPTED, self.environment, ready=self.ready)
        self.outbox = Outbox(folder)
        self.sent, self.kept, self.refused = set(), set(), set()

    def __enter__(self):
        self.begin()
        return self

    def __exit__(self, *_):
        self.node.__exit__()

    def begin(self):
        self.node.start()

    def prepare(self):
        """To the moment from which on it is killed. The program runs, or stands still at its start."""

    def act(self):
        """Returns when it is done, or the program has ended. Then it may also raise what tells of a connection that broke."""
        raise NotImplementedError

    def restart(self):
        self.node.start()

    def check(self):
        """Of a program that runs again, or has not been killed."""
        raise NotImplementedError

    def is_alive(self):
        return self.node.process.poll() is None

    def wait_while_alive(self, claim, seconds=60):
        deadline = time.monotonic() + seconds
        while self.is_alive() and time.monotonic() < deadline:
            try:
                if claim():
                    return
            except (OSError, http.client.HTTPException):
                pass  # not yet there, or killed
            time.sleep(0.005)
        assert not self.is_alive(), "it takes too long"


# ----------------------------------------------------------------------------------------------------------------- images


class Images(Scenario):
    def stop_uploads(self):
        assert put(self.node, "/outbox_mode", "stopped") == (200, "OK")

    def new_images(self, count=1):
        return [image(self.chance) for _ in range(count)]

    def keep(self, images):
        """In one request."""
        self.sent.update(map(digest, images))
        answer = self.node.post_files("/upload", [("image.jpg", one) for one in images])
        assert answer.status == 200, answer
        self.kept.update(map(digest, images))

    def send_home(self):
        """Returns when nothing waits."""
        self.node.ask("PUT", "/outbox_mode", "continuous_upload")
        self.wait_while_alive(lambda: not self.outbox.waiting())

    def check(self):
        self.send_home()
        assert self.is_alive(), self.node.log_text()[-2000:]
        wait_until(lambda: not self.outbox.half_written(), "no half of an image")
        there = self.loop.ids_by_digest()
        assert [ids for ids in there.values() if len(ids) > 1] == [], "twice"
        rejected = self.rejected()
        assert sorted(rejected) == sorted(self.refused), "each that the Loop refuses is there once, and nothing else"
        assert self.kept - self.refused <= there.keys(), "lost"
        assert there.keys() <= self.sent - self.refused, "nobody sent it"

    def rejected(self):
        """Digests of the images that were put aside, each of which has to be there as a whole, with a reason."""
        digests = []
        for item in set(self.outbox.rejected()) - self.strangers():
            image_id, reason = item.name, item / "reason.txt"
            wait_until(lambda reason=reason: reason.exists() and reason.read_text().strip(), f"a reason, {item}", 5)
            json.loads((item / f"image_{image_id}.json").read_text())
            digests.append(digest((item / f"image_{image_id}.jpg").read_bytes()))
        return digests

    def strangers(self):
        """What is put aside that is no image."""
        return set()


class Keeping(Images):
    count = 1

    def prepare(self):
        self.stop_uploads()
        self.images = self.new_images(self.count)

    def act(self):
        self.keep(self.images)


class KeepingSeveral(Keeping):
    count = 3


class Uploading(Images):
    def prepare(self):
        self.stop_uploads()
        self.keep(self.new_images(2))

    def act(self):
        self.send_home()


class Refused(Images):
    """The Loop never takes one of these."""

    beside = 0

    def prepare(self):
        self.loop.refused = b"nobody wants this one"
        self.stop_uploads()
        bad = with_comment(GRAY, self.loop.refused + self.chance.randbytes(16))
        self.keep([bad, *self.new_images(self.beside)])
        self.refused.add(digest(bad))

    def act(self):
        self.send_home()


class RefusedInABatch(Refused):
    beside = 2


class Dropping(Images):
    """There is room for three: the oldest goes when a fourth comes."""

    environment = {"MAX_OUTBOX_SIZE": "3"}

    def prepare(self):
        self.stop_uploads()
        oldest, *others = (image(self.chance, 20_000) for _ in range(4))
        for one in (oldest, *others[:2]):
            self.keep([one])
        self.kept.remove(digest(oldest))
        self.fourth = others[2]

    def act(self):
        self.keep([self.fourth])


class DroppingByBytes(Dropping):
    environment = {"OUTBOX_MAX_BYTES": "70000"}


# ----------------------------------------------------------------------------------------------------------------- models


KEPT_MODELS = 3


class Models(Scenario):
    environment, ready = {"SCRIPTED_MODEL_FORMAT": "onnx"}, "/about"

    def __init__(self, folder, loop, seed):
        super().__init__(folder, loop, seed)
        self.packages, self.serving, self.wanted = {}, None, None

    def running(self):
        version = self.node.get("/model_version").json()["current_version"]
        return None if version == "None" else version

    def offer_next(self):
        """The Loop wants another model to run; the node does not know yet."""
        self.serving, self.wanted = self.wanted, f"1.{len(self.packages)}"
        self.packages[self.wanted] = model_zip(self.wanted, self.chance.randbytes(100_000), more=[("names.txt", b"red\nblue\n")],
                                               categories=CATEGORIES)
        self.loop.offer(self.wanted, self.packages[self.wanted])

    def follow(self):
        self.node.ask("PUT", "/model_version", "follow_loop")  # it looks at once
        self.wait_while_alive(self.is_settled)

    def is_settled(self):
        """Whether what is wanted runs, and all that comes after that is done."""
        versions = self.node.get("/model_version").json()
        is_running = versions["current_version"] == self.wanted == (self.folder / "current_model").readlink().name
        return is_running and self.wanted in versions["local_versions"] and len(versions["local_versions"]) <= KEPT_MODELS

    def act(self):
        self.follow()

    def restart(self):
        """Without the Loop."""
        self.loop.is_away = True
        self.node.start()

    def check(self):
        if self.loop.is_away:
            if self.serving:
                wait_until(self.running, "a model", 10)
            self.check_files()
            assert files_below(self.folder / "models/.staging") == [], "what was half there is gone"
        self.loop.is_away = False
        if self.running() != self.wanted:
            self.follow()
        assert self.is_alive(), self.node.log_text()[-2000:]
        self.check_files()

    def check_files(self):
        """What runs is one of the two. Each that is there is there as a whole."""
        running = self.running()
        assert running in (self.serving, self.wanted), f"{running} runs"
        versions = self.node.get("/model_version").json()["local_versions"]
        assert running is None or running in versions, f"{running} runs, there are {versions}"
        for version in versions:
            folder = self.folder / "models" / version
            found = {file.name: file.read_bytes() for file in files_below(folder)}
            assert found.pop(".sha256sums"), "its checksums"
            assert found == unpacked(self.packages[version]), version
        if running:
            answer = self.node.post_files("/detect", [("image.jpg", GRAY)], "file")
            assert answer.status == 200, answer


class FirstModel(Models):
    def prepare(self):
        assert self.node.stop() == 0
        for file in files_below(self.folder / "models"):
            file.unlink()
        (self.folder / "current_model").unlink(missing_ok=True)
        for folder in (self.folder / "models").glob("*"):
            folder.rmdir()
        self.loop.target = self.wanted = None
        asked = self.loop.targets_asked
        self.node.start()
        wait_until(lambda: self.loop.targets_asked > asked, "its first question, or that would bring the model")
        self.offer_next()


class NextModel(Models):
    def begin(self):
        super().begin()
        for _ in range(KEPT_MODELS):  # from now on one goes with each that comes
            self.offer_next()
            self.follow()

    def prepare(self):
        self.offer_next()


# ----------------------------------------------------------------------------------------------------------------- starts


class Starting(Images):
    def begin(self):
        pass

    def start_stopped(self):
        """A process that becomes the program when it is told to go on."""
        with open(self.node.log, "ab") as log:
            self.node.process = start_process(["sh", "-c", 'kill -STOP $$; exec "$@"', "sh", *self.node.command], self.node.environment,
                                              stdout=log, stderr=log)
        stat = Path(f"/proc/{self.node.process.pid}/stat")
        wait_until(lambda: stat.read_text().rpartition(")")[2].split()[0] == "T", "a process that stands still")

    def act(self):
        self.node.process.send_signal(signal.SIGCONT)
        self.wait_while_alive(lambda: self.node.get("/health/ready").status == 200)

    def uuids(self):
        return json.loads((self.folder / "uuids.json").read_text())


class FirstStart(Starting):
    def prepare(self):
        if self.node.process:
            self.node.stop()
        self.folder = self.folder.with_name(f"first {self.chance.getrandbits(32)}")
        self.node.command[self.node.command.index("--data-folder") + 1] = str(self.folder)
        self.outbox.folder = self.folder / "outbox"
        self.start_stopped()

    def check(self):
        assert [name for name in os.listdir(self.folder) if name.startswith("uuids")] == ["uuids.json"], "nothing else is left of it"
        known = self.uuids()
        assert list(known) == ["scripted_detector"]
        assert self.node.stop() == 0
        self.node.start()
        assert self.uuids() == known
        self.stop_uploads()
        self.keep(self.new_images())
        super().check()


class NextStart(Starting):
    """With images that wait, half of one that a kill left before, and something else that nobody knows."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.strays = {}  # content by name

    def prepare(self):
        if not self.node.process:
            self.node.start()
        self.stop_uploads()
        self.keep(self.new_images(2))
        self.known = self.uuids()
        self.node.kill()
        half = self.outbox.folder / "tmp/00000000-0000-4000-8000-000000000000"
        half.mkdir()
        (half / f"image_{half.name}.jpg").write_bytes(b"half")
        stray = self.outbox.folder / "normal" / f"stray {len(self.strays)}"
        self.strays[stray.name] = self.chance.randbytes(100)
        stray.write_bytes(self.strays[stray.name])
        self.start_stopped()

    def check(self):
        assert self.uuids() == self.known
        super().check()
        for name, content in self.strays.items():
            [where] = [folder for folder in self.strangers() if (folder / name).is_file()]
            assert (where / name).read_bytes() == content

    def strangers(self):
        found = {folder for folder in self.outbox.rejected() if folder.name.startswith("stray ")}
        assert all((folder / "reason.txt").exists() for folder in found), "each has a reason"
        return found
