"""killed_while_saving.py IMAGE: gives the image to the outbox of the library's version 0.27.0, and is killed before it lies at its place.
Runs in that version's environment, with the settings of a detector."""
import asyncio
import os
import signal
import sys
from pathlib import Path

from learning_loop_node.detector.outbox import Outbox

os.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(Outbox().save(Path(sys.argv[1]).read_bytes()))
