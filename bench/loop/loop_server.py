"""The Loop as a benchmark sees it: a server whose person is logged in, and projects in it."""

import json
import os
import re
import signal
import urllib.request

from pinned_server import SERVER_CORE, PinnedServer

from loop_programs.connection import Connection, log_in
from loop_programs.ports import free_port

PROGRAM = "learning-loop"
PROJECT = "/api/bench/projects/bench"
USERNAME, PASSWORD = "admin", "of-the-benchmark"
ALL_CORES = "0,1"


class LoopServer(PinnedServer):
    """Keeps its data in `<folder>/<name>`, also after its end."""

    def __init__(self, program, folder, name="ours", environment=None, cores=SERVER_CORE):
        self.data = folder / name
        port = free_port()
        command = [program, "server", "--port", port, "--data-folder", self.data, "--log-level", "warn"]
        super().__init__(name, command, folder, port, (environment or {}) | {"LOOP_ADMIN_PASSWORD": PASSWORD}, cores)

    def log_in(self):
        """Waits until it is ready. An older Loop has no accounts."""
        self.wait_ready(lambda port: urllib.request.Request(f"http://127.0.0.1:{port}/api/status"))
        if self.answer_of("GET", "/api/token").status != 404:
            self.headers = log_in(self.port, USERNAME, PASSWORD)
        return self

    def answer_of(self, method, path, body=None, headers=None):
        connection = Connection(self.port, 300, self.headers)
        answer = connection.ask(method, path, body, headers)
        connection.close()
        return answer

    def ask(self, method, path, body=None, headers=None):
        answer = self.answer_of(method, path, body, headers)
        if answer.status != 200:
            self.fail(f"answered {method} {path} with {answer.status}: {answer.body[:200]}")
        return answer

    def generate(self, **wanted):
        """A project of flat images with boxes of two categories; returns their ids."""
        body = {"project_name": "bench", "image_style": "plain", "box_categories": 2} | wanted
        self.ask("POST", "/api/bench/projects/generator", json.dumps(body))
        return self.ask("GET", f"{PROJECT}/data").json()["image_ids"]

    def stand_still(self):
        """Until `go_on`; what it does on its own then, too."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self):
        os.kill(self.process.pid, signal.SIGCONT)


def transferred_bytes_per_second(said):
    """Of what wrk says."""
    number, unit = re.search(r"Transfer/sec:\s+([\d.]+)([KMG]?B)", said).groups()
    return float(number) * 1024 ** ["B", "KB", "MB", "GB"].index(unit)
