"""Every value of every path and query of the Loop, written by somebody who means harm: an error in words or the right rows, never
another row, a changed one or a 5xx."""

import json
import socket
import uuid
from urllib.parse import quote

import pytest
from accounts import data_folder, dump_of, kept_by, routes_of
from loop_programs.connection import Connection
from programs import generate, image_ids, loop_server

MAX_IDS = 400  # of one request; docs/protocol.md
LINE_LIMIT = 8 * 1024

# What stands in the place of a value, as it is sent.
RAW = {
    "a quote": "'", "a double quote": "%22", "two quotes": "''", "a comment": "field'--", "a semicolon": "field;",
    "a block comment": "f/**/", "always true": quote("' OR '1'='1"), "always true in numbers": quote("1 OR 1=1"),
    "always true in double quotes": quote('" OR ""="'), "a union": quote("' UNION SELECT number, organization, name FROM projects --"),
    "a drop": quote("'; DROP TABLE images; --"), "an update": quote("x'; UPDATE projects SET name='y' WHERE 'a'='a"),
    "a placeholder": quote("$1"), "another placeholder": "%3f1", "a wildcard": "%25", "a wildcard of one": "_", "wildcards": "_" * 36,
    "a wildcard at the end": "fiel%25", "a wildcard within": "f_eld", "wildcards between": "%25-%25-%25-%25-%25", "a glob": "*",
    "a class of letters": "[a-z]*", "a field of an ORM": "field__contains", "a foreign key of an ORM": "project__organization__name",
    "an operator": quote('{"$ne": null}'), "an array": "field[]", "a regular expression": quote(".*"), "a template": quote("{{7*7}}"),
    "a variable": quote("${x}"), "a format": "%25s%25n", "NUL": "field%00", "NUL within": "fi%00eld", "a tab": "field%09",
    "line ends": "field%0d%0aSet-Cookie:%20a=b", "a folder up": "..", "a folder up, encoded": "%2e%2e", "half encoded": ".%2e",
    "a folder up, encoded twice": "%252e%252e", "a path": "..%2f..%2floop.db", "a path, encoded twice": "..%252floop.db",
    "a backslash": "..%5cloop.db", "an absolute path": "%2fetc%2fpasswd", "a slash within": "fie%2fld", "encoded twice": "fie%252fld",
    "overlong UTF-8": "%c0%ae%c0%ae", "an overlong slash": "field%c0%af", "an overlong quote": "field%c0%a7",
    "half a character": "field%c3", "a surrogate": "field%ed%a0%80",
    "no character": "field%ff", "a full-width quote": quote("field＇"), "a ligature": quote("ﬁeld"),
    "another case": "FIELD", "blanks around": "%20field%20", "a plus": "+field", "a broken escape": "field%", "no escape": "field%zz",
    "nothing": "", "a blank": "%20", "a dot": ".", "a number": "1", "a negative number": "-1", "a great number": "9" * 40, "true": "true",
    "null": "null", "a long name": "a" * 101, "a very long name": "a" * 7000, "a longer name": "a" * (64 << 10), "an emoji": quote("🌱"),
    "right to left": quote("\u202efield"), "a link": quote("file:///etc/passwd"), "html": quote("<script>alert(1)</script>"),
    "two values": "field&project=other", "a fragment": "field%23", "a question mark": "field%3f",
}


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("queries"), more=["--access-log", "false"]) as server:
        generate(server, "field", complete=3, review=2, inbox=1, trainings=1, tags=1, box_detections=1)
        generate(server, "other", complete=4, trainings=1, organization="foreign")
        for path in ("/api/test/projects/field", "/api/foreign/projects/other"):  # who asks for a thumbnail first makes it
            assert all(server.get(f"{path}/images/{image}/thumb").status == 200 for image in image_ids(server, path))
        yield server


@pytest.fixture(name="field", scope="module")
def fixture_field(loop):
    """What is known of the project, and a request of each kind with the right values."""
    path = "/api/test/projects/field"
    model = loop.get(f"{path}/models").json()["models"][0]["id"]
    category = loop.get(path).json()["categories"][0]["id"]
    training = str(loop.get(f"{path}/trainings").json()["trainings"][0]["training_number"])
    return {"path": path, "ids": image_ids(loop, path), "model": model,
            "values": {"organization": "test", "project": "field", "image": image_ids(loop, path)[0], "model": model, "format": "mocked",
                       "category": category, "training": training, "frontend": "w1", "kind": "trainer", "node": "t"},
            "query": {"state": "complete", "format": "mocked", "ids": image_ids(loop, path)[0], "organization": "test", "project": "field",
                      "model_version": "1.0"}}


