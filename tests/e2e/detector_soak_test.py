"""A detector works for long under steady load, while its Loop, the way to it and its disk fail in turns, models change and it is killed
each minute; in the second half it is not killed any more. No image that it answered as kept is lost or there twice. It tells by how much
the detector grows and slows down.

LL_SOAK_SECONDS is how long that takes, LL_SOAK_SEED repeats a draw of moments and images."""

import collections
import os
import random
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from detector_clients import put
from detector_streams import NOT_READY, EventDoor, RestDoor, Streamer, assert_has_once, end, start, sum_of
from fake_loop import LOST, CountingLoop, model_zip
from link import Cut, Link
from nodes import Client, Outbox, jpeg_of, wait_until, with_comment
from PIL import Image
from programs import detector
from small_disks import fill, require_own_mounts, small_disk

SEED = int(os.environ.get("LL_SOAK_SEED") or random.SystemRandom().randrange(2**32))
SECONDS = int(os.environ.get("LL_SOAK_SECONDS") or 40)
HALF_S = SECONDS / 2
KILL_EVERY_S = min(60, HALF_S / 5)
FAULT_EVERY_S = min(30, HALF_S / 8)
CORE_SHARE = 0.7  # of one core that the detector is to work
DISK_MIB = 2048  # enough for what waits while the Loop is away
FEW = 20  # images
FULL = "the disk is full"
MIB = 1 << 20


def scene(chance):
    """A camera's picture of about 100 kB: noise with a red cell and a blue one on it."""
    noise = np.random.default_rng(chance.getrandbits(32)).normal(114, 4, (1200, 1600, 3)).astype(np.uint8)
    image = Image.fromarray(noise)
    for colour in ((200, 0, 0), (0, 0, 200)):
        left, top = 16 * chance.randrange(40), 16 * chance.randrange(30)
        image.paste(colour, (left, top, left + 16, top + 16))
    return jpeg_of(image, quality=60)


class Camera(Streamer):
    """Sends an image each `period_s`, or as soon as the one before is answered, and notes when it was detected in and how long it took."""

    def __init__(self, door, scenes, chance):
        super().__init__(door, lambda drawn: with_comment(drawn.choice(scenes), drawn.randbytes(16)), chance)
        self.period_s, self.due, self.milliseconds = 1.0, 0.0, []

    def send_one(self, image):
        begin, answered = time.monotonic(), self.statuses[200]
        super().send_one(image)
        now = time.monotonic()
        if "detect" in self.door.name and self.statuses[200] > answered:
            self.milliseconds.append((begin, 1000 * (now - begin)))
        self.due = max(self.due + self.period_s, now)
        self.pause_s = self.due - now


def cameras(node):
    chance = random.Random(SEED)
    scenes = [scene(chance) for _ in range(8)]
    doors = [RestDoor(node, "/detect", autoupload="all", camera_id="left"), RestDoor(node, "/detect", autoupload="disabled"),
             EventDoor(node, "detect", autoupload="all", camera_id="right"), EventDoor(node, "detect", autoupload="disabled"),
             RestDoor(node, "/upload"), EventDoor(node, "upload")]
    return [Camera(door, scenes, random.Random(f"{SEED} {number}")) for number, door in enumerate(doors)]


# ---------------------------------------------------------------------------------------------------------------- what fails


