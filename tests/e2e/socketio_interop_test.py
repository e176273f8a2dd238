"""Our Socket.IO server and client beside those of others: python-socketio and the JavaScript client, over every transport.

tools/fetch_peers brings them. All clients are told what to do by the same lines; see socketio_programs.py. Where each pair of server
and client takes seconds, those beyond one of each kind are marked `soak`; LL_CONNECTS=1000 makes the crowd connect that often.
"""
import os
import signal
import socket
import time

import pytest
from engineio_by_hand import Service
from nodes import wait_until
from loop_programs.ports import free_port
from socketio_programs import client, crowd, our_server, python_server, shown

FRAME_BYTES = 3840 * 2160 * 3  # of a camera, uncompressed
AUTH = '{"token":"123"}'
PEERS = ["python asyncio", "python threads", "javascript"]
TRANSPORTS = ["websocket", "polling", "upgrade"]
PEER_CLIENTS = [(kind, transport) for kind in PEERS for transport in TRANSPORTS]
OUR_CLIENTS = [("ours", "websocket"), ("ours", "polling")]  # ours always upgrades from polling

# Which server, which client, over what.
PAIRS = [("ours", *pair) for pair in PEER_CLIENTS + OUR_CLIENTS] + [("python", *pair) for pair in OUR_CLIENTS]

# Each server with each client, and each transport.
ONE_OF_EACH_KIND = [("ours", "python asyncio", "websocket"), ("ours", "python threads", "upgrade"), ("ours", "javascript", "polling"),
                    ("ours", "ours", "polling"), ("python", "ours", "websocket")]
beyond_one_of_each_kind = pytest.mark.soak_when(claim=lambda case: case["pair"] not in ONE_OF_EACH_KIND)


def is_slow_frame(case):
    """Two of the three clients of others that poll for a whole frame."""
    return case["size"] == FRAME_BYTES and case["peer"] in [("ours", "python threads", "polling"), ("ours", "javascript", "polling")]


CONNECTS = int(os.environ.get("LL_CONNECTS") or 200)


def name(value):
    return "-".join(value).replace(" ", "_")


def started(server, folder, **settings):
    return {"ours": our_server, "python": python_server}[server](folder, **settings)


def connected(kind, transport, server, folder, **settings):
    """A client that is connected, over the transport that was asked for."""
    peer = client(kind, server, folder, transport=transport, **settings)
    peer.wait_for("connected")
    if kind != "ours":
        peer.wait_for("transport", name="polling" if transport == "polling" else "websocket")
    return peer


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("interop")


@pytest.fixture(name="servers", scope="module")
def fixture_servers(folder):
    with our_server(folder) as ours, python_server(folder) as python:
        yield {"ours": ours, "python": python}


@pytest.fixture(name="peer", scope="module", params=PAIRS, ids=name)
def fixture_peer(request, servers, folder):
    """A client that is connected to a server, one of them ours."""
    server, kind, transport = request.param
    with connected(kind, transport, servers[server], folder, auth=AUTH) as peer:
        yield peer


# ------------------------------------------------------------------------------------------------------ events and acks


def test_a_client_connects_with_its_payload(peer):
    assert peer.received("auth") == [{"token": "123"}]


def test_text_comes_back_as_it_went(peer):
    arguments = [1, -0.5, "zw\u00f6lf \u20ac \U0001f600 \u2028", {"3": [True, None, {}]}, []]
    peer.tell(emit="message", arguments=arguments)
    assert peer.received("message-back") == arguments


@pytest.mark.soak_when(claim=is_slow_frame)
@pytest.mark.parametrize("size", [0, 1000, FRAME_BYTES])
def test_bytes_come_back_as_they_went(peer, size):
    peer.tell(emit="message", arguments=["image"], binary_bytes=size)
    assert peer.received("message-back") == ["image", shown(size)]


def test_messages_come_back_in_order(peer):
    for number in range(200):
        peer.tell(emit="message", arguments=[number])
    back = [peer.received("message-back") for _ in range(200)]
    if peer.kind == "python threads":  # each of its handlers runs in a thread of its own
        back.sort()
    assert back == [[number] for number in range(200)]


def test_a_call_is_answered(peer):
    assert peer.call("message-with-ack", 1, "two", {"3": []}) == [1, "two", {"3": []}]


def test_a_call_without_arguments_is_answered_without(peer):
    assert peer.call("message-with-ack") == []


@pytest.mark.soak_when(claim=is_slow_frame)
@pytest.mark.parametrize("size", [1000, FRAME_BYTES])
def test_a_call_with_bytes_is_answered_with_them(peer, size):
    assert peer.call("message-with-ack", "image", binary_bytes=size) == ["image", shown(size)]


def test_the_server_calls_the_client_and_is_answered(peer):
    peer.tell(emit="call-me", arguments=[{"number": 7}])
    assert peer.received("question") == [{"number": 7}]
    assert peer.received("answered") == [{"number": 7}]


