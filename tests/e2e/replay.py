"""Plays requests against smokegate-local and compares the answers with those recorded from AWS.

Recorded answers have placeholders for what is volatile: `<uuid:1>` is the same value wherever it
stands, another number is another value.
"""
import base64
import http.client
import io
import json
import re
import urllib.parse
import zipfile

ACCOUNT = "111111111111"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/lambda-role"
# What AWS has added to function configurations since the older recordings.
ADDED = {"SnapStart", "LoggingConfig", "RuntimeVersionConfig", "EphemeralStorage"}
ANYTHING = {"date", "datetime", "<datetime>", "lambda-url", "<location>", "<layer-location>"}
KNOWN_VALUES = {"<region>": REGION, "<partition>": "aws", "<min_unreserved_concurrency>": "100", "<unreserved_concurrency>": "1000"}
TOKEN = re.compile(r"<[a-zA-Z0-9_-]+(?::\d+)?>")
ENUM = re.compile(r"enum value set: \[([^\]]*)\]")


def package(text="code", deflate=False):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr(zipfile.ZipInfo("handler.py"), text, zipfile.ZIP_DEFLATED if deflate else None)
    return out.getvalue()


class Bindings:
    """What the placeholders of one test stand for."""

    def __init__(self):
        self.values = {}

    def text(self, expected, actual):
        expected = re.sub(r"<a:len\((\d+)\)>", lambda m: "a" * int(m[1]), expected)
        expected, actual = (ENUM.sub(lambda m: "enum value set: " + str(sorted(m[1].split(", "))), t) for t in (expected, actual))
        pattern, at, tokens = "", 0, []
        for m in TOKEN.finditer(expected):
            pattern += re.escape(expected[at:m.start()])
            at = m.end()
            known = KNOWN_VALUES.get(m[0], self.values.get(m[0]))
            if known is not None:
                pattern += re.escape(known)
            elif m[0] in tokens:
                pattern += f"(?P=t{tokens.index(m[0])})"
            else:
                pattern += f"(?P<t{len(tokens)}>.+?)"
                tokens.append(m[0])
        found = re.fullmatch(pattern + re.escape(expected[at:]), actual, re.S)
        if not found:
            return False
        for i, token in enumerate(tokens):
            value = found[f"t{i}"]
            if re.match(r"<(uuid|code-sha256):", token) and value in [v for t, v in self.values.items() if t[:5] == token[:5]]:
                return False  # another number is another value
            self.values[token] = value
        return True


def differences(expected, actual, bindings, path="$"):
    if isinstance(expected, str) and (expected in ANYTHING or (TOKEN.fullmatch(expected) and not isinstance(actual, str))):
        return [] if actual is not None else [f"{path}: nothing, recorded {expected}"]
    if isinstance(expected, dict) and isinstance(actual, str):
        actual = json.loads(actual)
    if isinstance(expected, dict) and isinstance(actual, dict):
        out = [f"{path}.{k}: missing" for k in expected if k not in actual]
        out += [f"{path}.{k}: not recorded, found {actual[k]!r:.80}" for k in actual if k not in expected and not (k in ADDED and "CodeSha256" in expected)]
        for k in expected:
            if k in actual:
                out += differences(expected[k], actual[k], bindings, f"{path}.{k}")
        return out
    if isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            return [f"{path}: {len(actual)} elements, recorded {len(expected)}"]
        return [d for i, (e, a) in enumerate(zip(expected, actual)) for d in differences(e, a, bindings, f"{path}[{i}]")]
    if isinstance(expected, str) and isinstance(actual, str):
        return [] if bindings.text(expected, actual) else [f"{path}: {actual!r}, recorded {expected!r}"]
    return [] if expected == actual and isinstance(expected, bool) == isinstance(actual, bool) else [f"{path}: {actual!r}, recorded {expected!r}"]


