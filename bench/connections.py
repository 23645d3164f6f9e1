#!/usr/bin/env python3
"""What a connection costs that says nothing, beside Postfix in the same run, and whether mail that comes meanwhile waits.

    ./dev bench connections
    bench/connections.sh [--connections N] [--messages N] [--rounds N]

Each connection says EHLO (under TLS: EHLO, STARTTLS, EHLO) and then nothing. Memory is the growth of PSS, which counts
shared pages once over all that share them. Mail is sent before, and again while they are open. It fails when a
connection costs more than 20 KB in plain text or 100 KB under TLS, or when mail's p99 more than doubles.
"""

import argparse
import json
import pathlib
import resource
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile

import peers
from peers import desk

LOAD = desk.SOURCE / "build" / "default" / "bench" / "ticketgate-load"
AT_MOST_KB = {"plain text": 20, "TLS": 100}
PORTS_AN_ADDRESS = 10000  # Linux lends some 28,000; others may hold a few
POSTFIX_CONNECTIONS = 50


def pss(*processes):
    """KB, over all of them."""
    total = 0
    for process in processes:
        rollup = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text()
        total += int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1])
    return total


class Client:
    """A peer that says hello, and then nothing."""

    def __init__(self, number, port, tls):
        self.socket = socket.socket()
        self.socket.settimeout(60)
        self.socket.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: the port is chosen by connect()
        self.socket.bind((f"127.0.1.{1 + number // PORTS_AN_ADDRESS}", 0))
        self.socket.connect(("127.0.0.1", port))
        self.expect(b"220")
        self.ask(b"EHLO idle.client.example", b"250")
        if tls:
            self.ask(b"STARTTLS", b"220")
            self.socket = tls.wrap_socket(self.socket)
            self.ask(b"EHLO idle.client.example", b"250")

    def ask(self, command, code):
        self.socket.sendall(command + b"\r\n")
        self.expect(code)

    def expect(self, code):
        reply = b""
        while not reply.endswith(b"\n") or reply.splitlines()[-1][3:4] == b"-":
            read = self.socket.recv(4096)
            if not read:
                sys.exit(f"connection closed after {reply!r}")
            reply += read
        if not reply.startswith(code):
            sys.exit(f"{reply!r} instead of {code!r}")


def client_tls():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Desk(desk.Desk):
    """One that takes many sessions, and speaks TLS."""

    def __init__(self, sessions, **options):
        self.sessions = sessions
        super().__init__(daemons=0, **options)

    def _write_config(self, name):
        certificate, key = self.folder / "tls.crt", self.folder / "tls.key"
        if not key.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                            "-days", "2", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate], check=True,
                           capture_output=True)
        path = super()._write_config(name)
        path.write_text(path.read_text().replace("[http]\n", f"""max_sessions = {self.sessions}
command_timeout = 3600
tls_certificate = "{certificate}"
tls_key = "{key}"
[http]
"""))
        return path


def p99(daemon, options, seed):
    """Milliseconds from final dot to 250, median of the rounds, a connection a message."""
    results = []
    for number in range(options.rounds):
        done = subprocess.run([str(options.load), "--json", "--port", str(daemon.smtp), "--to", desk.SUPPORT, "--sessions",
                               "8", "--messages", str(options.messages), "--warmup", "500", "--seed", str(seed + number)],
                              stdout=subprocess.PIPE, text=True, check=True)
        results.append(json.loads(done.stdout)["p99_ms"])
    return statistics.median(results)


def measure(kind, our_desk, options, seed):
    """A daemon of its own: memory that others gave back would hide what is taken."""
    daemon = our_desk.start(kind.replace(" ", "_"))
    usual = p99(daemon, options, seed)
    before = pss(daemon.process.pid)
    tls = client_tls() if kind == "TLS" else None
    clients = [Client(number, daemon.smtp, tls) for number in range(options.connections)]
    (_, held), = daemon.metric("ticketgate_smtp_sessions")
    grown = pss(daemon.process.pid) - before
    meanwhile = p99(daemon, options, seed + options.rounds)
    (_, still), = daemon.metric("ticketgate_smtp_sessions")
    if held != options.connections or still < options.connections:
        sys.exit(f"{held:.0f} sessions were open, then {still:.0f}, not {options.connections}")
    for client in clients:
        client.socket.close()
    daemon.stop()
    return {"kind": kind, "kb": grown / options.connections, "usual": usual, "meanwhile": meanwhile}


def postfix_kb(folder):
    """What an smtpd costs, and a client holds one of its own; None where it can't be measured."""
    why = peers.Postfix.missing()
    if why:
        print(f"NOT MEASURED: Postfix: {why}", file=sys.stderr)
        return None
    folder.mkdir(mode=0o755)
    postfix = peers.Postfix(folder)
    try:
        def memory():
            children = pathlib.Path(f"/proc/{postfix.master}/task/{postfix.master}/children").read_text().split()
            return pss(postfix.master, *children)

        first = Client(0, postfix.port, None)  # starts what all of them share
        before = memory()
        clients = [Client(number, postfix.port, None) for number in range(POSTFIX_CONNECTIONS)]
        grown = memory() - before
        for client in [first, *clients]:
            client.socket.close()
        return grown / POSTFIX_CONNECTIONS
    finally:
        postfix.stop()


def raise_limit(connections):
    """Of descriptors, for us and the daemon."""
    wanted = connections + 1000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
    except (ValueError, OSError):
        sys.exit(f"{wanted} descriptors are needed and the hard limit is {hard}: raise it (ulimit -Hn), or run this as root")


def report(options, results, postfix):
    print(f"\n{peers.machine()}\n{options.connections:,} connections that said EHLO and then nothing; mails of 8 KB over 8 "
          f"sessions, a connection a message, median of {options.rounds} rounds.\n")
    print("| server | connections | KB of PSS each | may be | mail's p99 without them, ms | with them | may be |\n"
          "| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    good = True
    for result in results:
        kind, kb, usual, meanwhile = result.values()
        good = good and kb <= AT_MOST_KB[kind] and meanwhile <= 2 * usual
        print(f"| ticketgate | {kind} | {kb:.1f} | {AT_MOST_KB[kind]} | {usual:.1f} | {meanwhile:.1f} | {2 * usual:.1f} |")
    if postfix is not None:
        print(f"| Postfix | plain text, {POSTFIX_CONNECTIONS} of them | {postfix:,.0f} | - | - | - | - |")
    print("" if good else "\n**Too much.**")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=10000)
    parser.add_argument("--messages", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--load", type=pathlib.Path, default=LOAD, help="the load generator")
    options = parser.parse_args()
    raise_limit(options.connections)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ticketgate-bench-", dir="/var/tmp"))
    folder.chmod(0o755)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    cluster = None
    try:
        postfix = postfix_kb(folder / "postfix")
        cluster = desk.Cluster.of_our_own(*peers.Ticketgate.POSTGRESQL, folder=folder / "cluster")
        with Desk(options.connections + 1000, cluster=cluster, folder=folder) as our_desk:
            results = []
            for seed, kind in enumerate(AT_MOST_KB):
                results.append(measure(kind, our_desk, options, 1000 * seed))
                cluster.sql("CHECKPOINT")
        return 0 if report(options, results, postfix) else 1
    finally:
        if cluster:
            cluster.destroy()
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
