"""tools/slowest reads what took longest out of ninja's logs and ctest's results."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[3] / "tools/slowest"
LOG = """# ninja log v5
0\t9000\t1000000000000000000\tCMakeFiles/ll_base.dir/src/old.cpp.o\ta
0\t1500\t2000000000000000000\tCMakeFiles/ll_base.dir/src/a.cpp.o\tb
0\t800\t2000000000000000000\tCMakeFiles/ll_base.dir/src/b.cpp.o\tc
0\t2500\t2000000000000000000\tCMakeFiles/ll_base.dir/src/b.cpp.o\tc
10\t410\t2000000000000000000\tbin/program\td
10\t410\t2000000000000000000\ttests/program[1]_tests.cmake\td
"""
RESULTS = '<testsuite><testcase name="unit.A.b" time="0.5"/><testcase name="unit.A.c" time="12.25"/></testsuite>'


class Slowest(unittest.TestCase):
    def run_with(self, *words):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"dev/.ninja_log": LOG, "test-results/dev.xml": RESULTS}.items():
                Path(folder, name).parent.mkdir(exist_ok=True)
                Path(folder, name).write_text(text)
            command = [sys.executable, "-B", str(SCRIPT), "--build", folder, *words]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            return [line.split() for line in done.stdout.splitlines() if line]

    def test_lists_each_kind_from_the_slowest_on(self):
        self.assertEqual(self.run_with("--since", "1500000000", "dev", "release"), [
            "== slowest compilations of 2".split(), "2.5 s dev ll_base: src/b.cpp".split(), "1.5 s dev ll_base: src/a.cpp".split(),
            "== slowest links of 1".split(), "0.4 s dev bin/program".split(),
            "== slowest tests of 2".split(), "12.2 s dev unit.A.c".split(), "0.5 s dev unit.A.b".split()])

    def test_lists_no_more_than_was_asked_for(self):
        self.assertEqual(self.run_with("--count", "1", "dev")[:2], [
            "== slowest compilations of 3".split(), "9.0 s dev ll_base: src/old.cpp".split()])

    def test_a_preset_that_was_not_built_is_no_error(self):
        self.assertEqual(self.run_with("release"), [])


if __name__ == "__main__":
    unittest.main()
