"""Cases 01, 02 and 08 of the published ones: thumbnails as Pillow makes them, PNGs whose checksums are wrong, and files that are cut off.
LL_CASES_SEED repeats a draw."""

import io
import struct
import zlib

import numpy as np
import pytest
from accounts import data_folder, detail
from draws import draws
from image_bytes import XAP, XMP, by_pillow, chunk, exif, packet
from nodes import with_segment
from PIL import Image
from programs import generate, image_ids, images, jpeg, loop_server
from uploads import Batch, assert_holds_images, digests

MAX_SIDE = 480
SIZES = [(64, 48), (480, 480), (481, 300), (300, 481), (959, 961), (1600, 1200), (1200, 1600), (3840, 480), (2000, 32)]
THIN = [(1, 1), (1, 480), (1, 481), (481, 1), (2, 3000), (3000, 7), (20_000, 1), (1, 30_000)]


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("pictures")) as server:
        yield server


@pytest.fixture(name="path", scope="module")
def fixture_path(loop):
    return generate(loop, "field")


def kept(loop, path, name, content):
    """The row of an image that was sent."""
    answer = loop.post_files(f"{path}/images", [(name, content)])
    assert answer.status == 200, (name, answer)
    return images(loop, path, [answer.json()["images"][0]["id"]])[0]


# --------------------------------------------------------------------------------------------------------- 01: thumbnails


def picture(size, mode="RGB"):
    """Smooth, so that every way to shrink it gives the same, and no two of its orientations look alike."""
    x, y = np.meshgrid(np.linspace(0, 1, size[0]), np.linspace(0, 1, size[1]))
    image = Image.fromarray(np.dstack([240 * x, 240 * y, 200 * x * y]).astype(np.uint8))
    return image.convert(mode, dither=Image.Dither.NONE)


def saved(image, form, **settings):
    out = io.BytesIO()
    image.save(out, form, **({"quality": 95, "subsampling": 0} if form == "JPEG" else {}) | settings)
    return out.getvalue()


def with_chunk(png, content):
    return png[:33] + content + png[33:]


# How a file tells which way is up; 0 and 9 make no sense.
WAYS = {
    "SHORT.jpg": lambda n, photo, _: with_segment(photo, 0xe1, b"Exif\0\0" + exif(n, "SHORT")),
    "SHORT of the other order.jpg": lambda n, photo, _: with_segment(photo, 0xe1, b"Exif\0\0" + exif(n, "SHORT", ">")),
    "LONG.jpg": lambda n, photo, _: with_segment(photo, 0xe1, b"Exif\0\0" + exif(n, "LONG")),
    "XMP.jpg": lambda n, photo, _: with_segment(photo, 0xe1, XAP + XMP["attribute"].format(n).encode()),
    "XMP element.jpg": lambda n, photo, _: with_segment(photo, 0xe1, XAP + XMP["element"].format(n).encode()),
    "eXIf.png": lambda n, _, png: with_chunk(png, chunk(b"eXIf", exif(n))),
    "eXIf LONG.png": lambda n, _, png: with_chunk(png, chunk(b"eXIf", exif(n, "LONG", ">"))),
    "XMP.png": lambda n, _, png: with_chunk(png, packet(XMP["attribute"].format(n))),
}


def assert_shows(thumbnail, name, content):
    """What Pillow shows of the file, upright and shrunk."""
    expected = by_pillow(name, content).convert("RGB")
    scale = min(1, MAX_SIDE / max(expected.size))
    found = Image.open(io.BytesIO(thumbnail))
    assert found.format == "JPEG" and max(found.size) <= MAX_SIDE and found.getexif() == {}, name
    assert all(abs(side - max(1, scale * original)) <= 1 for side, original in zip(found.size, expected.size)), (name, found.size)
    small = expected.resize(found.size, Image.Resampling.BOX)
    difference = np.abs(np.asarray(found.convert("RGB"), int) - np.asarray(small, int))
    assert difference.mean() < 5 and np.percentile(difference, 99) < 25, (name, difference.mean(), np.percentile(difference, 99))


