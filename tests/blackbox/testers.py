#!/usr/bin/env python3
"""What testers that others wrote say of a started gateway: swaks, smtp-source (postfix), nmap's smtp-commands and
smtp-open-relay, testssl.sh. All of them are in Debian; one that is missing fails its test."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
import desk  # noqa: E402


class Desk(desk.Desk):
    """One that speaks TLS, and does not know its clients."""

    def _write_config(self, name):
        certificate, key = self.folder / "tls.crt", self.folder / "tls.key"
        if not key.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-days", "2", "-subj", "/CN=mx.desk.example", "-keyout", key, "-out", certificate], check=True,
                           capture_output=True, timeout=60)
        path = super()._write_config(name)
        path.write_text(path.read_text().replace('exempt_networks = ["127.0.0.0/8"]\n',
                                                 f'tls_certificate = "{certificate}"\ntls_key = "{key}"\n'))
        return path


class Testers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = Desk()
        cls.enterClassContext(cls.desk)
        cls.daemon = cls.desk.daemons[0]

    def run_tester(self, *command, status=0, seconds=300):
        environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin", "HOME": str(self.desk.folder)}
        done = subprocess.run([str(each) for each in command], capture_output=True, text=True, timeout=seconds,
                              env=environment, stdin=subprocess.DEVNULL, cwd=self.desk.folder)
        if status is not None:
            self.assertEqual(done.returncode, status, done.stdout[-3000:] + done.stderr[-3000:])
        return done.stdout

    def swaks(self, *options, status=0):
        return self.run_tester("swaks", "--server", "127.0.0.1", "--port", self.daemon.smtp, "--from", "ann@client.example",
                               "--ehlo", "client.example", *options, status=status)

    def test_swaks_plain(self):
        said = self.swaks("--to", desk.SUPPORT, "--header", "Subject: by swaks")
        self.assertIn("<-  250 2.0.0 Accepted ", said)
        self.assertIn("<-  221 2.0.0 Bye", said)
        self.assertIn("by swaks", [ticket["subject"] for ticket in self.desk.tickets()])

    def test_swaks_tls(self):
        said = self.swaks("--to", desk.SUPPORT, "--tls", "--header", "Subject: by swaks under TLS")
        self.assertIn("=== TLS started with cipher TLSv1.3", said)
        self.assertIn("<~  250 2.0.0 Accepted ", said)

    def test_swaks_is_refused(self):
        said = self.swaks("--to", "nobody@" + desk.DOMAIN, status=24)  # its status for "no recipient was accepted"
        self.assertIn("<** 550 5.1.1 No such mailbox here", said)
        said = self.swaks("--to", "ann@elsewhere.example", status=24)
        self.assertIn("<** 554 5.7.1 Relaying denied", said)

    def test_smtp_source(self):
        before = len(self.desk.interactions())
        self.run_tester("smtp-source", "-s", "10", "-m", "100", "-l", "4096", "-f", "load@client.example", "-t", desk.SALES,
                        f"127.0.0.1:{self.daemon.smtp}")
        self.assertGreater(len(self.desk.interactions()), before)
        replies = {labels["code"]: value for labels, value in self.daemon.metric("ticketgate_smtp_replies_total")}
        self.assertGreaterEqual(replies["354"], 100)
        self.assertEqual(replies["451"], 0)

    def test_nmap_commands(self):
        said = self.nmap("smtp-commands", "smtp-commands.domain=client.example")
        line = next(each for each in said.splitlines() if "smtp-commands:" in each)
        for word in (f"mx.{desk.DOMAIN}", "PIPELINING", "SIZE 50000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "STARTTLS"):
            self.assertIn(word, line)
        for word in ("CHUNKING", "AUTH", "VRFY", "ETRN"):
            self.assertNotIn(word, line)

    def test_nmap_open_relay(self):
        said = self.nmap("smtp-open-relay", "smtp-open-relay.domain=client.example,smtp-open-relay.ip=127.0.0.1")
        self.assertIn("smtp-open-relay: Server doesn't seem to be an open relay, all tests failed", said)

    def nmap(self, script, arguments):
        # -sV's scan by services would be another story: the script is told that this port speaks SMTP by the `+`.
        return self.run_tester("nmap", "-Pn", "-n", "-sT", "-p", self.daemon.smtp, "--script", "+" + script,
                               "--script-args", arguments, "127.0.0.1")

    def test_C07_testssl(self):
        report = self.desk.folder / "testssl.json"
        self.run_tester("testssl", "--quiet", "--color", "0", "-t", "smtp", "--protocols", "--std", "--warnings", "off",
                        "--jsonfile", report, f"127.0.0.1:{self.daemon.smtp}", status=None)
        found = {each["id"]: each["finding"] for each in json.loads(report.read_text())}
        for old in ("SSLv2", "SSLv3", "TLS1", "TLS1_1"):
            self.assertTrue(found[old].startswith("not offered"), (old, found[old]))
        for new in ("TLS1_2", "TLS1_3"):
            self.assertTrue(found[new].startswith("offered"), (new, found[new]))
        for weak in ("cipherlist_NULL", "cipherlist_aNULL", "cipherlist_EXPORT", "cipherlist_LOW", "cipherlist_3DES_IDEA"):
            self.assertEqual(found[weak], "not offered", weak)


class Behind(desk.Desk):
    """One whose clients all come through a proxy."""

    def _write_config(self, name):
        path = super()._write_config(name)
        path.write_text(path.read_text().replace("[smtp]\n", '[smtp]\nproxy_networks = ["127.0.0.0/8"]\n'))
        return path


class Proxy(unittest.TestCase):
    def test_swaks_writes_the_header(self):
        behind = self.enterContext(Behind())
        daemon, = behind.daemons
        for version, family, source, destination in (("1", "TCP4", "192.0.2.7", "10.0.0.1"),
                                                     ("1", "TCP6", "2001:db8::7", "2001:db8::1"),
                                                     ("2", "AF_INET", "192.0.2.8", "10.0.0.1"),
                                                     ("2", "AF_INET6", "2001:db8::8", "2001:db8::1")):
            done = subprocess.run(["swaks", "--server", "127.0.0.1", "--port", str(daemon.smtp), "--from",
                                   "ann@client.example", "--to", desk.SUPPORT, "--ehlo", "client.example",
                                   "--proxy-version", version, "--proxy-family", family, "--proxy-source", source,
                                   "--proxy-source-port", "12345", "--proxy-dest", destination, "--proxy-dest-port", "25"],
                                  capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, cwd=behind.folder)
            self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-3000:])
            self.assertIn("<-  250 2.0.0 Accepted ", done.stdout)
            desk.until(f"client={source} in the log", lambda: f"client={source} " in daemon.log.read_text())


class Trusting(desk.Desk):
    """One whose clients may say for whom they speak."""

    def _write_config(self, name):
        path = super()._write_config(name)
        path.write_text(path.read_text().replace("[smtp]\n", '[smtp]\nxclient_networks = ["127.0.0.0/8"]\n'))
        return path


class Xclient(unittest.TestCase):
    def test_swaks_says_xclient(self):
        trusting = self.enterContext(Trusting())
        daemon, = trusting.daemons
        for address, value in (("192.0.2.7", "192.0.2.7"), ("2001:db8::7", "IPV6:2001:db8::7")):
            done = subprocess.run(["swaks", "--server", "127.0.0.1", "--port", str(daemon.smtp), "--from",
                                   "ann@client.example", "--to", desk.SUPPORT, "--ehlo", "client.example", "--xclient-addr",
                                   value, "--xclient-name", "mta.client.example", "--xclient-delim", "--xclient-proto",
                                   "ESMTP"], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
                                  cwd=trusting.folder)
            self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr[-3000:])
            self.assertIn("<-  250 2.0.0 Accepted ", done.stdout)
            desk.until(f"client={address} in the log", lambda: f"client={address} " in daemon.log.read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
