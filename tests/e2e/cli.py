#!/usr/bin/env python3
"""The command line: help with an example everywhere, status 2 and a reason for bad input, JSON that parses."""

import json
import os
import pathlib
import subprocess
import unittest

import desk
import smtp

NOUNS = ("workspace", "domain", "mailbox", "agent", "ban-rule", "ban-reason", "team")
COMMANDS = ["serve", "reload", "migrate", "config check", "config print", "config sample", "ticket list", "ticket show", "parse",
            "import", "explain", "export tickets", "interaction raw", "attachment save", "audit", "reprocess", "purge",
            "person erase", "person marks", "person unmark", "agent set", "held list", "held show", "held release", "held delete", "trust list", "trust remove", "workspace set", "mailbox set", "mailbox acknowledge", "domain postmaster",
            "domain set", "domain check", *(f"domain dkim {verb}" for verb in ("add", "activate", "retire", "list")),
            *(f"address-key {verb}" for verb in ("list", "rotate", "remove")),
            "queue list", "queue show", "queue retry", "queue cancel", "queue hold", "queue release",
            *(f"ban {verb}" for verb in ("add", "list", "show", "lift", "history", "words")),
            *(f"rule {verb}" for verb in ("add", "set", "list", "show", "move", "enable", "disable", "remove", "test")),
            *(f"ticket {verb}" for verb in ("status", "assign", "tag", "move", "merge", "split", "reply", "open", "note", "transfer",
                                            "describe", "sender", "revoke")),
            "note edit", "note delete", *(f"alias {verb}" for verb in ("add", "set", "default", "list", "remove")),
            *(f"sender {verb}" for verb in ("add", "set", "list", "remove")),
            *(f"template {verb}" for verb in ("add", "set", "list", "show", "remove", "variables")),
            *(f"{noun} {verb}" for noun in NOUNS for verb in ("add", "list", "remove"))]


def run(*arguments, stdin=None):
    return subprocess.run([str(desk.PROGRAM), *arguments], capture_output=True, text=True, timeout=60, input=stdin)


