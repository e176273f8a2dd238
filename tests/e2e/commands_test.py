"""The commands of a shell on a Loop's data folder, with a server that runs and without one: token, user and check."""

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest
from accounts import bearer, cookie_of, data_folder, log_in, number_in, secret_in, with_headers
from loop_programs.ports import free_port
from loop_programs.process import start_process
from nodes import wait_until
from programs import ADMIN_PASSWORD, Loop, generate, image_ids, jpeg, loop_server
from shell import PROGRAM, command, printed

NEW_PASSWORD = "a-new-password"


@pytest.fixture(name="loop")
def fixture_loop(tmp_path):
    with loop_server(tmp_path) as server:
        yield server


@pytest.fixture(name="old", scope="module")
def fixture_old(tmp_path_factory):
    """The folder of a Loop that has ended, with a project of some images and models."""
    with loop_server(tmp_path_factory.mktemp("old")) as server:
        generate(server, "field", complete=6, trainings=2)
        assert server.stop() == 0
        return data_folder(server)


@pytest.fixture(name="folder")
def fixture_folder(old, tmp_path):
    return shutil.copytree(old, tmp_path / "loop")


# ------------------------------------------------------------------------------------------ with a server and without one


def when(running, server):
    """Whether commands are to find a server that runs."""
    if not running:
        assert server.stop() == 0


@pytest.mark.parametrize("running", [True, False], ids=["a server runs", "no server runs"])
def test_a_token_is_made_listed_and_revoked(loop, running):
    path = generate(loop, "field")
    folder = data_folder(loop)
    when(running, loop)
    made = printed("token", "create", "--node", "cam1", folder=folder), printed("token", "create", "cam2", folder=folder)
    scoped = printed("token", "create", "--script", "nightly", "--project", "test/field", folder=folder)
    assert ("LOOP_HOST=http://127.0.0.1:" in made[0]) == running and "NODE_NAME=cam1\n" in made[0] and "NODE_NAME=cam2\n" in made[1]
    assert "LOOP_ORGANIZATION=test\nLOOP_PROJECT=field\n" in scoped and "NODE_NAME" not in scoped
    listed = printed("token", "list", folder=folder)
    assert [line.split()[1:4] for line in listed.splitlines()[1:]] == [["node", "cam1", "every"], ["node", "cam2", "every"],
                                                                       ["script", "nightly", "test/field"]]
    assert not any(secret_in(text) in listed for text in (*made, scoped))
    assert "revoked" in printed("token", "revoke", number_in(made[0]), folder=folder)
    with loop if running else loop.start():
        statuses = [loop.nobody().get("/api/projects", bearer(secret_in(text))).status for text in (*made, scoped)]
        assert statuses == [401, 200, 200]
        assert loop.nobody().get(path, bearer(secret_in(scoped))).status == 200


@pytest.mark.parametrize("running", [True, False], ids=["a server runs", "no server runs"])
@pytest.mark.parametrize("given", [True, False], ids=["given", "drawn"])
def test_a_new_password_ends_the_logins_and_leaves_the_tokens(loop, running, given):
    cookie, login, folder = cookie_of(log_in(loop)), dict(loop.headers), data_folder(loop)
    node = bearer(secret_in(loop.run("token", "create", "--node", "cam1")))
    when(running, loop)
    words = ["user", "password", "admin", *(["--from-stdin"] if given else [])]
    said = printed(*words, folder=folder, stdin=f"{NEW_PASSWORD}\nmore\n" if given else "")
    password = NEW_PASSWORD if given else said.strip()
    assert (NEW_PASSWORD in said) is False and (given or len(password) >= 20)
    if not running:
        loop.environment.pop("LOOP_ADMIN_PASSWORD")
        loop.start()
    assert [loop.nobody().get("/api/projects", headers).status for headers in (cookie, login, node)] == [401, 401, 200]
    assert log_in(loop).status == 401
    assert log_in(loop, password=password).status == 200
    assert printed("user", "list", folder=folder) == "admin\n"


@pytest.mark.parametrize("running", [True, False], ids=["a server runs", "no server runs"])
@pytest.mark.parametrize("password", ["", "short", "1234567", "x" * 1025], ids=["empty", "short", "a letter short", "too long"])
def test_a_password_that_is_too_short_or_long_changes_nothing(loop, running, password):
    folder, cookie = data_folder(loop), cookie_of(log_in(loop))
    when(running, loop)
    done = command("user", "password", "--from-stdin", folder=folder, stdin=password + "\n")
    assert done.returncode == 1 and ("8 characters" in done.stderr or "1024" in done.stderr), done
    with loop if running else loop.start():
        assert loop.nobody().get("/api/projects", cookie).status == 200 and log_in(loop).status == 200


