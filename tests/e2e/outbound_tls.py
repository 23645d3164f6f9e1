#!/usr/bin/env python3
"""TLS as destinations publish it: DANE in a zone that is signed, MTA-STS on a web server; and what becomes of mail whose
server does not show what was promised. It never goes in plain text instead."""

import hashlib
import http.server
import json
import socket
import ssl
import subprocess
import threading
import unittest

import desk
import replies
from mail_server import MailServer

ZONE = "signed.example"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def name_of(host):
    return f"{host}.{ZONE}"


class Authority:
    """Of this test alone; makes certificates for lists of names."""

    def __init__(self, folder):
        self.folder = folder
        self.roots = folder / "roots.pem"
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
                      "/CN=Test roots", "-keyout", "roots.key", "-out", "roots.pem")

    def _openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True).stdout

    def certificate(self, name, hosts):
        """A server's context, and the digest of its public key."""
        (self.folder / f"{name}.ext").write_text("subjectAltName=" + ",".join(f"DNS:{host}" for host in hosts))
        self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x",
                      "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self._openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "roots.pem", "-CAkey", "roots.key", "-CAcreateserial",
                      "-days", "30", "-extfile", f"{name}.ext", "-out", f"{name}.crt")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / f"{name}.crt", self.folder / f"{name}.key")
        return context, hashlib.sha256(self._openssl("pkey", "-in", f"{name}.key", "-pubout", "-outform", "DER")).hexdigest()


