"""A world for tests of promotions: functions on a smokegate-local, a proxy in front of it that counts calls and cuts
them, and the invariants of docs/promotion.md checked on what was really applied."""
import base64
import hashlib
import json
import os
import re
import threading
import time
import urllib.error
import urllib.request
import http.client

import harness
import memory_lambda
import quick_http

ENVIRONMENTS = ("dev", "stage", "prod")
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1"}
FUNCTIONS = "/2015-03-31/functions"
BEFORE, APPLIED, REPLIED, LATE = "before send", "applied, no reply", "after the reply", "lands two seconds later"
LOST, UNHEARD = "connection cut before it was applied", "connection cut after it was applied"  # nobody is killed
MARK = re.compile(r"^lsp1 p=(\S+) s=(\S+) o=(\S+) n=(\S+) h=(\S+) x=(\d+)")


def package(name):
    path = os.path.join(harness.BUILD, "testcases", name + ".zip")
    if not os.path.exists(path):
        harness.skip("the sample functions are not built")
    with open(path, "rb") as f:
        return f.read()


def mark_of(description):
    m = MARK.match(description or "")
    if not m:
        return None
    verdict = re.search(r"^lsp1 [^|]* t=([0-9a-f]+)", description)
    return {**dict(zip("psonhx", m.groups())), "t": verdict and verdict[1]}


class Proxy:
    """Forwards to `upstream`; at call number `cut` ends the process `victim` by its id. Keeps what was applied."""

    def __init__(self, upstream=None, memory=None):
        self.memory = memory
        self.host, self.port = upstream.split("//")[1].split(":") if upstream else (None, None)
        self.lock, self.watching = threading.Lock(), threading.Lock()
        self.landing = []
        self.server = quick_http.Server(self.serve)
        self.endpoint = f"http://127.0.0.1:{self.server.port}"
        self.reset()

    def reset(self, cut=None, kind=None):
        self.calls, self.cut, self.kind, self.victim = 0, cut, kind, None
        self.before = {}  # a hook: call number -> function, called before it is forwarded
        self.one_by_one = False
        self.refuse = None  # a hook: (method, path, body) -> (status, type, message), or None
        self.watch = None  # a hook: ("before" or "applied", call number, method, path, body)

    def close(self):
        for t in self.landing:
            t.join(10)
        self.server.close()

    def forward(self, request, body):
        result = self.memory.handle(request.command, request.path, body) if self.memory else self.pass_on(request, body)
        with self.lock:
            self.log.append((request.command, request.path, body, result[0], result[1]))
        return result

    def pass_on(self, request, body):
        connection = http.client.HTTPConnection(self.host, int(self.port), timeout=60)
        try:
            headers = {k: v for k, v in request.headers() if k.lower() not in ("connection",)}
            connection.request(request.command, request.path, body=body, headers=headers)
            reply = connection.getresponse()
            return reply.status, reply.getheaders(), reply.read()
        finally:
            connection.close()

    def kill(self):
        if self.kind not in (LOST, UNHEARD) and self.victim and self.victim.poll() is None:
            self.victim.kill()
            self.victim.wait()

    def serve(self, request):
        """One after another, whatever is sent side by side, while a run is kept moment by moment."""
        if not self.one_by_one:
            return self.serve_one(request)
        with self.watching:
            return self.serve_one(request)

    def settle(self):
        """What a process had sent when it was killed is carried out, or not, before anything else happens."""
        for _ in range(5000):
            if not self.server.talking:
                return
            time.sleep(0.001)

    def serve_one(self, request):
        body = request.body
        with self.lock:
            self.calls += 1
            number = self.calls
        mine = number == self.cut
        if self.watch:
            self.watch("before", number, request.command, request.path, body)
        if number in self.before:
            self.before.pop(number)()
        if mine and self.kind in (BEFORE, LOST):
            return self.drop(request)
        if mine and self.kind == LATE:
            self.kill()
            late = threading.Timer(2, self.forward, (request, body))
            late.start()
            self.landing.append(late)
            return self.drop(request)
        refusal = self.refuse and self.refuse(request.command, request.path, body)
        if refusal:
            status, kind, message = refusal
            return request.answer(status, [("x-amzn-ErrorType", kind), ("Content-Type", "application/json")],
                                  json.dumps({"Type": "User", "message": message}).encode())
        status, headers, data = self.forward(request, body)
        if self.watch:
            self.watch("applied", number, request.command, request.path, body)
        if mine and self.kind in (APPLIED, UNHEARD):
            return self.drop(request)
        request.answer(status, headers, data)
        if mine:
            self.kill()

    def drop(self, request):
        self.kill()
        request.close_connection = True

    log = []


