"""Where requests to the Loop come from and what they may take: TLS, proxies, names of the machine, a full disk, too many at once."""

import http.client
import io
import json
import re
import ssl
import subprocess
import zipfile

import pytest
from accounts import (COOKIE, FORM, answer_to_head, attributes_of, cookie_of, detail, kept_by, log_in, log_in_as_nobody, report,
                      send_head, token, with_headers)
from loop_programs.connection import Answer
from nodes import wait_until
from programs import ADMIN_PASSWORD, Loop, Program, generate, image_ids, jpeg, loop_server

MIB = 1 << 20


def status_of(port, path, headers, method="GET"):
    return answer_to_head(port, method, path, headers)[0]


# ------------------------------------------------------------------------------------------------------------------- TLS


class TlsLoop(Loop):
    def wait_ready(self, seconds=30):
        Program.wait_ready(self, seconds)

    def ask(self, method, path, body=None, headers=None, timeout=60):
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=ssl._create_unverified_context())
        try:
            connection.request(method, path, body, self.headers | (headers or {}))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


@pytest.fixture(name="tls", scope="module")
def fixture_tls(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / "key",
                    "-out", folder / "pem", "-subj", "/CN=localhost", "-days", "1"], check=True, capture_output=True)
    plain = loop_server(folder, more=["--tls-cert", folder / "pem", "--tls-key", folder / "key"])
    with TlsLoop(plain.command, plain.port, plain.log, environment=plain.environment) as server:
        yield server


