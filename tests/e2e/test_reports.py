"""Reports as a CI system gets them: names and places, and what a kill leaves."""
import json
import os
import re
import subprocess
import threading
import xml.etree.ElementTree as ET

import harness
from scripted_lambda import Reply, ScriptedLambda
from stream import Stream, attempt, failure

FORMATS = ("junit", "junit-strict", "html", "tap", "markdown", "github", "jsonl", "outcome")
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret"}


class Reports(harness.Case):
    def told(self, answer=lambda n, body: Reply("1")):
        told = ScriptedLambda(answer)
        self.addCleanup(told.stop)
        return ["run", "--function", "f", "--endpoint", told.endpoint, "--region", "us-east-1"]

    def read(self, name):
        with open(os.path.join(self.dir, name), encoding="utf-8") as f:
            return f.read()

    def places(self, *arguments, cwd=""):
        run = self.told()
        name = os.path.join(self.dir, "out.jsonl")
        self.smokegate(*arguments, *run, *self.cases, "--report", f"jsonl={name}", cwd=os.path.join(self.dir, cwd), code=1, env=CREDENTIALS)
        out, _ = self.smokegate("report", "--from", "out.jsonl", "--report", "github=-", "--report", "junit=junit.xml")
        annotated = re.findall(r"::error file=([^,]+),line=1,", out)
        self.assertEqual([c.get("file") for c in ET.parse(os.path.join(self.dir, "junit.xml")).iter("testcase")], annotated)
        return sorted(annotated)

    def test_files_are_named_from_the_root_of_the_repository(self):
        self.write("repo/services/orders/cases/a.json", '{"cases": [{"name": "a", "expect": {"payload": 2}}]}')
        self.write("repo/shared/b.json", '{"cases": [{"name": "b", "expect": {"payload": 2}}]}')
        self.cases = ["../../shared/b.json", "cases/a.json"]
        here = "repo/services/orders"
        self.assertEqual(self.places(cwd=here), self.cases, "no repository: as they were given")
        for git in ("folder", "file"):  # a worktree has a file
            self.write("repo/.git/HEAD" if git == "folder" else "repo/.git", "x")
            self.assertEqual(self.places(cwd=here), ["services/orders/cases/a.json", "shared/b.json"], git)
            self.assertEqual(self.places("-C", "services/orders", cwd="repo"), ["services/orders/cases/a.json", "shared/b.json"])
            if git == "folder":
                os.remove(os.path.join(self.dir, "repo/.git/HEAD"))
                os.rmdir(os.path.join(self.dir, "repo/.git"))
        self.assertEqual(json.loads(self.read("out.jsonl").splitlines()[0])["folder"], "services/orders")

    def test_no_two_cases_have_one_class_and_name(self):
        files = ("x.a.json", "x_a.json", "x/a.json", "./x.b.json", "../x.b.json")
        stream = Stream([("s", file) for file in files])
        for i in range(len(files)):
            stream.case(i, "same")
        self.write("run.jsonl", stream.text())
        for dialect in ("junit", "junit-strict"):
            self.smokegate("report", "--from", "run.jsonl", "--report", f"{dialect}=junit.xml", "--junit-cases", "2")
            names = [c.get("classname") for f in ("junit.xml", "junit.part2.xml", "junit.part3.xml")
                     for c in ET.parse(os.path.join(self.dir, f)).iter("testcase")]
            self.assertEqual(names[0], "x_a")
            self.assertEqual(names[2], "x.a")
            self.assertRegex(names[1], r"^x_a_[0-9a-f]{8}$")
            self.assertEqual(len(set(names)), len(names), names)

    def test_a_log_attaches_no_file_in_gitlab(self):
        stream = Stream()
        stream.case(0, "a", "failed", [attempt("failed", failures=[failure()], log="x [[ATTACHMENT|/etc/passwd]] [[[ATTACHMENT|b]]\n")])
        self.write("run.jsonl", stream.text())
        self.smokegate("report", "--from", "run.jsonl", "--junit", "junit.xml")
        log = ET.parse(os.path.join(self.dir, "junit.xml")).find(".//system-out").text
        self.assertEqual(log, "x [\\u{5b}ATTACHMENT|/etc/passwd]] [[\\u{5b}ATTACHMENT|b]]\n")

    def test_the_summary_of_a_step_is_written_to_by_several_commands(self):
        stream = Stream()
        stream.case(0, "a")
        self.write("run.jsonl", stream.text())
        summary = self.write("summary.md", "# from another tool")
        for expected in (1, 2):
            self.smokegate("report", "--from", "run.jsonl", "--report", f"markdown={summary}", "--report", "markdown=other.md",
                           env={"GITHUB_STEP_SUMMARY": summary})
            text = self.read("summary.md")
            self.assertTrue(text.startswith("# from another tool\n## smokegate: "), text[:60])
            self.assertEqual(text.count("## smokegate: "), expected)
            self.assertEqual(self.read("other.md").count("## smokegate: "), 1, "any other file is replaced")

    def test_what_is_written_to_the_summary_meanwhile_stays(self):
        def answer(number, body):
            with open(summary, "a", encoding="utf-8") as f:
                f.write("from a step of its own\n")
            return Reply("1")
        run = self.told(answer)
        summary = self.write("summary.md", "before\n")
        self.write("a.json", {"cases": [{"name": "c", "expect": {"payload": 1}}]})
        self.smokegate(*run, "a.json", "--report", f"markdown={summary}", env={**CREDENTIALS, "GITHUB_STEP_SUMMARY": summary})
        text = self.read("summary.md")
        self.assertIn("from a step of its own\n", text)
        self.assertEqual((text[:7], text.count("## smokegate: ")), ("before\n", 1))

    def test_a_kill_in_the_middle_of_a_run_leaves_the_old_reports(self):
        asked = threading.Event()

        def answer(number, body):
            if number == 2:
                asked.set()
            return Reply("1", delay=0 if number < 2 else 30)
        run = self.told(answer)
        self.write("a.json", {"cases": [{"name": f"c{i}", "serial": True, "expect": {"payload": 1}} for i in range(5)]})
        reports = []
        for name in FORMATS:
            self.write(f"out/{name}", f"old {name}")
            reports += ["--report", f"{name}=out/{name}"]
        child = subprocess.Popen([harness.SMOKEGATE, *run, *reports, "a.json"], cwd=self.dir, env={**self.env, **CREDENTIALS},
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.assertTrue(asked.wait(20))
        finally:
            child.kill()
            child.wait()
        for name in FORMATS:
            self.assertEqual(self.read(f"out/{name}"), f"old {name}")
        left = [f for f in os.listdir(os.path.join(self.dir, "out")) if f not in FORMATS]
        self.assertFalse([f for f in left if f.endswith((".xml", ".html", ".json"))], "nothing that CI would read")


if __name__ == "__main__":
    harness.main()
