"""The HTML report in a real browser: what it makes of hostile bytes, and that nothing in them runs.

Argument: the program that writes the reports. Skipped in one line where there is no Chromium.
"""
import html.parser
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Elements(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.handlers, self.title, self.in_title = {}, [], "", False

    def handle_starttag(self, tag, attributes):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.handlers += [name for name, _ in attributes if name.startswith("on")]
        self.in_title = tag == "title" and self.tags[tag] == 1  # the charts' tooltips are titles, too

    def handle_data(self, data):
        if self.in_title:
            self.title, self.in_title = self.title + data, False


class Browser(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="smokegate-browser-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        subprocess.run([PROGRAM, self.dir], check=True, timeout=120)

    def dom(self, name):
        page = os.path.join(self.dir, name + ".html")
        run = subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={self.dir}/profile", "--dump-dom",
                              "file://" + page], capture_output=True, text=True, timeout=120, env={**os.environ, "HOME": self.dir})
        self.assertEqual(run.returncode, 0, run.stderr[-2000:])
        elements = Elements()
        elements.feed(run.stdout)
        return elements, run.stderr

    def test_nothing_a_response_contained_becomes_an_element(self):
        for corpus in ("markup", "attributes", "links", "directions", "code-points"):
            elements, log = self.dom(corpus)
            self.assertEqual(elements.title, "smokegate: fail", corpus)
            self.assertEqual([t for t in ("script", "img", "iframe", "object", "form", "link", "base") if t in elements.tags], [], corpus)
            self.assertEqual(elements.handlers, [], corpus)
            self.assertNotIn("Refused to execute", log, "the policy had to stop something that should not be there")
            self.assertEqual(elements.tags["h1"], 1)


if __name__ == "__main__":
    if not CHROMIUM:
        print("no Chromium here: the HTML report was not looked at in a browser")
        sys.exit(77)
    unittest.main(verbosity=1)
