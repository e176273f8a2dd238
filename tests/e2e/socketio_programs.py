"""Servers and clients of Socket.IO as programs, ours and those of tools/fetch_peers. All take the same flags and commands."""

import hashlib
import json
import os
import queue
import re
import socket
import subprocess
import threading
import time
from pathlib import Path

from loop_programs.ports import free_port
from loop_programs.process import start_process
from programs import BIN, ROOT, Program

HERE = ROOT / "tests/e2e/socketio_peer"
PYTHON = ROOT / "build/peers/python-socketio/bin/python"
JAVASCRIPT = ROOT / "build/peers/socket.io-client/node_modules"
END = {"event": "end of its lines"}
PATIENCE = 120  # seconds: large messages take JavaScript seconds to poll, and many on a machine that is busy otherwise


def flags(values):
    """`ping_interval_ms=300` is --ping-interval-ms 300."""
    return [word for name, value in values.items() for word in (f"--{name.replace('_', '-')}", str(value))]


class EchoServer(Program):
    """Picks a port unless it is told one, and says `listening on http://127.0.0.1:PORT`."""

    def __init__(self, command, log, port=0, **settings):
        super().__init__([*command, "--port", port, *flags(settings)], port, log)
        self.start_of_log = 0

    def start(self, wait=True):
        self.start_of_log = self.log.stat().st_size if self.log.exists() else 0
        return super().start(wait)

    def wait_ready(self, seconds=30):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.log_text()}"
            said = re.search(rb"listening on http://127\.0\.0\.1:(\d+)", self.log.read_bytes()[self.start_of_log:])
            if said:
                self.port = int(said[1])
                return
            time.sleep(0.02)
        raise AssertionError(f"{self.command} does not listen after {seconds} s:\n{self.log_text()}")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def peak_memory_mb(self):
        return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())[1]) / 1024


def our_server(folder, name="socketio_echo", **settings):
    return EchoServer([BIN / name], Path(folder) / f"{name}.log", **settings)


def python_server(folder, **settings):
    assert PYTHON.exists(), "tools/fetch_peers brings python-socketio"
    return EchoServer([PYTHON, "-B", HERE / "server.py"], Path(folder) / "python_server.log", **settings)


class Lines:
    """A program that reads commands from stdin and prints what happens, both as lines of JSON."""

    def __init__(self, command, log, environment=None):
        self.log, self.lines, self.kept = Path(log), queue.Queue(), []
        with open(self.log, "ab") as errors:
            self.process = start_process(command, environment, text=True, bufsize=1, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=errors)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self._take(json.loads(line))
        self.lines.put(END)

    def _take(self, line):
        self.lines.put(line)

    def tell(self, **command):
        self.process.stdin.write(json.dumps(command) + "\n")

    def wait_for(self, event, seconds=PATIENCE, **fields):
        """Waits for a line of this event with these fields and returns it. Each line is returned once, the oldest first."""
        wanted = {"event": event} | fields
        deadline = time.monotonic() + seconds
        while True:
            for line in self.kept:
                if wanted.items() <= line.items():
                    self.kept.remove(line)
                    return line
            assert END not in self.kept, f"no {wanted} before its end, but {self.kept}\n{self.log_text()}"
            try:
                self.kept.append(self.lines.get(timeout=max(0, deadline - time.monotonic())))
            except queue.Empty:
                raise AssertionError(f"no {wanted} within {seconds} s, but {self.kept}\n{self.log_text()}") from None

    def received(self, name, **more):
        return self.wait_for("received", name=name, **more)["arguments"]

    def call(self, name, *arguments, **more):
        self.tell(call=name, arguments=arguments, timeout_ms=PATIENCE * 1000, **more)
        return self.wait_for("answer")["arguments"]

    def log_text(self):
        return self.log.read_text(errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def wait_end(self, seconds=30):
        """Its exit status, once it has ended by itself."""
        return self.process.wait(seconds)


PROGRAMS = {
    "ours": [BIN / "socketio_caller"],
    "python asyncio": [PYTHON, "-B", HERE / "client.py", "--kind", "asyncio"],
    "python threads": [PYTHON, "-B", HERE / "client.py", "--kind", "threads"],
    "javascript": ["node", HERE / "client.js"],
}


def client(kind, server, folder, **settings):
    """A client that connects to that server: `kind` is a key of PROGRAMS."""
    if kind == "ours" and "namespace" in settings:  # no name for a field in C++
        settings["nsp"] = settings.pop("namespace")
    log = Path(folder) / f"{kind.replace(' ', '_')}_client.log"
    peer = Lines([*PROGRAMS[kind], "--url", server.url, *flags(settings)], log, {"NODE_PATH": str(JAVASCRIPT)})
    peer.kind = kind
    return peer


def crowd(language, server, folder, count, rounds=1, **settings):
    """Many clients in one program; see socketio_peer/crowd.py."""
    program = {"python": [PYTHON, "-B", HERE / "crowd.py"], "javascript": ["node", HERE / "crowd.js"]}[language]
    words = [*program, "--url", server.url, *flags({"count": count, "rounds": rounds} | settings)]
    return Lines(words, Path(folder) / f"{language}_crowd.log", {"NODE_PATH": str(JAVASCRIPT)})


def pattern(size):
    """The bytes that `binary_bytes` stands for."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def shown(size):
    """How clients show these bytes."""
    return {"sha256": hashlib.sha256(pattern(size)).hexdigest(), "bytes": size}
