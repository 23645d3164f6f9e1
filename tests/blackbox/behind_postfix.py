#!/usr/bin/env python3
"""Behind Debian's Postfix, with the lines of docs/operations.md and its lmtp client in a chroot as Debian has it: each
recipient gets its mail, content that SMTP would refuse is held, and nothing is sent back to a sender who may be forged.
And swaks, which speaks LMTP too."""

import json
import os
import pathlib
import re
import socket
import socketserver
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import desk  # noqa: E402
import postfix  # noqa: E402
import smtp  # noqa: E402

HEAD = b"From: ann@client.example\r\nTo: support@desk.example\r\n"


def documented():
    """The lines for main.cf, as they stand there."""
    section = (desk.SOURCE / "docs" / "operations.md").read_text().split("## Behind Postfix\n")[1].split("\n## ")[0]
    return re.search(r"```\n(relay_domains.*?)```", section, re.DOTALL).group(1).replace("example.org", desk.DOMAIN)


class Outside(socketserver.ThreadingTCPServer):
    """The rest of the world's mail server: takes everything, and remembers the envelopes."""

    allow_reuse_address = daemon_threads = True

    class Session(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 outside.example\r\n")
            envelope, content = [], False
            for line in self.rfile:
                if content and line != b".\r\n":
                    continue
                if content:
                    self.server.mails.append(envelope)
                    envelope = []
                content = line.upper().startswith(b"DATA")
                if line.upper().startswith((b"MAIL", b"RCPT")):
                    envelope.append(re.search(rb"<(.*?)>", line).group(1).decode())
                self.wfile.write(b"354 go on\r\n" if content else b"250 ok\r\n")
                if line.upper().startswith(b"QUIT"):
                    return

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Session)
        self.mails = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Relayed(desk.Desk):
    @property
    def socket(self):
        return self.folder / "queue" / "ticketgate" / "lmtp.sock"

    def _write_config(self, name):
        path = super()._write_config(name)
        access = 'socket_group = "postfix"' if os.geteuid() == 0 else 'socket_mode = "0666"'  # only root can give it to others
        path.write_text(path.read_text().replace("[smtp]\n", "[smtp]\nmax_hops = 3\nmax_message_size = 100000\n")
                        + f'[lmtp]\nlisten = ["unix:{self.socket}", "127.0.0.1:0"]\n{access}\n')
        return path


