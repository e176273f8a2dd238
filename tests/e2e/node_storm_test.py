"""Two hundred nodes that a Loop loses when it restarts are all back soon, and the Loop answers everybody meanwhile."""

import contextlib
import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest
from accounts import secret_in
from loop_programs.login_storm import addresses, log_in_from
from loop_programs.one_request import ask_once
from programs import ADMIN_PASSWORD, ROOT, generate, loop_server
from socketio_programs import PYTHON, Lines

MAIN = ROOT / "tests/e2e/scripted_nodes/main.py"
NODES = {"trainer": 80, "annotation_node": 80, "detector": 40}
LOGINS = {"trainer": ("cookie", "token", "kept cookie", "token"), "annotation_node": ("cookie", "token", "kept cookie", "token"),
          "detector": ("none", "token")}
COUNT = sum(NODES.values())
BACK_S = 60
WATCHED_FROM = "127.9.0.1"
STATUS_S = 2  # the most that an answer of GET /api/status may take meanwhile


class Watch:
    """Asks for /api/status again and again, from an address of its own."""

    def __init__(self, loop):
        self.loop, self.slowest, self.statuses, self.ending = loop, 0, Counter(), threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.ending.is_set():
            begin = time.monotonic()
            answer = ask_once(("127.0.0.1", self.loop.port), "GET", "/api/status", source=WATCHED_FROM)
            self.statuses[answer.status] += 1
            self.slowest = max(self.slowest, time.monotonic() - begin)
            time.sleep(0.02)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("storm")) as server:
        yield server


@pytest.fixture(name="path", scope="module")
def fixture_path(loop):
    return generate(loop, "crowd")


@pytest.fixture(name="nodes", scope="module")
def fixture_nodes(loop):
    nodes = []
    for kind, count in NODES.items():
        nodes += [{"kind": kind, "name": f"{kind}-{number}", "login": login, "token": None}
                  for number, login in zip(range(count), cycle(LOGINS[kind]))]
    with_token = [node for node in nodes if node["login"] == "token"]
    with ThreadPoolExecutor(2) as pool:
        for node, made in zip(with_token, pool.map(lambda node: loop.run("token", "create", "--node", node["name"]), with_token)):
            node["token"] = secret_in(made)
    return nodes


@contextlib.contextmanager
def crowd_at(loop, nodes, addresses, log):
    """The nodes, each at an address; its first line is told once all have reported."""
    nodes = [node | {"address": address} for node, address in zip(nodes, addresses)]
    settings = {"url": f"http://127.0.0.1:{loop.port}", "password": ADMIN_PASSWORD, "nodes": nodes}
    with Lines([PYTHON, "-B", MAIN], log, {"NODES": json.dumps(settings)}) as crowd:
        yield crowd


def connected(loop, path):
    nodes = [node["name"] for node in loop.get("/api/nodes").json()["nodes"] if node["state"] != "offline"]
    return len(nodes) + len(loop.get(f"{path}/detectors").json()["detectors"])


def lose_and_await(loop, crowd, how):
    """What the nodes have done until all were back after a `restart` or a `kill`."""
    getattr(loop, {"restart": "stop"}.get(how, how))()
    begin = time.monotonic()
    loop.start()
    with Watch(loop) as watch:
        back = crowd.wait_for("all are back", BACK_S)
    took = time.monotonic() - begin
    print(f"\nfigures: {COUNT} nodes back {took:.1f} s after a {how}, {back['logins']} logins, the slowest in "
          f"{back['slowest_login_s']:.1f} s, /api/status in {watch.slowest * 1000:.0f} ms at most\n    {back}")
    assert took < BACK_S and watch.slowest < STATUS_S and watch.statuses.keys() == {200}
    return back


def logins_in_log(loop):
    return sum("method=POST path=/api/login status=200 " in line for line in loop.log_text().splitlines())


def test_all_nodes_are_back_after_a_restart_and_after_a_kill_and_log_in_once_at_most(loop, path, nodes, tmp_path):
    anew = sum(node["login"] == "cookie" for node in nodes)
    once = sum(node["login"] == "kept cookie" for node in nodes)
    with crowd_at(loop, nodes, addresses(7, COUNT), tmp_path / "nodes.log") as crowd:
        assert crowd.wait_for("all are back", BACK_S)["logins"] == anew + once
        for how in ("restart", "kill"):
            assert connected(loop, path) == COUNT
            logins = logins_in_log(loop)
            back = lose_and_await(loop, crowd, how)
            assert not any(what.startswith(("refused", "login:")) for what in back), back
            assert back["logins"] == logins_in_log(loop) - logins == anew, "a cookie that counts still is used again"
        assert connected(loop, path) == COUNT


def test_nodes_that_share_an_address_are_back_as_well_though_they_have_to_wait_for_each_other(loop, path, nodes, tmp_path):
    with crowd_at(loop, nodes, ["127.0.0.1"] * COUNT, tmp_path / "nodes.log") as crowd:
        crowd.wait_for("all are back", BACK_S)
        lose_and_await(loop, crowd, "kill")
        assert connected(loop, path) == COUNT


def test_two_hundred_logins_at_once_are_all_granted_and_delay_nobody_else(loop):
    with ThreadPoolExecutor(COUNT) as pool, Watch(loop) as watch:
        begin = time.monotonic()
        statuses = Counter(pool.map(lambda address: log_in_from(address, loop.port, "admin", ADMIN_PASSWORD).status, addresses(8, COUNT)))
        took = time.monotonic() - begin
    print(f"\nfigures: {COUNT} logins at once in {took:.1f} s, /api/status in {watch.slowest * 1000:.0f} ms at most")
    assert statuses == {200: COUNT}
    assert watch.slowest < STATUS_S and watch.statuses.keys() == {200}
