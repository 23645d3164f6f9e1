"""What ./dev chaos works on: a PostgreSQL of its own, two daemons on one database, senders, and in the end the
question whether every mail is where it belongs."""

import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import desk
import failpoints
import load

PATIENCE = 3  # of the daemons with their database, in seconds
LIBRARY = pathlib.Path(os.environ.get("TICKETGATE_FAILPOINT_LIBRARY",
                                      desk.SOURCE / "build" / "default" / "tests" / "chaos" / "libfailpoints.so"))


def process_state(process):
    """One letter, as /proc has it; None when it has ended."""
    try:
        letter = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if letter in "ZX" else letter


class Gate:
    """A daemon that is started again whenever it was killed. Its socket stays, as with systemd's."""

    def __init__(self, helpdesk, number):
        self.desk, self.name = helpdesk, f"daemon{number}"
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.socket.getsockname()[1]
        self.page = failpoints.Page(helpdesk.folder / f"{self.name}.failpoints")
        self.daemon = None

    def start(self):
        if self.daemon:
            self.desk.daemons.remove(self.daemon)
        self.daemon = self.desk.start(self.name, sockets=[self.socket],
                                           environment={**self.page.environment(LIBRARY), "LISTEN_FDNAMES": "smtp"})

    @property
    def process(self):
        return self.daemon.process.pid

    def signal(self, number):
        os.kill(self.process, number)

    def wait_for_kill(self):
        status = self.daemon.process.wait(30)
        assert status == -signal.SIGKILL, f"{self.name} ended by itself with status {status}"

    def stop(self):
        """In order, and without a complaint of a sanitizer."""
        self.daemon.stop()
        self.socket.close()
        assert self.daemon.process.returncode == 0, self.daemon.log.read_text()[-3000:]

    def kill(self):
        if self.daemon and self.daemon.process.poll() is None:
            self.daemon.process.kill()
            self.daemon.process.wait()


class Scene:
    def __init__(self, seed, cluster):
        self.cluster = cluster
        self.desk = desk.Desk(daemons=0, cluster=cluster, database_timeout=PATIENCE)
        self.gates = [Gate(self.desk, number) for number in range(2)]
        self.load = load.Load(seed, [gate.port for gate in self.gates])

    def __enter__(self):
        try:
            for gate in self.gates:
                gate.start()
            self.load.start()
            self.flows()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, failure, *_):
        for gate in self.gates:
            gate.kill()
            if failure and issubclass(failure, Exception) and gate.daemon:
                lines = gate.daemon.log.read_text().splitlines(True)
                print(f"the end of {gate.daemon.log}:\n" + "".join(lines[-20:]), file=sys.stderr)

    def answers(self, *codes):
        """How many attempts ended in one of them so far."""
        return sum(self.load.ledger.answers[code] for code in codes)

    def flows(self, mails=2 * load.SENDERS):
        """Waits until so many more have been taken."""
        wanted = self.load.taken() + mails

        def taken():
            for gate in self.gates:
                assert gate.daemon.process.poll() is None, f"{gate.name} ended by itself: see {gate.daemon.log}"
            return self.load.taken() >= wanted

        desk.until("mail is taken again", taken, 90)

    def refuses(self, mails, *codes):
        wanted = self.answers(*codes) + mails
        desk.until(f"senders read {codes}", lambda: self.answers(*codes) >= wanted, 90)

    # --- PostgreSQL's processes

    def kill_backend(self):
        os.kill(desk.until("a backend", lambda: self.cluster.backends(self.desk.database))[0], signal.SIGKILL)

    def kill_postmaster(self):
        """It alone; its children notice, and it is started again when none is left."""
        processes = self.cluster.process_ids()
        os.kill(processes[0], signal.SIGKILL)
        desk.until("the end of PostgreSQL", lambda: not any(process_state(process) for process in processes))
        self.cluster.start()

    def kill_everything(self):
        for gate in self.gates:
            gate.signal(signal.SIGKILL)
        self.cluster.kill()
        self.cluster.start()
        for gate in self.gates:
            gate.wait_for_kill()
            gate.start()

    def take_connections(self, mails):
        """All that PostgreSQL has, until so many mails were refused."""
        wanted = self.answers(451) + mails
        self.cluster.take_connections(self.desk.database, "senders read 451", lambda: self.answers(451) >= wanted)

    # --- the end

    def end(self):
        """Stops in order; the Verdict."""
        finished = self.load.stop()
        for gate in self.gates:
            gate.stop()
        return Verdict(self, finished)


