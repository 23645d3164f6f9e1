#!/usr/bin/env python3
"""What DNS has to have of a domain: keys made, published, activated, rotated; and `domain check` over a name server."""

import json
import re
import unittest

import desk
import name_server

HOST, BOUNCE = "mx." + desk.DOMAIN, "bounce." + desk.DOMAIN
ADDRESS = "192.0.2.5"


class Looking(desk.Desk):
    """No daemon: these commands need none."""

    def __init__(self, server):
        self.RESOLVER = f"127.0.0.1@{server.port}"
        super().__init__(daemons=0)

    def _write_config(self, name):
        path = super()._write_config(name)
        # The zones of this test are not signed by anybody.
        path.write_text(path.read_text().replace("[verification]\n", '[verification]\ntrust_anchors = ""\n'))
        return path


def zone(lines):
    """What an operator's zone file would make of the lines that were printed."""
    records = {}
    for line in lines.splitlines():
        found = re.search(r"(\S+)\. IN (TXT|MX|A|PTR) (.*)", line)
        if not found:
            continue
        name, kind, data = found.groups()
        if kind == "TXT":
            strings = re.findall(r'"((?:[^"\\]|\\.)*)"', data)
            assert all(len(each) <= 255 for each in strings), line
            data = re.sub(r"\\(.)", r"\1", "".join(strings))
        records.setdefault(f"{name} {kind}", []).append(data.rstrip("."))
    return records


class DomainDns(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(name_server.NameServer({}))
        self.desk = self.enterContext(Looking(self.server))

    def keys(self):
        return {each["selector"]: each["state"] for each in json.loads(self.desk.run("domain", "dkim", "list", "--json"))}

    def check(self, status, *arguments):
        found = json.loads(self.desk.run("domain", "check", desk.DOMAIN, "--json", *arguments, status=status))
        self.assertEqual(found["complete"], status == 0, found)
        return found["findings"]

    def test_from_nothing_to_all_by_what_it_says(self):
        """Each record that is asked for is added, until nothing is missing."""
        self.desk.run("domain", "add", BOUNCE, "--workspace", "demo")
        self.desk.run("domain", "set", desk.DOMAIN, "--bounce-domain", BOUNCE)
        self.assertIn(f", bounces to {BOUNCE}\n", self.desk.run("domain", "list"))
        # A resolver remembers what is not there only within one run of the program.
        records = {f"{HOST} A": [ADDRESS]}
        records |= zone(self.desk.run("domain", "dkim", "add", desk.DOMAIN, "--activate"))
        self.server.set(records)
        missing = {each["what"] for each in self.check(1) if each["grade"] == "missing"}
        self.assertEqual(missing, {"MX", "SPF"})
        text = self.desk.run("domain", "check", desk.DOMAIN, status=1)
        self.assertIn("bounces to mail of desk.example come there, and would be lost", text)
        records |= zone(text)
        self.assertIn(f"{BOUNCE} MX", records)
        self.server.set(records)
        self.check(0)
        text = self.desk.run("domain", "check", desk.DOMAIN)
        self.assertIn("once the reports are clean", text)
        self.assertNotIn("missing ", text)
        self.assertIn(f"{ADDRESS} is {HOST}", text)
        self.assertIn("permits every address", text)

    def test_a_key_signs_when_dns_has_it(self):
        added = json.loads(self.desk.run("domain", "dkim", "add", desk.DOMAIN, "--selector", "s1", "--json"))
        self.assertEqual([(each["selector"], each["algorithm"], each["state"]) for each in added],
                         [("s1-rsa", "rsa", "new"), ("s1-ed25519", "ed25519", "new")])
        self.assertNotIn("PRIVATE", str(added))
        self.assertEqual(self.desk.run("domain", "dkim", "activate", desk.DOMAIN, status=1), "")
        self.server.set({f"{each['name']} TXT": [each["record"]] for each in added[:1]})
        self.desk.run("domain", "dkim", "activate", desk.DOMAIN, status=1)
        self.assertEqual(self.keys(), {"s1-rsa": "new", "s1-ed25519": "new"}, "all or none")
        self.server.set({f"{each['name']} TXT": [each["record"]] for each in added})
        self.desk.run("domain", "dkim", "activate", desk.DOMAIN)
        self.assertEqual(self.keys(), {"s1-rsa": "active", "s1-ed25519": "active"})
        self.desk.run("domain", "dkim", "activate", desk.DOMAIN, status=2)

    def test_a_key_takes_the_place_of_the_one_before(self):
        self.desk.run("domain", "dkim", "add", desk.DOMAIN, "--algorithm", "rsa", "--selector", "old", "--activate")
        self.desk.run("domain", "dkim", "add", desk.DOMAIN, "--algorithm", "rsa", "--selector", "young")
        self.assertEqual(self.keys(), {"old": "active", "young": "new"})
        self.desk.run("domain", "dkim", "activate", desk.DOMAIN, "--unseen")
        self.assertEqual(self.keys(), {"old": "retired", "young": "active"})
        self.desk.run("domain", "dkim", "activate", desk.DOMAIN, "--selector", "old", "--unseen")
        self.assertEqual(self.keys(), {"old": "active", "young": "retired"})
        self.desk.run("domain", "dkim", "retire", desk.DOMAIN, "--selector", "old")
        self.assertEqual(self.keys(), {"old": "retired", "young": "retired"})
        self.assertIn("old._domainkey.desk.example. IN TXT \"v=DKIM1; k=rsa; p=", self.desk.run("domain", "dkim", "list"))

    def test_bad_input(self):
        for arguments in (("domain", "dkim", "add", "nobody.example"),
                          ("domain", "dkim", "add", desk.DOMAIN, "--selector", "a.b"),
                          ("domain", "dkim", "add", desk.DOMAIN, "--selector", "-a"),
                          ("domain", "dkim", "add", desk.DOMAIN, "--algorithm", "dsa"),
                          ("domain", "dkim", "activate", desk.DOMAIN, "--selector", "none"),
                          ("domain", "dkim", "retire", desk.DOMAIN, "--selector", "none"),
                          ("domain", "check", "nobody.example"),
                          ("domain", "check", desk.DOMAIN, "--address", "here"),
                          ("domain", "set", desk.DOMAIN),
                          ("domain", "set", desk.DOMAIN, "--bounce-domain", "nobody.example"),
                          ("address-key", "remove", "1"), ("address-key", "remove", "0"), ("address-key", "remove", "9")):
            with self.subTest(arguments):
                self.assertEqual(self.desk.run(*arguments, status=2), "")

    def test_address_keys(self):
        def keys():
            return [(each["id"], each["signs"]) for each in json.loads(self.desk.run("address-key", "list", "--json"))]
        self.assertEqual(keys(), [(1, True)])
        self.desk.run("address-key", "rotate")
        self.assertEqual(keys(), [(1, False), (2, True)])
        self.assertIn("2   ", self.desk.run("address-key", "list"))
        self.desk.run("address-key", "remove", "1")
        self.assertEqual(keys(), [(2, True)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
