"""What whoever runs the programs relies on: health, metrics, the API document, the log, the report, and secrets that stay secret."""
import json
import re
import signal
import socket
import urllib.parse
from pathlib import Path

import pytest
from nodes import ORGANIZATION, wait_until
from programs import BIN, detector, jpeg, loop_server, run_to_end

CANARY = "kanarienvogel"


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("operations")


@pytest.fixture(name="loop", scope="module")
def fixture_loop(folder):
    with loop_server(folder) as program:
        yield program


@pytest.fixture(name="node", scope="module")
def fixture_node(folder, loop):
    with detector(folder, loop, ORGANIZATION, "p", [BIN / "scripted_detector"]) as program:
        yield program


def test_health_tells_whether_a_program_runs_and_whether_it_can_work(loop, node, tmp_path):
    assert loop.get("/health/live").status == loop.get("/health/ready").status == 200
    assert node.get("/health/live").status == node.get("/health/ready").status == 200
    with detector(tmp_path, loop, ORGANIZATION, "without-a-model", ready="/about") as idle:
        assert idle.get("/health/live").status == 200
        answer = idle.get("/health/ready")
        assert answer.status == 503 and "no model is loaded" in answer.json()["faults"]["model"]


def test_metrics_count_requests_by_route_and_status(node):
    node.post_files("/detect", [("a.jpg", jpeg(1))], field="file")
    node.get("/no/such/path")
    assert node.get("/about?%zz").status == 400
    text = node.get("/metrics").body.decode()
    assert re.search(r'^http_requests_total\{method="POST",route="/detect",status="200"\} [1-9]', text, re.M), text
    assert re.search(r'^http_requests_total\{method="-",route="none",status="404"\} [1-9]', text, re.M), text
    assert re.search(r'^http_requests_total\{method="GET",route="/about",status="400"\} 1', text, re.M), text
    assert re.search(r"^outbox_images \d", text, re.M), text


@pytest.mark.parametrize("program, route", [("loop", "/api/{organization}/projects/{project}/images"), ("node", "/detect")])
def test_the_api_document_tells_every_route(program, route, request):
    server = request.getfixturevalue(program)
    document = server.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1") and "post" in document["paths"][route]
    names = set(document["components"]["schemas"])
    text = json.dumps(document)
    assert {name.rsplit("/", 1)[1] for name in re.findall(r'"#/components/schemas/[^"]+', text)} <= names
    for page in ("/docs", "/redoc"):
        answer = server.get(page)
        assert answer.status == 200 and route in answer.body.decode()
        assert not re.search(r'(src|href)="(https?:)?//', answer.body.decode()), "readable without the internet"


def test_a_request_is_found_in_the_log_by_its_id(node):
    answer = node.ask("GET", "/about", headers={"X-Request-Id": "robot-7.42"})
    assert answer.headers["X-Request-Id"] == "robot-7.42"
    own = node.get("/about?key=hidden")
    assert own.headers["X-Request-Id"]
    wait_until(lambda: f"[{own.headers['X-Request-Id']}] method=GET path=/about status=200" in node.log_text(), "the line of the request")
    assert "[robot-7.42] method=GET path=/about status=200" in node.log_text()
    assert "hidden" not in node.log_text(), "a query may hold what is nobody's business"


def test_the_log_tells_more_when_it_is_asked_to(node):
    assert node.ask("PUT", "/debug_logging", "on").json() == "on"
    with socket.create_connection(("127.0.0.1", node.port)) as leaver:
        leaver.sendall(b"GET /about HTTP/1.1\r\n")
    wait_until(lambda: "debug a connection ended" in node.log_text(), "a line of the level debug")
    assert node.ask("PUT", "/debug_logging", "off").json() == "off"
    assert node.ask("PUT", "/debug_logging", "perhaps").status == 400


def test_sigusr1_reports_what_a_program_is_at(node):
    with socket.create_connection(("127.0.0.1", node.port)) as slow:
        slow.sendall(b"GET /about HTTP/1.1\r\nHost:")
        wait_until(lambda: reported(node, "a connection: waits for the rest of a head, since"), "the report")
    assert reported(node, "uploads: waits for ")
    assert node.get("/about").status == 200


def reported(node, line):
    node.process.send_signal(signal.SIGUSR1)
    return line in node.log_text()


