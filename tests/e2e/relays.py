#!/usr/bin/env python3
"""Behind a relay that says for whom it speaks, a real Postfix among them: the mail is the client's who sent it there."""

import subprocess
import unittest

import desk
import postfix
import smtp


class Behind(desk.Desk):
    def _write_config(self, name):
        path = super()._write_config(name)
        path.write_text(path.read_text().replace("[smtp]\n", '[smtp]\nxclient_networks = ["127.0.0.0/8"]\n'))
        return path


def mail(subject):
    return f"From: ann@client.example\r\nTo: {desk.SUPPORT}\r\nSubject: {subject}\r\n\r\nx\r\n".encode()


class Relays(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = cls.enterClassContext(Behind())
        cls.daemon, = cls.desk.daemons

    def trace(self, subject):
        """The Received field that is stored with the mail of that subject."""
        new = desk.until(subject, lambda: [each["interactions"][0] for each in self.desk.tickets() if each["subject"] == subject])
        raw = subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), "interaction", "raw", new[0]["id"],
                              "--with-trace"], check=True, capture_output=True, timeout=60).stdout
        return raw.decode().split("\r\n\tby ")[0]

    def test_xclient(self):
        with smtp.Client(self.daemon.smtp) as client:
            self.assertEqual(client.command("XCLIENT ADDR=198.51.100.7 NAME=mta.client.example")[0], 220)
            client.command("EHLO mta.client.example")
            self.assertEqual(client.deliver("ann@client.example", [desk.SUPPORT], mail("by XCLIENT"))[0], 250)
        self.assertEqual(self.trace("by XCLIENT"), "Received: from mta.client.example ([198.51.100.7])")
        desk.until("the log", lambda: "event=session_closed" in self.daemon.log.read_text())
        self.assertIn("client=198.51.100.7 relay=127.0.0.1 name=mta.client.example", self.daemon.log.read_text())

    def test_a_postfix_in_front_forwards_its_client(self):
        front = postfix.Postfix(desk.work_folder(), f"""
relay_domains = {desk.DOMAIN}
relay_transport = smtp:[127.0.0.1]:{self.daemon.smtp}
smtp_send_xforward_command = yes
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_recipient_restrictions = reject_unauth_destination
""")
        self.addCleanup(front.stop)
        for address in ("198.51.100.7", "203.0.113.8"):
            subject = "through Postfix from " + address
            with smtp.Client(front.port) as client:
                self.assertEqual(client.command(f"XCLIENT NAME=mta.client.example ADDR={address}")[0], 220)
                client.command("EHLO mta.client.example")
                code, text = client.deliver("ann@client.example", [desk.SUPPORT], mail(subject))
                self.assertEqual(code, 250)
            self.assertEqual(self.trace(subject), f"Received: from mta.client.example ([{address}])")
            ident = text.rsplit(" ", 1)[1]  # "Ok: queued as ..."
            self.assertIn(f"client={address} relay=127.0.0.1 helo=mta.client.example ident={ident}",
                          self.daemon.log.read_text())

    def test_a_postfix_that_is_not_trusted_is_the_client(self):
        with desk.Desk() as plain:
            front = postfix.Postfix(desk.work_folder(), f"""
relay_domains = {desk.DOMAIN}
relay_transport = smtp:[127.0.0.1]:{plain.daemons[0].smtp}
smtp_send_xforward_command = yes
""")
            self.addCleanup(front.stop)
            with smtp.Client(front.port) as client:
                self.assertEqual(client.deliver("ann@client.example", [desk.SUPPORT], mail("untold"))[0], 250)
            desk.until("the mail", plain.tickets)
            self.assertNotIn("event=message_forwarded", plain.daemons[0].log.read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
