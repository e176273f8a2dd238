"""A detector on a disk that is full, read-only or out of inodes: it says so, loses no image that it has acknowledged, detects on.

When there is room again, it keeps images again, without a restart. LL_OUTBOX_SEED repeats a draw of images."""

import json
import os
import resource
import shutil
import subprocess

import pytest
from detector_clients import GRAY, events_of
from nodes import Client, Outbox, wait_until
from outbox_scene import (SEED, Sender, arrived, assert_all_arrived, assert_tells_that_the_disk_fails, cpu_seconds, digest, drain, dropped,
                          half_kept, metrics, outbox_node, set_mode, temporary)
from small_disks import MIB, fill, require_own_mounts, small_disk

DISK_MIB = 24
ROUNDS = 200


@pytest.fixture(name="own_mounts", scope="module")
def fixture_own_mounts():
    require_own_mounts()


@pytest.fixture(name="disk", params=["tmpfs", "ext4"])
def fixture_disk(request, own_mounts, tmp_path):
    """That of the detector's data folder; its log is elsewhere."""
    with small_disk(request.param, tmp_path / "detector", DISK_MIB) as at:
        yield at


class Detections:
    """A client that keeps nothing, and has to be answered whatever the disk is like."""

    def __init__(self, node):
        self.node, self.client = node, Client(node)

    def one(self):
        assert self.client.detect(GRAY, autoupload="disabled").status == 200

    def cpu_milliseconds(self, count=100):
        """Of the detector for each."""
        begin = cpu_seconds(self.node.process.pid)
        for _ in range(count):
            self.one()
        return (cpu_seconds(self.node.process.pid) - begin) * 1000 / count


def send_from_both_doors(sender, detections, count=ROUNDS):
    """Images over REST and Socket.IO, with and without priority, and detections in between. The statuses in their order."""
    statuses = []
    for number in range(count):
        send = sender.emit if number % 2 else sender.upload
        statuses.append(send(priority=number % 4 > 1, size=sender.chance.choice((200, 2_000, 20_000))))
        detections.one()
    return statuses


def leave_free(disk, file, size):
    """The file takes all but so many bytes."""
    with open(file, "wb") as out:
        os.posix_fallocate(out.fileno(), 0, shutil.disk_usage(disk).free - size)


def test_a_full_disk_is_507_loses_nothing_and_works_again_when_there_is_room(disk, tmp_path):
    print(f"\nseed {SEED}")
    others = disk / "of others"
    with outbox_node(tmp_path) as (loop, node), events_of(node, tmp_path, "ours") as events:
        sender, detections = Sender(node, events), Detections(node)
        before_ms = detections.cpu_milliseconds()
        assert set(send_from_both_doors(sender, detections, 50)) == {200}
        leave_free(disk, others, 8 * MIB + 200_000)  # the outbox leaves 8 MiB to others
        until_full = [sender.upload(priority=number % 2 == 0, size=20_000) for number in range(60)]
        assert until_full[0] == 200 and until_full[-2:] == [507, 507]
        fill(disk / "of others, too")
        assert set(send_from_both_doors(sender, detections)) == {507}
        full_ms = detections.cpu_milliseconds()
        assert_tells_that_the_disk_fails(Client(node).detect(GRAY, autoupload="all"))
        assert temporary(tmp_path) == half_kept(tmp_path) == []
        at_full = len(sender.acknowledged), len(sender.refused)

        others.unlink()
        (disk / "of others, too").unlink()
        assert set(send_from_both_doors(sender, detections)) == {200}
        gone = dropped(node)
        drain(node, tmp_path)
        assert_all_arrived(loop, sender.acknowledged, gone)
        assert temporary(tmp_path) == Outbox(tmp_path).rejected() == []
        print(f"figures: acknowledged {at_full[0]} until the disk was full and {at_full[1]} refused, {len(sender.acknowledged)} in all, "
              f"{gone} made room, lost 0; a detection costs {before_ms:.2f} ms of CPU, {full_ms:.2f} ms on the full disk, "
              f"ratio {full_ms / before_ms:.2f}")


def test_images_leave_a_full_disk_and_one_that_the_loop_refuses_is_put_aside_whole(disk, tmp_path):
    with outbox_node(tmp_path) as (loop, node):
        sender = Sender(node)
        assert {sender.upload(priority=True) for _ in range(30)} == {200}
        fill(disk / "of others")
        loop.upload_statuses = [422] * 6  # of the batch, and of its halves down to one image
        set_mode(node, "continuous_upload")
        wait_until(lambda: not Outbox(tmp_path).waiting(), "all images leave")
        refused = kept_aside(tmp_path)
        assert len(refused) >= 1 and temporary(tmp_path) == []
        assert sorted(sender.acknowledged) == sorted([one.digest for one in arrived(loop)] + refused)
        (disk / "of others").unlink()
        assert {sender.upload() for _ in range(5)} == {200}
        drain(node, tmp_path)
        assert node.stop() == 0
        node.start()
        assert kept_aside(tmp_path) == refused
        assert sorted(sender.acknowledged) == sorted([one.digest for one in arrived(loop)] + refused)
        print(f"figures: {len(arrived(loop))} uploaded, {len(refused)} put aside, lost 0")


def kept_aside(folder):
    """The digests of the images under rejected/, each of which has its metadata."""
    items = Outbox(folder).rejected()
    assert all(json.loads((item / f"image_{item.name}.json").read_text()) for item in items)
    return sorted(digest((item / f"image_{item.name}.jpg").read_bytes()) for item in items)


