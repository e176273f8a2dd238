"""The rules of Engine.IO 4 and Socket.IO 5, row by row, against our two echo servers."""

import json
import time

import pytest
from engineio_by_hand import SEPARATOR, Closed, Refused, Service
from socketio_programs import our_server

SETTINGS = {"ping_interval_ms": 300, "ping_timeout_ms": 2000, "max_payload": 1_000_000, "connect_timeout_ms": 1000}
STRICT = SETTINGS | {"ping_timeout_ms": 200}  # where a test of a busy machine may not be late
PING_SECONDS, TIMEOUT_SECONDS = 0.3, 0.2
TRANSPORTS = ["polling", "websocket"]


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("conformance")


@pytest.fixture(name="engine", scope="module")
def fixture_engine(folder):
    with our_server(folder, "engineio_echo", **SETTINGS) as server:
        yield Service(server.port, "/engine.io/")


@pytest.fixture(name="strict_engine", scope="module")
def fixture_strict_engine(tmp_path_factory):
    """One that ends sessions soon."""
    with our_server(tmp_path_factory.mktemp("strict"), "engineio_echo", **STRICT) as server:
        yield Service(server.port, "/engine.io/")


@pytest.fixture(name="socketio", scope="module")
def fixture_socketio(folder):
    with our_server(folder, "socketio_echo", **SETTINGS) as server:
        yield Service(server.port, "/socket.io/")


@pytest.fixture(name="transport", params=TRANSPORTS)
def fixture_transport(request):
    return request.param


@pytest.fixture(name="session")
def fixture_session(engine, transport):
    """A session of Engine.IO over either transport."""
    session = engine.open(transport)
    yield session
    session.close()


@pytest.fixture(name="polling")
def fixture_polling(engine):
    return engine.open("polling")


@pytest.fixture(name="client")
def fixture_client(socketio, transport):
    """An Engine.IO session with the Socket.IO server, not connected to any namespace."""
    session = socketio.open(transport)
    yield session
    session.close()


@pytest.fixture(name="connected")
def fixture_connected(client):
    """Connected to the namespace `/`."""
    connect(client)
    return client


# ------------------------------------------------------------------------------------------------ Engine.IO: handshake


def is_right(handshake):
    known = {"upgrades": handshake["upgrades"], "pingInterval": 300, "pingTimeout": 2000, "maxPayload": 1_000_000}
    return handshake == known | {"sid": handshake["sid"]} and isinstance(handshake["sid"], str) and len(handshake["sid"]) >= 20


def test_a_handshake_over_polling_tells_the_session_and_its_limits(engine):
    answer = engine.ask()
    assert (answer.status, answer.headers["Content-Type"].lower()) == (200, "text/plain; charset=utf-8")
    assert answer.body[:1] == b"0"
    handshake = json.loads(answer.body[1:])
    assert is_right(handshake) and handshake["upgrades"] == ["websocket"], handshake


def test_a_handshake_over_websocket_tells_the_same_and_offers_no_upgrade(engine):
    opened = engine.websocket().receive()
    assert opened[0] == "0"
    handshake = json.loads(opened[1:])
    assert is_right(handshake) and handshake["upgrades"] == [], handshake


def test_no_two_sessions_have_the_same_id(engine):
    assert len({engine.open(transport).handshake["sid"] for transport in TRANSPORTS * 5}) == 10


WRONG_QUERIES = {
    "no EIO": "transport={}",
    "EIO=abc": "EIO=abc&transport={}",
    "EIO=3": "EIO=3&transport={}",
    "no transport": "EIO=4",
    "another transport": "EIO=4&transport=abc",
    "a session that is not known": "EIO=4&transport={}&sid=abcdefghijklmnopqrst",
}


@pytest.mark.parametrize("query", WRONG_QUERIES.values(), ids=WRONG_QUERIES)
def test_a_wrong_request_is_refused_over_polling(engine, query):
    assert engine.ask(query=query.format("polling")).status == 400


@pytest.mark.parametrize("query", WRONG_QUERIES.values(), ids=WRONG_QUERIES)
def test_a_wrong_websocket_handshake_is_refused(engine, query):
    with pytest.raises(Refused, match="400"):
        engine.websocket(query.format("websocket"))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_a_get_opens_a_session(engine, method):
    assert engine.ask(method, body=b"4hello").status == 400


def test_jsonp_is_not_served(engine):
    assert engine.ask(query="EIO=4&transport=polling&j=0").status == 400


# ------------------------------------------------------------------------------------------------ Engine.IO: messages