class Verdict:
    def __init__(self, scene, finished):
        ledger = scene.load.ledger
        rows = scene.cluster.sql("SELECT message_id, count(*), count(ticket_id), min(raw_size), max(encode(raw_digest, 'hex')), "
                                "min(cardinality(mailbox_ids)) FROM interactions GROUP BY 1", scene.desk.database)
        self.stored = {line.split("|")[0]: line.split("|")[1:] for line in rows.splitlines()}
        self.acknowledged = ledger.acknowledged
        self.unacknowledged = len(self.stored.keys() & ledger.abandoned)
        self.duplicates = int(scene.cluster.sql("SELECT count(DISTINCT intake_id) FROM dispositions "
                                               "WHERE disposition = 'duplicate'", scene.desk.database))
        self.answers = ledger.answers
        self.lost = [mail for mail in ledger.acknowledged if self.stored.get(mail, "000")[1] == "0"]
        self.doubled = [mail for mail, row in self.stored.items() if int(row[0]) > 1]
        self.altered = [mail for mail, record in ledger.acknowledged.items() if mail in self.stored and
                        self.stored[mail][2:] != [str(record.size), record.digest, str(record.recipients)]]
        self.cut = sorted(self.stored.keys() & ledger.cut)
        self.strange = sorted(self.stored.keys() - ledger.acknowledged.keys() - ledger.abandoned - ledger.cut)
        self.impossible = ledger.impossible
        self.finished = finished
        self.looked_up = sum(gate.daemon.log.read_text().count("event=intake.commit_looked_up") for gate in scene.gates)
        try:
            scene.desk.run("audit")
            self.audit = "holds"
        except AssertionError as error:
            self.audit = str(error)

    def objections(self):
        found = [(f"{len(mails)} {what}: " + ", ".join(map(self._told, mails[:5]))) for what, mails in (
            ("acknowledged and lost", self.lost), ("in tickets twice", self.doubled),
            ("other bytes or mailboxes than were sent", self.altered), ("stored without a final dot", self.cut),
            ("stored, and never sent so", self.strange), ("impossible replies", self.impossible)) if mails]
        if not self.finished:
            found.append("some senders could not get rid of their mail")
        if self.audit != "holds":
            found.append(self.audit)
        return found

    def _told(self, mail):
        return f"{mail} (during {self.acknowledged[mail].during})" if mail in self.acknowledged else mail

    def print(self):
        print(f"  acknowledged {len(self.acknowledged)}, stored {len(self.stored)} (of them never acknowledged "
              f"{self.unacknowledged}), lost {len(self.lost)}, doubled {len(self.doubled)}, altered {len(self.altered)}, "
              f"without a final dot {len(self.cut)}\n  attempts: " +
              ", ".join(f"{count} times {code or 'no answer'}" for code, count in sorted(self.answers.items())) +
              f"; {self.duplicates} recognised as duplicates, "
              f"{self.looked_up} looked up after a COMMIT without an answer\n  audit: {self.audit}", flush=True)
        for objection in self.objections():
            print(f"  WRONG: {objection}", flush=True)


class SmallDisk:
    """A file system of its own, or None as its value where there can't be one."""

    def __init__(self, megabytes):
        self.size, self.folder = megabytes, None

    def __enter__(self):
        new_mounts, recursive_private = 0x20000, 0x44000  # CLONE_NEWNS; MS_REC | MS_PRIVATE
        libc = ctypes.CDLL(None, use_errno=True)
        # Mounts of our own: whatever becomes of us, they end with our processes.
        if libc.unshare(new_mounts) or libc.mount(b"none", b"/", None, ctypes.c_ulong(recursive_private), None):
            return self._impossible(os.strerror(ctypes.get_errno()))
        folder = pathlib.Path(tempfile.mkdtemp(prefix="ticketgate-chaos-", dir="/var/tmp"))
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.size}m,mode=0755", "ticketgate-chaos", folder],
                              capture_output=True, text=True)
        if done.returncode:
            folder.rmdir()
            return self._impossible(done.stderr.strip())
        self.folder = folder
        return self

    def _impossible(self, why):
        print(f"NOT TESTED HERE: a full disk, which needs a mount (root, CAP_SYS_ADMIN): {why}", file=sys.stderr,
              flush=True)

    def fill(self):
        """To the last byte, though others write and remove beside us."""
        with open(self.folder / "filler", "ab", buffering=0) as filler:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while filler.write(bytes(size)) == size:
                        pass
                except OSError:
                    pass

    def empty(self):
        (self.folder / "filler").unlink()

    def __exit__(self, *_):
        if self.folder:
            subprocess.run(["umount", "-l", self.folder], check=True)
            shutil.rmtree(self.folder, ignore_errors=True)
