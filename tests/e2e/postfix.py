"""A real Postfix in front of a gateway: an instance of its own in a folder, which touches nothing of the system's. Its lmtp
client is chrooted to the queue's folder, as Debian's is.

It needs root, as Postfix does (or sudo without a password), and is stopped when the script ends."""

import atexit
import os
import pathlib
import shutil
import socket
import subprocess

import desk

SERVICES = """
pickup    unix  n  -  n  60   1  pickup
cleanup   unix  n  -  n  -    0  cleanup
qmgr      unix  n  -  n  300  1  qmgr
tlsmgr    unix  -  -  n  1000? 1 tlsmgr
rewrite   unix  -  -  n  -    -  trivial-rewrite
bounce    unix  -  -  n  -    0  bounce
defer     unix  -  -  n  -    0  bounce
trace     unix  -  -  n  -    0  bounce
verify    unix  -  -  n  -    1  verify
flush     unix  n  -  n  1000? 0 flush
proxymap  unix  -  -  n  -    -  proxymap
smtp      unix  -  -  n  -    -  smtp
lmtp      unix  -  -  y  -    -  lmtp
relay     unix  -  -  n  -    -  smtp
showq     unix  n  -  n  -    -  showq
error     unix  -  -  n  -    -  error
retry     unix  -  -  n  -    -  error
discard   unix  -  -  n  -    -  discard
anvil     unix  -  -  n  -    1  anvil
scache    unix  -  -  n  -    1  scache
postlog   unix-dgram n - n -  1  postlogd
"""


class Postfix:
    """`settings` are lines of main.cf, `services` more lines of master.cf; `port` is where it takes mail."""

    def __init__(self, folder, settings, services=""):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)  # its processes run as another user
        self.config = self.folder / "postfix"
        for name in ("postfix", "queue", "data"):
            (self.folder / name).mkdir()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        (self.config / "master.cf").write_text(f"127.0.0.1:{self.port} inet n - n - - smtpd" + SERVICES + services)
        (self.config / "main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {self.folder}/queue
data_directory = {self.folder}/data
maillog_file = {self.folder}/mail.log
maillog_file_prefixes = {self.folder}
multi_instance_name = postfix-e2e
myhostname = relay.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
alias_maps =
smtp_host_lookup = native
smtp_dns_support_level = disabled
""" + settings)
        self._as_root("chown", "postfix", f"{self.folder}/data")
        atexit.register(self.stop)
        self._as_root("postfix", "-c", self.config, "start")
        desk.until("Postfix", self._listens)

    def _listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 5).close()
            return True
        except OSError:
            return False

    @staticmethod
    def _as_root(*command, check=True):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        path = os.environ["PATH"] + ":/usr/sbin:/sbin"
        done = subprocess.run([*sudo, shutil.which(command[0], path=path) or command[0], *map(str, command[1:])],
                              capture_output=True, text=True, timeout=120, env={**os.environ, "PATH": path})
        if check and done.returncode != 0:
            raise AssertionError(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout

    def log(self):
        return (self.folder / "mail.log").read_text()

    def queued(self):
        return self._as_root("postqueue", "-c", self.config, "-j").splitlines()

    def flush(self):
        self._as_root("postqueue", "-c", self.config, "-f")

    def stop(self):
        self._as_root("postfix", "-c", self.config, "stop", check=False)
        self._as_root("chown", "-R", str(os.getuid()), self.folder, check=False)