MESSAGES = {
    "text": "4hello",
    "empty text": "4",
    "text beyond ASCII": "4\u20ac, \u00fc and \U0001f600",
    "bytes": b"\1\2\3\4",
    "no bytes": b"",
    "100 kB": bytes(range(256)) * 400,
}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_a_message_comes_back_as_it_came(session, message):
    session.send(message)
    assert session.next_packet() == message


def test_messages_of_one_payload_come_back_in_order(session):
    messages = ["4first", b"\1\2\3", "4second", b"\4\5\6", "4third"]
    session.send(*messages)
    assert [session.next_packet() for _ in messages] == messages


def test_bytes_are_base64_in_the_payloads_of_polling(polling):
    posted = polling.post(b"4a" + SEPARATOR.encode() + b"bAQIDBA==")
    assert (posted.status, posted.body.lower()) == (200, b"ok")
    answer = polling.poll()
    assert (answer.status, answer.headers["Content-Type"].lower()) == (200, "text/plain; charset=utf-8")
    assert answer.body.decode().split(SEPARATOR)[:2] == ["4a", "bAQIDBA=="]


def test_a_payload_of_many_packets_is_taken_and_answered_in_payloads_of_at_most_16(polling):
    sent = [f"4{number}" for number in range(1000)]
    assert polling.post(SEPARATOR.join(sent).encode()).status == 200
    got = []
    while len(got) < len(sent):
        packets = polling.poll().body.decode().split(SEPARATOR)
        assert len(packets) <= 16  # python-engineio takes no more
        got += [packet for packet in packets if packet != "2"]
    assert got == sent


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_message_of_max_payload_passes_and_a_longer_one_does_not(engine, transport):
    session = engine.open(transport)
    longest = "4" + "x" * (SETTINGS["max_payload"] - 1)
    session.send(longest)
    assert session.next_packet() == longest
    with pytest.raises(Closed) as closed:
        session.send(longest + "x")
        raise session.wait_closed()
    assert str(closed.value) in ("POST 413", "POST 400", "close frame 1009")


WRONG_ENGINE_PACKETS = {"a type that is no number": "abc", "nothing": "", "a type that there is not": "9"}
WRONG_PAYLOADS = WRONG_ENGINE_PACKETS | {"a wrong packet behind a good one": "4good" + SEPARATOR + "abc", "broken base64": "b%%%"}


@pytest.mark.parametrize("packet", WRONG_PAYLOADS.values(), ids=WRONG_PAYLOADS)
def test_an_invalid_payload_is_refused_and_ends_a_polling_session(polling, packet):
    assert polling.post(packet.encode()).status == 400
    assert polling.wait_closed()
    assert polling.poll().status == 400


@pytest.mark.parametrize("packet", WRONG_ENGINE_PACKETS.values(), ids=WRONG_ENGINE_PACKETS)
def test_an_invalid_packet_ends_a_websocket_session(engine, packet):
    session = engine.open("websocket")
    session.send(packet)
    assert session.wait_closed()


def test_a_second_poll_ends_the_session_and_releases_the_first(polling):
    answers = [finish() for finish in (polling.begin_poll(), polling.begin_poll())]
    told = sorted((answer.status, answer.body if answer.status == 200 else b"") for answer in answers)
    assert told == [(200, b"1"), (400, b"")]
    assert polling.poll().status == 400


# ------------------------------------------------------------------------------------------- Engine.IO: heartbeat, close


def test_pings_come_at_the_interval_as_long_as_they_are_answered(session):
    begin = time.monotonic()
    for _ in range(3):
        assert session.receive() == "2"
        session.send("3")
    assert 1.5 * PING_SECONDS < time.monotonic() - begin < 3 * PING_SECONDS + 2
    session.send("4hello")
    assert session.next_packet() == "4hello"


def test_a_session_whose_ping_is_not_answered_ends_after_the_timeout(strict_engine, transport):
    session = strict_engine.open(transport)
    assert session.receive() == "2"
    begin = time.monotonic()
    with pytest.raises(Closed):
        session.receive()
    assert TIMEOUT_SECONDS / 2 < time.monotonic() - begin < TIMEOUT_SECONDS + 2


def test_a_polling_session_that_never_polls_ends(engine, strict_engine):
    polling = strict_engine.open("polling")
    clock = engine.open("websocket")
    for _ in range(4):
        assert clock.receive() == "2"
        clock.send("3")
    assert polling.poll().status == 400


