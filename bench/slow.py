#!/usr/bin/env python3
"""Whether mail waits for clients that trickle: each sends a byte a second, of a command, of a message, or of a message
under TLS, in equal parts, while mail comes in beside them.

    ./dev bench slow
    bench/slow.sh [--clients N] [--messages N] [--rounds N]

Rounds with and without them take turns, so that what else the machine does meets both. It fails when mail's p99 more
than doubles, its rate falls below 80 %, or one of them costs more than 64 KB of PSS.
"""

import argparse
import json
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import connections
import peers
from connections import desk

AT_MOST_KB = 64
ENVELOPE = (b"MAIL FROM:<slow@client.example>", b"RCPT TO:<" + desk.SUPPORT.encode() + b">")


class Trickle:
    """So many slow clients, and a thread that sends for all of them, evenly over each second."""

    def __init__(self, count, port):
        tls = connections.client_tls()
        self.clients = []
        for number in range(count):
            kind = number % 3
            client = connections.Client(number, port, tls if kind == 2 else None)
            if kind > 0:
                for command in ENVELOPE:
                    client.ask(command, b"250")
                client.ask(b"DATA", b"354")
                client.socket.sendall(b"Subject: slow\r\n\r\n")
            self.clients.append(client)
        self.over = threading.Event()
        self.sent = 0
        self.thread = threading.Thread(target=self.send)
        self.thread.start()

    def send(self):
        slices = 20
        begin = time.monotonic()
        for turn in range(1 << 30):
            if self.over.wait(max(0, begin + turn / slices - time.monotonic())):
                return
            for client in self.clients[turn % slices::slices]:
                client.socket.sendall(b"x")
                self.sent += 1

    def stop(self):
        self.over.set()
        self.thread.join()
        for client in self.clients:
            client.socket.close()


def load(daemon, options, seed):
    done = subprocess.run([str(options.load), "--json", "--port", str(daemon.smtp), "--to", desk.SUPPORT, "--sessions", "8",
                           "--messages", str(options.messages), "--warmup", "300", "--seed", str(seed)],
                          stdout=subprocess.PIPE, text=True, check=True)
    result = json.loads(done.stdout)
    return result["rate"], result["p99_ms"]


def sessions(daemon):
    (_, count), = daemon.metric("ticketgate_smtp_sessions")
    return count


def measure(our_desk, cluster, options):
    daemon = our_desk.start("daemon")
    load(daemon, options, 0)
    usual, meanwhile, kilobytes = [], [], []
    for number in range(options.rounds):
        usual.append(load(daemon, options, 2 * number + 1))
        before = connections.pss(daemon.process.pid)
        trickle = Trickle(options.clients, daemon.smtp)
        time.sleep(2)  # each has sent something
        kilobytes.append((connections.pss(daemon.process.pid) - before) / options.clients)
        meanwhile.append(load(daemon, options, 2 * number + 2))
        still = sessions(daemon)
        trickle.stop()
        if still < options.clients:
            sys.exit(f"of {options.clients} slow sessions {still:.0f} are open")
        desk.until("the slow sessions' end", lambda: sessions(daemon) == 0)
        print(f"round {number + 1}: {usual[-1]} without, {meanwhile[-1]} with them; {trickle.sent} bytes trickled",
              file=sys.stderr)
        cluster.sql("CHECKPOINT")
    daemon.stop()
    return usual, meanwhile, kilobytes


def median(rounds, which):
    return statistics.median(each[which] for each in rounds)


def report(options, usual, meanwhile, kilobytes):
    rate, p99 = median(usual, 0), median(usual, 1)
    slow_rate, slow_p99 = median(meanwhile, 0), median(meanwhile, 1)
    kb = max(kilobytes)
    print(f"\n{peers.machine()}\n{options.clients:,} clients that send a byte a second; mails of 8 KB over 8 sessions, a "
          f"connection a message, median of {options.rounds} rounds.\n")
    print("| | without them | with them | may be |\n| --- | ---: | ---: | ---: |")
    print(f"| messages/s | {rate:,.0f} | {slow_rate:,.0f} | at least {0.8 * rate:,.0f} |")
    print(f"| p99 from final dot to 250, ms | {p99:.1f} | {slow_p99:.1f} | at most {2 * p99:.1f} |")
    print(f"| KB of PSS for each of them, at most | - | {kb:.1f} | {AT_MOST_KB} |")
    good = slow_rate >= 0.8 * rate and slow_p99 <= 2 * p99 and kb <= AT_MOST_KB
    print("" if good else "\n**Mail waits for them.**")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=2000)
    parser.add_argument("--messages", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--load", type=pathlib.Path, default=connections.LOAD, help="the load generator")
    options = parser.parse_args()
    connections.raise_limit(options.clients)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ticketgate-bench-", dir="/var/tmp"))
    folder.chmod(0o755)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    cluster = None
    try:
        cluster = desk.Cluster.of_our_own(*peers.Ticketgate.POSTGRESQL, folder=folder / "cluster")
        with connections.Desk(options.clients + 1000, cluster=cluster, folder=folder) as our_desk:
            return 0 if report(options, *measure(our_desk, cluster, options)) else 1
    finally:
        if cluster:
            cluster.destroy()
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
