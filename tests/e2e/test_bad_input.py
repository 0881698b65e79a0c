"""What is wrong is told before anything is invoked; what cannot be found out is inconclusive, with the reason."""
import os
import re
import socket
import time

import harness
from fake_lambda import FakeLambda

PROJECT = {"functions": {"orders": {"name": "orders"}}, "environments": [{"name": "dev"}], "testcases": ["cases/*.json"]}
CASES = {"function": "orders", "cases": [{"name": "works", "payload": {}, "expect": {"contains": {"ok": True}}}]}
READERS = ["check", "list", "explain", "run"]
PROMOTERS = ["plan", "promote", "status", "restore"]


class BadInput(harness.Case):
    def setUp(self):
        super().setUp()
        self.server = FakeLambda()
        self.addCleanup(self.server.close)
        self.env.update(AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local", AWS_REGION="us-east-1",
                        AWS_ENDPOINT_URL_LAMBDA=self.server.endpoint)
        self.write("smokegate.json", PROJECT)
        self.write("cases/cases.json", CASES)

    def refused(self, *patterns, args=(), commands=READERS):
        """Every reader of files says all of it, ends with 2, and asks the service nothing."""
        for command in commands:
            out, err = self.smokegate(command, *args, code=2)
            self.assertEqual(out, "", command)
            for pattern in patterns:
                self.assertRegex(err, pattern)
            self.assertEqual(self.server.requests, [])
        return err

    def test_the_files_of_these_tests_are_good(self):
        for command in READERS:
            self.smokegate(command)
        self.assertEqual(len(self.server.invocations), 1)

    # ---- project files ----

    def test_a_misspelt_key_of_the_project_gets_position_caret_and_suggestion(self):
        self.write("smokegate.json", '{\n  "functoins": {}, "functions": { "orders": {} },\n  "environments": [ { "name": "dev", "regoin": "x" } ]\n}\n')
        err = self.refused(r'smokegate\.json:2:3: unknown key "functoins" in the project file, did you mean "functions"\?',
                           r'smokegate\.json:3:38: unknown key "regoin" in an environment, did you mean "region"\?')
        lines = err.splitlines()
        at = next(i for i, line in enumerate(lines) if ":3:38:" in line)
        self.assertEqual(lines[at + 1].strip(), '"environments": [ { "name": "dev", "regoin": "x" } ]')
        self.assertEqual(lines[at + 1][lines[at + 2].index("^"):][:8], '"regoin"')

    def test_a_project_file_that_is_no_json(self):
        for text, where in ((b'{ "functions": ', "1:16"), (b'{ "a": 1, }', "1:11"), (b"", "1:1"), (b"\xff\xfe{}", "1:1"),
                            (b'\xef\xbb\xbf{}', "1:1"), (b'{ "a": "\xc3" }', "1:9"), (b"\0" * 10, "1:1"), (b"[" * 600, "1:513"),
                            (b'{ "functions": {}, "functions": {} }', "1:20"), (b"nonsense", "1:1")):
            with self.subTest(text=text[:20]):
                self.write("smokegate.json", text)
                self.refused(r"^smokegate\.json:" + where)
        self.refused(r"^smokegate\.json:" + where, commands=PROMOTERS)

    def test_a_project_file_that_cannot_be_read(self):
        self.refused(r"nowhere\.json: .*[Nn]o such file", args=("-p", "nowhere.json"))
        os.mkdir(os.path.join(self.dir, "folder.json"))
        self.refused(r"folder\.json", args=("-p", "folder.json"))
        with open(os.path.join(self.dir, "huge.json"), "wb") as f:
            f.truncate(5 << 20)
        self.refused(r"huge\.json: .*(4194304|4 MiB)", args=("-p", "huge.json"))

    def test_what_lambda_would_refuse_is_refused_before_any_call(self):
        image = "repo/orders:latest"
        self.write("smokegate.json", {
            "functions": {"a": {"name": "same"}, "b": {"name": "same"}, "c": {"package": {"image": image}}},
            "environments": [{"name": "dev", "shift": {"steps": [{"weight": 1.5}]}}, {"name": "dev"}], "aliases": {"live": "$LATEST"}})
        self.refused(r'"a" and "b" are both called "same" in environment "dev"', r'the image "repo/orders:latest" is not pinned by its digest',
                     r'"weight" is the new version.s share', r'a second environment "dev"', r'no alias called "\$LATEST"',
                     commands=READERS + PROMOTERS)

    def test_an_unknown_environment(self):
        self.refused(r'there is no environment "dve" in smokegate\.json: did you mean "dev"\?', args=("-e", "dve"), commands=READERS + ["status", "plan"])
        self.refused(r'there is no environment "prdo"', args=("--to", "prdo"), commands=["plan", "promote"])

    def test_a_package_that_is_not_there_is_found_before_any_call(self):
        self.write("smokegate.json", {**PROJECT, "functions": {"orders": {"name": "orders", "package": {"zip": "dist/nowhere.zip"}}}})
        self.refused(r"dist/nowhere\.zip", commands=["plan", "promote"])
        self.write("smokegate.json", {**PROJECT, "functions": {"orders": {"name": "orders", "package": {"zip": "dist/{{release}}.zip"}}}})
        self.refused(r"release", commands=["plan", "promote"])
        self.assertIn("nothing wrong", self.smokegate("check")[0])     # check only tells

    # ---- case files ----

    def test_every_mistake_of_every_case_file_is_told_at_once(self):
        self.write("cases/cases.json", '{ "function": "ordres", "cases": [\n  { "name": "a", "payload": "{{skx}}" },\n'
                                       '  { "name": "a", "expect": { "mathes": "x" } } ] }\n')
        self.write("cases/more.json", '{ "function": "orders", "cases": [ { "name": "x", "expect": { "matches": "(" } },\n'
                                      '  { "name": "y", "needs": ["z"] }, { "name": "q", "expect": { "paths": { "$[": 1 } } } ] }\n')
        err = self.refused(r"cases/cases\.json:1:15: .*ordres", r"cases/cases\.json:2:30: there is no variable skx",
                           r'cases/cases\.json:3:30: unknown key "mathes".*did you mean "matches"\?', r"cases/more\.json:1:76: ",
                           r"cases/more\.json:2:28: ", r"cases/more\.json:2:\d+: .*")
        self.assertGreaterEqual(len(re.findall(r"^cases/\w+\.json:\d+:\d+: ", err, re.M)), 6)
        self.assertGreaterEqual(err.count("^\n"), 6)
        self.refused(r"cases/cases\.json:2:30: there is no variable skx", commands=["promote"])

    def test_a_file_whose_cases_are_misspelt_is_not_passed_over(self):
        self.write("cases/cases.json", '{ "function": "orders", "casse": [ { "name": "x", "expect": { "payload": 1 } } ] }')
        self.refused(r'cases/cases\.json:1:25: unknown key "casse".*did you mean "cases"\?')

    def test_reports_and_payloads_among_the_cases_are_no_case_files(self):
        self.smokegate("run", "--report", "outcome=cases/outcome.json", "--report", "html=cases/r.json")
        self.write("cases/payload.json", {"expect": 1, "items": [{"suite": "x", "cases": []}]})
        out, err = self.smokegate("check")
        self.assertIn("1 file, 1 case: nothing wrong", out)
        for name in ("outcome", "payload", "r"):
            self.assertIn(f"cases/{name}.json: no case file, left out", err)
        self.smokegate("run")
        self.smokegate("run", "cases")
        self.assertIn('needs the key "cases"', self.smokegate("run", "cases/outcome.json", code=2)[1])

    def test_a_tag_that_no_case_has_gets_a_suggestion(self):
        self.write("cases/cases.json", {**CASES, "cases": [{**CASES["cases"][0], "tags": ["critical"]}]})
        self.assertIn('no case has the tag "citical", did you mean "critical"?', self.smokegate("run", "--tag", "citical", code=8)[1])
        self.assertNotIn("no case has", self.smokegate("list", "--tag", "critical")[1])

    def test_the_list_is_a_table(self):
        wide = {"name": "\u6ce8\u6587\nof two lines", "tags": ["a", "b"], "skip": "no"}
        self.write("cases/cases.json", {**CASES, "cases": [*CASES["cases"], wide]})
        first, second = self.smokegate("list")[0].splitlines()
        self.assertEqual(first, "cases > works              cases/cases.json:5   orders")
        self.assertEqual(second, "cases > \u6ce8\u6587 of two lines  cases/cases.json:14  orders  #a  #b  (skip: no)")

    def test_a_name_where_a_file_is_expected_gets_a_hint(self):
        self.refused(r"works: no such file or folder; --filter selects cases by name", args=("works",), commands=["check", "list", "run"])
        self.refused(r"nowhere\.json:3: no such file or folder", args=("nowhere.json:3",), commands=["explain"])
        self.assertTrue(self.smokegate("explain", "^cases > wo")[0].startswith("cases > works\n"))
        self.assertIn("no case was selected", self.smokegate("explain", "nothing", code=8)[1])
        self.assertIn("missing closing parenthesis", self.smokegate("explain", "(", code=2)[1])

    def test_a_case_file_that_is_no_json(self):
        for text, where in ((b'{ "cases": [', "1:13"), (b'{ "cases": [ 01 ] }', "1:15"), (b'{ "cases": "\x01" }', "1:13"),
                            (b'{ "cases": [], "cases": [] }', "1:16"), (b'"cases"', "1:1")):
            with self.subTest(text=text):
                self.write("cases/cases.json", text)
                self.refused(r"^cases/cases\.json:" + where)

    def test_a_case_file_that_is_not_there(self):
        self.refused(r"nowhere\.json: no such file", args=("nowhere.json",))

    def test_a_wrong_set_secrets_or_seed(self):
        self.refused(r"--set novalue: expected NAME=VALUE", args=("--set", "novalue"))
        self.write("bad.env", "A=1\nnonsense\n")
        self.refused(r"bad\.env:2: expected NAME=value", args=("--secrets", "bad.env"))
        self.refused(r"--seed x: expected a whole number", args=("--seed", "x"))
        self.refused(r"--filter", args=("--filter", "("))

    # ---- command lines ----

    def test_misspelt_commands_and_options_get_a_suggestion(self):
        for command in ("check", "list", "explain", "run", "local", "report"):
            self.assertIn("did you mean --help?", self.smokegate(command, "--hepl", code=2)[1])
            self.assertIn(f'did you mean "{command}"?', self.smokegate(command[:-1] + command[-1] * 2, code=2)[1])
        self.assertIn("did you mean --junit?", self.smokegate("run", "--juint", "x", code=2)[1])
        self.assertIn('did you mean "start"?', self.smokegate("local", "strat", code=2)[1])
        self.assertIn("--jobs", self.smokegate("run", "--jobs", "many", code=2)[1])
        self.assertIn("--timeout", self.smokegate("run", "--timeout", "5", code=2)[1])
        self.assertIn("--flaky", self.smokegate("run", "--flaky", "maybe", code=2)[1])
        self.assertEqual(self.server.requests, [])

    def test_a_report_that_cannot_be_written_is_found_before_anything_is_invoked(self):
        err = self.smokegate("run", "--junit", "smokegate.json/junit.xml", code=3)[1]
        self.assertIn("smokegate.json", err)
        self.assertIn('did you mean junit?', self.smokegate("run", "--report", "junitt=x.xml", code=2)[1])
        self.assertEqual(self.server.invocations, [])

    # ---- what cannot be found out ----

    def inconclusive(self, *patterns, args=()):
        out, err = self.smokegate("run", *args, code=3)
        for pattern in patterns:
            self.assertRegex(out + err, pattern)

    def test_an_endpoint_nobody_listens_at_is_inconclusive_soon(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            closed = "http://127.0.0.1:%d" % s.getsockname()[1]
        start = time.monotonic()
        self.inconclusive(r"127\.0\.0\.1", args=("--endpoint", closed, "--global-timeout", "30s"))
        self.assertLess(time.monotonic() - start, 30)
        self.assertEqual(self.server.requests, [])

    def test_an_endpoint_that_never_answers_is_given_up_at_the_deadline(self):
        self.server.invoke = lambda handler: time.sleep(5)
        start = time.monotonic()
        self.inconclusive(r"inconclusive", args=("--timeout", "700ms"))
        self.assertLess(time.monotonic() - start, 5)
        self.assertEqual(len(self.server.invocations), 1)   # not sent again: it may have run

    def test_a_missing_function_and_a_missing_alias_are_named(self):
        self.write("cases/cases.json", CASES)
        self.server.functions = ()
        self.inconclusive(r"GetAlias", r"Function not found: arn:aws:lambda:us-east-1:123456789012:function:orders")
        self.server.functions = ("orders",)
        self.server.aliases = ("Live",)
        self.inconclusive(r"GetAlias", r"Cannot find alias arn: .*:Smoke")
        self.assertEqual(self.server.invocations, [])

    def test_a_refused_permission_is_named(self):
        self.server.invoke = lambda handler: self.server.refuse(
            handler, 403, "AccessDeniedException", "User: x is not authorized to perform: lambda:InvokeFunction on resource: y")
        self.inconclusive(r"not authorized to perform: lambda:InvokeFunction", r"(?i)inconclusive")

    def test_an_answer_cut_short_is_inconclusive(self):
        def cut(handler):
            handler.send_response(200)
            handler.send_header("X-Amz-Executed-Version", "7")
            handler.send_header("Content-Length", "100")
            handler.end_headers()
            handler.wfile.write(b'{"ok": true}')
            handler.wfile.flush()
            handler.connection.shutdown(socket.SHUT_RDWR)
            handler.close_connection = True
        self.server.invoke = cut
        self.inconclusive(r"(?i)inconclusive", r"(?i)cut|ended|closed|partial|remaining")

    def test_an_answer_beyond_the_cap_is_inconclusive(self):
        big = b'"' + b"x" * (7 << 20) + b'"'
        self.server.invoke = lambda handler: self.server.answer(handler, 200, big, {"X-Amz-Executed-Version": "7"})
        self.inconclusive(r"(?i)inconclusive", r"longer than \d+ bytes")

    def test_an_answer_of_another_version_is_never_a_pass(self):
        self.server.invoke = lambda handler: self.server.answer(handler, 200, {"ok": True}, {"X-Amz-Executed-Version": "6"})
        self.inconclusive(r"1 inconclusive", args=("--global-timeout", "2s"))
        self.assertGreater(len(self.server.invocations), 1)   # asked again until the deadline

    def test_an_answer_that_is_no_http_is_inconclusive(self):
        def garbage(handler):
            handler.wfile.write(b"\0\0\0 nonsense\r\n\r\n")
            handler.close_connection = True
        self.server.invoke = garbage
        self.inconclusive(r"(?i)inconclusive")

    def test_no_credentials(self):
        del self.env["AWS_ACCESS_KEY_ID"], self.env["AWS_SECRET_ACCESS_KEY"]
        self.inconclusive(r"(?i)credentials")
        self.assertEqual(self.server.requests, [])

    def test_status_tells_missing_credentials_once_an_environment(self):
        del self.env["AWS_ACCESS_KEY_ID"], self.env["AWS_SECRET_ACCESS_KEY"]
        self.write("smokegate.json", {"functions": {name: {"name": name} for name in ("a", "b", "c")},
                                      "environments": [{"name": "dev"}, {"name": "prod"}]})
        out, err = self.smokegate("status", code=3)
        self.assertEqual([line.split(":")[1] for line in err.splitlines()], [" dev", " prod"])
        self.assertEqual(out.count("?"), 2 * 3 * 3)
        self.assertEqual(self.server.requests, [])

    def test_a_wrong_answer_is_a_failure_and_not_inconclusive(self):
        self.server.invoke = lambda handler: self.server.answer(handler, 200, {"ok": False}, {"X-Amz-Executed-Version": "7"})
        self.assertIn("expected", self.smokegate("run", code=1)[0])


if __name__ == "__main__":
    harness.main()
