"""A detector's model is swapped again and again, good ones and broken ones by turns, while four clients send: no request fails, each
answer is that of one model that was deployed, and neither memory nor descriptors grow.

LL_SWAPS=1000 makes the test longer.
"""

import os
import re
import statistics
import time
from pathlib import Path

from deployed_models import add, answered, assert_nothing_failed, failed_updates, onnx_model, senders, wait_until_runs
from fake_loop import FakeLoop
from nodes import wait_until
from programs import detector

SWAPS = int(os.environ.get("LL_SWAPS") or 40)
MODELS = 5  # good ones, which take turns: two more than stay on the disk
ALLOWED_MB = 24


def resident_mb(node):
    return int(re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{node.process.pid}/status").read_text())[1]) / 1024


def descriptors(node):
    return len(os.listdir(f"/proc/{node.process.pid}/fd"))


def choose(node, version):
    assert node.ask("PUT", "/model_version", version).status == 200


def swap(loop, node, number):
    """A good model takes over; then a broken one fails."""
    version = f"1.{number % MODELS}"
    choose(node, version)
    wait_until_runs(node, version)
    before = failed_updates(node)
    broken = f"2.{number}"
    add(loop, broken, onnx_model, weights=b"no weights %d" % number)
    choose(node, broken)
    wait_until(lambda: failed_updates(node) > before, f"the failure of {broken}")


def slope_mb(memory):
    """Megabytes per thousand swaps, of all but the first tenth."""
    later = memory[len(memory) // 10:]
    return 1000 * statistics.linear_regression(range(len(later)), later).slope


def test_no_request_fails_however_often_the_model_is_swapped(tmp_path):
    good = [f"1.{number}" for number in range(MODELS)]
    memory, open_files = [], []
    with FakeLoop() as loop:
        for version in good:
            add(loop, version)
        with detector(tmp_path, loop, "o", "p", ready="/about") as node:
            choose(node, good[-1])
            wait_until_runs(node, good[-1])
            begin = time.monotonic()
            with senders(node, tmp_path) as threads:
                for number in range(SWAPS // 2):
                    swap(loop, node, number)
                    memory.append(resident_mb(node))
                    open_files.append(descriptors(node))
            took = time.monotonic() - begin
    answers = answered(threads)
    first, last = statistics.median(memory[:max(3, len(memory) // 10)]), statistics.median(memory[-max(3, len(memory) // 10):])
    print(f"figures: swaps {SWAPS}, half of them of broken models, in {took:.0f} s; answers {sum(answers.values())}, "
          f"failed {sum(len(thread.failed) for thread in threads)}; memory {first:.0f} MB after the first tenth, {last:.0f} MB at the end, "
          f"{slope_mb(memory):+.1f} MB per 1000 swaps; descriptors {open_files[0]} to {max(open_files)}, {open_files[-1]} at the end")
    assert_nothing_failed(threads, good)
    assert answers.keys() == set(good), "all of them have served"
    assert last <= first + ALLOWED_MB
    assert max(open_files) <= open_files[0] + 20, "for downloads and reports that come and go"
