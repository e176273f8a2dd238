"""What tests of trainers share: the program, on a Loop or on one that misbehaves, and how it is told what its trainings do."""

import sys
import uuid
from collections import defaultdict
from pathlib import Path

from loop_programs.ports import free_port
from nodes import wait_until
from peer_nodes import Control, peer_node
from programs import BIN, ROOT, Program
from scripted_loops import NodeOfScriptedLoop, ScriptedLoop, settings_for

HERE = ROOT / "tests/e2e/test_trainer"
COMMAND = f"""
[trainer]
format = "mocked"
architecture = "tiny"
layout = "loop"

[[pretrained_models]]
name = "small"
label = "Small"
description = "a small model"

[[pretrained_models]]
name = "large"
label = "Large"
description = "a large model"

[hyperparameters]
resolution = 320
epochs = 2
max_batch_size = 0

[commands]
train = ["{sys.executable}", "-B", "{HERE}/train.py", "{{progress}}"]
train_from_base = ["{sys.executable}", "-B", "{HERE}/train.py", "{{progress}}"]
resume = ["{sys.executable}", "-B", "{HERE}/train.py", "{{progress}}"]
detect = ["{sys.executable}", "-B", "{HERE}/detect.py", "{{model}}", "{{image_list}}", "{{detections}}"]
"""
GOOD = {"success": True, "error_msg": None, "payload": None}
CATEGORIES = [{"id": str(uuid.uuid5(uuid.NAMESPACE_URL, name)), "name": name, "type": kind, "description": "", "hotkey": "",
               "color": "#00FF00", "point_size": 5} for name, kind in (("purple box", "box"), ("purple point", "point"))]
STATES = ["idle", "initialized", "data_downloading", "data_downloaded", "train_model_downloading", "train_model_downloaded", "running",
          "training_finished", "confusion_matrix_syncing", "confusion_matrix_synced", "train_model_uploading", "train_model_uploaded",
          "detecting", "detected", "detection_uploading", "ready_for_cleanup"]
# What holds a training in each of the states that may last, in their order.
HELD = {"data_downloading": "image", "train_model_downloading": "model", "running": "hold running", "confusion_matrix_syncing": "training",
        "train_model_uploading": "upload", "detecting": "hold detecting", "detection_uploading": "detections"}
BASE_MODEL = str(uuid.uuid5(uuid.NAMESPACE_URL, "a base model"))
SETS = ["train", "train", "train", "val", "test", "test"]  # of the complete images that a project of a ScriptedTrainingLoop has


def trainer(home, environment, more=(), command=COMMAND):
    """Our trainer, whose trainings are of test_trainer/; what it leaves is in the folder `home`. `node.control` steers them. `command`: the
    text of its trainer.toml."""
    home = Path(home)
    home.mkdir(parents=True)
    (home / "trainer.toml").write_text(command)
    port = free_port()
    words = [BIN / "learning-loop", "trainer", "--command", home / "trainer.toml", "--port", port, "--data-folder", home / "data", *more]
    node = Program(words, port, home / "log", "/health/live", {"CONTROL": str(home / "control")} | environment)
    node.control = Control(home / "control")
    return node


def image_id(project, number):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{project} {number}"))


