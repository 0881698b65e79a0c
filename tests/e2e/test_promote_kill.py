"""A promotion killed with SIGKILL, and finished by the next run: nothing mixed, nothing untested. test_promote_matrix.py does it
at every call and in every way, from kept moments; here the signal is real, and each call is cut in one of the ways.

SMOKEGATE_CUTS=N cuts at every N-th call: 1 is each (`./dev soak promote`), more is a shorter edit loop."""
import os
import re

import harness
import promote_world
from promote_world import APPLIED, BEFORE, LATE, REPLIED

STRIDE = int(os.environ.get("SMOKEGATE_CUTS") or 3)


class Kill(promote_world.MemoryCase):
    environments = ("dev", "stage")
    cuts = mixed = 0

    @classmethod
    def tearDownClass(cls):
        print(f"proof: promotions killed: {cls.mixed} mixed of {cls.cuts} cuts")
        super().tearDownClass()

    def count_calls(self, **world):
        self.begin(**world)
        self.promote(code=None)
        return self.proxy.calls

    def sweep(self, kind, finish, want, offset=0, **world):
        """Cuts at call 1, 1 + STRIDE...; `finish` runs what comes after, `want` are the versions Live may end on."""
        total = self.count_calls(**world)
        for cut in range(1 + offset, total + 1, STRIDE):
            with self.subTest(cut=cut, kind=kind):
                self.begin(**world)
                Kill.cuts += 1
                self.run_cut(cut, kind, "promote", "--release", "1.1.0")
                finish()
                Kill.mixed += 1  # until the checks have passed
                states = self.check_sets(self.last_code)
                self.assertNotEqual(self.last_code, 6, self.story())
                self.assertIn(states, want, self.story())
                self.check_invariants()
                self.check_released()
                Kill.mixed -= 1

    def check_released(self):
        """Nobody is left holding anything."""
        for e in self.names:
            for f in self.functions:
                smoke = self.alias(f, e, "Smoke")
                mark = promote_world.mark_of(smoke["Description"]) if smoke else None
                self.assertTrue(not mark or mark["x"] == "0", f"{f} in {e} is still held: {smoke}")

    def again(self):
        self.promote(code=(0, 1))

    def elsewhere(self):
        """From a checkout that has never seen the first run."""
        import shutil
        other = self.root + "-elsewhere"
        shutil.copytree(self.root, other, ignore=shutil.ignore_patterns(".smokegate"))
        self.promote(code=(0, 1), cwd=other)

    def aborted(self):
        self.run_it("abort", code=0)

    ALL_NEW = [[["2", "2"], ["2", "2"]]]
    ALL_OLD = [[["1", "1"], ["1", "1"]]]
    ALL_FIRST = [[["1", "1"]]]


class Passing(Kill):
    def test_one_that_passes_killed_before_a_call_is_sent(self):
        self.sweep(BEFORE, self.again, self.ALL_NEW)

    def test_one_that_passes_killed_when_a_call_was_applied(self):
        self.sweep(APPLIED, self.again, self.ALL_NEW, offset=1 % STRIDE)

    def test_one_that_passes_killed_after_the_reply_and_finished_elsewhere(self):
        self.sweep(REPLIED, self.elsewhere, self.ALL_NEW, offset=2 % STRIDE)


class Failing(Kill):
    def test_one_that_fails_in_stage_killed_when_a_call_was_applied(self):
        self.sweep(APPLIED, self.again, self.ALL_OLD, bad_in="stage")

    def test_one_that_fails_in_stage_killed_before_a_call_is_sent(self):
        self.sweep(BEFORE, self.again, self.ALL_OLD, offset=1 % STRIDE, bad_in="stage")


class Again(Kill):
    def test_abort_after_a_kill_takes_it_back(self):
        # Between two environments nothing is under way: dev has been promoted, and stays so.
        self.sweep(APPLIED, self.aborted, self.ALL_OLD + self.ALL_NEW + [[["2", "2"], ["1", "1"]]], offset=2 % STRIDE)

    def test_the_finishing_run_is_killed_too(self):
        def twice():
            self.run_cut(9, APPLIED, "promote", "--release", "1.1.0")
            self.run_cut(14, REPLIED, "promote", "--release", "1.1.0")
            self.again()
        self.sweep(APPLIED, twice, self.ALL_NEW)

    def test_a_first_promotion_killed_anywhere(self):
        self.sweep(APPLIED, lambda: self.promote("1.1.0", code=0), self.ALL_FIRST, live=False, environments=("dev",))


class Late(promote_world.MemoryCase):
    """The last request of the killed process lands two seconds later, while the next one is at work."""

    environments = ("dev",)

    def test_a_late_write_of_live_cannot_undo_an_abort(self):
        writes = self.live_writes()
        self.assertEqual(len(writes), 2)
        for cut in writes:
            self.begin()
            self.run_cut(cut, LATE, "promote", "--release", "1.1.0")
            self.run_it("abort", code=0)
            for t in self.proxy.landing:
                t.join(10)
            self.assertEqual(self.live("dev"), ["1", "1"], self.story())
            self.assertIn(412, [c[3] for c in self.proxy.log])  # it did land, and was refused
            self.check_invariants()

    def test_a_late_write_does_not_hinder_the_next_run(self):
        for cut in self.live_writes():
            self.begin()
            self.run_cut(cut, LATE, "promote", "--release", "1.1.0")
            self.promote()
            for t in self.proxy.landing:
                t.join(10)
            self.assertEqual(self.live("dev"), ["2", "2"], self.story())
            self.check_invariants()

    def live_writes(self):
        """The numbers of the calls that move Live."""
        numbers = []
        self.begin()
        self.proxy.refuse = lambda method, path, body: (
            numbers.append(self.proxy.calls) if method == "PUT" and re.search("/aliases/Live$", path) else None)
        self.promote()
        return numbers


if __name__ == "__main__":
    harness.main()
