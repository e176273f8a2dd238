"""An outbox as a detector lays it, filled by a test."""

import json
import shutil
from pathlib import Path

CREATED = "2024-01-31T12:00:00.250000+00:00"
QUEUES = ("priority", "normal", "rejected")


def id_of(number):
    """Later numbers, later ids."""
    return f"0193e0a0-0000-7000-8000-{number:012}"


class KeptOutbox:
    def __init__(self, data_folder, created=CREATED):
        self.data_folder, self.outbox, self.created = Path(data_folder), Path(data_folder) / "outbox", created
        self.outbox.mkdir(parents=True, exist_ok=True)

    def add(self, queue, image_id, jpeg=None, reason=None, **metadata):
        """An image, with metadata of its own."""
        folder = self.outbox / queue / image_id
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"image_{image_id}.jpg").write_bytes(jpeg or f"the image {image_id}".encode() * 20)
        (folder / f"image_{image_id}.json").write_text(json.dumps({"created": self.created, "tags": [image_id]} | metadata))
        if reason is not None:
            (folder / "reason.txt").write_text(reason)
        return folder

    def add_stranger(self, queue, name):
        folder = self.outbox / queue / name
        folder.mkdir(parents=True)
        (folder / "notes").write_text("no image")

    def remove(self, queue, image_id):
        shutil.rmtree(self.outbox / queue / image_id)

    def ids(self, queue):
        return {item.name for item in (self.outbox / queue).glob("*")}

    def queues_of(self, image_id):
        return [queue for queue in QUEUES if image_id in self.ids(queue)]

    def files(self, queue, image_id):
        """Name and bytes of the files of an item."""
        return {file.name: file.read_bytes() for file in (self.outbox / queue / image_id).iterdir()}

    def content(self, queues=QUEUES):
        """Path below the outbox and bytes of everything in these queues."""
        return {str(file.relative_to(self.outbox)): file.read_bytes() for queue in queues for file in (self.outbox / queue).rglob("*")
                if file.is_file()}
