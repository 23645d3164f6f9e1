#!/usr/bin/env python3
"""What strangers send, through the whole house: it comes in or is refused by the reply that docs/smtp.md names, the
daemon lives, and what is stored are the bytes that were sent. The letters in a test's name are the case's id."""

import pathlib
import resource
import socket
import subprocess
import time
import unittest

import desk
import smtp

HEAD = b"From: ann@client.example\r\nTo: support@desk.example\r\n"


class Mx(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = desk.Desk()
        cls.enterClassContext(cls.desk)
        cls.daemon = cls.desk.daemons[0]

    def setUp(self):
        self.before = {each["id"] for each in self.desk.interactions()}
        self.addCleanup(self.invariant)

    def invariant(self):
        self.assertIsNone(self.daemon.process.poll(), "the daemon ended")
        self.assertEqual(self.daemon.metric("ticketgate_invariant_difference"), [({}, 0)])

    def new(self):
        return [each for each in self.desk.interactions() if each["id"] not in self.before]

    def deliver(self, raw, sender="ann@client.example", recipients=(desk.SUPPORT,)):
        with smtp.Client(self.daemon.smtp) as client:
            return client.deliver(sender, recipients, raw)

    def raw(self, interaction):
        return subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), "interaction", "raw", interaction],
                              check=True, capture_output=True, timeout=60).stdout

    def comes_in(self, what, raw, seconds=10):
        """It is taken, soon, as one interaction of just these bytes; that interaction."""
        start = time.monotonic()
        code, text = self.deliver(raw)
        self.assertEqual(code, 250, f"{what}: {text}")
        self.assertLess(time.monotonic() - start, seconds, what)
        new = self.new()
        self.assertEqual(len(new), 1, what)
        self.assertEqual(self.raw(new[0]["id"]), raw, what)
        self.before.add(new[0]["id"])
        return new[0]

    def all_come_in(self, cases, seconds=10):
        for what, raw in cases.items():
            with self.subTest(what):
                self.comes_in(what, raw, seconds)

    def test_E06_deep_nesting(self):
        deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(40000))
        self.all_come_in({"multipart, 40,000 deep": HEAD + deep,
                          "message/rfc822, 100,000 deep": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 100000})

    def test_E07_many_of_a_kind(self):
        part = b"--b\r\n\r\nx\r\n"
        self.all_come_in({
            "100,000 parts": HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * 100000,
            "a header of 1 MB": HEAD + b"Subject: " + b"x" * 1000000 + b"\r\n\r\ny\r\n",
            "100,000 header lines": HEAD + b"X-A: b\r\n" * 100000 + b"\r\ny\r\n",
            "a line of 1 MB": HEAD + b"\r\n" + b"z" * 1000000 + b"\r\n",
            "10,000 ids": HEAD + b"References:" + b"".join(b"\r\n <%d@x.example>" % n for n in range(10000)) + b"\r\n\r\ny\r\n",
            "100,000 addresses": HEAD + b"Cc: " + b",\r\n ".join(b"a%d@x.example" % n for n in range(100000)) + b"\r\n\r\ny\r\n"})

    def test_E08_words_parameters_comments(self):
        self.all_come_in({
            "encoded words": HEAD + b"Subject:" + b"\r\n =?utf-8?q?x?=" * 100000 + b"\r\n\r\ny\r\n",
            "parameters": HEAD + b"Content-Type: text/plain" + b"".join(b";\r\n name*%d*=a" % n for n in range(100000))
                          + b"\r\n\r\ny\r\n",
            "comments": HEAD + b"Cc: " + b"(" * 100000 + b"\r\n\r\ny\r\n",
            "backslashes": HEAD + b'Reply-To: "' + b"\\" * 100000 + b"\r\n\r\ny\r\n"})

    def test_E09_boundaries(self):
        start = HEAD + b"Content-Type: multipart/mixed; boundary="
        self.all_come_in({
            "near misses": start + b'"' + b"-" * 60 + b'"\r\n\r\n' + (b"-" * 61 + b"\r\n") * 50000,
            "empty": start + b'""\r\n\r\n--\r\n\r\nx\r\n----\r\n',
            "longer than 70": start + b"b" * 500 + b"\r\n\r\n--" + b"b" * 500 + b"\r\n\r\nx\r\n",
            "the child's is its parent's": start + b"b\r\n\r\n" + b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" * 100})

    def test_E10_large_and_monotonous(self):
        size = 20_000_000
        self.all_come_in({"line ends": HEAD + b"\r\n" * (size // 2), "dots": HEAD + b"\r\n" + b"." * size + b"\r\n",
                          "base64 in one line": HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUFB" * (size // 4)
                                                + b"\r\n"}, seconds=60)

    def test_E11_html(self):
        start = HEAD + b"Content-Type: text/html\r\n\r\n"
        self.all_come_in({"deep": start + b"<div>" * 100000 + b"\r\n",
                          "attribute": start + b'<a href="' + b"x" * 1000000 + b'">\r\n',
                          "scripts": start + b"<script>alert(1)</script><scr<script>ipt>\r\n" * 1000})

    def test_F01_nul_anywhere(self):
        raw = (b"From: an\0n@client.example\r\nTo: support@desk.example\r\nSubject: a\0b\r\nMessage-ID: <f01\0x@client.example>\r\n"
               b'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nc\0d\r\n--b\r\nContent-Disposition: attachment;'
               b' filename="e\0f.txt"\r\n\r\nx\r\n--b--\r\n')
        self.comes_in("NUL", raw)

    def test_F02_bytes_that_are_no_text(self):
        self.all_come_in({label: HEAD + b"Subject: \xff \xc0\xaf \xed\xa0\x80\r\nContent-Type: text/plain; charset=" + label.encode()
                          + b"\r\n\r\n\xff\xc0\xaf\xed\xa0\x80 +ADw-script+AD4-\r\n"
                          for label in ("utf-8", "us-ascii", "x-unknown", "utf-7", "utf-16", "\"")})

    def test_F05_hops(self):
        hop = b"Received: from a.example by b.example; Sun, 22 Nov 2026 13:05:05 +0000\r\n"
        self.assertEqual(self.deliver(hop * 101 + HEAD + b"\r\nround\r\n"), (554, self.starting("5.4.6")))
        self.assertEqual(self.new(), [])
        self.comes_in("a hundred hops", hop * 100 + HEAD + b"\r\nfar\r\n")

    @staticmethod
    def starting(word):
        class Starting(str):
            def __eq__(self, other):
                return other.startswith(word)
        return Starting(word)

    def test_F08_without_form(self):
        self.all_come_in({"no header": b"hello\r\n", "no empty line": HEAD, "blanks in front": b" " + HEAD + b"\r\nx\r\n",
                          "mbox line": b"From ann Sun Nov 22 13:05:05 2026\r\n" + HEAD + b"\r\nmbox\r\n",
                          "long line": HEAD + b"X: " + b"y" * 5000 + b"\r\n\r\nlong\r\n",
                          "folded blanks": HEAD + b"Subject: a\r\n \r\n\t\r\n b\r\n\r\nfolded\r\n"})

    def test_F09_message_ids(self):
        self.all_come_in({"missing": HEAD + b"\r\nmissing\r\n",
                          "doubled": HEAD + b"Message-ID: <one@a.example>\r\nMessage-ID: <two@a.example>\r\n\r\ndoubled\r\n",
                          "10 KB": HEAD + b"Message-ID: <" + b"i" * 10000 + b"@a.example>\r\n\r\nlong\r\n",
                          "malformed": HEAD + b"Message-ID: <<>@ no id (\r\n\r\nmalformed\r\n"})

    def test_F10_ehlo_name(self):
        with smtp.Client(self.daemon.smtp, hello=False) as client:
            self.assertEqual(client.command('EHLO a()<>"\x07;')[0], 250)
            self.assertEqual(client.deliver("a@client.example", [desk.SUPPORT], HEAD + b"\r\nehlo\r\n")[0], 250)
        new, = self.new()
        traced = subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), "interaction", "raw", new["id"],
                                 "--with-trace"], check=True, capture_output=True, timeout=60).stdout
        self.assertTrue(traced.startswith(b"Received: from a??????? ([127.0.0.1])\r\n"), traced[:200])

    def test_F11_file_names(self):
        self.all_come_in({name: HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment;"
                          b' filename="' + name.encode() + b'"\r\n\r\nfile ' + name[:9].encode() + b"\r\n--b--\r\n"
                          for name in ("../../x", "CON", "\u202egpj.exe", "n" * 4096)})

    def test_F12_dates(self):
        for date in (b"Sat, 1 Jan 0000 00:00:00 +0000", b"Fri, 31 Dec 9999 23:59:59 +0000",
                     b"Sun, 22 Nov 2026 13:05:05 -9999", b"once upon a time", b""):
            received = self.comes_in(date.decode(), HEAD + b"Date: " + date + b"\r\n\r\n" + date + b" date\r\n")
            self.assertIn(time.strftime("%Y-", time.gmtime()), str(received), "the time of receipt counts")

    def test_G01_G02_nothing_is_taken_and_then_returned(self):
        self.assertEqual(self.deliver(HEAD + b"\r\nx\r\n", recipients=["nobody@" + desk.DOMAIN]), (550, self.starting("5.1.1")))
        self.assertEqual(self.new(), [])

    def test_G03_null_sender(self):
        with smtp.Client(self.daemon.smtp) as client:
            client.command("MAIL FROM:<>")
            self.assertEqual(client.command(f"RCPT TO:<{desk.SUPPORT}>")[0], 250)
            self.assertEqual(client.command(f"RCPT TO:<{desk.SALES}>"), (452, self.starting("4.5.3")))
            client.command("DATA")
            client.send(smtp.stuffed(HEAD + b"Subject: notice\r\n\r\nreturned\r\n"))
            self.assertEqual(client.read()[0], 250)
        self.assertEqual(len(self.new()), 1)


