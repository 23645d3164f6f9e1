#!/usr/bin/env python3
"""Agents who work from their own mail program: they are told, and what they answer is sent, held or refused."""

import email
import email.policy
import json
import time
import unittest

import desk
import name_server
import smtp
import verification

GOOD, OTHER = verification.GOOD, verification.OTHER
ANN, BEN, BOB, EVE = "ann@good.example", "ben@good.example", "bob@good.example", "eve@good.example"


class AgentMail(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(name_server.NameServer(verification.records()))
        cls.desk = cls.enterClassContext(verification.Verifying(cls.server))
        cls.desk.start("second")  # two daemons look for what is to be done
        cls.desk.run("agent", "add", BEN, "--name", "Ben")
        cls.desk.run("agent", "add", "cleo@good.example", "--name", "Cleo")
        cls.desk.run("agent", "set", BEN, "--notify", "on")
        cls.desk.run("agent", "set", "nobody@good.example", "--notify", "on", status=2)

    def setUp(self):
        """A ticket that Ben has just been given; what he was told of it."""
        self.subject = f"about {self.id()} {time.monotonic_ns()}"
        self.send(ANN, desk.SUPPORT, f"From: Ann <{ANN}>\r\nSubject: {self.subject}\r\n\r\nIt smokes.\r\n")
        self.ticket = self.find()["id"]
        self.desk.run("ticket", "assign", self.ticket, BEN)
        self.notice = self.told(1)

    def sql(self, statement):
        return self.desk.cluster.sql(statement, self.desk.database)

    def send(self, author, to, raw, client=GOOD):
        with smtp.Client(self.desk.daemons[0].smtp) as session:
            self.assertEqual(session.command(f"XCLIENT ADDR={client} NAME=mta.client.example")[0], 220)
            session.command("EHLO mta.client.example")
            code, text = session.deliver(author, [to], raw.encode())
            self.assertEqual(code, 250, text)

    def find(self):
        return next(each for each in self.desk.tickets() if each["subject"] == self.subject)

    def told(self, number):
        """The mail with that number that Ben was told with of this ticket."""
        statement = ("SELECT encode(o.message, 'hex') FROM outbox o JOIN interactions i ON i.workspace_id = o.workspace_id "
                     f"AND i.id = o.interaction_id WHERE o.kind = 'notification' AND i.ticket_id = '{self.ticket}' "
                     f"AND o.recipient = '{BEN}' ORDER BY o.queued_at")
        rows = desk.until(f"notice {number}", lambda: (found := self.sql(statement).split()) and len(found) >= number and found)
        self.assertEqual(len(rows), number)
        return email.message_from_bytes(bytes.fromhex(rows[number - 1]), policy=email.policy.default)

    def answer(self, words, author=BEN, client=GOOD, header=""):
        to = self.notice["Reply-To"].addresses[0].addr_spec
        quote = "".join(f"> {line}\r\n" for line in self.notice.get_content().splitlines())
        self.send(author, to, f"{header}From: Ben <{author}>\r\nTo: <{to}>\r\nSubject: Re: {self.notice['Subject']}\r\n"
                  f"In-Reply-To: {self.notice['Message-ID']}\r\n\r\n{words}\r\n\r\n-- \r\nBen's phone 12345\r\n\r\n"
                  f"On Sun, 22 Nov 2026, Support <{desk.SUPPORT}> wrote:\r\n{quote}", client)

    def outbound(self):
        return self.sql(f"SELECT id FROM interactions WHERE ticket_id = '{self.ticket}' AND direction = 'outbound' "
                        "ORDER BY id").split()

    def done(self):
        """Everything that was to be done for agents is."""
        desk.until("the agents' tasks", lambda: self.sql("SELECT count(*) FROM agent_mails") == "0")

    def test_the_notice(self):
        self.assertEqual(self.notice["From"].addresses[0].addr_spec, desk.SUPPORT)
        self.assertEqual(self.notice["To"].addresses[0].addr_spec, BEN)
        self.assertIn(self.subject, self.notice["Subject"])
        self.assertIn("It smokes.", self.notice.get_content())
        self.assertNotIn("nobody vouches", self.notice.get_content())
        self.assertEqual(self.notice["Auto-Submitted"], "auto-generated")
        self.send(ANN, desk.SUPPORT, f"From: Ann <{ANN}>\r\nSubject: [#{self.find()['short_id']}]\r\n\r\nNow it burns.\r\n")
        self.assertIn("Now it burns.", self.told(2).get_content())

    def test_an_answer_goes_to_the_customer(self):
        self.answer("Switch it off, please.")
        mail, = desk.until("the reply", self.outbound)
        raw = self.desk.run("interaction", "raw", mail)
        sent = email.message_from_string(raw, policy=email.policy.default)
        self.assertEqual(sent["To"].addresses[0].addr_spec, ANN)
        self.assertEqual(sent["From"].addresses[0].display_name, "Ben")
        self.assertEqual(sent["From"].addresses[0].addr_spec, desk.SUPPORT)
        text = sent.get_body(("plain",)).get_content()
        self.assertIn("Switch it off, please.", text)
        for others in ("phone 12345", "It smokes", "/resolve", BEN):
            self.assertNotIn(others, raw)
        self.assertEqual(self.find()["status"], "Pending")
        self.done()
        self.assertEqual(len(self.outbound()), 1)
        self.told(1)  # and he is told of nothing more
        self.assertEqual(self.sql(f"SELECT recipient FROM deliveries WHERE interaction_id = '{mail}'"), ANN)

    def write(self, author, number, words, **header):
        """A further mail of the ticket; what Ben was told of it is the notice with that number."""
        fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in header.items())
        self.send(author, desk.SUPPORT, f"From: <{author}>\r\nTo: {desk.SUPPORT}\r\n"
                  f"Subject: [#{self.find()['short_id']}] from {author}\r\n"
                  f"Message-ID: <{number}-{self.ticket}@good.example>\r\n{fields}\r\n{words}\r\n")
        return self.told(number)

    def test_who_writes_in_between_does_not_get_the_answer(self):
        anns = self.write(ANN, 2, "It smokes still.", Cc=BOB)
        bobs = self.write(BOB, 3, "It smokes here too.")
        self.notice = anns
        self.answer("Switch it off, Ann.")
        mail, = desk.until("the reply", self.outbound)
        sent = email.message_from_string(self.desk.run("interaction", "raw", mail), policy=email.policy.default)
        self.assertEqual(sent["To"].addresses[0].addr_spec, ANN)
        self.assertEqual(sent["Subject"], f"Re: [#{self.find()['short_id']}] from {ANN}")
        self.assertEqual(sent["In-Reply-To"], f"<2-{self.ticket}@good.example>")
        self.assertNotIn(f"<3-{self.ticket}@good.example>", sent["References"])
        self.notice = bobs
        self.answer("And you too, Bob.")
        second = desk.until("the other reply", lambda: len(found := self.outbound()) == 2 and found[1])
        sent = email.message_from_string(self.desk.run("interaction", "raw", second), policy=email.policy.default)
        self.assertEqual(sent["To"].addresses[0].addr_spec, BOB)
        self.assertEqual(sent["In-Reply-To"], f"<3-{self.ticket}@good.example>")

    def test_a_newcomer_gets_no_answer_by_mail(self):
        self.write(ANN, 2, "It smokes still.")
        eves = self.write(EVE, 3, "Send me the password.", In_Reply_To=f"<2-{self.ticket}@good.example>")
        self.assertIn("nobody vouches", eves.get_content())
        self.notice, anns = eves, self.notice
        self.answer("It is swordfish.")
        words = desk.until("the word", lambda: self.sql(
            f"SELECT text FROM ticket_events WHERE ticket_id = '{self.ticket}' AND kind = 'agent_mail'"))
        self.assertIn(f"{EVE} is no participant of the ticket", words)
        self.done()
        self.assertEqual(self.outbound(), [])
        self.notice = anns
        self.answer("Switch it off.")
        mail, = desk.until("the reply", self.outbound)
        self.assertEqual(self.sql(f"SELECT recipient FROM deliveries WHERE interaction_id = '{mail}'"), ANN)

    def test_commands(self):
        self.answer("/resolve\r\n/assign Cleo\r\n\r\nThat was it.")
        desk.until("the reply", self.outbound)
        found = self.find()
        self.assertEqual((found["status"], found["assignee"]["name"]), ("Resolved", "Cleo"))
        raw = self.desk.run("interaction", "raw", self.outbound()[0])
        self.assertIn("That was it.", raw)
        self.assertNotIn("/assign", raw)

    def test_a_note_is_sent_to_nobody(self):
        self.answer("/note she has called before\r\nand will again")
        note = desk.until("the note", lambda: self.sql(f"SELECT text FROM notes WHERE ticket_id = '{self.ticket}'"))
        self.assertEqual(note, "she has called before\nand will again")
        self.done()
        self.assertEqual(self.outbound(), [])

    def test_an_unknown_command_sends_nothing_and_is_told(self):
        self.answer("/close\r\n\r\nThat was it.")
        notice = desk.until("the word", lambda: self.sql(
            f"SELECT text FROM ticket_events WHERE ticket_id = '{self.ticket}' AND kind = 'agent_mail'"))
        self.assertIn("'/close' is no command", notice)
        self.done()
        self.assertEqual(self.outbound(), [])
        self.assertEqual(self.sql("SELECT count(*) FROM outbox o JOIN ticket_events e ON e.id = o.id "
                                  f"WHERE e.ticket_id = '{self.ticket}' AND o.recipient = '{BEN}'"), "1")
        self.assertEqual(self.find()["status"], "Open")

    def test_what_others_answer_is_held_and_never_sent(self):
        self.answer("Send me the money.", EVE)
        self.answer("Send me the money, I say.", BEN, OTHER)  # nobody vouches for him there
        held = [each for each in json.loads(self.desk.run("held", "list", "--json"))
                if self.subject in each["subject"]]
        self.assertEqual(sorted(each["reasons"][0] for each in held), ["agent_address", "dmarc"])
        self.done()
        self.assertEqual(self.outbound(), [])
        for each in held:
            self.desk.run("held", "release", each["interaction"])
        self.done()
        self.assertEqual(self.outbound(), [])
        self.assertEqual(len(self.find()["interactions"]), 3)

    def test_his_absence_note_is_filed(self):
        self.answer("I am out of the office until Monday.", header="Auto-Submitted: auto-replied\r\n")
        self.done()
        self.assertEqual(self.outbound(), [])
        self.assertIn(self.find()["interactions"][-1]["kind"], ("auto_reply", "out_of_office"))

    def test_the_same_mail_twice_is_one_answer(self):
        for _ in range(2):
            self.answer("Once.", header=f"Message-ID: <once-{self.ticket}@good.example>\r\n")
        desk.until("the reply", self.outbound)
        self.done()
        self.assertEqual(len(self.outbound()), 1)

    def test_who_does_not_want_to_hear_hears_nothing(self):
        self.desk.run("ticket", "assign", self.ticket, "Cleo")
        self.send(ANN, desk.SUPPORT, f"From: Ann <{ANN}>\r\nSubject: [#{self.find()['short_id']}]\r\n\r\nHello?\r\n")
        self.done()
        self.assertEqual(self.sql("SELECT count(*) FROM outbox WHERE recipient = 'cleo@good.example'"), "0")
        self.told(1)


if __name__ == "__main__":
    unittest.main()
