"""Tests of tools/third_party_notices.py."""
import sys
import unittest
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tools"))
import third_party_notices as tool  # noqa: E402

MACHINE_READABLE = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2020 A. Author
           2021 B. Author
License: Expat

Files: debian/*
Copyright: 2022 C. Packager
License: GPL-2+

License: GPL-2+
 Not this one.

License: Expat
 Permission is granted
 .
 to any person.
"""


class ThirdPartyNotices(unittest.TestCase):
    def test_reads_the_licence_of_what_is_not_named_apart(self):
        name, holders, text = tool.licence_in(MACHINE_READABLE)
        self.assertEqual(name, "Expat")
        self.assertEqual(tool.indented(holders), "    2020 A. Author\n    2021 B. Author")
        self.assertEqual(tool.indented(text), "    Permission is granted\n\n    to any person.")

    def test_names_a_library_that_is_of_no_package(self):
        with self.assertRaisesRegex(tool.Unknown, "^x86_64-linux-gnu/libnobody.so.1 is of no Debian package"):
            tool.packages_of(["*/x86_64-linux-gnu/libnobody.so.1"])

    def test_names_a_package_whose_licence_cannot_be_read(self):
        with TemporaryDirectory() as folder:
            (Path(folder) / "libnobody1").mkdir()
            (Path(folder) / "libnobody1/copyright").write_text("All rights are somewhere.\n")
            with self.assertRaisesRegex(tool.Unknown, "^libnobody1: .* tells no licence"):
                tool.entry("libnobody1", Path(folder), whole=False)

    def test_names_a_program_that_is_none(self):
        with self.assertRaisesRegex(tool.Unknown, "the loader does not find any library"):
            tool.linked_libraries(Path(__file__))

    def test_lists_what_a_program_of_this_machine_is_linked_with(self):
        libraries = tool.linked_libraries(Path(sys.executable).resolve())
        self.assertTrue(any(library.endswith("/libc.so.6") for library in libraries), libraries)


if __name__ == "__main__":
    unittest.main()
