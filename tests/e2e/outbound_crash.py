#!/usr/bin/env python3
"""A node that is killed or stands still at every point of a delivery, and clocks that jump (I04, I05, I08): nothing is
lost, and a mail goes twice only where its server had it and the node had not written that down."""

import contextlib
import pathlib
import signal
import threading
import time
import unittest

import desk
import replies
from mail_server import PHASES, MailServer
from outbound import Site

QUICK = 'lease = 2\nretry_waits = ["1s"]\nuncertain_wait = 1'
# From here on the server has the mail: a second copy is the price of losing none.
WINDOW = ("final_dot", "taken", "commit")


def lines_for(phase):
    """More than sockets hold, where it is to stop in the middle."""
    return 200_000 if phase == "content" else 5


class Stop:
    """Stops the first connection that comes to a phase, until it is let go."""

    def __init__(self, phase):
        self.phase, self.reached, self.go = phase, threading.Event(), threading.Event()

    def __call__(self, phase, recipient):
        if phase == self.phase and not self.reached.is_set():
            self.reached.set()
            self.go.wait(60)


class Crash(unittest.TestCase):
    def kill(self, daemon):
        daemon.process.kill()
        daemon.process.wait()

    @contextlib.contextmanager
    def stopped_at(self, phase):
        """A site whose one mail has come to a phase, where the server waits until it may go on."""
        stop = Stop(phase)
        server = MailServer(stop)
        with self.subTest(phase), Site(server, QUICK) as site:
            replies.queue(site, ["ann@client.example"], lines=lines_for(phase))
            self.assertTrue(stop.reached.wait(20))
            yield site, server, stop.go

    def check(self, site, server, phase):
        site.sent(1, 30)
        times = len(server.recipients())
        print(f"{self.id().rsplit('.', 1)[1]} at {phase}: delivered {times} time{'s'[:times - 1]}", flush=True)
        self.assertIn(times, (1, 2) if phase in WINDOW else (1,))
        ids = {line for mail in server.taken() for line in mail.content.splitlines() if line.startswith(b"Message-ID")}
        self.assertEqual(len(ids), 1)

    def expect_results(self, site):
        self.assertEqual(site.sql("SELECT string_agg(result::text, ' ' ORDER BY attempt) FROM delivery_attempts"),
                         "interrupted sent")

    def test_killed(self):
        for phase in PHASES:
            with self.stopped_at(phase) as (site, server, go):
                self.kill(site.daemons.pop())
                go.set()
                site.start("again")
                self.check(site, server, phase)
                self.expect_results(site)

    def test_killed_before_commit(self):
        with self.stopped_at("taken") as (site, server, go):
            lock = threading.Thread(target=lambda: site.sql(
                "BEGIN; SELECT FROM deliveries FOR UPDATE; SELECT pg_sleep(3) FROM deliveries WHERE state = 'sending'; COMMIT"))
            lock.start()
            desk.until("a lock", lambda: site.sql(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()") == "1")
            go.set()
            desk.until("the daemon waits for it", lambda: site.sql(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()") != "0")
            self.kill(site.daemons.pop())
            # Its backend may have the statement still, and nobody to hear its end.
            site.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                     " AND datname = current_database()")
            lock.join()
            site.start("again")
            self.check(site, server, "commit")

    def test_stands_still_past_its_lease(self):
        for phase in PHASES:
            with self.stopped_at(phase) as (site, server, go):
                sleeper = site.daemons[0]
                sleeper.process.send_signal(signal.SIGSTOP)
                site.start("other")
                site.sent(1, 30)
                go.set()
                self.expect_results(site)
                sleeper.process.send_signal(signal.SIGCONT)
                desk.until("it is awake", lambda: sleeper.status("/readyz") == 200)
                desk.until("it lets go", lambda: not sleeper.metric("ticketgate_outbound_connections")[0][1]
                           or server.connections == 0, 30)
                self.check(site, server, phase)
                self.expect_results(site)

    def test_clocks_jump(self):
        if b"__asan_init" in desk.PROGRAM.read_bytes():
            # What is loaded before it runs before it is ready, and frees what it has not seen.
            self.skipTest("AddressSanitizer can't run under libfaketime; the default preset runs this")
        library = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
        refused = set()

        def at(phase, recipient):
            if phase == "rcpt" and recipient not in refused:
                refused.add(recipient)
                return "450 4.2.0 come again"
            return None

        server = MailServer(at)
        with Site(server, QUICK.replace('"1s"', '"4s"'), daemons=0) as site:
            clocks = []
            for name, offset in (("fast", "+1h"), ("slow", "-1h")):
                clock = site.folder / f"{name}.clock"
                clock.write_text(offset + "\n")
                clocks.append(clock)
                site.start(name, environment={"LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(clock),
                                              "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
            began = time.monotonic()
            replies.queue(site, [f"x{number}@d{number % 5}.example" for number in range(40)])
            desk.until("all put off", lambda: len(refused) == 40, 30)
            for clock, offset in zip(clocks, ("-1h", "+1h")):
                clock.write_text(offset + "\n")
            site.sent(40, 60)
            self.assertGreater(time.monotonic() - began, 3)
            self.assertEqual(len(server.recipients()), 40)
            self.assertEqual(len(set(server.recipients())), 40)
            self.assertEqual(site.sql("SELECT count(*) FROM deliveries WHERE finished_at > now() OR queued_at > now()"
                                      " OR attempts <> 2"), "0")


if __name__ == "__main__":
    unittest.main()