@pytest.fixture(name="unchanged", autouse=True)
def fixture_unchanged(loop):
    """Whatever was asked: every row and every file is as it was, and the next request is answered."""
    before = kept_by(loop)
    yield
    assert kept_by(loop) == before
    assert loop.get("/api/projects").status == 200


def values_of(loop):
    """(method, pattern, where it stands, name) of each value that a request may have in its path or query."""
    return [(method, pattern, parameter["in"], parameter["name"]) for method, pattern, operation in routes_of(loop)
            for parameter in operation.get("parameters", []) if parameter["in"] in ("path", "query")]


def target_with(field, pattern, where, name, raw, method="GET"):
    """The target of a request that has this text there, and is right in all other places; but what changes something without a body
    is of no project that there is."""
    is_harmful = method == "DELETE" or pattern.endswith(("/rollback", "/stop", "/abort"))
    values = field["values"] | ({"project": "there-is-none"} if is_harmful else {})
    path = pattern.format(**(values | ({name: raw} if where == "path" else {})))
    return path if where == "path" else f"{path}?{name}={raw}"


def assert_in_words(answer, what):
    """An error that tells what is wrong, in JSON, which is UTF-8 whatever was sent."""
    assert 400 <= answer.status < 500, f"{what}: {answer.status} {answer.body[:300]}"
    assert answer.body.decode(errors="backslashreplace") == answer.body.decode(errors="ignore"), f"{what}: {answer.body[:300]}"
    assert json.loads(answer.body)["detail"], what


def texts_in(answer):
    """All texts of a JSON answer."""
    def walk(value):
        if isinstance(value, dict):
            for one in value.values():
                yield from walk(one)
        elif isinstance(value, list):
            for one in value:
                yield from walk(one)
        elif isinstance(value, str):
            yield value
    return set(walk(answer.json())) if answer.headers["Content-Type"] == "application/json" else set()


def test_there_are_values_to_try(loop):
    names = {(where, name) for _, _, where, name in values_of(loop)}
    assert names >= {("path", "organization"), ("path", "project"), ("path", "image"), ("path", "model"), ("path", "format"),
                     ("query", "state"), ("query", "ids"), ("query", "format"), ("query", "project")}


def test_the_right_values_are_answered(loop, field):
    for method, pattern, where, name in values_of(loop):
        if method == "GET":
            right = (field["values"] if where == "path" else field["query"])[name]
            target = target_with(field, pattern, where, name, right)
            if pattern.endswith("/images") and name != "ids":
                target += f"{'&' if '?' in target else '?'}ids={field['ids'][0]}"
            status = loop.get(target).status
            is_empty = pattern.endswith(("/target", "/imageIds", "/dataset"))  # no target is set, and no trainer had the training
            assert status == (404 if is_empty else 200), f"{pattern} {name}"


@pytest.mark.parametrize("what", RAW)
def test_a_value_that_means_harm_finds_no_row_and_is_answered_in_words(loop, field, what):
    raw, foreign = RAW[what], set(image_ids(loop, "/api/foreign/projects/other"))
    connection = Connection(loop.port, headers=loop.headers)
    for method, pattern, where, name in values_of(loop):
        if name == "training" and raw in ("", field["values"]["training"]):
            continue  # the list of them, and the right one
        target = target_with(field, pattern, where, name, raw, method)
        answer, told = connection.ask(method, target, None if method == "GET" else b""), f"{method} {target}"[:200]
        if pattern == "/":  # shows what changed last if it is asked for nothing
            assert answer.status in (200, 400, 404, 414, 422) and b"<script" not in answer.body, told
        elif answer.status != 200:
            assert_in_words(answer, told)
            assert not texts_in(answer) & (foreign | set(field["ids"])), told
        else:
            assert where == "query" and (raw == "" or name == "format"), told
            assert not texts_in(answer) & foreign, told
            assert name == "state" or answer.json() in ({"models": []}, {"images": []}), told
    connection.close()


@pytest.mark.parametrize("what", RAW)
def test_harm_in_the_names_of_fields_and_in_more_of_them_changes_nothing(loop, field, what):
    raw = RAW[what]
    right = loop.get(f"{field['path']}/data?state=complete").json()
    for target in (f"{field['path']}/data?state=complete&{raw}=1", f"{field['path']}/data?state=complete&state={raw}",
                   f"{field['path']}/data?state=complete&state__in={raw}"):
        answer = loop.get(target)
        if answer.status == 200:
            assert answer.json() == right, target[:200]
        else:
            assert_in_words(answer, target[:200])


