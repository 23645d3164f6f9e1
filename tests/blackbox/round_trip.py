#!/usr/bin/env python3
"""A case from its first mail to its last: a customer's program writes (swaks), an agent answers, a real Postfix takes it,
as a smarthost or as the MX of the customer's domain, to the customer's mailbox, and what they answer joins. Bounces too."""

import base64
import email
import email.policy
import json
import pathlib
import re
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import desk  # noqa: E402
import name_server  # noqa: E402
import postfix  # noqa: E402

CUSTOMERS = "client.example"
ANN = "ann@" + CUSTOMERS
NOBODY = "nobody@" + CUSTOMERS

# dkimpy is Debian's, and so is only in Debian's own python3.
VERIFY = """
import dkim, json, sys
records = json.loads(sys.argv[1])
look_up = lambda name, timeout=5: records.get(name.decode().rstrip("."), "").encode()
mail = sys.stdin.buffer.read()
signatures = mail.split(b"\\r\\n\\r\\n" if b"\\r\\n" in mail else b"\\n\\n")[0].count(b"DKIM-Signature:")
print([dkim.DKIM(mail).verify(number, dnsfunc=look_up) for number in range(signatures)])
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Site(desk.Desk):
    """A desk whose answers go through a smarthost, or directly to whom DNS names."""

    OUTBOUND = ""

    def __init__(self, server, port, ours, smarthost):
        self.RESOLVER = f"127.0.0.1@{server.port}"
        self.ours = ours
        self.more = f'[outbound]\nport = {port}\nallowed_targets = ["127.0.0.0/8"]\nip_preference = "ipv4 only"\n'
        if smarthost:
            self.more += f'[[route]]\nsender_domain = "*"\nsmarthost = "127.0.0.1:{port}"\ntls = "opportunistic"\n'
        super().__init__()

    def _write_config(self, name):
        path = super()._write_config(name)
        text = path.read_text().replace('listen = ["127.0.0.1:0"]', f'listen = ["127.0.0.1:{self.ours}"]')
        # The zones of this test are not signed by anybody.
        path.write_text(text.replace("[verification]\n", '[verification]\ntrust_anchors = ""\n') + self.more)
        return path


class CustomersPostfix(postfix.Postfix):
    """Maildirs; whom it doesn't know it takes mail for all the same, and sends a bounce."""

    def __init__(self, ours):
        folder = desk.work_folder()
        self.mailboxes = folder / "mailboxes"
        self.mailboxes.mkdir()
        self.mailboxes.chmod(0o777)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
                        "/CN=mx." + CUSTOMERS, "-keyout", f"{folder}/tls.key", "-out", f"{folder}/tls.crt"],
                       check=True, capture_output=True)
        super().__init__(folder, f"""
virtual_mailbox_domains = {CUSTOMERS}
virtual_mailbox_base = {self.mailboxes}
virtual_mailbox_maps = inline:{{ {{ {ANN} = ann/ }} }}
virtual_uid_maps = static:10001
virtual_gid_maps = static:10001
virtual_minimum_uid = 1000
virtual_transport = virtual
smtpd_reject_unlisted_recipient = no
smtpd_tls_security_level = may
smtpd_tls_cert_file = {folder}/tls.crt
smtpd_tls_key_file = {folder}/tls.key
transport_maps = inline:{{ {{ {desk.DOMAIN} = smtp:[127.0.0.1]:{ours} }} }}
""", "virtual   unix  -  n  n  -  -  virtual\n")

    def mail(self):
        """What is in Ann's mailbox, oldest first."""
        done = self._as_root("sh", "-c", f"for each in {self.mailboxes}/ann/new/*; do test ! -f $each || base64 -w0 $each; "
                                         "echo; done")
        return [base64.b64decode(line) for line in done.split()]


