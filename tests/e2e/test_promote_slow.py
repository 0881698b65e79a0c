"""Live that takes time to follow: provisioned concurrency on its way, and versions that sleep."""
import json

import harness
import promote_world


class Provisioned(promote_world.MemoryCase):
    environments = ("dev",)

    def begin(self, seconds=3, **more):
        root = super().begin(**more)
        for f in self.functions:
            self.memory.provision(self.name(f, "dev"), "Live", 5)
        self.memory.provision_s = seconds
        return root

    def live_writes(self, function="a"):
        return [json.loads(c[2]) for c in self.proxy.log if c[0] == "PUT" and c[1].endswith(f"{function}-dev/aliases/Live") and c[3] == 200]

    def test_a_flip_waits_until_it_has_followed_and_its_weights_are_nobodys(self):
        self.begin()
        self.promote("1.1.0", "--junit", "r.xml")
        self.assertEqual(self.live("dev"), ["2", "2"])
        self.assertEqual([len(self.live_writes(f)) for f in self.functions], [1, 1], "written once, not again because of weights")
        self.check_invariants()

    def test_taking_back_does_not_wait(self):
        self.begin(seconds=60, bad_in="dev", policy={"verify_live": False})
        self.promote(code=1)
        self.assertEqual(self.live("dev"), ["1", "1"])

    def test_a_flip_that_fails_on_live_goes_back_over_weights_of_lambdas_own(self):
        self.begin()
        seen = []

        def refuse(method, path, body):
            if path.endswith("b-dev/aliases/Live") and method == "PUT":
                seen.append(path)
                if len(seen) == 1:
                    return 403, "AccessDeniedException", "not authorized"
            return None

        self.proxy.refuse = refuse
        self.promote(code=3)
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.memory.provision_s = 0
        self.promote()
        self.check_invariants()

    def test_concurrency_that_cannot_be_had_is_taken_back_with_the_reason(self):
        self.begin(seconds=1)
        self.memory.provision_fails = True
        out = self.promote(code=3)
        self.assertIn("a-dev:Live: its provisioned concurrency could not be had: the account has no concurrency left", out)
        self.assertEqual(self.live("dev"), ["1", "1"])

    def test_killed_while_it_follows_the_next_run_goes_on(self):
        self.begin()
        self.promote()
        cut = [i for i, c in enumerate(self.proxy.log) if c[0] == "PUT" and c[1].endswith("b-dev/aliases/Live")][0] + 1
        self.begin()
        self.run_cut(cut, promote_world.APPLIED, "promote", "--release", "1.1.0")
        self.assertNotIn("second version", self.run_it("status"))
        self.run_it("resume", "--release", "1.1.0")
        self.assertEqual(self.live("dev"), ["2", "2"])
        self.check_invariants()

    def test_weights_of_someone_else_are_still_someone_elses(self):
        self.begin(seconds=0)
        self.promote()
        self.set_alias("a", "dev", "Live", RoutingConfig={"AdditionalVersionWeights": {"1": 0.5}})
        self.assertIn("smokegate did that", self.promote("1.0.0", code=3))


class Asleep(promote_world.MemoryCase):
    environments = ("dev",)

    def begin(self):
        super().begin()
        self.promote()
        name = self.name("a", "dev")
        versions = self.memory.functions[name]["versions"]
        versions["1"] = {**versions["1"], "State": "Inactive", "StateReasonCode": "Idle", "StateReason": "The function is idle"}

    def wakes(self):
        return [(c[3], c[2]) for c in self.proxy.log[self.before:] if "/invocations" in c[1]]

    def test_restore_warns_moves_live_all_the_same_and_wakes_it(self):
        self.begin()
        self.before = len(self.proxy.log)
        out = self.run_it("restore", "-e", "dev")
        self.assertIn("a: version 1 sleeps (Inactive, The function is idle)", out)
        self.assertIn("a: version 1 was woken and is Pending", out)
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.assertEqual(self.wakes(), [(409, b"{}")], "what sleeps is called once, what does not is not")

    def test_whoever_may_not_invoke_or_look_restores_all_the_same(self):
        for end, words in (("/invocations?Qualifier=Live", "could not be woken"), ("a-dev?Qualifier=1", "is not known")):
            self.begin()
            self.proxy.refuse = lambda m, p, b, end=end: (403, "AccessDeniedException", "denied") if p.endswith(end) else None
            self.assertIn(words, self.run_it("restore", "-e", "dev"))
            self.assertEqual(self.live("dev"), ["1", "1"])

    def test_what_a_caller_woke_meanwhile_is_left_in_peace(self):
        self.begin()
        self.before = len(self.proxy.log)
        versions = self.memory.functions[self.name("a", "dev")]["versions"]

        def awake(method, path, body):
            if method == "PUT" and path.endswith("a-dev/aliases/Live"):
                versions["1"] = {**versions["1"], "State": "Active"}

        self.proxy.refuse = awake
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.wakes(), [])


if __name__ == "__main__":
    harness.main()
