#!/usr/bin/env python3
"""How fast queued mail leaves, beside Postfix draining as many mails of that size to the same smtp-sink in the same run.

    ./dev bench outbound
    bench/outbound.sh [--messages N] [--rounds N] [--connections N] [--without postfix|smarthost|dead]

Ours are replies of 8 KB in PostgreSQL, each read, checked, signed (DKIM, RSA-2048), sent, and its fate committed with
fsync; Postfix's are in its queue, unsigned. Time runs from the first mail that leaves to the last. Then
ours again with 100 destinations, and with one of those dead: what that costs the other 99.
"""

import argparse
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import peers

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "e2e"))
import desk  # noqa: E402
import replies  # noqa: E402
from name_server import NameServer  # noqa: E402

LINES = 115  # of 70 bytes: 8 KB


def now_and_then(what, ready, pause=0.2):
    """Waits without taking much of what is measured."""
    deadline = time.monotonic() + 600
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(pause)


class Draining(peers.Postfix):
    """A Postfix that holds what it is given until it is told to send it to a relay."""

    def __init__(self, folder, relay, connections):
        self.MAIN = peers.Postfix.MAIN + f"""
relayhost = [127.0.0.1]:{relay}
default_destination_concurrency_limit = {connections}
initial_destination_concurrency = {connections}
smtp_tls_security_level = none
smtp_dns_support_level = disabled
qmgr_message_active_limit = 20000
minimal_backoff_time = 300s
"""
        self.MASTER = peers.Postfix.MASTER + """
smtp unix - - n - 100 smtp
relay unix - - n - 100 smtp
scache unix - - n - 1 scache
"""
        super().__init__(folder)

    def fill(self, messages):
        subprocess.run(["/usr/sbin/smtp-source", "-d", "-s", "20", "-m", str(messages), "-l", "8192", "-f",
                        "load@bench.example", "-t", "ann@client.example", f"127.0.0.1:{self.port}"], check=True, timeout=600)
        desk.until("all held", lambda: self.held() == messages, 60)

    def waiting(self):
        return sum(len(files) for name in ("hold", "incoming", "active", "deferred")
                   for _, _, files in os.walk(self.folder / "queue" / name))

    def drain(self, count):
        """Seconds from the first mail's end to that of the last."""
        self._run("postsuper", "-H", "ALL")
        # Look at all of it, whatever was said before; the one who is told may hang up on who tells.
        subprocess.run(["/usr/sbin/postkick", "-c", str(self.folder / "conf"), "public", "qmgr", "FDA"], timeout=60)
        now_and_then("a delivery", lambda: self.waiting() < count, 0.02)
        began = time.monotonic()
        now_and_then("an empty queue", lambda: self.waiting() == 0)
        return time.monotonic() - began


class Gate(desk.Desk):
    """Ours, with one DKIM key."""

    OUTBOUND = ""

    def __init__(self, folder, more, cluster):
        self.more = more
        super().__init__(daemons=0, cluster=cluster, folder=folder)
        key = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], check=True,
                             capture_output=True, text=True).stdout
        self.sql(f"INSERT INTO dkim_keys (domain, selector, algorithm, private_key, active)"
                 f" VALUES ('{desk.DOMAIN}', 'bench', 'rsa', '{key}', true)")
        self.sql("UPDATE installation SET settings_version = settings_version + 1")

    def _write_config(self, name):
        path = super()._write_config(name)
        text = path.read_text().replace("[verification]\n", '[verification]\ntrust_anchors = ""\n')
        path.write_text(text + self.more + '[log]\nlevel = "warning"\n')
        return path

    def sql(self, statement):
        return self.cluster.sql(statement, self.database)

    def drain(self, recipients, waiting):
        """Seconds from the first attempt to the end of the last."""
        self.sql("TRUNCATE deliveries, delivery_attempts, ticket_events")
        replies.queue(self, recipients, lines=LINES, mark=f"mark{time.monotonic_ns() % 10**10}", tell=False)
        self.sql("VACUUM ANALYZE deliveries, interactions, raw_chunks")
        self.cluster.sql("CHECKPOINT")
        self.start("bench")
        now_and_then("an empty queue", lambda: self.sql(f"SELECT count(*) FROM deliveries WHERE {waiting}") == "0", 2)
        took = float(self.sql("SELECT extract(epoch FROM max(ended_at) - min(began_at)) FROM delivery_attempts"
                              " WHERE result = 'sent'"))
        self.daemons.pop().process.kill()  # it may have a dead destination in its hands
        return took