def test_images_that_make_room_on_a_disk_that_others_fill_are_counted_and_no_others_go(disk, tmp_path):
    """The oldest make room for the newest, until the system has none even for these."""
    with outbox_node(tmp_path, {"MAX_OUTBOX_SIZE": "20"}) as (loop, node):
        sender = Sender(node)
        assert {sender.upload() for _ in range(30)} == {200} and dropped(node) == 10
        fill(disk / "of others")
        assert {sender.upload(size=20_000) for _ in range(30)} == {507}
        (disk / "of others").unlink()
        assert {sender.upload(size=20_000) for _ in range(30)} == {200}
        assert half_kept(tmp_path) == [] and len(Outbox(tmp_path).waiting()) == 20
        gone = dropped(node)
        drain(node, tmp_path)
        assert {one.digest for one in arrived(loop)} == set(sender.acknowledged[-20:]), "the newest"
        assert_all_arrived(loop, sender.acknowledged, gone)
        assert temporary(tmp_path) == []


def test_a_full_disk_stops_nothing_if_the_log_is_on_it_too(own_mounts, tmp_path):
    with small_disk("ext4", tmp_path / "detector", DISK_MIB) as disk, outbox_node(tmp_path, log=disk / "log") as (loop, node):
        sender, detections = Sender(node), Detections(node)
        assert {sender.upload() for _ in range(10)} == {200}
        fill(disk / "of others")
        assert {sender.upload() for _ in range(20)} == {507}
        for wrong in range(20):
            assert node.ask("PUT", "/outbox_mode", f"wrong {wrong}").status == 422
        detections.cpu_milliseconds()
        (disk / "of others").unlink()
        assert {sender.upload() for _ in range(10)} == {200}
        drain(node, tmp_path)
        assert_all_arrived(loop, sender.acknowledged)


# ------------------------------------------------------------------------------------------------- other limits of the system


def test_a_disk_without_inodes_is_507_until_images_have_left(own_mounts, tmp_path):
    with small_disk("ext4", tmp_path / "detector", DISK_MIB, ["-N", "64"]), outbox_node(tmp_path) as (loop, node):
        sender, detections = Sender(node), Detections(node)
        statuses = [sender.upload(priority=number % 2 == 0) for number in range(60)]
        assert set(statuses) == {200, 507} and len(sender.acknowledged) > 10
        assert set(statuses[-20:]) == {507}
        detections.one()
        assert temporary(tmp_path) == half_kept(tmp_path) == []
        drain(node, tmp_path)
        assert {sender.upload() for _ in range(5)} == {200}
        drain(node, tmp_path)
        assert_all_arrived(loop, sender.acknowledged)
        print(f"figures: 64 inodes, {len(sender.acknowledged)} acknowledged, {len(sender.refused)} refused, lost 0")


def remount(at, how):
    subprocess.run(["mount", "-o", f"remount,{how}", at], check=True)


def test_a_disk_that_is_read_only_is_507_and_what_the_loop_took_meanwhile_is_no_second_image(own_mounts, tmp_path):
    """Systems remount a disk that fails like this. Only the outbox is on it: nobody can make a folder in use read-only."""
    (tmp_path / "detector").mkdir()
    with small_disk("ext4", tmp_path / "detector/outbox", DISK_MIB) as disk, outbox_node(tmp_path) as (loop, node):
        sender, detections = Sender(node), Detections(node)
        assert {sender.upload() for _ in range(10)} == {200}
        remount(disk, "ro")
        assert {sender.upload(priority=number % 2 == 0) for number in range(20)} == {507}
        detections.one()
        loop.upload_statuses = [422] * 5  # one of them cannot be put aside
        set_mode(node, "continuous_upload")
        wait_until(lambda: len(arrived(loop)) >= 7, "the Loop has them")
        detections.one()
        assert node.process.poll() is None
        remount(disk, "rw")
        assert {sender.upload() for _ in range(10)} == {200}
        wait_until(lambda: set(sender.acknowledged[-10:]) <= {one.digest for one in arrived(loop)}, "new images arrive")
        node.stop()
        node.start()
        Outbox(tmp_path).wait_until_empty()
        known = sorted([one.digest for one in arrived(loop)] + kept_aside(tmp_path))
        assert sorted(set(known)) == sorted(sender.acknowledged)
        assert len(arrived(loop)) == len({one.digest for one in arrived(loop)}), "an image came under two keys"
        assert temporary(tmp_path) == []


@pytest.mark.parametrize("limit", [0, 700, 10_000])
def test_a_file_that_may_not_be_so_long_is_507_and_ends_nothing(tmp_path, limit):
    """RLIMIT_FSIZE, as a service manager sets it; the system sends a signal besides that ends a program by default."""
    with outbox_node(tmp_path) as (loop, node):
        sender, detections = Sender(node), Detections(node)
        assert sender.upload(size=20_000) == 200
        resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        assert {sender.upload(priority=number % 2 == 0, size=20_000) for number in range(10)} == {507}
        detections.one()
        assert temporary(tmp_path) == half_kept(tmp_path) == []
        resource.prlimit(node.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        assert {sender.upload(size=20_000) for _ in range(5)} == {200}
        drain(node, tmp_path)
        assert_all_arrived(loop, sender.acknowledged)


def test_an_outbox_that_is_full_of_priority_images_is_507_and_drops_none(tmp_path):
    with outbox_node(tmp_path, {"OUTBOX_MAX_BYTES": "100000"}) as (loop, node):
        sender = Sender(node)
        assert {sender.upload() for _ in range(5)} == {200}
        statuses = [sender.upload(priority=True) for _ in range(100)]
        assert set(statuses) == {200, 507} and set(statuses[-5:]) == {507}
        assert sender.upload() == 507
        assert dropped(node) == 5, "only those without priority"
        assert metrics(node)["outbox_bytes"] <= 100_000
        drain(node, tmp_path)
        assert_all_arrived(loop, sender.acknowledged, 5)
