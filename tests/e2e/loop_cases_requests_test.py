"""Cases 33 and 34 of the published ones, the model of which detections are asked for, and that the Loop asks nobody for anything, whatever
URLs it is sent. LL_CASES_SEED repeats a draw."""

import gzip
import json
import re
import socket
import time
import uuid
import zlib
from contextlib import ExitStack
from urllib.parse import quote

import pytest
from accounts import answer_to_head, detail, kept_by, report, routes_of
from draws import draws, new_image
from image_bytes import XAP, packet, png
from loop_programs.multipart import multipart
from nodes import wait_until, with_segment
from packages import send
from programs import detector, generate, image_ids, images, jpeg, loop_server
from system_calls import Trace

MODEL_VERSIONS = ["1.0", "1.1", "1.10", "2.0", "10.0", "0.0", "01.0", "1", "1.0.0", "v1.0", "latest", " 1.0", "1.0 ", "1,0", "1+0", "ü.1",
                  "A", "a", "x" * 200, "'1.0'", "1.0&a=b", "1.0%", "null"]


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("requests")


@pytest.fixture(name="loop", scope="module")
def fixture_loop(folder):
    with loop_server(folder) as server:
        yield server


@pytest.fixture(name="path", scope="module")
def fixture_path(loop):
    """A project of which there is some of everything."""
    kinds = {f"{kind}_{what}": 1 for kind in ("box", "point", "segmentation", "classification") for what in ("categories", "detections")}
    made = generate(loop, "field", complete=12, trainings=1, tags=1, **kinds)
    kept_at_rest(loop)
    return made


def kept_at_rest(loop):
    """All that the Loop keeps, once it has looked at each of its images and removed the files of those that are gone."""
    def settled():
        kept = kept_by(loop)
        time.sleep(0.2)
        return kept if kept_by(loop) == kept else None
    return wait_until(settled, "a Loop at rest")


# ------------------------------------------------------------------------------------------------------ 33: Content-Encoding

ENCODINGS = ["gzip", "GZIP", "x-gzip", "deflate", "br", "zstd", "compress", "lzma", "gzip, identity", "identity, gzip", "gzip,gzip",
             " gzip ", "gzip;q=1", "aws-chunked", "utf-8", "none", "*", "\"gzip\"", "identity;gzip", "x"]


def bodies_of(loop, path):
    """(method, path, body, type) of each request that has a body."""
    image, model = image_ids(loop, path)[0], loop.get(f"{path}/models").json()["models"][0]["id"]
    category = loop.get(path).json()["categories"][0]["id"]
    values = {"organization": "test", "project": "field", "image": image, "model": model, "format": "onnx", "category": category,
              "training": "1", "frontend": "w", "kind": "trainer", "node": "n"}
    for method, pattern, operation in routes_of(loop):
        if "requestBody" in operation:
            kind = next(iter(operation["requestBody"]["content"]))
            body = multipart([("a.bin", b"content")]) if kind.startswith("multipart/") else (b"{}", kind)
            yield method, pattern.format(**values), *body


def refused_for_its_encoding(program, method, path, body, kind, encoding):
    answer = program.ask(method, path, body, {"Content-Type": kind, "Content-Encoding": encoding})
    assert answer.status == 415 and "Content-Encoding" in detail(answer) and "without this header" in detail(answer), (method, path, answer)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_no_route_of_the_loop_takes_a_body_that_is_packed(loop, path, encoding):
    before, requests = kept_by(loop), list(bodies_of(loop, path))
    assert len(requests) >= 15
    for method, target, body, kind in requests:
        refused_for_its_encoding(loop, method, target, gzip.compress(body), kind, encoding)
    assert kept_by(loop) == before


def test_the_detector_takes_no_body_that_is_packed(folder, loop):
    with detector(folder, loop, "test", "field", ready="/about") as node:
        for encoding in ENCODINGS:
            for target, field in (("/detect", "file"), ("/upload", "files")):
                body, kind = multipart([("a.jpg", jpeg(1))], field)
                refused_for_its_encoding(node, "POST", target, gzip.compress(body), kind, encoding)
            for target, body in (("/outbox_mode", b"stopped"), ("/model_version", b"pause"), ("/debug_logging", b"on")):
                refused_for_its_encoding(node, "PUT", target, zlib.compress(body), "text/plain", encoding)
        assert node.get("/outbox_mode").body == b"continuous_upload"


