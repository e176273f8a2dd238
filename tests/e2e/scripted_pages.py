"""What the tests of the page of nodes without one of their own share: the program scripted_node, whose page shows the file status.json of
its data folder, which a test writes; and what people do there."""

import contextlib
import datetime
import json
import os

import pytest
from loop_programs.ports import free_port
from node_pages import text_of, url_of, wait_for_text
from programs import BIN, Program


def ago(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)).isoformat()


def job(what, step, progress):
    return {"what": what, "step": step, "progress": progress, "since": ago(75)}


def result(what, outcome, is_failure=False, seconds_ago=100):
    return {"when": ago(seconds_ago), "what": what, "outcome": outcome, "is_failure": is_failure}


STATUS = {
    "name": "format converter 2", "kind": "converter", "purpose": "Converts models of format_a to format_b.",
    "version": "0.9.0", "node_version": "1.4.2", "loop": "http://loop.example:8000", "uptime": 93700,
    "link": {"word": "connected", "look": "good"}, "idle": "Waits for models in format_a.",
    "facts": [{"label": "Source format", "value": "format_a"}, {"label": "Failed models", "value": "2"}],
    "jobs": [job("field/beets 1.3", "converting", 0.42), job("field/weeds 2.14", "downloading", None)],
    "results": [result("field/beets 1.2", "3 files are in the Loop"), result("field/old 0.9", "no such layer: conv9", True, 4000)],
    "actions": [{"label": "Try failed models again", "path": "/press", "done": "The failed models are tried again."}],
    "errors": {},
}


class ScriptedNode(Program):
    """A node whose page a test writes."""

    def __init__(self, folder, environment=None):
        self.folder, port = folder / "node", free_port()
        self.folder.mkdir()
        self.tell()
        command = [BIN / "scripted_node", "--port", port, "--data-folder", self.folder]
        super().__init__(command, port, folder / "node.log", "/live.css", environment)

    def tell(self, **changes):
        new = self.folder / "status.new"
        new.write_text(json.dumps(STATUS | changes))
        os.replace(new, self.folder / "status.json")

    def presses(self):
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "presses").read_text().splitlines()
        return []


@pytest.fixture(name="node")
def fixture_node(tmp_path):
    with ScriptedNode(tmp_path) as node:
        yield node


def shown(page, node):
    """Opens the page, and waits until the node's status is on it."""
    page.open(url_of(node))
    wait_for_text(page, "Converts models of format_a to format_b.")


def press(page, label):
    """By keyboard, as those do who see no button."""
    page.evaluate(f"[...document.querySelectorAll('button')].find(one => one.textContent === '{label}').focus()")
    page.type_key("Enter")


def lines_of(page, element_id):
    return [line for line in text_of(page, element_id).split("\n") if line]
