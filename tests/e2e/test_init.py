"""`smokegate init`: a newcomer's first minute. What it writes is good, passes, and keeps what is there."""
import hashlib
import json
import os
import subprocess
import tarfile

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

    # ---- the jobs, as a runner would run them ----

    def runner(self):
        """An archive of smokegate, a stand-in for what only root may do, and a project under git. The environment of a job."""
        archive = os.path.join(self.dir, "kept", "smokegate.tar.gz")
        os.makedirs(os.path.dirname(archive))
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(harness.SMOKEGATE, "bin/smokegate")
            tar.add(harness.LOCAL, "bin/smokegate-local")
        for name, text in (("sudo", '#!/bin/sh\nexec "$@"\n'), ("apt-get", f'#!/bin/sh\necho "$@" >>{self.dir}/apt.log\n')):
            os.chmod(self.write(f"shims/{name}", text), 0o755)
        self.project = os.path.join(self.dir, "project")
        os.makedirs(self.project)
        self.smokegate("init", "-q", "--ci", "both", cwd=self.project)
        git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
            subprocess.run([*git, *command], cwd=self.project, env=self.env, check=True)
        with open(archive, "rb") as f:
            sha256 = hashlib.sha256(f.read()).hexdigest()
        return {**self.env, "PATH": f"{self.dir}/shims:{os.environ['PATH']}", "SMOKEGATE_URL": f"file://{archive}", "SMOKEGATE_SHA256": sha256,
                "RUNNER_TEMP": self.dir, "GITHUB_PATH": os.path.join(self.dir, "github-path"), "CI": "true",
                "GITHUB_STEP_SUMMARY": os.path.join(self.dir, "summary.md")}

    def shell(self, lines, env, code=0):
        run = subprocess.run(["bash", "-eo", "pipefail", "-c", lines], cwd=self.project, env=env, capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, code, f"{lines}\n{run.stdout}\n{run.stderr}")
        return run.stdout + run.stderr

    def jobs(self, name):
        try:
            import yaml
        except ImportError:
            self.skipTest("no yaml module (Debian package python3-yaml): the jobs were not run")
        with open(os.path.join(self.project, name), encoding="utf-8") as f:
            return yaml.safe_load(f)

    def test_the_job_of_github_works_with_an_archive_of_smokegate(self):
        env = self.runner()
        steps = self.jobs(".github/workflows/smoke.yml")["jobs"]["smoke"]["steps"]
        for promote in (False, True):
            for step in steps:
                condition = step.get("if", "")
                if "run" not in step or condition and ("!=" in condition) == promote:
                    continue
                self.shell(step["run"], env)
                if os.path.exists(env["GITHUB_PATH"]):  # for the steps to come
                    with open(env["GITHUB_PATH"], encoding="utf-8") as f:
                        env["PATH"] = f"{f.readline().strip()}:{env['PATH']}"
            with open(env["GITHUB_STEP_SUMMARY"], encoding="utf-8") as f:
                self.assertIn("smokegate", f.read())
            self.assertTrue(os.path.exists(os.path.join(self.project, "reports", "smoke.xml")))
        live = [e["live"] for e in self.status(env)]
        self.assertEqual(live, ["1"] * 3)
        self.shell("smokegate local stop", env)

    def status(self, env):
        rows = json.loads(self.shell("smokegate status --json 2>/dev/null", env))
        return [{"live": f["live"]["version"]} for e in rows["environments"] for f in e["functions"]]

    def test_the_jobs_of_gitlab_work_with_an_archive_of_smokegate(self):
        env = self.runner()
        jobs = self.jobs(".gitlab-ci.yml")
        for name in ("smoke", "promote"):
            self.assertEqual(jobs[name]["extends"], ".smokegate")
            self.shell("\n".join([*jobs[".smokegate"]["before_script"], *jobs[name]["script"]]), env)
            self.assertTrue(os.path.exists(os.path.join(self.project, "reports", "smoke.xml")))
        self.shell("PATH=$HOME/.local/bin:$PATH smokegate local stop", env)

    def test_an_archive_that_was_changed_is_not_unpacked(self):
        env = self.runner()
        install = self.jobs(".github/workflows/smoke.yml")["jobs"]["smoke"]["steps"][1]["run"]
        self.assertIn("FAILED", self.shell(install, {**env, "SMOKEGATE_SHA256": "0" * 64}, code=1))
        self.assertFalse(os.path.exists(os.path.join(self.dir, ".local", "bin", "smokegate")))
        self.assertIn("set the repository variable SMOKEGATE_URL", self.shell(install, {**env, "SMOKEGATE_URL": ""}, code=1))


if __name__ == "__main__":
    harness.main()
