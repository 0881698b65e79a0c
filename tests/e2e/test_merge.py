"""`smokegate merge`: shards become the one run they make up, or it is said why they do not."""
import json
import os
import xml.etree.ElementTree as ET

import harness
from scripted_lambda import Reply, ScriptedLambda

FORMATS = ("junit", "junit-strict", "html", "tap", "markdown", "github", "jsonl", "outcome")
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret"}


class Shards(harness.Case):
    def setUp(self):
        super().setUp()
        self.version = "7"
        self.told = ScriptedLambda(lambda n, body: Reply(body, version=self.version), alias=self.alias)
        self.addCleanup(self.told.stop)
        self.suite("a", [{"name": f"a{i}", "payload": i, "expect": {"payload": {"not": 3}}} for i in range(6)])
        self.suite("b", [{"name": "b", "table": [{"id": f"r{i}"} for i in range(3)], "payload": "{{id}}"},
                         {"name": "left out", "skip": "not today"}])

    def alias(self, function, name):
        return Reply({"Name": name, "FunctionVersion": self.version, "RevisionId": "r1", "AliasArn": "arn"})

    def suite(self, name, cases):
        self.write(f"{name}.json", {"suite": name, "cases": cases})

    def shard(self, i, of=3, *more, code=None, name=None):
        name = name or f"{i}.jsonl"
        self.smokegate("run", "--function", "f", "--endpoint", self.told.endpoint, "--region", "us-east-1", "--shard", f"{i}/{of}",
                       "--report", f"jsonl={name}", *more, "a.json", "b.json", code=code, env=CREDENTIALS)
        return name

    def shards(self, of=3):
        return [self.shard(i, of) for i in range(1, of + 1)]

    def lines(self, name):
        with open(os.path.join(self.dir, name), encoding="utf-8") as f:
            return f.read().splitlines(keepends=True)

    def refused(self, names, *says, code=3):
        """Nothing is written, and every text is said."""
        self.write("junit.xml", "old")
        _, err = self.smokegate("merge", *names, "--junit", "junit.xml", code=code)
        for text in says:
            self.assertRegex(err, text)
        self.assertEqual(self.lines("junit.xml"), ["old"])
        return err


class Merging(Shards):
    def test_three_shards_are_the_run_they_make_up(self):
        names = self.shards()
        self.shard(1, 1, code=1, name="whole.jsonl")
        self.smokegate("report", "--from", "whole.jsonl", "--report", "tap=whole.tap")
        reports = [a for f in FORMATS for a in ("--report", f"{f}=out/{f}")]
        out, _ = self.smokegate("merge", names[2], names[0], names[1], *reports, code=1)  # in any order
        self.assertRegex(out, r"8 passed, 1 failed, 1 skipped in ")
        self.assertIn("FAIL  a > a3", out)

        def points(name):
            return [line for line in self.lines(name) if line.startswith(("ok", "not ok"))]
        self.assertEqual(points("out/tap"), points("whole.tap"))
        self.assertEqual(len(points("out/tap")), 10)
        for name in ("junit", "junit-strict"):
            root = ET.parse(os.path.join(self.dir, "out", name)).getroot()
            self.assertEqual([(s.get("name"), s.get("tests"), s.get("failures"), s.get("skipped")) for s in root],
                             [("a", "6", "1", "0"), ("b", "4", "0", "1")])
        outcome = json.loads("".join(self.lines("out/outcome")))
        self.assertNotIn("shard", outcome)
        self.assertEqual((outcome["verdict"], outcome["counts"]["passed"], outcome["functions"][0]["executed_version"]), ("fail", 8, "7"))
        self.assertEqual(outcome["functions"][0]["counts"]["passed"], 8)
        self.assertEqual([f["cases"] for f in outcome["files"]], [6, 4])
        for name in FORMATS:
            self.assertGreater(os.path.getsize(os.path.join(self.dir, "out", name)), 100, name)
        # What was merged is a run like any other.
        self.smokegate("report", "--from", "out/jsonl", "--report", "tap=again.tap")
        self.assertEqual(points("again.tap"), points("whole.tap"))

    def test_the_outcome_goes_to_stdout_and_the_exit_code_is_the_runs(self):
        self.suite("a", [{"name": "good", "payload": 1}])
        out, _ = self.smokegate("merge", "--json", *self.shards(), code=0)
        self.assertEqual(json.loads(out)["verdict"], "pass")

    def test_more_shards_than_cases(self):
        self.suite("a", [{"name": "good", "payload": 1}])
        self.suite("b", [{"name": "good", "payload": 1}])
        names = [self.shard(1, 3, code=0), self.shard(2, 3, code=0), self.shard(3, 3, code=8)]
        self.assertIn("2 passed", self.smokegate("merge", *names, code=0)[0])
        self.shard(3, 3, "--allow-empty", code=0)

    def test_a_shuffled_run_is_put_in_order(self):
        names = [self.shard(i, 3, f"--shuffle={i}") for i in (1, 2, 3)]
        self.smokegate("merge", *names, "--report", "tap=tap", code=1)
        ends = [line.split(" > ")[1].split()[0] for line in self.lines("tap") if line.startswith(("ok", "not ok"))]
        self.assertEqual(ends[:6], [f"a{i}" for i in range(6)])

    def test_a_run_that_proves_nothing_leaves_the_whole_unproven(self):
        self.suite("a", [{"name": "good", "payload": 1}])
        names = [self.shard(1), self.shard(2)]
        self.told.answer = lambda n, body: Reply({"Message": "oh"}, status=500, version=None)
        names.append(self.shard(3, code=3))
        self.smokegate("merge", *names, code=3)


