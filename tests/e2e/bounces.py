#!/usr/bin/env python3
"""What comes back to addresses that the desk signs: answers, bounces of every make, absence notes, forgeries."""

import base64
import hashlib
import hmac
import json
import time
import unittest
import uuid

import desk
import smtp

GONE = "550 5.1.1 User unknown"


def report(recipient, status, words, original="whatever@x.example", action="failed"):
    return ("From: MAILER-DAEMON@client.example\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            "--b\r\n\r\nNot delivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            f"Reporting-MTA: dns; mx.client.example\r\n\r\nFinal-Recipient: rfc822; {recipient}\r\nAction: {action}\r\n"
            f"Status: {status}\r\nDiagnostic-Code: smtp; {words}\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
            f"From: {desk.SUPPORT}\r\nMessage-ID: <{original}>\r\n\r\nHello\r\n--b--\r\n").encode()


QMAIL = (b"From: MAILER-DAEMON@mx.client.example\r\nSubject: failure notice\r\n\r\n"
         b"Hi. This is the qmail-send program at mx.client.example.\r\n"
         b"I'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
         b"This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
         b"<ann@client.example>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n"
         b"--- Below this line is a copy of the message.\r\n\r\nSubject: hello\r\n\r\nHello\r\n")
GERMAN = (b"From: Mailer-Daemon@client.example\r\nSubject: Mail-Zustellung fehlgeschlagen\r\n\r\n"
          b"Die folgende Adresse konnte nicht erreicht werden:\r\n\r\n<ann@client.example>\r\n"
          b"550 5.1.1 Benutzer unbekannt\r\n")
AWAY = (b"From: Ann <ann@client.example>\r\nSubject: Out of office: hello\r\nAuto-Submitted: auto-replied\r\n"
        b"Message-ID: <away@client.example>\r\n\r\nI am out of the office until Monday.\r\n")


