"""The Loop's server as a program: what it says when it cannot start, how it ends, and its promises over real sockets."""

import io
import json
import os
import signal
import socket
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
from loop_programs.ports import free_port
from programs import ADMIN_PASSWORD, BIN, generate, image_ids, images, jpeg, loop_server, run_to_end

KEY = "018f4e6a-0000-7000-8000-0000000000"  # and two more digits


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop")) as server:
        yield server


@pytest.fixture(name="field", scope="module")
def fixture_field(loop):
    return generate(loop, "field", complete=5, review=1, inbox=2, trainings=1, tags=1, box_detections=2)


def server_words(folder, *more):
    return [BIN / "learning-loop", "server", "--data-folder", folder, *more]


# Flags, variables, and the words that the refusal has to contain.
WRONG_SETTINGS = {
    "a port that is no number": (["--port", "eighty"], {}, ["--port", "NODE_PORT"]),
    "a port that is too large": ([], {"NODE_PORT": "65536"}, ["--port", "NODE_PORT"]),
    "a host that others reach": (["--host", "0.0.0.0"], {}, ["--host", "NODE_HOST", "--tls-cert", "--behind-proxy",
                                                                  "--allow-plain-http"]),
    "a host that nobody knows": (["--host", "no.such.name.invalid"], {}, ["--host", "NODE_HOST"]),
    "a flag that there is not": (["--colour", "red"], {}, ["--colour"]),
}


@pytest.mark.parametrize("what", WRONG_SETTINGS)
def test_a_wrong_setting_is_named_and_exits_2(tmp_path, what):
    more, environment, named = WRONG_SETTINGS[what]
    status, said = run_to_end(server_words(tmp_path, *more), environment)
    assert status == 2
    assert all(word in said for word in named), said


def test_an_unknown_program_is_named_and_exits_2():
    status, said = run_to_end([BIN / "learning-loop", "serve"])
    assert status == 2
    assert "serve" in said and "server" in said and "detector" in said


def test_a_taken_port_is_named_and_exits_2(tmp_path, loop):
    status, said = run_to_end(server_words(tmp_path, "--port", loop.port))
    assert status == 2
    assert "--port" in said and str(loop.port) in said


def test_a_data_folder_is_for_one_process(tmp_path):
    with loop_server(tmp_path) as first:
        status, said = run_to_end(server_words(tmp_path / "loop", "--port", free_port()))
        assert status == 2
        assert str(first.process.pid) in said and "DATA_FOLDER" in said


def test_a_data_folder_that_cannot_be_made_exits_2(tmp_path):
    (tmp_path / "file").write_text("in the way")
    status, said = run_to_end(server_words(tmp_path / "file" / "data"))
    assert status == 2
    assert "--data-folder" in said and "DATA_FOLDER" in said


def test_a_data_folder_without_rights_exits_2(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    (tmp_path / "data").mkdir(mode=0)
    status, said = run_to_end(server_words(tmp_path / "data"))
    assert status == 2
    assert "DATA_FOLDER" in said


def test_an_empty_variable_counts_as_unset(tmp_path):
    with loop_server(tmp_path, environment={"NODE_HOST": "", "NODE_PORT": ""}) as server:
        assert server.get("/api/status").json()["status"] == "ready"


def test_the_default_data_folder_is_the_users_state_folder(tmp_path):
    if Path("/data").is_dir() and (Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()):
        pytest.skip("it is the /data of this container")
    port = free_port()
    environment = os.environ | {"XDG_STATE_HOME": str(tmp_path), "NODE_PORT": str(port)}
    environment.pop("DATA_FOLDER", None)
    with subprocess.Popen([BIN / "learning-loop", "server"], env=environment, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True) as process:
        assert any("is ready" in line for line in process.stderr)
        process.terminate()
    assert (tmp_path / "learning-loop/server/loop.db").exists()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=lambda number: number.name)
def test_a_signal_ends_it_within_2_seconds_also_while_it_generates(tmp_path, how):
    server = loop_server(tmp_path).start()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        body = json.dumps({"project_name": "much", "complete": 5000})
        client.sendall(f"POST /api/test/projects/generator HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
                       f"Authorization: {server.headers['Authorization']}\r\n\r\n{body}".encode())
        while not any("test" == project["organization_id"] for project in server.get("/api/projects").json()["projects"]):
            time.sleep(0.02)
        began = time.monotonic()
        assert server.stop(how) == 0
        assert time.monotonic() - began < 2


def test_a_login_takes_the_right_password_and_gets_a_cookie(loop):
    def log_in(form):
        return loop.nobody().ask("POST", "/api/login", form, {"Content-Type": "application/x-www-form-urlencoded"})
    for form in ("username=admin&password=b", f"username=a&password={ADMIN_PASSWORD}"):
        refused = log_in(form)
        assert refused.status == 401 and "Set-Cookie" not in refused.headers
    for form in ("", "username=&password=", f"username=admin&password={ADMIN_PASSWORD}"):  # empty: a detector of this machine
        answer = log_in(form)
        assert answer.status == 200
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and '"' not in cookie
    assert loop.nobody().ask("POST", "/api/logout").status == 200


def test_a_foreign_web_page_gets_nothing(loop, field):
    assert loop.get("/api/projects", {"Origin": "http://example.org"}).status == 403
    assert loop.post_files(f"{field}/images", [("a.jpg", jpeg())], headers={"Origin": "http://example.org"}).status == 403
    assert loop.get("/api/projects", {"Host": "example.org"}).status == 403
    assert loop.get("/api/projects", {"Origin": loop_origin(loop)}).status == 200


