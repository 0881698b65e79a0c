"""A soak of smokegate-local: mixed operations and faults from several clients, then kills in the middle of them.

usage: soak_local.py [SECONDS, default 20]

Every client keeps a model of what was acknowledged to it. A call whose answer was lost may have been carried out or
not; all others must be found exactly as acknowledged, also after SIGKILL. At the end no sanitizer has complained, memory
is flat, and every event that was accepted has been run. Exit 1 and one line for each fault found.
"""
import base64
import collections
import datetime
import glob
import hashlib
import hmac
import http.client
import json
import os
import random
import re
import shutil
import sys
import tempfile
import threading
import time
import urllib.parse

import harness

CLIENTS, QUIET = 5, 0.6  # the share of the time before the kills begin
LAYER_VERSIONS = 10  # of a layer are kept
ROLE = "arn:aws:iam::123456789012:role/x"
FUNCTIONS = "/2015-03-31/functions"
SANITIZER = re.compile(r"ERROR: (Address|Leak|Thread)Sanitizer|runtime error:|WARNING: ThreadSanitizer")

FAULTS = {"seed": 11, "rules": [
    {"operation": ["UpdateAlias", "CreateAlias", "UpdateFunctionConfiguration"], "probability": 0.04, "cut": "after"},
    {"operation": ["UpdateAlias", "PublishVersion", "DeleteAlias", "CreateFunction"], "probability": 0.04, "cut": "before"},
    {"operation": ["UpdateFunctionCode", "PublishLayerVersion", "DeleteFunction"], "probability": 0.05, "cut": "after"},
    {"probability": 0.02, "throttle": True},
    {"probability": 0.02, "error": {"status": 500, "type": "ServiceException", "message": "the soak wants it so"}},
    {"operation": ["GetAlias", "Invoke", "UpdateAlias"], "probability": 0.03, "delay": "20ms"},
    {"operation": ["UpdateFunctionCode", "UpdateFunctionConfiguration"], "probability": 0.1, "slow": "30ms"},
    {"operation": "Invoke", "probability": 0.1, "stale": "50ms"},
]}


class Lost(Exception):
    """No answer came: done or not done."""


class Service:
    """The server under test, as it is now; clients see its endpoint change when it was started anew."""

    def __init__(self, state):
        self.state, self.stderr = state, open(os.path.join(state, "stderr"), "a+", encoding="utf-8")
        options = os.environ.get("ASAN_OPTIONS", "")
        # Memory that was freed is kept back by default, up to 256 MB: nothing could look flat.
        self.env = {"ASAN_OPTIONS": (options + ":" if options else "") + "quarantine_size_mb=4:thread_local_quarantine_size_kb=16"}
        self.start()

    def start(self):
        try:
            self.local = harness.LocalLambda(os.path.join(self.state, "local"), env=self.env, stderr=self.stderr)
        except RuntimeError as e:
            raise RuntimeError(f"{e} and {self.said()}") from None
        self.netloc = urllib.parse.urlsplit(self.local.endpoint).netloc

    def memory(self):
        """Bytes: what it has allocated, and its resident size, of which much is the sanitizer's."""
        connection = http.client.HTTPConnection(self.netloc, timeout=60)
        connection.request("GET", "/_smokegate/health")
        allocated = json.loads(connection.getresponse().read())["allocated"]
        connection.close()
        with open(f"/proc/{self.local.process.pid}/status", encoding="ascii") as f:
            return allocated, int(re.search(r"^VmRSS:\s+(\d+)", f.read(), re.M).group(1)) * 1024

    def said(self):
        self.stderr.seek(0)
        return self.stderr.read()


def sign(method, host, target, body):
    """Signature Version 4 with the default key, as far as these requests need it."""
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    path, _, query = target.partition("?")
    scope = f"{now[:8]}/us-east-1/lambda/aws4_request"
    canonical = "\n".join([method, urllib.parse.quote(path), "&".join(sorted(query.split("&"))), f"host:{host}", f"x-amz-date:{now}", "",
                           "host;x-amz-date", hashlib.sha256(body).hexdigest()])
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4local"
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return {"X-Amz-Date": now, "Authorization": f"AWS4-HMAC-SHA256 Credential=local/{scope}, SignedHeaders=host;x-amz-date, "
                                                f"Signature={signature}"}


