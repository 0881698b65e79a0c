"""smokegate query: JSONPath from the command line."""
import json
import os

from harness import Case, main

ORDER = {"items": [{"sku": "A", "n": 1}, {"sku": "B", "n": 3}], "total": 10, "note": None}
SUITE = os.path.join(os.environ.get("SMOKEGATE_SUITES", "../shared/suites"), "jsonpath", "cts.json")


class Query(Case):
    def test_nodes_are_one_array_on_one_line(self):
        self.write("order.json", ORDER)
        rows = [
            ("$.items[*].sku", '["A","B"]\n'),
            ("$.note", "[null]\n"),
            ("$.items[?@.n > 1]", '[{"sku":"B","n":3}]\n'),
            ("$..n", "[1,3]\n"),
            ("$.items[-1:]['n','sku']", '[3,"B"]\n'),
        ]
        for query, want in rows:
            out, err = self.smokegate("query", query, "order.json")
            self.assertEqual((out, err), (want, ""), query)

    def test_paths_are_normalized(self):
        out, _ = self.smokegate("query", "--paths", "$..n", stdin=json.dumps(ORDER))
        self.assertEqual(json.loads(out), ["$['items'][0]['n']", "$['items'][1]['n']"])

    def test_an_empty_nodelist_is_told_by_the_exit_code(self):
        out, err = self.smokegate("query", "$.nothing", "-", stdin="{}", code=1)
        self.assertEqual((out, err), ("[]\n", ""))
        out, _ = self.smokegate("query", "$.nothing", "--paths", stdin="{}", code=1)
        self.assertEqual(out, "[]\n")

    def test_numbers_keep_their_value(self):
        text = "[18446744073709551616,1e400,0.10000000000000000001,1.5]"
        out, _ = self.smokegate("query", "$[*]", stdin=text)
        self.assertEqual(out.strip(), text)
        self.smokegate("query", "$[?@ == 18446744073709551615]", stdin=text, code=1)

    def test_controls_are_escaped(self):
        out, _ = self.smokegate("query", "$", stdin='"\\u001b[2J\\u009b\\u202e\\u007f"')
        self.assertEqual(out, '["\\u001b[2J\\u009b\\u202e\\u007f"]\n')

    def test_a_wrong_query_is_shown_with_a_caret(self):
        out, err = self.smokegate("query", "$.a[?@.é = 1]", stdin="{}", code=2)
        self.assertEqual(out, "")
        self.assertEqual(err.splitlines(), [
            "query:1:10: there is no operator = here: equality is ==",
            "    $.a[?@.é = 1]",
            "             ^"])

    def test_a_wrong_document_is_shown_with_its_place(self):
        self.write("bad.json", '{\n "a": 01}')
        _, err = self.smokegate("query", "$.a", "bad.json", code=2)
        self.assertIn("bad.json:2:", err)
        _, err = self.smokegate("query", "$.a", "absent.json", code=2)
        self.assertIn("absent.json", err)
        self.smokegate("query", "$", stdin="[" * 600 + "]" * 600, code=2)

    def test_a_query_comes_from_a_file_byte_for_byte(self):
        self.write("query", b"$[?@ == 'x']\n")
        _, err = self.smokegate("query", "--query-file", "query", stdin='["x"]', code=2)
        self.assertIn("nothing may stand behind the query", err)
        self.write("query", b"$[?@ ==\n\t'x']")
        out, _ = self.smokegate("query", "--query-file", "query", "--paths", stdin='["x"]')
        self.assertEqual(out, "[\"$[0]\"]\n")
        self.write("query", b"$['a\0']")
        self.smokegate("query", "--query-file", "query", stdin="{}", code=2)
        _, err = self.smokegate("query", "--query-file", "absent", stdin="{}", code=2)
        self.assertIn("absent", err)

    def test_the_command_line_is_checked(self):
        _, err = self.smokegate("query", code=2)
        self.assertIn("the query is missing", err)
        _, err = self.smokegate("query", "$", "a", "b", code=2)
        self.assertIn("too many operands", err)
        self.write("q", "$")
        _, err = self.smokegate("query", "--query-file", "q", "a", "b", code=2)
        self.assertIn("too many operands", err)

    def test_duplicate_keys_are_told_and_the_last_counts(self):
        out, err = self.smokegate("query", "$.a", stdin='{"a":1,\n "a":2}')
        self.assertEqual(out, "[2]\n")
        self.assertIn('<stdin>:2:2: the key "a" is there twice', err)
        _, err = self.smokegate("query", "-q", "$.a", stdin='{"a":1,"a":2}')
        self.assertEqual(err, "")

    def test_a_regex_that_gives_up_is_inconclusive(self):
        text = json.dumps(["a" * 50 + "!"])
        out, err = self.smokegate("query", "$[?match(@, '(a+)+')]", stdin=text, code=3)
        self.assertEqual(out, "")
        self.assertIn("gave up", err)


class ComplianceSuite(Case):
    def test_the_whole_suite_through_the_command(self):
        if not os.path.exists(SUITE):
            self.skipTest(f"no {SUITE}")
        with open(SUITE, encoding="utf-8") as f:
            tests = json.load(f)["tests"]
        for i, test in enumerate(tests):
            with self.subTest(test["name"]):
                self.check(test, with_paths=i % 5 == 0)  # tests/json/suite_jsonpath.c checks them all

    def check(self, test, with_paths):
        self.write("q", test["selector"].encode())
        document = json.dumps(test.get("document", {}))
        if test.get("invalid_selector"):
            out, err = self.smokegate("query", "--query-file", "q", stdin=document, code=2)
            self.assertEqual(out, "")
            self.assertRegex(err, r"^q:\d+:\d+: ")
            return
        rows = [([], "result", "results"), (["--paths"], "result_paths", "results_paths")]
        for option, one, several in rows[:2 if with_paths else 1]:
            right = test.get(several) or [test[one]]
            out, err = self.smokegate("query", *option, "--query-file", "q", stdin=document, code=0 if right[0] else 1)
            self.assertIn(json.loads(out), right)
            self.assertEqual((out.count("\n"), err), (1, ""))


if __name__ == "__main__":
    main()
