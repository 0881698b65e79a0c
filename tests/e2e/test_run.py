"""`smokegate run` against a Lambda that does what each test says: outcomes, proof, retries, order, limits."""
import json
import os
import signal
import subprocess
import threading
import time
import unittest
import xml.etree.ElementTree as ET

import harness
from scripted_lambda import Reply, ScriptedLambda, streamed, throttled

REPORT = ("START RequestId: 1 Version: 7\n"
          "REPORT RequestId: 1\tDuration: 12.30 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t{}\n")


class Run(harness.Case):
    def lambda_(self, answer, **more):
        told = ScriptedLambda(answer, **more)
        self.addCleanup(told.stop)
        self.told = told
        return told

    def arguments(self, *args):
        return ["run", "--function", "f", "--endpoint", self.told.endpoint, "--region", "us-east-1", *args]

    def credentials(self):
        return {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret"}

    def run_cases(self, cases, answer=None, code=0, args=(), suite="s", alias=None, **top):
        """Runs one file of cases; returns the events of case_end in order of the cases, the streams in self."""
        if answer:
            self.lambda_(answer, **({"alias": alias} if alias else {}))
        self.write("cases.json", {"suite": suite, "cases": cases, **top})
        self.out, self.err = self.smokegate(*self.arguments("--report", "jsonl=run.jsonl", *args, "cases.json"), code=code,
                                            env=self.credentials())
        return self.events()

    def events(self):
        path = os.path.join(self.dir, "run.jsonl")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as f:
            self.lines = [json.loads(line) for line in f]
        self.end = self.lines[-1]
        ends = [e for e in self.lines if e["event"] == "case_end"]  # as they finished
        return {e["name"]: e for e in sorted(ends, key=lambda e: e["index"])}

    def one(self, case, answer, code, **more):
        """The only case's end and its last attempt."""
        end = next(iter(self.run_cases([{"name": "it", **case}], answer, code, **more).values()))
        return end, end["attempts"][-1] if end["attempts"] else None


class Outcomes(Run):
    def test_every_answer_has_a_type_a_verdict_and_an_exit_code(self):
        failed = {"errorType": "ValueError", "errorMessage": "no sku"}
        rows = [
            ("success", Reply({"a": 1}), 0, "passed", "success"),
            ("function error, unhandled", Reply(failed, error="Unhandled"), 1, "failed", "function_error"),
            ("function error, handled", Reply(failed, error="Handled"), 1, "failed", "function_error"),
            ("init error", Reply({"errorType": "Runtime.ImportModuleError", "errorMessage": "x"}, error="Unhandled"), 1, "failed", "init_error"),
            ("init error, by exit", Reply({"errorType": "Runtime.InvalidEntrypoint"}, error="Unhandled"), 1, "failed", "init_error"),
            ("timeout", Reply({"errorType": "Sandbox.Timedout", "errorMessage": "RequestId: 1 Error: Task timed out after 3.00 seconds"},
                              error="Unhandled"), 1, "failed", "timeout"),
            ("500", Reply({"Message": "oh"}, status=500, version=None, error_type="ServiceException"), 3, "inconclusive", "service_error"),
            ("403", Reply({"Message": "no"}, status=403, version=None, error_type="AccessDeniedException"), 3, "inconclusive", "service_error"),
            ("404", Reply({"Message": "no"}, status=404, version=None, error_type="ResourceNotFoundException"), 3, "inconclusive", "service_error"),
            ("cut", Reply({"a": 1}, cut=True), 3, "inconclusive", "transport"),
            ("silent", Reply(silent=True), 3, "inconclusive", "transport"),
            ("too long", Reply(b'"' + b"x" * (7 << 20) + b'"'), 3, "inconclusive", "transport"),
        ]
        for name, reply, code, verdict, outcome in rows:
            with self.subTest(name):
                end, attempt = self.one({}, lambda n, body, reply=reply: reply, code)
                self.assertEqual((end["verdict"], attempt["outcome"]), (verdict, outcome))
                self.assertEqual(self.end["verdict"], {0: "pass", 1: "fail", 3: "inconclusive"}[code])
                self.assertEqual(self.told.count, 1, "sent more than once")
                if verdict == "inconclusive":
                    self.assertTrue(end["reason"], "nothing says why")
                self.told.stop()

    def test_what_went_wrong_is_said(self):
        end, _ = self.one({}, lambda n, b: Reply({"Message": "not for you"}, status=403, version=None, error_type="AccessDeniedException"), 3)
        for word in ("Invoke", "f", "403", "AccessDeniedException", "not for you", "11111111"):
            self.assertIn(word, end["reason"])
        self.told.stop()
        end, _ = self.one({}, lambda n, b: Reply(b"x" * (7 << 20)), 3)
        self.assertIn(f"longer than {(6 << 20) + (64 << 10)} bytes", end["reason"])
        self.told.stop()
        end, _ = self.one({}, lambda n, b: Reply({"a": 1}, cut=True), 3)
        self.assertIn("no whole answer", end["reason"])

    def test_an_expected_error_is_met_and_another_is_not(self):
        broken = Reply({"errorType": "ValidationError", "errorMessage": "sku is missing", "stackTrace": ["a.py:1"]}, error="Unhandled")
        rows = [(True, 0), (False, 1), ("ValidationError", 0), ("OtherError", 1),
                ({"type": "ValidationError", "message": {"matches": "^sku"}}, 0), ({"message": {"matches": "price"}}, 1),
                ({"stack": {"length": 1}}, 0)]
        for wish, code in rows:
            with self.subTest(wish):
                self.one({"expect": {"function_error": wish}}, lambda n, b: broken, code)
                self.told.stop()
        self.one({"expect": {"function_error": True}}, lambda n, b: Reply("{}"), 1)
        self.assertIn("expected  the function to fail", self.out)

    def test_a_refusal_that_is_expected_is_met_at_once(self):
        refused = Reply({"Message": "no"}, status=403, version=None, error_type="AccessDeniedException")
        self.one({"expect": {"status": 403}}, lambda n, b: refused, 0)
        self.told.stop()
        self.one({"expect": {"status": "throttled"}}, lambda n, b: throttled(), 0)
        self.assertEqual(self.told.count, 1)

    def test_an_event_and_a_dry_run_have_no_payload(self):
        self.one({"invocation": "Event", "payload": {"a": 1}, "expect": {"status": 202}},
                 lambda n, b: Reply(b"", status=202, version=None), 0)
        self.assertEqual(self.told.invocations[0][1]["x-amz-invocation-type"], "Event")
        self.told.stop()
        self.one({"invocation": "DryRun", "expect": {"status": 204}}, lambda n, b: Reply(b"", status=204, version=None), 0)
        self.told.stop()
        self.run_cases([{"name": "it", "invocation": "Event", "expect": {"payload": 1}}], lambda n, b: Reply(), 2)
        self.assertRegex(self.err, r'cases\.json:\d+:\d+: "payload" cannot be met by an invocation of type Event')
        self.assertEqual(self.told.count, 0)

    def test_text_and_nothing_can_be_asserted_on(self):
        self.one({"expect": {"matches": "^plain"}}, lambda n, b: Reply("plain text"), 0)
        self.told.stop()
        self.one({"expect": {"payload": {"empty": True}}}, lambda n, b: Reply(b""), 0)
        self.told.stop()
        self.one({"expect": {"payload": {"equals": {"a": 1}}}}, lambda n, b: Reply(b"\xff\xfe not utf-8"), 1)
        self.told.stop()
        self.one({"expect": {"payload": None}}, lambda n, b: Reply(b""), 1)

    def test_measures_come_from_the_report_line(self):
        log = REPORT.format("Init Duration: 250.50 ms\t")
        expect = {"billed_duration": {"max": "13ms"}, "max_memory": {"max": "60MiB"}, "init_duration": {"max": "251ms"}, "cold_start": True,
                  "log": {"not_matches": "ERROR"}, "executed_version": "7", "duration": {"max": "30s"}}
        _, attempt = self.one({"expect": expect}, lambda n, b: Reply("{}", log=log), 0)
        self.assertEqual((attempt["billed_ms"], attempt["max_memory_bytes"], attempt["init_ms"], attempt["cold_start"]),
                         (13, 60 << 20, 250.5, True))
        self.told.stop()
        self.one({"expect": {"billed_duration": {"max": "12ms"}}}, lambda n, b: Reply("{}", log=log), 1)
        self.assertIn("actual    13 ms", self.out)
        self.told.stop()
        self.one({"expect": {"init_duration": {"max": "1ms"}}}, lambda n, b: Reply("{}", log=REPORT.format("")), 0)  # warm: not applicable


class Streams(Run):
    def test_a_stream_is_judged_as_the_answer_it_makes(self):
        case = {"stream": True, "payload": {"a": 1}, "expect": {"payload": {"equals": {"text": "hello"}}, "log": {"matches": "REPORT"},
                                                                "max_memory": {"max": "60MiB"}}}
        _, attempt = self.one(case, lambda n, b: streamed(['{"text":"hel', 'lo"}'], log=REPORT.format("")), 0)
        path, headers, body = self.told.invocations[0]
        self.assertEqual(path, "/2021-11-15/functions/f/response-streaming-invocations?Qualifier=Smoke")
        self.assertEqual((headers["x-amz-log-type"], body), ("Tail", b'{"a":1}'))
        self.assertEqual((attempt["response"], attempt["outcome"]), ('{"text":"hello"}', "success"))
        self.assertGreater(attempt["first_byte_us"], 0)

    def test_an_error_that_ends_a_stream_is_the_functions(self):
        error = {"ErrorCode": "Unhandled", "ErrorDetails": json.dumps({"errorType": "ValidationError", "errorMessage": "sku is missing"})}
        rows = [({}, [], 1), ({}, ["half"], 1), ({"function_error": "ValidationError"}, [], 0),
                ({"function_error": {"type": "ValidationError", "message": {"matches": "^sku"}}, "matches": "^half$"}, ["half"], 0),
                ({"function_error": "OtherError"}, ["half"], 1)]
        for expect, chunks, code in rows:
            with self.subTest(expect=expect, chunks=chunks):
                _, attempt = self.one({"stream": True, "expect": expect}, lambda n, b, chunks=chunks: streamed(chunks, error), code)
                self.assertEqual((attempt["error_type"], attempt["error_message"]), ("ValidationError", "sku is missing"))
                self.told.stop()

    def test_a_stream_without_its_end_proves_nothing_and_is_sent_once(self):
        end, attempt = self.one({"stream": True}, lambda n, b: streamed(["{}"], False), 3)
        self.assertIn("without InvokeComplete", end["reason"])
        self.assertEqual((attempt["outcome"], self.told.count), ("transport", 1))
        self.told.stop()
        self.one({"stream": True}, lambda n, b: streamed(["{}"], version="6"), 3, args=["--global-timeout", "1s"])

    def test_what_a_stream_cannot_be_is_refused(self):
        self.run_cases([{"name": "it", "stream": True, "invocation": "Event"}], lambda n, b: Reply(), 2)
        self.assertRegex(self.err, r"cases\.json:\d+:\d+: a response stream of an invocation of type Event")


class Fresh(Run):
    def test_it_is_asked_for_and_proven_by_the_local_lambda_only(self):
        _, attempt = self.one({"fresh": True}, lambda n, b: Reply(headers={"x-smokegate-fresh": "true"}), 0)
        self.assertEqual(self.told.invocations[0][1]["x-smokegate-fresh"], "true")
        self.told.stop()
        end, _ = self.one({"fresh": True, "retries": 3, "backoff": "1ms"}, lambda n, b: Reply(), 3)
        self.assertRegex(end["reason"], '"fresh" needs a local environment')
        self.assertEqual(self.told.count, 1)
        self.told.stop()
        self.one({}, lambda n, b: Reply(), 0)
        self.assertNotIn("x-smokegate-fresh", self.told.invocations[0][1])

    def test_elsewhere_nothing_is_sent(self):
        self.lambda_(lambda n, b: Reply())
        self.write("cases.json", {"cases": [{"name": "it", "fresh": True}]})
        out, _ = self.smokegate("run", "--function", "f", "--region", "eu-west-1", "--endpoint", "https://lambda.example.invalid", "cases.json",
                                code=3, env=self.credentials())
        self.assertIn('"fresh" needs a local environment', out)

    def test_nobody_waits_for_an_event(self):
        self.run_cases([{"name": "it", "fresh": True, "invocation": "Event"}], lambda n, b: Reply(), 2)
        self.assertRegex(self.err, r"cases\.json:\d+:\d+: a new execution environment for an invocation nobody waits for")


class Proof(Run):
    def test_another_version_is_never_a_pass(self):
        answered = [Reply({"ok": True}, version="6"), Reply({"ok": True}, version="6"), Reply({"ok": True}, version="7")]
        end, _ = self.one({"expect": {"contains": {"ok": True}}}, lambda n, b: answered[min(n, 2)], 0)
        self.assertEqual(self.told.count, 3)
        self.assertEqual(end["attempts"][-1]["invocations"], 3)
        self.assertFalse(end["flaky"], "waiting for an alias is not flakiness")
        self.assertEqual(self.end["functions"][0]["executed_version"], "7")

    def test_a_version_that_never_comes_is_inconclusive(self):
        end, attempt = self.one({"timeout": "5s"}, lambda n, b: Reply({"ok": True}, version="6"), 3, args=["--global-timeout", "2s"])
        self.assertEqual((end["verdict"], self.end["functions"][0]["executed_version"]), ("inconclusive", ""))

    def test_an_answer_that_does_not_tell_its_version_proves_nothing(self):
        end, attempt = self.one({}, lambda n, b: Reply("{}", version=None), 3)
        self.assertEqual((end["verdict"], attempt["outcome"], self.told.count), ("inconclusive", "wrong_version", 1))
        self.assertIn("does not tell which version", end["reason"])

    def test_a_weighted_alias_proves_nothing(self):
        alias = lambda f, n: Reply({"Name": n, "FunctionVersion": "7", "AliasArn": "arn", "RevisionId": "r",
                                    "RoutingConfig": {"AdditionalVersionWeights": {"8": 0.1}}})
        end, _ = self.one({}, lambda n, b: Reply("{}"), 3, alias=alias)
        self.assertIn("version 8", end["reason"])
        self.assertEqual(self.told.count, 0)

    def test_an_alias_that_is_not_there_is_inconclusive_for_its_function_only(self):
        alias = lambda f, n: Reply({"Message": "Alias not found"}, status=404, error_type="ResourceNotFoundException")
        end, _ = self.one({}, lambda n, b: Reply("{}"), 3, alias=alias)
        self.assertIn("GetAlias", end["reason"])
        self.assertEqual(self.told.count, 0)

    def test_nobody_listens(self):
        self.lambda_(lambda n, b: Reply("{}"))
        self.told.stop()
        started = time.monotonic()
        end = self.run_cases([{"name": "it"}], code=3)["it"]
        self.assertEqual(end["verdict"], "inconclusive")
        self.assertLess(time.monotonic() - started, 40)

    def test_a_run_that_reaches_nobody_ends_early(self):
        gone = threading.Event()

        def answer(n, body):
            if n == 5 and not gone.is_set():
                gone.set()
                threading.Thread(target=self.told.stop).start()
            return Reply("{}", headers={"Connection": "close"})
        self.run_cases([{"name": "it {{row.id}}", "table": [{"id": i} for i in range(2000)]}], answer, 3, args=["--jobs", "16", "-q"])
        counts = self.end["counts"]
        self.assertLess(counts["inconclusive"], 150)
        self.assertGreater(counts["skipped"], 1800)
        self.assertIn("could not be reached", self.end["stopped"])

    def test_the_outcome_names_the_version_and_the_files(self):
        self.run_cases([{"name": "it"}], lambda n, b: Reply("{}"), 0, args=["--report", "outcome=outcome.json"])
        with open(os.path.join(self.dir, "outcome.json"), encoding="utf-8") as f:
            outcome = json.load(f)
        function = outcome["functions"][0]
        self.assertEqual((outcome["verdict"], function["version"], function["executed_version"], function["code_sha256"]),
                         ("pass", "7", "7", "q" * 43 + "="))
        self.assertEqual(outcome["files"][0]["cases"], 1)
        self.assertRegex(outcome["files"][0]["sha256"], "^[0-9a-f]{64}$")


class Again(Run):
    def test_a_case_that_passes_late_is_flaky(self):
        end, _ = self.one({"retries": 2, "backoff": "1ms", "expect": {"payload": 3}}, lambda n, b: Reply(n + 1), 0)
        self.assertEqual(([a["verdict"] for a in end["attempts"]], end["flaky"]), (["failed", "failed", "passed"], True))
        self.assertEqual(self.end["counts"]["flaky"], 1)
        self.assertIn("FLAKY", self.out)

    def test_flaky_may_count_as_failed(self):
        self.one({"retries": 1, "backoff": "1ms", "expect": {"payload": 2}}, lambda n, b: Reply(n + 1), 1, args=["--flaky", "fail"])

    def test_repeat_of_the_command_line_counts_for_every_case(self):
        end, _ = self.one({"repeat": 2, "expect": {"payload": {"max": 2}}}, lambda n, b: Reply(n), 1, args=["--repeat", "5"])
        self.assertEqual((len(end["attempts"]), self.told.count), (1, 4))

    def test_retries_end(self):
        end, _ = self.one({"retries": 2, "backoff": "1ms", "expect": {"payload": 9}}, lambda n, b: Reply(n), 1)
        self.assertEqual(([a["number"] for a in end["attempts"]], self.told.count), ([1, 2, 3], 3))

    def test_the_command_line_beats_the_file(self):
        self.one({"retries": 5, "backoff": "1ms", "expect": {"payload": 9}}, lambda n, b: Reply(n), 1, args=["--retries", "0"])
        self.assertEqual(self.told.count, 1)

    def test_an_inconclusive_case_is_retried_when_it_says_so(self):
        end, _ = self.one({"retries": 1, "backoff": "1ms"}, lambda n, b: Reply("{}") if n else Reply(status=500, version=None), 0)
        self.assertTrue(end["flaky"])

    def test_until_polls_within_one_attempt(self):
        end, _ = self.one({"until": "20s", "backoff": "1ms", "expect": {"payload": 3}}, lambda n, b: Reply(n), 0)
        self.assertEqual((len(end["attempts"]), end["attempts"][0]["invocations"], end["flaky"]), (1, 4, False))

    def test_until_goes_on_when_the_service_stumbles(self):
        self.one({"until": "20s", "backoff": "1ms", "expect": {"payload": 1}},
                 lambda n, b: Reply(1) if n == 2 else Reply(status=500, version=None) if n == 1 else Reply(0), 0)

    def test_until_gives_up(self):
        end, _ = self.one({"until": "300ms", "backoff": "20ms", "expect": {"payload": -1}}, lambda n, b: Reply(n), 1)
        self.assertEqual(len(end["attempts"]), 1)
        self.assertGreater(self.told.count, 1)
        self.assertEqual(end["notices"], [f"until: not in {self.told.count} invocations"])

    def test_repeat_wants_all_of_them(self):
        end, _ = self.one({"repeat": 5, "expect": {"payload": {"max": 10}}}, lambda n, b: Reply(n), 0)
        self.assertEqual((self.told.count, end["attempts"][0]["invocations"]), (5, 5))
        self.told.stop()
        self.one({"repeat": 5, "expect": {"payload": {"max": 2}}}, lambda n, b: Reply(n), 1)
        self.assertEqual(self.told.count, 4)

    def test_nothing_is_sent_twice_unless_it_is_harmless(self):
        self.one({}, lambda n, b: Reply(silent=True), 3)
        self.assertEqual(self.told.count, 1)
        self.told.stop()
        end, _ = self.one({"idempotent": True}, lambda n, b: Reply("{}") if n else Reply(silent=True), 0)
        self.assertEqual(self.told.count, 2)
        self.assertFalse(end["flaky"])

    def test_throttling_slows_down_and_fails_no_case(self):
        """At most four at once, as a function with reserved concurrency answers."""
        told = []

        def answer(n, body):
            if self.told.flying > 4:
                told.append(n)
                return throttled(headers={"Retry-After": "0"})
            time.sleep(0.005)
            return Reply("{}")
        cases = [{"name": f"c{i}", "backoff": "20ms"} for i in range(60)]
        self.run_cases(cases, answer, 0, args=["--jobs", "16"])
        self.assertTrue(told, "never throttled: the test shows nothing")
        self.assertEqual(self.end["counts"], {"passed": 60, "failed": 0, "inconclusive": 0, "skipped": 0, "flaky": 0})


class Order(Run):
    def test_rows_are_cases_of_their_own(self):
        cases = [{"name": "doubles", "table": [{"id": "one", "n": 1, "twice": 2}, {"id": "two", "n": 2, "twice": 5}],
                  "payload": {"n": "{{n}}"}, "expect": {"payload": "{{row.twice}}"}}]
        ends = self.run_cases(cases, lambda n, b: Reply(json.loads(b)["n"] * 2), 1)
        self.assertEqual({k: v["verdict"] for k, v in ends.items()}, {"doubles [one]": "passed", "doubles [two]": "failed"})
        self.assertEqual({k: e["row"] for k, e in ends.items()}, {"doubles [one]": "one", "doubles [two]": "two"})

    def test_what_is_captured_goes_on(self):
        cases = [{"name": "reads", "needs": ["creates"], "payload": {"id": "{{id}}"}, "expect": {"contains": {"id": 17}}},
                 {"name": "creates", "payload": {"new": True}, "capture": {"id": "$.id"}}]
        self.run_cases(cases, lambda n, b: Reply({"id": 17}) if b"new" in b else Reply(b), 0)
        self.assertEqual(json.loads(self.told.invocations[1][2]), {"id": 17})

    def test_what_needs_a_failed_case_is_skipped_with_the_reason(self):
        cases = [{"name": "first", "expect": {"payload": 1}}, {"name": "second", "needs": ["first"]}, {"name": "third", "needs": ["second"]},
                 {"name": "free"}]
        ends = self.run_cases(cases, lambda n, b: Reply(0), 1)
        self.assertEqual([ends[n]["verdict"] for n in ("first", "second", "third", "free")], ["failed", "skipped", "skipped", "passed"])
        self.assertEqual(ends["second"]["reason"], 'it needs "first", which failed')
        self.assertEqual(ends["third"]["reason"], 'it needs "second", which was skipped')
        self.assertEqual(self.told.count, 2)

    def test_a_value_that_cannot_be_captured_fails_its_case(self):
        ends = self.run_cases([{"name": "a", "capture": {"id": "$.nothing"}}, {"name": "b", "needs": ["a"], "payload": "{{id}}"}],
                              lambda n, b: Reply({}), 1)
        self.assertEqual([e["verdict"] for e in ends.values()], ["failed", "skipped"])

    def test_setup_comes_first_and_teardown_last_whatever_happens(self):
        def answer(n, body):
            return Reply({"id": 5} if body == b'"up"' else json.loads(body))
        cases = [{"name": "bad", "payload": 1, "expect": {"payload": 2}}, {"name": "good", "payload": "{{id}}", "expect": {"payload": 5}}]
        self.run_cases(cases, answer, 1, setup=[{"name": "up", "payload": "up", "capture": {"id": "$.id"}}],
                       teardown=[{"name": "down", "payload": "{{id}}"}])
        sent = [i[2] for i in self.told.invocations]
        self.assertEqual((sent[0], sorted(sent[1:3]), sent[3]), (b'"up"', [b"1", b"5"], b"5"))
        self.assertEqual(self.end["counts"]["passed"], 3)

    def test_a_failed_setup_skips_the_suite_but_not_the_teardown(self):
        ends = self.run_cases([{"name": "it"}], lambda n, b: Reply(0), 1, setup=[{"name": "up", "expect": {"payload": 1}}, {"name": "up 2"}],
                              teardown=[{"name": "down"}])
        self.assertEqual({k: e["verdict"] for k, e in ends.items()}, {"up": "failed", "up 2": "skipped", "it": "skipped", "down": "passed"})

    def test_a_setup_that_is_skipped_by_hand_skips_nothing_else(self):
        ends = self.run_cases([{"name": "it"}], lambda n, b: Reply(0), 0, setup=[{"name": "up", "skip": "not today"}])
        self.assertEqual({k: e["verdict"] for k, e in ends.items()}, {"up": "skipped", "it": "passed"})

    def test_a_lock_is_held_by_one_and_serial_is_alone(self):
        seen = {"lock": 0, "serial": []}
        lock = threading.Lock()
        flying = {"lock": 0}

        def answer(n, body):
            kind = json.loads(body)
            if kind == "lock":
                with lock:
                    flying["lock"] += 1
                    seen["lock"] = max(seen["lock"], flying["lock"])
            if kind == "serial":
                seen["serial"].append(self.told.flying)
            time.sleep(0.02)
            if kind == "lock":
                with lock:
                    flying["lock"] -= 1
            return Reply("{}")
        cases = [{"name": f"l{i}", "lock": "db", "payload": "lock"} for i in range(4)]
        cases += [{"name": f"s{i}", "serial": True, "payload": "serial"} for i in range(2)]
        cases += [{"name": f"f{i}", "payload": "free"} for i in range(8)]
        self.run_cases(cases, answer, 0, args=["--jobs", "8"])
        self.assertEqual((seen["lock"], seen["serial"]), (1, [1, 1]))
        self.assertGreater(self.told.most, 1, "nothing ran in parallel")

    def test_a_lock_is_one_for_all_files_and_serial_is_alone_among_all(self):
        most, flying, alone = [0], [0], []
        lock = threading.Lock()

        def answer(n, body):
            kind = json.loads(body)
            with lock:
                flying[0] += kind == "lock"
                most[0] = max(most[0], flying[0])
            if kind == "serial":
                alone.append(self.told.flying)
            time.sleep(0.03)
            with lock:
                flying[0] -= kind == "lock"
            return Reply("{}")
        self.lambda_(answer)
        for name in "abc":
            self.write(f"cases/{name}.json", {"cases": [{"name": "l", "lock": "db", "payload": "lock"}, {"name": "s", "serial": True, "payload": "serial"},
                                                        {"name": "f", "payload": "free"}]})
        self.smokegate(*self.arguments("cases"), env=self.credentials())
        self.assertEqual((most[0], alone), (1, [1, 1, 1]))
        self.assertGreater(self.told.most, 1, "nothing ran in parallel")

    def test_reports_keep_the_order_of_the_file_and_jobs_bounds(self):
        cases = [{"name": f"c{i}", "payload": i} for i in range(30)]
        self.run_cases(cases, lambda n, b: Reply("{}", delay=0.03 if json.loads(b) % 7 == 0 else 0), 0,
                       args=["--jobs", "5", "--junit", "junit.xml"])
        names = [c.get("name") for c in ET.parse(os.path.join(self.dir, "junit.xml")).iter("testcase")]
        self.assertEqual(names, [f"c{i}" for i in range(30)])
        self.assertEqual([line.split(" > ")[1].split()[0] for line in self.out.splitlines() if line.startswith("pass")], names)
        self.assertLessEqual(self.told.most, 5)

    def test_thirty_two_fly_unless_it_is_told_otherwise(self):
        cases = [{"name": f"c{i}"} for i in range(70)]
        self.run_cases(cases, lambda n, b: Reply("{}", delay=0.3), 0, args=["-q"])
        self.assertEqual(self.told.most, 32)
        self.told.stop()
        self.run_cases(cases, lambda n, b: Reply("{}", delay=0.3), 0, args=["-q", "-j", "50"])
        self.assertEqual(self.told.most, 50)

    def test_they_fly_from_one_thread(self):
        threads = set()

        def answer(n, body):
            threads.update(os.listdir(f"/proc/{self.process.pid}/task"))
            return Reply("{}", delay=0.05)
        self.lambda_(answer)
        self.write("cases.json", {"cases": [{"name": f"c{i}"} for i in range(40)]})
        self.process = subprocess.Popen([harness.SMOKEGATE, *self.arguments("cases.json")], cwd=self.dir, env={**self.env, **self.credentials()},
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertEqual(self.process.wait(30), 0)
        self.assertEqual(threads, {str(self.process.pid)})
        self.assertGreater(self.told.most, 10)

    def test_a_seed_that_was_drawn_is_printed_and_repeats_the_order(self):
        cases = [{"name": f"c{i}", "payload": i} for i in range(20)]
        self.run_cases(cases, lambda n, b: Reply("{}"), 0, args=["--jobs", "1", "--shuffle"])
        first = [i[2] for i in self.told.invocations]
        seed = self.err.split("--shuffle=")[1].split()[0]
        self.told.stop()
        self.run_cases(cases, lambda n, b: Reply("{}"), 0, args=["--jobs", "1", f"--shuffle={seed}"])
        self.assertEqual([i[2] for i in self.told.invocations], first)

    def test_independent_cases_do_not_wait_for_each_other(self):
        """Each is answered only when the other is there as well."""
        both = threading.Barrier(2, timeout=20)

        def answer(n, body):
            if b"together" in body:
                both.wait()
            return Reply("{}")
        cases = [{"name": "a", "payload": "together"}, {"name": "after a", "needs": ["a"]}, {"name": "b", "payload": "together"}]
        self.run_cases(cases, answer, 0)

    def test_a_seed_repeats_an_order(self):
        cases = [{"name": f"c{i}", "payload": i} for i in range(20)]
        orders = []
        for _ in range(2):
            self.run_cases(cases, lambda n, b: Reply("{}"), 0, args=["--jobs", "1", "--shuffle=5", "--junit", "junit.xml"])
            orders.append([i[2] for i in self.told.invocations])
            self.told.stop()
        self.assertEqual(orders[0], orders[1])
        self.assertNotEqual(orders[0], [str(i).encode() for i in range(20)])
        self.assertIn("--shuffle=5", self.err)
        names = [c.get("name") for c in ET.parse(os.path.join(self.dir, "junit.xml")).iter("testcase")]
        self.assertEqual(names, [f"c{i}" for i in range(20)])

    def test_fail_fast_starts_nothing_new(self):
        cases = [{"name": f"c{i}", "payload": i, "expect": {"payload": {"not": 2}}} for i in range(10)]
        ends = self.run_cases(cases, lambda n, b: Reply(b), 1, args=["--jobs", "1", "--fail-fast"], teardown=[{"name": "down", "payload": "x"}])
        self.assertEqual([e["verdict"] for e in ends.values()], ["passed", "passed", "failed"] + ["skipped"] * 7 + ["passed"])
        self.assertIn("--fail-fast", ends["c9"]["reason"])


class Ends(Run):
    def test_a_case_has_its_time(self):
        started = time.monotonic()
        end, attempt = self.one({"timeout": "300ms"}, lambda n, b: Reply("{}", delay=5), 3)
        self.assertLess(time.monotonic() - started, 4)
        self.assertEqual((end["verdict"], attempt["outcome"], self.told.count), ("inconclusive", "transport", 1))
        self.assertIn("no answer in time", end["reason"])

    def test_the_option_is_for_cases_that_say_nothing(self):
        ends = self.run_cases([{"name": "a"}, {"name": "b", "timeout": "20s"}], lambda n, b: Reply("{}", delay=1), 3, args=["--timeout", "300ms"])
        self.assertEqual([e["verdict"] for e in ends.values()], ["inconclusive", "passed"])

    def test_the_run_has_its_time(self):
        cases = [{"name": f"c{i}", "payload": i} for i in range(3)]
        ends = self.run_cases(cases, lambda n, b: Reply("{}", delay=5 * n), 3, args=["--jobs", "1", "--global-timeout", "700ms", "--junit", "j.xml"])
        self.assertEqual([e["verdict"] for e in ends.values()], ["passed", "inconclusive", "skipped"])
        self.assertIn("--global-timeout", ends["c2"]["reason"])
        self.assertEqual(len(list(ET.parse(os.path.join(self.dir, "j.xml")).iter("testcase"))), 3)

    def test_the_end_of_time_keeps_the_reason_nothing_came_of_it(self):
        end, _ = self.one({}, lambda n, b: Reply("{}", version="6"), 3, args=["--global-timeout", "1s"])
        for words in ("--global-timeout was up; before that:", "version 6 answered, Smoke points to version 7: not yet propagated"):
            self.assertIn(words, end["reason"])

    def test_slow_cases_are_told_of(self):
        self.one({}, lambda n, b: Reply("{}", delay=0.6), 0, args=["--slow", "100ms"])
        self.assertRegex(self.err, r"SLOW  s > it  still running after \d+ ms")

    def test_interrupted_runs_leave_reports_of_what_ran(self):
        told = self.lambda_(lambda n, b: Reply("{}", delay=20 if n == 2 else 0))
        self.write("cases.json", {"suite": "s", "cases": [{"name": f"c{i}"} for i in range(6)]})
        process = subprocess.Popen([harness.SMOKEGATE, *self.arguments("--jobs", "1", "--junit", "j.xml", "--report", "jsonl=run.jsonl",
                                                                       "--report", "outcome=o.json", "cases.json")],
                                   cwd=self.dir, env={**self.env, **self.credentials()}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 20
        while told.count < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=10)
        self.assertEqual(process.returncode, 130)
        ends = self.events()
        self.assertEqual([e["verdict"] for e in ends.values()], ["passed", "passed", "inconclusive", "skipped", "skipped", "skipped"])
        self.assertEqual(ends["c5"]["reason"], "not run: interrupted")
        self.assertTrue(self.end["interrupted"])
        self.assertEqual(self.end["verdict"], "inconclusive")
        suite = ET.parse(os.path.join(self.dir, "j.xml")).getroot().find("testsuite")
        self.assertEqual((suite.get("tests"), suite.get("errors"), suite.get("skipped")), ("6", "1", "3"))
        with open(os.path.join(self.dir, "o.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f)["verdict"], "inconclusive")

    def test_no_case_is_no_pass(self):
        self.run_cases([{"name": "it"}], lambda n, b: Reply("{}"), 8, args=["--filter", "nothing like it"])
        self.assertIn("no case was selected", self.err)
        self.run_cases([{"name": "it", "skip": "broken"}], code=8)
        self.run_cases([{"name": "it", "skip": "broken"}], code=0, args=["--allow-empty"])
        self.run_cases([{"name": "it"}], code=8, args=["--expect-cases", "2"])
        self.assertIn("--expect-cases", self.err)
        self.assertEqual(self.told.count, 0)

    def test_mistakes_are_told_all_at_once_and_nothing_is_sent(self):
        self.lambda_(lambda n, b: Reply("{}"))
        self.write("a.json", '{"suite": "a",\n "cases": [{"name": "x", "expects": {}},\n  {"name": "y", "payload": "{{nope}}"}]}')
        self.write("b.json", '{"suite": "b",\n "cases": [{"name": "z", "expect": {"matches": "a("}}]}')
        _, err = self.smokegate(*self.arguments("a.json", "b.json"), code=2, env=self.credentials())
        self.assertRegex(err, r'a\.json:2:\d+: unknown key "expects".*did you mean "expect"\?')
        self.assertRegex(err, r"a\.json:3:\d+: .*nope")
        self.assertRegex(err, r"b\.json:2:51: missing closing parenthesis")
        self.assertEqual(self.told.count, 0)

    def test_a_report_that_cannot_be_written_is_known_before_anything_is_sent(self):
        self.lambda_(lambda n, b: Reply("{}"))
        self.write("cases.json", {"cases": [{"name": "it"}]})
        self.write("file", "x")
        _, err = self.smokegate(*self.arguments("--junit", "file/j.xml", "cases.json"), code=None, env=self.credentials())
        self.assertIn("file", err)
        self.assertEqual(self.told.count, 0)


class Snapshots(Run):
    CASES = [{"name": "it", "expect": {"snapshot": {"file": "snapshots/it.json", "ignore": ["$.id", "$.items[*].at", "$.list[0]"]}}}]

    def answer(self, total=19.98, **more):
        return lambda n, b: Reply({"id": str(time.monotonic()), "total": total, "items": [{"at": time.time(), "n": 1}], "list": [n, 2], **more})

    def snapshot(self, name="snapshots/it.json"):
        with open(os.path.join(self.dir, name), encoding="utf-8") as f:
            return f.read()

    def test_a_missing_one_fails_until_it_is_taken(self):
        self.run_cases(self.CASES, self.answer(), 1)
        self.assertIn("--update-snapshots writes it", self.out)
        self.run_cases(self.CASES, code=0, args=["--update-snapshots"])
        self.assertEqual(json.loads(self.snapshot()), {"total": 19.98, "items": [{"n": 1}], "list": [None, 2]})
        self.assertIn('\n  "total": 19.98', self.snapshot())
        self.run_cases(self.CASES, code=0)

    def test_what_differs_is_shown_and_can_be_taken_over(self):
        self.run_cases(self.CASES, self.answer(), 0, args=["--update-snapshots"])
        before = self.snapshot()
        self.told.stop()
        self.run_cases(self.CASES, self.answer(20.98, added=True), 1)
        for words in ("19.98", "20.98", "added", "it is not as in snapshots/it.json"):
            self.assertIn(words, self.out)
        self.assertEqual(self.snapshot(), before)
        ends = self.run_cases(self.CASES, code=0, args=["--update-snapshots"])
        self.assertIn("20.98", self.snapshot())
        self.assertEqual(ends["it"]["notices"], ["snapshot: snapshots/it.json is another one now"])
        ends = self.run_cases(self.CASES, code=0, args=["--update-snapshots"])
        self.assertFalse(ends["it"].get("notices"), "nothing changed")

    def test_text_is_kept_as_it_is(self):
        cases = [{"name": "it", "expect": {"snapshot": "plain.txt"}}]
        self.run_cases(cases, lambda n, b: Reply("line one\nline two"), 0, args=["--update-snapshots"])
        self.assertEqual(self.snapshot("plain.txt"), "line one\nline two")
        self.run_cases(cases, code=0)

    def test_rows_have_files_of_their_own(self):
        cases = [{"name": "it", "table": [{"id": "a"}, {"id": "b"}], "payload": "{{row.id}}", "expect": {"snapshot": "{{row.id}}.json"}}]
        self.run_cases(cases, lambda n, b: Reply(b), 0, args=["--update-snapshots"])
        self.assertEqual((self.snapshot("a.json"), self.snapshot("b.json")), ('"a"\n', '"b"\n'))

    def test_mistakes_are_told_before_anything_is_sent(self):
        self.run_cases([{"name": "it", "expect": {"snapshot": {"file": "a", "ignore": ["$["], "fil": 1}}}], lambda n, b: Reply(), 2)
        self.assertIn('did you mean "file"?', self.err)
        self.run_cases([{"name": "it", "expect": {"snapshot": {"file": "a", "ignore": ["$[", 7]}}}], code=2)
        self.assertIn("JSONPaths, found a number", self.err.replace("an integer", "a number").replace("a whole number", "a number"))
        self.assertEqual(self.told.count, 0)


class Aliases(Run):
    CASE = {"payload": {"id": 7}, "expect": {"contains": {"ok": True}, "same_as": {"alias": "Live", "ignore": ["$.at"]}}}

    def alias(self, live="6", status=200):
        def answer(function, name):
            if name == "Live" and status != 200:
                return Reply({"Message": "no such alias"}, status=status, error_type="ResourceNotFoundException")
            return Reply({"Name": name, "FunctionVersion": live if name == "Live" else "7", "RevisionId": "r", "AliasArn": "a"})
        return answer

    def by_alias(self, smoke, live):
        return lambda n, b: live if "Qualifier=Live" in self.told.invocations[n][0] else smoke


class SameAs(Aliases):
    def test_equal_but_for_what_is_ignored(self):
        self.one(self.CASE, self.by_alias(Reply({"ok": True, "at": 1}), Reply({"ok": True, "at": 2}, version="6")), 0, alias=self.alias())
        self.assertEqual([i[2] for i in self.told.invocations], [b'{"id":7}'] * 2)
        self.assertEqual([f["alias"] for f in self.end["functions"]], ["Smoke"])

    def test_a_difference_fails_and_is_shown(self):
        end, attempt = self.one(self.CASE, self.by_alias(Reply({"ok": True, "n": 2}), Reply({"ok": True, "n": 1}, version="6")), 1, alias=self.alias())
        self.assertEqual((end["verdict"], attempt["executed_version"], attempt["failures"][0]["check"]), ("failed", "7", "same_as"))
        for words in ("same_as Live", "Live (version 6) answers otherwise"):
            self.assertIn(words, self.out)

    def test_one_that_fails_alone_asks_nobody(self):
        self.one(self.CASE, self.by_alias(Reply({"ok": False}), Reply({"ok": False}, version="6")), 1, alias=self.alias())
        self.assertEqual(self.told.count, 1)

    def test_without_live_it_is_not_applicable(self):
        end, _ = self.one(self.CASE, lambda n, b: Reply({"ok": True}), 0, alias=self.alias(status=404))
        self.assertIn("not applicable", end["notices"][0])
        self.assertIn("not applicable", self.out)

    def test_what_cannot_be_asked_is_inconclusive(self):
        end, _ = self.one(self.CASE, self.by_alias(Reply({"ok": True}), Reply(status=500, version=None)), 3, alias=self.alias())
        self.assertIn("same_as Live", end["reason"])
        self.told.stop()
        end, _ = self.one(self.CASE, self.by_alias(Reply({"ok": True}), Reply({"ok": True}, version="5")), 3, alias=self.alias(),
                          args=["--global-timeout", "1s"])
        self.assertEqual(end["verdict"], "inconclusive")
        self.told.stop()
        end, _ = self.one(self.CASE, lambda n, b: Reply({"ok": True}), 3, alias=self.alias(status=403))
        self.assertIn("same_as Live", end["reason"])

    def test_the_other_answer_may_be_throttled_for_a_while(self):
        told = []

        def answer(n, b):
            if "Qualifier=Live" not in self.told.invocations[n][0]:
                return Reply({"ok": True})
            told.append(n)
            return throttled() if len(told) < 3 else Reply({"ok": True}, version="6")
        self.one({**self.CASE, "backoff": "1ms", "repeat": 2}, answer, 0, alias=self.alias())
        self.assertEqual(self.told.count, 6)


class Latency(Aliases):
    """Twenty invocations of which the last takes long, and what is expected of them."""

    def slow_once(self, alias, n=20, delay=0.4):
        told = {}

        def answer(i, b):
            name = "Live" if "Qualifier=Live" in self.told.invocations[i][0] else "Smoke"
            told[name] = told.get(name, 0) + 1
            return Reply("{}", version="6" if name == "Live" else "7", delay=delay if name == alias and told[name] % n == 0 else 0)
        return answer

    def test_percentiles_are_judged_and_reported(self):
        case = {"repeat": 20, "expect": {"latency": {"p50": {"min": "0.01ms", "max": "390ms"}, "p99": {"min": "400ms", "max": "30s"}}}}
        end, attempt = self.one(case, self.slow_once("Smoke"), 0, args=["--junit", "j.xml", "--report", "html=r.html"])
        latency = attempt["latency"]
        self.assertEqual((latency["count"], self.told.count, attempt["invocations"]), (20, 20, 20))
        self.assertGreaterEqual(latency["p99_us"], 400000)
        self.assertEqual(latency["p99_us"], latency["max_us"])
        order = [latency[k] for k in ("min_us", "p50_us", "p75_us", "p90_us", "p95_us", "p99_us", "max_us")]
        self.assertEqual(order, sorted(order))
        self.assertRegex(self.out, r"latency  min [0-9.]+, p50 .*, max [0-9]+ ms of 20 invocations")
        for name in ("j.xml", "r.html"):
            with open(os.path.join(self.dir, name), encoding="utf-8") as f:
                self.assertIn("ms of 20 invocations", f.read())
        out, _ = self.smokegate("report", "--from", "run.jsonl", "--report", "jsonl=again.jsonl")
        with open(os.path.join(self.dir, "again.jsonl"), encoding="utf-8") as f:
            again = next(e for e in map(json.loads, f) if e["event"] == "case_end")
        self.assertEqual(again["attempts"], end["attempts"])

    def test_one_that_is_too_slow_fails_with_its_place(self):
        case = {"repeat": 20, "expect": {"latency": {"p90": {"max": "390ms"}, "p95": {"max": "390ms"}, "p99": {"max": "100ms"}}}}
        _, attempt = self.one(case, self.slow_once("Smoke"), 1)
        self.assertIn("p99", [f["where"].split(" -> ")[-1] for f in attempt["failures"]])
        self.assertRegex(self.out, r"latency -> p99\n +expected  at most 100ms\n +actual    [0-9.]+ ms")
        self.assertIn("ms of 20 invocations", self.out)

    def test_the_first_that_does_not_pass_is_told(self):
        end, attempt = self.one({"repeat": 9, "expect": {"payload": {"not": 4}}}, lambda n, b: Reply(n), 1)
        self.assertEqual((self.told.count, attempt["latency"]["count"]), (5, 4))
        self.assertEqual(end["notices"], ["repeat: invocation 5 of 9 of attempt 1"])

    def test_the_ratio_is_to_live(self):
        ratio = {"repeat": 5, "expect": {"latency": {"p99": {"max": "30s"}, "ratio": {"min": 2}}}}
        _, attempt = self.one(ratio, self.slow_once("Smoke", 5), 0, alias=self.alias())
        self.assertEqual((self.told.count, attempt["compared"]["count"], attempt["compared"]["alias"]), (10, 5, "Live"))
        self.told.stop()
        ratio["expect"]["latency"]["ratio"] = {"p99": {"max": 1.5}, "p50": {"min": 0}}
        _, attempt = self.one(ratio, self.slow_once("Smoke", 5), 1, alias=self.alias())
        self.assertRegex(self.out, r"latency -> ratio -> p99\n +expected  at most 1.5\n +actual    [0-9.e+]+ \([0-9.]+ ms to [0-9.]+ ms of Live\)")

    def test_a_ratio_to_nobody_is_not_applicable(self):
        case = {"repeat": 2, "expect": {"latency": {"ratio": {"max": 0}}}}
        end, attempt = self.one(case, lambda n, b: Reply("{}"), 0, alias=self.alias(status=404))
        self.assertRegex(end["notices"][0], "latency.ratio: not applicable, .*no such alias")
        self.assertEqual((self.told.count, attempt["latency"]["count"]), (2, 2))
        self.told.stop()
        end, _ = self.one(case, lambda n, b: Reply("{}", version="6"), 0, alias=self.alias(), args=["--alias", "Live"])
        self.assertEqual(end["notices"], ["latency.ratio: not applicable, Live is under test"])

    def test_a_live_that_fails_gives_no_times(self):
        case = {"repeat": 2, "expect": {"latency": {"ratio": {"max": 1000000}}}}
        broken = Reply({"errorType": "E"}, error="Unhandled", version="6")
        end, _ = self.one(case, self.by_alias(Reply("{}"), broken), 3, alias=self.alias())
        self.assertIn("latency.ratio Live: it answers with function_error, Smoke with success", end["reason"])
        self.told.stop()
        end, _ = self.one(case, self.by_alias(Reply("{}"), Reply(status=500, version=None)), 3, alias=self.alias())
        self.assertIn("latency.ratio Live", end["reason"])

    def test_repeat_on_the_command_line(self):
        ends = self.run_cases([{"name": "a"}, {"name": "b", "repeat": 7}], lambda n, b: Reply("{}"), 0, args=["--repeat", "3"],
                              setup=[{"name": "once"}])
        self.assertEqual([e["attempts"][0]["invocations"] for e in ends.values()], [1, 3, 3])


class Reading(Aliases):
    def test_other_cases_fly_on_while_an_alias_is_read(self):
        """Live answers only when ten other cases were invoked after it had been asked for."""
        go = threading.Event()
        asked = []

        def alias(function, name):
            if name == "Live":
                asked.append(self.told.count)
                go.wait(30)
            return self.alias()(function, name)

        def answer(n, b):
            if asked and n >= asked[0] + 10:
                go.set()
            return Reply({"ok": True}, version="6" if "Qualifier=Live" in self.told.invocations[n][0] else "7",
                         delay=0 if n == 0 else 0.02)
        cases = [{"name": "compares", **self.CASE}] + [{"name": f"c{i}"} for i in range(200)]
        self.run_cases(cases, answer, 0, alias=alias, args=["--jobs", "2"])
        self.assertTrue(go.is_set())
        self.assertEqual(len(asked), 1)

    def test_reading_is_tried_again(self):
        asked = []

        def alias(function, name):
            asked.append(name)
            if name == "Live" and len(asked) < 5:
                return [throttled(), Reply(status=503, error_type="ServiceException"), Reply(silent=True)][len(asked) - 2]
            return self.alias()(function, name)
        self.one(self.CASE, lambda n, b: Reply({"ok": True}, version="6" if n else "7"), 0, alias=alias)
        self.assertEqual(asked, ["Smoke"] + ["Live"] * 4)

    def test_reading_is_given_up_after_as_many_attempts_as_any_other_call(self):
        asked = []

        def alias(function, name):
            asked.append(name)
            return Reply(status=503, error_type="ServiceException") if name == "Live" else self.alias()(function, name)
        self.env["AWS_MAX_ATTEMPTS"] = "3"
        end, _ = self.one(self.CASE, lambda n, b: Reply({"ok": True}), 3, alias=alias)
        self.assertEqual(asked, ["Smoke"] + ["Live"] * 3)
        self.assertIn("503 ServiceException", end["reason"])

    def test_a_function_only_a_capture_names_is_read_when_it_is_known(self):
        cases = [{"name": "tells", "capture": {"who": "$.who"}}, {"name": "asks", "needs": ["tells"], "function": "{{who}}"}]

        def run(who):
            self.lambda_(lambda n, b: Reply({"who": who}), alias=lambda function, name: Reply({"Message": "none"}, status=404,
                         error_type="ResourceNotFoundException") if function == "none" else self.alias()(function, name))
            self.write("cases.json", {"cases": cases, "function": "f"})
            self.out, self.err = self.smokegate("run", "--endpoint", self.told.endpoint, "--region", "us-east-1", "--report", "jsonl=run.jsonl",
                                                "cases.json", code=None, env=self.credentials())
            return self.events()["asks"]
        self.assertEqual(run("other")["verdict"], "passed")
        self.assertIn("/functions/other/", self.told.invocations[1][0])
        self.told.stop()
        end = run("none")
        self.assertEqual(end["verdict"], "inconclusive")
        self.assertIn("none", end["reason"])
        self.assertEqual(self.told.count, 1)


class Parts(Run):
    CASES = [{"name": f"c{i}", "payload": i, "expect": {"payload": {"not": 3}}} for i in range(7)]

    def test_shards_make_up_the_whole(self):
        seen = []
        for shard in (1, 2, 3):
            ends = self.run_cases(self.CASES, lambda n, b: Reply(b), None, args=["--shard", f"{shard}/3"])
            seen += ends
            self.assertEqual((self.lines[0]["shard"], self.lines[0]["shards"]), (shard, 3))
            self.told.stop()
        self.assertEqual(sorted(seen), [f"c{i}" for i in range(7)])

    def test_selection_by_tag_name_and_line(self):
        cases = [{"name": "first", "tags": ["a"]}, {"name": "second", "tags": ["a", "b"], "needs": ["first"]},
                 {"name": "rows", "table": [{"id": "x"}, {"id": "y"}]}, {"name": "last", "tags": ["c"]}]
        self.lambda_(lambda n, b: Reply("{}"))
        path = self.write("cases.json", {"suite": "s", "cases": cases})
        with open(path, encoding="utf-8") as f:
            line = next(n for n, text in enumerate(f, 1) if "rows" in text)
        rows = [(["--tag", "a"], ["first", "second"]), (["--tag", "b"], ["first", "second"]),  # with what it needs
                (["--tag", "b", "--tag", "c"], ["first", "second", "last"]), (["--filter", "^s > rows"], ["rows [x]", "rows [y]"]),
                (["--filter", r"\[y\]"], ["rows [y]"]), (["--filter", "(?i)LAST$"], ["last"]), (["--tag", "a", "--filter", "first"], ["first"])]
        for args, want in rows:
            with self.subTest(args):
                self.smokegate(*self.arguments("--report", "jsonl=run.jsonl", *args, "cases.json"), env=self.credentials())
                self.assertEqual(list(self.events()), want)
        self.smokegate(*self.arguments("--report", "jsonl=run.jsonl", f"cases.json:{line}"), env=self.credentials())
        self.assertEqual(list(self.events()), ["rows [x]", "rows [y]"])
        self.assertIn("no case was selected", self.smokegate(*self.arguments("cases.json:999"), code=8, env=self.credentials())[1])

    def test_cases_that_need_each_other_stay_in_one_shard(self):
        chains = [{"name": f"{chain}{i}", "needs": [f"{chain}{i - 1}"] if i else []} for chain in "abcd" for i in range(3)]
        where = {}
        for shard in (1, 2, 3):
            for name in self.run_cases(chains, lambda n, b: Reply("{}"), None, args=["--shard", f"{shard}/3"]):
                self.assertEqual(where.setdefault(name[0], shard), shard, name)
            self.told.stop()
        self.assertEqual((set(where), len(set(where.values()))), (set("abcd"), 3))

    def test_auto_says_what_told_it(self):
        self.lambda_(lambda n, b: Reply(b))
        self.write("cases.json", {"cases": self.CASES})
        _, err = self.smokegate(*self.arguments("--shard", "auto", "cases.json"), code=0,
                                env={**self.credentials(), "CI_NODE_INDEX": "1", "CI_NODE_TOTAL": "7"})
        self.assertIn("shard 1 of 7, by CI_NODE_INDEX: 1 cases", err)

    def test_what_failed_runs_again(self):
        self.run_cases(self.CASES, lambda n, b: Reply(b), 1)
        os.rename(os.path.join(self.dir, "run.jsonl"), os.path.join(self.dir, "before.jsonl"))
        ends = self.run_cases(self.CASES, code=1, args=["--rerun-failed", "before.jsonl"])
        self.assertEqual(list(ends), ["c3"])

    def test_the_last_run_of_a_project_is_remembered(self):
        self.lambda_(lambda n, b: Reply(b))
        self.write("smokegate.json", {"functions": {"f": {"name": "f"}}, "testcases": ["cases/*.json"],
                                      "environments": [{"name": "dev", "region": "us-east-1", "endpoint": self.told.endpoint}]})
        cases = [{"name": "first"}, *self.CASES[:3], {**self.CASES[3], "needs": ["first"]}, {"name": "after", "needs": ["c3"]}]
        self.write("cases/cases.json", {"suite": "s", "function": "f", "cases": cases})

        def run(*args, code):
            out, err = self.smokegate("run", *args, code=code, env=self.credentials())
            return [line.split(" > ")[1].split()[0] for line in out.splitlines() if line.startswith(("pass", "FAIL", "skip"))][:8], err
        _, err = run("--rerun-failed", code=2)
        self.assertRegex(err, r"no run of this project is recorded in \S*\.smokegate/last-run\.json")
        self.assertEqual(self.told.count, 0)
        run(code=1)
        self.assertEqual(run("--rerun-failed", code=1)[0][:3], ["first", "c3", "after"])
        self.assertEqual(run("--rerun-failed", "cases", code=1)[0][:3], ["first", "c3", "after"])
        out, _ = self.smokegate("list", "--rerun-failed", cwd=os.path.join(self.dir, "cases"))
        self.assertNotIn("c2", out)
        with open(os.path.join(self.dir, ".smokegate", ".gitignore"), encoding="utf-8") as f:
            self.assertIn("last-run.json", f.read())
        run("--filter", "c0", code=0)
        self.assertIn("nothing to run again", run("--rerun-failed", code=8)[1])
        self.write(".smokegate/last-run.json", "{}")
        self.assertIn("is no record of a run", run("--rerun-failed", code=2)[1])

    def test_without_a_project_no_run_is_remembered(self):
        self.run_cases(self.CASES, lambda n, b: Reply(b), 1)
        self.assertFalse(os.path.exists(os.path.join(self.dir, ".smokegate")))
        self.run_cases(self.CASES, code=2, args=["--rerun-failed"])
        self.assertIn("--rerun-failed=RUN.jsonl", self.err)
        os.rename(os.path.join(self.dir, "run.jsonl"), os.path.join(self.dir, "last.jsonl"))
        self.assertEqual(list(self.run_cases(self.CASES, code=1, args=["--rerun-failed=last.jsonl"])), ["c3"])

    def test_earlier_times_balance_shards(self):
        self.run_cases(self.CASES, lambda n, b: Reply(b), 1)
        with open(os.path.join(self.dir, "run.jsonl"), encoding="utf-8") as f:
            events = [json.loads(line) for line in f]
        for event in events:  # what it took on a busy machine says nothing
            if event["event"] == "case_end":
                event["duration_us"] = 300000 if event["name"] == "c0" else 1000
        with open(os.path.join(self.dir, "before.jsonl"), "w", encoding="utf-8") as f:
            f.writelines(json.dumps(event) + "\n" for event in events)
        ends = self.run_cases(self.CASES, code=None, args=["--shard", "1/2", "--timings", "before.jsonl"])
        self.assertEqual(list(ends), ["c0"])


class Status(Run):
    def test_sigusr1_tells_what_is_running(self):
        told = self.lambda_(lambda n, b: Reply("{}", delay=3))
        self.write("cases.json", {"suite": "s", "cases": [{"name": "sleeps"}]})
        process = subprocess.Popen([harness.SMOKEGATE, *self.arguments("cases.json")], cwd=self.dir, env={**self.env, **self.credentials()},
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 20
        while told.count < 1 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGUSR1)
        _, err = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0)
        self.assertRegex(err, r"0 of 1 done, 1 running\n  s > sleeps  ")


class Events(Run):
    def test_every_built_in_event_is_json_and_is_sent(self):
        out, _ = self.smokegate("list", "--events", "--json")
        events = json.loads(out)
        out, _ = self.smokegate("list", "--events")
        self.assertEqual([line.split()[0] for line in out.splitlines()], list(events))
        self.assertIn("dynamodb-stream", events)
        cases = [{"name": name, "event": name, "expect": {"payload": {"equals": event}}} for name, event in events.items()]
        self.run_cases(cases, lambda n, b: Reply(b), 0)


class Hostile(Run):
    FORMATS = ("junit", "junit-strict", "jsonl", "outcome")

    def reports(self):
        return [a for f in self.FORMATS for a in ("--report", f"{f}={f}.out")]

    def size(self, name):
        return os.path.getsize(os.path.join(self.dir, f"{name}.out"))

    def test_six_megabytes_are_judged_whole_and_reported_in_part(self):
        big = "x" * ((6 << 20) - 5) + "end"
        self.lambda_(lambda n, b: Reply(big.encode()))
        self.write("cases.json", {"cases": [{"name": "good", "expect": {"matches": "end$"}},
                                            {"name": "bad", "expect": {"payload": "y", "matches": "^y", "not_matches": "end$"}}]})
        out, _ = self.smokegate(*self.arguments(*self.reports(), "cases.json"), code=1, env=self.credentials())
        self.assertLess(len(out), 64 << 10)
        self.assertIn("bytes left out", out)
        for name in self.FORMATS:
            self.assertLess(self.size(name), 512 << 10, name)

    def test_ten_thousand_failures_are_counted(self):
        self.lambda_(lambda n, b: Reply([n for n in range(10000)]))
        self.write("cases.json", {"cases": [{"name": "it", "expect": {"paths": {"$[*]": {"every": "no"}}}}]})
        out, _ = self.smokegate(*self.arguments(*self.reports(), "cases.json"), code=1, env=self.credentials())
        self.assertIn("and 9900 more that are not shown", out)
        self.assertLess(self.size("junit"), 128 << 10)
        ET.parse(os.path.join(self.dir, "junit.out"))

    def test_bytes_of_a_response_reach_no_output_as_they_are(self):
        nasty = bytes(range(256)) + "]]></failure><script>\u202e\ufffe".encode() + b"\n::set-output name=a::b\n\x1b[2J\xff"
        self.lambda_(lambda n, b: Reply(nasty, log=nasty.decode("latin-1")))
        self.write("cases.json", {"cases": [{"name": "it", "expect": {"payload": "y"}}]})
        out, err = self.smokegate(*self.arguments("--debug", *self.reports(), "cases.json"), code=1, env=self.credentials())
        self.assertNotRegex(out + err, "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
        for name in ("junit", "junit-strict"):
            root = ET.parse(os.path.join(self.dir, f"{name}.out")).getroot()
            self.assertEqual([e.tag for e in root.iter("script")], [])
            self.assertIn("\\u001b[2J", "".join(root.itertext()))
        with open(os.path.join(self.dir, "jsonl.out"), encoding="utf-8") as f:
            for line in f:
                json.loads(line)


class Words(Run):
    def test_failures_read_as_the_manual_says(self):
        self.lambda_(lambda n, b: Reply({"total": 20.98, "items": [1, 2]}, log="one\ntwo\nthree\n", request_id="7f1c"))
        self.write("orders.json", """{
  "suite": "orders",
  "cases": [
    { "name": "creates an order",
      "expect": { "paths": { "$.total": { "close_to": [19.98, 0.001] } } } } ] }
""")
        out, _ = self.smokegate(*self.arguments("orders.json"), code=1, env=self.credentials())
        lines = out.splitlines()
        self.assertRegex(lines[0], r"^FAIL  orders > creates an order +f:Smoke \(version 7\)  [0-9.]+ m?s$")
        self.assertEqual(lines[1:5], ["      orders.json:5:55  $.total", "        expected  19.98 +/- 0.001", "        actual    20.98",
                                      "      request 7f1c  log: 3 lines, --debug shows them"])
        self.assertRegex(lines[-1], r"^1 failed in ")
        out, _ = self.smokegate(*self.arguments("--debug", "orders.json"), code=1, env=self.credentials())
        self.assertIn("      | two\n", out)

    def test_secrets_are_masked_in_every_output(self):
        secret = 'p&a"s<s>w\u00f6rd\\x'
        self.lambda_(lambda n, b: Reply(b, log=f"got {secret}\n"))
        self.write("cases.json", {"cases": [{"name": "it", "payload": {"token": "{{secret.TOKEN}}"}, "expect": {
            "payload": {"equals": {"token": "{{secret.TOKEN}}x"}}, "log": {"not_matches": "got"}, "contains": {"token": {"length": 1}}}}]})
        reports = [a for f in ("junit", "junit-strict", "jsonl", "outcome") for a in ("--report", f"{f}={f}.out")]
        out, err = self.smokegate(*self.arguments("--debug", *reports, "cases.json"), code=1, env={**self.credentials(), "TOKEN": secret})
        texts = {"stdout": out, "stderr": err}
        for name in ("junit", "junit-strict", "jsonl", "outcome"):
            with open(os.path.join(self.dir, f"{name}.out"), encoding="utf-8") as f:
                texts[name] = f.read()
        for name, text in texts.items():
            self.assertNotIn("w\u00f6rd", text, name)
            self.assertNotIn("w\\u00f6rd", text, name)
        self.assertIn("***", texts["stdout"])
        self.assertIn(secret, json.loads(self.told.invocations[0][2])["token"])


if __name__ == "__main__":
    harness.main()
