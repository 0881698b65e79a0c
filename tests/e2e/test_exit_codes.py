"""Every exit code of docs/exit-codes.md, each in every way the page names, by real commands against the embedded Lambda.

A row is a function: it makes the world and gives the command and what must be said. The page's table and the rows are the
same list, which a test holds; a row without a line there, or a line without a row, fails.
"""
import json
import os
import re
import signal

import harness
import promote_world

HEALTHY = {"name": "is healthy", "payload": {"httpMethod": "GET", "path": "/health"}, "expect": {"paths": {"$.statusCode": 200}}}
WRONG = {**HEALTHY, "name": "is what it should be", "expect": {"paths": {"$.statusCode": 299}}}
ROWS = []


def row(code, command, words):
    """A way to an exit code; the words are those of the page."""
    def keep(world):
        ROWS.append((code, command, words, world))
        return world
    return keep


class World(promote_world.Case):
    functions = ("a",)
    environments = ("dev",)

    def file(self, *cases, **more):
        return {"suite": "a", "function": "a", "defaults": {"timeout": "10s"}, "cases": list(cases), **more}

    def staged(self, *cases, smoke=True, **more):
        """Functions with a Smoke alias, and a file of these cases."""
        self.begin(cases=self.file(*cases, **more) if cases else None)
        if smoke:
            self.api("POST", f"/{self.name('a', 'dev')}/aliases", {"Name": "Smoke", "FunctionVersion": "1"})
        return ["run", "--report", "outcome=outcome.json", "--report", "jsonl=run.jsonl"]

    def refuse(self, ending, status, kind, message, method="POST"):
        self.proxy.refuse = lambda m, path, body: (status, kind, message) if m == method and path.endswith(ending) else None

    def when(self, ending, act, method="POST"):
        """Does it once, before the first call whose path ends so is answered."""
        done = []

        def hook(m, path, body):
            if m == method and path.endswith(ending) and not done:
                done.append(act())
        self.proxy.refuse = hook

    def interrupt(self, number):
        self.when("/invocations?Qualifier=Smoke", lambda: self.process.send_signal(number))

    def other_claim(self):
        """A promotion of 1.1.0 that died after its claim."""
        self.begin()
        self.assertTrue(self.run_cut(16, promote_world.BEFORE, "promote", "--release", "1.1.0"))
        self.assertTrue(self.alias("a", "dev", "Smoke"), "it died before its claim")

    def act(self, args, code):
        self.process = self.start(*args)
        out = self.process.communicate(timeout=120)[0]
        self.assertEqual(self.process.returncode, code, f"smokegate {' '.join(args)}\n{out}\n{self.story()}")
        return out


SMOKE = "/invocations?Qualifier=Smoke"


# ---- 0: passed, promoted, nothing to do ----

@row(0, "run", "every case passes")
def _(w):
    return w.staged(HEALTHY), "1 passed"


@row(0, "run", "a case passes at a second attempt (flaky)")
def _(w):
    args = w.staged({**HEALTHY, "retries": 2, "backoff": "1ms"})
    answers = [(500, "ServiceException", "down")]
    w.proxy.refuse = lambda m, path, body: answers.pop() if path.endswith(SMOKE) and answers else None
    return args, "1 of them flaky"


@row(0, "run", "no case ran, and `--allow-empty` says that this is meant")
def _(w):
    return [*w.staged(HEALTHY), "--filter", "nothing like it", "--allow-empty"], "no cases ran"


@row(0, "check", "the files are right")
def _(w):
    w.begin()
    return ["check", "--release", "1.0.0"], "nothing wrong"


@row(0, "promote", "every environment passes")
def _(w):
    w.begin(environments=("dev", "stage"))
    return ["promote", "--release", "1.1.0"], "== stage"


@row(0, "promote", "everything is where it should be already")
def _(w):
    w.begin()
    w.promote("1.1.0")
    return ["promote", "--release", "1.1.0"], r"dev +a +2 +2 +1\n"


@row(0, "restore", "Live is what Backup says already")
def _(w):
    w.begin()
    w.promote("1.1.0")
    w.run_it("restore", "-e", "dev")
    return ["restore", "-e", "dev"], "nothing to restore"


@row(0, "resume", "it was approved and passes")
def _(w):
    w.begin(environments=("dev", "stage"), stage={"approval": True})
    w.run_it("promote", "--release", "1.1.0", code=9)
    return ["resume", "--release", "1.1.0", "--approve", "stage"], r"stage +a +1 -> 2 "


