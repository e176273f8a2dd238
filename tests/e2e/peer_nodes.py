"""Nodes of the Python library that are connected to our Loop: its version 0.27.0 and, on a machine of their own, 0.7.40 of 2022."""

import contextlib
import json
import sys
from pathlib import Path

from loop_programs.ports import free_port
from machines import DistantProgram, Machine, Place, distant_loop, mapped, require_machines, skip
from nodes import wait_until
from peers import PYTHON
from programs import ADMIN_PASSWORD, ROOT, Program

OLD_PYTHON = ROOT / "build/peers/old_learning_loop_node/bin/python"
HERE = ROOT / "tests/e2e"
LOGIN = {"LOOP_USERNAME": "admin", "LOOP_PASSWORD": ADMIN_PASSWORD}
ENDED = ("completed", "aborted", "failed")


class Control:
    """What is told to a trainer while it runs; see peer_trainer/control.py. Its steps are, in their order: begin, prepare, download_model,
    run_training, running, sync_confusion_matrix, upload_model, for each format `upload FORMAT` and `uploaded FORMAT`, detecting,
    upload_detections, cleanup."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir()

    def tell(self, name, text=""):
        """One of `hold STEP`, `fail STEP`, `give up STEP`, `refuse`, `slow`, `weights`, `training_number`, `forget detections`."""
        if name.startswith("hold "):
            self.folder.joinpath(name.replace("hold", "at", 1)).unlink(missing_ok=True)
        self.folder.joinpath(name).write_text(text)

    def withdraw(self, name):
        self.folder.joinpath(name).unlink()

    @contextlib.contextmanager
    def telling(self, name, text=""):
        self.tell(name, text)
        try:
            yield
        finally:
            self.withdraw(name)

    @contextlib.contextmanager
    def holding(self, step):
        """The next training waits at this step until this is left."""
        with self.telling(f"hold {step}"):
            yield

    def wait_until_at(self, step):
        wait_until(self.folder.joinpath(f"at {step}").exists, f"the trainer at '{step}'", 60)

    def seen(self):
        """What the trainer was given of its last training."""
        return json.loads(self.folder.joinpath("seen.json").read_text())


def settings(home, host, name, port):
    """What a program of the library is told. It begins with nothing."""
    home.mkdir(parents=True)
    (home / "data").mkdir()
    return LOGIN | {"LOOP_HOST": host, "DATA_FOLDER": str(home / "data"), "CONTROL": str(home / "control"), "NODE_NAME": name,
                    "NODE_PORT": str(port), "PYTHONDONTWRITEBYTECODE": "1"}


def peer_node(home, loop, script, name, environment=None, host=None):
    """A node of 0.27.0, not started yet; what it leaves is in the folder `home`. `node.control` steers a trainer. `host`: it asks at this
    name and port of our machine, as a pair."""
    assert PYTHON.exists(), "tools/fetch_peers brings the library"
    port, command = free_port(), [PYTHON, HERE / script]
    told = settings(home, "%s:%s" % (host or ("127.0.0.1", loop.port)), name, port) | (environment or {})
    if host:
        command = mapped(home, "127.0.0.1", host[0], command)
    node = Program(command, port, home / "log", "/docs", told)
    node.control = Control(home / "control")
    return node


def old_peer_node(home, loop, script, name, environment=None):
    """The same of 0.7.40, on the machine of the Loop."""
    port = free_port()
    told = settings(home, "backend", name, port) | (environment or {})
    command = mapped(home, "127.0.0.1", "backend", [OLD_PYTHON, HERE / script])
    node = DistantProgram(loop.place, command, port, home / "log", "/docs", told)
    node.control = Control(home / "control")
    return node


@contextlib.contextmanager
def loop_for_old_peers(folder):
    """A Loop that nodes of 0.7.40 ask over plain http: they do so at the name `backend`, port 80, alone. So it has a machine of its own."""
    if sys.version_info[:2] != (3, 11):
        skip(f"learning_loop_node 0.7.40 runs on Python 3.11, this is {sys.version_info.major}.{sys.version_info.minor}")
    require_machines("--mount")
    assert OLD_PYTHON.exists(), "tools/fetch_peers brings the library"
    with Machine() as machine:
        loop = distant_loop(Place(machine), folder, 80, ["--allowed-hosts", "backend"])
        loop.environment = {"LOOP_ADMIN_PASSWORD": ADMIN_PASSWORD}
        with loop:
            yield loop


# ------------------------------------------------------------------------------------------------------------ trainings


def trainer_id(loop, path, name):
    """The id of the trainer, once it has reported that it is idle."""
    def idle():
        return [one["id"] for one in loop.get(f"{path}/trainings").json()["trainers"] if (one["name"], one["state"]) == (name, "idle")]
    return wait_until(idle, f"a report of '{name}' that it is idle")[0]


def begin_training(loop, path, **wanted):
    """The number of a training that is queued now."""
    answer = loop.send_json("POST", f"{path}/trainings", wanted)
    assert answer.status == 200, answer
    assert answer.json()["state"] == "queued"
    return answer.json()["training_number"]


def training(loop, path, number):
    answer = loop.get(f"{path}/trainings/{number}")
    assert answer.status == 200, answer
    return answer.json()


def wait_for_training(loop, path, number, claim, what, seconds=60):
    """The training, once this is true of it."""
    last = {}

    def true():
        last.update(training(loop, path, number))
        return claim(last)
    try:
        wait_until(true, what, seconds)
    except AssertionError as late:
        raise AssertionError(f"{late}; the training: {last}\nThe Loop's log ends with\n{loop.log_text()[-3000:]}") from None
    return last


def ended(loop, path, number, seconds=60):
    return wait_for_training(loop, path, number, lambda one: one["state"] in ENDED, f"the end of training {number}", seconds)


def end_training(loop, path, number, how):
    """How: `stop` or `abort`."""
    answer = loop.ask("POST", f"{path}/trainings/{number}/{how}")
    assert answer.status == 200, answer
    return answer.json()
