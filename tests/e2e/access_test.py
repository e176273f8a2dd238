"""Who may do what at the Loop: logins, tokens, detectors without either, and web pages from elsewhere."""

import json
from email.utils import parsedate_to_datetime

import pytest
from accounts import (COOKIE, FORM, attributes_of, bearer, cookie_of, data_folder, detail, kept_by, log_in, log_in_as_nobody, number_in,
                      report, routes_of, secret_in, token, with_headers)
from loop_programs.multipart import multipart
from programs import ADMIN_PASSWORD, generate, image_ids, jpeg, loop_server

PROJECT = "/api/{organization}/projects/{project}"
MODEL_FILE = PROJECT + "/models/{model}/{format}/file"
# What routes that need a login are open to: these, to detectors as well; the rest, to nodes.
OF_DETECTORS = {("GET", PROJECT + "/deployment/target"), ("GET", PROJECT + "/models"), ("GET", MODEL_FILE), ("POST", PROJECT + "/images"),
                ("POST", PROJECT + "/detectors"), ("GET", "/metrics")}
OF_PEOPLE = {("POST", "/api/{organization}/projects/generator"), ("PUT", PROJECT + "/deployment/target"),
             ("DELETE", PROJECT + "/deployment/target"), ("POST", PROJECT + "/deployment/rollback"),
             ("DELETE", PROJECT + "/models/{model}"), ("PATCH", PROJECT + "/images"),
             ("DELETE", PROJECT + "/images"), ("PUT", PROJECT + "/images/{image}/annotations"),
             ("POST", "/api/{organization}/projects"), ("DELETE", PROJECT), ("POST", PROJECT + "/categories"),
             ("PUT", PROJECT + "/categories/{category}"), ("DELETE", PROJECT + "/categories/{category}"), ("PUT", PROJECT + "/split"),
             ("POST", PROJECT + "/trainings"), ("POST", PROJECT + "/trainings/{training}/stop"),
             ("POST", PROJECT + "/trainings/{training}/abort"), ("PUT", PROJECT + "/hyperparameters"), ("POST", PROJECT + "/user_input"),
             ("DELETE", PROJECT + "/user_input/{frontend}"), ("GET", "/api/nodes"), ("POST", "/api/nodes/{kind}/{node}/restart"),
             ("DELETE", "/api/nodes/{kind}/{node}")}
NEED_NO_BODY = {("DELETE", PROJECT), ("DELETE", PROJECT + "/deployment/target"), ("POST", PROJECT + "/deployment/rollback")}
LOGINS = {("POST", "/api/login"), ("POST", "/api/token"), ("POST", "/login")}
OF_OPERATORS = {("PUT", "/debug_logging")}


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("access")) as server:
        yield server


@pytest.fixture(name="field", scope="module")
def fixture_field(loop):
    return generate(loop, "field", complete=1, inbox=1, trainings=1)


@pytest.fixture(name="other", scope="module")
def fixture_other(loop):
    """The project of somebody else."""
    return generate(loop, "other", organization="foreign", complete=1, trainings=1)


def status_by_cookie(loop, answer):
    return loop.nobody().get("/api/projects", cookie_of(answer)).status


def path_for(pattern, project, model="none"):
    """A path of that pattern, in the project with that path."""
    _, _, organization, _, name = project.split("/")
    return pattern.format(organization=organization, project=name, image="018f4e6a-0000-7000-8000-000000000000", model=model,
                          format="mocked", category="none", training="none", frontend="none", kind="trainer", node="none")


# ---------------------------------------------------------------------------------------------------------------- logins


