"""What tests of detector nodes share: clients that keep their connection, pictures whose detections are known, the outbox."""

import io
import time
from pathlib import Path

from loop_programs.connection import Connection
from loop_programs.multipart import multipart
from PIL import Image

ORGANIZATION = "zauberzeug"


class Client(Connection):
    """One connection to a detector that stays open."""

    def __init__(self, program, timeout=60):
        super().__init__(program.port, timeout, program.headers)

    def detect(self, image, **headers):
        """Keyword arguments are headers, with _ for -: `camera_id` is sent as camera-id."""
        body, content_type = multipart([("image.jpg", image)], "file")
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", "/detect", body, {"Content-Type": content_type} | names)

    def upload(self, *images):
        body, content_type = multipart([("image.jpg", image) for image in images])
        return self.ask("POST", "/upload", body, {"Content-Type": content_type})


def detail(answer):
    return answer.json()["detail"]


def wait_until(claim, what, seconds=30):
    """The first true value of `claim()`."""
    end = time.monotonic() + seconds
    while True:
        value = claim()
        if value:
            return value
        assert time.monotonic() < end, f"{what}: not within {seconds} s"
        time.sleep(0.02)


class Outbox:
    """The folder of a detector's outbox, as `programs.detector(folder, ...)` lays it."""

    def __init__(self, folder):
        self.folder = Path(folder) / "detector/outbox"

    def waiting(self):
        return [item for queue in ("priority", "normal") for item in (self.folder / queue).glob("*")]

    def rejected(self):
        return list((self.folder / "rejected").glob("*"))

    def half_written(self):
        """Names of images of which no client was told yet, or not any more needed."""
        return {item.name for item in (self.folder / "tmp").glob("*")}

    def wait_until_empty(self, seconds=60):
        """Waits until nothing waits, also a moment later. Clients must not send any more."""
        def is_empty():
            return not self.waiting() and not time.sleep(0.3) and not self.waiting()
        wait_until(is_empty, f"an empty outbox, {self.folder}", seconds)


def image_files(loop, path):
    """(id, bytes) of every image of the project, over one connection."""
    client = Client(loop)
    for image_id in client.ask("GET", f"{path}/data").json()["image_ids"]:
        answer = client.ask("GET", f"{path}/images/{image_id}/main")
        assert answer.status == 200, answer
        yield image_id, answer.body


def jpeg_of(image, **settings):
    out = io.BytesIO()
    image.save(out, "JPEG", **({"quality": 90, "subsampling": 0} | settings))
    return out.getvalue()


def picture(size, colour, spots=()):
    """A JPEG of one colour with rectangles on it: ((left, top, right, bottom), colour) each."""
    image = Image.new("RGB", size, colour)
    for box, spot_colour in spots:
        image.paste(spot_colour, box)
    return jpeg_of(image)


def with_segment(image, marker, content):
    """The JPEG with one more segment behind its start; its pixels stay as they are."""
    assert image.startswith(b"\xff\xd8")
    return image[:2] + bytes([0xff, marker]) + (len(content) + 2).to_bytes(2, "big") + content + image[2:]


def with_comment(image, content):
    """Another file that shows the same."""
    return with_segment(image, 0xfe, content)
