"""Trainers that behave as those of the Python library do, but train nothing, are quick, and may be killed at any step: what one
has is in its folder, and it goes on with that. At each step a trainer tells {"event": "at", ...} and waits for {"go": <the
number that it told>} on stdin. Runs in the environment of python-socketio; its settings are JSON in $TRAINERS."""
import asyncio
import hashlib
import io
import json
import os
import random
import sys
import threading
import uuid
import zipfile
from pathlib import Path

import aiohttp
import socketio

sys.path.append(str(Path(__file__).resolve().parents[1] / "socketio_peer"))
from lines import tell  # noqa: E402

REPORT_S = 0.2
RETRY_S = 0.05
FORMATS = ("mocked", "mocked_2")
BATCH = 3
STATES = ("complete", "inbox", "annotate", "review")
# Where an unfinished training goes on: what the trainer says meanwhile, what it does, and what is done then.
STAGES = {
    "initialized": ("data_downloading", "download_data", "data_downloaded"),
    "data_downloaded": ("running", "train", "confusion_matrix_synced"),
    "confusion_matrix_synced": ("train_model_uploading", "upload_model", "train_model_uploaded"),
    "train_model_uploaded": ("detecting", "detect", "detected"),
    "detected": ("detection_uploading", "upload_detections", "ready_for_cleanup"),
}


class Again(Exception):
    """The stage failed, and is tried again."""


def weights(mark, model_format):
    return hashlib.sha256(f"{mark} {model_format}".encode()).digest() * 500


def form_of(files):
    """One body and its type."""
    boundary = "a-boundary-of-the-trainer"
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode() + content + b"\r\n"
             for name, content in files.items()]
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


class Training:
    """What a trainer knows of its training; on its disk once it was kept."""

    def __init__(self, file, **values):
        self.file = file
        self.values = {"stage": "initialized", "mark": str(uuid.uuid4()), "told": 0, "uploaded": [], "batches": 0} | values

    def __getattr__(self, name):
        return self.values[name]

    def change(self, **values):
        self.values |= values

    def keep(self, **values):
        self.change(**values)
        draft = self.file.with_suffix(".new")
        with open(draft, "w", encoding="utf-8") as out:
            json.dump(self.values, out)
        draft.rename(self.file)
        tell("kept", **self.told_as())

    def told_as(self):
        return {"trainer": self.trainer, "project": self.project, "training": self.details["training_number"], "mark": self.mark}

    @property
    def path(self):
        return f"/api/{self.organization}/projects/{self.project}"


