"""Functions on smokegate-local: what is left of them when it ends, and python* runtimes."""
import base64
import io
import json
import os
import sys
import threading
import time
import unittest
import zipfile

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


def package(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            z.writestr(entry, content)
    return out.getvalue()


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

    def create(self, runtime="provided.al2023", handler="bootstrap", files=None):
        if files is None:
            with open(PUPPET, "rb") as f:
                files = {"bootstrap": f.read()}
        self.aws.create_function(FunctionName=self.name, Runtime=runtime, Handler=handler, Timeout=30,
                                 Role="arn:aws:iam::123456789012:role/x", Code={"ZipFile": package(files)})

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
