"""Uploads to our Loop whose connection is cut at some byte of what goes up or comes down: each image lies there once.

LL_LOOP_UPLOAD_CUTS says how many cuts, LL_UPLOAD_CUTS_SEED repeats a draw. Five nodes are cut side by side, since each waits a second
or two before it tries again. tests/integration/detector/outbox/upload_cuts_test.cpp has every byte, with a Loop of the tests."""

import collections
import os
import random
import threading
from contextlib import ExitStack

from fake_loop import files_in
from link import Cut, Link
from nodes import ORGANIZATION, Client, Outbox, image_files, with_comment
from programs import BIN, detector, generate, jpeg, loop_server

SEED = int(os.environ.get("LL_UPLOAD_CUTS_SEED") or random.SystemRandom().randrange(2**32))
CUTS = int(os.environ.get("LL_LOOP_UPLOAD_CUTS") or 20)
NODES = 5
IMAGES = 20          # of an upload
ANSWER_BYTES = 200   # about as long as what the Loop answers
MOST_TIMES_SENT = 2  # of an image: by the upload that was cut, and by the next one


class CutNode(threading.Thread):
    """A node whose uploads are cut, one after the other."""

    def __init__(self, number, folder, loop, stack):
        super().__init__(daemon=True)
        self.chance = random.Random(f"{SEED} {number}")
        self.number, self.folder, self.sent, self.failure = number, folder / str(number), [], None
        self.folder.mkdir()
        self.link = stack.enter_context(Link(loop.port, keeps_bodies=True))
        environment = {"SYNC_CYCLES": "1000"}
        self.node = stack.enter_context(detector(self.folder, self.link, ORGANIZATION, "cuts", [BIN / "scripted_detector"], environment))
        self.client = Client(self.node)

    def run(self):
        try:
            self.upload()
            whole = max(len(one.head) + one.length for one in self.link.uploads())
            for _ in range(CUTS // NODES):
                is_up = self.chance.random() < 0.7
                most = ANSWER_BYTES if not is_up else 4096 if self.chance.random() < 0.5 else whole
                self.link.cuts.append(Cut(self.chance.randrange(most), is_up, self.chance.random() < 0.5))
                self.upload()
                assert not self.link.cuts, "no upload was cut"
        except BaseException as failure:
            self.failure = failure
            raise

    def upload(self):
        images = [with_comment(jpeg(1, (16, 16)), f"{self.number} {len(self.sent) + i}".encode()) for i in range(IMAGES)]
        self.sent += images
        for mode in ("stopped", "continuous_upload"):
            assert self.client.ask("PUT", "/outbox_mode", mode).status == 200
            if mode == "stopped":
                assert self.client.upload(*images).status == 200
        Outbox(self.folder).wait_until_empty()

    def times_sent(self):
        """How often each image came to the Loop's side of the link."""
        return collections.Counter(name for one in self.link.uploads() for name, _ in files_in(bytes(one.body)) if name.endswith("jpg"))


def test_each_image_of_an_upload_that_was_cut_lies_in_the_loop_once(tmp_path):
    print(f"\nseed {SEED}")
    with ExitStack() as stack:
        loop = stack.enter_context(loop_server(tmp_path))
        path = generate(loop, "cuts", ORGANIZATION)
        nodes = [CutNode(number, tmp_path, loop, stack) for number in range(NODES)]
        for node in nodes:
            node.start()
        for node in nodes:
            node.join()
        in_loop = collections.Counter(content for _, content in image_files(loop, path))
        rejected = [one for node in nodes for one in Outbox(node.folder).rejected()]
    for node in nodes:
        assert node.failure is None, node.failure
    sent = {image for node in nodes for image in node.sent}
    lost, twice = sent - in_loop.keys(), [image for image, count in in_loop.items() if count > 1]
    times = sum((node.times_sent() for node in nodes), collections.Counter())
    cuts = sum(node.link.cut_connections for node in nodes)
    print(f"figures: uploads of {IMAGES} images to our Loop: {cuts} cut, {len(sent)} images, lost {len(lost)}, "
          f"twice {len(twice)}, sent again whole {sum(count > 1 for count in times.values())}")
    assert not lost and not twice and not rejected
    assert in_loop.keys() == sent and len(times) == len(sent), "nothing else, and each under one key"
    assert max(times.values()) <= MOST_TIMES_SENT
    assert cuts >= CUTS // NODES * NODES * 0.8
