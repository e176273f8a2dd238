"""The programs that the demo starts: each with a log of its own, all of them ended whatever happens to the demo."""

import json
import signal
import subprocess
import time

from loop_programs.process import start_process


class DemoFailed(Exception):
    """The demo cannot go on; the message tells the person why, and what to do."""


class Programs:
    def __init__(self, folder):
        self.folder, self.running = folder, {}

    def start(self, name, command, environment=None, log=True):
        """With `log`, output goes to <folder>/<name>.log; without it, stdout is a pipe and only stderr goes there."""
        with open(self.folder / f"{name}.log", "ab") as log_file:
            process = start_process(command, environment, signal.SIGTERM, start_new_session=True, text=not log,
                                    stdout=log_file if log else subprocess.PIPE, stderr=log_file)
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
        return map(json.loads, self.lines(name, command, environment))

    def lines(self, name, command, environment=None):
        """Runs a program to its end and yields the lines it prints."""
        process = self.start(name, command, environment, log=False)
        yield from process.stdout
        if process.wait() != 0:
            raise DemoFailed(f"{name} ended with status {process.returncode}: {self.last_line(name)}")
        del self.running[name]
