"""Other readers of mail as a measure, for sets whose mails nobody described: Python's email package and GMime.

    cases(corpora) of each oracle in ORACLES -> iterator of Case

Compared are the subject, the addresses, the Message-ID, the moment of the date and the SHA-256 of each
attachment. An oracle is no judge: oracle_judgements.toml says of each kind of difference who is right. A
difference that no entry there fits, and one where the oracle is right, is wrong.
"""
import calendar
import collections
import datetime
import email
import email.header
import email.policy
import email.utils
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import unicodedata
import warnings
from collections.abc import Callable, Iterator

from case import Case, Verdict, short, without_mbox_line

SETS = ["mime-cpython", "mime-enmime", "mime-mikel-mail", "mime-mime4j", "mime-nodemailer-mailparser",
        "mime-php-mime-mail-parser", "real-spamassassin", "bounce-sisimai"]
HERE = pathlib.Path(__file__).parent
LONGEST_HEADER = 256 * 1024
FIELDS = ["subject", "from", "to", "cc", "message-id", "date"]


# --- what each oracle says: a dict of FIELDS and "leaves", or None where it fails ----------------------

def by_python(mail: bytes) -> dict | None:
    for policy in (email.policy.default, email.policy.compat32):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return python_view(email.message_from_bytes(mail, policy=policy), policy)
        except Exception:  # noqa: BLE001: whatever a broken mail makes it raise
            continue
    return None


def python_view(message, policy) -> dict:
    modern = policy is email.policy.default

    def text(name: str) -> str:
        value = message.get(name, "")
        if isinstance(value, email.header.Header):
            value = str(value)
        return str(value) if modern else str(email.header.make_header(email.header.decode_header(value)))

    def addresses(name: str) -> list[str]:
        fields = message.get_all(name, [])
        if modern:
            return [address.addr_spec for field in fields for address in field.addresses]
        return [address for _, address in email.utils.getaddresses(map(str, fields))]

    date = email.utils.parsedate_tz(str(message.get("Date", "")))
    if date is not None:  # what is out of any calendar is no date
        datetime.datetime(*date[:6])
    leaves = []
    for part in leaves_of(message):
        attached = part.get_filename() is not None or part.get_content_disposition() == "attachment"
        content = b"" if part.is_multipart() else part.get_payload(decode=True) or b""
        leaves.append((part.get_content_type(), hashlib.sha256(content).hexdigest(), attached))
    return {"subject": text("Subject"), "from": addresses("From"), "to": addresses("To"),
            "cc": addresses("Cc"), "message-id": without_brackets(str(message.get("Message-ID", ""))),
            "date": None if date is None else calendar.timegm(date[:8] + (0,)) - (date[9] or 0),
            "leaves": leaves}


def leaves_of(message):
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.get_payload():
            yield from leaves_of(part)
    else:
        yield message


def without_brackets(field: str) -> str:
    within = re.search(r"<([^<>]*)>", field)
    return "".join((within.group(1) if within else field).split())


