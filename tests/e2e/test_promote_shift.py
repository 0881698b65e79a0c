"""Live shifted in weighted steps: gated at each, watched by alarms, killed anywhere, taken back with the old version in front."""
import http.server
import json
import os
import threading
import time
import urllib.parse

import harness
import promote_world
from promote_world import APPLIED

STEPS = {"steps": [{"weight": 0.1, "hold": "0s"}, {"weight": 0.5, "hold": "0s"}]}


class CloudWatch:
    """DescribeAlarms of alarms whose states a test sets."""

    def __init__(self):
        watch = self
        self.states, self.asked, self.broken = {}, 0, False

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status, text = watch.answer(form, self.headers.get("Authorization", ""))
                self.send_response_only(status)
                self.send_header("Content-Type", "text/xml")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    def answer(self, form, authorization):
        self.asked += 1
        if self.broken or "/us-east-1/monitoring/aws4_request" not in authorization or form["Action"] != ["DescribeAlarms"]:
            return 403, ("<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>"
                         "<Message>not authorized to perform: cloudwatch:DescribeAlarms</Message></Error></ErrorResponse>")
        wanted = [v[0] for k, v in form.items() if k.startswith("AlarmNames.member.")]
        members = "".join(f"<member><AlarmName>{n}</AlarmName><StateValue>{s}</StateValue><StateReason>it &gt; 1</StateReason></member>"
                          for n, s in self.states.items() if n in wanted)
        return 200, (f"<DescribeAlarmsResponse><DescribeAlarmsResult><MetricAlarms>{members}</MetricAlarms><CompositeAlarms/>"
                     "</DescribeAlarmsResult></DescribeAlarmsResponse>")


class World(promote_world.MemoryCase):
    environments = ("dev",)

    def weights(self):
        return [(self.alias(f, "dev", "Live").get("RoutingConfig") or {}).get("AdditionalVersionWeights") for f in self.functions]

    def mark(self):
        return promote_world.mark_of(self.alias("a", "dev", "Smoke")["Description"])

    def writes(self):
        """The calls that change something: a dry run only asks for permission."""
        return [c for c in self.proxy.log if c[0] != "GET" and "/invocations" not in c[1] and b'"DryRun":true' not in (c[2] or b"")]

    def at_first_weight(self, do):
        """Calls `do` before the first case runs on the weighted Live."""
        done = []

        def hook(method, path, body):
            if method == "PUT" and path.endswith("/aliases/Live") and b"0.1" in body and not done:
                done.append(do())

        self.proxy.refuse = hook


class Shift(World):
    def test_a_failure_at_a_step_clears_the_weights(self):
        self.begin(shift=STEPS, cases={"suite": "s", "function": "a", "cases": [
            {"name": "is the new one", "payload": {}, "expect": {"paths": {"$.version": "2"}}}]})
        out = self.promote(code=1)  # Live's answers come from the old version, which is in front
        self.assertIn("either version may answer", out)
        self.assertEqual((self.live("dev"), self.weights(), self.mark()["s"]), (["1", "1"], [None, None], "rb"))
        live = [json.loads(c[2]) for c in self.proxy.log if c[0] == "PUT" and c[1].endswith("a-dev/aliases/Live")]
        self.assertEqual([(w["FunctionVersion"], w["RoutingConfig"]["AdditionalVersionWeights"]) for w in live],
                         [("1", {"2": 0.1}), ("1", {})])
        self.check_invariants()

    def test_the_shift_command_proves_smoke_by_its_outcome_and_the_steps_by_cases(self):
        self.begin(shift=STEPS)
        self.run_it("deploy", "-e", "dev", "--release", "1.1.0")
        self.run_it("run", "-e", "dev", "--report", "outcome=o.json")
        out = self.run_it("shift", "-e", "dev", "--release", "1.1.0", "--outcome", "o.json", "--junit", "shift.xml")
        self.assertEqual(out.count("either version may answer"), 2, out)
        self.assertEqual((self.live("dev"), self.weights()), (["2", "2"], [None, None]))
        with open(os.path.join(self.root, "shift.xml"), encoding="utf-8") as f:
            self.assertIn('testsuite name="promotion: dev"', f.read())
        self.check_invariants()

    def test_killed_at_every_call_of_the_steps_it_is_finished_or_taken_back(self):
        self.begin(shift=STEPS)
        self.promote()
        first = next(i for i, c in enumerate(self.proxy.log, 1) if c[0] == "PUT" and c[1].endswith("/aliases/Live"))
        total, cuts = self.proxy.calls, 0
        for kind, finish, want in ((APPLIED, "promote", "2"), (APPLIED, "abort", "1")):
            for cut in range(first - 1, total + 1):
                with self.subTest(kind=kind, finish=finish, cut=cut):
                    self.begin(shift=STEPS)
                    self.run_cut(cut, kind, "promote", "--release", "1.1.0")
                    released = self.mark()["x"] == "0" and promote_world.mark_of(self.alias("b", "dev", "Smoke")["Description"])["x"] == "0"
                    if finish == "promote" or not released:
                        self.run_it(finish, *(("--release", "1.1.0") if finish == "promote" else ()))
                        self.assertEqual(self.live("dev"), [want, want], self.story())
                    self.assertEqual(self.weights(), [None, None], self.story())
                    self.check_invariants()
                    cuts += 1
        print(f"weighted steps: {cuts} cuts, 0 mixed sets, no weight left")

    def test_a_hold_longer_than_the_lease_renews_it(self):
        self.begin(shift={"steps": [{"weight": 0.1, "hold": "10m"}]}, policy={"lease": "30s"})
        process = self.start("promote", "--release", "1.1.0")
        try:
            until = time.time() + 60
            while time.time() < until and not (self.alias("b", "dev", "Smoke") and int(promote_world.mark_of(
                    self.alias("b", "dev", "Smoke")["Description"])["x"]) > time.time() + 300):
                time.sleep(0.05)
            self.assertGreater(int(self.mark()["x"]), time.time() + 300)
            self.assertEqual((self.mark()["s"], self.weights()), ("passed", [{"2": 0.1}, {"2": 0.1}]))
        finally:
            process.terminate()
            out = process.communicate(timeout=60)[0]
        self.assertEqual(process.returncode, 143, out)
        self.assertEqual((self.live("dev"), self.weights()), (["1", "1"], [None, None]), out)
        self.check_invariants()


