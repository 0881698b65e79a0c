"""What `smokegate run` looks like to the person in front of it: on a terminal, on a pipe, resized, interrupted."""
import json
import os
import re
import signal
import subprocess
import threading
import time
import xml.etree.ElementTree as ET

import harness
from screen import OnTerminal
from scripted_lambda import Reply, ScriptedLambda

COLOR = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(harness.Case):
    def lambda_(self, answer):
        self.told = ScriptedLambda(answer)
        self.addCleanup(self.told.stop)
        return self.told

    def environment(self, **more):
        return {**self.env, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret", "TERM": "xterm-256color", **more}

    def arguments(self, *args):
        return [harness.SMOKEGATE, "run", "--function", "f", "--endpoint", self.told.endpoint, "--region", "us-east-1", *args, "cases.json"]

    def cases(self, cases, suite="s"):
        self.write("cases.json", {"suite": suite, "cases": cases})

    def on_terminal(self, *args, columns=80, stdout=None, **env):
        ran = OnTerminal(self.arguments(*args), self.dir, self.environment(**env), columns, stdout)
        self.addCleanup(ran.close)
        return ran

    def gate(self, fast=Reply("{}"), name=b'"slow"'):
        """An answer that keeps invocations with the payload "slow" waiting until the event is set."""
        go = threading.Event()
        self.addCleanup(go.set)

        def answer(n, body):
            if body == name:
                go.wait(30)
                return Reply("{}")
            return fast(n, body) if callable(fast) else fast
        self.lambda_(answer)
        return go


class Live(Terminal):
    CASES = [{"name": "first", "payload": 1}, {"name": "fails", "payload": 2, "expect": {"payload": 3}}, {"name": "waits", "payload": "slow"},
             {"name": "last", "payload": 4}]

    def test_progress_is_one_line_drawn_in_place(self):
        go = self.gate()
        self.cases(self.CASES)
        ran = self.on_terminal()
        ran.until(lambda s: re.search(r"^\[3/4\] 1 failed 1 running \d+\.\d s, slowest \d+ s: s > waits$", s.lines[-1]))
        self.assertNotIn("pass", "".join(ran.screen.lines))
        ran.until(lambda s: ", about " in s.lines[-1])
        go.set()
        self.assertEqual(ran.finish(), 1)
        lines = ran.screen.lines
        self.assertEqual(lines[0], "4 cases on Smoke: f (version 7)")
        self.assertRegex(lines[1], r"^FAIL  s > fails +f:Smoke \(version 7\)  ")
        self.assertRegex(lines[-2], r"^3 passed, 1 failed in ")
        self.assertEqual(lines[-1], "")
        self.assertNotIn("running", "".join(lines), "a progress line was left behind")
        self.assertGreater(len(set(ran.screen.drawn)), 5, "it was hardly ever drawn")
        self.assertEqual(ran.screen.wrapped, [])

    def test_a_failure_behind_a_slow_case_is_counted_at_once(self):
        go = self.gate()
        self.cases([{"name": "waits", "payload": "slow"}, {"name": "fails", "expect": {"payload": 3}}])
        ran = self.on_terminal()
        ran.until(lambda s: s.lines[-1].startswith("[1/2] 1 failed 1 running"))
        go.set()
        self.assertEqual(ran.finish(), 1)

    def test_failures_are_told_again_at_the_end_unless_they_stand_there(self):
        self.lambda_(lambda n, b: Reply("{}"))
        self.cases(self.CASES)
        ran = self.on_terminal("-v")
        self.assertEqual(ran.finish(), 1)
        again = ran.screen.lines.index("Not passed:")
        self.assertEqual(sum(line.startswith("FAIL  s > fails") for line in ran.screen.lines[:again]), 1)
        self.assertEqual(ran.screen.lines[again + 1:again + 5][1:], ["      cases.json:12:20  payload", "        expected  3", "        actual    {}"])
        for args in ((), ("-q",), ("-v", "--filter", "first|fails")):  # nothing came after it
            ran = self.on_terminal(*args)
            self.assertEqual(ran.finish(), 1)
            self.assertEqual(sum(line.startswith("FAIL  s > fails") for line in ran.screen.lines), 1, args)

    def test_it_fits_the_window_whatever_the_names(self):
        names = ["x" * 200, "\u6ce8\u6587\u3092\u4f5c\u6210\u3059\u308b " * 9, "\U0001f600" * 70, "a\u0301" * 90, "two\nlines\tand a tab " * 6]
        for columns in (80, 40, 20, 10):
            for name in names:
                with self.subTest(columns=columns, name=name[:10]):
                    go = self.gate()
                    self.cases([{"name": "fails", "expect": {"payload": 3}}, {"name": name, "payload": "slow"}])
                    ran = self.on_terminal(columns=columns)
                    ran.until(lambda s: s.drawn and "1/2" in s.drawn[-1])
                    if columns == 80:
                        ran.until(lambda s: "slowest" in s.lines[-1] and s.lines[-1].endswith("..."))
                    go.set()
                    self.assertEqual(ran.finish(), 1)
                    self.assertEqual(ran.screen.wrapped, [])
                    self.told.stop()

    def test_a_window_that_is_resized_is_noticed(self):
        go = self.gate()
        self.cases([{"name": "waits for a neighbour who takes his time", "payload": "slow"}])
        ran = self.on_terminal()
        ran.until(lambda s: s.lines[-1].endswith("slowest 1 s: s > waits for a neighbour who t...") or "neighbour" in s.lines[-1])
        ran.resize(30)
        # One that was on its way is as wide as the window was.
        ran.until(lambda s: len(s.drawn[-1]) < 30 and s.drawn[-1].startswith("[0/1]"))
        ran.screen.wrapped.clear()
        seen = len(ran.screen.drawn)
        ran.until(lambda s: len(s.drawn) > seen + 5)
        self.assertEqual(ran.screen.wrapped, [])
        ran.resize(100)
        ran.until(lambda s: "waits for a neighbour who takes his time" in s.lines[-1])
        go.set()
        self.assertEqual(ran.finish(), 0)

    def test_results_in_a_file_leave_progress_on_the_terminal(self):
        go = self.gate()
        self.cases(self.CASES)
        with open(os.path.join(self.dir, "out.txt"), "wb") as out:
            ran = self.on_terminal(columns=40, stdout=out)
        ran.until(lambda s: s.lines[-1].startswith("[3/4] 1 failed 1 running"))
        go.set()
        self.assertEqual(ran.finish(), 1)
        self.assertEqual(ran.screen.wrapped, [], "as wide as the file, not as the terminal")
        self.assertNotIn("FAIL", "".join(ran.screen.lines))
        with open(os.path.join(self.dir, "out.txt"), encoding="utf-8") as f:
            text = f.read()
        self.assertIn("FAIL  s > fails", text)
        self.assertNotRegex(text, "[\r\x1b]")

    def test_quiet_debug_ci_and_a_dumb_terminal_have_no_progress(self):
        go = self.gate()
        self.cases(self.CASES)
        threading.Timer(0.4, go.set).start()
        for name, args, env in (("CI", (), {"CI": "true"}), ("-q", ("-q",), {}), ("--debug", ("--debug",), {}), ("dumb", (), {"TERM": "dumb"}), ("no TERM", (), {"TERM": ""})):
            with self.subTest(name):
                ran = self.on_terminal(*args, **env)
                self.assertEqual(ran.finish(), 1)
                self.assertEqual(ran.screen.drawn, [])
                self.assertNotIn(b"\r", ran.raw)
                self.assertEqual(any(line.startswith("pass  s > first ") for line in ran.screen.lines), name != "-q")
                self.assertEqual(bool(COLOR.search(ran.raw.decode())), "TERM" not in env)

    def test_slow_notices_do_not_disturb_it(self):
        go = self.gate()
        self.cases([{"name": "two\nlines", "payload": "slow"}])
        ran = self.on_terminal("--slow", "200ms")
        ran.until(lambda s: any(re.fullmatch(r"SLOW  s > two lines  still running after \d+ ms", line) for line in s.lines[:-1])
                  and s.lines[-1].startswith("[0/1]"))
        go.set()
        self.assertEqual(ran.finish(), 0)


class Snapshots(Terminal):
    def test_a_missing_one_is_taken_in_front_of_a_person_only(self):
        self.lambda_(lambda n, b: Reply({"n": 1}))
        self.cases([{"name": "it", "expect": {"snapshot": "it.json"}}])
        snapshot = os.path.join(self.dir, "it.json")
        for args, env in (((), {"CI": "true"}), (None, {})):  # in CI, and on a pipe
            if args is None:
                self.smokegate(*self.arguments()[1:], code=1, env=self.environment(**env))
            else:
                self.assertEqual(self.on_terminal(*args, **env).finish(), 1)
            self.assertFalse(os.path.exists(snapshot))
        ran = self.on_terminal()
        self.assertEqual(ran.finish(), 0)
        self.assertIn("      snapshot: it.json is new: look at it", ran.screen.lines)
        with open(snapshot, encoding="utf-8") as f:
            self.assertEqual(json.load(f), {"n": 1})
        self.told.answer = lambda n, b: Reply({"n": 2})  # one that is there is never written over
        self.assertEqual(self.on_terminal().finish(), 1)


class Plain(Terminal):
    def test_a_pipe_gets_a_line_a_case_in_order_and_no_control(self):
        self.lambda_(lambda n, b: Reply("{}", delay=0.3 if b == b"0" else 0))
        self.cases([{"name": f"c{i}", "payload": i, "expect": {"payload": {"not": 1}}} for i in range(5)])
        run = subprocess.run(self.arguments(), cwd=self.dir, env=self.environment(), capture_output=True, timeout=60)
        self.assertEqual(run.returncode, 0)
        self.assertNotRegex(run.stdout + run.stderr, rb"[\r\x1b]")
        lines = run.stdout.decode().splitlines()
        self.assertEqual([line.split()[:4] for line in lines[:5]], [["pass", "s", ">", f"c{i}"] for i in range(5)])
        self.assertRegex(lines[5], r"^5 passed in ")
        self.assertEqual((len(lines), run.stderr), (6, b"5 cases on Smoke: f (version 7)\n"))

    def test_colour_follows_option_variables_and_terminal(self):
        self.lambda_(lambda n, b: Reply("{}"))
        self.cases([{"name": "it"}])
        rows = [  # (terminal?, arguments, environment, coloured)
            (True, (), {}, True),
            (False, (), {}, False),
            (True, (), {"NO_COLOR": "1"}, False),
            (True, (), {"NO_COLOR": ""}, True),
            (True, (), {"TERM": "dumb"}, False),
            (True, (), {"CLICOLOR": "0"}, False),
            (True, ("--color", "never"), {"CLICOLOR_FORCE": "1"}, False),
            (True, ("--color=always",), {"NO_COLOR": "1"}, True),
            (True, (), {"CI": "true"}, True),
            (False, (), {"CLICOLOR_FORCE": "1"}, True),
            (False, (), {"CLICOLOR_FORCE": "0"}, False),
            (False, (), {"FORCE_COLOR": "1"}, True),
            (False, (), {"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, False),
            (False, ("--color", "always"), {"TERM": "dumb"}, True),
            (False, ("--color", "auto"), {}, False),
        ]
        for terminal, args, env, colored in rows:
            with self.subTest(terminal=terminal, args=args, env=env):
                if terminal:
                    ran = self.on_terminal(*args, **env)
                    self.assertEqual(ran.finish(), 0)
                    text = ran.raw.decode()
                else:
                    text, _ = self.smokegate(*self.arguments(*args)[1:], env=self.environment(**env))
                self.assertEqual(bool(COLOR.search(text)), colored, text)
                self.assertIn("1 passed", COLOR.sub("", text))

    def test_a_wrong_colour_is_refused(self):
        self.lambda_(lambda n, b: Reply("{}"))
        self.cases([{"name": "it"}])
        _, err = self.smokegate(*self.arguments("--color", "sometimes")[1:], code=2)
        self.assertIn("auto", err)


class Hostile(Terminal):
    def test_no_byte_of_a_response_or_a_name_moves_the_cursor(self):
        """The screen refuses every escape that is not smokegate's own."""
        nasty = "\x1b[2J\x1b]0;title\x07\x9b31m\x08\x7f\u202e\r"
        error = {"errorType": nasty, "errorMessage": nasty, "stackTrace": [nasty]}
        self.lambda_(lambda n, b: Reply(error, error="Unhandled", log=nasty, headers={"x-amzn-RequestId": "\x1b[31m"}) if n else
                     Reply(nasty.encode() + bytes(range(256)), log=nasty, delay=1.3))
        self.cases([{"name": f"{nasty} it", "description": nasty, "expect": {"payload": nasty}},
                    {"name": f"{nasty} again", "needs": [], "tags": ["x"], "expect": {"matches": "^$", "log": {"not_matches": "title"}}},
                    {"name": f"{nasty} left out", "skip": nasty}], suite=nasty)
        for args in (("-v",), ("--debug",)):
            self.told.count = 0
            ran = self.on_terminal("--jobs", "1", "--slow", "200ms", *args)
            self.assertEqual(ran.finish(), 1)
            text = "\n".join(ran.screen.lines)
            self.assertIn("\\u{1b}[2J", text)
            if "-v" in args:
                self.assertTrue(any("slowest" in line for line in ran.screen.drawn), "never shown in the progress line")
            self.assertNotRegex(text, "[\u0080-\u009f\u202a-\u202e]")

    def test_a_mistake_in_a_file_is_harmless_too(self):
        self.lambda_(lambda n, b: Reply("{}"))
        self.write("cases.json", '{"cases": [{"name": "a", "\\u001b[2J\u202e": 1}]}')
        ran = self.on_terminal()
        self.assertEqual(ran.finish(), 2)
        self.assertIn("unknown key", "\n".join(ran.screen.lines))

    def test_a_secret_is_masked_also_where_the_line_is_cut(self):
        go = self.gate()
        secret = "tok-0123456789abcdefghijklmnopqrstuvwxyz"
        self.cases([{"name": "asks with {{secret.TOKEN}} in hand", "payload": "slow"}])
        for columns in (80, 60, 55, 50):
            ran = self.on_terminal(columns=columns, TOKEN=secret)
            ran.until(lambda s: "slowest" in s.drawn[-1] if s.drawn else False)
            seen = len(ran.screen.drawn)
            ran.until(lambda s: len(s.drawn) > seen + 2)
            os.kill(ran.process.pid, signal.SIGINT)
            ran.finish()
            self.assertNotIn("tok-", ran.raw.decode())
        go.set()


class Signals(Terminal):
    REPORTS = ("--junit", "j.xml", "--report", "jsonl=run.jsonl", "--report", "outcome=o.json")

    def waiting(self, *args, **more):
        self.go = self.gate()
        self.cases([{"name": "first"}, {"name": "waits", "payload": "slow"}, {"name": "never"}, {"name": "neither"}])
        ran = self.on_terminal("--jobs", "1", *args, **more)
        ran.until(lambda s: s.lines[-1].startswith("[1/4] 1 running"))
        return ran

    def verdicts(self):
        with open(os.path.join(self.dir, "run.jsonl"), encoding="utf-8") as f:
            return [e["verdict"] for e in map(json.loads, f) if e["event"] == "case_end"]

    def test_sigusr1_tells_what_runs_and_progress_goes_on(self):
        ran = self.waiting()
        for told in (1, 2):
            ran.process.send_signal(signal.SIGUSR1)
            ran.until(lambda s: s.lines.count("1 of 4 done, 1 running") == told and s.lines[-1].startswith("[1/4]"))
        self.assertTrue(any(re.fullmatch(r"  s > waits  \d.*s", line) for line in ran.screen.lines))
        self.go.set()
        self.assertEqual(ran.finish(), 0)

    def test_sigusr1_loses_nothing_that_is_being_written(self):
        """Standard output is a pipe that nobody reads for a while."""
        self.lambda_(lambda n, b: Reply("{}"))
        self.cases([{"name": f"c{i}", "expect": {"payload": "x" * 200}} for i in range(600)])
        process = subprocess.Popen(self.arguments(), cwd=self.dir, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + 20
        while self.told.count < 100 and time.monotonic() < deadline:
            time.sleep(0.02)
        for _ in range(30):
            process.send_signal(signal.SIGUSR1)
            time.sleep(0.01)
        out = process.communicate(timeout=60)[0].decode()
        self.assertEqual(process.returncode, 1)
        self.assertEqual(sorted({line.split()[3] for line in out.splitlines() if line.startswith("FAIL")}), sorted(f"c{i}" for i in range(600)))
        self.assertRegex(out.splitlines()[-1], "^600 failed in ")

    def test_an_interrupt_ends_it_with_whole_reports(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number):
                ran = self.waiting(*self.REPORTS)
                ran.process.send_signal(number)
                self.assertEqual(ran.finish(), code)
                self.assertEqual(self.verdicts(), ["passed", "inconclusive", "skipped", "skipped"])
                root = ET.parse(os.path.join(self.dir, "j.xml")).getroot()
                self.assertEqual([c.find("skipped") is not None for c in root.iter("testcase")], [False, False, True, True])
                with open(os.path.join(self.dir, "o.json"), encoding="utf-8") as f:
                    self.assertEqual(json.load(f)["verdict"], "inconclusive")
                self.assertRegex(ran.screen.lines[-2], r"^1 passed, 1 inconclusive, 2 skipped in .* \(interrupted\)$")
                self.assertEqual(ran.screen.wrapped, [])
                self.go.set()
                self.told.stop()

    def test_an_interrupt_before_the_first_case_ends_it_too(self):
        """While it is asked what the alias points to."""
        asked = threading.Event()

        def alias(function, name):
            asked.set()
            return Reply("{}", delay=20)
        self.told = ScriptedLambda(lambda n, b: Reply("{}"), alias=alias)
        self.addCleanup(self.told.stop)
        self.cases([{"name": "first"}, {"name": "second"}])
        ran = self.on_terminal(*self.REPORTS)
        self.assertTrue(asked.wait(20))
        started = time.monotonic()
        ran.process.send_signal(signal.SIGINT)
        self.assertEqual(ran.finish(), 130)
        self.assertLess(time.monotonic() - started, 10)
        self.assertEqual(self.verdicts(), ["skipped", "skipped"])
        self.assertEqual(self.told.count, 0)

    def test_the_key_that_interrupts_is_enough(self):
        ran = self.waiting(*self.REPORTS)
        os.killpg(ran.process.pid, signal.SIGINT)  # what a terminal does on Ctrl-C
        self.assertEqual(ran.finish(), 130)
        self.assertEqual(len(self.verdicts()), 4)

    def test_a_second_one_ends_it_at_once_and_leaves_the_old_reports(self):
        """Standard output is a pipe that nobody reads: there the first one finds no safe point to stop at."""
        old = {name: self.write(name, "old") for name in ("j.xml", "o.json")}
        self.lambda_(lambda n, b: Reply("{}"))
        self.cases([{"name": f"c{i}", "expect": {"payload": "x" * 200}} for i in range(3000)])
        process = subprocess.Popen(self.arguments("--junit", "j.xml", "--report", "outcome=o.json"), cwd=self.dir, env=self.environment(),
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        count, deadline = -1, time.monotonic() + 20
        while count != self.told.count and time.monotonic() < deadline:
            count = self.told.count
            time.sleep(0.5)
        self.assertLess(count, 3000, "it was never held up: the test shows nothing")
        process.send_signal(signal.SIGINT)
        deadline = time.monotonic() + 20
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 130)
        for path in old.values():
            with open(path, encoding="utf-8") as f:
                self.assertEqual(f.read(), "old")


if __name__ == "__main__":
    harness.main()
