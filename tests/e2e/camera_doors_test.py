"""One rule for JPEGs at every door: a detector's /detect and /upload, the Loop's intake, and its thumbnails."""
import pytest
from camera_files import Kind, inserted, restarts, scans, segments, with_transform, with_version, without, written
from nodes import ORGANIZATION, Client, Outbox, detail, image_files
from programs import BIN, detector, generate, images, loop_server

KIND = Kind(restart_blocks=2)
INKS = Kind("cmyk", (1, 1))


@pytest.fixture(name="sound", scope="module")
def fixture_sound(tmp_path_factory):
    """A file as it should be, and one of inks."""
    return written(tmp_path_factory.mktemp("written"), {"plain": KIND, "inks": INKS})


@pytest.fixture(name="files", scope="module")
def fixture_files(sound):
    """As cameras write them, and the file that shows the same."""
    plain, inks = sound["plain"], sound["inks"]
    return {
        "bytes before restart markers": (inserted(plain, restarts(plain), bytes(600)), plain),
        "bytes before the end": (plain[:-2] + bytes(4096) + plain[-2:], plain),
        "JFIF 0": (with_version(plain, 0), plain),
        "Adobe 2": (with_transform(plain, 2), plain),
        "bytes between segments": (inserted(plain, segments(plain), bytes(3)), plain),
        "inks without a segment of Adobe's": (without(inks, 0xee), inks),
    }


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("doors")


@pytest.fixture(name="loop", scope="module")
def fixture_loop(folder):
    with loop_server(folder) as loop:
        yield loop


@pytest.fixture(name="path", scope="module")
def fixture_path(loop):
    return generate(loop, "doors", ORGANIZATION)


@pytest.fixture(name="node", scope="module")
def fixture_node(folder, loop, path):
    assert path.endswith("doors")
    with detector(folder, loop, ORGANIZATION, "doors", [BIN / "scripted_detector"]) as node:
        yield node


def row_of(loop, path, content):
    """Of the image that was sent to the Loop."""
    answer = loop.post_files(f"{path}/images", [("image.jpg", content)])
    assert answer.status == 200, answer
    return images(loop, path, [answer.json()["images"][0]["id"]])[0]


def thumbnail(loop, row):
    return loop.get(f"/api{row['thumbnail']}")


def test_a_detector_sees_what_it_sees_in_a_file_as_it_should_be(node, files):
    client = Client(node)
    for name, (content, shown) in files.items():
        answers = [client.detect(image, autoupload="disabled") for image in (content, shown)]
        assert [answer.status for answer in answers] == [200, 200], f"{name}: {answers}"
        assert answers[0].json()["box_detections"] == answers[1].json()["box_detections"], name


def test_the_loop_keeps_the_bytes_and_shows_the_same_thumbnail(loop, path, files):
    for name, (content, shown) in files.items():
        rows = [row_of(loop, path, image) for image in (content, shown)]
        thumbnails = [thumbnail(loop, row) for row in rows]
        assert [answer.status for answer in thumbnails] == [200, 200], f"{name}: {thumbnails}"
        assert thumbnails[0].body == thumbnails[1].body, name
        assert loop.get(f"/api{rows[0]['resource']}").body == content, name
        assert images(loop, path, [rows[0]["id"]])[0]["pixels"] == "sound", name


def test_what_is_uploaded_through_a_detector_reaches_the_loop_as_it_came(folder, loop, path, node, files):
    answer = Client(node).upload(*(content for content, _ in files.values()))
    assert answer.status == 200, answer
    Outbox(folder).wait_until_empty()
    kept = {content for _, content in image_files(loop, path)}
    assert {content for content, _ in files.values()} <= kept


def test_a_file_without_its_end_is_refused_by_name_everywhere(loop, path, node, sound):
    cut, named = sound["plain"][:-2], "end marker FF D9"
    for answer, status in ((Client(node).detect(cut), 400), (Client(node).upload(cut), 400),
                           (loop.post_files(f"{path}/images", [("cut.jpg", cut)]), 422)):
        assert answer.status == status and named in str(detail(answer)), answer


def test_lost_pixels_are_found_by_whoever_decodes_them(loop, path, node, sound):
    """Kept as they came, since only who decodes them sees it, but never shown and never used."""
    begin, end = scans(sound["plain"])[0]
    damaged = with_version(sound["plain"][:(begin + end) // 2] + sound["plain"][end:], 7)
    answer = Client(node).detect(damaged, autoupload="all")
    assert answer.status == 400 and "damaged" in detail(answer), answer
    row = row_of(loop, path, damaged)
    assert thumbnail(loop, row).status == 404
    assert images(loop, path, [row["id"]])[0]["pixels"] == "broken"
