#!/usr/bin/env python3
"""How the reader does on mail that nobody here wrote.

    score.py PROGRAM CORPORA [--wrong] [--write FILE] [SET...]

A row a set: cases, right, wrong, crashed (the program ended or hung at this mail), milliseconds a mail,
and each measure with its share. Sets without a module in sets/ count crashes alone. Ends with 1 when a
mail crashed, a measure misses its aim or a set with aims holds no case.
"""
import argparse
import collections
import dataclasses
import importlib
import json
import pathlib
import pkgutil
import re
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import oracles  # noqa: E402
import sets  # noqa: E402
from case import Case  # noqa: E402

SECONDS_A_MAIL = 60
BATCH = 500
NO_MAILS = {".html", ".json", ".tsv", ".xml", ".yml", ".md", ".go", ".py", ".rb"}
FIRST_FIELD = re.compile(
    rb"^(From |Return-Path:|Received:|From:|To:|Subject:|Date:|Message-ID:|Delivered-To:|MIME-Version:|Content-Type:)",
    re.IGNORECASE | re.MULTILINE)


@dataclasses.dataclass
class Row:
    name: str
    cases: int = 0
    wrong: list[tuple[str, list[str]]] = dataclasses.field(default_factory=list)
    judged: int = 0
    crashed: list[str] = dataclasses.field(default_factory=list)
    seconds: float = 0
    measures: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    aims: dict[str, float] = dataclasses.field(default_factory=dict)

    def missed(self) -> list[str]:
        return [measure for measure, aim in self.aims.items() if self.share(measure) < aim]

    def share(self, measure: str) -> float:
        right, wrong = self.measures.get(measure, (0, 0))
        return right / (right + wrong) if right + wrong else 0.0


class Reader:
    """Runs `ticketgate parse --jsonl` over many mails and finds the one it dies at."""

    def __init__(self, program: str):
        self.program = program

    def read(self, mails: list[bytes], mail_from: str | None) -> tuple[list[dict | None], float]:
        """An object a mail, None where the program crashed or hung, and the seconds it all took."""
        results: list[dict | None] = []
        took = 0.0
        with tempfile.TemporaryDirectory(prefix="score.") as folder:
            paths = []
            for number, mail in enumerate(mails):
                path = pathlib.Path(folder, f"{number:06}.eml")
                path.write_bytes(mail)
                paths.append(str(path))
            while len(results) < len(paths):
                lines, seconds = self.run(paths[len(results):len(results) + BATCH], mail_from)
                took += seconds
                expected = min(BATCH, len(paths) - len(results))
                results += [json.loads(line) for line in lines]
                if len(lines) < expected:
                    results.append(None)
        return results, took

    def run(self, paths: list[str], mail_from: str | None) -> tuple[list[bytes], float]:
        envelope = [] if mail_from is None else ["--mail-from", mail_from or "<>"]
        began = time.monotonic()
        try:
            output = subprocess.run([self.program, "parse", "--jsonl", *envelope, *paths],
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                    timeout=SECONDS_A_MAIL + len(paths)).stdout
        except subprocess.TimeoutExpired as expired:
            output = expired.stdout or b""
        complete = output[:output.rfind(b"\n") + 1]
        return complete.splitlines(), time.monotonic() - began


def every_mail(folder: pathlib.Path):
    """The cases of a set that has no module: whatever looks like a mail."""
    for path in sorted(folder.rglob("*")):
        if (path.is_file() and path.suffix not in NO_MAILS and path.name != "SOURCE.txt"
                and "LICENCE_FILES" not in path.parts):
            mail = path.read_bytes()
            if FIRST_FIELD.search(mail[:4096]):
                yield Case(str(path.relative_to(folder)), mail)


def score(reader: Reader, name: str, cases: list[Case], aims: dict[str, float]) -> Row:
    row = Row(name, cases=len(cases), aims=aims)
    by_envelope = collections.defaultdict(list)
    for case in cases:
        by_envelope[case.mail_from].append(case)
    for mail_from, group in by_envelope.items():
        results, seconds = reader.read([case.mail for case in group], mail_from)
        row.seconds += seconds
        for case, result in zip(group, results, strict=True):
            if result is None:
                row.crashed.append(case.name)
                continue
            details = []
            verdicts = list(case.judge(result))
            for verdict in verdicts:
                right_wrong = row.measures.setdefault(verdict.measure, [0, 0])
                right_wrong[0] += verdict.right
                right_wrong[1] += verdict.wrong
                if verdict.wrong:
                    details.append(verdict.detail or verdict.measure)
            row.judged += bool(verdicts)
            if details:
                row.wrong.append((case.name, details))
    return row


