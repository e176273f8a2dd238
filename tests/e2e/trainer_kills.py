"""A trainer that is killed, whose training is at our Loop; and what must be true of the training in the end."""

import hashlib
import json
import os
import signal
from pathlib import Path

from accounts import token
from between_sockets import BetweenSockets
from node_status import live
from nodes import wait_until
from packages import download, send
from peer_nodes import begin_training, training, trainer_id
from programs import generate, image_ids
from system_calls import Trace
from trainers import processes_of, trainer

FORMATS = ["mocked", "mocked_2"]
FILES = {"mocked": ["model.pt", "hyp.txt"], "mocked_2": ["model.wts"]}  # as test_trainer/train.py makes them
EPOCHS = 4
FAT = ", and " + "a" * 300_000


class KilledTrainer:
    """A trainer behind a proxy, with a project of its own. `inbox`: how many images it looks at beside the 6 that it learns from; `epochs`:
    how many its program makes; `weights`: what stands in the files that it leaves, beside their names."""

    def __init__(self, loop, folder, name, inbox=104, epochs=EPOCHS, weights=FAT):
        self.loop, self.name, self.home, self.epochs, self.weights = loop, name, Path(folder) / name, epochs, weights
        self.path = generate(loop, name.replace("-", "_"), "o", complete=6, inbox=inbox, box_categories=1, point_categories=1)
        self.way = BetweenSockets(loop)
        told = {"LOOP_HOST": f"127.0.0.1:{self.way.port}", "LOOP_TOKEN": token(loop, "--node", name)["Authorization"].split()[1],
                "NODE_NAME": name, "USE_BACKDOOR_CONTROLS": "1"}
        self.node = trainer(self.home, told)
        self.node.command[:0] = ["setsid"]  # as a program in a terminal of its own, in which Ctrl-C reaches all
        self.control, self.data = self.node.control, self.home / "data"
        self.control.tell("epochs", str(epochs))
        self.control.tell("weights", weights)
        self.number, self.known, self.left = 0, None, []  # of its training, its id, processes that it left behind
        self.models = []                                  # that the Loop has besides that of its training

    def __enter__(self):
        self.way.__enter__()
        return self

    def __exit__(self, *_):
        self.node.__exit__()
        self.way.is_open.set()
        self.way.__exit__()

    def wait_until_idle(self):
        self.known = trainer_id(self.loop, self.path, self.name)

    def add_base_model(self):
        """Its next training begins with it."""
        categories = self.loop.get(self.path).json()["categories"]
        files = {"base.pt": os.urandom(200_000).hex().encode(), "model.json": json.dumps({"categories": categories}).encode()}
        answer = send(self.loop, "POST", f"{self.path}/models/mocked", files)
        assert answer.status == 200, answer
        self.models.append(answer.json()["id"])

    def begin(self, **wanted):
        """A training is queued for it."""
        wanted |= {"trainer_id": self.known, "model_variant": "small"} | ({"base_model_uuid": self.models[0]} if self.models else {})
        self.number = begin_training(self.loop, self.path, **wanted)

    # ------------------------------------------------------------------------------------------------------ its end

    def kill(self, how=signal.SIGKILL):
        """SIGINT goes to all that runs in the terminal, as Ctrl-C does. What was left of its processes has to be gone soon."""
        self.left += processes_of(self.home)
        if how == signal.SIGKILL:
            self.node.kill()
            return
        (os.killpg if how == signal.SIGINT else os.kill)(self.node.process.pid, how)
        self.let_go_on()
        assert self.node.process.wait(10) == 0, self.node.log_text()[-3000:]
        assert processes_of(self.home) == [], "one that ends by itself ends all of them first"

    def assert_no_process_outlived_it(self):
        left = set(self.left)
        wait_until(lambda: not left & set(processes_of(self.home)), f"the end of what a killed node has left behind: {left}", 10)
        self.left.clear()

    # ---------------------------------------------------------------------------------------------------- its record

    def record(self):
        """What it must not forget; None: nothing."""
        try:
            return json.loads(next(self.data.glob("last_training__*.json")).read_text())
        except (StopIteration, FileNotFoundError):
            return None

    def record_state(self):
        record = self.record()
        return record["state"] if record else "none"

    def training_folder(self):
        return next((self.data / "o").glob("*/trainings/*"))

    def stopping_at(self, folder):
        """Stops the node each time that a file of the folder was replaced or removed durably, as its record in the data folder, before it
        goes on."""
        return Trace(self.node.process.pid, self.home / "strace.log", ["fsync"], ["-P", folder, "-e", "inject=fsync:signal=STOP"])

    def calls_stopped_at(self, passed):
        """How many calls it has made of those that stop it, if it stands and they are more than `passed`; else 0."""
        calls = (self.home / "strace.log").read_text().count(" fsync(")
        return calls if calls > passed and self.is_stopped() else 0

    def is_stopped(self):
        """All of its threads are."""
        stats = list(Path(f"/proc/{self.node.process.pid}/task").glob("*/stat"))
        return all(stat.read_text().rsplit(")", 1)[1].split()[0] in "tT" for stat in stats)

    def let_go_on(self):
        self.node.process.send_signal(signal.SIGCONT)

    # ------------------------------------------------------------------------------------------------- how it goes on

    def publish(self):
        """Has the node look for a better state now, and not when its five seconds are over."""
        answer = self.node.send_json("POST", "/steps", 1)
        assert answer.status == 200, (answer, self.node.log_text()[-2000:])

    def is_over(self):
        return self.record() is None and training(self.loop, self.path, self.number)["ended"]

    def wait_until_over(self, seconds=90):
        def is_over():
            assert self.node.process.poll() is None, self.node.log_text()[-3000:]
            return self.is_over()
        try:
            wait_until(is_over, "the end of the training", seconds)
        except AssertionError as late:
            told = training(self.loop, self.path, self.number)
            raise AssertionError(f"{late}: {self.record_state()}, {told['state']} {told['reason']}, {live(self.node)['errors']}\n"
                                 f"{self.node.log_text()[-4000:]}") from None

    # ------------------------------------------------------------------------------------------- what must be true then

    def assert_whole(self):
        """The Loop has all of the training, and once. Nothing is left of it here."""
        told = training(self.loop, self.path, self.number)
        assert told["state"] == "completed" and told["reason"] is None, told
        assert len(self.loop.get(f"{self.path}/trainings").json()["trainings"]) == self.number
        self.assert_model_is_whole(told["results"])
        self.assert_nothing_is_left()

    def assert_model_is_whole(self, results):
        epochs = [one["best_epoch"] for one in results]
        assert epochs == sorted(set(epochs)) and epochs[-1] == self.epochs, "each state that was published is there, and once"
        models = {one["id"]: one for one in self.loop.get(f"{self.path}/models").json()["models"]}
        model = models.pop(results[-1]["model_id"])
        assert set(models) == set(self.models), models
        assert model["formats"] == FORMATS, model
        for model_format, names in FILES.items():
            files = download(self.loop, self.path, model["id"], model_format)
            assert json.loads(files.pop("model.json"))["conf_threshold"] == 0.25
            assert files == {name: f"{name} of {model_format}, epoch {self.epochs}{self.weights}".encode() for name in names}
        self.assert_detections_are_whole(model["version"])

    def assert_detections_are_whole(self, version):
        """In each image what test_trainer/detect.py finds there, once."""
        ids = [one for state in ("inbox", "annotate", "review", "complete") for one in image_ids(self.loop, self.path, state)]
        for row in self.rows(ids, version):
            [box], [point] = row["box_detections"], row["point_detections"]
            assert [box[key] for key in ("x", "y", "width", "height", "confidence")] == [1, row["height"] - 21, 30, 20, 0.9], box
            assert [point[key] for key in ("x", "y", "confidence")] == [10.5, 20.5, 0.8], point
            assert box["model_name"] == point["model_name"] == version

    def rows(self, ids, version):
        """The images' items, with what this model has found in them."""
        for first in range(0, len(ids), 100):
            answer = self.loop.get(f"{self.path}/images?ids={','.join(ids[first:first + 100])}&model_version={version}")
            assert answer.status == 200, answer
            yield from answer.json()["images"]

    def assert_nothing_is_left(self):
        """But the images and the log."""
        self.assert_no_process_outlived_it()
        wait_until(lambda: processes_of(self.home) == [self.node.process.pid], "no process but the node's")
        assert live(self.node)["errors"] == {}
        files = {str(file.relative_to(self.data)) for file in self.data.rglob("*") if not file.is_dir()}
        project = f"o/{self.path.rsplit('/', 1)[1]}"
        logs = {one for one in files if one.startswith(f"{project}/trainings/")}
        assert len(logs) == 1 and logs.pop().endswith("/last_training.log"), files
        kept = {one for one in files if one.startswith(f"{project}/images/")}
        others = files - kept - {one for one in files if one.endswith("/last_training.log")}
        assert others <= {".lock", "uuids.json", "admin.sock"}, others
        assert kept == {f"{project}/images/{one}.jpg" for one in image_ids(self.loop, self.path)}
        for one in kept:
            there = self.loop.get(f"{self.path}/images/{Path(one).stem}/main").body
            assert hashlib.sha256((self.data / one).read_bytes()).digest() == hashlib.sha256(there).digest(), one

    def forget_training(self):
        """It has ended; another one may follow."""
        [model] = {one["model_id"] for one in training(self.loop, self.path, self.number)["results"] if one["formats"]}
        self.models.append(model)

    def assert_each_epoch_was_made_once(self):
        """Else tells whether the Loop has asked twice for the training, or the program began twice."""
        made = [int(line) for line in (self.home / "control/epochs made").read_text().split()]
        begins = self.way.count(r'DOWN 42\d+\["begin_training".*')
        assert made == list(range(1, self.epochs + 1)), (f"{made}, begin_training came {begins} times, "
                                                        f"{training(self.loop, self.path, self.number)}\n{self.node.log_text()[-6000:]}")