def loop_origin(loop):
    return f"http://127.0.0.1:{loop.port}"


def test_uploaded_images_come_back_byte_for_byte(loop):
    path = generate(loop, "intake")
    sent = {f"{KEY}{i:02}": jpeg(i) for i in range(20)}
    files = [pair for key, content in sent.items() for pair in
             [(f"image_{key}.json", json.dumps({"tags": ["front"], "state": "review"}).encode()), (f"image_{key}.jpg", content)]]
    answer = loop.post_files(f"{path}/images", files)
    assert answer.status == 200
    assert [image["id"] for image in answer.json()["images"]] == list(sent)
    assert loop.post_files(f"{path}/images", files).status == 200  # as after a lost answer
    assert image_ids(loop, path, "review") == list(sent)
    for key, content in sent.items():
        main = loop.get(f"{path}/images/{key}/main")
        assert (main.status, main.headers["Content-Type"], main.body) == (200, "image/jpeg", content)
        assert loop.get(f"{path}/images/{key}/main", {"If-None-Match": main.headers["ETag"]}).status == 304
    assert [tag["name"] for tag in images(loop, path, [f"{KEY}00"])[0]["tags"]] == ["front"]


def test_what_was_answered_survives_a_kill(tmp_path):
    server = loop_server(tmp_path).start()
    path = generate(server, "durable")
    assert server.post_files(f"{path}/images", [(f"image_{KEY}00.jpg", jpeg(7))]).status == 200
    server.kill()
    with server.start():
        assert image_ids(server, path) == [f"{KEY}00"]
        assert server.get(f"{path}/images/{KEY}00/main").body == jpeg(7)


def test_one_wrong_part_keeps_all_others_out(loop):
    path = generate(loop, "whole")
    answer = loop.post_files(f"{path}/images", [("a.jpg", jpeg(1)), ("b.jpg", jpeg(2)[:-400]), ("c.jpg", jpeg(3))])
    assert answer.status == 422
    assert "b.jpg" in answer.json()["detail"]
    assert image_ids(loop, path) == []


def test_a_body_that_is_too_long_is_422_since_nodes_send_less_at_no_other_answer(loop, field):
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(1345 << 20)}
    assert loop.ask("POST", f"{field}/images", None, headers).status == 422


def test_the_same_name_and_seed_give_the_same_project(tmp_path):
    def content(folder):
        folder.mkdir()
        with loop_server(folder) as server:
            path = generate(server, "twin", seed=7, complete=4, review=1, image_style="beautiful", point_categories=1, box_detections=3)
            items = images(server, path, image_ids(server, path))
            for item in items:
                item.pop("created")
            return items, [server.get(f"{path}/images/{item['id']}/main").body for item in items]

    first, second = content(tmp_path / "a"), content(tmp_path / "b")
    assert first == second
    assert len(set(first[1])) == 5
    assert [item["set"] for item in first[0][:4]] == ["train", "train", "train", "test"]
    assert any(item["box_annotations"] for item in first[0])


def test_a_model_goes_round_with_a_corrected_description(loop, field):
    description = {"categories": [{"id": "b", "name": "beet"}, {"id": "a", "name": "ape"}], "resolution": 320, "version": "9.9"}
    answer = loop.post_files(f"{field}/models/onnx", [("model.onnx", b"weights"), ("model.json", json.dumps(description).encode())])
    assert answer.status == 200
    model = next(m for m in loop.get(f"{field}/models?format=onnx").json()["models"] if m["id"] == answer.json()["id"])
    download = loop.get(f"{field}/models/{model['id']}/onnx/file")
    assert download.headers["Content-Disposition"] == f'attachment; filename="field_{model["version"]}_onnx.zip"'
    with zipfile.ZipFile(io.BytesIO(download.body)) as packed:
        assert packed.read("model.onnx") == b"weights"
        corrected = json.loads(packed.read("model.json"))
    assert corrected["categories"] == description["categories"] and corrected["resolution"] == 320
    assert corrected | {"host": loop_origin(loop), "organization": "test", "project": "field", "id": model["id"],
                        "version": "2.0", "format": "onnx"} == corrected


def test_the_deployment_target_is_what_was_set(loop, field):
    assert loop.get(f"{field}/deployment/target").status == 404
    model = loop.get(f"{field}/models?format=mocked").json()["models"][0]
    assert loop.send_json("PUT", f"{field}/deployment/target", {"model_uuid": model["id"]}).status == 200
    assert loop.get(f"{field}/deployment/target").json() == {"model_uuid": model["id"], "version": "1.0", "target_id": "1.0"}


def test_the_page_shows_the_project_and_escapes_what_came_from_outside(loop):
    path = generate(loop, "page")
    metadata = json.dumps({"tags": ["<script>alert(1)</script>"], "box_detections": [
        {"category_name": "purple box", "x": 1, "y": 2, "width": 30, "height": 20, "model_name": "1.0", "confidence": 0.456}]})
    assert loop.post_files(f"{path}/images", [("a.json", metadata.encode()), ("a.jpg", jpeg(5))]).status == 200
    answer = loop.get("/?organization=test&project=page")
    page = answer.body.decode()
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "purple box 0.46" in page and '<rect x="1" y="2" width="30" height="20"/>' in page
    assert loop.get("/page.css").headers["Content-Type"].startswith("text/css")
