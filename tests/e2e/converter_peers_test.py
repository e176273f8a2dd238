"""A converter of the Python library's version 0.7.40 and ours convert the same formats at one Loop, and do not get in each other's way."""

import re
import signal
from collections import Counter
from functools import partial

import pytest
from accounts import secret_in
from converters import BIG_TEXT, FORMATS, converter, errors, failed_models, formats, step, strays, tries, upload
from machines import DistantProgram
from nodes import ORGANIZATION, wait_until
from packages import download
from peer_nodes import loop_for_old_peers, old_peer_node
from programs import generate

PUT = re.compile(r"method=PUT path=\S+/models/(\S+)/format_b/file status=(\d+)")
MODELS = 8


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_for_old_peers(tmp_path_factory.mktemp("loop")) as loop:
        yield loop


@pytest.fixture(name="field")
def fixture_field(loop):
    path = generate(loop, "field", ORGANIZATION)
    yield path
    assert loop.ask("DELETE", path).status == 200


def our_converter(loop, folder):
    """The example, on the machine of the Loop."""
    login = {"LOOP_TOKEN": secret_in(loop.run("token", "create", "--node", "ours"))}
    plain = converter(folder, loop, login)
    return DistantProgram(loop.place, plain.command, plain.port, plain.log, plain.ready, login)


def their_converter(loop, folder, seconds=0.0):
    environment = {"FORMATS": " ".join(FORMATS), "CONVERSION_SECONDS": str(seconds)}
    return old_peer_node(folder / "theirs", loop, "peer_converter/of_0_7_40.py", "theirs", environment)


def puts(loop, begin=0):
    """How often a model was uploaded in format_b, by its id and the Loop's answer."""
    return Counter((model, int(status)) for model, status in PUT.findall(loop.log_text()[begin:]))


def looks_of(loop, path):
    """How often the converter of 0.7.40 has begun to look at the project: nobody else asks for the project itself."""
    return len(re.findall(rf"method=GET path={path} status=200", loop.log_text()))


def wait_for_looks(loop, path, count):
    begin = looks_of(loop, path)
    wait_until(lambda: looks_of(loop, path) >= begin + count, f"{count} more looks at the models", 60)


def assert_all_once(loop, path, models, ours, begin):
    """Each has the format once; nobody remembers a failure; and from now on nobody uploads anything."""
    wait_until(lambda: list(formats(loop, path).values()) == [FORMATS] * len(models), "both formats of each model", 90)
    wait_until(lambda: not step(ours), "our rest")
    wait_for_looks(loop, path, 3)
    uploads = puts(loop, begin)
    assert {model: uploads[model, 200] for model in models} == dict.fromkeys(models, 1), uploads
    assert {status for _, status in uploads} <= {200, 409} and sum(uploads.values()) <= 2 * len(models), uploads
    assert (failed_models(ours), errors(ours), strays(ours), tries(ours, "failed")) == ({}, {}, [], 0)
    wait_for_looks(loop, path, 5)
    assert puts(loop, begin) == uploads, "uploaded again"
    for number, model in enumerate(models):
        files = download(loop, path, model, "format_b")
        files.pop("model.json")
        assert list(files.values()) == [b"MODEL %d" % number], "of one of the two as a whole"
        assert files.keys() <= {"weights.txt", "converted.txt"}
    return uploads


@pytest.mark.parametrize("seconds", [0, 0.5], ids=["as fast as it can", "slower than ours"])
def test_side_by_side_each_model_gets_the_format_once_and_nobody_tries_again(loop, field, tmp_path, seconds):
    begin = len(loop.log_text())
    there = [upload(loop, field, b"model %d" % number) for number in range(MODELS)]
    with our_converter(loop, tmp_path) as ours, their_converter(loop, tmp_path, seconds) as theirs:
        wait_until(lambda: "connected to Learning Loop" in theirs.log_text(), "the library's connection", 60)
        for number in range(MODELS, 2 * MODELS):
            there.append(upload(loop, field, b"model %d" % number))
        uploads = assert_all_once(loop, field, there, ours, begin)
        late = sum(count for (_, status), count in uploads.items() if status == 409)
        print(f"\nfigures: {len(there)} models: {tries(ours, 'converted')} by ours, {len(there) - tries(ours, 'converted')} by the "
              f"library's; uploads that came second: {late}, of ours {tries(ours, 'there_already')}")
        assert tries(ours, "converted") + tries(ours, "there_already") + tries(ours, "gone") >= 1


def test_what_one_of_them_has_converted_while_the_other_was_away_it_leaves_alone(loop, field, tmp_path):
    begin, there = len(loop.log_text()), []
    ours, theirs = our_converter(loop, tmp_path), their_converter(loop, tmp_path)
    for alone, other in ((theirs, ours), (ours, theirs)):
        with alone:
            there.append(upload(loop, field, b"model %d" % len(there)))
            wait_until(partial(is_converted, loop, field, there[-1]), "the format of a lone one", 60)
            assert other.process is None or other.stop() == 0
        alone.process = None
    with theirs, ours:
        uploads = assert_all_once(loop, field, there, ours, begin)
    assert set(uploads) == {(model, 200) for model in there}


def test_when_ours_comes_second_the_model_counts_as_done(loop, field, tmp_path):
    model = upload(loop, field, BIG_TEXT)
    with our_converter(loop, tmp_path) as ours:
        wait_until(lambda: step(ours) == ["converting"], "a conversion")
        ours.process.send_signal(signal.SIGSTOP)
        with their_converter(loop, tmp_path):
            wait_until(partial(is_converted, loop, field, model), "the library's conversion", 60)
        ours.process.send_signal(signal.SIGCONT)
        wait_until(lambda: tries(ours, "there_already") == 1, "our upload that came too late")
        wait_until(lambda: not step(ours), "our rest")
        assert (failed_models(ours), errors(ours), strays(ours)) == ({}, {}, [])
    assert download(loop, field, model, "format_b").keys() == {"converted.txt", "model.json"}, "of the first"


def is_converted(loop, path, model):
    return formats(loop, path)[model] == FORMATS
