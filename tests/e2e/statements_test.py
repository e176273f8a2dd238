"""What the repositories ask the database is SQL that SQLite and PostgreSQL both speak."""
import contextlib
import json
import re
import sqlite3
import subprocess

import pytest
from programs import BIN, ROOT

PYTHON = ROOT / "build/peers/pglast/bin/python"
STORE = ROOT / "src/learning_loop/store"
PARSE = """
import json, sys, pglast
for line in sys.stdin:
    try:
        pglast.parse_sql(json.loads(line))
    except pglast.parser.ParseError as error:
        print(json.loads(line), "->", error)
"""
STRING = r'"(?:[^"\\]|\\.)*"'
STRINGS = re.compile(rf"{STRING}(?:\s*{STRING})*")
READING = re.compile(rf"\b(?:for_each|find_rows|find_row)<(\w+)>\(\s*\w+,\s*({STRING}(?:\s*{STRING})*)")
CALL = re.compile(r"\b(?:for_each|find_rows|find_row)<")
TABLE = re.compile(r'table_of<(\w+)> = "(\w+)"')
GROWS_WITH_IMAGES = re.compile(r"SCAN (images|annotations|detections|image_tags|removed_images)\b")
GROWS_WITH_TRAININGS = re.compile(r"SCAN (trainings(?! USING (COVERING )?INDEX trainings_open)|training_results)\b")
READS_ALL_IMAGES = "SELECT projects.folder, images.id, images.bytes, images.image_hash FROM images "  # the check of a data folder
READS_ALL_DATASETS = "SELECT DISTINCT projects.folder, trainings.dataset FROM trainings "  # the same
BY_TRIGGERS = {"image_counts"}  # nothing else writes these tables


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("store")


@pytest.fixture(name="statements", scope="module")
def fixture_statements(folder):
    """Every statement ran, against SQLite."""
    done = subprocess.run([BIN / "store_statements", folder], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def text_of(literals):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', literals))


def sources():
    """The text of each file but columns.cpp, which puts statements together."""
    return [re.sub(r"//.*", "", path.read_text()) for path in sorted(STORE.glob("*.cpp")) if path.name != "columns.cpp"]


def tables():
    """The table of each row's struct."""
    return dict(TABLE.findall("".join((STORE / name).read_text() for name in ("tables.h", "training_tables.h"))))


def test_every_statement_that_is_written_whole_runs_against_sqlite(statements):
    texts = [text_of(literals) for source in sources() for literals in STRINGS.findall(source)]
    whole = {text for text in texts if re.match(r"(SELECT|INSERT|UPDATE|DELETE)\b", text)}
    assert len(whole) > 8
    assert whole - set(statements) == set()


def test_every_row_that_is_read_by_its_description_is_read_from_sqlite(statements):
    read = {(tables()[row], text_of(literals)) for source in sources() for row, literals in READING.findall(source)}
    assert sum(len(READING.findall(source)) for source in sources()) == sum(len(CALL.findall(source)) for source in sources()) > 12
    ran = {(match[1], match[2]) for match in (re.match(r"SELECT .*? FROM (\w+) (.*)", text) for text in statements) if match}
    assert read - ran == set()


def test_every_table_is_written_in_sqlite(statements):
    assert set(tables().values()) - BY_TRIGGERS == {match[1] for match in map(re.compile(r"INSERT INTO (\w+)").match, statements) if match}


@pytest.fixture(name="plans", scope="module")
def fixture_plans(folder, statements):
    """How SQLite goes about each statement: a list of its steps."""
    values = {str(number): None for number in range(1, 100)}
    with contextlib.closing(sqlite3.connect(folder / "test.db")) as database:
        return {text: [step for *_, step in database.execute(f"EXPLAIN QUERY PLAN {text}", values)] for text in statements}


def test_no_statement_walks_over_all_images_but_that_which_checks_each(plans):
    walks = [text for text, steps in plans.items() if any(GROWS_WITH_IMAGES.match(step) for step in steps)]
    assert [text[:len(READS_ALL_IMAGES)] for text in walks] == [READS_ALL_IMAGES]


def test_no_statement_walks_over_all_trainings_but_that_which_checks_their_datasets(plans):
    walks = [text for text, steps in plans.items() if any(GROWS_WITH_TRAININGS.match(step) for step in steps)]
    assert [text[:len(READS_ALL_DATASETS)] for text in walks] == [READS_ALL_DATASETS]
    assert any("trainings_open" in step for steps in plans.values() for step in steps)


def test_what_is_done_bit_by_bit_looks_up_the_images_of_each_bit(plans):
    bits = {text: steps for text, steps in plans.items() if re.match(r"(UPDATE|DELETE) .*\bimage IN \(SELECT", text)}
    assert len(bits) >= 5
    assert {text: steps[0] for text, steps in bits.items() if not re.search(r"[( ]image=\?", steps[0])} == {}


def test_postgresqls_own_grammar_takes_every_statement(statements):
    assert PYTHON.exists(), "tools/fetch_peers brings pglast"
    lines = "".join(json.dumps(statement) + "\n" for statement in statements)
    done = subprocess.run([PYTHON, "-c", PARSE], input=lines, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout == ""


def test_the_grammar_refuses_what_only_sqlite_speaks():
    line = json.dumps("PRAGMA journal_mode = WAL") + "\n"
    done = subprocess.run([PYTHON, "-c", PARSE], input=line, capture_output=True, text=True, check=True, timeout=30)
    assert "PRAGMA" in done.stdout


def test_what_only_sqlite_speaks_is_in_its_own_folder():
    only_sqlite = re.compile(r"\b(PRAGMA|WITHOUT ROWID|rowid|sqlite3_|SQLITE_|INSERT OR |AUTOINCREMENT)\b", re.IGNORECASE)
    paths = [path for path in STORE.rglob("*") if path.is_file() and path.parent != STORE / "sqlite"]
    assert len(paths) > 10
    assert [path.name for path in paths if only_sqlite.search(path.read_text().replace("#pragma once", ""))] == []
