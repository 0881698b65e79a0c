"""A JUnit report beyond what CI systems read goes on in further files, each of them whole."""
import glob
import os
import random
import shutil
import subprocess
import time
import unittest
import xml.etree.ElementTree as ET

import harness
from scripted_lambda import Reply, ScriptedLambda
from stream import Stream, attempt, failure

SCHEMAS = os.path.join(os.environ.get("SMOKEGATE_SUITES", ""), "junit")
DIALECTS = ("junit", "junit-strict")
VERDICTS = ("passed", "passed", "failed", "inconclusive", "skipped", "passed", "passed")


def a_run(cases, suites=1, **more):
    stream = Stream([(f"s{i}", f"cases/s{i}.json") for i in range(suites)])
    for i in range(cases):
        verdict = VERDICTS[i % len(VERDICTS)]
        failures = [failure(**more)] if verdict == "failed" else []
        stream.case(i * suites // cases, f"case {i}", verdict, [] if verdict == "skipped" else [attempt(verdict, failures=failures, reason="cut")])
    return stream


class Parts(harness.Case):
    in_memory = True

    def path(self, name):
        return os.path.join(self.dir, name)

    def files(self):
        return sorted(f for f in os.listdir(self.dir) if f.startswith("junit"))

    def render(self, stream, *more, dialect="junit"):
        self.write("run.jsonl", stream.text())
        out, err = self.smokegate("report", "--from", "run.jsonl", "--report", f"{dialect}=junit.xml", *more)
        self.assertEqual(out, "")
        return err

    def trees(self, count):
        names = ["junit.xml"] + [f"junit.part{i}.xml" for i in range(2, count + 1)]
        self.assertEqual(self.files(), sorted(names))
        return [ET.parse(self.path(name)).getroot() for name in names]

    def names(self, trees):
        return [(c.get("classname"), c.get("name")) for tree in trees for c in tree.iter("testcase")]

    def check_counts(self, tree, strict=False):
        """Every number is that of what stands in the file."""
        def counted(element):
            return {"tests": len(element.findall(".//testcase")), "failures": len(element.findall(".//testcase/failure")),
                    "errors": len(element.findall(".//testcase/error")), "skipped": len(element.findall(".//testcase/skipped"))}
        for element in tree.findall("testsuite") + ([] if strict else [tree]):
            self.assertEqual({k: int(element.get(k)) for k in ("tests", "failures", "errors", "skipped")}, counted(element))
            time_of_cases = sum(float(c.get("time")) for c in element.iter("testcase"))
            self.assertAlmostEqual(float(element.get("time")), time_of_cases, 2)
        if strict:
            self.assertEqual([s.get("id") for s in tree.findall("testsuite")], [str(i) for i in range(len(tree.findall("testsuite")))])

    def test_what_fits_is_one_file(self):
        self.assertEqual(self.render(a_run(5000, 3)), "")
        self.trees(1)
        self.assertNotIn("part", open(self.path("junit.xml"), encoding="utf-8").read(300))

    def test_one_case_more_is_another_file_and_it_is_said(self):
        err = self.render(a_run(5001, 3))
        self.assertEqual(err, "smokegate: junit.xml goes on in junit.part2.xml: have CI read them all\n")
        trees = self.trees(2)
        self.assertEqual([len(self.names([t])) for t in trees], [5000, 1])
        self.assertEqual([s.get("name") for s in trees[1].findall("testsuite")], ["s2"])

    def test_a_suite_goes_on_under_its_name_and_no_case_is_lost_or_told_twice(self):
        for dialect in DIALECTS:
            with self.subTest(dialect):
                run = a_run(103, 4)
                self.render(run, "--junit-cases", "0", dialect=dialect)
                whole = self.names(self.trees(1))
                err = self.render(run, "--junit-cases", "10", dialect=dialect)
                self.assertIn("junit.xml goes on in junit.part2.xml to junit.part11.xml: ", err)
                trees = self.trees(11)
                self.assertEqual(self.names(trees), whole)
                self.assertEqual([len(self.names([t])) for t in trees], [10] * 10 + [3])
                for tree in trees:
                    self.check_counts(tree, dialect != "junit")

    @unittest.skipUnless(shutil.which("xmllint") and os.path.isdir(SCHEMAS), f"xmllint or the schemas in {SCHEMAS} are not there")
    def test_every_part_of_the_strict_dialect_is_valid_under_both_schemas(self):
        self.render(a_run(23, 4), "--junit-cases", "5", dialect="junit-strict")
        for name in self.files():
            for schema in ("junit-10.xsd", "windyroad.xsd"):
                run = subprocess.run(["xmllint", "--noout", "--schema", os.path.join(SCHEMAS, schema), self.path(name)], capture_output=True, text=True)
                self.assertEqual(run.returncode, 0, f"{name} under {schema}: {run.stderr}")

    def test_megabytes_are_a_limit_too(self):
        err = self.render(a_run(1800, 2, actual="<" * 16000, expected=">" * 16000))  # in XML four bytes each
        self.assertIn("goes on in", err)
        trees = self.trees(len(self.files()))
        self.assertEqual(len(self.names(trees)), 1800)
        sizes = [os.path.getsize(self.path(f)) for f in self.files()]
        self.assertLessEqual(max(sizes), 25_000_000)
        self.assertGreater(sorted(sizes)[1], 24_000_000, "all but the last are full")
        for tree in trees:
            self.check_counts(tree)

    def test_steps_of_a_promotion_are_cases_of_parts_as_well(self):
        stream = Stream(promotion=True, release="1")
        for i in range(7):
            stream.case(0, f"c{i}", scope="dev")
        for environment in ("dev", "prod"):
            for i in range(8):
                stream.step(environment, f"f{i}", "inconclusive" if i == 7 else "passed", reason="it said 500")
        for dialect in DIALECTS:
            self.render(stream, "--junit-cases", "5", dialect=dialect)
            trees = self.trees(5)
            self.assertEqual([len(self.names([t])) for t in trees], [5, 5, 5, 5, 3])
            for tree in trees:
                self.check_counts(tree, dialect != "junit")
            self.assertEqual([[s.get("name") for s in t.findall("testsuite")] for t in trees],
                             [["a"], ["a", "promotion: dev"], ["promotion: dev"], ["promotion: prod"], ["promotion: prod"]])

    def test_parts_of_an_earlier_run_go_and_nobody_elses_files(self):
        self.render(a_run(40), "--junit-cases", "5")
        self.assertEqual(len(self.files()), 8)
        mine = open(self.path("junit.part3.xml"), encoding="utf-8").read()
        others = {"junit.part9.xml": "<testsuites/>", "junit.part02.xml": mine, "junit.part3.xml.bak": mine, "junit.part1.xml": mine,
                  "junit.part.xml": mine, "junitx.part3.xml": mine, "junit.part-3.xml": mine}
        for name, text in others.items():
            self.write(name, text)
        os.mkdir(self.path("junit.part12.xml"))
        os.symlink("junit.part3.xml.bak", self.path("junit.part13.xml"))
        self.render(a_run(9), "--junit-cases", "5")
        self.assertEqual(set(self.files()), {"junit.xml", "junit.part2.xml", "junit.part12.xml", "junit.part13.xml", *others})
        self.render(a_run(9), "--junit-cases", "0")
        self.assertEqual(set(self.files()), {"junit.xml", "junit.part12.xml", "junit.part13.xml", *others})
        for name, text in others.items():
            self.assertEqual(open(self.path(name), encoding="utf-8").read(), text)

    def test_names_without_an_extension_and_in_folders_with_dots(self):
        self.write("run.jsonl", a_run(6).text())
        for name, second in (("out.d/report", "out.d/report.part2"), ("out.d/.xml", "out.d/.xml.part2"), ("out.d/a.b.xml", "out.d/a.b.part2.xml")):
            _, err = self.smokegate("report", "--from", "run.jsonl", "--junit", name, "--junit-cases", "5")
            self.assertIn(f"{name} goes on in {second}:", err)
            self.assertTrue(os.path.exists(self.path(second)))

    def test_standard_output_is_one_stream(self):
        self.write("run.jsonl", a_run(12).text())
        out, err = self.smokegate("report", "--from", "run.jsonl", "--report", "junit=-", "--junit-cases", "5")
        self.assertEqual(err, "")
        self.assertEqual(len(self.names([ET.fromstring(out)])), 12)

    def test_a_part_that_cannot_be_put_in_place_is_told_and_the_first_file_stays(self):
        self.write("junit.xml", "old")
        os.mkdir(self.path("junit.part2.xml"))
        self.write("run.jsonl", a_run(12).text())
        _, err = self.smokegate("report", "--from", "run.jsonl", "--junit", "junit.xml", "--junit-cases", "5", code=3)
        self.assertIn("junit.xml: cannot be put in place", err)
        self.assertNotIn("goes on", err)
        self.assertEqual(open(self.path("junit.xml"), encoding="utf-8").read(), "old")
        self.assertEqual(glob.glob(self.path("junit.xml.*")), [], "no temporary file is left")

    def test_run_report_and_merge_give_the_same_parts(self):
        told = ScriptedLambda(lambda n, body: Reply(body))
        self.addCleanup(told.stop)
        self.write("s.json", {"suite": "s", "cases": [{"name": f"c{i}", "payload": i, "expect": {"payload": {"not": 3}}} for i in range(12)]})
        _, err = self.smokegate("run", "--function", "f", "--endpoint", told.endpoint, "--region", "us-east-1", "--shard", "1/1", "s.json", "--junit",
                                "junit.xml", "--junit-cases", "5", "--report", "jsonl=run.jsonl", code=1,
                                env={"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret"})
        self.assertIn("junit.xml goes on in junit.part2.xml and junit.part3.xml: have CI read them all", err)
        parts = [open(self.path(f), "rb").read() for f in self.files()]
        self.assertEqual(len(parts), 3)
        self.smokegate("report", "--from", "run.jsonl", "--junit", "again/junit.xml", "--junit-cases", "5")
        self.assertEqual([open(self.path(f"again/{f}"), "rb").read() for f in self.files()], parts)
        self.smokegate("merge", "run.jsonl", "--junit", "merged/junit.xml", "--junit-cases", "5", code=1)
        self.assertEqual([self.names([ET.parse(self.path(f"merged/{f}"))]) for f in self.files()], [self.names([ET.fromstring(p)]) for p in parts])

    def test_killed_at_any_moment_every_file_is_whole_and_a_new_first_one_has_new_others(self):
        self.render(a_run(600), "--junit-cases", "200")
        self.write("run.jsonl", a_run(800, 2).text())
        command = [harness.SMOKEGATE, "report", "--from", "run.jsonl", "--junit", "junit.xml", "--junit-cases", "100"]
        chance = random.Random(17)
        began = time.monotonic()
        subprocess.run(command, cwd=self.dir, env=self.env, capture_output=True, check=True)
        takes = time.monotonic() - began
        for _ in range(12):
            self.render(a_run(600), "--junit-cases", "200")
            self.write("run.jsonl", a_run(800, 2).text())
            child = subprocess.Popen(command, cwd=self.dir, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                child.wait(chance.uniform(0, takes * 1.1))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            names = [f for f in self.files() if f.endswith(".xml")]
            trees = {f: ET.parse(self.path(f)).getroot() for f in names}  # raises on half a file
            if int(trees["junit.xml"].get("tests")) == 100:
                self.assertEqual(len(self.names(trees.values())), 800)


if __name__ == "__main__":
    harness.main()
