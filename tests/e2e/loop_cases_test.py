"""Cases 03, 04 and 08 of the published ones: whose metadata it is, and how much one upload may be. What comes in is drawn;
LL_CASES_SEED repeats a draw."""

import json
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

import pytest
from accounts import detail
from draws import draws, new_image
from image_bytes import png_header, with_size
from nodes import with_comment
from programs import generate, image_ids, images, jpeg, loop_server

MIB = 1 << 20
MAX_PARTS, MAX_PIXELS, MAX_PART_BYTES = 1000, 50_000_000, 64 * MIB
MAX_BODY_BYTES = 20 * MAX_PART_BYTES + 64 * MIB
DRAWS = 30


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop_cases")) as server:
        yield server


@pytest.fixture(name="path", scope="module")
def fixture_path(loop):
    return generate(loop, "field")


def post_form(loop, path, parts):
    """`parts`: the parameters of each one's Content-Disposition, as bytes, and its content."""
    body = b"".join(b"--limit\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + content + b"\r\n"
                    for disposition, content in parts) + b"--limit--\r\n"
    return loop.nobody().ask("POST", f"{path}/images", body, {"Content-Type": "multipart/form-data; boundary=limit"})


def assert_refuses(loop, path, parts, *words):
    """As the outboxes of all released nodes understand it: less is to be sent. It tells what is wrong, and nothing is kept."""
    before = image_ids(loop, path)
    answer = post_form(loop, path, parts)
    assert answer.status == 422, answer
    assert all(word in detail(answer) for word in words), (words, detail(answer))
    assert image_ids(loop, path) == before
    return detail(answer)


# ----------------------------------------------------------------------------------------------------- 03, 04: whose metadata


@dataclass
class Part:
    stem: str
    is_image: bool
    content: bytes
    tag: str  # of an image: of the metadata that belong to it; of metadata: what they say


# What is drawn: for each stem how many images and how many texts there are.
def some_of(chance, stems):
    return chance.sample(stems, chance.randint(2, min(5, len(stems))))


PLAIN = ["image", "image_1", "frame-00", "a.b", "a.b.c", "x" * 120, "1", "cam 1", "left;right", "f", "g", "IMG_0001", "a&b=c", "a,b"]
OTHERS = ["g", "h", "i", "j", "k"]
SPELT = ["käse", "naïve", "Ångström", "É", "图像", "田", "한국어", "ﬁeld", "🌱", "ệ", "Ω", "100% sure", "it's", 'a "b"', "a+b", "straße", "ñandú"]


def pairs_of(stems, count=1):
    return [(stem, count, count) for stem in stems]


COUNTS = {
    "names of their own": lambda chance: pairs_of(some_of(chance, PLAIN)),
    "some without metadata": lambda chance: [(stem, 1, chance.randint(0, 1)) for stem in some_of(chance, PLAIN)],
    "one name again without metadata": lambda chance: [("f", chance.randint(2, 4), 0), *pairs_of(some_of(chance, OTHERS))],
    "one name again with as many": lambda chance: [("f", 2, 2), *pairs_of(some_of(chance, OTHERS))],
    "one name for all": lambda chance: pairs_of(["image"], chance.randint(2, 8)),
    "no names": lambda chance: pairs_of([""], chance.randint(1, 6)),
    "no names and no metadata": lambda chance: [("", chance.randint(2, 6), 0)],
    "one without a name": lambda chance: [("", 1, chance.randint(0, 1)), *pairs_of(some_of(chance, PLAIN))],
    "names that are spelt in several ways": lambda chance: pairs_of(some_of(chance, SPELT), chance.randint(1, 2)),
    "more images than metadata": lambda chance: [("f", chance.randint(3, 5), chance.randint(1, 2)), *pairs_of(["g"])],
    "more metadata than images": lambda chance: [("f", chance.randint(1, 2), chance.randint(3, 5)), *pairs_of(["g"])],
    "more images than metadata, without names": lambda chance: [("", chance.randint(3, 5), chance.randint(1, 2)), *pairs_of(["g"])],
    "metadata of no image": lambda chance: [("f", 0, chance.randint(1, 2)), *pairs_of(["g", "h"], chance.randint(1, 2))],
    "as many in all, but not of each name": lambda chance: [("f", 2, 1), ("g", 1, 2), *pairs_of(some_of(chance, ["h", "i", "j"]))],
}