def test_a_close_packet_ends_a_polling_session_and_releases_its_poll(polling):
    pending = polling.begin_poll()
    assert polling.post(b"1").status == 200
    released = pending()
    assert (released.status, released.body) == (200, b"6")
    assert polling.poll().status == 400


def test_a_close_packet_ends_a_websocket_session(engine):
    session = engine.open("websocket")
    session.send("1")
    assert session.wait_closed()


# ---------------------------------------------------------------------------------------------------- Engine.IO: upgrade


def probe(engine, polling):
    """A WebSocket of the polling session that was probed, but not switched to."""
    websocket = engine.websocket(polling.upgrade_query)
    websocket.send("2probe")
    assert websocket.receive() == "3probe"
    return websocket


def next_message(websocket):
    """The next packet that is neither heartbeat nor noop; heartbeats are answered."""
    while True:
        packet = websocket.receive()
        if packet == "2":
            websocket.send("3")
        elif packet != "6":
            return packet


@pytest.fixture(name="upgraded")
def fixture_upgraded(engine, polling):
    websocket = probe(engine, polling)
    websocket.send("5")
    yield websocket
    websocket.close()


def test_a_session_goes_on_over_websocket_after_the_upgrade(upgraded):
    upgraded.send("4hello", b"\1\2\3")
    assert [next_message(upgraded), next_message(upgraded)] == ["4hello", b"\1\2\3"]


def test_heartbeats_go_on_after_the_upgrade(upgraded):
    for _ in range(2):
        while (packet := upgraded.receive()) == "6":
            pass
        assert packet == "2"
        upgraded.send("3")


def test_a_pending_poll_is_released_while_upgrading(engine, polling):
    pending = polling.begin_poll()
    websocket = probe(engine, polling)
    released = pending()
    assert released.status == 200 and set(released.body.decode().split(SEPARATOR)) <= {"2", "6"}, released.body
    websocket.send("5", "4hello")
    assert next_message(websocket) == "4hello"


def test_polling_ends_with_the_upgrade(polling, upgraded):
    upgraded.send("4switched")
    assert next_message(upgraded) == "4switched"
    assert polling.poll().status == 400
    assert polling.post(b"4hello").status == 400
    upgraded.send("4still here")
    assert next_message(upgraded) == "4still here"


def refuses_websocket(engine, query):
    """Refused at once, or ended without a packet."""
    try:
        engine.websocket(query).receive()
    except (Refused, Closed):
        return True
    return False


def test_a_second_websocket_of_an_upgraded_session_is_refused_and_the_first_goes_on(engine, polling, upgraded):
    upgraded.send("4switched")
    assert next_message(upgraded) == "4switched"
    assert refuses_websocket(engine, polling.upgrade_query)
    upgraded.send("4hello")
    assert next_message(upgraded) == "4hello"


def test_a_second_websocket_while_upgrading_is_refused_and_the_first_goes_on(engine, polling):
    websocket = probe(engine, polling)
    assert refuses_websocket(engine, polling.upgrade_query)
    websocket.send("5", "4hello")
    assert next_message(websocket) == "4hello"


def test_a_session_of_a_websocket_takes_neither_polls_nor_another_websocket(engine):
    session = engine.open("websocket")
    sid = session.handshake["sid"]
    assert engine.ask(query=f"EIO=4&transport=polling&sid={sid}").status == 400
    assert refuses_websocket(engine, f"EIO=4&transport=websocket&sid={sid}")
    session.send("4hello")
    assert session.next_packet() == "4hello"


def test_messages_posted_while_upgrading_come_over_the_websocket_in_order(engine, polling):
    websocket = probe(engine, polling)
    for number in range(5):
        assert polling.post(f"4{number}".encode()).status == 200
    assert polling.post(SEPARATOR.join(["45", "bAQID", "46"]).encode()).status == 200
    websocket.send("5", "47")
    expected = [*(f"4{number}" for number in range(6)), b"\1\2\3", "46", "47"]
    assert [next_message(websocket) for _ in expected] == expected


def test_an_upgrade_that_is_given_up_leaves_the_session_polling(engine, polling):
    probe(engine, polling).close()
    polling.send("4hello")
    assert polling.next_packet() == "4hello"


def test_an_upgrade_that_begins_wrong_leaves_the_session_polling(engine, polling):
    websocket = engine.websocket(polling.upgrade_query)
    websocket.send("4not a probe")
    with pytest.raises(Closed):
        websocket.receive()
    polling.send("4hello")
    assert polling.next_packet() == "4hello"


# ------------------------------------------------------------------------------------------------ Socket.IO: namespaces

