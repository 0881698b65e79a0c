"""Every example of docs/case-format.md, docs/project-file.md and the README is run against the embedded Lambda, and what it
says holds.

The function answers what ANSWERS says for a case's name (or, of the nameless `m`, for its section); with these answers every
example passes, so that an example nobody could satisfy, or that checks nothing as written, is found. The other way round,
an answer of another kind must not satisfy it (`test_a_wrong_answer_fails_them`).
"""
import datetime
import json
import os
import re
import urllib.request

import harness
from answering_world import World

ORDER = {"id": "ord_0123456789ab", "total": 19.98}
CREATED = {"statusCode": 201, "headers": {"content-type": "application/json"}, "body": json.dumps(ORDER)}
INVALID = {"errorType": "ValidationError", "errorMessage": "no sku"}
# By the name of a case: what its function answers. A list is tried from the front, by "when".
ANSWERS = {
    "creates an order": [{"when": {"httpMethod": "POST"}, "json": CREATED}, {"when": {"httpMethod": "GET"}, "json": {"statusCode": 200}},
                         {"error": INVALID}],
    "knows the price": [{"json": {"price": 9.99}}],
    "streams the report": [{"text": "header\nrow\nfooter"}],
    "the order is shipped": [{"json": {"state": "shipped"}}],
    "creates": [{"when": {"action": "create"}, "json": {"body": "{\"id\": 7}", "key": "a-key-nobody-knows"}},
                {"when": {"action": "delete", "id": 7, "key": "a-key-nobody-knows"}, "json": {}}],
    "takes {{quantity}}": [{"when": {"quantity": 1}, "json": 1}, {"when": {"quantity": 99}, "json": 99},
                           {"when": {"sku": "SKU-1"}, "json": {"name": "Mug"}}],
    "lists orders": [{"when": {"action": "login"}, "json": {"token": "t-0123456789"}}, {"when": {"token": "t-0123456789"}, "json": {}}],
    "rejects nonsense": [{"error": {**INVALID, "errorMessage": "no sku"}}],
    "adds": [{"when": {"a": 1, "b": 2}, "json": {"sum": 3}}],
    "is an order": [{"json": {"state": "new", "lines": [1, 2], "more": 1}}],
    "lists": [{"json": {"orders": [{"id": "a", "total": 0}, {"id": "b", "total": 5}]}}],
    "says hello": [{"text": "Hello Ada"}],
    "is a whole order": [{"json": ORDER}],
    "logs no address": [{"json": {}, "log": "user 17"}],
    "still answers so": [{"json": {"id": "x", "items": [{"at": 1, "n": 1}], "total": 3}}],
    "answers as before": [{"json": {"headers": {"x-amzn-requestid": "r"}, "n": 1}}],
    "posts through the gateway": [{"when": {"httpMethod": "POST", "path": "/orders", "resource": "/{proxy+}"}, "json": {}}, {"json": {}}],
    "knows the client": [{"context": True}],
    "is told apart": [{"when": {"braces": "{{ stays"}, "json": {}}],
}
# By the section, of cases called "m".
MATCHERS = {
    "equals": {"point": {"x": 1, "y": 2}},
    "not": {"state": "fine", "id": "ord"},
    "one_of": {"state": "shipped"},
    "contains": {"tags": ["a", "b", "c"], "title": "a mug", "who": {"first": "Ada", "last": "L"}},
    "matches": {"id": "ord_0123456789ab"},
    "type": {"count": 2.0, "note": None},
    "min": {"total": 0, "share": 1},
    "close_to": {"total": 19.984},
    "length": {"code": "abcdef", "lines": [1]},
    "exists": {"a": {"id": 1}},
    "empty": {"errors": [], "lines": [1]},
    "every": {"lines": [{"price": 0}, {"price": 12}]},
    "one": {"lines": [{"sku": "SKU-1", "quantity": 2}, {"sku": "SKU-2"}]},
    "count": {"a": {"price": 1}, "b": [{"price": 2}, {"price": 3}]},
    "unique": {"lines": [{"id": 1}, {"id": 2}]},
    "schema": {"lines": [{"sku": "a"}]},
    "json": {"body": "{\"ok\": true}", "data": "JVBERi0xLjc="},
    "before": {"created": {"$now": True}},
    "paths": {"lines": [{"sku": "a", "quantity": 1}]},
}
# What nothing in the answer could change: the outcome is decided elsewhere.
ANY_ANSWER = {"is open", "works", "asks the other one", "answers in {{language}}", "takes a body", "takes what the queue sent once", "may be invoked",
              "answers soon", "talks to a shaky neighbour", "keeps its promise", "reads only", "empties the shop", "comes up quickly",
              "sends real mail", "is healthy", "is closed", "is quick", "is small", "was kept warm", "is version 7", "stays quick", "is no slower",
              "posts through the gateway", "knows the client", "is told apart", "answers as before", "is refused by Lambda"}
