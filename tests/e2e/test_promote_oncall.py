"""What whoever is paged reads: every message calls the aliases by the project's names, and says what to type next."""
import json
import os
import re
import shlex
import threading
import time
import urllib.error

import harness
import promote_world


class Names(promote_world.MemoryCase):
    """Aliases of other names: no message calls them Live, Smoke or Backup."""

    environments = ("dev",)
    ALIASES = {"live": "Serving", "smoke": "Candidate", "backup": "Previous"}

    def begin(self, **more):
        root = super().begin(live=False, **more)
        self.edit(lambda p: p.update(aliases=self.ALIASES))
        for f in self.functions:
            self.api("POST", f"/{self.name(f, 'dev')}/versions", {})
            self.api("POST", f"/{self.name(f, 'dev')}/aliases", {"Name": "Serving", "FunctionVersion": "1"})
        return root

    def said(self, *args, code=0):
        out = self.run_it(*args, code=code)
        self.assertIsNone(re.search(r"\b(Live|Smoke|Backup)\b", out), out)
        return out

    def test_of_plan_promote_restore_and_status(self):
        self.begin()
        for words in ("there is no Candidate yet", "what Serving serves now", "nothing moves Serving before every case passed on Candidate"):
            self.assertIn(words, self.said("plan", "--release", "1.1.0"))
        self.said("promote", "--release", "1.1.0")
        for command in ("plan", "promote"):
            self.assertIn("nothing to do: these packages are on Serving already", self.said(command, "--release", "1.1.0"))
        self.said("status")
        self.assertIn("Serving 2 -> 1", self.said("restore", "-e", "dev"))
        self.assertIn("Serving is where Previous is", self.said("restore", "-e", "dev"))

    def test_of_every_report(self):
        self.begin()
        heads = {}
        for command in (["promote", "--release", "1.1.0"], ["abort"], ["restore", "-e", "dev"], ["restore", "-e", "dev"], ["audit"],
                        ["deploy", "-e", "dev", "--release", "1.0.0"], ["abort"]):
            self.run_it(*command, "--report", "html=r.html", "--report", "markdown=r.md", "--report", "jsonl=r.jsonl", code=None)
            self.run_it("report", "--from", "r.jsonl", "--report", "markdown=again.md", "--report", "html=again.html", code=None)
            texts = []
            for name in ("r.html", "r.md", "again.html", "again.md"):
                with open(os.path.join(self.root, name), encoding="utf-8") as f:
                    texts.append(f.read())
            for text in texts:
                if command[0] != "audit":
                    self.assertRegex(text, r"<th>Serving</th><th>Candidate</th><th>Previous</th>|\| Serving \| Candidate \| Previous \|")
                self.assertIsNone(re.search(r"\b(Live|Smoke|Backup)\b", text), text)
            h = [re.search(r"<h1[^>]*>(.*?)</h1>|## smokegate: (.*)", text) for text in texts]
            heads.setdefault(" ".join(command[:1]), []).append({m[1] or m[2] for m in h})
        self.assertEqual(heads, {"promote": [{"Promoted"}], "abort": [{"Nothing to take back: no promotion is under way"}, {"Taken back"}],
                                 "restore": [{"Restored"}, {"Nothing to restore: Serving is where it would be put back to"}],
                                 "audit": [{"Nothing bypasses Serving"}], "deploy": [{"Staged"}]})

    def test_of_what_is_refused(self):
        self.begin()
        self.set_alias("a", "dev", "Serving", FunctionVersion="$LATEST")
        self.assertIn("Serving points to $LATEST", self.said("promote", "--release", "1.1.0", code=3))
        self.set_alias("a", "dev", "Serving", FunctionVersion="1")
        self.said("promote", "--release", "1.1.0")
        self.set_alias("a", "dev", "Serving", FunctionVersion="1")
        self.assertIn("someone moved Serving", self.said("status"))
        self.api("DELETE", f"/{self.name('a', 'dev')}/aliases/Previous")
        self.assertIn("Previous was deleted", self.said("status"))
        self.api("DELETE", f"/{self.name('a', 'dev')}/aliases/Serving")
        self.assertIn("someone deleted Serving", self.said("status"))


