"""Tables of what a mail says, for sets whose expectations are in their projects' own tests.

A row names what is known of a mail; the rest is not judged:
    subject, date, message_id    the value
    from_, to, cc                the addresses ("ann@x.example"), or pairs of name and address
    text, html                   what stands in it (html: in the sanitised one)
    names, types                 of the attachments, in order
    attachments                  their number
    kinds                        one of these kinds
"""
import pathlib
from collections.abc import Iterator

from case import Case, Verdict, equal, verdict, without_mbox_line


def judge(read: dict, row: dict) -> Iterator[Verdict]:
    for key, expected in row.items():
        if key in ("subject", "date", "message_id"):
            yield equal(key.replace("_", "-"), read[key], expected)
        elif key in ("from_", "to", "cc"):
            entries = read["from_all" if key == "from_" else key]
            pairs = expected and isinstance(expected[0], tuple)
            yield equal(key.strip("_"), [(e["name"], e["address"]) if pairs else e["address"] for e in entries], expected)
        elif key in ("text", "html"):
            for needle in [expected] if isinstance(expected, str) else expected:
                yield verdict(key, needle in read[key], f"{key} without {needle!r}")
        elif key in ("names", "types"):
            yield equal("attachments", [a[key[:-1]] for a in read["attachments"]], expected)
        elif key == "attachments":
            yield equal("attachments", len(read["attachments"]), expected)
        elif key == "kinds":
            yield verdict("kind", read["kind"] in expected, f"kind: {read['kind']} is none of {expected}")
        else:
            raise KeyError(key)


def cases(folder: pathlib.Path, table: dict[str, dict]) -> Iterator[Case]:
    """The mails of the table, each with its row. One that is missing is an error: it would count as right."""
    for name, row in table.items():
        mail = without_mbox_line((folder / name).read_bytes())
        yield Case(name, mail, lambda read, row=row: judge(read, row))