class Share(promote_world.MemoryCase):
    """Lambda shares traffic only between versions of one role: that is found out before anything is changed."""

    environments = ("dev", "stage")

    def test_another_role_is_refused_where_there_are_weighted_steps(self):
        self.begin(stage={"shift": STEPS})
        self.edit(lambda p: p["environments"][1].update(functions={"b": {"config": {"role": "arn:aws:iam::123456789012:role/other"}}}))
        for command in ("plan", "promote"):
            out = self.run_it(command, "--release", "1.1.0", code=3)
            self.assertIn(f"stage: {self.name('b', 'stage')}: Live (version 1) has the role arn:aws:iam::123456789012:role/r, and the candidate", out)
        self.assertEqual([self.live(e) for e in self.names], [["1", "1"]] * 2)
        self.assertIsNone(self.alias("a", "dev", "Smoke"))
        self.edit(lambda p: p["environments"][1].pop("shift"))  # as it says
        self.promote()
        self.assertEqual([self.live(e) for e in self.names], [["2", "2"]] * 2)

    def test_a_role_or_queue_that_someone_else_set_counts_as_well(self):
        for change, word in (({"Role": "arn:aws:iam::123456789012:role/terraform"}, "the role"),
                             ({"DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"}}, "the dead-letter queue (none)")):
            self.begin(environments=("dev",), shift=STEPS)
            self.api("PUT", f"/{self.name('a', 'dev')}/configuration", change)
            self.assertIn(word, self.promote(code=3))
            self.api("POST", f"/{self.name('a', 'dev')}/versions", {})
            self.set_alias("a", "dev", "Live", FunctionVersion="2")
            self.promote()  # Live has the same now
            self.assertEqual(self.live("dev"), ["3", "2"])
            self.check_invariants()


    def test_of_what_a_command_will_leave_nothing_is_said_before_it_ran(self):
        """It may be about to put right what somebody set: who reverted that and promotes again must not be refused for it."""
        for config, code in ({}, 0), ({"role": "arn:aws:iam::123456789012:role/other"}, 3):
            self.begin(environments=("dev",), shift=STEPS)
            self.api("PUT", f"/{self.name('a', 'dev')}/configuration", {"Role": "arn:aws:iam::123456789012:role/terraform"})
            self.edit(lambda p: [f.update(package={"command": ["sh", "-c", "true"]}, config=config) for f in p["functions"].values()])
            self.assertEqual("shares no traffic" in self.promote(code=code), bool(code))


