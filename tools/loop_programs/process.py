"""Starts programs that see nothing of the caller's shell and never outlive the caller."""

import ctypes
import os
import signal
import subprocess

PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "ONNXRUNTIME_ROOT")
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None)  # loaded here, because a fork of a program with threads must load nothing


def clean_environment(more=None):
    """No variable of the person's shell may steer a program to another Loop or folder."""
    return {name: value for name, value in os.environ.items() if name in PASSED_ON} | (more or {})


def start_process(command, environment=None, death_signal=signal.SIGKILL, **popen_arguments):
    """Starts a program with a clean environment and the variables of `environment`.

    It gets `death_signal` when its parent ends, also when the parent is killed. The parent is the thread that calls this."""

    def die_with_parent():
        _libc.prctl(PR_SET_PDEATHSIG, death_signal)

    return subprocess.Popen([str(word) for word in command], env=clean_environment(environment), preexec_fn=die_with_parent,
                            **({"stdin": subprocess.DEVNULL} | popen_arguments))
