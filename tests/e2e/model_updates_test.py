"""A detector's model is replaced while it serves: what its Loop deploys is followed, and nothing that is wrong with a model, with the
Loop or with the disk takes away the one that serves."""

import json
import os
import shutil
import stat
import zipfile

import pytest
from deployed_models import (CELLS_PICTURE, add, answered, assert_nothing_failed, by_rest, categories_of, deploy, errors, failed_updates,
                             look_now, onnx_model, runs, scripted_model, senders, wait_for_error, wait_until_runs, zip_of)
from detector_clients import SCRIPTED, events_of, jpeg_image
from fake_loop import CELLS, FakeLoop, model_zip
from nodes import ORGANIZATION, Client, detail, wait_until
from programs import detector, generate, loop_server
from system_calls import Trace

TWO_CYCLES = 10  # seconds
FORMAT = {"SCRIPTED_MODEL_FORMAT": "onnx"}
LINKING = ["symlink", "symlinkat"]


def models_of(folder):
    return sorted(path.name for path in (folder / "detector/models").iterdir() if path.name != ".staging")


def linked(folder):
    return os.readlink(folder / "detector/current_model")


def scripted(folder, loop, version=None, environment=None, **how):
    """A scripted detector, not started yet; with a model of that version its Loop has deployed one."""
    if version:
        deploy(loop, version, scripted_model)
    return detector(folder, loop, "o", "p", SCRIPTED, FORMAT | (environment or {}), ready="/about", **how)


# ------------------------------------------------------------------------------------------------------------- a deployment


def test_what_our_loop_deploys_is_followed_within_two_cycles_while_4_clients_send(tmp_path):
    with loop_server(tmp_path) as loop:
        path = generate(loop, "updates", ORGANIZATION)
        project = f"{path}/models/onnx"
        def upload(name):
            description = {"categories": categories_of(name), "resolution": 96}
            files = [("model.json", json.dumps(description).encode()), ("model.onnx", CELLS)]
            return loop.post_files(project, files).json()
        def choose(model):
            assert loop.send_json("PUT", f"{path}/deployment/target", {"model_uuid": model["id"]}).status == 200
        models = [upload(version) for version in ("1.0", "2.0")]
        assert [model["version"] for model in models] == ["1.0", "2.0"], "as their categories are named"
        choose(models[0])
        with detector(tmp_path, loop, ORGANIZATION, "updates") as node, senders(node, tmp_path) as threads:
            wait_until(lambda: answered(threads)["1.0"] >= 40, "answers of the first model")
            choose(models[1])
            wait_until_runs(node, "2.0", TWO_CYCLES + 5)
            seen = answered(threads)["2.0"]
            wait_until(lambda: answered(threads)["2.0"] >= seen + 40, "answers of the second model")
        assert_nothing_failed(threads, {"1.0", "2.0"})
        print(f"figures: answers {sum(answered(threads).values())}, failed 0, updates 1")


def test_a_good_model_is_served_within_two_cycles_after_five_failures_of_a_broken_one(tmp_path):
    with FakeLoop() as loop, scripted(tmp_path, loop, "1.0") as node:
        wait_until_runs(node, "1.0")
        deploy(loop, "1.1", scripted_model, broken="the weights are broken")
        for tries in range(1, 6):
            look_now(node)
            wait_until(lambda: failed_updates(node) >= tries, f"failure {tries}")
        assert loop.reports[-1]["current_model"] == "1.0"
        deploy(loop, "1.2", scripted_model)
        asked = loop.targets_asked
        wait_until_runs(node, "1.2", TWO_CYCLES + 5)
        assert loop.targets_asked - asked <= 2
        wait_until(lambda: loop.reports[-1]["errors"] == {}, "a report without it")


def test_a_download_that_is_no_longer_wanted_holds_up_no_other(tmp_path):
    with FakeLoop() as loop, scripted(tmp_path, loop, "1.0") as node:
        wait_until_runs(node, "1.0")
        deploy(loop, "1.1", scripted_model, held=True)
        look_now(node)
        wait_until(lambda: loop.holding, "a download that takes for ever")
        deploy(loop, "1.2", scripted_model)
        wait_until_runs(node, "1.2")
        assert models_of(tmp_path) == ["1.0", "1.2"]


