#!/usr/bin/env python3
"""Acknowledgements of new tickets, over a name server of the test's own: who gets one, and who doesn't."""

import json
import unittest

import desk
import name_server
import smtp

GOOD, OTHER = "192.0.2.10", "198.51.100.66"


class Answering(desk.Desk):
    TICKETS_PER_HOUR = 6

    def __init__(self, server):
        self.RESOLVER = f"127.0.0.1@{server.port}"
        super().__init__()

    def _write_config(self, name):
        path = super()._write_config(name)
        text = path.read_text().replace("[smtp]\n", '[smtp]\nxclient_networks = ["127.0.0.0/8"]\n')
        path.write_text(text.replace("[verification]\n", '[verification]\ntrust_anchors = ""\n'))
        return path


class Acknowledgements(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(name_server.NameServer({
            "good.example TXT": [f"v=spf1 ip4:{GOOD} -all"],
            "_dmarc.good.example TXT": ["v=DMARC1; p=none"],
        }))
        cls.desk = cls.enterClassContext(Answering(cls.server))
        cls.daemon, = cls.desk.daemons
        answer = desk.work_folder() / "answer.txt"
        answer.write_text("Grüße {{person.name|there}},\nwe read: {{ticket.subject}}\n")
        cls.desk.run("mailbox", "acknowledge", desk.SUPPORT, "--subject", "Got it [{{ticket.short_id}}]", "--file",
                     str(answer))
        cls.desk.run("mailbox", "acknowledge", desk.SALES, status=2)  # without a template
        # Settings reach a daemon within a second; mail to this address tells when they have.
        cls.number = 0

        def answered():
            cls.number += 1
            cls.send(cls, f"probe{cls.number}@good.example", "probe")
            return cls.queued(cls, f"probe{cls.number}@good.example")
        desk.until("the template", answered)

    def send(self, author, subject, client=GOOD, path=None, header=""):
        raw = f"{header}From: {author}\r\nTo: {desk.SUPPORT}\r\nSubject: {subject}\r\n\r\nhello {subject}\r\n".encode()
        with smtp.Client(self.daemon.smtp) as session:
            session.command(f"XCLIENT ADDR={client} NAME=mta.client.example")
            session.command("EHLO mta.client.example")
            return session.deliver(author if path is None else path, [desk.SUPPORT], raw)[0]

    def queued(self, recipient):
        return int(self.desk.cluster.sql(
            f"SELECT count(*) FROM outbox WHERE recipient = '{recipient}'", self.desk.database))

    def test_once_within_the_window(self):
        self.assertEqual(self.send("ann@good.example", "one"), 250)
        self.assertEqual(self.queued("ann@good.example"), 1)
        self.assertEqual(self.send("ann@good.example", "two"), 250)
        self.assertEqual(self.queued("ann@good.example"), 1)
        self.assertGreaterEqual(sum(value for _, value in self.daemon.metric("ticketgate_acknowledgements_total")), 1)

    def test_who_gets_none(self):
        for number, (why, more) in enumerate({
            "forged": {"client": OTHER},
            "list": {"header": "List-Id: <talk.good.example>\r\n"},
            "auto-reply": {"header": "Auto-Submitted: auto-replied\r\n"},
            "suppressed": {"header": "X-Auto-Response-Suppress: All\r\n"},
            "null": {"path": ""},
            "other": {"path": "bounce@good.example"},
        }.items()):
            with self.subTest(why):
                address = f"none{number}@good.example"
                self.assertEqual(self.send(address, why, **more), 250)
                self.assertEqual(self.queued(address), 0)

    def test_a_flood_is_held(self):
        for number in range(8):
            self.assertEqual(self.send("loud@good.example", f"flood {number}"), 250)
        held = [each["subject"] for each in json.loads(self.desk.run("held", "list", "--json"))
                if each["reasons"] == ["flood"]]
        self.assertEqual(sorted(held), ["flood 6", "flood 7"])


if __name__ == "__main__":
    unittest.main()
