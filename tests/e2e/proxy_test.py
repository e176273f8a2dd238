"""The Loop behind a reverse proxy that speaks https, as people and nodes reach it: below a path, and under a name of its own."""

import contextlib
import json
import re
import shutil
import subprocess
import urllib.parse

import pytest
from browser import Browser
from loop_programs.one_request import ask_once
from loop_programs.ports import free_port
from loop_programs.process import clean_environment
from machines import DistantProgram, Machine, Place, contents, distant_loop, mapped, require_machines, settings_of, skip
from nodes import ORGANIZATION, wait_until
from peers import DETECTOR, PYTHON
from PIL import Image
from programs import ADMIN_PASSWORD, BIN, Program, generate, image_ids, images, jpeg, loop_server
from reverse_proxy import GUIDES, NGINX, Proxy, site_at

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FARM = "farm.learning-loop.ai.test"  # the library asks over https whatever has learning-loop.ai in its name

# Sites of a proxy in front of a Loop.
FORWARDING = ("proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for", "proxy_set_header X-Forwarded-Proto $scheme")
PREFIX_GOES = ("proxy_pass http://127.0.0.1:8000/", "proxy_set_header Host $host", *FORWARDING)
PREFIX_STAYS = ("proxy_pass http://127.0.0.1:8000", "proxy_set_header Host $http_host", *FORWARDING)
BARE = ("proxy_pass http://127.0.0.1:8000",)


@pytest.fixture(autouse=True, scope="module")
def fixture_nginx():
    if not NGINX:
        skip("nginx is missing: tools/setup test installs it")


class Site:
    """A Loop behind a proxy, which answers at `url`."""

    def __init__(self, loop, proxy, path):
        self.loop, self.proxy, self.path = loop, proxy, path
        self.url = f"https://localhost:{proxy.port}{path}"

    def ask(self, method, path, body=None, headers=None, source=None):
        """One request through the proxy; the path is the Loop's."""
        return ask_once(("localhost", self.proxy.port), method, self.path.rstrip("/") + path, body, headers, 60, source, self.proxy.tls)


@contextlib.contextmanager
def running(folder, site, path="/loop/", more=(), environment=None, is_public=True):
    port, proxy_port = free_port(), free_port()
    url = ["--public-url", f"https://localhost:{proxy_port}{path}"] if is_public else []
    with Proxy(folder / "nginx", site, port, "localhost", proxy_port) as proxy, \
            loop_server(folder, port, environment, [*url, *more]) as loop:
        yield Site(loop, proxy, path)


FARMS = {"the prefix goes": site_at("/loop/", *PREFIX_GOES), "the prefix stays": site_at("/loop/", *PREFIX_STAYS), "the guide's": GUIDES}


@pytest.fixture(name="farm", scope="module", params=FARMS)
def fixture_farm(request, tmp_path_factory):
    """The Loop at /loop/, with the projects test/field and test/other."""
    with running(tmp_path_factory.mktemp("farm"), FARMS[request.param], more=["--behind-proxy", "127.0.0.1"]) as made:
        generate(made.loop, "field", inbox=2, trainings=1)
        generate(made.loop, "other")
        yield made


# ------------------------------------------------------------------------------------------------------- below a path


def logged_in(farm):
    """A browser that logged in, and the page where it is then."""
    browser = Browser(farm.proxy.tls)
    login = browser.open(farm.url)
    return browser, browser.send(login, farm.url + "login", username="admin", password=ADMIN_PASSWORD)


def test_the_page_leads_to_the_login_and_the_login_to_the_page(farm):
    browser = Browser(farm.proxy.tls)
    login = browser.open(farm.url)
    assert (login.url, login.status) == (farm.url + "login", 200)
    wrong = browser.send(login, farm.url + "login", username="admin", password="of another")
    assert (wrong.url, wrong.status) == (farm.url + "login", 401)
    assert "is wrong" in wrong.text and not list(browser.cookies)
    page = browser.send(wrong, farm.url + "login", username="admin", password=ADMIN_PASSWORD)
    assert (page.url, page.status) == (farm.url, 200)
    assert "Inbox" in page.text


