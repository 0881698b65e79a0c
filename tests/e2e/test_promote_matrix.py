"""The crash matrix: a promotion of three functions through three environments, ended at every call it makes, in every way, and
finished by `promote`, `resume` or `abort`, in the same folder and in a checkout that never saw it, and once more with the
finishing run cut as well.

What a process that was killed leaves behind is what the service holds and what is in its folder. Both are kept at every call of
one whole run, so that a cut is a return to that moment, without the calls before it; cuts that leave the very same (before and
after a read) are finished once and counted each. Snapshots proves, with SIGKILL, that a kill leaves what was kept.

SMOKEGATE_CUTS=N takes every N-th moment only, for a shorter edit loop. SMOKEGATE_SOAK=1 kills at each cut and takes nothing
together: `./dev soak promote`. SMOKEGATE_LATE=1 lands every call's late request at each of the finishing run's."""
import os
import re
import shutil

import harness
import promote_world
from promote_world import APPLIED, BEFORE, LATE, REPLIED

STRIDE = int(os.environ.get("SMOKEGATE_CUTS") or 1)
SOAK = bool(os.environ.get("SMOKEGATE_SOAK"))
WHOLE = SOAK or bool(os.environ.get("SMOKEGATE_LATE"))
OLD, NEW = ["1"] * 3, ["2"] * 3
NOTHING = re.compile("nothing to (abort|resume)")


class Moment:
    """What is left when the process ends there; `cuts` are the (call, kind) that leave it."""

    def __init__(self, service, folder, log):
        self.service, self.folder, self.log = service, folder, log
        self.cuts = []
        self.pending = None  # (method, path, body) still on its way, for LATE

    def key(self):
        revisions = [v["RevisionId"] for f in self.service.values() for v in f["versions"].values()]
        revisions += [h[-1][1]["RevisionId"] for f in self.service.values() for h in f["aliases"].values()]
        return tuple(revisions), tuple(sorted(self.folder.items())), self.pending