def assert_has_thumbnail(loop, path, name, content):
    row = kept(loop, path, name, content)
    assert (row["width"], row["height"]) == by_pillow(name, content).size, name
    first, again = (loop.get(f"/api{row['thumbnail']}") for _ in range(2))
    assert first.status == 200 and first.headers["Content-Type"] == "image/jpeg", (name, first)
    assert first.body == again.body and first.headers["ETag"] == again.headers["ETag"]
    assert loop.get(f"/api{row['thumbnail']}", {"If-None-Match": first.headers["ETag"]}).status == 304
    assert_shows(first.body, name, content)
    assert loop.get(f"/api{row['resource']}").body == content, "the file stays as it came"


@pytest.mark.parametrize("way", WAYS)
def test_a_thumbnail_is_upright_however_the_file_tells_which_way_is_up(loop, path, way):
    chance = draws(way)
    for orientation in range(10):
        for size in (chance.choice(SIZES), (chance.randint(32, 1500), chance.randint(32, 1500))):
            shown = picture(size)
            content = WAYS[way](orientation, saved(shown, "JPEG"), saved(shown, "PNG"))
            assert_has_thumbnail(loop, path, f"{orientation} {way}", content)


KINDS = {
    "grey JPEG": ("L", "JPEG", {}), "CMYK JPEG": ("CMYK", "JPEG", {}), "progressive JPEG": ("RGB", "JPEG", {"progressive": True}),
    "coarse JPEG": ("RGB", "JPEG", {"subsampling": 2, "quality": 85}), "grey PNG": ("L", "PNG", {}), "PNG of 16 bits": ("I;16", "PNG", {}),
    "palette PNG": ("P", "PNG", {}), "PNG of one bit": ("1", "PNG", {}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_there_are_thumbnails_of_every_kind_of_file(loop, path, kind):
    mode, form, settings = KINDS[kind]
    chance = draws(kind)
    for size in [(480, 481), (1300, 700), *((chance.randint(32, 1500), chance.randint(32, 1500)) for _ in range(3))]:
        image = picture(size, mode) if mode != "I;16" else Image.fromarray((np.asarray(picture(size, "L"), np.uint16) * 257))
        row = kept(loop, path, f"{kind}.{'jpg' if form == 'JPEG' else 'png'}", saved(image, form, **settings))
        answer = loop.get(f"/api{row['thumbnail']}")
        assert answer.status == 200, (kind, size, answer)
        found = Image.open(io.BytesIO(answer.body)).convert("RGB")
        expected = image.convert("RGB") if mode != "I;16" else picture(size, "L").convert("RGB")
        small = expected.resize(found.size, Image.Resampling.BOX)
        assert np.abs(np.asarray(found, int) - np.asarray(small, int)).mean() < 6, (kind, size)


@pytest.mark.parametrize("size", THIN, ids=lambda size: "x".join(map(str, size)))
def test_a_thin_image_has_a_thin_thumbnail(loop, path, size):
    for name, content in (("thin.jpg", saved(picture(size), "JPEG")), ("thin.png", saved(picture(size), "PNG"))):
        row = kept(loop, path, name, content)
        found = Image.open(io.BytesIO(loop.get(f"/api{row['thumbnail']}").body))
        scale = min(1, MAX_SIDE / max(size))
        assert found.size == tuple(max(1, round(scale * side)) for side in size), name


def test_the_colour_below_what_is_clear_is_shown(loop, path):
    """As trainers see it, who take the alpha channel off."""
    image = picture((700, 500), "RGBA")
    image.putalpha(0)
    row = kept(loop, path, "clear.png", saved(image, "PNG"))
    assert_shows(loop.get(f"/api{row['thumbnail']}").body, "clear.png", saved(picture((700, 500)), "PNG"))


def test_what_stands_in_the_way_of_thumbnails_costs_thumbnails_alone(tmp_path):
    """As a full disk does: folders cannot be made."""
    with loop_server(tmp_path) as loop:
        path, batch = generate(loop, "field"), Batch(draws("in the way"), 5)
        obstacle = data_folder(loop) / "thumbs/test"
        obstacle.parent.mkdir(exist_ok=True)
        obstacle.write_text("in the way")
        assert batch.post(loop, path).status == 200
        for key in batch.images:
            answer = loop.get(f"{path}/images/{key}/thumb")
            assert answer.status in (404, 503, 507) and detail(answer), answer
        assert_holds_images(loop, path, digests(batch))
        obstacle.unlink()
        assert all(loop.get(f"{path}/images/{key}/thumb").status == 200 for key in batch.images)


# ---------------------------------------------------------------------------------------------------------- 02: checksums


def chunks_of(png):
    """(place, kind, length) of each chunk."""
    at = 8
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at:at + 8])
        yield at, kind, length
        at += length + 12


