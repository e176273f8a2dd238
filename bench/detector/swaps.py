"""What a swap of the model costs the frames that are sent meanwhile. The detector may use all cores: the next model is built beside the
one that serves."""

import statistics
import time

from deployed_models import add, answered, senders, wait_until_runs
from fake_loop import FakeLoop
from nodes import wait_until
from null_detectors import picture
from programs import detector

from figures import percentile

SWAPS = 40
MODELS = ("1.0", "1.1")  # take turns
FRAMES_BETWEEN = 20  # at least, from one swap to the next


def measure(options, folder, figures):
    command = [options.bin / "learning-loop", "detector"]
    with FakeLoop() as loop:
        for version in MODELS:
            add(loop, version)
        with detector(folder, loop, "bench", "bench", command, {"STREAMS": "1"}, ready="/about") as node:
            swap(node, MODELS[0])
            with senders(node, folder, rest=1, events=0, image=picture(1600, 1200, 470_000)) as threads:
                spans = [timed_swap(node, MODELS[number % 2], threads) for number in range(1, SWAPS + 1)]
    tell(figures, threads[0], spans)
    return True


def swap(node, version):
    assert node.ask("PUT", "/model_version", version).status == 200
    wait_until_runs(node, version)


def timed_swap(node, version, threads):
    """When it was asked for, and when the new model was seen to run."""
    sent = sum(answered(threads).values())
    wait_until(lambda: sum(answered(threads).values()) >= sent + FRAMES_BETWEEN, "frames before the swap")
    begin = time.monotonic()
    swap(node, version)
    return begin, time.monotonic()


def tell(figures, sender, spans):
    """The longest frame of each swap, beside the median of all frames that met none."""
    def meets(frame, span):
        return frame[0] < span[1] and frame[0] + frame[1] > span[0]
    calm = [1000 * frame[1] for frame in sender.took if not any(meets(frame, span) for span in spans)]
    longest = [1000 * max(frame[1] for frame in sender.took if meets(frame, span)) for span in spans]
    median = statistics.median(calm)
    figures.head(f"{SWAPS} swaps of an ONNX model while frames of 1600x1200 are sent one after the other")
    figures.tell(f"of {len(sender.took)} requests failed", len(sender.failed), "", at_most=0)
    figures.tell("a frame without a swap, the median", median, "ms")
    figures.tell("99 of 100 frames without a swap", percentile(calm, 99), "ms")
    figures.tell("the longest frame of a swap beyond that, the median", statistics.median(longest) - median, "ms", at_most=median)
    figures.tell("the longest frame of all swaps", max(longest), "ms")
