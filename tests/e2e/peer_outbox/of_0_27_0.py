"""of_0_27_0.py IMAGE...: gives the images to the outbox of the library's version 0.27.0, and lets it upload once: one batch of at most 20.
Prints the number of those that still wait. Runs in that version's environment, with the settings of a detector."""
import asyncio
import json
import sys
from pathlib import Path

from learning_loop_node.detector.outbox import Outbox
from learning_loop_node.helpers import log_conf  # noqa: F401  # so that it logs as in a detector


async def upload(images):
    outbox = Outbox()
    for image in images:
        await outbox.save(image.read_bytes())
    assert len(outbox.get_upload_folders()) == len(images)
    await outbox.upload()
    print(json.dumps({"wait": len(outbox.get_upload_folders())}))


asyncio.run(upload([Path(file) for file in sys.argv[1:]]))
