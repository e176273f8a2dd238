"""The example converter at our Loop: the story of the Python library's README comes true, and what fails is told, remembered and mended."""

import json
import re
import signal
import time
import uuid

import pytest
from accounts import number_in, secret_in, token, with_headers
from between import Between
from converter_fixtures import fixture_login, fixture_loop  # noqa: F401
from converters import (BIG_TEXT, DESCRIPTION, FORMATS, converter, errors, failed_models, formats, login_of, model_files, status, step,
                        strays, tries, upload, wait_for_error, wait_until_converted)
from nodes import ORGANIZATION, wait_until
from packages import download, packed, send
from programs import generate, loop_server
from readme_lines import LIST_A, LIST_B, LIST_B_AGAIN, TOLD_IN_README, UPLOAD, told

POLL_S = 60


@pytest.fixture(name="field")
def fixture_field(loop):
    """A project without models."""
    path = generate(loop, f"field{uuid.uuid4().hex[:8]}", ORGANIZATION)
    yield path
    loop.ask("DELETE", path)


@pytest.fixture(name="node")
def fixture_node(loop, login, tmp_path):
    """A converter that is connected, and has looked for models once."""
    with converter(tmp_path, loop, login) as node:
        wait_until(lambda: status(node)["link"]["word"] == "connected", "a connection")
        yield node


def json_of(files):
    return json.loads(files["model.json"])


# ------------------------------------------------------------------------------------------------------------- the story


@pytest.mark.parametrize("description", [None, DESCRIPTION], ids=["without model.json", "with model.json"])
def test_the_readmes_story_comes_true_with_the_example_converter(loop, login, tmp_path, description):
    script = with_headers(loop, token(loop, "--script", "readme"))
    demo = generate(loop, "demo", ORGANIZATION, trainings=3)  # so that the next model is 4.0
    (tmp_path / "my_model.zip").write_bytes(packed(model_files(description=description)))
    uploaded = told(UPLOAD, script, tmp_path)
    [model] = told(LIST_A, script, tmp_path)["models"]
    assert model | {"id": uploaded["id"], "version": "4.0", "formats": ["format_a"]} == model
    assert list(model)[:len(TOLD_IN_README)] == TOLD_IN_README
    assert re.fullmatch(r"uploaded at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}.*", model["comment"])
    assert told(LIST_B, script, tmp_path) == {"models": []}

    with converter(tmp_path, loop, login) as node:
        files = wait_until_converted(loop, demo, model["id"])
        assert told(LIST_B_AGAIN, script, tmp_path)["models"] == [model | {"formats": FORMATS}]
        assert told(LIST_A, script, tmp_path) == told(LIST_B, script, tmp_path), "one model in two formats"
        wait_until(lambda: not step(node), "its rest")
        assert (errors(node), strays(node), failed_models(node)) == ({}, [], {})
    assert files.keys() == {"weights.txt", "model.json"} and files["weights.txt"] == b"RED\nBLUE\n"
    first = json_of(download(loop, demo, model["id"], "format_a"))
    assert json_of(files) == first | {"format": "format_b"}, "the classes in their order, the resolution, and what nobody knows"
    if description:
        assert json_of(files) | description == json_of(files)
    assert loop.ask("DELETE", demo).status == 200


def test_a_model_that_comes_while_it_runs_is_converted_at_once(loop, field, node):
    for number in range(3):
        began = time.monotonic()
        wait_until_converted(loop, field, upload(loop, field, b"model %d" % number), POLL_S / 2)
        took = time.monotonic() - began
        print(f"\nfigures: converted {took:.2f} s after its upload began")


def test_from_a_loop_that_tells_nothing_it_takes_what_is_there_at_its_start(loop, login, field, tmp_path):
    model = upload(loop, field)
    with Between(loop) as way, converter(tmp_path, way, login) as node:
        wait_until_converted(loop, field, model)
        wait_for_error(node, "connection")
        assert way.count("PUT .*") == 1


def test_a_converter_with_a_token_for_one_project_converts_there_alone(loop, field, tmp_path):
    other = generate(loop, "other", "foreign")
    foreign, own = upload(loop, other), upload(loop, field)
    secret = secret_in(loop.run("token", "create", "--node", "scoped", "--project", field.removeprefix("/api/").replace("projects/", "")))
    with converter(tmp_path, loop, {"LOOP_TOKEN": secret}):
        wait_until_converted(loop, field, own)
        wait_until_converted(loop, field, upload(loop, field))
    assert formats(loop, other) == {foreign: ["format_a"]}
    loop.ask("DELETE", other)


# --------------------------------------------------------------------------------------------------------- models that fail


def told_of(node, model):
    """Why it has failed, as `GET /live` tells it."""
    return failed_models(node)[model]["reason"] in errors(node).values()


