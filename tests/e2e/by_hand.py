#!/usr/bin/env python3
"""What the operator and the desk do by hand: look at kept mail, save attachments, audit, change tickets."""

import fcntl
import json
import os
import pathlib
import pty
import struct
import subprocess
import termios
import unittest

import desk
import smtp

SENDER = "ann@client.example"
PICTURE = bytes(range(256)) * 8


def mail(message_id, references="", body="Please help.", sender=SENDER, subject="Help"):
    more = f"References: {references}\n" if references else ""
    return smtp.crlf(f"From: Ann <{sender}>\nTo: {desk.SUPPORT}\nSubject: {subject}\nMessage-ID: <{message_id}>\n{more}"
                     f"\n{body}\n".encode())


def mail_with_files():
    import base64
    encoded = base64.encodebytes(PICTURE).decode()
    parts = "".join(f"--b\nContent-Type: image/png\nContent-Disposition: attachment; filename=\"{name}\"\n"
                    f"Content-Transfer-Encoding: base64\n\n{encoded}\n" for name in ("a.png", "../../a.png", "b.png"))
    return smtp.crlf((f"From: Ann <{SENDER}>\nTo: {desk.SUPPORT}\nSubject: Files\nMessage-ID: <files@client.example>\n"
                      "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n"
                      f"Three files.\n{parts}--b--\n").encode())