def test_control_routes_take_a_token_beyond_this_machine(folder, loop, tmp_path):
    words = {"NODE_HOST": "0.0.0.0"}
    with detector(tmp_path, loop, ORGANIZATION, "p", [BIN / "scripted_detector"], environment=words) as node:
        answer = node.ask("PUT", "/outbox_mode", "stopped")
        assert answer.status == 403 and "NODE_TOKEN" in answer.json()["detail"]
        assert node.get("/outbox_mode").body == b"continuous_upload"
    with detector(tmp_path, loop, ORGANIZATION, "p", [BIN / "scripted_detector"],
                  environment=words | {"NODE_TOKEN": CANARY}) as node:
        for token in ("", "Bearer", "Bearer wrong", f"Bearer {CANARY}x", f"Basic {CANARY}"):
            assert node.ask("PUT", "/outbox_mode", "stopped", {"Authorization": token}).status == 401, token
        assert node.ask("PUT", "/outbox_mode", "stopped", {"Authorization": f"Bearer {CANARY}"}).status == 200
        assert node.get("/outbox_mode").body == b"stopped"
        assert CANARY not in node.log_text()


SECRETS = {"LOOP_USERNAME": "admin", "LOOP_PASSWORD": f"{CANARY}-password", "NODE_TOKEN": f"{CANARY}-node"}


EXTRA_SECRETS = {
    "a password": {},
    "a token too": {"LOOP_TOKEN": f"{CANARY}-token"},
    "a password under its other name too": {"PASSWORD": f"{CANARY}-alias", "USERNAME": "other"},
}


@pytest.mark.parametrize("extra", EXTRA_SECRETS.values(), ids=EXTRA_SECRETS)
def test_secrets_are_nowhere_to_be_seen(extra, tmp_path):
    """Password, tokens and cookies of both sides, with the log at its most talkative, while logins fail and work."""
    environment = SECRETS | extra | {"LOG_LEVEL": "trace"}
    seen = []
    with loop_server(tmp_path, environment={"LOG_LEVEL": "trace", "LOOP_ADMIN_PASSWORD": SECRETS["LOOP_PASSWORD"]}) as loop:
        def log_in(password):
            form = urllib.parse.urlencode({"username": SECRETS["LOOP_USERNAME"], "password": password})
            return loop.nobody().ask("POST", "/api/login", form, {"Cookie": f"learning_loop_session={CANARY}-cookie"})
        assert log_in(f"{CANARY}-form").status == 401
        login = log_in(SECRETS["LOOP_PASSWORD"])
        assert login.status == 200
        cookie = login.headers["Set-Cookie"].split("=", 1)[1].split(";")[0]
        session = loop.headers["Authorization"].split()[1]
        token = re.search("^LOOP_TOKEN=(.+)$", loop.run("token", "create", "--script", "watcher"), re.M)[1]
        assert loop.nobody().get("/api/projects", {"Authorization": f"Bearer {token}"}).status == 200
        assert loop.nobody().get("/api/projects", {"Authorization": f"Bearer {CANARY}-bearer"}).status == 401
        with detector(tmp_path, loop, ORGANIZATION, "p", [BIN / "scripted_detector"], environment=environment) as node:
            node.post_files("/detect", [("a.jpg", jpeg(1))], field="file", headers={"Authorization": f"Bearer {CANARY}-bearer"})
            node.ask("PUT", "/outbox_mode", "stopped", {"Authorization": f"Bearer {CANARY}-guess"})
            node.get(f"/about?token={CANARY}-query")
            node.process.send_signal(signal.SIGUSR1)
            for program in (loop, node):
                for path in ("/about", "/metrics", "/openapi.json", "/docs", "/health/ready", "/model_version", "/nowhere"):
                    answer = program.get(path)
                    seen += [answer.body.decode(), str(answer.headers)]
                seen.append(Path(f"/proc/{program.process.pid}/cmdline").read_bytes().decode())
            wait_until(lambda: "since" in node.log_text(), "the report")
            node.stop()
        loop.stop()
        seen += [loop.log_text(), node.log_text()]
        assert not any(secret in loop.log_text() for secret in (cookie, session, token))
    status, words = run_to_end([BIN / "scripted_detector", "--port", "x"], environment)
    assert status == 2
    status, more = run_to_end([BIN / "scripted_detector", "--help"], environment)
    assert status == 0
    for text in [*seen, words, more]:
        assert CANARY not in text, text[max(0, text.find(CANARY) - 200):][:400]
    assert any("path=/about status=200" in text for text in seen), "the log was really read"
