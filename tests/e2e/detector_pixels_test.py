"""The picture that a detector's logic sees is the one that people see, by whichever door and in whichever format it came.

The logic tells the mean colour of what it got as a tag `bgr=...`, and the brightness of each quarter. Files of cameras are tried in
camera_files_test.py."""

import io
import re
import zlib

import numpy as np
import pytest
from detector_clients import jpeg_image, keeping_node, pixels_of
from detector_fixtures import fixture_events, fixture_folder, fixture_kept  # noqa: F401
from image_bytes import chunk, exif, png_header
from nodes import Client, jpeg_of
from PIL import Image, ImageOps

SIZE = (64, 48)
COLOURS = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "orange": (250, 120, 20)}
QUARTERS = (20, 90, 160, 230)  # from the top left to the bottom right


@pytest.fixture(name="node", scope="module")
def fixture_node(folder):
    with keeping_node(folder, {"SCRIPTED_COLOURS": "1"}) as program:
        yield program


def file_of(image, form, **settings):
    out = io.BytesIO()
    image.save(out, form, **settings)
    return out.getvalue()


def plain(colour):
    return Image.new("RGB", SIZE, colour)


def deep_png(colour):
    """16 bits a channel, which Pillow does not write."""
    row = b"\0" + np.array([channel * 257 for channel in colour] * SIZE[0], ">u2").tobytes()
    head = png_header(*SIZE)[:8]
    size = SIZE[0].to_bytes(4, "big") + SIZE[1].to_bytes(4, "big") + bytes([16, 2, 0, 0, 0])
    return head + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(row * SIZE[1])) + chunk(b"IEND", b"")


def inks(colour):
    """As Adobe's programs write it."""
    return file_of(plain(colour).convert("CMYK"), "JPEG", quality=95)


FILES = {
    "JPEG": lambda colour: jpeg_of(plain(colour)), "JPEG 4:2:0": lambda colour: jpeg_of(plain(colour), subsampling=2),
    "progressive JPEG": lambda colour: jpeg_of(plain(colour), progressive=True), "CMYK JPEG": inks,
    "PNG": lambda colour: file_of(plain(colour), "PNG"), "PNG of 16 bits": deep_png,
    "palette PNG": lambda colour: file_of(plain(colour).quantize(16), "PNG"),
    "PNG with alpha": lambda colour: file_of(plain(colour).convert("RGBA"), "PNG"),
    "PNG that is half transparent": lambda colour: file_of(Image.new("RGBA", SIZE, (*colour, 128)), "PNG"),
}
GRAYS = {
    "gray JPEG": lambda shade: jpeg_of(Image.new("L", SIZE, shade)), "gray PNG": lambda shade: file_of(Image.new("L", SIZE, shade), "PNG"),
    "gray PNG with alpha": lambda shade: file_of(Image.new("LA", SIZE, (shade, 255)), "PNG"),
    "gray PNG of 16 bits": lambda shade: file_of(Image.fromarray(np.full(SIZE[::-1], shade * 257, np.uint16)), "PNG"),
}


def by_each_door(node, events, content):
    """What is found in a file that comes over REST and as each form of an event's image; door by door."""
    def event(image):
        return events.call("detect", {"image": image, "autoupload": "disabled"})
    batch = events.call("batch_detect", {"images": [content], "autoupload": "disabled"})
    return {"REST": Client(node).detect(content, autoupload="disabled").json(), "an event": event(jpeg_image(content)),
            "an old event": event(content), "a batch": batch["items"][0]}


def colour_in(found):
    """Red, green and blue of what the logic got."""
    [tag] = [tag for tag in found["tags"] if tag.startswith("bgr=")]
    return tuple(int(channel) for channel in re.findall(r"\d+", tag))[::-1]


def quarters_in(found):
    """Size of the image and brightness of its quarters, as the logic got it."""
    boxes = found["box_detections"][:4]
    return (2 * boxes[0]["width"], 2 * boxes[0]["height"]), [round(255 * box["confidence"]) for box in boxes]


# ------------------------------------------------------------------------------------------------------------------ colours


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_is_that_colour_in_every_file_by_every_door(node, events, form, colour):
    for door, found in by_each_door(node, events, FILES[form](COLOURS[colour])).items():
        assert colour_in(found) == pytest.approx(COLOURS[colour], abs=6 if form == "CMYK JPEG" else 2), door


@pytest.mark.parametrize("form", GRAYS)
@pytest.mark.parametrize("shade", [0, 77, 255])
def test_a_shade_of_gray_is_the_same_in_all_channels(node, events, form, shade):
    for door, found in by_each_door(node, events, GRAYS[form](shade)).items():
        assert colour_in(found) == pytest.approx(3 * (shade,), abs=1), door


@pytest.mark.parametrize("colour", COLOURS)
def test_an_array_is_rgb_with_or_without_alpha(events, colour):
    rgb = np.full((*SIZE[::-1], 3), COLOURS[colour], np.uint8)
    rgba = np.dstack([rgb, np.full(SIZE[::-1], 7, np.uint8)])
    for array in (rgb, rgba, np.asfortranarray(rgb), rgb[::-1, ::-1]):
        assert colour_in(events.call("detect", {"image": pixels_of(array)})) == COLOURS[colour], array.shape


