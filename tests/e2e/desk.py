"""A desk under test: a database of its own, the real program, and what it says about itself.

    TICKETGATE               the program
    TICKETGATE_TEST_CLUSTER  a running cluster (tests/support/pg_cluster.sh start): a folder with a file `dsn`
    CORPORA                  mail that nobody here wrote; ../shared/corpora beside the project otherwise

Without the second variable a script makes a cluster of its own and removes it at the end.
"""

import atexit
import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("TICKETGATE", SOURCE / "build" / "ticketgate"))
CORPORA = pathlib.Path(os.environ.get("CORPORA", SOURCE.parent / "shared" / "corpora"))

DOMAIN = "desk.example"
SUPPORT = "support@" + DOMAIN
SALES = "sales@" + DOMAIN


def corpus(*path):
    """A corpus's folder, or None: then a line in the output says what is not tested."""
    folder = CORPORA.joinpath(*path)
    if folder.exists():
        return folder
    print(f"NOT TESTED HERE: {'/'.join(path)} is missing; CORPORA names its folder", file=sys.stderr, flush=True)
    return None


def work_folder():
    folder = tempfile.mkdtemp(prefix="ticketgate-e2e-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return pathlib.Path(folder)


def until(what, ready, seconds=60):
    """Waits for something that another process is about to do; its value."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = ready()
        if value:
            return value
        time.sleep(0.02)
    raise TimeoutError(f"{what}: not within {seconds} s")


class Cluster:
    """A private PostgreSQL cluster."""

    script = SOURCE / "tests" / "support" / "pg_cluster.sh"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.settings = ()

    @classmethod
    def of_our_own(cls, *settings, folder=None):
        """A new one that is running, and is removed when the script ends."""
        cluster = cls(folder or work_folder() / "cluster")
        cluster.settings = settings
        atexit.register(cluster.destroy)
        cluster.start()
        return cluster

    def start(self):
        self._run("start", *self.settings)

    def stop(self):
        self._run("stop")

    def destroy(self):
        """Stops it and removes all of it, also when that was done before."""
        if self.folder.exists():
            self._run("destroy")
            shutil.rmtree(self.folder)

    def kill(self):
        """As by a power cut: no process of it has a last word."""
        ended = self.process_ids()
        for process in ended:
            os.kill(process, signal.SIGKILL)
        until("the end of PostgreSQL", lambda: not any(pathlib.Path(f"/proc/{process}").exists() for process in ended))

    def process_ids(self):
        """The postmaster's, and then those of all its children."""
        home = pathlib.Path((self.folder / "home").read_text().strip())
        postmaster = int((home / "data" / "postmaster.pid").read_text().split()[0])
        children = pathlib.Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        return [postmaster] + [int(child) for child in children]

    def signal(self, number):
        for process in self.process_ids():
            try:
                os.kill(process, number)
            except ProcessLookupError:  # a child that ended meanwhile; the postmaster comes first
                pass

    def backends(self, database):
        """Those of its processes that serve that database, the busy ones first."""
        found = []
        for process in self.process_ids()[1:]:
            try:
                title = pathlib.Path(f"/proc/{process}/cmdline").read_text().strip("\0 ")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if f" {database} " in title:
                found.append((title.endswith(" idle"), process))
        return [process for _, process in sorted(found)]

    def take_connections(self, database, what, done):
        """All that there are, those of that database's clients too, until it is done."""
        path = (self.folder / "socket").read_text().strip() + "/.s.PGSQL.5432"
        startup = b"user\0postgres\0database\0postgres\0\0"
        held = []

        def fill():
            while True:
                held.append(socket.socket(socket.AF_UNIX))
                held[-1].settimeout(30)
                held[-1].connect(path)
                held[-1].sendall(struct.pack("!ii", len(startup) + 8, 196608) + startup)
                if held[-1].recv(1) != b"R":  # it answers E: too many
                    held.pop().close()
                    return

        def taken_and_done():
            fill()
            for backend in self.backends(database):
                try:
                    os.kill(backend, signal.SIGTERM)
                except ProcessLookupError:
                    pass
            return done()

        try:
            until(what, taken_and_done, 90)
        finally:
            for each in held:
                each.close()

    def dsn(self, database="postgres"):
        return (self.folder / "dsn").read_text().strip() + f" dbname={database}"

    def sql(self, statement, database="postgres"):
        done = subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", self.dsn(database), "-c", statement],
                              check=True, capture_output=True, text=True, timeout=120)
        return done.stdout.strip()

    def _run(self, verb, *settings):
        subprocess.run([str(self.script), verb, str(self.folder), *settings], check=True, timeout=180)


_shared = None


def shared_cluster():
    global _shared
    if _shared is None:
        folder = os.environ.get("TICKETGATE_TEST_CLUSTER")
        _shared = Cluster(folder) if folder else Cluster.of_our_own()
    return _shared