class Trainer:
    def __init__(self, settings, url, folder, http, gates):
        self.id, self.name, self.headers = settings["id"], settings["name"], {"Authorization": f"Bearer {settings['token']}"}
        self.url, self.http, self.gates = url, http, gates
        self.file = Path(folder) / f"{self.id}.json"
        self.client, self.waiting, self.training, self.state = None, set(), None, "idle"
        self.errors, self.begun, self.news = {}, asyncio.Event(), asyncio.Event()
        if self.file.exists():
            self.training = Training(self.file, **json.loads(self.file.read_text(encoding="utf-8")))
            self.state = self.training.stage
            self.begun.set()
        tell("started", trainer=self.id, has=self.training.told_as() if self.training else None)

    async def stop_at(self, step, **more):
        await self.gates.stop_at(step=step, **self.training.told_as(), **more)

    # ------------------------------------------------------------------------------------------------------- its connection

    async def stay_connected(self):
        while True:
            try:
                if not self.client or not self.client.connected:
                    await self.connect()
                await self.report()
            except (Again, socketio.exceptions.SocketIOError, aiohttp.ClientError, asyncio.TimeoutError):
                await asyncio.sleep(RETRY_S)
                continue
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), REPORT_S)
            except asyncio.TimeoutError:
                pass

    async def connect(self):
        client = self.client = socketio.AsyncClient(reconnection=False, request_timeout=20, http_session=self.http)
        client.on("begin_training", self.begin_training)
        client.on("abort_training", self.abort_training)
        client.on("disconnect", self.is_lost)
        await client.connect(self.url, headers=self.headers | {"nodeType": "trainer", "organization": "", "project": ""},
                             socketio_path="/ws/socket.io")

    def is_lost(self, *_):
        for answer in self.waiting:
            if not answer.done():
                answer.set_exception(Again("the connection is lost"))
        self.news.set()

    async def call(self, event, *arguments):
        """The ack; Again if there will be none."""
        if not self.client or not self.client.connected:
            raise Again("not connected")
        answer = asyncio.get_running_loop().create_future()
        self.waiting.add(answer)
        try:
            await self.client.emit(event, arguments, callback=lambda ack: answer.done() or answer.set_result(ack))
            ack = await asyncio.wait_for(answer, 30)
        finally:
            self.waiting.discard(answer)
        if not ack["success"]:
            tell("trouble", trainer=self.id, what=f"{event}: {ack['error_msg']}")
            raise Again(ack["error_msg"])
        return ack["payload"]

    async def report(self):
        training = self.training
        status = {"id": self.id, "name": self.name, "state": self.state, "uptime": 1.0, "errors": self.errors, "progress": 0.5,
                  "pretrained_models": [{"name": "small", "label": "Small", "description": "a small model"}], "architecture": "mocked",
                  "context": {"organization": training.organization, "project": training.project} if training else None}
        await self.call("update_trainer", status)
        return status["state"]

    async def begin_training(self, organization, project, details):
        if self.training:
            return {"success": False, "error_msg": "a training is still active", "payload": "refused"}
        self.training = Training(self.file, trainer=self.id, organization=organization, project=project, details=details)
        self.state, self.errors = "initialized", {}
        await self.stop_at("begin_training came")
        if details["hyperparameters"]["keeps_at_once"]:
            self.training.keep()
            await self.stop_at("kept, before the ack")
        self.begun.set()  # whoever waits for that comes after the ack
        return {"success": True, "error_msg": None, "payload": None}

    async def abort_training(self):
        tell("aborted", trainer=self.id)
        return {"success": True, "error_msg": None, "payload": None}

    # --------------------------------------------------------------------------------------------------------- its trainings

    async def work(self):
        is_new = self.training is None
        while True:
            await self.begun.wait()
            self.begun.clear()
            if is_new:
                await self.stop_at("acked")
            is_new = True
            training = self.training
            while training.stage in STAGES:
                await self.go_through(training)
            await self.stop_at("ready_for_cleanup")
            self.file.unlink()
            await self.stop_at("cleaned, before idle")
            self.state, self.training = "idle", None
            await self.tell_idle()
            tell("idle", **training.told_as())
            await self.gates.stop_at(step="idle", **training.told_as())

    async def go_through(self, training):
        self.state, action, after = STAGES[training.stage]
        self.news.set()
        try:
            await getattr(self, action)(training)
        except (Again, OSError, aiohttp.ClientError, asyncio.TimeoutError, socketio.exceptions.SocketIOError) as failure:
            self.errors[action] = f"{type(failure).__name__}: {failure}"
            await asyncio.sleep(RETRY_S)
            return
        self.errors.pop(action, None)
        training.keep(stage=after)
        self.state = after
        self.news.set()

    async def tell_idle(self):
        while True:
            try:
                await self.report()
                return
            except (Again, asyncio.TimeoutError, socketio.exceptions.SocketIOError):
                await asyncio.sleep(RETRY_S)

    async def ask(self, method, path, body=None, headers=None):
        """The whole answer. A refusal is told, since a trainer of the library would end its training."""
        async with self.http.request(method, self.url + path, data=body, headers=self.headers | (headers or {}),
                                     timeout=aiohttp.ClientTimeout(total=60)) as answer:
            content = await answer.read()
            if answer.status != 200:
                tell("trouble" if answer.status >= 500 else "refused", trainer=self.id, what=f"{method} {path} {answer.status} {content!r}")
                raise Again(f"{method} {path}: {answer.status}")
            return content

    async def ask_json(self, path):
        return json.loads(await self.ask("GET", path))

    async def send_halved(self, step, method, path, body, content_type):
        """The answer to a body of which a half is sent, and after the step the rest."""
        async def halves():
            yield body[:len(body) // 2]
            await self.stop_at(step)
            yield body[len(body) // 2:]
        return await self.ask(method, path, halves(), {"Content-Type": content_type, "Content-Length": str(len(body))})

    async def download_data(self, training):
        ids = (await self.ask_json(f"{training.path}/data?state=complete"))["image_ids"]
        await self.stop_at("data_downloading")
        images = (await self.ask_json(f"{training.path}/images?ids={','.join(ids)}"))["images"]
        await self.ask("GET", f"{training.path}/images/{ids[0]}/main")
        training.change(sets=[image["set"] for image in images])

    async def train(self, training):
        await self.stop_at("running")
        while training.told < 2:
            epoch = training.told + 1
            matrix = {category["id"]: {"tp": epoch, "fp": 1, "fn": 2} for category in training.details["categories"]}
            out = {"trainer_id": self.id, "trainer_name": self.name, "confusion_matrix": matrix, "best_epoch": epoch,
                   "train_image_count": training.sets.count("train"), "test_image_count": training.sets.count("test"),
                   "hyperparameters": training.details["hyperparameters"]}
            answer = asyncio.ensure_future(self.call("update_training", training.organization, training.project, out))
            try:
                await asyncio.sleep(random.uniform(0, 0.002))  # it may be on its way, or taken
                await self.stop_at("update_training sent")
                payload = await answer
            finally:
                answer.cancel()
            training.keep(told=epoch, model=payload["model_uuid"])
            await self.stop_at("update_training acked")

    async def upload_model(self, training):
        path = f"{training.path}/trainings/{training.details['training_number']}/models/latest"
        for model_format in FORMATS:
            if model_format in training.uploaded:
                continue
            await self.stop_at("before the upload")
            files = {"model.pt": weights(training.mark, model_format),
                     "model.json": json.dumps({"categories": training.details["categories"]}).encode()}
            answer = json.loads(await self.send_halved("while uploading", "PUT", f"{path}/{model_format}/file", *form_of(files)))
            if answer["id"] != training.model:
                tell("refused", trainer=self.id, what=f"uploaded as {answer['id']}, told {training.model}")
            await self.stop_at("uploaded, its answer unused")
            training.keep(uploaded=training.uploaded + [model_format])
            await self.stop_at("between the formats" if len(training.uploaded) == 1 else "all formats uploaded")

    async def detect(self, training):
        package = await self.ask("GET", f"{training.path}/models/{training.model}/{FORMATS[0]}/file")
        [model] = [one for one in (await self.ask_json(f"{training.path}/models"))["models"] if one["id"] == training.model]
        with zipfile.ZipFile(io.BytesIO(package)) as files:
            if files.read("model.pt") != weights(training.mark, FORMATS[0]):
                tell("refused", trainer=self.id, what="another model came back")
        ids = [one for state in STATES for one in (await self.ask_json(f"{training.path}/data?state={state}"))["image_ids"]]
        training.change(version=model["version"], images=ids)

    async def upload_detections(self, training):
        [category, *_] = training.details["categories"]
        await self.stop_at("before the detections")
        while training.batches * BATCH < len(training.images):
            box = {"category_name": category["name"], "category_id": category["id"], "x": 1, "y": 2, "width": 30, "height": 20,
                   "model_name": training.version, "confidence": 0.5}
            batch = [{"image_id": one, "box_detections": [box], "point_detections": [], "segmentation_detections": [],
                      "classification_detections": []} for one in training.images[training.batches * BATCH:][:BATCH]]
            await self.send_halved("while sending detections", "POST", f"{training.path}/detections", json.dumps(batch).encode(),
                                   "application/json")
            await self.stop_at("detections sent, unused")
            training.keep(batches=training.batches + 1)


class Gates:
    """Where trainers wait until they are told to go on."""

    def __init__(self):
        self.closed, self.next = {}, 0

    async def stop_at(self, **where):
        self.next += 1
        number, gate = self.next, asyncio.get_running_loop().create_future()
        self.closed[number] = gate
        tell("at", gate=number, **where)
        try:
            await gate
        finally:
            del self.closed[number]

    def open(self, number):
        gate = self.closed.get(number)
        if gate and not gate.done():
            gate.set_result(None)


def obey(loop, gates):
    for line in sys.stdin:
        loop.call_soon_threadsafe(gates.open, json.loads(line)["go"])


async def run():
    settings = json.loads(os.environ["TRAINERS"])
    gates = Gates()
    threading.Thread(target=obey, args=(asyncio.get_running_loop(), gates), daemon=True).start()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        trainers = [Trainer(one, settings["url"], settings["folder"], http, gates) for one in settings["trainers"]]
        await asyncio.gather(*(part for trainer in trainers for part in (trainer.stay_connected(), trainer.work())))


if __name__ == "__main__":
    asyncio.run(run())
