"""Settings as a user meets them: --help, the settings file, and the page that is printed from the same descriptions."""
import json
import subprocess

import pytest
from loop_programs.ports import free_port
from loop_programs.process import clean_environment
from programs import BIN, ROOT, loop_server, run_to_end

PROGRAM = BIN / "learning-loop"
REQUIRED = ["--organization", "o", "--project", "p"]


def printed(*words, environment=None):
    done = subprocess.run([PROGRAM, *words], env=clean_environment(environment), stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout


def test_the_page_of_settings_is_up_to_date():
    page = ROOT / "docs/settings.md"
    assert page.read_text() == printed("settings"), f"renew it: {PROGRAM.relative_to(ROOT)} settings > docs/settings.md"


@pytest.mark.parametrize("program, some", [
    ("server", ["--port (NODE_PORT)", "[8000]", "--settings-file (SETTINGS_FILE)", "--tls-cert"]),
    ("detector", ["--port (NODE_PORT)", "[8004]", "--loop-host (LOOP_HOST, HOST)", "LOOP_PASSWORD, PASSWORD", "a number from 0 to 1"])],
    ids=["server", "detector"])
def test_help_tells_every_setting_with_its_variable_range_and_default(program, some):
    said = printed(program, "--help", environment={"LOOP_PASSWORD": "hunter2"})
    assert all(text in said for text in some), said
    assert "hunter2" not in said


def test_a_settings_file_is_stronger_than_a_default_and_weaker_than_a_variable(tmp_path):
    port = free_port()
    (tmp_path / "settings.json").write_text(json.dumps({"port": port, "data_folder": "/proc/nowhere"}))
    server = loop_server(tmp_path)
    server.command = [str(PROGRAM), "server", "--settings-file", str(tmp_path / "settings.json")]
    server.environment["DATA_FOLDER"] = str(tmp_path / "loop")
    server.port = port
    with server:
        assert server.get("/api/status").status == 200


@pytest.mark.parametrize("content, named", [
    ('{"colour": "red"}', ["settings.json: colour", "--help"]),
    ('{"port": 70000}', ["settings.json: port", "70000", "65535"]),
    ('{"port": 1\n"host": "a"}', ["settings.json", "line 2"])], ids=["an unknown name", "a wrong value", "broken JSON"])
def test_what_is_wrong_in_a_settings_file_is_named_and_exits_2(tmp_path, content, named):
    (tmp_path / "settings.json").write_text(content)
    status, said = run_to_end([PROGRAM, "server"], {"SETTINGS_FILE": str(tmp_path / "settings.json")})
    assert status == 2
    assert all(text in said for text in named), said


@pytest.mark.parametrize("words, named", [
    (["--pasword", "hunter2"], ["--pasword"]),
    (["--password", "hunter2"], ["--password", "LOOP_PASSWORD"]),
    (["--loop-host", "http://u:hunter2@host"], ["--loop-host", "LOOP_PASSWORD"])],
    ids=["a flag that is misspelt", "a flag", "an address"])
def test_a_secret_in_the_wrong_place_is_refused_and_not_repeated(tmp_path, words, named):
    status, said = run_to_end([PROGRAM, "detector", "--data-folder", tmp_path, *REQUIRED, *words])
    assert status == 2
    assert all(text in said for text in named), said
    assert "hunter2" not in said
