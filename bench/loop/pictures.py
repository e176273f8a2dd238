"""Photograph-like JPEGs of a wished number of bytes."""

import io
import random

from PIL import Image


def _encoded(image, quality):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def picture(width_px, height_px, size_bytes):
    """The best quality that takes no more bytes than that. Smooth with some grain, as photographs are."""
    draw = random.Random(1)
    coarse = Image.frombytes("RGB", (width_px // 16, height_px // 16), draw.randbytes(width_px // 16 * (height_px // 16) * 3))
    grain = Image.frombytes("L", (256, 256), draw.randbytes(256 * 256)).resize((width_px, height_px), Image.Resampling.NEAREST)
    image = Image.blend(coarse.resize((width_px, height_px), Image.Resampling.BICUBIC), grain.convert("RGB"), 0.1)
    low, high = 1, 100
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if len(_encoded(image, middle)) <= size_bytes else (low, middle)
    return padded(_encoded(image, low), size_bytes)


def padded(jpeg, size_bytes):
    """With comments that fill it up to exactly so many bytes."""
    missing = size_bytes - len(jpeg)
    comments = b""
    while missing - len(comments) >= 4:
        length = min(missing - len(comments) - 4, 60_000)
        comments += b"\xff\xfe" + (length + 2).to_bytes(2, "big") + bytes(length)
    return jpeg[:2] + comments + jpeg[2:]
