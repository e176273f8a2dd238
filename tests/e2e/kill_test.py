"""What a detector answered as kept lies in the Loop exactly once, however often both are killed while clients stream.

LL_KILL_SEED repeats a draw of moments and images, LL_KILLS="5+2" shortens the test.
"""
import collections
import hashlib
import http.client
import os
import random
import threading
import time

from loop_programs.ports import is_served
from nodes import ORGANIZATION, Client, Outbox, image_files, picture, with_comment
from programs import BIN, detector, generate, loop_server

SEED = int(os.environ.get("LL_KILL_SEED") or random.SystemRandom().randrange(2**32))
DETECTOR_KILLS, LOOP_KILLS = (int(count) for count in (os.environ.get("LL_KILLS") or "50+20").split("+"))
SIZE = 160, 120
PAUSE_S = 0.005  # of a client between two images: they share the machine with what they test


def pictures(chance):
    """A spot at some place: news for the filter, which finds it uncertain on the darker ground and sure on the brighter."""
    ground = (105, 105, 105) if chance.random() < 0.7 else (180, 180, 180)
    left, top = chance.randrange(0, SIZE[0] - 20), chance.randrange(0, SIZE[1] - 20)
    return picture(SIZE, ground, [((left, top, left + 16, top + 16), (255, 255, 255))])


class Streamer(threading.Thread):
    """A client that sends one image after the other, each of them once, and notes what it was answered."""

    def __init__(self, number, node, send, is_kept):
        super().__init__(daemon=True)
        self.number, self.node, self.send, self.is_kept = number, node, send, is_kept
        self.chance = random.Random(SEED + number)
        self.shown = [pictures(self.chance) for _ in range(100)]
        self.ending = threading.Event()
        self.sent, self.kept, self.passed_by = set(), set(), set()
        self.statuses = collections.Counter()
        self.unanswered = 0

    def run(self):
        client = Client(self.node, timeout=20)
        while not self.ending.is_set():
            mark = f"{self.number} {len(self.sent)} ".encode() + self.chance.randbytes(16)
            self.send_one(client, with_comment(self.chance.choice(self.shown), mark))
            time.sleep(PAUSE_S)

    def send_one(self, client, image):
        name = hashlib.sha256(image).digest()
        self.sent.add(name)
        try:
            answer = self.send(client, image)
        except (OSError, http.client.HTTPException):
            self.unanswered += 1  # killed under it: the image may be kept or not, but not twice
            return
        self.statuses[answer.status] += 1
        if answer.status == 200:
            (self.kept if self.is_kept(answer) else self.passed_by).add(name)


def has_causes(answer):
    return "Upload-Causes" in answer.headers


def streamers(node):
    return [
        Streamer(0, node, lambda client, image: client.detect(image, camera_id="left"), has_causes),
        Streamer(1, node, lambda client, image: client.detect(image, camera_id="right"), has_causes),
        Streamer(2, node, lambda client, image: client.detect(image, autoupload="all"), has_causes),
        Streamer(3, node, lambda client, image: client.upload(image), lambda answer: True),
    ]


class Victim:
    """A program that is killed a number of times, each time some moments after it came up."""

    def __init__(self, program, kills, longest_s, chance):
        self.program, self.left, self.longest_s, self.chance = program, kills, longest_s, chance
        self.kill_at = None

    def is_done(self):
        return self.left == 0 and self.kill_at is not None

    def step(self):
        if self.kill_at is None:
            assert self.program.process.poll() is None, f"ended by itself:\n{self.program.log_text()[-3000:]}"
            if is_served(self.program.port):
                self.kill_at = time.monotonic() + self.chance.uniform(0.1, self.longest_s)
        elif self.left > 0 and time.monotonic() >= self.kill_at:
            self.program.kill()
            self.program.start(wait=False)
            self.left -= 1
            self.kill_at = None


def test_what_was_answered_as_kept_lies_in_the_loop_exactly_once(tmp_path):
    print(f"\nseed {SEED}")
    chance = random.Random(SEED)
    with loop_server(tmp_path) as loop:
        path = generate(loop, "kill", ORGANIZATION)
        with detector(tmp_path, loop, ORGANIZATION, "kill", [BIN / "scripted_detector"]) as node:
            clients = streamers(node)
            for client in clients:
                client.start()
            begin = time.monotonic()
            # Killed over about the same time, both of them, so that also both are away at once.
            victims = [Victim(node, DETECTOR_KILLS, 0.6, chance), Victim(loop, LOOP_KILLS, 2.0, chance)]
            while not all(victim.is_done() for victim in victims):
                for victim in victims:
                    victim.step()
                time.sleep(0.005)
            for client in clients:
                client.ending.set()
            for client in clients:
                client.join()
            streamed = time.monotonic() - begin
            node.wait_ready()
            loop.wait_ready()
            Outbox(tmp_path).wait_until_empty()
            rejected = Outbox(tmp_path).rejected()
            settled = time.monotonic() - begin - streamed
            in_loop = collections.Counter(hashlib.sha256(image).digest() for _, image in image_files(loop, path))

    sent, kept, passed_by = (set().union(*(getattr(client, name) for client in clients)) for name in ("sent", "kept", "passed_by"))
    lost = kept - in_loop.keys()
    twice = [name for name, count in in_loop.items() if count > 1]
    answers = sum((client.statuses for client in clients), collections.Counter())
    print(f"streamed {streamed:.1f} s, settled in {settled:.1f} s; answers by status {dict(answers)}, "
          f"{sum(client.unanswered for client in clients)} requests without an answer")
    print("kept by client: " + ", ".join(f"{len(client.kept)} of {len(client.kept) + len(client.passed_by)}" for client in clients))
    print(f"figures: answers {sum(answers.values())}, kept {len(kept)}, lost {len(lost)}, duplicated {len(twice)}, "
          f"in the Loop {sum(in_loop.values())}, kills {DETECTOR_KILLS}+{LOOP_KILLS}")
    assert not lost and not twice
    assert not in_loop.keys() - sent, "images in the Loop that nobody sent"
    assert not in_loop.keys() & passed_by, "images in the Loop that were answered as not kept"
    assert not rejected
    assert answers.keys() <= {200, 503}, "503: no logic is ready yet, or the queue is full"
    for client in clients:
        assert len(client.kept) >= DETECTOR_KILLS, "a good part of what it sent has to be kept"
    for client in clients[:2]:
        assert client.passed_by, "the filter has to pass some by"