class Client(threading.Thread):
    """One client with two functions of its own. `allowed` has, for each thing, every value it may be found with."""

    def __init__(self, service, number, faults, totals):
        super().__init__()
        self.service, self.number, self.faults, self.totals = service, number, faults, totals
        self.rng = random.Random(number)
        self.connection, self.count, self.stopped = None, 0, False
        self.allowed = {("layer", f"l{number}"): {0}}
        self.names = [f"c{number}-{i}" for i in range(2)]
        for name in self.names:
            self.allowed[("function", name)] = {None}
        self.newest = {name: 0 for name in self.names}  # version numbers go on, whatever was deleted
        self.packages = [harness.puppet_package(f"{number} {i}") for i in range(4)]
        self.events = []

    # ---- calls ----

    def call(self, method, target, body=None, raw=None, headers=None):
        """Status, headers and answer; Lost when there was none. A refusal by a fault is as a status."""
        data = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        try:
            if not self.connection:
                self.connection = http.client.HTTPConnection(self.service.netloc, timeout=120)
                self.host = self.service.netloc
            self.connection.request(method, target, data, {**sign(method, self.host, target, data), **(headers or {})})
            response = self.connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise Lost from None
        parsed = answer
        if answer[:1] == b"{":
            parsed = json.loads(answer)
        return response.status, response.headers, parsed

    def wrong(self, what):
        self.faults.append(f"client {self.number}: {what}")

    def change(self, key, new, method, target, body, good, refused=(409, 429, 500)):
        """A change of one thing: acknowledged, refused, or unknown."""
        self.totals["changes"] += 1
        try:
            status, _, answer = self.call(method, target, body)
        except Lost:
            self.totals["answers lost"] += 1
            self.allowed[key] = self.allowed[key] | {new}
            return None
        if status == good:
            self.totals["acknowledged"] += 1
            self.allowed[key] = {new}
            return answer
        self.totals["refused"] += 1
        if status not in refused:
            self.wrong(f"{method} {target}: {status} {answer}")
        return None

    def ask(self, target):
        """A reading, until faults let it through. None when there is no such thing."""
        while True:
            try:
                status, _, answer = self.call("GET", target)
            except Lost:
                if self.stopped:
                    raise
                time.sleep(0.01)
                continue
            if status == 404:
                return None
            if status == 200:
                return answer
            if status not in (429, 500):
                self.wrong(f"GET {target}: {status} {answer}")

    # ---- what things are ----

    def look(self, key):
        kind, name = key[:2]
        if kind == "function":
            return None if self.ask(f"{FUNCTIONS}/{name}/configuration") is None else True
        if kind == "layer":
            found = self.ask(f"/2018-10-31/layers/{name}/versions")
            return found["LayerVersions"][0]["Version"] if found["LayerVersions"] else 0
        if kind == "version":
            return None if self.ask(f"{FUNCTIONS}/{name}/configuration?Qualifier={key[2]}") is None else True
        if kind == "alias":
            found = self.ask(f"{FUNCTIONS}/{name}/aliases/{key[2]}")
            return found and found["Description"]
        found = self.ask(f"{FUNCTIONS}/{name}/configuration")
        return found and found[{"text": "Description", "code": "CodeSha256"}[kind]]

    def settle(self, key):
        """The one value of a thing; found must be what may be."""
        found = self.look(key)
        if found not in self.allowed[key]:
            self.wrong(f"{key} is {found!r}, of {sorted(map(repr, self.allowed[key]))}")
        self.allowed[key] = {found}
        if key[0] == "function" and found is None:
            for other in [k for k in self.allowed if k[1] == key[1] and k != key]:
                del self.allowed[other]
        return found

    def verify(self):
        for key in sorted(self.allowed, key=lambda k: (k[0] != "function", k)):
            if key in self.allowed:
                self.settle(key)

    # ---- what it does ----

    def create(self, name):
        zipped = self.rng.choice(self.packages)
        sha = base64.b64encode(hashlib.sha256(zipped).digest()).decode()
        self.allowed.update({("text", name): {"new"}, ("code", name): {sha}})
        self.change(("function", name), True, "POST", FUNCTIONS, {
            "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": ROLE, "Timeout": 2, "Description": "new",
            "Code": {"ZipFile": base64.b64encode(zipped).decode()}}, 201)
        self.settle(("function", name))

    def set_alias(self, name):
        key = ("alias", name, self.rng.choice(["Live", "Smoke"]))
        self.allowed.setdefault(key, {None})
        old = self.settle(key) if len(self.allowed[key]) > 1 else next(iter(self.allowed[key]))
        self.count += 1
        new = str(self.count)
        path = f"{FUNCTIONS}/{name}/aliases"
        if old is None:
            self.change(key, new, "POST", path, {"Name": key[2], "FunctionVersion": "$LATEST", "Description": new}, 201)
        elif self.rng.random() < 0.1:
            self.change(key, None, "DELETE", f"{path}/{key[2]}", None, 204)
        else:
            self.change(key, new, "PUT", f"{path}/{key[2]}", {"Description": new}, 200)

    def set_text(self, name):
        self.count += 1
        self.change(("text", name), str(self.count), "PUT", f"{FUNCTIONS}/{name}/configuration", {"Description": str(self.count)}, 200)

    def set_code(self, name):
        zipped = self.rng.choice(self.packages)
        sha = base64.b64encode(hashlib.sha256(zipped).digest()).decode()
        self.change(("code", name), sha, "PUT", f"{FUNCTIONS}/{name}/code", {"ZipFile": base64.b64encode(zipped).decode()}, 200)

    def publish(self, name):
        status, _, answer = self.call("POST", f"{FUNCTIONS}/{name}/versions", {})
        if status != 201:
            return
        number = int(answer["Version"])
        if number < self.newest[name]:
            self.wrong(f"{name}: version {number} came after {self.newest[name]}")
        self.newest[name] = number
        self.allowed[("version", name, number)] = {True}
        old = ("version", name, number - 3)
        if old in self.allowed:
            self.change(old, None, "DELETE", f"{FUNCTIONS}/{name}?Qualifier={number - 3}", None, 204)
            if self.allowed[old] == {None}:
                del self.allowed[old]

    def publish_layer(self, _):
        key = ("layer", f"l{self.number}")
        old = self.settle(key)
        path = f"/2018-10-31/layers/{key[1]}/versions"
        if old > LAYER_VERSIONS:  # what is kept stays as much as it was, or memory could not be flat
            self.call("DELETE", f"{path}/{old - LAYER_VERSIONS}")
        self.change(key, old + 1, "POST", path, {"Content": {"ZipFile": base64.b64encode(self.packages[0]).decode()}}, 201)

    def delete(self, name):
        self.change(("function", name), None, "DELETE", f"{FUNCTIONS}/{name}", None, 204)
        self.settle(("function", name))

    def invoke(self, name):
        event = self.rng.choice([{"n": self.count}] * 6 + [{"do": word} for word in ("fail", "twice", "say", "stranger", "fork")] +
                                [{"do": "exit", "n": 3}, {"do": "answer-exit"}, {"do": "sleep", "n": 20}, {"do": "big", "n": 200000}])
        raw = json.dumps(event, separators=(",", ":")).encode()
        status, headers, answer = self.call("POST", f"{FUNCTIONS}/{name}/invocations", raw=raw, headers={"X-Amz-Log-Type": "Tail"})
        self.totals["invocations"] += 1
        if status == 200 and "n" in event and "do" not in event and answer != event:
            self.wrong(f"{name} echoed {answer} to {event}")
        if status == 200 and event.get("do") in ("fail", "exit") and headers["X-Amz-Function-Error"] != "Unhandled":
            self.wrong(f"{name} {event}: no function error")
        if status not in (200, 409, 429, 500):
            self.wrong(f"invoke {name}: {status} {answer}")

    def send_event(self, _):
        status, headers, _ = self.call("POST", f"{FUNCTIONS}/events/invocations", raw=b"{}", headers={"X-Amz-Invocation-Type": "Event"})
        if status == 202:
            self.events.append(headers["x-amzn-RequestId"])

    def list_all(self, _):
        marker, seen = "", set()
        while marker is not None:
            page = self.ask(f"{FUNCTIONS}?MaxItems=3" + (f"&Marker={urllib.parse.quote(marker, safe='')}" if marker else ""))
            seen |= {f["FunctionName"] for f in page["Functions"]}
            marker = page.get("NextMarker")
        for name in self.names:
            if name not in seen and self.allowed[("function", name)] == {True}:
                self.wrong(f"{name} is not listed")

    def nonsense(self, name):
        for method, target, raw, status in (("POST", FUNCTIONS, b"{", 400), ("GET", f"{FUNCTIONS}/%2e%2e%2f", None, 400),
                                            ("PUT", f"{FUNCTIONS}/{name}/aliases/%00", b"{}", 400), ("GET", "/nothing", None, 404),
                                            ("POST", f"{FUNCTIONS}/{name}/invocations", b"{", 400)):
            got, _, answer = self.call(method, target, raw=raw)
            if got not in (status, 404, 409, 429, 500):
                self.wrong(f"{method} {target}: {got} {answer}")

    STEPS = [(set_alias, 12), (set_text, 5), (set_code, 3), (publish, 3), (publish_layer, 1), (delete, 1), (invoke, 12), (send_event, 3),
             (list_all, 1), (nonsense, 1)]

    def step(self):
        name = self.rng.choice(self.names)
        for key in [k for k in self.allowed if k[1] == name and len(self.allowed[k]) > 1]:
            if key in self.allowed:
                self.settle(key)
        if self.allowed[("function", name)] == {None}:
            return self.create(name)
        return self.rng.choices(*zip(*self.STEPS))[0](self, name)

    def run(self):
        while not self.stopped:
            try:
                self.step()
                self.totals["steps"] += 1
            except Lost:
                pass
            except Exception as e:  # the soak goes on; what was wrong is told at the end
                self.wrong(f"{type(e).__name__}: {e}")
                return


