"""./test soak: no fuzz target is forgotten, no sweep takes longer than promised, and what passed is not run again."""
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

TREE = Path(__file__).resolve().parents[3]
FUZZ_SWEEPS = ("fuzz-http", "fuzz-socketio", "fuzz-files")
FUZZ_MINUTES, CORES, MAX_MINUTES = 10, 2, 40
# instead of tests/fuzz/run: notes that it was started, and fails for a program that build/bad names
RUN = """#!/bin/sh
echo "$1" >>started
echo "figures: $1 for $LL_FUZZ_SECONDS s"
! grep -qsx "$1" ../bad
"""


def soak(*words, tree=TREE):
    done = subprocess.run([str(tree / "tools/soak"), *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def steps_of(sweep):
    return [line.split()[0] for line in soak(sweep, "--steps")[1].splitlines()]


class Sweeps(unittest.TestCase):
    def test_without_a_name_they_are_listed(self):
        status, output = soak()
        self.assertEqual(status, 0)
        names = [line.split()[0] for line in output.splitlines()[1:]]
        self.assertEqual(names[:3], [*FUZZ_SWEEPS])
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertTrue(steps_of(name), name)

    def test_an_unknown_name_is_refused(self):
        for words in (["nothing"], ["demo", "--slow"], ["demo", "--fresh", "x"]):
            self.assertEqual(soak(*words)[0], 2, words)

    def test_each_fuzz_target_is_in_one_sweep(self):
        targets = [target for sweep in FUZZ_SWEEPS for target in steps_of(sweep)]
        self.assertEqual(sorted(targets), sorted(path.stem for path in (TREE / "tests/fuzz").glob("*.cpp")))

    def test_no_sweep_of_fuzz_targets_takes_longer_than_promised(self):
        for sweep in FUZZ_SWEEPS:
            rounds = -(-len(steps_of(sweep)) // CORES)
            self.assertLess(rounds * FUZZ_MINUTES, MAX_MINUTES, sweep)


class Steps(unittest.TestCase):
    def setUp(self):
        self.tree = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in ("tools", "tests/fuzz", "build/fuzz"):
            (self.tree / name).mkdir(parents=True)
        for name in ("tools/soak", "tools/phases.sh"):
            shutil.copy(TREE / name, self.tree / name)
        for name in ("tools/setup", "tools/fetch_onnxruntime", "tools/build"):
            self.write_script(name, "#!/bin/sh\n")
        self.write_script("tests/fuzz/run", RUN)

    def write_script(self, name, text):
        (self.tree / name).write_text(text)
        (self.tree / name).chmod(0o755)

    def started(self, *words):
        """Status of the sweep of files, and the targets that it started."""
        note = self.tree / "build/fuzz/started"
        note.write_text("")
        status, self.output = soak("fuzz-files", *words, tree=self.tree)
        return status, sorted(line.removeprefix("bin/fuzz_") for line in note.read_text().splitlines())

    def test_a_step_that_passed_is_not_run_again(self):
        self.assertEqual(self.started(), (0, ["exif", "jpeg_segments", "png", "zip"]))
        self.assertIn("figures: bin/fuzz_png for 600 s\n", self.output)
        self.assertEqual(self.started(), (0, []))
        self.assertEqual(self.started("--fresh"), (0, ["exif", "jpeg_segments", "png", "zip"]))

    def test_a_step_that_failed_is_run_again(self):
        (self.tree / "build/bad").write_text("bin/fuzz_png\n")
        self.assertEqual(self.started(), (1, ["exif", "jpeg_segments", "png", "zip"]))
        self.assertIn("soak fuzz-files: png failed", self.output)
        (self.tree / "build/bad").unlink()
        self.assertEqual(self.started(), (0, ["png"]))

    def test_a_tree_that_changed_begins_anew(self):
        self.started()
        (self.tree / "tests/fuzz/png.cpp").write_text("// new\n")
        self.assertEqual(self.started(), (0, ["exif", "jpeg_segments", "png", "zip"]))


if __name__ == "__main__":
    unittest.main()
