"""Passwords, tokens and logins of a Loop and its detectors stand in no log, no page, no answer and no list of processes."""

import hashlib
import json
import re
import signal
import sqlite3
from pathlib import Path

import pytest
from accounts import FORM, answer_to_head, bearer, cookie_of, data_folder, log_in, number_in, secret_in, send_head
from fake_loop import CATEGORIES, CELLS
from nodes import ORGANIZATION, Client, image_files, picture, wait_until
from programs import BIN, detector, generate, loop_server, run_to_end

PROJECT = "secrets"
RED_CELL = picture((96, 64), (114, 114, 114), [((16, 16, 32, 32), (200, 0, 0))])
ADMIN_CANARY, WRONG_CANARY, TYPED_CANARY = "canary-of-the-admin", "canary-that-is-wrong", "canary-typed-as-a-name"
TOKEN_CANARY, NODE_CANARY = "llt_c0ffee00c0ffee00c0ffee00c0ffee00", "canary-of-the-node"


class Scene:
    """A Loop, its detectors, all secrets that were used, and all that was answered to people without the right ones."""

    def __init__(self, folder):
        self.folder = folder
        self.loop = loop_server(folder, environment={"LOOP_ADMIN_PASSWORD": ADMIN_CANARY}, more=["--log-level", "debug"]).start()
        self.secrets = {ADMIN_CANARY, WRONG_CANARY, TYPED_CANARY, TOKEN_CANARY, NODE_CANARY,
                        self.loop.headers["Authorization"].split()[1]}
        self.answers, self.nodes = [], {}

    def programs(self):
        return {"the Loop": self.loop, **self.nodes}

    def start_node(self, name, **environment):
        folder = self.folder / name
        folder.mkdir()
        self.nodes[name] = detector(folder, self.loop, ORGANIZATION, PROJECT, ready="/about", more=["--log-level", "debug", "--name", name],
                                    environment={"NODE_TOKEN": NODE_CANARY} | environment).start()
        return self.nodes[name]

    def keep(self, answer):
        self.answers.append(f"{answer.status} {answer.headers} {answer.body.decode(errors='replace')}")
        return answer

    def run(self, *words, stdin=None):
        """A command, whose output may have a secret; it is for whoever called it."""
        output = self.loop.run(*words, stdin=stdin)
        self.secrets |= set(re.findall(r"llt_[0-9a-f]{32}|[a-z2-9]{5}(?:-[a-z2-9]{5}){3}", output))
        return output


def log_in_and_out(scene):
    loop = scene.loop
    for path in ("/api/login", "/login"):
        answer = log_in(loop, password=ADMIN_CANARY, path=path)
        assert answer.status in (200, 303)
        scene.secrets.add(cookie_of(answer)["Cookie"].split("=")[1])
        scene.keep(loop.nobody().get("/", cookie_of(answer)))
        scene.keep(loop.nobody().get(f"/api/none?token={ADMIN_CANARY}", cookie_of(answer)))
        scene.keep(loop.nobody().get(f"/?organization={ADMIN_CANARY}", cookie_of(answer)))
    given = log_in(loop, password=ADMIN_CANARY, path="/api/token")
    scene.secrets.add(given.json()["access_token"])
    for path in ("/api/login", "/api/token", "/login"):
        for name, password in (("admin", WRONG_CANARY), (TYPED_CANARY, WRONG_CANARY), (TYPED_CANARY, "")):
            assert scene.keep(log_in(loop, name, password, path=path)).status in (401, 429)
        for body in (json.dumps({"username": "admin", "password": ADMIN_CANARY}), f"username=admin&password={ADMIN_CANARY}%zz",
                     f"username=admin&password={ADMIN_CANARY}&password={WRONG_CANARY}", f"password={ADMIN_CANARY}", "x" * (70 << 10)):
            for content_type in ("application/json", FORM["Content-Type"], "multipart/form-data; boundary=x"):
                answer = loop.nobody().ask("POST", path, body, {"Content-Type": content_type})
                scene.keep(answer)
    scene.keep(loop.nobody().ask("POST", "/api/logout", headers={"Cookie": f"learning_loop_session={TOKEN_CANARY}"}))


def send_wrong_requests(scene):
    loop = scene.loop
    for headers in (bearer(TOKEN_CANARY), {"Authorization": f"Basic {WRONG_CANARY}"}, {"Cookie": f"learning_loop_session={TOKEN_CANARY}"}):
        for path in ("/api/projects", "/api/status", f"/api/{ORGANIZATION}/projects/{PROJECT}/images?ids={WRONG_CANARY}"[:60], "/metrics"):
            scene.keep(loop.nobody().get(path, headers))
        scene.keep(loop.nobody().get("/api/projects", headers | {"Origin": "http://evil.example"}))
        scene.keep(loop.nobody().get("/api/projects", headers | {"Host": "evil.example"}))
    scene.answers.append(answer_to_head(loop.port, "GET", "/api/projects", [("Authorization", f"Bearer {TOKEN_CANARY}\x01")])[1])
    scene.answers.append(answer_to_head(loop.port, "GET", "/api/projects", [("Cookie", f"a={TOKEN_CANARY};{'b' * (20 << 10)}")])[1])
    for node in scene.nodes.values():
        for headers in ({}, bearer(WRONG_CANARY), bearer(NODE_CANARY)):
            for path, body in (("/outbox_mode", "perhaps"), ("/debug_logging", "on"), ("/model_version", "pause")):
                scene.keep(node.ask("PUT", path, body, headers))


