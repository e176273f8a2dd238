"""A detector whose clock is wrong: unset since the start of the machine (1970), off by a day, set back while it runs or between two starts.

Images keep their order and their ids, dates are corrected where that is possible, and what is told of times makes sense."""

import datetime
import math
import ssl
import threading
import time

import pytest
from detector_clients import GRAY, SCRIPTED, KeptImages
from fake_loop import FakeLoop
from faked_clock import DAY_S, HOUR_S, IN_1970, FakedClock
from loop_programs.ports import free_port
from nodes import Client, Outbox, wait_until
from outbox_scene import Sender, arrived, assert_all_arrived, drain, metrics, outbox_node, set_mode
from programs import Program
from reverse_proxy import make_certificate

SLACK = datetime.timedelta(seconds=5)


@pytest.fixture(name="clock")
def fixture_clock(tmp_path):
    return FakedClock(tmp_path)


def read(date):
    return datetime.datetime.fromisoformat(date)


def assert_in_order(folder, sender):
    """The names of what was kept sort by age, and tell every image apart."""
    kept = KeptImages(folder, also_old=True).outbox.waiting()
    names = {(item / f"image_{item.name}.jpg").read_bytes(): item.name for item in kept}
    in_order = [names[sender.images[one]] for one in sender.acknowledged]
    assert in_order == sorted(set(in_order)) and len(names) == len(kept)


def assert_makes_sense(node, loop):
    """What is told to people and machines of times and numbers."""
    for name, value in metrics(node).items():
        assert math.isfinite(value) and value >= 0, name
    assert all(report["uptime"] >= 0 for report in loop.reports)
    live = node.get("/live").json()
    assert min(numbers_in(live), default=0) >= 0, live


def numbers_in(value):
    if isinstance(value, dict):
        return [one for item in value.values() for one in numbers_in(item)]
    if isinstance(value, list):
        return [one for item in value for one in numbers_in(item)]
    return [value] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


# ------------------------------------------------------------------------------------------------------------ a clock that is unset


def test_images_of_a_robot_whose_clock_was_unset_get_their_date_when_it_is_set(clock, tmp_path):
    clock.show(IN_1970)
    with outbox_node(tmp_path, clock.environment) as (loop, node):
        sender = Sender(node)
        begin = datetime.datetime.now(datetime.timezone.utc)
        assert {sender.upload(priority=number % 2 == 0) for number in range(6)} == {200}
        assert Client(node).detect(sender.new_image(), autoupload="all").status == 200
        end = datetime.datetime.now(datetime.timezone.utc)
        assert sender.upload(creation_date="1999-12-31T23:59:59.5") == sender.upload(creation_date="1970-01-01T00:00:07") == 200
        clock.be_right()
        drain(node, tmp_path)
        dates = {one.digest: one.metadata["created"] for one in arrived(loop)}
        assert [dates.pop(sender.acknowledged.pop())[:19] for _ in range(2)] == ["1970-01-01T00:00:07", "1999-12-31T23:59:59"]
        assert len(dates) == 7
        assert all(begin - SLACK < read(date) < end + SLACK for date in dates.values()), dates
        in_order = [read(dates[one]) for one in sender.acknowledged]
        assert in_order == sorted(in_order)
        assert {sender.upload()} == {200}
        drain(node, tmp_path)
        assert all(one.metadata.keys() == arrived(loop)[-1].metadata.keys() for one in arrived(loop)[:6]), "nothing else is told"
        late = max(abs(read(date) - begin) for date in dates.values())
        print(f"figures: {len(dates)} dates corrected, off by {late.total_seconds():.1f} s at most, 2 of clients untouched")


def test_dates_are_corrected_after_a_restart_of_the_program_too(clock, tmp_path):
    clock.show(IN_1970)
    with outbox_node(tmp_path, clock.environment) as (loop, node):
        sender = Sender(node)
        begin = datetime.datetime.now(datetime.timezone.utc)
        assert {sender.upload() for _ in range(5)} == {200}
        node.kill()
        clock.be_right()
        node.start()
        drain(node, tmp_path)
        assert_all_arrived(loop, sender.acknowledged)
        assert all(abs(read(one.metadata["created"]) - begin) < SLACK for one in arrived(loop))


def test_the_date_of_a_clock_that_was_set_is_never_changed(clock, tmp_path):
    clock.be_off_by(-DAY_S)
    with outbox_node(tmp_path, clock.environment) as (loop, node):
        sender = Sender(node)
        then = clock.now()
        assert {sender.upload() for _ in range(3)} == {200}
        clock.be_right()
        drain(node, tmp_path)
        assert all(abs(read(one.metadata["created"]) - then) < SLACK for one in arrived(loop)), "nobody can tell that it was wrong"


