"""Mailgun's talon: the quote cut from standard_replies/*.eml and html_replies/*.html, and signatures.

talon cuts quotes and signatures apart, so a reply with its signature is what is compared where only the
quote is to be cut, all white space removed.
"""
from case import Case, equal, mail_around

FOLDER = "reply-talon"
AIMS = {"reply": 0.95}
MARK = "#sig#"


def dense(text):
    return "".join(text.split())


def without_quote(expected):
    def verdicts(result):
        got = dense(result["reply_text"])
        # what stands above the quote stands before the signature, too
        yield equal("reply", got if got == dense(expected) else got + dense(result["signature"]), dense(expected))
    return verdicts


def signature(expected):
    return lambda result: [equal("signature", dense(result["signature"]), dense(expected))]


def cases(folder):
    for path in sorted((folder / "standard_replies").glob("*.eml")):
        text = path.with_name(path.stem + "_reply_text")
        yield Case(path.name, path.read_bytes(), without_quote(text.read_text() if text.exists() else "Hello"))
    for path in sorted((folder / "html_replies").glob("*.html")):
        yield Case(path.name, mail_around(path.read_bytes().decode("utf-8", "surrogateescape"), "html"),
                   without_quote("Hi. I am fine. Thanks, Alex"))
    for name, expected in (("OLK_SRC_BODY_SECTION.html", "Reply"), ("reply-separated-by-hr.html", "Hi there Bob")):
        if (folder / name).exists():
            yield Case(name, mail_around((folder / name).read_text(), "html"), without_quote(expected))
    signatures = folder / "signature" / "emails"
    for path in sorted((signatures / "stripped").glob("*_body")):
        stem = path.name[:-len("_body")]
        sender = path.with_name(stem + "_sender").read_text().strip() or "Somebody"
        sender = f"<{sender}>" if "@" in sender else f'"{sender}" <somebody@example.net>'
        yield Case(f"signature/{stem}", mail_around(path.read_text().replace(MARK, ""), sender=sender),
                   signature(path.with_name(stem + "_signature").read_text().replace(MARK, "")))
