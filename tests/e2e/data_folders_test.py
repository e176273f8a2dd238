"""Today's programs take over the data folders of earlier versions, as tests/data/make_data_folders.py made them.

A folder of tests/data/folders is what an earlier version left; nothing that was promised for it may be lost."""
import hashlib
import json
import re
import sqlite3
import tarfile

import pytest
from fake_loop import FakeLoop, files_in
from loop_programs.connection import log_in
from loop_programs.ports import free_port
from loop_programs.process import start_process
from nodes import Client, Outbox, picture, wait_until
from programs import BIN, ROOT, Program, image_ids, images, loop_server

FOLDERS = ROOT / "tests/data/folders"
WITH_ACCOUNTS = 2  # the first schema that has some
VERSIONS = sorted(folder.name for folder in FOLDERS.iterdir())
RED_CELL = picture((96, 64), (114, 114, 114), [((16, 16, 32, 32), (200, 0, 0))])


def unpack(version, name, folder):
    with tarfile.open(FOLDERS / version / f"{name}.tar.gz") as tar:
        tar.extraction_filter = getattr(tarfile, "fully_trusted_filter", None)  # ours; Debian 12's Python has no filters yet
        tar.extractall(folder)
    return folder / name


def keeps(now, then):
    """Whether everything of then is there, and the same; there may be more fields."""
    if isinstance(then, dict):
        return isinstance(now, dict) and all(key in now and keeps(now[key], value) for key, value in then.items())
    if isinstance(then, list):
        return isinstance(now, list) and len(now) == len(then) and all(map(keeps, now, then))
    return now == then


def sha256(content):
    return hashlib.sha256(content).hexdigest()


# ------------------------------------------------------------------------------------------------------------- the Loop


@pytest.fixture(name="version", scope="module", params=VERSIONS)
def fixture_version(request):
    return request.param


@pytest.fixture(name="loop", scope="module")
def fixture_loop(version, tmp_path_factory):
    folder = tmp_path_factory.mktemp("loop")
    unpack(version, "loop", folder)
    with loop_server(folder) as program:
        yield program


@pytest.fixture(name="then", scope="module")
def fixture_then(version):
    """What the Loop of that version answered."""
    return json.loads((FOLDERS / version / "loop.json").read_text())


def test_the_projects_are_there_in_their_order(loop, then):
    assert keeps(loop.get("/api/projects").json()["projects"], then["projects"])


def test_each_project_has_its_categories_and_counts(loop, then):
    for project in then["by_project"]:
        now = loop.get(project["path"]).json()
        assert keeps(now, project["project"]), now


def test_each_image_is_there_in_its_state_and_in_its_place(loop, then):
    for project in then["by_project"]:
        assert keeps(loop.get(f"{project['path']}/data").json(), project["data"])
        for state, ids in project["ids_by_state"].items():
            assert image_ids(loop, project["path"], state) == ids, state


def test_each_image_has_its_metadata(loop, then):
    for project in then["by_project"]:
        for now, image in zip(images(loop, project["path"], project["data"]["image_ids"]), project["images"], strict=True):
            assert keeps(now, image), (now, image)


def test_each_image_is_the_same_byte_for_byte(loop, then):
    for project in then["by_project"]:
        for image_id, (content_type, digest) in project["files"].items():
            answer = loop.get(f"{project['path']}/images/{image_id}/main")
            assert (answer.status, answer.headers["Content-Type"], sha256(answer.body)) == (200, content_type, digest), image_id


def test_each_model_is_there_and_the_same_byte_for_byte(loop, then):
    for project in then["by_project"]:
        assert keeps(loop.get(f"{project['path']}/models").json()["models"], project["models"])
        for name, digest in project["model_files"].items():
            assert sha256(loop.get(f"{project['path']}/models/{name}/file").body) == digest, name


def test_the_deployment_target_is_the_same(loop, then):
    for project in then["by_project"]:
        answer = loop.get(f"{project['path']}/deployment/target")
        assert answer.status == (200 if project["target"] else 404)
        assert not project["target"] or keeps(answer.json(), project["target"])
        history = loop.get(f"{project['path']}/deployment/history").json()["history"]
        assert [row["model_uuid"] for row in history] == ([project["target"]["model_uuid"]] if project["target"] else [])


def test_the_reports_of_detectors_are_there(loop, then):
    for project in then["by_project"]:
        assert keeps(loop.get(f"{project['path']}/detectors").json()["detectors"], project["detectors"])


def test_a_project_has_no_training_yet_and_takes_one_that_goes_on_with_its_model(loop, then):
    for project in then["by_project"]:
        assert loop.get(f"{project['path']}/trainings").json() == {"charts": [], "trainers": [], "trainings": []}
        for number, model in enumerate([None, *(model["id"] for model in project["models"])], 1):
            made = loop.send_json("POST", f"{project['path']}/trainings", {"base_model_uuid": model})
            assert made.status in (200, 201) and made.json()["training_number"] == number, made
            assert made.json()["state"] == "queued" and made.json()["base_model_uuid"] == model