def several_chunks():
    """A PNG with all that may stand in one, its pixels in several chunks."""
    png = saved(picture((90, 60), "P"), "PNG")
    whole = [png[at:at + length + 12] for at, _, length in chunks_of(png)]
    packed = b"".join(content[8:-4] for content in whole if content[4:8] == b"IDAT")
    pieces = [chunk(b"IDAT", packed[at:at + 300]) for at in range(0, len(packed), 300)]
    others = [content for content in whole if content[4:8] not in (b"IDAT", b"IEND")]
    return png[:8] + b"".join([*others, chunk(b"tEXt", b"Comment\0x"), chunk(b"eXIf", exif(6)), *pieces, whole[-1]])


def with_flipped_bit(content, at, bit):
    return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1:]


def test_a_png_of_which_a_checksum_is_wrong_is_refused_by_its_name(loop, path):
    """Be it of something that it does not need: there are readers that do not open it then."""
    png, chance = several_chunks(), draws("checksums")
    kept(loop, path, "sound.png", png)
    before, tried = image_ids(loop, path), 0
    for at, kind, length in chunks_of(png):
        for place in [at + length + 8 + chance.randrange(4), *(at + chance.randrange(length + 12) for _ in range(5))]:
            tried += 1
            broken = with_flipped_bit(png, place, chance.randrange(8))
            answer = loop.post_files(f"{path}/images", [("good.jpg", jpeg(tried)), ("broken.png", broken)])
            assert answer.status == 422 and "broken.png" in detail(answer), (kind, place - at, answer)
    assert tried >= 40 and image_ids(loop, path) == before


# --------------------------------------------------------------------------------------------------------- 08: cut off


def cut_files():
    shown = picture((300, 200))
    return {"baseline.jpg": jpeg(1), "smooth.jpg": saved(shown, "JPEG"), "progressive.jpg": saved(shown, "JPEG", progressive=True),
            "restarts.jpg": saved(shown, "JPEG", restart_marker_blocks=2), "rgb.png": saved(shown, "PNG"), "several.png": several_chunks()}


@pytest.mark.parametrize("name", cut_files())
def test_an_image_that_is_cut_off_is_refused_by_its_name_and_so_are_those_beside_it(loop, path, name):
    content, chance = cut_files()[name], draws(name)
    before = image_ids(loop, path)
    for length in {0, 1, 2, 3, 20, len(content) - 1, len(content) - 2, *(chance.randrange(len(content)) for _ in range(20))}:
        answer = loop.post_files(f"{path}/images", [("good.jpg", jpeg(2)), ("cut.json", b"{}"), (f"cut.{name[-3:]}", content[:length])])
        assert answer.status == 422 and f"cut.{name[-3:]}" in detail(answer), (name, length, answer)
    assert image_ids(loop, path) == before


def test_an_image_whose_pixels_are_damaged_is_kept_and_told(loop, path):
    """They came that way; only what nobody can read at all is refused."""
    png, chance = saved(picture((300, 200)), "PNG"), draws("damaged pixels")
    for _ in range(20):
        pixels = chance.randbytes(chance.randint(1, 3000))
        whole = png[:33] + chunk(b"IDAT", chance.choice([pixels, zlib.compress(pixels)])) + chunk(b"IEND", b"")
        row = kept(loop, path, "damaged.png", whole)
        answer = loop.get(f"/api{row['thumbnail']}")
        assert answer.status == 404 and "damaged" in detail(answer), answer
        assert images(loop, path, [row["id"]])[0]["pixels"] == "broken"
        assert loop.get(f"/api{row['resource']}").body == whole
