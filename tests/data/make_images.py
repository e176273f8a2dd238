#!/usr/bin/python3
"""Writes the small images in images/: one picture, 16x8 pixels, in the kinds of JPEG and PNG that people send.

Its left half is RGB (200, 40, 30) or gray 90, its right half RGB (20, 60, 180) or gray 210. Needs Pillow and numpy.
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


def main():
    FOLDER.mkdir(exist_ok=True)
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
