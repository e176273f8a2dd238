"""Commands of a README, run in one go, as a person pastes them: nothing waits until a program has started but the commands themselves."""

import contextlib
import os
import signal
import subprocess

from loop_programs.ports import free_port
from loop_programs.process import start_process
from programs import BIN, ROOT


class Pasted:
    """A Loop and a node that a README's commands start, on free ports instead of those that stand there."""

    def __init__(self, program, port):
        self.program, self.usual_port = program, port
        self.loop_port, self.node_port = free_port(), free_port()

    @contextlib.contextmanager
    def run(self, folder, commands):
        """Yields a function that returns what they have printed so far. In the end all that they started is killed."""
        for words, here in {"build/release/bin": str(BIN), "localhost:8000": f"localhost:{self.loop_port}",
                            f"localhost:{self.usual_port}": f"localhost:{self.node_port}",
                            "learning-loop server": f"learning-loop server --port {self.loop_port}",
                            f"bin/{self.program}": f"bin/{self.program} --port {self.node_port}"}.items():
            assert words in commands
            commands = commands.replace(words, here)
        with open(folder / "printed", "wb") as printed:
            shell = start_process(["bash", "-c", f"{commands}wait"], {"HOME": str(folder)}, cwd=ROOT, stdout=printed,
                                  stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            yield (folder / "printed").read_text
        finally:
            os.killpg(shell.pid, signal.SIGKILL)
            shell.wait()
