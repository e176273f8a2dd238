"""An annotation node of ours draws for people at the Loop: directly, and behind nginx over WebSocket and over long-polling."""

import contextlib
import re

import pytest
from loop_programs.ports import free_port
from machines import settings_of, skip
from nodes import wait_until
from programs import BIN, generate, image_ids, images, loop_server
from reverse_proxy import GUIDES, NGINX, Proxy, site_at
from socketio_programs import Lines, flags

# It has no line for an upgrade, as many sites that were made for pages alone.
WITHOUT_UPGRADE = site_at("/loop/", "proxy_pass http://127.0.0.1:8000/", "proxy_set_header Host $host",
                          "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for", "proxy_set_header X-Forwarded-Proto $scheme")
WAYS = {"directly": (None, "websocket"), "behind nginx over WebSocket": (GUIDES, "websocket"),
        "behind nginx over polling": (WITHOUT_UPGRADE, "polling")}


class Way:
    """A Loop and an annotation node that has reported there."""

    def __init__(self, loop, node, transports):
        self.loop, self.node, self.transports = loop, node, transports
        self.path = generate(loop, "field", inbox=2, segmentation_categories=1)
        self.image = image_ids(loop, self.path)[0]
        self.category = next(one for one in loop.get(self.path).json()["categories"] if one["type"] == "segmentation")

    def draw(self, event_type, window="w", **more):
        data = {"coordinate": {"x": 30, "y": 40}, "event_type": event_type, "image_uuid": self.image, "category": self.category,
                "context": {"organization": "test", "project": "field"}} | more
        return self.loop.send_json("POST", f"{self.path}/user_input", {"frontend_id": window, "data": data})

    def restart_loop(self):
        """Until the node has reported again."""
        self.loop.kill()
        self.loop.start()
        for event in ("disconnected", "connected", "reported"):
            self.node.kept.clear()
            self.node.wait_for(event)

    def shapes(self):
        """The id and the corners of each shape in the image."""
        [image] = images(self.loop, self.path, [self.image])
        assert {one["category_id"] for one in image["segmentation_annotations"]} <= {self.category["id"]}
        return [(one["id"], [(point["x"], point["y"]) for point in one["shape"]["points"]])
                for one in image["segmentation_annotations"]]


@pytest.fixture(name="way", scope="module", params=WAYS)
def fixture_way(request, tmp_path_factory):
    site, transport = WAYS[request.param]
    if site and not NGINX:
        skip("nginx is missing: tools/setup test installs it")
    folder, port, proxy_port = tmp_path_factory.mktemp("way"), free_port(), free_port()
    more = ["--public-url", f"https://localhost:{proxy_port}/loop/", "--behind-proxy", "127.0.0.1"] if site else []
    with contextlib.ExitStack() as stack:
        proxy = stack.enter_context(Proxy(folder / "nginx", site, port, "localhost", proxy_port)) if site else None
        loop = stack.enter_context(loop_server(folder, port, more=more))
        token = settings_of(loop.run("token", "create", "--node", "artist"))
        settings = {"url": token["LOOP_HOST"], "token": token["LOOP_TOKEN"], "name": "artist", "transport": transport}
        if proxy:
            settings["ca_file"] = proxy.authority
        node = stack.enter_context(Lines([BIN / "annotation_node", *flags(settings)], folder / "node.log"))
        assert node.wait_for("reported")["ack"][0]["success"] is True
        yield Way(loop, node, lambda: re.findall(r"transport=(\w+)", (folder / "nginx/access.log").read_text()) if proxy else [])


def test_what_a_person_does_reaches_the_node_and_its_shape_the_image(way):
    assert way.draw("left_mouse_down").json() == {"svg": ""}
    assert way.draw("left_mouse_up").json() == {"svg": '<circle cx="30" cy="40" r="5"/>'}
    [(shape, corners)] = way.shapes()
    assert corners == [(25, 35), (35, 35), (35, 45), (25, 45)]
    way.draw("left_mouse_up", coordinate={"x": 130, "y": 40})
    assert way.shapes() == [(shape, [(125, 35), (135, 35), (135, 45), (125, 45)])], "the same id replaces the shape"
    way.draw("left_mouse_up", window="another")
    assert len(way.shapes()) == 2


def test_a_window_that_is_closed_is_forgotten(way):
    way.draw("mouse_move", window="closed")
    assert way.loop.ask("DELETE", f"{way.path}/user_input/closed").status == 200
    assert way.node.wait_for("forgotten")["frontend"].endswith("closed")


def test_the_node_is_listed_and_comes_back_when_the_loop_restarts(way):
    [listed] = way.loop.get("/api/nodes").json()["nodes"]
    assert (listed["kind"], listed["name"], listed["state"], listed["capabilities"]) == (
        "annotation_node", "artist", "online", ["segmentation"])
    assert listed["logged_in_as"] == "node artist"
    way.restart_loop()
    assert way.draw("left_mouse_up", window="after").json()["svg"]


@pytest.mark.parametrize("way", list(WAYS)[1:], indirect=True)
def test_it_came_over_the_transport_that_it_was_to(way, request):
    """nginx logs a WebSocket when it ends."""
    name = request.node.callspec.params["way"]
    way.restart_loop()
    wait_until(lambda: "websocket" in way.transports(), "the transport in nginx's log")
    used = way.transports()
    if name.endswith("polling"):
        assert used.count("polling") > used.count("websocket"), "upgrades were tried and refused"
    else:
        assert set(used) == {"websocket"}
