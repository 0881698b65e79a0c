"""`smokegate local` and environments with "local": true: the embedded Lambda's life, seen from the command line."""
import json
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import threading

import harness

PROJECT = {
    "functions": {"orders": {"package": {"zip": "dist/orders-1.0.0.zip"},
                             "config": {"runtime": "provided.al2023", "handler": "bootstrap", "timeout": "10s",
                                        "environment": {"CURRENCY": "EUR", "TAX_PERCENT": "20"}}}},
    "environments": [{"name": "dev", "local": True}, {"name": "stage", "local": True}],
}
CASES = {"function": "orders", "cases": [
    {"name": "is healthy", "payload": {"httpMethod": "GET", "path": "/health"}, "expect": {"paths": {"$.statusCode": 200}}}]}


class Local(harness.Case):
    def setUp(self):
        super().setUp()
        os.makedirs(os.path.join(self.dir, "dist"))
        shutil.copy(os.path.join(harness.BUILD, "testcases", "orders-1.0.0.zip"), os.path.join(self.dir, "dist"))
        self.write("smokegate.json", PROJECT)
        self.write("testcases/orders.json", CASES)

    def status(self):
        return json.loads(self.smokegate("local", "status", "--json")[0])

    def tearDown(self):
        self.smokegate("local", "stop", code=None)

    def test_start_status_stop(self):
        self.assertEqual(self.status(), {"running": False})
        out, err = self.smokegate("local", "start")
        status = self.status()
        self.assertIn("local Lambda started at " + status["endpoint"], err)
        self.assertEqual(dict(line.removeprefix("export ").split("=", 1) for line in out.splitlines()), {
            "AWS_ENDPOINT_URL_LAMBDA": status["endpoint"], "AWS_ENDPOINT_URL_STS": status["endpoint"],
            "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"})
        self.assertEqual(self.smokegate("local", "start")[0], out)      # the same one
        self.assertEqual(self.smokegate("local", "status")[0], out)
        self.assertIn("stopped", self.smokegate("local", "stop")[1])
        self.assertFalse(os.path.exists(f"/proc/{status['pid']}/exe"))
        self.assertEqual(self.status(), {"running": False})
        self.assertIn("no local Lambda runs", self.smokegate("local", "stop")[1])

    def test_it_is_found_from_a_folder_below(self):
        self.smokegate("local", "start")
        below = os.path.join(self.dir, "testcases")
        self.assertEqual(json.loads(self.smokegate("local", "status", "--json", cwd=below)[0]), self.status())

    def test_a_port_of_ones_own_and_a_second_wish(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.smokegate("local", "start", "--port", str(port))
        self.assertEqual(self.status()["endpoint"], f"http://127.0.0.1:{port}")
        self.assertIn("runs already", self.smokegate("local", "start", "--port", "1", code=2)[1])
        self.smokegate("local", "reset", "--port", str(port))
        self.assertEqual(self.status()["endpoint"], f"http://127.0.0.1:{port}")

    def test_a_port_that_is_taken_says_why(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            s.listen()
            err = self.smokegate("local", "start", "--port", str(s.getsockname()[1]), code=3)[1]
        self.assertIn("did not start", err)
        self.assertRegex(err, r"(?i)in use|bind|port")

    def test_cases_run_at_once_in_a_new_project(self):
        out, err = self.smokegate("run")
        self.assertIn("orders-dev:Smoke (version 1)", out)
        self.assertIn("local Lambda started", err)
        out, err = self.smokegate("run", "-e", "stage")
        self.assertIn("orders-stage:Smoke (version 1)", out)
        self.assertNotIn("started", err)            # the same server
        self.smokegate("local", "stop")
        self.assertIn("version 1", self.smokegate("run")[0])    # its state survives

    def test_a_fresh_environment_and_a_stream(self):
        health = {"payload": {"httpMethod": "GET", "path": "/health"}}
        ok = {"paths": {"$.statusCode": 200}}
        self.write("testcases/orders.json", {"function": "orders", "cases": [
            {"name": "warms up", **health, "expect": ok},
            {"name": "is warm", **health, "needs": ["warms up"], "expect": {**ok, "cold_start": False}},
            {"name": "is cold", **health, "needs": ["is warm"], "fresh": True, "repeat": 2, "expect": {**ok, "cold_start": True}},
            {"name": "streams", **health, "needs": ["is cold"], "stream": True, "expect": {**ok, "cold_start": False, "log": {"matches": "REPORT"}}},
            {"name": "streams cold", **health, "needs": ["streams"], "stream": True, "fresh": True, "expect": {**ok, "cold_start": True}}]})
        self.assertIn("5 passed", self.smokegate("run")[0])

    def test_a_folder_is_a_package_as_well(self):
        shutil.unpack_archive(os.path.join(self.dir, "dist", "orders-1.0.0.zip"), os.path.join(self.dir, "orders"))
        os.chmod(os.path.join(self.dir, "orders", "bootstrap"), 0o755)
        self.write("smokegate.json", {**PROJECT, "functions": {"orders": {**PROJECT["functions"]["orders"], "package": {"dir": "orders"}}}})
        self.assertIn("1 passed", self.smokegate("run")[0])

    def test_seed_and_reset(self):
        self.smokegate("local", "start", "--seed")
        self.assertIn("1 passed", self.smokegate("run")[0])
        first = self.status()["pid"]
        self.smokegate("local", "reset")            # without a seed nothing is there; run seeds again
        self.assertNotEqual(self.status()["pid"], first)
        self.smokegate("run", "--function", "orders-dev", "--endpoint", self.status()["endpoint"], code=3,
                       env={"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1"})
        self.assertIn("1 passed", self.smokegate("run")[0])
        self.write("smokegate.json", {"functions": {"orders": {}}, "environments": [{"name": "prod"}]})
        self.assertIn("no environment says", self.smokegate("local", "start", "--seed", code=2)[1])

    def test_a_function_that_cannot_be_made_says_why(self):
        os.remove(os.path.join(self.dir, "dist", "orders-1.0.0.zip"))
        self.assertIn("its package is not there yet (dist/orders-1.0.0.zip)", self.smokegate("run", code=3)[1])
        self.write("smokegate.json", {**PROJECT, "functions": {"orders": {"package": {"zip": "dist/orders-{{release}}.zip"}}}})
        self.assertIn("give --release LABEL", self.smokegate("run", code=3)[1])

    def test_layers_are_seeded_with_the_functions_that_use_them(self):
        self.write("lib/greeting.txt", "hello")
        project = {**PROJECT, "functions": {"orders": {**PROJECT["functions"]["orders"], "layers": ["lib"]}},
                   "layers": {"lib": {"package": {"dir": "lib"}}}}
        self.write("smokegate.json", project)
        self.smokegate("local", "start", "--seed")
        self.assertIn("1 passed", self.smokegate("run")[0])
        plan = self.smokegate("plan", "--release", "1.0.0")[0]
        self.assertIn("orders: claim Smoke", plan)
        self.assertNotIn("layer", plan)  # published and attached already
        self.write("lib/greeting.txt", "good evening")
        self.assertIn("lib: publish a version of the layer", self.smokegate("plan", "--release", "1.0.0")[0])

    def test_logs(self):
        self.assertIn("no local Lambda ran here", self.smokegate("local", "logs", code=2)[1])
        self.smokegate("local", "start")
        self.smokegate("local", "logs")
        self.assertIn("no function of that name ran here", self.smokegate("local", "logs", "orders-dev", code=2)[1])
        self.assertIn("is not a function's name", self.smokegate("local", "logs", "../..", code=2)[1])
        self.assertIn('"orders" is too much', self.smokegate("local", "stop", "orders", code=2)[1])
        self.smokegate("run")
        for name, meant in (("orders", 'did you mean "orders-dev"?'), ("order-dev", 'did you mean "orders-dev"?'), ("x", "with the environment (orders-dev)")):
            self.assertIn(meant, self.smokegate("local", "logs", name, code=2)[1])
        self.assertRegex(self.smokegate("local", "logs", "orders-dev")[0], r"START RequestId: \S+ Version: 1\n(.*\n)*REPORT RequestId: ")

    def follow(self, *args):
        """A process that follows; its lines come out of the queue it returns."""
        process = subprocess.Popen([harness.SMOKEGATE, "local", "logs", *args], cwd=self.dir, env=self.env, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        lines = queue.Queue()

        def read():
            for line in process.stdout:
                lines.put(line)
        threading.Thread(target=read, daemon=True).start()
        self.addCleanup(lambda: (process.poll() is None and process.kill(), process.wait(), process.stdout.close(), process.stderr.close()))
        return process, lines

    def until(self, lines, pattern):
        """The lines up to one that matches."""
        seen = []
        while not seen or not re.search(pattern, seen[-1]):
            seen.append(lines.get(timeout=60))
        return seen

    def test_logs_are_followed_over_a_reset_until_ctrl_c(self):
        process, lines = self.follow("-f", "orders-dev")   # before there is anything
        self.smokegate("run")
        seen = self.until(lines, r"^REPORT RequestId: ")
        self.assertRegex("".join(seen), r"(?m)^START RequestId: \S+ Version: 1$")
        self.smokegate("local", "reset")
        self.smokegate("run")
        self.until(lines, r"^REPORT RequestId: ")
        self.smokegate("run", "-e", "stage")               # another function's
        self.smokegate("run")
        seen = self.until(lines, r"^REPORT RequestId: ")
        self.assertEqual(sum(line.startswith("START") for line in seen), 1)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 130)
        self.assertIn("no local Lambda runs here", process.stderr.read())

    def test_all_logs_are_followed_with_names(self):
        self.smokegate("run")
        process, lines = self.follow("--follow")           # begins with what there is
        self.until(lines, r"^orders-dev \| REPORT")
        self.smokegate("run", "-e", "stage")
        self.until(lines, r"^orders-stage \| REPORT")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(20), 143)

    def test_follow_begins_where_it_was_asked_to_and_shows_controls(self):
        logs = os.path.join(".smokegate/local/logs/f")
        old = self.write(os.path.join(logs, "old.log"), "long ago\n")
        os.utime(old, (1e9, 1e9))
        self.write(os.path.join(logs, "new.log"), b"\x1b[31mred\xff\nhalf")
        self.assertEqual(self.smokegate("local", "logs", "f", "--since", "1h")[0], "\\u{1b}[31mred\\xff\nhalf")
        process, lines = self.follow("-q", "-f", "f")
        self.assertEqual(lines.get(timeout=60), "\\u{1b}[31mred\\xff\n")
        with open(old, "a", encoding="utf-8") as f:
            f.write("and now\n")
        self.assertEqual(lines.get(timeout=60), "and now\n")
        with open(os.path.join(self.dir, logs, "new.log"), "ab") as f:
            f.write(b" a line\n")
        self.assertEqual(lines.get(timeout=60), "half a line\n")
        self.write(os.path.join(logs, "new.log"), "cut\n")   # shorter than before: from the start
        self.assertEqual(lines.get(timeout=60), "cut\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(20), 130)
        self.assertIn("--follow and --since go with logs", self.smokegate("local", "stop", "-f", code=2)[1])

    def test_a_wrong_project_file_does_not_keep_a_server_alive(self):
        self.smokegate("local", "start")
        self.write("smokegate.json", "{ nonsense")
        self.smokegate("local", "start", "--seed", code=2)
        self.assertIn("stopped", self.smokegate("local", "stop")[1])

    def test_two_commands_at_once_start_one_server(self):
        both = [subprocess.Popen([harness.SMOKEGATE, "local", "start", "-q"], cwd=self.dir, env=self.env, stdout=subprocess.PIPE, text=True)
                for _ in range(2)]
        outs = [p.communicate(timeout=60)[0] for p in both]
        self.assertEqual([p.returncode for p in both], [0, 0])
        self.assertEqual(outs[0], outs[1])


if __name__ == "__main__":
    harness.main()
