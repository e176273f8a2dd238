"""Cases 20, 21, 23 and 25 of the published ones at every door of a detector: HTTP as its clients speak it, and what they say twice.
LL_CASES_SEED repeats a draw."""

import gzip
import http.client
import zlib

import pytest
from detector_clients import GRAY, PATH
from detector_fixtures import fixture_events, fixture_folder, fixture_kept, fixture_node  # noqa: F401
from draws import draws
from engineio_by_hand import Service
from loop_programs.connection import Answer
from nodes import detail, with_comment

DRAWS = 25
DOORS = {"/detect": "file", "/upload": "files"}


def post(node, path, body, headers):
    """`headers` are pairs, of which a name may come twice. A body in several pieces is sent in chunks."""
    connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=30)
    pieces = [body] if isinstance(body, bytes) else body
    connection.putrequest("POST", path)
    for name, value in headers:
        connection.putheader(name, value.encode())
    connection.putheader(*(("Content-Length", str(len(body))) if isinstance(body, bytes) else ("Transfer-Encoding", "chunked")))
    connection.endheaders()
    for piece in pieces:
        connection.send(piece if isinstance(body, bytes) else b"%x\r\n%b\r\n" % (len(piece), piece))
    if not isinstance(body, bytes):
        connection.send(b"0\r\n\r\n")
    answer = connection.getresponse()
    found = Answer(answer.status, answer.headers, answer.read())
    connection.close()
    return found


def form(parts, boundary="b0undary", padding=lambda: b""):
    """A form as a client might write it. `parts`: (field, header lines beside Content-Disposition, bytes)."""
    body = b""
    for field, lines, content in parts:
        head = [f'Content-Disposition: form-data; name="{field}"; filename="a.jpg"', *lines]
        body += f"--{boundary}".encode() + padding() + b"\r\n" + "\r\n".join(head).encode() + b"\r\n\r\n" + content + b"\r\n"
    return body + f"--{boundary}--".encode() + padding() + b"\r\n", ("Content-Type", f"multipart/form-data; boundary={boundary}")


def sent(node, path, notes=(), content=GRAY):
    """An image with notes, pairs of which a name may come twice."""
    body, kind = form([(DOORS[path.split("?")[0]], [], content)])
    return post(node, path, body, [kind, *notes])


# ---------------------------------------------------------------------------------------------------------- 20: labels of parts

LABELS = ["multipart/form-data", "MULTIPART/FORM-DATA", "multipart/form-data;", "multipart/form-data; charset=utf-8", "multipart/mixed",
          "multipart/", "multipart/x-mixed-replace", "multipart/form-data; boundary", "multipart/form-data; name=boundary",
          'multipart/form-data; charset="boundary=x"', "image/jpeg; boundary=x", "image/jpeg", "image/jpg", "IMAGE/JPEG", "image/pjpeg",
          "image/png", "image/*", "application/octet-stream", "application/json", "text/plain; charset=utf-8", "text/html", "*/*", "jpeg",
          "", ";", "/", "garbage; ;;=", "multipart/form-data, multipart/form-data", "x" * 2000, "message/rfc822"]


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("label", LABELS)
def test_a_part_is_told_by_its_content_whatever_its_label_says(node, kept, path, label):
    content = with_comment(GRAY, label.encode())
    body, kind = form([(DOORS[path], [f"Content-Type: {label}"], content)])
    assert post(node, path, body, [kind, ("autoupload", "all")]).status == 200, label
    assert kept.one().image == content


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("lines", [["Content-Transfer-Encoding: binary"], ["Content-Length: 5"], ["X-Y: z", "content-type:image/jpeg"],
                                   ["Content-Encoding: gzip"], ["Content-ID: <a@b>"]], ids=lambda lines: lines[0])
def test_other_lines_of_a_part_count_for_nothing(node, kept, path, lines):
    body, kind = form([(DOORS[path], lines, GRAY)])
    assert post(node, path, body, [kind, ("autoupload", "all")]).status == 200
    assert kept.one().image == GRAY


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("label", ["multipart/mixed; boundary=in", 'multipart/form-data; boundary="inner"', "multipart/Mixed;BOUNDARY=a"])
def test_a_form_within_a_part_is_refused_and_nothing_of_it_kept(node, kept, path, label):
    inner = b'--inner\r\nContent-Disposition: attachment; filename="a.jpg"\r\n\r\n' + GRAY + b"\r\n--inner--\r\n"
    body, kind = form([(DOORS[path], [f"Content-Type: {label}"], inner)])
    answer = post(node, path, body, [kind, ("autoupload", "all")])
    assert answer.status == 400 and "one by one" in detail(answer) and kept.new() == []


