#!/usr/bin/env python3
"""LMTP as a mail server in front speaks it, over TCP and a Unix socket: a reply for each recipient, what SMTP would refuse
is held, and the socket's file through crashes, restarts and systemd."""

import json
import os
import signal
import socket
import stat
import subprocess
import unittest

import desk
import smtp

HEAD = b"From: ann@client.example\r\nTo: support@desk.example\r\n"


def mail(name, body=b"\r\nx\r\n"):
    return HEAD + f"Message-ID: <{name}@client.example>\r\nSubject: {name}\r\n".encode() + body


class Relayed(desk.Desk):
    """One that speaks LMTP too, and whose limits of content are met at once."""

    LIMITS = 'bare_newlines = "reject"\nmax_hops = 2\nmax_header_size = 65536\nmax_message_size = 100000\n'

    @property
    def socket(self):
        return self.folder / "lmtp.sock"

    def _write_config(self, name):
        path = super()._write_config(name)
        path.write_text(path.read_text().replace("[smtp]\n", "[smtp]\n" + self.LIMITS)
                        + f'[lmtp]\nlisten = ["unix:{self.socket}", "127.0.0.1:0"]\nsocket_mode = "0600"\n')
        return path


class Lmtp(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(Relayed())
        self.daemon, = self.desk.daemons

    def held(self):
        return {each["subject"]: each for each in json.loads(self.desk.run("held", "list", "--json"))}

    def raw(self, interaction, *options):
        return subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), "interaction", "raw", interaction,
                               *options], check=True, capture_output=True, timeout=60).stdout

    def test_a_reply_for_each_recipient(self):
        for number, to in enumerate((self.desk.socket, self.daemon.lmtp)):
            with smtp.LmtpClient(to) as client:
                self.assertIn("LMTP", client.greeting[1])
                self.assertEqual(client.deliver_each("ann@client.example", [desk.SUPPORT, "nobody@desk.example", desk.SALES,
                                                                            desk.SUPPORT], mail(f"each{number}")),
                                 ([250, 550, 250, 250], [250, 250, 250]))
                self.assertEqual(client.deliver_each("ann@client.example", ["nobody@desk.example"], mail("none")),
                                 ([550], [503]))
        for each in self.desk.interactions():
            self.assertTrue(self.raw(each["id"], "--with-trace")
                            .startswith(b"Received: from client.example\r\n\tby mx.desk.example with LMTP id "))
        self.assertEqual(self.desk.disposed(), {"ticketed": 4})
        self.assertIn(({"listener": "lmtp"}, 2), self.daemon.metric("ticketgate_smtp_sessions_total"))
        self.assertEqual(self.daemon.metric("ticketgate_invariant_difference"), [({}, 0)])
        self.desk.run("audit")

    def test_F05_G02_what_smtp_refuses_is_held(self):
        large = mail("large", b"\r\n" + b"line\r\n" * 20000)
        contents = {"message_size": ("large", large, large[:100000]),
                    "header_size": ("wide", *[mail("wide", b"X: " + b"y" * 70000 + b"\r\n\r\nx\r\n")] * 2),
                    "hops": ("round", *[b"Received: x\r\n" * 3 + mail("round")] * 2),
                    "bare_newline": ("bare", mail("bare", b"\r\na\nb\r\n"), mail("bare", b"\r\na\r\nb\r\n"))}
        with smtp.Client(self.daemon.smtp) as direct, smtp.LmtpClient(self.desk.socket) as relay:
            for sent in (each[1] for each in contents.values()):
                self.assertIn(direct.deliver("ann@client.example", [desk.SUPPORT], sent)[0], (550, 552, 554))
                self.assertEqual(relay.deliver_each("ann@client.example", [desk.SUPPORT, desk.SALES], sent),
                                 ([250, 250], [250, 250]))
        held = self.held()
        for reason, (subject, _, kept) in contents.items():
            self.assertEqual(held[subject]["reasons"], [reason])
            self.assertEqual(self.raw(held[subject]["interaction"]), kept)
        self.assertEqual(self.desk.interactions(), [], "none of it is in a ticket")
        self.assertEqual(self.desk.disposed(), {"held": 8})
        reasons = {labels["reason"]: value for labels, value in self.daemon.metric("ticketgate_messages_disposed_total") if value}
        self.assertEqual(reasons, {reason: 2 for reason in contents})
        self.desk.run("audit")

    def test_D21_who_is_banned_is_held(self):
        self.desk.run("ban-reason", "add", "abuse", "--installation")
        for what in ("evil@x.example", "evil@header.example"):
            self.desk.run("ban", "add", "--installation", "--address", what, "--reason", "abuse", "--length", "permanent")
        self.desk.run("ban", "add", "--installation", "--network", "192.0.2.7", "--reason", "abuse", "--length", "permanent")

        def by_smtp():
            with smtp.Client(self.daemon.smtp) as client:
                return client.deliver("evil@x.example", [desk.SUPPORT], mail("direct"))[0]

        desk.until("the ban", lambda: by_smtp() == 550)
        with smtp.LmtpClient(self.desk.socket) as relay:
            for sender, name, raw in (("evil@x.example", "envelope", mail("envelope")),
                                      ("good@x.example", "header", mail("header").replace(b"ann@client.example", b"evil@header.example", 1)),
                                      ("good@x.example", "client", mail("client"))):
                if name == "client":
                    self.assertEqual(relay.command("XFORWARD ADDR=192.0.2.7")[0], 250)
                self.assertEqual(relay.deliver_each(sender, [desk.SUPPORT], raw), ([250], [250]), name)
        self.assertEqual(set(self.held()), {"envelope", "header", "client"})
        self.assertEqual(self.desk.interactions(), [])

    def test_a_crash_leaves_a_file_that_the_next_one_replaces(self):
        self.assertEqual(stat.S_IMODE(self.desk.socket.stat().st_mode), 0o600)
        self.daemon.process.kill()
        self.daemon.process.wait()
        self.assertTrue(self.desk.socket.exists())
        with self.assertRaises(smtp.Closed):
            smtp.LmtpClient(self.desk.socket)
        self.desk.daemons.clear()
        self.desk.start("daemon0")
        with smtp.LmtpClient(self.desk.socket) as client:
            self.assertEqual(client.deliver_each("ann@client.example", [desk.SUPPORT], mail("after")), ([250], [250]))

    def test_a_live_socket_is_never_taken(self):
        second = subprocess.run([str(desk.PROGRAM), "--config", str(self.desk._write_config("second")), "serve"],
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(second.returncode, 1)
        self.assertIn(f"cannot listen on unix:{self.desk.socket}: somebody listens there already", second.stderr)
        smtp.LmtpClient(self.desk.socket).close()

    def test_stopping(self):
        idle, busy = smtp.LmtpClient(self.desk.socket), smtp.LmtpClient(self.desk.socket)
        for line in ("MAIL FROM:<ann@client.example>", f"RCPT TO:<{desk.SUPPORT}>", f"RCPT TO:<{desk.SALES}>", "DATA"):
            self.assertLess(busy.command(line)[0], 400)
        self.daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(idle.read()[0], 421)
        with self.assertRaises(smtp.Closed):
            smtp.LmtpClient(self.desk.socket)
        busy.send(smtp.stuffed(mail("under way")))
        self.assertEqual([busy.read()[0] for _ in range(3)], [250, 250, 421])
        idle.close()
        busy.close()
        self.assertEqual(self.daemon.process.wait(40), 0)

    def test_a_reload_says_who_may_come(self):
        path = self.desk.folder / "daemon0.toml"
        good = path.read_text()
        with smtp.LmtpClient(self.daemon.lmtp) as held:
            path.write_text(good.replace("[lmtp]\n", '[lmtp]\nnetworks = ["127.0.0.9"]\n'))
            self.daemon.process.send_signal(signal.SIGHUP)
            desk.until("the reload", lambda: "event=service.reloaded changed=lmtp.networks" in self.daemon.log.read_text())
            with smtp.LmtpClient(self.daemon.lmtp, hello=False) as stranger:
                self.assertEqual(stranger.greeting[0], 421)
            self.assertEqual(held.command("NOOP")[0], 250)
            smtp.LmtpClient(self.desk.socket).close()
        self.assertIn(({"limit": "lmtp_networks"}, 1), self.daemon.metric("ticketgate_smtp_sessions_refused_total"))


class BySystemd(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(Relayed(daemons=0))
        self.held = socket.socket(socket.AF_UNIX)
        self.addCleanup(self.held.close)
        self.path = self.desk.folder / "held.sock"
        self.held.bind(str(self.path))
        self.held.listen()

    def test_held_across_a_restart(self):
        for name in ("one", "two"):
            waiting = smtp.LmtpClient.connect(self.path, 60)  # while nobody serves
            daemon = self.desk.start("daemon0", sockets=[self.held], environment={"LISTEN_FDNAMES": "lmtp"})
            with waiting:
                self.assertTrue(waiting.recv(4).startswith(b"220 "))
            with smtp.LmtpClient(self.path) as client:
                self.assertEqual(client.deliver_each("ann@client.example", [desk.SUPPORT], mail(name)), ([250], [250]))
            self.assertFalse(self.desk.socket.exists(), "it stands in for what the configuration names")
            self.assertNotEqual(daemon.smtp, 0, "SMTP is none of its business")
            daemon.stop()
            self.desk.daemons.clear()
        self.assertEqual(len(self.desk.tickets()), 2)

    def test_smtp_wants_tcp(self):
        config = self.desk._write_config("daemon0")
        done = subprocess.run(["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", str(desk.PROGRAM), "--config", str(config), "serve"],
                              env={**os.environ, "LISTEN_FDS": "1", "LISTEN_FDNAMES": "smtp"}, capture_output=True, text=True,
                              timeout=60, pass_fds=[3], preexec_fn=lambda: os.dup2(self.held.fileno(), 3))
        self.assertEqual(done.returncode, 1)
        self.assertIn("SMTP is spoken over TCP", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
