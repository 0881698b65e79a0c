"""Lambda's control plane as facts about AWS have it, in memory and at once: for tests that promote hundreds of times.
Functions are not run: Invoke answers {"statusCode": 200, "version": N}. It can throttle and answer stale reads."""
import base64
import hashlib
import json
import re
import threading
import time
import urllib.parse
import uuid

PATH = re.compile(r"^/2015-03-31/functions(?:/([^/]+))?(?:/(code|configuration|versions|aliases|invocations)(?:/([^/]+))?)?$")


class No(Exception):
    def __init__(self, status, kind, message, **headers):
        super().__init__(message)
        self.status, self.kind, self.message, self.headers = status, kind, message, headers


def precondition():
    return No(412, "PreconditionFailedException", "The Revision Id provided does not match the latest Revision Id. Call the "
              "GetFunction/GetAlias API to retrieve the latest Revision Id")


def revision():
    return str(uuid.uuid4())


def copied(functions):
    return {name: {"versions": dict(f["versions"]), "aliases": {a: list(h) for a, h in f["aliases"].items()}, "next": f["next"]}
            for name, f in functions.items()}


class MemoryLambda:
    def __init__(self):
        self.lock = threading.RLock()
        self.reset()

    def reset(self):
        with getattr(self, "lock"):
            self.functions = {}  # name -> {"versions": {...}, "aliases": {...}, "next": n}
            self.rate = None  # calls a second of the control plane; None: no limit
            self.tokens, self.at = 0.0, time.monotonic()
            self.stale_s = 0  # reads of an alias show the state of so long ago
            self.propagation_s = 0  # Invoke follows an alias so much later
            self.failed_next = False  # the next version published is Failed
            self.updating = False  # an update of code is answered as in progress; its end changes the revision
            self.control_calls = 0
            self.mappings = []
            self.provisioned = {}  # (function, alias) -> concurrency that follows the alias, see provision()
            self.provision_s = 0  # how long it takes when the alias moves
            self.provision_fails = False
            self.objects = {}  # what is in S3: (bucket, key) -> bytes

    # ---- going back to an earlier moment: no value that is kept is ever changed in place ----

    def state(self):
        with self.lock:
            return copied(self.functions)

    def put_back(self, state):
        with self.lock:
            self.functions = copied(state)

    # ---- HTTP ----

    def handle(self, method, target, body):
        """(status, headers, bytes)"""
        path, _, query = target.partition("?")
        q = {k: v[0] for k, v in urllib.parse.parse_qs(query).items()}
        m = PATH.match(urllib.parse.unquote(path))
        try:
            if method == "GET" and path.startswith("/2015-03-31/event-source-mappings"):
                return 200, [], json.dumps({"EventSourceMappings": self.mappings}).encode()
            if method == "GET" and path.startswith("/2019-09-30/functions/"):
                return 200, [], json.dumps({"ProvisionedConcurrencyConfigs": self.list_provisioned(path.split("/")[3])}).encode()
            if method == "GET" and path.startswith("/2021-10-31/functions/"):
                return 200, [], json.dumps({"FunctionUrlConfigs": []}).encode()
            if method == "GET" and path.startswith("/2019-09-25/functions/"):
                return 200, [], json.dumps({"FunctionEventInvokeConfigs": []}).encode()
            if method == "GET" and path.endswith("/policy"):
                raise No(404, "ResourceNotFoundException", "no policy is associated with the given resource")
            if not m:
                raise No(404, "UnknownOperationException", path)
            name, part, item = m.groups()
            with self.lock:
                if part != "invocations":
                    self.throttle(method, part)
                status, headers, data = self.route(method, name, part, item, q, body)
        except No as e:
            data = json.dumps({"Type": "User", "message": e.message}).encode()
            return e.status, [("x-amzn-ErrorType", e.kind), ("Content-Type", "application/json"), *e.headers.items()], data
        if not isinstance(data, bytes):
            data = json.dumps(data).encode()
        return status, [("Content-Type", "application/json"), ("x-amzn-RequestId", revision()), *headers], data

    def throttle(self, method, part):
        self.control_calls += 1
        if self.rate is None or (method == "GET" and part is None):
            return
        now = time.monotonic()
        self.tokens = min(self.rate, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            raise No(429, "TooManyRequestsException", "Rate exceeded", **{"Retry-After": "0"})
        self.tokens -= 1

    def route(self, method, name, part, item, q, body):
        if name is None and method == "POST":
            return 201, [], self.create(json.loads(body))
        f = self.functions.get(name)
        if f is None:
            raise No(404, "ResourceNotFoundException", f"Function not found: {name}")
        change = json.loads(body) if body and part != "invocations" else {}
        if part == "invocations":
            return self.invoke(f, q.get("Qualifier"), body)
        if method == "GET" and part is None:
            configuration = dict(self.resolve(f, q.get("Qualifier")))
            image = configuration.pop("ImageUri", None)
            return 200, [], {"Configuration": configuration, "Code": {"ImageUri": image, "ResolvedImageUri": image} if image else {},
                             "Tags": {}}
        if method == "GET" and part == "configuration":
            return 200, [], self.resolve(f, q.get("Qualifier"))
        if method == "PUT" and part in ("code", "configuration"):
            return 200, [], self.update(f, part, change)
        if part == "versions":
            if method == "POST":
                return 201, [], self.publish(f, change)
            return 200, [], {"Versions": list(f["versions"].values())}
        if part == "aliases":
            return self.aliases(method, f, item, change)
        raise No(405, "MethodNotAllowed", method)

    # ---- functions and versions ----

    def create(self, c):
        name = c["FunctionName"]
        code = base64.b64decode(c["Code"]["ZipFile"])
        latest = {"FunctionName": name, "FunctionArn": f"arn:aws:lambda:us-east-1:123456789012:function:{name}",
                  "Runtime": c.get("Runtime"), "Handler": c.get("Handler"), "Role": c.get("Role"), "Timeout": c.get("Timeout", 3),
                  "MemorySize": 128, "Version": "$LATEST", "RevisionId": revision(), "State": "Active",
                  "LastUpdateStatus": "Successful", "PackageType": "Zip", "Architectures": ["x86_64"],
                  "CodeSha256": base64.b64encode(hashlib.sha256(code).digest()).decode(), "CodeSize": len(code),
                  **({"Environment": c["Environment"]} if "Environment" in c else {})}
        self.functions[name] = {"versions": {"$LATEST": latest}, "aliases": {}, "next": 1}
        return latest

    def resolve(self, f, qualifier):
        version = qualifier or "$LATEST"
        if version in f["aliases"]:
            version = f["aliases"][version][-1][1]["FunctionVersion"]
        if version not in f["versions"]:
            raise No(404, "ResourceNotFoundException", f"Function not found: {qualifier}")
        return f["versions"][version]

    def update(self, f, part, change):
        latest = f["versions"]["$LATEST"]
        if change.get("RevisionId", latest["RevisionId"]) != latest["RevisionId"]:
            raise precondition()
        new = dict(latest)
        if part == "code" and "ImageUri" in change:
            new.update(CodeSha256=self.image_code(change["ImageUri"]), ImageUri=change["ImageUri"])
        elif part == "code":
            if "S3Key" in change and (change["S3Bucket"], change["S3Key"]) not in self.objects:
                raise No(400, "InvalidParameterValueException", "Error occurred while GetObject. S3 Error Code: NoSuchKey.")
            code = self.objects[change["S3Bucket"], change["S3Key"]] if "S3Key" in change else base64.b64decode(change["ZipFile"])
            new.update(CodeSha256=base64.b64encode(hashlib.sha256(code).digest()).decode(), CodeSize=len(code))
        else:
            new.update({k: v for k, v in change.items() if k != "RevisionId"})
        if change.get("DryRun"):
            return new
        new["RevisionId"] = revision()
        f["versions"]["$LATEST"] = new
        if self.updating and part == "code":
            return {**new, "LastUpdateStatus": "InProgress", "RevisionId": revision()}
        return new

    @staticmethod
    def image_code(uri):
        return uri.split("@sha256:")[1]

    def publish(self, f, change):
        latest = f["versions"]["$LATEST"]
        if change.get("RevisionId", latest["RevisionId"]) != latest["RevisionId"]:
            raise precondition()
        if change.get("CodeSha256", latest["CodeSha256"]) != latest["CodeSha256"]:
            raise No(400, "InvalidParameterValueException", "CodeSHA256 is different from current CodeSHA256 in $LATEST")
        about = lambda v: {k: v.get(k) for k in ("CodeSha256", "Timeout", "MemorySize", "Handler", "Runtime", "Role", "Environment", "DeadLetterConfig")}
        last = f["versions"].get(str(f["next"] - 1))
        f["versions"]["$LATEST"] = {**latest, "RevisionId": revision()}
        if last and about(last) == about(latest):
            return last
        version = {**latest, "Version": str(f["next"]), "RevisionId": revision(), "Description": change.get("Description", "")}
        if self.failed_next:
            self.failed_next = False
            version.update(State="Failed", StateReason="the image went bad", StateReasonCode="InternalError")
        f["versions"][version["Version"]] = version
        f["next"] += 1
        return version

    # ---- aliases: every one is a history of (time, value) ----

    def seen(self, history):
        now = time.monotonic()
        return next((v for at, v in reversed(history) if now - at >= self.stale_s), history[0][1])

    def aliases(self, method, f, name, change):
        if method == "GET" and name is None:
            return 200, [], {"Aliases": [self.shown(f, a, self.seen(h)) for a, h in f["aliases"].items()]}
        if method == "POST":
            name = change["Name"]
            if name in f["aliases"]:
                raise No(409, "ResourceConflictException", f"Alias already exists: {name}")
            f["aliases"][name] = []
            value = {"Name": name, "AliasArn": f"arn:aws:lambda:us-east-1:123456789012:function:x:{name}", "Description": ""}
        elif name not in f["aliases"]:
            raise No(404, "ResourceNotFoundException", f"Cannot find alias arn: {name}")
        else:
            value = dict(f["aliases"][name][-1][1])
        if method == "GET":
            return 200, [], self.shown(f, name, self.seen(f["aliases"][name]))
        if method == "DELETE":
            del f["aliases"][name]
            return 204, [], b""
        if method == "PUT" and change.get("RevisionId", value["RevisionId"]) != value["RevisionId"]:
            raise precondition()
        return (201 if method == "POST" else 200), [], self.write_alias(f, name, value, change)

    def write_alias(self, f, name, value, change):
        version = change.get("FunctionVersion", value.get("FunctionVersion"))
        if version not in f["versions"]:
            if not f["aliases"][name]:
                del f["aliases"][name]
            raise No(404, "ResourceNotFoundException", f"Function not found: {version}")
        value.update({k: change[k] for k in ("FunctionVersion", "Description") if k in change})
        if "RoutingConfig" in change:
            value.pop("RoutingConfig", None)
            if change["RoutingConfig"].get("AdditionalVersionWeights"):
                value["RoutingConfig"] = change["RoutingConfig"]
        self.moved(f, name, f["aliases"][name][-1][1]["FunctionVersion"] if f["aliases"][name] else None, version)
        value["RevisionId"] = revision()
        f["aliases"][name].append((time.monotonic(), value))
        return self.shown(f, name, value)

    # ---- provisioned concurrency: while it follows an alias, Lambda keeps all of its traffic where it came from ----

    def provision(self, function, alias, requested):
        self.provisioned[function, alias] = {"requested": requested, "until": 0, "from": None}

    def moved(self, f, alias, before, after):
        p = self.provisioned.get((f["versions"]["$LATEST"]["FunctionName"], alias))
        if p and before and before != after:
            p.update({"until": time.monotonic() + self.provision_s, "from": before})

    def following(self, f, alias):
        p = self.provisioned.get((f["versions"]["$LATEST"]["FunctionName"], alias))
        return p["from"] if p and time.monotonic() < p["until"] else None

    def shown(self, f, alias, value):
        old = self.following(f, alias)
        return {**value, "RoutingConfig": {"AdditionalVersionWeights": {old: 1.0}}} if old else value

    def list_provisioned(self, function):
        rows = []
        for (name, alias), p in self.provisioned.items():
            if name == function:
                busy = time.monotonic() < p["until"]
                status = "IN_PROGRESS" if busy else "FAILED" if self.provision_fails else "READY"
                rows.append({"FunctionArn": f"arn:aws:lambda:us-east-1:123456789012:function:{name}:{alias}", "Status": status,
                             "StatusReason": "the account has no concurrency left" if status == "FAILED" else None,
                             "RequestedProvisionedConcurrentExecutions": p["requested"]})
        return rows

    def invoke(self, f, qualifier, body):
        version = qualifier or "$LATEST"
        if version in f["aliases"]:
            now, history = time.monotonic(), f["aliases"][version]
            version = (self.following(f, version) or
                       next((v for at, v in reversed(history) if now - at >= self.propagation_s), history[0][1])["FunctionVersion"])
        elif version not in f["versions"]:
            raise No(404, "ResourceNotFoundException", f"Function not found: {qualifier}")
        if f["versions"].get(version, {}).get("State") == "Inactive":
            f["versions"][version] = {**f["versions"][version], "State": "Pending"}
            raise No(409, "SnapStartNotReadyException", "Lambda is initializing your function. It will be ready to invoke once your "
                     "function state becomes ACTIVE.")
        answer = {"statusCode": 200, "version": version}
        return 200, [("X-Amz-Executed-Version", version), ("X-Amz-Log-Result", base64.b64encode(b"END").decode())], answer
