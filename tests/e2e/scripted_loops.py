"""Loops of tests/e2e/scripted_loop, and nodes that have one of them."""

from pathlib import Path

from image_bytes import png_header
from loop_programs.ports import free_port
from nodes import jpeg_of
from PIL import Image
from programs import ROOT
from socketio_programs import PYTHON, Lines


class ScriptedLoop(Lines):
    """See scripted_loop/loop.py. `script`: of that folder, which says for which nodes it is."""

    def __init__(self, folder, script="main.py", port=None):
        assert PYTHON.exists(), "tools/fetch_peers brings python-socketio"
        self.port = port or free_port()
        folder = Path(folder)
        (folder / "image.jpg").write_bytes(jpeg_of(Image.effect_noise((320, 240), 60).convert("RGB")))
        (folder / "bomb.png").write_bytes(png_header(20000, 20000))
        super().__init__([PYTHON, "-B", ROOT / "tests/e2e/scripted_loop" / script], folder / "scripted_loop.log",
                         {"PORT": str(self.port), "IMAGE": str(folder / "image.jpg"), "BOMB": str(folder / "bomb.png")})
        self.wait_for("listening")


def settings_for(loop, name):
    """The environment of a node that this Loop knows by the name."""
    return {"LOOP_HOST": f"127.0.0.1:{loop.port}", "LOOP_USERNAME": name, "LOOP_PASSWORD": f"of {name}", "NODE_NAME": name}


class NodeOfScriptedLoop:
    """A node whose Loop is a ScriptedLoop, which knows it by the name. `program`: not started yet, on `settings_for`."""

    def __init__(self, loop, name, program):
        self.loop, self.name, self.program = loop, name, program

    def __enter__(self):
        self.program.start()
        return self

    def __exit__(self, *_):
        self.program.__exit__()

    def set(self, **script):
        self.loop.tell(node=self.name, set=script)

    def saw(self, event, seconds=30, **fields):
        return self.loop.wait_for(event, seconds, node=self.name, **fields)

    def begin(self, event, *arguments):
        """As `call`, but does not wait for the ack."""
        self.loop.tell(node=self.name, emit=event, all=[arguments])

    def acked(self, event, seconds=60):
        [arguments] = self.saw("acked", seconds, name=event)["acks"]
        return arguments

    def call(self, event, *arguments, seconds=60):
        """The arguments of its ack."""
        self.begin(event, *arguments)
        return self.acked(event, seconds)