class Bounces(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = cls.enterClassContext(desk.Desk())
        cls.daemon, = cls.desk.daemons

    def setUp(self):
        """A ticket of its own with an agent's mail that was sent."""
        self.subject = f"from {self.id()} {time.monotonic_ns()}"
        code, text = self.send("ann@client.example", desk.SUPPORT,
                               f"From: Ann <ann@client.example>\r\nSubject: {self.subject}\r\n\r\nhello\r\n".encode())
        self.assertEqual(code, 250, text)
        self.ticket = self.find()["id"]
        self.mail, self.delivery = str(uuid.uuid4()), str(uuid.uuid4())
        self.message_id = f"{self.mail}@{desk.DOMAIN}"
        key = uuid.UUID(bytes=hashlib.sha256(self.message_id.encode()).digest()[:16])
        self.sql(f"""INSERT INTO interactions SELECT (jsonb_populate_record(i, jsonb_build_object('id', '{self.mail}',
                         'direction', 'outbound', 'message_id', '{self.message_id}'))).*
                     FROM interactions i WHERE i.ticket_id = '{self.ticket}' LIMIT 1;
                     INSERT INTO message_refs SELECT workspace_id, '{key}', 2, id FROM interactions WHERE id = '{self.mail}';
                     INSERT INTO deliveries (workspace_id, id, interaction_id, recipient, recipient_key, destination,
                                             email_sender, state)
                     SELECT workspace_id, '{self.delivery}', id, 'ann@client.example', 'ann@client.example',
                            'client.example', '{desk.SUPPORT}', 'sent' FROM interactions WHERE id = '{self.mail}';
                     DELETE FROM address_marks""")
        self.desk.run("ticket", "status", self.ticket, "resolved")

    def sql(self, statement):
        return self.desk.cluster.sql(statement, self.desk.database)

    def address(self, purpose, identifier):
        """As auth/signed_address.hpp says, made anew."""
        row = self.sql("SELECT id || ' ' || encode(secret, 'hex') FROM address_keys ORDER BY id DESC LIMIT 1").split()
        key, secret = int(row[0]), bytes.fromhex(row[1])
        workspace = int(self.sql("SELECT id FROM workspaces"))
        octets = uuid.UUID(identifier).bytes
        said = b"ticketgate address 1 " + purpose.encode() + workspace.to_bytes(8, "big") + bytes([key]) + octets
        code = bytes([key]) + octets + hmac.new(secret, said, hashlib.sha256).digest()[:13]
        return f"{purpose}-{base64.b32encode(code).decode().lower()}@{desk.DOMAIN}"

    def send(self, sender, to, raw):
        with smtp.Client(self.daemon.smtp) as session:
            return session.deliver(sender, [to], raw)

    def come_back(self, raw, to=None, sender=""):
        code, text = self.send(sender, to or self.address("b", self.delivery), raw)
        self.assertEqual(code, 250, text)

    def find(self):
        return next(each for each in self.desk.tickets() if each["subject"] == self.subject)

    def state(self):
        return self.sql(f"SELECT concat_ws('|', state, nullif(status, ''), nullif(reply, '')) FROM deliveries WHERE id = '{self.delivery}'")

    def events(self):
        return self.sql(f"SELECT kind || ' ' || text FROM ticket_events WHERE ticket_id = '{self.ticket}' ORDER BY at")

    def kinds(self):
        return self.sql(f"SELECT kind FROM interactions WHERE ticket_id = '{self.ticket}' AND direction = 'inbound' "
                        "ORDER BY id").splitlines()

    def counted(self):
        return next(count for labels, count in self.daemon.metric("ticketgate_bounces_total")
                    if labels == {"result": "hard", "found": "return_path"})

    def test_a_hard_bounce(self):
        before = self.counted()
        self.come_back(report("ann@client.example", "5.1.1", GONE))
        self.assertEqual(self.counted(), before + 1)
        self.assertEqual(self.state(), "bounced|5.1.1|" + GONE)
        self.assertEqual(self.events(), "bounced ann@client.example: " + GONE)
        self.assertEqual(self.find()["status"], "Open")
        self.assertEqual(self.kinds(), ["human", "bounce"])
        marks = json.loads(self.desk.run("person", "marks", "--json"))
        self.assertEqual([(each["address"], each["reply"]) for each in marks], [("ann@client.example", GONE)])
        self.desk.run("person", "unmark", "ann@client.example", status=0)
        self.desk.run("person", "unmark", "ann@client.example", status=2)
        self.assertEqual(self.sql("SELECT count(*) FROM outbox"), "0")

    def test_a_soft_one(self):
        self.come_back(report("ann@client.example", "5.2.2", "552 5.2.2 Mailbox full"))
        self.assertEqual(self.state(), "bounced|5.2.2|552 5.2.2 Mailbox full")
        self.assertEqual(self.find()["status"], "Open")
        self.assertEqual(json.loads(self.desk.run("person", "marks", "--json")), [])

    def test_a_delayed_one(self):
        self.come_back(report("ann@client.example", "4.4.1", "451 4.4.1 No answer", action="delayed"))
        self.assertEqual(self.state(), "sent|4.4.1|451 4.4.1 No answer")
        self.assertEqual(self.events(), "delayed ann@client.example: 451 4.4.1 No answer")
        self.assertEqual(self.find()["status"], "Resolved")

    def test_those_that_are_no_reports(self):
        for raw in (QMAIL, GERMAN):
            with self.subTest(raw):
                self.setUp()
                self.come_back(raw)
                self.assertTrue(self.state().startswith("bounced|"), self.state())
                self.assertEqual(self.find()["status"], "Open")

    def test_without_its_return_path(self):
        self.come_back(report("Ann@Client.example", "5.1.1", GONE, self.message_id), desk.SUPPORT)
        self.assertEqual(self.state(), "bounced|5.1.1|" + GONE)
        self.assertEqual(self.kinds(), ["human", "bounce"])

    def test_forged_ones(self):
        self.come_back(report("ann@client.example", "5.1.1", GONE, "guessed@desk.example"), desk.SUPPORT)
        self.come_back(report("eve@client.example", "5.1.1", GONE, self.message_id), desk.SUPPORT)
        self.assertEqual(self.state(), "sent")
        self.assertEqual(self.events(), "")
        self.assertEqual(self.find()["status"], "Resolved")
        self.assertEqual(json.loads(self.desk.run("person", "marks", "--json")), [])

    def test_forged_addresses(self):
        genuine = self.address("b", self.delivery)
        forged = genuine[:20] + ("a" if genuine[20] != "a" else "b") + genuine[21:]
        for to in (forged, self.address("b", str(uuid.uuid4())), self.address("r", str(uuid.uuid4()))):
            code, text = self.send("", to, b"Subject: x\r\n\r\nx\r\n")
            self.assertEqual((code, text[:5]), (550, "5.1.1"), to)
        self.come_back(QMAIL, genuine.upper())
        self.assertTrue(self.state().startswith("bounced|"), "senders change the case")

    def test_an_absence_note(self):
        self.come_back(AWAY.replace(b"away@", self.mail.encode() + b"@"))
        self.assertEqual(self.kinds(), ["human", "out_of_office"])
        self.assertEqual((self.find()["status"], self.state()), ("Resolved", "sent"))

    def test_an_answer_to_the_reply_address(self):
        identifier = str(uuid.uuid4())
        self.sql(f"INSERT INTO reply_addresses (workspace_id, id, ticket_id) "
                 f"SELECT workspace_id, '{identifier}', id FROM tickets WHERE id = '{self.ticket}'")
        to = self.address("r", identifier)
        answer = b"From: Ann <ann@client.example>\r\nSubject: no id at all\r\n\r\nThanks.\r\n"
        path = self.desk.folder / "answer.eml"
        path.write_bytes(answer)
        explained = json.loads(self.desk.run("explain", str(path), "--to", to, "--json"))
        self.assertEqual((explained["recipient"]["matched_by"], explained["reason"]), ("signature", "signed_address"))
        self.come_back(answer, to, "ann@client.example")
        self.assertEqual(self.kinds(), ["human", "human"])
        self.assertEqual(self.find()["status"], "Open")
        explained = self.sql(f"SELECT reason FROM interactions WHERE reply_address = '{identifier}'")
        self.assertEqual(explained, "signed_address/none/participant: join_marked")
        self.assertIn("1 reply address is revoked", self.desk.run("ticket", "revoke", self.ticket))
        self.assertIn("revoked: 1 reply address is revoked", self.desk.run("ticket", "show", self.ticket))
        code, text = self.send("ann@client.example", to, answer)
        self.assertEqual((code, text[:5]), (550, "5.7.1"))
        self.assertIn(desk.SUPPORT, text)
        self.assertTrue(any(labels["reason"] == "revoked" and value > 0 for labels, value in
                            self.daemon.metric("ticketgate_smtp_recipients_refused_total")))

    def test_nothing_of_it_is_lost(self):
        self.send("ann@client.example", desk.SUPPORT, b"From: Ann <ann@client.example>\r\nSubject: last\r\n\r\nx\r\n")
        self.assertEqual([value for _, value in self.daemon.metric("ticketgate_invariant_difference")], [0])


if __name__ == "__main__":
    unittest.main()
