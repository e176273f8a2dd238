"""Real photographs: answered, kept byte for byte, and seen upright, whatever way round they are stored."""
import io
import struct
from pathlib import Path

import pytest
from nodes import ORGANIZATION, Client, Outbox, image_files, with_segment
from PIL import Image, ImageOps, ImageStat
from programs import BIN, ROOT, detector, generate, images, loop_server

FETCHED = ROOT / "build/photographs"                                             # by tools/fetch_test_photographs
INSTALLED = Path("/usr/share/gocode/src/github.com/rwcarlsen/goexif/exif")       # by tools/setup
FILES = [FETCHED / "02.jpg", FETCHED / "L01.jpg", FETCHED / "L02.jpg", FETCHED / "large.jpg", INSTALLED / "sample1.jpg",
         INSTALLED / "samples/has-lens-info.jpg"]
ORIENTATION = 0x0112


def turned(photograph, orientation):
    """The same file with an EXIF tag that says how it is to be turned."""
    tags = struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)
    return with_segment(photograph, 0xe1, b"Exif\0\0" + tags)


@pytest.fixture(name="photographs", scope="module")
def fixture_photographs():
    missing = [str(file) for file in FILES if not file.exists()]
    assert not missing, f"{missing}: tools/setup and tools/fetch_test_photographs bring them"
    photographs = {file.name: file.read_bytes() for file in FILES}
    for orientation in range(2, 9):
        photographs[f"large.jpg, orientation {orientation}"] = turned((FETCHED / "large.jpg").read_bytes(), orientation)
    return photographs


@pytest.fixture(name="answers", scope="module")
def fixture_answers(photographs, tmp_path_factory):
    """What the detector answered, and by its bytes each row of the Loop's inbox."""
    folder = tmp_path_factory.mktemp("photographs")
    with loop_server(folder) as loop:
        path = generate(loop, "photographs", ORGANIZATION)
        with detector(folder, loop, ORGANIZATION, "photographs", [BIN / "scripted_detector"]) as node:
            client = Client(node)
            answers = {name: client.detect(content, autoupload="all") for name, content in photographs.items()}
            Outbox(folder).wait_until_empty()
        ids = {content: image_id for image_id, content in image_files(loop, path)}
        rows = {row["id"]: row for row in images(loop, path, list(ids.values()))}
        return answers, {content: rows[image_id] for content, image_id in ids.items()}


def upright(content):
    return ImageOps.exif_transpose(Image.open(io.BytesIO(content)))


def test_they_are_of_several_kinds(photographs):
    pictures = [Image.open(io.BytesIO(photographs[file.name])) for file in FILES]
    print("\n" + "\n".join(f"{file.name}: {picture.width}x{picture.height}, {picture.mode}, "
                           f"orientation {picture.getexif().get(ORIENTATION)}" for file, picture in zip(FILES, pictures)))
    assert len(pictures) >= 5
    assert len({picture.size for picture in pictures}) >= 4
    assert any(picture.mode == "L" for picture in pictures)
    assert any(picture.getexif().get(ORIENTATION) == 6 for picture in pictures)


def test_each_is_answered_and_kept(photographs, answers):
    for name in photographs:
        answer = answers[0][name]
        assert (answer.status, answer.headers["Upload-Causes"]) == (200, "all"), f"{name}: {answer}"


def test_each_lies_in_the_loop_byte_for_byte_with_the_size_of_the_upright_image(photographs, answers):
    rows = answers[1]
    assert rows.keys() == set(photographs.values())
    for name, content in photographs.items():
        row = rows[content]
        assert (row["width"], row["height"], row["state"]) == (*upright(content).size, "inbox"), name


def test_the_logic_sees_the_upright_image(photographs, answers):
    for name, content in photographs.items():
        picture = upright(content).convert("L")
        quarters = [box for box in answers[0][name].json()["box_detections"] if box["category_name"] == "quarter"]
        assert (quarters[-1]["x"] + quarters[-1]["width"], quarters[-1]["y"] + quarters[-1]["height"]) == picture.size, name
        for box in quarters:
            corner = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
            brightness = ImageStat.Stat(picture.crop(corner)).mean[0] / 255
            assert box["confidence"] == pytest.approx(brightness, abs=0.01), f"{name}: {box}"


def test_no_two_orientations_look_alike_to_the_logic(answers):
    """Else the test above could not tell one from another."""
    def look(answer):
        return tuple((box["width"], round(box["confidence"], 2)) for box in answer.json()["box_detections"][:4])
    seen = {look(answer) for name, answer in answers[0].items() if name.startswith("large.jpg")}
    assert len(seen) == 8
