"""JPEGs and PNGs put together by hand: which way is up is told in any way, and headers claim what they like; and how our
codec reads them."""

import io
import struct
import subprocess
import zlib

import numpy as np
from PIL import Image, ImageOps
from PIL import __version__ as PILLOW
from programs import BIN

WIDTH, HEIGHT = 48, 24
ORIENTATION = 0x0112
XAP = b"http://ns.adobe.com/xap/1.0/\0"
TYPES = {"BYTE": (1, "B"), "SHORT": (3, "H"), "LONG": (4, "I"), "SBYTE": (6, "b"), "SSHORT": (8, "h"), "SLONG": (9, "i")}
XMP = {"attribute": '<rdf:Description tiff:Make="cam" tiff:Orientation="{}"/>', "element": "<tiff:Orientation>{}</tiff:Orientation>"}


def picture():
    """No two of its orientations look alike."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return Image.fromarray(np.dstack([5 * x, 10 * y, 128 + 0 * x]).astype(np.uint8))


def saved(form):
    out = io.BytesIO()
    picture().save(out, form)
    return out.getvalue()


def exif(orientation, kind="SHORT", order="<", tag=ORIENTATION, count=1):
    """EXIF data of one tag."""
    number, code = TYPES[kind]
    value = struct.pack(order + code, orientation).ljust(4, b"\0")
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "IHHHI", 8, 1, tag, number, count) + value + bytes(4)


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(*before, behind=b""):
    content = saved("PNG")
    return content[:33] + b"".join(before) + content[33:-12] + behind + content[-12:]


def packet(text):
    return chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + text.encode())


def with_size(image, width, height):
    """The same JPEG with a header that claims another size."""
    at = image.index(b"\xff\xc0")
    return image[:at + 5] + struct.pack(">HH", height, width) + image[at + 9:]


def png_header(width, height):
    """A PNG that claims this size and has no pixels."""
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def by_pillow(name, content):
    """The upright image. Pillow before 11 does not look into the XMP of a JPEG, so there its own rule is applied for it."""
    file = Image.open(io.BytesIO(content))
    looks_for_itself = int(PILLOW.split(".", maxsplit=1)[0]) >= 11 or not name.endswith(".jpg") or XAP not in content
    if not looks_for_itself and ORIENTATION not in file.getexif():
        file.getexif()[ORIENTATION] = int(name.split()[0])
    return ImageOps.exif_transpose(file)


def lines_by_us(folder, files):
    """What the codec says of each file, as the program image_reader prints it: its size and orientation, or what is wrong."""
    paths = [folder / f"{number}" for number in range(len(files))]
    for path, content in zip(paths, files.values()):
        path.write_bytes(content)
    done = subprocess.run([BIN / "image_reader", *paths], capture_output=True, text=True, check=True, timeout=50)
    return dict(zip(files, zip(done.stdout.splitlines(), paths, strict=True), strict=True))


def read_by_us(folder, files):
    """The size of each file, and its pixels: rows, columns, RGB."""
    for name, (line, path) in lines_by_us(folder, files).items():
        assert line[0].isdigit(), f"{name}: {line}"
        width, height = map(int, line.split()[0].split("x"))
        pixels = np.fromfile(f"{path}.bgr", np.uint8).reshape(height, width, 3)
        yield name, (width, height), pixels[:, :, ::-1]
