#!/usr/bin/env python3
"""Every mail of every corpus comes in by SMTP, has exactly one disposition, and can be shown and read."""

import itertools
import json
import pathlib
import unittest

import desk
import smtp
from replay_threads import split_mbox

# Where the mails are: the other files of these sets are expectations, parts of mails, or no mails at all.
MAILS = {
    "auth-dkim-chasquid": ["*.msg"],
    "auth-mailauth": ["**/*.eml"],
    "bounce-sisimai": ["bsd/*.eml"],
    "mime-cpython": ["msg_*.txt"],
    "mime-enmime": ["**/*.raw"],
    "mime-mikel-mail": ["emails/**/*.eml", "emails/**/sample_output_multipart"],
    "mime-mime4j": ["**/*.msg"],
    "mime-nodemailer-mailparser": ["*.eml"],
    "mime-php-mime-mail-parser": ["*.eml", "m0*", "issue*"],
    "real-spamassassin": ["easy-ham-1/*", "hard-ham-1/*", "spam-1/*"],
    "reply-talon": ["**/*.eml"],
}
MAILBOXES = {"thread-imaptest": ["*.mbox"], "thread-perl-mailbox": ["folders/mbox.src"]}


def files(sets):
    for name, patterns in sets.items():
        folder = desk.corpus(name)
        if folder:
            found = {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()}
            assert found, f"no mails in {folder}"
            yield from sorted(found)


def mails():
    """(where from, the bytes)"""
    for path in files(MAILS):
        yield str(path.relative_to(desk.CORPORA)), path.read_bytes()
    for path in files(MAILBOXES):
        for number, raw in enumerate(split_mbox(path.read_bytes())):
            yield f"{path.relative_to(desk.CORPORA)}#{number}", raw


def parse(helpdesk, folder):
    """`ticketgate parse` on all files of a folder: file name -> what it read."""
    lines = helpdesk.run("parse", str(folder), "--jsonl").splitlines()
    return {pathlib.Path(mail["file"]).name: mail for mail in map(json.loads, lines)}


class EveryCorpusMail(unittest.TestCase):
    def test_generated(self):
        """What runs where the corpora are missing: one mail of each awkward kind."""
        self.all_come_in([
            ("plain", b"From: a@client.example\nSubject: plain\nMessage-ID: <plain@client.example>\n\nHello\n"),
            ("no header", b"\nHello\n"),
            ("no body", b"From: a@client.example\nSubject: no body\n"),
            ("raw 8 bit", b"From: \xe4@client.example\nSubject: \xfcber\n\n\xff\xfe\n"),
            ("dots", b"From: a@client.example\n\n.\n..\n.x\n"),
            ("long line", b"From: a@client.example\nSubject: " + b"x" * 20000 + b"\n\n" + b"y" * 200000 + b"\n"),
            ("deep", b"From: a@client.example\n" + b"Content-Type: message/rfc822\n\n" * 2000),
            ("many ids", b"From: a@client.example\nReferences: " + b" ".join(b"<%d@x>" % n for n in range(10000)) + b"\n\nx\n"),
            ("empty", b""),
            ("stray CR and NUL", b"From: a@client.example\nSubject: a\0b\n\na\rb\0c\n"),
        ])

    def test_corpora(self):
        every = list(mails())
        if every:
            self.all_come_in(every)

    def all_come_in(self, every):
        with desk.Desk() as helpdesk:
            wires = [smtp.crlf(raw) for _, raw in every]
            replies = smtp.deliver_all(helpdesk.ports, wires, desk.SUPPORT, connections=16)
            self.assertEqual([(where, reply) for (where, _), reply in zip(every, replies) if reply[0] != 250], [])

            # None was stored bare because the database refused what was read of it.
            self.assertEqual([value for labels, value in helpdesk.daemons[0].metric("ticketgate_batches_failed_total")
                              if labels["kind"] == "data"], [0])

            # The invariant: as many dispositions as mails that were answered 250, and every ticketed one is there.
            disposed = helpdesk.disposed()
            self.assertEqual(sum(disposed.values()), len(every), disposed)
            tickets = helpdesk.tickets()
            interactions = [each for ticket in tickets for each in ticket["interactions"]]
            self.assertEqual(len(interactions), disposed["ticketed"])
            self.assertEqual(len({each["id"] for each in interactions}), len(interactions))
            print(f"{len(every)} mails, {len(set(wires))} distinct: {disposed}; {len(tickets)} tickets", flush=True)

            for ticket in itertools.islice(tickets, 0, None, max(1, len(tickets) // 25)):
                shown = json.loads(helpdesk.run("ticket", "show", ticket["short_id"], "--json"))
                self.assertEqual(shown["id"], ticket["id"])
                self.assertEqual(shown["subject"], ticket["subject"])
                self.assertEqual(len(shown["interactions"]), len(ticket["interactions"]))
            self.all_are_read(helpdesk, every)

    def all_are_read(self, helpdesk, every):
        folder = desk.work_folder()
        for number, (_, raw) in enumerate(every):
            (folder / f"{number:05}.eml").write_bytes(raw)
        read = parse(helpdesk, folder)
        self.assertEqual(sorted(read), [f"{number:05}.eml" for number in range(len(every))])
        keys = {"file", "subject", "from", "from_all", "to", "cc", "reply_to", "date", "message_id", "in_reply_to",
                "references", "text", "html", "attachments", "warnings"}
        for number, (where, _) in enumerate(every):
            self.assertEqual(keys - set(read[f"{number:05}.eml"]), set(), where)


if __name__ == "__main__":
    unittest.main(verbosity=2)
