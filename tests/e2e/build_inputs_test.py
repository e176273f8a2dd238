"""What a program is built from, as ninja knows it: a detector builds nothing of the Loop."""
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


def test_a_detector_of_ones_own_builds_nothing_of_the_loop():
    rooms = rooms_of("bright_spot")
    assert {"base", "http", "socketio", "infer", "node", "detector"} <= rooms
    assert not rooms & {"store", "server", "scene"}


def test_a_socketio_server_of_ones_own_builds_no_detector():
    rooms = rooms_of("socketio_echo")
    assert "socketio" in rooms and not rooms & {"infer", "node", "detector"}