def test_the_server_calls_the_client_with_bytes_and_is_answered_with_them(peer):
    peer.tell(emit="call-me", arguments=[], binary_bytes=1000)
    assert peer.received("question") == [shown(1000)]
    assert peer.received("answered") == [shown(1000)]


def test_calls_may_overlap(peer):
    for number in range(20):
        peer.tell(call="message-with-ack", arguments=[number])
    answers = [peer.wait_for("answer")["arguments"] for _ in range(20)]
    assert sorted(answers) == [[number] for number in range(20)]


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_a_namespace_has_the_same_events(servers, folder, pair):
    server, kind, transport = pair
    with connected(kind, transport, servers[server], folder, namespace="/custom", auth=AUTH) as peer:
        assert peer.received("auth") == [{"token": "123"}]
        assert peer.call("message-with-ack", 1, binary_bytes=1000) == [1, shown(1000)]
        peer.tell(emit="call-me", arguments=[2])
        assert peer.received("answered") == [2]


def test_our_client_stays_with_polling_where_no_upgrade_is_offered(folder):
    with python_server(folder, transports="polling") as server, connected("ours", "polling", server, folder, auth=AUTH) as ours:
        assert ours.received("auth") == [{"token": "123"}]
        for number in range(200):
            ours.tell(emit="message", arguments=[number])
        assert [ours.received("message-back") for _ in range(200)] == [[number] for number in range(200)]
        assert ours.call("message-with-ack", 1, binary_bytes=FRAME_BYTES) == [1, shown(FRAME_BYTES)]


@beyond_one_of_each_kind
@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_a_client_that_quits_leaves_nothing_behind(folder, pair):
    server, kind, transport = pair
    with started(server, folder) as visited:
        before = visited.descriptors()
        with connected(kind, transport, visited, folder) as peer:
            assert peer.call("message-with-ack", 1) == [1]
            peer.tell(quit=True)
            assert peer.wait_end() == 0
        wait_until(lambda: visited.descriptors() == before, "the descriptors of before the client", 10)


# ----------------------------------------------------------------------------------------- what only their clients can say


@pytest.fixture(name="visitor", params=PEER_CLIENTS, ids=name)
def fixture_visitor(request, servers, folder):
    """A client of others at our server."""
    with connected(*request.param, servers["ours"], folder) as visitor:
        yield visitor


def test_a_client_leaves_and_comes_again(visitor):
    for _ in range(3):
        visitor.tell(disconnect=True)
        visitor.wait_for("disconnected")
        visitor.tell(connect=True)
        visitor.wait_for("connected")
        assert visitor.call("message-with-ack", "again") == ["again"]


def test_bytes_lie_anywhere_in_the_arguments(visitor):
    def arguments(content):
        return [{"images": [{"format": "jpeg", "bytes": content(1)}, {"format": "raw", "bytes": content(2000)}]}, content(3)]
    visitor.tell(emit="message", arguments=arguments(lambda size: {"$bytes": size}))
    assert visitor.received("message-back") == arguments(shown)


@pytest.mark.parametrize("kind, transport", PEER_CLIENTS, ids=lambda value: value.replace(" ", "_"))
def test_a_namespace_that_there_is_not_is_an_error_that_says_so(servers, folder, kind, transport):
    with client(kind, servers["ours"], folder, transport=transport, namespace="/random") as peer:
        assert peer.wait_for("refused")["error"] == {"message": "Invalid namespace"}


# -------------------------------------------------------------------------------------------------- when the other one goes


@beyond_one_of_each_kind
@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_a_client_comes_back_to_a_server_that_was_killed(folder, pair):
    server, kind, transport = pair
    with started(server, folder, port=free_port()) as loop, connected(kind, transport, loop, folder) as peer:
        for turn in range(2):
            assert peer.call("message-with-ack", turn) == [turn]
            loop.kill()
            peer.wait_for("disconnected")
            loop.start()
            peer.wait_for("connected")
        assert peer.call("message-with-ack", "back", binary_bytes=FRAME_BYTES) == ["back", shown(FRAME_BYTES)]
        peer.tell(emit="call-me", arguments=["back"])
        assert peer.received("answered") == ["back"]


HEARTBEAT = {"ping_interval_ms": 1000, "ping_timeout_ms": 1000}


@beyond_one_of_each_kind
@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_a_client_leaves_a_server_that_says_nothing_and_comes_back(folder, pair):
    server, kind, transport = pair
    with started(server, folder, **HEARTBEAT) as frozen, connected(kind, transport, frozen, folder) as peer:
        frozen.process.send_signal(signal.SIGSTOP)
        peer.wait_for("disconnected", 20)
        frozen.process.send_signal(signal.SIGCONT)
        peer.wait_for("connected", 60)
        assert peer.call("message-with-ack", "back") == ["back"]


