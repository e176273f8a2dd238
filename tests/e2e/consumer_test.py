"""The installed package is all that a node of one's own needs: each example is built against it, far from this tree, and runs."""
import re
import shutil
import subprocess

import pytest
from loop_programs.ports import free_port
from loop_programs.process import clean_environment
from nodes import ORGANIZATION, Client
from programs import BIN, ROOT, Program, detector, loop_server, run_to_end

EXAMPLE = ROOT / "examples/01_bright_spot"
CONSUMER = ROOT / "tests/consumer"
ROOMS = {"01_bright_spot": "detector", "02_converter": "converter", "03_annotator": "annotator", "04_trainer": "trainer"}


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, timeout=240, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(name="prefix", scope="module")
def fixture_prefix(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("prefix with a blank") / "usr"
    run("cmake", "--install", BIN.parent, "--prefix", prefix)
    return prefix


def cmake_file_for(room):
    return (CONSUMER / "CMakeLists.txt").read_text().replace("detector", room)


@pytest.fixture(name="built", scope="module")
def fixture_built(prefix, tmp_path_factory):
    """The example of that name, built as its README tells."""
    def build(example):
        room = ROOMS[example]
        source = tmp_path_factory.mktemp(f"my_{room}")
        (source / "CMakeLists.txt").write_text(cmake_file_for(room))
        shutil.copy(ROOT / "examples" / example / "main.cpp", source)
        run("cmake", "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={prefix}", env=clean_environment())
        run("cmake", "--build", source / "build", env=clean_environment())
        return source / f"build/my_{room}"
    return build


def test_every_example_is_here():
    assert sorted(ROOMS) == sorted(path.parent.name for path in ROOT.glob("examples/*/main.cpp"))


@pytest.mark.parametrize("example", ROOMS)
def test_an_example_is_one_class_and_a_main_in_few_lines(example):
    assert len((ROOT / "examples" / example / "main.cpp").read_text().splitlines()) < (60 if example == "04_trainer" else 40)


@pytest.mark.parametrize("example", ROOMS)
def test_its_readme_tells_the_cmake_file_of_a_project_of_ones_own(example):
    [shown] = re.findall(r"```cmake\n(.*?)```", (ROOT / "examples" / example / "README.md").read_text(), re.DOTALL)
    assert shown == cmake_file_for(ROOMS[example])


@pytest.mark.parametrize("example", ["02_converter", "03_annotator", "04_trainer"])
def test_a_node_built_against_the_package_tells_how_it_is(built, example, tmp_path):
    port = free_port()
    told = {"LOOP_HOST": f"127.0.0.1:{free_port()}", "DATA_FOLDER": str(tmp_path / "data"), "NODE_PORT": str(port)}
    with Program([built(example)], port, tmp_path / "log", "/health/live", told) as node:
        answer = node.get("/live")
        assert answer.status == 200, answer
        assert answer.json()["status"]["kind"] == ROOMS[example]
        assert node.stop() == 0


def test_a_detector_built_against_the_package_finds_the_spot(built, tmp_path):
    my_detector = built("01_bright_spot")
    nobody = loop_server(tmp_path, free_port())  # not started: it serves without a Loop
    with detector(tmp_path, nobody, ORGANIZATION, "example", [my_detector]) as program:
        answer = Client(program).detect((EXAMPLE / "spot.jpg").read_bytes())
    assert answer.status == 200, answer.body
    [box] = answer.json()["box_detections"]
    assert [box[key] for key in ("category_name", "x", "y", "width", "height", "confidence")] == ["spot", 40, 32, 80, 48, 1.0]


def test_the_installed_program_needs_nothing_of_this_tree(prefix):
    status, said = run_to_end([prefix / "bin/learning-loop", "--version"])
    assert status == 0, said
    assert str(ROOT) not in run("readelf", "--dynamic", prefix / "bin/learning-loop")


def test_what_is_not_our_interface_is_not_installed(prefix):
    headers = {path.relative_to(prefix / "include").as_posix() for path in (prefix / "include").rglob("*.h")}
    assert "learning_loop/detector/run_detector_node.h" in headers
    assert [name for name in headers if "/impl/" in name] == []
    assert [name for name in headers if "#include <onnxruntime" in (prefix / "include" / name).read_text()] == []


def test_the_licences_of_others_come_along(prefix):
    notices = (prefix / "share/doc/learning_loop/THIRD_PARTY_NOTICES").read_text()
    for library in ("libboost", "libcurl4", "libsqlite3-0", "libopencv-core", "libspdlog"):
        assert re.search(rf"^{library}.* \S+\n    Licence: \S+", notices, re.MULTILINE), library
    if (prefix / "lib/learning_loop/libonnxruntime.so").exists():
        assert "\nONNX Runtime 1." in notices