class Faults:
    """One after the other, each of them for some seconds, in an order that is drawn."""

    def __init__(self, node, loop, link, disk, outbox):
        self.node, self.loop, self.link, self.disk, self.outbox, self.chance = node, loop, link, disk, outbox, random.Random(SEED)
        self.bag, self.happened, self.next, self.ending = [], collections.Counter(), 0.0, None
        self.version = 0

    def step(self):
        now = time.monotonic()
        if now < self.next:
            return
        if self.ending:
            self.end()
            self.next = now + FAULT_EVERY_S * self.chance.uniform(0.1, 0.5)
            return
        fault = self.draw()
        self.happened[fault.__name__] += 1
        self.ending = fault() or (lambda: None)
        self.next = now + FAULT_EVERY_S * self.chance.uniform(0.2, 0.8)

    def draw(self):
        """None of them a second time before all others had their turn."""
        if not self.bag:
            self.bag = [self.cut_uploads, self.silence, self.slow_link, self.refusals, self.no_loop, self.new_model, self.broken_model]
            self.bag += [self.full_disk] if self.disk else []
            self.chance.shuffle(self.bag)
        is_busy = len(self.outbox.waiting()) > FEW  # with a full disk it had to drop some to make room
        possible = [fault for fault in self.bag if not (is_busy and fault == self.full_disk)]
        if not possible:
            return self.new_model
        self.bag.remove(possible[0])
        return possible[0]

    def end(self):
        if self.ending:
            self.ending()
        self.ending = None

    def cut_uploads(self):
        for _ in range(4):
            self.link.cuts.append(Cut(self.chance.choice((1, 1_000, 200_000)), self.chance.random() < 0.7, self.chance.random() < 0.5))
        return self.link.cuts.clear

    def silence(self):
        self.link.is_silent = True
        return lambda: setattr(self.link, "is_silent", False)

    def slow_link(self):
        self.link.rate = 500_000
        return lambda: setattr(self.link, "rate", 0)

    def refusals(self):
        self.loop.upload_statuses = [self.chance.choice((LOST, 401, 429, 500, 503)) for _ in range(5)]

    def no_loop(self):
        self.loop.is_away = True
        self.link.cut_all()
        return lambda: setattr(self.loop, "is_away", False)

    def new_model(self):
        self.version += 1
        self.deploy(f"1.{self.version}", model_zip(f"1.{self.version}"))

    def broken_model(self):
        self.deploy(f"2.{self.version}", model_zip(f"2.{self.version}", b"no weights"))

    def deploy(self, version, download):
        self.loop.offer(version, download)
        try:
            put(self.node, "/model_version", "follow_loop")  # looks at once, not at the next cycle
        except OSError:
            pass  # it is being started

    def full_disk(self):
        files = [self.disk / "of others", self.disk / "of others, too"]
        with open(files[0], "wb") as out:
            os.posix_fallocate(out.fileno(), 0, shutil.disk_usage(self.disk).free - MIB)
        fill(files[1])
        return lambda: [file.unlink() for file in files]


# -------------------------------------------------------------------------------------------------------------- what it costs