def test_a_model_that_is_chosen_while_another_is_being_built_is_the_one_that_serves(tmp_path):
    with FakeLoop() as loop, scripted(tmp_path, loop, "1.0") as node:
        wait_until_runs(node, "1.0")
        add(loop, "2.0", scripted_model)
        deploy(loop, "1.1", scripted_model, building_ms=1500)
        look_now(node)
        wait_until(lambda: "1.1" in models_of(tmp_path), "the model that takes long to build")
        assert node.ask("PUT", "/model_version", "2.0").status == 200
        wait_until_runs(node, "2.0")
        assert linked(tmp_path) == "models/2.0"
        assert node.get("/model_version").json()["version_control"] == "specific_version"


# ------------------------------------------------------------------------------------------------------- what is no model


def with_flag_of_encryption(package):
    """The zip says of its first entry that it is encrypted."""
    at = package.index(b"PK\x01\x02") + 8
    return package[:6] + b"\x01" + package[7:at] + b"\x01" + package[at + 1:]


def link_entry(name):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def description(version):
    return json.dumps({"id": "i", "organization": "o", "project": "p", "version": version, "categories": categories_of(version)})


NO_MODELS = {
    "half of it": (lambda version: onnx_model(version)[:400], "zip"),
    "no bytes": (lambda version: b"", ""),
    "a page": (lambda version: b"<html>Sign in</html>", "zip"),
    "a path that leads out": (lambda version: model_zip(version, more=[("../../../escaped", b"x")]), "escaped"),
    "a path from the root": (lambda version: model_zip(version, more=[("/tmp/escaped", b"x")]), "escaped"),
    "a folder": (lambda version: model_zip(version, more=[("sub/file", b"x")]), "sub"),
    "a link": (lambda version: zip_of(("model.json", description(version)), (link_entry("model.onnx"), "/etc/passwd")), "model.onnx"),
    "a bomb": (lambda version: zip_of(("model.json", description(version)), ("model.onnx", bytes(64 << 20))), "unpack"),
    "too many files": (lambda version: zip_of(*((f"file {number}", b"") for number in range(1001))), "1000"),
    "two files of one name": (lambda version: zip_of(("model.json", description(version)), ("a", "x"), ("A", "y")), ""),
    "encrypted": (lambda version: with_flag_of_encryption(onnx_model(version)), "encrypted"),
    "another version": (lambda version: onnx_model("9.9"), "version is '9.9'"),
    "no model.json": (lambda version: zip_of(("model.onnx", CELLS)), "model.json"),
    "a model.json that is none": (lambda version: zip_of(("model.json", "{"), ("model.onnx", CELLS)), "model.json"),
    "no weights": (lambda version: model_zip(version, weights=None), "model.onnx"),
    "weights that are none": (lambda version: model_zip(version, weights=b"garbage" * 1000), ""),
    "half of the weights": (lambda version: model_zip(version, weights=CELLS[:len(CELLS) // 2]), ""),
    "no categories": (lambda version: model_zip(version, categories=[]), "categories"),
    "fewer categories than the weights have": (lambda version: model_zip(version, categories=categories_of(version)[:1]), "categories"),
}


@pytest.fixture(name="served", scope="module")
def fixture_served(tmp_path_factory):
    """A Loop, our own detector with its model 1.0, and its folder."""
    folder = tmp_path_factory.mktemp("served")
    with FakeLoop() as loop:
        deploy(loop, "1.0")
        with detector(folder, loop, "o", "p") as node:
            yield loop, node, folder


@pytest.mark.parametrize("what", NO_MODELS)
def test_what_is_no_model_leaves_the_old_one_serving_and_is_told_with_its_version(served, what):
    loop, node, folder = served
    make, word = NO_MODELS[what]
    version = f"6.{list(NO_MODELS).index(what)}"
    deploy(loop, version, lambda version, **_: make(version))
    look_now(node)
    said = wait_for_error(node, version)
    assert word in said and len(said) > 5, said
    wait_until(lambda: loop.reports[-1]["errors"].get("update_model") == f"Could not update model: version {version}: {said}", "its report")
    assert loop.reports[-1]["current_model"] == "1.0" and loop.reports[-1]["target_model"] == version
    good, answer = by_rest(node)(CELLS_PICTURE)
    assert good and {one["model_name"] for one in answer["box_detections"]} == {"1.0"}
    assert models_of(folder) == ["1.0"] and linked(folder) == "models/1.0"
    assert list((folder / "detector/models/.staging").iterdir()) == []
    assert [path for path in (folder, folder.parent) for path in path.glob("*escaped*")] == []


# ---------------------------------------------------------------------------------------------------------- one at a time


def test_where_only_one_model_fits_requests_are_told_to_wait_until_the_new_one_is_built(tmp_path):
    with FakeLoop() as loop, scripted(tmp_path, loop, "1.0", {"EXCLUSIVE_MODEL_BUILD": "1"}) as node:
        wait_until_runs(node, "1.0")
        with events_of(node, tmp_path) as events:
            deploy(loop, "1.1", scripted_model, building_ms=3000)
            look_now(node)
            answer = wait_until(lambda: not by_rest(node)(CELLS_PICTURE)[0] and Client(node).detect(CELLS_PICTURE), "a refusal")
            assert answer.status == 503 and int(answer.headers["Retry-After"]) > 0
            assert detail(answer) == "updating model to version 1.1"
            message = {"image": jpeg_image(CELLS_PICTURE)}
            assert events.call("detect", message) == {"error": "updating model to version 1.1"}
            assert events.call("info") == {"status": "Updating model to version 1.1"}
            assert node.get("/about").json()["model_info"] is None and node.get("/health/ready").status == 503
            wait_until_runs(node, "1.1")
            assert "error" not in events.call("detect", message)


def test_where_only_one_model_fits_the_old_one_is_built_again_if_the_new_one_cannot_be(tmp_path):
    with FakeLoop() as loop, scripted(tmp_path, loop, "1.0", {"EXCLUSIVE_MODEL_BUILD": "true"}) as node:
        wait_until_runs(node, "1.0")
        deploy(loop, "1.1", scripted_model, broken="it needs more memory")
        look_now(node)
        assert wait_for_error(node, "1.1") == "it needs more memory"
        assert runs(node) == "1.0" and by_rest(node)(CELLS_PICTURE)[0]
        assert linked(tmp_path) == "models/1.0"


def test_where_models_fit_side_by_side_no_request_waits_for_one_that_is_being_built(tmp_path):
    with FakeLoop() as loop, scripted(tmp_path, loop, "1.0") as node:
        wait_until_runs(node, "1.0")
        with senders(node, tmp_path) as threads:
            deploy(loop, "1.1", scripted_model, building_ms=1000)
            look_now(node)
            wait_until(lambda: "1.1" in models_of(tmp_path), "the model on the disk")
            seen = answered(threads)["1.0"]
            wait_until(lambda: answered(threads)["1.0"] >= seen + 40, "answers meanwhile")
            wait_until_runs(node, "1.1")
        assert_nothing_failed(threads, {"1.0", "1.1"})


# ------------------------------------------------------------------------------------------------------------ a start alone


@pytest.fixture(name="left_alone")
def fixture_left_alone(tmp_path):
    """A node that has had the models 1.0 and 1.1 and has ended; its Loop is gone."""
    with FakeLoop() as loop:
        with scripted(tmp_path, loop, "1.0") as node:
            wait_until_runs(node, "1.0")
            deploy(loop, "1.1", scripted_model)
            look_now(node)
            wait_until_runs(node, "1.1")
            assert node.stop() == 0
    return node


def cut(folder):
    os.truncate(folder / "models/1.1/model.json", 20)


def change(folder):
    (folder / "models/1.1/model.onnx").write_bytes(b"other weights")


def lose(folder):
    shutil.rmtree(folder / "models/1.1")


def copy_half(folder):
    (folder / "models/1.1/model.json").unlink()


def put_file(folder):
    lose(folder)
    (folder / "models/1.1").write_text("no model")


def put_other(folder):
    lose(folder)
    shutil.copytree(folder / "models/1.0", folder / "models/1.1")


def lead_out(folder):
    lose(folder)
    (folder / "models/1.1").symlink_to("/etc")


def test_a_node_without_its_loop_starts_with_its_last_model(left_alone):
    with left_alone.start() as node:
        wait_until_runs(node, "1.1")
        assert by_rest(node)(CELLS_PICTURE)[0]


@pytest.mark.parametrize("harm", [cut, change, lose, copy_half, put_file, put_other, lead_out], ids=lambda harm: harm.__name__)
def test_a_node_whose_last_model_is_broken_starts_with_the_one_before_and_says_so(left_alone, tmp_path, harm):
    harm(tmp_path / "detector")
    with left_alone.start() as node:
        wait_until_runs(node, "1.0")
        assert by_rest(node)(CELLS_PICTURE)[0]
        said = errors(node)["update_model"]
        assert said.startswith("Could not load model 1.1: ") and said.endswith("; model 1.0 serves instead"), said


@pytest.mark.parametrize("link", ["/etc", "models/9.9", "/etc/passwd", "../elsewhere", None])
def test_a_node_whose_link_leads_nowhere_starts_with_the_model_that_was_used_last(left_alone, tmp_path, link):
    (tmp_path / "detector/current_model").unlink()
    (tmp_path / "detector/current_model.new").symlink_to("models/0.1")
    if link:
        (tmp_path / "detector/current_model").symlink_to(link)
    with left_alone.start() as node:
        wait_until_runs(node, "1.1")
        assert by_rest(node)(CELLS_PICTURE)[0]


# ---------------------------------------------------------------------------------------------------------------- the disk


def test_a_disk_that_takes_no_link_leaves_the_old_model_serving_and_the_next_try_succeeds(tmp_path):
    with FakeLoop() as loop, scripted(tmp_path, loop, "1.0") as node:
        wait_until_runs(node, "1.0")
        full = ["-e", "inject=?symlink,?symlinkat:error=ENOSPC"]
        with Trace(node.process.pid, tmp_path / "trace", LINKING, full):
            deploy(loop, "1.1", scripted_model)
            look_now(node)
            assert "No space left" in wait_for_error(node, "1.1")
            assert runs(node) == "1.0" and linked(tmp_path) == "models/1.0"
        look_now(node)
        wait_until_runs(node, "1.1")
        assert linked(tmp_path) == "models/1.1" and errors(node) == {}


def test_of_old_models_the_last_three_stay(tmp_path):
    with FakeLoop() as loop, scripted(tmp_path, loop, "1.0") as node:
        for number in range(5):
            deploy(loop, f"1.{number}", scripted_model)
            look_now(node)
            wait_until_runs(node, f"1.{number}")
        wait_until(lambda: models_of(tmp_path) == ["1.2", "1.3", "1.4"], "the last three")
        assert node.get("/model_version").json()["local_versions"] == ["1.2", "1.3", "1.4"]


def test_a_reset_in_the_midst_of_a_download_leaves_nothing_of_it(tmp_path):
    with FakeLoop() as loop, scripted(tmp_path, loop, "1.0", {"USE_BACKDOOR_CONTROLS": "1"}) as node:
        wait_until_runs(node, "1.0")
        deploy(loop, "1.1", scripted_model, held=True)
        look_now(node)
        wait_until(lambda: loop.holding, "a download that takes for ever")
        loop.target = None
        assert node.ask("POST", "/reset").json() is True
        assert models_of(tmp_path) == [] and list((tmp_path / "detector/models/.staging").iterdir()) == []
        deploy(loop, "1.2", scripted_model)
        look_now(node)
        wait_until_runs(node, "1.2")
