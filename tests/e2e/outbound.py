#!/usr/bin/env python3
"""Mail that leaves: through a smarthost, with what its server says on the delivery, and `ticketgate queue`."""

import json
import os
import socket
import subprocess
import threading
import time
import types
import unittest

import desk
import replies
from mail_server import MailServer


class Site(desk.Desk):
    """A desk whose mail goes to a played smarthost."""

    OUTBOUND = ""

    def __init__(self, server, more="", route="", **named):
        self.port, self.more, self.route = server.port, more, route
        super().__init__(**named)

    def _write_config(self, name):
        path = super()._write_config(name)
        with open(path, "a", encoding="utf-8") as config:
            config.write(f"""
[outbound]
{self.more}
[[route]]
sender_domain = "*"
smarthost = "127.0.0.1:{self.port}"
tls = "opportunistic"
{self.route}
""")
        return path

    def state_of(self, recipient):
        return self.sql(f"SELECT state FROM deliveries WHERE recipient = '{recipient}'")

    def sql(self, statement):
        return self.cluster.sql(statement, self.database)

    def sent(self, count, seconds=60):
        desk.until(f"{count} sent", lambda: replies.states(self).get("sent") == count, seconds)


class Outbound(unittest.TestCase):
    def test_leaves_and_says_so(self):
        server = MailServer()
        with Site(server) as site:
            replies.queue(site, ["ann@client.example", "ben@other.example"])
            site.sent(2, 10)
            self.assertEqual(sorted(server.recipients()), ["ann@client.example", "ben@other.example"])
            mail = server.taken()[0]
            self.assertIn(b"Subject: Re: number", mail.content)
            self.assertRegex(mail.sender, r"^(b-[a-z2-7]{48}@desk\.example|support@desk\.example)$")
            listed = json.loads(site.run("queue", "list", "--state", "sent", "--json"))
            self.assertEqual({each["code"] for each in listed}, {250})
            shown = json.loads(site.run("queue", "show", listed[0]["id"], "--json"))
            self.assertEqual([each["result"] for each in shown["history"]], ["sent"])
            self.assertEqual(shown["history"][0]["reply"], "taken as r1")
            self.assertIn("sent at final_dot", site.run("queue", "show", listed[0]["id"]))
            self.assertEqual(dict((labels["result"], value) for labels, value in
                                  site.daemons[0].metric("ticketgate_delivery_attempts_total"))["sent"], 2)

    def test_refused_and_put_off(self):
        def at(phase, recipient):
            if phase == "rcpt" and recipient.startswith("nobody"):
                return "550 5.1.1 nobody of that name"
            if phase == "rcpt" and recipient.startswith("later"):
                return "450 4.2.0 come again"
            if phase == "final_dot" and recipient.startswith("spam"):
                return "554 5.7.1 that is spam"
            return None

        server = MailServer(at)
        with Site(server, 'retry_waits = ["1s"]') as site:
            replies.queue(site, [f"{name}@client.example" for name in ("ann", "nobody", "later", "spam")])
            desk.until("ends", lambda: replies.states(site).get("failed") == 2 and replies.states(site).get("sent") == 1)
            events = site.sql("SELECT text FROM ticket_events ORDER BY text").splitlines()
            self.assertEqual(events, ["nobody@client.example: 550 5.1.1 nobody of that name",
                                      "spam@client.example: 554 5.7.1 that is spam"])
            self.assertEqual(site.sql("SELECT status FROM tickets"), "Open")
            desk.until("more attempts", lambda: int(site.sql(
                "SELECT attempts FROM deliveries WHERE recipient = 'later@client.example'")) >= 3)
            server.at = lambda phase, recipient: None
            site.sent(2)

    def test_no_answer_to_the_final_dot_is_uncertain(self):
        tries = []

        def at(phase, recipient):
            if phase == "taken" and not tries:
                tries.append(recipient)
                return "close"
            return None

        server = MailServer(at)
        with Site(server, "uncertain_wait = 1") as site:
            replies.queue(site, ["ann@client.example"])
            site.sent(1)
            ids = [line for mail in server.taken() for line in mail.content.splitlines() if line.startswith(b"Message-ID")]
            self.assertEqual(len(ids), 2)
            self.assertEqual(len(set(ids)), 1)
            self.assertEqual(site.sql("SELECT kind FROM ticket_events"), "uncertain")

    def test_by_hand(self):
        server = MailServer(lambda phase, recipient: "451 4.3.0 not now" if phase == "mail" else None)
        with Site(server) as site:
            replies.queue(site, [f"x{number}@client.example" for number in range(3)] + ["ann@other.example"])
            desk.until("deferred", lambda: replies.states(site) == {"deferred": 4})
            listed = json.loads(site.run("queue", "list", "--destination", "other.example", "--json"))
            self.assertEqual([each["recipient"] for each in listed], ["ann@other.example"])
            self.assertEqual(listed[0]["reply"], "not now")
            site.run("queue", "hold", "--destination", "client.example")
            self.assertEqual(replies.states(site), {"held": 3, "deferred": 1})
            server.at = lambda phase, recipient: None
            site.run("queue", "retry", listed[0]["id"])
            site.sent(1)
            site.run("queue", "retry", listed[0]["id"], status=2)
            held = json.loads(site.run("queue", "list", "--ticket", "replies1", "--state", "held", "--json"))
            site.run("queue", "cancel", held[0]["id"])
            site.run("queue", "release", "--workspace", "demo")
            site.sent(3)
            self.assertEqual(replies.states(site), {"sent": 3, "cancelled": 1})
            site.run("queue", "cancel", status=2)
            site.run("queue", "show", "nonsense", status=2)
            site.run("queue", "list", "--ticket", "unknown1", status=2)

    def test_two_daemons_share_the_work(self):
        server = MailServer()
        with Site(server, daemons=2) as site:
            replies.queue(site, [f"x{number}@d{number % 9}.example" for number in range(300)])
            site.sent(300)
            self.assertEqual(len(server.recipients()), 300)
            self.assertEqual(len(set(server.recipients())), 300)

    def test_connections_are_limited_and_used_again(self):
        server = MailServer()
        with Site(server, route="connections = 2\nmessages_per_connection = 10") as site:
            replies.queue(site, [f"x{number}@client.example" for number in range(100)])
            site.sent(100)
            self.assertLessEqual(server.most_connections, 2)
            self.assertGreaterEqual(server.opened, 10)
            self.assertLessEqual(server.opened, 20)

    def test_stops_in_time_and_gives_back(self):
        stop = threading.Event()
        server = MailServer(lambda phase, recipient: stop.wait(60) and None if phase == "mail" else None)
        with Site(server, route="connections = 1") as site:
            replies.queue(site, [f"x{number}@client.example" for number in range(10)])
            desk.until("claimed", lambda: replies.states(site).get("sending", 0) > 1)
            daemon = site.daemons[0]
            daemon.process.terminate()
            time.sleep(0.3)
            stop.set()
            self.assertEqual(daemon.process.wait(20), 0)
            states = replies.states(site)
            self.assertNotIn("sending", states)
            self.assertEqual(sum(states.values()), 10)
            site.start("again")
            site.sent(10)
            self.assertEqual(len(server.recipients()), 10)

    def test_a_node_may_leave_it_to_others(self):
        server = MailServer()
        with Site(server, 'enabled = "off"') as site:
            replies.queue(site, ["ann@client.example"])
            time.sleep(1)
            self.assertEqual(replies.states(site), {"queued": 1})


class Sink(unittest.TestCase):
    """smtp-sink of Postfix, with its flags that reject, delay and abort."""

    def sink(self, *flags):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        process = subprocess.Popen(["smtp-sink", *(["-u", "nobody"] if os.geteuid() == 0 else []), *flags, f"127.0.0.1:{port}", "100"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (process.kill(), process.wait()))

        desk.until("smtp-sink", lambda: self.answers(port), 10)
        return types.SimpleNamespace(port=port)

    @staticmethod
    def answers(port):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    def test_takes(self):
        with Site(self.sink()) as site:
            replies.queue(site, [f"x{number}@client.example" for number in range(200)])
            site.sent(200)

    def test_soft_and_hard_refusals(self):
        for flags, state in ((("-f", "RCPT"), "failed"), (("-r", "RCPT"), "deferred"), (("-r", "."), "deferred"),
                             (("-f", "."), "failed"), (("-q", "MAIL"), "deferred"), (("-q", "."), "uncertain")):
            with self.subTest(flags), Site(self.sink(*flags)) as site:
                replies.queue(site, ["ann@client.example"])
                desk.until(state, lambda: replies.states(site) == {state: 1})


if __name__ == "__main__":
    unittest.main()
