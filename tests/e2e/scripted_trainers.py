"""Trainers of tests/e2e/scripted_trainer, which are led step by step and killed."""

import hashlib
import json
import queue
import uuid

from accounts import secret_in
from programs import ROOT
from socketio_programs import END, PYTHON, Lines

MAIN = ROOT / "tests/e2e/scripted_trainer/main.py"
FORMATS = "mocked", "mocked_2"
# In the order in which a training goes through them.
STEPS = ("begin_training came", "kept, before the ack", "acked", "data_downloading", "running", "update_training sent",
         "update_training acked", "before the upload", "while uploading", "uploaded, its answer unused", "between the formats",
         "all formats uploaded", "before the detections", "while sending detections", "detections sent, unused", "ready_for_cleanup",
         "cleaned, before idle", "idle")


def weights(mark, model_format):
    """What a trainer uploads: the same bytes whenever it tells the same mark."""
    return hashlib.sha256(f"{mark} {model_format}".encode()).digest() * 500


class Crew:
    """A process with some trainers, whose data is in `folder`. May be started again after it was killed."""

    def __init__(self, folder, loop, name, size):
        self.folder, self.process = folder, None
        self.folder.mkdir()
        self.ids = [f"{name}-{number}-{uuid.uuid4()}" for number in range(size)]
        trainers = [{"id": one, "name": one, "token": secret_in(loop.run("token", "create", "--node", one))} for one in self.ids]
        self.settings = {"url": f"http://127.0.0.1:{loop.port}", "folder": str(folder), "trainers": trainers}

    def start(self):
        self.process = Lines([PYTHON, "-B", MAIN], self.folder / "trainers.log", {"TRAINERS": json.dumps(self.settings)})

    def kill(self):
        """Returns what they told before."""
        self.process.process.kill()
        self.process.wait_end()
        told = []
        while (line := self.process.lines.get()) != END:
            told.append(line)
        return told

    def told(self):
        """What they told since the last time."""
        told = []
        while True:
            try:
                told.append(self.process.lines.get_nowait())
            except queue.Empty:
                return told

    def let_go_on(self, gate):
        try:
            self.process.tell(go=gate)
        except OSError:
            pass  # it was killed

    def log_text(self):
        return self.process.log_text()