def drawn_parts(chance, counts):
    """By turns, all texts first, all images first, or in any order."""
    parts = []
    for stem, image_count, metadata_count in counts:
        tags = [f"tag-{chance.getrandbits(64):x}" for _ in range(max(image_count, metadata_count))]
        texts = [Part(stem, False, chance.choice(["", " ", "\r\n\t"]).encode() + json.dumps({"tags": [tag]}).encode(), tag)
                 for tag in tags[:metadata_count]]
        pictures = [Part(stem, True, new_image(chance), tag) for tag in tags[:image_count]]
        by_turns = [part for pair in zip(texts, pictures) for part in pair]
        parts += by_turns + texts[len(pictures):] + pictures[len(texts):]
    order = chance.choice(["by turns", "texts first", "images first", "any"])
    if order == "any":
        return mixed(chance, parts)
    return parts if order == "by turns" else sorted(parts, key=lambda part: part.is_image == (order == "texts first"))


def mixed(chance, parts):
    """Shuffled, but what has one name and one kind stays in its order, by which it is paired."""
    shuffled = chance.sample(parts, len(parts))
    kinds = {(part.stem, part.is_image): iter([other for other in parts if (other.stem, other.is_image) == (part.stem, part.is_image)])
             for part in parts}
    return [next(kinds[part.stem, part.is_image]) for part in shuffled]


def quoted(name):
    """As curl writes it."""
    return b'"' + name.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'


def disposition_of(chance, part):
    """In one of the ways in which clients write one and the same name."""
    field = chance.choice([b'name="files"', b"name=files", b'name="file"'])
    if not part.stem and chance.random() < 0.5:
        return field + chance.choice([b"", b'; filename=""'])
    ending = chance.choice([".jpg", ".JPG", ".jpeg", ".png", ".bin"] if part.is_image else [".json", ".JSON"])
    name = unicodedata.normalize(chance.choice(["NFC", "NFD"]), part.stem) + ending
    extended = b"filename*=UTF-8''" + quote(name, safe="").encode()
    ways = [b"filename=" + quoted(name), b"filename=" + quoted(quote(name)), extended, b'filename="???"; ' + extended,
            extended.replace(b"UTF-8''", b"utf-8'en'") + b'; filename="x"']
    if name.isascii() and not set(name) & set(' ";\\'):
        ways.append(b"filename=" + name.encode())
    composed = unicodedata.normalize("NFC", name)
    if all(ord(letter) < 256 for letter in composed):
        ways.append(b"filename*=iso-8859-1''" + quote(composed.encode("latin-1"), safe="").encode())
    return field + b"; " + chance.choice(ways)


@pytest.mark.parametrize("what", COUNTS)
def test_metadata_land_on_the_image_of_their_name_or_the_upload_is_refused(loop, path, what):
    chance = draws(what)
    for _ in range(DRAWS):
        counts = COUNTS[what](chance)
        parts = drawn_parts(chance, counts)
        sent = [(disposition_of(chance, part), part.content) for part in parts]
        wrong = [stem for stem, image_count, metadata_count in counts if metadata_count not in (0, image_count)]
        told = [disposition for disposition, _ in sent]
        if wrong:
            said = assert_refuses(loop, path, sent)
            assert any(stem in said for stem in wrong), (told, said)
            continue
        answer = post_form(loop, path, sent)
        assert answer.status == 200, (told, answer)
        ids = [image["id"] for image in answer.json()["images"]]
        with_metadata = {stem for stem, _, metadata_count in counts if metadata_count}
        expected = [([part.tag] if part.stem in with_metadata else [], part.content) for part in parts if part.is_image]
        found = [([tag["name"] for tag in row["tags"]], loop.get(f"/api{row['resource']}").body) for row in images(loop, path, ids)]
        assert found == expected, told


# ------------------------------------------------------------------------------------------------------------- 08: how much


def named(name):
    return b'name="files"; filename="' + name.encode() + b'"'


def good_pairs(chance, count):
    return [part for number in range(count)
            for part in [(named(f"good{number}.json"), b'{"source": "node"}'), (named(f"good{number}.jpg"), new_image(chance))]]


