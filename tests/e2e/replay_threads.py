#!/usr/bin/env python3
"""The thread of a mail is what the ids say, in whatever order and over how many daemons the mails arrive.

The same mails go into three databases, each served by two daemons: in order, reversed, and shuffled over 32
connections. All three must show the same threads, every mail once, and no deadlock.
"""

import collections
import itertools
import random
import re
import unittest

import desk
import smtp


class Threads(dict):
    """Message-ID -> a thread's name."""

    def partition(self):
        groups = collections.defaultdict(set)
        for message, thread in self.items():
            groups[thread].add(message)
        return {frozenset(group) for group in groups.values()}

    def pairs(self):
        return {pair for group in self.partition() for pair in itertools.combinations(sorted(group), 2)}


def generated(seed=20021002):
    """60 conversations of ours, some of whose mails name only a parent that never arrives; and their threads."""
    source = random.Random(seed)
    mails, threads = [], Threads()
    for thread in range(60):
        lost = f"lost.{thread}@list.example"
        chains = {}
        for number in range(source.randint(1, 12)):
            message = f"{thread}.{number}@client.example"
            parent = source.choice([lost, *chains]) if chains else lost
            chain = chains.get(parent, []) + [parent]
            chains[message] = chain
            if number == 0 and source.random() < 0.7:
                ids = f"In-Reply-To: <{lost}>\n" if source.random() < 0.5 else f"References: <{lost}>\n"
            else:
                # Cut short as mail programs do, but never to nothing.
                kept = " ".join(f"<{earlier}>" for earlier in chain[-source.randint(1, 4):])
                ids = source.choice([f"In-Reply-To: <{parent}>\n", f"References: {kept}\n",
                                     f"In-Reply-To: <{parent}>\nReferences: {kept}\n"])
            mails.append((f"From: Person {number} <p{source.randint(1, 5)}@client.example>\nTo: {desk.SUPPORT}\n"
                          f"Subject: {'Re: ' if number else ''}Conversation {thread}\nMessage-ID: <{message}>\n{ids}\n"
                          f"Mail {number} of conversation {thread}.\n").encode())
            threads[message] = thread
    return mails, threads


def name(message_id):
    """The oracles' spelling: without white space. One mail in a set may have no Message-ID."""
    return re.sub(r"\s", "", message_id or "(none)")


def oracle(path):
    """Message-ID -> (notmuch's thread, JWZ's thread), as two Threads."""
    notmuch, jwz = Threads(), Threads()
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        fields = line.split("\t")
        notmuch[name(fields[1])], jwz[name(fields[1])] = fields[2], fields[3]
    return notmuch, jwz


def split_mbox(raw):
    return re.split(rb"(?m)^(?=From \S+ +\w{3} \w{3} )", raw)[1:]


class ReplayThreads(unittest.TestCase):
    maxDiff = 2000

    def replay(self, mails, connections):
        """Sends the mails, and returns the threads that the desk made of them."""
        with desk.Desk(daemons=2) as helpdesk:
            replies = smtp.deliver_all(helpdesk.ports, mails, desk.SUPPORT, connections)
            self.assertEqual([reply for reply in replies if reply[0] != 250], [])
            self.assertEqual(helpdesk.disposed(), {"ticketed": len(mails)})
            helpdesk.stop()  # PostgreSQL counts a session's deadlocks at the latest when it ends
            self.assertEqual(helpdesk.deadlocks(), 0)
            interactions = helpdesk.interactions()
            ids = collections.Counter(name(interaction["message_id"]) for interaction in interactions)
            self.assertEqual(len(interactions), len(mails))
            self.assertEqual([message for message, count in ids.items() if count > 1], [])
            for ticket in helpdesk.tickets():
                named = {interaction["thread"] for interaction in ticket["interactions"]}
                self.assertIn(ticket["thread"], named)
            return Threads((name(each["message_id"]), each["thread"]) for each in interactions)

    def replay_in_all_orders(self, raw_mails):
        mails = [smtp.crlf(raw) for raw in raw_mails]
        in_order = self.replay(mails, 1)
        backwards = self.replay(mails[::-1], 1)
        shuffled = mails[:]
        random.Random(32).shuffle(shuffled)
        parallel = self.replay(shuffled, 32)
        self.assertEqual(in_order.partition() ^ backwards.partition(), set())
        self.assertEqual(in_order.partition() ^ parallel.partition(), set())
        return in_order

    def compare(self, threads, notmuch, jwz):
        self.assertEqual(set(threads), set(notmuch))
        ours, agreed, either = threads.pairs(), notmuch.pairs() & jwz.pairs(), notmuch.pairs() | jwz.pairs()
        missed, invented = agreed - ours, ours - either
        print(f"{len(threads)} mails, {len(threads.partition())} threads: of {len(agreed)} agreed pairs {len(missed)} are missed; "
              f"of {len(ours)} of ours {len(invented)} are nobody's", flush=True)
        self.assertLessEqual(len(missed), 0.001 * len(agreed), sorted(missed)[:5])
        self.assertLessEqual(len(invented), 0.0001 * len(ours), sorted(invented)[:5])

    def test_generated_conversations(self):
        mails, expected = generated()
        threads = self.replay_in_all_orders(mails)
        self.assertEqual(threads.partition() ^ expected.partition(), set())

    def test_easy_ham(self):
        folder = desk.corpus("real-spamassassin")
        if folder:
            threads = self.replay_in_all_orders([path.read_bytes() for path in sorted((folder / "easy-ham-1").iterdir())])
            self.compare(threads, *oracle(folder / "expected_threads_easy-ham-1.tsv"))

    def test_perl_mailbox(self):
        folder = desk.corpus("thread-perl-mailbox")
        if folder:
            threads = self.replay_in_all_orders(split_mbox((folder / "folders" / "mbox.src").read_bytes()))
            self.compare(threads, *oracle(folder / "expected_threads.tsv"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