def test_over_tls_the_cookie_is_for_this_host_and_for_tls_alone(tls):
    answer = log_in(tls)
    assert answer.status == 200 and cookie_of(answer)["Cookie"].startswith(f"__Host-{COOKIE}=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= attributes_of(answer)
    secret = cookie_of(answer)["Cookie"].split("=")[1]
    assert tls.get("/api/projects", cookie_of(answer)).status == 200
    assert tls.get("/api/projects", {"Cookie": f"{COOKIE}={secret}"}).status == 401, "plain http may have set that one"
    assert tls.get("/api/projects", {"Cookie": f"{COOKIE}=x; __Host-{COOKIE}={secret}"}).status == 200
    assert cookie_of(log_in_as_nobody(tls))["Cookie"].startswith(f"__Host-{COOKIE}=")
    gone = tls.ask("POST", "/logout", headers=cookie_of(answer))
    assert cookie_of(gone)["Cookie"] == f"__Host-{COOKIE}=" and {"Secure", "Max-Age=0"} <= attributes_of(gone)
    assert tls.get("/api/projects", cookie_of(answer)).status == 401


def test_over_tls_a_page_that_came_without_is_foreign(tls):
    for origin, status in ((f"https://127.0.0.1:{tls.port}", 200), (f"http://127.0.0.1:{tls.port}", 403)):
        assert tls.ask("POST", "/api/logout", headers={"Origin": origin}).status == status, origin


# --------------------------------------------------------------------------------------------------------------- proxies


@pytest.fixture(name="alone", scope="module")
def fixture_alone(tmp_path_factory):
    """A Loop that knows of no proxy."""
    with loop_server(tmp_path_factory.mktemp("alone")) as server:
        yield server


@pytest.fixture(name="behind", scope="module")
def fixture_behind(tmp_path_factory):
    """A Loop with a proxy on this machine, which lets detectors of 203.0.113.0/24 in."""
    with loop_server(tmp_path_factory.mktemp("behind"), environment={"ANONYMOUS_NODES": "203.0.113.0/24"},
                     more=["--behind-proxy", "127.0.0.1"]) as server:
        yield server


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_whoever_comes_through_a_proxy_that_we_do_not_know_of_is_no_detector_of_this_machine(alone, header):
    path = generate(alone, "field")
    assert alone.nobody().get(f"{path}/models").status == 200
    for value in ("203.0.113.9", "127.0.0.1", "", "1.1 proxy"):
        for method, there in (("GET", f"{path}/models"), ("POST", f"{path}/images"), ("POST", "/api/login"), ("GET", "/metrics")):
            answer = alone.nobody().ask(method, there, b"", FORM | {header: value})
            assert answer.status == 401 and "ANONYMOUS_NODES" in detail(answer), (there, value)
        assert alone.get("/api/projects", {header: value}).status == 200, "a login counts everywhere"
    assert image_ids(alone, path) == []


# X-Forwarded-For, as many lines as there are, and who the client is: None, if nobody can tell.
FORWARDED = {
    "one address": (["203.0.113.9"], "203.0.113.9"),
    "a client that claims to be another": (["203.0.113.9, 198.51.100.7"], "198.51.100.7"),
    "a client that claims to be the proxy": (["203.0.113.9, 198.51.100.7, 127.0.0.1"], "198.51.100.7"),
    "a client that claims to be this machine": (["127.0.0.1, ::1, 198.51.100.7"], "198.51.100.7"),
    "two lines": (["203.0.113.9", "198.51.100.7"], "198.51.100.7"),
    "two lines of which the last counts": (["198.51.100.7", "203.0.113.9"], "203.0.113.9"),
    "an IPv4 address written as IPv6": (["::ffff:203.0.113.9"], "203.0.113.9"),
    "an IPv6 address": (["2001:db8::7"], "2001:db8::7"),
    "no header": ([], None),
    "an empty header": ([""], None),
    "the proxy alone": (["127.0.0.1"], None),
    "no address": (["203.0.113.9, unknown"], None),
    "a name": (["203.0.113.9, localhost"], None),
    "an address with its port": (["203.0.113.9, 203.0.113.9:4711x"], None),
    "an empty last entry": (["203.0.113.9, "], None),
}


@pytest.mark.parametrize("what", FORWARDED)
def test_behind_a_proxy_the_client_is_the_last_that_is_no_proxy(behind, what):
    path = generate(behind, "field")
    lines, client = FORWARDED[what]
    headers = [("X-Forwarded-For", line) for line in lines]
    status, text = answer_to_head(behind.port, "GET", f"{path}/models", headers)
    assert status == (200 if client and client.startswith("203.0.113.") else 401)
    wanted = "whoever comes through this proxy" if client is None else f"the address {client} "
    assert status == 200 or wanted in text, text
    known = [*headers, ("Authorization", behind.headers["Authorization"])]
    assert status_of(behind.port, f"{path}/models", known) == 200


def test_the_log_names_the_client_and_not_its_proxy(behind):
    for number, (lines, _) in enumerate(FORWARDED.values()):
        forwarded = [("X-Forwarded-For", line) for line in lines]
        answer_to_head(behind.port, "GET", "/api/status", [("X-Request-Id", f"case-{number}"), *forwarded])
    def peers():
        found = dict(re.findall(r"\[case-(\d+)\] .* peer=(\S+)$", behind.log_text(), re.M))
        return len(found) == len(FORWARDED) and [found[str(number)] for number in range(len(FORWARDED))]
    assert wait_until(peers, "a line for each request") == [client or "-" for _, client in FORWARDED.values()]


@pytest.mark.parametrize("scheme, is_secure", [("https", True), ("HTTPS", True), ("http, https", True), ("https, http", False),
                                               ("http", False), ("", False)])
def test_behind_a_proxy_the_cookie_is_secure_if_the_client_came_over_https(behind, scheme, is_secure):
    headers = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": scheme}
    answer = log_in(behind, headers=headers)
    assert ("Secure" in attributes_of(answer)) == cookie_of(answer)["Cookie"].startswith("__Host-") == is_secure
    assert behind.nobody().get("/api/projects", cookie_of(answer) | headers).status == 200


def test_who_is_no_proxy_cannot_claim_https(alone):
    assert "Secure" not in attributes_of(log_in(alone, headers={"X-Forwarded-Proto": "https"}))


def test_who_guesses_passwords_is_held_up_and_nobody_else(behind):
    def status(address, password):
        return log_in(behind, password=password, headers={"X-Forwarded-For": f"127.0.0.1, {address}"}).status
    statuses = [status("198.51.100.66", f"guess-{i}") for i in range(14)]
    assert statuses == sorted(statuses) and set(statuses) == {401, 429}
    refused = log_in(behind, headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.66"})
    assert refused.status == 429 and int(refused.headers["Retry-After"]) > 0 and "198.51.100.66" in detail(refused)
    assert status("198.51.100.7", ADMIN_PASSWORD) == 200, "the owner of the account is not locked out"


# ----------------------------------------------------------------------------------------------------- names and the URL


def test_a_name_that_is_not_of_this_machine_is_refused_until_it_is_allowed(tmp_path, alone):
    for name in ("backend", f"backend:{alone.port}", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "localhost@evil"):
        answer = alone.get("/api/status", {"Host": name})
        assert answer.status == 403 and "ALLOWED_HOSTS" in detail(answer), name
        assert alone.get("/api/status", {"Host": name, "Origin": f"http://{name}"}).status == 403
    for name in ("localhost", f"localhost:{alone.port}", "127.0.0.1", f"[::1]:{alone.port}"):
        assert alone.get("/api/status", {"Host": name}).status == 200, name
    with loop_server(tmp_path, environment={"ALLOWED_HOSTS": "backend, loop.local"}) as server:
        for name in ("backend", f"backend:{server.port}", "BACKEND", "loop.local", "127.0.0.1"):
            assert server.get("/api/status", {"Host": name}).status == 200, name
        for name in ("backend.evil.example", "frontend"):
            assert server.get("/api/status", {"Host": name}).status == 403, name


@pytest.fixture(name="farm", scope="module")
def fixture_farm(tmp_path_factory):
    """A Loop that people know as https://farm.example/loop/, with a project."""
    with loop_server(tmp_path_factory.mktemp("farm"), more=["--public-url", "https://farm.example/loop/"]) as server:
        path = generate(server, "field", inbox=1, trainings=1)
        assert server.post_files(f"{path}/models/onnx", [("model.onnx", b"weights"), ("model.json", b"{}")]).status == 200
        generate(server, "meadow")
        yield server


def as_browser(loop):
    host = {"Host": "farm.example"}
    return with_headers(loop, host | cookie_of(log_in(loop, headers=host)))


def test_the_public_url_is_answered_with_and_without_its_path(farm):
    for host in ("farm.example", "FARM.example", "farm.example:443", f"127.0.0.1:{farm.port}"):
        for path in ("/api/projects", "/loop/api/projects"):
            assert farm.get(path, {"Host": host}).json() == farm.get("/api/projects").json(), (host, path)
    for path in ("/loop/loop/api/projects", "/loopy/api/projects", "/loop/../api/projects"):
        assert farm.get(path).status in (400, 404), path
    for host in ("loop.farm.example", "farm.example.evil.example"):
        assert farm.get("/api/projects", {"Host": host}).status == 403


def test_every_link_of_the_page_leads_below_the_public_path(farm):
    browser = as_browser(farm)
    for path in ("/", "/loop/", "/loop", "/?organization=test&project=field", "/loop/?organization=test&project=field"):
        page = browser.get(path)
        links = set(re.findall(r'(?:href|src|action)="([^"]*)"', page.body.decode()))
        assert page.status == 200 and len(links) >= 3, path
        assert all(link.startswith("/loop/") for link in links), links
        for link in links - {"/loop/logout"}:
            there = link.replace("&amp;", "&")
            assert browser.get(there).status == browser.get(there.removeprefix("/loop")).status == 200, link
    kinds = "page.css", "/main", "/onnx/file", "/loop/logout", "/loop/?organization="
    assert all(any(kind in link for link in links) for kind in kinds), links


def test_every_redirect_leads_below_the_public_path(farm):
    for prefix in ("", "/loop"):
        assert farm.nobody().get(f"{prefix}/").headers["Location"] == "/loop/login"
        answer = log_in(farm, path=f"{prefix}/login", headers={"Host": "farm.example"})
        assert (answer.status, answer.headers["Location"]) == (303, "/loop/")
        answer = farm.nobody().ask("POST", f"{prefix}/logout", headers=cookie_of(answer))
        assert (answer.status, answer.headers["Location"]) == (303, "/loop/login")
    assert 'action="/loop/login"' in farm.nobody().get("/login").body.decode()


def test_a_model_tells_the_public_url_as_its_host(farm):
    for model in farm.get("/api/test/projects/field/models").json()["models"]:
        assert model["host"].rstrip("/") == "https://farm.example/loop"
        download = farm.get(f"/api/test/projects/field/models/{model['id']}/{model['formats'][0]}/file")
        with zipfile.ZipFile(io.BytesIO(download.body)) as packed:
            assert json.loads(packed.read("model.json"))["host"] == model["host"]
    assert farm.run("token", "create", "--node", "cam1").splitlines()[1].rstrip("/") == "LOOP_HOST=https://farm.example/loop"


def test_pages_of_the_public_url_are_ours_and_no_others(farm):
    chosen = {"model_uuid": farm.get("/api/test/projects/field/models").json()["models"][0]["id"]}
    target = "/api/test/projects/field/deployment/target"
    own = {"Origin": "https://farm.example"}
    for caller in (as_browser(farm), with_headers(farm, farm.headers | {"Host": f"127.0.0.1:{farm.port}"})):
        assert with_headers(farm, caller.headers | own).send_json("PUT", target, chosen).status == 200
    for origin in ("http://farm.example", "https://farm.example:444", "https://farm.example.evil.example", "https://evil.example", "null"):
        browser = with_headers(farm, as_browser(farm).headers | {"Origin": origin})
        before = kept_by(farm)
        assert browser.send_json("PUT", target, chosen).status == 403, origin
        assert kept_by(farm) == before


def test_behind_the_public_url_no_detector_is_nameless_and_cookies_are_secure(farm):
    assert log_in_as_nobody(farm).status == 401, "a proxy on this machine makes everybody look as if they were here"
    assert farm.nobody().get("/api/test/projects/field/models").status == 401
    assert "Secure" in attributes_of(log_in(farm, headers={"Host": "farm.example"}))


# ---------------------------------------------------------------------------------------------------------------- bounds


def test_on_a_disk_that_is_almost_full_nothing_large_is_taken_and_the_rest_goes_on(tmp_path):
    with loop_server(tmp_path) as server:
        path = generate(server, "field", trainings=1, complete=1)
        server.stop()
    with loop_server(tmp_path, more=["--min-free-disk-bytes", str(1 << 60)]) as server:
        before = kept_by(server)
        login = ("Authorization", server.headers["Authorization"])
        for there in (f"{path}/images", f"{path}/models/onnx", "/api/test/projects/generator"):
            for length in (MIB, 100):
                head = [login, ("Content-Type", "multipart/form-data; boundary=x"), ("Content-Length", str(length))]
                status, text = answer_to_head(server.port, "POST", there, head)
                assert status == 507 and "retry-after:" in text.lower(), text
        assert server.post_files(f"{path}/images", [("a.jpg", jpeg())]).status == 507
        assert kept_by(server) == before
        assert log_in(server).status == 200
        model = server.get(f"{path}/models").json()["models"][0]["id"]
        assert server.send_json("PUT", f"{path}/deployment/target", {"model_uuid": model}).status == 200
        assert server.send_json("POST", f"{path}/detectors", report("cam1")).status == 200
        assert server.get(f"{path}/models/{model}/mocked/file").status == server.get("/").status == 200
        health = server.get("/health/ready")
        assert health.status == 503 and "disk" in health.json()["faults"]


def test_one_address_without_a_login_has_50_open_requests_and_may_log_in_beside_them(alone):
    path = generate(alone, "crowd")
    slow = [("Content-Type", "multipart/form-data; boundary=x"), ("Content-Length", str(MIB))]
    clients = []
    try:
        for _ in range(50):
            clients.append(send_head(alone.port, "POST", f"{path}/images", slow))
        status, text = answer_to_head(alone.port, "POST", f"{path}/images", slow)
        assert status == 429 and "127.0.0.1" in text, text
        assert alone.nobody().get("/api/status").status == log_in(alone).status == 200
        assert alone.get("/api/projects").status == 200
        assert with_headers(alone, token(alone, "--node", "cam1")).post_files(f"{path}/images", [("a.jpg", jpeg())]).status == 200
    finally:
        for client in clients:
            client.close()
    assert len(image_ids(alone, path)) == 1
