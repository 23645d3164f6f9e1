#!/usr/bin/env python3
"""What becomes of a mail: ticketed once, a duplicate, refused at RCPT, or, when it was cut off, nothing at all."""

import socket
import struct
import unittest

import desk
import smtp

SENDER = "ann@client.example"


def mail(message_id="one@client.example", body="Please help."):
    ids = f"Message-ID: <{message_id}>\n" if message_id else ""
    return smtp.crlf(f"From: Ann <{SENDER}>\nTo: {desk.SUPPORT}\nSubject: Help\n{ids}\n{body}\n".encode())


class Dispositions(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(desk.Desk())
        self.client = self.enterContext(smtp.Client(self.desk.ports[0]))

    def send(self, raw, recipients=(desk.SUPPORT,)):
        code, text = self.client.deliver(SENDER, recipients, raw)
        self.assertEqual(code, 250, text)
        return text

    def refused(self, recipient):
        self.assertEqual(self.client.command(f"MAIL FROM:<{SENDER}>")[0], 250)
        code, text = self.client.command(f"RCPT TO:<{recipient}>")
        self.client.command("RSET")
        return code, text.split()[0]

    def test_I03_same_mail_twice(self):
        self.send(mail())
        self.send(b"Received: from another.route.example\r\n" + mail())
        self.assertEqual(self.desk.disposed(), {"ticketed": 1, "duplicate": 1})
        self.assertEqual(len(self.desk.interactions()), 1)

    def test_I03_same_mail_twice_without_message_id(self):
        self.send(b"Received: from one.route.example\r\n" + mail(None))
        self.send(b"Received: from another.route.example\r\n" + mail(None))
        self.assertEqual(self.desk.disposed(), {"ticketed": 1, "duplicate": 1})
        self.send(mail(None, "Something else."))
        self.assertEqual(len(self.desk.interactions()), 2)

    def test_I03_same_mail_over_32_connections_at_once(self):
        replies = smtp.deliver_all(self.desk.ports, [mail()] * 64, desk.SUPPORT, connections=32)
        self.assertEqual({code for code, _ in replies}, {250})
        self.assertEqual(self.desk.disposed(), {"ticketed": 1, "duplicate": 63})
        self.assertEqual(len(self.desk.interactions()), 1)

    def test_same_message_id_with_another_body(self):
        self.send(mail())
        self.send(mail(body="Another text, not to be lost."))
        self.assertEqual(self.desk.disposed(), {"ticketed": 2})
        self.assertEqual(len(self.desk.interactions()), 2)

    def test_two_mailboxes_of_one_workspace(self):
        self.send(mail(), [desk.SUPPORT, desk.SALES])
        self.assertEqual(sum(self.desk.disposed().values()), 2)
        tickets = self.desk.tickets()
        self.assertEqual([len(ticket["interactions"]) for ticket in tickets], [1])

    def test_same_recipient_twice(self):
        self.send(mail(), [desk.SUPPORT, desk.SUPPORT.upper()])
        self.assertEqual(self.desk.disposed(), {"ticketed": 1})
        self.assertEqual(len(self.desk.interactions()), 1)

    def test_receipt_tells_nothing(self):
        """A stranger who guesses must not learn from the reply whether a mail joined a ticket."""
        receipt = self.send(mail())
        ticket = self.desk.tickets()[0]
        for secret in (ticket["id"], ticket["short_id"], ticket["interactions"][0]["id"], ticket["thread"]):
            self.assertNotIn(secret, receipt)
        again = self.send(mail())
        self.assertEqual(len(receipt.split()), len(again.split()))

    def test_recipients_that_are_refused(self):
        self.assertEqual(self.refused(f"nobody@{desk.DOMAIN}"), (550, "5.1.1"))
        self.assertEqual(self.refused("someone@elsewhere.example"), (554, "5.7.1"))
        self.assertEqual(self.refused(f"someone%elsewhere.example@{desk.DOMAIN}"), (550, "5.1.1"))
        self.assertEqual(self.desk.tickets(), [])

    def test_mailbox_added_while_serving(self):
        self.assertEqual(self.refused(f"billing@{desk.DOMAIN}"), (550, "5.1.1"))
        self.desk.run("mailbox", "add", f"billing@{desk.DOMAIN}", "--workspace", "demo")
        desk.until("the new mailbox", lambda: self.refused(f"billing@{desk.DOMAIN}")[0] == 250, 30)
        self.send(mail(), [f"billing@{desk.DOMAIN}"])

    def test_postmaster(self):
        self.send(mail(), ["postmaster"])
        self.send(mail("two@client.example"), [f"PostMaster@{desk.DOMAIN}"])
        self.assertEqual(len(self.desk.interactions()), 2)

    def test_I03_cut_off_anywhere(self):
        """Whatever part of a dialogue arrives before the connection ends: half a mail is no mail."""
        content = smtp.stuffed(mail("cut@client.example", "line\n.\n..\n" * 10))
        dialogue = (f"EHLO client.example\r\nMAIL FROM:<{SENDER}>\r\nRCPT TO:<{desk.SUPPORT}>\r\nDATA\r\n".encode() + content)
        last = len(dialogue) - 1
        cuts = sorted({*range(1, last, last // 24), *range(last - 6, last + 1), len(dialogue) - len(content)})
        for number, cut in enumerate(cuts):
            with smtp.Client(self.desk.ports[0], hello=False) as client:
                client.send(dialogue[:cut])
                if number % 2:  # every other one is reset, not closed
                    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.socket.close()
                client.file.close()
        desk.until("the end of the sessions that were cut off",
                   lambda: self.desk.daemons[0].metric("ticketgate_smtp_sessions")[0][1] == 1)
        self.assertEqual(self.desk.disposed(), {})
        self.assertEqual(self.desk.tickets(), [])
        # The same bytes to the end, and the client is gone before the reply: that mail is ours.
        with smtp.Client(self.desk.ports[0], hello=False) as client:
            client.send(dialogue)
            client.socket.shutdown(socket.SHUT_WR)
            replies = client.file.read().decode().splitlines()
        self.assertEqual([line[:3] for line in replies if line[3:4] == " "], ["250", "250", "250", "354", "250"], replies)
        self.assertEqual([each["message_id"] for each in self.desk.interactions()], ["cut@client.example"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