NAMESPACES = {"/": "", "/custom": "/custom,"}  # as they stand in a packet


def is_packet(packet, prefix, value):
    """Whether it is this prefix with this JSON."""
    return isinstance(packet, str) and packet.startswith(prefix) and json.loads(packet[len(prefix):]) == value


def connect(client, namespace="", payload=""):
    """Connects and takes the echo server's first event; returns the socket's id."""
    client.send(f"40{namespace}{payload}")
    answer = client.next_packet()
    assert answer.startswith(f"40{namespace}"), answer
    fields = json.loads(answer[2 + len(namespace):])
    assert fields.keys() == {"sid"} and isinstance(fields["sid"], str) and fields["sid"] != client.handshake["sid"]
    welcome = client.next_packet()
    assert is_packet(welcome, f"42{namespace}", ["auth", json.loads(payload or "{}")]), welcome
    return fields["sid"]


def echoes(client, namespace=""):
    client.send(f'42{namespace}["message","still here"]')
    return is_packet(client.next_packet(), f"42{namespace}", ["message-back", "still here"])


@pytest.mark.parametrize("namespace", NAMESPACES.values(), ids=NAMESPACES)
@pytest.mark.parametrize("payload", ["", '{"token":"123"}'], ids=["no payload", "a token"])
def test_a_namespace_is_connected_with_and_without_a_payload(client, namespace, payload):
    connect(client, namespace, payload)
    assert echoes(client, namespace)


def test_an_unknown_namespace_is_refused_and_the_connection_goes_on(client):
    client.send("40/random")
    assert is_packet(client.next_packet(), "44/random,", {"message": "Invalid namespace"})
    connect(client)


def test_every_connection_to_a_namespace_has_an_id_of_its_own(client):
    assert connect(client) != connect(client, "/custom,")


def test_who_connects_to_no_namespace_in_time_is_disconnected(client):
    begin = time.monotonic()
    client.wait_closed()
    assert 0.5 < time.monotonic() - begin < 3


def test_who_leaves_its_namespace_keeps_the_connection(connected):
    connected.send("41")
    while connected.receive() != "2":
        pass
    connected.send("3")
    connect(connected)


def test_the_other_namespace_goes_on_when_one_is_left(connected):
    connect(connected, "/custom,")
    assert echoes(connected, "/custom,")
    connected.send("41/custom,")
    assert echoes(connected)
    connect(connected, "/custom,")


# ------------------------------------------------------------------------------------------------- Socket.IO: events, acks

BYTES = [b"\1\2\3", b"\4\5\6"]
PLACES = [{"_placeholder": True, "num": 0}, {"_placeholder": True, "num": 1}]
TWO = json.dumps(PLACES)[1:-1]


@pytest.mark.parametrize("namespace", NAMESPACES.values(), ids=NAMESPACES)
def test_an_event_comes_back_with_its_arguments(client, namespace):
    connect(client, namespace)
    client.send(f'42{namespace}["message",1,"2",{{"3":[true]}}]')
    assert is_packet(client.next_packet(), f"42{namespace}", ["message-back", 1, "2", {"3": [True]}])


def test_an_event_comes_back_with_its_attachments(connected):
    connected.send(f'452-["message",{TWO}]', *BYTES)
    assert is_packet(connected.next_packet(), "452-", ["message-back", *PLACES])
    assert [connected.next_packet(), connected.next_packet()] == BYTES


def test_attachments_may_lie_anywhere_in_the_arguments(connected):
    nested = {"images": [{"name": "a", "bytes": PLACES[0]}, {"name": "b", "bytes": PLACES[1]}]}
    connected.send("452-" + json.dumps(["message", nested]), *BYTES)
    assert is_packet(connected.next_packet(), "452-", ["message-back", nested])
    assert [connected.next_packet(), connected.next_packet()] == BYTES


def test_as_many_as_64_attachments_come_back(connected):
    places = [{"_placeholder": True, "num": number} for number in range(64)]
    attachments = [bytes([number]) * number for number in range(64)]
    connected.send("4564-" + json.dumps(["message", *places]))
    connected.send(*attachments)
    assert is_packet(connected.next_packet(), "4564-", ["message-back", *places])
    assert [connected.next_packet() for _ in attachments] == attachments


def test_an_event_with_an_id_is_acknowledged(connected):
    connected.send('42456["message-with-ack",1,"2",{"3":[false]}]')
    assert is_packet(connected.next_packet(), "43456", [1, "2", {"3": [False]}])


