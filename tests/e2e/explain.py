#!/usr/bin/env python3
"""What would become of a mail, asked without a trace; and what is said of a stored one is what happened."""

import json
import unittest

import desk
import smtp


def mail(message_id, references="", author="ann@client.example"):
    more = f"References: {references}\n" if references else ""
    return (f"From: Ann <{author}>\nTo: {desk.SUPPORT}\nSubject: About {message_id}\nMessage-ID: <{message_id}>\n{more}\n"
            "Please help.\n").encode()


def bounce(original):
    """RFC 3464, of a mail that is named nowhere but in what came back."""
    return (f"From: MAILER-DAEMON@client.example\nTo: {desk.SUPPORT}\nSubject: Undelivered Mail\n"
            f"Message-ID: <bounce.of.{original}>\nMIME-Version: 1.0\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
            "--b\nContent-Type: text/plain\n\nYour mail came back.\n"
            "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.client.example\n\n"
            "Final-Recipient: rfc822; lee@client.example\nAction: failed\nStatus: 5.1.1\n\n"
            f"--b\nContent-Type: text/rfc822-headers\n\nSubject: Hello\nMessage-ID: <{original}>\n\n--b--\n").encode()


class Explain(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = desk.Desk()
        cls.enterClassContext(cls.desk)
        cls.folder = desk.work_folder()
        cls.deliver(mail("1@c"))

    @classmethod
    def deliver(cls, raw, sender="ann@client.example"):
        with smtp.Client(cls.desk.ports[0]) as client:
            assert client.deliver(sender, [desk.SUPPORT], smtp.crlf(raw))[0] == 250

    def rows(self):
        tables = self.desk.cluster.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", self.desk.database)
        return {table: self.desk.cluster.sql(f"SELECT count(*) FROM {table}", self.desk.database)
                for table in tables.split()}

    def explain(self, raw, *more, to=desk.SUPPORT, status=0):
        path = self.folder / "mail.eml"
        path.write_bytes(raw)
        before = self.rows()
        text = self.desk.run("explain", str(path), "--to", to, *more, status=status)
        self.assertEqual(self.rows(), before)
        return text

    def json(self, *arguments, **options):
        return json.loads(self.explain(*arguments, "--json", **options))

    def test_an_answer(self):
        raw = mail("answer@c", "<1@c> <unknown@c>", "stranger@else.example")
        said = self.json(raw, "--mail-from", "ann@client.example", "--client", "192.0.2.1", "--helo", "mx.client.example")
        ticket = next(each for each in self.desk.tickets() if each["subject"] == "About 1@c")
        self.assertEqual(said["ticket"]["id"], ticket["id"])
        self.assertEqual(said["row"], "stored_id/none/newcomer: join_marked")
        self.assertEqual([each["proof"] for each in said["candidates"]], ["stored_id"])
        self.assertEqual(said["threads"], [ticket["thread"]])
        self.assertEqual(said["evidence"], {"client": "192.0.2.1", "helo": "mx.client.example", "tls": None,
                                            "mail_from": "ann@client.example", "verdict": "none"})
        self.assertEqual({each["id"]: len(each["known"]) for each in said["ids"]},
                         {"answer@c": 0, "1@c": 1, "unknown@c": 0})
        text = self.explain(raw)
        for words in (f"#{ticket['short_id']}", "\n                its author is a newcomer", "stored_id/none/newcomer: join_marked", "not known here"):
            self.assertIn(words, text)
        self.deliver(raw)
        stored = next(each for each in self.desk.interactions() if each["message_id"] == "answer@c")
        self.assertEqual(stored["reason"], said["row"])
        why = json.loads(self.desk.run("explain", "--interaction", stored["id"], "--json"))
        self.assertEqual((why["row"], why["proof"], why["ticket"]["id"]), (said["row"], "stored_id", ticket["id"]))
        self.assertEqual([(each["mailbox"], each["disposition"], each["reason"]) for each in why["dispositions"]],
                         [(desk.SUPPORT, "ticketed", "stored_id")])
        self.assertEqual(why["evidence"]["helo"], "client.example")
        self.assertEqual([each["known"][0]["as"] for each in why["ids"] if each["id"] == "1@c"], ["message_id"])
        text = self.desk.run("explain", "--interaction", stored["id"])
        for words in (stored["id"], f"#{ticket['short_id']}", "127.0.0.1", "In-Reply-To or References name", "no TLS"):
            self.assertIn(words, text)

    def test_a_new_mail(self):
        said = self.json(mail("new@c"))
        self.assertEqual((said["disposition"], said["opens_ticket"], said["candidates"], said["threads"]),
                         ("ticketed", True, [], []))
        self.assertIn("a new ticket", self.explain(mail("new@c")))

    def test_a_subject_moves_no_cursor(self):
        raw = mail("moves@c").replace(b"About", "a\u009b2J\u202eb".encode())
        self.assertIn("\nMail          \"a 2Jb moves@c\" from Ann", self.explain(raw))

    def test_a_duplicate(self):
        said = self.json(mail("1@c"))
        self.assertEqual(said["disposition"], "duplicate")
        self.assertIsNotNone(said["same_mail"])

    def test_our_own_mail_that_comes_back(self):
        installation = self.desk.cluster.sql("SELECT id FROM installation", self.desk.database)
        raw = f"X-Ticketgate-Loop: {installation}\n".encode() + mail("loop@c", "<1@c>")
        said = self.json(raw)
        self.assertEqual((said["kind"], said["disposition"], said["reason"]), ("loop", "held", "loop"))
        self.assertEqual((said["ticket"], said["opens_ticket"], said["marked"]), (None, False, False))
        self.assertEqual((said["links"], said["merges"], len(said["candidates"])), ([], [], 1))
        self.assertTrue(said["row"].endswith("; loop: hold"), said["row"])
        self.deliver(raw)
        held = next(each for each in json.loads(self.desk.run("held", "list", "--json")) if each["kind"] == "loop")
        self.assertEqual(held["row"], said["row"])

    def test_a_held_bounce(self):
        raw = bounce("unknown-original@c")
        said = self.json(raw, "--mail-from", "<>")
        self.assertEqual((said["kind"], said["disposition"], said["reason"], said["ticket"]),
                         ("bounce", "held", "bounce", None))
        named = {"bounce.of.unknown-original@c": "message_id", "unknown-original@c": "in_reply_to"}
        self.assertEqual({each["id"]: each["as"] for each in said["ids"]}, named)
        self.deliver(raw, "")
        held = next(each for each in json.loads(self.desk.run("held", "list", "--json")) if each["kind"] == "bounce")
        why = json.loads(self.desk.run("explain", "--interaction", held["interaction"], "--json"))
        self.assertEqual(why["row"], said["row"])
        self.assertEqual({each["id"]: each["as"] for each in why["ids"]}, named)

    def test_a_bounce_of_a_stored_mail(self):
        said = self.json(bounce("1@c"), "--mail-from", "<>")
        self.assertEqual([len(each["known"]) for each in said["ids"] if each["id"] == "1@c"], [1])
        self.assertEqual((said["disposition"], said["reason"]), ("ticketed", "stored_id"))

    def test_recipients(self):
        self.assertEqual(self.json(mail("new@c"))["recipient"]["matched_by"], "address")
        self.assertEqual(self.json(mail("new@c"), to=f"postmaster@{desk.DOMAIN}")["recipient"]["matched_by"], "postmaster")
        self.assertEqual(self.json(mail("new@c"), to=f"nobody@{desk.DOMAIN}")["recipient"]["refused"], "550 5.1.1")
        self.assertIn("554 5.7.1", self.explain(mail("new@c"), to="x@elsewhere.example"))

    def test_bad_input(self):
        self.explain(mail("new@c"), to="nonsense", status=2)
        self.explain(mail("new@c"), "--client", "nonsense", status=2)
        self.explain(mail("new@c"), "--mail-from", "nonsense", status=2)
        for arguments in ([], ["/no/such/file", "--to", desk.SUPPORT], [str(self.folder)], ["--to", desk.SUPPORT],
                          ["--interaction", "nonsense"], ["--interaction", "01234567-89ab-7cde-8f01-23456789abcd"]):
            with self.subTest(arguments):
                self.assertEqual(self.desk.run("explain", *arguments, status=2), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