PROFILE = "[profile stage]\naws_access_key_id = local\naws_secret_access_key = local\n"
# How long it takes on a machine that does other things, too, is not what is tested here.
TIMED = {"stays quick", "is no slower", "is quick", "keeps its promise", "comes up quickly", "answers soon"}
# Sections whose example holds for a response with nothing in it.
VACUOUS = {"unique", "schema"}


def examples(page="docs/case-format.md"):
    """(section's first word, example as a case file) of every example."""
    with open(os.path.join(harness.SOURCE, page), encoding="utf-8") as f:
        text = f.read()
    parts = re.split(r"^(#{1,3} .*)$", text, flags=re.M)
    for heading, body in zip(parts[1::2], parts[2::2]):
        words = re.findall(r"`([a-z0-9_]+)`", heading)
        for block in re.findall(r"^```json\n(.*?)^```$", body, re.M | re.S):
            yield words[0] if words else heading.strip("# "), json.loads(block)


def case_files(page="docs/case-format.md"):
    """The same, a case alone as a file of its own."""
    for section, example in examples(page):
        yield section, example if "cases" in example else {"function": "orders", "cases": [example]}


class Cases(World):
    def setUp(self):
        super().setUp()
        self.write("testcases/schemas/order.json", {"type": "object", "required": ["id", "total"]})
        self.write("testcases/events/get-order.json", {"httpMethod": "GET"})
        self.write("testcases/goods.csv", "sku,name\nSKU-1,Mug\n")

    def rows(self, section, example):
        name = example["cases"][0]["name"]
        if name != "m":
            return ANSWERS.get(name, [{"json": {"ok": True}}])
        answer = MATCHERS[section]
        if section == "before":
            answer = {"created": datetime.datetime.now(datetime.timezone.utc).isoformat()}
        return [{"json": answer}]

    def run_example(self, example, rows, *args):
        """The outcome's verdict, and what was said."""
        self.answers.rows = rows
        self.write("testcases/example.json", example)
        closed = example["cases"][0]["name"] == "is closed"  # no answer of a function's throttles it
        if closed:
            self.reserve(0)
        out, err = self.smokegate("run", "--report", "outcome=o.json", *args, code=None)
        if closed:
            self.reserve(None)
        with open(os.path.join(self.dir, "o.json"), encoding="utf-8") as f:
            return json.load(f)["verdict"], out + err

    def reserve(self, number):
        path = "2017-10-31/functions/orders-dev/concurrency"
        request = urllib.request.Request(f"{self.local.endpoint}/{path}", method="DELETE" if number is None else "PUT",
                                         data=None if number is None else json.dumps({"ReservedConcurrentExecutions": number}).encode())
        urllib.request.urlopen(request, timeout=60).close()

    def test_they_pass_with_an_answer_as_they_want_it(self):
        count = 0
        for section, example in case_files():
            name = example["cases"][0]["name"]
            with self.subTest(section=section, name=name):
                self.run_example(example, self.rows(section, example), "--update-snapshots")
                verdict, said = self.run_example(example, self.rows(section, example))
                self.assertIn(verdict, ("pass", "fail") if name in TIMED else ("pass",), said)
                count += 1
        self.assertGreater(count, 55)

    def test_the_readme(self):
        rows = [{"when": {"httpMethod": "POST"}, "json": {"statusCode": 201, "body": json.dumps({"id": "1", "total": 11.99})}}, {"error": INVALID}]
        shown = [example for _, example in case_files("README.md")]
        self.assertEqual(len(shown), 1)
        self.run_example(shown[0], rows)  # once for the cold start
        verdict, said = self.run_example(shown[0], rows)
        self.assertEqual(verdict, "pass", said)
        self.assertEqual(self.run_example(shown[0], rows[1:])[0], "fail")

    def test_a_wrong_answer_fails_them(self):
        wrong = [{"json": "an answer of another kind", "log": "an error of a@example.com"}]
        for section, example in case_files():
            name = example["cases"][0]["name"]
            with self.subTest(section=section, name=name):
                if "until" in example["cases"][0]:
                    example["cases"][0]["until"] = "200ms"
                verdict, said = self.run_example(example, wrong)
                if name not in TIMED:
                    passes = name in ANY_ANSWER or name == "m" and section in VACUOUS
                    self.assertEqual(verdict, "pass" if passes else "fail", said)


