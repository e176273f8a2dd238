"""A converter that is killed at whatever it is at: it starts again, and the Loop has the format once and whole.

LL_CONVERTER_CALLS="all" kills at each of its calls to the system, a number at so many, drawn by LL_CONVERTER_CALLS_SEED."""

import contextlib
import http.client
import itertools
import os
import random
import re
import time

import pytest
from between import Between
from converters import (BIG_TEXT, DESCRIPTION, FORMATS, converter, errors, failed_models, folder_of, formats, login_of, status, step,
                        strays, upload, wait_for_error, wait_until_converted)
from nodes import ORGANIZATION, wait_until
from packages import send
from programs import generate, loop_server
from system_calls import Killer

SEED = int(os.environ.get("LL_CONVERTER_CALLS_SEED") or random.SystemRandom().randrange(2**32))
CALLS = os.environ.get("LL_CONVERTER_CALLS") or "6"
ALL, NONE = "all", 10**9  # calls to be killed at
MAX_ATTEMPTS = 3


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop"), environment={"ANONYMOUS_NODES": "none"}) as server:
        yield server


@pytest.fixture(name="field")
def fixture_field(loop):
    """A project of the test's own: a converter looks at all there are."""
    path = generate(loop, "field", ORGANIZATION)
    yield path
    assert loop.ask("DELETE", path).status == 200


@pytest.fixture(name="login", scope="module")
def fixture_login(loop):
    return login_of(loop)


def assert_whole(loop, path, node, model, text):
    """The format is there once, and there are no traces of how it came about."""
    files = wait_until_converted(loop, path, model)
    assert files.keys() == {"weights.txt", "model.json"} and files["weights.txt"] == text.upper()
    wait_until(lambda: not step(node) and not strays(node), "nothing left over")
    assert errors(node) == {}
    assert not [one for one in failed_models(node).values() if one["reason"]]


# -------------------------------------------------------------------------------------------------- at each call to the system


class Converting:
    """A model comes in while the converter waits for one."""

    def __init__(self, loop, path, folder, login):
        self.loop, self.path, self.node = loop, path, converter(folder, loop, login)
        self.models, self.model, self.text = 0, None, b""

    def prepare(self):
        wait_until(lambda: status(self.node)["link"]["word"] == "connected", "a connection")
        self.models += 1
        self.text = b"model %d" % self.models

    def act(self):
        self.model = upload(self.loop, self.path, self.text, DESCRIPTION)

    def is_done(self):
        return "format_b" in formats(self.loop, self.path)[self.model] and is_idle(self.node)

    def run_until(self, number, log):
        """Kills it at its call of this number. Returns the Killer."""
        self.prepare()
        with Killer(self.node.process.pid, log, folder_of(self.node), number) as killer:
            self.act()
            end = time.monotonic() + 60
            while killer.step() and not self.is_done():
                assert time.monotonic() < end, "it takes too long"
                time.sleep(0.001)
            killer.wait_until_quiet()
            if killer.has_killed:
                self.node.process.wait()
        if killer.has_killed:
            self.node.start()
        return killer

    def check(self):
        assert_whole(self.loop, self.path, self.node, self.model, self.text)


class Failing(Converting):
    """The model is one that the example refuses."""

    def act(self):
        self.model = upload(self.loop, self.path, None)

    def is_done(self):
        return bool(failed_models(self.node).get(self.model, {}).get("reason")) and is_idle(self.node)

    def check(self):
        wait_until(lambda: failed_models(self.node).get(self.model, {}).get("reason"), "a failure that is remembered")
        wait_until(lambda: is_idle(self.node) and not strays(self.node), "nothing left over")
        assert "no text files" in failed_models(self.node)[self.model]["reason"]
        assert formats(self.loop, self.path)[self.model] == ["format_a"]


def is_idle(node):
    try:
        return not step(node)
    except (OSError, http.client.HTTPException):
        return False  # killed


def calls_to_kill_at(name, count):
    """As long as they are wanted. `count`: how many there are when nothing is killed."""
    if CALLS == ALL:
        return itertools.count(1)
    return sorted(random.Random(f"{SEED} {name}").sample(range(1, count + 1), min(int(CALLS), count)))


