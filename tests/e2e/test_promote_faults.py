"""Promotions on a service that misbehaves and beside other hands: the right exit code, and nothing mixed.

SMOKEGATE_CUTS=N tries every N-th call only, for a shorter edit loop."""
import json
import os
import re
import shutil
import signal
import time

import harness
import promote_world
from promote_world import LOST, UNHEARD

DOWN = "one 503"
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
                if kind == DOWN:
                    self.proxy.refuse = lambda *_, cut=cut: (
                        (503, "ServiceUnavailableException", "down for a moment") if self.proxy.calls == cut else None)
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

    def test_a_call_that_is_answered_503_once(self):
        self.sweep(DOWN, self.NEW + self.HELD, (0, 3))

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

    def test_far_below_that_it_is_slower_and_gets_through_as_well(self):
        self.begin(environments=("dev",), policy={"rate": 6})
        self.memory.rate = 5
        self.promote()
        self.assertEqual(self.live("dev"), ["2", "2"])
        self.check_invariants()

    def test_local_files_that_are_lost_are_not_missed(self):
        root = self.begin()
        lost = []

        def lose(method, path, body):
            if method == "PUT" and path.endswith("a-dev/aliases/Live") and not lost:
                lost.append(shutil.rmtree(os.path.join(root, ".smokegate")))

        self.proxy.refuse = lose
        self.promote()
        self.assertTrue(lost)
        self.assertEqual([self.live(e) for e in self.names], [["2", "2"]] * 2)
        self.check_invariants()

    def test_a_package_that_vanishes_half_way_is_told_and_taken_back(self):
        root = self.begin()

        def lose(method, path, body):
            if method == "PUT" and path.endswith("a-stage/code"):
                os.remove(os.path.join(root, "dist", "b-1.1.0.zip"))

        self.proxy.refuse = lose
        self.assertIn("b-1.1.0.zip", self.promote(code=2))
        self.assertEqual([self.live(e) for e in self.names], [["1", "1"]] * 2)
        self.check_invariants()

    def short_lived(self, seconds):
        """A profile whose credentials end so much later, and no sooner or later however often they are fetched."""
        ends = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
        answer = self.write("answer.json", {"Version": 1, "AccessKeyId": "local", "SecretAccessKey": "local",
                                            "SessionToken": "t", "Expiration": ends})
        self.env["AWS_CONFIG_FILE"] = self.write("config", f"[profile short]\ncredential_process = /bin/cat {answer}\n")
        return {"profile": "short"}

    def test_credentials_that_end_too_soon_are_noticed_before_the_first_step(self):
        self.begin(environments=("dev",), dev=self.short_lived(200))
        self.assertIn("end in 1", self.promote(code=3))
        self.assertEqual([self.alias(f, "dev", a) for f in self.functions for a in ("Smoke", "Backup")], [None] * 4)

    def test_credentials_that_would_end_during_a_hold_are_noticed_before_it(self):
        self.begin(environments=("dev",), dev=self.short_lived(900), shift={"steps": [{"weight": 0.1, "hold": "1h"}]})
        self.assertIn("may need them for 3900 s", self.promote(code=3))
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.assertNotIn("RoutingConfig", self.alias("a", "dev", "Live"))
        self.check_invariants()

    def test_a_second_signal_ends_it_at_once_and_the_next_run_goes_on(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            self.begin()
            process, writes = self.start("promote", "--release", "1.1.0"), []

            def strike(method, path, body):
                if method == "PUT" and path.endswith("-stage/aliases/Live"):
                    writes.append(path)
                    if len(writes) in (1, 3):  # while Live moves, and while it is taken back
                        process.send_signal(number)
                    if len(writes) == 3:
                        process.wait(120)

            self.proxy.refuse = strike
            out = process.communicate(timeout=120)[0]
            self.proxy.refuse = None
            self.assertEqual(process.returncode, code, out)
            self.assertIn(len(writes), (3, 4))  # they go back side by side
            self.promote()
            self.assertEqual([self.live(e) for e in self.names], [["2", "2"]] * 2)
            self.check_invariants()

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

    def test_an_abort_while_live_moves_stops_the_one_that_is_alive(self):
        """Its next write of Live meets the fence: it asks whose the claim is, and does not send it again."""
        for function in self.functions:
            with self.subTest(function=function):
                self.begin(environments=("dev",))
                done = []

                def abort(method, path, body):
                    if method == "PUT" and path.endswith(f"{function}-dev/aliases/Live") and not done:
                        done.append(1)
                        self.run_it("abort")

                self.proxy.refuse = abort
                self.promote(code=5)
                self.assertTrue(done)
                self.assertEqual(self.live("dev"), ["1", "1"], self.story())
                self.check_invariants()

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

    def during_the_gate(self, act):
        """Someone does `act` while the cases run on Smoke."""
        done = []

        def interfere(method, path, body):
            if path.endswith("/invocations?Qualifier=Smoke") and not done:
                done.append(1)
                act()

        self.proxy.refuse = interfere

    def test_weights_that_someone_sets_meanwhile_are_left_alone(self):
        self.begin(environments=("dev",))
        weights = {"AdditionalVersionWeights": {"2": 0.3}}
        self.during_the_gate(lambda: self.set_alias("b", "dev", "Live", RoutingConfig=weights))
        self.assertIn("b-dev:Live", self.promote(code=5))
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.assertEqual(self.alias("b", "dev", "Live")["RoutingConfig"], weights)
        self.check_invariants()

    def test_a_backup_deleted_meanwhile_does_not_keep_live_from_going_back(self):
        self.begin(environments=("dev",), bad_in="dev")
        self.during_the_gate(lambda: self.api("DELETE", f"/{self.name('a', 'dev')}/aliases/Backup"))
        self.promote(code=1)
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.check_invariants()

    def test_a_lease_of_a_promoter_whose_clock_is_wrong_is_no_more_than_a_hint(self):
        for ahead in (-86400, 86400):  # its lease is over already, or lasts for a day
            self.begin(environments=("dev",))
            self.run_killed_at("b-dev/invocations?Qualifier=Smoke", "promote", "--release", "1.1.0")
            for f in self.functions:
                text = self.alias(f, "dev", "Smoke")["Description"]
                self.set_alias(f, "dev", "Smoke", Description=re.sub(r" x=(\d+)", lambda m: f" x={int(m[1]) + ahead}", text))
            self.promote("1.0.0", code=4 if ahead > 0 else 0)
            self.promote("1.1.0")  # the same packages go on, whatever the clocks say
            self.check_sets(0)
            self.check_invariants()

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

    def stage_slowly(self, then=None, **more):
        """The upload of `b` takes so long that `a`, uploaded before, has settled; `then` comes in before a's version."""
        self.begin(environments=("dev",))
        self.memory.updating = True
        done = []

        def slow(method, path, body):
            if method == "PUT" and path.endswith("b-dev/code") and b"DryRun" not in body:
                time.sleep(2.1)
            if method == "POST" and path.endswith("a-dev/versions") and then and not done:
                done.append(1)
                return then()
            return None

        self.proxy.refuse = slow
        self.proxy.log = []
        return self.promote(**more)

    def test_what_has_settled_by_now_is_published_without_another_read(self):
        self.stage_slowly()
        self.assertEqual(self.live("dev"), ["2", "2"])
        reads = [c[1] for c in self.proxy.log if c[0] == "GET" and re.search("/functions/[^/]+$", c[1])]
        self.assertEqual([sum(r.endswith(f + "-dev") for r in reads) for f in self.functions], [1, 2])
        held = ["RevisionId" in json.loads(c[2]) for c in self.proxy.log if c[0] == "POST" and c[1].endswith("/versions")]
        self.assertEqual(held, [False, True])
        self.check_invariants()

    def test_what_had_not_settled_is_read_and_published_after_all(self):
        self.stage_slowly(lambda: (409, "ResourceConflictException", "An update is in progress for resource"))
        self.assertEqual(self.live("dev"), ["2", "2"])

    def test_whatever_someone_changed_before_it_was_published_is_noticed(self):
        change = lambda part, **what: self.api("PUT", f"/{self.name('a', 'dev')}/{part}", what) and None
        for act, words in ((lambda: change("configuration", Timeout=99), "another configuration"),
                           (lambda: change("configuration", Environment={"Variables": {"AB": "b"}}), "another configuration"),
                           (lambda: change("code", ZipFile="UEsFBgAA"), "someone changed $LATEST")):
            self.assertIn(words, self.stage_slowly(act, code=5))
            self.assertEqual(self.live("dev"), ["1", "1"])
            self.check_invariants()

    def test_a_taken_over_lease_takes_back_what_was_left(self):
        self.begin(environments=("dev",))
        self.run_killed_at("b-dev/invocations?Qualifier=Smoke", "promote", "--release", "1.1.0")
        self.promote("1.0.0", code=4)
        for f in self.functions:
            text = self.alias(f, "dev", "Smoke")["Description"]
            self.set_alias(f, "dev", "Smoke", Description=re.sub(r" x=\d+", " x=1", text))
        self.assertIn("first takes back", self.promote("1.0.0"))
        self.check_sets(0)
        self.check_invariants()


if __name__ == "__main__":
    harness.main()
