#!/usr/bin/env python3
"""Checks the direction of every include: rooms only use rooms below them, heavy libraries have one home, no cycles.

The rule is the data at the top and src/learning_loop/rooms.txt. Prints one line per violation, `file:line: what is wrong`, and exits
1 if there is any.
"""
import argparse
import re
import sys
from pathlib import Path, PurePosixPath

ROOMS = "src/learning_loop"
# how the name of a library's header begins: the folders that may include it (under src, or of the tree)
ONLY_IN = {
    "boost/beast": {"http"}, "boost/url": {"http"}, "boost/asio/co_spawn.hpp": {"async"},
    "CLI/": {"settings"}, "spdlog/": {"base"}, "prometheus/": {"base"},
    "sodium.h": {"server/accounts"}, "curl/": {"http/client"}, "sqlite3": {"store/sqlite"}, "onnxruntime_": {"infer/onnx"},
    "utf8proc.h": {"base"}, "archive.h": {"archive"}, "archive_entry.h": {"archive"},
    "jpeglib.h": {"infer"}, "jerror.h": {"infer"}, "png.h": {"infer"}, "zlib.h": {"infer"},
    "toml++/": {"trainer/command"},
    "opencv2/": {"infer", "scene", "detector", "annotator", "apps", "examples"},
}
# a function that tests could not control: the file that may call it
CALLED_ONLY_IN = {"getenv": f"{ROOMS}/settings/environment.cpp"}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')


def read_rooms(root):
    """({room: every room it may include} of `<root>/src/learning_loop/rooms.txt`, what is wrong with that list)."""
    may_include, faults = {}, []
    for number, line in enumerate((root / ROOMS / "rooms.txt").read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        fields = [field.strip() for field in line.split("|")]
        if len(fields) != 3 or not re.fullmatch("[a-z_]+", fields[0]):
            faults.append(f"{ROOMS}/rooms.txt:{number}: expected `room | rooms | libraries`")
            continue
        room, below = fields[0], fields[1].split()
        above = [other for other in below if other not in may_include]
        faults += [f"{ROOMS}/rooms.txt:{number}: {room} stands on {other}, which is no line above it" for other in above]
        if room in may_include:
            faults.append(f"{ROOMS}/rooms.txt:{number}: {room} has a line already")
        may_include[room] = set(below).union(*(may_include.get(other, ()) for other in below))
    for folder in sorted(path.name for path in (root / ROOMS).iterdir() if path.is_dir()):
        if folder not in may_include:
            faults.append(f"{ROOMS}/{folder}: room {folder} is unknown; give it a line in {ROOMS}/rooms.txt")
    return may_include, faults


def home_of(file):
    """`http/client` for a file of src/learning_loop/http/client or its impl/; folders elsewhere keep their path."""
    return PurePosixPath(file).parent.as_posix().removeprefix(ROOMS + "/").removesuffix("/impl")


def fault_of(file, quote, name, may_include):
    """What is wrong with this include in this file, or None."""
    home = home_of(file)
    for library, homes in ONLY_IN.items():
        if name.startswith(library) and not any(f"{home}/".startswith(f"{allowed}/") for allowed in homes):
            return f"{name} belongs in {', '.join(sorted(homes))} only"
    if not file.startswith(ROOMS + "/"):
        return None
    if quote == '"' and not name.startswith("learning_loop/"):
        return f'"{name}" does not begin with learning_loop/'
    if name.startswith("learning_loop/"):
        room, target = home.split("/")[0], name.split("/")[1]
        if target != room and target not in may_include.get(room, {target}):  # a room without a line is told of once
            return f"{room} may not include {name}"
    return None


def find_cycle(graph):
    """One cycle of `graph` (node: nodes it uses) as [a, b, ..., a], or []."""
    finished, path = set(), []

    def visit(node):
        if node in path:
            return path[path.index(node):] + [node]
        if node in finished:
            return []
        path.append(node)
        for following in graph.get(node, {}):
            if cycle := visit(following):
                return cycle
        finished.add(path.pop())
        return []

    return next((cycle for node in graph if (cycle := visit(node))), [])


def cycle_fault(kind, graph):
    """[] or one violation that names each include on the way; `graph` maps node to {used node: place}."""
    cycle = find_cycle(graph)
    steps = [f"{graph[user][used]}: {user} uses {used}" for user, used in zip(cycle, cycle[1:])]
    return [f"{steps[0]}; a cycle of {kind} with {', '.join(steps[1:])}"] if cycle else []


def check(root):
    files, folders, count = {}, {}, 0
    may_include, violations = read_rooms(root)
    for path in sorted(path for folder in ("src", "apps", "examples") for path in (root / folder).rglob("*")):
        if path.suffix not in {".h", ".cpp"}:
            continue
        file, count = path.relative_to(root).as_posix(), count + 1
        for number, line in enumerate(path.read_text().splitlines(), 1):
            place = f"{file}:{number}"
            for function, caller in CALLED_ONLY_IN.items():
                if re.search(rf"\b{function}\s*\(", line.split("//")[0]) and file != caller:
                    violations.append(f"{place}: {function} is called only in {caller}")
            if not (include := INCLUDE.match(line)):
                continue
            if fault := fault_of(file, *include.groups(), may_include):
                violations.append(f"{place}: {fault}")
            used = "src/" + include[2]
            if used.startswith(ROOMS + "/"):
                files.setdefault(file, {}).setdefault(used, place)
                if home_of(used) != home_of(file):
                    folders.setdefault(home_of(file), {}).setdefault(home_of(used), place)
    return count, violations + cycle_fault("files", files) + cycle_fault("folders", folders)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent, help="the tree to check")
    checked, found = check(parser.parse_args().root)
    print(*found, f"check_layers: {checked} files, {len(found)} violations", sep="\n")
    sys.exit(1 if found or checked == 0 else 0)