def wait_until_failed(node, model):
    wait_until(lambda: failed_models(node).get(model, {}).get("reason"), "a model that failed")
    wait_until(lambda: not step(node), "its rest")
    assert "no text files" in failed_models(node)[model]["reason"] and told_of(node, model)


def test_a_model_that_fails_is_told_and_stops_no_other(loop, field, node):
    bad = [upload(loop, field, None) for _ in range(2)]
    good = upload(loop, field)
    wait_until_converted(loop, field, good)
    for model in bad:
        wait_until_failed(node, model)
    assert "(.txt)" in wait_for_error(node, field.split("/")[-1])
    assert formats(loop, field) == {bad[0]: ["format_a"], bad[1]: ["format_a"], good: FORMATS}
    wait_until(lambda: not step(node), "its rest")
    assert strays(node) == []


def test_what_failed_is_tried_again_when_it_changes_or_the_operator_says_so_but_not_after_a_restart(loop, field, node):
    bad = upload(loop, field, None)
    wait_until_failed(node, bad)
    assert tries(node, "failed") == 1
    assert node.stop() == 0
    node.start()
    assert told_of(node, bad)
    wait_until_converted(loop, field, upload(loop, field))  # so it has looked
    assert tries(node, "failed") == 0

    assert node.ask("POST", "/retry").json() == {"models": 1}
    wait_until(lambda: tries(node, "failed") == 1, "another try")
    wait_until_failed(node, bad)
    assert node.ask("POST", f"/retry?model={bad}").json() == {"models": 1}
    wait_until(lambda: tries(node, "failed") == 2, "another try")
    answer = node.ask("POST", f"/retry?model={uuid.uuid4()}")
    assert answer.status == 404 and "has not failed" in answer.json()["detail"]

    assert send(loop, "PUT", f"{field}/models/{bad}/format_c/file", {"more": b"of it"}).status == 200
    wait_until(lambda: tries(node, "failed") == 3, "a try of the model that has changed")
    wait_until_failed(node, bad)
    assert node.stop() == 0
    node.environment["NODE_VERSION"] = "2"
    node.start()
    wait_until(lambda: tries(node, "failed") == 1, "a try of the new converter")
    wait_until_failed(node, bad)
    assert loop.ask("DELETE", f"{field}/models/{bad}").status == 200
    wait_until(lambda: not failed_models(node) and not errors(node), "no memory of a model that is gone")


def test_what_failed_succeeds_once_its_cause_is_gone(loop, login, field, tmp_path):
    """Here the download of the model is broken on its way, and whole later."""
    model = upload(loop, field)
    with Between(loop) as way:
        way.on("GET .*/format_a/file", b"no zip")
        with converter(tmp_path, way, login) as node:
            wait_for_error(node, field.split("/")[-1], "zip")
            way.let_go_on()
            assert node.ask("POST", "/retry").json() == {"models": 1}
            wait_until_converted(loop, field, model)
            wait_until(lambda: not failed_models(node), "no memory of it")
            assert not any(field.split("/")[-1] in key for key in errors(node))


@pytest.mark.parametrize("content", [b"", b"{", b"no JSON", b'{"models": 7}', b'{"models": [{"id": 5}]}', b"\xff" * 100])
def test_a_memory_of_failures_that_is_broken_is_put_aside_and_told(loop, login, field, tmp_path, content):
    (tmp_path / "converter").mkdir()
    (tmp_path / "converter/failed_models.json").write_bytes(content)
    model = upload(loop, field)
    with converter(tmp_path, loop, login) as node:
        wait_until_converted(loop, field, model)
        assert "failed_models.json" in node.log_text() and "put aside" in node.log_text()
    assert (tmp_path / "converter/failed_models.json.broken").read_bytes() == content


def test_beyond_this_machine_only_the_token_has_models_tried_again(loop, login, field, tmp_path):
    with converter(tmp_path, loop, login | {"NODE_HOST": "0.0.0.0"}) as node:
        for method, path in (("POST", "/retry"), ("PUT", "/socketio")):
            answer = node.ask(method, path, "off")
            assert answer.status == 403 and "NODE_TOKEN" in answer.json()["detail"], answer
        wait_until_converted(loop, field, upload(loop, field))
        assert node.stop() == 0
        node.environment["NODE_TOKEN"] = "a-long-enough-secret"
        node.start()
        assert node.ask("POST", "/retry").status == 401
        assert node.ask("POST", "/retry", headers={"Authorization": "Bearer another-long-secret"}).status == 401
        assert node.ask("POST", "/retry", headers={"Authorization": "Bearer a-long-enough-secret"}).json() == {"models": 0}


# ------------------------------------------------------------------------------------------ a Loop that is away, logins, the end