class Drift(promote_world.MemoryCase):
    """Terraform changed settings that the project file leaves alone: `promote` has nothing to do, and Live does not have them."""

    environments = ("dev", "stage")

    def test_settings_that_live_does_not_serve_are_told(self):
        self.begin()
        self.promote()
        for command in ("plan", "promote"):
            self.assertNotIn("$LATEST", self.run_it(command, "--release", "1.1.0"))
        self.api("PUT", f"/{self.name('b', 'stage')}/configuration", {"MemorySize": 512, "Environment": {"Variables": {"KEY": "hidden"}}})
        calls = len(self.proxy.log)
        for command in ("plan", "promote"):
            out = self.run_it(command, "--release", "1.1.0")
            self.assertIn(" ! stage: b: the settings of $LATEST are not those that Live serves (environment, memory): ", out)
            self.assertNotIn("hidden", out)
            self.assertEqual(out.count("$LATEST"), 1, out)
        self.assertEqual([c for c in self.proxy.log[calls:] if c[0] != "GET"], [])
        self.write(os.path.join(self.root, "dist", "b-1.1.0.zip"), b"PK\x05\x06 next" + bytes(18))
        self.promote()  # they come with the next release
        self.assertNotIn("$LATEST", self.run_it("plan", "--release", "1.1.0"))
        self.assertEqual(self.api("GET", f"/{self.name('b', 'stage')}/configuration?Qualifier=Live")["MemorySize"], 512)

    def test_whoever_may_not_look_is_not_kept_from_anything(self):
        self.begin()
        self.promote()
        self.proxy.refuse = lambda method, path, body: (403, "AccessDeniedException", "no") if "Qualifier=2" in path else None
        self.assertIn("nothing to do", self.promote())


class Many(promote_world.MemoryCase):
    """A set of many functions: what all of them do is a line, not one for each."""

    environments = ("dev",)
    functions = tuple(f"f{i:02d}" for i in range(12))

    def steps(self, *args):
        return [line for line in self.run_it(*args).splitlines() if line.startswith("   ")]

    def test_a_plan_says_once_what_it_says_of_all(self):
        self.begin()
        same = "   12 functions: Live 1 -> the new version (tested under this promotion): f00, f01, f02 and 9 more"
        lines = self.steps("plan", "--release", "1.1.0")
        self.assertIn(same, lines)
        self.assertIn("   12 functions: upload the code: f00, f01, f02 and 9 more", lines)  # each has a package of its own
        self.assertEqual(len(lines), 11, lines)
        for command in (("promote", "--dry-run"), ("promote", "-n")):
            self.assertEqual(self.steps(*command, "--release", "1.1.0"), lines)
        whole = self.steps("plan", "--release", "1.1.0", "-v")
        self.assertEqual(sum(line.endswith(": Live 1 -> the new version (tested under this promotion)") for line in whole), 12)
        out = self.run_it("plan", "--release", "1.1.0", "--json")
        self.assertEqual(len(json.loads(out[out.index("{\n"):])["steps"]), len(whole))

    def test_what_differs_is_told_apart_as_long_as_that_is_little(self):
        self.begin()
        for version in range(2):
            for f in self.functions[10:]:
                self.api("PUT", f"/{self.name(f, 'dev')}/configuration", {"MemorySize": 256 + version})
                self.api("POST", f"/{self.name(f, 'dev')}/versions", {})
        self.set_alias("f10", "dev", "Live", FunctionVersion="2")
        self.set_alias("f11", "dev", "Live", FunctionVersion="3")
        lines = self.steps("plan", "--release", "1.1.0")
        self.assertIn("   10 functions: Backup := 1 (what Live serves now): f00, f01, f02 and 7 more", lines)
        self.assertIn("   f10: Backup := 2 (what Live serves now)", lines)
        self.assertIn("   f11: Backup := 3 (what Live serves now)", lines)

    def test_what_is_being_done_is_shown_as_it_begins_and_counted(self):
        self.begin()
        lines = self.steps("promote", "--release", "1.1.0")
        at = lines.index("   f02: Live 1 -> 2 (tested under this promotion)")
        self.assertEqual(lines[at + 1], "   ... and 9 more of this kind (-v tells each)")
        whole = self.steps("restore", "-e", "dev", "-v")
        self.assertEqual(sum("Live 2 -> 1 (what Backup keeps)" in line for line in whole), 12)

    def test_what_fails_among_many_is_told_where_it_stands(self):
        self.begin()
        self.proxy.refuse = lambda method, path, body: (403, "AccessDeniedException", "no") \
            if method == "PUT" and path.endswith("f07-dev/aliases/Live") else None
        out = self.run_it("promote", "--release", "1.1.0", code=3)
        self.assertIn("   ... and 5 more of this kind (-v tells each)\n   dev: f00: mark Smoke: going back", out)
        self.assertRegex(out, r"smokegate: dev: .*f07-dev:Live.*not|smokegate: dev: lambda UpdateAlias .*f07-dev")
        self.assertEqual(set(self.live("dev")), {"1"})


