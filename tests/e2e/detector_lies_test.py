"""Images of events that are not what they say (W6): an error that names the field, at every event, on a connection that lives on; nothing
is kept, and nothing is allocated for what was only claimed. LL_CASES_SEED repeats a draw."""

import re
from pathlib import Path

import numpy as np
import pytest
from detector_clients import GRAY, jpeg_image, pixels_of
from detector_fixtures import fixture_events, fixture_folder, fixture_kept, fixture_node  # noqa: F401
from draws import draws
from image_bytes import png_header, with_size

SHAPE = (48, 64, 3)
PIXELS = np.full(SHAPE, 128, np.uint8)
BYTES = PIXELS.nbytes


def lie(**changed):
    return pixels_of(PIXELS, **changed)


def without(key):
    return {name: value for name, value in lie().items() if name != key}


# The image, and the field that the error has to name; the field alone stands for image.field.
LIES = {
    **{f"shape {shape}": (lie(shape=shape), "shape") for shape in (
        [48, 64, 4], [48, 64, 1], [48, 64], [64, 48, 3, 1], [1, 48, 64, 3], [1, 1, 48, 64, 3], [9216], [], [[48, 64, 3]], [48, 63, 3],
        [49, 64, 3], [48, 64, 2], [48, 64, 5], [48, 64, 0], [0, 64, 3], [48, 0, 3], [-48, 64, 3], [48, -64, -3], [-1, -1, 3], [48, -1, 3],
        [10**18, 10**18, 3], [10**18, 1, 1], [2**31, 2, 3], [2**32 + 48, 64, 3], [2**63, 1, 1], [2**64 + 48, 64, 3], [1e300, 1, 3],
        [65536, 65536, 1], [10**5, 10**5, 3], [10**4, 6000, 3], [9216, 1, 3], [48.5, 64, 3], ["48", "64", "3"], [None, 64, 3],
        [True, True, 3], "48,64,3", {"0": 48}, 9216, None, {}, True, [[], [], []], 10000 * [1])},
    **{f"dtype {dtype!r}": (lie(dtype=dtype), "dtype") for dtype in (
        "O", "object", "V100", "|V9216", "c16", "complex128", "<f8", "float32", "f4", ">u2", "<u2", "uint16", "uint64", "int8", "i1", "b1",
        "bool", "?", "S1", "U1", "M8[ns]", "uint8 ", " uint8", "UINT8", "u8", "U8", "uint", "byte", "", "\0", "uint8\0", "x" * 100_000,
        "[('a','u1')]", None, 8, ["uint8"], {"name": "uint8"}, True)},
    **{f"bytes {what}": (lie(bytes=value), "bytes") for what, value in {
        "as text": "x" * BYTES, "as base64": "gICA" * (BYTES // 3), "as a list": 100 * [128], "as a number": 5, "null": None, "true": True,
        "as an object": {"type": "Buffer", "data": [1, 2]}, "in a list": [b"x"]}.items()},
    "no bytes": (without("bytes"), "bytes"), "no dtype": (without("dtype"), "dtype"), "no shape": (without("shape"), "shape"),
    "one byte less": (lie(bytes=bytes(BYTES - 1)), "shape"), "one byte more": (lie(bytes=bytes(BYTES + 1)), "shape"),
    "empty bytes": (lie(bytes=b""), "shape"), "no bytes of no pixels": (lie(bytes=b"", shape=(0, 0, 3)), "shape"),
    "a JPEG that says it is pixels": (lie(bytes=GRAY), "shape"), "a JPEG without a word": ({"bytes": GRAY}, "dtype"),
    "pixels that say they are a JPEG": (lie(format="jpeg"), ""), "an unknown format": (lie(format="png"), "format"),
    "a format in capitals": (jpeg_image(GRAY) | {"format": "JPEG"}, "format"), "a format that is no text": (lie(format=1), "format"),
    "an empty format": (lie(format=""), "format"), "a JPEG as text": ({"format": "jpeg", "bytes": "/9j/4AAQ"}, "bytes"),
    "no bytes of a JPEG": ({"format": "jpeg"}, "bytes"), "an empty JPEG": (jpeg_image(b""), ""), "an empty image": (b"", ""),
    "a text file": (b"hello", ""), "half a JPEG": (GRAY[:len(GRAY) // 2], ""), "a huge JPEG": (with_size(GRAY, 10000, 6000), ""),
    "a huge PNG": (png_header(60000, 60000), ""), "nothing": (None, ""), "a text": ("image.jpg", ""), "a number": (1, ""),
    "a list": ([GRAY], ""), "true": (True, ""), "an empty object": ({}, "bytes"),
}


@pytest.mark.parametrize("what", LIES, ids=lambda what: re.sub(r"[^ -~]", "?", what)[:50])
def test_an_image_that_lies_is_refused_by_its_field_at_every_event(events, kept, what):
    image, field = LIES[what]
    for event, message, name in (("detect", {"image": image}, "image"), ("upload", {"image": image}, "image"),
                                 ("batch_detect", {"images": [GRAY, lie(), image]}, "images[2]")):
        answer = events.call(event, message | {"autoupload": "all"})
        assert answer.keys() == {"error"} and len(answer["error"]) < 500, answer
        at = f"{name}.{field}" if field else name
        assert re.match(rf"(could not parse images? from data: )?{re.escape(at)}(?=[:[])", answer["error"]), answer
    assert kept.new() == []
    assert events.call("detect", {"image": lie(), "autoupload": "disabled"})["box_detections"], "the connection lives on"


def test_there_are_many():
    assert len(LIES) > 100


@pytest.mark.parametrize("number", range(25))
def test_a_drawn_shape_is_taken_when_it_fits_the_bytes_and_else_refused(events, kept, number):
    """Compared with what numpy makes of it."""
    chance = draws(f"shapes {number}")
    shape = [chance.choice([0, 1, 2, 3, 4, 5, 16, 48, 64, 9216, -1, 2**16, 2**31, 2**62]) for _ in range(chance.randint(0, 5))]
    size = chance.choice([0, 1, 9216, 3 * 16, 64 * 48, 4 * 48 * 64, chance.randrange(9999)])
    product = int(np.prod([max(side, 0) for side in shape], dtype=object)) if shape else 1
    is_image = len(shape) in (2, 3) and min(shape) > 0 and product == size and (len(shape) == 2 or shape[2] in (1, 3, 4))
    answer = events.call("detect", {"image": {"bytes": bytes(size), "dtype": "uint8", "shape": shape}, "autoupload": "disabled"})
    if is_image:
        assert answer["box_detections"][3]["x"] == shape[1] // 2 and answer["box_detections"][3]["y"] == shape[0] // 2
    else:
        assert re.match(r"could not parse image from data: image\.shape", answer["error"]), (shape, size, answer)
    assert kept.new() == []


@pytest.mark.parametrize("dtype", ["uint8", "u1", "|u1", "B", "<u1", ">u1", "=u1"])
def test_each_of_numpys_names_of_a_byte_is_taken(events, dtype):
    assert np.dtype(dtype) == np.uint8
    found = events.call("detect", {"image": lie(dtype=dtype), "autoupload": "disabled"})
    assert found["box_detections"][0]["confidence"] == pytest.approx(128 / 255)


def test_nothing_is_allocated_for_what_is_only_claimed(node, events):
    def peak_mb():
        return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{node.process.pid}/status").read_text())[1]) / 1024
    events.call("detect", {"image": lie()})
    before = peak_mb()
    for shape in ((7000, 7000, 3), (7000, 7000, 4), (7000, 7000), (49_999_999, 1, 1), (1, 49_999_999, 3)):  # as many pixels as are taken
        for event, message in (("detect", {"image": lie(shape=shape)}), ("upload", {"image": lie(shape=shape)}),
                               ("batch_detect", {"images": 60 * [lie(shape=shape, bytes=b"x")]})):
            assert "shape" in events.call(event, message)["error"]
    assert peak_mb() - before < 20


WITHOUT_IMAGE = {"nothing": [], "null": [None], "a number": [5], "a text": ["image"], "a list": [[]], "a truth": [True], "bytes": [b"x"],
                 "a list of it": [[{"image": GRAY}]], "an empty object": [{}], "another key": [{"Image": GRAY}],
                 "the other event's key": [{"images": {}, "image ": GRAY}], "it nested": [{"detect": {"image": GRAY}}]}


@pytest.mark.parametrize("what", WITHOUT_IMAGE)
@pytest.mark.parametrize("event", ["detect", "batch_detect", "upload"])
def test_an_event_without_its_image_says_so(events, kept, event, what):
    answer = events.call(event, *WITHOUT_IMAGE[what])
    assert answer.keys() == {"error"} and answer["error"].startswith(f"could not parse image{'s' * (event == 'batch_detect')} from data: ")
    assert kept.new() == []
