#!/usr/bin/env python3
"""install.py DEB CACHE: the package in a clean Debian 12, as docs/operations.md says, up to the first ticket.

Run as root by `./dev package --test`. The clean root is made by debootstrap from the sources of this machine and kept as
CACHE for the next time. It is entered with mounts and process ids of its own, so that nothing is left behind."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests" / "e2e"))
import smtp  # noqa: E402

INSIDE = "TICKETGATE_PACKAGE_TEST_INSIDE"


def run(*command, **options):
    print("+", *command, flush=True)
    return subprocess.run(command, check=True, text=True, timeout=900, **options)


def ask(*command):
    return run(*command, stdout=subprocess.PIPE).stdout


def check(truth, what):
    if not truth:
        sys.exit(f"install.py: {what}")


def sources():
    """Where this machine gets Debian 12 from."""
    lines = ask("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME)", "Created-By: Packages").splitlines()
    found = sorted({line.split()[0] for line in lines if line.endswith(" bookworm")})
    check(found, "this machine has no source for bookworm")
    return found[0]


def clean_root(cache, root):
    if not cache.exists():
        made = root.with_name("made")
        run("debootstrap", "--variant=minbase", "bookworm", str(made), sources())
        run("tar", "-C", str(made), "-cf", f"{cache}.new", ".")
        os.rename(f"{cache}.new", cache)
        shutil.rmtree(made)
    root.mkdir()
    run("tar", "-C", str(root), "-xf", str(cache))


class Root:
    """A Debian in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.path = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive",
                     **{name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}}
        run("mount", "-t", "proc", "proc", str(folder / "proc"))
        run("mount", "--rbind", "/dev", str(folder / "dev"))
        for name in ("resolv.conf", "hosts"):
            shutil.copyfile(f"/etc/{name}", folder / "etc" / name)
        shutil.copytree("/etc/apt", folder / "etc" / "apt", dirs_exist_ok=True)
        self.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n").chmod(0o755)
        (folder / "etc/postgresql-common/createcluster.d").mkdir(parents=True)
        self.write("/etc/postgresql-common/createcluster.d/test.conf", "create_main_cluster = false\n")

    def write(self, path, text):
        file = self.folder / path.lstrip("/")
        file.write_text(text)
        return file

    def run(self, *command, user="root", **options):
        return run("chroot", f"--userspec={user}:{user}", str(self.folder), *command, env={**self.path, "HOME": "/"},
                   **options)

    def ask(self, *command, **options):
        return self.run(*command, stdout=subprocess.PIPE, **options).stdout

    def desk(self, *arguments):
        return self.ask("ticketgate", *arguments, user="ticketgate")


def install(root, package):
    shutil.copyfile(package, root.folder / "tmp" / package.name)
    root.run("apt-get", "update", "-q")
    root.run("apt-get", "install", "-q", "-y", "--no-install-recommends", f"/tmp/{package.name}", "postgresql-15")
    check("not found" not in root.ask("ldd", "/usr/bin/ticketgate"), "a library is missing")
    conffiles = root.ask("dpkg-query", "-W", "-f", "${Conffiles}", "ticketgate")
    check("/etc/ticketgate/ticketgate.toml" in conffiles, "the configuration is no conffile")
    check(root.ask("dpkg", "--verify", "ticketgate") == "", "what is installed is not what was packaged")
    root.run("ticketgate", "config", "check")
    listed = root.ask("dpkg", "-L", "ticketgate").split()
    for path in ("/usr/lib/systemd/system/ticketgate.service", "/usr/lib/systemd/system/ticketgate.socket",
                 "/usr/lib/systemd/system/ticketgate-lmtp.socket",
                 "/usr/share/man/man8/ticketgate.8.gz", "/usr/share/doc/ticketgate/operations.md",
                 "/usr/lib/ticketgate/renewal-hook"):
        check(path in listed, f"{path} is missing")
    tls = (root.folder / "etc/ticketgate/tls").stat()
    group = int(root.ask("getent", "group", "ticketgate").split(":")[2])
    check((tls.st_mode & 0o777, tls.st_uid, tls.st_gid) == (0o750, 0, group), "the folder for keys is open")


def use(root):
    root.run("pg_createcluster", "15", "main", "--", "--auth=peer")
    root.run("pg_ctlcluster", "15", "main", "start", "-o", "-c listen_addresses=''")
    root.run("createuser", "ticketgate", user="postgres")
    root.run("createdb", "--owner=ticketgate", "ticketgate", user="postgres")
    sample = root.folder / "etc/ticketgate/ticketgate.toml"
    text = sample.read_text()
    for default, value in (('# listen = ["0.0.0.0:25"]', 'listen = ["127.0.0.1:0"]'),
                           ('# listen = "127.0.0.1:8080"', 'listen = "127.0.0.1:0"'),
                           ('# ports_file = ""', 'ports_file = "/tmp/ports.json"'),
                           ('# host_name = ""', 'host_name = "mx.acme.example"')):
        check(default in text, f"the sample has no {default}")
        text = text.replace(default, value)
    sample.write_text(text)
    root.desk("config", "check")
    root.desk("migrate")
    root.desk("workspace", "add", "acme")
    root.desk("domain", "add", "acme.example", "--workspace", "acme")
    root.desk("mailbox", "add", "help@acme.example", "--workspace", "acme", "--postmaster")
    command = ["chroot", "--userspec=ticketgate:ticketgate", str(root.folder), "ticketgate", "serve"]
    daemon = subprocess.Popen(command, env=root.path)
    try:
        send_mail(root)
    finally:
        daemon.terminate()
        check(daemon.wait(60) == 0, "the service did not stop as it should")
    tickets = json.loads(root.desk("ticket", "list", "--json"))
    check([each["subject"] for each in tickets] == ["Installed"], f"the ticket is missing: {tickets}")


def send_mail(root):
    ports = root.folder / "tmp/ports.json"
    raw = smtp.crlf(b"From: ann@client.example\nTo: help@acme.example\nSubject: Installed\n\nIt works.\n")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:  # as a sender's server: until it is taken
        if ports.exists():
            with smtp.Client(json.loads(ports.read_text())["smtp"]) as client:
                if client.deliver("ann@client.example", ["help@acme.example"], raw)[0] == 250:
                    return
        time.sleep(0.1)
    check(False, "no mail was taken within a minute")


def remove(root):
    root.run("pg_ctlcluster", "15", "main", "stop")
    root.run("apt-get", "purge", "-q", "-y", "ticketgate")
    check(not (root.folder / "etc/ticketgate").exists(), "purging leaves /etc/ticketgate")
    root.run("getent", "passwd", "ticketgate")


def main(package, cache):
    if os.geteuid() != 0:
        sys.exit("install.py: only root can make a clean root")
    if not os.environ.get(INSIDE):
        os.environ[INSIDE] = "yes"
        os.execvp("unshare", ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, "-B",
                              __file__, str(package), str(cache)])
    work = pathlib.Path(tempfile.mkdtemp(prefix="ticketgate-package-", dir="/var/tmp"))
    run("mount", "-t", "tmpfs", "-o", "mode=0755", "ticketgate", str(work))  # gone with the last process of ours
    try:
        clean_root(cache, work / "root")
        root = Root(work / "root")
        install(root, package)
        use(root)
        remove(root)
        print("the package installs, takes mail and goes again")
    finally:
        os.chdir("/")
        subprocess.run(["umount", "--recursive", "--lazy", str(work)], check=False)
        work.rmdir()


if __name__ == "__main__":
    main(*(pathlib.Path(each).resolve() for each in sys.argv[1:3]))