class Paged(promote_world.MemoryCase):
    """What stands there in the morning, and whether what is printed does what it says."""

    environments = ("dev", "stage")

    def next_of(self, code=0):
        """The commands of the last lines of `status`, which are those of --json as well."""
        text, out = self.run_it("status", code=code), self.run_it("status", "--json", code=code)
        commands = json.loads(out[out.index("{\n"):])["next"]
        for c in commands:
            self.assertIn(f"{c['environment']}: {c['why']}: `{c['command']}`\n", text)
        return [c["command"] for c in commands], text

    def call_number(self, method, end, nth=1):
        """Which call of a promotion of 1.1.0 it is."""
        self.begin()
        self.promote(code=None)
        return [i for i, c in enumerate(self.proxy.log) if c[0] == method and c[1].endswith(end)][nth - 1] + 1

    def type_next(self, command, code=0):
        return self.run_it(*command.split()[1:], code=code)

    def states(self):
        return ["".join(self.live(e)) for e in self.names]

    def test_killed_between_two_functions_it_goes_on_or_back_as_told(self):
        cut = self.call_number("PUT", "a-stage/aliases/Live")
        for which, want in ((0, ["22", "22"]), (1, ["11", "11"])):
            self.begin()
            self.run_cut(cut, promote_world.APPLIED, "promote", "--release", "1.1.0")
            self.assertEqual(self.states(), ["22", "21"])
            commands, text = self.next_of()
            self.assertEqual(commands, ["smokegate resume --release 1.1.0", "smokegate abort"])
            self.assertIn("under way, or its process died (lease until ", text)
            self.type_next(commands[which])
            self.assertEqual(self.states(), want)
            self.assertIn("no promotion is under way", self.next_of()[1])
            self.check_invariants()

    def test_when_its_lease_is_over_that_is_said(self):
        cut = self.call_number("PUT", "a-stage/aliases/Live")
        self.begin()
        self.run_cut(cut, promote_world.APPLIED, "promote", "--release", "1.1.0")
        for f in self.functions:
            text = self.alias(f, "stage", "Smoke")["Description"]
            self.set_alias(f, "stage", "Smoke", Description=re.sub(r" x=\d+", " x=1", text))
        self.assertIn("was ended half way (lease over since 1970-", self.next_of()[1])

    def revoke(self, alias, after):
        """UpdateAlias of it is denied from the call number `after` on."""
        seen = []

        def refuse(method, path, body):
            if method == "PUT" and path.endswith(alias):
                seen.append(path)
                if len(seen) > after:
                    return 403, "AccessDeniedException", "not authorized to perform: lambda:UpdateAlias"
            return None

        self.proxy.refuse = refuse

    def trouble(self, out):
        return re.findall(r"^(\w+): (.*)\n   by hand: (.*)$", out, re.M)

    def by_hand(self, command):
        """As typed: an AWS CLI is not asked for, its options are what the API takes."""
        words = shlex.split(command)
        self.assertEqual(words[:3], ["aws", "lambda", "update-alias"])
        options = dict(zip(words[3::2], words[4::2]))
        self.assertEqual((options["--endpoint-url"], options["--region"]), (self.proxy.endpoint, "us-east-1"))
        self.assertEqual(options["--routing-config"], "AdditionalVersionWeights={}")
        return self.api("PUT", f"/{options['--function-name']}/aliases/{options['--name']}", {
            "FunctionVersion": options["--function-version"], "RevisionId": options["--revision-id"],
            "RoutingConfig": {"AdditionalVersionWeights": {}}})

    def test_dirty_tells_where_everything_is_and_what_to_type(self):
        for repair in ("abort", "by hand"):
            with self.subTest(repair):
                self.begin(bad_in="stage")
                self.revoke("a-dev/aliases/Live", 1)
                out = self.promote(code=6)
                self.assertIn("`smokegate abort` tries again", out)
                name = self.name("a", "dev")
                found = self.trouble(out)
                self.assertEqual([f[:2] for f in found], [("dev", f"{name}:Live is on version 2, and was on version 1 before")])
                commands, _ = self.next_of()
                self.assertEqual(commands[-1], "smokegate abort")
                again = self.run_it("abort", code=6)
                self.assertEqual([f[1] for f in self.trouble(again)], [found[0][1]])
                self.proxy.refuse = None
                if repair == "by hand":
                    self.by_hand(self.trouble(again)[0][2])
                    self.assertEqual(self.states(), ["11", "11"])
                self.type_next(commands[-1])
                self.assertEqual(self.states(), ["11", "11"])
                self.assertNotIn("smokegate abort", self.next_of()[0])
                self.check_invariants()

    def test_what_someone_else_did_meanwhile_is_not_undone_by_pasting(self):
        self.begin(bad_in="stage")
        self.revoke("a-dev/aliases/Live", 1)
        found = self.trouble(self.promote(code=6))
        self.proxy.refuse = None
        self.set_alias("a", "dev", "Live", Description="mine now")
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.by_hand(found[0][2])
        self.assertEqual(refused.exception.code, 412)

    def test_credentials_that_ended_leave_nothing_unsaid(self):
        self.begin()
        gone = []

        def refuse(method, path, body):
            if method == "PUT" and path.endswith("a-stage/aliases/Live"):
                gone.append(path)
            return (403, "ExpiredTokenException", "The security token included in the request is expired") if gone else None

        self.proxy.refuse = refuse
        out = self.promote(code=6)
        for e, version in (("dev", "2"), ("stage", "1")):
            for f in self.functions:
                self.assertIn(f"{e}: {self.name(f, e)}:Live is on version {version}, as it was last seen: it cannot be looked at\n"
                              f"   by hand: aws lambda get-alias", out)
        commands, text = self.next_of(code=3)
        self.assertEqual(commands, [])
        self.assertIn("whether a promotion is under way is not known", text)
        self.assertRegex(text, r"\ndev +a +\? +\? +\?\n")
        self.proxy.refuse = None
        self.type_next(self.next_of()[0][-1])
        self.assertEqual(self.states(), ["11", "11"])
        self.check_invariants()

    def test_the_json_of_a_dirty_end_has_it_too(self):
        self.begin(bad_in="stage")
        self.revoke("a-dev/aliases/Live", 1)
        out = self.promote("1.1.0", "--json", code=6)
        result = json.loads(out[out.index("\n{\n") + 1:out.rindex("\n}\n") + 3])
        self.assertEqual([(f["environment"], f["function"]) for f in result["functions"] if "trouble" in f], [("dev", "a")])
        self.assertIn("update-alias", next(f["repair"] for f in result["functions"] if "repair" in f))

    def test_a_backup_that_was_deleted_is_told_with_what_it_was(self):
        self.begin()
        self.promote()
        self.api("DELETE", f"/{self.name('a', 'dev')}/aliases/Backup")
        commands, text = self.next_of()
        self.assertIn("Backup was deleted: it was on version 1", text)
        out = self.type_next(commands[-1], code=3)
        self.assertIn("no version is guessed; the last promotion moved Live on from version 1", out)
        words = shlex.split(re.search(r"\((aws lambda create-alias .*?)\)", out).group(1))
        options = dict(zip(words[3::2], words[4::2]))
        self.api("POST", f"/{options['--function-name']}/aliases", {"Name": options["--name"], "FunctionVersion": options["--function-version"]})
        self.type_next("smokegate restore -e dev")
        self.assertEqual(self.live("dev"), ["1", "1"])

    def test_a_failed_release_is_on_hold_and_no_alias_is_called_rewritten(self):
        self.begin(bad_in="stage")
        self.promote(code=1)
        commands, text = self.next_of()
        self.assertEqual(set(commands), {"smokegate promote --force"})
        self.assertNotIn("rewrote", text)

    def test_where_the_aliases_are_is_told_also_to_whoever_may_not_look_at_versions(self):
        self.begin()
        self.promote()
        self.proxy.refuse = lambda method, path, body: (403, "AccessDeniedException", "no") if method == "GET" and "Qualifier=" in path else None
        out = self.run_it("status", code=3)
        self.assertRegex(out, r"(?m)^dev +a +2 - +2 - +1 -$")
        self.assertIn("needs lambda:GetFunction on ", out)
        self.assertIn("no promotion is under way", out)

    def test_an_environment_that_cannot_be_reached_is_told_once(self):
        self.begin()
        self.promote()
        self.edit(lambda p: p["environments"][0].update(endpoint="http://127.0.0.1:1"))
        out = self.run_it("status", code=3)
        self.assertEqual(out.count("smokegate: dev: "), 1, out)
        self.assertEqual(len(re.findall(r"(?m)^dev +[ab] +\? +\? +\?$", out)), 2, out)
        self.assertEqual(len(re.findall(r"(?m)^stage +[ab] +2 1.1.0 ", out)), 2, out)
        self.assertIn("not everything could be looked at", out)

    def test_many_functions_are_looked_at_side_by_side(self):
        self.begin()
        self.promote()
        flying, most, lock = [0], [0], threading.Lock()

        def watch(when, number, method, path, body):
            with lock:
                flying[0] += 1 if when == "before" else -1
                most[0] = max(most[0], flying[0])
            if when == "before":
                time.sleep(0.05)

        calls = self.proxy.calls
        self.proxy.watch = watch
        self.run_it("status")
        self.proxy.watch = None
        self.assertGreaterEqual(most[0], 3, "one after another")
        self.assertEqual(self.proxy.calls - calls, 2 * (2 * 1 + 2 * 2), "aliases once a function, and every version once")

    def test_of_a_function_that_cannot_be_read_nothing_is_claimed(self):
        self.begin()
        self.promote()
        self.set_alias("a", "dev", "Smoke", Description="lsp1 nonsense")
        out = self.run_it("status", code=3)
        self.assertRegex(out, r"(?m)^dev +a +\? +\? +\?$")

    def test_a_backup_that_someone_moved_is_told(self):
        self.begin()
        self.promote()
        self.assertNotIn("someone", self.run_it("status"))
        self.api("POST", f"/{self.name('a', 'dev')}/versions", {})
        self.set_alias("a", "dev", "Backup", FunctionVersion="2")
        out = self.run_it("status")
        self.assertIn("someone moved Backup: it is on version 2, and the last promotion left it on 1\n", out)
        self.assertEqual(out.count("someone"), 1, out)
        for release in ("1.0.0", "1.1.0"):  # what moves it later on is smokegate
            self.promote(release)
            self.assertNotIn("someone", self.run_it("status"))
        self.run_it("restore", "-e", "dev")
        self.assertNotIn("someone", self.run_it("status"))

    def test_the_columns_of_status_fit_what_stands_in_them(self):
        self.begin()
        self.edit(lambda p: (p["functions"].update({"a-function-with-a-name-that-is-long": {**p["functions"].pop("a"), "name": self.name("a", "{{environment}}")}}),
                             p.update(testcases=["cases/b.json"])))
        for f in "ab":
            self.write(os.path.join(self.root, "dist", f"{f}-2026.11.28-a-long-label.zip"), b"PK\x05\x06 x" + bytes(18))
        self.promote("2026.11.28-a-long-label")
        lines = self.run_it("status").splitlines()
        starts = [re.search(r"\bLive\b", lines[0]).start(), re.search(r"\bSmoke\b", lines[0]).start(), re.search(r"\bBackup\b", lines[0]).start()]
        for line in lines[1:5]:
            self.assertEqual([line[at - 2:at] for at in starts], ["  "] * 3, "\n".join(lines))
            self.assertTrue(all(line[at] != " " for at in starts), "\n".join(lines))
        self.assertEqual(self.run_it("status", "-e", "stage", "-e", "stage"), self.run_it("status", "-e", "stage"))

    def test_a_share_of_the_traffic_is_told(self):
        self.begin(shift={"steps": [{"weight": 0.25, "hold": "0s"}]})
        self.promote(code=None)
        cut = [i for i, c in enumerate(self.proxy.log) if c[0] == "PUT" and c[1].endswith("b-dev/aliases/Live")][0] + 1
        self.begin(shift={"steps": [{"weight": 0.25, "hold": "0s"}]})
        self.run_cut(cut, promote_world.APPLIED, "promote", "--release", "1.1.0")
        self.assertIn("under promotion: 25 % of Live goes to version 2", self.run_it("status"))


if __name__ == "__main__":
    harness.main()
