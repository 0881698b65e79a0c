"""A secret shows in no output, however it is spelt: in every report, on the terminal, in the debug log."""
import base64
import json
import os
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
    yield "hex", raw.hex()
    yield "HEX", raw.hex().upper()


def cores(secret):
    """What of each spelling must not be seen: for base64 the characters that the secret alone decides."""
    for name, text in spellings(secret):
        if name.startswith("base64"):
            lead, size = int(name[-1]), len(secret.encode())
            text = text[-(-lead * 4 // 3):(lead + size) * 8 // 6]
        yield name, text


class Secrets(harness.Case):
    def outputs(self, reply, case):
        told = ScriptedLambda(reply)
        self.addCleanup(told.stop)
        self.write("cases.json", {"suite": "s", "cases": [case]})
        reports = [a for f in FORMATS for a in ("--report", f"{f}=out/{f}")]
        out, err = self.smokegate("run", "--function", "f", "--endpoint", told.endpoint, "--region", "us-east-1", "--debug", *reports, "cases.json",
                                  code=1, env={"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret", "TOKEN": SECRET})
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

    def test_the_test_sees_what_is_not_masked(self):
        said = "; ".join(text for _, text in spellings("not-a-secret-at-all/17"))
        texts = self.outputs(lambda n, body: Reply(said), {"name": "it", "expect": {"payload": "x"}})
        for name, core in cores("not-a-secret-at-all/17"):
            self.assertIn(core, texts["jsonl"], name)


if __name__ == "__main__":
    harness.main()
