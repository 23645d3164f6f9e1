"""Mailgun's forge: lines of real mails marked as signature (P), and mails without one (N).

"cut" counts the lines that were called signature (precision), "found" the marked lines that were (recall),
"nothing cut" the N mails whose text is all still there.
"""
from case import Case, Verdict, mail_around, verdict

FOLDER = "signature-forge"
AIMS = {"cut": 0.90, "found": 0.90, "nothing cut": 0.95}
MARK = "#sig#"


def filled(text):
    return ["".join(line.split()) for line in text.splitlines() if line.strip()]


def judge(body, has_signature):
    marked = filled("\n".join(line[len(MARK):] for line in body.splitlines() if line.startswith(MARK)))

    def verdicts(result):
        cut = filled(result["signature"])
        right = sum(min(cut.count(line), marked.count(line)) for line in set(cut))
        yield Verdict("cut", right, len(cut) - right, f"signature {cut} instead of {marked}")
        yield Verdict("found", right, len(marked) - right, f"signature {cut} instead of {marked}")
        if not has_signature:
            yield verdict("nothing cut", filled(result["reply_text"]) == filled(body),
                          f"cut {filled(result['quoted_text']) + cut}")
    return verdicts


def sender_of(text):
    """Some are a bare name, some "Name" <address>, some Name [mailto:address]."""
    text = text.strip()
    return text if "<" in text else f'"{text.replace(chr(34), "")}" <somebody@example.net>'


def cases(folder):
    for kind in "PN":
        for path in sorted((folder / kind).glob("*_body")):
            body = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
            sender = path.with_name(path.name[:-len("body")] + "sender").read_text(errors="replace")
            yield Case(f"{kind}/{path.name}", mail_around(body.replace(MARK, ""), sender=sender_of(sender)),
                       judge(body, kind == "P"))
