"""Annotators of ours draw for people at our Loop: the ready-made one and the one of examples/03_annotator."""

import contextlib
import re
import signal
import uuid
from pathlib import Path

import pytest
from accounts import number_in
from annotators import POLYGON, SEGMENTER, Drawer, annotator
from loop_programs.ports import free_port
from machines import settings_of, skip
from node_status import live, problem, wait_until_connected
from nodes import jpeg_of, wait_until
from PIL import Image, ImageFilter
from programs import ADMIN_PASSWORD, generate, image_ids, loop_server, run_to_end
from reverse_proxy import GUIDES, NGINX, Proxy, site_at

SIZE = (320, 240)
THING = (120, 80, 200, 160)


def photo():
    """A bright thing on dark ground, both with some noise."""
    image = Image.effect_noise(SIZE, 20).point(lambda value: value - 70).convert("RGB")
    image.paste(Image.effect_noise((80, 80), 20).point(lambda value: value + 70).convert("RGB"), THING[:2])
    return jpeg_of(image.filter(ImageFilter.GaussianBlur(1)))


def begin_polygon(drawer, window):
    for place in ((120, 80), (200, 80), (200, 160)):
        svg = drawer.drawn("left_mouse_down", place, window)
    assert svg == '<polygon points="120,80 200,80 200,160 " fill="none" stroke="yellow"/>'
    return svg


def begin_segment(drawer, window):
    drawer.drawn("left_mouse_down", (105, 65), window)
    box = drawer.drawn("mouse_move", (215, 175), window)
    assert "105" in box and "stroke" in box, box
    svg = drawer.drawn("left_mouse_up", (215, 175), window)
    drawer.drawn("left_mouse_down", (140, 120), window, is_shift_key_pressed=True)
    drawer.drawn("mouse_move", (180, 120), window, is_shift_key_pressed=True)
    svg = drawer.drawn("left_mouse_up", (180, 120), window, is_shift_key_pressed=True)
    assert svg.startswith("<") and svg != box
    return svg


TOOLS = {"the ready-made one": (SEGMENTER, begin_segment), "the example": (POLYGON, begin_polygon)}


def finish(drawer, window, **more):
    return drawer.act("key_up", window=window, key_up="Enter", **more)


def area(corners):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, corners[1:] + corners[:1], strict=True))) / 2


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop")) as program:
        yield program


@pytest.fixture(name="path", scope="module")
def fixture_path(loop):
    return generate(loop, "field", inbox=1, segmentation_categories=1)


def settings(loop, name="artist"):
    """Those of a new token."""
    return settings_of(loop.run("token", "create", "--node", name))


def new_image(loop, path):
    before = set(image_ids(loop, path))
    answer = loop.post_files(f"{path}/images", [("image.jpg", photo())])
    assert answer.status == 200, answer
    [image] = set(image_ids(loop, path)) - before
    return image


@pytest.fixture(name="scene", scope="module", params=TOOLS)
def fixture_scene(request, loop, path, tmp_path_factory):
    """Somebody who draws, the node, and how a drawing is begun with its tool."""
    command, begin = TOOLS[request.param]
    name = "pen" if command == POLYGON else "scissors"
    drawer = Drawer(loop, path, new_image(loop, path), name)
    with annotator(tmp_path_factory.mktemp("artist"), command, settings(loop, name)) as node:
        drawer.wait_until_listed()
        yield drawer, node, begin
    wait_until(lambda: drawer.listed()["state"] == "offline", "a node that is gone")  # or it would draw for the next one


def test_the_node_is_listed_with_what_it_can_do(scene):
    drawer, node, _ = scene
    listed = drawer.listed()
    assert (listed["kind"], listed["state"], listed["capabilities"]) == ("annotation_node", "online", ["segmentation"])
    assert listed["errors"] == {} == live(node)["errors"] and listed["logged_in_as"] == f"node {drawer.node}"


def test_what_a_person_does_is_drawn_and_the_finished_shape_stands_in_the_loop(scene):
    drawer, _, begin = scene
    before = drawer.row()
    svg = begin(drawer, "shape")
    assert drawer.shapes() == [], "nothing is finished"
    answer = finish(drawer, "shape")
    assert answer.status == 200 and answer.json()["svg"] == svg
    [corners] = drawer.shapes()
    assert area(corners) == pytest.approx(80 * 80 / (2 if len(corners) == 3 else 1), rel=0.1)
    row = drawer.row()
    [annotation] = row["segmentation_annotations"]
    assert (annotation["category_id"], annotation["category_name"]) == (drawer.category["id"], drawer.category["name"])
    assert annotation["image_id"] == drawer.image and row["annotated_by"] == drawer.node
    assert row["revision"] == before["revision"] + 1 and row["state"] == before["state"]


