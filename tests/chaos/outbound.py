#!/usr/bin/env python3
"""./dev chaos outbound: nodes that are killed, stopped and started again, and a PostgreSQL whose connections break, while
replies leave to a server that refuses, puts off and hangs up at every point of the dialogue.

Every reply must have been taken, and be `sent`; one that was taken more than once must have an attempt for each copy more
that ended without anybody knowing how (interrupted, uncertain). Status 0: so it is; 1: it is not; 2: it could not be
found out. docs/outbound.md says what this shows.
"""

import argparse
import collections
import pathlib
import random
import signal
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import desk
import replies
from mail_server import PHASES, MailServer
from outbound import Site

QUICK = 'lease = 2\nretry_waits = ["1s", "2s"]\nuncertain_wait = 1'
PLACES = 30  # destinations


class Moody:
    """Answers in place of the usual ones, now and then; the reasons are counted."""

    def __init__(self, source):
        self.source, self.calm, self.counts = source, False, collections.Counter()

    def __call__(self, phase, recipient):
        if self.calm or self.source.random() > 0.02:
            return None
        what = self.source.choice(("refuse", "close", "slow"))
        self.counts[what, phase] += 1
        if what == "slow":
            time.sleep(self.source.uniform(0, 1.5))
            return None
        # A server that says no after it said 250 does not exist.
        return "close" if what == "close" or phase in ("content", "taken") else "451 4.3.0 not now"


class Chaos:
    def __init__(self, site, server, source):
        self.site, self.server, self.source = site, server, source
        self.done, self.queued, self.names = collections.Counter(), 0, 0

    def feed(self, count):
        first = self.queued
        self.queued += count
        replies.queue(self.site, [f"x{number}@d{number % PLACES}.example" for number in range(first, self.queued)])

    def start(self):
        self.names += 1
        return self.site.start(f"node{self.names}")

    def node(self):
        return self.source.choice(self.site.daemons)

    def kill(self):
        node = self.node()
        node.process.kill()
        node.process.wait()
        self.site.daemons.remove(node)
        self.start()

    def stand_still(self):
        node = self.node()
        node.process.send_signal(signal.SIGSTOP)
        time.sleep(self.source.uniform(0.5, 4))
        node.process.send_signal(signal.SIGCONT)

    def break_connections(self):
        for backend in self.site.cluster.backends(self.site.database):
            if self.source.random() < 0.5:
                self.site.sql(f"SELECT pg_terminate_backend({backend})")

    def restart_politely(self):
        node = self.node()
        self.site.daemons.remove(node)
        node.stop()
        self.start()

    def run(self, rounds):
        acts = (self.kill, self.kill, self.stand_still, self.break_connections, self.restart_politely)
        for _ in range(rounds):
            self.feed(self.source.randint(20, 120))
            time.sleep(self.source.uniform(0, 1))
            act = self.source.choice(acts)
            self.done[act.__name__] += 1
            act()
        self.server.at.calm = True
        desk.until("everything has left", lambda: self.left_over() == 0, 180)

    def left_over(self):
        # What waits for somebody's hand is that: three attempts of unknown end.
        self.site.sql("UPDATE deliveries SET next_attempt = now() WHERE state = 'uncertain' AND next_attempt = 'infinity'")
        return int(self.site.sql("SELECT count(*) FROM deliveries WHERE state <> 'sent'"))

    def verdict(self):
        """What is wrong, and what was counted."""
        taken = collections.Counter(self.server.recipients())
        unknown = dict(line.split("|") for line in self.site.sql(
            "SELECT d.recipient, count(*) FROM deliveries d JOIN delivery_attempts a ON a.workspace_id = d.workspace_id"
            " AND a.delivery_id = d.id WHERE a.result IN ('interrupted', 'uncertain') GROUP BY 1").splitlines())
        wrong = [f"x{number}@d{number % PLACES}.example was never taken" for number in range(self.queued)
                 if f"x{number}@d{number % PLACES}.example" not in taken]
        wrong += [f"{recipient} was taken {count} times" for recipient, count in taken.items()
                  if count - 1 > int(unknown.get(recipient, 0))]
        attempts = self.site.sql("SELECT string_agg(result || ' ' || count, ', ') FROM (SELECT result::text, count(*)"
                                 " FROM delivery_attempts GROUP BY 1 ORDER BY 1) AS c")
        twice = sum(count - 1 for count in taken.values())
        return wrong, (f"{self.queued} replies, {sum(taken.values())} taken, {len(taken)} of them at least once, {twice} copies "
                       f"too many\nattempts: {attempts}\nnodes: {dict(self.done)}\nserver: "
                       f"{dict(collections.Counter(what for what, _ in self.server.at.counts.elements()))}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", nargs="?", type=int, default=40)
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    parser.add_argument("--nodes", type=int, default=3)
    options = parser.parse_args()
    print(f"{options.rounds} rounds, {options.nodes} nodes, seed {options.seed}, phases {' '.join(PHASES)}", flush=True)
    source = random.Random(options.seed)
    server = MailServer(Moody(source))
    try:
        with Site(server, QUICK, daemons=0) as site:
            chaos = Chaos(site, server, source)
            for _ in range(options.nodes):
                chaos.start()
            chaos.run(options.rounds)
            wrong, counted = chaos.verdict()
            print(counted, flush=True)
            for each in wrong[:20]:
                print("WRONG: " + each, flush=True)
            return 1 if wrong else 0
    except Exception:
        traceback.print_exc()
        return 2


if __name__ == "__main__":
    sys.exit(main())