def run_clients(clients, seconds, sample=lambda: None):
    """Lets them work for some time. They are threads of their own each time: models stay."""
    for c in clients:
        c.stopped = False
        threading.Thread.__init__(c)
        c.start()
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(c.is_alive() for c in clients):
        sample()
        time.sleep(0.2)


def end_clients(clients):
    for c in clients:
        c.stopped = True
    for c in clients:
        c.join()
        c.connection = None


def verify(clients, service):
    set_faults(service, {"rules": []})
    for c in clients:
        c.stopped = False
        c.verify()


def set_faults(service, script):
    connection = http.client.HTTPConnection(service.netloc, timeout=60)
    connection.request("PUT", "/_smokegate/faults", json.dumps(script))
    assert connection.getresponse().status == 200
    connection.close()


def third(values, n):
    part = sorted(values[n * len(values) // 3:(n + 1) * len(values) // 3])
    return part[len(part) // 2]


def flat(samples, faults):
    """Of the time before the kills: the last third may not need more than the second."""
    for what, values, factor, more in (("allocated", [s[0] for s in samples], 1.1, 256 << 10),
                                       ("resident", [s[1] for s in samples], 1.2, 4 << 20)):
        first, second, last = (third(values, n) for n in range(3))
        print(f"memory {what}: medians of the thirds of {len(values)} samples {first >> 10:,}, {second >> 10:,}, {last >> 10:,} kB, "
              f"at most {max(values) >> 10:,} kB")
        if last > second * factor + more:
            faults.append(f"memory {what} grows")


def unfinished_events(service, clients):
    """Those whose REPORT stands in no log yet."""
    wanted, found = {e for c in clients for e in c.events}, set()
    for path in glob.glob(os.path.join(service.state, "local", "logs", "events", "*.log")):
        with open(path, encoding="utf-8", errors="replace") as f:
            found.update(re.findall(r"^REPORT RequestId: (\S+)", f.read(), re.M))
    return wanted - found


def extend(client, name):
    """Gives the function an extension that hears of everything."""
    with open(os.path.join(harness.BUILD, "tests", "local", "extender"), "rb") as f:
        layer = base64.b64encode(harness.zipped({"extensions/both": f.read()})).decode()
    status, _, answer = client.call("POST", "/2018-10-31/layers/extension/versions", {"Content": {"ZipFile": layer}})
    assert status == 201, answer
    status, _, answer = client.call("PUT", f"{FUNCTIONS}/{name}/configuration", {"Layers": [answer["LayerVersionArn"]]})
    assert status == 200, answer


def soak(seconds, state, faults, totals):
    service = Service(state)
    clients = [Client(service, i, faults, totals) for i in range(CLIENTS)]
    clients[0].allowed[("function", "events")] = {None}
    clients[0].create("events")
    extend(clients[0], "events")
    samples, rng, kills = [], random.Random(3), 0
    set_faults(service, FAULTS)
    run_clients(clients, seconds * QUIET, lambda: samples.append(service.memory()))
    end_clients(clients)
    verify(clients, service)
    flat(samples, faults)
    if service.local.stop() != 0:
        faults.append("it did not end well")
    service.start()
    verify(clients, service)
    until = time.monotonic() + seconds * (1 - QUIET)
    while time.monotonic() < until:
        set_faults(service, FAULTS)
        run_clients(clients, rng.uniform(0.3, 2.5))
        service.local.kill()
        kills += 1
        end_clients(clients)
        service.start()
        verify(clients, service)
    patience = time.monotonic() + 120
    while unfinished_events(service, clients) and time.monotonic() < patience:
        time.sleep(0.2)
    left = unfinished_events(service, clients)
    if left:
        faults.append(f"{len(left)} events that were accepted were never run, {sorted(left)[0]} for one")
    if service.local.stop() != 0:
        faults.append("it did not end well")
    said = service.said()
    if SANITIZER.search(said):
        faults.append(said)
    print(", ".join(f"{n:,} {what}" for what, n in totals.items()) + f", {sum(len(c.events) for c in clients):,} events, {kills} kills")


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    state = tempfile.mkdtemp(prefix="smokegate-soak-")
    faults, totals = [], collections.Counter()
    try:
        soak(seconds, state, faults, totals)
    finally:
        shutil.rmtree(state, ignore_errors=True)
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"soak of {seconds:g} s: " + (f"{len(faults)} faults" if faults else "nothing lost, nothing leaked"))
    return 1 if faults or not totals["acknowledged"] or not totals["invocations"] else 0


if __name__ == "__main__":
    sys.exit(main())
