#!/usr/bin/env python3
"""How fast old mail is imported, beside how fast the same server takes mail over SMTP in the same run.

    ./dev bench import
    bench/import.sh [--messages N] [--rounds N] [--sessions N]

Each round sends unique mails of 8 KB, with many messages a connection (the faster way of the bench `inbound`), and
imports as many others from an mbox, into the same database. The medians are printed as a table in Markdown. It fails
when the import runs at less than half the other's rate, or when mail is missing afterwards.
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
import time

import peers
from peers import desk

LOAD = desk.SOURCE / "build" / "default" / "bench" / "ticketgate-load"
AT_LEAST = 0.5


def load(peer, options, seed, *arguments):
    done = subprocess.run([str(options.load), "--json", "--port", str(peer.port), "--to", peer.to, "--size",
                           str(options.size), "--seed", str(seed), "--messages", str(options.messages), *arguments],
                          stdout=subprocess.PIPE, check=True, text=True)
    return done.stdout


def inbound(peer, options, seed):
    return json.loads(load(peer, options, seed, "--sessions", str(options.sessions), "--warmup", str(options.warmup),
                           "--per-connection", "0"))["rate"]


def imported(peer, options, seed, folder):
    """Mails a second, from the start of the program to its end."""
    mbox = folder / "old.mbox"
    load(peer, options, seed, "--mbox", str(mbox))
    before = time.monotonic()
    said = peer.desk.run("import", str(mbox), "--to", peer.to)
    seconds = time.monotonic() - before
    mbox.unlink()
    if f"{options.messages} ticketed" not in said:
        sys.exit(f"import: {said}")
    return options.messages / seconds


def measure(peer, options, folder):
    rates = {"inbound": [], "import": []}
    for number in range(options.rounds):
        rates["inbound"].append(inbound(peer, options, 2 * number + 1))
        peer.rest()
        rates["import"].append(imported(peer, options, 2 * number + 2, folder))
        peer.rest()
        print(f"round {number + 1}: {rates['inbound'][-1]:.0f}/s inbound, {rates['import'][-1]:.0f}/s imported",
              file=sys.stderr)
    return {what: statistics.median(each) for what, each in rates.items()}


def report(peer, options, rates):
    ratio = rates["import"] / rates["inbound"]
    print(f"\n{peers.machine()}\n{options.messages:,} unique mails of {options.size:,} bytes, median of {options.rounds} "
          f"rounds; inbound over {options.sessions} sessions, many messages a connection.\n")
    print("| inbound, messages/s | import, mails/s | of inbound | at least |\n| ---: | ---: | ---: | ---: |\n"
          f"| {rates['inbound']:,.0f} | {rates['import']:,.0f} | {ratio:.2f} | {AT_LEAST} |\n")
    expected, tickets = (2 * options.messages + options.warmup) * options.rounds, peer.tickets()
    print(f"- {expected:,} mails were taken; the database holds {tickets:,} tickets"
          f"{'' if tickets == expected else ' - THEY DIFFER'}.")
    return tickets == expected and ratio >= AT_LEAST


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10000)
    parser.add_argument("--warmup", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sessions", type=int, default=32)
    parser.add_argument("--size", type=int, default=8192)
    parser.add_argument("--load", type=pathlib.Path, default=LOAD, help="the load generator")
    options = parser.parse_args()
    # A disk that syncs: /tmp is memory on some machines.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="ticketgate-bench-", dir="/var/tmp"))
    folder.chmod(0o755)
    peer = None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        home = folder / "ticketgate"
        home.mkdir(mode=0o755)
        peer = peers.Ticketgate(home)
        return 0 if report(peer, options, measure(peer, options, folder)) else 1
    finally:
        if peer:
            peer.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
