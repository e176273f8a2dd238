"""What a program is built from, as ninja knows it: a detector that speaks only REST builds no Socket.IO."""
import re
import subprocess

from programs import BIN


def ninja(*words):
    return subprocess.run(["ninja", "-C", str(BIN.parent), *words], capture_output=True, text=True, check=True).stdout.splitlines()


def rooms_of(program):
    """The rooms of which a source or a header goes into this program."""
    inputs = ninja("-t", "inputs", f"bin/{program}")
    headers = ninja("-t", "deps", *(file for file in inputs if file.endswith(".o")))
    return {found[1] for file in inputs + headers if (found := re.search(r"\bsrc/learning_loop/(\w+)/", file))}


def test_a_detector_of_ones_own_builds_no_socketio():
    rooms = rooms_of("bright_spot")
    assert {"base", "http", "infer", "node", "detector"} <= rooms
    assert not rooms & {"socketio", "store", "server"}


def test_what_speaks_socketio_builds_it():
    assert "socketio" in rooms_of("socketio_echo")