def test_a_body_that_is_not_packed_is_taken_although_the_header_says_so(loop):
    path = generate(loop, "identity")
    for number, encoding in enumerate(("identity", "Identity", "")):
        body, kind = multipart([("a.jpg", jpeg(number))])
        assert loop.ask("POST", f"{path}/images", body, {"Content-Type": kind, "Content-Encoding": encoding}).status == 200, encoding
    form = [("Content-Length", "9"), ("Content-Type", "multipart/form-data; boundary=b")]
    for first, second in (("identity", "gzip"), ("gzip", "identity"), ("gzip", "")):
        encodings = [("Content-Encoding", first), ("content-encoding", second)]
        status, text = answer_to_head(loop.port, "POST", f"{path}/images", form + encodings)
        assert status == 415 and "Content-Encoding" in text, text
    assert len(image_ids(loop, path)) == 3


# --------------------------------------------------------------------------------------------------- 34: values that come twice


def single_values_of(loop):
    """(method, pattern, name) of each value of a query that may come once."""
    return [(method, pattern, parameter["name"]) for method, pattern, operation in routes_of(loop)
            for parameter in operation.get("parameters", []) if parameter["in"] == "query" and parameter["schema"].get("type") != "array"]


def test_ids_in_several_values_are_all_of_them(loop, path):
    chance, known = draws("ids"), image_ids(loop, path)
    for _ in range(40):
        wanted = chance.sample(known, chance.randint(2, len(known)))
        values = []
        while wanted[sum(map(len, values)):]:
            values.append(wanted[sum(map(len, values)):][:chance.randint(1, 4)])
        name = chance.choice(["ids", "ids", "%69ds"])
        comma = chance.choice([",", "%2C"])
        query = "&".join(f"{name}={comma.join(value)}" for value in values + chance.choice([[], values[:1]]))
        assert [row["id"] for row in loop.get(f"{path}/images?{query}").json()["images"]] == wanted, query


def test_all_images_that_are_named_are_deleted(loop):
    path = generate(loop, "deleted", complete=9)
    ids = image_ids(loop, path)
    for query, rest in ((f"ids={ids[0]}&ids={ids[1]}", ids[2:]), (f"ids={ids[2]},{ids[3]}&ids={ids[4]}", ids[5:]),
                        (f"ids={ids[5]}&ids={ids[6]},{ids[5]}", ids[7:])):
        assert loop.ask("DELETE", f"{path}/images?{query}").status == 200
        assert image_ids(loop, path) == rest
    assert loop.ask("DELETE", f"{path}/images?ids={ids[7]}&ids=no-id").status == 422
    assert image_ids(loop, path) == ids[7:], "all or none"


def test_any_other_value_that_comes_twice_is_refused_by_its_name(loop, path):
    image, model = image_ids(loop, path)[0], loop.get(f"{path}/models").json()["models"][0]["id"]
    values = {"organization": "test", "project": "field", "image": image, "model": model, "format": "mocked", "category": "x"}
    before, tried = kept_at_rest(loop), 0
    for method, pattern, name in single_values_of(loop):
        more = f"&ids={image}" if pattern.endswith("/images") else ""
        pairs = [("complete", "inbox"), ("1.0", "2.0"), ("true", "false"), ("a", "b"), ("a", ""), ("", "a"), ("a", "A"), ("a", "a%20"),
                 ("1", "01")]
        for first, second in pairs:
            for other in (name, f"%{ord(name[0]):02x}{name[1:]}"):
                tried += 1
                target = f"{pattern.format(**values)}?{name}={first}&{other}={second}{more}"
                answer = loop.post_files(target, [("a.bin", b"a")]) if method == "POST" else loop.ask(method, target)
                assert answer.status == 422 and name in answer.body.decode(), (method, target, answer)
    assert tried >= 100 and kept_by(loop) == before


def test_a_value_of_a_query_that_may_be_a_header_too_is_refused_when_it_comes_twice(folder, loop, path):
    answer = loop.post_files(f"{path}/models/onnx?idempotency_key=a&idempotency_key=b", [("a.bin", b"a")])
    assert answer.status == 422 and "idempotency_key" in detail(answer), answer
    with detector(folder, loop, "test", "field", ready="/about") as node:
        for name, first, second in (("source", "a", "b"), ("autoupload", "all", "filtered"), ("upload-priority", "true", "false"),
                                    ("camera-id", "left", "right"), ("creation-date", "2024-01-31T12:00:00", "2024-01-31T12:00:01")):
            answer = node.post_files(f"/upload?{name}={first}&{name}={second}", [("a.jpg", jpeg(1))])
            assert answer.status == 422 and name.replace("-", "_") in detail(answer).replace("-", "_"), answer


