#!/usr/bin/env python3
"""A pg_dump that is taken while mail comes in, restored into another database as docs/operations.md says: the same
tickets, the same raw mail bit for bit, and a desk that goes on where it was."""

import subprocess
import threading
import unittest

import desk
import smtp

# Everything that a desk's table holds, as one digest; the raw mail and its digests are among it.
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
CONTENT = "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, E'\\n' ORDER BY t::text)), '') FROM {} t"


def mail(name, reply_to=None):
    reference = f"In-Reply-To: <{reply_to}@client.example>\n" if reply_to else ""
    return smtp.crlf(f"From: ann@client.example\nTo: {desk.SUPPORT}\nSubject: Case {name}\n{reference}"
                     f"Message-ID: <{name}@client.example>\n\nThis is case {name}.\n".encode())


class Backup(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(desk.Desk())

    def deliver(self, daemon, raw):
        with smtp.Client(daemon.smtp) as client:
            self.assertEqual(client.deliver("ann@client.example", [desk.SUPPORT], raw)[0], 250)

    def content(self):
        sql, database = self.desk.cluster.sql, self.desk.database
        return {table: sql(CONTENT.format(table), database) for table in sql(TABLES, database).split()}

    def dump(self):
        file = self.desk.folder / "ticketgate.dump"
        subprocess.run(["pg_dump", "--format=custom", f"--file={file}", self.desk.cluster.dsn(self.desk.database)],
                       check=True, timeout=120)
        return file

    def restore(self, file):
        """From here on the desk is the restored one."""
        self.desk.stop()
        self.desk.daemons.clear()
        original, self.desk.database = self.desk.database, self.desk.database + "_restored"
        self.desk.cluster.sql(f"CREATE DATABASE {self.desk.database} OWNER ticketgate")
        subprocess.run(["pg_restore", "--exit-on-error", "--no-owner", "--role=ticketgate", "-d",
                        self.desk.cluster.dsn(self.desk.database), str(file)], check=True, timeout=120)
        self.addCleanup(self.desk.cluster.sql, f"DROP DATABASE {original} WITH (FORCE)")
        self.desk.config = self.desk._write_config("cli")

    def test_the_same_desk(self):
        daemon = self.desk.daemons[0]
        binary = mail("binary")[:-2] + bytes(range(256)).replace(b"\r", b"").replace(b"\n", b"") + b"\r\n"
        large = mail("large") + (b"x" * 76 + b"\r\n") * 10_000  # of several chunks
        for raw in (mail("one"), mail("two", "one"), binary, large):
            self.deliver(daemon, raw)
        content, exported = self.content(), self.desk.tickets()
        self.assertEqual(len(exported), 3)
        self.restore(self.dump())
        self.assertEqual(self.content(), content)
        self.assertEqual(self.desk.tickets(), exported)
        self.desk.run("audit")

        daemon = self.desk.start("restored")
        self.deliver(daemon, mail("one"))  # known here, also after the restore
        self.deliver(daemon, mail("three", "two"))
        self.deliver(daemon, mail("four"))
        self.assertEqual(self.desk.disposed(), {"duplicate": 1, "ticketed": 2})
        threads = {ticket["subject"]: len(ticket["interactions"]) for ticket in self.desk.tickets()}
        self.assertEqual(threads, {"Case one": 3, "Case binary": 1, "Case large": 1, "Case four": 1})

    def test_taken_while_mail_comes_in(self):
        """Whole mails or none: what the dump has of a mail, it has all of."""
        daemon, done, sent, started = self.desk.daemons[0], threading.Event(), [], threading.Event()

        def traffic():
            with smtp.Client(daemon.smtp) as client:
                while not done.is_set():
                    name = f"n{len(sent)}"
                    if client.deliver("ann@client.example", [desk.SUPPORT], mail(name))[0] == 250:
                        sent.append(f"Case {name}")
                        started.set()

        thread = threading.Thread(target=traffic)
        thread.start()
        try:
            self.assertTrue(started.wait(60))
            before = list(sent)
            file = self.dump()
        finally:
            done.set()
            thread.join()
        self.restore(file)
        restored = [ticket["subject"] for ticket in self.desk.tickets()]
        self.assertLessEqual(set(before), set(restored), "every 250 before the dump is in it")
        self.assertLessEqual(set(restored), set(sent))
        rows = self.desk.cluster.sql("SELECT count(*), count(DISTINCT d.intake_id), count(DISTINCT r.interaction_id)"
                                     " FROM interactions i LEFT JOIN dispositions d USING (workspace_id, intake_id)"
                                     " LEFT JOIN raw_chunks r ON (r.workspace_id, r.interaction_id) = (i.workspace_id, i.id)",
                                     self.desk.database)
        self.assertEqual(rows, "|".join([str(len(restored))] * 3))
        self.desk.run("audit")


if __name__ == "__main__":
    unittest.main(verbosity=2)
