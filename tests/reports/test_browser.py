"""The HTML report in a real browser: what it makes of hostile bytes, that nothing in them runs, and that it can be used.

Argument: the program that writes the reports. Skipped in one line where there is no Chromium.
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
import urllib.request

PROGRAM = sys.argv.pop(1)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


DRIVER = shutil.which("chromedriver")
SAMPLE = os.path.join(os.environ.get("SMOKEGATE_SOURCE", "."), "tests", "data", "reports", "html")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # https://www.w3.org/TR/webdriver2/#elements


class Page:
    """A page that is used by hand, through WebDriver: the report itself has no script."""

    def __init__(self, home):
        self.process = subprocess.Popen([DRIVER, "--port=0"], stdout=subprocess.PIPE, text=True, env={**os.environ, "HOME": home})
        port = next(m[1] for m in (re.search(r"started successfully on port (\d+)", line) for line in self.process.stdout) if m)
        self.base = f"http://127.0.0.1:{port}"
        options = {"binary": CHROMIUM, "args": ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={home}/driven"]}
        session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}})
        self.base += "/session/" + session["sessionId"]

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)["value"]

    def find(self, selector):
        return [e[ELEMENT] for e in self.call("POST", "/elements", {"using": "css selector", "value": selector})]

    def ask(self, script):
        return self.call("POST", "/execute/sync", {"script": "return " + script, "args": []})

    def close(self):
        if self.process.poll() is not None:
            return
        try:
            self.call("DELETE", "")
        finally:
            self.process.terminate()
            self.process.wait(20)
            self.process.stdout.close()


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

    def page(self, width, **media):
        page = Page(self.dir)
        self.addCleanup(page.close)
        page.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride",
                                                "params": {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500}})
        page.call("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": media})
        path = os.path.join(self.dir, "sample.html")
        shutil.copyfile(SAMPLE, path)
        page.call("POST", "/url", {"url": "file://" + path})
        return page

    def shown(self, page):
        return page.ask("[...document.querySelectorAll('.case')].filter(c => c.offsetParent).map(c => c.querySelector('.badge').textContent)")

    @unittest.skipUnless(DRIVER, "chromedriver is not installed")
    def test_cases_are_filtered_by_verdict_without_a_script_by_mouse_and_keyboard(self):
        page = self.page(1280)
        every = self.shown(page)
        self.assertEqual(len(every), 8)
        for verdict, count in (("failed", 2), ("inconclusive", 2), ("flaky", 1), ("passed", 2), ("skipped", 1)):
            label, = page.find(f"label[for=show-{verdict}]")
            self.assertRegex(page.call("GET", f"/element/{label}/text"), rf"^{verdict} \d+$")
            page.call("POST", f"/element/{label}/click", {})
            self.assertEqual(self.shown(page), [verdict] * count)
        page.call("POST", f"/element/{page.find('label[for=show-all]')[0]}/click", {})
        self.assertEqual(self.shown(page), every)
        page.call("POST", f"/element/{page.find('#show-all')[0]}/value", {"text": "\ue014"})  # the right arrow
        self.assertEqual(self.shown(page), ["failed"] * 2)
        summary = page.find(".v-failed > summary")[0]
        page.call("POST", f"/element/{summary}/value", {"text": "\ue007"})  # enter
        self.assertFalse(page.ask("document.querySelector('.v-failed').open"))

    @unittest.skipUnless(DRIVER, "chromedriver is not installed")
    def test_what_did_not_pass_stands_first_and_leads_there(self):
        page = self.page(1280)
        links = page.find(".misses a")
        self.assertEqual(len(links), 4)
        self.assertTrue(page.ask("document.querySelector('.misses').getBoundingClientRect().bottom < innerHeight"), "without scrolling")
        page.call("POST", f"/element/{links[1]}/click", {})
        self.assertRegex(page.call("GET", "/url"), r"#c4$")
        self.assertTrue(page.ask("document.querySelector(':target').open"))

    @unittest.skipUnless(DRIVER, "chromedriver is not installed")
    def test_a_telephone_scrolls_pictures_and_tables_and_not_the_page(self):
        page = self.page(390)
        self.assertEqual(page.ask("document.documentElement.scrollWidth"), 390)

    @unittest.skipUnless(DRIVER, "chromedriver is not installed")
    def test_text_has_contrast_in_light_and_dark(self):
        contrast = """(() => {
            const light = c => c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
                                .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
            const over = e => { while (e && /, 0\\)$/.test(getComputedStyle(e).backgroundColor)) e = e.parentElement;
                                return light(getComputedStyle(e || document.body).backgroundColor); };
            return [...document.querySelectorAll('body *')].filter(e => e.offsetParent && !e.closest('svg') && [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()))
                .map(e => { const a = light(getComputedStyle(e).color), b = over(e); return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.className, e.textContent]; })
                .filter(row => row[0] < 4.5).map(row => row[1] + ': ' + row[2].slice(0, 40) + ' ' + row[0].toFixed(2)); })()"""
        for scheme in ("light", "dark"):
            page = self.page(1280, features=[{"name": "prefers-color-scheme", "value": scheme}])
            self.assertEqual(page.ask("matchMedia('(prefers-color-scheme: dark)').matches"), scheme == "dark")
            self.assertEqual(page.ask(contrast), [], scheme)  # https://www.w3.org/TR/WCAG22/#contrast-minimum
            page.close()


if __name__ == "__main__":
    if not CHROMIUM:
        print("no Chromium here: the HTML report was not looked at in a browser")
        sys.exit(77)
    unittest.main(verbosity=1)