class RoundTrip(unittest.TestCase):
    def setUp(self):
        self.dns = self.enterContext(name_server.NameServer({
            CUSTOMERS + " MX": ["10 mx." + CUSTOMERS], f"mx.{CUSTOMERS} A": ["127.0.0.1"],
            CUSTOMERS + " TXT": ["v=spf1 ip4:127.0.0.1 -all"]}))

    def start(self, smarthost):
        ours = free_port()
        self.post = CustomersPostfix(ours)
        self.addCleanup(self.post.stop)
        self.desk = self.enterContext(Site(self.dns, self.post.port, ours, smarthost))
        self.desk.run("agent", "add", "ben@agents.example", "--name", "Ben")
        self.desk.run("alias", "add", "Benjamin", "--agent", "Ben", "--default")
        self.keys = self.desk.run("domain", "dkim", "add", desk.DOMAIN, "--algorithm", "both", "--activate")

    def swaks(self, recipient, *more, sender=ANN):
        done = subprocess.run(["swaks", "--server", "127.0.0.1", "--port", str(self.desk.daemons[0].smtp), "--from", sender,
                               "--to", recipient, *more], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout)

    def reply(self, ticket, text, *more):
        done = subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), "ticket", "reply", ticket, "--as", "Ben",
                               *more], input=text, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def show(self, ticket):
        return json.loads(self.desk.run("ticket", "show", ticket, "--json"))

    def sql(self, statement):
        return self.desk.cluster.sql(statement, self.desk.database)

    def attempt(self):
        return self.sql("SELECT result || ' ' || tls_policy || ' ' || tls_version || ' ' || server FROM delivery_attempts "
                        "ORDER BY began_at DESC LIMIT 1")

    def verified(self, raw):
        records = {}
        for line in self.keys.splitlines():
            found = re.search(r"(\S+)\. IN TXT (.*)", line)
            if found:
                records[found[1]] = re.sub(r"\\(.)", r"\1", "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found[2])))
        done = subprocess.run(["/usr/bin/python3", "-c", VERIFY, json.dumps(records)], input=raw, capture_output=True,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.decode().strip()

    def there_and_back(self):
        self.swaks(desk.SUPPORT, "--header", "Subject: No water", "--body", "The tap is dry.", "--header",
                   "Message-Id: <1@client.example>")
        ticket, = self.desk.tickets()
        self.reply(ticket["short_id"], "Hello,\n\nwe look at it. 👍\n")
        raw, = desk.until("Ann's mail", self.post.mail)
        self.assertEqual(self.verified(raw), "[True, True]")
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        self.assertEqual(mail["From"], f"Benjamin <{desk.SUPPORT}>")
        self.assertEqual(mail["In-Reply-To"], "<1@client.example>")
        self.assertIn("we look at it. 👍", mail.get_content())
        self.assertRegex(mail["Return-Path"], rf"^<b-[a-z2-7]{{48}}@{desk.DOMAIN}>$")
        answer = mail["Reply-To"].addresses[0].addr_spec
        self.assertRegex(answer, rf"^r-[a-z2-7]{{48}}@{desk.DOMAIN}$")

        # By ids to the mailbox, by the signed address without any, and from somebody who has neither.
        self.swaks(desk.SUPPORT, "--header", "Subject: Re: No water", "--add-header", "In-Reply-To: " + mail["Message-ID"])
        self.swaks(answer, "--header", "Subject: something else", "--body", "It drips again.")
        self.swaks(desk.SUPPORT, "--header", "Subject: Re: No water", sender="eve@else.example")
        tickets = desk.until("two tickets", lambda: len(self.desk.tickets()) == 2 and self.desk.tickets())
        joined = next(each for each in tickets if each["short_id"] == ticket["short_id"])
        self.assertEqual([each["reason"].split("/")[0] for each in joined["interactions"] if each["direction"] == "inbound"],
                         ["none", "stored_id", "signed_address"])
        self.assertEqual(len(joined["interactions"]), 4)
        self.assertFalse(any(each["marked"] for each in joined["interactions"]))
        self.desk.run("audit")
        return ticket["short_id"]

    def test_through_a_smarthost(self):
        self.start(smarthost=True)
        self.there_and_back()
        self.assertEqual(self.attempt(), "sent opportunistic TLSv1.3 127.0.0.1")

    def test_directly_by_mx(self):
        self.start(smarthost=False)
        self.there_and_back()
        self.assertEqual(self.attempt(), "sent opportunistic TLSv1.3 mx." + CUSTOMERS)

    def test_a_bounce_is_on_its_ticket(self):
        self.start(smarthost=False)
        self.swaks(desk.SUPPORT, "--header", "Subject: I leave", sender=NOBODY)
        ticket, = self.desk.tickets()
        self.reply(ticket["short_id"], "Farewell.\n", "--status", "Resolved")
        desk.until("the bounce", lambda: self.sql("SELECT state FROM deliveries") == "bounced")
        self.assertEqual(self.sql("SELECT status FROM deliveries"), "5.1.1")
        shown = self.show(ticket["short_id"])
        self.assertEqual(shown["status"], "Open")
        self.assertEqual([each["kind"] for each in shown["interactions"]], ["human", "human", "bounce"])
        self.assertIn("bounced", self.sql("SELECT string_agg(kind, ' ') FROM ticket_events"))
        done = subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), "ticket", "reply", ticket["short_id"],
                               "--as", "Ben"], input="Still there?", capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2, done.stdout)
        self.assertIn(NOBODY, done.stderr)
        self.desk.run("audit")


if __name__ == "__main__":
    unittest.main()
