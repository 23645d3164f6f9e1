#!/usr/bin/env python3
"""Real rspamd and ClamAV, started here on loopback without any network, and what becomes of the mail they speak of."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import unittest

import desk
import smtp

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-" b"FILE!$H+H*"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(port):
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex(("127.0.0.1", port)) == 0


class Rspamd:
    """The normal worker alone, with a rule of the test's own for each action; no DNS, no Redis, no update."""

    def __init__(self):
        self.folder = desk.work_folder()
        self.port = free_port()
        for name in ("run", "db", "lua"):
            (self.folder / name).mkdir(exist_ok=True)
        rules = self.folder / "rules.lua"
        rules.write_text("""
for word, action in pairs({ACTREJECT = 'reject', ACTSOFT = 'soft reject', ACTHEADER = 'add header'}) do
  rspamd_config:register_symbol({
    name = word, score = 1.5,
    callback = function(task)
      local subject = task:get_subject()
      if subject and subject:find(word, 1, true) then
        task:set_pre_result(action, 'the test says ' .. word, 'test')
        return true
      end
      return false
    end
  })
end
""")
        config = self.folder / "rspamd.conf"
        config.write_text(f"""
options {{
  pidfile = "{self.folder}/run/rspamd.pid";
  filters = "";
  dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }}
  tempdir = "{self.folder}/run";
  cache_file = "{self.folder}/db/symbols.cache";
  control_socket = "{self.folder}/run/control.sock";
  allow_raw_input = true;
}}
logging {{ type = "file"; filename = "{self.folder}/rspamd.log"; level = "info"; }}
actions {{ reject = 15; "add header" = 6; }}
worker "normal" {{ bind_socket = "127.0.0.1:{self.port}"; count = 1; task_timeout = 8s; }}
lua = "{rules}";
""")
        self.process = subprocess.Popen(["rspamd", "-f", "-i", "-u", "root", "-g", "root", "-c", str(config)]
                                        if os.geteuid() == 0 else ["rspamd", "-f", "-c", str(config)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        desk.until("rspamd", lambda: answers(self.port) or self._failed(), 90)

    def _failed(self):
        if self.process.poll() is not None:
            log = self.folder / "rspamd.log"
            raise RuntimeError("rspamd ended: " + (log.read_text()[-2000:] if log.exists() else "no log"))
        return False

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Clamd:
    """clamd with one signature of the test's own (EICAR's), on a Unix socket."""

    def __init__(self):
        self.folder = desk.work_folder()
        database = self.folder / "db"
        database.mkdir()
        (database / "test.ndb").write_text(f"Test.Eicar:0:*:{EICAR.hex()}\n")
        self.socket = self.folder / "clamd.ctl"
        config = self.folder / "clamd.conf"
        config.write_text(f"DatabaseDirectory {database}\nLocalSocket {self.socket}\nForeground yes\n"
                          f"LogFile {self.folder}/clamd.log\nConcurrentDatabaseReload no\n"
                          f"User {'root' if os.geteuid() == 0 else pathlib.Path.home().owner()}\n")
        self.process = subprocess.Popen(["clamd", "--config-file", str(config)], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        desk.until("clamd", lambda: self.socket.exists() or self._failed(), 90)

    def _failed(self):
        if self.process.poll() is not None:
            log = self.folder / "clamd.log"
            raise RuntimeError("clamd ended: " + (log.read_text()[-2000:] if log.exists() else "no log"))
        return False

    def stop(self):
        self.process.terminate()
        self.process.wait(30)


class Scanned(desk.Desk):
    def __init__(self, scanners):
        self.scanners = scanners
        super().__init__()

    def _write_config(self, name):
        path = super()._write_config(name)
        path.write_text(path.read_text() + "[scanners]\n" + self.scanners)
        return path


def mail(subject, body=b"hello"):
    return f"From: ann@client.example\r\nTo: {desk.SUPPORT}\r\nSubject: {subject}\r\n\r\n".encode() + body + b"\r\n"


def deliver(one, raw):
    with smtp.Client(one.daemons[0].smtp) as session:
        return session.deliver("ann@client.example", [desk.SUPPORT], raw)


class RealScanners(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        missing = [name for name in ("rspamd", "clamd") if not shutil.which(name)]
        if missing:
            raise RuntimeError(f"{' and '.join(missing)} is not installed: ./dev test installs it")
        cls.rspamd, cls.clamd = Rspamd(), Clamd()
        cls.addClassCleanup(cls.rspamd.stop)
        cls.addClassCleanup(cls.clamd.stop)
        cls.desk = cls.enterClassContext(Scanned(
            f'rspamd = "127.0.0.1:{cls.rspamd.port}"\nclamav = "unix:{cls.clamd.socket}"\n'))

    def stored(self, subject):
        found = [each["interactions"][0] for each in self.desk.tickets() if each["subject"] == subject]
        return found[0] if found else None

    def scans(self, identifier):
        kept = json.loads(self.desk.run("explain", "--interaction", identifier, "--json"))["examination"]["scans"]
        return {one["scanner"]: one for one in kept}

    def test_clean_mail_is_a_ticket_and_says_what_was_found(self):
        self.assertEqual(deliver(self.desk, mail("clean"))[0], 250)
        scans = self.scans(self.stored("clean")["id"])
        self.assertEqual((scans["rspamd"]["found"], scans["clamav"]["found"]), ("nothing", "nothing"))

    def test_rspamds_actions(self):
        code, text = deliver(self.desk, mail("ACTREJECT"))
        self.assertEqual((code, text.split(" [")[0]), (550, "5.7.1 the test says ACTREJECT"))
        code, text = deliver(self.desk, mail("ACTSOFT"))
        self.assertEqual((code, text.split(" [")[0]), (451, "4.7.1 the test says ACTSOFT"))
        self.assertEqual(deliver(self.desk, mail("ACTHEADER"))[0], 250)
        scan = self.scans(self.stored("ACTHEADER")["id"])["rspamd"]
        self.assertEqual(scan["found"], "spam")
        self.assertIn("score", scan)
        self.assertTrue([one for one in scan["symbols"] if one.startswith("ACTHEADER(")], scan)
        self.assertIsNone(self.stored("ACTREJECT") or self.stored("ACTSOFT"))

    def test_a_virus_is_refused(self):
        code, text = deliver(self.desk, mail("virus", EICAR))
        self.assertEqual((code, text.split(" [")[0]), (550, "5.7.1 The message contains malware"))
        self.assertIsNone(self.stored("virus"))

    def test_what_is_found_may_be_held(self):
        with Scanned(f'rspamd = "127.0.0.1:{self.rspamd.port}"\nclamav = "unix:{self.clamd.socket}"\n'
                     'spam = "hold"\nrefused = "hold"\nvirus = "hold"\n') as holding:
            for subject, body in (("ACTREJECT", b"x"), ("ACTHEADER", b"x"), ("virus", EICAR)):
                self.assertEqual(deliver(holding, mail(subject, body))[0], 250)
            held = json.loads(holding.run("held", "list", "--json"))
            self.assertEqual({one["subject"]: one["reasons"] for one in held},
                             {"ACTREJECT": ["spam"], "ACTHEADER": ["spam"], "virus": ["virus"]})
            virus, = [one for one in held if one["subject"] == "virus"]
            self.assertIn("Test.Eicar", holding.run("held", "show", virus["interaction"]))

    def test_scanners_that_are_away(self):
        gone = f'rspamd = "127.0.0.1:{free_port()}"\nclamav = "unix:/nowhere/clamd.ctl"\n'
        with Scanned(gone) as taking:
            self.assertEqual(deliver(taking, mail("away"))[0], 250)
        with Scanned(gone + 'when_away = "defer"\n') as deferring:
            code, text = deliver(deferring, mail("away"))
            self.assertEqual(code, 451, text)
            self.assertEqual(deferring.tickets(), [])


if __name__ == "__main__":
    unittest.main()
