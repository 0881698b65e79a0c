"""Someone else's hand, at every call of a promotion: what they did is left alone and told, and nothing of ours is half done.

SMOKEGATE_CUTS=N tries every N-th call only, for a shorter edit loop."""
import base64
import hashlib
import os

import harness
import promote_world

STRIDE = int(os.environ.get("SMOKEGATE_CUTS") or 1)
FOREIGN = b"PK\x05\x06foreign" + bytes(15)


class Hands(promote_world.MemoryCase):
    environments = ("dev",)
    def begin(self, policy=None, **world):
        """Without the cases on Live: where it was moved meanwhile they wait half a minute for it to follow."""
        return super().begin(policy={"verify_live": False, **(policy or {})}, **world)

    def calls_of(self, **world):
        self.begin(**world)
        self.promote(code=None)
        return self.proxy.calls

    def interfere(self, at, act, **world):
        """`act` happens before call number `at`; returns what was claimed of b then, and what was said."""
        self.begin(**world)
        state = {}

        def strike():
            smoke = self.alias("b", "dev", "Smoke")
            mark = promote_world.mark_of(smoke["Description"]) if smoke else None
            live = self.alias("b", "dev", "Live")
            state.update(claimed=bool(mark and mark["x"] != "0"), done=bool(mark and mark["x"] == "0"),
                         live=(live["FunctionVersion"], live.get("RoutingConfig")))
            act()

        self.proxy.before = {at: strike}
        out = self.promote(code=(0, 1, 3, 5, 6))
        self.proxy.before = {}
        self.assertTrue(state, "it came so far")
        self.check_invariants()
        return state, out

    def foreign_version(self):
        """A version of b that nobody of ours knows; its number."""
        f = self.name("b", "dev")
        before = self.api("GET", f"/{f}/configuration")["CodeSha256"]
        versions = self.memory.functions[f]
        saved = versions["versions"]["$LATEST"]
        self.api("PUT", f"/{f}/code", {"ZipFile": base64.b64encode(FOREIGN).decode()})
        number = self.api("POST", f"/{f}/versions", {})["Version"]
        versions["versions"]["$LATEST"] = saved  # as it was, its revision too: the hand is on the alias alone
        self.assertEqual(self.api("GET", f"/{f}/configuration")["CodeSha256"], before)
        return number

    def sweep(self, name, act, check, stride=1, **world):
        """`stride`: where cases wait half a minute for an alias to follow, not every call is tried."""
        tried = {}
        for at in range(1, self.calls_of(**world) + 1, STRIDE * stride):
            with self.subTest(name, at=at):
                self.theirs = None
                state, out = self.interfere(at, act, **world)
                tried[self.last_code] = tried.get(self.last_code, 0) + 1
                check(state, out)
                if self.last_code != 0:
                    self.assertEqual(self.live("dev")[0], "1", "what is ours is taken back")
        print(f"proof: {name}: 0 overrun of {sum(tried.values())} ({', '.join(f'exit {c}: {n}' for c, n in sorted(tried.items()))})")
        return tried

    # ---- Live ----

    def move_live(self):
        self.theirs = self.foreign_version()
        self.set_alias("b", "dev", "Live", FunctionVersion=self.theirs, RoutingConfig={"AdditionalVersionWeights": {}})

    def live_is_theirs(self, state, out):
        if state["claimed"] or state["done"]:
            self.assertEqual(self.live("dev")[1], self.theirs, out + self.story())
        if state["claimed"] and self.last_code == 0:  # it came after the last look at Live
            self.assertIn("release", out)
        if self.last_code == 0 and not state["claimed"] and not state["done"]:
            self.assertEqual(self.alias("b", "dev", "Backup")["FunctionVersion"] if self.live("dev")[1] != self.theirs else self.theirs, self.theirs)
        if self.last_code == 5:
            self.assertRegex(out, r"b-dev:Live was changed by someone else|b-dev: someone moved Live|b-dev:Live serves version")

    def test_live_moved(self):
        tried = self.sweep("Live moved", self.move_live, self.live_is_theirs)
        self.assertGreater(tried[5], 10 // STRIDE)

    def test_live_moved_while_the_cases_run_on_it(self):
        self.begin(policy={"verify_live": True})
        done = []

        def interfere(method, path, body):
            if path.endswith("/invocations?Qualifier=Live") and not done:
                done.append(self.move_live())

        self.proxy.refuse = interfere
        self.promote(code=5)
        self.assertEqual(self.live("dev"), ["1", self.theirs])

    def test_live_moved_while_it_fails(self):
        self.sweep("Live moved, cases failing", self.move_live, self.live_is_theirs, bad_in="dev")

    def set_weights(self):
        self.theirs = {"AdditionalVersionWeights": {self.foreign_version(): 0.3}}
        self.set_alias("b", "dev", "Live", RoutingConfig=self.theirs)

    def weights_are_theirs(self, state, out):
        if state["claimed"] or state["done"]:
            self.assertEqual(self.alias("b", "dev", "Live").get("RoutingConfig"), self.theirs, out + self.story())
        if self.last_code in (3, 5) and not state["done"]:
            self.assertRegex(out, r"b-dev:Live was changed by someone else|b-dev: Live sends a part of its traffic|b-dev: someone moved Live")

    def test_weights_set_on_live(self):
        self.sweep("weights set on Live", self.set_weights, self.weights_are_theirs)

    def test_weights_set_on_live_in_weighted_steps(self):
        self.sweep("weights set on Live in weighted steps", self.set_weights, self.weights_are_theirs, stride=5,
                   shift={"steps": [{"weight": 0.1, "hold": "0s"}, {"weight": 0.5, "hold": "0s"}]})

    # ---- $LATEST ----

    def edit_latest(self):
        self.api("PUT", f"/{self.name('b', 'dev')}/code", {"ZipFile": base64.b64encode(FOREIGN).decode()})

    def foreign_code_never_serves(self, state, out):
        live = self.api("GET", f"/{self.name('b', 'dev')}/configuration?Qualifier=Live")
        sha = base64.b64encode(hashlib.sha256(FOREIGN).digest()).decode()
        self.assertNotEqual(live["CodeSha256"], sha, out)
        if self.last_code == 5:
            self.assertIn("someone changed $LATEST", out)
        elif self.last_code == 0:
            self.assertEqual(self.live("dev")[0], "2")

    def test_latest_edited(self):
        tried = self.sweep("$LATEST edited", self.edit_latest, self.foreign_code_never_serves)
        self.assertLessEqual(set(tried), {0, 5})

    # ---- Backup, Smoke ----

    def delete_backup(self):
        if self.alias("b", "dev", "Backup"):
            self.api("DELETE", f"/{self.name('b', 'dev')}/aliases/Backup")

    def test_backup_deleted(self):
        def check(state, out):
            self.assertIn(self.last_code, (0, 5))
            if self.last_code == 5:
                self.assertIn("Backup was changed by someone else: version (none)", out)
            elif not self.alias("b", "dev", "Backup"):
                self.assertEqual(state["live"][0], "2", "deleted before Live moved, and nobody said so")

        self.assertIn(5, self.sweep("Backup deleted", self.delete_backup, check))

    def test_backup_deleted_while_it_fails(self):
        def check(state, out):
            self.assertEqual((self.last_code, self.live("dev")), (1, ["1", "1"]), out)

        self.sweep("Backup deleted, cases failing", self.delete_backup, check, bad_in="dev")

    def move_smoke(self):
        self.theirs = self.foreign_version()
        if self.alias("b", "dev", "Smoke"):
            self.set_alias("b", "dev", "Smoke", FunctionVersion=self.theirs)

    def test_smoke_moved(self):
        def check(state, out):
            self.assertNotEqual(self.live("dev")[1], self.theirs, "what was not tested never serves")
            if self.last_code == 0:
                self.assertEqual(self.live("dev"), ["2", "2"] if self.theirs != "2" else ["2", "3"])

        self.sweep("Smoke moved", self.move_smoke, check, stride=3)


if __name__ == "__main__":
    harness.main()
