"""docs/iam.md against the calls that are really made: whoever grants what stands there can do everything, and no more is asked for."""
import json
import os
import re

import harness
import promote_world

RULES = [  # method, path, IAM action
    ("GET", r"/2015-03-31/functions/[^/]+", "GetFunction"),
    ("DELETE", r"/2015-03-31/functions/[^/]+", "DeleteFunction"),
    ("GET", r"/2015-03-31/functions/[^/]+/configuration", "GetFunctionConfiguration"),
    ("PUT", r"/2015-03-31/functions/[^/]+/configuration", "UpdateFunctionConfiguration"),
    ("PUT", r"/2015-03-31/functions/[^/]+/code", "UpdateFunctionCode"),
    ("GET", r"/2015-03-31/functions/[^/]+/versions", "ListVersionsByFunction"),
    ("POST", r"/2015-03-31/functions/[^/]+/versions", "PublishVersion"),
    ("GET", r"/2015-03-31/functions/[^/]+/aliases", "ListAliases"),
    ("POST", r"/2015-03-31/functions/[^/]+/aliases", "CreateAlias"),
    ("GET", r"/2015-03-31/functions/[^/]+/aliases/[^/]+", "GetAlias"),
    ("PUT", r"/2015-03-31/functions/[^/]+/aliases/[^/]+", "UpdateAlias"),
    ("DELETE", r"/2015-03-31/functions/[^/]+/aliases/[^/]+", "DeleteAlias"),
    ("POST", r"/2015-03-31/functions/[^/]+/invocations", "InvokeFunction"),
    ("GET", r"/2015-03-31/functions/[^/]+/policy", "GetPolicy"),
    ("GET", r"/2015-03-31/event-source-mappings/?", "ListEventSourceMappings"),
    ("GET", r"/2021-10-31/functions/[^/]+/urls", "ListFunctionUrlConfigs"),
    ("GET", r"/2019-09-25/functions/[^/]+/event-invoke-config/list", "ListFunctionEventInvokeConfigs"),
    ("GET", r"/2019-09-30/functions/[^/]+/provisioned-concurrency", "ListProvisionedConcurrencyConfigs"),
    ("GET", r"/2018-10-31/layers/[^/]+/versions", "ListLayerVersions"),
    ("GET", r"/2018-10-31/layers/[^/]+/versions/[^/]+", "GetLayerVersion"),
    ("POST", r"/2018-10-31/layers/[^/]+/versions", "PublishLayerVersion"),
]
# Not asked for by the promotions below: only projects with layers or alarms need them.
OTHERS = {"lambda:ListLayerVersions", "lambda:GetLayerVersion", "lambda:PublishLayerVersion", "cloudwatch:DescribeAlarms"}


def action(method, path):
    for m, pattern, name in RULES:
        if m == method and re.fullmatch(pattern, path.partition("?")[0]):
            return "lambda:" + name
    raise AssertionError(f"a call that no rule knows: {method} {path}")


def documented():
    """{command: actions} of the table, and the statements of the policy, of docs/iam.md."""
    with open(os.path.join(harness.SOURCE, "docs", "iam.md"), encoding="utf-8") as f:
        text = f.read()
    rows = {}
    for line in text.splitlines():
        cells = [c.strip() for c in line.split("|")]
        if line.startswith("| `"):
            actions = set(re.findall(r"\b(?:lambda|cloudwatch):\w+", cells[2]))
            for other in re.findall(r"as `(\w+)`", cells[2]):
                actions |= rows[other]
            for command in re.findall(r"`(\w+)`", cells[1]):
                rows[command] = rows.get(command, set()) | actions
    policy = json.loads(re.search(r"```json\n(.*?)```", text, re.S).group(1))
    return rows, policy["Statement"]


