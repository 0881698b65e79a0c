"""A secret shows in no output, however it is spelt: in every report, on the terminal, in the debug log."""
import base64
import html
import json
import os
import random
import re
import string
import urllib.parse

import harness
from scripted_lambda import Reply, ScriptedLambda

SECRET = 'hunter2&"<s>/w\u00f6rd\\x~17'
FORMATS = ("junit", "junit-strict", "html", "tap", "markdown", "github", "jsonl", "outcome")


def spellings(secret):
    raw = secret.encode()
    yield "raw", secret
    yield "JSON", json.dumps(secret)[1:-1]
    yield "JSON with UTF-8", json.dumps(secret, ensure_ascii=False)[1:-1]
    for lead in range(3):   # what stands before moves the groups of three bytes
        text = base64.b64encode(b"." * lead + raw + b"." * 3).decode()
        yield f"base64 behind {lead}", text
    yield "percent", urllib.parse.quote(secret, safe="")
    yield "percent in lower case", re.sub("%..", lambda m: m[0].lower(), urllib.parse.quote(secret, safe=""))
    yield "form", urllib.parse.quote_plus(secret)
    yield "XML", html.escape(secret, quote=False)
    yield "HTML", html.escape(secret)
    yield "JSON of Go", json.dumps(secret, ensure_ascii=False)[1:-1].replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    yield "JSON of PHP", json.dumps(secret)[1:-1].replace("/", "\\/")
    yield "JSON in JSON", json.dumps(json.dumps(secret))[3:-3]
    yield "base64url", base64.urlsafe_b64encode(raw + b"." * (-len(raw) % 3)).decode()[:len(raw) * 8 // 6]
    yield "hex", raw.hex()
    yield "HEX", raw.hex().upper()


def cores(secret):
    """What of each spelling must not be seen: for base64 the characters that the secret alone decides."""
    for name, text in spellings(secret):
        if name.startswith("base64 "):
            lead, size = int(name[-1]), len(secret.encode())
            text = text[-(-lead * 4 // 3):(lead + size) * 8 // 6]
        yield name, text


class Secrets(harness.Case):
    def outputs(self, reply, *cases, secret=SECRET, file="cases.json", suite="s", code=1, more=()):
        told = ScriptedLambda(reply)
        self.addCleanup(told.stop)
        self.write(file, {"suite": suite, "cases": cases})
        reports = [a for f in FORMATS for a in ("--report", f"{f}=out/{f}")]
        out, err = self.smokegate("run", "--function", "f", "--endpoint", told.endpoint, "--region", "us-east-1", "--debug", *more, *reports, file,
                                  code=code, env={"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret", "TOKEN": secret})
        self.sent = [i[2] for i in told.invocations]
        texts = {"stdout": out, "stderr": err}
        for name in FORMATS:
            with open(os.path.join(self.dir, "out", name), encoding="utf-8") as f:
                texts[name] = f.read()
        return texts

    def test_every_spelling_in_every_output(self):
        said = "; ".join(f"{name}: <<{text}>>" for name, text in spellings(SECRET))
        case = {"name": "it", "description": "keeps quiet", "payload": {"token": "{{secret.TOKEN}}"}, "tags": ["t"],
                "expect": {"payload": "{{secret.TOKEN}}", "matches": "^{{secret.TOKEN}}$", "log": {"not_matches": "raw"}}}
        texts = self.outputs(lambda n, body: Reply(said, log=f"log {said}\n"), case)
        self.assertEqual(json.loads(self.sent[0])["token"], SECRET, "the function itself gets it")
        for output, text in texts.items():
            for name, core in cores(SECRET):
                self.assertGreater(len(core), 12)
                self.assertNotIn(core, text, f"{name} in {output}")
        for output in ("stdout", "junit", "html", "tap", "github", "jsonl", "markdown"):
            self.assertIn("***", texts[output], output)

    def test_an_error_message_with_a_secret(self):
        texts = self.outputs(lambda n, body: Reply({"errorType": "E", "errorMessage": f"bad {SECRET}"}, error="Unhandled"),
                             {"name": "it", "payload": "{{secret.TOKEN}}"})
        for output, text in texts.items():
            for name, core in cores(SECRET):
                self.assertNotIn(core, text, f"{name} in {output}")
        self.assertIn("bad ***", texts["stdout"])

    def nothing_of(self, secret, texts, least=8):
        """No piece of it either: a cut must not fall into a secret."""
        pieces = {secret[i:i + least] for i in range(len(secret) - least + 1)}
        for output, text in texts.items():
            found = [p for p in pieces if p in text]
            self.assertEqual(found, [], f"{output}: {[text[max(0, text.index(p) - 60):text.index(p) + 40] for p in found[:2]]}")

    def test_no_cut_falls_into_a_secret(self):
        """Answers, failures, diffs, messages and logs are cut at many sizes: the secret lies across each of them."""
        secret = "".join(random.Random(5).choices(string.ascii_letters + string.digits, k=41))
        sizes = [i * 7 for i in range(60)]
        for limit in (300, 2730, 4096, 8192, 16384, 65536):
            sizes += [limit - d for d in (-40, -1, 0, 1, 3, 9, 20, 33, 40, 41, 60)]

        def answer(number, body):
            size = json.loads(body)
            return Reply(json.dumps({"a": "x" * size + secret + "y" * 70000, "b": [secret] * (size % 50), "c": "x" * size + secret}),
                         log="l" * (size % 4096) + secret + "\n" + secret * 100)
        cases = [{"name": f"c{i}", "payload": size, "expect": {"payload": {"equals": {"a": "x" * size, "b": [], "c": "{{secret.TOKEN}}"}},
                                                               "matches": "nothing like it", "log": {"matches": "nothing"}}}
                 for i, size in enumerate(sizes)]
        self.nothing_of(secret, self.outputs(answer, *cases, secret=secret))

    def test_a_response_of_nothing_but_secrets(self):
        secret = "".join(random.Random(6).choices(string.ascii_letters, k=37))
        texts = self.outputs(lambda n, body: Reply(json.dumps(secret * 30000)), {"name": "long", "payload": "{{secret.TOKEN}}", "expect": {"payload": 1}},
                             {"name": "short", "expect": {"payload": 1}}, secret=secret)
        self.nothing_of(secret, texts)

    def test_in_every_place_that_a_case_file_has(self):
        secret = "hunter.2 & <x> 'y\""
        texts = self.outputs(lambda n, body: Reply("2"), {
            "name": "with {{secret.TOKEN}} in it", "description": f"literally {secret}", "tags": [f"t-{secret}"], "payload": "{{secret.TOKEN}}",
            "table": [{"id": "{{secret.TOKEN}}"}, {"id": f"r {secret}"}], "expect": {"paths": {f"$['{secret[:9]}']": 3}}},
            {"name": "left out", "skip": f"because {secret}"}, secret=secret, file=f"dir {secret}/cases.json", suite=f"suite {secret}", code=None)
        for output, text in texts.items():
            for name, core in cores(secret):
                self.assertNotIn(core, text, f"{name} in {output}")
            self.assertNotIn("hunter_2", text, output)  # as a class name
            if output not in ("stderr", "outcome"):
                self.assertIn("***", text, output)

    def test_a_key_of_many_lines(self):
        body = base64.b64encode(random.Random(7).randbytes(600)).decode()
        lines = [body[i:i + 64] for i in range(0, len(body), 64)]
        for end in ("\n", "\r\n"):
            key = end.join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""])
            texts = self.outputs(lambda n, body: Reply({"key": key, "lines": lines, "yaml": "\n    ".join(key.split(end))},
                                                       log="\n".join(f"12:00 INFO {line}" for line in lines)),
                                 {"name": "it", "payload": "{{secret.TOKEN}}", "expect": {"payload": {"equals": {"key": "x"}}, "log": {"matches": "no"}}},
                                 secret=key)
            for output, text in texts.items():
                for line in lines:
                    self.assertNotIn(line[:16], text, output)
                    self.assertNotIn(line[-16:], text, output)

    def test_none_gets_into_a_snapshot(self):
        case = {"name": "it", "payload": "{{secret.TOKEN}}", "expect": {"snapshot": {"file": "kept.json"}}}
        texts = self.outputs(lambda n, body: Reply({"token": f"<{SECRET}>", "total": 3}), case, more=("--update-snapshots",))
        self.assertIn("it holds one, and was not written", texts["stdout"])
        self.assertFalse(os.path.exists(os.path.join(self.dir, "kept.json")))
        case["expect"]["snapshot"]["ignore"] = ["$.token"]
        self.outputs(lambda n, body: Reply({"token": f"<{SECRET}>", "total": 3}), case, more=("--update-snapshots",), code=0)
        with open(os.path.join(self.dir, "kept.json"), encoding="utf-8") as f:
            self.assertEqual(json.load(f), {"total": 3})

    def test_two_that_overlap(self):
        self.write("secrets.env", "A=qwzxfkrst-mjddle\nB=t-mjddle-qvyxw\n")
        told = "qwzxfkrst-mjddle-qvyxw"
        texts = self.outputs(lambda n, body: Reply(json.dumps(told)), {"name": "it", "payload": ["{{secret.A}}", "{{secret.B}}"], "expect": {"payload": 1}},
                             more=("--secrets", "secrets.env"))
        self.nothing_of(told, texts, 6)

    def test_a_captured_secret_is_masked_where_it_was_captured_also_as_a_number(self):
        texts = self.outputs(lambda n, body: Reply({"token": "tok-5551234567", "pin": 998877665544}, log="pin 998877665544 tok-5551234567"),
                             {"name": "it", "expect": {"paths": {"$.nothing": 1}},
                              "capture": {"token": {"from": "$.token", "secret": True}, "pin": {"from": "$.pin", "secret": True}}},
                             {"name": "next", "payload": ["{{token}}", "{{pin}}"], "expect": {"payload": 1}}, code=None)
        del texts["stderr"]  # --debug logged the answer before anybody knew
        self.nothing_of("tok-5551234567", texts)
        self.nothing_of("998877665544", texts)
        self.assertIn("pin ***", texts["jsonl"])

    def test_a_capture_of_thousands_of_values_and_of_too_many(self):
        keys = [f"key-{n * 2654435761 % 2 ** 32:08x}" for n in range(10001)]
        texts = self.outputs(lambda n, body: Reply({"keys": keys[json.loads(body):]}),
                             {"name": "many", "payload": 1, "expect": {"payload": 1}, "capture": {"keys": {"from": "$.keys", "secret": True}}},
                             {"name": "too many", "payload": 0, "capture": {"keys": {"from": "$.keys", "secret": True}}})
        del texts["stderr"]  # as above
        for output, text in texts.items():
            self.assertEqual([k for k in keys if k in text], [], output)
        self.assertEqual(texts["stdout"].count("more than 10000 values as one secret: capture what is secret alone"), 1)

    def test_one_that_is_too_short_to_be_masked_is_refused(self):
        self.write("cases.json", {"cases": [{"name": "it", "payload": "{{secret.PIN}}"}]})
        for pin in ("", "1", "123"):
            _, err = self.smokegate("run", "--function", "f", "--endpoint", "http://127.0.0.1:9", "--region", "us-east-1", "cases.json", code=2,
                                    env={"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret", "PIN": pin})
            self.assertRegex(err, r"cases.json:\d+:\d+: \{\{secret.PIN\}\}: its value is shorter than 4 bytes and could not be masked")
            self.assertIn("{{env.PIN}}", err)

    def test_the_test_sees_what_is_not_masked(self):
        said = "; ".join(text for _, text in spellings("not-a-secret-at-all/17"))
        texts = self.outputs(lambda n, body: Reply(said), {"name": "it", "expect": {"payload": "x"}})
        for name, core in cores("not-a-secret-at-all/17"):
            self.assertIn(core, json.loads(texts["jsonl"].splitlines()[2])["attempts"][0]["response"].replace("\\\\", "\\"), name)


if __name__ == "__main__":
    harness.main()