@row(0, "shift", "the outcome says that all of what is staged passed")
def _(w):
    w.begin()
    w.run_it("deploy", "-e", "dev", "--release", "1.1.0")
    w.run_it("run", "--report", "outcome=o.json")
    return ["shift", "-e", "dev", "--release", "1.1.0", "--outcome", "o.json"], r"dev +a +1 -> 2 "


@row(0, "audit", "nothing bypasses Live")
def _(w):
    w.begin()
    return ["audit", "-e", "dev"], "0 failed, 0 warnings"


@row(0, "merge", "the shards are one run that passed")
def _(w):
    return w.shards(HEALTHY, {**HEALTHY, "name": "and again"}), "2 passed"


# ---- 1: cases failed ----

@row(1, "run", "a case gets a wrong answer")
def _(w):
    return w.staged(HEALTHY, WRONG), "1 passed, 1 failed"


@row(1, "run", "the function fails and no error was expected")
def _(w):
    return w.staged({"name": "it", "payload": {}}), "FAIL  a > it"


@row(1, "run", "an expected error does not come")
def _(w):
    return w.staged({**HEALTHY, "expect": {"function_error": True}}), "expected  the function to fail"


@row(1, "run", "a setup fails")
def _(w):
    return w.staged(HEALTHY, setup=[WRONG]), "1 failed, 1 skipped"


@row(1, "run", "a case fails and another is inconclusive")
def _(w):
    return w.staged(WRONG, {**HEALTHY, "timeout": "1ms"}), "1 failed, 1 inconclusive"


@row(1, "run", "`--flaky fail`, and a case passes only at its second attempt")
def _(w):
    args = w.staged({**HEALTHY, "retries": 2, "backoff": "1ms"})
    answers = [(500, "ServiceException", "down")]
    w.proxy.refuse = lambda m, path, body: answers.pop() if path.endswith(SMOKE) and answers else None
    return [*args, "--flaky", "fail"], "flaky"


@row(1, "promote", "a case fails; everything was taken back that had a version before")
def _(w):
    w.begin(environments=("dev", "stage"), bad_in="stage")
    return ["promote", "--release", "1.1.0"], "FAIL"


@row(1, "promote", "the same packages failed, or were restored from, before: they are on hold")
def _(w):
    w.begin()
    w.promote()
    w.run_it("restore", "-e", "dev")
    return ["promote", "--release", "1.1.0"], "took these packages off Live"


@row(1, "shift", "the outcome says that a case failed; it was taken back")
def _(w):
    w.begin(bad_in="dev")
    w.run_it("deploy", "-e", "dev", "--release", "1.1.0")
    w.run_it("run", "--report", "outcome=o.json", code=1)
    return ["shift", "-e", "dev", "--release", "1.1.0", "--outcome", "o.json"], r"dev +a +1 +2 -> 1 (?s:.*)1 passed, 1 failed"


@row(1, "merge", "a case of a shard failed")
def _(w):
    return w.shards(HEALTHY, WRONG, code=None), "1 passed, 1 failed"


# ---- 2: what was asked is wrong; nothing was invoked ----

@row(2, "run", "an unknown option, a value an option does not take")
def _(w):
    w.staged(HEALTHY)
    w.act(["run", "--jobs", "many"], 2)
    return ["run", "--fliter", "x"], "did you mean --filter"


@row(2, "run", "a mistake in a case file: key, type, variable, regex, JSONPath, schema, `needs`")
def _(w):
    w.staged({"name": "a", "payload": "{{nope}}", "needs": ["b"]}, {"name": "b", "needs": ["a"], "expect": {"matches": "("}},
             {"name": "c", "expct": {}, "expect": {"paths": {"$[": 1}, "schema": {"type": 7}}, "retries": "x"})
    return ["run"], r'(?s)nope.*circle.*parenthesis.*did you mean "expect".*name in quotes.*array of strings.*whole number.*7 faults'


@row(2, "run", "a mistake in the project file")
def _(w):
    w.staged(HEALTHY)
    w.edit(lambda p: p.update(testcase=[]))
    return ["run"], r'unknown key "testcase".*did you mean "testcases"'


@row(2, "run", "a case file or folder that is not there")
def _(w):
    w.staged(HEALTHY)
    return ["run", "nowhere"], "nowhere: no such file or folder"


@row(2, "run", "an unknown environment or report format")
def _(w):
    w.staged(HEALTHY)
    w.act(["run", "--report", "junti=x"], 2)
    return ["run", "-e", "dve"], 'did you mean "dev"'


@row(2, "promote", "a package that is not there")
def _(w):
    w.begin()
    return ["promote", "--release", "9.9.9"], "a-9.9.9.zip"


