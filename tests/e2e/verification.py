#!/usr/bin/env python3
"""Who really sent it: SPF, DKIM and DMARC over a name server of the test's own, and what becomes of the mail."""

import json
import subprocess
import time
import unittest

import desk
import name_server
import smtp

OURS = "mx." + desk.DOMAIN  # host_name, which signs Authentication-Results
GOOD, OTHER = "192.0.2.10", "198.51.100.66"

# dkimpy is Debian's, and so is only in Debian's own python3.
SIGN = """
import dkim, sys
key = open(sys.argv[1], "rb").read()
mail = sys.stdin.buffer.read()
sys.stdout.buffer.write(dkim.sign(mail, b"s1", sys.argv[2].encode(), key, include_headers=[b"from", b"subject"]) + mail)
"""


class Verifying(desk.Desk):
    def __init__(self, server, more=""):
        self.RESOLVER = f"127.0.0.1@{server.port}"
        self.more = more
        super().__init__()

    def _write_config(self, name):
        path = super()._write_config(name)
        text = path.read_text().replace("[smtp]\n", '[smtp]\nxclient_networks = ["127.0.0.0/8"]\n')
        # The zones of this test are not signed by anybody.
        path.write_text(text.replace("[verification]\n", '[verification]\ntrust_anchors = ""\n') + self.more)
        return path


def records():
    return {
        "good.example TXT": [f"v=spf1 ip4:{GOOD} -all"],
        "_dmarc.good.example TXT": ["v=DMARC1; p=reject"],
        "bank.example TXT": ["v=spf1 -all"],
        "_dmarc.bank.example TXT": ["v=DMARC1; p=reject"],
        "calm.example TXT": ["v=spf1 -all"],
        "_dmarc.calm.example TXT": ["v=DMARC1; p=none"],
        "plain.example MX": ["10 mx.plain.example"],
        f"{'.'.join(reversed(OTHER.split('.')))}.bl.example A": ["127.0.0.2"],
        f"{'.'.join(reversed(OTHER.split('.')))}.bl.example TXT": ["see https://bl.example/"],
    }