@pytest.mark.parametrize("form", [
    "//api/test/projects/field/data", "/api//test/projects/field/data", "/api/test/projects/field//data", "/api/test/projects/field/data/",
    "/api/test/./projects/field/data", "/api/test/../test/projects/field/data", "/api/test/projects/field/data/..", "*", "\\api\\test",
    "/%61pi/test/projects/field/data", "/api/test/projects%2ffield/data", "/api/test/projects/field%2fdata",
    "/API/test/projects/field/data", "/api/test/projects/field/data;a=b",
    "/api/test/projects/field/data%3fstate=inbox", "/api/test/projects/field/data%00",
    "/api/test/projects/field/data%20", "api/test/projects/field/data", "/%2e%2e/loop.db", "/..%2floop.db", "//evil.example/api/projects",
    "http://evil.example/api/projects"])
def test_another_spelling_of_a_path_is_the_same_path_or_none(loop, field, form):
    right = loop.get(f"{field['path']}/data").json()
    with socket.create_connection(("127.0.0.1", loop.port), timeout=30) as connection:
        login = loop.headers["Authorization"]
        connection.sendall(f"GET {form} HTTP/1.0\r\nHost: 127.0.0.1\r\nAuthorization: {login}\r\n\r\n".encode())
        head, body = b"".join(iter(lambda: connection.recv(65536), b"")).split(b"\r\n\r\n", 1)
    status = int(head.split()[1])
    assert (status == 200 and json.loads(body) == right) or 400 <= status < 500, (head, body)
    if form.startswith("/"):
        assert loop.nobody().get(form).status in (400, 401, 403, 404, 405), "no spelling passes the login"


# --------------------------------------------------------------------------------------------------------- lists of ids


def asked(loop, field, ids):
    return loop.get(f"{field['path']}/images?ids={','.join(ids)}")


@pytest.mark.parametrize("count", [0, 1, 215, 400, 401, 1700, 100_000])
def test_many_ids_are_the_right_rows_or_too_many_in_words(loop, field, count):
    ids = [str(uuid.UUID(int=number)) for number in range(count)]
    if count > 1:
        ids[count // 2] = field["ids"][1]
    answer = asked(loop, field, ids)
    if len(",".join(ids)) > LINE_LIMIT - 100 or count > MAX_IDS:
        assert answer.status in (414, 422, 431, 400), answer
        assert_in_words(answer, count)
    else:
        assert answer.status == 200
        assert [image["id"] for image in answer.json()["images"]] == ([field["ids"][1]] if count > 1 else [])


def test_duplicates_and_other_spellings_are_one_row(loop, field):
    first, second = field["ids"][:2]
    answer = asked(loop, field, [first, second, first, first.upper(), str(uuid.uuid4()), second])
    assert [image["id"] for image in answer.json()["images"]] == [first, second]


@pytest.mark.parametrize("wrong", ["x", "1", "'", "%00", "{id}'", "{id}%27--", "{id}%20", "%7B{id}%7D", "urn:uuid:{id}", "{hex}", "{id}x",
                                   "{id}%5c", "..", "*", "%25", "{short}", quote("ﬀ") + "{tail}", "0x1", "_" * 36, "%20"])
def test_one_id_that_is_none_refuses_the_whole_list_and_is_named(loop, field, wrong):
    first = field["ids"][0]
    wrong = wrong.format(id=first, hex=first.replace("-", ""), short=first[:-1], tail=first[2:])
    for ids in ([wrong], [first, wrong], [wrong, first]):
        answer = asked(loop, field, ids)
        assert_in_words(answer, wrong)
        assert answer.status == (400 if wrong == "%00" else 422) and b"ids" in answer.body or wrong == "%00", answer


def test_64_kb_of_ids_are_refused_in_words(loop, field):
    for text in ("a" * (64 << 10), ",".join(field["ids"][:1] * 1700), "," * (64 << 10), "%27" * (21 << 10), "&ids=" * (13 << 10)):
        assert_in_words(loop.get(f"{field['path']}/images?ids={text}"), text[:50])


def test_values_of_bodies_find_and_change_nothing_either(loop, field):
    before = dump_of(data_folder(loop) / "loop.db")
    for raw in ("' OR '1'='1", field["model"] + "' --", "%", "_" * 36, field["model"] + "\0", "..", "", "$1", "null"):
        answer = loop.send_json("PUT", f"{field['path']}/deployment/target", {"model_uuid": raw})
        assert answer.status == 422 and "model_uuid" in answer.body.decode(), raw
        for key in ("project_name", "image_style", "seed"):
            answer = loop.send_json("POST", "/api/test/projects/generator", {"project_name": "x'y"} | {key: raw + "'"})
            assert answer.status == 422, raw
        assert loop.send_json("POST", f"{field['path']}/detectors", {"uuid": raw}).status == 422
    assert dump_of(data_folder(loop) / "loop.db") == before