class Desk:
    """One database with two mailboxes of one workspace, and as many daemons as asked for."""

    RESOLVER = "off"  # verification.resolver: nothing is verified
    TICKETS_PER_HOUR = 0  # of one sender; tests send more than people do
    OUTBOUND = '[outbound]\nenabled = "off"\n'  # what is queued stays so; a test says where it is to go

    def __init__(self, daemons=1, cluster=None, database_timeout=None, folder=None):
        self.cluster = cluster or shared_cluster()
        self.folder = pathlib.Path(folder) if folder else work_folder()
        self.database = f"e2e_{os.getpid()}_{time.monotonic_ns()}"
        self.cluster.sql(f"CREATE DATABASE {self.database}")
        self.timeout = database_timeout
        self.daemons = []
        self.config = self._write_config("cli")
        self.run("migrate")
        self.run("workspace", "add", "demo")
        self.run("domain", "add", DOMAIN, "--workspace", "demo")
        self.run("mailbox", "add", SUPPORT, "--workspace", "demo", "--postmaster")
        self.run("mailbox", "add", SALES, "--workspace", "demo")
        for number in range(daemons):
            self.start(f"daemon{number}")

    def _write_config(self, name):
        path = self.folder / f"{name}.toml"
        timeout = f"timeout = {self.timeout}\n" if self.timeout else ""
        path.write_text(f"""
[smtp]
listen = ["127.0.0.1:0"]
host_name = "mx.{DOMAIN}"
exempt_networks = ["127.0.0.0/8"]
[http]
listen = "127.0.0.1:0"
[verification]
resolver = ["{self.RESOLVER}"]
[floods]
tickets_per_hour = {self.TICKETS_PER_HOUR}
{self.OUTBOUND}[database]
conninfo = "{self.cluster.dsn(self.database)}"
{timeout}[process]
ports_file = "{self.folder}/{name}.ports"
""")
        return path

    def start(self, name, config=None, **started):
        """A daemon, ready to serve."""
        daemon = Daemon(config or self._write_config(name), self.folder / f"{name}.ports", self.folder / f"{name}.log",
                        **started)
        self.daemons.append(daemon)
        return daemon

    @property
    def ports(self):
        return [daemon.smtp for daemon in self.daemons]

    def run(self, *arguments, status=0):
        """The program's standard output."""
        done = subprocess.run([str(PROGRAM), "--config", str(self.config), *arguments], capture_output=True, text=True,
                              timeout=300)
        if done.returncode != status:
            raise AssertionError(f"ticketgate {' '.join(arguments)}: status {done.returncode}, not {status}\n"
                                 f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return done.stdout

    def tickets(self):
        return [json.loads(line) for line in self.run("export", "tickets", "--jsonl").splitlines()]

    def interactions(self):
        return [interaction for ticket in self.tickets() for interaction in ticket["interactions"]]

    def disposed(self):
        """How many messages met each disposition, by all daemons of this desk."""
        counts = {}
        for daemon in self.daemons:
            for labels, value in daemon.metric("ticketgate_messages_disposed_total"):
                if value:
                    counts[labels["disposition"]] = counts.get(labels["disposition"], 0) + int(value)
        return counts

    def deadlocks(self):
        return int(self.cluster.sql(f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{self.database}'"))

    def stop(self):
        for daemon in self.daemons:
            daemon.stop()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.stop()
        if failure[0] is not None:
            for daemon in self.daemons:
                lines = daemon.log.read_text().splitlines(True)
                told = [line for line in lines[:-20] if "level=error" in line or "level=warning" in line]
                print(f"what {daemon.log} complains of, and its end:\n" + "".join(told[:20] + lines[-20:]),
                      file=sys.stderr)
        else:
            self.cluster.sql(f"DROP DATABASE {self.database} WITH (FORCE)")


def _end_with_parent():
    """A script that is killed by its time limit leaves no daemon behind."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


class Daemon:
    def __init__(self, config, ports_file, log, environment=None, sockets=()):
        """`environment` is added to ours; `sockets` listen already, and are passed as systemd does."""
        self.log = log
        self.ports_file = ports_file
        ports_file.unlink(missing_ok=True)
        command = [str(PROGRAM), "--config", str(config), "serve"]
        environment = {**os.environ, **(environment or {})}
        if sockets:
            command = ["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *command]
            environment["LISTEN_FDS"] = str(len(sockets))
        first = 3  # SD_LISTEN_FDS_START

        def prepare():
            _end_with_parent()
            copies = [os.dup(each.fileno()) for each in sockets]  # none of which is in another's place
            for number, copy in enumerate(copies, first):
                os.dup2(copy, number)

        with open(log, "ab") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                            env=environment, preexec_fn=prepare,
                                            pass_fds=range(first, first + len(sockets)))
        atexit.register(self.stop)
        ports = until(f"ticketgate serve ({log})", self._ports)
        self.smtp, self.http, self.lmtp = ports["smtp"], ports["http"], ports["lmtp"]
        until("/readyz", lambda: self.status("/readyz") == 200)

    def _ports(self):
        if self.process.poll() is not None:
            raise AssertionError("ticketgate serve ended:\n" + self.log.read_text()[-3000:])
        try:
            return json.loads(self.ports_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None

    def _get(self, path):
        return urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=10)

    def status(self, path):
        try:
            with self._get(path) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code

    def metric(self, name):
        """[(labels, value)] of one metric."""
        with self._get("/metrics") as response:
            text = response.read().decode()
        lines = re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", text, re.MULTILINE)
        return [(dict(re.findall(r'(\w+)="([^"]*)"', labels)), float(value)) for labels, value in lines]

    def resident(self):
        """Bytes of memory: now, and at most so far."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return tuple(int(re.search(rf"{key}:\s+(\d+) kB", status).group(1)) * 1024 for key in ("VmRSS", "VmHWM"))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
