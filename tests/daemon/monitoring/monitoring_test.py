#!/usr/bin/env python3
"""promtool (Debian's package prometheus) reads docs/monitoring/: the rules are valid, each alert is raised by a test
and kept quiet by another, and every query of the dashboard can be parsed."""

import json
import pathlib
import re
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
MONITORING = HERE.parents[2] / "docs" / "monitoring"
RULES = MONITORING / "ticketgate.rules.yml"
CASES = HERE / "ticketgate.rules.test.yml"


def promtool(*arguments):
    done = subprocess.run(["promtool", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


class Monitoring(unittest.TestCase):
    def passes(self, *arguments):
        status, output = promtool(*arguments)
        self.assertEqual(status, 0, output)

    def test_rules_are_valid(self):
        self.passes("check", "rules", str(RULES))

    def test_rules_fire_when_they_should(self):
        self.passes("test", "rules", str(CASES))

    def test_every_alert_is_tried_and_says_what_to_do(self):
        blocks = re.split(r"^      - alert: ", RULES.read_text(), flags=re.MULTILINE)[1:]
        cases = CASES.read_text()
        for block in blocks:
            name = block.split()[0]
            with self.subTest(name):
                for key in ("severity: ", "summary: ", "action: "):
                    self.assertIn(key, block)
                self.assertRegex(cases, rf"alertname: {name}\n +eval_time: \w+\n +exp_alerts:\n +- exp_labels")
                self.assertRegex(cases, rf"alertname: {name}, eval_time: \w+, exp_alerts: \[\]")

    def test_queries_of_the_dashboard_parse(self):
        panels = json.loads((MONITORING / "grafana.json").read_text())["panels"]
        queries = [target["expr"] for panel in panels for target in panel.get("targets", [])]
        rules = "".join(f"  - record: query{number}\n    expr: {json.dumps(query.replace('$__rate_interval', '5m'))}\n"
                        for number, query in enumerate(queries))
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            file.write("groups:\n- name: dashboard\n  rules:\n" + rules)
            file.flush()
            self.passes("check", "rules", file.name)


if __name__ == "__main__":
    unittest.main()