def test_an_array_of_gray_has_two_dimensions_or_one_channel(events):
    gray = np.arange(SIZE[0] * SIZE[1], dtype=np.uint8).reshape(SIZE[::-1])
    for array in (gray, gray[:, :, None]):
        assert colour_in(events.call("detect", {"image": pixels_of(array)})) == 3 * (round(float(gray.mean())),)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint16", "int64", "bool", "complex64", ">u2"])
def test_an_array_of_other_numbers_is_refused_not_guessed(events, dtype):
    array = np.zeros((*SIZE[::-1], 3), dtype)
    answer = events.call("detect", {"image": pixels_of(array)})
    assert answer == {"error": f"could not parse image from data: image.dtype: '{array.dtype}' is not taken: "
                               "send pixels of 8 bits, as uint8"}


def test_a_picture_keeps_its_places_in_an_array(events):
    """Rows are rows: the width is the second number of the shape."""
    array = np.zeros((*SIZE[::-1], 3), np.uint8)
    for number, shade in enumerate(QUARTERS):
        y, x = 24 * (number // 2), 32 * (number % 2)
        array[y:y + 24, x:x + 32] = shade
    assert quarters_in(events.call("detect", {"image": pixels_of(array)})) == (SIZE, list(QUARTERS))


# ------------------------------------------------------------------------------------------------------------------ which way is up


def turned(orientation, form="JPEG"):
    """A file that shows QUARTERS when it is turned as its tag says."""
    image = Image.new("L", SIZE)
    for number, shade in enumerate(QUARTERS):
        image.paste(shade, (32 * (number % 2), 24 * (number // 2), 32 * (number % 2) + 32, 24 * (number // 2) + 24))
    back = {6: 8, 8: 6}.get(orientation, orientation)  # the orientation that undoes it
    tag = Image.Exif()
    tag[0x0112] = back
    stored = ImageOps.exif_transpose(with_tag(image, tag)).convert("RGB")
    if form == "PNG":
        content = file_of(stored, "PNG")
        return content[:33] + chunk(b"eXIf", exif(orientation)) + content[33:]
    tag[0x0112] = orientation
    return jpeg_of(stored, exif=tag.tobytes())


def with_tag(image, tag):
    return Image.open(io.BytesIO(file_of(image, "PNG", exif=tag.tobytes())))


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_logic_sees_every_orientation_upright_by_every_door(node, events, orientation, form):
    content = turned(orientation, form)
    assert Image.open(io.BytesIO(content)).size == (SIZE if orientation < 5 else SIZE[::-1]), "it has to be turned"
    for door, found in by_each_door(node, events, content).items():
        size, shades = quarters_in(found)
        assert size == SIZE and shades == pytest.approx(QUARTERS, abs=1), door


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpeg_is_kept_with_its_tag_byte_for_byte_by_every_door(node, events, kept, orientation):
    content = turned(orientation)
    assert Client(node).detect(content, autoupload="all").status == Client(node).upload(content).status == 200
    for image in (content, jpeg_image(content)):
        assert events.call("detect", {"image": image, "autoupload": "all"})["upload_causes"] == ["all"]
        assert events.call("upload", {"image": image}) == {"status": "OK"}
    events.call("batch_detect", {"images": [content, jpeg_image(content)], "autoupload": "all"})
    assert [one.image for one in kept.new()] == 8 * [content]


# ------------------------------------------------------------------------------------------------------------- what is encoded


@pytest.mark.parametrize("orientation", [1, 6, 8])
def test_a_png_is_kept_as_a_jpeg_that_shows_the_same(node, events, kept, orientation):
    content = turned(orientation, "PNG")
    assert Client(node).detect(content, autoupload="all").status == Client(node).upload(content).status == 200
    assert events.call("upload", {"image": content}) == {"status": "OK"}
    found = kept.new()
    assert len(found) == 3
    for one in found:
        file = Image.open(io.BytesIO(one.image))
        shown = ImageOps.exif_transpose(file).convert("L")
        assert (file.format, shown.size) == ("JPEG", SIZE)
        assert [shown.getpixel(at) for at in ((9, 9), (54, 9), (9, 38), (54, 38))] == pytest.approx(QUARTERS, abs=3)


@pytest.mark.parametrize("colour", COLOURS)
def test_an_array_is_kept_as_a_jpeg_of_its_colours_and_size(events, kept, colour):
    array = np.full((31, 67, 3), COLOURS[colour], np.uint8)
    events.call("detect", {"image": pixels_of(array), "autoupload": "all"})
    events.call("upload", {"image": pixels_of(array)})
    events.call("batch_detect", {"images": [pixels_of(array)], "autoupload": "all"})
    found = kept.new()
    assert len(found) == 3
    for one in found:
        shown = Image.open(io.BytesIO(one.image))
        assert (shown.format, shown.size) == ("JPEG", (67, 31))
        assert np.asarray(shown.convert("RGB")).mean(axis=(0, 1)) == pytest.approx(COLOURS[colour], abs=3)