def test_an_event_with_attachments_and_an_id_is_acknowledged_with_attachments(connected):
    connected.send(f'452-789["message-with-ack",{TWO}]', *BYTES)
    assert is_packet(connected.next_packet(), "462-789", PLACES)
    assert [connected.next_packet(), connected.next_packet()] == BYTES


def test_an_id_with_a_namespace_is_acknowledged_there(client):
    connect(client, "/custom,")
    client.send('42/custom,0["message-with-ack"]')
    assert is_packet(client.next_packet(), "43/custom,0", [])


def test_the_server_asks_and_tells_what_was_acknowledged(connected):
    connected.send('42["call-me",{"number":7}]')
    question = connected.next_packet()
    number = question[2:question.index("[")]
    assert is_packet(question, f"42{number}", ["question", {"number": 7}])
    connected.send(f'43{number}["answer",8]')
    assert is_packet(connected.next_packet(), "42", ["answered", "answer", 8])


def test_a_second_acknowledgement_is_ignored(connected):
    connected.send('42["call-me",1]')
    question = connected.next_packet()
    number = question[2:question.index("[")]
    connected.send(f"43{number}[1]", f"43{number}[2]")
    assert is_packet(connected.next_packet(), "42", ["answered", 1])
    assert echoes(connected)


# ------------------------------------------------------------------------------------------------- Socket.IO: wrong packets

ONE = '{"_placeholder":true,"num":0}'
WRONG = {
    "a type that there is not": ["4abc"],
    "no packet at all": ["4"],
    "a payload that is no list": ["42{}"],
    "a list without a name": ["42[]"],
    "a name that is no text": ["42[{}]"],
    "JSON that ends early": ['42["message"'],
    "an id that is no number": ['42abc["message-with-ack",1,"2"]'],
    "a second CONNECT": ["40"],
    "an event of a namespace that is not connected": ['42/custom,["message"]'],
    "an ERROR, which only servers send": ['44{"message":"no"}'],
    "bytes that were not announced": [b"\1\2\3"],
    "more than 64 attachments": [f'4565-["message",{ONE}]'],
    "a thousand million attachments": [f'451000000000-["message",{ONE}]'],
    "attachments without a number": [f'45["message",{ONE}]'],
    "a number of attachments that is negative": [f'45-1-["message",{ONE}]'],
    "a placeholder beyond the attachments": ['451-["message",{"_placeholder":true,"num":1}]', b"\1"],
    "a placeholder with a negative number": ['451-["message",{"_placeholder":true,"num":-1}]', b"\1"],
    "a placeholder with a number that is text": ['451-["message",{"_placeholder":true,"num":"0"}]', b"\1"],
    "an event while attachments are due": [f'451-["message",{ONE}]', '42["message"]'],
}


@pytest.mark.parametrize("packets", WRONG.values(), ids=WRONG)
def test_a_wrong_packet_ends_the_connection_and_no_other(connected, socketio, packets):
    other = socketio.open("websocket")
    connect(other)
    with pytest.raises(Closed):
        connected.send(*packets)
        raise connected.wait_closed()
    assert echoes(other)


def test_an_event_before_the_connect_ends_the_connection(client):
    with pytest.raises(Closed):
        client.send('42["message","hello"]')
        raise client.wait_closed()


def test_who_withholds_an_attachment_is_disconnected(socketio):
    waiting = [socketio.open(transport) for transport in TRANSPORTS]
    for client in waiting:
        connect(client)
        client.send(f'451-["message",{ONE}]')
    begin = time.monotonic()
    for client in waiting:
        client.wait_closed(40)
    print(f"\nwithheld attachments: disconnected after {time.monotonic() - begin:.1f} s")


# ---------------------------------------------------------------------------------------------------------------- origins


@pytest.fixture(name="service", params=["engine", "socketio"])
def fixture_service(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", "http://127.0.0.1:1"],
                         ids=["another host", "null", "another port"])
def test_a_page_from_elsewhere_is_refused(service, origin):
    headers = {"Origin": origin}
    polling = service.open("polling")
    assert service.ask(headers=headers).status == 403
    assert service.ask("POST", polling.query, b"4hello", headers).status == 403
    for query in ("EIO=4&transport=websocket", polling.upgrade_query):
        with pytest.raises(Refused, match="403"):
            service.websocket(query, headers)


def test_a_page_from_here_is_served(service):
    headers = {"Origin": f"http://127.0.0.1:{service.port}"}
    assert service.ask(headers=headers).status == 200
    assert service.websocket(headers=headers).receive()[0] == "0"
