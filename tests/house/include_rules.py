#!/usr/bin/env python3
"""Holds the sources against the plan of the house (include_rules.txt).

    include_rules.py ROOT

Every #include of a folder's sources must be allowed, and no source outside tests/ and bench/ may be
longer than 450 lines. Each violation is a line "file:line: what"; the exit status is then 1.
"""

import re
import sys
from pathlib import Path

LONGEST = 450
INCLUDE = re.compile(r'\s*#\s*include\s*[<"]([^>"]+)[>"]')


def read_rules(file):
    folders, libraries = {}, {}
    for line in file.read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        kind, rest = line.split(" ", 1)
        name, _, allowed = rest.partition(":")
        {"folder": folders, "library": libraries}[kind][name] = allowed.split()
    for name, allowed in folders.items():
        unknown = set(allowed) - set(folders)
        if unknown:
            sys.exit(f"{file}: {name} may include {unknown}, which is no folder of the house")
    return folders, libraries


def wrong_with_include(header, name, folder, folders, libraries):
    other = header.split("/")[0]
    if other in folders and other != folder and other not in folders[folder]:
        return f"{folder}/ may not include {header}"
    for prefix, places in libraries.items():
        if header.startswith(prefix) and not any(name == p or (p.endswith("/") and name.startswith(p)) for p in places):
            return f"only {' and '.join(places)} may include {header}"
    return None


def violations(root, folders, libraries):
    for folder in folders:
        for path in sorted((root / folder).rglob("*.[ch]pp")):
            name = path.relative_to(root).as_posix()
            lines = path.read_text().splitlines()
            for number, line in enumerate(lines, 1):
                include = INCLUDE.match(line)
                wrong = include and wrong_with_include(include[1], name, folder, folders, libraries)
                if wrong:
                    yield f"{name}:{number}: {wrong}"
            if len(lines) > LONGEST:
                yield f"{name}:{len(lines)}: is longer than {LONGEST} lines: more than one concern?"


def strangers(root, folders):
    """Folders with sources that the rules don't know."""
    known = set(folders) | {"tests", "bench", "third", "build"}
    for path in sorted(root.iterdir()):
        if path.is_dir() and path.name not in known and not path.name.startswith("."):
            if any(path.rglob("*.[ch]pp")):
                yield f"{path.name}:0: has sources, and no line in include_rules.txt"


def main():
    root = Path(sys.argv[1])
    folders, libraries = read_rules(Path(__file__).with_name("include_rules.txt"))
    if not any((root / folder).is_dir() for folder in folders):
        sys.exit(f"{root} has none of the folders of the house")
    found = [*violations(root, folders, libraries), *strangers(root, folders)]
    print("\n".join(found) if found else "every include goes the way of the plan")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
