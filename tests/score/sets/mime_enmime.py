"""enmime: its testdata without its Go tests.

What is expected stands here by file, from the mails themselves and from what enmime documents: the text, words of
the HTML, and the files with their bytes, inline ones or not. Mails of which nothing can be said for sure (two
dispositions, Content-Types that are HTML) only have to survive.
"""
import base64
import hashlib
import re

from case import Case, equal, short, verdict

FOLDER = "mime-enmime"
AIMS = {"fields": 0.98}

HTML_FILE = b"<html>\n"
ZIP = ("foo_9E5D72.zip", HTML_FILE)
SECTION, HTML_SECTION = ["A text section"], ["An HTML section"]
ONE, TWO = ["Section one"], ["Section one", "Section two"]
LOREM = ["Lorem ipsum dolor sit amet, consectetur adipiscing elit."]
LONG_LOREM = LOREM + ["Proin sollicitudin laoreet vehicula. Praesent non nibh odio."]
GIF = "B05.gif"
INVOICE = "Invoice_302232133150612.pdf"

# file: (texts in `text`, texts in `html` or in the text made of it, {name: bytes or None}, names of inline ones)
EXPECTED = {
    "low-quality/bad-final-boundary": (SECTION, [], dict([ZIP]), []),
    "low-quality/bad-header-start": (SECTION, [], None, []),
    "low-quality/bad-header-wrap": (SECTION, [], {"7DDA4_foo_9E5D72.zip": HTML_FILE}, []),
    "low-quality/empty-header": (SECTION, [], None, []),
    "low-quality/html-only-inline": (["Test of HTML section"], ["Test of HTML section"], {"favicon.png": None}, ["favicon.png"]),
    "low-quality/incorrect-charset": (["∮ E⋅da = Q, n → ∞", "Yen [jɛn], Yoga [ˈjoːgɑ]"], [], {}, []),
    "low-quality/malformed-base64-attach": (SECTION, [], {"some.doc": HTML_FILE}, []),
    "low-quality/missing-content-type": (["A plain text email"], [], {}, []),
    "low-quality/missing-content-type2": (SECTION, [], None, []),
    "low-quality/unk-charset-html-only": (["Hello World!"], ["Hello World!"], {}, []),
    "low-quality/unk-charset-part": (SECTION, [], dict([ZIP]), []),
    "low-quality/unk-encoding-part": (SECTION, [], {ZIP[0]: None}, []),
    "mail/attachment": (SECTION, [], {"test.html": HTML_FILE}, []),
    "mail/attachment-application": (SECTION, [], {"some.doc": HTML_FILE}, []),
    "mail/attachment-octet": (SECTION, [], None, []),
    "mail/attachment-only": ([], [], {"favicon.jpg": None}, []),
    "mail/attachment-only-inline": ([], [], {"favicon.jpg": None}, ["favicon.jpg"]),
    "mail/attachment-only-inline-quoted-printable": (["Just some html content"], ["Just some html content"], {}, []),
    "mail/attachment-only-no-disposition": ([], [], {"favicon.jpg": None}, []),
    "mail/attachment-only-text-attachment": ([], [], {"test.csv": b"Test;Test\n"}, []),
    "mail/ctype-bug": (["Papertrail"], ["Papertrail"], {}, []),
    "mail/epilogue-sample": (SECTION, [], {"test.html": HTML_FILE}, []),
    "mail/html-mime-bad-charset-inline": (["Test of text section"], ["Test of HTML section"], {"favicon.png": None}, ["favicon.png"]),
    "mail/html-mime-bad-unknown-charset-inline": (["Test of text section"], ["Test of HTML section"], {"favicon.png": None}, ["favicon.png"]),
    "mail/html-mime-inline": (["Test of text section"], ["Test of HTML section"], {"favicon.png": None}, ["favicon.png"]),
    "mail/html-only-inline": (["Test of HTML section"], ["Test of HTML section"], {"favicon.png": None}, ["favicon.png"]),
    "mail/malformed-multiple-address-header-values": (["Simple text."], [], {"test.pdf": None, "test.txt": b"Text attachment.\r\n"}, []),
    "mail/inlinemultipart": (["Simple text."], [], {"test.pdf": None, "test.txt": b"Text attachment.\r\n"}, []),
    "mail/mime-alternative": (ONE, [], None, []),
    "mail/mime-bad-8bit-filename": (["Text part"], [], {"管理.doc": HTML_FILE}, []),
    "mail/mime-bad-content-transfer-encoding": (["ploozdect nispplul swunkglap"], ["This is an example"], {}, []),
    "mail/mime-bad-content-type": (["Thank you for booking with easyHotel."], [], {INVOICE: None}, []),
    "mail/mime-blank-media-name": (["Thank you for booking with easyHotel."], [], {INVOICE: None}, []),
    "mail/mime-duplicate-param": (["Thank you for booking with easyHotel."], [], {INVOICE: None}, []),
    "mail/mime-unquoted-tspecials-param": (["Thank you for booking with easyHotel."], [], {"Invoice_(302232133150612).pdf": None}, []),
    "mail/mime-mixed": (TWO, [], {}, []),
    "mail/mime-mixed-related": (["html1", "html2"], ["html1", "html2"], {}, []),
    "mail/mime-signed": (TWO, [], {"signature.asc": None}, []),
    "mail/multipart-wo-boundary": (["I'm multipart message without boundary"], [], {}, []),
    "mail/non-mime": (["This is a test mailing"], [], {}, []),
    "mail/non-mime-html": (["This is a test mailing"], ["This is a test mailing"], {}, []),
    "mail/non-mime-html-charset-header-only": (["Test Müller"], ["Test Müller"], {}, []),
    "mail/other-multi-related": (["Plain text."], ["HTML text."], {"image001.png": None, "image002.png": None}, ["image001.png"]),
    "mail/other-parts": (SECTION, [], {GIF: None}, []),
    "mail/unknown-part-type": (SECTION, [], {GIF: None}, []),
    "mail/qp-ascii-header": (["This is a test mailing"], [], {}, []),
    "mail/qp-utf8-header": (LONG_LOREM, LOREM, {}, []),
    "mail/qp-utf8-header-no-break": (LONG_LOREM, LOREM, {}, []),
    "mail/qp-utf8-header-recursed": (LONG_LOREM, LOREM, {}, []),
    "mail/quoted-printable": (["Phasellus sit amet arcu non lacus porta faucibus.", "eu vel dolor."], [], {}, []),
    "mail/quoted-printable-mime": (LONG_LOREM, LOREM, {}, []),
    "parts/badboundary": (SECTION, HTML_SECTION, {}, []),
    "parts/bin-attach": (SECTION, [], {"test.bin": base64.b64decode("UEsDBBQACAAIAMICKUoAAA==")}, []),
    "parts/chardet-detection": (["akzeptieren oder geben Sie den folgen1233", "Nachricht: öoöo"], [], {}, []),
    "parts/chardet-fail-non-txt": ([], [], {"rzkly.gif": None}, []),
    "parts/chardet-fail-not-long-enough": (["和弟弟"], [], {}, []),
    "parts/chardet-success-big-5": (["顏是家訓 北齊 顏之推"], [], {}, []),
    "parts/chardet-success-iso-8859-1": (["DIE Drachenköpfe unserer Boote bogen um das gelbe Segel."], [], {}, []),
    "parts/empty-header": (SECTION, HTML_SECTION, {}, []),
    "parts/extra-base64-character": (["Hello World!"], ["Hello World"], {}, []),
    "parts/html-with-boundary": (["An HTML section"], HTML_SECTION, {}, []),
    "parts/missing-ctype": (SECTION, HTML_SECTION, {}, []),
    "parts/missing-ctype-root": (["According to RFC 822, content type defaults to text/plain at the root."], [], {}, []),
    "parts/multi-malformed": (TWO + ["I'm section without headers"], [], {}, []),
    "parts/multialtern": (SECTION, HTML_SECTION, {}, []),
    "parts/multibase64": (SECTION, [], {"test.html": HTML_FILE}, []),
    "parts/multimixed": (TWO, [], {}, []),
    "parts/multimixed-no-closing-boundary": (["Hello,"], ["Hello,"], {}, []),
    "parts/multiother": (TWO, [], {}, []),
    "parts/nestedmulti": (SECTION, HTML_SECTION, {"attach.txt": b"An inline text attachment", "attach2.txt": b"Another inline text attachment"}, ["attach.txt", "attach2.txt"]),
    "parts/quoted-printable": (["Start=ABC=Finish"], [], {}, []),
    "parts/quoted-printable-invalid": (["ref=od_aui_detailpages00?ie=UTF8&psc=1", "Stuffs’s Weekly Summary", "Jane Smith, chris"], [], {}, []),
    "parts/similar-boundary": (ONE + SECTION, HTML_SECTION, {}, []),
    "parts/textplain": (["Test of text/plain section"], [], {}, []),
    "parts/ctype-invalid-characters": (["Test of text/plain section with invalid content type"], [], {}, []),
    "encode/parser-raw-content-html-option": (["My first paragraph éà."], ["My first paragraph éà."], {}, []),
    "encode/parser-raw-content-text-option": (["添付ファイル名テスト"], [], {}, []),
    "encode/utf8-to.raw": (["This is a test mailing"], [], {}, []),
    "encode/nocontent-with-children": (["Plain text part"], ["HTML part"], {}, []),
}
SUBJECTS = {
    "mail/qp-ascii-header": "Test QP Subject!",
    "mail/qp-utf8-header": "MIME UTF8 Test \u00a2 More Text",
    "low-quality/bad-header-start": "plain text",
    "mail/mime-bad-content-type": "Confirmation of Booking with easyHotel",
    "encode/utf8-to.raw": "test utf8 to",
}
SENDERS = {
    "low-quality/bad-header-start": ["james@makita.skynet"],
    "mail/malformed-multiple-address-header-values": ["bob@extern", "bobby@extern"],
    "mail/qp-utf8-header": ["jamehi03@jamehi03lx.noa.com", "pirard@vm1.ulg.ac.be"],
}