class Gmime:
    """oracle_gmime.c, built for the occasion."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="gmime.")
        self.program = pathlib.Path(self.folder.name, "oracle_gmime")
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang-16")
        flags = subprocess.run(["pkg-config", "--cflags", "--libs", "gmime-3.0"], capture_output=True, text=True) \
            if shutil.which("pkg-config") else None
        self.missing = compiler is None or flags is None or flags.returncode != 0
        if not self.missing:
            subprocess.run([compiler, "-O2", str(HERE / "oracle_gmime.c"), "-o", str(self.program),
                            *flags.stdout.split()], check=True)

    def __call__(self, mail: bytes) -> dict | None:
        path = pathlib.Path(self.folder.name, "mail")
        path.write_bytes(mail)
        output = subprocess.run([str(self.program), str(path)], capture_output=True, timeout=60).stdout
        view = json.loads(output or b"null")
        if view is not None:
            view["message-id"] = view.pop("message_id")
            view["leaves"] = [(kind, digest, attached == "1") for kind, digest, attached in
                              (leaf.rsplit(" ", 2) for leaf in view["leaves"])]
        return view


# --- comparison ------------------------------------------------------------------------------------------

def plain(text: str) -> str:
    """Blanks are layout and normal forms are spelling: neither is a difference."""
    return " ".join(unicodedata.normalize("NFC", text.replace("\0", "")).split())


def our_view(read: dict) -> dict:
    date = read["date"]
    return {"subject": read["subject"], "message-id": read["message_id"] or "",
            "date": None if date is None else int(datetime.datetime.fromisoformat(date).timestamp()),
            "from": [entry["address"] for entry in read["from_all"]],
            "to": [entry["address"] for entry in read["to"]],
            "cc": [entry["address"] for entry in read["cc"]]}


def addresses(values: list[str]) -> list[str]:
    """Lower case in the domain; an entry without an address is a name, which is not compared."""
    out = []
    for value in values:
        local, at, domain = value.rpartition("@")
        if value.strip() not in ("", "<>"):
            out.append(plain(local + at + domain.lower()))
    return out


def differences(ours: dict, read: dict, theirs: dict) -> Iterator[tuple[str, object, object]]:
    for field in FIELDS:
        mine, other = ours[field], theirs[field]
        if field in ("from", "to", "cc"):
            mine, other = addresses(mine), addresses(other)
        elif field != "date":
            mine, other = plain(mine), plain(other)
        if mine != other:
            yield field, mine, other
    # Forwarded mails are written anew by the oracles: their digests say nothing.
    def of_content(leaves):
        return [leaf for leaf in leaves if not leaf[0].startswith(("message/", "multipart/"))]
    mine = of_content([(a["type"], a["sha256"]) for a in read["attachments"]])
    every = of_content(theirs["leaves"])
    unknown = collections.Counter(d for _, d in mine) - collections.Counter(d for _, d, _ in every)
    missing = collections.Counter(
        d for kind, d, attached in every if attached or not kind.startswith("text/")) - \
        collections.Counter(d for _, d in mine)
    if unknown or missing:
        yield ("attachments", sorted(kind for kind, d in mine if d in unknown),
               sorted(kind for kind, d, _ in every if d in missing))


# --- judgement -------------------------------------------------------------------------------------------

class Judge:
    def __init__(self, oracle: str):
        entries = tomllib.loads((HERE / "oracle_judgements.toml").read_text())["judgement"]
        for entry in entries:
            if entry["right"] not in ("ours", "oracle", "both"):
                raise ValueError(f"oracle_judgements.toml: {entry['kind']}: right = {entry['right']}")
        self.entries = [entry for entry in entries if entry.get("oracle", oracle) == oracle]
        for entry in self.entries:
            for key in ("raw", "ours", "theirs"):
                entry[key] = re.compile(entry.get(key, ""), re.DOTALL | re.IGNORECASE)

    def of(self, field: str, raw: str, ours: str, theirs: str) -> dict | None:
        for entry in self.entries:
            if (field in entry["fields"] and entry["raw"].search(raw) and entry["ours"].search(ours)
                    and entry["theirs"].search(theirs)):
                return entry
        return None


def raw_field(mail: bytes, field: str) -> str:
    """The field as written, of all fields of this name; of attachments the whole mail."""
    if field == "attachments":
        return mail.decode("latin-1")
    header = re.split(rb"\r?\n\r?\n", mail[:LONGEST_HEADER].lstrip(b"\r\n"), maxsplit=1)[0]
    found = re.findall(rb"^" + field.encode() + rb"[ \t]*:(.*(?:\r?\n[ \t].*)*)", header, re.IGNORECASE | re.MULTILINE)
    return "\n".join(value.decode("latin-1").strip() for value in found)


def case_of(name: str, mail: bytes, view: Callable[[bytes], dict | None], judge: Judge) -> Case:
    def compare(read: dict) -> Iterator[Verdict]:
        theirs = view(mail)
        if theirs is None:
            return
        seen = set()
        for field, ours, other in differences(our_view(read), read, theirs):
            seen.add(field)
            entry = judge.of(field, raw_field(mail, field), json.dumps(ours, ensure_ascii=False),
                             json.dumps(other, ensure_ascii=False))
            right = entry is not None and entry["right"] != "oracle"
            yield Verdict(field, int(right), int(not right),
                          f"{field} {entry['kind'] if entry else 'unjudged'}: {short(ours)} | oracle: {short(other)}")
        for field in [*FIELDS, "attachments"]:
            if field not in seen:
                yield Verdict(field, 1, 0)
    return Case(name, mail, compare)


def mails(corpora: pathlib.Path, every_mail) -> Iterator[Case]:
    for name in SETS:
        for case in every_mail(corpora / name) if (corpora / name).is_dir() else ():
            yield Case(f"{name}/{case.name}", without_mbox_line(case.mail))


def python_cases(corpora: pathlib.Path, every_mail) -> Iterator[Case]:
    judge = Judge("python")
    for case in mails(corpora, every_mail):
        yield case_of(case.name, case.mail, by_python, judge)


def gmime_cases(corpora: pathlib.Path, every_mail) -> Iterator[Case]:
    gmime = Gmime()
    if gmime.missing:
        print("score: no oracle-gmime: it needs a C compiler, pkg-config and libgmime-3.0-dev", file=sys.stderr)
        return
    judge = Judge("gmime")
    for case in mails(corpora, every_mail):
        yield case_of(case.name, case.mail, gmime, judge)


ORACLES = {"oracle-python": python_cases, "oracle-gmime": gmime_cases}
