"""The crash matrix of `restore`: three functions, ended at every call it makes, in every way, and finished by `restore`, `abort` or
`promote`, in the same folder and in a checkout that never saw it, and once more with the finishing run cut as well. See
test_promote_matrix.py for how a cut is made, and what SMOKEGATE_CUTS and SMOKEGATE_SOAK do."""
import json
import os
import re
import shutil
import threading

import harness
import promote_world
from test_promote_matrix import NEW, NOTHING, OLD, Matrix


class Restore(Matrix):
    """`way` is what comes after the cut; `want` where Live is afterwards."""

    environments = ("dev",)
    way = want = None

    def setUp(self):
        super().setUp()
        self.promote("1.1.0")
        self.assertEqual(self.live("dev"), NEW)

    def record(self, *args, **more):
        return super().record(*args or ("restore", "-e", "dev"), **more)

    def title(self):
        return f"crash matrix of restore, {self.way}"

    def args(self):
        return {"restore": ("restore", "-e", "dev"), "abort": ("abort",), "promote": ("promote", "--release", "1.1.0", "--force")}[self.way]

    def judge(self, out, late, busy):
        where = f"{self.where}\n{out}\n{self.story()}"
        states = self.sets()
        self.check_invariants()
        if self.way == "promote" and late and self.held():  # the claim landed when there was nothing left to do
            out = self.run_it(*self.args(), code=0)
            states = self.sets()
            self.check_invariants()
        self.assertEqual(self.held(), [], where)
        if self.way == "abort" and NOTHING.search(out):  # it had not begun, or was done
            self.assertEqual(self.last_code, 0, where)
            return
        self.assertEqual((self.last_code, states), (0, [self.want]), where)


class FinishedByRestore(Restore):
    way, want = "restore", OLD


class FinishedByAbort(Restore):
    way, want = "abort", OLD


class FinishedByPromote(Restore):
    way, want = "promote", NEW


class FromAFreshCheckout(FinishedByRestore):
    """It goes by what Smoke's marks tell of their neighbours' Live."""

    def setUp(self):
        super().setUp()
        shutil.rmtree(os.path.join(self.root, ".smokegate"))

    def title(self):
        return "crash matrix of restore from a fresh checkout"