class Iam(promote_world.Case):
    environments = ("dev", "stage")

    def used_by(self, *args, **more):
        """The actions of the calls that a command makes."""
        before = len(self.proxy.log)
        self.run_it(*args, **more)
        calls = self.proxy.log[before:]
        for method, path, *_ in calls:
            if method == "DELETE":
                self.assertIn("Qualifier=", path, "only versions are ever deleted")
        return {action(method, path) for method, path, *_ in calls}

    def project(self):
        root = self.begin(stage={"shift": {"steps": [{"weight": 0.5, "hold": "0s"}]}})
        path = os.path.join(root, "smokegate.json")
        with open(path, encoding="utf-8") as f:
            project = json.load(f)
        project["functions"]["a"]["config"] = {"timeout": "6s", "environment": {"LEVEL": "info"}}
        with open(path, "w", encoding="utf-8") as f:
            json.dump(project, f)

    def test_each_command_asks_for_what_stands_in_its_row_and_all_of_it_is_used(self):
        self.project()
        used = {}
        for command, args, code in (
                ("plan", ("--release", "1.1.0"), 0), ("deploy", ("-e", "dev", "--release", "1.1.0"), 0),
                ("run", ("-e", "dev", "--report", "outcome=o.json"), 0), ("status", (), 0), ("abort", (), 0),
                ("deploy", ("-e", "dev", "--release", "1.1.0"), 0), ("shift", ("-e", "dev", "--release", "1.1.0", "--outcome", "o.json"), 0),
                ("promote", ("--release", "1.1.0"), 0), ("restore", ("-e", "dev"), 0), ("promote", ("--release", "1.0.0", "--force"), 0),
                ("promote", ("--release", "1.1.0", "--force"), 0), ("promote", ("--release", "1.0.0", "--force"), 0),
                ("audit", (), 0), ("gc", ("--keep", "0", "--min-age", "0s", "--delete"), 0)):
            used.setdefault(command, set()).update(self.used_by(command, *args, code=code))
        # Live cannot be read back with certainty after a cut connection: that needs GetAlias.
        self.begin(environments=("dev",))
        self.proxy.reset(self.first_update_of_live(), promote_world.UNHEARD)
        used["promote"] |= self.used_by("promote", "--release", "1.1.0")
        rows, statements = documented()
        for command, actions in used.items():
            self.assertEqual(sorted(actions - rows[command]), [], f"`{command}` needs what docs/iam.md does not grant it")
        family = ("plan", "run", "promote", "deploy", "shift", "restore", "abort", "status", "audit", "gc")
        everything = set().union(*used.values())
        for command in family:
            self.assertEqual(sorted(rows[command] - everything - OTHERS), [], f"docs/iam.md grants `{command}` what nothing uses")
        granted = {a for s in statements for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])}
        self.assertEqual(sorted(everything - granted), [], "the policy to start from does not do")
        self.assertEqual(sorted(granted - everything - OTHERS), [], "the policy to start from grants more than is used")
        for s in statements:
            if "lambda:DeleteFunction" in s["Action"]:
                self.assertTrue(all(r.endswith(":*") for r in [s["Resource"]] if isinstance(r, str)), "versions only")

    def first_update_of_live(self):
        """The number of the call that moves Live, in a promotion like the next one."""
        self.promote()
        at = next(i for i, c in enumerate(self.proxy.log) if c[0] == "PUT" and c[1].endswith("/aliases/Live"))
        self.begin(environments=("dev",))
        return at + 1

    def refuse(self, denied, suffix):
        self.proxy.refuse = lambda method, path, body: (
            (403, "AccessDeniedException", "denied") if action(method, path) == denied and path.partition("?")[0].endswith(suffix) else None)

    def test_what_a_dry_run_can_tell_is_told_before_anything_changes(self):
        for denied, suffix, words in (
                ("lambda:UpdateFunctionCode", "b-stage/code", "lambda:UpdateFunctionCode on {b}"),
                ("lambda:InvokeFunction", "b-stage/invocations", "lambda:InvokeFunction on {b}:Smoke"),
                ("lambda:ListAliases", "b-stage/aliases", "lambda:ListAliases on {b}"),
                ("lambda:GetFunction", "b-stage", "lambda:GetFunction on {b}")):
            with self.subTest(denied):
                self.begin()
                self.set_smoke()
                before = len(self.proxy.log)
                self.refuse(denied, suffix)
                out = self.promote(code=3)
                self.assertIn(words.format(b=self.name("b", "stage")), out)
                changes = [c for c in self.proxy.log[before:] if c[0] != "GET" and b"DryRun" not in c[2] and "/invocations" not in c[1]]
                self.assertEqual(changes, [], out)

    def test_live_is_asked_about_only_where_cases_will_run_on_it(self):
        for policy, shift, code in (({}, None, 3), ({"verify_live": False}, None, 0), ({"verify_live": False}, {"steps": [{"weight": 0.5, "hold": "0s"}]}, 3)):
            with self.subTest(policy=policy, shift=shift):
                self.begin(policy=policy, shift=shift)
                before = len(self.proxy.log)
                self.proxy.refuse = lambda method, path, body: (
                    (403, "AccessDeniedException", "denied") if path.endswith("b-stage/invocations?Qualifier=Live") else None)
                out = self.promote(code=code)
                if code:
                    self.assertIn(f"lambda:InvokeFunction on {self.name('b', 'stage')}:Live; nothing was changed", out)
                    self.assertEqual([c for c in self.proxy.log[before:] if c[0] != "GET" and b"DryRun" not in c[2] and "/invocations" not in c[1]], [])

    def test_all_that_is_missing_is_told_at_once(self):
        self.begin()
        self.set_smoke()
        self.proxy.refuse = lambda method, path, body: (
            (403, "AccessDeniedException", "denied") if "a-dev/code" in path or "b-stage/invocations" in path else None)
        out = self.promote(code=3)
        a, b = self.name("a", "dev"), self.name("b", "stage")
        self.assertIn(f"not allowed: dev: lambda:UpdateFunctionCode on {a}; "
                      f"stage: lambda:InvokeFunction on {b}:Smoke, lambda:InvokeFunction on {b}:Live; nothing was changed", out)

    def set_smoke(self):
        for e in self.names:
            for f in self.functions:
                self.api("POST", f"/{self.name(f, e)}/aliases", {"Name": "Smoke", "FunctionVersion": "1"})


if __name__ == "__main__":
    harness.main()
