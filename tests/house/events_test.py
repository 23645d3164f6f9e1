#!/usr/bin/env python3
"""docs/operations.md explains every event that the program can log, and no other."""

import pathlib
import re
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("smtp", "intake", "daemon", "net", "store")
# An event's name follows its level, or is the first argument of HouseLog::failed().
EVENT = re.compile(r'Level::\w+,\s*"([a-z_.]+)"|\bfailed\("([a-z_.]+)"|\? "([a-z]+_[a-z]+)" : "([a-z]+_[a-z]+)"')


def logged():
    text = "".join(path.read_text() for folder in FOLDERS for path in sorted((SOURCE / folder).glob("*.cpp")))
    return {name for match in EVENT.findall(text) for name in match if name}


def explained():
    page = (SOURCE / "docs" / "operations.md").read_text()
    table = page.split("| event |")[1].split("\n\n")[0]
    return {name for row in table.splitlines()[2:] for name in re.findall(r"`([a-z_.]+)`", row.split("|")[1])}


class Events(unittest.TestCase):
    def test_table(self):
        self.assertIn("message_accepted", logged())
        self.assertIn("service.failed", logged())
        self.assertEqual(logged(), explained())


if __name__ == "__main__":
    unittest.main()
