"""tools/test_names tells which tests are gone, new or moved to the soak, and which names are not stable."""
import importlib.machinery
import importlib.util
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[3] / "tools/test_names"
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("test_names", str(SCRIPT))
tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("test_names", loader))
loader.exec_module(tool)

BEFORE = [f"unit.A.test_{number}" for number in range(40)]


def run(*words):
    done = subprocess.run([sys.executable, "-B", str(SCRIPT), *map(str, words)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


class Compare(unittest.TestCase):
    def compare(self, before, after, reasons=""):
        with tempfile.TemporaryDirectory() as folder:
            files = {name: Path(folder, name) for name in ("before", "after", "reasons")}
            files["before"].write_text("\n".join(before) + "\n")
            files["after"].write_text("\n".join(after) + "\n")
            files["reasons"].write_text(reasons)
            return run("--compare", files["before"], files["after"], "--reasons", files["reasons"])

    def test_the_same_names_pass(self):
        status, output = self.compare(BEFORE, BEFORE)
        self.assertEqual((status, output), (0, "test_names: 40 before, 40 after; 0 gone, 0 of them without a reason; 0 new; "
                                               "0 moved to the soak, 0.0 %\n"))

    def test_a_new_name_passes(self):
        status, output = self.compare(BEFORE, BEFORE + ["unit.B.b"])
        self.assertEqual(status, 0)
        self.assertIn("new: unit.B.b\n", output)

    def test_a_name_that_is_gone_needs_a_reason(self):
        status, output = self.compare(BEFORE, BEFORE[1:])
        self.assertEqual(status, 1)
        self.assertIn("gone: unit.A.test_0\n", output)
        status, output = self.compare(BEFORE, BEFORE[1:], "# why\nunit.B.*: another\nunit.A.*_0: what it tested is gone\n")
        self.assertEqual(status, 0)
        self.assertIn("gone: unit.A.test_0 (what it tested is gone)\n", output)

    def test_a_reason_may_name_a_parameter(self):
        self.assertEqual(self.compare(["e2e.a: test_b[c]", "x"], ["x"], "e2e.a: test_b[c]: replaced\n")[0], 0)

    def test_5_percent_may_move_to_the_soak(self):
        for moved, expected in ((2, 0), (3, 1)):
            with self.subTest(moved):
                status, output = self.compare(BEFORE, [f"soak {name}" for name in BEFORE[:moved]] + BEFORE[moved:])
                self.assertEqual(status, expected, output)
                self.assertIn("moved to the soak: unit.A.test_0\n", output)
                self.assertIn(f"{moved} moved to the soak, {moved * 2.5} %", output)

    def test_what_also_runs_without_the_soak_did_not_move(self):
        self.assertIn("; 0 moved", self.compare(BEFORE, ["soak unit.A.test_0", *BEFORE])[1])

    def test_a_printed_parameter_of_before_does_not_count(self):
        before = ["integration.Rows/A.b/c  # GetParam() = 40-byte object <08-2A 0x7ffe00001234>",
                  "unit.A.b/(0x55d2a6e1b0c4 pointing to \"c\")"]
        self.assertEqual(self.compare(before, ["integration.Rows/A.b/c", 'unit.A.b/(0x pointing to "c")'])[0], 0)


class Stable(unittest.TestCase):
    def test_names_with_addresses_or_bytes_are_not(self):
        for name, expected in {"unit.A.b": True, "e2e.a: test_b[4€, ü]": True, "a/0x1f": True, "a/0xdeadbeef": False, "a\x01": False,
                               "a\x7f": False}.items():
            with self.subTest(name):
                self.assertEqual(tool.is_stable(name), expected)


CTEST_FILE = '''
add_test("unit.A.b" "true")
add_test("e2e.c" "{python}" "-m" "pytest" "-q" "-s" "-p" "no:cacheprovider" "-m" "not soak" "{folder}/c_test.py")
set_tests_properties("e2e.c" PROPERTIES ENVIRONMENT "MANY=2")
{more}
'''
PYTEST_FILE = '''
import os, pytest
@pytest.mark.soak
@pytest.mark.parametrize("size", [1, 2])
def test_long(size): pass
@pytest.mark.parametrize("number", range(int(os.environ["MANY"])))
def test_short(number): pass
'''


class Listing(unittest.TestCase):
    def run_on(self, more, *words):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "CTestTestfile.cmake").write_text(CTEST_FILE.format(python="/usr/bin/python3", folder=folder, more=more))
            Path(folder, "c_test.py").write_text(PYTEST_FILE)
            Path(folder, "pytest.ini").write_text("[pytest]\nmarkers =\n    soak: long\n")
            return run(*words, folder)

    def test_lists_tests_and_what_pytest_files_consist_of(self):
        status, output = self.run_on("")
        self.assertEqual((status, output.splitlines()), (0, [
            "e2e.c", "e2e.c: test_short[0]", "e2e.c: test_short[1]", "soak e2e.c: test_long[1]", "soak e2e.c: test_long[2]", "unit.A.b"]))

    def test_checks_the_names(self):
        self.assertEqual(self.run_on("", "--check"), (0, "test_names: 6 names, 0 unstable\n"))
        status, output = self.run_on('add_test("unit.A.b/0x55d2a6e1b0c4" "true")', "--check")
        self.assertEqual((status, output), (1, "unstable: 'unit.A.b/0x55d2a6e1b0c4'\ntest_names: 7 names, 1 unstable\n"))

    def test_a_folder_without_tests_does_not_pass(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(run("--check", folder)[0], 1)


if __name__ == "__main__":
    unittest.main()