class World(promote_world.MemoryCase):
    functions = ("a", "b", "c")
    bad_in = None  # the environment in which a case fails

    def setUp(self):
        super().setUp()
        self.begin(bad_in=self.bad_in, policy={"lease": "6h"})
        self.other = self.root + "-elsewhere"
        shutil.copytree(self.root, self.other)

    # ---- one whole run, kept moment by moment ----

    def record(self, *args, code=0):
        self.recorded = args or ("promote", "--release", "1.1.0")
        self.start_state, self.start_log = self.memory.state(), list(self.proxy.log)
        self.proxy.reset()
        before, applied = {}, {}

        def keep(when, number, method, path, body):
            moment = Moment(self.memory.state(), self.folder(), len(self.proxy.log))
            if when == "before":
                before[number] = moment
                moment.request = (method, path, body)
            else:
                applied[number] = moment

        self.proxy.watch, self.proxy.one_by_one = keep, True
        self.run_it(*self.recorded, code=1 if self.bad_in else code)
        self.proxy.watch, self.proxy.one_by_one = None, False
        self.calls = self.proxy.calls
        before[self.calls + 1] = Moment(self.memory.state(), self.folder(), len(self.proxy.log))
        self.whole_log = list(self.proxy.log)
        self.assertEqual(sorted(before)[:-1], sorted(applied))
        moments = {}
        for number in range(1, self.calls + 1):
            for kind, at in ((BEFORE, before[number]), (APPLIED, applied[number]), (REPLIED, before[number + 1]),
                             (LATE, self.late(before[number]))):
                moments.setdefault(at.key() if not SOAK else (number, kind), at).cuts.append((number, kind))
        return list(moments.values())

    @staticmethod
    def late(at):
        method, path, body = at.request
        late = Moment(at.service, at.folder, at.log)
        if method != "GET" and "/invocations" not in path:  # of a read that lands late nothing is left
            late.pending = at.request
        return late

    def folder(self):
        kept, top = {}, os.path.join(self.root, ".smokegate")
        for base, _, names in os.walk(top):
            for name in names:
                with open(os.path.join(base, name), "rb") as f:
                    kept[os.path.relpath(os.path.join(base, name), top)] = f.read()
        return kept

    # ---- back to a moment ----

    def go_to(self, moment, number, kind):
        for root in (self.root, self.other):
            shutil.rmtree(os.path.join(root, ".smokegate"), ignore_errors=True)
        self.proxy.reset()
        if SOAK and kind != LATE:
            self.memory.put_back(self.start_state)
            self.proxy.log = list(self.start_log)
            self.run_cut(number, kind, *self.recorded)
            return
        self.memory.put_back(moment.service)
        self.proxy.log = self.whole_log[:moment.log]
        for name, data in moment.folder.items():
            path = os.path.join(self.root, ".smokegate", name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(data)

    def land(self, request):
        """A request of the dead process arrives after all."""
        method, path, body = request
        status, headers, _ = self.memory.handle(method, path, body)
        self.proxy.log.append((method, path, body, status, headers))

    # ---- afterwards ----

    def sets(self):
        states = self.check_sets(0)
        for state in states:
            self.assertIn(state, (OLD[:len(self.functions)], NEW[:len(self.functions)]), self.story())
        return states

    def held(self):
        marks = [promote_world.mark_of((self.alias(f, e, "Smoke") or {}).get("Description")) for e in self.names for f in self.functions]
        return [m for m in marks if m and m["x"] != "0"]


class Matrix(World):
    way = None  # the command that finishes

    def title(self):
        return f"crash matrix, {'failing' if self.bad_in else 'passing'}, {self.way}"

    def args(self):
        return (self.way,) if self.way == "abort" else (self.way, "--release", "1.1.0")

    def finish(self, elsewhere, late=None, landing=None):
        """Runs what comes after the cut; `late` lands before call number `landing`, or after the end. Returns its calls."""
        cwd = self.other if elsewhere else self.root
        busy = False
        self.proxy.reset()
        if late and landing:
            self.proxy.before[landing] = lambda: self.land(late)
        out = self.run_it(*self.args(), code=None, cwd=cwd)
        calls = self.proxy.calls
        landed = late and landing and landing not in self.proxy.before
        if late and not landed:
            self.proxy.before = {}
            self.land(late)
        if late and self.last_code in (4, 5):  # the dead one's request came between: said so, and nothing mixed
            busy = True
            self.sets()
            out = self.run_it(*self.args(), code=None, cwd=cwd)
        if late and self.way == "abort" and self.held():
            # A first claim landed when abort had found nothing to fence: it holds until abort, or the lease's end.
            self.sets()
            out = self.run_it("abort", code=0, cwd=cwd)
        self.judge(out, bool(late), busy)
        return calls

    def judge(self, out, late, busy):
        where = f"{self.where}\n{out}\n{self.story()}"
        states = self.sets()
        self.check_invariants()
        if self.way == "resume" and late and self.held() and NOTHING.search(out):
            out = self.run_it("resume", "--release", "1.1.0", code=None)  # as above: a claim that landed later
            states = self.sets()
        self.assertEqual(self.held(), [], where)
        new = [s[0] == NEW[0] for s in states]
        if self.way != "promote" and NOTHING.search(out):  # nothing was under way: as it was at the cut, sets whole
            self.assertEqual(self.last_code, 0 if self.way == "abort" else 3, where)
            self.assertEqual(new, sorted(new, reverse=True), where)
        elif self.way == "abort":
            self.assertEqual((self.last_code, new), (0, [False] * 3), where)
        elif self.bad_in:
            self.assertEqual((self.last_code, new), (1, [False] * 3), where)
        else:
            self.assertEqual((self.last_code, new), (0, [True] * 3), where)

    def cut_again(self, elsewhere, calls, serial):
        """The finishing run is killed too, at another call each time, and then run once more."""
        number, kind = 1 + serial * 7 % max(calls, 1), (BEFORE, APPLIED, REPLIED)[serial % 3]
        self.where += f"; again at call {number} {kind}"
        self.run_cut(number, kind, *self.args(), cwd=self.other if elsewhere else self.root)
        self.finish(elsewhere)

    def try_one(self, moment, serial, elsewhere, landing=None, again=False):
        number, kind = moment.cuts[0]
        self.where = f"cut at call {number} of {self.calls} {kind}, {self.way}, {'elsewhere' if elsewhere else 'same folder'}" \
                     + (f", it lands before call {landing}" if landing else "")
        self.go_to(moment, number, kind)
        if again:
            self.cut_again(elsewhere, self.last_calls, serial)
        else:
            self.last_calls = self.finish(elsewhere, moment.pending, landing)
        self.runs += 1
        self.cuts += len(moment.cuts)

    def test_every_cut_is_finished_or_taken_back(self):
        moments = self.record()
        self.cuts = self.runs = 0
        for serial, moment in enumerate(moments):
            if serial % STRIDE:
                continue
            # Whole in one place, cut again (or landing after the end) in the other; a soak does all in both.
            for place in (0, 1) if SOAK else (serial % 2,):
                self.try_one(moment, serial, bool(place), landing=1 + serial * 5 % 40 if moment.pending else None)
                self.try_one(moment, serial, not place, again=not moment.pending)
        print(f"proof: {self.title()}: 0 mixed of {self.cuts} cuts "
              f"({self.calls} calls, {len(moments)} different moments, {self.runs} finished)")

    def test_a_late_write_lands_at_any_call_of_what_finishes(self):
        """The last writes, at every second call: those that release, or turn and take back."""
        late = [m for m in self.record() if m.pending and (WHOLE or m.cuts[0][0] > self.calls - 24)]
        self.runs = self.cuts = 0
        for moment in late:
            for landing in range(1, 25, 1 if WHOLE else 2):
                self.try_one(moment, 0, False, landing=landing)
        print(f"proof: {self.title()}, a late write that lands anywhere: 0 mixed of {self.runs}")


class PassingPromote(Matrix):
    way = "promote"


class PassingResume(Matrix):
    way = "resume"


class PassingAbort(Matrix):
    way = "abort"


class FailingPromote(Matrix):
    way, bad_in = "promote", "prod"


class FailingResume(Matrix):
    way, bad_in = "resume", "prod"


class FailingAbort(Matrix):
    way, bad_in = "abort", "prod"


class One(Matrix):
    """A set of one function: each of its writes is the last of a set, too."""

    functions = ("a",)

    def title(self):
        return super().title() + ", one function"


class OnePromote(One):
    way = "promote"


class OneResume(One):
    way = "resume"


class OneAbort(One):
    way = "abort"


class Snapshots(World):
    bad_in = "prod"

    def looks(self):
        """What the service holds, without what is new in every run: ids, revisions, writers."""
        seen = []
        for name, f in sorted(self.memory.state().items()):
            aliases = {a: (h[-1][1]["FunctionVersion"], re.sub(r"p=\S+|x=\d+|w=\S+| r=\S+", "", h[-1][1].get("Description", "")))
                       for a, h in f["aliases"].items()}
            seen.append((name, aliases, {v: i["CodeSha256"] for v, i in f["versions"].items()}))
        return seen

    def kept(self, moment):
        self.memory.put_back(moment.service)
        return self.looks()

    @staticmethod
    def is_kept(left, kept):
        """Which call is the n-th differs from run to run by the polls, so every kept moment counts. Lives that go back are
        written side by side: then each function is as it was at one of a few moments that lie together."""
        if left in kept:
            return True
        return any(all(part in (moment[i] for moment in kept[at:at + 12]) for i, part in enumerate(left)) for at in range(len(kept)))

    def test_a_kill_leaves_what_was_kept_and_is_finished(self):
        kept = [self.kept(moment) for moment in self.record()]
        compared = 0
        for serial, number in enumerate(range(1, self.calls + 1, 3 * STRIDE)):
            kind = (BEFORE, APPLIED, REPLIED)[serial % 3]
            self.memory.put_back(self.start_state)
            self.proxy.log = []
            self.assertTrue(self.run_cut(number, kind, "promote", "--release", "1.1.0"))
            left = self.looks()
            self.assertTrue(self.is_kept(left, kept), f"{kind} {number}: {left}")
            self.promote(code=(0, 1))
            self.sets()
            self.check_invariants()
            self.assertEqual(self.held(), [], self.story())
            compared += 1
        print(f"proof: crash matrix: {compared} kills left what was kept; 0 mixed when they were finished")


if __name__ == "__main__":
    harness.main()
