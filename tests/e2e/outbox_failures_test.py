"""A detector whose disk fails at any one call: the image is answered 507 and nothing of it is kept, and the next one is kept again.

strace makes one call after the other fail. LL_OUTBOX_SEED repeats a draw of images."""

import itertools
import re

import pytest
from detector_clients import GRAY
from nodes import Client, Outbox, wait_until
from outbox_scene import (SEED, Sender, arrived, assert_all_arrived, digest, drain, dropped, half_kept, metrics, outbox_node, set_mode,
                          temporary)
from system_calls import MAKING, NAMING, REMOVING, Trace

RENAMING = [call for call in NAMING if "rename" in call]
READING = ["openat", "read", "pread64", "readv"]


class FailingDisk:
    """The disk below a detector's outbox, of which a test makes one call fail."""

    def __init__(self, node, folder, error):
        self.node, self.folder, self.error, self.log = node, folder / "detector/outbox", error, folder / "strace.log"
        with Trace(node.process.pid, self.log, MAKING) as trace:
            assert Client(node).upload(GRAY).status == 200
            wait_until(lambda: "/tmp/" in trace.text(), "the folder of an image is made")
        [line] = [line for line in trace.text().splitlines() if "outbox/tmp/" in line]
        self.writer = int(line.split()[0])

    def tracing(self, calls, when, path=None, by_writer=False):
        """`by_writer`: only what the thread does that writes images. Calls such as write are made everywhere, for sockets, too."""
        words = ["-e", f"inject={','.join(f'?{call}' for call in calls)}:error={self.error}:when={when}"]
        words += ["-P", path] if path else []
        return Trace(self.writer if by_writer else self.node.process.pid, self.log, calls, words, not by_writer)

    def failed(self, trace, by_writer=False):
        """Whether a call of the outbox failed. Those of other threads may be told in two lines."""
        lines = [line for line in trace.text().splitlines() if "INJECTED" in line]
        return any(str(self.folder) in line or not by_writer for line in lines)


def each_failure(disk):
    """For each call that a disk may fail at: its name, and a context in which it fails, as long as it does at all."""
    everywhere = {"mkdir": MAKING, "fdatasync": ["fdatasync"], "fsync": ["fsync"], "rename": RENAMING}
    for name, calls in everywhere.items():
        yield name, lambda number, calls=calls: disk.tracing(calls, number), False
    for queue in ("normal", "priority"):
        yield f"fsync of {queue}", lambda number, at=disk.folder / queue: disk.tracing(["fsync"], number, at), False
    for name in ("openat", "write"):
        yield name, lambda number, name=name: disk.tracing([name], number, by_writer=True), True


def told(tried):
    return ", ".join(f"{name} {count}" for name, count in tried.items())


def assert_not_trusted_again(trace, number):
    """What was written before a sync failed may be lost though the next sync of the file succeeds."""
    for failed in re.finditer(r"fdatasync\(\d+<([^>]*)>[^\n]*INJECTED", trace.text()):
        assert not re.search(rf"fdatasync\(\d+<{re.escape(failed[1])}>\) *= 0", trace.text()[failed.end():]), number


@pytest.mark.parametrize("error", ["EIO", "EROFS", "EDQUOT"])
def test_a_call_that_fails_is_507_keeps_nothing_and_the_next_image_is_kept_again(tmp_path, error):
    print(f"\nseed {SEED}")
    with outbox_node(tmp_path) as (loop, node):
        disk, sender, tried = FailingDisk(node, tmp_path, error), Sender(node), {}
        sender.note(GRAY, 200)
        for name, failing, by_writer in each_failure(disk):
            for number in itertools.count(1):
                with failing(number) as trace:
                    status = sender.upload(priority="priority" in name)
                if not disk.failed(trace, by_writer):
                    break
                assert status == 507, f"{name} {number}: {trace.text()}"
                assert_not_trusted_again(trace, number)
                assert half_kept(tmp_path) == temporary(tmp_path) == [], f"{name} {number}"
                assert sender.upload(priority="priority" in name) == 200
                tried[name] = number
        assert len(tried) >= 6 and sum(tried.values()) >= 8, tried
        assert len(Outbox(tmp_path).waiting()) == len(sender.acknowledged)
        node.kill()
        node.start()
        drain(node, tmp_path)
        assert_all_arrived(loop, sender.acknowledged)
        assert temporary(tmp_path) == Outbox(tmp_path).rejected() == []
        print(f"figures: {sum(tried.values())} calls failed with {error} ({told(tried)}), "
              f"{len(sender.acknowledged)} acknowledged, lost 0")


def test_a_disk_that_is_full_while_images_make_room_keeps_the_new_one_or_none_of_it(tmp_path):
    """Each upload drops the oldest image first, and any call of both may fail."""
    with outbox_node(tmp_path, {"MAX_OUTBOX_SIZE": "3"}) as (loop, node):
        disk, sender, tried = FailingDisk(node, tmp_path, "ENOSPC"), Sender(node), {}
        sender.note(GRAY, 200)
        failures = [*each_failure(disk), ("removing", lambda number: disk.tracing(REMOVING, number), False)]
        for name, failing, by_writer in failures:
            for number in itertools.count(1):
                while dropped(node) == 0 or len(Outbox(tmp_path).waiting()) < 3:
                    assert sender.upload() == 200
                with failing(number) as trace:
                    sender.upload()
                if not disk.failed(trace, by_writer):
                    break
                assert half_kept(tmp_path) == [], f"{name} {number}"
                assert sender.upload() == 200
                tried[name] = number
        newest = sender.acknowledged[-1]
        set_mode(node, "continuous_upload")
        wait_until(lambda: metrics(node)["outbox_images"] == 0, "all but what was dropped and could not be deleted leave")
        node.kill()
        node.start()
        Outbox(tmp_path).wait_until_empty()
        come = [one.digest for one in arrived(loop)]
        assert newest in come and not set(come) & set(sender.refused) and len(set(come)) == len(come)
        assert temporary(tmp_path) == Outbox(tmp_path).rejected() == []
        print(f"figures: {sum(tried.values())} calls failed with ENOSPC ({told(tried)})")


def test_an_image_that_cannot_be_read_when_it_is_its_turn_is_not_lost_and_holds_up_no_other(tmp_path):
    with outbox_node(tmp_path) as (loop, node):
        disk, sender = FailingDisk(node, tmp_path, "EIO"), Sender(node)
        sender.note(GRAY, 200)
        assert {sender.upload() for _ in range(5)} == {200}
        item = sorted(Outbox(tmp_path).waiting())[3]
        with disk.tracing(READING, "1+", item / f"image_{item.name}.jpg") as trace:
            set_mode(node, "continuous_upload")
            wait_until(lambda: len(arrived(loop)) == 5 and disk.failed(trace), "the others arrive")
        wait_until(lambda: not Outbox(tmp_path).waiting(), "it is delivered, or put aside")
        aside = [digest((one / f"image_{one.name}.jpg").read_bytes()) for one in Outbox(tmp_path).rejected()]
        assert sorted(aside + [one.digest for one in arrived(loop)]) == sorted(sender.acknowledged)
