"""A converter at a Loop that lies, and on a disk that is full: nothing is harmed, no model of another project waits, all is told."""

import io
import json
import re
import stat
import subprocess
import uuid
import zipfile
from pathlib import Path

import pytest
from between import Between
from converter_fixtures import fixture_login, fixture_loop  # noqa: F401
from converters import (BIG_TEXT, converter, errors, failed_models, folder_of, formats, status, step, strays, upload,
                        wait_for_error, wait_until_converted)
from nodes import ORGANIZATION, wait_until
from packages import packed
from programs import generate
from small_disks import fill, require_own_mounts, small_disk

LIES = "/api/o/projects/lies"
MANY_MODELS = 100_000
MOST_MEMORY_MIB = 400
NO_NAMES = ["../../outside", "..", ".", "", "a/b", "/etc", "a\\b", "a\0b", "a b", "x" * 10_000, "%2e%2e%2f", "ü", None, 7, ["o"],
            {"id": "o"}]


@pytest.fixture(name="field")
def fixture_field(loop):
    path = generate(loop, "field", ORGANIZATION)
    yield path
    assert loop.ask("DELETE", path).status == 200


@pytest.fixture(name="way")
def fixture_way(loop):
    """The way to a Loop that has one more project, `lies`, the first of all."""
    with Between(loop) as way:
        add_projects(way, [{"organization_id": "o", "project_id": "lies", "resource": "/o/projects/lies"}])
        yield way


def add_projects(way, projects):
    def answer(handler):
        honest = json.loads(handler.ask_loop().body)["projects"]
        handler.answer(200, {"projects": projects + honest})
    way.on("GET /api/projects", answer)


def listed(**more):
    """What a Loop tells of a model that is newer than any other."""
    return {"id": str(uuid.uuid4()), "version": "9.9", "formats": ["format_a"], "created": "2999-01-01T00:00:00", "comment": None} | more


def tell_models(way, models):
    way.on(rf"GET {LIES}/models\?.*", {"models": models})


def peak_memory_mib(node):
    return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{node.process.pid}/status").read_text())[1]) / 1024


def files_around(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file() or file.is_symlink())


def assert_nothing_outside(tmp_path, node):
    wait_until(lambda: not step(node), "its rest")
    assert strays(node) == []
    assert {name.split("/")[0] for name in files_around(tmp_path)} == {"converter", "converter.log"}
    assert node.process.poll() is None and peak_memory_mib(node) < MOST_MEMORY_MIB, f"{peak_memory_mib(node):.0f} MiB"


# ------------------------------------------------------------------------------------------------------------------- zips


