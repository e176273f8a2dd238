"""The demo, shortened: it turns the whole loop, and whatever ends it, it leaves no program behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from loop_programs.process import start_process
from programs import ROOT

DEMO = [sys.executable, "-B", ROOT / "tools/demo/run_demo.py", "--once", "--short"]


def start_demo(folder):
    return start_process([*DEMO, "--folder", folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def programs_of(folder):
    """Command lines of all processes that work in the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command and int(process.name) != os.getpid():
            found.append(command)
    return found


def test_an_interrupted_demo_leaves_no_program_behind(tmp_path):
    demo = start_demo(tmp_path / "run")
    for line in demo.stdout:
        if "the Loop runs at" in line:
            break
    assert any("learning-loop server" in command for command in programs_of(tmp_path))
    demo.send_signal(signal.SIGINT)
    demo.stdout.read()
    assert demo.wait(20) == 130
    assert programs_of(tmp_path) == []


def test_a_killed_demo_takes_its_programs_along(tmp_path):
    demo = start_demo(tmp_path / "run")
    for line in demo.stdout:
        if "the Loop runs at" in line:
            break
    demo.kill()
    demo.wait()
    deadline = time.monotonic() + 20
    while programs_of(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert programs_of(tmp_path) == []


def test_the_shortened_demo_turns_the_loop(tmp_path):
    demo = start_demo(tmp_path / "run")
    for line in demo.stdout:
        print(line, end="", flush=True)
    assert demo.wait(20) == 0
    assert programs_of(tmp_path) == []