# ---------------------------------------------------------------------------------------------------- 21: blanks behind boundaries


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("number", range(DRAWS))
def test_blanks_and_tabs_behind_boundaries_are_padding_also_when_they_come_in_pieces(node, kept, path, number):
    chance = draws(f"padding {path} {number}")
    contents = [with_comment(GRAY, b"%d" % image) for image in range(1 if path == "/detect" else chance.randint(1, 4))]
    def padding():
        return bytes(chance.choices(b" \t", k=chance.choice((0, 1, 2, 30, 998))))
    boundary = chance.choice(["b", "----WebKitFormBoundary7MA4YWxkTrZu0gW", "a b", "'()+_,-./:=?"])
    body, kind = form([(DOORS[path], [], content) for content in contents], boundary, padding)
    body = chance.choice([b"", b"\r\n", b"preamble\r\n"]) + body + chance.choice([b"", b"epilogue"])
    cuts = sorted(chance.sample(range(1, len(body)), 5))
    pieces = [body[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(body)])] if chance.random() < 0.5 else body
    headers = [("Content-Type", f'multipart/form-data; boundary="{boundary}"'), ("autoupload", "all")]
    answer = post(node, path, pieces, headers)
    assert answer.status == 200, (kind, answer.body)
    assert [one.image for one in kept.new()] == contents


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("text", [b"x", b" x", b"\t-", b"\0", b"\x0b", b"\xc2\xa0", b"\n", b" --"])
def test_anything_else_behind_a_boundary_is_refused(node, kept, path, text):
    body, kind = form([(DOORS[path], [], GRAY)], padding=lambda: text)
    answer = post(node, path, body, [kind, ("autoupload", "all")])
    assert answer.status in (400, 422) and kept.new() == []


# ------------------------------------------------------------------------------------------------------------ 23: packed bodies