def pass_time(server, pings):
    """As long as a session by hand gets that many pings."""
    clock = Service(server.port, "/socket.io/").open("websocket")
    clock.send("40")
    for _ in range(pings):
        while clock.receive() != "2":
            pass
        clock.send("3")
    clock.close()


@pytest.mark.soak_when(claim=lambda case: ("ours", case["kind"], case["transport"]) not in ONE_OF_EACH_KIND)
@pytest.mark.parametrize("kind, transport", PEER_CLIENTS + OUR_CLIENTS, ids=lambda value: value.replace(" ", "_"))
def test_a_server_leaves_a_client_that_says_nothing_and_takes_it_again(folder, kind, transport):
    with our_server(folder, **HEARTBEAT) as server, connected(kind, transport, server, folder) as frozen:
        frozen.process.send_signal(signal.SIGSTOP)
        pass_time(server, pings=4)
        frozen.process.send_signal(signal.SIGCONT)
        frozen.wait_for("disconnected")
        frozen.wait_for("connected")
        assert frozen.call("message-with-ack", "back") == ["back"]


def attempts(listener, count, seconds):
    """When the first `count` connections came; each is closed at once."""
    listener.settimeout(seconds)
    times = []
    for _ in range(count):
        connection, _ = listener.accept()
        times.append(time.monotonic())
        connection.close()
    return times


beyond_websocket = pytest.mark.soak_when(claim=lambda case: case["transport"] != "websocket")


@beyond_websocket
@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_our_client_waits_longer_from_attempt_to_attempt(folder, transport):
    with our_server(folder, port=free_port()) as server, connected("ours", transport, server, folder) as ours:
        server.kill()
        ours.wait_for("disconnected")
        lost = time.monotonic()
        with socket.create_server(("127.0.0.1", server.port)) as listener:
            times = attempts(listener, 3, 30)
        waits = [later - earlier for earlier, later in zip([lost, *times], times)]
        print(f"\nwaits of our client over {transport}: {', '.join(f'{wait:.1f}' for wait in waits)} s")
        assert 0.4 < waits[0] < 2.5 and sum(waits) > 3.4  # each is drawn from the half to the whole of a step that doubles


# ---------------------------------------------------------------------------------------------------------------- crowds

MESSAGES = 4  # that each client of a crowd exchanges


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_100_clients_at_once_are_served_and_leave_nothing_behind(folder, transport):
    with our_server(folder) as server:
        before = server.descriptors()
        with (crowd("python", server, folder, 50, transport=transport) as python,
              crowd("javascript", server, folder, 50, transport=transport) as javascript):
            for clients in (python, javascript):
                clients.wait_for("connected", 60, clients=50)
            if transport != "polling":  # there a client that does not poll at the moment has no connection
                assert server.descriptors() >= before + 100
            for clients in (python, javascript):
                clients.tell(go=True)
            for clients in (python, javascript):
                clients.wait_for("done", 120, exchanged=50 * MESSAGES)
                assert clients.wait_end() == 0
        wait_until(lambda: server.descriptors() == before, "the descriptors of before the clients")
        print(f"\nfigures: 100 clients at once over {transport}: {server.peak_memory_mb():.0f} MB at most")
        assert server.peak_memory_mb() < 100


def test_many_connects_leave_nothing_behind(folder):
    with our_server(folder) as server:
        before, rounds = server.descriptors(), max(1, CONNECTS // 20)
        begin = time.monotonic()
        with crowd("python", server, folder, 10, rounds) as python, crowd("javascript", server, folder, 10, rounds) as javascript:
            for _ in range(rounds):
                for clients in (python, javascript):
                    clients.tell(go=True)
            for clients in (python, javascript):
                clients.wait_for("done", 200, exchanged=10 * rounds * MESSAGES)
                assert clients.wait_end() == 0
        seconds = time.monotonic() - begin
        wait_until(lambda: server.descriptors() == before, "the descriptors of before the clients")
        print(f"\nfigures: {20 * rounds} connects of python-socketio and JavaScript clients in {seconds:.1f} s, "
              f"{server.peak_memory_mb():.0f} MB at most")
        assert server.peak_memory_mb() < 100


@beyond_websocket
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_large_messages_there_and_back_cost_the_server_the_memory_of_a_few(folder, transport):
    with our_server(folder) as server, connected("javascript", transport, server, folder) as peer:
        idle = server.peak_memory_mb()
        for number in range(5):
            assert peer.call("message-with-ack", number, binary_bytes=FRAME_BYTES) == [number, shown(FRAME_BYTES)]
        more = server.peak_memory_mb() - idle
        print(f"\nfigures: {FRAME_BYTES / 1e6:.1f} MB there and back over {transport}: {more:.0f} MB more at most")
        assert more < 4 * FRAME_BYTES / 1e6
