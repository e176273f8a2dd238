"""A real browser, Chromium, with the Loop's page: what a person does there, and what a foreign page tries behind the person's back."""

import contextlib
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from browser import CHROMIUM, Chromium
from loop_programs.ports import free_port
from machines import skip
from nodes import wait_until
from programs import ADMIN_PASSWORD, generate, loop_server
from reverse_proxy import GUIDES, NGINX, Proxy


@pytest.fixture(autouse=True, scope="module")
def fixture_chromium():
    if not CHROMIUM:
        skip("chromium is missing: tools/setup test installs it")


@contextlib.contextmanager
def directly(folder):
    with loop_server(folder) as loop:
        generate(loop, "field", inbox=2)
        yield f"http://127.0.0.1:{loop.port}/"


@contextlib.contextmanager
def behind_a_proxy(folder):
    """Over https and below a path, as the guide has it."""
    if not NGINX:
        skip("nginx is missing: tools/setup test installs it")
    port, proxy_port = free_port(), free_port()
    url = f"https://localhost:{proxy_port}/loop/"
    with Proxy(folder / "nginx", GUIDES, port, "localhost", proxy_port), \
            loop_server(folder, port, more=["--public-url", url, "--behind-proxy", "127.0.0.1"]) as loop:
        generate(loop, "field", inbox=2)
        yield url


@pytest.fixture(name="url", scope="module")
def fixture_url(tmp_path_factory):
    with directly(tmp_path_factory.mktemp("loop")) as url:
        yield url


@pytest.fixture(name="chromium")
def fixture_chromium_of_a_person(tmp_path):
    with Chromium(tmp_path, "--ignore-certificate-errors") as browser:
        yield browser


def log_in(chromium, password=ADMIN_PASSWORD):
    chromium.fill_in(username="admin", password=password)
    chromium.press("Log in")


@pytest.mark.parametrize("way", [directly, behind_a_proxy], ids=["directly", "behind a proxy"])
def test_a_person_logs_in_sees_the_images_and_logs_out(way, chromium, tmp_path):
    with way(tmp_path) as url:
        chromium.open(url)
        assert (chromium.url, chromium.status) == (url + "login", 200)

        log_in(chromium, "of another")
        assert (chromium.url, chromium.status) == (url + "login", 401)
        assert "the username or the password is wrong" in chromium.text

        log_in(chromium)
        assert (chromium.url, chromium.status) == (url, 200), chromium.text
        assert "test / field" in chromium.text
        wait_until(lambda: chromium.evaluate("document.images.length === 2 && [...document.images].every(one => one.naturalWidth > 0)"),
                   "the images of the inbox")

        chromium.press("Log out")
        assert (chromium.url, chromium.status) == (url + "login", 200), chromium.text
        assert not chromium.cookies_for(url)
        chromium.open(url)
        assert chromium.url == url + "login"


@contextlib.contextmanager
def foreign_page(host, head, action):
    """The address of a page on a port of its own, with a form that it sends to the Loop."""
    page = f"""<!DOCTYPE html><html><head><title>Prizes</title>{head}</head><body>
        <form method="post" action="{escape(action)}"><input name="username" value="admin">
        <input name="password" value="{escape(ADMIN_PASSWORD)}"><button>Win a prize</button></form></body></html>"""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield f"http://{host}:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


SILENT = '<meta name="referrer" content="no-referrer">'
FOREIGN = {
    "of another site": ("localhost", "", "http://localhost"),
    "of another site, which hides its origin": ("localhost", SILENT, "null"),
    "of another port, with the cookie": ("127.0.0.1", "", "http://127.0.0.1"),
    "of another port, with the cookie, which hides its origin": ("127.0.0.1", SILENT, "null"),
}


@pytest.mark.parametrize("foreign", FOREIGN)
def test_the_form_of_a_foreign_page_changes_nothing(foreign, url, chromium):
    host, head, origin = FOREIGN[foreign]
    chromium.open(url)
    log_in(chromium)
    assert chromium.url == url, chromium.text
    cookies = chromium.cookies_for(url)
    assert cookies
    for path in ("login", "api/login", "logout", "api/logout"):
        with foreign_page(host, head, url + path) as page:
            chromium.open(page)
            chromium.press("Win a prize")
            assert (chromium.url, chromium.status) == (url + path, 403), chromium.text
        assert chromium.asked_with["Origin"].startswith(origin)
        assert ("Cookie" in chromium.asked_with) == (host == "127.0.0.1")  # a cookie is one of all ports of a host
        assert chromium.cookies_for(url) == cookies
        chromium.open(url)
        assert (chromium.url, chromium.status) == (url, 200)
        assert "Log out" in chromium.text
