"""The installed package is all that a detector of one's own needs: it is built against it, far from this tree, and runs."""
import re
import shutil
import subprocess

import pytest
from loop_programs.ports import free_port
from loop_programs.process import clean_environment
from nodes import ORGANIZATION, Client
from programs import BIN, ROOT, detector, loop_server, run_to_end

EXAMPLE = ROOT / "examples/01_bright_spot"
CONSUMER = ROOT / "tests/consumer"


def run(*words, **more):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, timeout=240, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(name="prefix", scope="module")
def fixture_prefix(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("prefix with a blank") / "usr"
    run("cmake", "--install", BIN.parent, "--prefix", prefix)
    return prefix


@pytest.fixture(name="my_detector", scope="module")
def fixture_my_detector(prefix, tmp_path_factory):
    source = tmp_path_factory.mktemp("my_detector")
    shutil.copy(CONSUMER / "CMakeLists.txt", source)
    shutil.copy(EXAMPLE / "main.cpp", source)
    run("cmake", "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={prefix}", env=clean_environment())
    run("cmake", "--build", source / "build", env=clean_environment())
    return source / "build/my_detector"


def test_the_readme_tells_the_same_cmake_file():
    [shown] = re.findall(r"```cmake\n(.*?)```", (EXAMPLE / "README.md").read_text(), re.DOTALL)
    assert shown == (CONSUMER / "CMakeLists.txt").read_text()


def test_a_detector_built_against_the_package_finds_the_spot(my_detector, tmp_path):
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
