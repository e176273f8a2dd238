#!/usr/bin/env python3
"""Writes THIRD_PARTY_NOTICES: every library that a program is linked with, has compiled in, or comes with.

Names, versions and licences are those of the Debian packages that the build found. Exits 1 when a linked library is of
no Debian package, or when its package does not tell its licence in a form that can be read.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

# Of these, code goes into our programs, so their licence's text goes into the notices: one header of each.
COMPILED_IN = ("boost/version.hpp", "CLI/CLI.hpp", "fmt/core.h", "spdlog/spdlog.h")
# Packages whose copyright file is prose, or names every file apart.
LICENCES = {
    "libc6": "LGPL-2.1-or-later",
    "libjpeg62-turbo": "IJG and BSD-3-Clause",
    "libgcc-s1": "GPL-3.0-or-later with the GCC Runtime Library Exception",
    "libstdc++6": "GPL-3.0-or-later with the GCC Runtime Library Exception",
}


class Unknown(Exception):
    """Something about which the notices would have to be silent."""


def output_of(*words):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout


def linked_libraries(program):
    """The files of the libraries that the program itself asks for, as patterns for dpkg: it may know them below /usr or not."""
    names = re.findall(r"\(NEEDED\)\s+Shared library: \[(.+)\]", output_of("readelf", "--dynamic", str(program)))
    files = dict(re.findall(r"^\s*(\S+) => (/\S+)", output_of("ldd", str(program)), re.M))
    missing = [name for name in names if name not in files and not name.startswith("ld-linux")]
    if missing or not files:
        raise Unknown(f"{program}: the loader does not find {', '.join(missing) or 'any library'}")
    return [f"*/{file.parent.name}/{file.name}" for file in (Path(files[name]) for name in names if name in files)]


def packages_of(patterns):
    """The Debian packages that these files of this machine belong to, without their architecture."""
    owners = dict.fromkeys(patterns)
    for line in output_of("dpkg-query", "--search", *patterns).splitlines():
        package, _, file = line.partition(": ")
        for pattern in patterns:
            if file.endswith(pattern.removeprefix("*")) and not line.startswith("diversion "):
                owners[pattern] = package.split(":")[0]
    for pattern, owner in owners.items():
        if not owner:
            raise Unknown(f"{pattern.removeprefix('*/')} is of no Debian package: link with the packages that tools/setup "
                          "installs, or teach tools/third_party_notices.py where its licence stands")
    return sorted(set(owners.values()))


def paragraphs_of(copyright_text):
    """The paragraphs of a machine-readable debian/copyright, each as a dictionary of its fields."""
    field = re.compile(r"^([A-Za-z-]+):[ \t]*(.*(?:\n[ \t].*)*)", re.M)
    for paragraph in re.split(r"\n\s*\n", copyright_text):
        yield {key.lower(): value.strip() for key, value in field.findall(paragraph)}


def licence_in(copyright_text):
    """Name of the licence of what is not named apart (`Files: *`), who holds the copyright, and the licence's text."""
    paragraphs = list(paragraphs_of(copyright_text))
    name, holders = "", ""
    for paragraph in paragraphs:
        if "*" in paragraph.get("files", "").split() and "license" in paragraph:
            name, holders = paragraph["license"].split("\n")[0], paragraph.get("copyright", "")
            break
    texts = [paragraph["license"].split("\n", 1)[1] for paragraph in paragraphs
             if paragraph.get("license", "").startswith(name + "\n")]
    return name, holders, texts[0] if texts else ""


def indented(text):
    lines = [line.strip() for line in text.strip().split("\n")]
    return "\n".join("    " + line if line not in ("", ".") else "" for line in lines)


def entry(package, documentation, whole):
    """One library's lines. `whole`: with the licence's text."""
    version = output_of("dpkg-query", "--show", "--showformat", "${Version}", package)
    file = documentation / package / "copyright"
    name, holders, text = licence_in(file.read_text(encoding="utf-8", errors="replace")) if file.is_file() else ("", "", "")
    name = LICENCES.get(package, name)
    if not name:
        raise Unknown(f"{package}: {file} tells no licence for `Files: *`; look it up and add it to "
                      "LICENCES in tools/third_party_notices.py")
    lines = f"{package} {version}\n    Licence: {name}\n    Copyright and text: {file}\n"
    return lines + (f"\n{indented(holders)}\n\n{indented(text)}\n" if whole else "")


def shipped_onnx_runtime(root):
    library = next(root.glob("lib/libonnxruntime.so.*.*"))
    text = (root / "LICENSE").read_text(encoding="utf-8")
    return (f"ONNX Runtime {library.name.split('.so.')[1]}\n    Licence: {text.strip().splitlines()[0].removesuffix(' License')}\n"
            f"    What it contains itself: onnxruntime/ThirdPartyNotices.txt beside this file\n\n{indented(text)}\n")


def notices(program, onnx_runtime=None, documentation=Path("/usr/share/doc")):
    compiled_in = packages_of([f"/usr/include/{header}" for header in COMPILED_IN])
    linked = packages_of(linked_libraries(program))
    parts = ["Software of others in and around the open Learning Loop. Made by the build from the packages that it found."]
    parts += ["== Compiled in"] + [entry(package, documentation, True) for package in compiled_in]
    if onnx_runtime:
        parts += ["== Comes along, loaded when a model needs it", shipped_onnx_runtime(onnx_runtime)]
    parts += ["== Linked with, as the system provides them"] + [entry(package, documentation, False) for package in linked]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--onnx-runtime", type=Path, help="folder of the ONNX Runtime that is installed with the program")
    arguments = parser.parse_args()
    try:
        arguments.output.write_text(notices(arguments.program, arguments.onnx_runtime), encoding="utf-8")
    except Unknown as unknown:
        sys.exit(f"third_party_notices: {unknown}")