@row(2, "promote", "a selection of cases without `--partial`")
def _(w):
    w.begin()
    return ["promote", "--release", "1.1.0", "--filter", "healthy"], "--partial"


@row(2, "promote", "environments with a gap between them, or an approval for none of the project's")
def _(w):
    w.begin(environments=("dev", "stage", "prod"))
    w.run_it("promote", "--release", "1.1.0", "--approve", "prodd", code=2)
    return ["promote", "--release", "1.1.0", "-e", "dev", "-e", "prod"], "stage"


@row(2, "shift", "no outcome is given, or one that is none")
def _(w):
    w.begin()
    w.run_it("deploy", "-e", "dev", "--release", "1.1.0")
    w.write(os.path.join(w.root, "o.json"), "{}")
    w.act(["shift", "-e", "dev", "--release", "1.1.0", "--outcome", "o.json"], 2)
    return ["shift", "-e", "dev", "--release", "1.1.0"], "--outcome"


@row(2, "report", "the file is no event stream")
def _(w):
    w.begin()
    w.write(os.path.join(w.root, "run.jsonl"), "{}\n")
    return ["report", "--from", "run.jsonl", "--junit", "j.xml"], "run.jsonl"


@row(2, "(none)", "an unknown command, or none")
def _(w):
    w.begin()
    w.act([], 2)
    return ["rnu"], 'did you mean "run"'


# ---- 3: nothing was learned ----

@row(3, "run", "nobody answers at the endpoint")
def _(w):
    return [*w.staged(HEALTHY), "--endpoint", "http://127.0.0.1:1"], "1 inconclusive"


@row(3, "run", "the alias or the function is not there")
def _(w):
    return w.staged(HEALTHY, smoke=False), "1 inconclusive"


@row(3, "run", "no credentials")
def _(w):
    args = w.staged(HEALTHY)
    w.credentials = False
    return args, "credentials"


@row(3, "run", "no permission")
def _(w):
    args = w.staged(HEALTHY)
    w.refuse(SMOKE, 403, "AccessDeniedException", "not authorized to perform: lambda:InvokeFunction")
    return args, "lambda:InvokeFunction"


@row(3, "run", "throttled until the time is up")
def _(w):
    args = w.staged(HEALTHY)
    w.refuse(SMOKE, 429, "TooManyRequestsException", "Rate Exceeded.")
    return [*args, "--global-timeout", "1s"], "1 inconclusive"


@row(3, "run", "the service fails")
def _(w):
    args = w.staged(HEALTHY)
    w.refuse(SMOKE, 500, "ServiceException", "down")
    return args, "1 inconclusive"


@row(3, "run", "a case gets no answer in its time")
def _(w):
    return w.staged({**HEALTHY, "timeout": "1ms"}), "1 inconclusive"


@row(3, "run", "a weighted alias does not tell which version is tested")
def _(w):
    args = w.staged(HEALTHY)
    w.weigh("Smoke")
    return args, "1 inconclusive"


@row(3, "run", "`--global-timeout` ends it")
def _(w):
    args = w.staged({"name": "it", "payload": 1, "until": "1m", "expect": {"payload": "never"}}, HEALTHY, {**HEALTHY, "name": "more"})
    return [*args, "--jobs", "1", "--global-timeout", "1s"], "--global-timeout was up"


@row(3, "run", "a report cannot be written")
def _(w):
    w.staged(HEALTHY)
    w.write(os.path.join(w.root, "file"), "")
    return ["run", "--junit", "file/j.xml"], "file"


@row(3, "promote", "the cases are inconclusive: held (or restored, `policy.inconclusive`)")
def _(w):
    w.begin()
    w.refuse(SMOKE, 500, "ServiceException", "down")
    return ["promote", "--release", "1.1.0"], "inconclusive"


@row(3, "promote", "a permission is missing half way; it was taken back")
def _(w):
    w.begin(environments=("dev", "stage"))
    w.refuse(f"/{w.name('a', 'stage')}/aliases/Live", 403, "AccessDeniedException", "not authorized to perform: lambda:UpdateAlias", "PUT")
    return ["promote", "--release", "1.1.0"], "lambda:UpdateAlias"


@row(3, "restore", "there is no Backup")
def _(w):
    w.begin()
    return ["restore", "-e", "dev"], "no Backup"


@row(3, "merge", "the shards are not one run, or not all there")
def _(w):
    args = w.shards(HEALTHY, {**HEALTHY, "name": "and again"})
    return [args[0], args[1]], "2"


# ---- 4, 5, 6: other hands ----

@row(4, "promote", "another promotion holds the claim")
def _(w):
    w.other_claim()
    return ["promote", "--release", "1.0.0"], promote_world.mark_of(w.alias("a", "dev", "Smoke")["Description"])["p"]


