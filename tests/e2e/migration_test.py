"""A Loop's database is brought to a newer schema, and whatever stops that in the middle: the old or the new one, whole, and a backup."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest
from data_folders_test import unpack
from loop_programs.ports import free_port
from loop_programs.process import clean_environment
from programs import BIN, run_to_end

VERSION = "0.1"
CALLS = ["pwrite64", "write", "fdatasync", "fsync", "rename", "renameat", "renameat2", "unlink", "unlinkat", "ftruncate", "openat", "mkdir",
         "mkdirat"]


def list_tokens(folder, *prefix):
    """Opens the database, and so brings it up to date; the status, negative: the signal that ended it."""
    return subprocess.run([*map(str, prefix), BIN / "learning-loop", "token", "list", "--data-folder", folder], env=clean_environment(),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)


class State:
    """What a database says when it is opened: a copy of it, with what a crash left beside it."""

    def __init__(self, file, scratch):
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        for one in file.parent.glob(file.name + "*"):
            shutil.copy(one, scratch)
        with closing(sqlite3.connect(scratch / file.name)) as database:
            self.version = database.execute("PRAGMA user_version").fetchone()[0]
            self.faults = database.execute("PRAGMA integrity_check").fetchall() + database.execute("PRAGMA foreign_key_check").fetchall()
            self.schema = set(database.execute("SELECT type, name, sql FROM sqlite_master"))
            self.names = {(kind, name) for kind, name, _ in self.schema}
            self.dump = list(database.iterdump())
            self.rows = {name: sorted(database.execute(f"SELECT * FROM {name}"), key=repr)
                         for kind, name, _ in self.schema if kind == "table"}

    def keeps(self, other):
        """All rows, with what was added behind their columns."""
        def as_before(name, rows):
            columns = len(rows[0]) if rows else 0
            return sorted((row[:columns] for row in self.rows.get(name, [])), key=repr)
        return all(as_before(name, rows) == rows for name, rows in other.rows.items() if rows)


@pytest.fixture(name="original", scope="module")
def fixture_original(tmp_path_factory):
    """The database that a Loop of that version left."""
    return unpack(VERSION, "loop", tmp_path_factory.mktemp("original")) / "loop.db"


@pytest.fixture(name="old", scope="module")
def fixture_old(original, tmp_path_factory):
    state = State(original, tmp_path_factory.mktemp("old") / "db")
    assert state.faults == [("ok",)] and all(len(state.rows[name]) > 1 for name in ("projects", "images", "categories", "models"))
    return state


@pytest.fixture(name="new", scope="module")
def fixture_new(original, old, tmp_path_factory):
    """What becomes of it when nothing goes wrong."""
    folder = copied(original, tmp_path_factory.mktemp("new") / "loop")
    done = list_tokens(folder)
    assert done.returncode == 0 and "number" in done.stdout, done
    state = State(folder / "loop.db", folder / "scratch")
    assert state.version > old.version and state.faults == [("ok",)] and state.names > old.names and state.keeps(old)
    return state


def copied(original, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(original, folder)
    return folder


def backups_of(folder):
    return sorted((folder / "backups").glob("*.db"))


def assert_backups_are_whole(folder, old):
    for file in backups_of(folder):
        backup = State(file, folder / "scratch")
        assert (backup.version, backup.faults) == (old.version, [("ok",)]), file
        assert backup.dump == old.dump, file


def calls_in_folder(original, folder, call):
    """Which calls of the program are for the folder: it opens a hundred libraries before."""
    log = folder.parent / "strace.log"
    assert list_tokens(copied(original, folder), "strace", "-o", log, "-e", f"trace={call}").returncode == 0
    return [number for number, line in enumerate(re.findall(rf"^{call}\(.*$", log.read_text(), re.M), 1) if str(folder) in line]


def is_killed(folder, call, number):
    """Whether the program came to that call, at which it is killed."""
    done = list_tokens(folder, "strace", "-f", "-o", "/dev/null", "-e", "trace=" + ",".join(CALLS), "-e",
                       f"inject={call}:signal=KILL:when={number}")
    assert done.returncode in (0, -9, 137), done
    return done.returncode != 0


@pytest.mark.parametrize("call", CALLS)
def test_a_kill_at_any_call_leaves_the_old_schema_or_the_new_and_the_next_start_goes_on(original, old, new, tmp_path, call):
    folder = tmp_path / "loop"
    numbers = iter(calls_in_folder(original, folder, call)) if call == "openat" else iter(range(1, 1000))
    kills, versions, left_over = 0, [], []
    for number in numbers:
        if not is_killed(copied(original, folder), call, number):
            break
        kills += 1
        left = State(folder / "loop.db", folder / "scratch")
        versions.append(left.version)
        assert left.faults == [("ok",)] and left.keeps(old), f"{call} {number}"
        wanted = {old.version: old, new.version: new}[left.version]
        assert left.schema == wanted.schema, f"{call} {number}"
        assert_backups_are_whole(folder, old)
        assert left.version == old.version or backups_of(folder), "no new schema without a backup"

        done = list_tokens(folder)
        assert done.returncode == 0 and "number" in done.stdout, f"{call} {number}: {done}"
        after = State(folder / "loop.db", folder / "scratch")
        assert (after.version, after.schema, after.faults) == (new.version, new.schema, [("ok",)]) and after.keeps(old), f"{call} {number}"
        assert_backups_are_whole(folder, old)
        assert backups_of(folder), f"{call} {number}"
        left_over += [f"{call} {number}: {file.name}" for file in (folder / "backups").iterdir() if file.suffix != ".db"]
    print(f"{call}: killed at {kills} calls, {versions.count(new.version)} of them after the change")
    assert versions == sorted(versions), "it never goes back"
    assert not left_over, "the next start removes what a killed one had begun"
    if call in ("pwrite64", "fdatasync", "openat"):
        assert kills > 5 and old.version in versions


def test_the_new_schema_has_room_for_trainings_and_nodes_and_none_is_made_up(new):
    assert {("table", name) for name in ("trainings", "training_results", "nodes")} <= new.names
    assert not new.rows["trainings"] and not new.rows["training_results"] and not new.rows["nodes"]


def test_three_backups_stay_and_the_newest_are_among_them(original, old, tmp_path):
    folder = copied(original, tmp_path / "loop")
    (folder / "backups").mkdir()
    earlier = [folder / "backups" / f"loop-schema-0-0000000{number}-0000-7000-8000-000000000000.db" for number in "4321"]
    for file in earlier:
        file.write_bytes(b"of an earlier change")
    other, own = folder / "backups" / "notes.txt", folder / "backups" / "of-mine.db"
    for file in (other, own):
        file.write_text("not ours")
    assert list_tokens(folder).returncode == 0
    [made] = [file for file in backups_of(folder) if file.name.startswith(f"loop-schema-{old.version}-")]
    assert set(backups_of(folder)) == {made, *earlier[:2], own} and other.exists()
    assert State(made, tmp_path / "scratch").dump == old.dump
    assert (folder / "loop.db").stat().st_mode & 0o777 == made.stat().st_mode & 0o777 == 0o600
    assert list_tokens(folder).returncode == 0 and len(backups_of(folder)) == 4, "a second start changes nothing"


def test_a_backup_can_be_put_back(original, old, new, tmp_path):
    folder = copied(original, tmp_path / "loop")
    assert list_tokens(folder).returncode == 0
    shutil.copy(backups_of(folder)[0], folder / "loop.db")
    assert list_tokens(folder).returncode == 0
    state = State(folder / "loop.db", tmp_path / "scratch")
    assert state.version == new.version and state.keeps(old)


@pytest.mark.parametrize("program", ["server", "token list", "user list", "user password", "check"])
@pytest.mark.parametrize("further", [1, 1000], ids=["the next version", "a version to come"])
def test_a_database_of_the_future_is_refused_in_words_and_left_as_it_is(original, new, tmp_path, program, further):
    folder = copied(original, tmp_path / "loop")
    assert list_tokens(folder).returncode == 0
    with closing(sqlite3.connect(folder / "loop.db")) as database:
        database.execute(f"PRAGMA user_version = {new.version + further}")
    before = State(folder / "loop.db", tmp_path / "scratch").dump
    more = ["--port", free_port()] if program == "server" else []
    status, said = run_to_end([BIN / "learning-loop", *program.split(), "--data-folder", folder, *more])
    assert status == 2 if program == "server" else status in (1, 2)
    assert "newer version" in said and str(new.version + further) in said and "terminate" not in said, said
    assert State(folder / "loop.db", tmp_path / "scratch").dump == before
    assert len(backups_of(folder)) == 1


def test_check_changes_no_schema_and_says_what_to_do(original, old, tmp_path):
    folder = copied(original, tmp_path / "loop")
    status, said = run_to_end([BIN / "learning-loop", "check", "--data-folder", folder])
    assert status == 1 and "older version" in said and "start its server once" in said, said
    assert State(folder / "loop.db", tmp_path / "scratch").dump == old.dump and not backups_of(folder)
