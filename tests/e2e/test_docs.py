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


def sections(page):
    """Of every ### heading of a page: the words in `marks` of it, and the text below."""
    with open(os.path.join(harness.SOURCE, "docs", page), encoding="utf-8") as f:
        parts = re.split(r"^(#{2,3} .*)$", f.read(), flags=re.M)
    for heading, body in zip(parts[1::2], parts[2::2]):
        if heading.startswith("### "):
            yield re.findall(r"`([a-z0-9_]+)`", heading), body


class Keys(harness.Case):
    """The schema of case files is held against the loader by tests/cli; here the manual against the schema."""

    def undocumented(self, schema):
        keys = set()
        for properties in (schema["properties"], *(d.get("properties", {}) for d in schema["$defs"].values())):
            keys.update(k for k in properties if not k.startswith("$"))
        told, shown = set(), set()
        for words, body in sections("case-format.md"):
            told.update(words)
            shown.update(w for w in words if f'"{w}":' in body)
        with open(os.path.join(harness.SOURCE, "docs", "case-format.md"), encoding="utf-8") as f:
            text = "".join(re.findall(r"^```json\n(.*?)^```$", f.read(), re.M | re.S))
        return sorted(keys - told), sorted(k for k in keys - shown if f'"{k}":' not in text)

    def schema(self):
        with open(os.path.join(harness.SOURCE, "docs", "schemas", "case-1.schema.json"), encoding="utf-8") as f:
            return json.load(f)

    def test_every_key_has_a_section_and_an_example(self):
        self.assertEqual(self.undocumented(self.schema()), ([], []))

    def test_a_key_without_one_would_be_found(self):
        schema = self.schema()
        schema["$defs"]["case"]["properties"]["frobs"] = {}
        self.assertEqual(self.undocumented(schema), (["frobs"], ["frobs"]))


class Commands(harness.Case):
    """What the pages tell people to type: commands that exist, with options that these have."""

    def shown(self):
        """(page, line) of every line of code, and every piece of code within a sentence, that begins with smokegate."""
        pages = ["README.md", *(f"docs/{name}" for name in sorted(os.listdir(os.path.join(harness.SOURCE, "docs"))) if name.endswith(".md"))]
        for page in pages:
            with open(os.path.join(harness.SOURCE, page), encoding="utf-8") as f:
                text = f.read()
            for line in re.findall(r"^(?: {4}|\$ )(?:- run: )?(?:\S*/)?smokegate( .*)$", text, re.M) + re.findall(r"`smokegate( [^`\n]+)`", text):
                yield page, line

    def wrong(self, line, known={}):
        """The words of a line that smokegate would not take."""
        words = re.split(r"\s+#\s|\s{3,}|&&|\||>", line.strip())[0].split()
        command = next((w for w in words if re.fullmatch(r"[a-z]+", w)), None)
        if command is None:
            return []
        if command not in known:
            out, _ = self.smokegate("help", command, code=None)
            known[command] = set(re.findall(r"(?<=[ ,])(--?[a-z][a-z-]*)", out)) | {"--help", "-h"} if out else None
        if known[command] is None:
            return [command]
        options = (re.match(r"(--[a-z-]+|-[A-Za-z])(?:$|[=\[\]/ ])", w.strip("[]\"'.,;:()")) for w in words)
        return [m.group(1) for m in options if m and m.group(1) not in known[command] and m.group(1) not in ("-C", "-")]

    def test_every_command_line_of_the_pages_could_be_typed(self):
        count = 0
        for page, line in self.shown():
            self.assertEqual(self.wrong(line), [], f"{page}: smokegate{line}")
            count += 1
        self.assertGreater(count, 60)

    def test_one_that_could_not_would_be_found(self):
        self.assertEqual(self.wrong(" rnu -e dev"), ["rnu"])
        self.assertEqual(self.wrong(" run --fliter x --junit=j.xml -x"), ["--fliter", "-x"])


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