class Case(harness.Case):
    """One smokegate-local for the class; every world has functions of its own on it."""

    environments = ENVIRONMENTS
    functions = ("a", "b")
    timeout_s = 5  # of a function
    serial = 0

    @classmethod
    def setUpClass(cls):
        import tempfile
        if not os.path.exists(harness.LOCAL):
            harness.skip("smokegate-local is not built")
        cls.state = tempfile.mkdtemp(prefix="smokegate-world-")
        cls.local = harness.LocalLambda(cls.state, "--no-auth")
        cls.proxy = Proxy(cls.local.endpoint)

    @classmethod
    def tearDownClass(cls):
        import shutil
        cls.proxy.close()
        cls.local.stop()
        shutil.rmtree(cls.state, ignore_errors=True)

    def api(self, method, path, body=None, of=FUNCTIONS):
        request = urllib.request.Request(self.local.endpoint + of + path, method=method,
                                         data=json.dumps(body).encode() if body is not None else None,
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    # ---- the project ----

    def begin(self, live=True, policy=None, bad_in=None, shift=None, environments=None, cases=None, **more):
        """A project of its own, with functions of its own; Live on version 1 (release 1.0.0) or none."""
        Case.serial += 1
        self.tag = f"w{Case.serial}"
        self.names = environments or self.environments
        self.proxy.reset()
        self.proxy.log = []
        root = os.path.join(self.dir, self.tag)
        os.makedirs(os.path.join(root, "dist"))
        for release in ("1.0.0", "1.1.0"):
            for f in self.functions:
                with open(os.path.join(root, "dist", f"{f}-{release}.zip"), "wb") as out:
                    out.write(self.package(release))
        self.write(os.path.join(self.tag, "smokegate.json"), {
            "functions": {f: {"name": f"{self.tag}-{{{{function}}}}-{{{{environment}}}}",
                              "package": {"zip": f"dist/{f}-{{{{release}}}}.zip"}} for f in self.functions},
            "environments": [{"name": e, "region": "us-east-1", "endpoint": self.proxy.endpoint,
                              **({"shift": shift} if shift else {}), **more.get(e, {})} for e in self.names],
            "testcases": ["cases/*.json"],
            "policy": {"rate": 1000, **(policy or {})},
        })
        for f in self.functions:
            self.write(os.path.join(self.tag, "cases", f + ".json"), cases or {
                "suite": f, "function": f, "defaults": {"timeout": "10s"}, "cases": [
                    {"name": "is healthy", "payload": {"httpMethod": "GET", "path": "/health"},
                     "expect": {"paths": {"$.statusCode": 200}}},
                    *([{"name": "is what it should be", "payload": {"httpMethod": "GET", "path": "/health"},
                        "skip": {"environments": [e for e in self.names if e != bad_in], "reason": "elsewhere it is"},
                        "expect": {"paths": {"$.statusCode": 299}}}] if bad_in else []),
                ]})
        self.root = root
        for e in self.names:
            for f in self.functions:
                self.create(self.name(f, e), live)
        return root

    def edit(self, change):
        """The project file, changed by the function given."""
        path = os.path.join(self.root, "smokegate.json")
        with open(path, encoding="utf-8") as f:
            project = json.load(f)
        change(project)
        self.write(path, project)

    def name(self, function, environment):
        return f"{self.tag}-{function}-{environment}"

    def create(self, name, live):
        self.api("POST", "", {"FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap",
                              "Role": "arn:aws:iam::123456789012:role/r", "Timeout": self.timeout_s,
                              "Code": {"ZipFile": base64.b64encode(self.package("1.0.0")).decode()}})
        for _ in range(200):
            if self.api("GET", f"/{name}/configuration")["State"] == "Active":
                break
        if live:
            self.api("POST", f"/{name}/versions", {})
            self.api("POST", f"/{name}/aliases", {"Name": "Live", "FunctionVersion": "1"})

    def start(self, *args, cwd=None):
        import subprocess
        return subprocess.Popen([harness.SMOKEGATE, *args], cwd=cwd or self.root, env={**self.env, **CREDENTIALS},
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run_it(self, *args, code=0, cwd=None, timeout=120):
        process = self.start(*args, cwd=cwd)
        out = process.communicate(timeout=timeout)[0]
        if code is not None:
            codes = code if isinstance(code, tuple) else (code,)
            self.assertIn(process.returncode, codes, f"smokegate {' '.join(args)}\n{out}\n{self.story()}")
        self.last_code = process.returncode
        return out

    def promote(self, release="1.1.0", *args, **more):
        return self.run_it("promote", "--release", release, *args, **more)

    def run_cut(self, cut, kind, *args, cwd=None):
        """Runs until call number `cut` and ends it there. Returns whether it came so far."""
        self.proxy.reset(cut, kind)
        process = self.start(*args, cwd=cwd)
        self.proxy.victim = process
        process.communicate(timeout=120)
        came = self.proxy.calls >= cut
        self.proxy.settle()
        self.proxy.reset()
        return came

    def run_killed_at(self, ending, *args):
        """Runs until a request (not a GET) whose path ends so, and ends it there; the request is applied."""
        process = self.start(*args)

        def strike(method, path, body):
            if method != "GET" and path.endswith(ending):
                process.kill()

        self.proxy.refuse = strike
        process.communicate(timeout=120)
        self.proxy.refuse = None

    @staticmethod
    def package(release):
        return package(f"orders-{release}")

    # ---- what is there ----

    def alias(self, function, environment, alias):
        try:
            return self.api("GET", f"/{self.name(function, environment)}/aliases/{alias}")
        except urllib.error.HTTPError as e:
            if e.code == 404:
                return None
            raise

    def live(self, environment):
        return [(self.alias(f, environment, "Live") or {}).get("FunctionVersion") for f in self.functions]

    def set_alias(self, function, environment, alias, **change):
        return self.api("PUT", f"/{self.name(function, environment)}/aliases/{alias}", change)

    def story(self):
        lines = []
        for method, path, body, status, _ in self.proxy.log:
            if method != "GET":
                text = body.decode("utf-8", "replace")
                lines.append(f"  {status} {method} {path} {text if len(text) < 400 else '...'}")
        return "\n".join(lines)

    # ---- the invariants ----

    def check_invariants(self, functions=None):
        """I1 to I4 and I6 on the writes that were applied, in order, of every function."""
        live, staged, passed, backed, backup = {}, {}, {}, {}, {}
        for method, path, body, status, _ in self.proxy.log:
            m = re.match(rf"{FUNCTIONS}/([^/]+)/aliases(?:/([^/?]+))?$", path)
            if not m or method not in ("PUT", "POST") or status >= 300:
                continue
            name, alias = m.group(1), m.group(2)
            change = json.loads(body)
            alias = alias or change["Name"]
            mark = mark_of(change.get("Description"))
            version = change.get("FunctionVersion")
            where = f"{name}:{alias} {change}"
            if alias == "Smoke" and mark and mark["s"] in ("staged", "passed"):
                staged[name] = (mark["p"], mark["n"])
            if alias == "Smoke" and mark and mark["s"] == "passed":
                passed.update(self.proven(name, mark, staged, where))
            if alias == "Backup" and version:
                backup[name] = version
                if mark:
                    backed[name] = (mark["p"], version)
            if alias != "Live":
                continue
            if method == "PUT":
                self.assertIn("RevisionId", change, f"I3: an unconditional write to {where}")
            if set(change) == {"RevisionId"}:
                continue  # a fence
            self.assertIn("RoutingConfig", change, f"I6: weights are not told: {where}")
            if not mark:
                continue
            before = live.get(name, (None, "1"))
            if mark["s"] in ("live", "canary"):
                self.assertEqual(passed.get(name), (mark["p"], mark["n"]), f"I1: not tested: {where}")
                if mark["o"] not in ("-", mark["n"]):
                    self.assertEqual(backed.get(name), (mark["p"], mark["o"]), f"I2: not backed up: {where}")
            elif mark["s"] in ("rb", "undo"):
                self.assertEqual(before[0], mark["p"], f"I4: taken back from another promotion: {where}")
            elif mark["s"] == "restore":
                self.assertEqual(version, backup.get(name), f"I1: not what Backup keeps: {where}")
            live[name] = (mark["p"], version)

    def proven(self, name, mark, staged, where):
        """What the verdict on the set's first function covers: what each function has staged under the same promotion."""
        environment = name.rsplit("-", 1)[1]
        names = [self.name(f, environment) for f in self.functions]
        self.assertEqual(name, names[0], f"a verdict on another than the first: {where}")
        self.assertEqual({staged[n][0] for n in names}, {mark["p"]}, f"passed before all were staged: {where}")
        text = "".join(f"{n} {staged[n][1]}\n" for n in names)
        self.assertEqual(mark["t"], hashlib.sha256(text.encode()).hexdigest()[:16], f"the verdict is of another set: {where}")
        return {n: staged[n] for n in names}

    def check_sets(self, code, old="1"):
        """I5: every environment's set is all new or all old, or the exit code said dirty."""
        states = []
        for e in self.names:
            versions = self.live(e)
            states.append(versions)
            if code != 6:
                self.assertEqual(len(set(v == old for v in versions)), 1, f"I5: a mixed set in {e}: {versions}\n{self.story()}")
        return states


class MemoryCase(Case):
    """The same on a Lambda that is only pretended (memory_lambda.py): for many promotions in little time."""

    in_memory = True

    @classmethod
    def setUpClass(cls):
        cls.memory = memory_lambda.MemoryLambda()
        cls.proxy = Proxy(memory=cls.memory)

    @classmethod
    def tearDownClass(cls):
        cls.proxy.close()

    def begin_new(self):
        """The new release is on Live, nothing is under way, and no call is counted yet."""
        self.begin(policy={"lease": "6h"})
        self.promote()
        self.proxy.reset()

    def begin(self, *args, **more):
        self.memory.reset()
        return super().begin(*args, **more)

    def api(self, method, path, body=None):
        rate, self.memory.rate = self.memory.rate, None  # what a test looks at itself does not count
        status, _, data = self.memory.handle(method, FUNCTIONS + path, json.dumps(body).encode() if body is not None else b"")
        self.memory.rate = rate
        if status >= 300:
            raise urllib.error.HTTPError(path, status, data.decode(), {}, None)
        return json.loads(data) if data else None

    @staticmethod
    def package(release):
        return b"PK\x05\x06" + release.encode() + bytes(18)
