"""Functions on one embedded Lambda that answer what a test tells them (answering.py), for whole runs of smokegate."""
import base64
import http.server
import io
import json
import os
import shutil
import tempfile
import threading
import urllib.request
import zipfile

import harness


def part_of(want, got):
    if isinstance(want, dict):
        return isinstance(got, dict) and all(k in got and part_of(v, got[k]) for k, v in want.items())
    return want == got


def zip_of(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            z.writestr(entry, content)
    return out.getvalue()


class Answers:
    """What tests/e2e/answering.py asks, on loopback: the first answer whose "when" is a part of the event."""

    def __init__(self):
        told = self
        self.rows, self.events = [], []

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_POST(self):
                body = json.dumps(told.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def answer(self, text):
        try:
            event = json.loads(text) if text else None
        except ValueError:
            event = text.decode("utf-8", "replace")
        self.events.append(event)
        none = {"error": {"errorType": "NoAnswer", "errorMessage": repr(event)}}
        return next((row for row in self.rows if "when" not in row or part_of(row["when"], event)), none)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class World(harness.Case):
    """One embedded Lambda for all examples; Smoke is version 7 of the functions, Live version 1 of the same code."""

    @classmethod
    def setUpClass(cls):
        cls.answers = Answers()
        cls.state = tempfile.mkdtemp(prefix="smokegate-docs-")
        cls.local = harness.LocalLambda(cls.state, "--no-auth")
        for name in ("orders-dev", "payments-dev"):
            cls.create(name)
            for version in range(1, 8):
                cls.api("PUT", f"/{name}/configuration", {"Description": f"as of {version}"})
                assert cls.api("POST", f"/{name}/versions", {})["Version"] == str(version)
            cls.api("POST", f"/{name}/aliases", {"Name": "Live", "FunctionVersion": "1"})
            cls.api("POST", f"/{name}/aliases", {"Name": "Smoke", "FunctionVersion": "7"})

    @classmethod
    def create(cls, name):
        with open(os.path.join(harness.SOURCE, "tests", "e2e", "answering.py"), encoding="utf-8") as f:
            code = base64.b64encode(zip_of(bootstrap=f.read())).decode()
        cls.api("POST", "", {"FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 20,
                             "Role": "arn:aws:iam::123456789012:role/r", "Code": {"ZipFile": code},
                             "Environment": {"Variables": {"ANSWERS": cls.answers.url}}})

    @classmethod
    def tearDownClass(cls):
        cls.local.stop()
        cls.answers.close()
        shutil.rmtree(cls.state, ignore_errors=True)

    @classmethod
    def api(cls, method, path, body=None):
        request = urllib.request.Request(f"{cls.local.endpoint}/2015-03-31/functions{path}", method=method,
                                         data=json.dumps(body).encode() if body is not None else None, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.loads(reply.read() or b"null")

    def setUp(self):
        super().setUp()
        self.env.update(AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local")
        self.write("smokegate.json", {"functions": {"orders": {}, "payments": {}},
                                      "environments": [{"name": "dev", "region": "us-east-1", "endpoint": self.local.endpoint}]})
