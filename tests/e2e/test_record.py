"""`smokegate record`: one invocation becomes a case file that check and run take at once."""
import json
import os
import time
import uuid

import harness
from scripted_lambda import Reply, ScriptedLambda

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local-secret"}


class Record(harness.Case):
    def lambda_(self, answer):
        self.told = ScriptedLambda(answer)
        self.addCleanup(self.told.stop)
        self.endpoint = ["--endpoint", self.told.endpoint, "--region", "us-east-1"]

    def record(self, *args, code=0, file="cases/get.json", **more):
        return self.smokegate("record", file, *self.endpoint, *args, code=code, env={**CREDENTIALS, **more.pop("env", {})}, **more)[1]

    def case(self, file="cases/get.json"):
        with open(os.path.join(self.dir, file), encoding="utf-8") as f:
            return json.load(f)["cases"][0]

    def passes(self, file="cases/get.json", code=0, **more):
        self.assertIn("nothing wrong", self.smokegate("check", file, env=more.get("env"))[0])
        return self.smokegate("run", *self.endpoint, file, code=code, env={**CREDENTIALS, "CI": "1", **more.pop("env", {})}, **more)[0]

    def files(self):
        return sorted(os.path.relpath(os.path.join(base, n), self.dir) for base, _, names in os.walk(self.dir) for n in names)


class Recording(Record):
    def test_a_misspelt_function_is_told_of_the_option_not_of_a_draft(self):
        self.lambda_(lambda n, body: Reply("{}"))
        self.write("smokegate.json", {"functions": {"orders": {}}, "environments": [{"name": "dev", "region": "us-east-1"}]})
        err = self.record("--function", "ordres", "--payload", "{}", code=2)
        self.assertIn('--function: the project has no function "ordres", did you mean "orders"?', err)
        self.assertNotIn("recording", err)
        self.assertEqual((self.files(), self.told.count), (["smokegate.json"], 0))

    def order(self, n, body):
        return Reply({"id": str(uuid.uuid4()), "at": time.strftime("%Y-%m-%dT%H:%M:%SZ"), "ms": int(time.time() * 1000), "echo": json.loads(body),
                      "lines": [{"sku": "A", "n": 1, "ref": str(uuid.uuid4())}, {"sku": "B", "n": 2.5}], "request": "got 1111"},
                     request_id="1111")

    def test_a_response_gives_schema_and_snapshot_that_hold_the_next_time(self):
        self.lambda_(self.order)
        err = self.record("--function", "f", "--payload", '{"sku": "SKU-1", "big": 12345678901234567890.5}', "--name", "reads an order")
        self.assertIn("wrote    cases/get.json", err)
        self.assertEqual(self.files(), ["cases/get.json", "cases/snapshots/get.json"])
        self.assertIn(b"12345678901234567890.5", self.told.invocations[0][2])
        case = self.case()
        self.assertEqual(case["name"], "reads an order")
        schema = case["expect"]["schema"]
        self.assertEqual(schema["properties"]["id"], {"type": "string", "format": "uuid"})
        self.assertEqual(schema["properties"]["at"], {"type": "string", "format": "date-time"})
        self.assertEqual(schema["properties"]["lines"]["items"]["required"], ["sku", "n"])
        self.assertEqual(schema["properties"]["lines"]["items"]["properties"]["n"], {"type": "number"})
        self.assertEqual(sorted(case["expect"]["snapshot"]["ignore"]),
                         ["$['at']", "$['id']", "$['lines'][*]['ref']", "$['ms']", "$['request']"])
        self.assertIn("1 passed", self.passes())
        # The snapshot is no decoration.
        self.told.answer = lambda n, body: Reply({**json.loads(self.order(n, body).body), "lines": []})
        self.assertIn("snapshot", self.passes(code=1))

    def test_what_was_sent_and_comes_back_is_compared(self):
        self.lambda_(lambda n, body: Reply(body))
        known = str(uuid.uuid4())
        self.record("--function", "f", "--payload", json.dumps({"id": known}))
        self.assertEqual(self.case()["expect"]["snapshot"], "snapshots/get.json")
        self.passes()

    def test_json_in_a_body_has_its_schema_too(self):
        self.lambda_(lambda n, body: Reply({"statusCode": 200, "body": json.dumps({"ok": True})}))
        self.record("--function", "f", "--event", "apigateway-proxy")
        self.assertEqual(self.case()["event"], "apigateway-proxy")
        self.assertEqual(self.case()["expect"]["paths"]["$.body"]["json"]["schema"]["properties"], {"ok": {"type": "boolean"}})
        self.passes()

    def test_text_nothing_and_single_values(self):
        rows = [(b"plain text", {"payload": {"type": "text"}, "snapshot": "snapshots/get.json"}), (b"", {"payload": {"empty": True}}),
                (b"\xff\xfe", {"payload": {"type": "text"}}), (b"null", {"schema": {"type": "null"}, "snapshot": "snapshots/get.json"}),
                (json.dumps(str(uuid.uuid4())).encode(), {"schema": {"type": "string", "format": "uuid"}}),
                (json.dumps({f"k{i}": i for i in range(100)}).encode(),
                 {"schema": {"type": "object", "additionalProperties": {"type": "integer"}}, "snapshot": "snapshots/get.json"})]
        for body, expect in rows:
            with self.subTest(body):
                self.lambda_(lambda n, b, body=body: Reply(body))
                self.record("--function", "f", "--force")
                self.assertEqual({k: v for k, v in self.case()["expect"].items() if k != "snapshot" or v != {"file": "snapshots/get.json"}}, expect)
                self.passes()

    def test_a_function_that_fails_is_expected_to(self):
        self.lambda_(lambda n, b: Reply({"errorType": "ValidationError", "errorMessage": str(uuid.uuid4())}, error="Unhandled"))
        err = self.record("--function", "f")
        self.assertIn("failed, which is expected from now on: ValidationError", err)
        self.assertEqual(self.case()["expect"], {"function_error": "ValidationError"})
        self.assertEqual(self.files(), ["cases/get.json"])
        self.passes()

    def test_what_a_function_calls_its_error_does_nothing_to_a_terminal(self):
        self.lambda_(lambda n, b: Reply({"errorType": "\x1b[31mRed", "errorMessage": "x"}, error="Unhandled"))
        err = self.record("--function", "f")
        self.assertNotIn("\x1b", err)
        self.assertIn("Red", err)

    def test_payloads_come_from_files_and_streams_and_may_be_text(self):
        self.lambda_(lambda n, b: Reply(b))
        self.write("in.json", '{"a": [1, 2]}')
        self.record("--function", "f", "--payload-file", "in.json")
        self.assertEqual(self.case()["payload"], {"a": [1, 2]})
        self.record("--function", "f", "--payload-file", "-", "--force", stdin='{"b": 1}')
        self.assertEqual(self.case()["payload"], {"b": 1})
        self.assertIn("--text sends it as it is", self.record("--function", "f", "--payload", "no json", "--force", code=2))
        self.record("--function", "f", "--payload", "no json", "--text", "--force")
        self.assertEqual(self.case()["payload_text"], "no json")
        self.passes()

    def test_secrets_get_into_no_file(self):
        secret = "pa55word-of-the-shop"
        self.lambda_(lambda n, b: Reply({"echo": json.loads(b)["token"], "kept": 1}))
        self.record("--function", "f", "--payload", '{"token": "{{secret.TOKEN}}"}', env={"TOKEN": secret})
        self.assertEqual(json.loads(self.told.invocations[0][2]), {"token": secret})
        for name in self.files():
            with open(os.path.join(self.dir, name), encoding="utf-8") as f:
                self.assertNotIn(secret, f.read(), name)
        self.assertEqual(self.case()["expect"]["snapshot"]["ignore"], ["$['echo']"])
        self.passes(env={"TOKEN": secret})

    def test_in_a_project_the_schema_is_found_and_the_only_function_need_not_be_named(self):
        self.lambda_(lambda n, b: Reply({"a": 1}))
        self.write("smokegate.json", {"functions": {"orders": {"name": "orders-dev"}}, "environments": [{"name": "dev", "region": "us-east-1"}]})
        self.smokegate("init", "-q", "--ci", "none")
        self.record(file="cases/deep/get.json")
        with open(os.path.join(self.dir, "cases/deep/get.json"), encoding="utf-8") as f:
            top = json.load(f)
        self.assertEqual((top["$schema"], top["suite"], "function" in top), ("../../.smokegate/case-1.schema.json", "get", False))
        self.assertIn("/functions/orders-dev/", self.told.invocations[0][0])
        self.passes("cases/deep/get.json")
        self.assertIn('did you mean "orders"', self.record("--function", "order", code=2))


