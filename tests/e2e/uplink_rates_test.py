"""Slow ways to the Loop: images of 20 to 285 kB arrive at 90 % of what the link carries, each once.

The machines of the nodes are network namespaces whose cable is slowed down by `tc tbf`; the links run side by side. LL_UPLINK_RATES says
which there are, in kB/s, and for how many seconds each is kept busy: "10x300,150x300"."""

import collections
import os
import random
import shutil
import subprocess
import threading
from contextlib import ExitStack

from fake_loop import files_in
from link import Link
from machines import DistantProgram, Machine, Place, distant_loop, require_machines, skip
from nodes import ORGANIZATION, Outbox, image_files
from programs import BIN, generate
from uploads import image

RATES = [tuple(int(number) for number in one.split("x")) for one in (os.environ.get("LL_UPLINK_RATES") or "150x20,1000x12").split(",")]
GOODPUT = 0.9        # of the link's rate
IMAGE_BYTES = 20_000, 285_000
BURST_BYTES = 5_000  # that pass at once
QUEUE_S = 1           # that what waits in the modem takes
LOOP_PORT, NODE_PORT = 8000, 8005


def require_tbf():
    require_machines()
    if not shutil.which("tc"):
        skip("tc is missing: Debian's iproute2 has it")
    tried = subprocess.run(["unshare", "--net", "tc", "qdisc", "add", "dev", "lo", "root", *tbf(1000)],
                           capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        skip(f"links cannot be slowed down here: {tried.stderr.strip()}")


def tbf(rate):
    return ["tbf", "rate", f"{rate * 8}kbit", "burst", str(BURST_BYTES), "limit", str(max(1000 * rate * QUEUE_S, 15_000))]


class SlowNode(threading.Thread):
    """A node on a machine of its own with images for some seconds, and the slow cable from there to the Loop's machine."""

    def __init__(self, number, rate, seconds, server, folder, stack):
        super().__init__(daemon=True)
        self.rate, self.folder, self.failure = rate, folder / str(rate), None
        self.folder.mkdir()
        machine = stack.enter_context(Machine())
        cable = server.join(machine, f"192.168.{number}.1/24", f"192.168.{number}.2/24")
        machine.command("tc", "qdisc", "add", "dev", cable, "root", *tbf(rate))
        with server.inside():
            self.link = stack.enter_context(Link(LOOP_PORT, keeps_bodies=True, address=f"192.168.{number}.1"))
        words = [BIN / "scripted_detector", "--port", NODE_PORT, "--data-folder", self.folder / "detector",
                 "--loop-host", f"http://192.168.{number}.1:{self.link.port}", "--organization", ORGANIZATION, "--project", "rates"]
        self.node = stack.enter_context(DistantProgram(Place(machine), words, NODE_PORT, self.folder / "detector.log", "/health/ready",
                                                       {"SYNC_CYCLES": "1000"}))
        chance = random.Random(rate)
        self.images = []
        while sum(map(len, self.images)) < 1000 * rate * seconds:
            self.images.append(image(chance, chance.randint(*IMAGE_BYTES)))
        self.patience = 3 * seconds + 60

    def set_mode(self, mode):
        assert self.node.ask("PUT", "/outbox_mode", mode).status == 200

    def run(self):
        try:
            self.set_mode("stopped")
            for one in self.images:
                assert self.node.post_files("/upload", [("image.jpg", one)]).status == 200
            self.set_mode("continuous_upload")
            Outbox(self.folder).wait_until_empty(self.patience)
        except BaseException as failure:
            self.failure = failure
            raise


def test_a_slow_link_is_filled_and_no_image_is_sent_twice(tmp_path):
    require_tbf()
    with ExitStack() as stack:
        server = stack.enter_context(Machine())
        hosts = ",".join(f"192.168.{number}.1" for number in range(1, len(RATES) + 1))
        loop = stack.enter_context(distant_loop(Place(server), tmp_path, LOOP_PORT, ["--allowed-hosts", hosts]))
        path = generate(loop, "rates", ORGANIZATION)
        nodes = [SlowNode(number, *rate, server, tmp_path, stack) for number, rate in enumerate(RATES, start=1)]
        for node in nodes:
            node.start()
        for node in nodes:
            node.join()
        for node in nodes:
            assert node.failure is None, node.failure
        with server.inside():
            in_loop = collections.Counter(content for _, content in image_files(loop, path))
    sent = {one for node in nodes for one in node.images}
    twice = [one for one, count in in_loop.items() if count > 1]
    assert in_loop.keys() == sent and not twice
    shares = {node.rate: figures_of(node) for node in sorted(nodes, key=lambda one: one.rate)}
    assert min(shares.values()) >= GOODPUT, shares


def figures_of(node):
    """The share of the link's rate that images had; each was sent once."""
    uploads, share = node.link.uploads(), node.link.goodput() / 1000 / node.rate
    times = collections.Counter(name for one in uploads for name, _ in files_in(bytes(one.body)))
    duplicates = sum(count - 1 for count in times.values())
    print(f"figures: a link of {node.rate} kB/s: goodput {share:.1%} of it, {len(node.images)} images in {len(uploads)} uploads, "
          f"at most {node.link.most_at_once()} at once, duplicates {duplicates}")
    assert duplicates == 0 and len(times) == 2 * len(node.images)
    assert len([one for one in node.link.requests if one.is_upload]) == len(uploads), "none was broken off"
    return share
