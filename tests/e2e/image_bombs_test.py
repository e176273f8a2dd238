"""Images that cost little to make and much to read, and what only looks like an image: refused or read, within what the
limit of 50 megapixels allows. What each costs is printed beside an honest image of that many pixels."""
import io
import os
import re
import struct
import zipfile
from pathlib import Path

import pytest
from camera_files import segments, with_transform
from image_bytes import with_size
from nodes import ORGANIZATION, Client, jpeg_of
from PIL import Image
from programs import BIN, detector, jpeg, loop_server

IMAGE = jpeg(1)
MEGAPIXELS_49 = (7000, 7000)
MIB = 1 << 20
# A block of one colour in the standard's tables: no difference, end of block. Four blocks of brightness, and one of each colour.
FOUR_BLOCKS, COLOURS = bytes([0x28, 0xa2, 0x8a]), b"\0"


def scan_of(image):
    """Where its pixels begin."""
    at = image.index(b"\xff\xda")
    return at + 2 + int.from_bytes(image[at + 2:at + 4], "big")


def flat(image, blocks_of_four, mcu=FOUR_BLOCKS):
    """The same headers, and a scan of gray blocks."""
    return image[:scan_of(image)] + mcu * blocks_of_four + b"\xff\xd9"


def blocks(width, height):
    return (width + 7) // 8 * ((height + 7) // 8)


def flat_gray(width, height):
    return flat(with_size(jpeg_of(Image.new("L", (8, 8))), width, height), blocks(width, height) // 4 + 1)


def flat_inks(width, height):
    return flat(with_size(jpeg_of(Image.new("CMYK", (8, 8))), width, height), blocks(width, height))


def flat_quartered(width, height):
    """4:1:1: a block of each colour for every four in a row of brightness."""
    image = jpeg_of(Image.new("RGB", (8, 8)))
    at = image.index(b"\xff\xc0") + 11
    image = with_size(image[:at] + b"\x41" + image[at + 1:], width, height)
    return flat(image, (width + 31) // 32 * ((height + 7) // 8), FOUR_BLOCKS + COLOURS)


def of_frame(marker=0xc0, bits=8, components=3):
    """The image with another kind of frame."""
    at = IMAGE.index(b"\xff\xc0")
    size = IMAGE[at + 5:at + 9]
    return IMAGE[:at + 1] + bytes([marker]) + IMAGE[at + 2:at + 4] + bytes([bits]) + size + bytes([components]) + IMAGE[at + 10:]


def with_many_scans(image, count):
    places = segments(image)
    last = max(at for at in places if image[at + 1] == 0xda)
    return image[:-2] + image[last:-2] * count + image[-2:]


def with_late_height():
    """Its header tells no height: a segment DNL behind the first scan does."""
    width, height = Image.open(io.BytesIO(IMAGE)).size
    return with_size(IMAGE, width, 0)[:-2] + struct.pack(">HHH", 0xffdc, 4, height) + IMAGE[-2:]


def zipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "hello")
    return out.getvalue()


RESTARTS = b"\xff\xd0\xff\xd1\xff\xd2\xff\xd3\xff\xd4\xff\xd5\xff\xd6\xff\xd7"
NO_IMAGE = "not a JPEG or PNG image"
# What is sent, the statuses at /detect (which decodes) and at /upload (which looks whether it is whole), words of a refusal.
BOMBS = {
    "a header of 65500x65500": (lambda: with_size(IMAGE, 65500, 65500), 413, 413, "65500x65500"),
    "13300x13300, whole": (lambda: flat_gray(13300, 13300), 413, 413, "50 megapixels"),
    "10000 scans": (lambda: with_many_scans(jpeg_of(Image.new("RGB", (64, 64)), progressive=True), 10000), 400, 400, "too many segments"),
    "1000 scans": (lambda: with_many_scans(jpeg_of(Image.new("RGB", (64, 64)), progressive=True), 1000), 400, 400, "scans"),
    "16 MB of restart markers before the pixels": (lambda: IMAGE[:2] + RESTARTS * 1_000_000 + IMAGE[2:], 400, 400, "too many segments"),
    "60 MB of restart markers among them": (lambda: IMAGE[:-200] + RESTARTS * 3_750_000 + IMAGE[-200:], 400, 200, "premature end"),
    "16 MB of restart markers behind them": (lambda: IMAGE[:-2] + RESTARTS * 1_000_000 + IMAGE[-2:], 200, 200, ""),
    "16 MB of stuffed zeros between segments": (lambda: IMAGE[:2] + b"\xff\0" * 8_000_000 + IMAGE[2:], 200, 200, ""),
    "16 MB of zeros before the end": (lambda: IMAGE[:-2] + bytes(16_000_000) + IMAGE[-2:], 200, 200, ""),
    "60 MB without an end": (lambda: IMAGE[:-2] + bytes(60_000_000), 400, 400, "its end marker FF D9 is missing"),
    "arithmetic coding": (lambda: of_frame(0xc9), 400, 400, "save it as a baseline"),
    "lossless": (lambda: of_frame(0xc3), 400, 400, "save it as a baseline"),
    "12 bits": (lambda: of_frame(bits=12), 400, 400, "save it as a baseline"),
    "no components": (lambda: of_frame(components=0), 400, 400, "save it as a baseline"),
    "a height that comes later": (with_late_height, 400, 400, "its width or height is 0"),
    "SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' width='99999' height='99999'/>", 400, 400, NO_IMAGE),
    "HTML": (lambda: b"<!DOCTYPE html><script>alert(1)</script>", 400, 400, NO_IMAGE),
    "EPS": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", 400, 400, NO_IMAGE),
    "50 MB behind its end": (lambda: IMAGE + bytes(50_000_000), 200, 200, ""),
    "a ZIP behind its end": (lambda: IMAGE + zipped(), 200, 200, ""),
    "inks of 49 megapixels": (lambda: flat_inks(*MEGAPIXELS_49), 200, 200, ""),
    "YCCK of 49 megapixels": (lambda: with_transform(flat_inks(*MEGAPIXELS_49), 2), 200, 200, ""),
    "4:1:1 of 49 megapixels": (lambda: flat_quartered(*MEGAPIXELS_49), 200, 200, ""),
}