def table(rows: list[Row]) -> str:
    lines = ["| set | cases | right | wrong | crashed | ms/mail | measures (aim) |",
             "| --- | ---: | ---: | ---: | ---: | ---: | --- |"]
    for row in rows:
        measures = []
        for measure, (right, wrong) in sorted(row.measures.items()):
            aim = row.aims.get(measure)
            measures.append(f"{measure} {right}/{right + wrong} = {100 * row.share(measure):.1f} %"
                            + (f" ({100 * aim:g} %)" if aim is not None else ""))
        right = str(row.judged - len(row.wrong)) if row.judged else "–"
        wrong = str(len(row.wrong)) if row.judged else "–"
        milliseconds = 1000 * row.seconds / row.cases if row.cases else 0
        lines.append(f"| {row.name} | {row.cases} | {right} | {wrong} | {len(row.crashed)} "
                     f"| {milliseconds:.2f} | {'; '.join(measures) or '–'} |")
    return "\n".join(lines) + "\n"


HEAD = """# How the reader does on other people's mail

Made by `./dev score`: every set of the corpora, read by `ticketgate parse --jsonl` and compared with what its
authors expect. The sets and their licences are named in the corpora's own README; `tests/score/sets/` says how
each expectation becomes a check. A case is right when everything that is said of it holds; a measure counts the
single statements. A dash: the set says nothing that a program could check, so only crashes count.

The files were looked at while the reader was built, and where a set came without expectations these were written by
hand; so a full score says that nothing got worse, and less about mail that nobody has seen yet.

"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev score", description="Scores the reader on the corpora's sets.")
    parser.add_argument("program")
    parser.add_argument("corpora", type=pathlib.Path)
    parser.add_argument("sets", nargs="*", metavar="SET")
    parser.add_argument("--wrong", action="store_true", help="name what is wrong")
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE", help="the table, as Markdown")
    options = parser.parse_intermixed_args()
    if not options.corpora.is_dir():
        print(f"score: there are no corpora at {options.corpora}; CORPORA=DIR names another place")
        return 0
    modules = {}
    for found in pkgutil.iter_modules(sets.__path__):
        module = importlib.import_module(f"sets.{found.name}")
        modules.setdefault(module.FOLDER, []).append(module)
    folders = sorted(path.name for path in options.corpora.iterdir() if path.is_dir())
    if unknown := sorted(set(options.sets) - set(folders) - set(oracles.ORACLES)):
        print(f"score: there is no set {', '.join(unknown)} in {options.corpora}", file=sys.stderr)
        return 2
    rows, failed = [], 0
    if not options.sets:
        for name in sorted(set(modules) - set(folders)):
            print(f"score: there is no {options.corpora / name}; scored without it", file=sys.stderr)
    reader = Reader(options.program)
    for name in [*folders, *oracles.ORACLES]:
        if options.sets and name not in options.sets:
            continue
        folder = options.corpora / name
        for module in modules.get(name, [None]):
            if name in oracles.ORACLES:
                cases = list(oracles.ORACLES[name](options.corpora, every_mail))
            else:
                cases = list(module.cases(folder)) if module else list(every_mail(folder))
            if not cases:
                if getattr(module, "AIMS", {}):
                    print(f"score: {name} has aims and no case", file=sys.stderr)
                    failed = 1
                continue
            row = score(reader, getattr(module, "TITLE", name), cases, getattr(module, "AIMS", {}))
            rows.append(row)
            print(f"{row.name}: {row.cases} cases", file=sys.stderr)
            if options.wrong:
                for case, details in row.wrong:
                    print(f"{row.name} {case}")
                    for detail in details:
                        print(f"    {detail}")
            for case in row.crashed:
                print(f"{row.name} {case}: crashed or hung")
    print(table(rows), end="")
    if options.write and not options.sets:
        options.write.write_text(HEAD + table(rows))
    for row in rows:
        for measure in row.missed():
            print(f"score: {row.name}: {measure} misses its aim", file=sys.stderr)
            failed = 1
        failed |= bool(row.crashed)
    return failed


if __name__ == "__main__":
    sys.exit(main())
