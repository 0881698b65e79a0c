"""What plan and `promote --dry-run` say is what promote then does: call by call, over many places to start from."""
import base64
import hashlib
import json
import os
import re
import stat
import zipfile

import harness
import promote_world

ALIASES = re.compile(r"/2015-03-31/functions/([^/]+)/aliases(?:/([^/?]+))?$")
CALLS = [("PUT", "code", "UpdateFunctionCode"), ("PUT", "configuration", "UpdateFunctionConfiguration"), ("POST", "versions", "PublishVersion")]


def call_of(method, path, body):
    """(operation, function or layer, alias, version) of a call that changes something; an Invoke counts as well."""
    if b'"DryRun"' in body or method == "GET":
        return None
    plain = path.partition("?")[0]
    name = plain.split("/")[3]
    if plain.endswith("/invocations") and not body:
        return None  # a dry run: may it be invoked?
    if plain.endswith("/invocations"):
        return ("Invoke", None, path.partition("Qualifier=")[2], None)
    m = ALIASES.match(plain)
    if m:
        change = json.loads(body)
        return ({"PUT": "UpdateAlias", "POST": "CreateAlias"}[method], m.group(1), m.group(2) or change["Name"], change.get("FunctionVersion"))
    if plain.startswith("/2018-10-31/layers/"):
        return ("PublishLayerVersion", name, None, None)
    return next((operation, name, None, None) for verb, end, operation in CALLS if (verb, plain.rpartition("/")[2]) == (method, end))


def steps_told(out):
    """The lines that tell steps and their reasons; versions, which a plan cannot know yet, are all called N."""
    lines = [line for line in out.splitlines() if re.match(r"   \S.* \(.+\)$", line)]
    return [re.sub(r"(?:\S+ ->|:=|wholly on|stays on) (?:\d+|the new version)|the new version|\b\d+(?= \()", "N", line) for line in lines]


class Same:
    """Of a world: what is planned against what is done."""

    def planned(self, *args, code):
        out, again = (self.run_it(*command, "--release", self.release, "--json", *args, code=code)
                      for command in (("plan",), ("promote", "--dry-run")))
        plan, dry = (json.loads(text[text.index("{\n"):text.rindex("\n}") + 2]) for text in (out, again))
        self.assertEqual(plan["steps"], dry["steps"], "plan and promote --dry-run say the same")
        self.told = steps_told(out[:out.index("{\n")])
        calls = []
        for s in plan["steps"]:
            self.assertTrue(s["reason"], s)
            if s.get("operation") and s["operation"] != "GetFunction":
                gate = s["operation"] == "Invoke"
                version = None if gate else s.get("from" if s["step"] == "weigh" else "to")  # a weight leaves the alias where it is
                calls.append((s["operation"], None if gate else s.get("name") or s["layer"], s.get("alias"), version))
        return calls

    def done(self, since):
        calls = []
        for method, path, body, status, _ in self.proxy.log[since:]:
            call = call_of(method, path, body)
            if call and call[0] == "Invoke" and calls and calls[-1] == call:
                continue  # one gate, many cases
            if call:
                self.assertLess(status, 400, call)
                calls.append(call)
        return calls

    @staticmethod
    def unordered(calls):
        """Lives that go back are written side by side, in whatever order they arrive."""
        sorted_calls, at = [], 0
        while at < len(calls):
            end = at
            while end < len(calls) and calls[end][2] == "Live":
                end += 1
            sorted_calls += sorted(calls[at:end]) if end > at else [calls[at]]
            at = max(end, at + 1)
        return sorted_calls

    def same(self, *args, release="1.1.0", code=0, plan_code=None, settle=False):
        self.release = release
        before = len(self.proxy.log)
        want = self.planned(*[a for a in args if a != "--approve" and a != "prod"], code=code if plan_code is None else plan_code)
        # An invocation of the process that was killed may still come in.
        self.assertEqual([c for c in self.done(before) if c[0] != "Invoke"], [], "planning changes nothing")
        before = len(self.proxy.log)
        said = steps_told(self.promote(release, *args, code=code))
        did = self.done(before)
        if settle:
            said = said[:len(self.told)]
        self.assertEqual(said, self.told)
        if settle:  # what comes after taking back is planned anew
            did = did[:len(want)]
        if settle:
            did, want = self.unordered(did), self.unordered(want)
        self.assertEqual([c[:3] for c in did], [c[:3] for c in want], self.story())
        for planned, call in zip(want, did):
            if planned[3] and call[3] and planned[0] != "PublishVersion":
                self.assertEqual(planned[3], call[3], f"planned {planned}")
        return did

    def nothing(self, *args, **more):
        self.assertEqual(self.same(*args, **more), [])