class ByHand(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(desk.Desk())
        self.client = self.enterContext(smtp.Client(self.desk.ports[0]))

    def send(self, raw, recipients=(desk.SUPPORT,)):
        code, text = self.client.deliver(SENDER, recipients, raw)
        self.assertEqual(code, 250, text)

    def output(self, *arguments):
        """Bytes, not text: raw mail has any."""
        return subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), *arguments], check=True,
                              capture_output=True, timeout=60).stdout

    def refused(self, *arguments, words=()):
        done = subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), *arguments], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (2, ""), f"{arguments}: {done.stderr}")
        for word in words:
            self.assertIn(word, done.stderr)

    def sql(self, statement):
        return self.desk.cluster.sql(statement, self.desk.database)

    def test_raw_mail_bit_for_bit(self):
        raw = mail("raw@client.example", body="\0\xff" + "".join(chr(each) for each in range(14, 127)) * 9000)
        self.send(raw)
        interaction = self.desk.interactions()[0]["id"]
        self.assertEqual(self.output("interaction", "raw", interaction), raw)
        traced = self.output("interaction", "raw", interaction, "--with-trace")
        self.assertTrue(traced.startswith(b"Received: from ") and traced.endswith(b"\r\n" + raw), traced[:300])

    def test_raw_mail_that_is_not_there(self):
        self.refused("interaction", "raw", "nonsense", words=["nonsense"])
        self.refused("interaction", "raw", "00000000-0000-0000-0000-000000000000", words=["no interaction"])
        self.send(mail("one@client.example"))
        interaction = self.desk.interactions()[0]["id"]
        self.sql("DELETE FROM raw_chunks")
        done = subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), "interaction", "raw", interaction],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("damaged", done.stderr)

    def test_attachments_are_saved(self):
        self.send(mail_with_files())
        interaction = self.desk.interactions()[0]["id"]
        folder = desk.work_folder() / "to"
        folder.mkdir()
        self.desk.run("attachment", "save", interaction, "--to", str(folder))
        self.assertEqual({path.name: path.read_bytes() for path in folder.iterdir()},
                         dict.fromkeys(("a.png", "a-2.png", "b.png"), PICTURE))
        self.desk.run("attachment", "save", interaction, "--to", str(folder), "--number", "3")
        self.assertTrue((folder / "b-2.png").exists())
        self.desk.run("attachment", "save", interaction, "--to", str(folder), "--name", "b.png")
        self.assertTrue((folder / "b-3.png").exists())
        self.assertEqual(len(list(folder.iterdir())), 5)
        (folder / "c").mkdir()
        victim = pathlib.Path(folder / "victim")
        (folder / "c" / "b.png").symlink_to(victim)
        self.desk.run("attachment", "save", interaction, "--to", str(folder / "c"), "--name", "b.png")
        self.assertFalse(victim.exists(), "a link that somebody put there is not followed")

    def test_attachments_with_long_names(self):
        """A name of 255 bytes that is nearly all ending, or nearly all one character of several bytes."""
        for number, name in enumerate(("a." + "x" * 253, "\u00e4" * 124 + ".tar.gz")):
            raw = mail_with_files().replace(b'"a.png"', f'"{name}"'.encode(), 1).replace(b"files@", f"{number}@".encode())
            self.send(raw)
            interaction = self.desk.interactions()[-1]["id"]
            folder = desk.work_folder() / "to"
            folder.mkdir()
            for _ in range(10):
                self.desk.run("attachment", "save", interaction, "--to", str(folder), "--number", "1")
            names = [path.name for path in folder.iterdir()]
            self.assertEqual(len(names), 10)
            self.assertIn(name, names)
            self.assertLessEqual({len(each.encode()) for each in names}, {253, 254, 255})
            if name.endswith(".gz"):
                self.assertEqual({each[-3:] for each in names}, {".gz"})

    def test_attachments_that_are_not_there(self):
        self.send(mail_with_files())
        self.send(mail("plain@client.example"))
        ids = {each["message_id"]: each["id"] for each in self.desk.interactions()}
        files = ids["files@client.example"]
        self.refused("attachment", "save", files, "--number", "4", words=["3 attachments"])
        self.refused("attachment", "save", files, "--number", "0")
        self.refused("attachment", "save", files, "--name", "c.png", words=["b.png"])
        self.refused("attachment", "save", files, "--name", "b.png", "--number", "1")
        self.refused("attachment", "save", files, "--to", "/nonexistent", words=["no folder"])
        self.refused("attachment", "save", ids["plain@client.example"], words=["no attachments"])

    def test_audit(self):
        for number in range(3):
            self.send(mail(f"{number}@client.example"), [desk.SUPPORT, desk.SALES])
        report = json.loads(self.desk.run("audit", "--json"))
        self.assertTrue(report["holds"])
        self.assertIn("raw mail has the size and the digest", self.desk.run("audit"))
        wrong = self.desk.interactions()[1]["id"]
        self.sql(f"UPDATE raw_chunks SET data = '\\x00' WHERE interaction_id = '{wrong}'")
        report = json.loads(self.desk.run("audit", "--json", status=1))
        self.assertFalse(report["holds"])
        self.assertEqual({check["name"]: check["examples"] for check in report["checks"] if not check["holds"]},
                         {"raw": [wrong]})
        self.assertIn(wrong, self.desk.run("audit", status=1))

    def ticket(self, name):
        return json.loads(self.desk.run("ticket", "show", name, "--json"))

    def test_tickets_are_changed_by_hand(self):
        self.send(mail("one@client.example"))
        self.send(mail("two@client.example", sender="bob@client.example", subject="Other"))
        first, second = (each["short_id"] for each in self.desk.tickets())
        self.desk.run("agent", "add", "ben@desk.example", "--name", "Ben")
        self.assertIn("Ben", self.desk.run("agent", "list"))
        self.assertEqual(json.loads(self.desk.run("agent", "list", "--json")), [{"name": "Ben", "address": "ben@desk.example",
                                                                                  "notifies": False}])
        done = json.loads(self.desk.run("ticket", "status", first, "pending", "--json"))
        self.assertEqual((done["done"], done["ticket"]["status"], len(done["ticket"]["interactions"])),
                         (f"#{first} is Pending", "Pending", 1))
        self.desk.run("ticket", "assign", f"#{first}", "Ben")
        self.desk.run("ticket", "tag", first, "+help wanted", "+urgent")
        self.desk.run("ticket", "tag", first, "-urgent", "+vip", "-hidden")
        self.desk.run("ticket", "move", first, "--mailbox", desk.SALES)
        shown = self.ticket(first)
        self.assertEqual((shown["status"], shown["assignee"], shown["tags"], shown["mailbox"], shown["email_sender"]),
                         ("Pending", {"name": "Ben", "address": "ben@desk.example"}, ["help wanted", "vip"], desk.SALES,
                          desk.SALES))
        listed = {each["short_id"]: each for each in json.loads(self.desk.run("ticket", "list", "--json"))}
        self.assertEqual((listed[first]["assignee"]["name"], listed[first]["tags"]), ("Ben", ["help wanted", "vip"]))
        self.assertEqual((listed[second]["assignee"], listed[second]["tags"]), (None, []))
        self.assertIn(" (Ben) [help wanted] [vip]  Help\n", self.desk.run("ticket", "list"))
        for word in ("Ben <ben@desk.example>", "help wanted, vip"):
            self.assertIn(word, self.desk.run("ticket", "show", first))
        exported = {each["short_id"]: each for each in self.desk.tickets()}
        self.assertEqual(exported[first]["tags"], ["help wanted", "vip"])
        self.assertEqual((exported[second]["tags"], exported[second]["assignee"]), ([], None))

        merged = json.loads(self.desk.run("ticket", "merge", first, second, "--json"))
        self.assertEqual((merged["ticket"]["short_id"], len(merged["ticket"]["interactions"])), (second, 2))
        self.assertEqual(self.ticket(first)["short_id"], second)
        ids = [each["id"] for each in self.ticket(second)["interactions"]]
        split = json.loads(self.desk.run("ticket", "split", second, ids[0], "--json"))
        self.assertEqual([each["id"] for each in split["ticket"]["interactions"]], ids[:1])
        self.assertEqual(sorted(each["interactions"][0]["id"] for each in self.desk.tickets()), sorted(ids))
        self.desk.run("agent", "remove", "ben@desk.example")
        self.assertTrue(json.loads(self.desk.run("audit", "--json"))["holds"])

    def test_a_list_fits_the_terminal(self):
        self.send(mail("one@client.example", subject="long " * 50))
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        done = subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), "ticket", "list"], stdout=theirs,
                              timeout=60)
        os.close(theirs)
        shown = os.read(ours, 65536).decode()
        os.close(ours)
        self.assertEqual((done.returncode, len(shown.rstrip("\r\n")), shown[-5:]), (0, 80, "...\r\n"), shown)
        self.assertGreater(len(self.desk.run("ticket", "list")), 250, "a program reads it whole")

    def test_what_can_not_be_done_by_hand(self):
        self.send(mail("one@client.example"))
        ticket = self.desk.tickets()[0]
        name = ticket["short_id"]
        for arguments, words in [
                (("status", name, "done"), ["done is no status"]), (("status", "nosuch", "open"), ["nosuch"]),
                (("assign", name, "nobody@desk.example"), ["nobody@desk.example"]),
                (("tag", name, "unsigned"), ["sign"]), (("tag", name, "+a,b"), ["no tag"]), (("tag", name), []),
                (("move", name, "--mailbox", "nobody@desk.example"), ["no mailbox"]),
                (("move", name, "--mailbox", "nonsense"), ["no address"]), (("merge", name, name), ["one ticket"]),
                (("merge", name, "nosuch"), ["nosuch"]), (("split", name, ticket["id"]), ["no interaction"]),
                (("split", name, ticket["interactions"][0]["id"]), ["without mail"])]:
            with self.subTest(arguments):
                self.refused("ticket", *arguments, words=words)
        self.refused("agent", "add", "nonsense", "--name", "x", words=["no address"])
        self.refused("agent", "add", "x@desk.example", "--name", "none", words=["none"])
        self.refused("agent", "remove", "x@desk.example", words=["no agent"])

    def test_stored_mail_is_read_again(self):
        self.send(mail("one@client.example"))
        self.send(mail("two@client.example", "<one@client.example>"))
        first, second = self.desk.interactions()
        self.assertIn("2 read, 0 changed", self.desk.run("reprocess"))
        self.sql("UPDATE interactions SET subject = 'wrong'; UPDATE tickets SET subject = 'wrong'")
        shown = self.desk.run("reprocess", "--dry-run")
        self.assertIn(f"{first['id']}\n  subject: 'wrong' is 'Help'", shown)
        self.assertIn("2 read, 2 would change", shown)
        told = json.loads(self.desk.run("reprocess", "--dry-run", "--json"))
        self.assertEqual((told["read"], told["changed"], told["dry_run"], told["damaged"]), (2, 2, True, []))
        self.assertEqual(told["mails"][0], {"id": first["id"], "ids_more": 0, "ids_fewer": 0,
                                            "subject": {"before": "wrong", "after": "Help"}})
        self.assertEqual(self.desk.tickets()[0]["subject"], "wrong")
        self.assertIn("1 read, 1 changed", self.desk.run("reprocess", "--interaction", second["id"]))
        self.assertIn("0 read, 0 changed", self.desk.run("reprocess", "--since", "2199-01-01T00:00:00Z"))
        self.assertIn("2 read, 1 changed", self.desk.run("reprocess", "--since", "2020-02-29"))
        self.assertEqual(self.desk.tickets()[0]["subject"], "Help")
        self.assertTrue(json.loads(self.desk.run("audit", "--json"))["holds"])
        self.sql(f"DELETE FROM raw_chunks WHERE interaction_id = '{first['id']}'")
        self.assertIn("2 read, 0 changed", self.desk.run("reprocess", status=1))
        self.assertEqual(json.loads(self.desk.run("reprocess", "--json", status=1)),
                         {"mails": [], "read": 2, "changed": 0, "dry_run": False, "damaged": [first["id"]]})
        for time in ("yesterday", "2020-02-30", "2020-02-29T25:00:00Z", "2020-02-29x", "2999-01-01", ""):
            self.refused("reprocess", "--since", time, words=["no time"])
        self.refused("reprocess", "--interaction", "nonsense", words=["nonsense"])
        self.refused("reprocess", "--interaction", "00000000-0000-0000-0000-000000000000", words=["no interaction"])
        self.refused("reprocess", "--interaction", "00000000-0000-0000-0000-000000000000", "--json", words=["no interaction"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