def test_after_a_finished_shape_the_next_one_is_another(scene):
    drawer, _, begin = scene
    before = drawer.shapes()
    for _ in range(2):
        begin(drawer, "two")
        assert finish(drawer, "two").status == 200
    assert len(drawer.shapes()) == len(before) + 2


def test_each_window_has_a_drawing_of_its_own(scene):
    drawer, _, begin = scene
    begin(drawer, "first")
    begin(drawer, "second")
    before = len(drawer.shapes())
    drawer.close("first")
    assert finish(drawer, "first").status == 200 and len(drawer.shapes()) == before, "it was closed"
    assert finish(drawer, "second").status == 200 and len(drawer.shapes()) == before + 1


@pytest.mark.parametrize("end", ["Escape", "the end of the window", "another image"])
def test_what_was_begun_is_forgotten_at(scene, end):
    drawer, _, begin = scene
    begin(drawer, "begun")
    if end == "Escape":
        assert drawer.drawn("key_up", window="begun", key_up="Escape") == ""
    elif end == "another image":
        [other] = [one for one in image_ids(drawer.loop, drawer.path)][:1]
        drawer.drawn("mouse_move", window="begun", image=other)
    else:
        drawer.close("begun")
    before = len(drawer.shapes())
    assert finish(drawer, "begun").status == 200
    assert len(drawer.shapes()) == before
    begin(drawer, "begun")  # from its begin
    drawer.close("begun")


def fetched(loop, image):
    """How often a file of the image was asked for until now."""
    mark = str(uuid.uuid4())
    loop.get(f"/api/{mark}")
    wait_until(lambda: mark in loop.log_text(), "the line of the last request")
    return loop.log_text().count(f"/images/{image}/main")


def test_an_image_is_fetched_once_and_found_on_the_disk_after_a_restart(scene, loop, path):
    drawer, node, begin = scene
    image = new_image(loop, path)
    other = Drawer(loop, path, image)
    begin(other, "before")
    assert fetched(loop, image) == 1
    folder = Path(next(word for word in node.command if word.endswith("/data")))
    assert (folder / f"test/field/images/{image}.jpg").read_bytes() == loop.get(f"{path}/images/{image}/main").body
    known = drawer.listed()["id"]
    assert node.stop() == 0
    node.start()
    drawer.wait_until_listed()
    assert drawer.listed()["id"] == known, "it keeps its identity, too"
    begin(other, "after")
    assert finish(other, "after").status == 200
    assert fetched(loop, image) == 2, "once by the node, and once by this test"


def test_the_node_comes_back_and_draws_when_the_loop_restarts(scene):
    drawer, node, begin = scene
    drawer.loop.kill()
    wait_until(lambda: problem(node, "connection"), "a node that tells of it")
    assert node.get("/health/ready").status == 503
    drawer.loop.start()
    wait_until_connected(node)
    drawer.wait_until_listed()
    begin(drawer, "later")
    assert finish(drawer, "later").status == 200
    assert live(node)["errors"] == {}


def test_a_muted_node_leaves_its_loop_until_it_may_talk_again(scene):
    drawer, node, begin = scene
    assert node.ask("PUT", "/socketio", "off").status == 200
    wait_until(lambda: drawer.listed()["state"] == "offline", "a node that has left")
    assert drawer.act("left_mouse_down").status == 503 and live(node)["errors"] == {}
    assert node.ask("PUT", "/socketio", "on").status == 200
    drawer.wait_until_listed()
    begin(drawer, "loud")
    drawer.close("loud")


def test_the_loop_ends_it_with_exit_status_0(scene):
    drawer, node, begin = scene
    known = drawer.listed()["id"]
    assert drawer.loop.ask("POST", f"/api/nodes/annotation_node/{known}/restart").status == 200
    assert node.process.wait(20) == 0
    wait_until(lambda: drawer.listed()["state"] == "offline", "a node that is gone")
    node.start()  # as its service manager does
    drawer.wait_until_listed()
    assert drawer.listed()["id"] == known
    begin(drawer, "again")
    drawer.close("again")


# -------------------------------------------------------------------------------------------------- logins and the Loop


@contextlib.contextmanager
def artist(folder, environment, more=()):
    with annotator(folder, POLYGON, environment, more) as node:
        yield node


