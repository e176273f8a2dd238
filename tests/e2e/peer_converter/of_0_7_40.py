"""A converter of the library's version 0.7.40: newer ones have none. It makes `mocked_converted` of `mocked`, unless told
other formats, and looks for models every second. Runs in that version's environment."""
import asyncio
import os
from functools import partial
from pathlib import Path

import uvicorn
from learning_loop_node import GLOBALS
from learning_loop_node.converter import converter_node
from learning_loop_node.converter.converter import Converter

GLOBALS.data_folder = os.environ["DATA_FOLDER"]


def oftener(repeat_every, seconds, **more):
    return repeat_every(seconds=seconds / 60, **more)


converter_node.repeat_every = partial(oftener, converter_node.repeat_every)


class Upper(Converter):
    """Writes the first file of a model in capitals."""

    async def _convert(self, model_information):
        await asyncio.sleep(float(os.environ.get("CONVERSION_SECONDS", 0)))
        folder = Path(self.model_folder)
        source = next(file for file in sorted(folder.glob("*.txt")) if file.name != "converted.txt")
        (folder / "converted.txt").write_text(source.read_text().upper())

    def get_converted_files(self, model_id):
        return [f"{self.model_folder}/converted.txt"]


if __name__ == "__main__":
    source, target = os.environ.get("FORMATS", "mocked mocked_converted").split()
    node = converter_node.ConverterNode(os.environ["NODE_NAME"], Upper(source_format=source, target_format=target))
    uvicorn.run(node, host="127.0.0.1", port=int(os.environ["NODE_PORT"]))
