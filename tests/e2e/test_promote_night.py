"""What is typed at night, in a world that others have touched: restore and abort put back whole sets, or say what they leave."""
import os
import re
import time

import harness
import promote_world

OLD, NEW = ["1"] * 3, ["2"] * 3


class Night(promote_world.MemoryCase):
    environments = ("dev",)
    functions = ("a", "b", "c")

    def test_a_promotion_that_moves_nothing_leaves_backup_as_it_is(self):
        """$LATEST was edited by hand, or Smoke deleted, and the same release promoted again: there is still something to go back to."""
        for disturb in (lambda: self.api("PUT", f"/{self.name('a', 'dev')}/code", {"ZipFile": "UEsFBg=="}),
                        lambda: self.api("DELETE", f"/{self.name('a', 'dev')}/aliases/Smoke")):
            self.begin_new()
            disturb()
            self.promote()
            self.assertEqual([self.alias(f, "dev", "Backup")["FunctionVersion"] for f in self.functions], OLD)
            self.check_invariants()
            self.assertNotIn("someone", self.run_it("status"))
            self.assertNotIn("someone", self.run_it("restore", "-e", "dev"))
            self.assertEqual(self.live("dev"), OLD)
            self.check_invariants()

    def test_a_backup_that_a_promotion_wrote_was_moved_by_nobody(self):
        """It was killed before Live moved: Backup is where Live is, and who did that is known."""
        self.begin_new()
        self.run_killed_at("c-dev/aliases/Backup", "promote", "--release", "1.0.0")
        for args in (("status",), ("restore", "-e", "dev", "--force")):
            self.assertNotIn("someone", self.run_it(*args))

    def check_one_version(self, where):
        self.run_it("restore", "-e", "dev", "--force")
        self.assertEqual(len(set(self.live("dev"))), 1, f"a mixed set {self.live('dev')}: {where}\n{self.story()}")
        self.check_invariants()

    def test_restore_whatever_a_promotion_was_at_leaves_one_version(self):
        """Its process is dead, at any call of its way on or back, and whoever is paged may see this environment only."""
        self.begin_new()
        before = self.proxy.calls
        self.promote("1.0.0")
        total = self.proxy.calls - before
        for cut in range(1, total + 1):
            self.begin_new()
            self.assertTrue(self.run_cut(cut, promote_world.APPLIED, "promote", "--release", "1.0.0"))
            self.check_one_version(f"promote, call {cut}")
        for stopped_at in ("c-dev/aliases/Backup", "b-dev/aliases/Live", "c-dev/aliases/Live"):
            for cut in range(1, 100):
                self.begin_new()
                self.run_killed_at(stopped_at, "promote", "--release", "1.0.0")
                if not self.run_cut(cut, promote_world.APPLIED, "abort"):
                    break
                self.check_one_version(f"promote at {stopped_at}, abort, call {cut}")
            self.assertGreater(cut, 8)

    def test_backups_that_were_being_written_are_taken_back_before_restore_goes_by_them(self):
        for stopped_at, want in (("a", OLD), ("b", OLD), ("c", NEW)):
            self.begin_new()
            self.run_killed_at(stopped_at + "-dev/aliases/Backup", "promote", "--release", "1.0.0")
            out = self.run_it("restore", "-e", "dev", "--force")
            self.assertEqual("first takes back what promotion" in out, want == OLD, out)
            self.assertEqual(self.live("dev"), want)

    def test_the_repair_by_hand_of_a_restore_is_what_restore_would_have_done(self):
        """Backup is what counts, not where the last promotion had Live before: pasting that would make a mixture."""
        self.begin_new()
        self.promote("1.0.0")
        for f in self.functions:
            self.set_alias(f, "dev", "Backup", FunctionVersion="1")
        self.proxy.refuse = lambda m, path, body: (403, "AccessDeniedException", "no") if m == "PUT" and path.endswith("b-dev/aliases/Live") else None
        out = self.run_it("restore", "-e", "dev", code=6)
        self.assertEqual(self.live("dev"), ["1", "3", "1"])
        self.assertIn("b-dev:Live is on version 3, and is to go to version 1\n", out)
        self.assertIn("--name Live --function-version 1 --routing-config", out)
        self.proxy.refuse = None
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.live("dev"), OLD)

    def test_a_live_whose_line_cannot_be_read_is_told_where_it_was_seen(self):
        self.begin_new()
        self.set_alias("b", "dev", "Live", Description="lsp1 garbled")
        out = self.run_it("restore", "-e", "dev", code=6)
        self.assertIn("b-dev:Live is on version 2, as it was last seen: it cannot be looked at", out)
        self.assertIn('remove everything up to " | "', out)
        self.set_alias("b", "dev", "Live", Description="")
        self.run_it("restore", "-e", "dev")  # as it says
        self.assertEqual(self.live("dev"), OLD)

    def test_an_audit_keeps_no_set_between_two_versions(self):
        """It was clean when the promotion began; what it says now counts for the next one."""
        self.begin(policy={"audit": "fail"})
        self.run_killed_at("b-dev/aliases/Live", "promote", "--release", "1.1.0")
        self.assertEqual(self.live("dev"), ["2", "2", "1"])
        self.proxy.refuse = lambda m, path, body: (403, "AccessDeniedException", "no") if "/policy" in path else None
        self.run_it("plan", "--release", "1.1.0")
        self.assertIn("the audit could not be made", self.promote())
        self.assertEqual(self.live("dev"), NEW)
        self.check_invariants()
        self.promote("1.0.0", code=7)
        self.assertEqual(self.live("dev"), NEW)

    def test_an_audit_that_is_interrupted_is_no_audit(self):
        self.begin(policy={"audit": "fail"})
        process = self.start("promote", "--release", "1.1.0")

        def strike(method, path, body):
            if "/policy" in path and not struck:
                struck.append(process.terminate())
                time.sleep(0.5)

        struck = []
        self.proxy.refuse = strike
        out = process.communicate(timeout=60)[0]
        self.assertTrue(struck)
        self.assertEqual(process.returncode, 143, out)
        self.assertEqual(self.live("dev"), OLD)

    def test_a_function_that_the_release_made_keeps_nobody_from_going_back(self):
        self.begin(environments=("dev",))
        self.functions = ("a", "b", "c", "d")
        self.addCleanup(lambda: setattr(self, "functions", type(self).functions))
        self.create(self.name("d", "dev"), False)
        self.edit(lambda p: p["functions"].update(d={**p["functions"]["a"]}))
        self.promote()
        self.assertEqual(self.live("dev"), ["2", "2", "2", "1"])
        out = self.run_it("restore", "-e", "dev")
        self.assertIn("d: no Backup: there was no Live before; it stays on version 1", out)
        self.assertEqual(self.live("dev"), ["1", "1", "1", "1"])
        self.api("DELETE", f"/{self.name('a', 'dev')}/aliases/Backup")  # that is another matter
        self.assertIn("no version is guessed", self.run_it("restore", "-e", "dev", code=3))

    def test_a_backup_that_someone_moved_is_told_and_one_on_latest_refused(self):
        self.begin_new()
        self.set_alias("b", "dev", "Backup", FunctionVersion="$LATEST")
        out = self.run_it("restore", "-e", "dev", code=3)
        self.assertIn("Backup is on $LATEST, which is no version to go back to", out)
        self.assertEqual(self.live("dev"), NEW)
        self.set_alias("b", "dev", "Backup", FunctionVersion="2")
        out = self.run_it("restore", "-e", "dev")
        self.assertIn("b: someone moved Backup: it is on version 2, and the last promotion moved Live on from version 1", out)
        self.assertEqual(self.live("dev"), ["1", "2", "1"])

    def test_a_live_whose_smoke_somebody_deleted_goes_back_as_well(self):
        for disturb in (lambda f: self.api("DELETE", f"/{self.name(f, 'dev')}/aliases/Smoke"),
                        lambda f: self.set_alias(f, "dev", "Smoke", Description="managed by Terraform", FunctionVersion="1")):
            for f in self.functions:
                for command, code, want in ((("abort",), 0, OLD), (("promote", "--release", "1.0.0"), 0, None)):
                    self.begin(environments=("dev",), policy={"lease": "30s"})
                    self.run_killed_at("c-dev/aliases/Live", "promote", "--release", "1.1.0")
                    disturb(f)
                    if want is None:  # it takes back what is left, when the lease is over
                        for g in self.functions:
                            text = (self.alias(g, "dev", "Smoke") or {}).get("Description", "")
                            if " x=" in text:
                                self.set_alias(g, "dev", "Smoke", Description=re.sub(r" x=[1-9]\d*", " x=1", text))
                    out = self.run_it(*command, code=code)
                    self.assertEqual(len(set(self.live("dev"))), 1, out + self.story())
                    if want:
                        self.assertEqual(self.live("dev"), want, out)
                    self.check_invariants()

    def test_abort_in_a_checkout_that_knows_fewer_functions_says_so(self):
        self.begin(environments=("dev",))
        self.run_killed_at("c-dev/aliases/Live", "promote", "--release", "1.1.0")
        with open(os.path.join(self.root, "smokegate.json"), encoding="utf-8") as f:
            whole = f.read()
        self.edit(lambda p: p["functions"].pop("c"))
        out = self.run_it("abort", code=6)
        self.assertIn("passed with other functions than this project file knows of", out)
        self.assertEqual(self.live("dev"), ["1", "1", "2"])
        self.write(os.path.join(self.root, "smokegate.json"), whole)
        self.run_it("abort")
        self.assertEqual(self.live("dev"), OLD)
        self.begin(environments=("dev",))  # one that the promotion did not know is no matter
        self.run_killed_at("c-dev/aliases/Live", "promote", "--release", "1.1.0")
        self.create(self.name("d", "dev"), True)
        self.edit(lambda p: p["functions"].update(d={**p["functions"]["a"]}))
        self.run_it("abort")
        self.assertEqual(self.live("dev"), OLD)
        self.check_invariants()


if __name__ == "__main__":
    harness.main()