def test_the_first_account_is_of_the_first_start_and_no_later_one(tmp_path):
    first = loop_server(tmp_path, environment={"LOOP_ADMIN_USERNAME": "anna", "LOOP_ADMIN_PASSWORD": NEW_PASSWORD})
    with first.start(wait=False):
        wait_until(lambda: "is ready" in first.log_text(), "a server")
        assert log_in(first, "anna", NEW_PASSWORD).status == 200
        assert log_in(first, "admin", NEW_PASSWORD).status == 401
        first.stop()
        first.environment.update({"LOOP_ADMIN_USERNAME": "bert", "LOOP_ADMIN_PASSWORD": ADMIN_PASSWORD})
        first.start(wait=False)
        wait_until(lambda: first.log_text().count("is ready") == 2, "the server once more")
        assert log_in(first, "anna", NEW_PASSWORD).status == 200
        assert {log_in(first, name, ADMIN_PASSWORD).status for name in ("anna", "bert", "admin")} == {401}
        assert printed("user", "list", folder=data_folder(first)) == "anna\n"


def test_the_password_that_is_drawn_is_printed_once_and_not_logged(tmp_path):
    port, folder = free_port(), tmp_path / "loop"
    server = Loop([PROGRAM, "server", "--port", port, "--data-folder", folder], port, tmp_path / "log")
    for start in range(2):
        with open(tmp_path / "out", "wb") as out, open(server.log, "ab") as log:
            server.process = start_process(server.command, stdout=out, stderr=log)
        with server:
            server.wait_ready()
            said = (tmp_path / "out").read_text()
            if start == 0:
                password = said.split("\n\n")[1].strip()
            assert log_in(server, password=password).status == 200
            assert (password in said) == (start == 0) and password not in server.log_text()
            server.stop()


# ------------------------------------------------------------------------------------------------------- where the Loop is


def test_the_socket_is_for_its_owner_alone_and_goes_with_the_server(loop):
    folder = data_folder(loop)
    mode = (folder / "admin.sock").stat().st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o600
    assert stat.S_IMODE((folder / "loop.db").stat().st_mode) == 0o600
    loop.kill()
    assert "number" in printed("token", "list", folder=folder), "also beside a socket that was left"
    loop.start()
    assert printed("user", "list", folder=folder) == "admin\n"
    assert loop.stop() == 0
    assert not (folder / "admin.sock").exists()


def test_a_long_path_is_as_good(tmp_path):
    deep = tmp_path / ("x" * 120)
    deep.mkdir()
    with loop_server(deep) as server:
        assert len(str(data_folder(server) / "admin.sock")) > 108
        assert with_headers(server, bearer(secret_in(server.run("token", "create", "--node", "cam1")))).get("/api/projects").status == 200
        assert len(printed("token", "list", folder=data_folder(server)).splitlines()) == 2


def test_the_settings_file_of_the_server_tells_where_it_is(loop, tmp_path):
    folder = data_folder(loop)
    file = tmp_path / "server.json"
    file.write_text(f'{{"data_folder": "{folder}", "port": {loop.port}, "access_log": false}}')
    loop.run("token", "create", "--node", "cam1")
    assert "cam1" in printed("token", "list", environment={"SETTINGS_FILE": str(file)})
    assert "cam1" in printed("token", "list", "--settings-file", file)
    assert "cam1" in printed("token", "list", environment={"DATA_FOLDER": str(folder)})
    file.write_text('{"data_folder": "/nowhere"}')
    assert "cam1" in printed("token", "list", environment={"DATA_FOLDER": str(folder), "SETTINGS_FILE": str(file)}), "stronger"
    assert "cam1" in printed("token", "list", folder=folder, environment={"SETTINGS_FILE": str(file)}), "stronger still"
    assert command("token", "list", environment={"SETTINGS_FILE": str(file)}).returncode == 1


def test_a_settings_file_that_cannot_be_read_is_named_and_no_other_loop_is_asked(loop, tmp_path):
    file = tmp_path / "server.json"
    for content in ("{broken", None):
        file.write_text(content) if content else file.unlink()
        home = {"SETTINGS_FILE": str(file), "XDG_STATE_HOME": str(tmp_path / "state")}
        shutil.copytree(data_folder(loop), tmp_path / "state/learning-loop/server", dirs_exist_ok=True, ignore=lambda *_: {"admin.sock"})
        done = command("token", "list", environment=home)
        assert done.returncode == 2 and "server.json" in done.stderr, done


