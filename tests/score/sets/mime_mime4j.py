"""mime4j: event trees in XML, and each leaf's bytes after its transfer encoding, in files of their own.

A leaf is right when its bytes are an attachment's, or its text stands in the mail's text (or its HTML's words in
the HTML). What is inside a message/rfc822 belongs to the attached mail, so only the attachment is asked for;
where the mail has no leaf of its own, the forwarded text must be readable. Header fields are compared where
Python's email package reads them without a doubt.
"""
import email.header
import email.utils
import hashlib
import html.parser
import re
import xml.etree.ElementTree as tree

from case import Case, Verdict, equal, short, verdict

FOLDER = "mime-mime4j"
AIMS = {"fields": 0.98}

# uuencoded files stand in `attachments` instead of the text
EMBEDDED = re.compile(r"^begin [0-7]{3,4}[^\n]*\n(?:[ -`][^\n]*\n)+?(?:[ `]?\n)?end$", re.MULTILINE)
# RFC 3676: joining flowed lines takes the quote marks of the joined ones away
QUOTE = re.compile(r"^[> ]+", re.MULTILINE)


class Words(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        self.silent += tag in ("script", "style", "title")

    def handle_endtag(self, tag):
        self.silent -= tag in ("script", "style", "title") and self.silent > 0

    def handle_data(self, data):
        if not self.silent:
            self.words += data.split()


def words_of_html(text: str) -> list[str]:
    reader = Words()
    reader.feed(text)
    return reader.words


def plain(text: str) -> str:
    return " ".join(QUOTE.sub("", text.replace("\r", "\n").replace("\0", "").replace("\f", " ")).split())


def share(words: list[str], text: str) -> float:
    return sum(word in text for word in words) / len(words) if words else 1.0


class Leaf:
    def __init__(self, fields: dict[str, str], content: bytes | None, default: str):
        self.fields = fields
        self.content = content  # None: a whole message
        declared = fields.get("content-type", "")
        self.type = declared.split(";")[0].split()[0].strip().lower() if declared.split(";")[0].split() else default
        charset = re.search(r"charset\s*=\s*\"?([^\s\";]+)", declared, re.IGNORECASE)
        self.charset = charset[1] if charset else "utf-8"

    def text(self) -> str:
        for charset in ("utf-8", self.charset, "latin-1"):
            try:
                return self.content.decode(charset)
            except (LookupError, UnicodeDecodeError):
                continue
        return ""

    def found(self, read: dict) -> Verdict:
        name = f"{self.type} of {len(self.content or b'')} bytes"
        if self.content is None:
            return verdict("fields", any(a["type"].startswith("message/") for a in read["attachments"])
                           or not any_own(read), "no attached message")
        lf = self.content.replace(b"\r\n", b"\n")
        digests = {hashlib.sha256(form).hexdigest()
                   for content in (self.content, lf, lf.replace(b"\n", b"\r\n"))
                   for form in (content, content.rstrip(b"\r\n"), content + b"\n", content + b"\r\n")}
        if any(a["sha256"] in digests for a in read["attachments"]):
            return verdict("fields", True)
        text = self.text()
        if not text.strip():
            return verdict("fields", True)
        shown = plain(read["text"])
        if self.type == "text/html":
            words = words_of_html(text)
            return verdict("fields", max(share(words, read["html"]), share(words, read["text"])) > 0.9,
                           f"{name}: {short(text)} not in the html")
        expected = plain(EMBEDDED.sub("", text.replace("\r\n", "\n")))
        return verdict("fields", expected in shown,
                       f"{name}: {short(expected)} is neither in the text nor an attachment")


def any_own(read: dict) -> bool:
    return bool(read["attachments"])


def fields_of(element: tree.Element) -> dict[str, str]:
    fields: dict[str, str] = {}
    for field in element.findall("header/field"):
        name, _, value = (field.text or "").strip("\n").partition(":")
        fields.setdefault(name.strip().lower(), re.sub(r"\r?\n(?=[ \t])", "", value).strip())
    return fields


def leaves(element: tree.Element, folder, default: str = "text/plain"):
    """The leaves of an entity, an attached message as one."""
    fields = fields_of(element)
    for child in element:
        if child.tag == "multipart":
            digest = fields.get("content-type", "").lower().startswith("multipart/digest")
            for part in child.findall("body-part"):
                yield from leaves(part, folder, "message/rfc822" if digest else "text/plain")
        elif child.tag == "message":
            yield Leaf(fields, None, "message/rfc822")
        elif child.tag in ("text-body", "binary-body"):
            yield Leaf(fields, (folder / child.get("name")).read_bytes(), default)


def forwarded(element: tree.Element, folder):
    """The leaves of attached messages, at any depth."""
    for message in element.iter("message"):
        if message is not element:
            yield from (leaf for leaf in leaves(message, folder) if leaf.content is not None)


def decoded(value: str) -> str | None:
    if not value.isascii() or re.search(r"\?==\?|\?=\s+=\?", value):  # Python keeps blanks between words
        return None
    try:
        return str(email.header.make_header(email.header.decode_header(value)))
    except (LookupError, UnicodeError, email.errors.HeaderParseError):
        return None


def judge_header(fields: dict[str, str], read: dict):
    subject = decoded(fields.get("subject", ""))
    if subject:
        yield equal("fields", " ".join(read["subject"].split()), " ".join(subject.split()))
    for name, got in (("from", read["from_all"]), ("to", read["to"]), ("cc", read["cc"])):
        value = fields.get(name, "")
        if not value.isascii() or not re.fullmatch(r"[^()\[\]:;]*", value):
            continue
        addresses = [a.lower() for _, a in email.utils.getaddresses([value]) if "@" in a]
        if addresses:
            yield equal("fields", [a["address"].lower() for a in got if "@" in a["address"]], addresses)
    if match := re.fullmatch(r"<([^<>\s]+)>", fields.get("message-id", "")):
        yield equal("fields", read["message_id"], match[1])
    try:
        instant = email.utils.parsedate_to_datetime(fields.get("date", "").split("(")[0])
    except (ValueError, TypeError, IndexError):
        return
    got = email.utils.datetime.datetime.fromisoformat(read["date"]) if read["date"] else None
    yield verdict("fields", got is not None and got.timestamp() == instant.astimezone(got.tzinfo).timestamp()
                  if instant.tzinfo else got is not None, f"date: {read['date']} instead of {instant}")


def cases(folder):
    for path in sorted(folder.rglob("*.msg")):
        xml = path.with_name(path.stem + "_decoded.xml")
        try:
            root = tree.fromstring(xml.read_bytes())
        except (tree.ParseError, FileNotFoundError):
            yield Case(str(path.relative_to(folder)), path.read_bytes())
            continue

        def judge(read: dict, root=root, path=path):
            yield from judge_header(fields_of(root), read)
            own = list(leaves(root, path.parent))
            for leaf in own:
                yield leaf.found(read)
            has_text = any(leaf.content and leaf.content.strip() and leaf.type in ("text/plain", "text/html")
                           for leaf in own)
            inner = [leaf for leaf in forwarded(root, path.parent)
                     if leaf.type == "text/plain" and leaf.content.strip()]
            if inner and not has_text:
                yield verdict("fields", any(plain(leaf.text()) in plain(read["text"]) for leaf in inner),
                              "no forwarded text is readable")

        yield Case(str(path.relative_to(folder)), path.read_bytes(), judge)
