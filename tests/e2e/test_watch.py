"""`smokegate run --watch`: runs again when a file changes that it read, and only then."""
import os
import pty
import queue
import signal
import subprocess
import threading
import time

import harness
from scripted_lambda import Reply, ScriptedLambda

DEADLINE = 60


class Watched:
    """A running `run --watch`, whose lines on stderr are waited for."""

    def __init__(self, test, *args, stdout=None):
        self.test = test
        self.lines, self.seen = queue.Queue(), []
        self.process = subprocess.Popen(
            [harness.SMOKEGATE, "run", "--watch", "--function", "f", "--endpoint", test.told.endpoint, "--region", "us-east-1", *args],
            cwd=test.dir, env={**test.env, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "TERM": "xterm"},
            stdout=stdout or subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.reader = threading.Thread(target=self.read)
        self.reader.start()
        test.addCleanup(self.close)

    def read(self):
        for line in self.process.stderr:
            self.lines.put(line)
        self.lines.put(None)

    def until(self, text):
        """Lines up to the one that has the text."""
        lines, deadline = [], time.monotonic() + DEADLINE
        while not lines or text not in lines[-1]:
            line = self.lines.get(timeout=max(0.1, deadline - time.monotonic()))
            self.test.assertIsNotNone(line, f"it ended before {text!r}: {self.seen}")
            lines.append(line)
            self.seen.append(line)
        return "".join(lines)

    def runs_again(self, name):
        self.test.assertIn(f"{name} changed\n", self.until("watching "))

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.process.wait(DEADLINE)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()


class Watch(harness.Case):
    def setUp(self):
        super().setUp()
        self.told = ScriptedLambda(lambda n, body: Reply(body))
        self.addCleanup(self.told.stop)
        self.write("cases/a.json", self.suite(1))

    def suite(self, want, **more):
        return {"cases": [{"name": "it", "payload": 1, "expect": {"payload": want}, **more}]}

    def test_it_runs_again_when_a_case_changes_and_ends_with_the_last_code(self):
        w = Watched(self, "cases")
        w.until("watching ")
        self.assertEqual(self.told.count, 1)
        self.write("cases/a.json", self.suite(2))
        w.runs_again("a.json")
        self.assertEqual(self.told.count, 2)
        self.assertEqual(w.end(), 1)

    def test_an_editor_that_renames_and_a_new_file_are_seen(self):
        w = Watched(self, "cases")
        w.until("watching ")
        os.rename(self.write("cases/.a.json.swp", self.suite(2)), os.path.join(self.dir, "cases/a.json"))
        w.runs_again("a.json")
        self.write("cases/b.json", {"cases": [{"name": "new", "payload": 1}, {"name": "other", "payload": 2}]})
        w.runs_again("b.json")
        self.assertEqual(self.told.count, 1 + 1 + 3)
        os.unlink(os.path.join(self.dir, "cases/b.json"))
        w.runs_again("b.json")
        self.assertEqual(self.told.count, 1 + 1 + 3 + 1)
        self.write("cases/a.json", self.suite(1))
        w.runs_again("a.json")
        self.assertEqual(w.end(signal.SIGTERM), 0)

    def test_payloads_schemas_tables_and_the_project_file_are_watched(self):
        self.write("smokegate.json", {"functions": {"f": {}}, "environments": [{"name": "dev"}], "testcases": ["cases/*.json"]})
        self.write("cases/data/payload.txt", "{\"a\": 1}")
        self.write("cases/schemas/s.json", {"type": "object"})
        self.write("cases/rows.csv", "id\none\n")
        self.write("cases/a.json", {"cases": [{"name": "p", "payload_file": "data/payload.txt", "expect": {"schema": "schemas/s.json"}},
                                              {"name": "t", "table_file": "rows.csv"}]})
        w = Watched(self)
        w.until("watching 5 files")
        self.write("cases/data/payload.txt", "{\"a\": 2}")
        w.runs_again("payload.txt")
        self.write("cases/schemas/s.json", {"type": "array"})
        w.runs_again("s.json")
        self.write("cases/rows.csv", "id\none\ntwo\n")
        w.runs_again("rows.csv")
        self.assertEqual(self.told.count, 2 + 2 + 2 + 3)
        self.write("smokegate.json", "{")
        w.runs_again("smokegate.json")
        self.assertEqual(w.end(), 2)

    def test_a_mistake_is_told_and_waited_for(self):
        w = Watched(self, "cases")
        w.until("watching ")
        self.write("cases/a.json", '{"cases": [{"nam": "it"}]}')
        self.assertIn('did you mean "name"?', w.until("watching "))
        self.write("cases/a.json", self.suite(1))
        w.runs_again("a.json")
        self.assertEqual((self.told.count, w.end()), (2, 0))

    def test_what_the_run_writes_itself_starts_no_run(self):
        self.write("cases/a.json", {"cases": [{"name": "it", "payload": 1, "expect": {"snapshot": "snap.json"}}]})
        w = Watched(self, "cases/a.json", "--update-snapshots", "--report", "outcome=cases/outcome.json", "--junit", "cases/junit.xml",
                    "--report", "jsonl=cases/run.jsonl")
        w.until("watching ")
        self.write("cases/a.json", {"cases": [{"name": "again", "payload": 1, "expect": {"snapshot": "snap.json"}}]})
        w.runs_again("a.json")
        self.write("cases/a.json", self.suite(1))
        w.runs_again("a.json")
        self.assertEqual((w.end(), self.told.count, sum("changed" in line for line in w.seen)), (0, 3, 2))

    def test_what_changes_during_a_run_starts_the_next(self):
        gate = threading.Event()
        self.addCleanup(gate.set)

        def answer(n, body):
            if n == 0:
                self.write("cases/a.json", self.suite(1, description="later"))
                gate.wait(DEADLINE)
            return Reply(body)
        self.told.answer = answer
        w = Watched(self, "cases")
        deadline = time.monotonic() + DEADLINE
        while self.told.count == 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        gate.set()
        w.until("watching ")
        w.runs_again("a.json")
        self.assertEqual((self.told.count, w.end()), (2, 0))

    def test_only_a_terminal_is_cleared(self):
        for on_terminal in (False, True):
            ours, theirs = pty.openpty() if on_terminal else os.pipe()
            w = Watched(self, "cases", stdout=theirs)
            os.close(theirs)
            w.until("watching ")
            self.write("cases/a.json", self.suite(1, description=f"{on_terminal}"))
            w.runs_again("a.json")
            self.assertEqual(w.end(), 0)
            out = b""
            try:
                while chunk := os.read(ours, 65536):
                    out += chunk
            except OSError:
                pass    # a terminal nobody writes to any more
            os.close(ours)
            self.assertEqual(b"\x1b[H\x1b[2J" in out, on_terminal, out)


if __name__ == "__main__":
    harness.main()
