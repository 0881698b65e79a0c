"""Hostile bytes through every report, judged by xmllint, Python's parsers and the schemas CI systems use.

Argument: the program that writes the reports.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SUITES = os.path.join(os.environ.get("SMOKEGATE_SUITES", ""), "junit")
DATA = os.path.join(os.environ.get("SMOKEGATE_SOURCE", "."), "tests", "data", "reports")
PROGRAM = sys.argv.pop(1)
CORPORA = ["controls", "controls-with-nul", "markup", "commands", "terminals", "code-points", "empty", "many", "big"]


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="smokegate-hostile-")
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        subprocess.run([PROGRAM, cls.dir], check=True, timeout=120)

    def read(self, corpus, name):
        with open(os.path.join(self.dir, f"{corpus}.{name}"), "rb") as f:
            return f.read()

    def xmllint(self, corpus, name, *schema):
        run = subprocess.run(["xmllint", "--huge", "--noout", *[a for s in schema for a in ("--schema", s)], os.path.join(self.dir, f"{corpus}.{name}")],
                             capture_output=True, text=True, errors="replace", timeout=60)
        self.assertEqual(run.returncode, 0, f"{corpus}.{name} {schema}: {run.stderr[:2000]}")

    @unittest.skipUnless(shutil.which("xmllint"), "xmllint is not installed")
    def test_xml_is_well_formed_and_valid_under_the_schema_of_this_repository(self):
        for corpus in CORPORA:
            with self.subTest(corpus):
                self.xmllint(corpus, "junit", os.path.join(DATA, "junit.xsd"))
                self.xmllint(corpus, "junit-strict", os.path.join(DATA, "junit.xsd"))

    @unittest.skipUnless(shutil.which("xmllint") and os.path.isdir(SUITES), f"xmllint or the schemas in {SUITES} are not there")
    def test_the_strict_dialect_is_valid_under_both_schemas(self):
        for corpus in CORPORA:
            for schema in ("junit-10.xsd", "windyroad.xsd"):
                with self.subTest(corpus=corpus, schema=schema):
                    self.xmllint(corpus, "junit-strict", os.path.join(SUITES, schema))

    def test_xml_holds_no_character_that_is_none_and_shows_each(self):
        for corpus in CORPORA:
            for name in ("junit", "junit-strict"):
                text = self.read(corpus, name).decode("utf-8")  # strict: valid UTF-8
                self.assertNotRegex(text, "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]", corpus)
        text = self.read("controls", "junit").decode()
        for shown in ("\\u{1}", "\\u{1b}", "\\x{ff}", "\\u{7f}"):
            self.assertIn(shown, text)
        self.assertIn("&lt;script&gt;", self.read("markup", "junit").decode())

    def test_xml_is_capped_and_says_what_it_left_out(self):
        text = self.read("big", "junit")
        self.assertLess(len(text), 2 << 20)
        self.assertRegex(text.decode(), r"\[truncated \d+ bytes\]")
        self.assertIn("and 9900 more that are not shown", self.read("many", "junit").decode())

    def test_every_line_of_the_event_stream_is_json(self):
        for corpus in CORPORA:
            for line in self.read(corpus, "jsonl").decode("utf-8").splitlines():
                self.assertNotRegex(line, "[\x00-\x1f]")
                event = json.loads(line)
                self.assertEqual(event["v"], 1)

    def test_the_terminal_obeys_nothing(self):
        for corpus in CORPORA:
            text = self.read(corpus, "terminal").decode("utf-8")
            self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", corpus)
        self.assertIn("\\u{1b}[31mred", self.read("terminals", "terminal").decode())

    def test_the_outcome_is_json(self):
        for corpus in CORPORA:
            self.assertEqual(json.loads(self.read(corpus, "outcome").decode("utf-8"))["verdict"], "fail")


if __name__ == "__main__":
    unittest.main(verbosity=1)