ENCODINGS = ["gzip", "GZIP", "x-gzip", "deflate", "br", "zstd", "compress", "lzma", "gzip, identity", "identity, gzip", "gzip,gzip",
             " gzip ", "gzip;q=1", "aws-chunked", "utf-8", "none", "*", '"gzip"', "identity;gzip", "x"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_packed_body_is_415_that_names_the_header_at_every_door(node, kept, encoding):
    for path, field in DOORS.items():
        body, kind = form([(field, [], GRAY)])
        for packed in (gzip.compress(body), zlib.compress(body), body):
            answer = post(node, path, packed, [kind, ("Content-Encoding", encoding), ("autoupload", "all")])
            assert answer.status == 415 and "Content-Encoding" in detail(answer), (path, answer.body)
    session = Service(node.port, PATH + "/").open("polling")
    answer = session.service.ask("POST", session.query, gzip.compress(b"40"), {"Content-Encoding": encoding})
    assert answer.status == 415 and b"Content-Encoding" in answer.body, "what polls send"
    assert kept.new() == []


@pytest.mark.parametrize("encoding", ["identity", "Identity", ""])
def test_a_body_that_is_not_packed_is_taken(node, kept, encoding):
    for path in DOORS:
        assert sent(node, path, [("Content-Encoding", encoding), ("autoupload", "all")]).status == 200
        assert kept.one().image == GRAY


# --------------------------------------------------------------------------------------------------------- 25: what comes twice


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("number", range(DRAWS))
def test_tags_of_several_lines_are_one_list_in_their_order(node, kept, path, number):
    chance = draws(f"tags {path} {number}")
    words = ["a", "row 7", "ü", "x" * 50, "00:11:22", "picked", "a=b", "'", "🌱"]
    tags = [chance.choice(words) + str(index) for index in range(chance.randint(2, 9))]
    lines, rest = [], list(tags)
    while rest:
        count = chance.randint(1, 3)
        lines.append(chance.choice([", ", ",", " , ", ",,"]).join(rest[:count]))
        rest = rest[count:]
    lines.insert(chance.randrange(len(lines) + 1), chance.choice(["", " ", ",", " , "]))
    notes = [(chance.choice(["tags", "Tags", "TAGS"]), line) for line in lines] + [("autoupload", "all")]
    assert sent(node, path, notes).status == 200
    assert kept.one().metadata["tags"] == tags + ([] if path == "/detect" else ["picked_by_system"])


SINGLE = {"camera-id": ("left", "right"), "camera_id": ("left", "right"), "mac": ("00:11", "00:12"), "source": ("a", "b"),
          "creation-date": ("2024-01-31T12:00:00", "2024-01-31T12:00:01"), "creation_date": ("2024-01-31", "2024-01-30"),
          "autoupload": ("all", "disabled"), "upload-priority": ("true", "false"), "upload_priority": ("1", "0")}
NAMES = {"camera_id": "camera-id", "mac": "camera-id", "creation_date": "creation-date", "upload_priority": "upload-priority"}


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("name", SINGLE)
def test_a_single_value_that_comes_twice_is_taken_if_it_is_the_same_and_else_names_both(node, kept, path, name):
    first, second = SINGLE[name]
    assert sent(node, path, [(name, first), (name.upper(), first), ("autoupload", "all")]).status == 200
    assert len(kept.new()) == 1
    for notes in ([(name, first), (name, second)], [(name, second), ("x", "y"), (name.title(), first)],
                  2 * [(name, first)] + [(name, second)]):
        answer = sent(node, path, notes)
        assert answer.status == 400, answer
        assert all(word in detail(answer) for word in (NAMES.get(name, name), first, second)), answer.body
    assert kept.new() == []


@pytest.mark.parametrize("name", ["source", "creation_date", "upload_priority", "camera_id", "autoupload"])
def test_a_value_that_comes_twice_in_the_query_of_an_upload_is_judged_alike(node, kept, name):
    first, second = SINGLE[name]
    assert sent(node, f"/upload?{name}={first}&{name}={first}").status == 200 and len(kept.new()) == 1
    answer = sent(node, f"/upload?{name}={first}&{name}={second}")
    assert answer.status == 422 and name in str(detail(answer)) and second in str(detail(answer)), answer
    answer = sent(node, f"/upload?{name}={first}", [(name.replace("_", "-"), second)])
    assert answer.status == 400 and second in detail(answer), "the header says something else"
    assert kept.new() == []


@pytest.mark.parametrize("first, second", [("camera_id", "camera-id"), ("camera_id", "mac"), ("camera-id", "mac")])
def test_two_keys_of_the_camera_in_an_event_agree_or_are_refused(events, kept, first, second):
    for event, images in (("detect", {"image": GRAY}), ("batch_detect", {"images": [GRAY]}), ("upload", {"image": GRAY})):
        assert "error" not in events.call(event, images | {first: "one", second: "one", "autoupload": "disabled"})
        said = events.call(event, images | {first: "one", second: "two", "autoupload": "all"})["error"]
        assert all(word in said for word in (first, second, "one", "two")), said
    assert len(kept.new()) == 1, "the upload that was right"


# ------------------------------------------------------------------------------------------------------------ ids of cameras


@pytest.mark.parametrize("length", [1, 99, 199, 200, 201, 254, 255, 256, 257, 300, 498, 511, 512, 513, 700, 800, 900, 990, 998, 999])
def test_ids_that_differ_in_their_last_letter_have_histories_of_their_own(node, events, length):
    """As long as 1000 bytes, by both doors, which share them."""
    start = f"{length} ".ljust(length, "c")[:length]
    def causes(camera):
        return sent(node, "/detect", [("camera-id", camera)]).headers["Upload-Causes"]
    def causes_of_event(camera):
        return events.call("detect", {"image": GRAY, "camera_id": camera})["upload_causes"]
    assert causes(start + "1") == "uncertain" and causes_of_event(start + "2") == ["uncertain"] and causes(start + "3") == "uncertain"
    assert causes_of_event(start + "1") == [] and causes(start + "2") is None and causes_of_event(start + "3") == []


def test_an_id_of_1000_bytes_is_the_longest_in_whichever_letters(node, events, kept):
    for letter in ("c", "ü", "🌱"):
        longest = letter * (1000 // len(letter.encode()))
        assert sent(node, "/detect", [("camera-id", longest), ("autoupload", "disabled")]).status == 200
        assert "error" not in events.call("detect", {"image": GRAY, "camera_id": longest, "autoupload": "disabled"})
        for path in DOORS:
            for name in ("camera-id", "camera_id", "mac"):
                answer = sent(node, path, [(name, longest + "c"), ("autoupload", "all")])
                assert answer.status == 422 and "camera-id" in str(detail(answer)) and "1000 bytes" in str(detail(answer)), answer
        for name in ("camera-id", "camera_id", "mac"):
            for event, images in (("detect", {"image": GRAY}), ("batch_detect", {"images": [GRAY]}), ("upload", {"image": GRAY})):
                said = events.call(event, images | {name: longest + "c", "autoupload": "all"})["error"]
                assert said.startswith(f"{name}: is longer than 1000 bytes"), said
    assert kept.new() == []
