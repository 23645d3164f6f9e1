#!/usr/bin/env python3
"""What the operator and the desk do by hand: look at kept mail, save attachments, audit, change tickets."""

import json
import pathlib
import subprocess
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
        raw = mail("raw@client.example", body="\0\xff" + "".join(chr(each) for each in range(11, 127)) * 9000)
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
