"""Dovecot's imaptest: what FETCH ENVELOPE and SEARCH say of the mails of a mailbox beside them.

Of SEARCH are read: FROM, TO, CC and SUBJECT with a needle, and SENTON, SENTBEFORE, SENTSINCE, each alone
(RFC 3501 §6.4.4). The names of groups are left out, as the reader does: it lists their members.
"""
import collections
import datetime
import email.utils
import pathlib
import re
from collections.abc import Callable, Iterator

from case import Case, Verdict, equal, verdict, without_mbox_line

FOLDER = "thread-imaptest"
TITLE = "thread-imaptest: envelopes"
AIMS: dict[str, float] = {}

TOKEN = re.compile(r'\(|\)|"((?:[^"\\]|\\.)*)"|[^\s()"]+')
ENVELOPE = re.compile(r"^\* (\d+) FETCH \(.*?ENVELOPE (\(.*\))\)$", re.IGNORECASE)
NEEDLE = re.compile(r'^ok search (from|to|cc|subject) (?:"([^"\\]+)"|([^\s"\\{(]+))$', re.IGNORECASE)
SENT = re.compile(r"^ok search sent(on|before|since) (\d+-\w+-\d+)$", re.IGNORECASE)
GROUP = re.compile(rb"\b(?=([\w-]+) *:[^;\n]*;)")
FOUND = re.compile(r"^\* search((?: \d+)*)$", re.IGNORECASE)

Check = Callable[[dict], Verdict]


def imap_list(text: str) -> list:
    """The first parenthesised list, nested; NIL is None."""
    stack: list[list] = [[]]
    for token in TOKEN.finditer(text):
        if token.group() == "(":
            stack.append([])
        elif token.group() == ")":
            done = stack.pop()
            stack[-1].append(done)
        elif token.group(1) is not None:
            stack[-1].append(re.sub(r"\\(.)", r"\1", token.group(1)))
        else:
            stack[-1].append(None if token.group().upper() == "NIL" else token.group())
    return stack[0][0]


def mailboxes(addresses: list | None) -> list[dict]:
    return [{"name": name or "", "address": f"{local}@{host}"} for name, _, local, host in addresses or []
            if local is not None and host is not None]


def envelope_checks(envelope: list) -> Iterator[Check]:
    date, subject, sender_of_text, sender, reply_to, to, cc, _, in_reply_to, message_id = envelope
    when = None if date is None else email.utils.parsedate_to_datetime(date)
    yield lambda read: equal("date", read["date"] and datetime.datetime.fromisoformat(read["date"]), when)
    yield lambda read: equal("subject", read["subject"], subject or "")
    yield lambda read: equal("from", read["from_all"], mailboxes(sender_of_text))
    # RFC 3501 §7.4.2: an envelope without Sender and Reply-To repeats From.
    yield lambda read: equal("sender", [read["sender"]] if read["sender"] else read["from_all"], mailboxes(sender))
    yield lambda read: equal("reply-to", read["reply_to"] or read["from_all"], mailboxes(reply_to))
    yield lambda read: equal("to", read["to"], mailboxes(to))
    yield lambda read: equal("cc", read["cc"], mailboxes(cc))
    yield lambda read: equal("message-id", read["message_id"], message_id and message_id.strip("<>"))
    yield lambda read: equal("in-reply-to", read["in_reply_to"], [in_reply_to.strip("<>")] if in_reply_to else [])


def holds(field: str, needle: str, expected: bool) -> Check:
    def check(read: dict) -> Verdict:
        text = read["subject"] if field == "subject" else " ".join(
            f"{entry['name']} <{entry['address']}>" for entry in read["from_all" if field == "from" else field])
        return verdict(field, (needle.lower() in text.lower()) == expected, f"{field}: {needle!r} in {text!r}")
    return check


def sent(how: str, day: datetime.date, expected: bool) -> Check:
    def check(read: dict) -> Verdict:
        own = datetime.date.fromisoformat(read["date"][:10]) if read["date"] else None  # without its zone
        found = own is not None and {"on": own == day, "before": own < day, "since": own >= day}[how]
        return verdict("date", found == expected, f"date: {own} sent{how} {day}")
    return check


def dialogue_checks(lines: list[str], mails: list[bytes]) -> dict[int, list[Check]]:
    groups = {name.decode().lower() for mail in mails for name in GROUP.findall(mail)}
    checks: dict[int, list[Check]] = collections.defaultdict(list)
    for line, following in zip(lines, [*lines[1:], ""]):
        if match := ENVELOPE.match(line):
            checks[int(match[1])] += envelope_checks(imap_list(match[2]))
        found = FOUND.match(following)
        if not found:
            continue
        numbers = {int(number) for number in found[1].split()}
        for number in range(1, len(mails) + 1):
            if (match := NEEDLE.match(line)) and (match[2] or match[3]).lower() not in groups:
                checks[number].append(holds(match[1].lower(), match[2] or match[3], number in numbers))
            elif match := SENT.match(line):
                day = datetime.datetime.strptime(match[2], "%d-%b-%Y").date()
                checks[number].append(sent(match[1].lower(), day, number in numbers))
    return checks


def cases(folder: pathlib.Path) -> Iterator[Case]:
    for mailbox in sorted(folder.rglob("*.mbox")):
        dialogue = mailbox.with_suffix("")
        if not dialogue.is_file():
            continue
        lines = [line.strip() for line in dialogue.read_text("latin-1").splitlines()]
        mails = re.split(rb"^(?=From )", mailbox.read_bytes(), flags=re.MULTILINE)[1:]
        if "messages: all" not in lines:
            continue
        for number, checks in sorted(dialogue_checks(lines, mails).items()):
            if number <= len(mails):
                yield Case(f"{dialogue.relative_to(folder)} {number}", without_mbox_line(mails[number - 1]),
                           lambda read, checks=checks: [check(read) for check in checks])
