"""A detector that starts with many images in its outbox: it serves soon, takes little memory for them, and all of them come to the Loop.

LL_BACKLOG="100000" chooses how many. They are links to a few small files: what images of cameras take is measured elsewhere."""

import os
import time

from nodes import Outbox, wait_until
from outbox_scene import arrived, cpu_seconds, metrics, outbox_node, proportional_mebibytes, set_mode
from programs import jpeg

MANY = int(os.environ.get("LL_BACKLOG") or 10_000)
IS_FULL_LENGTH = MANY >= 100_000
LINKS = 20_000  # to one file; ext4 allows 65 000
HALF = MANY // 2


def key(number):
    """Of version 7, as a detector names its images: in the order of their age."""
    return f"{0x19a000000000 + number:012x}"[:8] + f"-{number & 0xffff:04x}-7000-8000-{number:012x}"


def fill_outbox(folder):
    """Half of the images have priority."""
    for queue in ("priority", "normal"):
        (folder / "detector/outbox" / queue).mkdir(parents=True)
    for number in range(MANY):
        source = folder / f"image_{number // LINKS}"
        if number % LINKS == 0:
            source.with_suffix(".jpg").write_bytes(jpeg(number, (16, 16)))
            source.with_suffix(".json").write_text('{"tags": ["backlog"], "created": "2025-01-31T12:00:00"}')
        item = folder / "detector/outbox" / ("priority" if number < HALF else "normal") / key(number)
        item.mkdir()
        for kind in ("jpg", "json"):
            os.link(source.with_suffix(f".{kind}"), item / f"image_{key(number)}.{kind}")


def cost_of_start(node):
    """CPU seconds until it is ready, and MiB that are its own then."""
    return cpu_seconds(node.process.pid), proportional_mebibytes(node.process.pid)


def test_a_long_backlog_delays_no_start_takes_little_memory_and_is_uploaded_as_a_whole(tmp_path):
    with outbox_node(tmp_path / "empty", mode=None) as (_, node):
        empty = cost_of_start(node)
    fill_outbox(tmp_path)
    with outbox_node(tmp_path, mode=None, loop_is_away=True) as (loop, node):
        full = cost_of_start(node)
        set_mode(node, "stopped")
        assert len(Outbox(tmp_path).waiting()) == MANY
        loop.upload_statuses.clear()
        begin, cpu = time.monotonic(), cpu_seconds(node.process.pid)
        set_mode(node, "continuous_upload")
        wait_until(lambda: time.sleep(0.1) or metrics(node)["outbox_images"] == 0, "an empty outbox", 900)
        seconds, cpu = time.monotonic() - begin, cpu_seconds(node.process.pid) - cpu
        come = [one.key for one in arrived(loop)]
    assert not Outbox(tmp_path).waiting() and not Outbox(tmp_path).rejected()
    assert len(come) == len(set(come)) and set(come) == {key(number) for number in range(MANY)}
    start_s, mebibytes = full[0] - empty[0], full[1] - empty[1]
    print(f"figures: {MANY} images: start {full[0]:.2f} s of CPU, {start_s:.2f} s more than with none, {mebibytes:.1f} MiB more; "
          f"drained in {seconds:.1f} s, {MANY / seconds:.0f} images/s, {cpu * 1000 / MANY:.2f} ms of CPU each")
    if IS_FULL_LENGTH:
        assert full[0] <= 2 and mebibytes <= 20 and MANY / cpu >= 500  # how fast the disk deletes is not ours to promise
