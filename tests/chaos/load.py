"""The senders of ./dev chaos: many at once, each retries a mail until it reads 250, as mail servers do (the same
Message-ID, the same bytes), and a ledger keeps what they read."""

import collections
import hashlib
import random
import socket
import threading
import time

import desk
import smtp

SENDERS = 24


class Mail:
    """Made of the run's seed and its number, so that a retry is the same mail."""

    def __init__(self, seed, number, parents):
        source = random.Random(f"{seed}/{number}")
        self.id = f"{number}.{seed}@client.example"
        # Mostly one that is to be delivered. Cut: never a final dot. Abandoned: one, and nobody waits for the reply.
        # Impatient: the first attempt is left before its reply.
        self.fate = source.choices(("whole", "cut", "abandoned", "impatient"), (88, 5, 2, 5))[0]
        self.recipients = source.choice(([desk.SUPPORT], [desk.SUPPORT], [desk.SALES], [desk.SUPPORT, desk.SALES]))
        size = source.choices((source.randint(50, 3000), source.randint(3000, 30000), source.randint(70000, 200000)),
                              (85, 12, 3))[0]
        parent = source.choice(parents) if parents and source.random() < 0.3 else None
        text = [f"From: Person {number % 50} <p{number % 50}@client.example>", f"To: {', '.join(self.recipients)}",
                f"Subject: {'Re: ' if parent else ''}Case {number}", f"Message-ID: <{self.id}>"]
        if parent:
            text.append(f"In-Reply-To: <{parent}>")
        text.append("")
        letters = source.randbytes(size // 2).hex()
        text += [letters[at:at + 70] for at in range(0, len(letters), 70)] or ["."]
        self.raw = "\r\n".join(text + ["", ".the end", ""]).encode()

    def record(self, during):
        return Record(during, len(self.raw), hashlib.sha256(self.raw).hexdigest(), len(self.recipients))


Record = collections.namedtuple("Record", "during size digest recipients")


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        self.acknowledged = {}  # Message-ID -> Record
        self.cut, self.abandoned = set(), set()
        self.answers = collections.Counter()  # to final dots and what came instead: 0 is a lost connection
        self.impossible = []  # replies that nobody should read
        self.recent = collections.deque(maxlen=20)
        self.number = 0
        self.during = "the start"  # which round it is


class Load:
    """Senders that go on until stop()."""

    def __init__(self, seed, ports):
        self.seed, self.ports = seed, ports
        self.ledger = Ledger()
        self._stopping = threading.Event()
        self._given_up = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(number,), daemon=True) for number in range(SENDERS)]

    def start(self):
        for thread in self._threads:
            thread.start()

    def stop(self, seconds=120):
        """Each sender ends its mail first. False: some could not."""
        self._stopping.set()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))
        alive = any(thread.is_alive() for thread in self._threads)
        self._given_up.set()
        return not alive

    def taken(self):
        return len(self.ledger.acknowledged)

    def _next(self):
        ledger = self.ledger
        with ledger.lock:
            ledger.number += 1
            mail = Mail(self.seed, ledger.number, list(ledger.recent))
            # Before the first byte: what is stored must be on one of these lists.
            if mail.fate == "cut":
                ledger.cut.add(mail.id)
            elif mail.fate == "abandoned":
                ledger.abandoned.add(mail.id)
        return mail

    def _send(self, number):
        source = random.Random(f"{self.seed}: {number}")
        client = None
        while not self._stopping.is_set():
            mail, first = self._next(), True
            while not self._given_up.is_set():
                try:
                    if client is None:
                        client = smtp.Client(source.choice(self.ports), timeout=60)
                    code, text = self._attempt(client, mail, first)
                except smtp.Closed:
                    code, text = 0, ""
                if code != 250 or source.random() < 0.05:
                    if client:
                        client.close()
                    client = None
                if self._settled(mail, code, text):
                    break
                first = False
                self._given_up.wait(source.uniform(0.02, 0.2))  # an MTA's pause before it tries again, in a hurry
        if client:
            client.close()

    def _attempt(self, client, mail, first):
        lines = ["MAIL FROM:<ann@client.example>", *(f"RCPT TO:<{to}>" for to in mail.recipients), "DATA"]
        for line in lines:
            code, text = client.command(line)
            if code >= 400:
                return code, text
        wire = smtp.stuffed(mail.raw)
        half = len(wire) // 2
        client.send(wire[:half])  # in two pieces, so that there is a time between them
        if mail.fate == "cut":
            client.send(wire[half:-5])  # all but CRLF . CRLF
            client.socket.shutdown(socket.SHUT_WR)
            return 0, "cut"
        client.send(wire[half:])
        if mail.fate == "abandoned" or (mail.fate == "impatient" and first):
            return 0, "left"
        return client.read()

    def _settled(self, mail, code, text):
        """Whether its sender is done with it."""
        ledger = self.ledger
        with ledger.lock:
            ledger.answers[code] += 1
            if code == 250:
                ledger.acknowledged[mail.id] = mail.record(ledger.during)
                ledger.recent.append(mail.id)
            elif code >= 500:
                ledger.impossible.append(f"{code} {text}")
                return True
        return code == 250 or mail.fate in ("cut", "abandoned")
