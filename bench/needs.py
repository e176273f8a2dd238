"""What a benchmark needs before it measures. What is missing is told with the command that brings it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RELEASE = ROOT / "build/release/bin"


def require_machine(*commands):
    """The cores 0 and 1, one for the server and one for the load, and these commands."""
    if not {0, 1} <= os.sched_getaffinity(0):
        sys.exit("the cores 0 and 1 are needed: one for the server, one for the load")
    for command in ("taskset", *commands):
        if not shutil.which(command):
            sys.exit(f"{command} is missing: tools/setup tools installs it")


def require_programs(folder, *programs):
    """Those of the release build are built; those of another folder must be there."""
    if folder.resolve() == RELEASE.resolve():
        if subprocess.run([ROOT / "tools/build", "release", *programs], stdout=sys.stderr, check=False).returncode != 0:
            sys.exit(f"{', '.join(programs)} could not be built; tools/build says above what is wrong")
        return
    for program in programs:
        if not (folder / program).exists():
            sys.exit(f"{folder / program} is missing: `tools/build release {' '.join(programs)}` builds it, in the clone of that commit")


def require_peer(name):
    """The Python of that peer's environment."""
    python = ROOT / "build/peers" / name / "bin/python"
    if not python.exists():
        sys.exit(f"the peer {name} is missing: tools/fetch_peers brings it")
    return python
