"""A detector that is killed at each of its calls to the system: whatever it was at, it starts again and has lost nothing.

LL_DETECTOR_CALLS="all" kills at each call of everything, a number at so many of each, drawn by LL_DETECTOR_CALLS_SEED."""

import contextlib
import http.client
import itertools
import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from detector_scenarios import (Dropping, DroppingByBytes, FirstModel, FirstStart, Keeping, KeepingSeveral, NextModel, NextStart, Refused,
                                RefusedInABatch, Uploading)
from fake_loop import CountingLoop
from system_calls import Killer

SEED = int(os.environ.get("LL_DETECTOR_CALLS_SEED") or random.SystemRandom().randrange(2**32))
CALLS = os.environ.get("LL_DETECTOR_CALLS") or "4"
ALL, NONE = "all", 10**9  # calls to be killed at


def run_until(scenario, number, log):
    """Lets it act, and kills it at its call of this number. Returns the Killer."""
    scenario.prepare()
    with Killer(scenario.node.process.pid, log, scenario.folder, number) as killer, ThreadPoolExecutor(1) as other:
        acting = other.submit(scenario.act)
        while not acting.done() and killer.step():
            time.sleep(0.001)
        killer.wait_until_quiet()
        if killer.has_killed:
            scenario.node.process.wait()
        with contextlib.suppress(*((OSError, http.client.HTTPException) if killer.has_killed else ())):
            acting.result()
    return killer


def calls_to_kill_at(name, is_complete, count):
    """As long as they are wanted. `count`: how many there are when nothing is killed."""
    if is_complete or CALLS == ALL:
        return itertools.count(1)
    return sorted(random.Random(f"{SEED} {name}").sample(range(1, count + 1), min(int(CALLS), count)))


def kill_and_check(scenario, number, log):
    """The Killer, after the scenario runs again."""
    killer = run_until(scenario, number, log)
    if killer.has_killed:
        scenario.restart()
    try:
        scenario.check()
    except AssertionError as failure:
        raise AssertionError(f"killed at call {number}, seed {SEED}:\n{killer.text()[-4000:]}") from failure
    return killer


@pytest.mark.parametrize("make, is_complete", [
    (Keeping, True), (KeepingSeveral, False), (Uploading, True), (Refused, False), (RefusedInABatch, False), (Dropping, False),
    (DroppingByBytes, False), (FirstModel, False), (NextModel, False), (FirstStart, False), (NextStart, False)],
    ids=lambda value: value.__name__ if isinstance(value, type) else "")
def test_killed_at_any_call_it_starts_again_and_has_lost_nothing(tmp_path, make, is_complete):
    log, killed, exact = tmp_path / "strace.log", 0, 0
    with CountingLoop() as loop, make(tmp_path, loop, SEED) as scenario:
        count = run_until(scenario, NONE, log).count()
        scenario.check()
        for number in calls_to_kill_at(make.__name__, is_complete, count):
            killer = kill_and_check(scenario, number, log)
            killed += killer.has_killed
            exact += killer.has_killed and killer.is_exact()
            if number > count and not killer.has_killed:
                break
    print(f"\nfigures: {make.__name__}: {count} calls for its folder, killed at {killed}, of which {exact} exactly before the call")
    assert killed >= (10 if is_complete or CALLS == ALL else int(CALLS) // 2)
