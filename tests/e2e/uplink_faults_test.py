"""A Loop that takes uploads and does not answer, in the ways that a network has: frames are answered meanwhile, and nothing is lost.

LL_UPLINK_MINUTES draws faults at random for so long (`./test soak uplink`), LL_UPLINK_SEED repeats a draw."""

import collections
import os
import random
import threading
import time

from link import FAULTS, Cut, Link
from nodes import ORGANIZATION, Client, Outbox, image_files, picture, wait_until, with_comment
from programs import BIN, detector, generate, loop_server

SEED = int(os.environ.get("LL_UPLINK_SEED") or random.SystemRandom().randrange(2**32))
MINUTES = float(os.environ.get("LL_UPLINK_MINUTES") or 0)
SHORT = [(fault, 2.0) for fault in FAULTS]  # fault, and for how long
STALL_S = 20
PAUSE_S = 0.02  # of the camera: the node is not to be busy
GRAY = picture((160, 120), (128, 128, 128))
KEPT_EVERY = 10  # frames


class Camera(threading.Thread):
    """Sends frames one after the other, of which every tenth is to be uploaded."""

    def __init__(self, node):
        super().__init__(daemon=True)
        self.node, self.ending, self.failure = node, threading.Event(), None
        self.kept, self.statuses = [], collections.Counter()
        self.waits = []  # pairs: the fault there was, and how long a frame took
        self.fault = ""

    def run(self):
        try:
            client, frames = Client(self.node), 0
            while not self.ending.wait(PAUSE_S):
                frames += 1
                self.send(client, frames)
        except BaseException as failure:
            self.failure = failure
            raise

    def send(self, client, number):
        is_kept = number % KEPT_EVERY == 0
        image = with_comment(GRAY, b"%d" % number)
        begin = time.monotonic()
        answer = client.detect(image, autoupload="all" if is_kept else "disabled")
        self.waits.append((self.fault, time.monotonic() - begin))
        self.statuses[answer.status] += 1
        if is_kept and answer.status == 200:
            self.kept.append(image)

    def p99_ms(self, fault=None):
        waits = sorted(wait for at, wait in self.waits if fault is None or at == fault)
        return 1000 * waits[len(waits) * 99 // 100] if waits else 0


def descriptors(node):
    return len(os.listdir(f"/proc/{node.process.pid}/fd"))


def phases():
    """What the link does, and for how many seconds; the long draw begins with the short one."""
    yield from SHORT
    chance, end = random.Random(SEED), time.monotonic() + 60 * MINUTES
    while time.monotonic() < end:
        yield chance.choice(FAULTS), chance.uniform(1, 30)


def test_frames_are_answered_while_uploads_hang_and_each_image_arrives_once(tmp_path):
    print(f"\nseed {SEED}")
    with loop_server(tmp_path) as loop, Link(loop.port) as link:
        path = generate(loop, "uplink", ORGANIZATION)
        with detector(tmp_path, link, ORGANIZATION, "uplink", [BIN / "scripted_detector"], {"SYNC_CYCLES": "1"}) as node:
            camera = Camera(node)
            camera.start()
            open_files = []
            for fault, seconds in phases():
                camera.fault = link.fault = fault
                if not fault:
                    link.cuts.append(Cut(30, is_up=False, resets=False))  # the Loop ends after half a head
                camera.ending.wait(seconds)
                open_files.append(descriptors(node))
            camera.fault = link.fault = "black hole"
            link.given_up.clear()
            begin = time.monotonic()
            wait_until(lambda: link.given_up, "the end of an upload into a black hole", 90)
            gave_up = time.monotonic() - begin
            camera.ending.set()
            camera.join()
            link.fault = ""
            link.cuts.clear()
            Outbox(tmp_path).wait_until_empty(120)
            rejected = Outbox(tmp_path).rejected()
        in_loop = collections.Counter(image for _, image in image_files(loop, path))
    assert camera.failure is None, camera.failure
    lost, twice = set(camera.kept) - in_loop.keys(), [image for image, count in in_loop.items() if count > 1]
    for each in FAULTS:
        print(f"{each or 'no fault'}: 99 of 100 frames within {camera.p99_ms(each):.1f} ms")
    print(f"figures: uplink with faults: frames {sum(camera.statuses.values())}, answered 200 {camera.statuses[200]}, "
          f"p99 {camera.p99_ms(''):.1f} ms without a fault, {camera.p99_ms():.1f} ms in all; images {len(camera.kept)}, lost {len(lost)}, "
          f"twice {len(twice)}; a black hole is given up after {gave_up:.1f} s; descriptors {open_files[0]} to {open_files[-1]}, "
          f"at most {max(open_files)}")
    assert camera.statuses.keys() == {200}
    assert not lost and not twice and not rejected and in_loop.keys() == set(camera.kept)
    third = max(len(open_files) // 3, 1)
    assert max(open_files[-third:]) <= max(open_files[:third]) + 10