class Refusing(Shards):
    def test_a_shard_that_is_missing_or_there_twice(self):
        names = self.shards()
        self.refused([names[0], names[2]], "^shard 2 of 3 is missing")
        self.refused([*names, names[1]], r"^2\.jsonl: shard 2 of 3, which 2\.jsonl is already")
        self.refused([names[0], names[0], names[1]], "shard 1 of 3, which 1.jsonl", "shard 3 of 3 is missing")

    def test_another_case_file(self):
        names = [self.shard(1), self.shard(2)]
        self.suite("a", [{"name": f"a{i}", "payload": i} for i in range(6)])
        self.refused([*names, self.shard(3)], r"3\.jsonl: another a\.json than in 1\.jsonl: its SHA-256 is [0-9a-f]{12}\.\.\., not ")

    def test_other_cases_of_the_same_files(self):
        names = [self.shard(1), self.shard(2)]
        self.refused([*names, self.shard(3, 3, "--filter", "^a")], r"3\.jsonl: other cases .* than in 1\.jsonl: 6, not 10")

    def test_another_division(self):
        self.refused([self.shard(1), self.shard(2), self.shard(3, 4)], r"3\.jsonl: a shard of 4, but 1\.jsonl is one of 3")

    def test_another_version(self):
        names = [self.shard(1), self.shard(2)]
        self.version = "8"
        self.refused([*names, self.shard(3)], r"3\.jsonl: f:Smoke: the alias pointed to version 8, but 7 in [12]\.jsonl",
                     "f:Smoke: what answered was version 8, but 7")

    def test_another_alias(self):
        names = [self.shard(1), self.shard(2)]
        self.refused([*names, self.shard(3, 3, "--alias", "Live")], r"3\.jsonl: alias Live, but 1\.jsonl has Smoke")

    def test_a_stream_that_breaks_off(self):
        names = self.shards()
        lines = self.lines(names[1])
        self.write("short.jsonl", "".join(lines[:-1]))
        self.refused([names[0], "short.jsonl", names[2]], r"short\.jsonl: the stream breaks off after 3 of 3 cases")
        self.write("short.jsonl", "".join(lines)[:-20])     # in the middle of the last line
        self.refused([names[0], "short.jsonl", names[2]], r"short\.jsonl: the stream breaks off")

    def test_cases_that_are_missing_or_ran_twice(self):
        names = self.shards()
        lines = self.lines(names[1])
        at = next(i for i, line in enumerate(lines) if '"case_end"' in line)
        self.write("less.jsonl", "".join(lines[:at] + lines[at + 1:]))
        self.refused([names[0], "less.jsonl", names[2]], r"less\.jsonl: 2 of its 3 cases are in it")
        twice = json.loads(lines[at])
        name, place = twice["name"], twice["place"]
        twice["place"] = next(json.loads(line)["place"] for line in self.lines(names[0]) if '"case_end"' in line)
        self.write("twice.jsonl", "".join(lines[:at] + [json.dumps(twice) + "\n"] + lines[at + 1:]))
        self.refused([names[0], "twice.jsonl", names[2]], rf'twice\.jsonl: "a > {name}" ran in 1\.jsonl as well',
                     rf"case {place + 1} of 10, the one after \"[ab] > [^\"]+\", ran in no shard")

    def test_unbalanced_times_divide_otherwise(self):
        """Each shard by other times: some cases run twice, some never; whatever it is, it is no proof."""
        self.shard(1, 1, name="before.jsonl")
        events = [json.loads(line) for line in self.lines("before.jsonl")]
        for e in events:
            if e["event"] == "case_end":
                e["duration_us"] = 900000000 if e["name"] == "a0" else 1
        self.write("before.jsonl", "".join(json.dumps(e) + "\n" for e in events))
        names = [self.shard(1, 3, "--timings", "before.jsonl"), self.shard(2), self.shard(3)]
        self.refused(names, "ran in no shard|ran in .* as well")

    def test_what_is_no_shard(self):
        names = self.shards()
        self.smokegate("run", "--function", "f", "--endpoint", self.told.endpoint, "--region", "us-east-1", "--report", "jsonl=whole.jsonl",
                       "--report", "outcome=outcome.json", "a.json", code=1, env=CREDENTIALS)
        self.refused(["whole.jsonl"], r"whole\.jsonl: this is no shard of a run")
        self.refused([*names, "outcome.json"], r"outcome\.json:1: no event of a smokegate run", code=2)
        self.refused([*names, "nothing.jsonl"], r"nothing\.jsonl: No such file", code=2)
        self.write("empty.jsonl", "")
        self.refused([*names, "empty.jsonl"], r"empty\.jsonl: an empty event stream", code=2)
        self.refused([], "an operand is missing", code=2)


if __name__ == "__main__":
    harness.main()