class Lambda:
    """Operations by their names in AWS's service model."""

    def __init__(self, endpoint, model):
        self.netloc = urllib.parse.urlsplit(endpoint).netloc
        self.model = model
        self.connection = http.client.HTTPConnection(self.netloc, timeout=60)

    def raw(self, method, target, body=None, headers=None):
        self.connection.request(method, target, body, headers or {})
        response = self.connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()

    def op(self, operation, **params):
        """(status, body): the body as boto3 would give it."""
        spec = self.model["operations"][operation]
        shape = self.model["shapes"][spec["input"]["shape"]] if "input" in spec else {"members": {}}
        path, query, body, headers, raw = spec["http"]["requestUri"], [], {}, {}, None
        for name, value in params.items():
            member = shape["members"][name]
            wire, place = member.get("locationName", name), member.get("location")
            if place == "uri":
                path = path.replace("{%s}" % wire, urllib.parse.quote(str(value), safe="$"))
            elif place == "querystring":
                query += [(wire, v) for v in (value if isinstance(value, list) else [value])]
            elif place == "header":
                headers[wire] = str(value)
            elif shape.get("payload") == name:
                raw = value
            else:
                body[wire] = self.encode(value)
        if query:
            path += ("&" if "?" in path else "?") + urllib.parse.urlencode(query, quote_via=urllib.parse.quote)
        text = raw if raw is not None else json.dumps(body) if body else None
        status, got, data = self.raw(spec["http"]["method"], path, text, headers)
        answer = json.loads(data) if data else {}
        if status >= 400:
            kind = next(v for k, v in got.items() if k.lower() == "x-amzn-errortype")
            answer = {"Error": {"Code": kind, "Message": answer.get("message", answer.get("Message"))},
                      **{k: v for k, v in answer.items() if k != "message" or "Type" in answer or kind == "InvalidParameterValueException"}}
        return status, answer

    def encode(self, value):
        if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        if isinstance(value, dict):
            return {k: self.encode(v) for k, v in value.items()}
        return value


class Replay:
    """One recorded test: `check` compares an answer with the one of that name."""

    def __init__(self, aws, results, test, recorded):
        self.aws, self.results, self.test, self.recorded = aws, results, test, recorded
        self.bindings = Bindings()

    def function(self, name, **more):
        params = {"FunctionName": name, "Runtime": "python3.12", "Role": ROLE, "Handler": "handler.handler", "Timeout": 30,
                  "Environment": {"Variables": {}}, "Code": {"ZipFile": package()}}
        params.update(more)
        status, answer = self.aws.op("CreateFunction", **{k: v for k, v in params.items() if v is not None})
        return status, answer

    def create(self, key, name="f", **more):
        """A function made as the recorded one was: what the answer echoes is what was asked for."""
        recorded = self.recorded[key]
        recorded = recorded.get("CreateFunctionResponse", recorded)
        params = {k: recorded.get(k) for k in ("Handler", "Runtime", "Timeout", "MemorySize", "Description", "Environment", "Architectures")}
        return self.check(key, self.function(name, **{**params, **more}))

    def op(self, operation, **params):
        return self.aws.op(operation, **params)

    def check(self, key, answer):
        status, actual = answer
        expected = self.recorded.get(key)
        assert expected is not None, f"{self.test} has no {key}"
        expected = json.loads(json.dumps(expected))
        if set(expected) == {"CreateEventSourceMappingResponse", "CreateFunctionResponse"}:
            expected = expected["CreateFunctionResponse"]
        meta = expected.pop("ResponseMetadata", {})
        expected.pop("StatusCode", None)
        if set(expected) <= {"Code", "Count", "Errors", "Message"} and "Code" in expected:
            actual = self.condensed(actual, expected)
        trial = Bindings()
        trial.values = dict(self.bindings.values)
        found = differences(expected, actual, trial)
        if meta and status != meta["HTTPStatusCode"]:
            found.append(f"status {status}, recorded {meta['HTTPStatusCode']}")
        self.bindings = trial
        self.results[f"{self.test}/{key}"] = found
        return actual

    @staticmethod
    def condensed(actual, expected):
        if "Error" not in actual:
            return actual
        code, message = actual["Error"]["Code"], actual["Error"]["Message"]
        if "Count" not in expected:
            return {"Code": code, "Message": message}
        count, _, rest = message.partition(" validation error")
        return {"Code": code, "Count": int(count) if count.isdigit() else 0, "Errors": rest.split(" detected: ", 1)[-1].split("; ")}