@row(4, "deploy", "another promotion holds the claim")
def _(w):
    w.other_claim()
    return ["deploy", "-e", "dev", "--release", "1.0.0"], promote_world.mark_of(w.alias("a", "dev", "Smoke")["Description"])["p"]


@row(4, "restore", "another promotion holds the claim")
def _(w):
    w.begin()
    w.promote("1.1.0")
    w.refresh("1.2.0")
    w.assertTrue(w.run_cut(18, promote_world.BEFORE, "promote", "--release", "1.2.0"))
    return ["restore", "-e", "dev", "--release", "1.1.0"], "dev"


@row(5, "promote", "someone else moves Live during the gate; it was left alone")
def _(w):
    w.begin()

    def move():
        w.api("POST", f"/{w.name('a', 'dev')}/versions", {})
        w.set_alias("a", "dev", "Live", FunctionVersion="2")
    w.when(SMOKE, move)
    return ["promote", "--release", "1.1.0"], "changed by someone else"


@row(5, "shift", "someone else moved Live since it was deployed; it was left alone")
def _(w):
    w.begin()
    w.run_it("deploy", "-e", "dev", "--release", "1.1.0")
    w.run_it("run", "--report", "outcome=o.json")
    w.publish_third()
    w.set_alias("a", "dev", "Live", FunctionVersion="3")
    return ["shift", "-e", "dev", "--release", "1.1.0", "--outcome", "o.json"], "someone"


@row(6, "promote", "what was moved cannot be taken back")
def _(w):
    w.begin(environments=("dev", "stage"), bad_in="stage")
    seen = []

    def revoke(method, path, body):
        if method == "PUT" and path.endswith(f"/{w.name('a', 'dev')}/aliases/Live"):
            seen.append(path)
            if len(seen) > 1:
                return 403, "AccessDeniedException", "not authorized to perform: lambda:UpdateAlias"
        return None
    w.proxy.refuse = revoke
    return ["promote", "--release", "1.1.0"], r"could not be restored(?s:.*)\ndev +a +1 -> 2 "


# ---- 7: what bypasses Live ----

def mapped(w, **more):
    w.begin(**more)
    w.mapping = w.call("POST", "/2015-03-31/event-source-mappings", {"FunctionName": w.name("a", "dev"), "BatchSize": 1,
                                                                      "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:orders"})


@row(7, "audit", "an event source calls the bare function")
def _(w):
    mapped(w)
    return ["audit", "-e", "dev"], "calls the bare function"


@row(7, "audit", "a policy or a function URL is for the bare function")
def _(w):
    w.begin()
    w.api("POST", f"/{w.name('a', 'dev')}/policy", {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com",
                                                     "SourceArn": "arn:aws:s3:::uploads"})
    return ["audit", "-e", "dev"], "s3"


@row(7, "promote", '`"audit": "fail"`, and something bypasses Live')
def _(w):
    mapped(w, policy={"audit": "fail"})
    return ["promote", "--release", "1.1.0"], "calls the bare function"


# ---- 8: no cases ----

@row(8, "run", "the selection leaves none")
def _(w):
    return [*w.staged(HEALTHY), "--filter", "nothing like it"], "no case was selected"


@row(8, "run", "every case is skipped")
def _(w):
    return w.staged({**HEALTHY, "skip": "broken"}), "1 skipped"


@row(8, "run", "fewer than `--expect-cases`")
def _(w):
    return [*w.staged(HEALTHY), "--expect-cases", "2"], "--expect-cases wants at least 2"


@row(8, "run", "`--rerun-failed`, and everything had passed")
def _(w):
    w.staged(HEALTHY)
    w.run_it("run")
    return ["run", "--rerun-failed"], "nothing to run again"


@row(8, "run", "a shard that got no case")
def _(w):
    return [*w.staged(HEALTHY), "--shard", "2/2"], "no cases ran"


@row(8, "promote", "no case ran on Smoke")
def _(w):
    w.begin(cases=w.file({**HEALTHY, "skip": "broken"}))
    return ["promote", "--release", "1.1.0"], "did not pass: 0 passed, 0 failed"


# ---- 9, 130, 143 ----

@row(9, "promote", "the next environment wants approval")
def _(w):
    w.begin(environments=("dev", "stage"), stage={"approval": True})
    return ["promote", "--release", "1.1.0"], "--approve stage"


@row(130, "run", "SIGINT: what ran is in the reports")
def _(w):
    args = w.staged(HEALTHY)
    w.interrupt(signal.SIGINT)
    return args, "1 inconclusive in .*interrupted"