@pytest.fixture(name="node", scope="module")
def fixture_node(tmp_path_factory):
    """Its Loop is away: what is uploaded stays in the outbox."""
    folder = tmp_path_factory.mktemp("image_bombs")
    with detector(folder, loop_server(folder), ORGANIZATION, "p", [BIN / "scripted_detector"]) as program:
        yield program


class Cost:
    """Of what a program does while this is entered: its processors' time, and its memory at most beyond `idle_mebibytes`."""

    def __init__(self, program, idle_mebibytes=0):
        self.folder, self.idle_mebibytes = Path(f"/proc/{program.process.pid}"), idle_mebibytes

    def seconds(self):
        fields = (self.folder / "stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self):
        (self.folder / "clear_refs").write_text("5")  # VmHWM begins anew
        self.seconds_before = self.seconds()
        return self

    def __exit__(self, *_):
        self.cpu_seconds = self.seconds() - self.seconds_before
        most = int(re.search(r"VmHWM:\s+(\d+) kB", (self.folder / "status").read_text())[1]) / 1024
        self.mebibytes = most - self.idle_mebibytes

    def __str__(self):
        return f"{self.cpu_seconds:.2f} s and {self.mebibytes:.0f} MiB"


@pytest.fixture(name="idle", scope="module")
def fixture_idle(node):
    """What it takes when it has done next to nothing."""
    with Cost(node) as cost:
        assert Client(node).detect(IMAGE, autoupload="disabled").status == 200
    return cost.mebibytes


# For each of the 50 megapixels BGR, and what the detector's own logic makes of them: gray, and a mask. What malloc keeps of earlier
# bodies is less than one of the largest. A body comes on top.
BUDGET_MEBIBYTES = 50 * (3 + 1 + 1) + 64 + 30
COPIES = 3  # of a body: as it came, as it is kept, and on its way there


def test_each_is_answered_as_it_should_within_the_budget(node, idle):
    client = Client(node)
    with Cost(node, idle) as cost:
        assert client.detect(flat_gray(*MEGAPIXELS_49), autoupload="disabled").status == 200
    print(f"\nfigures: image bombs: an honest image of 49 megapixels: {cost}")
    cheap = 0
    for name, (made, detected, uploaded, words) in BOMBS.items():
        image, costs = made(), []
        for path, status in (("detect", detected), ("upload", uploaded)):
            with Cost(node, idle) as cost:
                answer = client.detect(image, autoupload="disabled") if path == "detect" else client.upload(image)
            assert answer.status == status, f"{name}: {answer}"
            assert status == 200 or words in answer.body.decode(), f"{name}: {answer}"
            assert cost.mebibytes <= BUDGET_MEBIBYTES + COPIES * len(image) / MIB, name
            costs.append(cost)
        if max(cost.cpu_seconds for cost in costs) < 0.01:
            cheap += 1
        else:
            print(f"figures: image bombs: {name}, {len(image) / MIB:.1f} MiB: {costs[0]} at /detect, {costs[1]} at /upload")
    print(f"figures: image bombs: {cheap} others: 0.00 s each")
    assert client.detect(IMAGE, autoupload="disabled").status == 200


@pytest.mark.parametrize("mode, components", [("RGB", 3), ("CMYK", 4)])
def test_a_progressive_image_needs_no_more_than_its_coefficients(node, idle, mode, components):
    """Of 16 bits each, which are kept until the last scan was read."""
    image = jpeg_of(Image.effect_noise((7000, 1000), 30).convert(mode), progressive=True)
    with Cost(node, idle) as cost:
        assert Client(node).detect(image, autoupload="disabled").status == 200
    print(f"\nfigures: image bombs: a progressive image of 7 megapixels, {mode}: {cost}")
    assert cost.mebibytes <= 7 * (2 * components + 5) + COPIES * len(image) / MIB + 64 + 30
