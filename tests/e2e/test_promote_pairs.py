"""Two promoters of two functions, interleaved at every pair of calls: the first makes i calls, then the second j, then the first
goes on to its end, then the second. At most one wins at a time, the other is told busy or superseded, the invariants hold.

SMOKEGATE_CUTS=N takes every N-th i only, for a shorter edit loop."""
import json
import os
import re
import shutil
import threading

import harness
import promote_world

STRIDE = int(os.environ.get("SMOKEGATE_CUTS") or 1)
PATIENCE_S = 300  # for a process on a busy machine; nothing is proven by its passing


class Stop:
    """Holds a promoter at its call number `calls` + 1 until it may go on."""

    def __init__(self, proxy, calls):
        self.here, self.go = threading.Event(), threading.Event()
        proxy.reset()
        proxy.before[calls + 1] = self.hold

    def hold(self):
        self.here.set()
        self.go.wait(PATIENCE_S)

    def await_here(self, ended):
        """True: it waits at that call. False: it has ended without making it."""
        while not self.here.wait(0.002):
            if ended():
                return self.here.is_set()
        return True


class Pairs(promote_world.MemoryCase):
    environments = ("dev",)
    release = None  # of the second
    first_more = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = promote_world.Proxy(memory=cls.memory)

    @classmethod
    def tearDownClass(cls):
        cls.second.close()
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        root = self.begin(policy={"audit": "off"})
        for f in self.functions:
            with open(os.path.join(root, "dist", f"{f}-1.2.0.zip"), "wb") as out:
                out.write(self.package("1.2.0"))
        self.other = root + "-second"
        shutil.copytree(root, self.other)
        path = os.path.join(self.other, "smokegate.json")
        with open(path, encoding="utf-8") as f:
            project = json.load(f)
        project["environments"][0]["endpoint"] = self.second.endpoint
        with open(path, "w", encoding="utf-8") as f:
            json.dump(project, f)
        self.clean = self.memory.state()

    def run_pair(self, i, j):
        """(code of the first, code of the second, did the second come to call j + 1, did the first to i + 1?, what they said)"""
        self.memory.put_back(self.clean)
        self.proxy.log = self.second.log = []
        holds = [Stop(self.proxy, i), Stop(self.second, j)]
        first = self.start("promote", "--release", "1.1.0", *self.first_more)
        second = None
        try:
            came = [holds[0].await_here(lambda: first.poll() is not None)]
            second = self.start(*self.second_args(), cwd=self.other)
            came.append(holds[1].await_here(lambda: second.poll() is not None))
            holds[0].go.set()
            outs = [first.communicate(timeout=PATIENCE_S)[0]]
            holds[1].go.set()
            outs.append(second.communicate(timeout=PATIENCE_S)[0])
        finally:
            for hold in holds:
                hold.go.set()
            for process in (first, second):
                if process and process.poll() is None:
                    process.kill()
                    process.communicate()
        return (first.returncode, second.returncode), came, outs

    def second_args(self):
        return "promote", "--release", self.release

    def live_writers(self):
        """Promotions in the order of their writes to Live, each once while it goes on."""
        order = []
        for method, path, body, status, _ in self.proxy.log:
            if method in ("PUT", "POST") and status < 300 and re.search("/aliases(/Live)?$", path):
                change = json.loads(body)
                mark = promote_world.mark_of(change.get("Description"))
                if mark and (path.endswith("/Live") or change["Name"] == "Live") and order[-1:] != [mark["p"]]:
                    order.append(mark["p"])
        return order

    def judge(self, codes, outs, where):
        said = f"{where}: {codes}\n--- first\n{outs[0]}\n--- second\n{outs[1]}\n{self.story()}"
        self.check_sets(0)
        self.check_invariants()
        for code in codes:
            self.assertIn(code, (0, 4, 5), said)
        self.assertIn(0, codes, said)
        writers = self.live_writers()
        self.assertEqual(len(writers), len(set(writers)), f"their writes to Live are mixed: {writers}\n{said}")
        if self.live("dev")[0] != "1":
            self.assertEqual(len(set(self.live("dev"))), 1, said)
        for f in self.functions:
            smoke = self.alias(f, "dev", "Smoke")
            self.assertEqual(promote_world.mark_of(smoke["Description"])["x"] if smoke else "0", "0", f"{f} is still held\n{said}")

    def test_every_pair_of_calls(self):
        ends, pairs, i, more = {}, 0, 0, True
        while more:
            j, reached = 0, True
            while reached:
                codes, (first_came, reached), outs = self.run_pair(i, j)
                self.judge(codes, outs, f"first {i} calls, second {j}")
                ends[codes] = ends.get(codes, 0) + 1
                pairs += 1
                j += 1
                more = first_came
            i += STRIDE
        told = ", ".join(f"{a}/{b}: {n}" for (a, b), n in sorted(ends.items()))
        print(f"proof: two promoters, second {' '.join(self.second_args())}: 0 mixed of {pairs} pairs of calls (exit codes {told})")
        return ends


class OtherRelease(Pairs):
    release = "1.2.0"

    def test_every_pair_of_calls(self):
        ends = super().test_every_pair_of_calls()
        self.assertIn((0, 4), ends)
        self.assertIn((4, 0), ends)


class SameRelease(Pairs):
    release = "1.1.0"

    def test_every_pair_of_calls(self):
        ends = super().test_every_pair_of_calls()
        self.assertIn((5, 0), ends)  # taken over


class Abort(Pairs):
    """The second takes the first one back while that is alive: it stops, or had nothing to take back."""

    first_more = ("--global-timeout", "1s")  # its gate would wait for Smoke to become what it was, no longer is, and never will be

    def second_args(self):
        return ("abort",)

    def test_every_pair_of_calls(self):
        ends = super().test_every_pair_of_calls()
        self.assertIn((5, 0), ends)


if __name__ == "__main__":
    harness.main()
