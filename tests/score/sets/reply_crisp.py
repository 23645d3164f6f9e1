"""crisp's email-reply-parser: its own output for each body ("visible"), a reference and no label.

It hides every quote, also those between answers, which stay visible here; "exact" is how often both say the
same to the letter but for white space, "lines" weighs each line.
"""
import collections
import json

from case import Case, Verdict, mail_around, short, verdict

FOLDER = "reply-crisp"
AIMS = {"lines": 0.95}


def lines(text):
    return collections.Counter("".join(line.split()) for line in text.splitlines() if line.strip())


def judge(entry, text):
    def verdicts(result):
        ours, theirs = lines(result["reply_text"]), lines(entry["visible"])
        differ = (ours - theirs) + (theirs - ours)
        yield verdict("exact", not differ, f"ours only: {short(list(ours - theirs))}, "
                                           f"theirs only: {short(list(theirs - ours))}")
        wrong = min(differ.total(), lines(text).total())
        yield Verdict("lines", lines(text).total() - wrong, wrong)
    return verdicts


def cases(folder):
    for entry in json.loads((folder / "crisp_reference_output.json").read_text()):
        text = (folder / entry["file"]).read_bytes().decode("utf-8", "surrogateescape")
        yield Case(entry["file"], mail_around(text), judge(entry, text))
