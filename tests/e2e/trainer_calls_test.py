"""A trainer that is killed at whatever it asks of the system for a training's files: the training is in the Loop, once and whole.

LL_TRAINER_CALLS="all" kills at each of these calls, a number at so many, drawn by LL_TRAINER_CALLS_SEED."""

import itertools
import os
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from programs import loop_server
from system_calls import CHANGING, Killer
from trainer_kills import KilledTrainer

SEED = int(os.environ.get("LL_TRAINER_CALLS_SEED") or random.SystemRandom().randrange(2**32))
CALLS = os.environ.get("LL_TRAINER_CALLS") or "12"
NONE = 10**9  # no call is killed at
TRAINERS = 3  # at once
EPOCHS = 2


class CallKiller(Killer):
    """At calls for a training's files; those for the project's images and for the log are not counted."""

    HELD_UP_US = 5_000
    FOLLOWS_PROGRAMS = False

    def __init__(self, pid, log, folder, number):
        super().__init__(pid, log, folder, number)
        files = rf"(?![^\n]*(?:/images/|/last_training\.log))[^\n]*{re.escape(str(folder))}[/\">]"
        self.entry = re.compile(rf"^\d+ +(?:{'|'.join(CHANGING)})\({files}", re.M)


class Calls:
    """Trainings of one trainer, one after the other."""

    def __init__(self, trainee):
        self.trainee, self.killed, self.exact = trainee, 0, 0

    def run_until(self, number):
        """A training whose trainer is killed at its call of this number. Returns how many there were."""
        trainee, log = self.trainee, self.trainee.home / "strace.log"
        with CallKiller(trainee.node.process.pid, log, trainee.data, number) as killer:
            trainee.begin()
            end = time.monotonic() + 60
            for looks in itertools.count():
                if not killer.step() or looks % 50 == 49 and trainee.is_over():
                    break
                assert time.monotonic() < end, "it takes too long"
                time.sleep(0.001)
            if killer.has_killed:
                trainee.kill()
                self.killed += 1
                self.exact += killer.is_exact()
        if killer.has_killed:
            trainee.node.start()
        self.check(killer, number)
        return killer.count()

    def check(self, killer, number):
        try:
            self.trainee.wait_until_over()
            self.trainee.assert_whole()
        except AssertionError as failure:
            raise AssertionError(f"{failure}\nkilled at call {number}, seed {SEED}:\n{killer.text()[-4000:]}") from failure
        self.trainee.forget_training()


def numbers(count):
    """Of the calls to be killed at. `count`: how many there are when nothing is killed."""
    if CALLS == "all":
        return list(range(1, count + 1))
    return random.Random(SEED).sample(range(1, count + 1), min(int(CALLS), count))


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop")) as server:
        yield server


def test_killed_at_any_call_for_its_files_a_trainer_completes_its_training_once(loop, tmp_path):
    def run(place, wanted):
        with KilledTrainer(loop, tmp_path, f"calls-{place}", inbox=2, epochs=EPOCHS, weights="") as trainee:
            trainee.node.start()
            trainee.wait_until_idle()
            calls = Calls(trainee)
            counts = [calls.run_until(number) for number in wanted]
            return calls, counts

    begin = time.monotonic()
    _, [count] = run("none", [NONE])
    wanted = numbers(count)
    with ThreadPoolExecutor(TRAINERS) as pool:
        done = [one.result() for one in [pool.submit(run, place, wanted[place::TRAINERS]) for place in range(TRAINERS)]]
    killed, exact = (sum(getattr(calls, what) for calls, _ in done) for what in ("killed", "exact"))
    print(f"\nfigures: {count} calls for the files of a training, killed at {killed} (seed {SEED}), of which {exact} exactly before the "
          f"call, {time.monotonic() - begin:.0f} s")
    assert killed >= len(wanted) // 2
