"""Wrong input of every kind: a clear answer that names the field and the remedy, nothing lost, and what served serves on."""
import json
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import urllib.request
from pathlib import Path

import pytest
from fake_loop import CELLS, FakeLoop, model_zip
from image_bytes import png_header, with_size
from loop_programs.multipart import multipart
from loop_programs.ports import free_port
from nodes import ORGANIZATION, Client, Outbox, detail, image_files, picture, wait_until, with_comment
from programs import BIN, detector, generate, image_ids, jpeg, loop_server, run_to_end

IMAGE = jpeg(1)


# ------------------------------------------------------------------------------------------------- requests to a detector


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("wrong_input")


@pytest.fixture(name="node", scope="module")
def fixture_node(folder):
    """Its Loop is away, so that whatever it keeps stays where we can count it."""
    away = loop_server(folder)
    with detector(folder, away, ORGANIZATION, "p", [BIN / "scripted_detector"]) as program:
        yield program


# What is sent, the status, and the words that the answer has to contain.
BROKEN_IMAGES = {
    "a text file": (b"hello", 400, ["not a JPEG or PNG image", "send"]),
    "an empty file": (b"", 400, ["empty", "send"]),
    "a truncated JPEG": (IMAGE[:len(IMAGE) // 2], 400, ["JPEG", "send"]),
    "a JPEG's header": (IMAGE[:20], 400, ["JPEG", "send"]),
    "a JPEG of 60 megapixels": (with_size(IMAGE, 10000, 6000), 413, ["10000x6000", "50 megapixels", "scale it down"]),
    "a PNG of 60 megapixels": (png_header(10000, 6000), 413, ["10000x6000", "50 megapixels", "scale it down"]),
}
WRONG_NOTES = {
    "upload-priority": ({"upload-priority": "perhaps"}, 422, ["upload-priority", "perhaps", "true or false"]),
    "autoupload": ({"autoupload": "sometimes"}, 422, ["autoupload", "sometimes", "filtered, all or disabled"]),
    "creation-date": ({"creation-date": "yesterday"}, 422, ["creation-date", "yesterday", "2024-01-31T12:00:00"]),
    "a day that does not exist": ({"creation-date": "2024-02-30T12:00:00"}, 422, ["creation-date", "2024-02-30"]),
    "two cameras": ({"camera-id": "left", "camera_id": "right"}, 400, ["camera-id", "left", "right"]),
}


def assert_refused(answer, status, words):
    assert answer.status == status, answer
    text = json.dumps(detail(answer), ensure_ascii=False)
    assert all(word in text for word in words), text


@pytest.fixture(name="sound", autouse=True)
def fixture_sound(request):
    """Whatever a request was answered: the detector kept nothing of it and serves the next one."""
    if "node" not in request.fixturenames:
        yield
        return
    node, outbox = request.getfixturevalue("node"), Outbox(request.getfixturevalue("folder"))
    before = len(outbox.waiting())
    yield
    assert len(outbox.waiting()) == before
    assert Client(node).detect(IMAGE, autoupload="disabled").status == 200


@pytest.mark.parametrize("what", BROKEN_IMAGES)
def test_an_image_that_cannot_be_used_is_told_apart(node, what):
    image, status, words = BROKEN_IMAGES[what]
    assert_refused(Client(node).detect(image, autoupload="all"), status, words)
    assert_refused(Client(node).upload(image), status, ["files", *words])


def test_one_broken_image_keeps_the_whole_upload_out_and_is_named(node):
    assert_refused(Client(node).upload(IMAGE, IMAGE, b"hello"), 400, ["files[2]", "not a JPEG or PNG image"])


@pytest.mark.parametrize("what", WRONG_NOTES)
def test_a_wrong_note_is_named(node, what):
    notes, status, words = WRONG_NOTES[what]
    for path, field, more in (("/detect", "file", {"autoupload": "all"}), ("/upload", "files", {})):
        assert_refused(node.post_files(path, [("image.jpg", IMAGE)], field, more | notes), status, words)


@pytest.mark.parametrize("path, field", [("/detect", "file"), ("/upload", "files")])
def test_a_missing_file_is_named(node, path, field):
    missing = {"type": "missing", "loc": ["body", field], "msg": "Field required", "input": None}
    for answer in (node.ask("POST", path), node.post_files(path, [("image.jpg", IMAGE)], "picture"), node.post_files(path, [], field)):
        assert answer.status == 422, answer
        assert detail(answer) == [missing]


@pytest.mark.parametrize("path, mebibytes", [("/detect", 65), ("/upload", 129)])
def test_a_body_that_is_too_long_is_413(node, path, mebibytes):
    """Sent in full, with and without telling its length first."""
    block = b"x" * (1 << 20)
    for head in (f"Content-Length: {mebibytes << 20}\r\n", "Transfer-Encoding: chunked\r\n"):
        with socket.create_connection(("127.0.0.1", node.port), timeout=60) as connection:
            connection.sendall(f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                               f"Content-Type: multipart/form-data; boundary=b\r\n{head}\r\n".encode())
            try:
                for _ in range(mebibytes):
                    connection.sendall(b"100000\r\n" + block + b"\r\n" if "chunked" in head else block)
            except OSError:
                pass  # it need not listen to the end
            answer = connection.recv(4096)
        assert b" 413 " in answer.splitlines()[0], answer
        assert b"body" in answer and b"the most that this route takes" in answer


def test_an_image_longer_than_64_mib_is_413(node):
    body, content_type = multipart([("image.jpg", IMAGE + bytes(64 << 20))], "files")
    assert_refused(node.ask("POST", "/upload", body, {"Content-Type": content_type}), 413, ["files[0]", "64 MiB", "smaller"])


# ---------------------------------------------------------------------------------------------------------- starting one

PROGRAMS = {"detector": [BIN / "learning-loop", "detector"], "example": [BIN / "bright_spot"]}


def words_of(program, data_folder, changed=None):
    settings = {"--organization": "o", "--project": "p", "--loop-host": "127.0.0.1:1", "--port": free_port(),
                "--data-folder": data_folder} | (changed or {})
    return [*PROGRAMS[program], *(word for flag, value in settings.items() if value is not None for word in (flag, value))]


def assert_ends_with_2(words, *named, environment=None):
    status, said = run_to_end(words, environment)
    assert status == 2, said
    assert all(str(word) in said for word in named), said


# Flags, variables, and the words that the refusal has to contain.
WRONG_SETTINGS = {
    "a flag that there is not": ({"--colour": "red"}, {}, ["--colour", "--help"]),
    "a port that is no number": ({"--port": "many"}, {}, ["--port", "NODE_PORT", "many"]),
    "a port that is too large": ({"--port": None}, {"NODE_PORT": "65536"}, ["--port", "NODE_PORT", "65536"]),
    "a threshold above 1": ({"--conf-threshold": "2"}, {}, ["--conf-threshold", "CONF_THRESHOLD", "2"]),
    "no cycles": ({}, {"SYNC_CYCLES": "0"}, ["--sync-cycles", "SYNC_CYCLES"]),
    "bytes that are no number": ({}, {"OUTBOX_MAX_BYTES": "lots"}, ["--outbox-max-bytes", "OUTBOX_MAX_BYTES"]),
    "thresholds the wrong way round": (
        {"--min-uncertain-threshold": "0.7"}, {}, ["--min-uncertain-threshold", "--max-uncertain-threshold"]),
    "a project that is a path": ({"--project": "../p"}, {}, ["--project", "LOOP_PROJECT"]),
    "an empty project": ({"--project": ""}, {}, ["--project", "LOOP_PROJECT", "required"]),
    "a host of another machine": ({"--host": "192.0.2.1"}, {}, ["--host", "NODE_HOST", "192.0.2.1"]),
    "a Loop that speaks FTP": ({"--loop-host": "ftp://host/"}, {}, ["--loop-host", "LOOP_HOST", "ftp://host/"]),
    "a password without TLS": (
        {"--loop-host": "example.org"}, {"LOOP_USERNAME": "u", "LOOP_PASSWORD": "secret"}, ["--loop-host", "https://"]),
}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("what", WRONG_SETTINGS)
def test_a_wrong_setting_is_named_and_exits_2(program, tmp_path, what):
    changed, environment, named = WRONG_SETTINGS[what]
    assert_ends_with_2(words_of(program, tmp_path / "data", changed), *named, environment=environment)


def certificate(folder, name, days=1):
    """A key and a certificate that it signed itself, made with OpenSSL's program. Fewer than 0 days: it has expired."""
    key, request, made = (folder / f"{name}.{kind}" for kind in ("key", "request", "pem"))
    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request,
            "-subj", "/CN=localhost")
    openssl("x509", "-req", "-in", request, "-signkey", key, "-days", days, "-out", made)
    return made, key


@pytest.fixture(name="pem", scope="module")
def fixture_pem(tmp_path_factory):
    """Files to choose a pair for TLS from, by name."""
    folder = tmp_path_factory.mktemp("pem")
    (folder / "broken").write_text("-----BEGIN CERTIFICATE-----\nhello\n")
    good, expired = certificate(folder, "good"), certificate(folder, "expired", days=-1)
    return {"good": good[0], "good.key": good[1], "expired": expired[0], "expired.key": expired[1], "broken": folder / "broken",
            "missing": folder / "missing"}


# The pair that a program is given, and the flag and the words that its refusal has to contain; which file: the one of that flag.
WRONG_PAIRS = {
    "a certificate that has expired": ("expired", "expired.key", "--tls-cert", "has expired"),
    "a certificate that is missing": ("missing", "good.key", "--tls-cert", "No such file"),
    "a broken certificate": ("broken", "good.key", "--tls-cert", "holds no certificate"),
    "a key as certificate": ("good.key", "good.key", "--tls-cert", "holds no certificate"),
    "a key that is missing": ("good", "missing", "--tls-key", "No such file"),
    "a broken key": ("good", "broken", "--tls-key", "holds no private key"),
    "a key of another certificate": ("good", "expired.key", "--tls-key", "is not the key of"),
    "no key": ("good", None, "--tls-key", "give both or none"),
    "no certificate": (None, "good.key", "--tls-cert", "give both or none"),
}


@pytest.mark.parametrize("program", [*PROGRAMS, "Loop"])
@pytest.mark.parametrize("what", WRONG_PAIRS)
def test_a_wrong_pair_for_tls_is_named_and_exits_2(program, tmp_path, pem, what):
    cert, key, flag, reason = WRONG_PAIRS[what]
    pair = {"--tls-cert": pem.get(cert), "--tls-key": pem.get(key)}
    if program == "Loop":
        words = [BIN / "learning-loop", "server", "--port", free_port(), "--data-folder", tmp_path / "data",
                 *(word for flag_value in pair.items() if flag_value[1] for word in flag_value)]
    else:
        words = words_of(program, tmp_path / "data", pair)
    assert_ends_with_2(words, flag, flag[2:].replace("-", "_").upper(), pair[flag] or "", reason)


@pytest.mark.parametrize("program", [*PROGRAMS, "Loop"])
def test_a_right_pair_for_tls_is_served(program, tmp_path, pem):
    more = ["--tls-cert", pem["good"], "--tls-key", pem["good.key"]]
    node = loop_server(tmp_path, more=more) if program == "Loop" else detector(
        tmp_path, loop_server(tmp_path), "o", "p", PROGRAMS[program], more=more)
    trusting = ssl._create_unverified_context()  # it signed itself
    with node.start(wait=False):
        def answer():
            try:
                with urllib.request.urlopen(f"https://127.0.0.1:{node.port}/health/live", context=trusting, timeout=5) as response:
                    return response.status
            except OSError:
                assert node.process.poll() is None, node.log_text()
                return None
        assert wait_until(answer, "an answer over TLS") == 200


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_taken_port_is_named_and_exits_2(program, tmp_path, node):
    words = words_of(program, tmp_path / "data", {"--port": node.port})
    assert_ends_with_2(words, "--port", "NODE_PORT", node.port, "choose another")


def test_a_data_folder_is_for_one_process(tmp_path):
    with detector(tmp_path, loop_server(tmp_path), "o", "p", PROGRAMS["example"]) as first:
        folder = tmp_path / "detector"
        assert_ends_with_2(words_of("detector", folder), folder, first.process.pid, "end it, or choose another", "DATA_FOLDER")
        assert Client(first).detect(IMAGE).status == 200


def a_file(tmp_path):
    (tmp_path / "file").write_text("in the way")
    return tmp_path / "file"


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("folder_in", [a_file, lambda folder: a_file(folder) / "data", lambda _: "/proc/learning-loop"],
                         ids=["a file", "below a file", "in a file system of the kernel"])
def test_a_data_folder_that_cannot_be_made_is_named_and_exits_2(program, tmp_path, folder_in):
    folder = folder_in(tmp_path)
    assert_ends_with_2(words_of(program, folder), folder, "DATA_FOLDER", "choose another")


@pytest.fixture(name="open_folder")
def fixture_open_folder():
    """Unlike `tmp_path`, every user may enter it."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


def test_a_data_folder_without_rights_is_named_and_exits_2(open_folder):
    folder = open_folder / "locked"
    folder.mkdir(mode=0)
    words = words_of("example", folder)
    if os.geteuid() == 0:  # who may do anything, so another user has to try, with a program that he may read
        shutil.copy(words[0], open_folder)
        words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", open_folder / words[0].name, *words[1:]]
    assert_ends_with_2(words, folder, "DATA_FOLDER", "give this user the right")


# ------------------------------------------------------------------------------------------------------- models of a Loop

RED_CELL = picture((96, 64), (114, 114, 114), [((16, 16, 32, 32), (200, 0, 0))])

# What the Loop offers instead of a model, the version it calls it, and the words that the report has to contain.
BROKEN_MODELS = {
    "without model.json": (model_zip(None), "2.0", ["model.json"]),
    "without weights": (model_zip("2.1", None), "2.1", ["model.onnx"]),
    "broken weights": (model_zip("2.2", b"no weights" * 100), "2.2", ["model.onnx"]),
    "weights cut off": (model_zip("2.3", CELLS[:300]), "2.3", ["model.onnx"]),
    "another version": (model_zip("9.9"), "2.4", ["version", "9.9", "2.4"]),
    "a file outside of the folder": (model_zip("2.5", more=[("../../escaped.txt", b"x")]), "2.5", ["escaped.txt"]),
    "an absolute path": (model_zip("2.6", more=[("/tmp/escaped.txt", b"x")]), "2.6", ["escaped.txt"]),
    "no zip": (b"<html>sign in</html>", "2.7", ["zip"]),
    "a zip cut off": (model_zip("2.8")[:-200], "2.8", ["zip"]),
    "nothing": (b"", "2.9", ["zip"]),
    "no categories": (model_zip("2.10", categories=[]), "2.10", ["categories"]),
    "fewer categories than scores": (model_zip("2.11", categories=[{"id": "a", "name": "a"}]), "2.11", ["2 categories", "lists 1"]),
    "a version that is a path": (model_zip("../../x"), "../../x", ["../../x", "digits and dots"]),
}


class Watcher(threading.Thread):
    """Asks again and again, as a robot does, and notes what was not answered by a model."""

    def __init__(self, node):
        super().__init__(daemon=True)
        self.node, self.ending, self.answers, self.wrong = node, threading.Event(), 0, []

    def run(self):
        client = Client(self.node)
        while not self.ending.wait(0.01):
            answer = client.detect(RED_CELL, autoupload="disabled")
            self.answers += 1
            if answer.status != 200 or len(answer.json()["box_detections"]) != 1:
                self.wrong.append(answer)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join()


def version_in_use(node):
    return node.get("/model_version").json()["current_version"]


def test_the_old_model_serves_while_the_loop_offers_broken_ones_and_each_reason_is_reported(tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", ready="/about") as node:
        early = Client(node).detect(RED_CELL)
        assert early.status == 503 and early.headers["Retry-After"] and "no model" in detail(early)
        loop.offer("1.0", model_zip("1.0"))
        node.ask("PUT", "/model_version", "follow_loop")  # looks at once, not at the next cycle
        wait_until(lambda: version_in_use(node) == "1.0", "the first model")
        with Watcher(node) as watcher:
            print()
            for what, (download, version, words) in BROKEN_MODELS.items():
                loop.offer(version, download)
                node.ask("PUT", "/model_version", "follow_loop")
                def reason():
                    return next(iter(loop.reports[-1]["errors"].values()), None)
                said = wait_until(reason, f"the report of a model {what}")
                print(f"{what}: {said}")
                assert all(word in said for word in words), words
                assert loop.reports[-1]["current_model"] == version_in_use(node) == "1.0"
                loop.offer("1.0", b"")  # back to what runs: nothing is to be done, and nothing wrong any more
                node.ask("PUT", "/model_version", "follow_loop")
                wait_until(lambda: not loop.reports[-1]["errors"], "a clean report")
            box = Client(node).detect(RED_CELL).json()["box_detections"][0]
            assert (box["model_name"], box["category_name"], box["x"], box["width"]) == ("1.0", "red", 16, 16)
            assert [path for path in tmp_path.rglob("*") if path.name == "escaped.txt"] == [] and not os.path.exists("/tmp/escaped.txt")
            assert node.get("/model_version").json()["local_versions"] == ["1.0"]

            loop.offer("3.0", model_zip("3.0"))
            node.ask("PUT", "/model_version", "follow_loop")
            wait_until(lambda: version_in_use(node) == "3.0", "a good model after all the broken ones")
            wait_until(lambda: loop.reports[-1]["current_model"] == "3.0" and not loop.reports[-1]["errors"], "a clean report")
        print(f"{watcher.answers} answers meanwhile, {len(watcher.wrong)} of them wrong")
        assert watcher.answers > 20 and not watcher.wrong
        node.kill()
        with node.start():  # without the Loop's help
            loop.target = None
            wait_until(lambda: version_in_use(node) == "3.0", "the model of the last run")


# ------------------------------------------------------------------------------------------------------------ the Loop away


def test_while_the_loop_is_away_detection_goes_on_and_images_wait(tmp_path):
    sent = {with_comment(IMAGE, b"%d" % number) for number in range(30)}
    loop = loop_server(tmp_path)
    with detector(tmp_path, loop, ORGANIZATION, "away", [BIN / "scripted_detector"]) as node:
        for image in sent:
            answer = Client(node).detect(image, autoupload="all")
            assert (answer.status, answer.headers["Upload-Causes"]) == (200, "all")
        assert len(Outbox(tmp_path).waiting()) == len(sent)
        with loop:  # first without the project: 404 is no reason to drop anything
            wait_until(lambda: "the Loop answers 404" in node.log_text(), "an upload to a project that is not there")
            assert len(Outbox(tmp_path).waiting()) == len(sent)
            path = generate(loop, "away", ORGANIZATION)
            Outbox(tmp_path).wait_until_empty()
            assert sorted(content for _, content in image_files(loop, path)) == sorted(sent)


def test_only_200_counts_as_taken(tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", [BIN / "scripted_detector"]) as node:
        loop.upload_statuses = [500, 201, 404]
        assert Client(node).upload(IMAGE).status == 200
        Outbox(tmp_path).wait_until_empty()
        assert (len(loop.uploads), loop.upload_statuses, Outbox(tmp_path).rejected()) == (1, [], [])


def test_an_image_that_the_loop_refuses_is_kept_aside_and_the_others_arrive(tmp_path):
    with FakeLoop() as loop, detector(tmp_path, loop, "o", "p", [BIN / "scripted_detector"]) as node:
        node.ask("PUT", "/outbox_mode", "stopped")
        assert Client(node).upload(*(with_comment(IMAGE, b"%d" % number) for number in range(4))).status == 200
        loop.upload_statuses = [422, 422, 422]  # all four, the first two, the first one
        node.ask("PUT", "/outbox_mode", "continuous_upload")
        Outbox(tmp_path).wait_until_empty()
        assert len(Outbox(tmp_path).rejected()) == 1
        assert sum(body.count(b".jpg\"") for body in loop.uploads) == 3
        assert "422" in (Outbox(tmp_path).rejected()[0] / "reason.txt").read_text()


# -------------------------------------------------------------------------------------------------- requests to the Loop


def test_the_loop_names_what_is_wrong(tmp_path):
    with loop_server(tmp_path) as loop:
        path = generate(loop, "right", ORGANIZATION)
        def upload(image, metadata, project=path):
            return loop.post_files(f"{project}/images", [("a.json", json.dumps(metadata).encode()), ("a.jpg", image)])
        assert_refused(upload(IMAGE, {}, f"/api/{ORGANIZATION}/projects/wrong"), 404, ["wrong"])
        assert_refused(upload(b"hello", {}), 422, ["a.jpg", "JPEG"])
        assert_refused(upload(IMAGE[:300], {}), 422, ["a.jpg", "JPEG"])
        assert_refused(upload(with_size(IMAGE, 10000, 6000), {}), 422, ["a.jpg", "scale it down"])
        assert_refused(upload(IMAGE, {"state": "lost"}), 422, ["a.json", "state", "lost", "inbox"])
        assert_refused(upload(IMAGE, {"state": ["inbox"]}), 422, ["a.json", "state"])
        assert_refused(loop.send_json("PUT", f"{path}/deployment/target", {"model_uuid": "x"}), 422, ["model_uuid"])
        assert image_ids(loop, path) == []
        assert upload(IMAGE, {"created": "yesterday", "box_detections": [{"category_name": "a"}]}).status == 200  # both are remarked