def zip_of(*entries):
    """Of (name or ZipInfo, bytes)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries:
            package.writestr(name, content)
    return out.getvalue()


def link_to(target):
    entry = zipfile.ZipInfo("weights.txt")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zip_of((entry, target))


def described(description):
    return zip_of(("weights.txt", b"red"), ("model.json", description if isinstance(description, bytes) else json.dumps(description)))


ZIPS = {
    "one folder up": lambda: zip_of(("../outside.txt", b"outside")),
    "far up": lambda: zip_of((f"{'../' * 30}tmp/outside-{uuid.uuid4()}.txt", b"outside")),
    "an absolute path": lambda: zip_of(("/tmp/outside.txt", b"outside")),
    "a backslash": lambda: zip_of(("..\\outside.txt", b"outside")),
    "a folder": lambda: zip_of(("folder/weights.txt", b"in a folder")),
    "a link": lambda: link_to("/etc/passwd"),
    "a bomb": lambda: zip_of(("weights.txt", bytes(400 << 20))),
    "100 000 files": lambda: zip_of(*((f"{number}.txt", b"") for number in range(100_000))),
    "the same name twice": lambda: zip_of(("weights.txt", b"1"), ("weights.txt", b"2")),
    "names that differ in case": lambda: zip_of(("weights.txt", b"1"), ("WEIGHTS.txt", b"2")),
    "no files": zip_of,
    "nothing": lambda: b"",
    "no zip": lambda: b"<html>log in first</html>",
    "half a zip": lambda: packed({"weights.txt": b"red" * 1000})[:1500],
    "a flipped byte": lambda: packed({"weights.txt": b"red" * 1000}).replace(b"redred", b"reDred", 1),
    "no text": lambda: packed({"weights.bin": b"1"}),
    "model.json that is cut": lambda: described(b'{"categories": ['),
    "model.json that is a list": lambda: described([1]),
    "model.json that is deep": lambda: described(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "model.json that is no UTF-8": lambda: described(b'{"a": "\xff\xfe"}'),
    "model.json of 20 MB": lambda: packed({"weights.txt": b"red", "model.json": json.dumps({"a": "x" * 20_000_000}).encode()}),
    "categories that are none": lambda: described({"categories": [7]}),
    "categories that are a text": lambda: described({"categories": "red"}),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_each_zip_that_lies_is_a_failure_of_its_model_alone(loop, login, field, way, tmp_path):
    models = {name: listed() for name in ZIPS}
    tell_models(way, list(models.values()))
    for name, model in models.items():
        way.on(f"GET {LIES}/models/{model['id']}/format_a/file", lambda handler, name=name: handler.answer(200, ZIPS[name]()))
    honest = upload(loop, field, b"honest")
    with converter(tmp_path, way, login) as node:
        assert wait_until_converted(loop, field, honest, 60)["weights.txt"] == b"HONEST"
        def are_failed():
            failed = failed_models(node)
            return all(failed.get(model["id"], {}).get("reason") for model in models.values()) and failed
        failed = wait_until(are_failed, "a reason for each of them", 60)  # in turns with the project of the honest one
        for name, model in models.items():
            print(f"{name}: {failed[model['id']]['reason'][:150]}")
        assert way.count(f"PUT {LIES}/.*") == 0
        assert len(errors(node)) <= 25 and len(node.get("/live").body) < 100_000
        print(f"\nfigures: {len(models)} zips that lie; at most {peak_memory_mib(node):.0f} MiB")
        assert_nothing_outside(tmp_path, node)
    assert not list(Path("/tmp").glob("outside*"))


def test_a_download_that_claims_to_be_endless_or_breaks_off_harms_no_other_model(loop, login, field, way, tmp_path):
    models = {name: listed() for name in ("a terabyte", "half of it", "refused", "a redirect")}
    tell_models(way, list(models.values()))
    answers = {"a terabyte": lambda handler: handler.answer(200, b"PK", length=1 << 40),
               "half of it": lambda handler: handler.answer(200, b"PK", length=1000),
               "refused": lambda handler: handler.answer(500, b"\xff" * 100_000),
               "a redirect": lambda handler: handler.answer(302, b"", [("Location", "http://127.0.0.1:1/x")])}
    for name, model in models.items():
        way.on(f"GET {LIES}/models/{model['id']}/format_a/file", answers[name])
    honest = upload(loop, field, b"honest")
    with converter(tmp_path, way, login) as node:
        wait_until_converted(loop, field, honest, 60)
        failed = failed_models(node)
        assert set(failed) <= {models["a terabyte"]["id"]}, "what the network did is no failure of a model"
        wait_for_error(node, "conversions", "tried again")
        assert_nothing_outside(tmp_path, node)


@pytest.mark.soak  # the client goes on with a download that it was cut off from, some times
def test_a_download_that_trickles_is_given_up_and_others_go_on(loop, login, field, way, tmp_path):
    tell_models(way, [listed()])
    way.on(f"GET {LIES}/models/.*/format_a/file", lambda handler: handler.trickle())
    honest = upload(loop, field, b"honest")
    with converter(tmp_path, way, login) as node:
        wait_until_converted(loop, field, honest, 300)
        assert failed_models(node) == {}
        assert_nothing_outside(tmp_path, node)


# ------------------------------------------------------------------------------------------------------------------ lists


def test_names_that_are_none_are_passed_over_wherever_they_stand(loop, login, field, way, tmp_path):
    add_projects(way, [{"organization_id": name, "project_id": "p", "resource": "/o/projects/p"} for name in NO_NAMES] +
                 [{"organization_id": "o", "project_id": name, "resource": name} for name in NO_NAMES] + [None, 7, "o", [], {}] +
                 [{"organization_id": "o", "project_id": "lies", "resource": "/o/projects/lies"}])
    tell_models(way, [listed(id=name) for name in NO_NAMES] + [listed(version=name) for name in NO_NAMES if name != "."] +
                [listed(formats=name) for name in NO_NAMES] + [listed(formats=["format_a", 7])] + [None, 7, "model", [], {}])
    with converter(tmp_path, way, login) as node:
        assert_unharmed(loop, field, node)
        assert {one for one in way.seen if one.startswith("GET /api/") and "field" not in one} == \
            {"GET /api/status", "GET /api/projects", f"GET {LIES}/models?format=format_a"}
        assert (failed_models(node), way.count("POST .*")) == ({}, 0)
        assert_nothing_outside(tmp_path, node)


def assert_unharmed(loop, field, node, seconds=60):
    """An honest model that comes now is converted. The Loop tells nothing of it: the operator does."""
    model = upload(loop, field, b"honest")
    assert node.ask("POST", "/retry").status == 200
    assert wait_until_converted(loop, field, model, seconds)["weights.txt"] == b"HONEST"


LISTS = {
    "cut": b'{"models": [{"id": "', "no JSON": b"<html>", "a list": b"[]", "nothing": b"", "deep": b"[" * 1_000_000,
    "models that are a text": b'{"models": "all"}', "no UTF-8": b'{"models": ["\xff"]}',
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_cannot_be_read_is_told_and_other_projects_go_on(loop, login, field, way, tmp_path, name):
    way.on(rf"GET {LIES}/models\?.*", LISTS[name])
    with converter(tmp_path, way, login) as node:
        assert_unharmed(loop, field, node)
        if name != "no UTF-8":
            assert "o/lies" in wait_for_error(node, "models")
        assert_nothing_outside(tmp_path, node)


@pytest.mark.parametrize("answer", [b'{"projects": [', b'{"projects": 7}', 500, 404, 403, 429])
def test_projects_that_cannot_be_read_are_told_and_asked_for_again(loop, login, field, tmp_path, answer):
    with Between(loop) as way:
        way.on("GET /api/projects", answer)
        model = upload(loop, field)
        with converter(tmp_path, way, login) as node:
            wait_for_error(node, "projects")
            way.let_go_on()
            assert node.ask("POST", "/retry").status == 200  # at once, not after its wait
            wait_until_converted(loop, field, model)
            wait_until(lambda: "projects" not in errors(node), "nothing wrong with them")
            assert_nothing_outside(tmp_path, node)


@pytest.mark.parametrize("status_code", [404, 500])
@pytest.mark.parametrize("created", ["2001-01-01T00:00:00", "2999-01-01T00:00:00"], ids=["older", "newer"])
def test_a_list_of_a_hundred_thousand_models_of_which_none_can_be_fetched_stops_no_other_project(
        loop, login, field, way, tmp_path, created, status_code):
    """They are older or newer than the honest model: the newest of a project come first."""
    tell_models(way, [listed(created=created) for _ in range(MANY_MODELS)])
    way.on(f"GET {LIES}/models/.*/format_a/file", status_code)
    model = upload(loop, field, b"honest")
    with converter(tmp_path, way, login) as node:
        wait_until_converted(loop, field, model, 60)
        assert_unharmed(loop, field, node)
        assert len(node.get("/live").body) < 100_000
        print(f"\nfigures: {MANY_MODELS} models in a list: at most {peak_memory_mib(node):.0f} MiB")
        assert node.stop() == 0


# ------------------------------------------------------------------------------------------------------------------ the disk


@pytest.fixture(name="own_mounts", scope="module")
def fixture_own_mounts():
    require_own_mounts()


@pytest.fixture(name="disk")
def fixture_disk(own_mounts, tmp_path):  # pylint: disable=unused-argument  # it may mount
    with small_disk("tmpfs", tmp_path / "converter", 24) as at:
        yield at


def test_a_model_that_the_disk_has_no_room_for_is_told_and_tried_again_and_others_go_on(loop, login, field, disk, tmp_path):
    large = upload(loop, field, BIG_TEXT)
    with converter(tmp_path, loop, login) as node:
        wait_for_error(node, "conversions", "disk")
        assert wait_until_converted(loop, field, upload(loop, field, b"honest"))["weights.txt"] == b"HONEST"
        assert (failed_models(node), formats(loop, field)[large]) == ({}, ["format_a"])
        subprocess.run(["mount", "-o", "remount,size=200m", disk], check=True)
        assert node.ask("POST", "/retry").json() == {"models": 0}
        assert wait_until_converted(loop, field, large)["weights.txt"] == BIG_TEXT.upper()
        wait_until(lambda: errors(node) == {} and not strays(node), "nothing wrong")


def test_on_a_full_disk_no_model_counts_as_failed_and_all_is_converted_once_there_is_room(loop, login, field, disk, tmp_path):
    with converter(tmp_path, loop, login) as node:
        wait_until(lambda: status(node)["link"]["word"] == "connected", "a connection")
        full = folder_of(node) / "failed_models.json.broken"  # as if it were of an earlier converter
        fill(full)
        models = [upload(loop, field, b"model %d" % number) for number in range(3)]
        wait_for_error(node, "conversions", "disk")
        assert all(one == ["format_a"] for one in formats(loop, field).values())
        assert failed_models(node) == {} and node.process.poll() is None
        full.unlink()
        for model in models:
            wait_until_converted(loop, field, model, 60)
        wait_until(lambda: errors(node) == {} and not strays(node), "nothing wrong")