class Watch:
    """Looks at the detector each second."""

    def __init__(self, node):
        self.node, self.samples, self.next = node, [], 0.0  # of the latter: when, MiB, open files

    def step(self):
        now = time.monotonic()
        if now >= self.next:
            self.next = now + 1
            self.samples.append((now, *self.look()))

    def look(self):
        """Resident MiB and open files."""
        process = Path(f"/proc/{self.node.process.pid}")
        pages = int((process / "statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / MIB, len(os.listdir(process / "fd"))

    def memory(self, parts=10):
        """MiB, at so many moments."""
        return " ".join(f"{size:.0f}" for _, size, _ in self.samples[::max(1, len(self.samples) // parts)])

    def growth(self, begin):
        """MiB in an hour, from then on: the line through all samples."""
        times, sizes = zip(*((at, size) for at, size, _ in self.samples if at >= begin))
        return 3600 * np.polyfit(np.array(times) - begin, sizes, 1)[0]


def cpu_seconds(node):
    return time.clock_gettime((~node.process.pid << 3) | 2)


def set_pace(node, clients):
    """So that the detector works CORE_SHARE of a core."""
    client = Client(node)
    begin, count = cpu_seconds(node), 40
    for _ in range(count):
        assert client.detect(clients[0].draw_image(clients[0].chance), autoupload="disabled").status == 200
    each_s = (cpu_seconds(node) - begin) / count
    for one in clients:
        one.period_s = len(clients) * each_s / CORE_SHARE
    return CORE_SHARE / each_s


def wait_until_each_is_answered_once_more(clients):
    before = [one.statuses[200] for one in clients]
    wait_until(lambda: all(one.statuses[200] > count for one, count in zip(clients, before)), "answers to all clients", 120)


def percentiles(clients, begin, until):
    """Milliseconds of the detections of that time that a half, and 99 of 100, did not exceed."""
    return np.percentile([ms for one in clients for at, ms in one.milliseconds if begin <= at < until], (50, 99))


# ------------------------------------------------------------------------------------------------------------------ the soak


@pytest.fixture(name="disk")
def fixture_disk(tmp_path):
    """That of the detector's data folder, to be filled; None where no disk may be mounted."""
    if os.geteuid() != 0:
        print("only root may mount a disk: none is full")
        yield None
        return
    require_own_mounts()
    with small_disk("ext4", tmp_path / "detector", DISK_MIB) as at:
        yield at


def run_for(seconds, clients, node, steps, kill_every_s=None):
    """How often it was killed."""
    now = begin = time.monotonic()
    kills = 0
    while now < begin + seconds:
        assert [one.failure for one in clients if one.failure] == []
        assert node.process.poll() is None, f"ended by itself:\n{node.log_text()[-3000:]}"
        for step in steps:
            step()
        if kill_every_s and now > begin + (kills + 1) * kill_every_s:
            node.kill()
            node.start(wait=False)
            kills += 1
        time.sleep(0.05)
        now = time.monotonic()
    return kills


def kind_of(status):
    """A number, or of what an event's answer is about."""
    return FULL if status == 507 or "space" in str(status) else status


def kinds(statuses):
    return collections.Counter({kind: sum(count for status, count in statuses.items() if kind_of(status) == kind)
                                for kind in map(kind_of, statuses)})


def test_a_detector_in_all_weathers_loses_nothing_and_answers_all_the_time(disk, tmp_path):
    print(f"\nseed {SEED}, {SECONDS} s")
    outbox = Outbox(tmp_path)
    with CountingLoop() as loop, Link(loop.port) as link:
        loop.offer("1.0", model_zip("1.0"))
        node = detector(tmp_path, link, "o", "p", environment={"LOG_LEVEL": "warn"})
        node.log = tmp_path / "of the detector.log"
        with node:
            files_at_begin = Watch(node).look()[1]
            clients, faults, watch = cameras(node), Faults(node, loop, link, disk, outbox), Watch(node)
            print(f"{set_pace(node, clients):.0f} images/s for {CORE_SHARE:.0%} of a core")
            start(clients)
            began = time.monotonic()
            kills = run_for(HALF_S, clients, node, [faults.step], KILL_EVERY_S)
            node.wait_ready()
            wait_until_each_is_answered_once_more(clients)
            calm, before, cpu = time.monotonic(), sum_of(clients), cpu_seconds(node)
            run_for(HALF_S, clients, node, [faults.step, watch.step])
            ended = time.monotonic()
            share = (cpu_seconds(node) - cpu) / (ended - calm)
            faults.end()
            end(clients)
            for mode in ("stopped", "continuous_upload"):  # without the wait that the last failure has brought
                put(node, "/outbox_mode", mode)
            outbox.wait_until_empty(300)
            faults.new_model()
            wait_until(lambda: node.get("/model_version").json()["current_version"] == f"1.{faults.version}", "one more model", 120)
            files_at_end = wait_until(lambda: watch.look()[1] <= files_at_begin + 8 and watch.look()[1], "descriptors that are closed")
        told = sum_of(clients)
        made_room = node.log_text().count(" is dropped to make room")
        report(clients, [(began, calm), (calm, ended)])
        print(f"kills {kills}, {share:.0%} of a core in the second half, what happened: {dict(faults.happened)}; answers "
              f"{dict(kinds(told.statuses))}, in the second half {dict(kinds(told.statuses - before.statuses))}")
        print(f"figures: descriptors {files_at_begin} at the begin, {files_at_end} at the end; memory in the second half "
              f"{watch.memory()} MiB, {watch.growth(calm + HALF_S / 4):+.2f} MiB/h behind its first quarter")
        assert outbox.rejected() == [] and outbox.half_written() == set()
        assert_has_once(loop.ids_by_digest(), clients, made_room)
        assert set(kinds(told.statuses)) <= {200, 503, NOT_READY, FULL}
        assert set(kinds(told.statuses - before.statuses)) <= {200, FULL}, "neither models nor the Loop may cost an answer"
        assert told.unanswered == before.unanswered, "without an answer though it was not killed"


def report(clients, halves):
    """How long detections took in the first and the last quarter of each half."""
    for (begin, until), what in zip(halves, ("killed again and again", "not killed any more")):
        quarter = (until - begin) / 4
        (_, first), (middle, last) = (percentiles(clients, at, at + quarter) for at in (begin, until - quarter))
        print(f"figures: {what}: detections p99 {first:.1f} ms in the first quarter, {last:.1f} ms in the last, {last / first - 1:+.0%}; "
              f"p50 {middle:.1f} ms")
