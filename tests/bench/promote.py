#!/usr/bin/env python3
"""Promotes and restores 50 functions in one environment of an embedded Lambda that enforces 15 calls a second: promote.py BUILD.

Counts the calls of each of Lambda's quotas and compares the time with what they need at the
configured rates. Exit 1 when a goal is missed."""
import os
import re
import shutil
import sys
import time

build = os.path.abspath(sys.argv[1])
os.environ["SMOKEGATE_BUILD"] = build
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import harness  # noqa: E402
import promote_world  # noqa: E402

FUNCTIONS, AWS_RATE, LATENCY_S = 50, 15, 0.1
missed = 0


def judge(what, got, limit, unit=""):
    global missed
    late = got > limit
    missed += late
    print(f"  {what:58} {got:7.2f}{unit} (goal {limit:g}{unit}){'   MISSED' if late else ''}")


def quota_of(method, path):
    if "/invocations" in path:
        return "invoke"
    if path.split("?")[0].endswith("/policy"):
        return "GetPolicy"
    return "GetFunction" if method == "GET" and re.fullmatch(r".*/functions/[^/]+", path.split("?")[0]) else "control"


class World(promote_world.Case):
    environments = ("dev",)
    timeout_s = 60
    functions = tuple(f"f{i:02}" for i in range(FUNCTIONS))

    def runTest(self):
        self.begin(policy={"audit": "off"})
        for f in self.functions:  # their cold starts take their time
            self.write(os.path.join(self.tag, "cases", f + ".json"), {
                "suite": f, "function": f, "defaults": {"timeout": "2m"},
                "cases": [{"name": "is healthy", "payload": {"httpMethod": "GET", "path": "/health"}}]})
        self.promote("1.1.0", "--jobs", "4", timeout=600)  # not measured: from now on every alias is there
        self.again()
        self.promotion()
        self.restoring()
        self.rolling_back()

    def again(self, keep=None, take=None):
        """The embedded Lambda again on the same state, at AWS's rates. Keeps a copy of it, or goes back to one."""
        self.local.stop()
        if keep:
            shutil.copytree(self.state, keep)
        if take:
            shutil.rmtree(self.state)
            shutil.copytree(take, self.state)
        type(self).local = harness.LocalLambda(self.state, "--no-auth", "--rate", str(AWS_RATE))
        host, port = self.local.endpoint.split("//")[1].split(":")
        self.proxy.host, self.proxy.port = host, port

    def configure(self, rate, **policy):
        self.edit(lambda project: project["policy"].update(rate=rate, **policy))

    def measure(self, *args, code=0, cwd=None):
        """Seconds, calls by quota, and (time, method, path, status, body) of each."""
        self.proxy.calls, self.proxy.log, times = 0, [], []
        self.proxy.watch = lambda when, number, *_: times.append(time.monotonic()) if when == "applied" else None
        start = time.monotonic()
        self.out = self.run_it(*args, code=None, timeout=600, cwd=cwd)
        if self.last_code != code:
            sys.exit(f"smokegate {' '.join(args)} ended with {self.last_code}:\n{self.out[-2000:]}")
        seconds = time.monotonic() - start
        self.proxy.watch = None
        calls, count = [], {"control": 0, "GetFunction": 0, "GetPolicy": 0, "invoke": 0, "throttled": 0}
        for at, (method, path, body, status, _) in zip(times, self.proxy.log):
            calls.append((at, method, path, status, body))
            count["throttled" if status == 429 else quota_of(method, path)] += 1
        return seconds, count, calls

    @staticmethod
    def tell(title, seconds, count):
        each = ", ".join(f"{name} {n / FUNCTIONS:.2f}" for name, n in count.items() if name != "throttled")
        print(f"{title}: {seconds:.1f} s; calls per function: {each}; throttled {count['throttled']}")

    def promotion(self):
        self.configure(10, audit="warn")
        time.sleep(2)  # both sides' buckets are full, as when nothing was promoted a moment ago
        seconds, count, calls = self.measure("promote", "--release", "1.0.0", "--jobs", "4")
        self.tell(f"promote {FUNCTIONS} functions at 10 calls a second", seconds, count)
        # One call after another, each at its quota's configured rate: GetFunction's is six times the others'.
        bound = count["control"] / 10 + count["GetPolicy"] / 10 + count["GetFunction"] / 60
        judge(f"time to the bound of {bound:.1f} s", seconds / bound, 1.1)
        all_of_them = count["control"] + count["GetFunction"] + count["GetPolicy"] + count["throttled"]
        print(f"  {all_of_them} calls in all, the preflight's dry run and the audit's GetPolicy included: "
              f"{all_of_them / FUNCTIONS:.2f} per function")
        of_one = sum(f"{self.name(self.functions[-1], 'dev')}" in path and "/invocations" not in path for _, _, path, _, _ in calls)
        judge("calls that are for one function (the last of the set)", of_one, 11)
        judge("calls that are for the set as a whole", all_of_them - of_one * FUNCTIONS, 3)

    @staticmethod
    def lives(calls, state):
        """When Live was written, with this state in its mark."""
        return [at for at, method, path, status, body in calls
                if method == "PUT" and path.endswith("/aliases/Live") and status == 200 and f" s={state} ".encode() in body]

    def restore(self, title, limit, cwd=None):
        time.sleep(2)
        seconds, count, calls = self.measure("restore", "-e", "dev", cwd=cwd)
        self.tell(f"restore {FUNCTIONS} functions at {AWS_RATE} calls a second, {title}", seconds, count)
        lives = self.lives(calls, "restore")
        self.assertEqual(len(lives), FUNCTIONS, self.out)
        judge("seconds from its first call to the last Live", lives[-1] - calls[0][0], limit, " s")

    def restoring(self):
        self.configure(AWS_RATE)
        new = self.alias(self.functions[0], "dev", "Live")["FunctionVersion"]
        fresh, promoted = self.root + "-fresh", self.state + "-promoted"
        shutil.copytree(self.root, fresh, ignore=shutil.ignore_patterns(".smokegate"))
        self.again(keep=promoted)
        self.proxy.refuse = lambda *_: time.sleep(LATENCY_S)
        self.restore(f"from a fresh checkout, {LATENCY_S:g} s of latency a call", 5, cwd=fresh)
        self.proxy.refuse = None
        self.again(take=promoted)
        shutil.rmtree(promoted)
        self.restore("where it was promoted from", 5)
        for f in self.functions:
            time.sleep(1.1 / AWS_RATE)
            self.set_alias(f, "dev", "Live", FunctionVersion=new)
        shutil.rmtree(os.path.join(fresh, ".smokegate"))
        # Nothing tells of a Live that others have moved: a read and a conditional write each is the least there can be, and the
        # quota's bucket holds a second's worth. Four calls come one after another: the first's aliases, the claim, and one each
        # of what goes side by side.
        self.proxy.refuse = lambda *_: time.sleep(LATENCY_S)
        self.restore(f"when somebody has moved every Live, {LATENCY_S:g} s of latency a call",
                     1.1 * (2 * FUNCTIONS - AWS_RATE) / AWS_RATE + 4 * LATENCY_S, cwd=fresh)
        self.proxy.refuse = None

    def rolling_back(self):
        """Live moved, the cases on it could not be run: back it goes."""
        self.configure(AWS_RATE, audit="off")
        time.sleep(2)
        self.proxy.refuse = lambda method, path, body: (
            (500, "ServiceException", "down") if path.endswith("/invocations?Qualifier=Live") else None)
        seconds, count, calls = self.measure("promote", "--release", "1.1.0", "--jobs", "4", code=3)
        self.proxy.refuse = None
        back = self.lives(calls, "undo")
        self.assertEqual((len(self.lives(calls, "live")), len(back)), (FUNCTIONS, FUNCTIONS), self.out)
        turned = [at for at, method, path, _, body in calls if method == "PUT" and path.endswith("/Smoke") and b" s=undo " in body][0]
        self.tell(f"promote that is taken back at {AWS_RATE} calls a second", seconds, count)
        judge(f"seconds in which {len(back)} Lives went back", back[-1] - turned, 5, " s")


if __name__ == "__main__":
    import unittest
    result = unittest.TextTestRunner(verbosity=0).run(unittest.TestSuite([World()]))
    sys.exit(1 if missed or not result.wasSuccessful() else 0)
