"""What should be small to add is small: each patch beside this file is applied to a copy of the tree, counted, built and run.

What the tree and the copy have in common comes out of ccache."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/e2e")]
from engineio_by_hand import Service  # noqa: E402
from loop_programs.ports import free_port  # noqa: E402
from nodes import picture, wait_until  # noqa: E402
from programs import ADMIN_PASSWORD, Loop, Program, generate  # noqa: E402

LEFT_OUT = {"build", ".git", "demo-runs", "shared"}


def left_out(folder, names):
    return LEFT_OUT.intersection(names) if Path(folder) == ROOT else {"__pycache__"}.intersection(names)


@pytest.fixture(name="tree", scope="module")
def fixture_tree(tmp_path_factory):
    """A copy of the tree, without what was built."""
    copy = tmp_path_factory.mktemp("patches") / "tree"
    shutil.copytree(ROOT, copy, ignore=left_out, symlinks=True)
    return copy


def run(tree, *words, expected=0):
    done = subprocess.run([str(word) for word in words], cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == expected, (done.stdout + done.stderr)[-6000:]
    return done.stdout


class Patch:
    """A patch, and what it adds to each file."""

    def __init__(self, name):
        self.file = HERE / f"{name}.patch"
        self.added, self.removed = {}, {}
        for part in re.split(r"^diff --git ", self.file.read_text(), flags=re.MULTILINE)[1:]:
            file = part.split("\n", 1)[0].split(" b/")[1]
            self.added[file] = re.findall(r"^\+(?!\+\+)(.*)$", part, re.MULTILINE)
            self.removed[file] = re.findall(r"^-(?!--)(.*)$", part, re.MULTILINE)

    def new_files(self):
        return {file for file in self.added if not (ROOT / file).exists()}

    def places(self):
        """How many pieces of files it changes."""
        return len(re.findall(r"^@@ ", self.file.read_text(), re.MULTILINE))

    def sources(self):
        """What is changed or new, but for tests, pages and the list of rooms."""
        return {file for file in self.added if file.startswith(("src/", "apps/")) and not file.endswith("rooms.txt")}


@pytest.fixture(name="applied")
def fixture_applied(tree, request):
    """The patch of that name; it is applied to the copy while the test runs."""
    patch = Patch(request.param)
    run(tree, "git", "apply", "--whitespace=error", patch.file)
    yield patch
    run(tree, "git", "apply", "--reverse", patch.file)


def loop_of(tree, folder):
    """The tree's Loop, with a project."""
    run(tree, "tools/build", "dev", "learning-loop")
    port = free_port()
    words = [tree / "build/dev/bin/learning-loop", "server", "--port", port, "--data-folder", folder / "loop"]
    loop = Loop(words, port, folder / "log", environment={"LOOP_ADMIN_PASSWORD": ADMIN_PASSWORD}).start()
    assert generate(loop, "p", "o") == "/api/o/projects/p"
    return loop


def lines_of_code(lines):
    return [line for line in lines if line.strip() and not line.lstrip().startswith("//")]


@pytest.mark.parametrize("applied", ["room"], indirect=True)
def test_a_room_is_one_line(tree, applied):
    changed = applied.added.keys() - applied.new_files()
    assert changed == {"src/learning_loop/rooms.txt"} and len(applied.added["src/learning_loop/rooms.txt"]) == 1
    run(tree, sys.executable, "-B", "tools/check_layers.py")
    run(tree, "tools/build", "dev", "unit_greeting_tests")
    assert "1 test from 1 test suite ran" in run(tree, "build/dev/bin/unit_greeting_tests")


@pytest.mark.parametrize("applied", ["program"], indirect=True)
def test_a_program_is_its_parts_and_ten_lines(tree, applied, tmp_path):
    assert applied.new_files() == {"apps/greeter/main.cpp"} and applied.added.keys() == {"apps/greeter/main.cpp", "apps/CMakeLists.txt"}
    main = "\n".join(applied.added["apps/greeter/main.cpp"])
    others = re.sub(r"^struct GreeterParts .*?^};$", "", main, flags=re.MULTILINE | re.DOTALL).split("\n")
    others = [line for line in lines_of_code(others) if not line.startswith(("#include", "using namespace", "{", "}"))]
    assert len(others + applied.added["apps/CMakeLists.txt"]) <= 10
    run(tree, "tools/build", "dev", "greeter")
    port = free_port()
    with Program([tree / "build/dev/bin/greeter", port], port, tmp_path / "log", ready="/health/ready") as greeter:
        assert "hello" in greeter.get("/hello").body.decode()
        assert greeter.get("/openapi.json").json()["paths"]["/hello"]["get"]["summary"] == "Greets."
        assert greeter.stop() == 0


