"""What the end-to-end tests share: the programs, started as a user starts them, and requests to them."""

import copy
import io
import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

from loop_programs.connection import Connection, log_in
from loop_programs.multipart import multipart
from loop_programs.ports import free_port
from loop_programs.process import clean_environment, start_process
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
ADMIN_PASSWORD = "the-tests-own"
BIN = Path(os.environ.get("LL_BIN", ROOT / "build/release/bin"))


class Program:
    """One program on a port of its own. May be started again after it was stopped or killed: same port, same folder."""

    def __init__(self, command, port, log, ready="/api/status", environment=None):
        self.command, self.port, self.log, self.ready = [str(word) for word in command], port, Path(log), ready
        self.environment, self.process, self.headers = dict(environment or {}), None, {}

    def start(self, wait=True):
        with open(self.log, "ab") as log:
            self.process = start_process(self.command, self.environment, stdout=log, stderr=log)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.log_text()}"
            try:
                if self.get(self.ready).status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.02)
        raise AssertionError(f"{self.command} is not ready after {seconds} s:\n{self.log_text()}")

    def stop(self, signal_number=signal.SIGTERM, seconds=10):
        """Asks it to end; its exit status. For one that ended already: the status it ended with."""
        if self.process.poll() is None:
            self.process.send_signal(signal_number)
        return self.process.wait(seconds)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def log_text(self):
        return self.log.read_text(errors="replace")

    def __enter__(self):
        return self.start() if self.process is None else self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.kill()

    def ask(self, method, path, body=None, headers=None, timeout=60):
        """One request over a connection of its own."""
        connection = Connection(self.port, timeout, self.headers)
        try:
            return connection.ask(method, path, body, headers)
        finally:
            connection.close()

    def get(self, path, headers=None):
        return self.ask("GET", path, headers=headers)

    def send_json(self, method, path, value, timeout=60):
        return self.ask(method, path, json.dumps(value), {"Content-Type": "application/json"}, timeout)

    def post_files(self, path, files, field="files", headers=None, timeout=60):
        """`files`: pairs of name and bytes, in the order in which they are to be sent."""
        body, content_type = multipart(files, field)
        return self.ask("POST", path, body, {"Content-Type": content_type} | (headers or {}), timeout)


class Loop(Program):
    """A Loop, which is asked as its administrator; `nobody` asks without a login."""

    def wait_ready(self, seconds=30):
        super().wait_ready(seconds)
        if not self.headers and self.environment.get("LOOP_ADMIN_PASSWORD"):
            self.headers = log_in(self.port, "admin", self.environment["LOOP_ADMIN_PASSWORD"])

    def nobody(self):
        other = copy.copy(self)
        other.headers = {}
        return other

    def run(self, *words, stdin=None):
        """A command such as `token list` on its data folder; the output."""
        folder = self.command[self.command.index("--data-folder") + 1]
        done = subprocess.run([BIN / "learning-loop", *words, "--data-folder", folder], env=clean_environment(), input=stdin,
                              capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def loop_server(folder, port=None, environment=None, more=()):
    """The Loop on a data folder inside of `folder`."""
    port = port or free_port()
    command = [BIN / "learning-loop", "server", "--port", port, "--data-folder", Path(folder) / "loop", *more]
    return Loop(command, port, Path(folder) / "loop.log", environment={"LOOP_ADMIN_PASSWORD": ADMIN_PASSWORD} | (environment or {}))


def detector(folder, loop, organization, project, command=None, environment=None, more=(), ready="/health/ready"):
    """A detector node of that Loop's project, on a data folder inside of `folder`; `command` instead of our own detector.
    One that has no model yet is never ready: `ready="/about"` waits only until it answers."""
    port = free_port()
    words = [*(command or [BIN / "learning-loop", "detector"]), "--port", port, "--data-folder", Path(folder) / "detector",
             "--loop-host", f"127.0.0.1:{loop.port}", "--organization", organization, "--project", project, *more]
    return Program(words, port, Path(folder) / "detector.log", ready, environment)


def run_to_end(words, environment=None, seconds=20):
    """Exit status and stderr of a program that is expected to end by itself."""
    done = subprocess.run([str(word) for word in words], env=clean_environment(environment), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=seconds, check=False)
    return done.returncode, done.stderr


def jpeg(seed=0, size=(64, 48)):
    """A small JPEG; another seed, another picture."""
    picture = Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def generate(loop, project, organization="test", **keys):
    """A plain generated project; returns its path below /api."""
    body = {"project_name": project, "image_style": "plain", "box_categories": 2} | keys
    answer = loop.send_json("POST", f"/api/{organization}/projects/generator", body, timeout=300)
    assert answer.status == 200, answer.body
    return f"/api/{organization}/projects/{project}"


def image_ids(loop, path, state=None):
    return loop.get(f"{path}/data" + (f"?state={state}" if state else "")).json()["image_ids"]


def images(loop, path, ids):
    """The images' items, asked for in slices as a node does."""
    found = []
    for first in range(0, len(ids), 100):
        answer = loop.get(f"{path}/images?ids={','.join(ids[first:first + 100])}")
        assert answer.status == 200, answer.body
        found += answer.json()["images"]
    return found
