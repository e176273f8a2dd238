"""A Loop that does to annotators what lines of JSON on stdin tell it, see loop.py. Runs in the environment of python-socketio."""
import asyncio
from dataclasses import dataclass, field

from aiohttp import web
from loop import GOOD, Script, ScriptedLoop, run


@dataclass
class AnnotatorScript(Script):
    shape: dict = field(default_factory=lambda: {"ack": [GOOD]})  # what is answered to one


def make_loop(images):
    events = {"update_annotation_node": ("reported", "report"), "update_segmentation_annotation": ("shape", "shape")}
    loop = ScriptedLoop(images, events, AnnotatorScript)
    loop.app.add_routes([web.get("/api/{organization}/projects/{project}/images/{image}/main", images.answer)])
    return loop


if __name__ == "__main__":
    asyncio.run(run(make_loop))
