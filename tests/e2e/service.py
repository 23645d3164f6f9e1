#!/usr/bin/env python3
"""As a service of systemd: sockets that are passed, what systemd is told, reload without losing a session, and the
orderly end under traffic. What needs no systemd at work: the protocols are files, datagrams and signals."""

import json
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import threading
import time
import unittest

import desk
import smtp


def mail(name):
    return smtp.crlf(f"From: ann@client.example\nTo: {desk.SUPPORT}\nSubject: Case {name}\n"
                     f"Message-ID: <{name}@client.example>\n\nThis is case {name}.\n".encode())


def certificate(folder, name):
    """A new key and a certificate for `name` in the files that the configuration names."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", f"/CN={name}", "-keyout", str(folder / "tls.key"),
                    "-out", str(folder / "tls.crt")], check=True, capture_output=True, timeout=60)
    return ssl.PEM_cert_to_DER_cert((folder / "tls.crt").read_text())


def start_tls(client):
    """The server's certificate (DER); the client goes on in TLS."""
    code, text = client.command("STARTTLS")
    assert code == 220, text
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    client.file.close()
    client.socket = context.wrap_socket(client.socket)
    client.file = client.socket.makefile("rb")
    return client.socket.getpeercert(binary_form=True)


def listening():
    made = socket.create_server(("127.0.0.1", 0))
    return made, made.getsockname()[1]


