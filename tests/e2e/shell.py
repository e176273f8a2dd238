"""Commands of `learning-loop` as somebody types them into a shell."""

import subprocess

from loop_programs.process import clean_environment
from programs import BIN

PROGRAM = BIN / "learning-loop"


def command(*words, folder=None, stdin="", environment=None, prefix=(), program=PROGRAM):
    """How a command ended, with what it printed. `folder`: its --data-folder."""
    words = [*prefix, program, *words, *(["--data-folder", folder] if folder else [])]
    return subprocess.run([str(word) for word in words], env=clean_environment(environment), input=stdin, capture_output=True, text=True,
                          timeout=60, check=False)


def printed(*words, **more):
    done = command(*words, **more)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout
