"""Hostile bytes through every report, judged by xmllint, Python's parsers and the schemas CI systems use.

Argument: the program that writes the reports.
"""
import html.parser
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
CORPORA = ["controls", "controls-with-nul", "markup", "attributes", "links", "commands", "terminals", "directions", "code-points", "empty", "many", "big",
           "big-lines"]
# What a single case may make of a report, whatever an answer holds: bytes.
MOST = {"junit": 4 << 20, "junit-strict": 4 << 20, "html": 8 << 20, "tap": 4 << 20, "markdown": 1 << 20, "github": 1 << 20, "jsonl": 32 << 20,
        "outcome": 64 << 10, "terminal": 4 << 20}
HARMFUL = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]"


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="smokegate-hostile-")
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        subprocess.run([PROGRAM, cls.dir], check=True, timeout=170)

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
                self.assertIsNone(re.search(HARMFUL, text), corpus)
        text = self.read("controls", "junit").decode()
        for shown in ("\\u{1}", "\\u{1b}", "\\xff", "\\u{7f}"):
            self.assertIn(shown, text)
        self.assertIn("&lt;script&gt;", self.read("markup", "junit").decode())
        self.assertIn("\\u{202e}", self.read("directions", "junit").decode())

    def test_six_megabytes_in_every_place_and_ten_thousand_failures_are_bounded_and_told(self):
        for corpus in CORPORA:
            for name, most in MOST.items():
                self.assertLess(len(self.read(corpus, name)), most, f"{corpus}.{name}")
        self.assertRegex(self.read("big", "junit").decode(), r"\[truncated \d+ bytes\]")
        self.assertRegex(self.read("big", "jsonl").decode(), r"\.\.\. \(\d+ bytes left out\) \.\.\.")
        for name in ("junit", "junit-strict", "terminal", "tap", "markdown"):
            self.assertIn("and 9900 more that are not shown", self.read("many", name).decode(), name)
        self.assertIn("and 9800 more that are not shown", self.read("many", "html").decode())
        case = next(e for e in map(json.loads, self.read("many", "jsonl").decode().splitlines()) if e["event"] == "case_end")
        self.assertEqual(len(case["attempts"][-1]["failures"]) + case["attempts"][-1]["failures_dropped"], 10000)

    def test_every_line_of_the_event_stream_is_json(self):
        for corpus in CORPORA:
            for line in self.read(corpus, "jsonl").decode("utf-8").splitlines():
                self.assertIsNone(re.search(HARMFUL, line), corpus)
                event = json.loads(line)
                self.assertEqual(event["v"], 1)

    def test_a_recorded_run_gives_the_same_bytes(self):
        smokegate = os.path.join(os.environ["SMOKEGATE_BUILD"], "cli", "smokegate")
        formats = [name for name in MOST if name not in ("terminal", "github", "jsonl")]  # a random token; starts of cases are not told again
        for corpus in CORPORA:
            again = os.path.join(self.dir, "again")
            reports = [a for name in formats for a in ("--report", f"{name}={again}.{name}")]
            subprocess.run([smokegate, "report", "--from", os.path.join(self.dir, f"{corpus}.jsonl"), *reports], check=True, timeout=60)
            for name in formats:
                with open(f"{again}.{name}", "rb") as f:
                    self.assertTrue(f.read() == self.read(corpus, name), f"{corpus}.{name}")

    def no_commands(self, text, corpus):
        """Of GitHub ("::" where a line begins), Azure Pipelines ("##vso[" anywhere), TeamCity."""
        self.assertIsNone(re.search(r"(?m)^[ \t]*::", text), corpus)
        self.assertIsNone(re.search(r"##[a-zA-Z]*\[", text), corpus)

    def test_the_terminal_obeys_nothing(self):
        for corpus in CORPORA:
            text = self.read(corpus, "terminal").decode("utf-8")
            self.assertIsNone(re.search(HARMFUL, text), corpus)
            self.no_commands(text, corpus)
        self.assertIn("\\u{1b}[31mred", self.read("terminals", "terminal").decode())

    def test_html_holds_no_element_or_attribute_that_acts(self):
        class Page(html.parser.HTMLParser):
            def __init__(self):
                super().__init__()
                self.seen, self.open = set(), []

            def handle_starttag(self, tag, attributes):
                self.seen.add(tag)
                self.seen.update(f"@{name}" for name, _ in attributes)
                for name, value in attributes:
                    if name == "href" and not re.fullmatch(r"#c\d+", value):
                        self.seen.add(f"href {value}")
        allowed = set("html head meta title style body h1 h2 h3 p b i a ul li table tr th td code pre span div details summary dl dt dd input label "
                      "svg rect text line".split())
        for corpus in CORPORA:
            text = self.read(corpus, "html").decode("utf-8")
            self.assertIsNone(re.search(HARMFUL, text), corpus)
            page = Page()
            page.feed(text)
            self.assertLessEqual({s for s in page.seen if s[0] != "@"}, allowed, corpus)
            self.assertFalse([s for s in page.seen if s.startswith("@on") or s in ("@src", "@srcdoc", "@action", "@formaction", "@xlink:href")], corpus)
        self.assertIn("Content-Security-Policy", text)

    def test_tap_has_a_plan_and_a_point_for_each_case(self):
        for corpus in CORPORA:
            text = self.read(corpus, "tap").decode("utf-8")
            lines = text.split("\n")
            self.assertIsNone(re.search(HARMFUL, text), corpus)
            self.no_commands(text, corpus)
            self.assertEqual(lines[:2], ["TAP version 14", "1..3"], corpus)
            outside = [line for line in lines[2:] if line and not line.startswith("  ")]
            self.assertEqual([re.match(r"(?:not )?ok \d+ - ", line) is not None or line.startswith("# ") for line in outside], [True] * len(outside))
            self.assertEqual(sum(line.startswith(("ok ", "not ok ")) for line in lines), 3, corpus)
            for line in lines:
                value = re.match(r'  [a-z_]+: (".*")$', line)
                if value:
                    json.loads(value[1])

    def test_github_obeys_only_our_own_commands(self):
        for corpus in CORPORA:
            text = self.read(corpus, "github").decode("utf-8")
            self.assertIsNone(re.search(HARMFUL, text), corpus)
            stopped, commands = None, []
            for line in re.split(r"[\n\r]", text):
                command = re.match(r"\s*::([a-z-]+)", line)
                if stopped:
                    stopped = None if line == f"::{stopped}::" else stopped
                elif line.startswith("::stop-commands::"):
                    stopped = line[17:]
                    self.assertGreaterEqual(len(stopped), 32)
                elif command:
                    commands.append(command[1])
                else:
                    self.assertEqual(line, "", f"{corpus}: a line that is no command")
            self.assertLessEqual(set(commands), {"error", "warning", "notice", "group", "endgroup"}, corpus)
            self.assertIsNone(stopped)

    def test_markdown_keeps_what_was_said_in_its_fence(self):
        for corpus in CORPORA:
            text = self.read(corpus, "markdown").decode("utf-8")
            self.assertIsNone(re.search(HARMFUL, text), corpus)
            fence = None
            for line in text.split("\n"):
                mark = re.match(r"(`{3,})(text)?$", line)
                if fence is None and mark and mark[2]:
                    fence = mark[1]
                elif fence and mark and not mark[2] and len(mark[1]) >= len(fence):
                    fence = None
                elif fence is None:
                    self.assertNotRegex(line, r"<(?!/?(details|summary)\b)|^::|[^\\]\[[^\]]*\]\(|javascript:|https?:|(^|\s)@\w|(^|\s)www\.", corpus)
            self.assertIsNone(fence, corpus)

    def test_the_outcome_is_json(self):
        for corpus in CORPORA:
            self.assertEqual(json.loads(self.read(corpus, "outcome").decode("utf-8"))["verdict"], "fail")


if __name__ == "__main__":
    unittest.main(verbosity=1)
