"""What a function on the embedded Lambda really receives from a case, and what comes of its answers."""
import json
import os
import re
import xml.etree.ElementTree as ET

import harness
from answering_world import World


class Sent(World):
    def setUp(self):
        super().setUp()
        self.answers.events.clear()
        self.answers.rows = [{"json": {"ok": True}}]

    def run_file(self, *cases, args=(), code=0, env=None, **more):
        """What the function was sent, in the order it came."""
        self.write("testcases/it.json", {"function": "orders", "cases": list(cases), **more})
        self.out, self.err = self.smokegate("run", "--jobs", "1", *args, code=code, env=env)
        return self.answers.events

    def test_every_form_of_a_payload(self):
        self.write("testcases/plain.json", '{ "a" : 1.50,\n "b": [ ] }\n')
        self.write("testcases/template.json", '{"sku": "{{sku}}", "n": "{{n}}"}')
        rows = [  # (of the case, the event)
            ({}, {}),  # as Lambda has it
            ({"payload": None}, None),
            ({"payload": {"n": "{{n}}", "t": "<{{n}}>", "body": {"$json": {"n": "{{n}}"}}}}, {"n": 7, "t": "<7>", "body": '{"n":7}'}),
            ({"payload": "{{n}}"}, 7),
            ({"payload_file": "plain.json"}, {"a": 1.5, "b": []}),
            ({"payload_file": "template.json"}, {"sku": "S-1", "n": 7}),
            ({"payload_text": "[ {{n}}, \"{{sku}}\" ]"}, [7, "S-1"]),
        ]
        cases = [{"name": f"c{i}", **case} for i, (case, _) in enumerate(rows)]
        self.assertEqual(self.run_file(*cases, variables={"n": 7, "sku": "S-1"}), [event for _, event in rows])

    def test_a_template_is_what_is_listed_with_what_is_merged_in(self):
        events = json.loads(self.smokegate("list", "--events", "--json")[0])
        cases = [{"name": name, "event": name} for name in events]
        self.assertEqual(self.run_file(*cases), list(events.values()))
        self.answers.events.clear()
        gone = next(iter(events["apigateway-proxy"]["headers"]))
        overrides = {"httpMethod": "PUT", "headers": {gone: None, "X-Tenant": "{{n}}"}, "body": {"$json": {"n": "{{n}}"}}}
        got = self.run_file({"name": "it", "event": {"template": "apigateway-proxy", "overrides": overrides}}, variables={"n": 7})[0]
        want = json.loads(json.dumps(events["apigateway-proxy"]))
        want["headers"].pop(gone)
        want["headers"]["X-Tenant"] = 7
        self.assertEqual(got, {**want, "httpMethod": "PUT", "body": '{"n":7}'})

    def test_the_client_context_arrives(self):
        self.answers.rows = [{"context": True}]
        context = {"custom": {"tenant": "acme", "umlaut": "\u00e4"}, "client": {"app_title": "it"}}
        self.run_file({"name": "it", "client_context": context, "expect": {"payload": {"equals": context}}},
                      {"name": "without one", "expect": {"payload": None}},
                      {"name": "streamed", "stream": True, "client_context": context, "expect": {"payload": {"equals": context}}},
                      {"name": "of a variable", "client_context": {"custom": {"n": "{{n}}"}}, "expect": {"paths": {"$.custom.n": 7}}},
                      variables={"n": 7})
        self.answers.events.clear()
        self.assertEqual(self.run_file({"name": "it", "client_context": {"custom": {"long": "x" * 3000}}}, code=2), [])
        self.assertRegex(self.err, r"it\.json:\d+:\d+: .*3583")

    def test_an_event_is_run_later_and_a_dry_run_never(self):
        self.run_file({"name": "event", "invocation": "Event", "payload": {"kind": "event"}, "expect": {"status": 202}},
                      {"name": "dry", "invocation": "DryRun", "payload": {"kind": "dry"}, "expect": {"status": 204}},
                      {"name": "now", "payload": {"kind": "now"}})
        self.wait(lambda: len(self.answers.events) >= 2)
        self.assertEqual(sorted(e["kind"] for e in self.answers.events), ["event", "now"])

    def wait(self, there, seconds=30):
        import time
        deadline = time.monotonic() + seconds
        while not there():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def test_variables_come_from_everywhere_and_keep_their_types(self):
        """Every source defines what it and all before it define: the last of them wins."""
        names = ["project", "environment", "file", "case", "row", "capture", "set"]
        value = {name: {"from": name, "n": i, "list": [None, True, 1.5]} for i, name in enumerate(names)}

        def of(source):
            return {f"v_{name}": value[source] for name in names[names.index(source):]}
        self.project(variables=of("project"), environment=of("environment"))
        self.answers.rows = [{"when": {"ask": True}, "json": value["capture"]}, {"json": 1}]
        payload = {name: f"{{{{v_{name}}}}}" for name in names}
        cases = [{"name": "captures", "payload": {"ask": True}, "capture": {n: "$" for n in of("capture")}},
                 {"name": "tells", "needs": ["captures"], "variables": of("case"), "table": [{"id": "r", **of("row")}], "payload": payload}]
        sets = [a for name, v in of("set").items() for a in ("--set", f"{name}={json.dumps(v)}")]
        events = self.run_file(*cases, variables=of("file"), args=sets)
        self.assertEqual(events[1], value)

    def project(self, variables, environment):
        self.write("smokegate.json", {"functions": {"orders": {}, "payments": {}}, "variables": variables, "environments": [
            {"name": "dev", "region": "us-east-1", "endpoint": self.local.endpoint, "variables": environment}]})

    def test_a_value_of_set_is_json_or_text(self):
        events = self.run_file({"name": "it", "payload": ["{{a}}", "{{b}}", "{{c}}", "{{d.e}}"]},
                               args=["--set", "a=7", "--set", "b=seven", "--set", 'c="7"', "--set", 'd={"e": [1]}'])
        self.assertEqual(events[0], [7, "seven", "7", [1]])

    def test_functions_of_variables(self):
        case = {"name": "it", "payload": {"env": "{{env.TOWN}}", "secret": "{{secret.TOKEN}}", "uuids": ["{{uuid}}", "{{uuid}}"],
                                          "now": ["{{now}}", "{{now}}", "{{now-1h}}"], "dice": ["{{random.int(1,1000000)}}", "{{random.int(5,5)}}"],
                                          "who": "{{function}} {{environment}} {{alias}}"}}
        for env in ({"TOWN": "Bern", "TOKEN": "t-0123456789"}, {"TOWN": "Bern"}):
            if "TOKEN" not in env:
                self.write("secrets.env", "TOKEN=t-0123456789\n")
            events = self.run_file(case, args=["--seed", "7", "--debug", *([] if "TOKEN" in env else ["--secrets", "secrets.env"])], env=env)
            self.assertNotIn("t-0123456789", self.out + self.err)
        first, again = events
        self.assertEqual((first["env"], first["secret"], again["secret"], first["dice"][1]), ("Bern", "t-0123456789", "t-0123456789", 5))
        self.assertEqual(first["who"], "orders dev Smoke")
        self.assertEqual(first["dice"], again["dice"], "--seed repeats it")
        self.assertNotEqual(*first["uuids"])
        for uuid in first["uuids"]:
            self.assertRegex(uuid, r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
        self.assertEqual(first["now"][0], first["now"][1])
        self.assertRegex(first["now"][2], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        self.assertLess(first["now"][2], first["now"][0])
        self.assertNotEqual(self.run_file(case, args=["--seed", "8"], env={"TOWN": "x", "TOKEN": "t-0123456789"})[-1]["dice"][0], first["dice"][0])

    def test_a_row_is_a_result_of_its_own_whatever_file_it_comes_from(self):
        self.write("testcases/rows.csv", 'id,n,text\r\none,1,"a ""quoted"", cell"\r\ntwo,2,"two\nlines"\r\n')
        self.write("testcases/rows.json", [{"id": 1, "n": 1, "text": None}, {"id": "b", "n": [2], "text": {"x": 1}}])
        payload = {"n": "{{n}}", "text": "{{row.text}}"}
        events = self.run_file({"name": "csv", "table_file": "rows.csv", "payload": payload}, {"name": "json", "table_file": "rows.json", "payload": payload},
                               {"name": "inline {{n}}", "table": [{"n": 5, "text": ""}], "payload": payload}, args=["--junit", "j.xml"])
        self.assertEqual([(e["n"], e["text"]) for e in events],
                         [("1", 'a "quoted", cell'), ("2", "two\nlines"), (1, None), ([2], {"x": 1}), (5, "")])
        names = [c.get("name") for c in ET.parse(os.path.join(self.dir, "j.xml")).iter("testcase")]
        self.assertEqual(names, ["csv [one]", "csv [two]", "json [1]", "json [b]", "inline 5"])

    def test_a_table_without_rows_and_a_file_that_is_none_are_refused(self):
        self.write("testcases/rows.json", [])
        self.write("testcases/no.csv", "a,a\n1,2\n")
        self.run_file({"name": "a", "table_file": "rows.json"}, {"name": "b", "table_file": "no.csv"}, {"name": "c", "table_file": "nowhere.csv"},
                      code=2)
        for name in ("rows.json", "no.csv", "nowhere.csv"):
            self.assertIn(name, self.err)
        self.assertEqual(self.answers.events, [])

    def test_what_is_skipped_where_is_not_sent(self):
        events = self.run_file({"name": "never", "payload": 1, "skip": "broken"},
                               {"name": "not here", "payload": 2, "skip": {"environments": ["dev"], "reason": "too dear"}},
                               {"name": "here", "payload": 3, "skip": {"environments": ["prod"], "reason": "too dear"}})
        self.assertEqual(events, [3])
        self.assertRegex(self.out, r"skip  it > not here.*\n      too dear\n")


if __name__ == "__main__":
    harness.main()