class Plans(Same, promote_world.MemoryCase):
    environments = ("dev", "stage")

    def test_the_first_promotion(self):
        self.begin(live=False)
        self.same()
        self.assertEqual(self.live("stage"), ["1", "1"])

    def test_releases_one_after_the_other_and_nothing_to_do(self):
        self.begin()
        for release in ("1.1.0", "1.0.0", "1.1.0"):
            self.same(release=release)
            self.nothing(release=release)
        self.same("--to", "dev", release="1.0.0")
        self.same("--from", "stage", release="1.0.0")

    def test_the_same_code_with_another_configuration(self):
        self.begin()
        self.promote()
        self.edit(lambda p: p["functions"]["a"].update(config={"timeout": "7s", "environment": {"LEVEL": "warn"}}))
        calls = self.same()
        self.assertIn("UpdateFunctionConfiguration", [c[0] for c in calls])
        self.assertNotIn("UpdateFunctionCode", [c[0] for c in calls])
        self.nothing()

    def test_one_function_alone_is_new(self):
        self.begin()
        self.promote()
        with open(os.path.join(self.root, "dist", "b-1.1.0.zip"), "wb") as f:
            f.write(self.package("1.2.0"))
        self.same()

    def test_aliases_that_are_missing(self):
        for alias in ("Smoke", "Backup"):
            self.begin()
            self.promote()
            self.api("DELETE", f"/{self.name('a', 'dev')}/aliases/{alias}")
            self.same(release="1.0.0")

    def test_weights_of_someone_else_and_live_on_latest_stop_both(self):
        self.begin()
        self.promote()
        self.set_alias("a", "dev", "Live", RoutingConfig={"AdditionalVersionWeights": {"1": 0.5}})
        self.nothing(release="1.0.0", code=3)
        self.set_alias("a", "dev", "Live", RoutingConfig={"AdditionalVersionWeights": {}}, FunctionVersion="$LATEST")
        self.nothing(release="1.0.0", code=3)

    def test_a_hold_stops_both_and_force_lets_both(self):
        self.begin(bad_in="stage")
        self.promote(code=1)
        self.nothing(code=1)
        for f in self.functions:
            self.write(os.path.join(self.tag, "cases", f + ".json"), {
                "suite": f, "function": f, "cases": [{"name": "is healthy", "payload": {"path": "/health"}, "expect": {"paths": {"$.statusCode": 200}}}]})
        self.same("--force")

    def test_a_stage_below_which_nothing_is_stops_both(self):
        self.begin()
        self.nothing("--from", "stage", code=3)
        self.same("--from", "stage", "--force")

    def test_weighted_steps(self):
        self.begin(shift={"steps": [{"weight": 0.1, "hold": "0s"}, {"weight": 0.5, "hold": "0s"}]})
        self.same()

    def test_without_the_cases_on_live(self):
        self.begin(policy={"verify_live": False})
        self.same()

    def test_after_a_restore_an_abort_and_a_deploy(self):
        self.begin()
        self.promote()
        self.run_it("restore", "-e", "dev")
        self.same("--force")
        self.run_it("deploy", "-e", "dev", "--release", "1.0.0")
        self.run_it("abort")
        self.same(release="1.0.0")
        self.run_it("deploy", "-e", "dev", "--release", "1.1.0")
        self.same()

    def test_another_promotion_stops_both_until_its_lease_is_over(self):
        self.begin()
        self.run_it("deploy", "-e", "dev", "--release", "1.1.0")
        self.nothing(release="1.0.0", code=4)
        for f in self.functions:
            text = self.alias(f, "dev", "Smoke")["Description"]
            self.set_alias(f, "dev", "Smoke", Description=re.sub(r" x=[1-9]\d*", " x=1", text))
        self.same(release="1.0.0", settle=True)

    def sweep(self, release="1.1.0", stride=1, **world):
        """Ended after each of its changes in turn, what is left to do is planned and done."""
        self.begin(**world)
        self.promote(release)
        changes = [i + 1 for i, c in enumerate(self.proxy.log) if call_of(*c[:3])]
        for cut in changes[:-1:stride]:
            for kind in (promote_world.BEFORE, promote_world.APPLIED):
                with self.subTest(cut=cut, kind=kind):
                    self.begin(**world)
                    self.run_cut(cut, kind, "promote", "--release", release)
                    self.same(release=release)
                    self.assertEqual(len(set(map(tuple, map(self.live, self.names)))), 1)
                    self.check_invariants()
        return len(changes)

    def test_interrupted_after_every_change(self):
        self.assertGreater(self.sweep(), 25)

    def test_interrupted_first_promotion(self):
        self.sweep(release="1.0.0", live=False)

    def test_interrupted_weighted_steps(self):
        self.sweep(shift={"steps": [{"weight": 0.1, "hold": "0s"}, {"weight": 0.5, "hold": "0s"}]}, stride=2)

    def test_interrupted_while_it_is_taken_back(self):
        self.begin(bad_in="stage")
        self.promote(code=1)
        backs = [i + 1 for i, c in enumerate(self.proxy.log) if c[0] == "PUT" and b" s=rb " in c[2]]
        self.assertGreater(len(backs), 5)
        for cut in backs[:-1]:
            with self.subTest(cut=cut):
                self.begin(bad_in="stage")
                self.run_cut(cut, promote_world.APPLIED, "promote", "--release", "1.1.0")
                self.release = "1.1.0"
                want = self.planned(code=(0, 1))
                before = len(self.proxy.log)
                self.promote(code=(0, 1))
                did = self.unordered(self.done(before)[:len(want)])
                self.assertEqual([c[:3] for c in did], [c[:3] for c in self.unordered(want)], self.story())

    def test_an_object_in_s3(self):
        self.begin()
        for release in ("1.0.0", "1.1.0"):
            for f in self.functions:
                self.memory.objects["artifacts", f"{f}-{release}.zip"] = self.package(release)
        self.edit(lambda p: [p["functions"][f].update(package={"s3": {"bucket": "artifacts", "key": f + "-{{release}}.zip"}}) for f in self.functions])
        self.same()
        self.nothing()
        self.same(release="1.0.0")

    def test_an_image(self):
        self.begin()
        digest = {release: hashlib.sha256(release.encode()).hexdigest() for release in ("1.1.0", "1.2.0")}
        for release in ("1.1.0", "1.2.0"):
            self.edit(lambda p, r=release: [p["functions"][f].update(package={"image": f"1.dkr.ecr.us-east-1.amazonaws.com/{f}@sha256:{digest[r]}"}) for f in self.functions])
            self.same()
            self.nothing()


