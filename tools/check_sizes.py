#!/usr/bin/env python3
"""Checks that what is read at one go stays short: the files of src/, and their functions.

A function counts from the first line of its head to its last brace, with what is written inside it (lambdas, local classes).
Prints one line per violation, `file:line: what is wrong`, then the figures, and exits 1 if there is any violation.
"""
import argparse
import math
import re
import sys
from pathlib import Path

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 60
MAX_LINES_OF_90_PERCENT = 17

RAW_STRING = re.compile(r'(?:u8|[uUL])?R"([^ ()\\\t\n]{0,16})\(')
SCOPES = re.compile(r"^(?:inline\s+)?namespace\b|^extern\s*$")
CLASSES = re.compile(r"^(?:typedef\s+)?(?:class|struct|union|enum)\b")


def blanked(text):
    """The text's layout: comments, preprocessor lines and the contents of strings and characters are blanks."""
    out, at = [], 0

    def skip(end):
        nonlocal at
        out.append(re.sub(r"[^\n]", " ", text[at:end]))
        at = end

    while at < len(text):
        raw = RAW_STRING.match(text, at) if text[at] in 'Ru8UL"' else None
        if text.startswith("//", at):
            skip(end_of_line(text, at))
        elif text.startswith("/*", at):
            skip(behind(text, "*/", at + 2))
        elif raw and not (at > 0 and (text[at - 1].isalnum() or text[at - 1] == "_")):
            skip(behind(text, f"){raw[1]}\"", raw.end()))
        elif text[at] == '"' or (text[at] == "'" and not is_digit_separator(text, at)):
            skip(end_of_quoted(text, at))
        elif text[at] == "#" and not text[text.rfind("\n", 0, at) + 1:at].strip():
            skip(end_of_line(text, at))
        else:
            out.append(text[at])
            at += 1
    return "".join(out)


def end_of_line(text, at):
    """The end of the line, or of those that it continues on."""
    while True:
        end = text.find("\n", at)
        if end < 0:
            return len(text)
        if text[end - 1] != "\\":
            return end
        at = end + 1


def behind(text, mark, at):
    found = text.find(mark, at)
    return len(text) if found < 0 else found + len(mark)


def is_digit_separator(text, at):
    return at > 0 and text[at - 1].isalnum() and re.search(r"\b\d[\w']*$", text[max(0, at - 30):at]) is not None


def end_of_quoted(text, at):
    quote, at = text[at], at + 1
    while at < len(text) and text[at] not in (quote, "\n"):
        at += 2 if text[at] == "\\" else 1
    return min(at + 1, len(text))


def closing(text, at):
    """The place of the bracket that closes the one at `at`."""
    pairs, depth = {"(": ")", "{": "}", "[": "]"}, 0
    begin, end = text[at], pairs[text[at]]
    for place in range(at, len(text)):
        depth += (text[place] == begin) - (text[place] == end)
        if depth == 0:
            return place
    return len(text) - 1


def without_templates(head):
    """The head of a declaration without what is between < and >, and without the names of operators."""
    head = re.sub(r"\boperator\s*(?:\(\s*\)|\[\s*\]|[^\s\w(]+)", "operator_", head)
    head = re.sub(r"->|<=>|<=|>=|==|!=|&&|\|\|", "  ", head)
    while True:
        shorter = re.sub(r"<[^<>]*>", " ", head)
        if shorter == head:
            return head
        head = shorter


def without_parentheses(head):
    while True:
        shorter = re.sub(r"\([^()]*\)", " () ", head.replace(" () ", " "), count=1)
        if shorter == head or "(" not in head:
            return head
        inner = re.search(r"\([^()]*\)", head)
        head = head[:inner.start()] + "\x01\x02" + head[inner.end():] if inner else head.replace("(", "\x01")


def kind_of(head):
    """What a brace behind this head opens: `scope`, `function` or `value` (of a variable, a member or a base)."""
    head = without_templates(head)
    plain = without_parentheses(head)
    words = re.sub(r"^\s*(?:template\b|requires\b|alignas\s*\x01\x02|\[\[.*?\]\]|friend\b|\s)*", "", plain)
    if SCOPES.match(words) or (CLASSES.match(words) and "\x01" not in re.sub(r"^\w+\s+alignas\s*\x01\x02", "", words)):
        return "scope"
    if "\x01" not in plain or re.search(r"=(?!\s*(?:default|delete|0)\b)", plain):
        return "value"
    initializers = re.search(r"\x02[^:]*(?<!:):(?!:)", plain)
    if initializers and re.search(r"[\w>]\s*$", plain[initializers.end():]):
        return "value"
    return "function"


MACRO = re.compile(r"\s*[A-Z][A-Z0-9_]+\s*\(")
LABEL = re.compile(r"\s*(?:public|private|protected)\s*:(?!:)")


def begin_of_head(text, at):
    """Where a declaration begins, behind blanks, labels like `public:` and macros that need no semicolon."""
    while True:
        label, macro = LABEL.match(text, at), MACRO.match(text, at)
        if label:
            at = label.end()
        elif macro:
            at = closing(text, macro.end() - 1) + 1
        else:
            return at + len(text[at:]) - len(text[at:].lstrip())


def functions_of(source):
    """(line, number of lines, head) of every function that is defined in this C++ source."""
    text = blanked(source)
    at, begin = 0, 0
    while at < len(text):
        if text[at] in ";}":
            begin = at + 1
        elif text[at] in "([":
            at = closing(text, at)
        elif text[at] == "{":
            first = begin_of_head(text, begin)
            kind = kind_of(text[first:at])
            if kind == "scope":
                begin = at + 1
            else:
                end = closing(text, at)
                if kind == "function":
                    line = text.count("\n", 0, first) + 1
                    yield line, text.count("\n", first, end) + 1, " ".join(source[first:at].split())
                    begin = end + 1
                at = end
        at += 1


def percentile(values, share):
    return sorted(values)[math.ceil(share * len(values)) - 1] if values else 0


def check(root):
    """The violations below root/src, and the figures in a line."""
    violations, lengths = [], []
    paths = [path for path in sorted((root / "src").rglob("*")) if path.suffix in {".h", ".cpp"}]
    for path in paths:
        file, source = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
        lines = source.count("\n")
        if lines > MAX_FILE_LINES:
            violations.append(f"{file}:1: {lines} lines, more than {MAX_FILE_LINES}: split it by reason")
        for line, count, head in functions_of(source):
            lengths.append((count, f"{file}:{line}", head))
            if count > MAX_FUNCTION_LINES:
                violations.append(f"{file}:{line}: a function of {count} lines, more than {MAX_FUNCTION_LINES}: {head[:80]}")
    longest = percentile([count for count, *_ in lengths], 0.9)
    if longest > MAX_LINES_OF_90_PERCENT:
        violations.append(f"src: 90 % of the functions have up to {longest} lines, more than {MAX_LINES_OF_90_PERCENT}")
    figures = f"{len(paths)} files, {len(lengths)} functions, 90 % of them up to {longest} lines, the longest " \
              f"{max(lengths, default=(0,))[0]}"
    return violations, figures, lengths


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent, help="the tree to check")
    parser.add_argument("--longest", type=int, default=0, metavar="N", help="also print the N longest functions")
    arguments = parser.parse_args()
    found, told, measured = check(arguments.root)
    for size, place, name in sorted(measured, reverse=True)[:arguments.longest]:
        print(f"{size:4} {place}: {name[:100]}")
    print(*found, f"check_sizes: {told}, {len(found)} violations", sep="\n")
    sys.exit(1 if found or not measured else 0)
