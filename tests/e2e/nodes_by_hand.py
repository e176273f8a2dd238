"""Nodes that speak Socket.IO by hand, so that a test sees each ack, and can also leave out what every library does."""

import json
import uuid

from engineio_by_hand import Closed, Service
from nodes import wait_until

PATH = "/ws/socket.io/"


class Refused(Exception):
    """The Loop did not let it in; the text tells why."""


class NodeByHand:
    """Connected over a WebSocket; `headers` are its login."""

    def __init__(self, loop, kind, headers=None, organization="", project=""):
        told = {"nodeType": kind, "organization": organization, "project": project}
        self.session = Service(loop.port, PATH, told | (headers or {})).open("websocket")
        self.acks, self.events = 0, []
        self.session.send("40")
        answer = self.session.next_packet()
        if answer.startswith("44"):
            self.session.close()
            raise Refused(json.loads(answer[2:])["message"])
        assert answer.startswith("40"), answer

    def send(self, event, *arguments):
        """Does not wait; the number of the ack that will come."""
        self.acks += 1
        self.session.send(f"42{self.acks}{json.dumps([event, *arguments])}")
        return self.acks

    def next_packet(self, seconds=10):
        packet = self.session.next_packet(seconds)
        if packet == "41":
            raise Closed("the Loop has disconnected it")
        return packet

    def ack(self, number, seconds=10):
        """Events that come meanwhile are in `events`. Raises Closed if there will be none."""
        wanted = f"43{number}["
        while not (packet := self.next_packet(seconds)).startswith(wanted):
            assert packet.startswith("42"), packet
            self.events.append(packet)
        return json.loads(packet[len(wanted) - 1:])[0]

    def call(self, event, *arguments):
        return self.ack(self.send(event, *arguments))

    def wait_for_event(self, name, seconds=10):
        """Its arguments. One that wants an ack is acked with success."""
        while True:
            packet = self.events.pop(0) if self.events else self.next_packet(seconds)
            if not packet.startswith("42"):
                continue
            begin = packet.index("[")
            got, *arguments = json.loads(packet[begin:])
            if got == name:
                if packet[2:begin]:
                    self.session.send(f'43{packet[2:begin]}[{json.dumps({"success": True, "error_msg": None, "payload": None})}]')
                return arguments

    def wait_until_ended(self, seconds=10):
        """Until the Loop has ended the connection; returns the acks that came before."""
        acks = []
        try:
            while True:
                acks.append(self.next_packet(seconds))
        except Closed:
            return [json.loads(packet[packet.index("["):])[0] for packet in acks if packet.startswith("43")]

    def close(self):
        self.session.close()


def trainer_status(name, state="idle", context=None, node_id=None):
    """What a trainer tells of itself; its id is its name unless told."""
    return {"id": node_id or name, "name": name, "state": state, "uptime": 1.0, "errors": {}, "progress": None,
            "pretrained_models": [{"name": "small", "label": "Small", "description": "a small model"}], "architecture": "mocked",
            "context": context}


def annotator_status(name, node_id=None):
    return {"id": node_id or name, "name": name, "state": "online", "uptime": 1.0, "errors": {}, "capabilities": ["segmentation"]}


def detector_status(name, node_id=None):
    """As 0.7 to 0.15 tell it over Socket.IO."""
    return {"id": node_id or str(uuid.uuid5(uuid.NAMESPACE_URL, name)), "name": name, "state": "online", "errors": {}, "uptime": 1,
            "model_format": "mocked", "current_model": None, "target_model": None, "operation_mode": "idle"}


def training_out(trainer_id, epoch=1):
    return {"trainer_id": trainer_id, "trainer_name": trainer_id, "confusion_matrix": {}, "train_image_count": 2, "test_image_count": 1,
            "hyperparameters": {}, "best_epoch": epoch}


def begin_training(loop, path, trainer, name, context):
    """The number of a training that the trainer of this name, which is idle and connected, has begun."""
    number = loop.send_json("POST", f"{path}/trainings", {"trainer_id": name}).json()["training_number"]
    trainer.wait_for_event("begin_training")
    assert trainer.call("update_trainer", trainer_status(name, "running", context))["success"]
    wait_until(lambda: loop.get(f"{path}/trainings/{number}").json()["state"] == "running", "the training at the trainer")
    return number