@row(130, "promote", "SIGINT: taken back, or to be gone on with")
def _(w):
    w.begin()
    w.interrupt(signal.SIGINT)
    return ["promote", "--release", "1.1.0"], "interrupted while cases were running"


@row(143, "run", "SIGTERM: what ran is in the reports")
def _(w):
    args = w.staged(HEALTHY)
    w.interrupt(signal.SIGTERM)
    return args, "1 inconclusive in .*interrupted"


@row(143, "promote", "SIGTERM: taken back, or to be gone on with")
def _(w):
    w.begin()
    w.interrupt(signal.SIGTERM)
    return ["promote", "--release", "1.1.0"], "interrupted while cases were running"


class ExitCodes(World):
    def call(self, method, path, body):
        import urllib.request
        request = urllib.request.Request(self.local.endpoint + path, method=method, data=json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.loads(reply.read())

    def shards(self, *cases, code=0):
        """Event streams of two shards; the arguments that merge them."""
        self.staged(*cases)
        for n in (1, 2):
            self.run_it("run", "--shard", f"{n}/2", "--report", f"jsonl={n}.jsonl", code=code)
        return ["merge", "1.jsonl", "2.jsonl"]

    def weigh(self, alias):
        self.publish_another("a", "dev")
        self.set_alias("a", "dev", alias, FunctionVersion="1", RoutingConfig={"AdditionalVersionWeights": {"2": 0.5}})

    def publish_another(self, function, environment):
        import base64
        name = self.name(function, environment)
        self.api("PUT", f"/{name}/code", {"ZipFile": base64.b64encode(self.package("1.1.0")).decode()})
        self.assertEqual(self.api("POST", f"/{name}/versions", {})["Version"], "2")

    def publish_third(self):
        self.api("PUT", f"/{self.name('a', 'dev')}/configuration", {"Description": "by hand"})
        self.assertEqual(self.api("POST", f"/{self.name('a', 'dev')}/versions", {})["Version"], "3")

    def refresh(self, release):
        """A package for one more release."""
        with open(os.path.join(self.root, "dist", f"a-{release}.zip"), "wb") as out:
            out.write(harness.puppet_package(release))

    def start(self, *args, **more):
        if getattr(self, "credentials", True):
            return super().start(*args, **more)
        kept, promote_world.CREDENTIALS = promote_world.CREDENTIALS, {"AWS_REGION": "us-east-1"}
        try:
            return super().start(*args, **more)
        finally:
            promote_world.CREDENTIALS = kept

    def test_every_way(self):
        for code, command, words, world in ROWS:
            with self.subTest(code=code, command=command, when=words):
                self.credentials = True
                args, says = world(self)
                self.assertEqual(args[0] if command != "(none)" else "rnu", command if command != "(none)" else "rnu")
                out = self.act(args, code)
                self.assertRegex(out, says)
                self.proxy.refuse = None

    def test_nothing_was_invoked_for_what_is_wrong(self):
        for code, command, words, world in ROWS:
            if code != 2 or command != "run":
                continue
            args, _ = world(self)
            self.proxy.log = []
            self.act(args, 2)
            self.assertEqual(self.proxy.log, [], words)


class Page(harness.Case):
    def page(self):
        with open(os.path.join(harness.SOURCE, "docs", "exit-codes.md"), encoding="utf-8") as f:
            return f.read()

    def table(self, header):
        """The rows of the page's table with this header, as lists of cells."""
        lines = self.page().splitlines()
        at = lines.index(header) + 2
        rows = []
        while at < len(lines) and lines[at].startswith("|"):
            rows.append([cell.strip() for cell in lines[at].strip("|").split(" | ")])
            at += 1
        return rows

    def test_the_page_lists_what_is_tested_here_and_nothing_else(self):
        told = [(int(code), command.strip("`"), words) for code, command, words in self.table("| code | command | when |")]
        self.assertEqual(told, [(code, command, words) for code, command, words, _ in ROWS])

    def test_the_manual_and_the_page_say_the_same(self):
        codes = [code for code, *_ in self.table("| code | meaning | what to do |")]
        with open(os.path.join(harness.BUILD, "cli", "manual", "smokegate.1"), encoding="utf-8") as f:
            manual = f.read().split(".SH EXIT STATUS")[1].split(".SH")[0]
        self.assertEqual(re.findall(r"^\.TP\n(.*)$", manual, re.M), codes)
        tested = {str(code) for code, *_ in ROWS}
        self.assertEqual({c for code in codes for c in code.split(", ")}, tested)


if __name__ == "__main__":
    harness.main()