class Refusing(Record):
    def test_what_is_there_stays_unless_forced(self):
        self.lambda_(lambda n, b: Reply({"a": 1}))
        for name in ("cases/get.json", "cases/snapshots/get.json"):
            path = self.write(name, "mine")
            self.assertIn(f"{name} is there already; --force writes over it", self.record("--function", "f", code=2))
            self.assertEqual(self.told.count, 0)
            with open(path, encoding="utf-8") as f:
                self.assertEqual(f.read(), "mine")
            os.unlink(path)
        self.write("cases/get.json", "mine")
        self.record("--function", "f", "--force")
        self.passes()

    def test_no_answer_is_no_case(self):
        self.lambda_(lambda n, b: Reply({"Message": "not today"}, status=500, version=None))
        self.assertIn("nothing was recorded", self.record("--function", "f", code=3))
        self.assertEqual(self.files(), [])

    def test_mistakes_are_told_before_anything_is_invoked(self):
        self.lambda_(lambda n, b: Reply({"a": 1}))
        rows = [(["--function", "f", "--payload", "1", "--event", "sqs"], "give one of"), (["--function", "f", "--payload", '"{{nobody}}"'], "nobody"),
                (["--function", "f", "--event", "sq"], "sqs"), ([], "function"), (["--function", "f", "--payload-file", "gone"], "gone")]
        for args, says in rows:
            self.assertIn(says, self.record(*args, code=2))
        self.assertIn("NAME.json", self.record("--function", "f", file="cases/x.txt", code=2))
        self.assertEqual((self.told.count, self.files()), (0, []))


if __name__ == "__main__":
    harness.main()
