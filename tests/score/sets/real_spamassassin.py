"""Mail of 2002 that people really got; its folders say ham or spam, so what must not be called a machine's is known.

Mail of mailing lists is rightly `list`. Of hard ham (newsletters) and spam only bounces are judged: most of it
was written by programs.
"""
import pathlib

from case import Case, verdict, without_mbox_line

FOLDER = "real-spamassassin"
AIMS = {"easy-ham no bounce": 1.0, "easy-ham no automatic reply": 0.999}


def of_people(read: dict):
    kind = read["kind"]
    told = f"{kind}: {', '.join(read['kind_reasons'])}: {read['subject']}"
    yield verdict("easy-ham no bounce", kind != "bounce", told)
    yield verdict("easy-ham no automatic reply", kind not in ("auto_reply", "out_of_office"), told)


def of_others(read: dict):
    yield verdict("hard-ham and spam no bounce", read["kind"] != "bounce",
                  f"{', '.join(read['kind_reasons'])}: {read['subject']}")


def cases(folder: pathlib.Path):
    for path in sorted(folder.glob("*/*.txt")):
        judge = of_people if path.parent.name.startswith("easy-ham") else of_others
        yield Case(str(path.relative_to(folder)), without_mbox_line(path.read_bytes()), judge)