class Beside(promote_world.MemoryCase):
    """What else is at work meanwhile."""

    environments = ("dev",)
    functions = ("a", "b", "c")

    def test_a_promotion_that_holds_the_set_is_busy(self):
        self.begin_new()
        self.run_killed_at("b-dev/aliases/Live", "promote", "--release", "1.0.0")
        self.assertIn("held by promotion", self.run_it("restore", "-e", "dev", code=4))
        self.assertEqual(self.live("dev"), ["3", "3", "2"])

    def test_a_text_that_leaves_no_room_keeps_nothing_from_going_back(self):
        """Terraform rewrote descriptions since: they are cut rather than Live left where it is."""
        text = "managed by \u00e9quipe " + "\u00e9" * 230
        self.begin_new()
        self.set_alias("b", "dev", "Live", Description=text)
        self.set_alias("a", "dev", "Smoke", Description=text)
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.live("dev"), OLD)
        for f, alias in (("b", "Live"), ("a", "Smoke")):
            mark, kept = self.alias(f, "dev", alias)["Description"].split(" | ")
            self.assertTrue(text.startswith(kept) and 240 < len(mark + " | " + kept) <= 256, kept)
        self.check_invariants()

    def test_what_it_took_off_live_is_on_hold(self):
        """Whoever is paged restores, and the pipeline runs once more: the bad release must not come back by itself."""
        self.begin_new()
        self.run_it("restore", "-e", "dev")
        for command in ("promote", "plan"):
            out = self.run_it(command, "--release", "1.1.0", code=1)
            self.assertIn("dev: `restore` took these packages off Live (version 2 of ", out)
        self.assertEqual(self.live("dev"), OLD)
        status = self.run_it("status")
        self.assertEqual(status.count("put back by `restore` (what it took off is on hold)"), 3, status)
        self.assertIn("dev: what `restore` took off is on hold; to promote those packages again: `smokegate promote --force`\n", status)
        self.promote("1.1.0", "--force")
        self.assertEqual(self.live("dev"), NEW)
        self.assertNotIn("on hold", self.run_it("status"))
        self.check_invariants()

    def test_what_it_took_off_live_holds_nothing_else(self):
        self.begin_new()
        self.run_it("restore", "-e", "dev")
        self.promote("1.0.0")  # what is there now
        self.run_it("promote", "--release", "1.1.0", "--force")
        self.forget()  # b's Live is told of by c's mark, with its packages
        self.run_it("restore", "-e", "dev")
        self.assertIn("took these packages off Live", self.promote(code=1))
        self.write(os.path.join(self.root, "dist", "b-1.1.0.zip"), b"PK\x05\x06 mended" + bytes(18))
        self.promote()  # one function of the set is another
        self.assertEqual(self.live("dev"), ["4", "5", "4"])
        self.check_invariants()

    def test_what_was_forced_after_a_restore_is_gone_on_with(self):
        """The word was given: nobody is left between two versions because the next command does not repeat it."""
        for command in ("resume", "promote"):
            self.begin_new()
            self.run_it("restore", "-e", "dev")
            self.run_killed_at("b-dev/aliases/Live", "promote", "--release", "1.1.0", "--force")
            self.assertEqual(self.live("dev"), ["2", "2", "1"])
            self.assertIn("c: Live 1 -> 2", self.run_it("plan", "--release", "1.1.0"))
            self.run_it(command, "--release", "1.1.0")
            self.assertEqual(self.live("dev"), NEW)
            self.check_invariants()
        self.run_it("restore", "-e", "dev")
        self.run_it("deploy", "-e", "dev", "--release", "1.1.0", "--force")
        self.run_it("run", "-e", "dev", "--report", "outcome=o.json")
        self.run_it("shift", "-e", "dev", "--release", "1.1.0", "--outcome", "o.json")
        self.assertEqual(self.live("dev"), NEW)

    def test_a_hold_above_stops_what_goes_on_below_where_it_would_be_entered(self):
        for taken_off in ("restore", "failure"):
            self.begin(environments=("dev", "stage"), policy={"lease": "6h", "rollback": "current"}, bad_in="stage" if taken_off == "failure" else None)
            self.promote(code=1 if taken_off == "failure" else 0)
            if taken_off == "restore":
                self.run_it("restore", "-e", "stage")
            self.promote("1.0.0", "--to", "dev")
            self.run_killed_at("b-dev/aliases/Live", "promote", "--release", "1.1.0", "--to", "dev")
            self.assertEqual(self.live("dev"), ["4", "4", "3"])
            for command in ("plan", "promote"):
                self.assertRegex(self.run_it(command, "--release", "1.1.0", code=1), "stage: (`restore` took these|these packages failed)")
            self.assertEqual([self.live(e) for e in self.names], [["4"] * 3, OLD], "dev is whole, and nothing entered stage")
            self.assertIn("nobody holds it", self.run_it("plan", "--release", "1.1.0", "--force"))

    def test_a_function_that_was_not_moved_tells_nothing_by_itself(self):
        self.begin_new()
        self.write(os.path.join(self.root, "dist", "b-1.1.0.zip"), b"PK\x05\x06 bad" + bytes(18))
        self.promote()
        self.assertEqual(self.live("dev"), ["2", "3", "2"])
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.live("dev"), ["2", "2", "2"])
        self.assertIn("took these packages off Live", self.promote(code=1))
        self.write(os.path.join(self.root, "dist", "a-1.1.0.zip"), b"PK\x05\x06 other" + bytes(18))
        self.promote()
        self.assertEqual(self.live("dev"), ["3", "3", "2"])

    def test_a_live_that_someone_moves_meanwhile_is_left_alone(self):
        self.begin_new()

        def move(method, path, body):
            if method == "PUT" and path.endswith("a-dev/aliases/Smoke") and not moved:
                moved.append(self.api("POST", f"/{self.name('b', 'dev')}/versions", {}))
                self.api("PUT", f"/{self.name('b', 'dev')}/code", {"ZipFile": "UEsFBgAA"})
                self.api("POST", f"/{self.name('b', 'dev')}/versions", {})
                self.set_alias("b", "dev", "Live", FunctionVersion="3", Description="")

        moved = []
        self.proxy.refuse = move
        self.assertIn("left alone", self.run_it("restore", "-e", "dev", code=5))
        self.assertEqual(self.live("dev"), ["1", "3", "1"])
        self.check_invariants()

    def narrow(self):
        """Calls that are of the narrow quota."""
        return [c[:2] for c in self.proxy.log if "/aliases" in c[1]]

    def test_in_the_folder_that_promoted_only_live_is_written(self):
        self.begin_new()
        self.proxy.log = []
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.live("dev"), OLD)
        self.assertEqual([m for m, _ in self.narrow()], ["GET"] + ["PUT"] * 5)  # the first's aliases, its claim, Live, the release

    def forget(self):
        """From here on it is a checkout that never saw the promotion."""
        shutil.rmtree(os.path.join(self.root, ".smokegate"))

    def test_from_a_fresh_checkout_every_second_live_is_written_without_reading_it(self):
        """Smoke of the function behind it tells at which revision it was left."""
        self.begin_new()
        self.forget()
        before = len(self.narrow())
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.live("dev"), OLD)
        self.assertEqual([path.split("/")[3] for m, path in self.narrow()[before:] if m == "GET"], [self.name("a", "dev"), self.name("c", "dev")])
        self.check_invariants()
        self.forget()
        before = len(self.narrow())
        self.assertIn("nothing", self.run_it("restore", "-e", "dev"))  # what was restored tells nothing of its neighbours
        self.assertEqual(len([m for m, _ in self.narrow()[before:] if m == "GET"]), 3)

    def test_a_neighbour_s_hint_that_is_wrong_costs_a_read_and_no_more(self):
        """Of b, which c tells of."""
        stale = "lsp1 p={p} s=live o=1 n=2 h={h} x=0 k=1 w=0"
        for wrong, reads in (
                (lambda: self.set_alias("b", "dev", "Live", Description="mine"), ["/aliases", "/aliases", "/aliases/Live"]),
                (lambda: self.set_alias("b", "dev", "Live", FunctionVersion="1"), ["/aliases"] * 3),
                (lambda: self.set_alias("b", "dev", "Smoke", FunctionVersion="1"), ["/aliases"] * 3),
                (lambda: self.set_alias("b", "dev", "Backup", FunctionVersion="2"), ["/aliases"] * 3),
                (lambda: self.set_alias("c", "dev", "Live", Description="mine"), ["/aliases"] * 3),
                (lambda: self.set_alias("c", "dev", "Smoke", Description=stale.format(**promote_world.mark_of(
                    self.alias("c", "dev", "Smoke")["Description"])) + " r=not/a/revision"), ["/aliases"] * 3),
                (lambda: self.set_alias("a", "dev", "Live", Description="mine"), ["/aliases"] * 3)):
            self.begin_new()
            self.forget()
            wrong()
            seen = {f: self.alias(f, "dev", "Live")["Description"] for f in self.functions}
            backup = self.alias("b", "dev", "Backup")["FunctionVersion"]
            self.proxy.log = []
            self.run_it("restore", "-e", "dev")
            self.assertEqual(self.live("dev"), [OLD[0], backup, OLD[2]])
            self.assertEqual([re.sub(".*(?=/aliases)", "", path) for method, path in self.narrow() if method == "GET"], reads)
            for f, text in seen.items():
                if text == "mine":
                    self.assertTrue(self.alias(f, "dev", "Live")["Description"].endswith(" | mine"))

    def test_nothing_is_told_of_a_live_with_a_text_of_the_user_s(self):
        """A write on condition of its revision alone would lose it."""
        self.begin(policy={"lease": "6h"})
        self.set_alias("b", "dev", "Live", Description="orders, by hand")
        self.promote()
        self.assertNotIn(" r=", self.alias("c", "dev", "Smoke")["Description"])
        self.assertIn(f" r={self.alias('c', 'dev', 'Live')['RevisionId']}/", self.alias("a", "dev", "Smoke")["Description"])
        self.forget()
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.live("dev"), OLD)
        self.assertTrue(self.alias("b", "dev", "Live")["Description"].endswith(" | orders, by hand"))

    def test_lives_go_back_side_by_side(self):
        """Each of the three waits until all are on their way."""
        self.begin_new()
        barrier = threading.Barrier(3)
        self.proxy.refuse = lambda method, path, body: (
            barrier.wait(20) and None if method == "PUT" and path.endswith("/aliases/Live") else None)
        self.run_it("restore", "-e", "dev")
        self.assertFalse(barrier.broken)
        self.assertEqual(self.live("dev"), OLD)
        journal, = (os.path.join(base, name) for base, _, names in os.walk(os.path.join(self.root, ".smokegate"))
                    for name in names if name == "journal.jsonl" and "restore" in open(os.path.join(base, name)).read())
        with open(journal, encoding="utf-8") as f:
            lines = [json.loads(line) for line in f if '"alias":"Live"' in line]
        self.assertEqual([line["event"] for line in lines], ["intent"] * 3 + ["done"] * 3)  # told before they went out

    def test_a_hint_that_is_wrong_costs_a_read_and_no_more(self):
        """Somebody's own text in Live's description, another version on Live, a Smoke that is staged: each is seen."""
        for wrong, reads in ((lambda: self.set_alias("b", "dev", "Live", Description="mine"), ["/aliases", "/aliases/Live"]),
                             (lambda: self.set_alias("b", "dev", "Live", FunctionVersion="1"), ["/aliases", "/aliases"]),
                             (lambda: self.set_alias("b", "dev", "Smoke", FunctionVersion="1"), ["/aliases", "/aliases"]),
                             (lambda: self.set_alias("a", "dev", "Live", Description="mine"), ["/aliases"] * 3)):
            self.begin_new()
            wrong()
            mine = self.alias("b", "dev", "Live")["Description"]
            self.proxy.log = []
            self.run_it("restore", "-e", "dev")
            self.assertEqual(self.live("dev"), OLD)
            self.assertEqual([re.sub(".*(?=/aliases)", "", path) for method, path in self.narrow() if method == "GET"], reads)
            if mine == "mine":
                self.assertTrue(self.alias("b", "dev", "Live")["Description"].endswith(" | mine"))

    def test_a_backup_that_someone_moved_since_is_what_counts(self):
        self.begin_new()
        self.api("PUT", f"/{self.name('b', 'dev')}/code", {"ZipFile": "UEsFBgAA"})
        self.api("POST", f"/{self.name('b', 'dev')}/versions", {})
        self.set_alias("b", "dev", "Backup", FunctionVersion="3")
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.live("dev"), ["1", "3", "1"])

    def test_what_cannot_be_written_is_dirty_stays_claimed_and_can_be_finished(self):
        self.begin_new()
        self.proxy.refuse = lambda method, path, body: (
            (403, "AccessDeniedException", "not authorized") if method == "PUT" and path.endswith("b-dev/aliases/Live") else None)
        self.assertIn("could not be restored", self.run_it("restore", "-e", "dev", code=6))
        self.assertEqual(self.live("dev"), ["1", "2", "1"])
        self.assertIn("held by promotion", self.promote("1.0.0", code=4))  # a mixed set is nothing to go on from
        self.proxy.refuse = None
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.live("dev"), OLD)
        self.check_invariants()

    def test_by_force_over_a_promotion_every_live_is_fenced_or_moved(self):
        self.begin_new()
        self.run_killed_at("b-dev/aliases/Live", "promote", "--release", "1.0.0")
        before = [self.alias(f, "dev", "Live")["RevisionId"] for f in self.functions]
        self.run_it("restore", "-e", "dev", "--force")
        after = [self.alias(f, "dev", "Live")["RevisionId"] for f in self.functions]
        self.assertEqual(len({*before, *after}), 6)  # no write decided before can be applied any more
        self.assertEqual(self.live("dev"), NEW)


if __name__ == "__main__":
    harness.main()