def test_a_login_gives_a_cookie_that_no_script_reads_and_no_foreign_form_sends(loop):
    for path, status in (("/api/login", 200), ("/login", 303)):
        answer = log_in(loop, path=path)
        assert answer.status == status
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= attributes_of(answer)
        assert "Secure" not in attributes_of(answer) and '"' not in answer.headers["Set-Cookie"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert status_by_cookie(loop, answer) == 200


@pytest.mark.parametrize("path", ["/api/login", "/api/token", "/login"])
def test_a_wrong_password_and_an_unknown_name_are_refused_in_the_same_words(loop, path):
    answers = [log_in(loop, name, password, path=path)
               for name, password in (("admin", "wrong-password"), ("nobody-of-ours", "wrong-password"), ("nobody-of-ours", ADMIN_PASSWORD),
                                      ("admin", ""), ("", ADMIN_PASSWORD), ("Admin", ADMIN_PASSWORD), (ADMIN_PASSWORD, "admin"))]
    assert {answer.status for answer in answers} == {401}, [(answer.status, answer.body) for answer in answers]
    assert len({answer.body for answer in answers}) == 1
    assert b"the username or the password is wrong" in answers[0].body
    assert not any("Set-Cookie" in answer.headers for answer in answers)


def test_a_login_ends_the_former_one_of_the_same_client_and_no_other(loop):
    first, elsewhere = log_in(loop), log_in(loop)
    second = log_in(loop, headers=cookie_of(first))
    assert cookie_of(second) != cookie_of(first)
    assert [status_by_cookie(loop, each) for each in (first, second, elsewhere)] == [401, 200, 200]


def test_a_refused_login_ends_no_other(loop):
    first = log_in(loop)
    assert log_in(loop, password="wrong-password", headers=cookie_of(first)).status == 401
    assert status_by_cookie(loop, first) == 200


@pytest.mark.parametrize("path, status", [("/api/logout", 200), ("/logout", 303)])
def test_a_logout_ends_the_login_and_takes_the_cookie_back(loop, path, status):
    first, elsewhere = log_in(loop), log_in(loop)
    answer = loop.nobody().ask("POST", path, headers=cookie_of(first))
    assert answer.status == status
    assert cookie_of(answer)["Cookie"] == f"{COOKIE}=" and "Max-Age=0" in attributes_of(answer)
    assert [status_by_cookie(loop, each) for each in (first, elsewhere)] == [401, 200]
    assert loop.nobody().ask("POST", path, headers=cookie_of(first)).status == status, "twice is as good"


def test_the_token_of_a_login_is_a_bearer_token_for_about_a_year_and_a_cookie_as_well(loop):
    answer = log_in(loop, path="/api/token")
    given = answer.json()
    assert answer.status == 200 and given["token_type"] == "bearer"
    days = (given["expires"] - parsedate_to_datetime(answer.headers["Date"]).timestamp()) / (24 * 3600)
    assert 360 < days < 370
    for headers in (bearer(given["access_token"]), {"Cookie": f"{COOKIE}={given['access_token']}"},
                    {"Authorization": f"bearer {given['access_token']}"}):
        assert loop.nobody().get("/api/projects", headers).status == 200


def test_logins_and_tokens_survive_a_restart_and_a_kill_and_what_was_ended_stays_ended(tmp_path):
    server = loop_server(tmp_path).start()
    with server:
        cookie, ended = cookie_of(log_in(server)), cookie_of(log_in(server))
        by_token, node = server.headers, token(server, "--node", "cam1")
        revoked = server.run("token", "create", "--script", "once")
        for end in (server.stop, server.kill):
            server.nobody().ask("POST", "/api/logout", headers=ended)
            server.run("token", "revoke", number_in(revoked))
            end()
            server.start()
            for headers in (cookie, by_token, node):
                assert server.nobody().get("/api/projects", headers).status == 200
            for headers in (ended, bearer(secret_in(revoked))):
                assert server.nobody().get("/api/projects", headers).status == 401
            ended, revoked = cookie_of(log_in(server)), server.run("token", "create", "--node", "twice")


# -------------------------------------------------------------------------------------------------- detectors without login


@pytest.mark.parametrize("body", [b"", b"username=&password="])
def test_an_empty_login_from_this_machine_opens_what_a_detector_does_and_nothing_else(loop, field, body):
    answer = loop.nobody().ask("POST", "/api/login", body, FORM)
    assert answer.status == 200 and {"HttpOnly", "SameSite=Lax", "Path=/"} <= attributes_of(answer)
    model = loop.get(f"{field}/models").json()["models"][0]["id"]
    before = kept_by(loop)
    for method, pattern, operation in routes_of(loop):
        if (method, pattern) in LOGINS:
            continue  # they refuse an empty form
        status = loop.nobody().ask(method, path_for(pattern, field, model), headers=cookie_of(answer)).status
        is_open = "security" not in operation or (method, pattern) in OF_DETECTORS
        assert (status not in (401, 403)) == is_open, f"{method} {pattern}: {status}"
    assert kept_by(loop) == before


def test_a_detector_without_login_uploads_and_reports(loop):
    path, node = generate(loop, "nameless"), with_headers(loop, cookie_of(log_in_as_nobody(loop)))
    assert node.post_files(f"{path}/images", [("a.jpg", jpeg())]).status == 200
    assert node.send_json("POST", f"{path}/detectors", report("cam1")).status == 200
    assert len(image_ids(loop, path)) == 1 and loop.get(f"{path}/detectors").json()["detectors"][0]["name"] == "cam1"


def test_where_every_node_needs_a_login_the_refusal_names_the_remedies(tmp_path):
    with loop_server(tmp_path, environment={"ANONYMOUS_NODES": "none"}) as server:
        path = generate(server, "field")
        node = token(server, "--node", "cam1")
        for answer in (log_in_as_nobody(server), server.nobody().get(f"{path}/models")):
            assert answer.status == 401 and "Set-Cookie" not in answer.headers
            assert "ANONYMOUS_NODES" in detail(answer) and "learning-loop token create" in detail(answer)
        assert server.nobody().get(f"{path}/models", node).status == 200


# ------------------------------------------------------------------------------------------------- web pages from elsewhere

FOREIGN_PAGES = {
    "another site": {"Origin": "http://evil.example"},
    "a page of no origin": {"Origin": "null"},
    "another port of this machine": {"Origin": "http://127.0.0.1:1"},
    "a name that begins like ours": {"Origin": "http://127.0.0.1:{port}.evil.example"},
    "a name that ends like ours": {"Origin": "http://evil-127.0.0.1:{port}"},
    "another scheme": {"Origin": "ftp://127.0.0.1:{port}"},
    "a page without Origin": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour without Origin": {"Sec-Fetch-Site": "same-site"},
    "another site that lies about being ours": {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
}


def page_headers(loop, what):
    return {name: value.format(port=loop.port) for name, value in FOREIGN_PAGES[what].items()}


def changes(loop, project):
    """(method, path, body, content type) of what a foreign page might try: without a preflight, and those that need one."""
    image, image_type = multipart([("a.jpg", jpeg())])
    model, model_type = multipart([("model.onnx", b"weights"), ("model.json", b"{}")])
    chosen = json.dumps({"model_uuid": loop.get(f"{project}/models").json()["models"][0]["id"]})
    form = FORM["Content-Type"]
    return [("POST", f"{project}/images", image, image_type), ("POST", f"{project}/models/onnx", model, model_type),
            ("POST", "/api/test/projects/generator", json.dumps({"project_name": "evil"}), "text/plain"),
            ("POST", "/api/test/projects/generator", "project_name=evil", form),
            ("POST", f"{project}/detectors", json.dumps(report("evil")), "text/plain"),
            ("PUT", f"{project}/deployment/target", chosen, "application/json"), ("DELETE", project, b"", form),
            ("DELETE", f"{project}/images", b"", form), ("PUT", "/debug_logging", "on", "text/plain"),
            *(("POST", path, f"username=admin&password={ADMIN_PASSWORD}", form) for path in ("/api/login", "/api/token", "/login")),
            *(("POST", path, b"", form) for path in ("/api/logout", "/logout"))]


@pytest.mark.parametrize("what", FOREIGN_PAGES)
def test_a_foreign_page_changes_nothing_with_the_cookie_of_whoever_looks_at_it(loop, field, what):
    browser = with_headers(loop, cookie_of(log_in(loop)))
    tried, before = changes(loop, field), kept_by(loop)
    for method, path, body, content_type in tried:
        answer = browser.ask(method, path, body, {"Content-Type": content_type} | page_headers(loop, what))
        assert answer.status == 403 and "Set-Cookie" not in answer.headers, f"{method} {path}: {answer.status}"
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert kept_by(loop) == before
    assert browser.get("/api/projects").status == 200, "nor is anybody logged out"


@pytest.mark.parametrize("path", ["/", "/api/projects", "/api/status", "/ws", "/socket.io/?EIO=4&transport=websocket"])
def test_a_foreign_page_opens_no_websocket(loop, path):
    handshake = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                 "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}):
        assert loop.get(path, handshake | headers | cookie_of(log_in(loop))).status == 403


def test_our_own_page_and_programs_that_are_no_browser_are_judged_by_their_login(loop, field):
    browser = with_headers(loop, cookie_of(log_in(loop)))
    method, path, body, content_type = next(each for each in changes(loop, field) if each[0] == "PUT")
    ours = [{}, {"Origin": f"http://127.0.0.1:{loop.port}"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"},
            {"Origin": f"http://127.0.0.1:{loop.port}", "Sec-Fetch-Site": "same-origin"}]
    for headers in ours:
        assert browser.ask(method, path, body, {"Content-Type": content_type} | headers).status == 200
        assert loop.nobody().ask(method, path, body, {"Content-Type": content_type} | headers).status == 401
    assert browser.get("/", {"Sec-Fetch-Site": "cross-site"}).status == 200, "a link from elsewhere"


# ---------------------------------------------------------------------------------------------------------------- tokens


def test_a_node_may_what_nodes_do_a_script_what_people_do_and_the_operator_all(loop, field):
    callers = {"node": (token(loop, "--node", "cam1"), OF_PEOPLE | OF_OPERATORS),
               "script": (token(loop, "--script", "nightly"), OF_OPERATORS), "operator": (loop.headers, set())}
    before = kept_by(loop)
    for who, (headers, forbidden) in callers.items():
        for method, pattern, operation in routes_of(loop):
            if "security" in operation:
                project = "/api/test/projects/there-is-none" if (method, pattern) in NEED_NO_BODY else field
                answer = loop.nobody().ask(method, path_for(pattern, project), headers=headers)
                assert answer.status != 401, f"{who}: {method} {pattern}"
                assert (answer.status == 403) == ((method, pattern) in forbidden), f"{who}: {method} {pattern}: {answer.status}"
    assert kept_by(loop) == before, "nobody sent a body"


def test_a_node_uploads_and_a_script_generates_and_deploys(loop):
    node, script = (with_headers(loop, token(loop, *words)) for words in (("--node", "cam1"), ("--script", "nightly")))
    path = generate(script, "scripted", trainings=1)
    assert node.post_files(f"{path}/images", [("a.jpg", jpeg())]).status == 200
    model = node.post_files(f"{path}/models/onnx", [("model.onnx", b"weights"), ("model.json", b"{}")]).json()
    assert node.send_json("PUT", f"{path}/deployment/target", {"model_uuid": model["id"]}).status == 403
    assert script.send_json("PUT", f"{path}/deployment/target", {"model_uuid": model["id"]}).status == 200
    assert node.get(f"{path}/deployment/target").json()["version"] == model["version"]


@pytest.mark.parametrize("kind", ["--node", "--script"])
def test_a_token_for_one_project_does_not_learn_of_any_other(loop, field, other, kind):
    scoped = with_headers(loop, token(loop, kind, "cam1", "--project", "test/field"))
    assert [project["resource"] for project in scoped.get("/api/projects").json()["projects"]] == [field.removeprefix("/api")]
    missing, model = "/api/foreign/projects/there-is-none", loop.get(f"{other}/models").json()["models"][0]["id"]
    for method, pattern, _ in routes_of(loop):
        if pattern.startswith(PROJECT):
            asked = [scoped.ask(method, path_for(pattern, project, model), b"", FORM) for project in (other, missing)]
            if kind == "--node" and (method, pattern) in OF_PEOPLE:
                assert [answer.status for answer in asked] == [403, 403]
            else:
                assert [answer.status for answer in asked] == [404, 404], f"{method} {pattern}"
            assert detail(asked[0]).replace("'other'", "'there-is-none'").replace('"other"', '"there-is-none"') == detail(asked[1])
            assert asked[1].status == 403 or detail(asked[1]) == detail(loop.ask("GET", missing))
    pages = [scoped.get(f"/?organization=foreign&project={name}") for name in ("other", "there-is-none")]
    assert [page.status for page in pages] == [404, 404]
    assert scoped.get("/").status == 200 and b"foreign" not in scoped.get("/").body
    assert scoped.send_json("POST", "/api/foreign/projects/generator", {"project_name": "more"}).status == 403
    assert scoped.send_json("POST", "/api/test/projects/generator", {"project_name": "more"}).status == 403


@pytest.mark.parametrize("kind", ["--node", "--script"])
def test_a_token_for_one_project_does_not_reach_the_nodes_that_work_for_all(loop, field, kind):
    scoped = with_headers(loop, token(loop, kind, "cam1", "--project", "test/field"))
    for method, path in (("GET", "/api/nodes"), ("POST", "/api/nodes/trainer/t/restart"), ("DELETE", "/api/nodes/trainer/t")):
        assert scoped.ask(method, path).status == 403, path
        assert loop.ask(method, path).status == (200 if method == "GET" else 404), path
    assert scoped.get(f"{field}/trainings").status == 200


def test_images_and_models_of_another_project_are_not_reached_through_ones_own(loop, field, other):
    scoped = with_headers(loop, token(loop, "--script", "s", "--project", "test/field"))
    [image] = image_ids(loop, other)
    model = loop.get(f"{other}/models").json()["models"][0]["id"]
    assert loop.get(f"{other}/images/{image}/main").status == loop.get(f"{other}/models/{model}/mocked/file").status == 200
    for caller in (scoped, loop):
        assert caller.get(f"{field}/images/{image}/main").status == 404
        assert caller.get(f"{field}/images/{image.upper()}/main").status == 404
        assert caller.get(f"{field}/images?ids={image}").json() == {"images": []}
        assert caller.get(f"{field}/models/{model}/mocked/file").status == 404
        assert caller.send_json("PUT", f"{field}/deployment/target", {"model_uuid": model}).status == 422


def test_a_node_reports_under_its_own_name_only(loop, field):
    node = with_headers(loop, token(loop, "--node", "cam1"))
    before = loop.get(f"{field}/detectors").json()
    answer = node.send_json("POST", f"{field}/detectors", report("cam2"))
    assert answer.status == 403 and "NODE_NAME" in detail(answer) and "cam1" in detail(answer)
    assert loop.get(f"{field}/detectors").json() == before
    assert node.send_json("POST", f"{field}/detectors", report("cam1")).status == 200


def test_a_revoked_token_is_refused_at_once_also_where_none_is_needed(loop, field):
    made = loop.run("token", "create", "--node", "stolen")
    node = with_headers(loop, bearer(secret_in(made)))
    paths = ["/api/projects", f"{field}/data", f"{field}/models", "/metrics"]
    assert {node.get(path).status for path in paths} == {200}
    loop.run("token", "revoke", number_in(made))
    for path in paths:
        answer = node.get(path)
        assert answer.status == 401 and "token create" in detail(answer), path
    assert {loop.nobody().get(path).status for path in paths[2:]} == {200}, "where a detector needs no login"
    assert node.send_json("POST", f"{field}/detectors", report("stolen")).status == 401
    assert log_in(loop, headers=node.headers).status == 200, "whoever sends it may log in anew"


def test_no_secret_is_in_the_data_folder(tmp_path):
    with loop_server(tmp_path) as server:
        secrets = [ADMIN_PASSWORD, secret_in(server.run("token", "create", "--node", "cam1")),
                   server.headers["Authorization"].split()[1], cookie_of(log_in(server))["Cookie"].split("=")[1]]
        assert all(len(secret) > 12 for secret in secrets)
        for _ in range(2):  # with the files of a server that runs, and of one that ended
            files = [file for file in data_folder(server).rglob("*") if file.is_file()]
            assert data_folder(server) / "loop.db" in files
            found = [(file, secret) for file in files for secret in secrets if secret.encode() in file.read_bytes()]
            assert not found
            server.stop()
