"""docs/outbox.md: each promise names tests that exist."""
import re
import unittest
from pathlib import Path

TREE = Path(__file__).resolve().parents[3]


def rows():
    """Number and tests of each promise."""
    for line in (TREE / "docs/outbox.md").read_text().splitlines():
        if found := re.match(r"\| (\d+) \|.*\|([^|]*)\|$", line):
            yield found[1], re.findall(r"`([^`]+)`", found[2])


def names_of_tests():
    programs = re.findall(r"^ll_program_test\(\w+ (\w+) ", (TREE / "tests/CMakeLists.txt").read_text(), re.M)
    sources = "\n".join(path.read_text() for path in (TREE / "tests").glob("*/**/*_test.cpp"))
    return {*programs, *(f"{suite}.{name}" for suite, name in re.findall(r"^TEST(?:_[FP])?\((\w+), (\w+)\)", sources, re.M))}


class Promises(unittest.TestCase):
    def test_each_names_tests_that_exist(self):
        known = names_of_tests()
        numbers = []
        for number, tests in rows():
            numbers.append(int(number))
            self.assertTrue(tests, f"promise {number} names no test")
            for test in tests:
                self.assertIn(test, known, f"promise {number}")
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        self.assertGreater(len(numbers), 10)


if __name__ == "__main__":
    unittest.main()
