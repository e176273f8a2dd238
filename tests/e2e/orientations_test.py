"""Which way is up, as Pillow tells trainers and as the codec tells detectors and the Loop, is the same in every file."""
import struct

import numpy as np
import pytest
from image_bytes import TYPES, XAP, XMP, by_pillow, chunk, exif, packet, png, read_by_us, saved


def jpeg(*segments):
    content = saved("JPEG")
    return content[:2] + b"".join(b"\xff\xe1" + struct.pack(">H", len(s) + 2) + s for s in segments) + content[2:]


def turned(orientation):
    """The files that tell this orientation, or none of the usual ones, in each way. 0 and 9 make no sense."""
    files = {}
    for order in "<>":
        for kind in TYPES:
            data = exif(orientation, kind, order)
            files[f"{kind} {order}.jpg"] = jpeg(b"Exif\0\0" + data)
            files[f"{kind} {order}.png"] = png(chunk(b"eXIf", data))
            files[f"{kind} {order} behind.png"] = png(behind=chunk(b"eXIf", data))
        files[f"two values {order}.jpg"] = jpeg(b"Exif\0\0" + exif(orientation, order=order, count=2))
    for name, form in XMP.items():
        text = form.format(orientation)
        files[f"{name}.jpg"] = jpeg(XAP + text.encode())
        files[f"{name} beside EXIF.jpg"] = jpeg(b"Exif\0\0" + exif(3), XAP + text.encode())
        files[f"{name} beside other EXIF.jpg"] = jpeg(XAP + text.encode(), b"Exif\0\0" + exif(3, tag=0x0100))
        files[f"{name}.png"] = png(packet(text))
        files[f"{name} beside EXIF.png"] = png(packet(text), chunk(b"eXIf", exif(3)))
        files[f"{name} beside other EXIF.png"] = png(packet(text), chunk(b"eXIf", exif(3, tag=0x0100)))
    return {f"{orientation} {name}": content for name, content in files.items()}


@pytest.fixture(name="files", scope="module")
def fixture_files():
    return {name: content for orientation in range(10) for name, content in turned(orientation).items()}


def test_there_are_many(files):
    assert len(files) == 10 * 50


def test_size_and_pixels_are_those_that_pillow_shows(files, tmp_path):
    read = list(read_by_us(tmp_path, files))
    assert len(read) == len(files)
    for name, size, pixels in read:
        expected = by_pillow(name, files[name])
        assert size == expected.size, name
        difference = np.abs(np.asarray(expected.convert("RGB"), int) - pixels)
        assert difference.max() <= (2 if name.endswith(".jpg") else 0), name


def test_the_files_are_turned_in_every_way(files):
    """Else the test above would show nothing."""
    seen = {by_pillow(name, content).convert("RGB").tobytes() for name, content in files.items() if name.endswith(".png")}
    assert len(seen) == 8

