"""Nodes that read nothing of what the Loop sends them harm no other, cost bounded memory, and are disconnected in the end."""

import json
import re
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from accounts import token
from engineio_by_hand import Closed
from nodes import wait_until
from nodes_by_hand import NodeByHand, annotator_status, trainer_status
from programs import generate, image_ids, loop_server

WINDOWS = 40                # that go on drawing with the node that reads nothing
INPUT_BYTES = 500_000       # of one input; what a node's connection takes by itself is some MB
ENDED_S = 25 + 20 + 5       # a ping is sent after 25 s at most, and is to be answered within 20 s
ANSWER_S = 1.0              # the most that another node waits for its ack, and others for their answer
MORE_MEMORY_MB = 200        # of the Loop, at its peak


def peak_memory_mb(loop):
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{loop.process.pid}/status").read_text())[1]) / 1024


def nodes_by_state(loop):
    return {node["name"]: node["state"] for node in loop.get("/api/nodes").json()["nodes"]}


class Window(threading.Thread):
    """A person who draws, in one window, until told to stop."""

    def __init__(self, loop, path, number):
        super().__init__(daemon=True)
        self.loop, self.path, self.name, self.ending, self.statuses = loop, path, f"window {number}", threading.Event(), Counter()
        category = next(one for one in loop.get(path).json()["categories"] if one["type"] == "segmentation")
        self.body = {"frontend_id": self.name, "data": {
            "coordinate": {"x": 1, "y": 2}, "event_type": "mouse_move", "image_uuid": image_ids(loop, path)[0],
            "context": {"organization": "test", "project": "field"}, "key_down": "x" * INPUT_BYTES,
            "category": {key: category[key] for key in ("id", "name", "type")}}}

    def draw(self):
        return self.loop.send_json("POST", f"{self.path}/user_input", self.body)

    def run(self):
        while not self.ending.is_set():
            self.statuses[self.draw().status] += 1


class Answering(threading.Thread):
    """Reads what a node is sent, and answers an input with a drawing; reports, and notes how long the longest ack took."""

    def __init__(self, node, event, status):
        super().__init__(daemon=True)
        self.node, self.event, self.status, self.ending = node, event, status, threading.Event()
        self.slowest, self.reports, self.drawn, self.failure = 0, 0, 0, None

    def run(self):
        try:
            while not self.ending.is_set():
                self.report()
        except Exception as failure:
            self.failure = failure
            raise

    def report(self):
        begin = time.monotonic()
        assert self.node.call(self.event, self.status)["success"]
        self.slowest = max(self.slowest, time.monotonic() - begin)
        self.reports += 1
        for packet in self.node.events:
            number = packet[2:packet.index("[")]
            self.node.session.send(f'43{number}[{json.dumps({"success": True, "error_msg": None, "payload": "<svg/>"})}]')
            self.drawn += 1
        self.node.events.clear()
        self.ending.wait(0.05)


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("stalled")) as server:
        yield server


def stalled(loop, kind, name, event, status):
    """A node that has reported, and reads nothing from now on."""
    node = NodeByHand(loop, kind, token(loop, "--node", name))
    assert node.call(event, status)["success"]
    return node


def test_nodes_that_read_nothing_harm_no_other_and_are_disconnected(loop):
    path = generate(loop, "field", inbox=1, complete=1, segmentation_categories=1)
    # Those that come first in the alphabet are asked first.
    pen = stalled(loop, "annotation_node", "a-stalled-pen", "update_annotation_node", annotator_status("a-stalled-pen"))
    trainer = stalled(loop, "trainer", "a-stalled-trainer", "update_trainer", trainer_status("a-stalled-trainer"))
    begin = time.monotonic()
    before_mb = peak_memory_mb(loop)
    stuck = loop.send_json("POST", f"{path}/trainings", {"trainer_id": "a-stalled-trainer"}).json()["training_number"]
    windows = [Window(loop, path, number) for number in range(WINDOWS)]
    others = [Answering(NodeByHand(loop, "annotation_node", token(loop, "--node", "b-pen")), "update_annotation_node",
                        annotator_status("b-pen")),
              Answering(NodeByHand(loop, "trainer", token(loop, "--node", "b-trainer")), "update_trainer", trainer_status("b-trainer"))]
    for thread in windows + others:
        thread.start()
    slowest = 0
    while "online" == nodes_by_state(loop)["a-stalled-pen"] or nodes_by_state(loop)["a-stalled-trainer"] == "idle":
        asked = time.monotonic()
        for what in ("/api/status", f"{path}/data", f"{path}/trainings"):
            assert loop.get(what).status == 200
        slowest = max(slowest, (time.monotonic() - asked) / 3)
        assert asked - begin < ENDED_S, "they are still connected"
        time.sleep(0.2)
    took = time.monotonic() - begin
    assert windows[0].draw().status == 200, "another node draws now"
    for threads in (windows, others):
        for thread in threads:
            thread.ending.set()
        for thread in threads:
            thread.join()
    statuses = sum((window.statuses for window in windows), Counter())
    more_mb = peak_memory_mb(loop) - before_mb
    print(f"\nfigures: nodes that read nothing disconnected after {took:.0f} s, {more_mb:.0f} MB more at the peak; acks of others in "
          f"{max(other.slowest for other in others) * 1000:.0f} ms at most, answers in {slowest * 1000:.0f} ms; inputs {dict(statuses)}")
    assert [other.failure for other in others] == [None, None]
    assert all(other.slowest < ANSWER_S and other.reports > 20 for other in others) and slowest < ANSWER_S
    assert statuses.keys() <= {200, 503} and statuses[503] >= WINDOWS, "who drew with the node that is gone was told"
    assert more_mb < MORE_MEMORY_MB
    assert loop.get(f"{path}/trainings/{stuck}").json()["state"] == "starting"
    for node in (pen, trainer):
        with pytest.raises(Closed):
            while True:  # what it had not read, and then the end
                node.next_packet()


def test_the_training_that_a_trainer_did_not_read_of_is_begun_once_it_comes_back(loop):
    path = "/api/test/projects/field"
    node = NodeByHand(loop, "trainer", token(loop, "--node", "a-stalled-trainer"))
    wait_until(lambda: node.call("update_trainer", trainer_status("a-stalled-trainer"))["success"] and node.events, "begin_training", 90)
    organization, project, details = node.wait_for_event("begin_training")
    assert (organization, project) == ("test", "field")
    training = f"{path}/trainings/{details['training_number']}"
    wait_until(lambda: loop.get(training).json()["state"] == "running", "the training")
    node.close()
