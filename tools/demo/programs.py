"""The programs that the demo starts: each with a log of its own, all of them ended whatever happens to the demo."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import time


class DemoFailed(Exception):
    """The demo cannot go on; the message tells the person why, and what to do."""


def _die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG: also when the demo itself is killed


class Programs:
    def __init__(self, folder):
        self.folder, self.running = folder, {}

    def start(self, name, command, environment=None, log=True):
        """With `log`, output goes to <folder>/<name>.log; without it, stdout is a pipe and only stderr goes there."""
        log_file = open(self.folder / f"{name}.log", "ab")
        # No variable of the person's shell may steer the demo's nodes to another Loop or folder.
        ours = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG", "TMPDIR", "ONNXRUNTIME_ROOT")}
        process = subprocess.Popen(
            [str(word) for word in command], env=ours | (environment or {}), stdin=subprocess.DEVNULL, start_new_session=True,
            stdout=log_file if log else subprocess.PIPE, stderr=log_file, preexec_fn=_die_with_parent, text=not log)
        log_file.close()
        self.running[name] = process
        return process

    def stop(self, name):
        process = self.running.pop(name)
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop_all(self):
        for process in self.running.values():
            process.terminate()
        for name in list(self.running):
            self.stop(name)

    def wait_until(self, name, is_ready, seconds, what):
        """Waits for `is_ready()`; a program that ends meanwhile, or takes too long, fails the demo."""
        deadline = time.monotonic() + seconds
        while not is_ready():
            if self.running[name].poll() is not None:
                raise DemoFailed(f"{name} ended with status {self.running[name].returncode}: {self.last_line(name)}")
            if time.monotonic() > deadline:
                raise DemoFailed(f"{what} took longer than {seconds} s; see {self.folder / name}.log")
            time.sleep(0.1)

    def last_line(self, name):
        lines = (self.folder / f"{name}.log").read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"see {self.folder / name}.log"

    def json_lines(self, name, command, environment=None):
        """Runs a program to its end and yields the JSON lines it prints."""
        process = self.start(name, command, environment, log=False)
        for line in process.stdout:
            yield json.loads(line)
        if process.wait() != 0:
            raise DemoFailed(f"{name} ended with status {process.returncode}: {self.last_line(name)}")
        del self.running[name]


def free_port(wanted):
    """The wanted port, or another one when it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise DemoFailed("no port is free on 127.0.0.1")
