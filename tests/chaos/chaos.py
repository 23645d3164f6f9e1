#!/usr/bin/env python3
"""./dev chaos: kill -9 of the daemon and of PostgreSQL in every phase of a mail and at random, and a PostgreSQL that is
stopped, frozen, restarted, out of connections or out of space, while many senders deliver. Every mail whose sender
read 250 must be in a ticket once and as it was sent, and nothing without a final dot may be there.

Status 0: so it is; 1: it is not; 2: it could not be found out. docs/durability.md says what this shows.
"""

import argparse
import collections
import fnmatch
import pathlib
import random
import signal
import sys
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

import desk
import failpoints
from scene import Scene, SmallDisk, process_state

VICTIMS = ("daemon", "backend", "postmaster")
# What a crash may have left unwritten is written by one call, not file by file, which took most of a round.
FAST_RECOVERY = "recovery_init_sync_method=syncfs"


class Rounds:
    def __init__(self, scene, source):
        self.scene, self.source = scene, source
        self.kills = collections.Counter()
        self.all = {f"{victim} at {point}": (self.at_point, victim, point)
                    for point in failpoints.POINTS for victim in VICTIMS}
        self.all |= {f"{victim} at random": (self.at_random, victim) for victim in (*VICTIMS, "everything")}
        self.all |= {"stopped": (self.stopped,), "restarted": (self.restarted,), "frozen": (self.frozen,),
                     "connections": (self.connections,)}

    def plan(self, count, pattern):
        """All of them in some order, then any."""
        names = [name for name in self.all if fnmatch.fnmatch(name, pattern)]
        self.source.shuffle(names)
        return (names + self.source.choices(names, k=max(0, count - len(names))))[:count]

    def run(self, name):
        work, *arguments = self.all[name]
        work(*arguments)
        self.scene.flows()

    def kill(self, victim, phase):
        self.kills[victim, phase] += 1
        {"backend": self.scene.kill_backend, "postmaster": self.scene.kill_postmaster,
         "everything": self.scene.kill_everything}[victim]()

    def at_point(self, victim, point):
        gate = self.source.choice(self.scene.gates)
        gate.page.arm(point, self.source.randint(1, 15), signal.SIGKILL if victim == "daemon" else signal.SIGSTOP)
        desk.until(f"{gate.name} passes {point}", lambda: gate.page.reached)
        if victim == "daemon":
            gate.wait_for_kill()
            self.kills[victim, point] += 1
            gate.start()
            return
        desk.until(f"{gate.name} stands still", lambda: process_state(gate.process) == "T")
        try:
            time.sleep(self.source.uniform(0, 0.01))  # PostgreSQL goes on for a moment, or hardly
            self.kill(victim, point)
        finally:
            gate.signal(signal.SIGCONT)

    def at_random(self, victim):
        time.sleep(self.source.uniform(0, 0.3))
        if victim != "daemon":
            self.kill(victim, "random")
            return
        gate = self.source.choice(self.scene.gates)
        gate.signal(signal.SIGKILL)
        gate.wait_for_kill()
        self.kills[victim, "random"] += 1
        gate.start()

    def stopped(self):
        self.scene.cluster.stop()
        self.scene.refuses(5, 451)
        self.scene.cluster.start()

    def restarted(self):
        self.scene.cluster.stop()
        self.scene.cluster.start()

    def frozen(self):
        self.scene.cluster.signal(signal.SIGSTOP)
        try:
            self.scene.refuses(5, 451)
        finally:
            self.scene.cluster.signal(signal.SIGCONT)

    def connections(self):
        self.scene.take_connections(5)

    def print(self):
        phases = (*failpoints.POINTS, "random")
        columns = (*VICTIMS, "everything")
        print(f"{sum(self.kills.values())} kills\n  {'':14}" + "".join(f"{victim:>12}" for victim in columns))
        for phase in phases:
            print(f"  {phase:14}" + "".join(f"{self.kills[victim, phase] or '-':>12}" for victim in columns), flush=True)


def not_durable_is_said(scene):
    """A daemon whose sessions don't wait for the disk says so when it starts."""
    config = scene.desk._write_config("careless")
    dsn = scene.cluster.dsn(scene.desk.database)
    config.write_text(config.read_text().replace(dsn, f"{dsn} options='-c synchronous_commit=off'"))
    daemon = scene.desk.start("careless", config)
    daemon.stop()
    scene.desk.daemons.remove(daemon)
    told = "event=database.not_durable reason=\"synchronous_commit is off" in daemon.log.read_text()
    print(f"synchronous_commit off at start: {'the log warns' if told else 'WRONG: the log does not warn'}", flush=True)
    return told


def full_disk(seed):
    """Whether nothing is wrong; where nothing can be mounted, a line says so."""
    with SmallDisk(200) as disk:
        if not disk:
            return True
        cluster = desk.Cluster(disk.folder / "cluster")
        cluster.settings = ("max_connections=40", FAST_RECOVERY, "max_wal_size=64MB", "shared_buffers=16MB")
        try:
            cluster.start()
            with Scene(seed, cluster) as scene:
                for number in range(2):
                    scene.load.ledger.during = f"full disk {number}"
                    disk.fill()
                    scene.refuses(20, 451, 452)
                    disk.empty()
                    cluster.start()  # where it could not even write its log, it has ended
                    scene.flows()
                verdict = scene.end()
        finally:
            cluster.destroy()
    print("A disk that was full twice")
    verdict.print()
    return not verdict.objections()


def run(options):
    began = time.monotonic()
    cluster = desk.Cluster.of_our_own("max_connections=40", FAST_RECOVERY)
    with Scene(options.seed, cluster) as scene:
        rounds = Rounds(scene, random.Random(options.seed))
        plan = rounds.plan(options.rounds or len(rounds.all), options.only)
        for number, name in enumerate(plan, 1):
            scene.load.ledger.during = f"round {number}, {name}"
            start, before = time.monotonic(), scene.load.taken()
            rounds.run(name)
            print(f"{number:4} {name:28} {scene.load.taken() - before:6} taken in {time.monotonic() - start:5.1f} s",
                  flush=True)
        verdict = scene.end()
        right = options.only != "*" or not_durable_is_said(scene)
    print(f"seed {options.seed}: {len(plan)} rounds in {time.monotonic() - began:.0f} s, ", end="")
    rounds.print()
    verdict.print()
    if options.expect_loss:
        return 0 if verdict.lost else 1
    if options.only == "*":
        right = full_disk(options.seed) and right
    return 0 if right and not verdict.objections() else 1


def main():
    parser = argparse.ArgumentParser(prog="./dev chaos", description=__doc__.split("\n\n")[0])
    parser.add_argument("rounds", nargs="?", type=int, help="every kind of round once, unless given")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="of an earlier run, to repeat its order")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="rounds by name, such as 'daemon at *'")
    parser.add_argument("--expect-loss", action="store_true", help="status 0 if mail was lost, for a test of this test")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    print(f"chaos: seed {options.seed}", flush=True)
    try:
        return run(options)
    except Exception:
        traceback.print_exc()
        print(f"chaos: it could not be found out; seed {options.seed}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the cluster is still to be removed


if __name__ == "__main__":
    sys.exit(main())
