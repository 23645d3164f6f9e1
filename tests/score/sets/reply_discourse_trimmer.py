"""Discourse's email_reply_trimmer: trimmed/ is the visible reply, elided/ all the rest, both to the letter.

elided/ has marks and wrapped lines put right by Discourse, so it is compared by its words. Of the mails in
embedded/ and before/, which forward one, what stood above the forwarded mail must be visible, and the
forwarded mail must be kept somewhere.
"""
import re

from case import Case, equal, mail_around, verdict

FOLDER = "reply-discourse-trimmer"
AIMS = {"trimmed": 0.90}


def words(text: str) -> str:
    return re.sub(r"(?m)^[ \t]*(\w*[>|][ \t]*)*", "", text).replace(">", "").translate({ord(c): None for c in " \n\t\r"})


def judge(folder, name):
    read = {kind: (folder / kind / name).read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
            if (folder / kind / name).exists() else None for kind in ("trimmed", "elided", "before", "embedded")}

    def verdicts(result):
        # the rstrip() of its tests; ours gives a last line its end
        yield equal("trimmed", result["reply_text"].rstrip(), read["trimmed"].rstrip())
        rest = result["quoted_text"] + result["signature"]
        yield equal("elided", sorted(words(rest)), sorted(words(read["elided"])))
        if read["embedded"] is not None:
            kept = words(result["reply_text"] + rest)
            yield verdict("embedded", words(read["embedded"]) in kept, "the forwarded mail is lost")
    return verdicts


def cases(folder):
    for path in sorted((folder / "emails").iterdir()):
        yield Case(path.name, mail_around(path.read_bytes().decode("utf-8", "surrogateescape")),
                   judge(folder, path.name))
