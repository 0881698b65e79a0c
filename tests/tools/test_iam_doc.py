"""docs/iam.md names every operation the client can ask of AWS, and no action that does not exist."""
import json
import os
import re
import unittest

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
# Operations whose IAM action has another name.
ACTION_OF = {
    "Invoke": "InvokeFunction",
    "InvokeWithResponseStream": "InvokeFunction",
    "GetLayerVersionByArn": "GetLayerVersion",
}
OPERATION = re.compile(r'"([A-Z]\w+)",\s*"(?:GET|PUT|POST|DELETE)"')


def read(*parts):
    with open(os.path.join(ROOT, *parts), encoding="utf-8") as f:
        return f.read()


class IamDoc(unittest.TestCase):
    def setUp(self):
        self.doc = read("docs", "iam.md")
        self.named = set(re.findall(r"\blambda:([A-Z]\w+)", self.doc))

    def test_every_operation_of_the_client_is_named(self):
        asked = set()
        for name in sorted(os.listdir(os.path.join(ROOT, "lambda"))):
            if name.endswith(".c"):
                asked.update(OPERATION.findall(read("lambda", name)))
        asked.update(("Invoke", "InvokeWithResponseStream"))
        self.assertGreater(len(asked), 20)
        self.assertEqual({ACTION_OF.get(o, o) for o in asked} - self.named, set())

    def test_every_action_named_exists(self):
        path = os.path.join(os.environ.get("SMOKEGATE_SUITES", ""), "lambda-model", "service-2.json")
        if not os.path.exists(path):
            self.skipTest("no Lambda service model under SMOKEGATE_SUITES")
        with open(path, encoding="utf-8") as f:
            operations = set(json.load(f)["operations"])
        self.assertEqual(self.named - operations - set(ACTION_OF.values()), set())

    def test_the_policy_is_json(self):
        policy = json.loads(re.search(r"```json\n(.*?)```", self.doc, re.S).group(1))
        self.assertEqual(policy["Version"], "2012-10-17")


if __name__ == "__main__":
    unittest.main()
