"""A client that speaks SMTP line by line and sends exactly the bytes that it is given."""

import queue
import re
import socket
import threading


class Closed(Exception):
    """The server closed the connection, or could not be reached."""


def crlf(raw):
    """A mail file as it would travel: no mbox `From ` line, CRLF for LF, a last line that ends."""
    if raw.startswith(b"From "):
        raw = raw.split(b"\n", 1)[1] if b"\n" in raw else b""
    raw = re.sub(rb"\r?\n", b"\r\n", raw)
    return raw if raw.endswith(b"\r\n") or not raw else raw + b"\r\n"


def stuffed(raw):
    """RFC 5321 §4.5.2, and the end of data."""
    return re.sub(rb"(\A|\r\n)\.", rb"\1..", raw) + b".\r\n"


class Client:
    HELLO = "EHLO"

    def __init__(self, port, timeout=90, hello=True):
        try:
            self.socket = self.connect(port, timeout)
        except OSError as error:
            raise Closed(str(error)) from error
        self.file = self.socket.makefile("rb")
        self.greeting = self.read()
        if hello:
            self.command(f"{self.HELLO} client.example")

    @staticmethod
    def connect(port, timeout):
        made = socket.create_connection(("127.0.0.1", port), timeout)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise Closed(str(error)) from error

    def read(self):
        """One reply: its code and all its text."""
        text = []
        while True:
            try:
                line = self.file.readline(4096)
            except OSError as error:
                raise Closed(str(error)) from error
            if not line.endswith(b"\r\n"):
                raise Closed("no whole reply: %r" % line)
            text.append(line[4:-2].decode("ascii", "replace"))
            if line[3:4] != b"-":
                return int(line[:3]), "\n".join(text)

    def command(self, line):
        self.send(line.encode("utf-8") + b"\r\n")
        return self.read()

    def deliver(self, sender, recipients, raw, options=""):
        """The last reply: that to the final dot, or the first that refused. `raw` has CRLF line ends."""
        for line in [f"MAIL FROM:<{sender}>{options}"] + [f"RCPT TO:<{to}>" for to in recipients] + ["DATA"]:
            code, text = self.command(line)
            if code >= 400:
                self.command("RSET")
                return code, text
        self.send(stuffed(raw))
        return self.read()

    def close(self):
        self.file.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.command("QUIT")
        except Closed:
            pass
        self.close()


class LmtpClient(Client):
    """LMTP (RFC 2033), to a port or the path of a Unix socket."""

    HELLO = "LHLO"

    @classmethod
    def connect(cls, port, timeout):
        if isinstance(port, int):
            return super().connect(port, timeout)
        made = socket.socket(socket.AF_UNIX)
        made.settimeout(timeout)
        try:
            made.connect(str(port))
        except OSError:
            made.close()
            raise
        return made

    def deliver_each(self, sender, recipients, raw):
        """What each recipient's RCPT said, and then what each of those that were accepted heard behind the final dot."""
        self.command(f"MAIL FROM:<{sender}>")
        asked = [self.command(f"RCPT TO:<{to}>")[0] for to in recipients]
        code, _ = self.command("DATA")
        if code != 354:
            self.command("RSET")
            return asked, [code]
        self.send(stuffed(raw))
        return asked, [self.read()[0] for each in asked if each == 250]


def deliver_all(ports, mails, to, connections=1, sender="sender@client.example"):
    """Sends `mails` (bytes) over so many connections, which take turns with the ports; the replies, in the order
    of `mails`. One connection keeps the order: then mail by mail goes to the next port. A reply of (0, reason)
    stands for a lost connection."""
    work = queue.SimpleQueue()
    for numbered in enumerate(mails):
        work.put(numbered)
    replies = [None] * len(mails)

    def worker(first):
        clients = {}
        turn = first
        try:
            while True:
                try:
                    number, raw = work.get_nowait()
                except queue.Empty:
                    break
                port = ports[turn % len(ports)]
                turn += 1 if connections == 1 else 0
                try:
                    if port not in clients:
                        clients[port] = Client(port)
                    replies[number] = clients[port].deliver(sender, [to], raw)
                except Closed as error:
                    replies[number] = (0, str(error))
                    if port in clients:
                        clients.pop(port).close()
        finally:
            for client in clients.values():
                client.close()

    threads = [threading.Thread(target=worker, args=(n,)) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies
