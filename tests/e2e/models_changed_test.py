"""A converter hears at once of models that came or went: clients of python-socketio at our Loop."""

import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from accounts import bearer, number_in, secret_in, token, with_headers
from nodes_by_hand import NodeByHand, begin_training, trainer_status, training_out
from packages import send
from programs import generate, loop_server
from socketio_programs import client


@pytest.fixture(name="loop", scope="module")
def fixture_loop(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("loop")) as server:
        yield server


@pytest.fixture(name="field", scope="module")
def fixture_field(loop):
    return generate(loop, "field", box_categories=1)


@pytest.fixture(name="other", scope="module")
def fixture_other(loop):
    return generate(loop, "other", organization="foreign")


class Converter:
    """Connected with a token of its own."""

    def __init__(self, loop, folder, *words):
        made = loop.run("token", "create", "--node", folder.name[:40], *words)
        self.number, headers = number_in(made), bearer(secret_in(made))
        self.loop = with_headers(loop, headers)
        self.program = client("python asyncio", SimpleNamespace(url=f"http://127.0.0.1:{loop.port}"), folder, path="/ws/socket.io/",
                              headers=json.dumps(headers | {"nodeType": "converter", "organization": "", "project": ""}))
        self.program.wait_for("connected")

    def wait_until_told(self):
        """Of what project."""
        return self.program.received("models_changed")

    def told(self):
        """The projects of all that it was told and that nobody has asked for yet."""
        self.program.call("are you there?")  # whose ack comes behind them
        lines, self.program.kept = self.program.kept, []
        return [line["arguments"] for line in lines if line.get("name") == "models_changed"]

    def formats(self, path):
        """As it sees them: the formats of each model, by its id."""
        return {one["id"]: one["formats"] for one in self.loop.get(f"{path}/models").json()["models"]}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.__exit__()


@pytest.fixture(name="converter")
def fixture_converter(loop, tmp_path):
    with Converter(loop, tmp_path) as converter:
        yield converter


def upload(loop, path, content, model_format="format_a"):
    """The id of the model."""
    answer = send(loop, "POST", f"{path}/models/{model_format}", {"model.a": content})
    assert answer.status == 200, answer
    return answer.json()["id"]


def put(loop, path, model, model_format):
    return send(loop, "PUT", f"{path}/models/{model}/{model_format}/file", {"model.b": b"converted"})


def test_it_is_told_of_a_model_a_further_format_and_a_deletion_and_finds_them(loop, field, converter):
    with ThreadPoolExecutor() as pool:
        uploading = pool.submit(upload, loop, field, b"first")
        assert converter.wait_until_told() == ["test", "field"]
        [(model, formats)] = converter.formats(field).items()  # maybe before the answer went out
        assert formats == ["format_a"] and uploading.result() == model
        adding = pool.submit(put, loop, field, model, "format_b")
        assert converter.wait_until_told() == ["test", "field"]
        assert converter.formats(field) == {model: ["format_a", "format_b"]} and adding.result().status == 200
        removing = pool.submit(loop.ask, "DELETE", f"{field}/models/{model}")
        assert converter.wait_until_told() == ["test", "field"]
        assert converter.formats(field) == {} and removing.result().status == 200
    assert converter.told() == []


def test_it_is_told_of_models_that_are_generated(loop, converter):
    path = generate(loop, "generated", models=[{"version": "1.0", "formats": ["format_a", "format_c"]}, "2.0"])
    assert converter.told() == [["test", "generated"]] * 3
    assert list(converter.formats(path).values()) == [["format_a", "format_c"], ["mocked"]]


def test_it_may_convert_the_model_of_a_training_once_that_has_ended_and_is_told(loop, field, converter):
    trainer = NodeByHand(loop, "trainer", token(loop, "--node", "t"))
    assert trainer.call("update_trainer", trainer_status("t"))["success"]
    number = begin_training(loop, field, trainer, "t", {"organization": "test", "project": "field"})
    model = trainer.call("update_training", "test", "field", training_out("t"))["payload"]["model_uuid"]
    assert converter.told() == [], "there are no files yet"
    answer = send(loop, "PUT", f"{field}/trainings/{number}/models/latest/format_a/file", {"model.a": b"trained"})
    assert answer.json()["id"] == model and converter.told() == [["test", "field"]]
    refused = put(converter.loop, field, model, "format_b")
    assert refused.status == 403 and f"the training {number} makes this model: until it has ended" in refused.json()["detail"], refused
    assert trainer.call("update_trainer", trainer_status("t"))["success"]
    assert converter.wait_until_told() == ["test", "field"]
    assert put(converter.loop, field, model, "format_b").status == 200
    assert converter.formats(field)[model] == ["format_a", "format_b"]
    trainer.close()


def test_what_it_was_told_of_survives_a_kill_of_the_loop(loop, field, converter):
    with ThreadPoolExecutor() as pool:
        uploading = pool.submit(upload, loop, field, b"killed")
        converter.wait_until_told()
        loop.kill()
        uploading.exception()  # its answer may be lost
    loop.start()
    assert upload(loop, field, b"killed") in converter.formats(field)
    converter.program.wait_for("disconnected")
    converter.program.wait_for("connected")
    assert converter.told() == [], "it was there already"


def test_with_a_token_for_one_project_it_hears_nothing_of_another(loop, field, other, tmp_path):
    with Converter(loop, tmp_path, "--project", "test/field") as scoped:
        upload(loop, other, b"secret")
        generate(loop, "unseen", models=["1.0"])
        upload(loop, field, b"for everybody")
        assert scoped.told() == [["test", "field"]]


def test_with_a_token_that_was_revoked_it_hears_nothing_and_is_disconnected(loop, field, converter, tmp_path):
    (tmp_path / "revoked").mkdir()
    with Converter(loop, tmp_path / "revoked") as revoked:
        loop.run("token", "revoke", revoked.number)
        upload(loop, field, b"after the revocation")
        assert converter.told() == [["test", "field"]]
        revoked.program.wait_for("disconnected")
        revoked.program.tell(quit=True, disconnect=True)
        revoked.program.wait_end()
        rest = [line["event"] for line in revoked.program.kept + list(revoked.program.lines.queue)]
        assert "received" not in rest, rest
