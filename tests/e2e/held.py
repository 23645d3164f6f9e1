#!/usr/bin/env python3
"""Mail that is held: an agent releases it, trusts its sender or deletes it; it expires, and its mailbox's owner is told."""

import concurrent.futures
import json
import unittest

import desk
import name_server
import smtp
import verification

LIST, OTHER = "192.0.2.20", "198.51.100.66"
BOSS = "boss@client.example"


def records():
    return {
        "list.example TXT": [f"v=spf1 ip4:{LIST} -all"],
        "bank.example TXT": ["v=spf1 -all"],
        "_dmarc.bank.example TXT": ["v=DMARC1; p=reject"],
    }


def mail(name, author="Ann <ann@client.example>", *fields, answers=None):
    lines = [f"From: {author}", f"To: {desk.SUPPORT}", f"Subject: about {name}", f"Message-ID: <{name}@client.example>",
             *fields]
    if answers:
        lines.append(f"In-Reply-To: <{answers}@client.example>")
    return smtp.crlf("\n".join([*lines, "", f"Text of {name}.", ""]).encode())


class Held(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(name_server.NameServer(records()))

    def setUp(self):
        self.desk = self.enterContext(verification.Verifying(self.server))

    def send(self, raw, sender="ann@client.example", client=OTHER):
        with smtp.Client(self.desk.daemons[-1].smtp) as session:
            self.assertEqual(session.command(f"XCLIENT ADDR={client} NAME=mta.client.example")[0], 220)
            session.command("EHLO mta.client.example")
            code, text = session.deliver(sender, [desk.SUPPORT], raw)
        self.assertEqual(code, 250, text)

    def held(self):
        return json.loads(self.desk.run("held", "list", "--json"))

    def hold(self, name, **how):
        """A bounce is held, whatever else it is."""
        self.send(mail(name, "Ann <ann@client.example>", "X-Failed-Recipients: lee@client.example", **how), sender="")
        return next(each["interaction"] for each in self.held() if each["subject"] == f"about {name}")

    def sql(self, statement):
        return self.desk.cluster.sql(statement, self.desk.database)

    def expect_balance(self):
        self.assertEqual([check for check in json.loads(self.desk.run("audit", "--json"))["checks"] if check["wrong"]], [])
        self.assertEqual(self.desk.daemons[-1].metric("ticketgate_invariant_difference")[0][1], 0)

    def test_released_mail_opens_a_ticket_and_its_answer_joins_it(self):
        held = self.hold("report")
        done, = json.loads(self.desk.run("held", "release", held, "--json"))
        self.assertEqual((done["outcome"], done["trusted"]), ("opened", None))
        self.assertEqual(self.held(), [])
        self.send(mail("answer", answers="report"))
        ticket, = self.desk.tickets()
        self.assertEqual(ticket["id"], done["ticket"])
        self.assertEqual(len(ticket["interactions"]), 2)
        self.assertIn("had been released already", self.desk.run("held", "release", held))
        explained = self.desk.run("explain", "--interaction", held)
        for word in ("bounce: hold", "Released", "(released)"):
            self.assertIn(word, explained)
        self.desk.run("held", "delete", held, status=2)
        self.expect_balance()

    def test_released_mail_joins_the_ticket_that_it_answers(self):
        self.desk.run("rule", "add", "--workspace", "demo", "--name", "all", "--if", "subject*=*wait*", "--hold")
        self.send(mail("question"))
        desk.until("the rule", lambda: self.send(mail(f"wait{len(self.held())}", answers="question")) or self.held())
        held = [each["interaction"] for each in self.held()]
        self.assertIn("rule", self.held()[0]["reasons"])
        count = len(self.desk.interactions())
        self.assertIn("is in ticket", self.desk.run("held", "release", *held))
        ticket, = self.desk.tickets()
        self.assertEqual(len(ticket["interactions"]), count + len(held))
        self.expect_balance()

    def test_what_a_ban_holds(self):
        self.desk.run("ban-reason", "add", "abuse", "--workspace", "demo")
        self.desk.run("ban", "add", "--workspace", "demo", "--address", "ann@client.example", "--reason", "abuse",
                      "--length", "permanent", "--effect", "hold")
        desk.until("the ban", lambda: self.send(mail(f"banned{len(self.desk.interactions())}")) or self.held())
        held, = self.held()
        self.assertEqual(held["reasons"], ["banned"])
        self.assertIn("is ticket", self.desk.run("held", "release", held["interaction"]))
        self.expect_balance()

    def test_many_agents_at_once(self):
        held = self.hold("report")
        with concurrent.futures.ThreadPoolExecutor(4) as agents:
            done = list(agents.map(lambda _: self.desk.run("held", "release", held), range(4)))
        self.assertEqual(sum("is ticket" in each for each in done), 1, done)
        self.assertEqual(sum("already" in each for each in done), 3, done)
        self.assertEqual(len(self.desk.interactions()), 1)
        self.expect_balance()

    def test_deleted_mail_is_gone(self):
        first, second = self.hold("one"), self.hold("two")
        self.desk.run("held", "delete", first)
        self.assertEqual([each["interaction"] for each in self.held()], [second])
        self.desk.run("held", "delete", first, status=2)
        self.desk.run("held", "release", first, status=2)
        self.desk.run("interaction", "raw", first, status=2)
        self.assertEqual(self.sql("SELECT disposition || reason FROM dispositions ORDER BY decided_at DESC LIMIT 1"),
                         "discardeddeleted")
        self.expect_balance()

    def through_the_list(self, name, author, client=LIST):
        self.send(mail(name, author), sender="bounces@list.example", client=client)
        return [each for each in self.held() if each["subject"] == f"about {name}"]

    def trusted(self):
        return [(each["author"], each["identity"], each["value"])
                for each in json.loads(self.desk.run("trust", "list", "--json"))]

    def test_who_is_trusted_is_recognised_and_nobody_else(self):
        held, = self.through_the_list("first", "clerk@bank.example")
        self.assertEqual(held["reasons"], ["dmarc"])
        done, = json.loads(self.desk.run("held", "release", "--trust", held["interaction"], "--json"))
        self.assertEqual(done["trusted"], {"author": "clerk@bank.example", "identity": "spf", "value": "list.example"})
        self.assertEqual(self.trusted(), [("clerk@bank.example", "spf", "list.example")])
        numbers = iter(range(1000))
        desk.until("the trust", lambda: not self.through_the_list(f"next{next(numbers)}", "clerk@bank.example"))
        last = max(self.desk.interactions(), key=lambda each: each["received"])
        explained = json.loads(self.desk.run("explain", "--interaction", last["id"], "--json"))
        self.assertEqual((last["verdict"], explained["marked"]), ("fail", True))
        # Another server, another author, two authors: not what was trusted.
        self.assertTrue(self.through_the_list("forged", "clerk@bank.example", client=OTHER))
        self.assertTrue(self.through_the_list("colleague", "ceo@bank.example"))
        self.assertTrue(self.through_the_list("pair", "clerk@bank.example\nFrom: ceo@bank.example"))
        number = json.loads(self.desk.run("trust", "list", "--json"))[0]["id"]
        self.desk.run("trust", "remove", str(number))
        self.desk.run("trust", "remove", str(number), status=2)
        desk.until("the end of the trust", lambda: self.through_the_list(f"late{next(numbers)}", "clerk@bank.example"))
        self.expect_balance()

    def test_a_domain_may_be_trusted_but_nobody_whom_nothing_vouches_for(self):
        nobody, = self.through_the_list("forged", "clerk@bank.example", client=OTHER)
        self.desk.run("held", "release", "--trust", nobody["interaction"], status=2)
        self.assertEqual([each["interaction"] for each in self.held()], [nobody["interaction"]])
        held, = self.through_the_list("first", "clerk@bank.example")
        self.assertIn("trusted from now on: @bank.example with SPF of list.example",
                      self.desk.run("held", "release", "--trust-domain", held["interaction"]))
        numbers = iter(range(1000))
        desk.until("the trust", lambda: not self.through_the_list(f"next{next(numbers)}", "ceo@bank.example"))
        self.expect_balance()

    def test_it_expires_and_its_owner_is_told_once(self):
        self.desk.run("mailbox", "set", desk.SUPPORT, "--owner", desk.SALES, status=2)
        self.desk.run("mailbox", "set", desk.SUPPORT, "--owner", BOSS)
        self.desk.run("workspace", "set", "demo", "--held-days", "14")
        self.assertEqual(json.loads(self.desk.run("workspace", "list", "--json"))[0]["held_days"], 14)
        old, young = self.hold("old"), self.hold("young")
        for number in range(2):  # what is looked after at the start, and by whoever starts then
            self.sql(f"UPDATE dispositions SET decided_at = now() - interval '14 days 1 second' WHERE interaction_id = '{old}'")
            self.desk.start(f"later{number}")
            desk.until("the end of the old mail", lambda: [each["interaction"] for each in self.held()] == [young])
            desk.until("the digest", lambda: self.sql("SELECT count(*) FROM outbox") == "1")
        self.assertEqual(self.sql("SELECT kind || ' ' || d.recipient || ' ' || state FROM outbox o "
                                  "JOIN deliveries d ON d.outbox_id = o.id"),
                         f"held_digest {BOSS} queued")
        message = self.sql("SELECT convert_from(message, 'UTF8') FROM outbox")
        self.assertIn("Subject: 1 mail waits at " + desk.SUPPORT, message)
        self.assertIn("Auto-Submitted: auto-generated", message)
        self.sql(f"UPDATE dispositions SET decided_at = now() - interval '1 day' WHERE interaction_id = '{young}'")
        daemon = self.desk.start("last")
        desk.until("the age of the oldest", lambda: daemon.metric("ticketgate_held_oldest_seconds")[0][1] >= 86400)
        self.assertEqual({labels["reason"]: count for labels, count in daemon.metric("ticketgate_held_messages") if count},
                         {"bounce": 1})
        self.expect_balance()

    def test_bad_input(self):
        for command in (["held", "release"], ["held", "release", "nonsense"], ["held", "delete", "nonsense"],
                        ["held", "release", "01234567-89ab-7cde-8f01-23456789abcd"],
                        ["held", "delete", "01234567-89ab-7cde-8f01-23456789abcd"],
                        ["trust", "remove", "7"], ["workspace", "set", "demo", "--held-days", "0"],
                        ["workspace", "set", "nobody", "--held-days", "3"]):
            with self.subTest(command):
                self.desk.run(*command, status=2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
