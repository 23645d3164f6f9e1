#!/usr/bin/env python3
"""The checker finds what it is there to find."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHECKER = Path(__file__).with_name("include_rules.py")


class IncludeRules(unittest.TestCase):
    def check(self, sources):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in sources.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            run = subprocess.run([sys.executable, CHECKER, folder], capture_output=True, text=True, check=False)
            return run.returncode, run.stdout

    def test_allowed(self):
        status, _ = self.check({"smtp/a.cpp": '#include "smtp/a.hpp"\n#include "mail/b.hpp"\n#include <string>\n'})
        self.assertEqual(status, 0)

    def test_upwards(self):
        status, output = self.check({"mail/a.hpp": '#pragma once\n#  include "smtp/a.hpp"\n'})
        self.assertEqual(status, 1)
        self.assertIn("mail/a.hpp:2: mail/ may not include smtp/a.hpp", output)

    def test_sideways(self):
        status, output = self.check({"smtp/deep/a.cpp": "#include <auth/a.hpp>\n"})
        self.assertEqual(status, 1)
        self.assertIn("smtp/deep/a.cpp:1:", output)

    def test_library_in_the_wrong_place(self):
        status, output = self.check({"daemon/a.cpp": "#include <mimetic/mimetic.h>\n#include <CLI/CLI.hpp>\n"})
        self.assertEqual(status, 1)
        self.assertIn("daemon/a.cpp:1: only mail/ may include mimetic/mimetic.h", output)
        self.assertIn("daemon/a.cpp:2: only daemon/cli_tree.hpp ", output)

    def test_long_file(self):
        self.assertEqual(self.check({"mail/a.cpp": "\n" * 450})[0], 0)
        self.assertEqual(self.check({"mail/a.cpp": "\n" * 451})[0], 1)

    def test_unknown_folder(self):
        self.assertEqual(self.check({"mail/a.cpp": "", "misc/a.cpp": ""})[0], 1)

    def test_nothing_to_check(self):
        self.assertEqual(self.check({"readme.txt": ""})[0], 1)


if __name__ == "__main__":
    unittest.main()