class Help(unittest.TestCase):
    def test_every_command(self):
        for command in ["", "config", "workspace", "domain", "mailbox", "ticket", "export", "interaction", "attachment", "agent",
                        "held", "trust", "queue", "person", "ban", "ban-rule", "ban-reason", "rule", "team",
                        "note", "alias", "sender", "template", "domain dkim", "address-key",
                        *COMMANDS]:
            with self.subTest(command):
                done = run(*command.split(), "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn("xample", done.stdout)
                self.assertIn(f"ticketgate {command}".strip() if command else "ticketgate", done.stdout)

    def test_what_the_help_lists_is_known_here(self):
        """A new command is to be added to the list above."""
        listed = {line.split()[0] for line in run("--help").stdout.split("Subcommands:")[1].splitlines()
                  if line.startswith("  ") and not line.startswith("   ")}
        self.assertEqual(listed, {command.split()[0] for command in COMMANDS})


class Manual(unittest.TestCase):
    def test_every_command(self):
        folder = desk.SOURCE / "docs"
        page = subprocess.run([str(desk.SOURCE / "cmake" / "manual.sh"), str(desk.PROGRAM), str(folder / "ticketgate.8.in")],
                              check=True, capture_output=True, text=True, timeout=120).stdout
        described = {line[len('.SS "ticketgate '):-1] for line in page.splitlines() if line.startswith(".SS ")}
        self.assertLessEqual(set(COMMANDS), described)
        self.assertIn("Example: ticketgate mailbox add", page)
        self.assertNotIn("@VERSION@", page)


class BadInput(unittest.TestCase):
    def refused(self, *arguments, words=()):
        done = run(*arguments)
        self.assertEqual(done.returncode, 2, f"{arguments}: {done.stdout}{done.stderr}")
        self.assertEqual(done.stdout, "")
        self.assertNotEqual(done.stderr.strip(), "")
        for word in words:
            self.assertIn(word, done.stderr)

    def test_command_line(self):
        self.refused()
        self.refused("no-such-command", words=["no-such-command"])
        self.refused("serve", "--no-such-option", words=["--no-such-option"])
        self.refused("ticket")
        self.refused("mailbox", "add")

    def test_configuration(self):
        folder = desk.work_folder()
        self.refused("--config", str(folder / "missing.toml"), "config", "check", words=["missing.toml"])
        for number, (text, words) in enumerate([
            ("[smtp]\nlisten = [\"127.0.0.1:0\"]\nhost_nam = \"x\"\n", ["host_nam", ":3:"]),
            ("[smtp]\nlisten = 25\n", ["listen", ":2:"]),
            ("[smtp\n", [":1"]),
            ("[database]\ntimeout = -1\n", ["timeout", ":2:"]),
        ]):
            path = folder / f"bad{number}.toml"
            path.write_text(text)
            self.refused("--config", str(path), "config", "check", words=[path.name, *words])
            self.refused("--config", str(path), "serve", words=[path.name, *words])

    def test_database_that_is_not_there(self):
        path = desk.work_folder() / "away.toml"
        path.write_text(f"[database]\nconninfo = \"host={path.parent} dbname=none\"\ntimeout = 1\n")
        done = run("--config", str(path), "ticket", "list")
        self.assertNotEqual(done.returncode, 0)
        self.assertNotEqual(done.stderr.strip(), "")

    def test_output_that_can_not_be_written(self):
        for command in (["--help"], ["config", "sample"]):
            with open("/dev/full", "w") as full:
                done = subprocess.run([str(desk.PROGRAM), *command], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (1, "ticketgate: standard output can't be written\n"))

    def test_a_folder_that_can_not_be_read(self):
        """One with too long a name, which not even root can open; what is beside it is read."""
        folder = desk.work_folder()
        for name in ("a.eml", "z.eml"):
            (folder / name).write_text("Subject: x\n\nx\n")
        before = os.getcwd()
        try:
            os.chdir(folder)
            for _ in range(25):
                os.mkdir("m" * 200)
                os.chdir("m" * 200)
        finally:
            os.chdir(before)
        done = run("parse", str(folder), "--jsonl")
        self.assertEqual(done.returncode, 2)
        self.assertIn("File name too long", done.stderr)
        self.assertEqual([pathlib.Path(json.loads(line)["file"]).name for line in done.stdout.splitlines()], ["a.eml", "z.eml"])

    def test_files_to_parse(self):
        self.refused("parse", "/no/such/file", "--jsonl", words=["/no/such/file"])


class OnADesk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.desk = desk.Desk()
        cls.enterClassContext(cls.desk)
        raw = b"From: Ann <ann@client.example>\nSubject: Hello\nMessage-ID: <m@client.example>\n\nHi\n"
        with smtp.Client(cls.desk.ports[0]) as client:
            assert client.deliver("ann@client.example", [desk.SUPPORT], smtp.crlf(raw))[0] == 250

    def json(self, *arguments):
        return json.loads(self.desk.run(*arguments, "--json"))

    def test_lists(self):
        self.assertIn("demo", str(self.json("workspace", "list")))
        self.assertIn(desk.DOMAIN, str(self.json("domain", "list")))
        mailboxes = self.json("mailbox", "list")
        self.assertEqual(len(mailboxes), 2)
        self.assertIn(desk.SUPPORT, str(mailboxes))
        for noun in ("workspace", "domain", "mailbox", "ticket"):
            self.assertNotEqual(self.desk.run(noun, "list").strip(), "")

    def test_ticket(self):
        ticket = self.json("ticket", "list")[0]
        shown = self.json("ticket", "show", ticket["short_id"])
        self.assertEqual((shown["subject"], shown["id"]), ("Hello", ticket["id"]))
        self.assertIn("Hello", self.desk.run("ticket", "show", ticket["short_id"]))
        exported = self.desk.tickets()[0]
        for key in ("id", "short_id", "subject", "status", "person", "thread"):
            self.assertIn(key, exported)
        for key in ("id", "message_id", "direction", "kind", "reason", "thread", "received"):
            self.assertIn(key, exported["interactions"][0])

    def test_what_is_wrong_on_a_desk(self):
        for arguments in (["ticket", "show", "NOSUCH"], ["mailbox", "add", "not an address", "--workspace", "demo"],
                          ["mailbox", "add", f"x@{desk.DOMAIN}", "--workspace", "nosuch"], ["workspace", "add", "demo"],
                          ["mailbox", "add", "x@unknown.example", "--workspace", "demo"],
                          ["mailbox", "remove", f"nobody@{desk.DOMAIN}"], ["domain", "add", "-bad-", "--workspace", "demo"]):
            with self.subTest(arguments):
                self.assertEqual(self.desk.run(*arguments, status=2), "")

    def test_configuration(self):
        self.desk.run("config", "check")
        printed = self.desk.run("config", "print")
        path = desk.work_folder() / "printed.toml"
        path.write_text(printed)
        for text in (printed, self.desk.run("config", "sample")):
            path.write_text(text)
            self.assertEqual(run("--config", str(path), "config", "check").returncode, 0)

    def test_what_is_added_can_be_removed(self):
        self.desk.run("workspace", "add", "second")
        self.desk.run("domain", "add", "second.example", "--workspace", "second")
        self.desk.run("mailbox", "add", "help@second.example", "--workspace", "second", "--alias", "hilfe@second.example")
        self.assertIn("hilfe@second.example", str(self.json("mailbox", "list")))
        self.desk.run("mailbox", "add", "boss@second.example", "--workspace", "second")
        self.desk.run("domain", "postmaster", "second.example", "boss@second.example")
        self.assertIn("boss@second.example", str(self.json("domain", "list")))
        self.desk.run("mailbox", "remove", "boss@second.example")
        self.assertIn("removed alias hilfe@second.example of help@second.example",
                      self.desk.run("mailbox", "remove", "hilfe@second.example"))
        self.assertIn("help@second.example", str(self.json("mailbox", "list")))
        self.desk.run("mailbox", "remove", "help@second.example")
        self.desk.run("domain", "remove", "second.example")
        self.desk.run("workspace", "remove", "second")
        self.assertNotIn("second", str(self.json("workspace", "list")))

    def test_migrating_again_changes_nothing(self):
        self.desk.run("migrate")


if __name__ == "__main__":
    unittest.main(verbosity=2)
