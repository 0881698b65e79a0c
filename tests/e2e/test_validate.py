"""smokegate validate: JSON Schema from the command line."""
import json
import os
import select
import subprocess

from harness import SMOKEGATE, Case, main

SCHEMA = {"type": "object", "required": ["sku"], "properties": {
    "sku": {"pattern": "^SKU-[0-9]{5}$"}, "n": {"type": "integer", "minimum": 1}}}


MESSAGES = os.path.join(os.path.dirname(__file__), "../data/validate/messages.txt")


class Validate(Case):
    def setUp(self):
        super().setUp()
        self.write("s.json", SCHEMA)
        self.write("good.json", {"sku": "SKU-00001", "n": 1})
        self.write("bad.json", {"sku": "SKU-1", "n": 0})

    def test_valid_documents_give_zero(self):
        out, err = self.smokegate("validate", "--schema", "s.json", "good.json")
        self.assertEqual((out, err), ("valid good.json\n", ""))
        out, _ = self.smokegate("validate", "--schema", "s.json", stdin='{"sku":"SKU-12345"}')
        self.assertEqual(out, "valid <stdin>\n")
        out, _ = self.smokegate("validate", "-q", "--schema", "s.json", "good.json")
        self.assertEqual(out, "")

    def test_every_fault_has_both_places_and_both_values(self):
        out, err = self.smokegate("validate", "--schema", "s.json", "good.json", "bad.json", code=1)
        self.assertEqual(err, "")
        lines = out.splitlines()
        self.assertEqual(lines[:2], ["valid good.json", "invalid bad.json"])
        self.assertRegex(out, r"bad\.json:2:10  schema s\.json:\d+:\d+  /sku\n  expected  .*\^SKU-\[0-9\]\{5\}\$.*\n  actual    .*SKU-1")
        self.assertRegex(out, r"bad\.json:3:8  schema s\.json:\d+:\d+  /n\n  expected  .*1.*\n  actual    .*0")

    def test_messages_read_as_they_were_agreed(self):
        '''tests/data/validate/messages.txt: a schema, a document, all that is printed.'''
        with open(MESSAGES, encoding="utf-8") as f:
            blocks = f.read().split("\n====\n")
        self.assertGreater(len(blocks), 30)
        for block in blocks:
            head, _, want = block.partition("\n\n")
            schema, document = (line.split(" ", 1)[1].strip() for line in head.split("\n"))
            with self.subTest(schema=schema, document=document):
                self.write("s.json", schema)
                self.write("i.json", document)
                out, err = self.smokegate("validate", "--format", "--schema", "s.json", "i.json", code=None)
                self.assertEqual((out + err).rstrip("\n"), want.rstrip("\n"))

    def test_a_line_is_answered_before_the_next_one_is_there(self):
        with subprocess.Popen([SMOKEGATE, "validate", "--schema", "s.json", "--jsonl"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, cwd=self.dir, env=self.env, text=True, bufsize=1) as validate:
            for line, answer in (('{"sku":"SKU-00001"}', "valid\n"), ('{"n":0}', "invalid"), ("{", "error")):
                validate.stdin.write(line + "\n")
                validate.stdin.flush()
                self.assertTrue(select.select([validate.stdout], [], [], 30)[0] or validate.kill(), line)
                self.assertTrue(validate.stdout.readline().startswith(answer))
            validate.stdin.close()
            self.assertEqual(validate.wait(timeout=30), 2)

    def test_lines_are_documents_with_one_line_of_verdict_each(self):
        text = '{"sku":"SKU-00001"}\n{"n":0}\n{"sku":\n\n{"sku":"SKU-00002"}'
        out, err = self.smokegate("validate", "--schema", "s.json", "--jsonl", stdin=text, code=2)
        self.assertEqual(err, "")
        lines = out.splitlines()
        self.assertEqual([line.split(" ")[0] for line in lines], ["valid", "invalid", "error", "error", "valid"])
        self.assertIn("sku", lines[1])
        self.assertIn("/n: expected", lines[1])
        self.assertRegex(lines[2], r"^error <stdin>:3:8: found the end")
        out, _ = self.smokegate("validate", "--schema", "s.json", "--jsonl", stdin='{"n":0}\n', code=1)
        self.assertEqual(out.count("\n"), 1)
        out, _ = self.smokegate("validate", "--schema", "s.json", "--jsonl", stdin="")
        self.assertEqual(out, "")

    def test_output_is_json_of_the_specification(self):
        out, _ = self.smokegate("validate", "--schema", "s.json", "--output", "flag", "good.json", "bad.json", code=1)
        self.assertEqual([json.loads(line) for line in out.splitlines()], [{"valid": True}, {"valid": False}])
        out, _ = self.smokegate("validate", "--schema", "s.json", "--output", "basic", "bad.json", code=1)
        got = json.loads(out)
        self.assertFalse(got["valid"])
        self.assertLessEqual({"/sku", "/n"}, {e["instanceLocation"] for e in got["errors"]})
        self.assertEqual({e["keywordLocation"] for e in got["errors"] if e["instanceLocation"] == "/sku"},
                         {"/properties/sku/pattern"})
        out, _ = self.smokegate("validate", "--schema", "s.json", "--jsonl", "--output", "flag",
                                stdin='{"sku":"SKU-00001"}\n{}\n', code=1)
        self.assertEqual(out, 'valid {"valid":true}\ninvalid {"valid":false}\n')

    def test_what_cannot_be_used_gives_two(self):
        self.write("broken.json", '{"type": }')
        _, err = self.smokegate("validate", "--schema", "broken.json", "good.json", code=2)
        self.assertIn("broken.json:1:10: ", err)
        self.write("wrong.json", {"pattern": "a(b"})
        _, err = self.smokegate("validate", "--schema", "wrong.json", "good.json", code=2)
        self.assertRegex(err, r"wrong\.json:2:\d+: .*missing closing parenthesis")
        _, err = self.smokegate("validate", "--schema", "s.json", "broken.json", "bad.json", code=2)
        self.assertIn("broken.json:1:10: ", err)
        _, err = self.smokegate("validate", "--schema", "s.json", "absent.json", code=2)
        self.assertIn("absent.json", err)
        _, err = self.smokegate("validate", "good.json", code=2)
        self.assertIn("--schema is missing", err)
        _, err = self.smokegate("validate", "--schema", "s.json", "--draft", "5", "good.json", code=2)
        self.assertIn("--draft", err)
        _, err = self.smokegate("validate", "--schema", "s.json", "--map", "x", "good.json", code=2)
        self.assertIn("URI=PATH", err)

    def test_a_pattern_that_gives_up_is_inconclusive(self):
        self.write("slow.json", {"not": {"pattern": "^(a+)+$"}})
        out, _ = self.smokegate("validate", "--schema", "slow.json", "--jsonl",
                                stdin=json.dumps("a" * 60 + "!") + "\n1\n", code=3)
        lines = out.splitlines()
        self.assertTrue(lines[0].startswith("error "), out)
        self.assertTrue(lines[1].startswith("invalid"), out)

    def test_references_are_mapped_never_fetched(self):
        os.mkdir(os.path.join(self.dir, "schemas"))
        self.write("schemas/id.json", {"type": "string"})
        self.write("ref.json", {"properties": {"id": {"$ref": "https://example.com/schemas/id.json"}}})
        good, bad = '{"id":"x"}', '{"id":1}'
        for uri in "https://example.com/schemas/=schemas", "https://example.com/schemas/id.json=schemas/id.json":
            self.smokegate("validate", "--schema", "ref.json", "--map", uri, stdin=good)
            self.smokegate("validate", "--schema", "ref.json", "--map", uri, stdin=bad, code=1)
        _, err = self.smokegate("validate", "--schema", "ref.json", stdin=good, code=2)
        self.assertRegex(err, r"ref\.json:\d+:\d+: .*https://example\.com/schemas/id\.json")
        self.smokegate("validate", "--schema", "https://example.com/schemas/id.json", "--map",
                       "https://example.com/schemas/=schemas", stdin='"x"')

    def test_drafts_and_formats(self):
        self.write("d.json", {"exclusiveMinimum": True, "minimum": 3})
        self.smokegate("validate", "--schema", "d.json", "--draft", "4", stdin="3", code=1)
        self.smokegate("validate", "--schema", "d.json", "--draft", "4", stdin="4")
        self.write("f.json", {"format": "date"})
        self.smokegate("validate", "--schema", "f.json", stdin='"2026-02-30"')
        self.smokegate("validate", "--schema", "f.json", "--format", stdin='"2026-02-30"', code=1)


if __name__ == "__main__":
    main()