def test_the_cookie_is_for_this_host_over_https_alone(farm):
    browser, _ = logged_in(farm)
    [cookie] = browser.cookies
    assert cookie.name.startswith("__Host-") and cookie.secure and cookie.path == "/" and not cookie.domain_specified
    assert cookie.has_nonstandard_attr("HttpOnly") and cookie.get_nonstandard_attr("SameSite") == "Lax"


def test_everything_on_the_page_loads_from_below_the_path(farm):
    browser, page = logged_in(farm)
    page = browser.open(farm.url + "?organization=test&project=field")
    links = set(page.links())
    assert all(link.startswith(farm.url) for link in links), links
    kinds = set()
    for link in links - {farm.url + "logout"}:  # which takes a form
        loaded = browser.open(link)
        assert (loaded.url, loaded.status) == (link, 200)
        kinds.add(loaded.headers.get_content_type())
    assert kinds >= {"text/css", "image/jpeg", "text/html"}  # the look, the inbox, the other project


def test_the_logout_ends_the_login(farm):
    browser, page = logged_in(farm)
    [cookie] = browser.cookies
    former = {"Cookie": f"{cookie.name}={cookie.value}"}
    assert farm.ask("GET", "/api/projects", headers=former).status == 200
    left = browser.send(page, farm.url + "logout")
    assert (left.url, left.status) == (farm.url + "login", 200)
    assert not list(browser.cookies)
    assert farm.ask("GET", "/api/projects", headers=former).status == 401
    assert browser.open(farm.url).url == farm.url + "login"


def test_a_foreign_page_is_refused(farm):
    origin = {"Origin": "https://example.org"} | farm.loop.headers
    own = {"Origin": f"https://localhost:{farm.proxy.port}"} | farm.loop.headers
    for method, path in (("GET", "/api/projects"), ("POST", "/api/test/projects/field/images"), ("POST", "/login")):
        refused = farm.ask(method, path, headers=origin)
        assert refused.status == 403 and "Origin" in refused.json()["detail"]
    assert farm.ask("GET", "/api/projects", headers=own).status == 200


def test_our_detector_reports_and_uploads_with_the_settings_of_its_token(farm, tmp_path):
    """They are taken as `token create` prints them: the URL, the token, name and project."""
    settings = settings_of(farm.loop.run("token", "create", "--node", "camera", "--project", "test/field"))
    assert settings["LOOP_HOST"] == farm.url.rstrip("/")
    port, image = free_port(), jpeg(farm.proxy.port)
    words = [BIN / "learning-loop", "detector", "--port", port, "--data-folder", tmp_path / "detector"]
    environment = settings | {"LOOP_SSL_CERT_PATH": str(farm.proxy.authority), "SYNC_CYCLES": "1"}
    with Program(words, port, tmp_path / "detector.log", "/about", environment) as node:
        assert node.post_files("/upload", [("image.jpg", image)], headers={"source": "behind a proxy"}).status == 200
        path = "/api/test/projects/field"
        wait_until(lambda: image in contents(farm.loop, path), "the image, byte for byte")
        def reports():
            return [one for one in farm.loop.get(f"{path}/detectors").json()["detectors"] if one["name"] == "camera"]
        wait_until(reports, "the detector's report")
    [row] = [row for row in images(farm.loop, path, image_ids(farm.loop, path)) if row["source"] == "behind a proxy"]
    assert row["state"] == "inbox"


