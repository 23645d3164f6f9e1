"""A name server for one test: records in memory, over UDP and TCP on a loopback port, as much of DNS as a resolver needs.

Names that hold nothing and lie above none that do are NXDOMAIN. It never recurses.
"""

import socket
import socketserver
import struct
import threading

TYPES = {"A": 1, "NS": 2, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}


def _name(name):
    wire = b""
    for label in name.rstrip(".").split("."):
        if label:
            wire += bytes([len(label)]) + label.encode("ascii")
    return wire + b"\0"


def _rdata(kind, value):
    if kind == "A":
        return socket.inet_pton(socket.AF_INET, value)
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, value)
    if kind == "TXT":
        text = value.encode("ascii")
        return b"".join(bytes([len(text[i:i + 255])]) + text[i:i + 255] for i in range(0, len(text), 255))
    if kind == "MX":
        preference, name = value.split()
        return struct.pack(">H", int(preference)) + _name(name)
    return _name(value)


class NameServer:
    def __init__(self, records):
        """`records`: {"example.com TXT": ["v=spf1 -all"], ...}"""
        self.lock = threading.Lock()
        self.asked = []
        self.set(records)
        outer = self

        class Udp(socketserver.BaseRequestHandler):
            def handle(self):
                query, sock = self.request
                answer = outer._answer(query)
                if answer:
                    sock.sendto(answer, self.client_address)

        class Tcp(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.settimeout(10)
                while head := self.request.recv(2):
                    answer = outer._answer(self.request.recv(struct.unpack(">H", head)[0]))
                    self.request.sendall(struct.pack(">H", len(answer)) + answer)

        class UdpServer(socketserver.ThreadingUDPServer):
            daemon_threads = True

        class TcpServer(socketserver.ThreadingTCPServer):
            daemon_threads = True

        while True:  # the same port for both
            self.udp = UdpServer(("127.0.0.1", 0), Udp)
            self.port = self.udp.server_address[1]
            try:
                self.tcp = TcpServer(("127.0.0.1", self.port), Tcp)
                break
            except OSError:
                self.udp.server_close()
        for server in (self.udp, self.tcp):
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def set(self, records):
        with self.lock:
            self.records = {}
            for key, values in records.items():
                name, kind = key.split()
                self.records.setdefault(name.lower(), {})[TYPES[kind]] = [_rdata(kind, value) for value in values]

    def stop(self):
        for server in (self.udp, self.tcp):
            server.shutdown()
            server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _answer(self, query):
        at, labels = 12, []
        while query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace"))
            at += 1 + query[at]
        kind, _ = struct.unpack(">HH", query[at + 1:at + 5])
        name = ".".join(labels).lower()
        question = query[12:at + 5]
        with self.lock:
            self.asked.append((name, kind))
            known = self.records.get(name)
            found = (known or {}).get(kind, [])
            exists = known is not None or any(other.endswith("." + name) for other in self.records)
        answers = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(rdata)) + rdata for rdata in found)
        rcode = 0 if exists else 3
        return query[:2] + struct.pack(">HHHHH", 0x8580 | rcode, 1, len(found), 0, 0) + question + answers
