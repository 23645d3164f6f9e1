"""DOMPurify's attack vectors: nothing of them may act, whatever DOMPurify itself keeps."""
import json
import re

import html5
from case import Case, mail_around, verdict

FOLDER = "html-dompurify"
AIMS = {"harmless": 1.0}
# The grammar of the output, in bytes: holds without html5lib too, and for parsers that differ from it.
TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"<>]*")*)>')
HANDLER = re.compile(r' on[a-z]+="')


def cases(folder):
    for number, vector in enumerate(json.loads((folder / "expect.json").read_text())):
        yield Case(f"{number} {vector.get('title', '')}".strip(), mail_around(vector["payload"], "html"), judge)


def judge(read):
    found = html5.dangers(read["html"])
    tags = list(TAG.finditer(read["html"]))
    if re.search("[<>]", TAG.sub("", read["html"])):
        found.append("a bracket outside of a tag")
    found += [f"tag {tag.group()}" for tag in tags if tag[2] in html5.ACTIVE_ELEMENTS or HANDLER.search(tag[3])]
    yield verdict("harmless", not found, "; ".join(found) + " in " + read["html"][:300])
