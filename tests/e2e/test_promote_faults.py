"""Promotions on a service that misbehaves and beside other hands: the right exit code, and nothing mixed.

SMOKEGATE_CUTS=N tries every N-th call only, for a shorter edit loop."""
import os
import re

import harness
import promote_world
from promote_world import LOST, UNHEARD

STRIDE = int(os.environ.get("SMOKEGATE_CUTS") or 1)


class Cut(promote_world.MemoryCase):
    """Each call in turn loses its connection; the process lives on and must find out what happened."""

    environments = ("dev", "stage")

    def sweep(self, kind, want, codes, **world):
        self.begin(**world)
        self.promote(code=None)
        total, cuts = self.proxy.calls, 0
        for cut in range(1, total + 1, STRIDE):
            with self.subTest(cut=cut, kind=kind):
                self.begin(**world)
                self.proxy.reset(cut, kind)
                self.promote(code=codes)
                self.assertIn(self.check_sets(self.last_code), want, self.story())
                self.check_invariants()
                cuts += 1
        print(f"proof: {kind}: 0 mixed of {cuts} cuts")

    NEW = [[["2", "2"], ["2", "2"]]]
    OLD = [[["1", "1"], ["1", "1"]]]
    # An invocation that was cut proves nothing: Smoke stays staged, and dev may be on Live already.
    HELD = OLD + [[["2", "2"], ["1", "1"]]]

    def test_a_call_that_never_arrived(self):
        self.sweep(LOST, self.NEW + self.HELD, (0, 3))

    def test_a_call_that_was_carried_out_unheard(self):
        self.sweep(UNHEARD, self.NEW + self.HELD, (0, 3))

    def test_the_same_while_it_fails_and_takes_back(self):
        self.sweep(UNHEARD, self.HELD, (1, 3), bad_in="stage")


class Service(promote_world.MemoryCase):
    """Throttles, stale reads, slow aliases, versions that fail."""

    environments = ("dev", "stage")

    def test_at_fifteen_calls_a_second_it_gets_through(self):
        self.begin(environments=("dev",))
        self.memory.rate = 15
        self.promote()
        self.assertEqual(self.live("dev"), ["2", "2"])

    def test_stale_reads_are_waited_out(self):
        self.begin()
        self.memory.stale_s = 0.3
        self.promote()
        self.memory.stale_s = 0
        self.check_sets(0)
        self.assertEqual(self.live("stage"), ["2", "2"])
        self.check_invariants()

    def test_an_alias_that_follows_slowly_is_asked_until_it_follows(self):
        self.begin(environments=("dev",))
        self.memory.propagation_s = 2
        self.promote()
        self.assertEqual(self.live("dev"), ["2", "2"])
        self.check_invariants()

    def test_a_version_that_comes_out_failed_stops_it_with_the_reason(self):
        self.begin(environments=("dev",))
        self.memory.failed_next = True
        self.assertIn("the image went bad", self.promote(code=3))
        self.assertEqual(self.live("dev"), ["1", "1"])

    def test_throttled_without_end_is_taken_back_or_says_dirty(self):
        self.begin()
        self.proxy.refuse = lambda method, path, body: (
            (429, "TooManyRequestsException", "Rate exceeded")
            if method == "PUT" and path.endswith("b-stage/aliases/Live") else None)
        self.promote(code=3, timeout=300)
        self.proxy.refuse = None
        self.check_sets(3)
        self.check_invariants()

    def test_a_permission_revoked_half_way_is_dirty_and_told(self):
        self.begin(bad_in="stage")
        dev_live = f"/{self.name('a', 'dev')}/aliases/Live"
        seen = []

        def revoke(method, path, body):
            if method == "PUT" and path.endswith(dev_live):
                seen.append(path)
                if len(seen) > 1:
                    return 403, "AccessDeniedException", "not authorized to perform: lambda:UpdateAlias"
            return None

        self.proxy.refuse = revoke
        out = self.promote(code=6)
        self.assertIn("could not be restored", out)
        self.assertRegex(out, r"\ndev +a +1 -> 2 ")  # every function's true state
        self.proxy.refuse = None
        self.run_it("abort")  # what was left can be finished
        self.assertEqual(self.live("dev"), ["1", "1"])

    def test_what_bypasses_live_is_told_or_stops_it(self):
        for policy, code in (("off", 0), ("warn", 0), ("fail", 7)):
            self.begin(environments=("dev",), policy={"audit": policy})
            self.memory.mappings = [{"UUID": "u-1", "State": "Enabled", "EventSourceArn": "arn:aws:sqs:us-east-1:1:q", "FunctionArn":
                                     f"arn:aws:lambda:us-east-1:123456789012:function:{self.name('a', 'dev')}"}]
            out = self.promote(code=code)
            self.assertEqual("calls the bare function" in out, policy != "off")
            self.assertEqual(self.live("dev"), ["1", "1"] if code else ["2", "2"])

    def test_a_backup_that_someone_deleted_is_not_guessed(self):
        self.begin(environments=("dev",))
        self.promote()
        self.api("DELETE", f"/{self.name('a', 'dev')}/aliases/Backup")
        self.assertIn("no Backup", self.run_it("restore", "-e", "dev", code=3))
        self.assertEqual(self.live("dev"), ["2", "2"])

    def test_latest_edited_by_someone_during_staging_is_noticed(self):
        self.begin(environments=("dev",))
        edited = []

        def edit(method, path, body):
            if method == "POST" and path.endswith("a-dev/versions") and not edited:
                edited.append(1)
                self.api("PUT", f"/{self.name('a', 'dev')}/code", {"ZipFile": "UEsFBgAA"})
            return None

        self.proxy.refuse = edit
        self.assertIn("someone changed $LATEST", self.promote(code=5))
        self.assertEqual(self.live("dev"), ["1", "1"])

    def test_a_taken_over_lease_takes_back_what_was_left(self):
        self.begin(environments=("dev",))
        self.run_cut(27, promote_world.APPLIED, "promote", "--release", "1.1.0")
        self.promote("1.0.0", code=4)
        for f in self.functions:
            text = self.alias(f, "dev", "Smoke")["Description"]
            self.set_alias(f, "dev", "Smoke", Description=re.sub(r" x=\d+", " x=1", text))
        self.assertIn("first takes back", self.promote("1.0.0"))
        self.check_sets(0)
        self.check_invariants()


if __name__ == "__main__":
    harness.main()
