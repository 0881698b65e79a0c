"""The AWS CLI against smokegate-local."""
import json
import os
import re
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


ROLE = "arn:aws:iam::123456789012:role/x"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:common"
F, LIVE, COMMON = "--function-name f", "--function-name f --qualifier Live", "--layer-name common --version-number 1"
RAW = "--cli-binary-format raw-in-base64-out"
# What is typed after `aws lambda`, and what is printed with --output text; "! ": what stands in the error it ends with, by code 254.
SESSION = [
    (f"create-function {F} --runtime provided.al2023 --handler bootstrap --role {ROLE} --zip-file fileb://1.zip --publish"
     " --query [Version,State]", "1\tPending"),
    (f"wait function-exists {F}", ""),
    (f"wait function-active {F}", ""),
    (f"wait function-active-v2 {F}", ""),
    (f"get-function {F} --query Configuration.State", "Active"),
    (f"get-function-configuration {F} --qualifier 1 --query FunctionArn", FUNCTION + ":1"),
    ("list-functions --query Functions[].FunctionName", "f"),
    ("list-functions --function-version ALL --page-size 1 --query Functions[].FunctionArn", f"{FUNCTION}:$LATEST\n{FUNCTION}:1"),
    (f"update-function-code {F} --zip-file fileb://2.zip --dry-run --query Version", "$LATEST"),
    (f"update-function-code {F} --zip-file fileb://2.zip --query LastUpdateStatus", "InProgress"),
    (f"wait function-updated {F}", ""),
    (f"update-function-configuration {F} --memory-size 256 --environment Variables={{AB=b}} --query [MemorySize,Environment.Variables.AB]", "256\tb"),
    (f"wait function-updated-v2 {F}", ""),
    (f"publish-version {F} --description two --query [Version,Description]", "2\ttwo"),
    (f"publish-version {F} --revision-id 0 --query Version", "! (PreconditionFailedException) when calling the PublishVersion operation: The Revision Id"),
    (f"wait published-version-active {F} --qualifier 2", ""),
    (f"list-versions-by-function {F} --page-size 1 --query Versions[].Version", "$LATEST\n1\n2"),
    (f"list-versions-by-function {F} --max-items 1 --query Versions[].Version", "$LATEST\nNone"),
    (f"create-alias {F} --name Live --function-version 1 --query AliasArn", FUNCTION + ":Live"),
    (f"create-alias {F} --name Live --function-version 1", f"! (ResourceConflictException) when calling the CreateAlias operation: Alias already "
     f"exists: {FUNCTION}:Live"),
    (f"get-alias {F} --name Nope", f"! (ResourceNotFoundException) when calling the GetAlias operation: Cannot find alias arn: {FUNCTION}:Nope"),
    (f"update-alias {F} --name Live --function-version 2 --routing-config {{\"AdditionalVersionWeights\":{{\"1\":0.25}}}}"
     " --query RoutingConfig.AdditionalVersionWeights", "0.25"),
    (f"update-alias {F} --name Live --routing-config {{\"AdditionalVersionWeights\":{{}}}} --query RoutingConfig", "None"),
    (f"get-alias {F} --name Live --query FunctionVersion", "2"),
    (f"list-aliases {F} --page-size 1 --query Aliases[].Name", "Live"),
    (f"list-aliases {F} --function-version 1 --query Aliases[].Name", ""),
    (f"invoke --function-name f:Live --payload {{}} {RAW} --query [StatusCode,ExecutedVersion,FunctionError] out.json", "200\t2\tNone"),
    (f"invoke {F} --payload {{\"do\":\"exit\",\"n\":3}} {RAW} --query [FunctionError,ExecutedVersion] out.json", "Unhandled\t$LATEST"),
    (f"invoke {F} --invocation-type Event --payload {{}} {RAW} --query StatusCode out.json", "202"),
    (f"invoke {F} --invocation-type DryRun --query StatusCode out.json", "204"),
    (f"invoke {F} --payload {{x {RAW} out.json", "! (InvalidRequestContentException) when calling the Invoke operation: Could not parse request body"),
    ("invoke --function-name nope out.json", "! (ResourceNotFoundException) when calling the Invoke operation: Function not found:"),
    (f"add-permission {F} --statement-id s --action lambda:InvokeFunction --principal events.amazonaws.com --query length(Statement)>`0`", "True"),
    (f"add-permission {F} --statement-id s --action lambda:InvokeFunction --principal events.amazonaws.com",
     "! (ResourceConflictException) when calling the AddPermission operation: The statement id (s) provided already exists."),
    (f"get-policy {F} --query contains(Policy,'events.amazonaws.com')", "True"),
    (f"get-policy {LIVE}", "! (ResourceNotFoundException) when calling the GetPolicy operation: The resource you requested does not exist."),
    (f"remove-permission {F} --statement-id s", ""),
    (f"remove-permission {F} --statement-id s", "! (ResourceNotFoundException) when calling the RemovePermission operation: No policy"),
    (f"put-function-concurrency {F} --reserved-concurrent-executions 5", "5"),
    (f"get-function-concurrency {F}", "5"),
    (f"delete-function-concurrency {F}", ""),
    (f"get-function-concurrency {F}", ""),
    (f"put-provisioned-concurrency-config {LIVE} --provisioned-concurrent-executions 2 --query Status", "IN_PROGRESS"),
    (f"get-provisioned-concurrency-config {LIVE} --query AllocatedProvisionedConcurrentExecutions", "2"),
    (f"list-provisioned-concurrency-configs {F} --query ProvisionedConcurrencyConfigs[].FunctionArn", FUNCTION + ":Live"),
    (f"delete-provisioned-concurrency-config {LIVE}", ""),
    (f"get-provisioned-concurrency-config {LIVE}", "! (ProvisionedConcurrencyConfigNotFoundException) when calling the GetProvisionedConcurrencyConfig"),
    ("create-event-source-mapping --function-name f:Live --event-source-arn arn:aws:sqs:us-east-1:123456789012:q --query State", "Creating"),
    ("list-event-source-mappings --function-name f:Live --page-size 1 --query EventSourceMappings[].UUID", "{uuid}"),
    ("get-event-source-mapping --uuid {uuid} --query State", "Enabled"),
    ("update-event-source-mapping --uuid {uuid} --batch-size 7 --query BatchSize", "7"),
    ("delete-event-source-mapping --uuid {uuid} --query State", "Deleting"),
    ("get-event-source-mapping --uuid 00000000-0000-0000-0000-000000000000", "! (ResourceNotFoundException) when calling the GetEventSourceMapping"),
    (f"create-function-url-config {LIVE} --auth-type NONE --query FunctionArn", FUNCTION + ":Live"),
    (f"get-function-url-config {LIVE} --query AuthType", "NONE"),
    (f"update-function-url-config {LIVE} --auth-type AWS_IAM --query AuthType", "AWS_IAM"),
    (f"list-function-url-configs {F} --query FunctionUrlConfigs[].AuthType", "AWS_IAM"),
    (f"delete-function-url-config {LIVE}", ""),
    (f"put-function-event-invoke-config {LIVE} --maximum-retry-attempts 1 --query MaximumRetryAttempts", "1"),
    (f"update-function-event-invoke-config {LIVE} --maximum-event-age-in-seconds 100 --query MaximumRetryAttempts", "1"),
    (f"get-function-event-invoke-config {LIVE} --query MaximumEventAgeInSeconds", "100"),
    (f"list-function-event-invoke-configs {F} --query FunctionEventInvokeConfigs[].FunctionArn", FUNCTION + ":Live"),
    (f"delete-function-event-invoke-config {LIVE}", ""),
    (f"get-function-event-invoke-config {LIVE}", "! doesn't have an EventInvokeConfig"),
    ("publish-layer-version --layer-name common --zip-file fileb://1.zip --compatible-runtimes provided.al2023 --query Version", "1"),
    (f"get-layer-version {COMMON} --query LayerVersionArn", LAYER + ":1"),
    (f"get-layer-version-by-arn --arn {LAYER}:1 --query Version", "1"),
    ("list-layers --compatible-runtime provided.al2023 --page-size 1 --query Layers[].LayerName", "common"),
    ("list-layer-versions --layer-name common --query LayerVersions[].Version", "1"),
    (f"add-layer-version-permission {COMMON} --statement-id s --action lambda:GetLayerVersion --principal * --query length(RevisionId)", "36"),
    (f"get-layer-version-policy {COMMON} --query contains(Policy,'lambda:GetLayerVersion')", "True"),
    (f"remove-layer-version-permission {COMMON} --statement-id s", ""),
    (f"delete-layer-version {COMMON}", ""),
    (f"get-layer-version {COMMON}", "! (ResourceNotFoundException) when calling the GetLayerVersion operation: The resource you requested does not exist."),
    (f"tag-resource --resource {FUNCTION} --tags a=b,c=d", ""),
    (f"list-tags --resource {FUNCTION} --query Tags.a", "b"),
    (f"untag-resource --resource {FUNCTION} --tag-keys a", ""),
    (f"list-tags --resource {FUNCTION}", "TAGS\td"),
    ("get-account-settings --query AccountUsage.FunctionCount", "1"),
    (f"get-function-code-signing-config {F} --query FunctionName", "f"),
    (f"get-runtime-management-config {F}", "! (NotImplementedException) when calling the GetRuntimeManagementConfig operation: GetRuntimeManagementConfig is "
     "not implemented by smokegate-local."),
    (f"delete-function {F} --qualifier 2", "! because the following aliases reference it: [Live]"),
    (f"delete-alias {F} --name Live", ""),
    (f"delete-alias {F} --name Live", ""),
    (f"delete-function {F} --qualifier 2", ""),
    (f"delete-function {F}", ""),
    (f"get-function {F}", f"! (ResourceNotFoundException) when calling the GetFunction operation: Function not found: {FUNCTION}"),
]