def test_an_image_is_not_taken_a_second_time(loop, then):
    """As after a lost answer, across the change of versions; what differs from it is still refused."""
    [project] = [project for project in then["by_project"] if project["sent"]]
    sent = project["sent"]
    image = loop.get(f"{project['path']}/images/{sent['id']}/main").body
    def status(metadata):
        files = [(f"image_{sent['id']}.json", json.dumps(metadata).encode()), (f"image_{sent['id']}.jpg", image)]
        return loop.post_files(f"{project['path']}/images", files).status
    assert status(sent["metadata"]) == 200
    assert status(sent["metadata"] | {"tags": ["other"]}) == 409
    assert image_ids(loop, project["path"]) == project["data"]["image_ids"]


def database(file):
    """The version of its schema, and every table and row."""
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        [schema] = connection.execute("PRAGMA user_version").fetchone()
        return schema, list(connection.iterdump())
    finally:
        connection.close()


def test_before_the_schema_changes_the_database_is_copied_once(version, tmp_path):
    folder = unpack(version, "loop", tmp_path)
    left = database(folder / "loop.db")
    program = loop_server(tmp_path)
    for _ in range(2):  # the second time there is nothing to change
        with program.start():
            assert program.stop() == 0
    is_changed = database(folder / "loop.db")[0] > left[0]
    assert [database(file) for file in folder.glob("backups/*")] == ([left] if is_changed else [])


def test_the_first_start_makes_an_account_and_prints_its_password(version, tmp_path):
    folder = unpack(version, "loop", tmp_path)
    if database(folder / "loop.db")[0] >= WITH_ACCOUNTS:
        pytest.skip("it has its accounts")
    program = loop_server(tmp_path, environment={"LOOP_ADMIN_PASSWORD": ""})
    with open(tmp_path / "printed", "wb") as printed, open(program.log, "wb") as log:
        program.process = start_process(program.command, stdout=printed, stderr=log)
    with program:
        program.wait_ready()
        assert program.get("/api/projects").status == 401
        [password] = re.findall(r"^    (\S+)$", (tmp_path / "printed").read_text(), re.M)
        program.headers = log_in(program.port, "admin", password)
        assert program.get("/api/projects").json()["projects"]
        assert program.run("user", "list") == "admin\n"
        assert program.stop() == 0
        with program.start():
            assert program.get("/api/projects").status == 200, "the login of before"
            assert program.run("user", "list") == "admin\n"
            assert "password" not in program.log_text()


# --------------------------------------------------------------------------------------------------------- the detector


class LeftDetector:
    """A data folder of a detector, unpacked, and what was in it then."""

    def __init__(self, version, folder):
        self.folder = folder
        data = unpack(version, "detector", folder)
        self.outbox = Outbox(folder)
        [self.uuid] = json.loads((data / "uuids.json").read_text()).values()
        self.model = json.loads((data / "current_model/model.json").read_text())
        self.items = {queue: [item.name for item in sorted((data / "outbox" / queue).iterdir())]
                      for queue in ("priority", "normal", "rejected", "tmp")}
        self.files = {file.name: file.read_bytes() for item in self.outbox.waiting() for file in item.iterdir()}

    def started(self, loop):
        port = free_port()
        words = [BIN / "learning-loop", "detector", "--port", port, "--data-folder", self.folder / "detector", "--loop-host",
                 f"127.0.0.1:{loop.port}", "--organization", "o", "--project", "p", "--name", "Robot 7"]
        return Program(words, port, self.folder / "detector.log", ready="/health/ready")


@pytest.fixture(name="left")
def fixture_left(version, tmp_path):
    return LeftDetector(version, tmp_path)


def test_the_outbox_that_was_left_is_worth_a_test(left):
    count = {queue: len(items) for queue, items in left.items.items()}
    assert count["priority"] >= 2 and count["normal"] >= 20 and count["rejected"] == count["tmp"] == 1, count


def test_the_detector_keeps_its_identity_and_its_model(left):
    version = left.model["version"]
    with FakeLoop() as loop:
        loop.target = {"model_uuid": left.model["id"], "version": version}  # and no download: it has the model
        with left.started(loop) as node:
            wait_until(lambda: loop.reports and loop.reports[-1]["current_model"] == version, "a report with the model")
            assert {report["uuid"] for report in loop.reports} == {left.uuid}
            assert keeps(node.get("/about").json()["model_info"], {"id": left.model["id"], "version": version})
            [box] = Client(node).detect(RED_CELL, autoupload="disabled").json()["box_detections"]
            assert (box["category_name"], box["model_name"], box["x"]) == ("red", version, 16)


def test_each_image_that_waited_reaches_the_loop_once_as_it_was_and_those_of_priority_first(left):
    with FakeLoop() as loop:
        for _ in range(2):  # the second time nothing is left to send
            with left.started(loop) as node:
                left.outbox.wait_until_empty()
                assert node.stop() == 0
        sent = [file for body in loop.uploads for file in files_in(body)]
    assert len(sent) == len(left.files) and dict(sent) == left.files
    ids = [name[len("image_"):-len(".jpg")] for name, _ in sent if name.endswith(".jpg")]
    count = len(left.items["priority"])
    assert ids[:count] == left.items["priority"], "oldest first"
    assert set(ids[count:]) == set(left.items["normal"])


def test_what_was_refused_stays_and_what_was_half_written_goes(left):
    with FakeLoop() as loop, left.started(loop):
        left.outbox.wait_until_empty()
        assert [item.name for item in left.outbox.rejected()] == left.items["rejected"]
        assert "422" in (left.outbox.rejected()[0] / "reason.txt").read_text()
        assert not list((left.outbox.folder / "tmp").iterdir())