class BehindPostfix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = cls.enterClassContext(Relayed(daemons=0))
        cls.outside = cls.enterClassContext(Outside())
        cls.addClassCleanup(cls.outside.shutdown)
        # Strangers come from 127.0.0.1, the site's own clients from 127.0.0.2.
        cls.front = postfix.Postfix(cls.desk.folder, documented() + f"""
mynetworks = 127.0.0.2/32
smtpd_authorized_xclient_hosts = 127.0.0.1
default_transport = smtp:[127.0.0.1]:{cls.outside.server_address[1]}
address_verify_poll_delay = 1s
""")
        cls.addClassCleanup(cls.front.stop)
        cls.front._as_root("install", "-d", "-o", os.getuid(), cls.desk.socket.parent)
        cls.desk.start("daemon")

    def setUp(self):
        self.before = len(self.fates()), len(self.outside.mails)

    def fates(self):
        """What became of each recipient of real mail so far: [(recipient, status)]."""
        return re.findall(r"postfix-e2e/lmtp\[\d+\]: \w+: to=<([^>]*)>,.* status=(sent|deferred|bounced) ", self.front.log())

    def new_fates(self, count):
        """Those of this test, once there are so many and the queue is empty again."""
        fates = desk.until("delivery", lambda: (found := self.fates()[self.before[0]:])[count - 1:] and found)
        desk.until("an empty queue", lambda: not self.front.queued())
        return sorted(fates)

    def returned(self):
        return self.outside.mails[self.before[1]:]

    def deliver(self, recipients, raw, source="127.0.0.1", before=()):
        """As a stranger, unless from another address: what each RCPT said, and then the final dot."""
        class From(smtp.Client):
            @staticmethod
            def connect(port, timeout):
                return socket.create_connection(("127.0.0.1", port), timeout, source_address=(source, 0))

        with From(self.front.port) as client:
            for line in (*before, "MAIL FROM:<forged@victim.example>"):
                self.assertLess(client.command(line)[0], 400)
            asked = [client.command(f"RCPT TO:<{to}>")[0] for to in recipients]
            self.assertEqual(client.command("DATA")[0], 354)
            client.send(smtp.stuffed(raw))
            self.assertEqual(client.read()[0], 250)
            return asked

    def subjects(self):
        return [ticket["subject"] for ticket in self.desk.tickets()]

    def test_an_unknown_recipient_is_refused_by_postfix(self):
        asked = self.deliver([desk.SUPPORT, "nobody@" + desk.DOMAIN, desk.SALES], HEAD + b"Subject: verified\r\n\r\nx\r\n")
        self.assertEqual(asked, [250, 550, 250])
        fates = [fate for fate in self.new_fates(2) if fate[0] != "nobody@" + desk.DOMAIN]
        self.assertLessEqual({(desk.SUPPORT, "sent"), (desk.SALES, "sent")}, set(fates))
        self.assertIn("verified", self.subjects())
        self.assertEqual(self.returned(), [])

    def test_one_of_three_unknown_and_the_others_get_it(self):
        """From its own networks Postfix takes what it is given; it tells the sender of what we refuse at RCPT."""
        asked = self.deliver([desk.SUPPORT, "nobody@" + desk.DOMAIN, desk.SALES], HEAD + b"Subject: three\r\n\r\nx\r\n",
                             source="127.0.0.2")
        self.assertEqual(asked, [250, 250, 250])
        self.assertEqual(self.new_fates(3), [("nobody@" + desk.DOMAIN, "bounced"), (desk.SALES, "sent"), (desk.SUPPORT, "sent")])
        self.assertEqual(self.subjects().count("three"), 1)
        self.assertEqual(self.returned(), [["", "forged@victim.example"]])

    def test_G02_content_that_smtp_refuses_is_held_and_not_sent_back(self):
        contents = {"hops": b"Received: x\r\n" * 4 + HEAD + b"Subject: round\r\n\r\nx\r\n",
                    "message_size": HEAD + b"Subject: large\r\n\r\n" + b"line\r\n" * 30000}
        for number, (reason, raw) in enumerate(contents.items(), 1):
            self.assertEqual(self.deliver([desk.SUPPORT, desk.SALES], raw), [250, 250])
            fates = [fate for fate in self.new_fates(2 * number)]
            self.assertEqual({status for _, status in fates}, {"sent"})
        held = json.loads(self.desk.run("held", "list", "--json"))
        self.assertEqual({each["subject"]: each["reasons"] for each in held}, {"round": ["hops"], "large": ["message_size"]})
        self.assertEqual(self.returned(), [])
        self.assertEqual(self.desk.daemons[0].metric("ticketgate_invariant_difference"), [({}, 0)])

    def test_the_mail_is_its_clients(self):
        self.deliver([desk.SUPPORT], HEAD + b"Subject: forwarded\r\n\r\nx\r\n",
                     before=["XCLIENT NAME=mta.client.example ADDR=198.51.100.7", "EHLO mta.client.example"])
        self.new_fates(1)
        mail, = [each["interactions"][0]["id"] for each in self.desk.tickets() if each["subject"] == "forwarded"]
        trace = self.desk.run("interaction", "raw", mail, "--with-trace").split(" id ")[0]
        self.assertEqual(trace, "Received: from mta.client.example ([198.51.100.7])\n\tby mx.desk.example with ESMTP")

    def test_postfix_keeps_the_mail_while_we_are_away(self):
        self.deliver([desk.SUPPORT], HEAD + b"Subject: first\r\n\r\nx\r\n")  # the recipient is known from here on
        self.new_fates(1)
        daemon = self.desk.daemons.pop()
        daemon.process.kill()
        daemon.process.wait()
        self.deliver([desk.SUPPORT], HEAD + b"Subject: kept\r\n\r\nx\r\n")
        desk.until("deferral", lambda: "deferred" in {status for _, status in self.fates()[self.before[0]:]})
        self.desk.start("daemon")
        self.front.flush()
        self.assertIn((desk.SUPPORT, "sent"), self.new_fates(3))
        self.assertIn("kept", self.subjects())
        self.assertEqual(self.returned(), [])


class Swaks(unittest.TestCase):
    def test_over_both(self):
        relayed = Relayed(daemons=0)
        relayed.socket.parent.mkdir(parents=True)
        self.enterContext(relayed)
        daemon = relayed.start("daemon")
        for name, to in (("tcp", ["--server", "127.0.0.1", "--port", str(daemon.lmtp)]), ("unix", ["--socket", str(relayed.socket)])):
            done = subprocess.run(["swaks", "--protocol", "LMTP", *to, "--from", "ann@client.example", "--to",
                                   f"{desk.SUPPORT},{desk.SALES}", "--ehlo", "client.example", "--header", f"Subject: by {name}"],
                                  capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, cwd=relayed.folder)
            self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-3000:])
            self.assertIn(" -> LHLO client.example", done.stdout)
            self.assertEqual(done.stdout.count("<-  250 2.0.0 Accepted "), 2, done.stdout)
        self.assertEqual({ticket["subject"] for ticket in relayed.tickets()}, {"by tcp", "by unix"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
