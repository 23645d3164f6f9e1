#!/usr/bin/env python3
"""Mail that is not kept any longer: `purge` beside a daemon that receives, stopped and started again, and
`person erase`. The audit finds nothing wrong before, between and after."""

import json
import signal
import subprocess
import threading
import unittest

import desk
import smtp

OLD = "Mon, 02 Jan 2006 15:04:05 +0000"


def mail(name, answers=None, sender="ann@client.example", date=None, more=""):
    reference = f"In-Reply-To: <{answers}@client.example>\n" if answers else ""
    dated = f"Date: {date}\n" if date else ""
    return (f"From: {sender}\nTo: {desk.SUPPORT}\nSubject: Case {name}\n{reference}{dated}{more}"
            f"Message-ID: <{name}@client.example>\n\nThis is case {name}.\n").encode()


class Removal(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(desk.Desk())

    def sql(self, statement):
        return self.desk.cluster.sql(statement, self.desk.database)

    def json(self, *arguments):
        return json.loads(self.desk.run(*arguments, "--json"))

    def deliver(self, raw, sender="ann@client.example"):
        with smtp.Client(self.desk.ports[0]) as client:
            self.assertEqual(client.deliver(sender, [desk.SUPPORT], smtp.crlf(raw))[0], 250)

    def import_old(self, mails):
        folder = desk.work_folder() / "old"
        folder.mkdir()
        for number, raw in enumerate(mails):
            (folder / f"{number}.eml").write_bytes(raw)
        self.desk.run("import", str(folder), "--to", desk.SUPPORT, "--received-from-headers")

    def audit(self):
        self.desk.run("audit")

    def subjects(self):
        return sorted(ticket["subject"] for ticket in self.desk.tickets())

    def refused(self, *arguments, word):
        done = subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), *arguments], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn(word, done.stderr)


class Purge(Removal):
    def test_it_says_what_would_go_and_removes_it_when_told(self):
        self.import_old([mail("old", date=OLD), mail("answered", date=OLD)])
        self.deliver(mail("answer", "answered"))
        self.deliver(mail("new"))
        self.audit()
        for arguments in ((), ("--dry-run",)):
            said = self.json("purge", "--older-than", "1y", *arguments)
            self.assertEqual((said["removed"], said["tickets"], said["mails"]), (False, 1, 1))
            self.assertIn("would go: 1 tickets with 1 mails", self.desk.run("purge", "--older-than", "52w", *arguments))
        self.assertEqual(self.subjects(), ["Case answered", "Case new", "Case old"])
        done = self.json("purge", "--older-than", "90d", "--workspace", "demo", "--yes")
        self.assertEqual((done["removed"], done["tickets"], done["mails"], done["persons"]), (True, 1, 1, 0))
        self.assertEqual(self.subjects(), ["Case answered", "Case new"])
        self.assertIn("removed: 0 tickets", self.desk.run("purge", "--older-than", "90d", "--yes"))
        self.audit()

    def test_bad_input(self):
        for age in ("90", "d", "0d", "-1d", "1m", "1.5d", "90d ", "201y", "99999999999999999999h"):
            self.refused("purge", f"--older-than={age}", "--yes", word="is no age")
        self.refused("purge", "--yes", word="--older-than")
        self.refused("purge", "--older-than", "1d", "--yes", "--dry-run", word="--dry-run")
        self.refused("purge", "--older-than", "1d", "--workspace", "nosuch", word="nosuch")

    def test_beside_a_daemon_that_receives_stopped_and_started_again(self):
        """New mail answers old tickets all the while; each one has its place at the end."""
        count = 1500
        self.import_old(mail(f"old{number}", date=OLD) for number in range(count))
        done, accepted = threading.Event(), []

        def traffic(first):
            with smtp.Client(self.desk.ports[0]) as client:
                for number in range(first, 10 * count, 2):
                    if done.is_set():
                        return
                    name = f"new{number}"
                    raw = mail(name, f"old{number * 7 % count}", sender=f"p{number % 50}@client.example")
                    self.assertEqual(client.deliver("ann@client.example", [desk.SUPPORT], smtp.crlf(raw))[0], 250)
                    accepted.append(f"{name}@client.example")

        threads = [threading.Thread(target=traffic, args=(first,)) for first in (0, 1)]
        for thread in threads:
            thread.start()
        try:
            desk.until("new mail", lambda: len(accepted) > 50)
            command = [str(desk.PROGRAM), "--config", str(self.desk.config), "purge", "--older-than", "90d", "--yes"]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            desk.until("some tickets to go",
                       lambda: int(self.sql("SELECT count(*) FROM interactions WHERE imported")) < count)
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
            stopped_at = len(accepted)
            self.assertGreater(int(self.sql("SELECT count(*) FROM interactions WHERE imported")), 0)
            self.audit()
            self.desk.run(*command[3:])
            desk.until("more new mail", lambda: len(accepted) > stopped_at + 50)
        finally:
            done.set()
            for thread in threads:
                thread.join()
        self.audit()
        left = self.desk.interactions()
        new = [each["message_id"] for each in left if each["message_id"].startswith("new")]
        self.assertEqual(sorted(new), sorted(accepted), "no mail was lost, none is there twice")
        old = {each["id"] for ticket in self.desk.tickets() for each in ticket["interactions"]
               if len(ticket["interactions"]) == 1 and each["message_id"].startswith("old")}
        self.assertEqual(old, set(), "an old ticket is left only where somebody answered")
        self.assertEqual(self.sql("SELECT sum(interactions) FROM usage"), str(len(accepted)))
        self.assertEqual(self.desk.deadlocks(), 0)


