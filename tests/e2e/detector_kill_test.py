"""A detector that is killed under its clients, or told to end: what it answered as kept reaches the Loop once, and nothing is left.

LL_DETECTOR_KILL_SEED repeats a draw of moments and images, LL_DETECTOR_KILLS="5" shortens the test or makes it longer."""

import collections
import os
import random
import time

import pytest
from detector_clients import SCRIPTED
from detector_streams import NOT_READY, SENT, WAITING, EventDoor, RestDoor, Streamer, assert_has_once, end, open_requests, start, sum_of
from fake_loop import LOST, CountingLoop
from nodes import Outbox, wait_until
from programs import detector
from uploads import image

SEED = int(os.environ.get("LL_DETECTOR_KILL_SEED") or random.SystemRandom().randrange(2**32))
KILLS = int(os.environ.get("LL_DETECTOR_KILLS") or 20)
LONGEST_S = 1.5  # that clients stream between two kills
BUCKETS_MS = (1, 2, 5, 10, 20, 50, 100)


class FaultyLoop(CountingLoop):
    """Loses some of its answers and refuses some uploads for now, as far as a test lets it."""

    def __init__(self):
        super().__init__()
        self.chance, self.is_faulty = random.Random(SEED), True
        self.upload_statuses = [503, LOST]

    def status_of(self, body):
        if self.is_faulty and self.upload_statuses == []:
            self.upload_statuses = [self.chance.choices((200, LOST, 503), (92, 5, 3))[0]]
        return super().status_of(body)


def draw_image(chance):
    return image(chance, chance.choice((4_000, 20_000)))


def streamers(node):
    doors = [RestDoor(node, "/detect", autoupload="all"), RestDoor(node, "/upload"),
             EventDoor(node, "detect", autoupload="all"), EventDoor(node, "upload")]
    return [Streamer(door, draw_image, random.Random(f"{SEED} {door.name}"), pauses_s=(0, 0, 0.002)) for door in doors]


class Kills:
    """Kills a detector again and again, each time a moment after a drawn door had a request at a drawn phase."""

    def __init__(self, node, clients, outbox, chance):
        self.node, self.clients, self.outbox, self.chance = node, clients, outbox, chance
        self.open_at = []  # of each kill: the requests that were open, see open_requests
        self.while_starting = self.left_files = 0

    def one(self):
        assert [client.failure for client in self.clients if client.failure] == []
        time.sleep(self.chance.uniform(0, LONGEST_S))
        self.wait_for_a_request()
        time.sleep(self.chance.choice((0, 0, self.chance.uniform(0, 0.02))))
        self.open_at.append(open_requests(self.clients))
        self.node.kill()
        left = self.outbox.half_written()
        self.left_files += bool(left)
        self.node.start(wait=False)
        if self.chance.random() < 0.2:  # also while it tidies up after the kill before
            time.sleep(self.chance.uniform(0, 0.1))
            self.node.kill()
            self.while_starting += 1
            self.node.start(wait=False)
        self.node.wait_ready()
        assert not left & self.outbox.half_written(), "what was half written is gone"

    def wait_for_a_request(self):
        client, phase = self.chance.choice(self.clients), self.chance.choice((SENT, WAITING))
        deadline = time.monotonic() + 5
        while not (request := client.request) or request.phase != phase:
            if time.monotonic() > deadline:
                break
            time.sleep(0.0002)

    def report(self):
        """Tells at what the kills found the clients. Returns the share of them that hit an open request."""
        broken = [[(one.door, phase, ms) for one, phase, ms in requests if one.is_broken] for requests in self.open_at]
        hits = [hit for at_once in broken for hit in at_once]
        print(f"{sum(map(bool, broken))} of {len(broken)} kills hit an open request, {self.left_files} left half of an image; "
              f"{self.while_starting} more kills while the detector started")
        print_bars("at", collections.Counter(f"{door}, {phase}" for door, phase, _ in hits))
        print_bars("open since", collections.Counter(bucket_of(ms) for _, _, ms in hits))
        print_bars("open at once", collections.Counter(str(len(at_once)) for at_once in broken))
        return sum(map(bool, broken)) / len(broken)


def bucket_of(milliseconds):
    return next((f"less than {end:3} ms" for end in BUCKETS_MS if milliseconds < end), "longer")


def print_bars(what, counts):
    print(f"    {what}:")
    for key, count in sorted(counts.items()):
        print(f"    {key:28} {count:5} {'#' * round(60 * count / max(counts.values()))}")


def assert_all_arrived_once(outbox, loop, clients):
    """Nothing waits any more, nothing was refused, nothing is half done. Clients must not send any more."""
    outbox.wait_until_empty()
    assert outbox.rejected() == [] and outbox.half_written() == set()
    assert_has_once(loop.ids_by_digest(), clients)


def test_what_was_answered_as_kept_arrives_once_however_often_the_detector_is_killed(tmp_path):
    print(f"\nseed {SEED}")
    outbox = Outbox(tmp_path)
    with FaultyLoop() as loop, detector(tmp_path, loop, "o", "p", SCRIPTED) as node:
        clients = streamers(node)
        kills = Kills(node, clients, outbox, random.Random(SEED))
        start(clients)
        for _ in range(KILLS):
            kills.one()
        end(clients)
        share = kills.report()
        print(f"figures: kills {KILLS}, at open requests {share:.0%}, images that came again {loop.came_again}")
        loop.is_faulty = False
        assert_all_arrived_once(outbox, loop, clients)
    answers = sum_of(clients).statuses
    print(f"answers {dict(answers)}")
    assert share >= 0.8
    assert answers.keys() <= {200, 503, NOT_READY}, "no logic is ready yet"
    for client in clients:
        assert len(client.kept) >= KILLS, f"{client.door.name}: a good part of what it sent has to be kept"


def wait_until_each_is_kept_one_more(clients):
    before = [len(client.kept) for client in clients]
    wait_until(lambda: all(len(client.kept) > count for client, count in zip(clients, before)), "all clients at work")


@pytest.mark.parametrize("end_of_loop", ["answers nothing", "takes no connections"])
def test_a_detector_under_load_ends_within_2_s_and_loses_nothing(tmp_path, end_of_loop):
    print(f"\nseed {SEED}")
    chance, outbox, took = random.Random(SEED), Outbox(tmp_path), []
    with CountingLoop() as loop, detector(tmp_path, loop, "o", "p", SCRIPTED) as node:
        clients = streamers(node)
        start(clients)
        for _ in range(3):
            loop.is_hanging, loop.is_away = end_of_loop == "answers nothing", end_of_loop == "takes no connections"
            wait_until_each_is_kept_one_more(clients)
            time.sleep(chance.uniform(0.2, 0.5))
            began = time.monotonic()
            assert node.stop() == 0
            took.append(time.monotonic() - began)
            loop.is_hanging = loop.is_away = False
            node.start()
        end(clients)
        assert_all_arrived_once(outbox, loop, clients)
    print(f"figures: ended within {', '.join(f'{seconds:.2f}' for seconds in took)} s")
    assert max(took) <= 2
    assert sum_of(clients).statuses.keys() <= {200, 503, NOT_READY}
