"""A mail server that is played: it notes what it is sent, and can stop, refuse or leave at any point of it."""

import collections
import re
import socket
import ssl
import threading

Mail = collections.namedtuple("Mail", "number sender recipients content tls")

# In their order; `final_dot` is before 250 is said, `taken` after.
PHASES = ("connect", "ehlo", "mail", "rcpt", "data", "content", "final_dot", "taken")


class MailServer:
    """`at(phase, recipient)` is asked at each point: None goes on, a text is said in place of the answer, "close" leaves.

    `tls`: an ssl.SSLContext, with which it offers STARTTLS."""

    def __init__(self, at=None, extensions=("PIPELINING", "8BITMIME", "SIZE 50000000", "SMTPUTF8"), tls=None):
        self.tls = tls
        self.at = at or (lambda phase, recipient: None)
        self.extensions = extensions
        self.mails, self.lock = [], threading.Lock()
        self.connections = self.most_connections = self.opened = 0
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def taken(self):
        with self.lock:
            return list(self.mails)

    def recipients(self):
        return [recipient for mail in self.taken() for recipient in mail.recipients]

    def close(self):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        with self.lock:
            self.opened += 1
            self.connections += 1
            self.most_connections = max(self.most_connections, self.connections)
        try:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._talk(peer, peer.makefile("rb"), self.tls):
                peer = self.tls.wrap_socket(peer, server_side=True)
                self._talk(peer, peer.makefile("rb"), None)
        except OSError:
            pass
        finally:
            with self.lock:
                self.connections -= 1
            peer.close()

    def _talk(self, peer, lines, offered):
        """Whether TLS starts."""
        def answer(phase, usual, recipient=""):
            said = self.at(phase, recipient)
            if said == "close":
                raise OSError("as wanted")
            peer.sendall((said or usual).encode() + b"\r\n")
            return said is None

        encrypted = isinstance(peer, ssl.SSLSocket)
        extensions = (*self.extensions, "STARTTLS") if offered else self.extensions
        if not encrypted and not answer("connect", "220 mx.client.example ESMTP"):
            return False
        sender, recipients = None, []
        while line := lines.readline():
            verb = line[:4].upper()
            if verb in (b"EHLO", b"HELO"):
                answer("ehlo", "\r\n".join(["250-mx.client.example", *(f"250-{each}" for each in extensions[:-1]),
                                            f"250 {extensions[-1]}"]))
            elif verb == b"STAR" and offered:
                peer.sendall(b"220 2.0.0 go on\r\n")
                return True
            elif verb == b"MAIL":
                sender, recipients = re.search(rb"<(.*?)>", line)[1].decode(), []
                if not answer("mail", "250 2.1.0 go on"):
                    sender = None
            elif verb == b"RCPT" and sender is None:
                peer.sendall(b"503 5.5.1 MAIL first\r\n")
            elif verb == b"RCPT":
                recipient = re.search(rb"<(.*?)>", line)[1].decode()
                if answer("rcpt", "250 2.1.5 go on", recipient):
                    recipients.append(recipient)
            elif verb == b"DATA":
                if not recipients:
                    peer.sendall(b"554 5.5.1 no recipients\r\n")
                    continue
                if not answer("data", "354 go on", recipients[0]):
                    continue
                self._take(peer, lines, sender, recipients, answer)
            elif verb == b"RSET":
                peer.sendall(b"250 2.0.0 forgotten\r\n")
            elif verb == b"QUIT":
                peer.sendall(b"221 2.0.0 bye\r\n")
                return False
            else:
                peer.sendall(b"502 5.5.2 what?\r\n")
        return False

    def _take(self, peer, lines, sender, recipients, answer):
        content = []
        while (line := lines.readline()) != b".\r\n":
            if not line:
                raise OSError("it left")
            if not content and self.at("content", recipients[0]) == "close":
                raise OSError("as wanted")
            content.append(line[1:] if line.startswith(b".") else line)
        said = self.at("final_dot", recipients[0])
        if said == "close":
            raise OSError("as wanted")
        if said is None:
            with self.lock:
                self.mails.append(Mail(len(self.mails), sender, recipients, b"".join(content),
                                       isinstance(peer, ssl.SSLSocket)))
            if self.at("taken", recipients[0]) == "close":
                raise OSError("as wanted")
        peer.sendall((said or "250 2.0.0 taken as r1").encode() + b"\r\n")