class Command(Same, promote_world.MemoryCase):
    """The project's own tool: it changes $LATEST itself, so only what is smokegate's own is planned."""

    environments = ("dev",)

    def test_a_deploy_command(self):
        self.begin()
        tool = self.write(os.path.join(self.tag, "deploy.py"), f"""#!/usr/bin/env python3
import base64, json, os, urllib.request
for f in "ab":
    body = json.dumps({{"ZipFile": base64.b64encode(open(f"dist/{{f}}-1.1.0.zip", "rb").read()).decode()}}).encode()
    urllib.request.urlopen(urllib.request.Request("{self.proxy.endpoint}/2015-03-31/functions/{self.tag}-" + f + "-dev/code", data=body, method="PUT"))
""")
        os.chmod(tool, os.stat(tool).st_mode | stat.S_IXUSR)
        self.edit(lambda p: [p["functions"][f].update(package={"command": ["./deploy.py"]}) for f in self.functions])
        self.release = "1.1.0"
        want = self.planned(code=0)
        self.promote()
        did = [c for c in self.done(0) if c[0] != "UpdateFunctionCode"]  # the tool's own
        self.assertEqual([c[:3] for c in did], [c[:3] for c in want], self.story())
        self.nothing()


class Layers(Same, promote_world.Case):
    environments = ("dev", "stage")

    def test_layers_new_and_known(self):
        self.begin()
        for n in (1, 2):
            with zipfile.ZipFile(os.path.join(self.root, "dist", "common.zip"), "w") as z:
                z.writestr(zipfile.ZipInfo("text"), f"number {n}")

            def change(project):
                project["layers"] = {"common": {"name": f"{self.tag}-common-{{{{environment}}}}", "package": {"zip": "dist/common.zip"},
                                                "runtimes": ["provided.al2023"]}}
                for f in self.functions:
                    project["functions"][f]["layers"] = ["common"]

            self.edit(change)
            self.assertIn("PublishLayerVersion", [c[0] for c in self.same()])
            self.nothing()


if __name__ == "__main__":
    harness.main()