class Session(harness.Case):
    """Every operation that the local Lambda claims, typed with the AWS CLI."""
    # The CLI here knows no such operation: newer than it, or never in it (tests/e2e/test_boto3.py has them).
    WITHOUT = {"InvokeWithResponseStream", "GetFunctionRecursionConfig", "PutFunctionRecursionConfig", "STS"}

    def test_every_operation(self):
        server = harness.LocalLambda(os.path.join(self.dir, "state"))
        self.addCleanup(server.stop)
        for note in ("1", "2"):
            self.write(note + ".zip", harness.puppet_package(note))
        env = {**self.env, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_PAGER": "", "AWS_DEFAULT_REGION": "us-east-1",
               "PATH": "/usr/bin:/bin"}
        driver = os.path.join(harness.SOURCE, "tests", "e2e", "aws_cli_driver.py")
        with open(AWS, encoding="utf-8") as f:
            python = f.readline().removeprefix("#!").strip()
        uuid = ""
        with subprocess.Popen([python, driver], env=env, cwd=self.dir, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as cli:
            for typed, printed in SESSION:
                words = ["--endpoint-url", server.endpoint, "--output", "text", "lambda", *typed.replace("{uuid}", uuid).split(" ")]
                cli.stdin.write(json.dumps(words) + "\n")
                cli.stdin.flush()
                line = cli.stdout.readline()
                if not line:
                    harness.skip(f"{python} cannot run the AWS CLI in one process: not every operation was typed")
                run = json.loads(line)
                if printed == "{uuid}":
                    uuid = run["out"].strip()
                    printed = uuid
                with self.subTest(typed):
                    if printed.startswith("! "):
                        self.assertEqual((run["code"], run["out"]), (254, ""), run["err"])
                        self.assertIn("An error occurred (", run["err"])
                        self.assertIn(printed[2:], run["err"])
                    else:
                        self.assertEqual((run["out"].strip("\n"), run["err"], run["code"]), (printed, "", 0))
            cli.stdin.close()
        self.assertRegex(uuid, "^[0-9a-f-]{36}$")

    def test_the_session_leaves_nothing_out(self):
        with open(os.path.join(harness.SOURCE, "local", "route.c"), encoding="utf-8") as f:
            rows = re.findall(r'\n    {"([A-Za-z]+)",(.*?)},(?=\n)', f.read(), re.DOTALL)
        claimed = {name for name, row in rows if re.search(r',\s*(?:NULL|"[^"]*"),\s*[a-z_]+', row)}
        commands = {line.split()[0] for line, _ in SESSION}
        used = {name for name in claimed if re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower() in commands}
        self.assertGreater(len(used), 50)
        self.assertEqual(claimed - used, self.WITHOUT)


if __name__ == "__main__":
    harness.main()
