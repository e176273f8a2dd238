"""tools/check_layers.py finds what it promises to find, and names the file and the line."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TREE = Path(__file__).resolve().parents[3]
GOOD = {
    "src/learning_loop/rooms.txt": (TREE / "src/learning_loop/rooms.txt").read_text(),
    "src/learning_loop/base/error.h": "#pragma once\n",
    "src/learning_loop/data/category.h": '#pragma once\n#include "learning_loop/base/error.h"\n',
    "src/learning_loop/http/server.cpp":
        '#include "learning_loop/base/error.h"\n#include <boost/beast/http.hpp>\n',
    "src/learning_loop/settings/environment.cpp": '#include <cstdlib>\nauto a = std::getenv("A");\n',
    "apps/learning_loop/main.cpp": '#include "learning_loop/base/error.h"\n',
}


def check(root):
    command = [sys.executable, str(TREE / "tools/check_layers.py"), "--root", str(root)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout + run.stderr


class CheckLayers(unittest.TestCase):
    def check_with(self, planted):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (GOOD | planted).items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return check(folder)

    def assert_finds(self, planted, *expected):
        status, output = self.check_with(planted)
        self.assertEqual(status, 1, output)
        self.assertIn(", 1 violations", output)
        for text in expected:
            self.assertIn(text, output)

    def test_a_good_tree_passes(self):
        status, output = self.check_with({})
        self.assertEqual((status, output), (0, "check_layers: 5 files, 0 violations\n"))

    def test_this_tree_passes(self):
        status, output = check(TREE)
        self.assertEqual(status, 0, output)

    def test_a_tree_without_sources_does_not_pass(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(check(folder)[0], 1)

    def test_an_include_of_a_room_above_is_found(self):
        self.assert_finds({"src/learning_loop/async/task.h": '#pragma once\n\n#include "learning_loop/http/a.h"\n'},
                          "src/learning_loop/async/task.h:3: async may not include learning_loop/http/a.h")

    def test_an_include_of_a_room_beside_is_found(self):
        self.assert_finds({"src/learning_loop/node/outbox.cpp": '#include <learning_loop/server/page/page.h>\n'},
                          "src/learning_loop/node/outbox.cpp:1: node may not include learning_loop/server/page/page.h")

    def test_a_room_without_a_line_is_found(self):
        self.assert_finds({"src/learning_loop/misc/a.h": '#include "learning_loop/base/error.h"\n'},
                          "src/learning_loop/misc: room misc is unknown; give it a line in src/learning_loop/rooms.txt")

    def test_a_line_makes_a_room(self):
        rooms = GOOD["src/learning_loop/rooms.txt"] + "greenhouse | node |\n"
        status, output = self.check_with({"src/learning_loop/rooms.txt": rooms,
                                          "src/learning_loop/greenhouse/a.h": '#include "learning_loop/async/task.h"\n'})
        self.assertEqual(status, 0, output)
        self.assert_finds({"src/learning_loop/rooms.txt": rooms,
                           "src/learning_loop/greenhouse/a.h": '#include "learning_loop/store/rows.h"\n'},
                          "src/learning_loop/greenhouse/a.h:1: greenhouse may not include learning_loop/store/rows.h")

    def test_a_line_that_stands_on_what_is_not_above_it_is_found(self):
        for name in ("greenhouse", "cellar"):  # itself, and nothing
            with self.subTest(name):
                rooms = GOOD["src/learning_loop/rooms.txt"] + f"greenhouse | base {name} |\n"
                self.assert_finds({"src/learning_loop/rooms.txt": rooms},
                                  f"rooms.txt:{rooms.count(chr(10))}: greenhouse stands on {name}, which is no line above it")
        rooms = "base | data | A\ndata | base | B\nhttp | data |\nsettings | base |\n"
        self.assert_finds({"src/learning_loop/rooms.txt": rooms}, "rooms.txt:1: base stands on data, which is no line above it")

    def test_a_second_line_and_one_of_another_form_are_found(self):
        rooms = GOOD["src/learning_loop/rooms.txt"]
        last = rooms.count("\n") + 1
        self.assert_finds({"src/learning_loop/rooms.txt": rooms + "base | |\n"}, f"rooms.txt:{last}: base has a line already")
        self.assert_finds({"src/learning_loop/rooms.txt": rooms + "greenhouse: node\n"},
                          f"rooms.txt:{last}: expected `room | rooms | libraries`")

    def test_an_include_path_that_is_not_the_file_path_is_found(self):
        self.assert_finds({"src/learning_loop/base/log.cpp": '#include "error.h"\n'},
                          'src/learning_loop/base/log.cpp:1: "error.h" does not begin with learning_loop/')

    def test_a_cycle_of_two_folders_is_found(self):
        self.assert_finds({
            "src/learning_loop/infer/logic.h": "#pragma once\n",
            "src/learning_loop/infer/factory.h": '#pragma once\n#include "learning_loop/infer/onnx/session.h"\n',
            "src/learning_loop/infer/onnx/session.h": '#pragma once\n\n#include "learning_loop/infer/logic.h"\n',
        }, "a cycle of folders", "src/learning_loop/infer/factory.h:2", "src/learning_loop/infer/onnx/session.h:3")

    def test_a_folder_and_its_impl_are_one_folder(self):
        status, output = self.check_with({
            "src/learning_loop/infer/codec.h": "#pragma once\n",
            "src/learning_loop/infer/codec.cpp": '#include "learning_loop/infer/impl/pixels.h"\n',
            "src/learning_loop/infer/impl/pixels.h": '#pragma once\n#include "learning_loop/infer/codec.h"\n',
        })
        self.assertEqual(status, 0, output)

    def test_a_cycle_of_two_files_is_found(self):
        self.assert_finds({
            "src/learning_loop/data/box.h": '#pragma once\n#include "learning_loop/data/point.h"\n',
            "src/learning_loop/data/point.h": '#pragma once\n\n#include "learning_loop/data/box.h"\n',
        }, "a cycle of files", "src/learning_loop/data/box.h:2", "src/learning_loop/data/point.h:3")

    def test_a_heavy_library_outside_its_home_is_found(self):
        for file, header in {"src/learning_loop/node/a.cpp": "boost/beast/core.hpp",
                             "src/learning_loop/server/a.cpp": "sqlite3.h",
                             "src/learning_loop/infer/a.cpp": "onnxruntime_cxx_api.h",
                             "src/learning_loop/http/a.cpp": "boost/asio/co_spawn.hpp",
                             "src/learning_loop/server/b.cpp": "opencv2/core.hpp",
                             "apps/learning_loop/a.cpp": "curl/curl.h", "src/learning_loop/server/c.cpp": "CLI/CLI.hpp"}.items():
            with self.subTest(header):
                self.assert_finds({file: f"\n#  include <{header}>\n"}, f"{file}:2: {header} belongs in ")

    def test_the_environment_is_read_in_one_file_only(self):
        for file in ("src/learning_loop/node/settings.cpp", "apps/learning_loop/main.cpp"):
            with self.subTest(file):
                self.assert_finds({file: 'auto home = std::getenv("HOME");\n'},
                                  f"{file}:1: getenv is called only in src/learning_loop/settings/environment.cpp")


if __name__ == "__main__":
    unittest.main()