def chromium(folder, *words):
    command = [shutil.which("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors",
               "--window-size=800,600", f"--user-data-dir={folder / 'profile'}", *words]
    environment = clean_environment({"HOME": str(folder)})
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_real_browser_shows_the_login_as_it_should_look(farm, tmp_path):
    if not shutil.which("chromium"):
        skip("chromium is missing: tools/setup test installs it")
    form = re.search(r'<form[^>]*class="login"[^>]*>.*?</form>', chromium(tmp_path, "--dump-dom", farm.url), re.DOTALL)
    assert form and 'action="/loop/login"' in form[0] and "<button>" in form[0]
    chromium(tmp_path, f"--screenshot={tmp_path / 'login.png'}", farm.url)
    with Image.open(tmp_path / "login.png") as screen:
        colours = {colour for _, colour in screen.convert("RGB").getcolors(1 << 20)}
    css = farm.ask("GET", "/page.css").body.decode()
    for name in ("ground", "accent"):  # behind everything, and of the button
        value = re.search(rf"--{name}: #(\w{{6}});", css)[1]
        assert tuple(bytes.fromhex(value)) in colours, f"nothing is {name}"


# ------------------------------------------------------------------------------------------- who is let in without login


def as_a_detector(asked, headers=None, source=None):
    """The statuses of what a detector without a login asks: an empty login, an image, the deployment target, a report."""
    body = json.dumps({"uuid": "1", "name": "1", "state": "online"})
    return [asked.ask(method, path, body, (headers or {}) | more, source).status for method, path, body, more in (
        ("POST", "/api/login", "username=&password=", FORM), ("POST", "/api/test/projects/field/images", "", {}),
        ("GET", "/api/test/projects/field/deployment/target", None, {}),
        ("POST", "/api/test/projects/field/detectors", body, {"Content-Type": "application/json"}))]


UNCERTAIN = {
    "a proxy that forwards nothing, before a Loop that knows its URL": (BARE, True, [], {}),
    "a proxy that forwards nothing": (BARE, True, ["--behind-proxy", "127.0.0.1"], {}),
    "a proxy that forwards nothing, and whose own network is listed":
        (BARE, True, ["--behind-proxy", "127.0.0.1"], {"ANONYMOUS_NODES": "127.0.0.0/8"}),
    "a proxy of which the Loop does not know, on a listed network":
        (PREFIX_STAYS, False, [], {"ANONYMOUS_NODES": "127.0.0.0/8"}),
    "a proxy that names the client, where none is listed": (PREFIX_STAYS, True, ["--behind-proxy", "127.0.0.1"], {}),
}


@pytest.mark.parametrize("what", UNCERTAIN)
def test_nobody_is_let_in_without_login(what, tmp_path):
    directives, is_public, more, environment = UNCERTAIN[what]
    with running(tmp_path, site_at("/", *directives), "/", more, environment, is_public) as made:
        generate(made.loop, "field")
        assert as_a_detector(made) == [401] * 4
        assert as_a_detector(made, {"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"}) == [401] * 4


@pytest.fixture(name="listed", scope="module")
def fixture_listed(tmp_path_factory):
    """The Loop behind a proxy that names its clients, of whom those of 127.0.3.0/24 need no login."""
    with running(tmp_path_factory.mktemp("listed"), site_at("/loop/", *PREFIX_GOES), more=["--behind-proxy", "127.0.0.1"],
                 environment={"ANONYMOUS_NODES": "127.0.3.0/24"}) as made:
        generate(made.loop, "field")
        yield made


def test_the_clients_own_address_decides(listed):
    granted = as_a_detector(listed, source="127.0.3.7")
    assert granted[0] == 200 and 401 not in granted and 403 not in granted
    assert as_a_detector(listed, source="127.0.4.7") == [401] * 4
    refused = listed.ask("POST", "/api/login", "", FORM, "127.0.4.7").json()["detail"]
    assert "127.0.4.7" in refused and "ANONYMOUS_NODES" in refused and "token create" in refused


@pytest.mark.parametrize("spoofed", [{"X-Forwarded-For": "127.0.3.7"}, {"X-Forwarded-For": "127.0.3.7, 127.0.0.1"},
                                     {"X-Real-IP": "127.0.3.7"}, {"Forwarded": "for=127.0.3.7"}], ids=str)
def test_what_a_client_says_of_its_address_does_not_count(listed, spoofed):
    assert as_a_detector(listed, spoofed, "127.0.4.7") == [401] * 4


def test_an_address_that_a_client_invents_does_not_shut_it_out(listed):
    assert as_a_detector(listed, {"X-Forwarded-For": "127.0.4.7"}, "127.0.3.7")[0] == 200


def test_the_scheme_that_a_client_invents_does_not_count(listed):
    """The proxy's own word does: the cookie stays one for https alone."""
    login = urllib.parse.urlencode({"username": "admin", "password": ADMIN_PASSWORD})
    answer = listed.ask("POST", "/api/login", login, FORM | {"X-Forwarded-Proto": "http"})
    assert answer.status == 200 and answer.headers["Set-Cookie"].startswith("__Host-") and "; Secure" in answer.headers["Set-Cookie"]


# --------------------------------------------------------------------------------------------- under a name of its own


@pytest.mark.parametrize("login", [{}, {"LOOP_USERNAME": "admin", "LOOP_PASSWORD": ADMIN_PASSWORD}], ids=["no login", "a login"])
def test_a_detector_of_the_library_works_with_a_loop_under_a_name_of_its_own(tmp_path, login):
    """Over https, since the name has learning-loop.ai in it. It uploads without any login, so its network is listed."""
    require_machines("--mount")
    assert PYTHON.exists(), "tools/fetch_peers brings the library"
    image = jpeg(1)
    with Machine() as server, Machine() as barn:
        server.join(barn, "10.77.0.1/24", "10.77.0.2/24")
        proxy = Proxy(tmp_path / "nginx", site_at("/", *PREFIX_STAYS), 8000, FARM, 8443, "10.77.0.1")
        with server.inside():
            proxy.start()
        with proxy:
            more = ["--public-url", f"https://{FARM}:8443/", "--behind-proxy", "127.0.0.1", "--anonymous-nodes", "10.77.0.0/24"]
            loop = distant_loop(Place(server), tmp_path, 8000, more)
            loop.environment = {"LOOP_ADMIN_PASSWORD": ADMIN_PASSWORD}
            with loop:
                path = generate(loop, "field", ORGANIZATION, trainings=1, box_categories=1)
                [model] = loop.get(f"{path}/models").json()["models"]
                assert loop.send_json("PUT", f"{path}/deployment/target", {"model_uuid": model["id"]}).status == 200
                (tmp_path / "peer").mkdir()
                environment = login | {"LOOP_HOST": f"{FARM}:8443", "LOOP_ORGANIZATION": ORGANIZATION, "LOOP_PROJECT": "field",
                                       "DATA_FOLDER": str(tmp_path / "peer"), "NODE_PORT": "8004", "SYNC_CYCLES": "1",
                                       "SSL_CERT_FILE": str(proxy.authority), "PYTHONDONTWRITEBYTECODE": "1"}
                command = mapped(tmp_path, "10.77.0.1", FARM, [PYTHON, DETECTOR / "main.py"])
                with DistantProgram(Place(barn), command, 8004, tmp_path / "peer.log", "/about", environment) as node:
                    assert node.post_files("/upload", [("image.jpg", image)]).status == 200
                    def report():
                        return [one for one in loop.get(f"{path}/detectors").json()["detectors"] if one["current_model"] == "1.0"]
                    [status] = wait_until(report, "a report with the model that is the target", 60)
                    assert (status["name"], status["target_model"]) == ("peer", "1.0")
                    wait_until(lambda: image in contents(loop, path), "the image, byte for byte")
            assert bool(login) == ("admin logged in from 10.77.0.2" in loop.log_text())