def test_a_loop_that_is_away_is_waited_for_at_the_start_and_in_between(loop, field, tmp_path):
    with loop_server(tmp_path) as own:
        path, login = generate(own, "field"), login_of(own)
        assert own.stop() == 0
        with converter(tmp_path, own, login) as node:
            for key in ("connection", "projects"):
                wait_for_error(node, key)
            assert node.get("/health/ready").status == 503
            own.start()
            wait_until_converted(own, path, upload(own, path))
            own.kill()
            wait_for_error(node, "connection")
            own.start()
            wait_until_converted(own, path, upload(own, path))
            wait_until(lambda: not errors(node), "nothing wrong", 60)
            assert failed_models(node) == {} and node.get("/health/ready").status == 200


def test_a_wrong_password_is_told_and_mended_without_a_restart(tmp_path):
    with loop_server(tmp_path, environment={"ANONYMOUS_NODES": "none"}) as own:
        path = generate(own, "field")
        model = upload(own, path)
        with converter(tmp_path, own, {"LOOP_USERNAME": "admin", "LOOP_PASSWORD": "the-next-password"}) as node:
            for key in ("connection", "projects"):
                text = wait_for_error(node, key)
                assert "401" in text or "login" in text, text
            assert "the-next-password" not in node.log_text() + json.dumps(status(node))
            assert own.ask("GET", f"{path}/models").json()["models"][0]["formats"] == ["format_a"]
            own.run("user", "password", "--from-stdin", stdin="the-next-password\n")
            own.headers = {}
            own.environment["LOOP_ADMIN_PASSWORD"] = "the-next-password"
            own.wait_ready()
            wait_until_converted(own, path, model, 90)
            wait_until(lambda: not errors(node), "nothing wrong", 60)


def test_a_token_that_was_revoked_is_told_and_mended_by_another_one(loop, field, tmp_path):
    made = loop.run("token", "create", "--node", "revoked")
    with converter(tmp_path, loop, {"LOOP_TOKEN": secret_in(made)}) as node:
        wait_until_converted(loop, field, upload(loop, field))
        loop.run("token", "revoke", number_in(made))
        model = upload(loop, field)
        assert "learning-loop token create" in wait_for_error(node, "connection", "token")
        assert node.ask("POST", "/retry").status == 200  # has it look at once, not within the next minute
        assert "revoked" in wait_for_error(node, "projects")
        assert node.stop() == 0
        node.environment |= login_of(loop)
        node.start()
        wait_until_converted(loop, field, model)
        wait_until(lambda: not errors(node), "nothing wrong")


def test_a_muted_converter_leaves_the_loop_alone_until_it_is_unmuted(loop, login, field, tmp_path):
    with Between(loop) as way, converter(tmp_path, way, login, ["--skip-repeat-on-start", "true"]) as node:
        assert status(node)["link"]["word"] == "muted" and way.seen == []
        model = upload(loop, field)
        assert node.ask("PUT", "/socketio", "on").json() == "on"
        wait_until_converted(loop, field, model)
        wait_until(lambda: not step(node), "its rest")
        assert node.ask("PUT", "/socketio", "off").json() == "off"
        wait_until(lambda: status(node)["link"]["word"] == "muted", "silence")
        model, seen = upload(loop, field), len(way.seen)
        assert node.ask("POST", "/retry").status == 200  # which would make it look
        assert (len(way.seen), errors(node)) == (seen, {})
        assert node.ask("PUT", "/socketio", "on").json() == "on"
        wait_until_converted(loop, field, model)


@pytest.mark.parametrize("at", ["downloading", "converting", "uploading", "waiting for an answer"])
def test_a_converter_that_is_to_end_ends_within_two_seconds_whatever_it_is_at(loop, login, field, tmp_path, at):
    model = upload(loop, field, BIG_TEXT if at == "converting" else b"red")
    held = {"downloading": ("GET .*/format_a/file", "inside"), "uploading": ("PUT .*", "before"),
            "waiting for an answer": ("PUT .*", "after")}
    with Between(loop) as way, way.holding(*held.get(at, ("", "before"))) as event, converter(tmp_path, way, login) as node:
        wait_until(lambda: event.is_set() or step(node) == [at], at)
        took = end(node)
        print(f"\nfigures: {at}: ended {took:.2f} s after SIGTERM")
        assert took < 2 and strays(node) == []
        way.let_go_on()
        node.start()
        wait_until_converted(loop, field, model)
        wait_until(lambda: not step(node) and not strays(node), "its rest")
        assert all(one["reason"] is None and one["attempts"] == 0 for one in failed_models(node).values())


def end(node):
    began = time.monotonic()
    assert node.stop(signal.SIGTERM) == 0, node.log_text()[-2000:]
    return time.monotonic() - began
