#!/usr/bin/env python3
"""Behind a proxy that names its clients: the client is the one that the mail, the log and the limits have."""

import signal
import socket
import subprocess
import unittest

import desk
import smtp


class ProxyClient(smtp.Client):
    """One whose connection begins with a PROXY header."""

    def __init__(self, port, header):
        self.header = header
        try:
            super().__init__(port)
        except smtp.Closed:
            if hasattr(self, "file"):
                self.close()
            raise

    def read(self):
        header, self.header = self.header, b""
        self.send(header)
        return super().read()


class Behind(desk.Desk):
    def _write_config(self, name):
        path = super()._write_config(name)
        path.write_text(path.read_text().replace("[smtp]\n", '[smtp]\nproxy_networks = ["127.0.0.0/8"]\n'))
        return path


def version_1(address):
    return f"PROXY TCP4 {address} 10.0.0.1 12345 25\r\n".encode()


def version_2(address):
    return (b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + socket.inet_aton(address) + b"\x0a\0\0\x01\x30\x39\0\x19")


class Proxies(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(Behind())
        self.daemon = self.desk.daemons[0]

    def test_the_client_is_stored_logged_and_traced(self):
        for header, address in ((version_1, "192.0.2.7"), (version_2, "198.51.100.8")):
            before = {each["id"] for each in self.desk.interactions()}
            with ProxyClient(self.daemon.smtp, header(address)) as client:
                code, _ = client.deliver("ann@client.example", [desk.SUPPORT],
                                         b"From: ann@client.example\r\nSubject: " + address.encode() + b"\r\n\r\nx\r\n")
            self.assertEqual(code, 250)
            new, = [each for each in self.desk.interactions() if each["id"] not in before]
            traced = subprocess.run([str(desk.PROGRAM), "--config", str(self.desk.config), "interaction", "raw", new["id"],
                                     "--with-trace"], check=True, capture_output=True, timeout=60).stdout
            self.assertTrue(traced.startswith(f"Received: from client.example ([{address}])".encode()), traced[:100])
            desk.until(f"client={address} in the log", lambda: f"client={address} " in self.daemon.log.read_text())

    def test_without_a_header_nobody_is_served(self):
        with self.assertRaises(smtp.Closed):
            ProxyClient(self.daemon.smtp, b"EHLO client.example\r\n")
        refused = {labels["limit"]: value for labels, value in
                   self.daemon.metric("ticketgate_smtp_sessions_refused_total")}
        self.assertEqual(refused.get("proxy_header"), 1)

    def test_a_reload_changes_who_is_trusted_and_leaves_sessions(self):
        with ProxyClient(self.daemon.smtp, version_1("192.0.2.7")) as held:
            path = self.desk.folder / "daemon0.toml"
            good = path.read_text()
            path.write_text(good.replace('proxy_networks = ["127.0.0.0/8"]', 'proxy_networks = ["everybody"]'))
            self.reload("service.reload_failed")
            ProxyClient(self.daemon.smtp, version_1("192.0.2.8")).close()
            path.write_text(good.replace('proxy_networks = ["127.0.0.0/8"]', "proxy_networks = []"))
            self.reload("service.reloaded")
            with smtp.Client(self.daemon.smtp) as plain:
                self.assertEqual(plain.command("NOOP")[0], 250)
            self.assertEqual(held.command("NOOP")[0], 250)

    def reload(self, event):
        self.daemon.process.send_signal(signal.SIGHUP)
        desk.until(event, lambda: f"event={event}" in self.daemon.log.read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
