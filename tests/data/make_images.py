#!/usr/bin/python3
"""Writes the small images in images/: one picture, 16x8 pixels, in the kinds of JPEG and PNG that people send.

Its left half is RGB (200, 40, 30) or gray 90, its right half RGB (20, 60, 180) or gray 210. And images/kinds/: twenty kinds of
JPEG of another picture, in which every block has something to tell. Needs Pillow and numpy.
"""
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image

FOLDER = pathlib.Path(__file__).parent / "images"
HEIGHT, WIDTH = 8, 16
LEFT, RIGHT = (200, 40, 30), (20, 60, 180)
GRAY_LEFT, GRAY_RIGHT = 90, 210


def halves(left, right, dtype=np.uint8):
    """The picture as an array of rows, columns, channels."""
    pixels = np.empty((HEIGHT, WIDTH, len(left)), dtype)
    pixels[:, : WIDTH // 2], pixels[:, WIDTH // 2 :] = left, right
    return pixels


def png(name, pixels, bit_depth, colour_type, interlaced=False):
    """A PNG of a kind that Pillow does not write."""
    adam7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    passes = adam7 if interlaced else [(0, 0, 1, 1)]
    rows = b""
    for x, y, step_x, step_y in passes:
        for row in pixels[y::step_y, x::step_x]:
            rows += b"\0" + row.astype(row.dtype.newbyteorder(">")).tobytes() if row.size else b""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bit_depth, colour_type, 0, 0, interlaced)
    chunks = chunk(b"IHDR", header) + chunk(b"gAMA", struct.pack(">I", 100000))
    chunks += chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    (FOLDER / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)


def kinds():
    """Twenty JPEGs: colours, subsampling, quality, size, scans, tables and metadata differ."""
    y, x, c = np.mgrid[0:40, 0:56, 0:3]
    noise = np.random.default_rng(2).integers(0, 30, (40, 56, 3))
    rgb = Image.fromarray(((30 + 3 * x * (c + 1) + 2 * y + 50 * ((x // 9 + y // 7) % 2) + noise) % 256).astype(np.uint8))
    gray, inks, odd = rgb.convert("L"), rgb.convert("CMYK"), rgb.crop((0, 0, 33, 19))
    exif = Image.Exif()
    exif[0x0112] = 6
    made = [(rgb, {"subsampling": name, "quality": quality}) for name in ("4:4:4", "4:2:2", "4:2:0") for quality in (20, 80)]
    made += [(image, {"progressive": scans}) for image in (gray, inks, odd) for scans in (False, True)]
    made += [(rgb, {"progressive": True, "quality": quality}) for quality in (5, 60, 95)]
    made += [(rgb, {"optimize": True}), (rgb, {"exif": exif}), (rgb, {"comment": "hello"}), (rgb, {"icc_profile": bytes(200)})]
    made += [(rgb.resize((8, 8)), {})]
    assert len(made) == 20
    return made


def main():
    (FOLDER / "kinds").mkdir(parents=True, exist_ok=True)
    for number, (image, settings) in enumerate(kinds()):
        image.save(FOLDER / "kinds" / f"{number:02}.jpg", **settings)

    rgb = Image.fromarray(halves(LEFT, RIGHT))
    gray = Image.fromarray(halves((GRAY_LEFT,), (GRAY_RIGHT,))[:, :, 0])
    alpha = Image.fromarray(halves(LEFT + (0,), RIGHT + (128,)), "RGBA")

    rgb.save(FOLDER / "rgb_baseline.jpg", quality=95, subsampling="4:2:0")
    rgb.save(FOLDER / "rgb_progressive.jpg", quality=95, progressive=True)
    rgb.convert("CMYK").save(FOLDER / "cmyk.jpg", quality=95)
    gray.save(FOLDER / "gray.jpg", quality=95)

    rgb.save(FOLDER / "rgb.png")
    alpha.save(FOLDER / "rgba.png")
    rgb.quantize(2).save(FOLDER / "palette.png")
    rgb.quantize(2).save(FOLDER / "palette_transparent.png", transparency=0)
    gray.save(FOLDER / "gray.png")
    gray.convert("LA").save(FOLDER / "gray_alpha.png")
    png("rgb_16_bit.png", halves(LEFT, RIGHT, np.uint16) * 256 + 77, 16, 2)
    png("gray_16_bit.png", halves((GRAY_LEFT,), (GRAY_RIGHT,), np.uint16) * 256 + 77, 16, 0)
    png("rgb_interlaced.png", halves(LEFT, RIGHT), 8, 2, interlaced=True)


if __name__ == "__main__":
    main()
