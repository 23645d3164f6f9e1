#!/usr/bin/env python3
"""Who is banned is refused by every node within a second, in every spelling, by envelope and header; until it is over."""

import json
import time
import unittest

import desk
import smtp

EVIL = "evil@x.example"
POSTMASTER = "postmaster@" + desk.DOMAIN


def mail(name, author="Good <good@y.example>", *fields):
    return smtp.crlf("\n".join([f"From: {author}", f"To: {desk.SUPPORT}", f"Subject: about {name}",
                                f"Message-ID: <{name}@client.example>", *fields, "", f"Text of {name}.", ""]).encode())


class Bans(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = desk.Desk(daemons=2)
        cls.enterClassContext(cls.desk)
        for owner in (["--workspace", "demo"], ["--installation"]):
            cls.desk.run("ban-reason", "add", "abuse", *owner)
        cls.desk.run("ban", "words", "--workspace", "demo", "Please call +1 555 0100")

    def setUp(self):
        self.addCleanup(self.lift_all)

    def json(self, *arguments):
        return json.loads(self.desk.run(*arguments, "--json"))

    def ban(self, *arguments, owner=("--workspace", "demo"), length=("--length", "permanent")):
        return self.json("ban", "add", *owner, *arguments, "--reason", "abuse", *length)

    def lift_all(self):
        for ban in self.json("ban", "list"):
            self.desk.run("ban", "lift", ban["id"])

    def recipient(self, port, sender, to=desk.SUPPORT):
        """The reply to RCPT, or to what came before it and refused."""
        with smtp.Client(port) as client:
            for line in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>"):
                code, text = client.command(line)
                if code >= 400:
                    break
            return code, text.split(" [")[0]

    def content(self, raw, sender="good@y.example", recipients=(desk.SUPPORT,), port=None):
        with smtp.Client(port or self.desk.ports[0]) as client:
            code, text = client.deliver(sender, recipients, raw)
            return code, text.split(" [")[0]

    def until_all(self, what, ready, seconds=60):
        for port in self.desk.ports:
            desk.until(what, lambda port=port: ready(port), seconds)

    def refused(self, port):
        return self.recipient(port, EVIL) == (550, "5.7.1 Please call +1 555 0100")

    def welcome(self, port):
        return self.recipient(port, EVIL)[0] == 250

    def test_every_node_knows_within_a_second(self):
        self.until_all("nobody is banned", self.welcome)
        ban = self.ban("--address", EVIL)
        begin = time.monotonic()
        self.until_all("the ban", self.refused, 1)
        self.desk.run("ban", "lift", ban["id"])
        self.until_all("its end", self.welcome, 1)
        print(f"two nodes knew of a ban and of its end after {time.monotonic() - begin:.2f} s in all", flush=True)

    def test_it_ends_by_itself_on_every_node(self):
        ban = self.ban("--address", EVIL, length=("--length", "1m"))
        self.until_all("the ban", self.refused)
        # A minute is long for a test: the same ban, with a second left.
        self.desk.cluster.sql("UPDATE installation SET bans_version = bans_version + 1; "
                              "UPDATE bans SET ends = now() + interval '1 second', "
                              f"version = (SELECT bans_version FROM installation) WHERE id = '{ban['id']}'; "
                              "NOTIFY ticketgate_settings", self.desk.database)
        self.until_all("its end, of which nobody tells", self.welcome)
        self.assertEqual(self.json("ban", "show", ban["id"])["state"], "expired")

    def test_envelope_in_every_spelling(self):
        self.ban("--address", EVIL)
        self.until_all("the ban", self.refused)
        port = self.desk.ports[0]
        for spelling in (EVIL, EVIL.upper(), '"evil"@x.example', '"e\\vil"@x.example', "evil@x.example."):
            self.assertEqual(self.recipient(port, spelling), (550, "5.7.1 Please call +1 555 0100"), spelling)
        for another in ("evil+1@x.example", "evi@x.example", "evil@y.example", ""):
            self.assertEqual(self.recipient(port, another)[0], 250, another)
        self.assertEqual(self.recipient(port, EVIL, POSTMASTER)[0], 250)
        self.assertEqual(self.recipient(port, EVIL, "Postmaster")[0], 250)

    def test_international_domain(self):
        self.ban("--domain", "B\u00fccher.example", "--subdomains")
        port = self.desk.ports[0]
        desk.until("the ban", lambda: self.recipient(port, "a@xn--bcher-kva.example")[0] == 550)
        self.assertEqual(self.recipient(port, "a@mail.XN--BCHER-KVA.example.")[0], 550)
        self.assertEqual(self.recipient(port, "a@bucher.example")[0], 250)
        with smtp.Client(port) as client:
            self.assertEqual(client.command("MAIL FROM:<a@b\u00fccher.example> SMTPUTF8")[0], 250)
            self.assertEqual(client.command(f"RCPT TO:<{desk.SUPPORT}>")[0], 550)

    def test_header_alone(self):
        self.ban("--address", EVIL)
        self.until_all("the ban", self.refused)
        before = len(self.desk.tickets())
        for number, author in enumerate((EVIL, f"Evil <{EVIL.upper()}>", '"evil"@x.example', "<evil@x.example.>",
                                         f"Good <good@y.example>, {EVIL}", f'"good@y.example" <{EVIL}>')):
            self.assertEqual(self.content(mail(f"header{number}", author)), (550, "5.7.1 Please call +1 555 0100"), author)
        self.assertEqual(self.content(mail("sender", "good@y.example", f"Sender: {EVIL}"))[0], 550)
        self.assertEqual(len(self.desk.tickets()), before, "nothing is stored")
        self.assertEqual(self.content(mail("named", f'"{EVIL}" <good@y.example>'))[0], 250)
        answer = mail("answer", EVIL, "In-Reply-To: <named@client.example>")
        self.assertEqual(self.content(answer)[0], 550, "an answer is no better")
        self.assertEqual(self.content(mail("to-postmaster", EVIL), recipients=[POSTMASTER])[0], 250)

    def test_installation(self):
        self.ban("--address", EVIL, owner=["--installation"])
        port = self.desk.ports[1]
        with smtp.Client(port) as client:
            desk.until("the ban", lambda: client.command(f"MAIL FROM:<{EVIL}>")[0] == 550 or client.command("RSET")[0] == 0)
            self.assertEqual(client.command(f"RCPT TO:<{desk.SUPPORT}>")[0], 503)
        network = self.ban("--network", "127.0.0.0/8", owner=["--installation"])

        def greeting():
            with smtp.Client(port, hello=False) as client:
                return client.greeting
        desk.until("the ban of our network", lambda: greeting()[0] == 554)
        self.assertRegex(greeting()[1], r"^5\.7\.1 Mail from you is not accepted here \[")
        with smtp.Client(port, hello=False) as client:
            self.assertEqual(client.command("EHLO client.example")[0], 503)
            self.assertEqual(client.command("QUIT")[0], 221)
        self.desk.run("ban", "lift", network["id"])
        desk.until("its end", lambda: greeting()[0] == 220)

    def test_held_and_discarded(self):
        def disposed(disposition):
            return sum(value for daemon in self.desk.daemons
                       for labels, value in daemon.metric("ticketgate_messages_disposed_total")
                       if (labels["disposition"], labels["reason"]) == (disposition, "banned"))
        ban = self.ban("--domain", "x.example", "--effect", "hold")
        desk.until("the ban", lambda: self.content(mail(f"held{time.monotonic_ns()}", EVIL), EVIL)[0] == 250 and disposed("held"))
        held = self.json("held", "list")[0]
        self.assertEqual(held["reasons"], ["banned"])
        self.assertIn(f"ban {ban['id']}: domain x.example; abuse", held["row"])
        self.assertIn(ban["id"], self.desk.run("held", "show", held["interaction"]))
        self.ban("--domain", "x.example", "--effect", "discard")
        desk.until("the next ban",
                   lambda: self.content(mail(f"gone{time.monotonic_ns()}", EVIL), EVIL)[0] == 250 and disposed("discarded"))
        log = self.desk.daemons[0].log.read_text()
        self.assertIn(f"event=ban.applied ban={ban['id']} scope=workspace effect=hold stage=content", log)
        for daemon in self.desk.daemons:
            self.assertEqual(daemon.metric("ticketgate_invariant_difference")[0][1], 0)
        self.assertEqual([check["name"] for check in self.json("audit")["checks"] if check["wrong"]], [])

    def test_recipients_that_differ(self):
        self.desk.run("workspace", "add", "second")
        self.desk.run("domain", "add", "second.example", "--workspace", "second")
        self.desk.run("mailbox", "add", "info@second.example", "--workspace", "second")
        self.ban("--address", EVIL)
        self.until_all("the ban", self.refused)
        self.assertEqual(self.content(mail("both", EVIL), recipients=[desk.SUPPORT, "info@second.example"])[0], 250)
        self.assertEqual([ticket["subject"] for ticket in self.json("ticket", "list", "--workspace", "second")], ["about both"])
        self.assertIn("about both", [held["subject"] for held in self.json("held", "list", "--workspace", "demo")])

    def test_ladder_and_history(self):
        subject = "ladder@x.example"
        for offences, length in ((0, "1h"), (1, "2w"), (2, "permanent")):
            self.desk.run("ban-rule", "add", "--workspace", "demo", str(offences), length)
        self.assertEqual([(rule["offences"], rule["length"]) for rule in self.json("ban-rule", "list", "--workspace", "demo")],
                         [(0, "1h"), (1, "2w"), (2, "permanent")])
        made = [self.ban("--address", subject, length=()) for _ in range(4)]
        self.assertEqual([ban["offence"] for ban in made], [1, 2, 3, 4])
        self.assertEqual([ban["ends"] is None for ban in made], [False, False, True, True])
        self.desk.run("ban", "lift", made[-1]["id"])
        history = self.json("ban", "history", '"LADDER"@X.example.')
        self.assertEqual([ban["id"] for ban in history], [ban["id"] for ban in reversed(made)])
        self.assertEqual([ban["state"] for ban in history], ["lifted", "replaced", "replaced", "replaced"])
        self.assertIn(subject, self.desk.run("ban", "history", subject))
        self.assertEqual(self.json("ban", "list", "--workspace", "demo"), [])
        self.assertEqual(len(self.json("ban", "list", "--all")), len(self.json("ban", "list", "--all", "--workspace", "demo")) +
                         len(self.json("ban", "list", "--all", "--installation")))
        for offences in "012":
            self.desk.run("ban-rule", "remove", "--workspace", "demo", offences)

    def test_a_person(self):
        self.assertEqual(self.content(mail("person", "Pat <pat@p.example>"), "pat@p.example")[0], 250)
        self.ban("--person", "PAT@p.example", "--plus")
        port = self.desk.ports[0]
        desk.until("the ban", lambda: self.recipient(port, "pat@p.example")[0] == 550)
        self.assertEqual(self.recipient(port, "pat+1@p.example")[0], 550)
        self.desk.run("ban", "add", "--workspace", "demo", "--person", "stranger@p.example", "--reason", "abuse",
                      "--length", "1h", status=2)

    def test_explain_tells_what_a_ban_would_do(self):
        self.ban("--address", EVIL)
        path = self.desk.folder / "evil.eml"
        path.write_text(f"From: {EVIL}\nSubject: x\n\nhello\n")
        said = self.desk.run("explain", str(path), "--to", desk.SUPPORT)
        self.assertIn("refused (banned)", said)
        self.assertIn("550 5.7.1 Please call +1 555 0100", said)

    def test_what_is_wrong(self):
        base = ["ban", "add", "--workspace", "demo", "--reason", "abuse", "--length", "1h"]
        for arguments in (base, [*base, "--address", "nobody"], [*base, "--domain", "-x-"], [*base, "--network", "0.0.0.0/0"],
                          [*base, "--address", EVIL, "--domain", "x.example"], [*base, "--address", EVIL, "--installation"],
                          [*base, "--address", EVIL, "--subdomains"], [*base, "--domain", "x.example", "--plus"],
                          [*base, "--address", EVIL, "--effect", "burn"],
                          ["ban", "add", "--workspace", "demo", "--address", EVIL, "--reason", "spite", "--length", "1h"],
                          ["ban", "add", "--workspace", "demo", "--address", EVIL, "--reason", "abuse", "--length", "1y"],
                          ["ban", "add", "--workspace", "demo", "--address", EVIL, "--length", "1h"],
                          ["ban", "add", "--workspace", "nosuch", "--address", EVIL, "--reason", "abuse", "--length", "1h"],
                          ["ban", "show", "x"], ["ban", "lift", "00000000-0000-0000-0000-000000000000"],
                          ["ban", "history", "-x-"], ["ban", "words", "Gr\u00fc\u00dfe", "--workspace", "demo"], ["ban", "words", "text"],
                          ["ban-rule", "add", "--workspace", "demo", "-1", "1h"], ["ban-rule", "add", "1", "1h"],
                          ["ban-reason", "remove", "--workspace", "demo", "spite"]):
            with self.subTest(arguments):
                self.assertEqual(self.desk.run(*arguments, status=2), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
