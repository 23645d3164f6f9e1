"""What score.py makes of sets that are not as its tables say: it must not count what it did not see."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
import expect  # noqa: E402

MAIL = b"Subject: Printer\r\n\r\nHello\r\n"


class Tables(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory(prefix="score_test."))
        self.path = pathlib.Path(self.folder)

    def test_a_row_judges_its_mail(self):
        (self.path / "a.eml").write_bytes(MAIL)
        case, = expect.cases(self.path, {"a.eml": {"subject": "Printer"}})
        self.assertEqual(case.mail, MAIL)
        self.assertEqual([v.right for v in case.judge({"subject": "Printer"})], [1])
        self.assertEqual([v.wrong for v in case.judge({"subject": "Drucker"})], [1])

    def test_a_missing_mail_is_an_error(self):
        with self.assertRaises(FileNotFoundError):
            list(expect.cases(self.path, {"a.eml": {"subject": "Printer"}}))


class Sets(unittest.TestCase):
    def score(self, *folders: str) -> subprocess.CompletedProcess:
        with tempfile.TemporaryDirectory(prefix="score_test.") as corpora:
            for folder in folders:
                pathlib.Path(corpora, folder).mkdir()
            return subprocess.run([sys.executable, "-B", HERE / "score.py", "/bin/true", corpora],
                                  capture_output=True, text=True, timeout=60, check=False)

    def test_an_empty_set_with_aims_fails(self):
        ended = self.score("signature-forge")
        self.assertEqual(ended.returncode, 1, ended.stderr)
        self.assertIn("signature-forge has aims and no case", ended.stderr)

    def test_a_set_that_is_not_there_is_named(self):
        ended = self.score("a-set-without-module")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertIn("signature-forge; scored without it", ended.stderr)


if __name__ == "__main__":
    unittest.main()
