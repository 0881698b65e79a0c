"""`smokegate init`: a newcomer's first minute. What it writes is good, passes, and keeps what is there."""
import json
import os

import harness


class Init(harness.Case):
    def read(self, name):
        with open(os.path.join(self.dir, name), encoding="utf-8") as f:
            return f.read()

    def files(self):
        found = []
        for base, _, names in os.walk(self.dir):
            if "local" not in os.path.relpath(base, self.dir).split("/"):
                found += [os.path.relpath(os.path.join(base, n), self.dir) for n in names]
        return sorted(found)

    def test_an_empty_folder_becomes_a_project_whose_cases_pass(self):
        err = self.smokegate("init")[1]
        self.assertIn("wrote    smokegate.json", err)
        self.assertEqual(self.files(), [".github/workflows/smoke.yml", ".gitlab-ci.yml", ".smokegate/.gitignore", ".smokegate/case-1.schema.json",
                                        ".smokegate/project-1.schema.json", "functions/hello/bootstrap", "smokegate.json", "testcases/hello.json"])
        self.assertTrue(os.access(os.path.join(self.dir, "functions/hello/bootstrap"), os.X_OK))
        self.assertIn("2 cases: nothing wrong", self.smokegate("check")[0])
        for environment in ("dev", "stage", "prod"):
            self.assertIn("2 passed", self.smokegate("run", "-e", environment)[0])
        self.smokegate("local", "stop")

    def test_schemas_are_where_the_files_say(self):
        self.smokegate("init", "-q")
        for name in ("smokegate.json", "testcases/hello.json"):
            schema = os.path.join(os.path.dirname(name), json.loads(self.read(name))["$schema"])
            kind = "project" if name == "smokegate.json" else "case"
            self.assertEqual(self.read(schema), self.smokegate("schema", kind)[0])

    def test_what_is_there_is_kept_unless_forced(self):
        self.write("smokegate.json", "mine")
        self.write(".gitlab-ci.yml", "mine")
        self.write(".smokegate/case-1.schema.json", "old")
        err = self.smokegate("init")[1]
        self.assertIn("kept     smokegate.json", err)
        self.assertEqual((self.read("smokegate.json"), self.read(".gitlab-ci.yml")), ("mine", "mine"))
        self.assertNotEqual(self.read(".smokegate/case-1.schema.json"), "old")      # ours
        self.assertNotIn("testcases/hello.json", self.files())
        self.smokegate("init", "--force")
        self.assertIn('"functions"', self.read("smokegate.json"))
        self.assertIn("smokegate", self.read(".gitlab-ci.yml"))

    def test_a_function_that_exists_already(self):
        self.smokegate("init", "--function", "orders-dev", "--region", "eu-west-1", "--profile", "dev", "--ci", "none")
        self.assertEqual(json.loads(self.read("smokegate.json"))["environments"], [{"name": "dev", "region": "eu-west-1", "profile": "dev"}])
        self.assertEqual(json.loads(self.smokegate("list", "--json")[0])[0]["function"], "orders-dev")
        self.assertNotIn("functions/hello/bootstrap", self.files())
        self.assertIn("no function of that name", self.smokegate("init", "--function", "a:b", code=2)[1])
        self.assertIn("is no name", self.smokegate("init", "--function", "x", "--region", 'a"b', "--force", code=2)[1])

    def test_the_ci_job_follows_the_repository(self):
        self.write(".git/config", '[remote "origin"]\n\turl = git@gitlab.com:a/b.git\n')
        self.smokegate("init", "-q")
        self.assertIn(".gitlab-ci.yml", self.files())
        self.assertNotIn(".github/workflows/smoke.yml", self.files())
        self.smokegate("init", "-q", "--ci", "github")
        self.assertIn(".github/workflows/smoke.yml", self.files())

    def test_the_ci_jobs_are_yaml_and_use_commands_that_exist(self):
        self.smokegate("init", "-q", "--ci", "both")
        for name in (".gitlab-ci.yml", ".github/workflows/smoke.yml"):
            text = self.read(name)
            self.assertNotIn("\t", text)
            try:
                import yaml
                self.assertIsInstance(yaml.safe_load(text), dict)
            except ImportError:
                pass
            for line in text.splitlines():
                if "smokegate " in line and not line.lstrip().startswith("#"):
                    self.smokegate(*line.split("smokegate ", 1)[1].split()[:1], "--help")


if __name__ == "__main__":
    harness.main()
