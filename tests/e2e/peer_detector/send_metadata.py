"""send_metadata.py PORT IMAGE METADATA.json: sends an image, once for each item of a list of what is known of it, to the library's
detector, whose REST interface has no place for metadata. Prints its answers. Runs in the library's environment."""
import asyncio
import json
import sys
from pathlib import Path

import socketio


async def send(port, image, metadata):
    async with socketio.AsyncSimpleClient() as client:
        await client.connect(f"http://127.0.0.1:{port}", socketio_path="/ws/socket.io", transports=["websocket"])
        for item in metadata:
            print(json.dumps(await client.call("upload", {"image": {"format": "jpeg", "bytes": image}, "metadata": item})))


asyncio.run(send(sys.argv[1], Path(sys.argv[2]).read_bytes(), json.loads(Path(sys.argv[3]).read_text())))
