"""The AWS CLI against smokegate-local."""
import json
import os
import subprocess
import unittest

import harness

# A python of another prefix may come first in PATH: the CLI of the distribution wants its own.
AWS = next((path for path in ("/usr/bin/aws", "/usr/local/bin/aws") if os.path.exists(path)), None)
if not AWS:
    harness.skip("no AWS CLI (Debian package awscli): not driven by it")

class AwsCli(harness.Case):
    def setUp(self):
        super().setUp()
        self.server = harness.LocalLambda(os.path.join(self.dir, "state"))
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.stop())

    def aws(self, *args, code=0):
        env = {**self.env, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_PAGER": "",
               "AWS_DEFAULT_REGION": "us-east-1", "PATH": "/usr/bin:/bin"}
        run = subprocess.run([AWS, "--endpoint-url", self.server.endpoint, "--output", "json", *args], env=env, cwd=self.dir,
                             capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, code, f"aws {' '.join(args)}\n{run.stdout}\n{run.stderr}")
        return json.loads(run.stdout) if code == 0 and run.stdout.strip() else run.stderr

    def package(self, name, note):
        self.write(name, harness.puppet_package(note))
        return "fileb://" + name

    def test_the_way_of_a_release(self):
        self.aws("lambda", "create-function", "--function-name", "orders", "--runtime", "provided.al2023", "--handler", "bootstrap",
                 "--role", "arn:aws:iam::123456789012:role/x", "--zip-file", self.package("1.zip", "1.0.0"))
        self.assertEqual(self.aws("lambda", "publish-version", "--function-name", "orders")["Version"], "1")
        alias = self.aws("lambda", "create-alias", "--function-name", "orders", "--name", "Live", "--function-version", "1")
        self.aws("lambda", "update-function-code", "--function-name", "orders", "--zip-file", self.package("2.zip", "1.1.0"))
        self.aws("lambda", "wait", "function-updated-v2", "--function-name", "orders")
        latest = self.aws("lambda", "get-function-configuration", "--function-name", "orders")
        said = self.aws("lambda", "publish-version", "--function-name", "orders", "--revision-id", alias["RevisionId"], code=254)
        self.assertIn("(PreconditionFailedException) when calling the PublishVersion operation: The Revision Id provided", said)
        version = self.aws("lambda", "publish-version", "--function-name", "orders", "--revision-id", latest["RevisionId"],
                           "--code-sha256", latest["CodeSha256"])
        self.assertEqual(version["Version"], "2")

        def released():
            answer = self.aws("lambda", "invoke", "--function-name", "orders:Live", "--payload", '{"do":"place"}',
                              "--cli-binary-format", "raw-in-base64-out", "answer.json")
            with open(os.path.join(self.dir, "answer.json"), encoding="utf-8") as f:
                env = dict(e.split("=", 1) for e in json.load(f)["env"])
            return answer["ExecutedVersion"], env["AWS_LAMBDA_FUNCTION_VERSION"]

        self.assertEqual(released(), ("1", "1"))
        self.aws("lambda", "update-alias", "--function-name", "orders", "--name", "Live", "--function-version", "2",
                 "--revision-id", alias["RevisionId"])
        self.assertEqual(released(), ("2", "2"))
        self.assertEqual([v["Version"] for v in self.aws("lambda", "list-versions-by-function", "--function-name", "orders")["Versions"]],
                         ["$LATEST", "1", "2"])
        said = self.aws("lambda", "delete-function", "--function-name", "orders", "--qualifier", "2", code=254)
        self.assertIn("because the following aliases reference it: [Live]", said)
        self.assertEqual(self.aws("sts", "get-caller-identity")["Account"], "123456789012")


if __name__ == "__main__":
    harness.main()