def wait_until_told(node, *words):
    """On its page and in its log."""
    wait_until(lambda: all(word in problem(node, "connection") for word in words), f"{words} on the page")
    assert all(word in node.log_text() for word in words), node.log_text()
    assert node.get("/health/ready").status == 503


def test_a_wrong_login_is_told_and_a_right_one_is_used_at_the_next_start(loop, tmp_path):
    wrong = {"LOOP_HOST": f"127.0.0.1:{loop.port}", "LOOP_USERNAME": "admin", "LOOP_PASSWORD": "hunter2", "NODE_NAME": "mistaken"}
    with artist(tmp_path, wrong) as node:
        wait_until_told(node, "refuses the login (401)", "LOOP_USERNAME and LOOP_PASSWORD")
        assert "hunter2" not in node.log_text() + str(live(node))
        node.stop()
        node.environment["LOOP_PASSWORD"] = ADMIN_PASSWORD
        node.start()
        wait_until_connected(node)
        assert live(node)["errors"] == {}


def test_a_password_that_is_mended_at_the_loop_is_taken_without_a_restart(tmp_path):
    with loop_server(tmp_path) as loop, artist(tmp_path / "artist", {
            "LOOP_HOST": f"127.0.0.1:{loop.port}", "LOOP_USERNAME": "admin", "LOOP_PASSWORD": "the node's own word"}) as node:
        wait_until_told(node, "refuses the login")
        loop.run("user", "password", "--user", "admin", "--from-stdin", stdin="the node's own word\n")
        wait_until_connected(node)
        assert live(node)["errors"] == {}


@pytest.mark.parametrize("login", ["none at all", "a token that is none", "a token that was revoked"])
def test_a_node_without_a_valid_login_is_told_so(loop, tmp_path, login):
    environment = {"LOOP_HOST": f"127.0.0.1:{loop.port}"}
    if login == "a token that is none":
        environment["LOOP_TOKEN"] = "nonsense"
    elif login == "a token that was revoked":
        printed = loop.run("token", "create", "--node", "former")
        loop.run("token", "revoke", number_in(printed))
        environment = settings_of(printed)
    with artist(tmp_path, environment) as node:
        wait_until_told(node, "log in first" if login == "none at all" else "is none of this Loop, or was revoked", "token create")
        node.stop()
        node.environment = settings(loop, "later")
        node.start()
        wait_until_connected(node)
        assert live(node)["errors"] == {}


def test_a_token_that_is_revoked_while_it_is_used_ends_the_connection_and_is_told(loop, tmp_path):
    printed = loop.run("token", "create", "--node", "dismissed")
    with artist(tmp_path, settings_of(printed)) as node:
        wait_until_connected(node)
        loop.run("token", "revoke", number_in(printed))
        wait_until_told(node, "token create")


def test_a_loop_that_is_away_at_the_start_is_told_and_used_once_it_is_there(tmp_path):
    away = loop_server(tmp_path)
    with artist(tmp_path / "artist", {"LOOP_HOST": f"127.0.0.1:{away.port}", "LOOP_USERNAME": "admin",
                                      "LOOP_PASSWORD": ADMIN_PASSWORD}) as node:
        wait_until_told(node, f"127.0.0.1:{away.port}")
        with away:
            wait_until_connected(node)
            assert live(node)["errors"] == {}


def test_another_program_in_the_loops_place_is_told(loop, tmp_path):
    """A person names the port of another service."""
    with artist(tmp_path / "first", settings(loop, "first")) as other, \
            artist(tmp_path / "second", {"LOOP_HOST": f"127.0.0.1:{other.port}"}) as node:
        wait_until_told(node, "status", "404")


def test_two_nodes_on_one_data_folder_do_not_get_in_each_others_way(loop, tmp_path):
    with artist(tmp_path, settings(loop, "first")) as node:
        wait_until_connected(node)
        for command in (POLYGON, SEGMENTER):
            status, said = run_to_end([*command, "--port", free_port(), "--data-folder", tmp_path / "data"])
            assert status == 2 and str(tmp_path / "data") in said and str(node.process.pid) in said, said
        assert node.get("/health/ready").status == 200


def test_a_node_ends_soon_when_it_is_told_to(loop, tmp_path):
    for number in (signal.SIGTERM, signal.SIGINT):
        with artist(tmp_path, settings(loop, "first")) as node:
            wait_until_connected(node)
            assert node.stop(number) == 0


