"""Functions on smokegate-local: what is left of them when it ends, and python* runtimes."""
import base64
import json
import os
import sys
import threading
import time
import unittest

import harness

try:
    sys.path.append("/usr/lib/python3/dist-packages")
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError
except ImportError:
    harness.skip("no boto3 (Debian package python3-boto3): functions were not run through it")

PUPPET = os.path.join(harness.BUILD, "tests", "local", "puppet")

# Stands in for AWS's package: asks once, calls the handler that its argument names, answers.
CLIENT = """
import importlib, json, os, sys, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
module, _, name = sys.argv[1].rpartition(".")
handler = getattr(importlib.import_module(module), name)
while True:
    with urllib.request.urlopen(api + "next") as event:
        request_id, value = event.headers["Lambda-Runtime-Aws-Request-Id"], json.load(event)
    urllib.request.urlopen(api + request_id + "/response", json.dumps(handler(value, None)).encode()).close()
"""

# An extension as users write them: a script.
EXTENSION = """#!/usr/bin/python3
import json, os, sys, urllib.request
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2020-01-01/extension/"
name = os.path.basename(sys.argv[0])
with urllib.request.urlopen(urllib.request.Request(api + "register", b'{"events": ["INVOKE", "SHUTDOWN"]}', {"Lambda-Extension-Name": name})) as r:
    me = r.headers["Lambda-Extension-Identifier"]
event = {}
while event.get("eventType") != "SHUTDOWN":
    with urllib.request.urlopen(urllib.request.Request(api + "event/next", headers={"Lambda-Extension-Identifier": me})) as r:
        event = json.load(r)
    print(name, "heard", event["eventType"], event.get("requestId", event.get("shutdownReason")), flush=True)
"""


def processes_of(function):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as f:
                if f"AWS_LAMBDA_FUNCTION_NAME={function}".encode() in f.read().split(b"\0"):
                    found.append(int(pid))
        except OSError:
            pass
    return found


class Functions(harness.Case):
    options = ()

    def setUp(self):
        super().setUp()
        self.name = "f-" + os.path.basename(self.dir)
        self.start()
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.stop())

    def start(self):
        self.server = harness.LocalLambda(self.dir, *self.options)
        self.aws = boto3.client("lambda", endpoint_url=self.server.endpoint, region_name="us-east-1", aws_access_key_id="local",
                                aws_secret_access_key="local", config=Config(retries={"max_attempts": 0}, read_timeout=60))
        self.addCleanup(self.aws.close)

    def create(self, runtime="provided.al2023", handler="bootstrap", files=None, **more):
        if files is None:
            with open(PUPPET, "rb") as f:
                files = {"bootstrap": f.read()}
        self.aws.create_function(FunctionName=self.name, Runtime=runtime, Handler=handler, Timeout=30,
                                 Role="arn:aws:iam::123456789012:role/x", Code={"ZipFile": harness.zipped(files)}, **more)

    def invoke(self, payload):
        answer = self.aws.invoke(FunctionName=self.name, LogType="Tail", Payload=json.dumps(payload, separators=(",", ":")).encode())
        return answer.get("FunctionError"), json.loads(answer["Payload"].read()), base64.b64decode(answer["LogResult"]).decode()

    def expect_processes(self, count):
        for _ in range(600):
            if len(processes_of(self.name)) == count:
                return
            time.sleep(0.01)
        self.fail(f"{len(processes_of(self.name))} processes of the function, expected {count}")

    def test_nothing_outlives_a_killed_server(self):
        self.create()
        self.assertEqual(self.invoke({"do": "fork"})[1], "forked")
        self.expect_processes(4)  # the function, and three that left its session
        self.server.kill()
        self.expect_processes(0)
        self.start()  # on what the dead one left
        self.assertEqual(self.invoke({"do": "echo"})[1], {"do": "echo"})

    def test_the_end_does_not_wait_for_a_function(self):
        self.create()
        errors = []

        def call():
            try:
                self.invoke({"do": "silent"})
            except BotoCoreError as error:
                errors.append(error)

        caller = threading.Thread(target=call)
        caller.start()
        self.expect_processes(1)
        started = time.monotonic()
        self.assertEqual(self.server.stop(), 0)
        self.assertLess(time.monotonic() - started, 15)
        caller.join()
        self.assertEqual(len(errors), 1)
        self.expect_processes(0)

    def test_python_runs_with_the_functions_own_client(self):
        self.create("python3.12", "app.handler", {"awslambdaric/__init__.py": "", "awslambdaric/__main__.py": CLIENT,
                                                  "app.py": "def handler(event, context):\n    return {'got': event}\n"})
        self.assertEqual(self.invoke({"a": 1})[:2], (None, {"got": {"a": 1}}))

    def layer(self, files):
        return self.aws.publish_layer_version(LayerName="l", Content={"ZipFile": harness.zipped(files)})["LayerVersionArn"]

    def log(self):
        folder, text = os.path.join(self.dir, "logs", self.name), ""
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                text += f.read()
        return text

    @unittest.skipUnless(os.access("/usr/bin/python3", os.X_OK), "no python3 of the system")
    def test_an_extension_of_a_layer_lives_beside_the_function(self):
        self.create(Layers=[self.layer({"extensions/watcher.py": EXTENSION})])
        self.assertEqual(self.invoke({"do": "echo"})[:2], (None, {"do": "echo"}))
        error, body, log = self.invoke({"do": "echo"})
        request = log.split()[2]
        self.assertIn(f"watcher.py heard INVOKE {request}\n", log)
        self.assertEqual(self.server.stop(), 0)
        self.assertIn("EXTENSION\tName: watcher.py\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n", self.log())
        self.assertIn("watcher.py heard SHUTDOWN spindown\n", self.log())
        self.expect_processes(0)

    def test_an_extension_does_not_outlive_a_killed_server(self):
        self.create(Layers=[self.layer({"extensions/stays": "#!/bin/sh\nsleep 1000\n"})])
        caller = threading.Thread(target=lambda: self.assertRaises(BotoCoreError, self.invoke, {}))
        caller.start()
        self.expect_processes(2)  # the script and its sleep
        self.server.kill()
        caller.join()
        self.expect_processes(0)

    def test_a_wrapper_script_starts_the_runtime(self):
        wrapper = "#!/bin/sh\nexport SEEN=wrapped\nexec \"$@\"\n"
        self.create("python3.12", "app.handler", {"awslambdaric/__init__.py": "", "awslambdaric/__main__.py": CLIENT,
                                                  "app.py": "import os\ndef handler(event, context):\n    return os.environ.get('SEEN')\n"},
                    Layers=[self.layer({"wrapper": wrapper})], Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}})
        self.assertEqual(self.invoke({})[:2], (None, "wrapped"))

    def test_python_without_a_client_says_what_to_install(self):
        self.create("python3.12", "app.handler", {"app.py": "def handler(event, context):\n    return 1\n"})
        error, body, log = self.invoke({})
        if error is None:
            self.skipTest("awslambdaric is installed for everybody here")
        self.assertEqual((error, body["errorType"]), ("Unhandled", "Runtime.InvalidEntrypoint"), log)
        self.assertIn('"pip install awslambdaric"', body["errorMessage"])


class FunctionsUnboxed(Functions):
    options = ("--no-sandbox",)


if __name__ == "__main__":
    harness.main()