def processes_of(home):
    """The ids of all processes that a trainer has brought about, itself among them."""
    mark, found = f"CONTROL={home}/control\0".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (folder / "environ").read_bytes() and (folder / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z":
                found.append(int(folder.name))
        except OSError:
            pass  # it has ended, or is of somebody else
    return found


class ScriptedTrainingLoop(ScriptedLoop):
    """See scripted_loop/trainings.py. What it tells of a node is kept by the node's name, all the rest is a line as with others."""

    def __init__(self, folder, before=None):
        """`before`: one that has ended, whose place it takes. It knows nothing of what that one was told."""
        self.folder, self.told = folder, before.told if before else defaultdict(list)
        super().__init__(folder, "trainings.py", before.port if before else None)

    def _take(self, line):
        if "node" in line:
            self.told[line["node"]].append(line)
        else:
            super()._take(line)

    def make_project(self, name, sets=SETS, **others):
        """`sets`: of its complete images, by their number; `others`: how many are in other states. Returns the ids of all."""
        states = ["complete"] * len(sets) + [state for state, count in others.items() for _ in range(count)]
        sets = [*sets, *["train"] * (len(states) - len(sets))]
        ids = [image_id(name, number) for number in range(len(states))]
        self.tell(project=name, images=list(zip(ids, sets, states)))
        return ids


def name_of(request):
    """A name for the trainer of a test: that of the test."""
    return "".join(letter if letter.isalnum() else "-" for letter in request.node.name)


class ScriptedTrainer(NodeOfScriptedLoop):
    """A trainer whose Loop is a ScriptedTrainingLoop, which knows it by the name. `kind`: `ours`, or `the library's`. It has a project of
    its own there, of the same name, with images in every state."""

    def __init__(self, loop, folder, name, kind="ours", environment=None, **more):
        self.home, self.name, self.lines, self.returned = Path(folder) / name, name, loop.told[name], set()
        self.images = self.make_project(loop)
        told = settings_for(loop, name) | (environment or {})
        program = (trainer(self.home, told, **more) if kind == "ours" else
                   peer_node(self.home, loop, "peer_trainer/main.py", name, told))
        super().__init__(loop, name, program)
        self.control, self.is_ours = program.control, kind == "ours"

    def make_project(self, loop):
        return loop.make_project(self.name, inbox=1, annotate=1, review=1, backlog=1, trash=1)

    # ----------------------------------------------------------------------------------------------------- what it did

    def all(self, event, **fields):
        """All that it did until now."""
        wanted = {"event": event} | fields
        return [line for line in list(self.lines) if wanted.items() <= line.items()]

    def saw(self, event, seconds=30, claim=lambda line: True, **fields):
        """The first thing of this kind that was not returned yet; waits for it."""
        wanted = {"event": event} | fields

        def found():
            for place, line in enumerate(list(self.lines)):
                if place not in self.returned and wanted.items() <= line.items() and claim(line):
                    self.returned.add(place)
                    return line
            return None
        try:
            return wait_until(found, f"{wanted} of {self.name}", seconds)
        except AssertionError as late:
            raise AssertionError(f"{late}, but {[brief(line) for line in self.lines][-30:]}\n{self.program.log_text()[-3000:]}") from None

    def reports(self):
        return [line["arguments"][0] for line in self.all("reported")]

    def states(self):
        """That it has reported, each once when it came to it."""
        told = [report["state"] for report in self.reports()]
        return [state for place, state in enumerate(told) if place == 0 or told[place - 1] != state]

    def come_to(self, state, seconds=60, claim=lambda report: True):
        """Waits for a report of this state that was not returned yet, and returns it. Those before it count as returned."""
        line = self.saw("reported", seconds, lambda line: line["arguments"][0]["state"] == state and claim(line["arguments"][0]))
        self.pass_over_reports(next(place for place, one in enumerate(self.lines) if one is line))
        return line["arguments"][0]

    def pass_over_reports(self, end, states=(*STATES, "blocked", "waiting_for_slot")):
        """Those of these states until this line count as returned."""
        self.returned |= {place for place, line in enumerate(self.lines[:end])
                          if line["event"] == "reported" and line["arguments"][0]["state"] in states}

    def asked(self, route):
        return [line["path"] for line in self.all("asked", route=route)]

    def problems(self):
        """What it has reported last as its errors."""
        return self.reports()[-1]["errors"]

    # ------------------------------------------------------------------------------------------------- what it is told

    def answer(self, route, *answers):
        """What its next requests of this route are answered with; see scripted_loop/trainings.py."""
        self.loop.tell(node=self.name, answer=route, **{"with": answers})

    def let_go(self, what):
        self.loop.tell(node=self.name, let_go=what)

    def order(self, number=1, **changed):
        """The arguments of begin_training."""
        details = {"categories": CATEGORIES, "training_number": number, "model_variant": "small", "base_model_uuid": None,
                   "hyperparameters": {"resolution": "320"}} | changed
        return "o", self.name, {key: value for key, value in details.items() if value != "left out"}

    def begin_training(self, number=1, **changed):
        [ack] = self.call("begin_training", *self.order(number, **changed))
        assert ack == GOOD, ack
        acked = max(place for place, line in enumerate(self.lines) if line["event"] == "acked")
        self.pass_over_reports(acked, ("idle", "blocked"))

    def refused(self, number=1, **changed):
        """Why it does not begin a training, and the payload of the ack."""
        [ack] = self.call("begin_training", *self.order(number, **changed))
        assert ack["success"] is False, ack
        return ack["error_msg"], ack["payload"]

    def hold(self, state):
        """The next training will be held there; see HELD."""
        held = HELD[state]
        if held == "training":
            self.set(training={"hold": True, "times": 1})
        elif held.startswith("hold "):
            self.control.tell(held)
        else:
            self.answer(held, {"hold": True, "times": 0})

    def begin_and_hold(self, state, number=1):
        """Begins a training, and waits until it is held there."""
        self.hold(state)
        self.begin_training(number, base_model_uuid=BASE_MODEL if state == "train_model_downloading" else None)
        self.wait_until_held(state)

    def wait_until_held(self, state):
        """Returns a report of it."""
        held, report = HELD[state], self.come_to(state)
        if held.startswith("hold "):
            self.control.wait_until_at(held.removeprefix("hold "))
        elif held == "training":
            self.saw("trained")
        else:
            self.saw("asked", route=held)
        return report

    def let_go_of(self, state):
        if HELD[state].startswith("hold "):
            self.control.withdraw(HELD[state])
        else:
            self.let_go(HELD[state])

    # --------------------------------------------------------------------------------------------- what it has on disk

    def record(self):
        """The file in which a training outlives the node; None: there is none."""
        return next((self.home / "data").glob("last_training__*.json"), None)

    def training_folders(self):
        return sorted((self.home / "data/o" / self.name / "trainings").glob("*"))

    def children(self):
        """Processes besides the node itself."""
        return [one for one in processes_of(self.home) if one != self.program.process.pid]


def brief(line):
    if line["event"] == "reported":
        report = line["arguments"][0]
        return report["state"], report["progress"], report["errors"]
    return {key: value for key, value in line.items() if key not in ("node", "at")}