class Lease(promote_world.MemoryCase):
    """What takes longer than the lease renews it: nobody takes a promotion over that is at work."""

    environments = ("dev",)

    def expiry(self, function):
        mark = promote_world.mark_of((self.alias(function, "dev", "Smoke") or {}).get("Description"))
        return int(mark["x"]) if mark else 0

    def test_cases_that_run_long_renew_it(self):
        self.begin(policy={"lease": "30s"}, cases={"suite": "a", "function": "a", "cases": [
            {"name": "takes its time", "timeout": "40s", "payload": {}, "expect": {"paths": {"$.statusCode": 200}}}]})
        leases = []

        def watch(when, number, method, path, body):
            """The case is answered when the claim was renewed, or would soon be anybody's."""
            if when != "before" or "a-dev/invocations?Qualifier=Smoke" not in path or not body or leases:
                return
            before, until = self.expiry("a"), time.time() + 25
            while self.expiry("a") == before and time.time() < until:
                time.sleep(0.1)
            leases.extend((before, self.expiry("a")))

        self.proxy.watch = watch
        self.promote()
        self.assertGreaterEqual(leases[1], leases[0] + 14, "not renewed while cases ran")
        self.assertEqual(self.live("dev"), ["2", "2"])
        self.check_invariants()

    def test_cases_that_pass_on_a_claim_that_was_lost_prove_nothing(self):
        """`abort` came while they ran: the renewal finds that out, and what is told is how it is now."""
        self.begin(policy={"lease": "30s"}, cases={"suite": "a", "function": "a", "cases": [
            {"name": "takes its time", "timeout": "40s", "payload": {}, "expect": {"paths": {"$.statusCode": 200}}}]})
        aborted = []

        def watch(when, number, method, path, body):
            """It is answered by the candidate, and that comes when the promoter has tried to renew its claim."""
            if when != "applied" or "a-dev/invocations?Qualifier=Smoke" not in path or not body or aborted:
                return
            aborted.append(self.run_it("abort"))
            until = time.time() + 25
            while not any(c[:2] == ("PUT", promote_world.FUNCTIONS + f"/{self.name('a', 'dev')}/aliases/Smoke") and c[3] == 412
                          for c in self.proxy.log) and time.time() < until:
                time.sleep(0.1)

        self.proxy.watch = watch
        out = self.promote(code=5)
        self.assertIn("Smoke was changed by someone else", out)
        self.assertNotIn("still marked as being promoted", out)
        self.assertNotIn("going back", out)
        self.assertEqual([self.alias(f, "dev", a)["FunctionVersion"] for f in self.functions for a in ("Live", "Smoke")], ["1"] * 4)
        self.check_invariants()

    def test_a_command_that_may_run_long_takes_it_for_that_time(self):
        self.begin(policy={"lease": "30s"})
        self.edit(lambda p: [f.update(package={"timeout": "5m", "command": ["sh", "-c", "true"]}) for f in p["functions"].values()])
        seen = []
        self.proxy.watch = lambda when, number, method, path, body: seen.append(self.expiry("a") - time.time()) \
            if when == "applied" and method == "PUT" and path.endswith("a-dev/aliases/Smoke") else None
        self.promote()
        self.assertGreater(seen[0], 300)
        self.check_invariants()


class Alarms(World):
    def setUp(self):
        super().setUp()
        self.watch = CloudWatch()
        self.addCleanup(self.watch.close)
        self.env["AWS_ENDPOINT_URL_CLOUDWATCH"] = self.watch.endpoint

    def begin_watched(self, **policies):
        self.begin(shift={**STEPS, "alarms": {"names": ["errors-{{environment}}", "latency"], **policies}})
        self.watch.states = {"errors-dev": "OK", "latency": "OK"}

    def assert_taken_back(self, state):
        self.assertEqual((self.live("dev"), self.weights(), self.mark()["s"], self.mark()["x"]), (["1", "1"], [None, None], state, "0"))
        self.check_invariants()

    def test_quiet_alarms_let_it_through(self):
        self.begin_watched()
        self.promote()
        self.assertEqual((self.live("dev"), self.watch.asked), (["2", "2"], 3))  # before, and at each step

    def test_an_alarm_that_rings_takes_it_back_and_puts_it_on_hold(self):
        self.begin_watched()
        self.at_first_weight(lambda: self.watch.states.update(latency="ALARM"))
        out = self.promote(code=1)
        self.assertIn('the alarm "latency" rings: it > 1', out)
        self.assert_taken_back("rb")
        self.watch.states["latency"] = "OK"
        self.assertIn("--force", self.promote(code=1))

    def test_one_that_rings_before_is_no_word_on_the_new_version(self):
        self.begin_watched()
        self.watch.states["errors-dev"] = "ALARM"
        self.assertIn('the alarm "errors-dev" rings already', self.promote(code=3))
        self.assertEqual(self.writes(), [])
        self.begin_watched(firing="ignore")
        self.watch.states["errors-dev"] = "ALARM"
        self.promote()
        self.assertEqual(self.live("dev"), ["2", "2"])
        self.begin_watched(firing="ignore")
        self.watch.states["errors-dev"] = "ALARM"
        self.at_first_weight(lambda: self.watch.states.update(latency="ALARM"))
        self.promote(code=1)  # the other one counts
        self.assert_taken_back("rb")

    def test_no_data_passes_or_fails_by_policy(self):
        self.begin_watched()
        self.watch.states["latency"] = "INSUFFICIENT_DATA"
        self.promote()
        self.begin_watched(no_data="fail")
        self.watch.states["latency"] = "INSUFFICIENT_DATA"
        self.assertIn("has no data", self.promote(code=1))
        self.assert_taken_back("rb")

    def test_an_alarm_that_does_not_exist_stops_it_before_any_write(self):
        self.begin_watched()
        del self.watch.states["latency"]
        self.assertIn('no alarm called "latency"', self.promote(code=3))
        self.assertEqual(self.writes(), [])

    def test_alarms_that_cannot_be_read_any_more_take_it_back_without_a_verdict(self):
        self.begin_watched()
        self.at_first_weight(lambda: setattr(self.watch, "broken", True))
        self.assertIn("cloudwatch:DescribeAlarms", self.promote(code=3))
        self.assert_taken_back("undo")


if __name__ == "__main__":
    harness.main()
