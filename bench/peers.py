"""The servers that a benchmark measures side by side: each starts on a free port of 127.0.0.1, keeps all
that it writes in one folder, and is stopped by its process id."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "e2e"))
import desk  # noqa: E402


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_greeting(port):
    def greeted():
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as client:
                return client.recv(3) == b"220"
        except OSError:
            return False

    desk.until(f"a greeting on port {port}", greeted, 30)


class Sink:
    """smtp-sink: reads mail and forgets it. What SMTP itself costs."""

    name = "smtp-sink"
    to = "support@bench.example"

    def __init__(self, folder):
        program = shutil.which("smtp-sink", path=os.environ["PATH"] + ":/usr/sbin")
        self.port = free_port()
        user = ["-u", "postfix"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen([program, *user, f"127.0.0.1:{self.port}", "128"], cwd=folder)
        wait_for_greeting(self.port)

    def rest(self):
        pass

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


class Postfix:
    """Debian's Postfix with a configuration and a queue of its own. Every message is put on hold: it is accepted and
    synced as always, and then nothing tries to deliver it."""

    name = "Postfix"
    to = "support@bench.example"

    MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = postfix.bench.example
mydestination = bench.example
local_recipient_maps =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_recipient_restrictions = check_recipient_access static:HOLD, permit_mynetworks, reject
"""
    MASTER = """
127.0.0.1:{port} inet n - n - 100 smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

    @staticmethod
    def missing():
        """Why it can't be measured here, or None."""
        if os.geteuid() != 0:
            return "Postfix starts its daemons as root only; run this as root to measure it"
        if not pathlib.Path("/usr/lib/postfix/sbin/master").exists():
            return "Debian's package postfix is not installed"
        return None

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        for name in ("conf", "queue", "data"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        (self.folder / "conf" / "main.cf").write_text(self.MAIN.format(folder=folder))
        (self.folder / "conf" / "master.cf").write_text(self.MASTER.format(port=self.port))
        self._run("postfix", "start")
        self.master = int((self.folder / "queue" / "pid" / "master.pid").read_text())
        wait_for_greeting(self.port)

    def held(self):
        return sum(len(files) for _, _, files in os.walk(self.folder / "queue" / "hold"))

    def rest(self):
        """Between the rounds: an empty queue."""
        self._run("postsuper", "-d", "ALL", "hold")

    def stop(self):
        os.kill(self.master, signal.SIGTERM)
        desk.until("the end of Postfix", lambda: not pathlib.Path(f"/proc/{self.master}").exists(), 30)

    def _run(self, program, *arguments):
        subprocess.run([f"/usr/sbin/{program}", "-c", str(self.folder / "conf"), *arguments], check=True,
                       capture_output=True, timeout=120)


class Ticketgate:
    """Our own, with a PostgreSQL cluster of its own that syncs every commit."""

    name = "ticketgate"
    to = desk.SUPPORT
    # What an operator would set on a machine of this size. WAL files are used again, as on any server that is not new.
    POSTGRESQL = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "shared_buffers=512MB", "max_wal_size=4GB",
                  "min_wal_size=2GB")

    def __init__(self, folder):
        self.cluster = desk.Cluster.of_our_own(*self.POSTGRESQL, folder=f"{folder}/cluster")
        self.desk = desk.Desk(cluster=self.cluster, folder=folder)
        self.port = self.desk.ports[0]
        self.daemon = self.desk.daemons[0]

    def rest(self):
        """Between the rounds: PostgreSQL's checkpoint shall not run in a peer's round."""
        self.cluster.sql("CHECKPOINT")

    def tickets(self):
        return len(self.desk.run("export", "tickets", "--jsonl").splitlines())

    def stop(self):
        self.desk.stop()
        self.cluster.destroy()


def machine():
    model = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    kilobytes = int(next(line for line in open("/proc/meminfo") if line.startswith("MemTotal")).split()[1])
    return (f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores ({model}), {kilobytes / 1024 / 1024:.0f} GiB of memory, "
            f"Linux {os.uname().release}")