class Erase(Removal):
    def test_a_person_goes_and_others_stay(self):
        self.deliver(mail("one"))
        self.deliver(mail("two", "one", sender="bob@client.example", more="Cc: Ann <ann@client.example>\n"), "bob@client.example")
        self.deliver(mail("three", sender="Ann <Ann@Client.Example>"))
        self.deliver(mail("three", sender="Ann <Ann@Client.Example>"))
        self.deliver(mail("four", sender="bob@client.example"), "bob@client.example")
        self.audit()
        usage = self.sql("SELECT sum(interactions) FROM usage")
        said = self.json("person", "erase", "ANN@client.example")
        self.assertEqual((said["removed"], said["mails"], said["tickets"], len(said["left"])), (False, 2, 1, 1))
        self.assertEqual(len(self.desk.interactions()), 4)
        short_id = said["left"][0]["short_id"]
        text = self.desk.run("person", "erase", "ann@client.example", "--yes")
        self.assertIn("removed: 2 mails of ann@client.example", text)
        self.assertIn("1 tickets stay for 1 mails of others, which are as they came and may quote or name", text)
        self.assertIn(f"#{short_id} (demo)", text)
        self.assertEqual(self.subjects(), ["Case four", "Case two"])
        dump = subprocess.run(["pg_dump", "--data-only", self.desk.cluster.dsn(self.desk.database)], check=True,
                              capture_output=True, text=True, timeout=120).stdout
        self.assertNotIn("ann@client.example", dump.lower())
        self.assertNotIn("Ann", dump)
        self.assertEqual(self.sql("SELECT sum(interactions) FROM usage"), usage)
        self.audit()
        self.assertIn("removed: 0 mails", self.desk.run("person", "erase", "ann@client.example", "--yes"))
        self.deliver(mail("three"))
        self.assertEqual(self.subjects(), ["Case four", "Case three", "Case two"])
        self.audit()

    def test_bad_input(self):
        self.refused("person", "erase", "nonsense", word="no address")
        self.refused("person", "erase", desk.SUPPORT, word="is a mailbox of this desk")
        self.refused("person", "erase", "ann@client.example", "--workspace", "nosuch", word="nosuch")
        self.refused("person", "erase", word="ADDRESS")
        self.desk.run("agent", "add", "ben@client.example", "--name", "Ben")
        self.assertIn("is also an agent", self.desk.run("person", "erase", "ben@client.example"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