@pytest.mark.parametrize("make", [Converting, Failing], ids=["a model that it converts", "a model that it refuses"])
def test_killed_at_any_call_it_starts_again_and_the_format_is_there_once(loop, login, field, tmp_path, make):
    log, killed, exact = tmp_path / "strace.log", 0, 0
    scenario = make(loop, field, tmp_path, login)
    with scenario.node.start():
        count = scenario.run_until(NONE, log).count()
        scenario.check()
        for number in calls_to_kill_at(make.__name__, count):
            killer = scenario.run_until(number, log)
            try:
                scenario.check()
            except AssertionError as failure:
                raise AssertionError(f"{failure}\nkilled at call {number}, seed {SEED}:\n{killer.text()[-4000:]}") from failure
            killed += killer.has_killed
            exact += killer.has_killed and killer.is_exact()
            if number > count and not killer.has_killed:
                break
    print(f"\nfigures: {make.__name__}: {count} calls for its folder, killed at {killed}, of which {exact} exactly before the call")
    assert killed >= (count // 2 if CALLS == ALL else min(int(CALLS), count) // 2)


# -------------------------------------------------------------------------------------------------------- at each of its steps


@contextlib.contextmanager
def stopped(node):
    """Not started by being entered."""
    try:
        yield node
    finally:
        node.__exit__()


def kill_at(node, at, way):
    """`way`: in which the request that belongs to the step is held."""
    held = {"downloading": ("GET .*/format_a/file", "inside"), "uploading": ("PUT .*", "before"), "stored": ("PUT .*", "after")}
    if at in held:
        with way.holding(*held[at]) as event:
            node.start()
            assert event.wait(30), node.log_text()[-2000:]
            node.kill()
    else:
        node.start()
        wait_until(lambda: step(node) == [at], at)
        node.kill()


def statuses_of_uploads(loop, model):
    return re.findall(rf"method=PUT path=\S+/models/{model}/format_b/file status=(\d+)", loop.log_text())


@pytest.mark.parametrize("at", ["downloading", "unpacking", "converting", "uploading", "stored"])
def test_killed_at_a_step_it_starts_again_and_the_format_is_there_once(loop, login, field, tmp_path, at):
    """`stored`: the Loop has committed what was uploaded, and its answer is on its way."""
    text = BIG_TEXT if at in ("unpacking", "converting") else b"small"
    model = upload(loop, field, text)
    with Between(loop) as way, stopped(converter(tmp_path, way, login)) as node:
        for _ in range(1 if at == "stored" else MAX_ATTEMPTS - 1):
            kill_at(node, at, way)
            assert formats(loop, field) == {model: FORMATS if at == "stored" else ["format_a"]}
        node.start()
        files = wait_until_converted(loop, field, model)
        assert files["weights.txt"] == text.upper() and files.keys() == {"weights.txt", "model.json"}
        wait_until(lambda: not step(node) and not strays(node), "nothing left over")
        assert not [one for one in failed_models(node).values() if one["reason"]]
        assert wait_until(lambda: statuses_of_uploads(loop, model), "the upload in the Loop's log") == ["200"]


# --------------------------------------------------------------------------------------------- models of which it dies


def test_a_model_of_which_it_dies_three_times_counts_as_failed_and_stops_no_other(loop, login, field, tmp_path):
    deadly = upload(loop, field, BIG_TEXT)
    node = converter(tmp_path, loop, login)
    with node.start():
        for number in range(MAX_ATTEMPTS):
            assert not [one for one in failed_models(node).values() if one["reason"]], number
            wait_until(lambda: step(node) == ["converting"], "the conversion of which it dies")
            node.kill()
            assert failed_models(node)[deadly]["attempts"] == number + 1
            node.start()
        assert "died 3 times" in wait_for_error(node, field.split("/")[-1])
        other = upload(loop, field, b"harmless")
        assert wait_until_converted(loop, field, other)["weights.txt"] == b"HARMLESS"
        assert formats(loop, field)[deadly] == ["format_a"]
        assert node.stop() == 0
        node.start()
        assert "died 3 times" in wait_for_error(node, field.split("/")[-1])
        assert node.ask("POST", "/retry").json() == {"models": 1}
        assert_whole(loop, field, node, deadly, BIG_TEXT)


def test_a_model_of_which_it_died_three_times_is_tried_again_when_it_changes(loop, login, field, tmp_path):
    deadly = upload(loop, field, BIG_TEXT)
    with converter(tmp_path, loop, login) as node:
        for _ in range(MAX_ATTEMPTS):
            wait_until(lambda: step(node) == ["converting"], "the conversion of which it dies")
            node.kill()
            node.start()
        wait_for_error(node, field.split("/")[-1], "died 3 times")
        assert send(loop, "PUT", f"{field}/models/{deadly}/format_c/file", {"more": b"of it"}).status == 200
        wait_until(lambda: "format_b" in formats(loop, field)[deadly], "the format")
        wait_until(lambda: errors(node) == {}, "nothing wrong")