def test_a_value_that_comes_twice_alike_is_that_value(loop, path):
    ids = image_ids(loop, path)
    for target, again in ((f"{path}/data?state=complete", "&state=complete"), (f"{path}/models?format=mocked", "&format=mocked"),
                          (f"{path}/images?ids={ids[0]}&model_version=1.0", "&model_version=1.0")):
        once, twice = loop.get(target), loop.get(target + again)
        assert once.status == twice.status == 200 and once.json() == twice.json()


# ------------------------------------------------------------------------------------------------ the detections of one model


def found_by(versions, chance):
    """Of each kind some detections of each of these models, in any order."""
    marks = {"box_detections": {"category_name": "purple box", "x": 1, "y": 2, "width": 30, "height": 20},
             "point_detections": {"category_name": "purple point", "x": 1, "y": 2},
             "segmentation_detections": {"category_name": "purple segmentation", "shape": "1,1,20,1,20,20"},
             "classification_detections": {"category_name": "purple classification"}}
    found = {}
    for kind, mark in marks.items():
        found[kind] = [mark | {"model_name": version, "confidence": round(chance.uniform(0.1, 1), 3)}
                       for version in versions for _ in range(chance.randint(0, 2))]
        chance.shuffle(found[kind])
    return found


def told_of(mark):
    return mark["model_name"], mark["confidence"], mark["category_name"]


def test_the_detections_of_one_model_alone_are_told_if_one_asks_for_it(loop, path):
    chance = draws("model versions")
    for _ in range(20):
        sent = found_by(chance.sample(MODEL_VERSIONS, 6), chance)
        answer = loop.post_files(f"{path}/images", [("a.json", json.dumps(sent).encode()), ("a.jpg", new_image(chance))])
        image_id = answer.json()["images"][0]["id"]
        all_of_it = images(loop, path, [image_id])[0]
        for kind, marks in sent.items():
            assert [told_of(mark) for mark in all_of_it[kind]] == [told_of(mark) for mark in marks], kind
        for name in MODEL_VERSIONS:
            query = "&".join(chance.sample([f"ids={image_id}", f"model_version={quote(name, safe='')}"], 2))
            [row] = loop.get(f"{path}/images?{query}").json()["images"]
            of_model = {kind: [mark for mark in all_of_it[kind] if mark["model_name"] == name] for kind in sent}
            assert row == all_of_it | of_model | {"pixels": row["pixels"]}, query  # which may have been looked at meanwhile


def test_what_a_trainer_found_is_told_with_its_model(loop, path):
    chance = draws("trainers")
    for image_id in image_ids(loop, path)[:3]:
        before = images(loop, path, [image_id])[0]
        found = {"image_id": image_id} | found_by(["7.3"], chance)
        assert loop.send_json("POST", f"{path}/detections", [found]).status == 200
        [row] = loop.get(f"{path}/images?ids={image_id}&model_version=7.3").json()["images"]
        assert all([told_of(mark) for mark in row[kind]] == [told_of(mark) for mark in found[kind]] for kind in found if kind != "image_id")
        [row] = loop.get(f"{path}/images?ids={image_id}&model_version=9.9").json()["images"]
        assert not any(row[kind] for kind in found if kind != "image_id") and row["box_annotations"] == before["box_annotations"]


# --------------------------------------------------------------------------------------------------- nobody is asked for anything


def addresses(ports):
    """Of whoever is not to be asked, as they may stand in what comes in."""
    of_listeners = [form.format(port=port) for port in ports for form in (
        "http://127.0.0.1:{port}/a.jpg", "http://localhost:{port}/", "http://[::1]:{port}/", "https://127.0.0.1:{port}/model.zip",
        "127.0.0.1:{port}", "//127.0.0.1:{port}/x", "http://2130706433:{port}/", "ftp://127.0.0.1:{port}/x", "ws://127.0.0.1:{port}/",
        "gopher://127.0.0.1:{port}/_x", "http://user:secret@127.0.0.1:{port}/", "${{jndi:ldap://127.0.0.1:{port}/x}}",
        "http://127.0.0.1:{port}#@learning-loop.ai/")]
    return of_listeners + ["http://canary.invalid/", "file:///etc/passwd", "\\\\canary.invalid\\share\\x", "smb://canary.invalid/x"]


