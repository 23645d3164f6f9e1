#!/usr/bin/env python3
"""Old mail: taken from every kind of archive, once however often it is imported or stopped, never counted as usage."""

import os
import pty
import re
import signal
import subprocess
import unittest

import desk
import smtp

FROM = b"From ann@client.example Mon Jan  2 15:04:05 2006\n"


def mail(number, body="Please help.", more=""):
    return (f"Received: from a by b; Mon, 2 Jan 2006 15:04:05 +0100\nFrom: Ann <ann@client.example>\nTo: {desk.SUPPORT}\n"
            f"Date: Sun, 1 Jan 2006 00:00:00 +0000\nSubject: Case {number}\nMessage-ID: <{number}@client.example>\n{more}\n"
            f"{body}\n").encode()


def mbox(mails):
    return b"".join(FROM + re.sub(rb"(?m)^(>*From )", rb">\1", each) + b"\n" for each in mails)


class Import(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(desk.Desk())
        self.folder = desk.work_folder()

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return str(path)

    def command(self, source, *more, to=desk.SUPPORT):
        return [str(desk.PROGRAM), "--config", str(self.desk.config), "import", str(source), "--to", to, *more]

    def imports(self, source, *more, status=0, to=desk.SUPPORT):
        done = subprocess.run(self.command(source, *more, to=to), capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def sql(self, statement):
        return self.desk.cluster.sql(statement, self.desk.database)

    def rows(self):
        return {table: int(self.sql(f"SELECT count(*) FROM {table}"))
                for table in ("tickets", "interactions", "raw_chunks", "message_refs", "dispositions", "persons")}

    def test_mbox_twice(self):
        mails = [mail(1), mail(2, "From here on\n>From there"), mail(3, more="References: <1@client.example>\n")]
        path = self.write("old.mbox", mbox(mails))
        self.assertIn("3 mails read: 3 ticketed, 0 held, 0 discarded, 0 duplicates of stored mail, 0 imported before, 0 failed",
                      self.imports(path).stdout)
        before = self.rows()
        self.assertEqual((before["tickets"], before["interactions"], before["dispositions"]), (2, 3, 3))
        self.assertIn("3 imported before", self.imports(path).stdout)
        self.assertEqual(self.rows(), before)
        self.assertEqual(self.sql("SELECT count(*) FROM usage"), "0")
        self.assertEqual({each["imported"] for each in self.desk.interactions()}, {True})
        shown = self.desk.run("ticket", "show", next(each["short_id"] for each in self.desk.tickets()
                                                     if each["subject"] == "Case 2"))
        self.assertIn("\nFrom here on\n>From there\n", shown)
        self.assertIn("(imported)", shown)

    def test_a_mail_that_stands_in_a_file_twice(self):
        """The second is looked up, 64 mails at once, before the first is committed, and comes to its turn after that."""
        mails = [mail(number) for start in range(0, 4000, 100) for _ in range(2) for number in range(start, start + 100)]
        done = self.imports(self.write("old.mbox", mbox(mails)))
        self.assertIn("8000 mails read: 4000 ticketed, 0 held, 0 discarded, 0 duplicates of stored mail, "
                      "4000 imported before, 0 failed", done.stdout)

    def test_what_smtp_brought_is_a_duplicate(self):
        with smtp.Client(self.desk.ports[0]) as client:
            self.assertEqual(client.deliver("ann@client.example", [desk.SUPPORT], smtp.crlf(mail(1)))[0], 250)
        self.assertIn("0 ticketed, 0 held, 0 discarded, 1 duplicates", self.imports(self.write("old.mbox", mbox([mail(1)]))).stdout)
        self.assertEqual(len(self.desk.interactions()), 1)

    def test_time(self):
        path = self.write("one/1.eml", mail(1))
        self.imports(path.rsplit("/", 1)[0], "--received-from-headers")
        self.imports(self.write("two/2.eml", mail(2)).rsplit("/", 1)[0])
        tickets = {each["subject"]: each for each in self.desk.tickets()}
        self.assertEqual(tickets["Case 1"]["received"], "2006-01-02T14:04:05.000Z")
        self.assertEqual(tickets["Case 1"]["interactions"][0]["received"], "2006-01-02T14:04:05.000Z")
        self.assertGreater(tickets["Case 2"]["received"], "2024")

    def test_maildir(self):
        for name, number in (("cur/1.x:2,S", 1), ("new/2.x", 2), ("tmp/3.x", 3)):
            self.write(name, mail(number))
        self.imports(self.folder)
        self.assertEqual({each["message_id"] for each in self.desk.interactions()},
                         {"1@client.example", "2@client.example"})

    def test_one_bad_mail(self):
        """It is named, and the rest goes on."""
        for number in range(40):
            self.write(f"mails/{number}.eml", mail(number) if number != 7 else b"")
        done = self.imports(self.folder / "mails", status=1)
        self.assertIn("mails/7.eml is empty", done.stderr)
        self.assertIn("39 ticketed", done.stdout)
        self.assertIn("1 failed", done.stdout)

    def test_what_the_database_refuses(self):
        self.sql("ALTER TABLE interactions ADD CHECK (raw_size < 100000)")
        path = self.write("old.mbox", mbox([mail(1), mail(2, "x" * 70 + "\n" + "y\n" * 100000), mail(3)]))
        done = self.imports(path, status=1)
        self.assertIn("old.mbox, mail 2 at byte ", done.stderr)
        self.assertIn("was not stored", done.stderr)
        self.assertIn("2 ticketed", done.stdout)

    def test_bad_input(self):
        path = self.write("old.mbox", mbox([mail(1)]))
        for source, to, word in ((path, f"nobody@{desk.DOMAIN}", "no mailbox"), (path, "nonsense", "no address"),
                                 ("/no/such/file", desk.SUPPORT, "/no/such/file"),
                                 (self.write("x.eml", mail(1)), desk.SUPPORT, "no mbox")):
            done = self.imports(source, status=2, to=to)
            self.assertIn(word, done.stderr)
        self.assertEqual(self.rows()["dispositions"], 0)

    def test_stopped_and_resumed(self):
        count = 4000
        path = self.write("old.mbox", mbox(mail(number, f"{number} " * 500) for number in range(count)))
        stored = 0
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = subprocess.Popen(self.command(path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            desk.until("more mails", lambda: int(self.sql("SELECT count(*) FROM interactions")) > stored)
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
            self.assertEqual(process.returncode, status, out + err)
            self.assertIn("run the same command again", err)
            stored = int(self.sql("SELECT count(*) FROM interactions"))
            self.assertLess(stored, count)
        self.assertIn(f"{count} mails read: {count - stored} ticketed, 0 held, 0 discarded, 0 duplicates of stored mail, "
                      f"{stored} imported before", self.imports(path).stdout)
        rows = self.rows()
        self.assertEqual((rows["interactions"], rows["dispositions"]), (count, count))

    def test_the_bar_on_a_terminal(self):
        path = self.write("old.mbox", mbox(mail(number, f"{number} " * 500) for number in range(4000)))
        ours, theirs = pty.openpty()
        process = subprocess.Popen(self.command(path), stdout=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # the other end is closed
            pass
        os.close(ours)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)
        self.assertRegex(shown.decode(), r"\r\[#*-+\]  *\d+%  [\d,]+ mails  [\d,]+/s  \d+:\d\d left\x1b\[K")
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown[-200:])


class DatabaseAway(unittest.TestCase):
    def test_it_ends_and_goes_on_later(self):
        count = 4000
        cluster = desk.Cluster.of_our_own()
        with desk.Desk(daemons=0, cluster=cluster, database_timeout=2) as away:
            path = desk.work_folder() / "old.mbox"
            path.write_bytes(mbox(mail(number, f"{number} " * 500) for number in range(count)))
            command = [str(desk.PROGRAM), "--config", str(away.config), "import", str(path), "--to", desk.SUPPORT]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            desk.until("some mails", lambda: cluster.sql("SELECT count(*) FROM interactions", away.database) != "0")
            cluster.stop()
            out, err = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 1, out + err)
            self.assertIn("the database can't be used: ", err)
            self.assertIn("run the same command again", err)
            cluster.start()
            self.assertIn(" 0 failed", away.run(*command[3:]))
            self.assertEqual(cluster.sql("SELECT count(*) FROM interactions", away.database), str(count))
            self.assertEqual(cluster.sql("SELECT count(*) FROM dispositions", away.database), str(count))


if __name__ == "__main__":
    unittest.main(verbosity=2)
