#!/usr/bin/env python3
"""Domain rules as an operator uses them: added, tried, put in order; mail is refused, held and noted on its ticket."""

import json
import unittest

import desk
import smtp

SENDER = "ann@client.example"


def mail(message_id, subject, *fields):
    return smtp.crlf("\n".join([f"From: Ann <{SENDER}>", f"To: {desk.SUPPORT}", f"Subject: {subject}",
                                f"Message-ID: <{message_id}@client.example>", *fields, "", "Text.", ""]).encode())


WITH_PROGRAM = smtp.crlf(f"""From: Ann <{SENDER}>
To: {desk.SUPPORT}
Subject: A game
Message-ID: <game@client.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Try it.
--b
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="Game.EXE"
Content-Transfer-Encoding: base64

TVo=
--b--
""".encode())


class Rules(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(desk.Desk())
        self.client = self.enterContext(smtp.Client(self.desk.ports[0]))

    def send(self, raw, recipient=desk.SUPPORT):
        return self.client.deliver(SENDER, [recipient], raw)

    def add(self, *arguments):
        """Its id, once the daemon has it in force."""
        said = self.desk.run("rule", "add", "--workspace", "demo", *arguments)
        self.wait_until_in_force()
        return int(said.split()[-1])

    def wait_until_in_force(self):
        """A recipient that nobody knows makes the daemon look for newer settings."""
        self.assertEqual(self.send(b"", f"nobody@{desk.DOMAIN}")[0], 550)

    def rules(self):
        return json.loads(self.desk.run("rule", "list", "--json"))

    def ticket(self, subject):
        found = [each for each in self.desk.tickets() if each["subject"] == subject]
        self.assertEqual(len(found), 1, subject)
        return found[0]

    def test_what_is_noted_on_the_ticket(self):
        self.desk.run("agent", "add", "ben@desk.example", "--name", "Ben")
        self.desk.run("team", "add", "billing", "--workspace", "demo")
        self.assertEqual(json.loads(self.desk.run("team", "list", "--json")), [{"workspace": "demo", "name": "billing"}])
        rule = self.add("--name", "Invoices", "--if", "subject*=*invoice*, *bill*", "--assign", "ben@desk.example",
                        "--team", "billing", "--priority", "high", "--tag", "invoice", "--field", "Area=north",
                        "--no-acknowledgement")
        self.assertEqual(self.send(mail("1", "Your INVOICE"))[0], 250)
        self.assertEqual(self.send(mail("2", "Something else"))[0], 250)
        ticket = self.ticket("Your INVOICE")
        self.assertEqual((ticket["assignee"]["address"], ticket["team"], ticket["priority"], ticket["tags"], ticket["fields"]),
                         ("ben@desk.example", "billing", "High", ["invoice"], {"Area": "north"}))
        shown = self.desk.run("ticket", "show", ticket["short_id"])
        for words in ("Team          billing", "Priority      High", "Field         Area: north"):
            self.assertIn(words, shown)
        other = self.ticket("Something else")
        self.assertEqual((other["team"], other["priority"], other["tags"], other["fields"]), (None, None, [], {}))
        interaction = ticket["interactions"][0]["id"]
        self.assertIn(f'rule {rule} "Invoices": assign to ben@desk.example', self.desk.run("explain", "--interaction", interaction))
        explained = json.loads(self.desk.run("explain", "--interaction", interaction, "--json"))
        self.assertEqual(explained["policy"]["rules"], [rule])
        desk.until("the rule's count", lambda: [each["matched"] for each in self.rules() if each["id"] == rule] == [1], 30)
        self.assertIn("matched 1 time", self.desk.run("rule", "show", str(rule)))

    def test_refused_held_discarded(self):
        self.add("--name", "Programs", "--if", "attachment*=*.exe", "--refuse", "552 5.7.1 No programs, please")
        self.add("--name", "Later", "--if", "subject~^later", "--refuse", "450 Later")
        self.add("--name", "Strange", "--if", "header:X-Strange=yes", "--hold")
        self.add("--name", "Noise", "--if", "subject=noise", "--discard")
        code, text = self.send(WITH_PROGRAM)
        self.assertEqual((code, "5.7.1 No programs, please" in text), (552, True))
        self.assertEqual(self.send(mail("l", "later"))[0], 450)
        self.assertEqual(self.send(mail("s", "about", "X-Strange: Yes"))[0], 250)
        self.assertEqual(self.send(mail("n", "Noise"))[0], 250)
        self.assertEqual(self.send(mail("o", "ordinary"))[0], 250)
        held = json.loads(self.desk.run("held", "list", "--json"))
        self.assertEqual([(each["reasons"], each["subject"]) for each in held], [(["rule"], "about")])
        self.assertEqual(self.desk.disposed(), {"held": 1, "discarded": 1, "ticketed": 1})
        self.assertEqual([check["name"] for check in json.loads(self.desk.run("audit", "--json"))["checks"] if check["wrong"]], [])
        path = self.desk.folder / "game.eml"
        path.write_bytes(WITH_PROGRAM)
        self.assertIn("refused (rule): 552 5.7.1 No programs, please", self.desk.run("explain", str(path), "--to", desk.SUPPORT))
        explained = json.loads(self.desk.run("explain", str(path), "--to", desk.SUPPORT, "--json"))
        self.assertEqual((explained["disposition"], explained["reason"]), ("refused", "rule"))

    def test_dry_run(self):
        for number in range(3):
            self.assertEqual(self.send(mail(str(number), f"Order {number}"))[0], 250)
        path = self.desk.folder / "rule.json"
        path.write_text(json.dumps({"name": "Orders", "if": [{"field": "subject", "match": "regex", "values": ["order [12]"]}],
                                    "then": {"mail": "refuse", "words": {"text": "No orders by mail"}, "stop": True}}))
        tried = json.loads(self.desk.run("rule", "test", "--file", str(path), "--last", "10", "--json"))
        self.assertEqual((tried["asked"], tried["matched"]), (3, 2))
        self.assertEqual([(each["subject"], each["became"], each["would"]) for each in tried["mails"]],
                         [("Order 2", "ticketed (new_ticket)", "refuse"), ("Order 1", "ticketed (new_ticket)", "refuse")])
        self.assertEqual(self.rules(), [])
        self.assertEqual(self.send(mail("4", "Order 1"))[0], 250)
        self.desk.run("rule", "test", "--last", "5", status=2)  # there is none in force
        rule = self.desk.run("rule", "add", "--workspace", "demo", "--file", str(path), "--mailbox", desk.SALES).split()[-1]
        self.desk.run("rule", "disable", rule)
        shown = self.desk.run("rule", "test", "--rule", rule)
        self.assertIn("0 of 4 mails; nothing was changed", shown)
        self.desk.run("rule", "set", rule, "--whole-workspace")
        shown = self.desk.run("rule", "test", "--rule", rule)
        self.assertIn("3 of 4 mails; nothing was changed", shown)
        self.assertIn("would be refused with 550 5.7.1 No orders by mail", shown)
        self.assertEqual(len(self.desk.tickets()), 4)

    def test_order_and_changes(self):
        first = self.add("--name", "First", "--if", "subject*=*", "--tag", "first")
        second = self.add("--name", "Second", "--if", "subject*=*", "--accept", "--tag", "second")
        third = self.add("--name", "Third", "--if", "subject*=*", "--tag", "third")
        self.send(mail("1", "one"))
        self.assertEqual(self.ticket("one")["tags"], ["first", "second"])
        self.desk.run("rule", "move", str(third), "1")
        self.assertEqual([each["id"] for each in self.rules()], [third, first, second])
        self.desk.run("rule", "disable", str(first))
        self.desk.run("rule", "set", str(second), "--if-not", "subject=three", "--hold")
        self.wait_until_in_force()
        self.send(mail("2", "two"))
        self.send(mail("3", "three"))
        self.assertEqual(self.ticket("three")["tags"], ["third"])
        self.assertEqual([each["subject"] for each in json.loads(self.desk.run("held", "list", "--json"))], ["two"])
        rule = json.loads(self.desk.run("rule", "show", str(second), "--json"))
        self.assertEqual(rule["rule"], {"name": "Second", "if": [{"field": "subject", "match": "exact", "values": ["three"],
                                                                  "not": True}],
                                        "then": {"mail": "hold", "stop": True}})
        path = self.desk.folder / "again.json"
        path.write_text(json.dumps(rule))
        self.desk.run("rule", "set", str(second), "--file", str(path))
        self.assertEqual(json.loads(self.desk.run("rule", "show", str(second), "--json"))["rule"], rule["rule"])
        self.assertIn("not subject=three", self.desk.run("rule", "show", str(second)))
        self.assertIn("(disabled)", self.desk.run("rule", "list"))
        self.desk.run("rule", "enable", str(first))
        self.desk.run("rule", "remove", str(first))
        self.assertEqual([each["id"] for each in self.rules()], [third, second])

    def test_bad_input(self):
        add = ("rule", "add", "--workspace", "demo", "--name", "x")
        for arguments in (["--if", "subject~(", "--hold"], ["--if", "moon=full", "--hold"], ["--if", "subject=x"],
                          ["--if", "subject=x", "--refuse", "250 fine"], ["--hold", "--discard"], ["--hold", "--stop", "--go-on"],
                          ["--assign", "nobody@desk.example"], ["--team", "nobody"], ["--priority", "dire"], ["--field", "x"],
                          ["--hold", "--domain", "other.example"], ["--hold", "--mailbox", "nobody@desk.example"],
                          ["--file", "/does/not/exist"], ["--tag", "a,b"]):
            with self.subTest(arguments):
                self.desk.run(*add, *arguments, status=2)
        self.desk.run("rule", "add", "--workspace", "nowhere", "--name", "x", "--hold", status=2)
        for arguments in (["show", "7"], ["move", "7", "1"], ["set", "7", "--hold"], ["remove", "7"], ["enable", "7"],
                          ["disable", "7"], ["test", "--rule", "7"], ["test", "--workspace", "nowhere"]):
            with self.subTest(arguments):
                self.desk.run("rule", *arguments, status=2)
        self.desk.run("team", "add", "", "--workspace", "demo", status=2)
        self.desk.run("team", "add", "billing", "--workspace", "nowhere", status=2)
        self.desk.run("team", "remove", "billing", "--workspace", "demo", status=2)
        self.assertEqual(self.rules(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
