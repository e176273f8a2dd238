"""JPEGs as cameras write them: of every kind (the program jpeg_writer), with bytes where none should be, and with damage."""

import subprocess
from dataclasses import dataclass

import numpy as np
from programs import BIN

WIDTH, HEIGHT = 96, 64
ADOBE = b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0"  # its last byte, the transform, is missing
CHANNELS = {"gray": 1, "rgb": 3, "ycc": 3, "cmyk": 4, "ycck": 4}


@dataclass(frozen=True)
class Kind:
    """What jpeg_writer is asked for."""
    colours: str = "ycc"
    sampling: tuple = (2, 2)
    quality: int = 90
    restart_blocks: int = 0
    progressive: bool = False
    size: tuple = (WIDTH, HEIGHT)


def pixels_of(kind):
    """A picture with edges, noise and slopes, so that every block has something to tell."""
    width, height = kind.size
    channels = CHANNELS[kind.colours]
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    slope = 40 + 2 * x * (c + 1) + 3 * y + 60 * ((x // 9 + y // 7) % 2)
    return ((slope + np.random.default_rng(4).integers(0, 40, slope.shape)) % 256).astype(np.uint8)


def written(folder, kinds):
    """The bytes of each, by its name."""
    lines = []
    for number, kind in enumerate(kinds.values()):
        (folder / f"{number}.pixels").write_bytes(pixels_of(kind).tobytes())
        words = [folder / f"{number}.jpg", folder / f"{number}.pixels", *kind.size, CHANNELS[kind.colours], kind.colours, *kind.sampling,
                 kind.quality, kind.restart_blocks, int(kind.progressive)]
        lines.append(" ".join(map(str, words)))
    subprocess.run([BIN / "jpeg_writer"], input="\n".join(lines), text=True, check=True, timeout=50)
    return {name: (folder / f"{number}.jpg").read_bytes() for number, name in enumerate(kinds)}


def inserted(jpeg, places, content):
    """The file with these bytes in front of each of the places."""
    places = [0, *places, len(jpeg)]
    return content.join(jpeg[begin:end] for begin, end in zip(places, places[1:]))


def is_restart(code):
    return 0xd0 <= code <= 0xd7


def markers(jpeg):
    """(place, code) of every marker behind the first, in the order of the file; those of restarts too."""
    at, found = 2, []
    while True:
        assert jpeg[at] == 0xff
        code = jpeg[at + 1]
        found.append((at, code))
        if code == 0xd9:
            return found
        at += 2 if is_restart(code) else 2 + int.from_bytes(jpeg[at + 2:at + 4], "big")
        if code == 0xda or is_restart(code):
            while jpeg[at] != 0xff or jpeg[at + 1] == 0:
                at += 1


def restarts(jpeg):
    return [at for at, code in markers(jpeg) if is_restart(code)]


def segments(jpeg):
    """Where its segments begin, and its end."""
    return [at for at, code in markers(jpeg) if not is_restart(code)]


def scans(jpeg):
    """Where the pixels of each scan begin and end."""
    places = segments(jpeg)
    return [(at + 2 + int.from_bytes(jpeg[at + 2:at + 4], "big"), end) for at, end in zip(places, places[1:]) if jpeg[at + 1] == 0xda]


def without(jpeg, code):
    """The file without its segments of that kind."""
    for at, found in reversed(markers(jpeg)):
        if found == code:
            jpeg = jpeg[:at] + jpeg[at + 2 + int.from_bytes(jpeg[at + 2:at + 4], "big"):]
    return jpeg


def with_version(jpeg, major, minor=1):
    at = jpeg.index(b"JFIF\0") + 5
    return jpeg[:at] + bytes([major, minor]) + jpeg[at + 2:]


def with_transform(jpeg, transform):
    """What Adobe's segment says of the colours; there is no segment of JFIF, which would say more."""
    return jpeg[:2] + ADOBE + bytes([transform]) + without(without(jpeg, 0xe0), 0xee)[2:]