def ask_for_reports(scene):
    """While each program has something to report."""
    for program in scene.programs().values():
        with send_head(program.port, "POST", "/api/login" if program is scene.loop else "/detect",
                       [("Authorization", f"Bearer {NODE_CANARY}"), ("Cookie", f"a={TOKEN_CANARY}"), ("Content-Length", "100")]):
            program.process.send_signal(signal.SIGUSR1)
            wait_until(lambda log=program: "report, asked for by SIGUSR1" in log.log_text(), "a report")


@pytest.fixture(name="scene", scope="module")
def fixture_scene(tmp_path_factory):
    scene = Scene(tmp_path_factory.mktemp("secrets"))
    loop = scene.loop
    with loop:
        path = generate(loop, PROJECT, organization=ORGANIZATION)
        description = json.dumps({"categories": CATEGORIES, "resolution": 96}).encode()
        model = loop.post_files(f"{path}/models/onnx", [("model.onnx", CELLS), ("model.json", description)]).json()["id"]
        assert loop.send_json("PUT", f"{path}/deployment/target", {"model_uuid": model}).status == 200
        token = secret_in(scene.run("token", "create", "--node", "by-token"))
        for node in (scene.start_node("by-password", LOOP_USERNAME="admin", LOOP_PASSWORD=ADMIN_CANARY),
                     scene.start_node("by-token", LOOP_TOKEN=token)):
            wait_until(lambda node=node: node.get("/health/ready").status == 200, "a model")
            assert Client(node).detect(RED_CELL, autoupload="all").status == 200
        wait_until(lambda: len(list(image_files(loop, path))) == 2, "the images in the Loop")
        log_in_and_out(scene)
        for node in (scene.start_node("wrong-password", LOOP_USERNAME="admin", LOOP_PASSWORD=WRONG_CANARY),
                     scene.start_node("wrong-token", LOOP_TOKEN=TOKEN_CANARY)):
            wait_until(lambda node=node: "401" in node.log_text(), "a refusal")
        send_wrong_requests(scene)
        scene.run("token", "revoke", number_in(scene.run("token", "create", "--node", "stolen")))
        ask_for_reports(scene)
        scene.pages = {f"{who} {page}": program.get(page).body.decode() for who, program in scene.programs().items()
                       for page in ("/about", "/metrics", "/openapi.json", "/docs", "/redoc", "/", "/login", "/health/ready", "/status",
                                    "/model_version", "/outbox_mode")}
        scene.command_lines = {who: Path(f"/proc/{program.process.pid}/cmdline").read_bytes().decode()
                               for who, program in scene.programs().items()}
        scene.sessions = {row[0] for row in sqlite3.connect(data_folder(loop) / "loop.db").execute("SELECT hash FROM sessions")}
        scene.run("user", "password", "admin")
        scene.run("user", "password", "admin", "--from-stdin", stdin=f"{WRONG_CANARY}\n")
        for program in (*scene.nodes.values(), loop):
            assert program.stop() == 0
        scene.logs = {who: program.log_text() for who, program in scene.programs().items()}
    yield scene


def assert_none_in(texts, secrets):
    found = [(where, secret) for where, text in texts.items() for secret in secrets if secret in text]
    assert not found


def test_the_scene_is_worth_a_test(scene):
    assert len(scene.secrets) == 12 and all(len(secret) >= 16 for secret in scene.secrets)
    assert len(scene.answers) > 60 and scene.sessions
    log = scene.logs["the Loop"]
    assert log.count(" a login failed: ") >= 6 and " admin logged in from 127.0.0.1" in log and " debug " in log
    assert "a token was revoked" in log and "the password of admin was set anew" in log
    assert all("401" in scene.logs[name] for name in ("wrong-password", "wrong-token"))
    assert {"200", "400", "401", "403", "404", "413", "422"} <= {answer.removeprefix("HTTP/1.1 ")[:3] for answer in scene.answers}


def test_no_secret_is_in_a_log(scene):
    assert_none_in(scene.logs, scene.secrets)


def test_no_secret_of_a_login_that_a_node_made_is_in_a_log(scene):
    """Nobody else knows it, but the Loop keeps its hash."""
    for who, log in scene.logs.items():
        found = {text for text in re.findall(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", log)
                 if hashlib.sha256(text.encode()).hexdigest() in scene.sessions}
        assert not found, who


def test_no_secret_is_on_a_page(scene):
    assert_none_in(scene.pages, scene.secrets)


def test_no_secret_is_in_an_answer_to_a_wrong_request(scene):
    given = {answer for answer in scene.answers if answer.startswith("200") or "Set-Cookie: learning_loop_session=" in answer}
    assert_none_in({str(number): answer for number, answer in enumerate(scene.answers) if answer not in given}, scene.secrets)


def test_no_secret_is_in_a_command_line(scene):
    assert len(scene.command_lines) == 5
    assert_none_in(scene.command_lines, scene.secrets)


def test_a_detector_keeps_no_secret_in_its_folder(scene):
    for name in scene.nodes:
        for file in (scene.folder / name / "detector").rglob("*"):
            if file.is_file():
                assert not [secret for secret in scene.secrets if secret.encode() in file.read_bytes()], file


def test_a_program_takes_no_secret_as_a_flag(tmp_path):

    for program, flag, variable in (("server", "--admin-password", "LOOP_ADMIN_PASSWORD"), ("detector", "--password", "LOOP_PASSWORD"),
                                    ("detector", "--loop-token", "LOOP_TOKEN"), ("detector", "--node-token", "NODE_TOKEN")):
        status, said = run_to_end([BIN / "learning-loop", program, "--data-folder", tmp_path, flag, ADMIN_CANARY])
        assert status == 2 and ADMIN_CANARY not in said and variable in said, said