def among_good_ones(chance, parts):
    good = good_pairs(chance, chance.randint(0, 4))
    place = 2 * chance.randint(0, len(good) // 2)
    return good[:place] + parts + good[place:]


def test_too_many_parts_are_refused_with_their_number(loop, path):
    chance = draws("parts")
    for count in [MAX_PARTS + 1, MAX_PARTS + 2, *(chance.randint(MAX_PARTS + 1, 3 * MAX_PARTS) for _ in range(DRAWS))]:
        content = new_image(chance)
        parts = [(named(f"{number // 2}.{'jpg' if number % 2 else 'json'}"), content if number % 2 else b"{}") for number in range(count)]
        assert_refuses(loop, path, parts, "1000 parts")


def test_as_many_parts_as_there_may_be_are_kept(loop):
    path, chance = generate(loop, "parts"), draws("all parts")
    parts = [part for number in range(MAX_PARTS // 2) for part in
             [(named(f"{number}.json"), b'{"tags": ["%d"]}' % number), (named(f"{number}.jpg"), new_image(chance))]]
    answer = post_form(loop, path, parts)
    assert answer.status == 200, answer
    ids = [image["id"] for image in answer.json()["images"]]
    assert [row["tags"][0]["name"] for row in images(loop, path, ids)] == [str(number) for number in range(MAX_PARTS // 2)]


def test_an_image_with_too_many_pixels_is_refused_by_its_name(loop, path):
    chance = draws("pixels")
    for number in range(DRAWS):
        width = chance.randint(1000, 65535)
        height = min(65535, MAX_PIXELS // width + chance.randint(1, 2000))
        if width * height <= MAX_PIXELS:
            continue
        large = chance.choice([with_size(new_image(chance), width, height), png_header(width, height),
                               png_header(width * 1000, height * 1000)])
        parts = among_good_ones(chance, [(named(f"large{number}.json"), b"{}"), (named(f"large{number}.jpg"), large)])
        assert_refuses(loop, path, parts, f"large{number}.jpg", "scale it down")


@pytest.mark.parametrize("more", [1, 4096, 16 * MIB])
@pytest.mark.parametrize("ending", ["jpg", "json"])
def test_a_part_longer_than_64_mib_is_refused_by_its_name(loop, path, more, ending):
    chance = draws(f"{more} more of {ending}")
    image, text = new_image(chance), b'{"source": "' + b"x" * (MAX_PART_BYTES + more) + b'"}'
    pair = [(named("long.json"), text if ending == "json" else b"{}"),
            (named("long.jpg"), image + bytes(MAX_PART_BYTES + more - len(image)) if ending == "jpg" else image)]
    assert_refuses(loop, path, among_good_ones(chance, pair), f"long.{ending}", "64 MiB", "smaller")


def longer(chance, image, length):
    """The same picture with comments, so that the file has this length."""
    count, rest = divmod(length - len(image), 60_004)
    half = (60_000 + rest) // 2 - 2  # the last two share the rest
    comments = [chance.randbytes(60_000)] * (count - 1) + [bytes(half), bytes(60_004 + rest - 8 - half)]
    content = image[:2] + b"".join(with_comment(image[:2], comment)[2:] for comment in comments) + image[2:]
    assert len(content) == length
    return content


def test_an_image_of_64_mib_is_kept(loop, path):
    chance = draws("64 MiB")
    content = longer(chance, new_image(chance), MAX_PART_BYTES)
    answer = post_form(loop, path, among_good_ones(chance, [(named("long.json"), b"{}"), (named("long.jpg"), content)]))
    assert answer.status == 200, answer
    assert any(loop.get(f"{path}/images/{image['id']}/main").body == content for image in answer.json()["images"])


def test_twenty_images_of_ten_mib_are_kept(loop, path):
    chance = draws("20 images")
    sent = [longer(chance, jpeg(number), 10 * MIB) for number in range(20)]
    answer = post_form(loop, path, [part for number, content in enumerate(sent) for part in
                                    [(named(f"{number}.json"), b"{}"), (named(f"{number}.jpg"), content)]])
    assert answer.status == 200, answer
    ids = [image["id"] for image in answer.json()["images"]]
    assert len(ids) == 20
    for image_id, content in list(zip(ids, sent))[::7]:
        assert loop.get(f"{path}/images/{image_id}/main").body == content


def test_a_body_that_is_too_long_is_refused_before_it_is_sent(loop, path):
    chance = draws("bodies")
    for length in [MAX_BODY_BYTES + 1, *(chance.randint(MAX_BODY_BYTES + 1, 8 * MAX_BODY_BYTES) for _ in range(DRAWS))]:
        headers = {"Content-Type": "multipart/form-data; boundary=limit", "Content-Length": str(length)}
        answer = loop.nobody().ask("POST", f"{path}/images", None, headers)
        assert answer.status == 422 and f"the body is longer than {MAX_BODY_BYTES} bytes" in detail(answer), answer
