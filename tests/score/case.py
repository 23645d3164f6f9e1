"""What a set of the corpora is made of: mails, and what somebody else says of them.

A module in sets/ has:
    FOLDER   the set's folder in the corpora
    AIMS     {measure: least share of right ones}, for the measures that must reach something
    cases(folder: pathlib.Path) -> iterator of Case
"""
import dataclasses
import email.header
import email.policy
from collections.abc import Callable, Iterable


@dataclasses.dataclass(frozen=True)
class Verdict:
    """So many right and wrong ones of a measure ("recipients", "precision"); `detail` names what is wrong."""
    measure: str
    right: int
    wrong: int
    detail: str = ""


@dataclasses.dataclass(frozen=True)
class Case:
    """A mail, and the judge of what `ticketgate parse --jsonl` prints of it.

    A case is right when no verdict holds a wrong one. A judge that gives no verdict only asks the
    program to survive.
    """
    name: str
    mail: bytes
    judge: Callable[[dict], Iterable[Verdict]] = lambda read: ()
    mail_from: str | None = None


def verdict(measure: str, is_right: bool, detail: str = "") -> Verdict:
    return Verdict(measure, int(is_right), int(not is_right), "" if is_right else detail)


def equal(measure: str, got: object, expected: object) -> Verdict:
    return verdict(measure, got == expected, f"{measure}: {short(got)} instead of {short(expected)}")


def short(value: object, limit: int = 160) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[:limit - 1] + "…"


def mail_around(body: str, kind: str = "plain", sender: str = "Alex Doe <alex@example.net>") -> bytes:
    """A mail with this text or HTML as its only part, for sets that hold bare bodies."""
    header = (f"From: {email.header.Header(sender, 'utf-8').encode() if not sender.isascii() else sender}\r\n"
              "To: desk@example.org\r\nSubject: Re: a case\r\nMIME-Version: 1.0\r\n"
              f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
    return header.encode() + body.encode("utf-8", "surrogateescape")


def without_mbox_line(mail: bytes) -> bytes:
    is_mbox_line = mail.startswith(b"From ") and not mail[4:].lstrip(b" ").startswith(b":") and b"\n" in mail
    return mail.split(b"\n", 1)[1] if is_mbox_line else mail
