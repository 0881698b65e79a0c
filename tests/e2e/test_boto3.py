"""boto3, as Debian has it, against smokegate-local: a client nobody here wrote."""
import base64
import json
import sys
import threading
import unittest
import urllib.request
import warnings

import harness

try:
    sys.path.append("/usr/lib/python3/dist-packages")
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError, WaiterError
except ImportError:
    harness.skip("no boto3 (Debian package python3-boto3): not driven by it")

ROLE = "arn:aws:iam::123456789012:role/x"

# What the function's events say: tests/local/puppet.c.
PLACE, EXIT, SAY = b'{"do":"place"}', b'{"do":"exit","n":3}', b'{"do":"say"}'


class Boto3(harness.Case):
    def setUp(self):
        super().setUp()
        warnings.simplefilter("ignore", ResourceWarning)  # boto3's clients keep their connections
        self.server = harness.LocalLambda(self.dir)
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.stop())
        self.aws = self.client("lambda")

    def client(self, service, key="local", secret="local", token=None, region="us-east-1"):
        return boto3.client(service, endpoint_url=self.server.endpoint, region_name=region, aws_access_key_id=key,
                            aws_secret_access_key=secret, aws_session_token=token,
                            config=Config(retries={"max_attempts": 0}, read_timeout=30))

    def create(self, name="f", **more):
        return self.aws.create_function(FunctionName=name, Runtime="provided.al2023", Handler="bootstrap", Role=ROLE,
                                        Code={"ZipFile": harness.puppet_package()}, **more)

    def fails(self, status, code, text, call, **args):
        with self.assertRaises(ClientError) as caught:
            call(**args)
        response = caught.exception.response
        self.assertEqual((response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]), (status, code))
        self.assertIn(text, response["Error"]["Message"])

    def invoke(self, payload=b"{}", **args):
        answer = self.aws.invoke(Payload=payload, **args)
        return answer, answer["Payload"].read()

    def test_a_function_runs_by_version_and_alias(self):
        self.create(Environment={"Variables": {"WHO": "one"}})
        self.aws.get_waiter("function_active_v2").wait(FunctionName="f")
        self.assertEqual(self.aws.publish_version(FunctionName="f")["Version"], "1")
        self.aws.update_function_configuration(FunctionName="f", Environment={"Variables": {"WHO": "two"}})
        self.aws.get_waiter("function_updated_v2").wait(FunctionName="f")
        self.aws.create_alias(FunctionName="f", Name="Live", FunctionVersion="1")
        answer, payload = self.invoke(b'{"x":1}', FunctionName="f", Qualifier="Live")
        self.assertEqual(json.loads(payload), {"x": 1})
        self.assertEqual((answer["StatusCode"], answer["ExecutedVersion"]), (200, "1"))
        self.assertNotIn("FunctionError", answer)
        self.assertEqual(self.environment(FunctionName="f:Live"), ("1", "one"))
        self.assertEqual(self.environment(FunctionName="f"), ("$LATEST", "two"))
        answer, _ = self.invoke(SAY, FunctionName="f", LogType="Tail")
        log = base64.b64decode(answer["LogResult"]).decode()
        request_id = answer["ResponseMetadata"]["RequestId"]
        for line in (f"START RequestId: {request_id} Version: $LATEST\n", "to stdout\n", f"END RequestId: {request_id}\n",
                     f"REPORT RequestId: {request_id}\tDuration: "):
            self.assertIn(line, log)

    def environment(self, **args):
        """Which version ran, and the variable WHO as it saw it."""
        _, payload = self.invoke(PLACE, **args)
        env = dict(e.split("=", 1) for e in json.loads(payload)["env"])
        return env["AWS_LAMBDA_FUNCTION_VERSION"], env["WHO"]

    def test_a_function_can_call_back_with_what_it_is_given(self):
        self.create(Environment={"Variables": {"WHO": "me"}})
        _, payload = self.invoke(PLACE, FunctionName="f")
        env = dict(e.split("=", 1) for e in json.loads(payload)["env"])
        given = {k: env["AWS_" + v] for k, v in (("aws_access_key_id", "ACCESS_KEY_ID"), ("aws_secret_access_key", "SECRET_ACCESS_KEY"),
                                                 ("aws_session_token", "SESSION_TOKEN"), ("region_name", "REGION"))}
        within = boto3.client("lambda", endpoint_url=env["AWS_ENDPOINT_URL_LAMBDA"], **given)
        self.assertEqual(within.invoke(FunctionName="f", Payload=b"7")["Payload"].read(), b"7")
        sts = boto3.client("sts", endpoint_url=env["AWS_ENDPOINT_URL_STS"], **given)
        self.assertEqual(sts.get_caller_identity()["Account"], "123456789012")
        self.fails(403, "UnrecognizedClientException", "security token", self.client("lambda", token="other").list_functions)
        self.aws.update_function_configuration(FunctionName="f", Environment={"Variables": {"AWS_ENDPOINT_URL_LAMBDA": "http://x"}})
        _, payload = self.invoke(PLACE, FunctionName="f")
        self.assertIn("AWS_ENDPOINT_URL_LAMBDA=http://x", json.loads(payload)["env"])

    def test_a_function_is_told_how_it_is_to_log(self):
        def logging():
            _, payload = self.invoke(PLACE, FunctionName="f")
            return [e for e in json.loads(payload)["env"] if e.startswith("AWS_LAMBDA_LOG") and "STREAM" not in e]
        self.create()
        self.assertEqual(logging(), ["AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/f"])
        self.aws.update_function_configuration(FunctionName="f", LoggingConfig={"LogFormat": "JSON", "LogGroup": "/shop/f"})
        self.assertEqual(sorted(logging()), ["AWS_LAMBDA_LOG_FORMAT=JSON", "AWS_LAMBDA_LOG_GROUP_NAME=/shop/f", "AWS_LAMBDA_LOG_LEVEL=INFO"])
        self.aws.update_function_configuration(FunctionName="f", LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"})
        self.assertIn("AWS_LAMBDA_LOG_LEVEL=DEBUG", logging())
        self.aws.update_function_configuration(FunctionName="f", LoggingConfig={"LogFormat": "Text"})
        self.assertEqual(logging(), ["AWS_LAMBDA_LOG_GROUP_NAME=/shop/f"])

    def test_a_function_that_ends_is_a_function_error(self):
        self.create()
        answer, payload = self.invoke(EXIT, FunctionName="f")
        self.assertEqual((answer["StatusCode"], answer["FunctionError"]), (200, "Unhandled"))
        self.assertEqual(json.loads(payload)["errorType"], "Runtime.ExitError")
        self.assertEqual(self.invoke(FunctionName="f")[0]["StatusCode"], 200)

    def test_stale_revisions_are_refused(self):
        created = self.create()
        old = created["RevisionId"]  # that of the pending function
        self.aws.get_waiter("function_active_v2").wait(FunctionName="f")
        for call, args in ((self.aws.update_function_code, {"ZipFile": harness.puppet_package("2")}),
                           (self.aws.update_function_configuration, {"Timeout": 5}), (self.aws.publish_version, {})):
            self.fails(412, "PreconditionFailedException", "does not match the latest Revision Id", call, FunctionName="f",
                       RevisionId=old, **args)
        alias = self.aws.create_alias(FunctionName="f", Name="Live", FunctionVersion="$LATEST")
        self.aws.update_alias(FunctionName="f", Name="Live", Description="d", RevisionId=alias["RevisionId"])
        self.fails(412, "PreconditionFailedException", "GetFunction/GetAlias", self.aws.update_alias, FunctionName="f",
                   Name="Live", RevisionId=alias["RevisionId"])

    def test_of_two_writers_with_one_revision_one_wins(self):
        self.create()
        alias = self.aws.create_alias(FunctionName="f", Name="Live", FunctionVersion="$LATEST")
        results = []

        def write(i):
            try:
                self.client("lambda").update_alias(FunctionName="f", Name="Live", Description=str(i),
                                                   RevisionId=alias["RevisionId"])
                results.append("won")
            except ClientError as e:
                results.append(e.response["Error"]["Code"])

        threads = [threading.Thread(target=write, args=(i,)) for i in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(sorted(results), ["PreconditionFailedException"] * 7 + ["won"])

    def test_lists_are_paged(self):
        for i in range(53):
            self.create(f"f{i:02}")
        names = [f["FunctionName"] for page in self.aws.get_paginator("list_functions").paginate() for f in page["Functions"]]
        self.assertEqual(names, [f"f{i:02}" for i in range(53)])
        for i in range(7):
            self.aws.create_alias(FunctionName="f00", Name=f"a{i}", FunctionVersion="$LATEST")
        pages = list(self.aws.get_paginator("list_aliases").paginate(FunctionName="f00", PaginationConfig={"PageSize": 3}))
        self.assertEqual([len(p["Aliases"]) for p in pages], [3, 3, 1])

    def test_events_are_answered_before_they_run(self):
        self.create()
        self.assertEqual(self.invoke(FunctionName="f", InvocationType="Event")[0]["StatusCode"], 202)
        answer, payload = self.invoke(FunctionName="f", InvocationType="DryRun")
        self.assertEqual((answer["StatusCode"], payload), (204, b""))
        self.assertNotIn("ExecutedVersion", answer)

    def test_bad_requests_are_refused(self):
        self.create()
        self.fails(409, "ResourceConflictException", "Function already exist: f", self.create)
        self.fails(400, "InvalidRequestContentException", "Could not parse request body into json", self.invoke,
                   payload=b"{", FunctionName="f")
        self.fails(413, "RequestTooLargeException", "6291456", self.invoke, payload=b'"' + b"x" * 6291456 + b'"',
                   FunctionName="f")
        self.fails(413, "RequestTooLargeException", "1048576", self.invoke, payload=b'"' + b"x" * 1048576 + b'"',
                   FunctionName="f", InvocationType="Event")
        self.fails(400, "InvalidParameterValueException", "Could not unzip uploaded file.", self.aws.update_function_code,
                   FunctionName="f", ZipFile=b"no zip")
        self.fails(501, "NotImplementedException", "is not implemented", self.aws.list_code_signing_configs)

    def test_errors_are_instances_of_their_classes(self):
        self.create(Publish=True)
        errors = self.aws.exceptions
        for error, call, args in (
                (errors.ResourceConflictException, self.create, {}),
                (errors.ResourceNotFoundException, self.aws.get_alias, {"FunctionName": "f", "Name": "Nope"}),
                (errors.ResourceNotFoundException, self.aws.get_policy, {"FunctionName": "f"}),
                (errors.PreconditionFailedException, self.aws.publish_version, {"FunctionName": "f", "RevisionId": "0"}),
                (errors.InvalidParameterValueException, self.aws.publish_version, {"FunctionName": "f", "CodeSha256": "x" * 43 + "="}),
                (errors.InvalidRequestContentException, self.aws.invoke, {"FunctionName": "f", "Payload": b"{"}),
                (errors.ProvisionedConcurrencyConfigNotFoundException, self.aws.get_provisioned_concurrency_config,
                 {"FunctionName": "f", "Qualifier": "1"})):
            with self.subTest(error.__name__), self.assertRaises(error) as caught:
                call(**args)
            self.assertTrue(caught.exception.response["ResponseMetadata"]["RequestId"])
        self.aws.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
        with self.assertRaises(errors.TooManyRequestsException) as caught:
            self.aws.invoke(FunctionName="f")
        self.assertEqual(caught.exception.response["Reason"], "ReservedFunctionConcurrentInvocationLimitExceeded")

    def test_what_fails_ends_the_waiting(self):
        self.create()
        waiter = self.aws.get_waiter("function_updated_v2")
        waiter.wait(FunctionName="f")
        rules = json.dumps({"rules": [{"operation": "UpdateFunctionConfiguration", "fail": "the network is full"}]})
        urllib.request.urlopen(urllib.request.Request(self.server.endpoint + "/_smokegate/faults", rules.encode(), method="PUT"), timeout=30).close()
        self.aws.update_function_configuration(FunctionName="f", Timeout=5)
        with self.assertRaisesRegex(WaiterError, "terminal failure state"):
            waiter.wait(FunctionName="f")
        self.assertEqual(self.aws.get_function_configuration(FunctionName="f")["LastUpdateStatusReason"], "the network is full")

    @unittest.skipUnless(hasattr(boto3.client("lambda", region_name="x"), "invoke_with_response_stream"), "this boto3 knows no response streams")
    def test_a_response_is_streamed(self):
        self.create()
        answer = self.aws.invoke_with_response_stream(FunctionName="f", Payload=PLACE, LogType="Tail")
        events = list(answer["EventStream"])
        body = b"".join(e["PayloadChunk"]["Payload"] for e in events if "PayloadChunk" in e)
        self.assertIn("env", json.loads(body))
        self.assertIn("REPORT RequestId", base64.b64decode(events[-1]["InvokeComplete"]["LogResult"]).decode())
        self.assertEqual(answer["ExecutedVersion"], "$LATEST")

    @unittest.skipUnless(hasattr(boto3.client("lambda", region_name="x"), "put_function_recursion_config"), "this boto3 knows no recursion")
    def test_recursion_is_kept(self):
        self.create()
        self.assertEqual(self.aws.get_function_recursion_config(FunctionName="f")["RecursiveLoop"], "Terminate")
        self.aws.put_function_recursion_config(FunctionName="f", RecursiveLoop="Allow")
        self.assertEqual(self.aws.get_function_recursion_config(FunctionName="f")["RecursiveLoop"], "Allow")

    def test_assumed_roles_sign(self):
        sts = self.client("sts")
        self.assertEqual(sts.get_caller_identity()["Account"], "123456789012")
        answer = sts.assume_role(RoleArn="arn:aws:iam::222222222222:role/ci/promoter", RoleSessionName="me")
        key = answer["Credentials"]
        role = self.client("sts", key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"])
        self.assertEqual(role.get_caller_identity()["Arn"], "arn:aws:sts::222222222222:assumed-role/promoter/me")
        self.client("lambda", key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"]).list_functions()
        self.fails(403, "UnrecognizedClientException", "security token",
                   self.client("lambda", key["AccessKeyId"], key["SecretAccessKey"]).list_functions)
        self.fails(403, "InvalidSignatureException", "does not match", self.client("lambda", secret="wrong").list_functions)

    def test_names_with_colons_sign(self):
        self.create()
        arn = "arn:aws:lambda:us-east-1:123456789012:function:f"
        self.assertEqual(self.aws.get_function(FunctionName=arn)["Configuration"]["FunctionArn"], arn)
        self.assertEqual(self.aws.get_function(FunctionName=arn + ":$LATEST")["Configuration"]["FunctionArn"], arn + ":$LATEST")
        self.fails(404, "ResourceNotFoundException", "eu-west-1", self.aws.get_function,
                   FunctionName=arn.replace("us-east-1", "eu-west-1"))


if __name__ == "__main__":
    harness.main()