# What is wrong: flags, variables, and the words that the refusal has to contain.
WRONG_SETTINGS = {
    "a flag that there is not": (["--colour", "red"], {}, ["--colour", "--help"]),
    "a port that is no number": (["--port", "many"], {}, ["--port", "NODE_PORT", "many"]),
    "no windows": (["--max-windows", "0"], {}, ["--max-windows", "MAX_WINDOWS", "0"]),
    "bytes that are no number": ([], {"IMAGE_DISK_BYTES": "lots"}, ["--image-disk-bytes", "IMAGE_DISK_BYTES", "lots"]),
    "tiny images": (["--max-image-pixels", "5"], {}, ["--max-image-pixels", "MAX_IMAGE_PIXELS"]),
    "no name": (["--name", ""], {}, ["--name", "NODE_NAME"]),
    "a login in the address": (["--loop-host", "http://u:hunter2@host"], {}, ["--loop-host", "LOOP_PASSWORD"]),
    "an address that is none": (["--loop-host", "http://a b"], {}, ["--loop-host", "a b"]),
    "the API's address": (["--loop-host", "http://host/api"], {}, ["--loop-host", "/api"]),
    "a password over plain http": (["--loop-host", "farm.example"], {"LOOP_USERNAME": "u", "LOOP_PASSWORD": "hunter2"},
                                   ["--loop-host", "http://"]),
    "a token with a blank": ([], {"LOOP_TOKEN": "two words"}, ["LOOP_TOKEN", "blank"]),
    "a CA file that is not there": (["--loop-ssl-cert-path", "/nowhere.pem"], {}, ["--loop-ssl-cert-path", "/nowhere.pem"]),
    "a data folder that cannot be": (["--data-folder", "/proc/nowhere"], {}, ["/proc/nowhere"]),
    "a password as a flag": (["--password", "hunter2"], {}, ["LOOP_PASSWORD"]),
}


@pytest.mark.parametrize("what", WRONG_SETTINGS)
@pytest.mark.parametrize("command", [SEGMENTER, POLYGON], ids=["annotator", "example"])
def test_a_wrong_setting_is_named_with_its_remedy(command, what, tmp_path):
    words, environment, named = WRONG_SETTINGS[what]
    folder = [] if "--data-folder" in words else ["--data-folder", tmp_path]
    port = [] if "--port" in words else ["--port", free_port()]
    status, said = run_to_end([*command, *folder, *port, *words], environment)
    assert status == 2, said
    assert all(word in said for word in named), said
    assert "hunter2" not in said and "two words" not in said


# ---------------------------------------------------------------------------------------------------------- behind nginx

# It has no line for an upgrade, as many sites that were made for pages alone.
WITHOUT_UPGRADE = site_at("/loop/", "proxy_pass http://127.0.0.1:8000/", "proxy_set_header Host $host",
                          "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for", "proxy_set_header X-Forwarded-Proto $scheme")
SITES = {"WebSocket": GUIDES, "polling": WITHOUT_UPGRADE}


@pytest.mark.parametrize("way", SITES)
def test_a_node_behind_nginx_draws_with_the_settings_of_its_token_over(way, tmp_path):
    if not NGINX:
        skip("nginx is missing: tools/setup test installs it")
    port, proxy_port = free_port(), free_port()
    more = ["--public-url", f"https://localhost:{proxy_port}/loop/", "--behind-proxy", "127.0.0.1"]
    with Proxy(tmp_path / "nginx", SITES[way], port, "localhost", proxy_port) as proxy, loop_server(tmp_path, port, more=more) as loop:
        environment = settings(loop) | {"LOOP_SSL_CERT_PATH": str(proxy.authority)}
        assert environment["LOOP_HOST"] == f"https://localhost:{proxy_port}/loop"
        path = generate(loop, "field", inbox=1, segmentation_categories=1)
        drawer = Drawer(loop, path, new_image(loop, path))
        with artist(tmp_path / "artist", environment) as node:
            for _ in range(2):
                drawer.wait_until_listed()
                begin_polygon(drawer, "one")
                assert finish(drawer, "one").status == 200
                loop.kill()
                loop.start()
                drawer.wait_until_listed()
            node.stop()  # nginx tells of a WebSocket when it has ended
        assert len(drawer.shapes()) == 2
    used = re.findall(r'transport=(\w+)[^"]*" (\d+)', (tmp_path / "nginx/access.log").read_text())
    assert (("websocket", "101") in used) == (way == "WebSocket"), used
    if way == "polling":
        assert used.count(("polling", "200")) > 20 and ("websocket", "400") in used, "upgrades were tried and refused"
