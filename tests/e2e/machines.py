"""Machines of a small network: network namespaces of this machine, joined by cables. They vanish with the process that holds each of
them, also when a test is killed."""

import contextlib
import ctypes
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from loop_programs.one_request import ask_once
from loop_programs.process import start_process
from programs import BIN, Loop, Program, image_ids

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def skip(reason):
    """Skips the test, and says why where everybody sees it."""
    print(f"SKIPPED: {reason}", flush=True)
    pytest.skip(reason)


def require_machines(*more):
    """Skips the test where there may be no network namespaces. `more`: what else unshare has to be able to, as --mount."""
    if os.geteuid() != 0:
        skip("only root may make network namespaces")
    for command, package in {"ip": "iproute2", "unshare": "util-linux"}.items():
        if not shutil.which(command):
            skip(f"{command} is missing: Debian's {package} has it")
    tried = subprocess.run(["unshare", "--net", *more, "ip", "link", "set", "lo", "up"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        skip(f"network namespaces are not allowed here: {tried.stderr.strip()}")


class Machine:
    """A machine with a network of its own. What a thread does `inside` it, and what it starts there, sees that network alone."""

    def __init__(self):
        self._holder = start_process(["unshare", "--net", "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._holder.stdin.write(b"are you there?\n")
        self._holder.stdin.flush()
        assert self._holder.stdout.readline(), "unshare made no network namespace"
        self.command("ip", "link", "set", "lo", "up")

    @property
    def network(self):
        """The file that stands for its network."""
        return f"/proc/{self._holder.pid}/ns/net"

    @contextlib.contextmanager
    def inside(self):
        with open("/proc/thread-self/ns/net", "rb") as here, open(self.network, "rb") as there:
            enter(there)
            try:
                yield self
            finally:
                enter(here)

    def command(self, *words):
        """Runs a command there that must succeed; what it prints."""
        with self.inside():
            done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def join(self, other, own_address, its_address):
        """A cable to the other machine; its name, at both ends. Addresses are given with the length of their network: 10.0.0.1/24."""
        name = f"cable{len(self.command('ip', '-br', 'link').splitlines())}"
        self.command("ip", "link", "add", name, "type", "veth", "peer", "name", name, "netns", str(other._holder.pid))
        for machine, address in ((self, own_address), (other, its_address)):
            machine.command("ip", "address", "add", address, "dev", name, *(["nodad"] if ":" in address else []))
            machine.command("ip", "link", "set", name, "up")
        return name

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._holder.kill()
        self._holder.communicate()


def enter(network):
    if _libc.setns(network.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


@dataclass
class Place:
    """Where a program runs, and under which address it is asked there."""
    machine: Machine
    address: str = "127.0.0.1"


class DistantProgram(Program):
    """A program on one of the machines, which is asked from there."""

    def __init__(self, place, command, port, log, ready="/api/status", environment=None):
        super().__init__(command, port, log, ready, environment)
        self.place = place

    def start(self, wait=True):
        with self.place.machine.inside():
            return super().start(wait)

    def ask(self, method, path, body=None, headers=None, timeout=60):
        with self.place.machine.inside():
            return ask_once((self.place.address, self.port), method, path, body, self.headers | (headers or {}), timeout)


class DistantLoop(DistantProgram, Loop):
    """A Loop on one of the machines, which the tests ask with the token of a script."""

    def wait_ready(self, seconds=30):
        Program.wait_ready(self, seconds)
        if not self.headers:
            self.headers = {"Authorization": f"Bearer {settings_of(self.run('token', 'create', '--script', 'tests'))['LOOP_TOKEN']}"}


def distant_loop(place, folder, port, more=()):
    command = [BIN / "learning-loop", "server", "--port", port, "--data-folder", folder / "loop", *more]
    return DistantLoop(place, command, port, folder / "loop.log")


def mapped(folder, address, name, command):
    """The command with a /etc/hosts of its own, in which the name has that address. For require_machines("--mount")."""
    hosts = Path(folder) / "hosts"
    hosts.write_text(f"127.0.0.1 localhost\n{address} {name}\n")
    return ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', hosts, *command]


def settings_of(printed):
    """The settings that `learning-loop token create` printed."""
    return dict(line.split("=", 1) for line in printed.splitlines() if line and not line.startswith("#"))


def contents(loop, path):
    """The bytes of every image of the project."""
    return [loop.get(f"{path}/images/{image_id}/main").body for image_id in image_ids(loop, path)]
