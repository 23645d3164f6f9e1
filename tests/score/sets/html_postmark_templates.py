"""Transactional mails as their senders design them: text and links must come through, nothing may be fetched."""
import re

import html5
from case import Case, Verdict, mail_around

FOLDER = "html-postmark-templates"
AIMS = {"links": 1.0, "words": 1.0, "text words": 1.0, "harmless": 1.0}
WORD = re.compile(r"\w+")


def cases(folder):
    for path in sorted(folder.rglob("*.html")):
        html = path.read_text(encoding="utf-8")
        yield Case(str(path.relative_to(folder)), mail_around(html, "html"), judge(html))


def judge(html):
    def verdicts(read):
        found = html5.dangers(read["html"])
        yield Verdict("harmless", int(not found), int(bool(found)), "; ".join(found))
        if html5.html5lib is None:
            return
        links = [link for link in html5.attributes(html, "a", "href") if link.startswith(("http://", "https://"))]
        yield kept("links", links, html5.attributes(read["html"], "a", "href"))
        words = WORD.findall(html5.visible_text(html))
        yield kept("words", words, WORD.findall(html5.visible_text(read["html"])))
        yield kept("text words", words, WORD.findall(read["text"]))
    return verdicts


def kept(measure, wanted, got):
    remaining, lost = list(got), []
    for one in wanted:
        if one in remaining:
            remaining.remove(one)
        else:
            lost.append(one)
    return Verdict(measure, len(wanted) - len(lost), len(lost), f"{measure} lost: {lost[:12]}")
