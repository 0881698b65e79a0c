"""Every example of the manual is one that `smokegate check` takes, and the README's words about files are true."""
import json
import os
import re

import harness

FUNCTIONS = {"orders": {}, "payments": {}}
ENVIRONMENTS = [{"name": "dev", "local": True}]


def examples(page):
    """(line, object) of every ```json block of a page under docs/."""
    with open(os.path.join(harness.SOURCE, "docs", page), encoding="utf-8") as f:
        text = f.read()
    for block in re.finditer(r"^```json\n(.*?)^```$", text, re.M | re.S):
        yield text.count("\n", 0, block.start()) + 1, json.loads(block.group(1))


class Docs(harness.Case):
    def check(self, project, page, line):
        self.write("smokegate.json", project)
        out, err = self.smokegate("check", "--release", "1.0.0", code=None)
        self.assertIn("nothing wrong", out, f"docs/{page}:{line}\n{err}")
        self.assertNotRegex(out, r"\b0 (files|cases)")

    def test_the_examples_of_case_files(self):
        project = {"functions": FUNCTIONS, "environments": ENVIRONMENTS}
        self.write("testcases/schemas/order.json", {"type": "object"})
        self.write("testcases/events/get-order.json", {"httpMethod": "GET"})
        self.write("testcases/goods.csv", "sku,name\nSKU-1,Mug\n")
        count = 0
        for line, example in examples("case-format.md"):
            if "cases" not in example:      # one case
                example = {"function": "orders", "cases": [example]}
            self.write("testcases/example.json", example)
            self.check(project, "case-format.md", line)
            count += 1
        self.assertGreater(count, 40)

    def test_the_examples_of_project_files(self):
        self.write("testcases/example.json", {"cases": [{"name": "works", "function": "orders"}]})
        self.write("contract/example.json", {"cases": [{"name": "works", "function": "orders"}]})
        count = 0
        for line, example in examples("project-file.md"):
            functions = {**FUNCTIONS, **example.pop("functions", {})}   # a part stands for itself
            self.check({"environments": ENVIRONMENTS, **example, "functions": functions}, "project-file.md", line)
            count += 1
        self.assertGreater(count, 12)

    def test_an_example_that_is_wrong_would_be_found(self):
        self.write("testcases/example.json", {"cases": [{"name": "works", "function": "orders", "expct": {}}]})
        with self.assertRaises(AssertionError):
            self.check({"functions": FUNCTIONS, "environments": ENVIRONMENTS}, "none", 0)


if __name__ == "__main__":
    harness.main()