class Verification(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(name_server.NameServer(records()))
        cls.desk = cls.enterClassContext(Verifying(cls.server))
        cls.daemon, = cls.desk.daemons

    def send(self, author, subject, client, path=None, header="", desk_=None, raw=None):
        """From the client with that address: the reply to the final dot."""
        sender = author if path is None else path
        raw = raw or f"{header}From: {author}\r\nTo: {desk.SUPPORT}\r\nSubject: {subject}\r\n\r\nhello\r\n".encode()
        with smtp.Client((desk_ or self.desk).daemons[0].smtp) as session:
            self.assertEqual(session.command(f"XCLIENT ADDR={client} NAME=mta.client.example")[0], 220)
            session.command("EHLO mta.client.example")
            return session.deliver(sender, [desk.SUPPORT], raw)

    def interaction(self, subject):
        found = [each["interactions"][0] for each in self.desk.tickets() if each["subject"] == subject]
        return found[0] if found else None

    def held(self, subject):
        found = [each for each in json.loads(self.desk.run("held", "list", "--json")) if each["subject"] == subject]
        return found[0] if found else None

    def explained(self, identifier):
        return json.loads(self.desk.run("explain", "--interaction", identifier, "--json"))

    def test_whom_the_domain_vouches_for(self):
        self.assertEqual(self.send("ann@good.example", "vouched", GOOD)[0], 250)
        stored = self.interaction("vouched")
        self.assertEqual(stored["verdict"], "pass")
        found = self.explained(stored["id"])["examination"]
        self.assertEqual((found["spf"]["result"], found["dmarc"]["result"]), ("pass", "pass"))
        self.assertIn("SPF pass for good.example", self.desk.run("explain", "--interaction", stored["id"]))

    def test_whom_the_domain_disowns_is_held(self):
        code, text = self.send("ceo@bank.example", "wire it", OTHER)
        self.assertEqual(code, 250, text)
        self.assertIsNone(self.interaction("wire it"))
        held = self.held("wire it")
        self.assertEqual(held["reasons"], ["dmarc"])
        self.assertIn("DMARC of bank.example fails, and asks for reject", held["row"])
        self.assertIn("DMARC fail for bank.example", self.desk.run("held", "show", held["interaction"]))

    def test_a_mailbox_may_refuse_it_or_take_it_with_a_mark(self):
        self.addCleanup(self.desk.run, "mailbox", "set", desk.SUPPORT, "--unverified", "hold")
        self.desk.run("mailbox", "set", desk.SUPPORT, "--unverified", "refuse")
        desk.until("the setting", lambda: self.send("ceo@bank.example", "refused", OTHER)[0] == 550)
        code, text = self.send("ceo@bank.example", "refused again", OTHER)
        self.assertEqual((code, text.split(" [")[0]),
                         (550, "5.7.1 bank.example does not stand behind this message (DMARC)"))
        self.assertIsNone(self.interaction("refused again") or self.held("refused again"))
        self.desk.run("mailbox", "set", desk.SUPPORT, "--unverified", "accept")
        desk.until("the setting", lambda: self.send("ceo@bank.example", "marked", OTHER)[0] == 250
                   and self.interaction("marked"))
        stored = self.interaction("marked")
        self.assertEqual((stored["verdict"], self.explained(stored["id"])["marked"]), ("fail", True))

    def test_a_domain_that_asks_for_nothing_gets_nothing(self):
        self.assertEqual(self.send("bob@calm.example", "calm", OTHER)[0], 250)
        self.assertEqual(self.interaction("calm")["verdict"], "none")
        self.assertEqual(self.send("eve@plain.example", "plain", OTHER)[0], 250)
        self.assertEqual(self.interaction("plain")["verdict"], "none")

    def test_a_signature_vouches_too(self):
        folder = desk.work_folder()
        key = folder / "key.pem"
        subprocess.run(["openssl", "genrsa", "-traditional", "-out", str(key), "2048"], check=True, capture_output=True)
        public = subprocess.run(["openssl", "rsa", "-in", str(key), "-pubout", "-outform", "DER"], check=True,
                                capture_output=True).stdout
        import base64
        self.server.set(records() | {"s1._domainkey.bank.example TXT":
                                     ["v=DKIM1; k=rsa; p=" + base64.b64encode(public).decode()]})
        mail = f"From: clerk@bank.example\r\nTo: {desk.SUPPORT}\r\nSubject: signed\r\n\r\nhello\r\n".encode()
        signed = subprocess.run(["/usr/bin/python3", "-c", SIGN, str(key), "bank.example"], input=mail, check=True,
                                capture_output=True).stdout
        self.assertEqual(self.send("clerk@bank.example", "signed", OTHER, raw=signed)[0], 250)
        stored = self.interaction("signed")
        self.assertEqual(stored["verdict"], "pass")
        found = self.explained(stored["id"])["examination"]["dkim"]
        self.assertEqual([(one["domain"], one["result"]) for one in found], [("bank.example", "pass")])
        changed = signed.replace(b"hello", b"send money").replace(b"Subject: signed", b"Subject: signed")
        self.assertEqual(self.send("clerk@bank.example", "signed", OTHER, raw=changed)[0], 250)
        self.assertEqual(self.held("signed")["reasons"], ["dmarc"])

    def test_a_file_is_verified_as_a_mail_is(self):
        path = desk.work_folder() / "mail.eml"
        path.write_text(f"From: ceo@bank.example\nTo: {desk.SUPPORT}\nSubject: in a file\n\nhello\n")
        asked = ("explain", str(path), "--to", desk.SUPPORT, "--mail-from")
        said = json.loads(self.desk.run(*asked, "ceo@bank.example", "--client", OTHER, "--json"))
        self.assertEqual((said["disposition"], said["reason"], said["evidence"]["verdict"]), ("held", "dmarc", "fail"))
        self.assertEqual(said["examination"]["spf"]["result"], "fail")
        path.write_text(path.read_text().replace("ceo@bank", "ann@good"))
        said = json.loads(self.desk.run(*asked, "ann@good.example", "--client", GOOD, "--json"))
        self.assertEqual((said["disposition"], said["evidence"]["verdict"]), ("ticketed", "pass"))
        self.assertEqual((said["acknowledged"], said["not_acknowledged"]), (False, "no_template"))
        self.desk.run("mailbox", "acknowledge", desk.SUPPORT, "--subject", "We have it", "--file", str(path))
        self.addCleanup(self.desk.run, "mailbox", "acknowledge", desk.SUPPORT, "--off")
        text = self.desk.run(*asked, "ann@good.example", "--client", GOOD)
        self.assertIn("SPF pass for good.example", text)
        self.assertIn("Acknowledged  yes", text)
        self.assertIn("Acknowledged  no: unverified", self.desk.run(*asked, "ann@good.example"))

    def test_forged_results_with_our_name_are_renamed(self):
        forged = f"Authentication-Results: {OURS}; dmarc=pass header.from=bank.example\r\n"
        self.assertEqual(self.send("bob@calm.example", "forged results", OTHER, header=forged)[0], 250)
        stored = self.interaction("forged results")
        raw = self.desk.run("interaction", "raw", stored["id"], "--with-trace")
        self.assertIn("X-Original-Authentication-Results: " + OURS, raw)
        own = [line for line in raw.split("\n") if line.startswith("Authentication-Results: ")]
        self.assertEqual(len(own), 1, raw)
        self.assertTrue(raw.startswith("Authentication-Results: " + OURS), raw)
        self.assertIn("\nAuthentication-Results: " + OURS,
                      "\n" + self.desk.run("interaction", "raw", stored["id"]))  # as it came

    def test_two_authors_speak_for_nobody(self):
        self.assertEqual(self.send("x", "two", OTHER, path="eve@plain.example", raw=(
            b"From: ceo@bank.example\r\nFrom: eve@plain.example\r\nSubject: two\r\n\r\nhello\r\n"))[0], 250)
        self.assertEqual(self.held("two")["reasons"], ["dmarc"])

    def test_a_banned_sender_is_told_the_end_when_spf_passes(self):
        self.desk.run("ban-reason", "add", "abuse", "--workspace", "demo")
        self.desk.run("ban", "add", "--address", "loud@good.example", "--workspace", "demo", "--reason", "abuse",
                      "--length", "7d")
        desk.until("the ban", lambda: self.send("loud@good.example", "banned", GOOD)[0] == 550)
        for client, told in ((GOOD, True), (OTHER, False)):
            with smtp.Client(self.daemon.smtp) as session:
                session.command(f"XCLIENT ADDR={client} NAME=mta.client.example")
                session.command("EHLO mta.client.example")
                session.command("MAIL FROM:<loud@good.example>")
                code, text = session.command(f"RCPT TO:<{desk.SUPPORT}>")
                self.assertEqual(code, 550)
                self.assertEqual(" until " in text, told, text)

    def test_a_block_list_refuses(self):
        with Verifying(self.server, '[scanners]\nblock_lists = ["bl.example"]\n') as listing:
            code, text = self.send("eve@plain.example", "listed", OTHER, desk_=listing)
            self.assertEqual((code, text.split(" [")[0]), (550, "5.7.1 see https://bl.example/"))
            self.assertEqual(self.send("ann@good.example", "not listed", GOOD, desk_=listing)[0], 250)

    def test_a_name_server_that_is_away_loses_no_mail(self):
        server = name_server.NameServer(records())
        with Verifying(server) as lonely:
            server.stop()
            begin = time.monotonic()
            self.assertEqual(self.send("ceo@bank.example", "unknown", OTHER, desk_=lonely)[0], 250)
            self.assertLess(time.monotonic() - begin, 20)
            stored, = lonely.interactions()
            self.assertEqual(stored["verdict"], "temperror")


if __name__ == "__main__":
    unittest.main()