@pytest.mark.parametrize("words", [["token", "list"], ["token", "create", "cam1"], ["user", "list"], ["user", "password"], ["check"]],
                         ids=" ".join)
def test_a_folder_that_is_none_is_named(tmp_path, words):
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path, tmp_path / "nothing", tmp_path / "file", Path("/dev/null")):
        done = command(*words, folder=folder)
        assert done.returncode == 1 and str(folder) in done.stderr and "no Loop" in done.stderr, done
    assert [file.name for file in tmp_path.iterdir()] == ["file"], "nothing was made"


def test_a_server_of_another_user_is_refused_in_words(open_folder):
    if os.geteuid() != 0:
        pytest.skip("only root may become another user")
    with loop_server(open_folder) as server:
        folder, program = data_folder(server), open_folder / "learning-loop"
        server.run("token", "create", "--node", "cam1")
        for mode in (0o755, 0o700):  # with the server's own mode, nobody else knows what is in it
            folder.chmod(mode)
            for words in (["token", "list"], ["token", "create", "cam2"], ["token", "revoke", "1"], ["user", "password"], ["check"]):
                done = command(*words, folder=folder, program=program, prefix=["setpriv", "--reuid=65534", "--clear-groups"])
                assert (done.returncode, done.stdout) == (1, ""), done
                assert str(folder) in done.stderr and "filesystem error" not in done.stderr, done
                assert "another user" in done.stderr or (mode == 0o700 or words == ["check"]) and "ermission denied" in done.stderr, done
        assert len(server.run("token", "list").splitlines()) == 2 and log_in(server).status == 200


def test_root_may_ask_the_server_of_another_user(open_folder):
    if os.geteuid() != 0:
        pytest.skip("only root may become another user")
    (open_folder / "loop").mkdir()
    os.chown(open_folder / "loop", 65534, 65534)
    server = loop_server(open_folder)
    server.command = ["setpriv", "--reuid=65534", "--clear-groups", str(open_folder / "learning-loop"), *server.command[1:]]
    with server:
        assert "cam1" in printed("token", "create", "cam1", folder=open_folder / "loop")
        assert server.stop() == 0
    assert not [file for file in (open_folder / "loop").rglob("*") if file.stat().st_uid == 0]


# ------------------------------------------------------------------------------------------------------------ wrong words

WRONG = {  # the exit status, and the words that stderr has to contain
    "token": (2, ["what to do", "token create", "token revoke"]), "token make": (2, ["'make' is unknown", "token create"]),
    "user": (2, ["what to do", "user password"]), "user drop": (2, ["'drop' is unknown", "user list"]),
    "token create": (1, ["--node NAME", "--script NAME"]), "token create --node a --script b": (1, ["one of them"]),
    "token create --node": (2, ["--node"]), "token create a b": (2, ["word"]), "token create a --colour red": (2, ["--colour"]),
    "token create ../cam": (1, ["'../cam'", "letters"]), "token create a --project field": (1, ["--project", "ORGANIZATION/PROJECT"]),
    "token create a --project test/none": (1, ["no project 'none'"]), "token create a --project": (2, ["--project"]),
    "token revoke": (2, ["--number", "token list"]), "token revoke x": (2, ["--number", "whole number"]),
    "token revoke 0": (2, ["--number"]), "token revoke 99999999999999999999": (2, ["--number"]),
    "token revoke 99": (1, ["99", "token list"]),
    "user password nobody": (1, ["'nobody'", "admin"]), "check --mends": (2, ["--mends"]), "check --mend=perhaps": (2, ["--mend"]),
}


@pytest.fixture(name="quiet", scope="module")
def fixture_quiet(tmp_path_factory):
    with loop_server(tmp_path_factory.mktemp("quiet")) as server:
        yield server


@pytest.mark.parametrize("words", WRONG)
def test_a_wrong_word_is_named_and_does_nothing(quiet, words):
    status, named = WRONG[words]
    has_command = len(words.split()) > 1 or words == "check"
    done = command(*words.split(), environment={"DATA_FOLDER": str(data_folder(quiet))} if has_command else {})
    assert (done.returncode, done.stdout) == (status, ""), done
    assert all(word in done.stderr for word in named), done.stderr
    assert len(quiet.run("token", "list").splitlines()) == 1 and quiet.get("/api/projects").status == 200