class Tight(desk.Desk):
    """One whose limits are met at once, by clients that it does not know."""

    LIMITS = """bare_newlines = "reject"
max_hops = 2
max_header_size = 65536
max_message_size = 2000000
max_errors = 3
max_refused_recipients = 4
max_idle_commands = 6
slow_down = 0
max_sessions_per_address = 4
max_messages_per_minute = 4
spool_above = 16384
message_timeout = 2
"""

    def _write_config(self, name):
        path = super()._write_config(name)
        path.write_text(path.read_text().replace('exempt_networks = ["127.0.0.0/8"]\n',
                                                 f'{self.LIMITS}spool_folder = "{self.folder}/spool"\n')
                        .replace("[database]\n", "[database]\nwriters = 1\n"))
        return path


class Limits(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(Tight())
        self.daemon = self.desk.daemons[0]

    def replies(self, *lines):
        with smtp.Client(self.daemon.smtp) as client:
            return [client.command(line)[0] for line in lines]

    def deliver(self, raw):
        with smtp.Client(self.daemon.smtp) as client:
            return client.deliver("ann@client.example", [desk.SUPPORT], raw)[0]

    def met(self, name):
        return {labels["limit"] for labels, value in self.daemon.metric(name) if value}

    def test_of_content(self):
        (self.desk.folder / "spool").mkdir()
        self.assertEqual(self.deliver(HEAD + b"\r\na\nb\r\n"), 550)
        self.assertEqual(self.deliver(b"Received: x\r\n" * 3 + HEAD + b"\r\nx\r\n"), 554)
        self.assertEqual(self.deliver(b"X: " + b"y" * 70000 + b"\r\n\r\nx\r\n"), 552)
        (self.desk.folder / "spool").rmdir()
        large = HEAD + b"\r\n" + b"line\r\n" * 20000
        self.assertEqual(self.deliver(large), 452, "the folder is missing")
        self.assertIn("event=spool_failed", self.daemon.log.read_text())
        self.assertEqual(self.deliver(HEAD + b"\r\nx\r\n"), 451, "the fifth message of this minute")
        self.assertEqual(self.met("ticketgate_smtp_limits_met_total"),
                         {"bare_newline", "hops", "header_size", "memory", "message_rate"})
        self.assertEqual(self.desk.interactions(), [])

    def test_of_content_in_a_file(self):
        (self.desk.folder / "spool").mkdir()
        large = HEAD + b"\r\n" + b"line\r\n" * 200000
        self.assertEqual(self.deliver(large), 250)
        new, = self.desk.interactions()
        raw = subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), "interaction", "raw", new["id"]], check=True,
                             capture_output=True, timeout=60).stdout
        self.assertEqual(raw, large)
        self.assertEqual(list((self.desk.folder / "spool").iterdir()), [])
        self.assertEqual(self.daemon.metric("ticketgate_smtp_spooled_bytes"), [({}, 0)])
        self.assertEqual(self.daemon.metric("ticketgate_smtp_memory_bytes"), [({}, 0)])

    def test_E03_E04_of_a_session(self):
        self.assertEqual(self.replies("FOO", "FOO", "FOO"), [500, 500, 421])
        self.assertEqual(self.replies("NOOP", "RSET", "VRFY a", "NOOP", "NOOP"), [250, 250, 252, 250, 421])
        self.assertEqual(self.replies("MAIL FROM:<a@client.example>", *["RCPT TO:<guess@desk.example>"] * 4),
                         [250, 550, 550, 550, 421])
        self.assertEqual(self.met("ticketgate_smtp_limits_met_total"),
                         {"errors", "idle_commands", "slowed", "refused_recipients"})

    def test_E01_of_time(self):
        with smtp.Client(self.daemon.smtp) as client:
            for line in ("MAIL FROM:<a@client.example>", f"RCPT TO:<{desk.SUPPORT}>", "DATA"):
                client.command(line)
            start = time.monotonic()
            client.send(HEAD)
            self.assertEqual(client.read()[0], 421)
            self.assertGreater(time.monotonic() - start, 1.5)
        self.assertEqual(self.met("ticketgate_smtp_limits_met_total"), {"data_timeout"})

    def test_E02_of_an_address(self):
        held = [smtp.Client(self.daemon.smtp) for _ in range(4)]
        with smtp.Client(self.daemon.smtp, hello=False) as fifth:
            self.assertEqual(fifth.greeting[0], 421)
        for client in held:
            self.assertEqual(client.command("NOOP")[0], 250)
            client.close()
        self.assertEqual(self.met("ticketgate_smtp_sessions_refused_total"), {"address_sessions"})

    def test_E15_no_descriptors(self):
        """Whoever is in stays in, mail and all; whoever comes waits, and is served once there is room."""
        if b"__ubsan_handle" in desk.PROGRAM.read_bytes():
            # It looks whether memory is there by way of a pipe, and takes what it can't look at for a bad vptr.
            self.skipTest("UBSan needs descriptors of its own; the default preset runs this")
        with smtp.Client(self.daemon.smtp) as held:
            self.assertEqual(held.deliver("ann@client.example", [desk.SUPPORT], HEAD + b"\r\nbefore\r\n")[0], 250)
            pid = self.daemon.process.pid
            before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            # The limit is for a descriptor's number, and a new one takes the lowest that is free.
            used = {int(each.name) for each in pathlib.Path(f"/proc/{pid}/fd").iterdir()}
            free = next(number for number in range(len(used) + 1) if number not in used)
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (free, before[1]))
            try:
                waiting = [socket.create_connection(("127.0.0.1", self.daemon.smtp), 60) for _ in range(3)]
                desk.until("accept_paused", lambda: "event=accept_paused" in self.daemon.log.read_text())
                self.assertEqual(held.deliver("ann@client.example", [desk.SUPPORT], HEAD + b"\r\nduring\r\n")[0], 250)
            finally:
                resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
            for each in waiting:
                self.assertTrue(each.recv(4).startswith(b"220"))
                each.close()
        self.assertEqual(len(self.desk.interactions()), 2)
        self.assertEqual(self.daemon.log.read_text().count("event=accept_paused"), 1, "it does not fill the log")


if __name__ == "__main__":
    unittest.main(verbosity=2)
