"""Bounces that Sisimai reads, with what it makes of them: kind, recipients, hardness, status class, reason."""
import collections
import csv
import pathlib

from case import Case, equal, verdict

FOLDER = "bounce-sisimai"
AIMS = {"not human": 1.0, "recipients": 0.97, "hard or soft": 0.95}
CLASSES = {"1": "hard", "0": "soft", "-1": None}


def cases(folder: pathlib.Path):
    rows = collections.defaultdict(list)
    with open(folder / "expected.tsv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            rows[row["file"]].append(row)
    for path in sorted(folder.glob("*/*.eml")):
        if path.parent.name == "not":
            yield Case(f"not/{path.name}", path.read_bytes(), judge_of_none)
        elif path.name in rows:
            yield Case(f"{path.parent.name}/{path.name}", path.read_bytes(), judge_of(rows[path.name]))


def judge_of_none(read: dict):
    yield equal("no bounce", read["bounce"], None)


def judge_of(rows: list[dict]):
    def judge(read: dict):
        yield verdict("not human", read["kind"] != "human", "kind: human")
        if rows[0]["reason"] == "vacation":
            yield equal("no bounce", read["bounce"], None)
            return
        recipients = (read["bounce"] or {}).get("recipients", [])
        yield equal("recipients", len(recipients), len(rows))
        for number, row in enumerate(rows):
            got = recipients[number] if number < len(recipients) else {}
            yield equal("recipient rows", bool(got), True)
            yield equal("hard or soft", got.get("class", "none"), CLASSES[row["hardbounce"]])
            yield equal("reason", got.get("reason"), row["reason"])
            if row["dsn_status"]:
                yield equal("status class", got.get("status", "")[:1], row["dsn_status"][:1])
            if row["smtp_reply"]:
                yield equal("reply code", got.get("smtp_reply", "")[:3], row["smtp_reply"])
    return judge
