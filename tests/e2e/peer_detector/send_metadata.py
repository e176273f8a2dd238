"""send_metadata.py PORT IMAGE METADATA.json: sends an image with what is known of it to the library's detector, whose REST
interface has no place for metadata. Runs in the library's environment."""
import json
import sys
from pathlib import Path

import socketio

port, image, metadata = sys.argv[1:]
with socketio.SimpleClient() as client:
    client.connect(f"http://127.0.0.1:{port}", socketio_path="/ws/socket.io", transports=["polling"])
    print(json.dumps(client.call("upload", {
        "image": {"format": "jpeg", "bytes": Path(image).read_bytes()}, "metadata": json.loads(Path(metadata).read_text())})))
