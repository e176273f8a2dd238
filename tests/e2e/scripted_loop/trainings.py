"""A Loop that does to trainers what lines of JSON on stdin tell it, see loop.py. Runs in the environment of python-socketio. Left alone it
is a good one: it has images, takes a model for each training and gives it back.

    {"project": name, "images": [[id, set, state], ...]}        what is in it
    {"node": name, "answer": route, "with": [answer, ...]}      to its next requests, one each; those afterwards are answered well
    {"node": name, "forget": true}                              no model of its trainings is kept any more

Routes: data, rows, image, model, upload, detections. Each request is told as `asked`, before it is answered. An answer has one of
    {"status": number, "body": value, "headers": {...}}         `bytes`: so many instead of a body
    {"raw": text}                                               what is sent instead of HTTP, before the connection breaks
    {"hold": true}                                              until `let_go`; then well, unless the node has given up: `given up`
    {"cut": true}                                               the connection breaks
and may have {"times": n} (0: for ever), {"after": seconds}, and {"well": true}: all is done as in a good answer, which is not sent."""
import asyncio
import hashlib
import io
import json
import time
import uuid
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field

from aiohttp import web
from loop import GOOD, Script, ScriptedLoop, run, tell

SIZE = {"width": 320, "height": 240}
PROJECT = "/api/{organization}/projects/{project}"


@dataclass
class TrainerScript(Script):
    training: dict = field(default_factory=lambda: {"ack": [GOOD]})  # what is answered to update_training
    answers: dict = field(default_factory=lambda: defaultdict(list))  # by the route

    def next_answer(self, route):
        """None: a good one."""
        waiting = self.answers[route]
        if not waiting:
            return None
        answer, times = waiting[0], waiting[0].get("times", 1)
        if times == 1:
            waiting.pop(0)
        elif times > 1:
            waiting[0] = answer | {"times": times - 1}
        return answer


class TrainingLoop(ScriptedLoop):
    def __init__(self, images):
        events = {"update_trainer": ("reported", "report"), "update_training": ("trained", "training")}
        super().__init__(images, events, TrainerScript)
        self.projects = {}  # by their name: rows of images
        self.models = {}  # by node, project, training and format: id and files
        for method, path, route, answer in (
                ("GET", "/data", "data", self.answer_data), ("GET", "/images", "rows", self.answer_rows),
                ("GET", "/images/{image}/main", "image", images.answer),
                ("GET", "/models/{model}/{format}/file", "model", self.answer_model),
                ("PUT", "/trainings/{number}/models/latest/{format}/file", "upload", self.take_model),
                ("POST", "/detections", "detections", self.take_detections)):
            self.app.router.add_route(method, PROJECT + path, self.scripted(route, answer))

    def scripted(self, route, answer_well):
        async def answer(request):
            name = self.name_of(request)
            how = self.script(name).next_answer(route)
            tell("asked", node=name, route=route, path=request.path_qs, at=time.monotonic())
            if how is None:
                return await answer_well(request)
            await asyncio.sleep(how.get("after", 0))
            if how.get("well"):
                await answer_well(request)
            elif not how.get("hold"):
                await request.read()
            return await self.answer_badly(request, route, how, answer_well)
        return answer

    async def answer_badly(self, request, route, how, answer_well):
        if how.get("hold"):
            await self.script(self.name_of(request)).held[route].wait()
            if request.transport is None or request.transport.is_closing():
                tell("given up", node=self.name_of(request), route=route)
                return web.Response()
            return await answer_well(request)
        if "raw" in how or how.get("cut"):
            if request.transport is not None:
                request.transport.write(how.get("raw", "").encode("latin1"))
                await asyncio.sleep(0.05)
                request.transport.close()
            return web.Response()
        body = b"x" * how["bytes"] if "bytes" in how else json.dumps(how.get("body", {"detail": "of the test"})).encode()
        return web.Response(status=how["status"], body=body, headers={"Content-Type": "application/json"} | how.get("headers", {}))

    async def answer_data(self, request):
        state = request.query.get("state")
        rows = self.projects.get(request.match_info["project"])
        if rows is None:
            return web.json_response({"detail": "there is no such project"}, status=404)
        return web.json_response({"image_ids": [row["id"] for row in rows if state in (None, row["state"])]})

    async def answer_rows(self, request):
        wanted = set(request.query["ids"].split(","))
        return web.json_response({"images": [row for row in self.projects[request.match_info["project"]] if row["id"] in wanted]})

    async def answer_model(self, request):
        """One that was uploaded, or else, under any id, one to begin with."""
        wanted, model_format = request.match_info["model"], request.match_info["format"]
        found = [files for (*_, one), (model_id, files) in self.models.items() if (model_id, one) == (wanted, model_format)]
        files = dict(found[0] if found else {"model.pt": b"weights to begin with", "model.json": b'{"categories": []}'})
        told = {key: request.match_info[key] for key in ("organization", "project", "format")}
        files["model.json"] = json.dumps(json.loads(files["model.json"]) | told | {"id": wanted, "version": "1.0", "host": None}).encode()
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as package:
            for name, content in files.items():
                package.writestr(name, content)
        return web.Response(body=out.getvalue(), headers={"Content-Disposition": 'attachment; filename="model.zip"'})

    async def take_model(self, request):
        project, number, model_format = (request.match_info[key] for key in ("project", "number", "format"))
        node = self.name_of(request)
        key = node, project, number, model_format
        parts = await request.post()
        files = {part.filename: part.file.read() for part in parts.getall("files")}
        model_id, kept = self.models.get(key, (str(uuid.uuid5(uuid.NAMESPACE_URL, f"{node} {project} {number}")), files))
        hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        tell("uploaded", node=node, project=project, number=number, format=model_format, id=model_id, again=key in self.models,
             files=hashes, description=json.loads(files["model.json"]))
        if kept != files:
            return web.json_response({"detail": {"id": model_id, "text": "the Loop has other files"}}, status=409)
        self.models[key] = model_id, files
        return web.json_response({"id": model_id})

    async def take_detections(self, request):
        tell("detected", node=self.name_of(request), project=request.match_info["project"], items=await request.json())
        return web.json_response({})

    async def execute(self, command):
        if "project" in command:
            self.projects[command["project"]] = [row_of(*one) for one in command["images"]]
        elif "answer" in command:
            self.script(command["node"]).answers[command["answer"]] = command["with"]
        elif "let_go" in command:
            waiting = self.script(command["node"]).answers
            waiting[command["let_go"]] = [one for one in waiting[command["let_go"]] if not one.get("hold")]
            await super().execute(command)
        elif "forget" in command:
            self.models = {key: one for key, one in self.models.items() if key[0] != command["node"]}
        else:
            await super().execute(command)


def row_of(image_id, image_set, state):
    annotations = {f"{kind}_annotations": [] for kind in ("box", "point", "segmentation")}
    return {"id": image_id, "set": image_set, "state": state, "tags": [], "created": None} | SIZE | annotations | {
        "classification_annotation": None}


if __name__ == "__main__":
    asyncio.run(run(TrainingLoop))