def spaced(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())


def judge_for(name: str):
    texts, htmls, files, inlines = EXPECTED[name]

    def judge(read: dict):
        shown = " ".join(read["text"].split())
        for text in texts:
            yield verdict("fields", " ".join(text.split()) in shown, f"text: {short(text)} not in {short(shown)}")
        for text in htmls:
            yield verdict("fields", text in spaced(read["html"]), f"html: {short(text)} not in {short(read['html'])}")
        if files is not None:
            yield equal("fields", sorted(a["name"] for a in read["attachments"]), sorted(files))
        for file, content in (files or {}).items():
            got = [a for a in read["attachments"] if a["name"] == file]
            if content is not None:
                yield verdict("fields", any(a["sha256"] in digests(content) for a in got), f"{file}: other bytes")
        for file in inlines:
            yield verdict("fields", any(a["name"] == file and a["inline"] for a in read["attachments"]),
                          f"{file}: not inline")
        if name in SUBJECTS:
            yield equal("fields", read["subject"], SUBJECTS[name])
        if name in SENDERS:
            yield equal("fields", [a["address"].lower() for a in read["from_all"]], SENDERS[name])

    return judge


def digests(content: bytes) -> list[str]:
    """With the line end before a boundary and without: enmime trims it, RFC 2046 gives it to the boundary."""
    return [hashlib.sha256(form).hexdigest() for form in (content, content.rstrip(b"\r\n"), content + b"\n")]


def cases(folder):
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".raw", ".golden"):
            continue
        name = str(path.relative_to(folder).with_suffix(""))
        if name in EXPECTED:
            yield Case(name, path.read_bytes(), judge_for(name))
        else:
            yield Case(name, path.read_bytes())
