#!/usr/bin/env python3
"""Checks what a reader trips over first: lines that are too long, tabs, blanks at line ends, a header without its guard.

.clang-format says the rest; this needs Python only. Prints `file:line: what is wrong` and exits 1 if anything is.
"""
import argparse
import re
import sys
from pathlib import Path

FOLDERS = ("src", "apps", "examples", "tests", "bench", "tools", "cmake")
SUFFIXES = {".h", ".cpp", ".py", ".cmake"}
COLUMNS = {".py": 140}  # every other kind: 120


def faults_of(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    columns = COLUMNS.get(path.suffix, 120)
    for number, line in enumerate(lines, 1):
        if len(line) > columns:
            yield number, f"{len(line)} columns, more than {columns}"
        if "\t" in line:
            yield number, "a tab"
        if re.search(r"\s$", line):
            yield number, "a blank at the line's end"
    if lines[-1]:
        yield len(lines), "no newline at the file's end"
    if path.suffix == ".h" and "#pragma once" not in lines:
        yield 1, "a header without #pragma once"


def check(root):
    files = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*")) if path.suffix in SUFFIXES]
    return files, [f"{path.relative_to(root)}:{number}: {fault}" for path in files for number, fault in faults_of(path)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent, help="the tree to check")
    checked, found = check(parser.parse_args().root)
    print(*found, f"check_format: {len(checked)} files, {len(found)} faults", sep="\n")
    sys.exit(1 if found or not checked else 0)