class Manager:
    """The socket on which systemd would listen: what it was told, in order."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(60)
        self.told = []

    def wait_for(self, line):
        """All lines up to that one, which must come within a minute."""
        start = len(self.told)
        while True:
            self.told += self.socket.recv(4096).decode().splitlines()
            if any(each.startswith(line) for each in self.told[start:]):
                return self.told[start:]


class Service(unittest.TestCase):
    def setUp(self):
        self.desk = self.enterContext(desk.Desk(daemons=0))
        self.folder = self.desk.folder
        self.first_certificate = certificate(self.folder, "first.example")
        self.manager = Manager(self.folder)
        self.addCleanup(self.manager.socket.close)

    def write(self, smtp_extra="", sections=""):
        path = self.desk._write_config("daemon")
        files = f'tls_certificate = "{self.folder}/tls.crt"\ntls_key = "{self.folder}/tls.key"\n'
        path.write_text(path.read_text().replace("[smtp]\n", "[smtp]\n" + files + smtp_extra) + sections)
        return path

    def start(self, config=None, sockets=(), **environment):
        environment.setdefault("NOTIFY_SOCKET", self.manager.path)
        return self.desk.start("daemon", config or self.write(), environment=environment, sockets=sockets)

    def reload(self, daemon):
        """What systemd was told of it."""
        daemon.process.send_signal(signal.SIGHUP)
        return self.manager.wait_for("RELOADING=1") + self.manager.wait_for("READY=1")

    def subjects(self):
        return sorted(ticket["subject"] for ticket in self.desk.tickets())


class Told(Service):
    def test_ready_watchdog_stopping(self):
        daemon = self.start(WATCHDOG_USEC="400000")
        lines = self.manager.wait_for("STATUS=Taking mail")
        self.assertIn("READY=1", lines)
        for _ in range(3):
            self.manager.wait_for("WATCHDOG=1")
        daemon.process.send_signal(signal.SIGTERM)
        self.manager.wait_for("STOPPING=1")
        self.assertEqual(daemon.process.wait(30), 0)

    def test_I06_what_could_lose_acknowledged_mail(self):
        config = self.write()
        dsn = self.desk.cluster.dsn(self.desk.database)
        for level, warned in (("on", False), ("off", True)):
            text = config.read_text()
            config.write_text(text.replace(dsn, f"{dsn} options='-c synchronous_commit={level}'"))
            daemon = self.start(config)
            log = daemon.log.read_text()
            self.assertEqual("event=database.not_durable reason=\"synchronous_commit is off" in log, warned, log)
            daemon.stop()
            self.desk.daemons.clear()
            daemon.log.unlink()
            config.write_text(text)

    def test_I07_ready_without_a_database(self):
        """Senders are told to come again: that is service enough to be called started."""
        config = self.write()
        config.write_text(config.read_text().replace(self.desk.database, "no_such_database"))
        process = subprocess.Popen([str(desk.PROGRAM), "--config", str(config), "serve"], stderr=subprocess.DEVNULL,
                                   env={**os.environ, "NOTIFY_SOCKET": self.manager.path})
        try:
            self.manager.wait_for("READY=1")
            self.manager.wait_for("STATUS=The database can't be used")
        finally:
            process.terminate()
            self.assertEqual(process.wait(30), 0)


class Reload(Service):
    def test_C12_new_certificate_while_sessions_stay(self):
        daemon = self.start()
        with smtp.Client(daemon.smtp) as plain, smtp.Client(daemon.smtp) as secured:
            self.assertEqual(start_tls(secured), self.first_certificate)
            second = certificate(self.folder, "second.example")
            self.reload(daemon)
            self.assertEqual(secured.command("NOOP")[0], 250)
            secured.command("EHLO client.example")
            self.assertEqual(secured.deliver("ann@client.example", [desk.SUPPORT], mail("secured"))[0], 250)
            self.assertEqual(start_tls(plain), second, "a session that was open takes the new one too")
        self.assertEqual(self.subjects(), ["Case secured"])

    def test_renewal_hook(self):
        """As certbot calls it: the files are replaced, and systemd is asked for a reload."""
        live = self.folder / "live" / "mx.example.org"
        live.mkdir(parents=True)
        daemon = self.start()
        second = certificate(live, "second.example")
        (live / "tls.key").rename(live / "privkey.pem")
        (live / "tls.crt").rename(live / "fullchain.pem")
        tools = self.folder / "tools"
        tools.mkdir()
        (tools / "systemctl").write_text(f"#!/bin/sh\n[ $1 = is-active ] || {{ [ $1 = reload ] && kill -HUP {daemon.process.pid}; }}\n")
        (tools / "systemctl").chmod(0o755)
        group = subprocess.run(["id", "-gn"], check=True, capture_output=True, text=True).stdout.strip()

        def renew(lineage):
            subprocess.run([str(desk.SOURCE / "systemd" / "renewal-hook")], check=True, timeout=60, env={
                "PATH": f"{tools}:{os.environ['PATH']}", "RENEWED_LINEAGE": str(lineage),
                "TICKETGATE_TLS": str(self.folder), "TICKETGATE_GROUP": group})

        (self.folder / "lineage").write_text("mx.example.org\n")
        renew(live.parent / "www.example.org")  # another certificate of this host
        renew(live)
        self.manager.wait_for("RELOADING=1")
        self.manager.wait_for("READY=1")
        with smtp.Client(daemon.smtp) as client:
            self.assertEqual(start_tls(client), second)
        self.assertEqual((self.folder / "tls.key").stat().st_mode & 0o777, 0o640)

    def test_limits_and_log_level(self):
        daemon = self.start()
        with smtp.Client(daemon.smtp):
            self.write("max_message_size = 70000\n", '[log]\nlevel = "debug"\n')
            self.reload(daemon)
            with smtp.Client(daemon.smtp) as client:
                self.assertIn("SIZE 70000", client.command("EHLO client.example")[1])
        log = daemon.log.read_text()
        self.assertEqual(log.count("event=session_opened"), 1, "written at debug only")
        self.assertIn("event=service.reloaded changed=smtp.max_message_size,log.level", log)

    def test_what_needs_a_restart_is_said(self):
        daemon = self.start()
        config = self.write()
        config.write_text(config.read_text().replace("[database]\n", "[database]\nwriters = 3\n"))
        self.reload(daemon)
        self.reload(daemon)
        log = daemon.log.read_text()
        self.assertEqual(log.count("event=service.restart_needed key=database.writers"), 2, "as long as it is so")

    def refused(self, daemon, word):
        told = self.reload(daemon)
        self.assertTrue(any(line.startswith("STATUS=Reload failed") and word in line for line in told), told)
        self.assertIn("event=service.reload_failed", daemon.log.read_text())
        with smtp.Client(daemon.smtp) as client:
            self.assertEqual(start_tls(client), self.first_certificate)

    def test_C12_bad_file_keeps_the_old(self):
        daemon = self.start()
        self.write("no_such_key = 1\n", '[log]\nlevel = "error"\n')
        self.refused(daemon, "no_such_key")
        self.write(sections='[log]\nlevel = "error"\n')
        (self.folder / "tls.key").write_text("no key")
        self.refused(daemon, "tls.key")
        with smtp.Client(daemon.smtp) as client:
            self.assertEqual(client.deliver("ann@client.example", [desk.SUPPORT], mail("after"))[0], 250)
        self.assertIn("event=message_accepted", daemon.log.read_text(), "the level is not half applied")

    def test_credentials(self):
        folder = self.folder / "credentials"
        folder.mkdir()
        config = self.write()
        (folder / "conninfo").write_text(self.desk.cluster.dsn(self.desk.database) + "\n")
        for name in ("tls.crt", "tls.key"):
            (self.folder / name).rename(folder / name)
        config.write_text(config.read_text().replace(self.desk.cluster.dsn(self.desk.database), "credential:conninfo")
                          .replace(f"{self.folder}/tls.", "credential:tls."))
        daemon = self.start(config, CREDENTIALS_DIRECTORY=str(folder))
        with smtp.Client(daemon.smtp) as client:
            self.assertEqual(start_tls(client), self.first_certificate)
        (folder / "conninfo").unlink()
        told = self.reload(daemon)
        self.assertTrue(any("database.conninfo" in line for line in told), told)


class ReloadCommand(Service):
    def ask(self, status):
        """What it said: on standard output when it is done, else on standard error."""
        done = subprocess.run([str(desk.PROGRAM), "--config", str(self.folder / "daemon.toml"), "reload"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual(done.stderr if status == 0 else done.stdout, "")
        return done.stdout + done.stderr

    def test_says_what_came_of_it_and_ends_no_session(self):
        daemon = self.start()
        with smtp.Client(daemon.smtp) as held:
            self.assertEqual(self.ask(0), "reloaded; nothing has changed\n")
            second = certificate(self.folder, "second.example")
            config = self.write("max_message_size = 70000\n")
            config.write_text(config.read_text().replace("[database]\n", "[database]\nwriters = 3\n"))
            self.assertEqual(self.ask(0), "reloaded: smtp.max_message_size, database.writers (at the next restart)\n")
            self.assertEqual(held.command("NOOP")[0], 250)
            with smtp.Client(daemon.smtp) as client:
                self.assertIn("SIZE 70000", client.command("EHLO client.example")[1])
                self.assertEqual(start_tls(client), second)

    def test_C12_what_is_wrong_is_said_and_the_old_stays(self):
        daemon = self.start()
        config = self.write("no_such_key = 1\n")
        self.assertIn(f"{config}:", self.ask(2))
        self.write("max_message_size = 70000\n")
        (self.folder / "tls.key").write_text("no key")
        said = self.ask(1)
        self.assertTrue(said.startswith("ticketgate: the old configuration stays: ") and "tls.key" in said, said)
        self.assertEqual(daemon.log.read_text().count("event=service.reload_failed"), 1)
        with smtp.Client(daemon.smtp) as client:
            self.assertIn("SIZE 50000000", client.command("EHLO client.example")[1])
            self.assertEqual(start_tls(client), self.first_certificate)

    def test_nobody_else_is_answered(self):
        self.write()
        self.assertIn("no service that was started with", self.ask(1))
        daemon = self.start()
        if os.geteuid() == 0:  # else there is nobody else to be
            with socket.socket(socket.AF_UNIX) as stranger:
                stranger.settimeout(60)
                os.seteuid(65534)
                try:
                    stranger.connect("\0ticketgate-reload:" + str(self.folder / "daemon.toml")[-80:])
                finally:
                    os.seteuid(0)
                self.assertEqual(stranger.recv(100), b"")
        self.assertNotIn("event=service.reload", daemon.log.read_text())
        self.ask(0)
        self.assertIn("event=service.reloaded", daemon.log.read_text())

    def test_a_second_service_with_the_same_file_is_served_by_signals(self):
        self.start()
        daemon = self.desk.daemons[0]
        second = subprocess.Popen([str(desk.PROGRAM), "--config", str(self.folder / "daemon.toml"), "serve"],
                                  stderr=subprocess.PIPE, text=True)
        try:
            lines = iter(second.stderr.readline, "")
            self.assertTrue(any("event=service.reload_by_signal_only" in line for line in lines))
            self.ask(0)
            self.assertIn("event=service.reloaded", daemon.log.read_text())
        finally:
            second.terminate()
            second.communicate(timeout=40)


class Sockets(Service):
    def activated(self, *arguments):
        """systemd's own tool, which listens and starts us with the first connection."""
        started = subprocess.Popen(["systemd-socket-activate", *arguments, str(desk.PROGRAM), "--config",
                                    str(self.write()), "serve"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                   text=True)

        def end():
            if started.poll() is None:
                started.terminate()
            started.communicate(timeout=40)

        self.addCleanup(end)
        listens = arguments.count("--listen")
        for _ in range(listens):
            self.assertIn("Listening on", started.stderr.readline())
        return started

    def free_ports(self, count):
        made = [listening() for _ in range(count)]
        for each, _ in made:
            each.close()
        return [port for _, port in made]

    def test_by_systemds_own_tool(self):
        plain, secured, http = self.free_ports(3)
        started = self.activated("--listen", f"127.0.0.1:{plain}", "--listen", f"127.0.0.1:{secured}", "--listen",
                                 f"127.0.0.1:{http}", "--fdname", "smtp:smtps:http")
        with smtp.Client(plain) as client:
            self.assertEqual(client.greeting[0], 220)
            desk.until("mail is taken", lambda: client.deliver("ann@client.example", [desk.SUPPORT],
                                                               mail("activated"))[0] == 250)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with socket.create_connection(("127.0.0.1", secured), 60) as bare, context.wrap_socket(bare) as wrapped:
            self.assertTrue(wrapped.recv(4).startswith(b"220 "))
        with socket.create_connection(("127.0.0.1", http), 60) as status:
            status.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            self.assertIn(b"200 OK", status.recv(4096))
        self.assertEqual(json.loads((self.folder / "daemon.ports").read_text()), {"smtp": plain, "http": http, "lmtp": 0})
        started.terminate()
        self.assertEqual(started.wait(40), 0)
        self.assertEqual(self.subjects(), ["Case activated"])

    def test_an_unknown_name_is_refused(self):
        port, = self.free_ports(1)
        started = self.activated("--listen", f"127.0.0.1:{port}", "--fdname", "submission")
        with socket.create_connection(("127.0.0.1", port), 60):
            self.assertEqual(started.wait(60), 1)
        self.assertIn("submission", started.stderr.read())

    def test_held_across_a_restart(self):
        held, port = listening()
        with held:
            for name in ("one", "two"):
                waiting = socket.create_connection(("127.0.0.1", port), 60)  # while nobody serves
                daemon = self.start(sockets=[held], LISTEN_FDNAMES="smtp")
                self.assertEqual(daemon.smtp, port)
                with waiting:
                    self.assertTrue(waiting.recv(4).startswith(b"220 "))
                    with smtp.Client(port) as client:
                        self.assertEqual(client.deliver("ann@client.example", [desk.SUPPORT], mail(name))[0], 250)
                daemon.stop()
                self.desk.daemons.clear()
        self.assertEqual(self.subjects(), ["Case one", "Case two"])


class Stop(Service):
    def test_under_traffic(self):
        daemon = self.start()
        accepted, traffic_runs = [], threading.Event()

        def traffic(number):
            try:
                with smtp.Client(daemon.smtp) as client:
                    for turn in range(100_000):
                        name = f"{number}-{turn}"
                        if client.deliver("ann@client.example", [desk.SUPPORT], mail(name))[0] != 250:
                            return
                        accepted.append(f"Case {name}")
                        traffic_runs.set()
            except smtp.Closed:
                pass

        idle = smtp.Client(daemon.smtp)
        under_way = smtp.Client(daemon.smtp)
        for line in ("MAIL FROM:<ann@client.example>", f"RCPT TO:<{desk.SUPPORT}>", "DATA"):
            self.assertLess(under_way.command(line)[0], 400)
        threads = [threading.Thread(target=traffic, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        self.assertTrue(traffic_runs.wait(60))
        start = time.monotonic()
        daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(idle.read()[0], 421)
        self.assertLess(time.monotonic() - start, 5, "at once")
        with self.assertRaises(smtp.Closed):
            idle.read()
        self.assertIsNone(daemon.process.poll(), "it waits for the message under way")
        with self.assertRaises(smtp.Closed):
            smtp.Client(daemon.smtp)
        under_way.send(smtp.stuffed(mail("under way")))
        self.assertEqual(under_way.read()[0], 250)
        self.assertEqual(under_way.read()[0], 421)
        for thread in threads:
            thread.join()
        idle.close()
        under_way.close()
        self.assertEqual(daemon.process.wait(40), 0)
        self.assertEqual(self.subjects(), sorted(accepted + ["Case under way"]), "each 250 is a ticket, and no more")


if __name__ == "__main__":
    unittest.main(verbosity=2)
