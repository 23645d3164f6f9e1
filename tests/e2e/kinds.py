#!/usr/bin/env python3
"""What no person wrote: a machine's answer doesn't reopen, a bounce is held, a list opens a ticket, our own mail that
comes back becomes none; and all of it is counted."""

import json
import unittest

import desk
import smtp

SENDER = "ann@client.example"


def mail(message_id, *fields, answers=None):
    lines = [f"From: Ann <{SENDER}>", f"To: {desk.SUPPORT}", f"Subject: about {message_id}",
             f"Message-ID: <{message_id}@client.example>", *fields]
    if answers:
        lines.append(f"In-Reply-To: <{answers}@client.example>")
    return smtp.crlf("\n".join([*lines, "", f"Text of {message_id}.", ""]).encode())


class Kinds(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(desk.Desk())
        self.client = self.enterContext(smtp.Client(self.desk.ports[0]))

    def send(self, raw, sender=SENDER, recipient=desk.SUPPORT):
        code, text = self.client.deliver(sender, [recipient], raw)
        self.assertEqual(code, 250, text)

    def held(self):
        return json.loads(self.desk.run("held", "list", "--json"))

    def expect_balance(self, accepted):
        """Accepted mail is disposed of, by the metrics and by the rows."""
        daemon = self.desk.daemons[0]
        self.assertEqual(daemon.metric("ticketgate_messages_accepted_total")[0][1], accepted)
        self.assertEqual(sum(self.desk.disposed().values()), accepted)
        self.assertEqual(daemon.metric("ticketgate_invariant_difference")[0][1], 0)
        self.assertEqual([check["name"] for check in json.loads(self.desk.run("audit", "--json"))["checks"]
                          if check["wrong"]], [])

    def test_answer_of_a_machine_does_not_reopen(self):
        self.send(mail("question"))
        ticket = self.desk.tickets()[0]["short_id"]
        self.desk.run("ticket", "status", ticket, "resolved")
        self.send(mail("away", "Auto-Submitted: auto-replied (vacation)", answers="question"), sender="")
        found = self.desk.tickets()
        self.assertEqual([(each["status"], len(each["interactions"])) for each in found], [("Resolved", 2)])
        self.assertEqual([each["kind"] for each in found[0]["interactions"]], ["human", "out_of_office"])
        self.assertIn("out_of_office", self.desk.run("ticket", "show", ticket))
        self.send(mail("answer", answers="question"))
        self.assertEqual(self.desk.tickets()[0]["status"], "Open")
        self.expect_balance(3)

    def test_what_no_ticket_knows(self):
        installation = self.desk.cluster.sql("SELECT id FROM installation", self.desk.database)
        self.send(mail("list", "List-Id: <talk.client.example>"))
        self.send(mail("bounce", "X-Failed-Recipients: lee@client.example"), sender="")
        self.send(mail("loop", f"X-Ticketgate-Loop: {installation}"))
        self.assertEqual([(each["kind"], each["message_id"]) for each in self.desk.interactions()],
                         [("list", "list@client.example")])
        held = self.held()
        self.assertEqual([(each["kind"], each["reasons"]) for each in held], [("loop", ["loop"]), ("bounce", ["bounce"])])
        shown = self.desk.run("held", "show", held[1]["interaction"])
        for word in ("x_failed_recipients", "Text of bounce.", desk.SUPPORT):
            self.assertIn(word, shown)
        self.assertIn("about bounce", self.desk.run("held", "list"))
        self.assertIn("held (bounce)", self.desk.run("explain", "--interaction", held[1]["interaction"]))
        self.assertEqual(self.desk.disposed(), {"ticketed": 1, "held": 2})
        kinds = {labels["kind"]: value for labels, value in
                 self.desk.daemons[0].metric("ticketgate_messages_by_kind_total") if value}
        self.assertEqual(kinds, {"list": 1, "bounce": 1, "loop": 1})
        self.expect_balance(3)

    def test_mailbox_decides(self):
        self.desk.run("mailbox", "set", desk.SUPPORT, "--automatic", "hold", "--bounces", "discard")
        self.desk.run("mailbox", "add", f"robots@{desk.DOMAIN}", "--workspace", "demo", "--bounces", "ticket")
        mailboxes = {each["address"]: (each["automatic"], each["bounces"])
                     for each in json.loads(self.desk.run("mailbox", "list", "--json"))}
        self.assertEqual(mailboxes[desk.SUPPORT], ("hold", "discard"))
        self.assertEqual(mailboxes[desk.SALES], ("ticket", "hold"))
        path = self.desk.folder / "auto.eml"
        path.write_bytes(mail("auto", "Auto-Submitted: auto-generated"))
        explained = json.loads(self.desk.run("explain", str(path), "--to", desk.SUPPORT, "--json"))
        self.assertEqual((explained["kind"], explained["disposition"], explained["reason"]),
                         ("auto_reply", "held", "auto_reply"))
        desk.until("the mailbox's new settings", self.sent_and_held, 30)
        self.send(mail("bounce", "X-Failed-Recipients: lee@client.example"))
        self.assertEqual(self.desk.disposed()["discarded"], 1)
        self.send(mail("other", "X-Failed-Recipients: lee@client.example"), recipient=f"robots@{desk.DOMAIN}")
        self.assertIn("bounce", [each["kind"] for each in self.desk.interactions()])

    def sent_and_held(self):
        """The daemon hears of new settings a moment later."""
        number = sum(self.desk.disposed().values())
        self.send(mail(f"auto{number}", "Auto-Submitted: auto-generated"))
        return self.desk.disposed().get("held")

    def test_bad_input(self):
        self.desk.run("mailbox", "set", desk.SUPPORT, status=2)
        self.desk.run("mailbox", "set", desk.SUPPORT, "--automatic", "burn", status=2)
        self.desk.run("mailbox", "set", f"nobody@{desk.DOMAIN}", "--automatic", "hold", status=2)
        self.desk.run("held", "show", "nonsense", status=2)
        self.desk.run("held", "show", "01234567-89ab-7cde-8f01-23456789abcd", status=2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