def xml_that_asks(address):
    return (f'<?xml version="1.0"?><!DOCTYPE x SYSTEM "{address}" [<!ENTITY e SYSTEM "{address}">]><?xml-stylesheet href="{address}"?>'
            f'<x xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{address}">&e;</x>').encode()


def send_everywhere(loop, path, chance, address):
    """Uploads, reports and changes in which the address stands wherever a text may stand."""
    box = {"category_name": address, "category_id": address, "x": 1, "y": 2, "width": 9, "height": 9}
    found = {"model_name": address, "confidence": 0.5}
    metadata = {"source": address, "tags": [address[:200]], "created": address, "box_detections": [box | found], "box_annotations": [box],
                "url": address, "image_url": address, "thumbnail": address, "classification_annotation": {"category_name": address}}
    photo = with_segment(new_image(chance), 0xe1, XAP + xml_that_asks(address))
    name = address.replace('"', "").replace("\\", "%5C")
    loop.post_files(f"{path}/images", [(f"{name}.json", json.dumps(metadata).encode()), (f"{name}.jpg", photo)])
    loop.post_files(f"{path}/images", [("a.json", json.dumps(metadata).encode()), ("a.png", png(packet(xml_that_asks(address).decode())))])
    loop.post_files(f"{path}/images", [("a.svg", xml_that_asks(address)), ("a.json", json.dumps({"$ref": address}).encode())])
    description = {"host": address, "id": address, "organization": address, "project": address, "version": address, "format": address,
                   "url": address, "$schema": address, "model_size": address,
                   "categories": [{"id": address, "name": address, "color": address}]}
    files = {"weights.bin": address.encode(), "model.json": json.dumps(description).encode()}
    answer = send(loop, "POST", f"{path}/models/onnx", files)
    assert answer.status == 200, answer
    assert loop.get(f"{path}/models/{answer.json()['id']}/onnx/file").status == 200
    send(loop, "POST", f"{path}/models/onnx", {address: b"weights"})
    told = {"errors": {address: address}, "current_model": address, "url": address, "host": address}
    assert loop.send_json("POST", f"{path}/detectors", report("canary", str(uuid.uuid4())) | told).status == 200
    assert loop.send_json("PUT", f"{path}/deployment/target", {"model_uuid": answer.json()["id"], "url": address}).status == 422
    loop.send_json("PUT", f"{path}/deployment/target", {"model_uuid": answer.json()["id"]})
    loop.send_json("POST", f"{path}/categories", {"name": address[:90], "description": address})
    headers = {"Referer": address, "X-Forwarded-Host": address, "X-Callback-Url": address, "Link": f"<{address}>; rel=preload"}
    for row in images(loop, path, image_ids(loop, path)[-3:]):
        assert loop.get(f"/api{row['thumbnail']}", headers).status == 200
    assert loop.get("/?organization=test&project=canary", headers).status == 200


def listener(family, address):
    listening = socket.socket(family)
    listening.bind((address, 0))
    listening.listen()
    listening.setblocking(False)
    return listening


def test_whatever_urls_are_sent_the_loop_connects_to_nobody(loop, tmp_path):
    path, chance = generate(loop, "canary"), draws("canary")
    with ExitStack() as stack:
        listeners = [stack.enter_context(listener(socket.AF_INET, "127.0.0.1")), stack.enter_context(listener(socket.AF_INET6, "::1"))]
        trace = stack.enter_context(Trace(loop.process.pid, tmp_path / "trace", ["connect", "socket", "sendto", "accept4", "execve"]))
        for address in addresses([one.getsockname()[1] for one in listeners]):
            send_everywhere(loop, path, chance, address)
        for one in listeners:
            with pytest.raises(BlockingIOError):
                one.accept()
    assert re.search(r"accept4\(|sendto\(", trace.text()), "else the trace would show nothing"
    assert not re.search(r"(connect|execve)\(|socket\((AF_INET|AF_UNIX)", trace.text()), trace.text()[:3000]
