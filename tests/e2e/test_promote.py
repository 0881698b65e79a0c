"""Promotions through the real binaries: forward, back, other hands, interruptions."""
import json
import os
import re
import signal
import time
import xml.etree.ElementTree

import harness
import promote_world


class Promote(promote_world.Case):
    def check(self):
        self.check_invariants()

    def test_the_first_promotion_makes_live_everywhere(self):
        self.begin(live=False)
        out = self.promote("1.0.0", "--junit", "r/junit.xml")
        self.assertIn("== prod", out)
        for e in self.names:
            self.assertEqual(self.live(e), ["1", "1"])
            self.assertIsNone(self.alias("a", e, "Backup"))
        root = xml.etree.ElementTree.parse(os.path.join(self.root, "r", "junit.xml")).getroot()
        names = [s.get("name") for s in root.iter("testsuite")]
        self.assertEqual(sorted(names), sorted([*(f"{e}{phase}: {f}" for e in self.names for f in "ab" for phase in ("", " (Live)")),
                                                *(f"promotion: {e}" for e in self.names)]))
        cases = [(c.get("classname"), c.get("name")) for c in root.iter("testcase")]
        self.assertEqual(len(cases), len(set(cases)), "some CI systems keep only the first of equal names")
        self.check()
        calls = len(self.proxy.log)
        self.promote("1.0.0")  # nothing to do, and nothing is done
        self.assertEqual([c for c in self.proxy.log[calls:] if c[0] != "GET"], [])

    def test_a_second_release_backs_up_the_first(self):
        self.begin()
        plan = self.run_it("plan", "--release", "1.1.0")
        self.assertEqual([c for c in self.proxy.log if c[0] != "GET"], [])
        self.assertIn("a: Live 1 -> the new version", plan)
        self.promote()
        for e in self.names:
            self.assertEqual(self.live(e), ["2", "2"])
            self.assertEqual(self.alias("b", e, "Backup")["FunctionVersion"], "1")
            mark = promote_world.mark_of(self.alias("a", e, "Smoke")["Description"])
            self.assertEqual((mark["s"], mark["o"], mark["n"], mark["x"]), ("live", "1", "2", "0"))
        self.check()

    def test_a_failure_in_stage_takes_dev_back_and_never_touches_prod(self):
        self.begin(bad_in="stage")
        before = [self.alias(f, "prod", a) for f in "ab" for a in ("Live", "Smoke", "Backup")]
        out = self.promote(code=1)
        self.assertIn("is what it should be", out)
        for e in self.names:
            self.assertEqual(self.live(e), ["1", "1"])
        self.assertEqual(before, [self.alias(f, "prod", a) for f in "ab" for a in ("Live", "Smoke", "Backup")])
        self.assertIn("--force", self.promote(code=1))  # on hold
        self.check()
        self.promote("1.1.0", "--force", "--to", "dev")
        self.assertEqual(self.live("dev"), ["2", "2"])

    def suites(self, path):
        root = xml.etree.ElementTree.parse(os.path.join(self.root, path)).getroot()
        return {s.get("name"): {c.get("name"): [e.tag for e in c if e.tag != "system-out"] for c in s.iter("testcase")}
                for s in root.iter("testsuite")}

    def test_the_reports_tell_the_promotion_step_by_step(self):
        self.begin(bad_in="stage")
        self.promote("1.1.0", "--junit", "r.xml", "--report", "html=r.html", "--report", "jsonl=r.jsonl", "--report", "tap=r.tap", code=1)
        suites = self.suites("r.xml")
        stage = suites["promotion: stage"]
        self.assertEqual(stage["gate"], ["failure"])
        self.assertEqual((stage["a: claim"], stage["a: shift"], stage["taking back a: take-smoke"]), ([], ["skipped"], []))
        self.assertEqual(suites["promotion: dev"]["taking back b: take-back"], [])
        self.assertEqual(suites["promotion: prod"], {"environment": ["skipped"]})
        with open(os.path.join(self.root, "r.xml"), encoding="utf-8") as f:
            failure = re.search(r'<failure type="gate".*?</failure>', f.read(), re.S).group(0)
        self.assertIn("expected  299", failure)  # what failed stands in the gate's own case
        with open(os.path.join(self.root, "r.jsonl"), encoding="utf-8") as f:
            events = [json.loads(line) for line in f]
        self.assertEqual((events[0]["promotion"], events[-1]["end"]), (True, "failed"))
        places = {(e["environment"], e["function"]): (e["before"], e["after"]) for e in events if e["event"] == "place"}
        self.assertEqual(places["dev", "a"], ({"live": "1", "smoke": "", "backup": ""}, {"live": "1", "smoke": "1", "backup": "1"}))
        with open(os.path.join(self.root, "r.html"), encoding="utf-8") as f:
            page = f.read()
        for words in ("Not promoted: cases failed", ">rollback<", ">flip<", "gate \u2717", "not reached"):
            self.assertIn(words, page)
        with open(os.path.join(self.root, "r.tap"), encoding="utf-8") as f:
            tap = f.read().splitlines()
        self.assertIn(f"1..{sum(line.startswith(('ok', 'not ok')) for line in tap)}", tap)
        self.promote("1.1.0", "--junit", "r.xml", code=1)  # refused before any step: that is told as well
        self.assertEqual(self.suites("r.xml")["promotion: dev"], {"end": ["error"]})
        self.promote("1.0.0", "--junit", "r.xml", "--dry-run", code=None)  # what is only planned is no report
        self.assertEqual(self.suites("r.xml")["promotion: dev"], {"end": ["error"]})

    def test_the_steps_by_hand_are_reported_as_well(self):
        self.begin(environments=("dev", "stage"))
        report = ("--junit", "r.xml", "--report", "jsonl=r.jsonl")

        def end():
            with open(os.path.join(self.root, "r.jsonl"), encoding="utf-8") as f:
                return json.loads(f.read().splitlines()[-1])["end"]

        self.run_it("abort", *report)
        self.assertEqual((end(), self.suites("r.xml")["promotion: dev"]), ("nothing to do", {"environment": []}))
        self.run_it("deploy", "-e", "dev", "--release", "1.1.0", *report)
        dev = self.suites("r.xml")
        self.assertEqual((end(), dev["promotion: dev"]["a: stage"], list(dev)), ("staged", [], ["promotion: dev"]))
        self.run_it("abort", *report)
        self.assertEqual((end(), self.suites("r.xml")["promotion: dev"]["taking back a: take-smoke"]), ("taken back", []))
        self.assertEqual(self.suites("r.xml")["promotion: stage"], {"environment": ["skipped"]})
        self.promote("1.1.0", "--to", "dev")
        self.run_it("restore", "-e", "dev", *report)
        self.assertEqual((end(), self.suites("r.xml")["promotion: dev"]["taking back b: take-back"]), ("restored", []))
        self.run_it("restore", "-e", "dev", *report)
        self.assertEqual((end(), self.suites("r.xml")["promotion: dev"]), ("nothing to do", {"environment": []}))
        self.api("DELETE", f"/{self.name('a', 'dev')}/aliases/Backup")
        self.run_it("restore", "-e", "dev", *report, code=3)
        self.assertEqual((end(), self.suites("r.xml")["promotion: dev"]), ("stopped", {"end": ["error"]}))
        self.run_it("restore", *report, code=2)  # a wrong command line is no report: the old one stays
        self.assertEqual(end(), "stopped")

    def test_policy_current_leaves_the_lower_environments_on_the_new_release(self):
        self.begin(bad_in="stage", policy={"rollback": "current"})
        self.promote(code=1)
        self.assertEqual([self.live(e) for e in self.names], [["2", "2"], ["1", "1"], ["1", "1"]])
        self.check()

    def test_where_the_audit_is_to_fail_all_of_it_is_made(self):
        """A function URL is found as `audit` finds it, and a look that was refused does not pass for a clean one."""
        for policy, code in (("warn", 0), ("fail", 7)):
            self.begin(environments=("dev", "stage"), policy={"audit": policy})
            self.api("POST", f"/{self.name('a', 'stage')}/url", {"AuthType": "NONE"}, of="/2021-10-31/functions")
            self.assertEqual("stage: 1 caller bypasses Live" in self.run_it("plan", "--release", "1.1.0", code=code), policy == "fail")
            out = self.promote(code=code)
            self.assertEqual("stage: 1 caller bypasses Live" in out and "calls the bare function" in out, policy == "fail", out)
            self.assertEqual([self.live(e) for e in self.names], [["2", "2"], ["1", "1"] if code else ["2", "2"]])
        self.begin(environments=("dev",), policy={"audit": "fail"})
        self.proxy.refuse = lambda method, path, body: (403, "AccessDeniedException", "no") if path.endswith("/urls") else None
        out = self.promote(code=7)
        self.assertIn("could not be found out, and policy.audit is \"fail\"", out)
        self.assertIn("lambda:ListFunctionUrlConfigs", out)
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.check()

    def test_a_user_text_in_a_description_is_kept(self):
        self.begin(environments=("dev",))
        self.set_alias("a", "dev", "Live", Description="called by the shop | hands off")
        self.promote()
        self.assertTrue(self.alias("a", "dev", "Live")["Description"].endswith(" | called by the shop | hands off"))
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.assertTrue(self.alias("a", "dev", "Live")["Description"].endswith(" | called by the shop | hands off"))

    def test_a_user_text_that_leaves_no_room_is_told_before_anything_is_changed(self):
        """Found out when Live is to move, it would take back what had been tested and moved already."""
        self.begin(environments=("dev", "stage"))
        self.set_alias("b", "stage", "Live", Description="x" * 200)
        for command in ("plan", "promote"):
            out = self.run_it(command, "--release", "1.1.0", code=3)
            self.assertIn(f"stage: {self.name('b', 'stage')}:Live: the alias's own description has 200 characters: with smokegate's line", out)
        self.assertEqual([self.live(e) for e in self.names], [["1", "1"]] * 2)
        self.assertIsNone(self.alias("a", "dev", "Smoke"))
        room = int(re.search(r"room for (\d+)", out)[1])
        self.set_alias("b", "stage", "Live", Description="x" * room)
        self.set_alias("a", "dev", "Live", Description="x" * room)
        self.promote()
        self.run_it("restore", "-e", "stage")  # there is room for whatever comes later
        self.promote("1.0.0")
        self.assertEqual(self.alias("b", "stage", "Live")["Description"].split(" | ")[1], "x" * room)
        self.check()

    def test_restore_puts_the_backup_on_live_and_is_safe_to_repeat(self):
        self.begin(environments=("dev",))
        self.promote()
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.assertIn("nothing to restore", self.run_it("restore", "-e", "dev"))
        self.check()

    def test_restore_guesses_no_version(self):
        self.begin(environments=("dev",))
        out = self.run_it("restore", "-e", "dev", code=3)
        self.assertIn("no Backup", out)

    def test_a_claim_of_another_artifact_is_busy_and_named(self):
        self.begin(environments=("dev",))
        self.assertTrue(self.run_cut(16, promote_world.BEFORE, "promote", "--release", "1.1.0"))
        owner = promote_world.mark_of(self.alias("a", "dev", "Smoke")["Description"])["p"]
        out = self.promote("1.0.0", code=4)
        self.assertIn(owner, out)
        self.run_it("abort")
        self.assertEqual(promote_world.mark_of(self.alias("a", "dev", "Smoke")["Description"])["x"], "0")
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.promote("1.1.0")  # aborted is not held
        self.check()

    def test_live_moved_by_hand_during_the_gate_is_left_alone(self):
        self.begin(environments=("dev",))
        moved = []

        def move(method, path, body):
            if path.endswith("/invocations?Qualifier=Smoke") and not moved:
                moved.append(self.set_alias("b", "dev", "Live", FunctionVersion="1", Description="by hand"))
                self.api("POST", f"/{self.name('b', 'dev')}/versions", {})
                self.set_alias("b", "dev", "Live", FunctionVersion="2")

        self.proxy.refuse = move
        out = self.promote(code=5)
        self.assertTrue(moved)
        self.assertEqual(self.live("dev"), ["1", "2"])
        self.assertIn("changed by someone else", out)
        self.check()

    def test_a_description_edited_by_hand_during_the_gate_is_no_move(self):
        self.begin(environments=("dev",))
        edited = []

        def edit(method, path, body):
            if path.endswith("/invocations?Qualifier=Smoke") and not edited:
                edited.append(self.set_alias("b", "dev", "Live", Description="by hand"))

        self.proxy.refuse = edit
        self.promote()
        self.assertTrue(edited)
        self.assertEqual(self.live("dev"), ["2", "2"])
        self.assertTrue(self.alias("b", "dev", "Live")["Description"].endswith(" | by hand"))
        self.check()

    def test_a_permission_that_is_missing_stops_it_and_takes_it_back(self):
        self.begin(environments=("dev", "stage"))
        live = f"/{self.name('b', 'stage')}/aliases/Live"
        self.proxy.refuse = lambda method, path, body: (
            (403, "AccessDeniedException", "not authorized to perform: lambda:UpdateAlias")
            if method == "PUT" and path.endswith(live) else None)
        out = self.promote(code=3)
        self.assertIn("lambda:UpdateAlias", out)
        self.proxy.refuse = None
        self.check_sets(3)
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.check()

    def test_inconclusive_holds_and_the_next_run_goes_on(self):
        self.begin(environments=("dev",))
        self.proxy.refuse = lambda method, path, body: (
            (500, "ServiceException", "down") if path.endswith("/invocations?Qualifier=Smoke") else None)
        self.promote(code=3)
        self.proxy.refuse = None
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.assertEqual(self.alias("a", "dev", "Smoke")["FunctionVersion"], "2")
        self.run_it("resume", "--release", "1.1.0")
        self.assertEqual(self.live("dev"), ["2", "2"])
        self.check()

    def test_inconclusive_restores_when_the_policy_says_so(self):
        self.begin(environments=("dev",), policy={"inconclusive": "restore"})
        self.proxy.refuse = lambda method, path, body: (
            (500, "ServiceException", "down") if path.endswith("/invocations?Qualifier=Smoke") else None)
        self.promote(code=3)
        self.assertEqual(promote_world.mark_of(self.alias("a", "dev", "Smoke")["Description"])["s"], "undo")
        self.check()

    def test_approval_stops_and_goes_on(self):
        self.begin(prod={"approval": True})
        out = self.promote(code=9)
        self.assertIn("--approve prod", out)
        self.assertEqual([self.live(e) for e in self.names], [["2", "2"], ["2", "2"], ["1", "1"]])
        self.run_it("resume", "--release", "1.1.0", "--approve", "prod")
        self.assertEqual(self.live("prod"), ["2", "2"])
        marks = {promote_world.mark_of(self.alias("a", e, "Smoke")["Description"])["p"] for e in self.names}
        self.assertEqual(len(marks), 1)
        self.check()

    def test_deploy_run_and_shift_are_the_loop_in_steps(self):
        self.begin(environments=("dev",))
        self.run_it("deploy", "-e", "dev", "--release", "1.1.0")
        self.assertEqual((self.live("dev"), self.alias("a", "dev", "Smoke")["FunctionVersion"]), (["1", "1"], "2"))
        self.run_it("run", "-e", "dev", "--report", "outcome=o.json")
        self.assertIn("--outcome", self.run_it("shift", "-e", "dev", "--release", "1.1.0", code=2))
        self.run_it("shift", "-e", "dev", "--release", "1.1.0", "--outcome", "o.json")
        self.assertEqual(self.live("dev"), ["2", "2"])
        self.check()

    def test_a_part_of_the_cases_promotes_nothing_unless_that_is_said(self):
        self.begin(environments=("dev",))
        for part in (["--shard", "1/2"], ["--rerun-failed"], ["--tag", "x"], ["--filter", "x"]):
            self.assertIn("--partial", self.run_it("promote", "--release", "1.1.0", *part, code=2))
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.check()

    def test_shift_takes_back_what_did_not_pass(self):
        self.begin(environments=("dev",), bad_in="dev")
        self.run_it("deploy", "-e", "dev", "--release", "1.1.0")
        self.run_it("run", "-e", "dev", "--report", "outcome=o.json", code=1)
        self.run_it("shift", "-e", "dev", "--release", "1.1.0", "--outcome", "o.json", code=1)
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.check()

    def test_an_outcome_of_other_versions_shifts_nothing(self):
        self.begin(environments=("dev",))
        self.run_it("deploy", "-e", "dev", "--release", "1.1.0")
        self.run_it("run", "-e", "dev", "--report", "outcome=o.json", "--alias", "Live")
        self.assertIn("alias Live", self.run_it("shift", "-e", "dev", "--release", "1.1.0", "--outcome", "o.json", code=3))
        self.assertEqual(self.live("dev"), ["1", "1"])

    def test_the_outcome_of_a_shard_shifts_nothing_and_that_of_all_does(self):
        self.begin(environments=("dev",))
        self.run_it("deploy", "-e", "dev", "--release", "1.1.0")
        for i in (1, 2):
            self.run_it("run", "-e", "dev", "--shard", f"{i}/2", "--report", f"outcome=o{i}.json", "--report", f"jsonl=o{i}.jsonl")
        said = self.run_it("shift", "-e", "dev", "--release", "1.1.0", "--outcome", "o1.json", code=3)
        self.assertIn("shard 1 of 2, which proves nothing about the others", said)
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.run_it("merge", "o1.jsonl", "o2.jsonl", "--report", "outcome=o.json")
        self.run_it("shift", "-e", "dev", "--release", "1.1.0", "--outcome", "o.json")
        self.assertEqual(self.live("dev"), ["2", "2"])
        self.check()

    def test_gc_deletes_only_what_nothing_names(self):
        self.begin(environments=("dev",))
        self.promote()
        for release in ("1.0.0", "1.1.0", "1.0.0"):
            self.promote(release)
        self.assertEqual((self.live("dev")[0], self.alias("a", "dev", "Backup")["FunctionVersion"]), ("5", "4"))
        out = self.run_it("gc", "--keep", "0", "--min-age", "0s")
        self.assertIn("would delete dev " + self.name("a", "dev") + ":1", out)
        mapping = self.api("POST", "", {"FunctionName": self.name("a", "dev") + ":1", "BatchSize": 1,
                                        "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:q"}, of="/2015-03-31/event-source-mappings/")
        self.api("POST", f"/{self.name('a', 'dev')}/policy?Qualifier=2", {
            "StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com"})
        out = self.run_it("gc", "--keep", "0", "--min-age", "0s", "--delete", "-v")
        for version, why in ((1, "an event source mapping calls it"), (2, "a policy lets somebody call it")):
            self.assertIn(f"keep    dev {self.name('a', 'dev')}:{version} ({why})", out)
        self.api("DELETE", mapping["UUID"], of="/2015-03-31/event-source-mappings/")
        self.api("DELETE", f"/{self.name('a', 'dev')}/policy/s?Qualifier=2")
        self.assertIn("deleted", self.run_it("gc", "--keep", "0", "--min-age", "0s", "--delete"))
        left = [v["Version"] for v in self.api("GET", f"/{self.name('a', 'dev')}/versions")["Versions"]]
        self.assertEqual(left, ["$LATEST", "3", "4", "5"])  # 3: what Backup goes back to, if this is taken back
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.live("dev"), ["4", "4"])

    def test_stage_is_refused_before_dev(self):
        self.begin()
        self.assertIn("Live of dev does not serve", self.promote("1.1.0", "--from", "stage", code=3))
        self.assertEqual([c for c in self.proxy.log if c[0] != "GET"], [])

    def test_a_signal_takes_it_back_at_the_next_safe_point(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            self.begin(environments=("dev", "stage"))
            process = self.start("promote", "--release", "1.1.0")
            live = f"/{self.name('a', 'stage')}/aliases/Live"

            def strike(method, path, body):
                if method == "PUT" and path.endswith(live) and b'"s' not in body[:0]:
                    process.send_signal(number)
                    self.proxy.refuse = None

            self.proxy.refuse = strike
            out = process.communicate(timeout=120)[0]
            self.assertEqual(process.returncode, code, out)
            self.assertEqual([self.live(e) for e in self.names], [["1", "1"], ["1", "1"]], out)
            self.check()

    def test_weighted_steps_are_gated_and_end_whole(self):
        self.begin(environments=("dev",), shift={"steps": [{"weight": 0.1, "hold": "0s"}, {"weight": 0.5, "hold": "0s"}]})
        self.promote()
        writes = [json.loads(c[2]) for c in self.proxy.log if c[0] == "PUT" and c[1].endswith("a-dev/aliases/Live")]
        self.assertEqual([w["RoutingConfig"]["AdditionalVersionWeights"] for w in writes], [{"2": 0.1}, {"2": 0.5}, {}])
        self.assertEqual(self.live("dev"), ["2", "2"])
        self.check()

    def test_foreign_weights_are_refused_with_the_repair(self):
        self.begin(environments=("dev",))
        self.api("PUT", f"/{self.name('a', 'dev')}/configuration", {"Timeout": 6})
        time.sleep(0.5)
        self.api("POST", f"/{self.name('a', 'dev')}/versions", {})
        self.set_alias("a", "dev", "Live", RoutingConfig={"AdditionalVersionWeights": {"2": 0.2}})
        self.assertIn("--routing-config", self.promote(code=3))

    def test_status_tells_versions_hashes_and_who_is_at_work(self):
        self.begin(environments=("dev",))
        self.promote()
        status = json.loads(self.run_it("status", "--json"))
        f = status["environments"][0]["functions"][0]
        self.assertEqual((f["function"], f["live"]["version"], f["live"]["release"]), ("a", "2", "1.1.0"))
        self.assertEqual(f["backup"]["version"], "1")
        self.assertEqual(f["live"]["code_sha256"], f["smoke"]["code_sha256"])
        self.set_alias("a", "dev", "Live", FunctionVersion="1")
        self.assertIn("someone moved Live", self.run_it("status"))

    def test_status_and_plan_tell_of_other_hands(self):
        self.begin(environments=("dev",))
        self.promote()
        stamp = self.alias("a", "dev", "Live")["Description"]
        rows = [
            ({"FunctionVersion": "1"}, "on version 1, and its stamp says 2"),
            ({"FunctionVersion": "1", "Description": "managed by Terraform"}, "took its stamp away"),
            ({"FunctionVersion": "2", "Description": "managed by Terraform"}, "rewrote the description of Live"),
            ({"FunctionVersion": "2", "Description": stamp, "RoutingConfig": {"AdditionalVersionWeights": {"1": 0.1}}}, "CodeDeploy, or someone by hand"),
        ]
        for change, words in rows:
            with self.subTest(words):
                self.set_alias("a", "dev", "Live", **change)
                self.assertIn(words, self.run_it("status"))
                self.assertIn(words, self.run_it("plan", "--release", "1.0.0", code=(0, 3)))
        self.set_alias("a", "dev", "Live", Description=stamp, RoutingConfig={"AdditionalVersionWeights": {}})
        self.assertNotIn("someone", self.run_it("status"))

    def test_wrong_input_is_told_before_any_call(self):
        root = self.begin(environments=("dev",))
        os.remove(os.path.join(root, "dist", "b-1.1.0.zip"))
        self.assertIn("b-1.1.0.zip", self.promote(code=2))
        self.assertIn("did you mean \"dev\"?", self.run_it("promote", "--to", "dve", code=2))
        self.assertIn("--partial", self.run_it("promote", "--release", "1.0.0", "--tag", "x", code=2))
        self.assertEqual(self.proxy.log, [])

    def test_a_package_that_is_too_large_is_wrong_input_and_told_what_to_do(self):
        self.begin(environments=("dev",))
        for package, make in (({"zip": "big.zip"}, "big.zip"), ({"dir": "big"}, "big/file")):
            os.makedirs(os.path.join(self.root, "big"), exist_ok=True)
            with open(os.path.join(self.root, make), "wb") as f:
                f.write(b"PK\x03\x04")
                f.truncate((50 << 20) + 1)
            self.edit(lambda p: p["functions"]["a"].update(package=package))
            self.assertIn("put it into S3, and name it by \"s3\"", self.promote(code=2))
        self.assertEqual([c for c in self.proxy.log if c[0] != "GET"], [])

    def test_what_is_wrong_in_the_project_is_told_before_any_call(self):
        """Rows: what is changed in the project file, and what must be said."""
        twice = lambda p: p["functions"].update(b={**p["functions"]["b"], "name": p["functions"]["a"]["name"].replace("{{function}}", "a")},
                                                a={**p["functions"]["a"], "name": p["functions"]["a"]["name"].replace("{{function}}", "a")})
        rows = [
            ("no such zip", lambda p: p["functions"]["a"].update(package={"zip": "dist/none.zip"}), "dist/none.zip"),
            ("no zip", lambda p: p["functions"]["a"].update(package={"zip": "smokegate.json"}), "smokegate.json"),
            ("no such folder", lambda p: p["functions"]["a"].update(package={"dir": "dist/none"}), "dist/none"),
            ("no package", lambda p: p["functions"]["a"].pop("package"), "package"),
            ("a tag", lambda p: p["functions"]["a"].update(package={"image": "r.example/a:latest"}), "digest"),
            ("weight 0", lambda p: p["environments"][0].update(shift={"steps": [{"weight": 0, "hold": "1s"}]}), "weight"),
            ("weight 1.5", lambda p: p["environments"][0].update(shift={"steps": [{"weight": 1.5, "hold": "1s"}]}), "weight"),
            ("one name twice", twice, "are both called"),
            ("a numeric alias", lambda p: p.update(aliases={"live": "12"}), "12"),
            ("an alias with a blank", lambda p: p.update(aliases={"smoke": "Smoke test"}), "Smoke test"),
            ("one alias twice", lambda p: p.update(aliases={"smoke": "Live"}), "Live"),
        ]
        root = self.begin(environments=("dev",))
        path = os.path.join(root, "smokegate.json")
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for name, change, words in rows:
            for command in ("promote", "plan", "deploy"):
                with self.subTest(name, command=command):
                    project = json.loads(text)
                    change(project)
                    self.write(path, project)
                    self.assertIn(words, self.run_it(command, "-e", "dev", "--release", "1.1.0", code=2))
        self.write(path, text)
        self.assertIn("did you mean \"dev\"?", self.run_it("restore", "-e", "dve", code=2))
        self.assertEqual(self.proxy.log, [])

    def test_the_journal_tells_every_call(self):
        root = self.begin(environments=("dev",))
        self.promote()
        folder = os.path.join(root, ".smokegate", "promotions")
        journal = os.path.join(folder, os.listdir(folder)[0], "journal.jsonl")
        with open(journal, encoding="utf-8") as f:
            lines = [json.loads(line) for line in f]
        calls = [c for c in self.proxy.log if "/invocations" not in c[1]]
        writes = [c for c in calls if c[0] != "GET" and b'"DryRun"' not in c[2]]
        ids = lambda these: [dict((k.lower(), v) for k, v in c[4]).get("x-amzn-requestid") for c in these]
        # Reads are made side by side and told in the set's order.
        self.assertEqual(sorted(line["request_id"] for line in lines if line["event"] == "call"), sorted(ids(calls)))
        done = [line for line in lines if line["event"] == "done"]
        self.assertEqual([line["request_id"] for line in done], ids(writes))
        for line in done:
            if line["operation"] == "UpdateAlias":
                self.assertNotEqual(line["revision_before"], line["revision_after"])
        self.assertEqual(lines[-1]["event"], "end")
        schema = os.path.join(harness.SOURCE, "docs", "schemas", "journal-1.schema.json")
        with open(schema, encoding="utf-8") as f:
            self.assertEqual(self.run_it("schema", "journal"), f.read())
        self.run_it("validate", "--jsonl", "--format", "--schema", schema, journal, code=0)

    def test_the_journal_tells_what_went_wrong(self):
        root = self.begin(environments=("dev",))
        self.proxy.refuse = lambda method, path, body: (
            (403, "AccessDeniedException", "not authorized to perform: lambda:PublishVersion")
            if method == "POST" and path.endswith("/versions") else None)
        self.promote(code=3)
        folder = os.path.join(root, ".smokegate", "promotions")
        with open(os.path.join(folder, os.listdir(folder)[0], "journal.jsonl"), encoding="utf-8") as f:
            lines = [json.loads(line) for line in f]
        call = next(line for line in lines if line["event"] == "call" and line["operation"] == "PublishVersion")
        self.assertEqual((call["outcome"], call["status"]), ("AccessDeniedException", 403))
        self.assertIn("lambda:PublishVersion", next(line["detail"] for line in lines if line["event"] == "failed"))


if __name__ == "__main__":
    harness.main()