class Projects(World):
    """Every environment of every example of a project file: its cases run, and what a promotion would do can be told."""

    def setUp(self):
        super().setUp()
        self.env.update(AWS_ENDPOINT_URL_STS=self.local.endpoint, AWS_CONFIG_FILE=self.write("config", PROFILE))
        self.answers.rows = [{"json": {"ok": True}}]
        for folder in ("testcases", "contract"):
            self.write(f"{folder}/example.json", {"cases": [{"name": "works", "function": "orders", "expect": {"contains": {"ok": True}}}]})

    def make(self, name, alias):
        if name not in {f["FunctionName"] for f in self.api("GET", "/")["Functions"]}:
            self.create(name)
            self.api("POST", f"/{name}/versions", {})
        if alias not in {a["Name"] for a in self.api("GET", f"/{name}/aliases")["Aliases"]}:
            self.api("POST", f"/{name}/aliases", {"Name": alias, "FunctionVersion": "1"})

    def test_their_environments_can_be_used(self):
        count = 0
        for section, example in examples("docs/project-file.md"):
            example.setdefault("functions", {}).setdefault("orders", {})
            example.setdefault("environments", [{"name": "dev", "region": "us-east-1"}])
            self.write("smokegate.json", example)
            for environment in example["environments"]:
                if environment.pop("local", False):  # the same server, that these tests started
                    self.write("smokegate.json", example)
                with self.subTest(section=section, environment=environment["name"]):
                    at = ("-e", environment["name"], "--endpoint", self.local.endpoint, "--region", "us-east-1")
                    listed = json.loads(self.smokegate("list", "--json", *at[:2], "--release", "1.0.0")[0])
                    self.make(listed[0]["function"], example.get("aliases", {}).get("smoke", "Smoke"))
                    self.assertIn(f"{len(listed)} passed", self.smokegate("run", *at, "--release", "1.0.0")[0])
                    count += 1
        self.assertGreater(count, 20)

    def test_the_scripts_of_faults_are_taken(self):
        scripts = [script for _, script in examples("docs/local.md") if "rules" in script]
        self.assertEqual(len(scripts), 2)
        for script in scripts:
            request = urllib.request.Request(f"{self.local.endpoint}/_smokegate/faults", method="PUT", data=json.dumps(script).encode())
            with urllib.request.urlopen(request, timeout=60) as reply:
                self.assertLess(reply.status, 300)
        request.data = b'{"rules": []}'
        urllib.request.urlopen(request, timeout=60).close()


if __name__ == "__main__":
    harness.main()
