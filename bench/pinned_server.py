"""A server that is measured: pinned to one core while wrk loads it from the other, with its CPU time from /proc."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

SERVER_CORE, LOAD_CORE = 0, 1


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PinnedServer:
    """Starts `command` with `environment` on a core of its own; what it prints goes to `<folder>/<name>.log`."""

    def __init__(self, name, command, folder, port, environment=None):
        self.name, self.port = name, port
        log = open(folder / f"{name}.log", "wb")
        self.process = subprocess.Popen(
            ["taskset", "-c", str(SERVER_CORE), *map(str, command)], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "HOME": str(folder)} | (environment or {}))

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait_ready(self, request):
        """Waits for a 200 to `request(port)`."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"{self.name} ended with {self.process.returncode}"
            try:
                with urllib.request.urlopen(request(self.port), timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
        sys.exit(f"{self.name} was not ready within 60 s")

    def measure(self, path, seconds, connections, script=None):
        """Requests per second and milliseconds of the server's CPU per request."""
        before = self.cpu_seconds()
        text = subprocess.run(
            ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
             *(["-s", str(script)] if script else []), f"http://127.0.0.1:{self.port}{path}"],
            capture_output=True, text=True, check=True).stdout
        cpu = self.cpu_seconds() - before
        if "Non-2xx" in text:
            sys.exit(f"{self.name} answered with errors:\n{text}")
        requests = int(re.search(r"(\d+) requests in", text)[1])
        return float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]), 1000 * cpu / requests


def write_form(folder, field, file_name, content, content_type, headers=None):
    """A wrk script that posts one file as multipart; its body lies in `<folder>/body`."""
    boundary = "bench"
    body = (f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{file_name}"\r\n'
            f"Content-Type: {content_type}\r\n\r\n").encode() + content + f"\r\n--{boundary}--\r\n".encode()
    (folder / "body").write_bytes(body)
    all_headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"} | (headers or {})
    script = folder / "post.lua"
    script.write_text(f'local file = io.open("{folder / "body"}", "rb")\nwrk.method = "POST"\nwrk.body = file:read("*a")\n'
                      + "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in all_headers.items()))
    return script, body, all_headers