def test_a_certificate_that_seems_not_valid_yet_tells_to_look_at_the_clock(clock, tmp_path):
    make_certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    clock.show(IN_1970)
    with FakeLoop() as loop:
        loop.socket = context.wrap_socket(loop.socket, server_side=True)
        port = free_port()
        words = [*SCRIPTED, "--port", port, "--data-folder", tmp_path / "detector", "--loop-host", f"https://localhost:{loop.port}",
                 "--organization", "o", "--project", "p"]
        environment = clock.environment | {"LOOP_SSL_CERT_PATH": str(tmp_path / "ca.pem"), "SYNC_CYCLES": "1"}
        with Program(words, port, tmp_path / "detector.log", "/health/ready", environment) as node:
            sender = Sender(node)
            assert sender.upload() == 200
            wait_until(lambda: "certificate" in node.log_text(), "words about the certificate")
            told = [line for line in node.log_text().splitlines() if "certificate" in line]
            assert "not valid yet" in told[0] and "clock" in told[0], told
            clock.be_right()
            wait_until(lambda: arrived(loop), "the image arrives once the clock is set", 60)
            assert_all_arrived(loop, sender.acknowledged)
            wait_until(lambda: loop.reports, "its report")


# ----------------------------------------------------------------------------------------------------------- a clock that jumps


@pytest.mark.parametrize("jumps", [[-DAY_S], [DAY_S, -DAY_S], [-HOUR_S, HOUR_S, -2 * HOUR_S]],
                         ids=["a day back", "a day ahead and back", "to and fro"])
def test_images_keep_their_order_and_their_ids_whatever_the_clock_does(clock, tmp_path, jumps):
    with outbox_node(tmp_path, clock.environment) as (loop, node):
        sender = Sender(node)
        assert {sender.upload(priority=True) for _ in range(10)} == {200}
        for jump in jumps:
            clock.be_off_by(jump)
            assert {sender.upload(priority=True) for _ in range(10)} == {200}
        assert_in_order(tmp_path, sender)
        assert_makes_sense(node, loop)
        drain(node, tmp_path)
        assert [one.digest for one in arrived(loop)] == sender.acknowledged, "the oldest first"


@pytest.mark.parametrize("before, after", [(0, -DAY_S), (DAY_S, 0), (0, "1970"), ("1970", 0)],
                         ids=["a day back", "a day ahead before", "unset after", "unset before"])
def test_images_keep_their_order_across_a_restart_with_another_clock(clock, tmp_path, before, after):
    def choose(what):
        if what == "1970":
            clock.show(IN_1970)
        else:
            clock.be_off_by(what)
    choose(before)
    with outbox_node(tmp_path, clock.environment, loop_is_away=True) as (loop, node):
        sender = Sender(node)
        assert {sender.upload(priority=True) for _ in range(10)} == {200}
        node.stop()
        choose(after)
        node.start()
        set_mode(node, "stopped")
        sender.reconnect()
        assert {sender.upload(priority=True) for _ in range(10)} == {200}
        assert_in_order(tmp_path, sender)
        assert_makes_sense(node, loop)
        clock.be_right()
        loop.upload_statuses.clear()
        drain(node, tmp_path)
        assert [one.digest for one in arrived(loop)] == sender.acknowledged, "the oldest first"


def test_a_clock_that_is_set_back_by_an_hour_under_load_costs_no_image(clock, tmp_path):
    with outbox_node(tmp_path, clock.environment, mode=None) as (loop, node):
        senders, ending = [Sender(node) for _ in range(4)], threading.Event()
        for number, sender in enumerate(senders):
            sender.chance.seed(number)
        def send(sender):
            while not ending.is_set():
                assert sender.upload(priority=True) in (200, 503)
                assert Client(node).detect(GRAY, autoupload="disabled").status == 200
        threads = [threading.Thread(target=send, args=[sender]) for sender in senders]
        for thread in threads:
            thread.start()
        for off_by in (0, -HOUR_S, 0, DAY_S, -HOUR_S):
            clock.be_off_by(off_by)
            sent = sum(len(sender.acknowledged) for sender in senders)
            wait_until(lambda: sum(len(sender.acknowledged) for sender in senders) > sent + 100, "clients go on")
        ending.set()
        for thread in threads:
            thread.join()
        Outbox(tmp_path).wait_until_empty()
        assert_makes_sense(node, loop)
        assert_all_arrived(loop, [one for sender in senders for one in sender.acknowledged])
        keys = {one.digest: one.key for one in arrived(loop)}
        for sender in senders:
            of_sender = [keys[one] for one in sender.acknowledged]
            assert of_sender == sorted(of_sender), "each client's images in their order"
        print(f"figures: {len(keys)} images while the clock jumped 4 times, lost 0")


def test_the_hour_that_comes_twice_in_autumn_is_two_hours(tmp_path):
    clock = FakedClock(tmp_path, "Europe/Berlin")
    clock.show(datetime.datetime(2027, 10, 31, 0, 59, 58, tzinfo=datetime.timezone.utc))  # at 01:00 it becomes 02:00 a second time
    with outbox_node(tmp_path, clock.environment) as (loop, node):
        sender = Sender(node)
        while clock.now() < datetime.datetime(2027, 10, 31, 1, 0, 1, tzinfo=datetime.timezone.utc):
            assert sender.upload(priority=True) == 200
            time.sleep(0.1)
        assert_in_order(tmp_path, sender)
        drain(node, tmp_path)
        dates = [read(one.metadata["created"]) for one in arrived(loop)]
        assert dates == sorted(dates) and dates[-1] - dates[0] < datetime.timedelta(minutes=1)
        assert [one.digest for one in arrived(loop)] == sender.acknowledged
        assert_makes_sense(node, loop)