class SignedZone:
    """`records`, signed by ldns-signzone and served by nsd."""

    def __init__(self, folder, records):
        self.port = free_port()
        (folder / "zone").write_text(f"$ORIGIN {ZONE}.\n$TTL 300\n@ IN SOA ns host 1 300 300 300 300\n@ IN NS ns\n"
                                     "ns IN A 127.0.0.1\n" + "".join(f"{record}\n" for record in records))
        subprocess.run("key=$(ldns-keygen -a ECDSAP256SHA256 -k signed.example) && ldns-signzone -f zone.signed zone $key && "
                       "cp $key.key anchor", shell=True, cwd=folder, check=True)
        self.anchor = folder / "anchor"
        (folder / "nsd.conf").write_text(f"""
server:
 ip-address: 127.0.0.1@{self.port}
 server-count: 1
 username: ""
 zonesdir: "{folder}"
 database: ""
 zonelistfile: "{folder}/zones"
 pidfile: "{folder}/pid"
 xfrdfile: "{folder}/xfrd"
 xfrdir: "{folder}"
remote-control:
 control-enable: no
zone:
 name: {ZONE}
 zonefile: zone.signed
""")
        self.process = subprocess.Popen(["/usr/sbin/nsd", "-d", "-c", folder / "nsd.conf"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        desk.until("nsd", self._answers, 20)

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


class PolicyServer:
    """MTA-STS policies by the host that is asked for."""

    def __init__(self, tls, policies):
        self.policies, self.asked = policies, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                host = self.headers["Host"].split(":")[0]
                outer.asked.append(host)
                body = outer.policies.get(host, "").encode()
                self.send_response(200 if body and self.path == "/.well-known/mta-sts.txt" else 404)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Site(desk.Desk):
    """A desk whose mail goes directly to whom DNS names."""

    OUTBOUND = ""

    def __init__(self, zone, roots, mail_port, policy_port, **named):
        self.RESOLVER = f"127.0.0.1@{zone.port}"
        self.zone, self.roots, self.mail_port, self.policy_port = zone, roots, mail_port, policy_port
        super().__init__(**named)

    def _write_config(self, name):
        path = super()._write_config(name)
        text = path.read_text().replace("[verification]\n", f'[verification]\ntrust_anchors = "{self.zone.anchor}"\n')
        path.write_text(text + f"""
[outbound]
port = {self.mail_port}
mta_sts_port = {self.policy_port}
ca_file = "{self.roots}"
allowed_targets = ["127.0.0.0/8"]
ip_preference = "ipv4 only"
retry_waits = ["1s"]
""")
        return path


class OutboundTls(unittest.TestCase):
    # Whom the certificate of the mail server names.
    NAMED = ("mx.good-sts", "host")

    def setUp(self):
        folder = desk.work_folder()
        authority = Authority(folder)
        tls, digest = authority.certificate("mx", [name_of(host) for host in self.NAMED])
        self.server = MailServer(tls=tls)
        self.addCleanup(self.server.close)
        domains = ("good-dane", "bad-dane", "alias-dane", "good-sts", "bad-sts", "other-sts", "testing-sts")
        with_policy = [each for each in domains if each.endswith("-sts")]
        service = f"_{self.server.port}._tcp"
        records = ["host IN A 127.0.0.1", f"{service}.host IN TLSA 3 1 1 {digest}", "mx.alias-dane IN CNAME host",
                   f"{service}.mx.alias-dane IN TLSA 3 1 1 {'00' * 32}",
                   f"{service}.mx.good-dane IN TLSA 3 1 1 {digest}", f"{service}.mx.bad-dane IN TLSA 3 1 1 {'00' * 32}"]
        for domain in domains:
            records.append(f"{domain} IN MX 10 mx.{domain}")
            if domain != "alias-dane":
                records.append(f"mx.{domain} IN A 127.0.0.1")
        for domain in with_policy:
            records += [f'_mta-sts.{domain} IN TXT "v=STSv1; id=1;"', f"mta-sts.{domain} IN A 127.0.0.1"]
        self.zone = SignedZone(folder, records)
        self.addCleanup(self.zone.stop)
        web, _ = authority.certificate("web", [name_of("mta-sts." + domain) for domain in with_policy])
        self.web = PolicyServer(web, {name_of("mta-sts." + domain): self.policy(domain) for domain in with_policy})
        self.addCleanup(self.web.stop)
        self.site = self.enterContext(Site(self.zone, authority.roots, self.server.port, self.web.port))

    @staticmethod
    def policy(domain):
        mode = "testing" if domain.startswith("testing") else "enforce"
        host = "elsewhere" if domain.startswith("other") else "mx"
        return f"version: STSv1\nmode: {mode}\nmx: {host}.{name_of(domain)}\nmax_age: 86400\n"

    def last(self, domain):
        """What the queue tells of the last attempt there, once there is one."""
        def shown():
            identifier = self.sql(f"SELECT id FROM deliveries WHERE destination = '{name_of(domain)}'").strip()
            history = json.loads(self.site.run("queue", "show", identifier, "--json"))["history"]
            return identifier, history and history[-1]
        return desk.until(f"an attempt at {domain}", lambda: shown()[1] and shown(), 30)

    def sql(self, statement):
        return self.site.cluster.sql(statement, self.site.database)

    def attempts(self):
        return int(self.sql("SELECT max(attempts) FROM deliveries"))

    def expect_sent(self, domain, policy):
        _, attempt = self.last(domain)
        self.assertEqual((attempt["result"], attempt["tls_policy"]), ("sent", policy), attempt)
        self.assertEqual(attempt["tls_version"], "TLSv1.3")
        mail, = [each for each in self.server.taken() if each.recipients == [f"ann@{name_of(domain)}"]]
        self.assertTrue(mail.tls)

    def expect_deferred(self, domain, policy, words):
        identifier, attempt = self.last(domain)
        self.assertEqual((attempt["result"], attempt["tls_policy"]), ("deferred", policy), attempt)
        self.assertRegex(attempt["reply"], words)
        self.assertRegex(self.site.run("queue", "show", identifier), words)
        self.assertNotIn(f"ann@{name_of(domain)}", self.server.recipients())

    def write_to(self, *domains):
        replies.queue(self.site, [f"ann@{name_of(domain)}" for domain in domains])

    def test_dane(self):
        self.write_to("good-dane", "bad-dane", "alias-dane")
        self.expect_sent("good-dane", "dane")
        self.expect_sent("alias-dane", "dane")
        self.expect_deferred("bad-dane", "dane", "TLSA")

    def test_mta_sts(self):
        self.write_to("good-sts", "bad-sts", "other-sts", "testing-sts")
        self.expect_sent("good-sts", "sts")
        self.expect_sent("testing-sts", "opportunistic")
        self.expect_deferred("bad-sts", "sts", "certificate")
        self.expect_deferred("other-sts", None, "is no mail server that the MTA-STS policy of other-sts.signed.example names")

    def test_a_restart_forgets_no_policy(self):
        self.write_to("bad-sts")
        self.expect_deferred("bad-sts", "sts", "certificate")
        # Who is on the way keeps the policy back, and would like the next mail without it.
        self.web.policies.clear()
        self.site.daemons.pop().stop()
        asked = len(self.web.asked)
        self.site.start("again")
        before = self.attempts()
        desk.until("an attempt of the new one", lambda: self.attempts() >= before + 1)
        self.expect_deferred("bad-sts", "sts", "certificate")
        self.assertEqual(len(self.web.asked), asked, "its id is the same")


if __name__ == "__main__":
    unittest.main()
