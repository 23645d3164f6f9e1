"""Close.io's quotequail: HTML replies and forwards of many programs.

X_unwrapped.html is the inner mail of X.html: its words must be kept, X_unwrapped_top.html is what stood
above it and must be visible. Replies: the quote of the other person must be out of the visible text.
"""
import html.parser
import re

from case import Case, equal, mail_around, verdict

FOLDER = "reply-quotequail"
AIMS = {"reply": 0.95, "forward": 0.95}

# What is said above the quote, and what only the quote says; read from the files.
REPLIES = {
    "apple_reply": (None, ["wrote:"]),
    "gmail_reply": ("foo bar", ["This is the reply", "wrote:"]),
    "ios_mail_reply_unescaped_address": ("Sounds good, I'll be there at 2.", ["wrote:"]),
    "yahoo_reply_unescaped_address": ("Thanks Jane, that looks great. One question on item 2 - can we ship it before "
                                      "Friday? Dan", ["wrote:", "Track lights"]),
}


class Words(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.silent, self.words = 0, []

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("style", "head", "script", "title")

    def handle_endtag(self, tag):
        self.silent -= tag in ("style", "head", "script", "title") and self.silent > 0

    def handle_data(self, data):
        if not self.silent:
            self.words += data.split()


def words_of(path):
    parser = Words()
    parser.feed(path.read_text(errors="replace"))
    return parser.words


def dense(text):
    return re.sub(r"[>\s]|<[^>]*|\d\.|- ", "", text)


def judge(folder, stem):
    def verdicts(result):
        everything = dense(result["reply_text"] + result["quoted_text"] + result["signature"])
        if stem in REPLIES:
            said, hidden = REPLIES[stem]
            visible = " ".join(result["reply_text"].split())
            if said is not None:
                yield equal("reply", visible, said)
            for phrase in hidden:
                yield verdict("reply", phrase not in visible, f"visible: {phrase}")
                yield verdict("kept", dense(phrase) in dense(result["quoted_text"]), f"lost: {phrase}")
        inner = folder / f"{stem}_unwrapped.html"
        if inner.exists():
            lost = [word for word in words_of(inner) if dense(word) not in everything]
            yield verdict("forward", not lost, f"lost: {lost[:5]}")
        top = folder / f"{stem}_unwrapped_top.html"
        if top.exists():
            yield equal("forward", dense(result["reply_text"]), dense(" ".join(words_of(top))))
    return verdicts


def cases(folder):
    for path in sorted(folder.glob("*.html")):
        if "_unwrapped" not in path.stem:
            yield Case(path.name, mail_around(path.read_text(errors="surrogateescape"), "html"),
                       judge(folder, path.stem))
