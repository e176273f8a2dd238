"""What a detector answered as kept lies in the Loop exactly once, however often both are killed while clients stream.

LL_KILL_SEED repeats a draw of moments and images, LL_KILLS="5+2" shortens the test.
"""
import collections
import hashlib
import os
import random
import time

from detector_streams import RestDoor, Streamer, assert_has_once, end, start, sum_of
from loop_programs.ports import is_served
from nodes import ORGANIZATION, Outbox, image_files, picture, with_comment
from programs import BIN, detector, generate, loop_server

SEED = int(os.environ.get("LL_KILL_SEED") or random.SystemRandom().randrange(2**32))
DETECTOR_KILLS, LOOP_KILLS = (int(count) for count in (os.environ.get("LL_KILLS") or "50+20").split("+"))
SIZE = 160, 120
PAUSE_S = 0.005  # of a client between two images: they share the machine with what they test


def spot(chance):
    """A spot at some place: news for the filter, which finds it uncertain on the darker ground and sure on the brighter."""
    ground = (105, 105, 105) if chance.random() < 0.7 else (180, 180, 180)
    left, top = chance.randrange(0, SIZE[0] - 20), chance.randrange(0, SIZE[1] - 20)
    return picture(SIZE, ground, [((left, top, left + 16, top + 16), (255, 255, 255))])


PICTURES = [spot(random.Random(SEED + number)) for number in range(100)]


def draw_image(chance):
    """Of a hundred pictures, so that the filter knows some, and no two files are alike."""
    return with_comment(chance.choice(PICTURES), chance.randbytes(16))


def streamers(node):
    doors = [RestDoor(node, "/detect", camera_id="left"), RestDoor(node, "/detect", camera_id="right"),
             RestDoor(node, "/detect", autoupload="all"), RestDoor(node, "/upload")]
    return [Streamer(door, draw_image, random.Random(SEED + number), PAUSE_S) for number, door in enumerate(doors)]


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
            start(clients)
            begin = time.monotonic()
            # Killed over about the same time, both of them, so that also both are away at once.
            victims = [Victim(node, DETECTOR_KILLS, 0.6, chance), Victim(loop, LOOP_KILLS, 2.0, chance)]
            while not all(victim.is_done() for victim in victims):
                for victim in victims:
                    victim.step()
                time.sleep(0.005)
            end(clients)
            streamed = time.monotonic() - begin
            node.wait_ready()
            loop.wait_ready()
            Outbox(tmp_path).wait_until_empty()
            rejected = Outbox(tmp_path).rejected()
            settled = time.monotonic() - begin - streamed
            in_loop = collections.defaultdict(list)
            for image_id, image in image_files(loop, path):
                in_loop[hashlib.sha256(image).hexdigest()].append(image_id)

    answers = sum_of(clients).statuses
    print(f"streamed {streamed:.1f} s, settled in {settled:.1f} s; answers by status {dict(answers)}, kills {DETECTOR_KILLS}+{LOOP_KILLS}")
    print("kept by client: " + ", ".join(f"{len(client.kept)} of {len(client.kept) + len(client.passed_by)}" for client in clients))
    assert_has_once(in_loop, clients)
    assert not rejected
    assert answers.keys() <= {200, 503}, "503: no logic is ready yet, or the queue is full"
    for client in clients:
        assert len(client.kept) >= DETECTOR_KILLS, "a good part of what it sent has to be kept"
    for client in clients[:2]:
        assert client.passed_by, "the filter has to pass some by"
