"""The audit: every repair it prints is run with the AWS CLI as it stands, and then the finding is gone."""
import json
import os
import shutil
import subprocess
import xml.etree.ElementTree

import harness
import promote_world
from promote_world import CREDENTIALS

def works(path):
    return path and subprocess.run([path, "--version"], capture_output=True, timeout=120).returncode == 0


AWS = next((path for path in (shutil.which("aws"), "/usr/bin/aws", "/usr/local/bin/aws") if works(path)), None)
if not AWS:
    harness.skip("no AWS CLI (Debian package awscli): its repairs are not run")

MAPPINGS, URLS, ASYNC, PROVISIONED = "/2015-03-31/event-source-mappings/", "/2021-10-31/functions", "/2019-09-25/functions", "/2019-09-30/functions"
QUEUE, RULE = "arn:aws:sqs:us-east-1:123456789012:orders", "arn:aws:events:us-east-1:123456789012:rule/nightly"


class Audit(promote_world.Case):
    environments = ("dev",)
    functions = ("a",)

    def begin(self, **more):
        root = super().begin(**more)
        self.f = self.name("a", "dev")
        self.promote()  # Live on 2, Backup on 1
        return root

    def aws_cli(self, command):
        """As pasted into a shell where `aws` is the CLI."""
        env = {**self.env, **CREDENTIALS, "AWS_PAGER": "", "PATH": os.path.dirname(AWS) + ":" + os.environ["PATH"]}
        run = subprocess.run(["/bin/sh", "-c", command], env=env, cwd=self.dir, capture_output=True, text=True, timeout=300)
        if "Unknown options: --invoke-mode" in run.stderr:
            self.skipTest("this AWS CLI knows no URLs that stream")
        self.assertEqual(run.returncode, 0, f"{command}\n{run.stdout}\n{run.stderr}")

    def findings(self, code=7, *args):
        report = json.loads(self.run_it("audit", "--json", *args, code=code))
        self.assertEqual((report["failed"], report["warnings"]),
                         tuple(sum(f["level"] == level for f in report["findings"]) for level in ("fail", "warn")))
        return report["findings"]

    def policy(self, qualifier, **statement):
        self.api("POST", f"/{self.f}/policy" + (f"?Qualifier={qualifier}" if qualifier else ""),
                 {"StatementId": "nightly", "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com", "SourceArn": RULE, **statement})

    def map(self, qualifier):
        self.api("POST", "", {"FunctionName": self.f + qualifier, "EventSourceArn": QUEUE, "BatchSize": 1}, of=MAPPINGS)

    def put(self, path, body, of):
        self.api("PUT" if of != URLS else "POST", path, body, of=of)

    def other_role(self):
        self.api("PUT", f"/{self.f}/configuration", {"Role": "arn:aws:iam::123456789012:role/other"})
        for _ in range(200):
            if self.api("GET", f"/{self.f}/configuration")["LastUpdateStatus"] == "Successful":
                break
        self.api("POST", f"/{self.f}/versions", {})
        self.set_alias("a", "dev", "Smoke", FunctionVersion="3", RoutingConfig={"AdditionalVersionWeights": {}})

    def rows(self):
        """What is set up, and the findings: (level, check, a part of what is said), in the order in which they are repaired."""
        auth = {"AuthType": "NONE"}
        return {
            "a mapping on the bare function": (lambda: self.map(""), [("fail", "event-source", "calls the bare function")]),
            "a mapping on $LATEST": (lambda: self.map(":$LATEST"), [("fail", "event-source", "$LATEST")]),
            "a mapping on a version": (lambda: self.map(":1"), [("fail", "event-source", "calls a fixed version")]),
            "a mapping on Smoke": (lambda: self.map(":Smoke"), [("fail", "event-source", "calls Smoke")]),
            "a policy on the bare function": (lambda: self.policy(""), [("warn", "grant", "may not call Live"), ("fail", "policy", "the bare function")]),
            "a policy on Smoke, and its id taken on Live": (
                lambda: (self.policy("Smoke"), self.policy("Live", Principal="sns.amazonaws.com")),
                [("warn", "grant", "may not call Live"), ("fail", "policy", "call Smoke")]),
            "a policy on a version": (lambda: self.policy("1"), [("warn", "grant", "may not call Live"), ("fail", "policy", "a fixed version (1)")]),
            "a policy for an API, whose ARN a shell would expand": (
                lambda: self.policy("", Principal="apigateway.amazonaws.com", SourceArn="arn:aws:execute-api:us-east-1:1:api/*/GET/o$(x)'s"),
                [("warn", "grant", "may not call Live"), ("fail", "policy", "apigateway")]),
            "a policy for a bucket of one account": (
                lambda: self.policy("", Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::b", SourceAccount="123456789012"),
                [("warn", "grant", "may not call Live"), ("fail", "policy", "s3")]),
            "a policy for anybody": (lambda: self.policy("", Principal="*"), [("warn", "grant", "anybody"), ("fail", "policy", "anybody")]),
            "a URL of the bare function": (lambda: self.put(f"/{self.f}/url", auth, URLS), [("fail", "url", "the bare function")]),
            "a URL of Smoke": (lambda: self.put(f"/{self.f}/url?Qualifier=Smoke", {"AuthType": "AWS_IAM", "InvokeMode": "RESPONSE_STREAM"}, URLS),
                               [("fail", "url", "calls Smoke")]),
            "URLs of Smoke and Live": (lambda: [self.put(f"/{self.f}/url?Qualifier={q}", auth, URLS) for q in ("Smoke", "Live")], [("fail", "url", "calls Smoke")]),
            "settings of asynchronous events": (
                lambda: self.put(f"/{self.f}/event-invoke-config?Qualifier=$LATEST", {
                    "MaximumRetryAttempts": 1, "MaximumEventAgeInSeconds": 600,
                    "DestinationConfig": {"OnFailure": {"Destination": QUEUE}}}, ASYNC),
                [("warn", "event-invoke-config", "set on $LATEST, not on Live")]),
            "provisioned concurrency of the version that Live serves": (
                lambda: self.put(f"/{self.f}/provisioned-concurrency?Qualifier=2", {"ProvisionedConcurrentExecutions": 3}, PROVISIONED),
                [("warn", "provisioned-concurrency", "3 provisioned for version 2")]),
            "weights on Smoke": (lambda: self.set_alias("a", "dev", "Smoke", RoutingConfig={"AdditionalVersionWeights": {"1": 0.2}}),
                                 [("warn", "weights", "Smoke sends a part of its traffic to version 1")]),
            "weights on Live": (lambda: self.set_alias("a", "dev", "Live", RoutingConfig={"AdditionalVersionWeights": {"1": 0.2}}),
                                [("warn", "weights", "Live sends a part")]),
        }

    def test_every_repair_repairs(self):
        self.begin()
        self.assertEqual(self.findings(code=0), [])
        for name in self.rows():
            with self.subTest(name):
                self.begin()
                make, want = self.rows()[name]
                make()
                code = 7 if any(level == "fail" for level, *_ in want) else 0
                found = self.findings(code)
                self.assertEqual([(f["level"], f["check"]) for f in found], [w[:2] for w in want])
                for f, (_, _, words) in zip(found, want):
                    self.assertIn(words, f["text"])
                    self.assertIn(f"--endpoint-url {self.proxy.endpoint} --region us-east-1", f["repair"])
                text = self.run_it("audit", code=code)
                for f in found:
                    self.assertIn(f"repair: {f['repair']}\n", text)
                    if f["source_arn"]:
                        self.assertIn(f"source: {f['source_arn']}\n", text)
                    self.aws_cli(f["repair"])
                self.assertEqual(self.findings(0), [])

    def test_what_was_granted_and_set_is_carried_over(self):
        self.begin()
        self.policy("", Principal="s3.amazonaws.com", SourceArn="arn:aws:s3:::b", SourceAccount="123456789012")
        self.put(f"/{self.f}/event-invoke-config?Qualifier=$LATEST", {"MaximumRetryAttempts": 1, "DestinationConfig": {
            "OnSuccess": {"Destination": QUEUE}}}, ASYNC)
        bare = json.loads(self.api("GET", f"/{self.f}/policy")["Policy"])["Statement"][0]
        for f in self.findings():
            self.aws_cli(f["repair"])
        live = json.loads(self.api("GET", f"/{self.f}/policy?Qualifier=Live")["Policy"])["Statement"][0]
        self.assertEqual({k: live[k] for k in ("Principal", "Condition", "Action")}, {k: bare[k] for k in ("Principal", "Condition", "Action")})
        config = self.api("GET", f"/{self.f}/event-invoke-config?Qualifier=Live", of=ASYNC)
        self.assertEqual((config["MaximumRetryAttempts"], config["DestinationConfig"]["OnSuccess"]["Destination"]), (1, QUEUE))

    def test_it_is_reported_like_the_rest(self):
        self.begin()
        self.run_it("audit", "--junit", "audit.xml", "--report", "html=audit.html", "--report", "markdown=audit.md")
        suites = self.suites("audit.xml")
        self.assertEqual(suites, {"promotion: dev": {"audit": []}})
        self.map("")
        self.policy("")
        self.run_it("audit", "--junit", "audit.xml", "--report", "html=audit.html", "--report", "markdown=audit.md", code=7)
        suites = self.suites("audit.xml")["audit: dev"]
        self.assertEqual(sorted((n.partition(" ")[2].partition(" ")[0], e) for n, e in suites.items()),
                         [("event-source", ["failure"]), ("grant", []), ("policy", ["failure"])])
        with open(os.path.join(self.root, "audit.xml"), encoding="utf-8") as f:
            text = f.read()
        self.assertIn(f"source: {QUEUE}", text)
        self.assertIn("repair: aws lambda update-event-source-mapping --endpoint-url", text)
        for name, words in (("audit.html", "Something bypasses Live"), ("audit.md", "Something bypasses Live")):
            with open(os.path.join(self.root, name), encoding="utf-8") as f:
                self.assertIn(words, f.read())

    def test_policy_audit_in_a_promotion_and_its_reports(self):
        for policy, code, found in (("off", 0, None), ("warn", 0, ["failure"]), ("fail", 7, ["failure"])):
            with self.subTest(policy):
                super().begin(policy={"audit": policy})
                self.f = self.name("a", "dev")
                self.map("")
                out = self.promote(code=code)
                with self.subTest("told"):
                    self.assertEqual("repair: aws lambda update-event-source-mapping" in out, found is not None, out)
                self.promote("1.0.0" if code == 0 else "1.1.0", "--junit", "r.xml", code=code)
                suites = self.suites("r.xml")
                self.assertEqual(list(suites.get("audit: dev", {None: None}).values()), [found])
                self.assertEqual(self.live("dev"), ["1"] if code else ["3"])

    def suites(self, path):
        root = xml.etree.ElementTree.parse(os.path.join(self.root, path)).getroot()
        return {s.get("name"): {c.get("name"): [e.tag for e in c if e.tag != "system-out"] for c in s.iter("testcase")}
                for s in root.iter("testsuite")}

    def test_a_role_of_its_own_is_told_and_gone_with_the_next_version(self):
        self.begin()
        self.other_role()
        found = self.findings(0)
        self.assertEqual([(f["level"], f["check"]) for f in found], [("warn", "role")])
        self.assertIn("role/other", found[0]["text"])
        self.aws_cli(found[0]["repair"])
        self.promote("1.0.0")
        self.assertEqual(self.findings(0), [])


if __name__ == "__main__":
    harness.main()
