"""Detectors whose logic does nothing, ours and the Python node's, and the pictures that they are sent."""

import io
import json
import sys
import urllib.request
from pathlib import Path

from needs import require_peer
from pinned_server import PinnedServer

from loop_programs.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "null_detector"


def picture(width, height, max_bytes):
    """The best JPEG of at most that length: noise on a gradient compresses about as badly as a photograph."""
    try:
        from PIL import Image
    except ImportError:
        sys.exit("Pillow is missing: tools/setup tools installs it, for Debian's Python")
    gradient = Image.linear_gradient("L").resize((width, height))
    noise = Image.effect_noise((width, height), 34)
    image = Image.merge("RGB", (gradient, Image.blend(gradient, noise, 0.5), noise))
    for quality in range(95, 0, -1):
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        if file.tell() <= max_bytes:
            return file.getvalue()
    sys.exit(f"no JPEG of {width}x{height} is shorter than {max_bytes} bytes")


def lay_peer_data(folder):
    """A model as if an earlier run had fetched it, since the Python node answers nothing without one."""
    model = folder / "peer" / "models" / "1.0"
    if model.exists():
        return
    model.mkdir(parents=True)
    (model / "model.json").write_text(json.dumps(
        {"id": "0fed34df-2b2a-2421-b278-7b9ad89523d5", "host": "bench", "organization": "bench", "project": "bench", "version": "1.0",
         "format": "mocked", "categories": [], "resolution": 640}))
    (folder / "peer" / "current_model").symlink_to("models/1.0")


def start(name, command, folder, environment=None, loop="127.0.0.1:1"):
    port = free_port()
    environment = {"NODE_HOST": "127.0.0.1", "NODE_PORT": str(port), "LOOP_HOST": loop, "LOOP_ORGANIZATION": "bench",
                   "LOOP_PROJECT": "bench", "STREAMS": "1", "DATA_FOLDER": str(folder / name)} | (environment or {})
    return PinnedServer(name, command, folder, port, environment)


def start_ours(options, folder, environment=None, loop="127.0.0.1:1"):
    server = start("ours", [options.bin / PROGRAM], folder, environment, loop)
    wait_ready(server)
    return server


def start_peer(folder, loop="127.0.0.1:1"):
    lay_peer_data(folder)
    server = start("peer", [require_peer("learning_loop_node"), ROOT / "bench/detector/peer_null_detector.py"], folder, loop=loop)
    wait_ready(server)
    return server


def start_all(options, folder, running):
    """Ours, that of another commit and the Python node, as the options want them."""
    yield running.enter_context(start_ours(options, folder))
    if options.beside:
        beside = running.enter_context(start("beside", [options.beside / PROGRAM], folder))
        wait_ready(beside)
        yield beside
    if options.peer:
        yield running.enter_context(start_peer(folder))


def wait_ready(server):
    server.wait_ready(lambda port: urllib.request.Request(f"http://127.0.0.1:{port}/about"))
