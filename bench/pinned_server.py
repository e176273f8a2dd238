"""A server that is measured: pinned to one core while wrk loads it from the other, with its CPU time from /proc."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from loop_programs.multipart import multipart
from loop_programs.process import start_process

SERVER_CORE, LOAD_CORE = 0, 1

# By itself glibc gives the memory of a body of some 100 kB back after each request in some starts of a program and keeps it in others,
# as the heap happens to lie; that alone makes such a POST cost 1.7 times as much. With this environment every start keeps it.
KEEP_MEMORY = {"GLIBC_TUNABLES": f"glibc.malloc.mmap_threshold={32 << 20}:glibc.malloc.trim_threshold={64 << 20}"}


class PinnedServer:
    """Starts `command` with `environment` on a core of its own, or on `cores` of taskset; what it prints goes to `<folder>/<name>.log`.
    `headers` go with each request of `measure`.

    Used with `with`, which ends it. When it cannot be measured, the benchmark ends with a message and the end of that log."""

    def __init__(self, name, command, folder, port, environment=None, cores=SERVER_CORE):
        self.name, self.port, self.log, self.headers = name, port, folder / f"{name}.log", {}
        with open(self.log, "wb") as log:
            self.process = start_process(["taskset", "-c", cores, *command], {"HOME": str(folder)} | (environment or {}),
                                         stdout=log, stderr=log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def fail(self, what):
        sys.exit("\n".join([f"{self.name} {what}", *self.log.read_text(errors="replace").splitlines()[-10:]]))

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self, peak=False):
        """What lies in memory, or the most of it since `forget_peak`."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", status)[1]) / 1024

    def forget_peak(self):
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def end(self):
        """As a person would."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.fail("did not end within 60 s of SIGTERM")

    def wait_ready(self, request):
        """Waits for a 200 to `request(port)`."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                self.fail(f"ended with {self.process.returncode}")
            try:
                with urllib.request.urlopen(request(self.port), timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.2)
        self.fail("was not ready within 60 s")

    def measure(self, path, seconds, connections, script=None, headers=None):
        """Requests per second and milliseconds of the server's CPU per request."""
        before = self.cpu_seconds()
        said = self.load(path, seconds, connections, *(["-s", str(script)] if script else []), headers=headers)
        cpu = self.cpu_seconds() - before
        return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), 1000 * cpu / int(re.search(r"(\d+) requests in", said)[1])

    def latencies(self, path, seconds):
        """Milliseconds until answers were whole: those that a half, and 99 of 100, did not exceed."""
        said = self.load(path, seconds, 1, "--latency")
        units = {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}
        found = [re.search(rf"{percent}%\s+([\d.]+)(us|ms|s|m)\b", said) for percent in (50, 99)]
        return [float(number) * units[unit] for number, unit in (each.groups() for each in found)]

    def load(self, path, seconds, connections, *options, headers=None):
        """What wrk says once it has asked for `path` all the time."""
        load = subprocess.run(
            ["taskset", "-c", str(LOAD_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *options,
             *(word for each in (self.headers | (headers or {})).items() for word in ("-H", ": ".join(each))),
             f"http://127.0.0.1:{self.port}{path}"],
            capture_output=True, text=True, check=False)
        requests = re.search(r"(\d+) requests in", load.stdout)
        if load.returncode != 0 or not requests or "Non-2xx" in load.stdout or requests[1] == "0":
            self.fail(f"answered with errors, or not at all:\n{load.stdout}{load.stderr}")
        return load.stdout


def write_form(folder, field, file_name, content, content_type, headers=None):
    """A wrk script that posts one file as multipart, and the body and headers of that request."""
    body, form_type = multipart([(file_name, content)], field, content_type)
    (folder / "body").write_bytes(body)
    all_headers = {"Content-Type": form_type} | (headers or {})
    script = folder / "post.lua"
    script.write_text(f'local file = io.open("{folder / "body"}", "rb")\nwrk.method = "POST"\nwrk.body = file:read("*a")\n'
                      + "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in all_headers.items()))
    return script, body, all_headers
