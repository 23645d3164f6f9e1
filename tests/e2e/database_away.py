#!/usr/bin/env python3
"""Without its database ticketgate takes no mail and loses none: 451 within its deadline, nothing stored, and service
again by itself. A cluster of its own, since this one is stopped, frozen and killed."""

import collections
import signal
import threading
import time
import unittest

import desk
import smtp

PATIENCE = 3  # the daemon's, in seconds


def mail(name):
    return smtp.crlf(f"From: ann@client.example\nTo: {desk.SUPPORT}\nSubject: Case {name}\n"
                     f"Message-ID: <{name}@client.example>\n\nThis is case {name}.\n".encode())


class DatabaseAway(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cluster = desk.Cluster.of_our_own("max_connections=50")
        cls.desk = desk.Desk(cluster=cls.cluster, database_timeout=PATIENCE)
        cls.enterClassContext(cls.desk)

    def setUp(self):
        self.daemon = self.desk.daemons[0]
        self.addCleanup(self.assertTrue, self.daemon.process.poll() is None, "the daemon ended")

    def stored(self):
        return collections.Counter(each["message_id"] for each in self.desk.interactions())

    def deliver(self, name):
        with smtp.Client(self.daemon.smtp) as client:
            return client.deliver("ann@client.example", [desk.SUPPORT], mail(name))

    def refused_for_now(self, name):
        start = time.monotonic()
        code, text = self.deliver(name)
        self.assertEqual((code, text[:5]), (451, "4.3.0"), text)
        self.assertLess(time.monotonic() - start, 60)

    def accepted_again(self, name):
        """As a sender's server does: it tries the same mail until it is taken."""
        desk.until("service resumes", lambda: self.deliver(name)[0] == 250, 60)
        self.assertEqual(self.stored()[f"{name}@client.example"], 1)

    def test_E13_stopped(self):
        self.accepted_again("before")  # the recipient is known to the daemon, so that the commit is what fails
        before = self.stored()
        self.cluster.stop()
        self.refused_for_now("stopped")
        self.refused_for_now("stopped")
        self.assertEqual(self.daemon.status("/healthz"), 200)
        desk.until("/readyz says so", lambda: self.daemon.status("/readyz") == 503)
        self.assertEqual(self.daemon.metric("ticketgate_ready"), [({}, 0)])
        self.cluster.start()
        self.assertEqual(self.stored(), before)
        self.accepted_again("stopped")
        desk.until("/readyz", lambda: self.daemon.status("/readyz") == 200)
        self.assertEqual(self.daemon.metric("ticketgate_ready"), [({}, 1)])
        self.assertEqual(self.daemon.metric("ticketgate_invariant_difference"), [({}, 0)])
        self.assertEqual(self.daemon.metric("ticketgate_messages_queued"), [({}, 0)])

    def test_unknown_recipient_while_stopped(self):
        """A mailbox that the daemon has not seen may exist: that is for the database to say."""
        self.cluster.stop()
        self.addCleanup(self.accepted_again, "question")
        self.addCleanup(self.cluster.start)
        with smtp.Client(self.daemon.smtp) as client:
            client.command("MAIL FROM:<ann@client.example>")
            self.assertEqual(client.command(f"RCPT TO:<new@{desk.DOMAIN}>")[0], 451)
            refused = self.daemon.metric("ticketgate_smtp_recipients_refused_total")
            self.assertEqual([value for labels, value in refused if labels["reason"] == "unavailable"], [1])
            self.assertEqual(client.command(f"RCPT TO:<{desk.SUPPORT}>")[0], 250)

    def test_E13_frozen(self):
        """The server is there and answers nothing, as behind a broken disk or a cut cable."""
        before = self.stored()
        self.cluster.signal(signal.SIGSTOP)
        try:
            self.refused_for_now("frozen")
            self.assertEqual(self.daemon.status("/healthz"), 200)
        finally:
            self.cluster.signal(signal.SIGCONT)
        self.accepted_again("frozen")
        self.assertEqual(self.stored() - before, collections.Counter(["frozen@client.example"]))

    def test_E13_slow(self):
        """Each statement would take 90 seconds: it is cancelled in time, and nothing of it stays."""
        before = self.stored()
        self.cluster.sql("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
                         "'BEGIN PERFORM pg_sleep(90); RETURN NEW; END'; "
                         "CREATE TRIGGER slow BEFORE INSERT ON interactions FOR EACH ROW EXECUTE FUNCTION slow()",
                         self.desk.database)
        try:
            self.refused_for_now("slow")
            self.refused_for_now("slow")
        finally:
            self.cluster.sql("DROP TRIGGER slow ON interactions; DROP FUNCTION slow", self.desk.database)
        self.assertEqual(self.stored(), before)
        self.accepted_again("slow")

    def test_E13_out_of_connections(self):
        """They are all taken by others, and ours are cut."""
        before = self.stored()
        replies = []

        def refused():
            start = time.monotonic()
            replies.append(self.deliver("crowded"))
            self.assertLess(time.monotonic() - start, 60)
            return replies[-1][0] == 451

        self.cluster.take_connections(self.desk.database, "451", refused)
        self.assertEqual(replies[-1][1][:5], "4.3.0")
        self.accepted_again("crowded")
        self.assertEqual(self.stored() - before, collections.Counter(["crowded@client.example"]))

    def test_I07_restarts_under_load(self):
        """Stopped in order, killed outright: what was answered 250 is there once, and so is all the rest in the end."""
        names = [f"load{number}" for number in range(3000)]
        waiting, acknowledged, refused, lock = collections.deque(names), [], [], threading.Lock()

        def sender():
            client = None
            while True:
                try:
                    name = waiting.popleft()
                except IndexError:
                    break
                try:
                    client = client or smtp.Client(self.daemon.smtp)
                    code, text = client.deliver("ann@client.example", [desk.SUPPORT], mail(name))
                except smtp.Closed as error:
                    code, text, client = 0, str(error), None
                if code == 250:
                    with lock:
                        acknowledged.append(name)
                else:
                    with lock:
                        refused.append(code)
                    waiting.append(name)
            if client:
                client.close()

        senders = [threading.Thread(target=sender) for _ in range(16)]
        for thread in senders:
            thread.start()
        for share, stop in ((0.2, self.cluster.stop), (0.5, self.cluster.kill), (0.7, self.cluster.stop)):
            desk.until(f"{share:.0%} of the mails", lambda: len(acknowledged) >= share * len(names), 120)
            stop()
            so_far = list(acknowledged)  # PostgreSQL is down: nothing more was committed than these and perhaps unanswered ones
            self.cluster.start()
            stored = self.stored()
            self.assertEqual([name for name in so_far if stored[f"{name}@client.example"] != 1], [])
        for thread in senders:
            thread.join(300)
        self.assertEqual(sorted(acknowledged), sorted(names))
        self.assertLessEqual(set(refused), {451})
        stored = self.stored()
        self.assertEqual([name for name in names if stored[f"{name}@client.example"] != 1], [])
        print(f"{len(names)} mails, three restarts, {len(refused)} times 451: {self.desk.disposed()}", flush=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
