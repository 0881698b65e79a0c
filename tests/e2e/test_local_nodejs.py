"""nodejs* functions through AWS's own runtime interface client, from npm, on smokegate-local.

The client is built by npm from its sources once, into the build folder (minutes, on a small machine).
SMOKEGATE_RIC names a folder of node_modules that has it already.
"""
import base64
import io
import json
import os
import shutil
import subprocess
import sys
import unittest
import zipfile

import harness

try:
    sys.path.append("/usr/lib/python3/dist-packages")
    import boto3
    from botocore.config import Config
except ImportError:
    harness.skip("no boto3 (Debian package python3-boto3): nodejs functions were not run")

PACKAGE = "aws-lambda-ric@4.0.2"
HANDLER = """
let calls = 0;
exports.handler = async (event, context) => {
    calls += 1;
    console.log("handling", event.do);
    if (event.do === "fail") { class ShopClosed extends Error {} ; const e = new ShopClosed("come back"); e.name = "ShopClosed"; throw e; }
    if (event.do === "exit") process.exit(7);
    if (event.do === "sleep") await new Promise((r) => setTimeout(r, 60000));
    return { calls, sum: event.a + event.b, id: context.awsRequestId, name: context.functionName,
             version: context.functionVersion, arn: context.invokedFunctionArn,
             left: context.getRemainingTimeInMillis(), cwd: process.cwd(), greeting: process.env.GREETING };
};
exports.broken = "not a function";
"""


def ric_folder():
    """A node_modules with the interface client in it."""
    given = os.environ.get("SMOKEGATE_RIC")
    if given:
        return given
    if not shutil.which("node") or not shutil.which("npm"):
        harness.skip("no node or npm: nodejs functions were not run")
    prefix = os.path.join(harness.BUILD, "ric")
    modules = os.path.join(prefix, "node_modules")
    if not os.path.exists(os.path.join(prefix, "complete")):
        os.makedirs(prefix, exist_ok=True)
        try:
            run = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", prefix, PACKAGE],
                                 capture_output=True, text=True, timeout=1200)
        except subprocess.TimeoutExpired:
            harness.skip(f"npm did not build {PACKAGE} in 20 minutes: nodejs functions were not run")
        if run.returncode != 0:
            why = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
            harness.skip(f"npm cannot install {PACKAGE} here: nodejs functions were not run ({why})")
        with open(os.path.join(prefix, "complete"), "w", encoding="utf-8"):
            pass
    return modules


def package(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, text in files.items():
            z.writestr(name, text)
    return out.getvalue()


class NodeJs(harness.Case):
    options = ()

    def setUp(self):
        super().setUp()
        self.server = harness.LocalLambda(self.dir, *self.options, env={"NODE_PATH": RIC})
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.stop())
        self.aws = boto3.client("lambda", endpoint_url=self.server.endpoint, region_name="us-east-1", aws_access_key_id="local",
                                aws_secret_access_key="local", config=Config(retries={"max_attempts": 0}, read_timeout=60))
        self.addCleanup(self.aws.close)

    def create(self, name="f", handler="index.handler", files=None, timeout=20):
        self.aws.create_function(FunctionName=name, Runtime="nodejs20.x", Handler=handler, Timeout=timeout,
                                 Role="arn:aws:iam::123456789012:role/x", Environment={"Variables": {"GREETING": "hello"}},
                                 MemorySize=256, Code={"ZipFile": package(files or {"index.js": HANDLER})})

    def invoke(self, payload, name="f"):
        answer = self.aws.invoke(FunctionName=name, LogType="Tail", Payload=json.dumps(payload).encode())
        log = base64.b64decode(answer["LogResult"]).decode()
        return answer.get("FunctionError"), json.loads(answer["Payload"].read()), log, answer["ResponseMetadata"]["RequestId"]

    def test_a_handler_answers_with_its_context(self):
        self.create()
        error, first, log, request_id = self.invoke({"do": "add", "a": 1, "b": 2})
        self.assertIsNone(error, (first, log))
        self.assertEqual((first["calls"], first["sum"], first["id"]), (1, 3, request_id))
        self.assertEqual((first["name"], first["version"], first["greeting"]), ("f", "$LATEST", "hello"))
        self.assertTrue(0 < first["left"] <= 20000)
        self.assertIn("handling add", log)
        self.assertIn("Init Duration", log)
        _, second, log, _ = self.invoke({"do": "add", "a": 1, "b": 2})
        self.assertEqual(second["calls"], 2)
        self.assertNotIn("Init Duration", log)

    def test_errors_are_the_runtimes_own(self):
        self.create()
        error, body, log, _ = self.invoke({"do": "fail"})
        self.assertEqual((error, body["errorType"], body["errorMessage"]), ("Unhandled", "ShopClosed", "come back"))
        self.assertTrue(body["trace"])
        self.assertIn("Error Type: ShopClosed", log)
        error, body, _, request_id = self.invoke({"do": "exit"})
        self.assertEqual(body["errorType"], "Runtime.ExitError")
        self.assertEqual(body["errorMessage"], f"RequestId: {request_id} Error: Runtime exited with error: exit status 7")

    def test_a_function_that_cannot_begin_says_why(self):
        self.create("missing", "absent.handler")
        error, body, _, _ = self.invoke({}, "missing")
        self.assertEqual((error, body["errorType"]), ("Unhandled", "Runtime.ImportModuleError"))
        self.create("nameless", "index.nothing")
        error, body, _, _ = self.invoke({}, "nameless")
        self.assertEqual((error, body["errorType"]), ("Unhandled", "Runtime.HandlerNotFound"))
        self.create("syntax", files={"index.js": "exports.handler = async ( => {}"})
        error, body, _, _ = self.invoke({}, "syntax")
        self.assertEqual((error, body["errorType"]), ("Unhandled", "Runtime.UserCodeSyntaxError"))

    def test_a_timeout_ends_it(self):
        self.create(timeout=1)
        error, body, _, _ = self.invoke({"do": "sleep"})
        self.assertEqual((error, body["errorType"]), ("Unhandled", "Sandbox.Timedout"))
        self.assertIn("Task timed out after 1.00 seconds", body["errorMessage"])


class NodeJsUnboxed(NodeJs):
    options = ("--no-sandbox",)


class WithoutTheClient(harness.Case):
    def test_it_says_what_to_install(self):
        server = harness.LocalLambda(self.dir, env={"NODE_PATH": self.dir})
        self.addCleanup(server.stop)
        aws = boto3.client("lambda", endpoint_url=server.endpoint, region_name="us-east-1", aws_access_key_id="local",
                           aws_secret_access_key="local")
        self.addCleanup(aws.close)
        aws.create_function(FunctionName="f", Runtime="nodejs20.x", Handler="index.handler", Role="arn:aws:iam::123456789012:role/x",
                            Code={"ZipFile": package({"index.js": HANDLER})})
        answer = aws.invoke(FunctionName="f")
        body = json.loads(answer["Payload"].read())
        if "errorType" not in body:
            self.skipTest("aws-lambda-ric is installed for everybody here")
        self.assertEqual(body["errorType"], "Runtime.InvalidEntrypoint")
        self.assertIn('"npm install aws-lambda-ric"', body["errorMessage"])


if __name__ == "__main__":
    RIC = ric_folder()
    unittest.main(verbosity=1)
