#!/usr/bin/env python3
"""How fast mail comes in, beside Postfix and smtp-sink on the same machine in the same run.

    ./dev bench inbound
    bench/inbound.sh [--messages N] [--rounds N] [--sessions N] [--without PEER]

Each round sends unique mails of 8 KB to each server in turn, once with a connection a message and once with
as many messages a connection as there are; the medians of the rounds are printed as a table in Markdown.
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

import peers

LOAD = peers.desk.SOURCE / "build" / "default" / "bench" / "ticketgate-load"
MODES = {1: "a connection a message", 0: "many messages a connection"}


def load(peer, options, per_connection, seed):
    done = subprocess.run([str(options.load), "--json", "--port", str(peer.port), "--to", peer.to, "--sessions",
                           str(options.sessions), "--messages", str(options.messages), "--warmup", str(options.warmup),
                           "--per-connection", str(per_connection), "--size", str(options.size), "--seed", str(seed)],
                          stdout=subprocess.PIPE, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{options.load} failed with status {done.returncode}")
    return json.loads(done.stdout)


def smtp_source(port, options, per_connection):
    """Postfix's own generator, which sends one text over and over, to show what ours costs."""
    session = [] if per_connection == 1 else ["-d"]
    before = peers.time.monotonic()
    subprocess.run(["/usr/sbin/smtp-source", *session, "-s", str(options.sessions), "-m", str(options.messages), "-l",
                    str(options.size), "-f", "load@client.example", "-t", "support@bench.example", f"127.0.0.1:{port}"],
                   check=True, timeout=600)
    return options.messages / (peers.time.monotonic() - before)


def median(results, peer, mode, key):
    return statistics.median(result[key] for result in results[peer.name, mode])


def table(running, results):
    lines = ["| server | connections | messages/s | p50 ms | p99 ms | of Postfix | of smtp-sink |",
             "| --- | --- | ---: | ---: | ---: | ---: | ---: |"]
    for mode, words in MODES.items():
        rates = {peer.name: median(results, peer, mode, "rate") for peer in running}
        for peer in running:
            ratios = [f"{rates[peer.name] / rates[name]:.2f}" if rates.get(name) else "-" for name in ("Postfix", "smtp-sink")]
            lines.append(f"| {peer.name} | {words} | {rates[peer.name]:,.0f} | {median(results, peer, mode, 'p50_ms'):.1f} | "
                         f"{median(results, peer, mode, 'p99_ms'):.1f} | {' | '.join(ratios)} |")
    return "\n".join(lines)


def start(options, folder, running):
    for kind in (peers.Postfix, peers.Sink, peers.Ticketgate):
        if kind.name in options.without:
            continue
        why = kind.missing() if kind is peers.Postfix else None
        if why:
            print(f"NOT MEASURED: {kind.name}: {why}", file=sys.stderr)
            continue
        home = folder / kind.name
        home.mkdir(mode=0o755)
        running.append(kind(home))


def measure(options, running):
    results = {(peer.name, mode): [] for peer in running for mode in MODES}
    seed = 0
    for number in range(options.rounds):
        for mode in MODES:
            for peer in running:
                seed += 1
                result = load(peer, options, mode, seed)
                results[peer.name, mode].append(result)
                print(f"round {number + 1}, {MODES[mode]}: {peer.name} {result['rate']:.0f}/s", file=sys.stderr)
                peer.rest()
    return results


def report(options, running, results):
    print(f"\n{peers.machine()}\n{options.messages:,} unique mails of {options.size:,} bytes over {options.sessions} sessions, "
          f"median of {options.rounds} rounds; p50 and p99 are from final dot to 250.\n")
    print(table(running, results) + "\n")
    every = [result for list_ in results.values() for result in list_]
    print(f"- The mails are at most {max(result['compression'] for result in every):.2f}:1 compressible (zstd).")
    good = True
    for peer in running:
        failed = sum(result["failed"] for mode in MODES for result in results[peer.name, mode])
        if failed:
            good = False
            replies = [result["replies"] for mode in MODES for result in results[peer.name, mode] if result["replies"]]
            print(f"- **{peer.name} did not take {failed} mails**: {replies}")
        if isinstance(peer, peers.Postfix):
            rates = [f"{smtp_source(peer.port, options, mode):,.0f}/s with {words}" for mode, words in MODES.items()]
            print(f"- The same Postfix by smtp-source, without warm-up: {', '.join(rates)}.")
        if isinstance(peer, peers.Ticketgate):
            accepted = sum(result["accepted"] for mode in MODES for result in results[peer.name, mode])
            accepted += options.warmup * options.rounds * len(MODES)
            tickets = peer.tickets()
            good = good and tickets == accepted
            print(f"- ticketgate answered 250 to {accepted:,} mails; the database holds {tickets:,} tickets"
                  f"{'' if tickets == accepted else ' - THEY DIFFER'}.")
            now, most = peer.daemon.resident()
            print(f"- ticketgate's resident memory: {now / 1e6:.0f} MB after it, at most {most / 1e6:.0f} MB.")
            print(f"- Its PostgreSQL 15: {', '.join(peer.POSTGRESQL)}.")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10000)
    parser.add_argument("--warmup", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sessions", type=int, default=32)
    parser.add_argument("--size", type=int, default=8192)
    parser.add_argument("--without", action="append", default=[], choices=["Postfix", "smtp-sink", "ticketgate"])
    parser.add_argument("--load", type=pathlib.Path, default=LOAD, help="the load generator")
    options = parser.parse_args()
    # A disk that syncs: /tmp is memory on some machines.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ticketgate-bench-", dir="/var/tmp"))
    folder.chmod(0o755)
    running = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        start(options, folder, running)
        return 0 if report(options, running, measure(options, running)) else 1
    finally:
        for peer in reversed(running):
            peer.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
