"""What tests of converters share: the example converter, models for it, and what both tell."""

import json
import re
import uuid
from pathlib import Path

from accounts import token
from loop_programs.ports import free_port
from nodes import wait_until
from packages import download, packed, send
from programs import BIN, Program

FORMATS = ["format_a", "format_b"]
CATEGORIES = [{"id": "b", "name": "beet"}, {"id": "a", "name": "ape"}]
DESCRIPTION = {"categories": CATEGORIES, "resolution": 320, "mine": [1, {"two": None}]}
BIG_TEXT = b"sugar beet\n" * 2_500_000  # takes the example a while


def login_of(loop):
    return {"LOOP_TOKEN": token(loop, "--node", "converter")["Authorization"].removeprefix("Bearer ")}


def converter(folder, loop, environment=None, more=()):
    """The example, not started yet, on the data folder `converter` inside of `folder`. `loop`: anything that has a port."""
    port = free_port()
    words = [BIN / "upper_case", "--port", port, "--data-folder", Path(folder) / "converter",
             "--loop-host", f"127.0.0.1:{loop.port}", *more]
    return Program(words, port, Path(folder) / "converter.log", "/health/live", environment)


def model_files(text=b"red\nblue\n", description=None):
    """The files of a model that nobody has uploaded before. The example converts it; one whose `text` is None it refuses."""
    described = {"model.json": json.dumps(description).encode()} if description else {}
    return {"weights.bin": uuid.uuid4().bytes} | ({} if text is None else {"weights.txt": text}) | described


def upload(loop, path, text=b"red\nblue\n", description=None):
    """A model in format_a, as the README's zip; its id."""
    answer = send(loop, "POST", f"{path}/models/format_a", {"my_model.zip": packed(model_files(text, description))})
    assert answer.status == 200, answer
    return answer.json()["id"]


def formats(loop, path):
    """Those of each model, by its id."""
    return {one["id"]: one["formats"] for one in loop.get(f"{path}/models").json()["models"]}


def wait_until_converted(loop, path, model, seconds=30):
    """The files in format_b."""
    wait_until(lambda: "format_b" in formats(loop, path)[model], "a converted model", seconds)
    assert formats(loop, path)[model] == FORMATS
    return download(loop, path, model, "format_b")


def status(node):
    return node.get("/live").json()["status"]


def errors(node):
    return status(node)["errors"]


def step(node):
    """What the node is at, if it is at a model."""
    return [job["step"] for job in status(node)["jobs"]]


def wait_for_error(node, about, words="", seconds=30):
    """The text under a key that contains `about`, once it contains `words`."""
    def found():
        return [text for key, text in errors(node).items() if about in key and words in text]
    try:
        return wait_until(found, f"an error about '{about}' with '{words}'", seconds)[0]
    except AssertionError as late:
        raise AssertionError(f"{late}; errors: {errors(node)}\n{node.log_text()[-3000:]}") from None


def failed_models(node):
    """Those that the converter remembers, by their id."""
    file = folder_of(node) / "failed_models.json"
    return {one["id"]: one for one in json.loads(file.read_text())["models"]} if file.exists() else {}


def folder_of(node):
    return Path(node.command[node.command.index("--data-folder") + 1])


def strays(node):
    """What is in the data folder that nothing needs while no model is converted."""
    known = {"failed_models.json", ".lock", "admin.sock", "uuids.json", "uploads"}
    return sorted(str(file.relative_to(folder_of(node))) for file in folder_of(node).rglob("*") if file.name not in known)


def tries(node, outcome):
    """How many conversions have ended so."""
    found = re.search(rf'^converter_models_total{{result="{outcome}"}} (\d+)$', node.get("/metrics").body.decode(), re.M)
    return int(found[1]) if found else 0
