"""What two rooms define under one name is an error that no compiler and no linker tells: a program that has both gets one of them."""

import collections
import re
import subprocess

from programs import BIN


def defined_in(library):
    """The functions and data that other libraries can see, but for those that the compiler makes again in each of them."""
    words = ["nm", "--defined-only", "--extern-only", "--demangle", library]
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^[0-9a-f]+ [TDBR] (.+)$", listed, re.MULTILINE))


def test_no_two_rooms_define_the_same_name():
    rooms = collections.defaultdict(list)
    libraries = sorted(BIN.parent.glob("libll_*.a"))
    assert len(libraries) > 10
    for library in libraries:
        for name in defined_in(library):
            rooms[name].append(library.stem)
    assert any(name.startswith("learning_loop::printable") for name in rooms), "nm tells no names"
    assert {name: where for name, where in rooms.items() if len(where) > 1} == {}