def silent_server(port):
    """Takes connections on 127.0.0.2, and says nothing."""
    listener = socket.create_server(("127.0.0.2", port), backlog=100)
    kept = []

    def accept():
        while True:
            try:
                kept.append(listener.accept())
            except OSError:
                return

    threading.Thread(target=accept, daemon=True).start()
    return listener


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--without", action="append", default=[], choices=("postfix", "dead", "smarthost"))
    options = parser.parse_args()
    print(f"{peers.machine()}\n{options.messages} replies of 8 KB, {options.connections} connections, {options.rounds} rounds\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="ticketgate-bench-", dir="/var/tmp") as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        sink = peers.Sink(folder)
        cluster = desk.Cluster.of_our_own(*peers.Ticketgate.POSTGRESQL, folder=folder / "cluster")
        missing = peers.Postfix.missing() or ("left out" if "postfix" in options.without else None)
        postfix = None
        if missing:
            print(f"Postfix is not measured: {missing}")
        else:
            (folder / "postfix").mkdir()
            postfix = Draining(folder / "postfix", sink.port, options.connections)
        (folder / "smarthost").mkdir()
        gate = Gate(folder / "smarthost", f"""
[[route]]
sender_domain = "*"
smarthost = "127.0.0.1:{sink.port}"
tls = "off"
connections = {options.connections}
messages_per_connection = 0
""", cluster)
        try:
            if "smarthost" not in options.without:
                compare(options, gate, postfix)
        finally:
            if postfix:
                postfix.stop()
        if "dead" not in options.without:
            one_dead_among_hundred(folder, cluster, sink, options)
        sink.stop()


def compare(options, gate, postfix):
    """Ours and Postfix in turn, a round after the other."""
    count = options.messages
    one = f"SELECT number, 'x' || number || '@client.example' FROM generate_series(1, {count}) AS number"
    rates = {"ticketgate": [], "Postfix": []}
    for number in range(options.rounds):
        took = gate.drain(one, "state <> 'sent'")
        rates["ticketgate"].append(count / took)
        if postfix:
            postfix.fill(count)
            rates["Postfix"].append(count / postfix.drain(count))
        print(f"round {number + 1}: " + ", ".join(f"{name} {all_[-1]:,.0f}/s" for name, all_ in rates.items() if all_), flush=True)
    ours = statistics.median(rates["ticketgate"])
    line = f"\nticketgate, signed: {ours:,.0f} mails/s"
    if postfix:
        theirs = statistics.median(rates["Postfix"])
        line += f"; Postfix, unsigned: {theirs:,.0f}; ratio {ours / theirs:.2f}"
    print(line, flush=True)


def one_dead_among_hundred(folder, cluster, sink, options):
    records = {}
    for number in range(100):
        records[f"d{number}.example MX"] = [f"10 mx{number}.d{number}.example."]
        records[f"mx{number}.d{number}.example A"] = ["127.0.0.2" if number == 0 else "127.0.0.1"]
    silent = silent_server(sink.port)
    names = NameServer(records)
    (folder / "direct").mkdir()
    Gate.RESOLVER = f"127.0.0.1@{names.port}"
    gate = Gate(folder / "direct", f"""
[outbound]
port = {sink.port}
allowed_targets = ["127.0.0.0/8"]
dane = "off"
mta_sts = "off"
""", cluster)
    count = options.messages
    everywhere = (f"SELECT number, 'x' || number || '@d' || number % {{}} || '.example'"
                  f" FROM generate_series(1, {count}) AS number")
    alive = f"SELECT number, 'x' || number || '@d' || 1 + number % 99 || '.example' FROM generate_series(1, {count}) AS number"
    without = gate.drain(alive, "state <> 'sent'")
    took = gate.drain(everywhere.format(100), "state <> 'sent' AND destination <> 'd0.example'")
    others = count - count // 100
    print(f"99 destinations: {count / without:,.0f} mails/s; the same 99 beside a dead one: {others / took:,.0f};"
          f" ratio {others / took / (count / without):.2f}")
    silent.close()


if __name__ == "__main__":
    main()