@pytest.mark.parametrize("applied", ["event"], indirect=True)
def test_an_event_on_the_detector_is_one_file(tree, applied, tmp_path):
    assert applied.added.keys() == applied.new_files() and len(applied.new_files()) == 1
    shutil.copytree(HERE / "box_events", tree / "apps/box_events")
    with open(tree / "apps/CMakeLists.txt", "a", encoding="utf-8") as cmake:
        cmake.write("add_executable(box_events box_events/main.cpp)\ntarget_link_libraries(box_events PRIVATE ll::detector)\n")
    run(tree, sys.executable, "-B", "tools/check_layers.py")
    run(tree, "tools/build", "dev", "box_events")
    port = free_port()
    words = [tree / "build/dev/bin/box_events", "--port", port, "--data-folder", tmp_path / "data", "--loop-host", "127.0.0.1:1",
             "--organization", "o", "--project", "p"]
    with Program(words, port, tmp_path / "log", ready="/health/live") as node:
        wait_until(lambda: node.get("/health/ready").status == 200, "a detector")
        client = Service(port, "/ws/socket.io/").open("websocket")
        client.send("40")
        assert client.next_packet().startswith("40")
        client.send('451-7["detect_boxes",{"_placeholder":true,"num":0}]', picture((32, 24), (0, 0, 0)))
        answer = client.next_packet()
        assert answer.startswith("437[[") and '"width":32,"height":24' in answer, answer


@pytest.mark.parametrize("applied", ["setting"], indirect=True)
def test_a_setting_is_two_files_and_the_page(tree, applied):
    assert not applied.new_files() and len(applied.sources()) == 2
    assert applied.added.keys() - applied.sources() == {"docs/settings.md"}
    run(tree, "tools/build", "dev", "learning-loop")
    assert run(tree, "build/dev/bin/learning-loop", "settings") == (tree / "docs/settings.md").read_text()
    assert "--title" in run(tree, "build/dev/bin/learning-loop", "server", "--help")


@pytest.mark.parametrize("applied", ["project_route"], indirect=True)
def test_a_route_with_a_project_is_two_places_in_one_file(tree, applied, tmp_path):
    assert applied.added.keys() == {"src/learning_loop/server/projects/project_api.cpp"} and applied.places() == 2
    with loop_of(tree, tmp_path) as loop:
        assert loop.get("/names/o/p").json() == ["purple box", "green box"]
        assert loop.get("/names/o/moon").status == 404
        operation = loop.get("/openapi.json").json()["paths"]["/names/{organization}/{project}"]["get"]
        assert [parameter["name"] for parameter in operation["parameters"]] == ["organization", "project"]


@pytest.mark.parametrize("applied", ["query_value"], indirect=True)
def test_an_optional_query_value_with_a_default_is_one_place(tree, applied, tmp_path):
    assert not applied.new_files() and len(applied.added) == 1 and applied.places() == 1
    with loop_of(tree, tmp_path) as loop:
        path = "/api/o/projects/p/data"
        assert loop.get(path).status == loop.get(f"{path}?count=7").status == 200
        answer = loop.get(f"{path}?count=many")
        assert answer.status == 422 and answer.json()["detail"][0]["loc"] == ["query", "count"]
        parameters = loop.get("/openapi.json").json()["paths"]["/api/{organization}/projects/{project}/data"]["get"]["parameters"]
        assert {"in": "query", "name": "count", "required": False,
                "schema": {"type": "integer", "format": "int32", "default": 500}} in parameters


@pytest.mark.parametrize("applied", ["image_column"], indirect=True)
def test_a_column_on_images_is_its_struct_and_a_migration(tree, applied, tmp_path):
    store = "src/learning_loop/store"
    assert applied.added.keys() == {f"{store}/tables.h", f"{store}/sqlite/schema.cpp"}
    run(tree, "tools/build", "dev", "unit_store_tests")
    run(tree, "build/dev/bin/unit_store_tests", "--gtest_filter=*Tables*:ImageRepositoryTest.*")