@pytest.mark.parametrize("words", ["token --help", "token create --help", "token list -h", "token revoke --help", "user --help", "user -h",
                                   "user password --help", "user list --help", "check --help"])
def test_help_is_printed_and_exits_0(words):
    said = printed(*words.split())
    assert "--data-folder" in said or "--help` tells more" in said


# ----------------------------------------------------------------------------------------------------------------- check


def files_of(folder, part):
    return sorted(file for file in (folder / part).rglob("*") if file.is_file())


def content(folder):
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file() and file.name != ".lock"
            and not file.name.startswith("loop.db-")}


def findings(done):
    return [line for line in done.stdout.splitlines() if line.split(":")[0] in ("lost", "cut", "changed", "orphaned", "the database")]


def test_a_clean_folder_has_no_findings(folder):
    before = content(folder)
    for words in (["check"], ["check", "--mend"]):
        assert "6 images, 2 files of models, 0 datasets: 0 findings" in printed(*words, folder=folder)
    assert "0 findings" in printed("check", folder), "also without the flag"
    assert content(folder) == before


def test_check_finds_what_is_lost_cut_changed_or_orphaned_and_mends_without_deleting(folder):
    lost, cut, changed, *_ = files_of(folder, "images")
    lost_model, cut_model = files_of(folder, "models")
    orphans = [cut.parent / "018f4e6a-0000-7000-8000-000000000000", folder / "images/stray.jpg", lost_model.parent / "other.zip",
               folder / "models/test/none/018f4e6a-0000-7000-8000-000000000000/onnx.zip"]
    lost.unlink()
    lost_model.unlink()
    for file in (cut, cut_model):
        os.truncate(file, file.stat().st_size - 1)
    changed.write_bytes(bytes([changed.read_bytes()[0] ^ 1]) + changed.read_bytes()[1:])
    for orphan in orphans:
        orphan.parent.mkdir(parents=True, exist_ok=True)
        orphan.write_bytes(b"orphan")
    rows, before = list(sqlite3.connect(folder / "loop.db").iterdump()), content(folder)
    wanted = {("lost", lost), ("lost", lost_model), ("cut", cut), ("cut", cut_model), ("changed", changed),
              *(("orphaned", orphan) for orphan in orphans)}

    done = command("check", folder=folder)
    assert done.returncode == 1 and "--mend" in done.stdout and len(findings(done)) == len(wanted), done.stdout
    assert {(kind, path) for kind, path in wanted if any(line.startswith(f"{kind}: {path.relative_to(folder)}")
                                                         for line in findings(done))} == wanted, done.stdout
    assert content(folder) == before

    mended = command("check", "--mend", folder=folder)
    assert (mended.returncode, findings(mended)) == (1, findings(done)), mended
    assert sorted(content(folder).values()) == sorted(before.values()), "nothing was deleted"
    [aside] = (folder / "set_aside").iterdir()
    moved = {cut, cut_model, changed, *orphans}
    assert {file.relative_to(aside) for file in aside.rglob("*") if file.is_file()} == {file.relative_to(folder) for file in moved}
    assert not any(file.exists() for file in moved)
    assert list(sqlite3.connect(folder / "loop.db").iterdump()) == rows

    again = command("check", folder=folder)
    assert again.returncode == 1
    assert set(findings(again)) == {f"lost: {path.relative_to(folder)}" for path in (lost, lost_model, cut, cut_model, changed)}


def test_check_does_not_run_beside_a_server(loop):
    path = generate(loop, "field")
    assert loop.post_files(f"{path}/images", [("a.jpg", jpeg())]).status == 200
    done = command("check", "--mend", folder=data_folder(loop))
    assert done.returncode == 1 and str(loop.process.pid) in done.stderr, done
    assert len(image_ids(loop, path)) == 1


def test_a_damaged_database_is_told_in_words(folder):
    file = folder / "loop.db"
    whole = file.read_bytes()
    page = int.from_bytes(whole[16:18], "big")
    for damaged in (b"hello" * 1000, whole[:-page], whole[:3 * page] + b"\xff" * page + whole[4 * page:]):
        file.write_bytes(damaged)
        done = command("check", folder=folder)
        assert done.returncode == 1 and ("loop.db" in done.stderr or "the database: " in done.stdout), done
        assert "terminate" not in done.stderr and file.read_bytes() == damaged
