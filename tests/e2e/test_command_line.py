"""The command line itself: help, versions, misspelt words, folders, streams."""
import os
import subprocess

import harness


class CommandLine(harness.Case):
    def test_the_version_is_printed_as_text_and_as_json(self):
        self.assertRegex(self.smokegate("version")[0], r"^smokegate \d+\.\d+\.\d+\n$")
        self.assertEqual(self.smokegate("--version")[0], self.smokegate("version")[0])
        self.assertRegex(self.smokegate("version", "--json")[0], r'^\{"version": "[\d.]+"\}\n$')

    def test_libraries_opened_on_demand_are_named_in_the_executable_for_packagers(self):
        with open(harness.SMOKEGATE, "rb") as f:
            executable = f.read()
        for soname in (b"libcurl.so.", b"libcrypto.so."):  # https://systemd.io/ELF_DLOPEN_METADATA/
            self.assertIn(b'FDO\0[{"soname":["' + soname, executable)

    def test_help_goes_to_stdout_and_is_a_success(self):
        for args in (["help"], ["--help"], ["-h"]):
            out, err = self.smokegate(*args)
            self.assertIn("commands:", out)
            self.assertEqual(err, "")
        self.assertIn("usage: smokegate version", self.smokegate("version", "--help")[0])
        self.assertEqual(self.smokegate("version", "--help"), self.smokegate("help", "version"))

    def test_no_command_is_wrong_and_prints_help_to_stderr(self):
        out, err = self.smokegate(code=2)
        self.assertEqual(out, "")
        self.assertIn("commands:", err)

    def test_a_misspelt_command_or_option_gets_a_suggestion(self):
        self.assertIn('did you mean "version"?', self.smokegate("vresion", code=2)[1])
        self.assertIn("did you mean --json?", self.smokegate("version", "--jsno", code=2)[1])
        self.assertIn("lists the commands", self.smokegate("zzzzzzz", code=2)[1])

    def test_too_many_operands_are_refused(self):
        self.assertIn("too many operands", self.smokegate("version", "x", code=2)[1])

    def test_shared_options_may_stand_before_the_command(self):
        out, _ = self.smokegate("-C", "/", "--json", "version")
        self.assertIn('"version"', out)
        self.assertIn("No such file", self.smokegate("-C", "/nonexistent", "version", code=2)[1])

    def test_the_release_label_comes_from_the_option_the_environment_or_git(self):
        self.write("smokegate.json", {"functions": {"f": {"package": {"zip": "f-{{release}}.zip"}}}, "environments": [{"name": "dev", "local": True}],
                                      "testcases": []})
        self.assertNotIn("not there yet", self.smokegate("check")[1])  # no repository, no label: which package is not known
        for args in (["init", "-q", "."], ["-c", "user.name=n", "-c", "user.email=n@example.com", "commit", "-q", "--allow-empty", "-m", "m"],
                     ["tag", "5.1.0"]):
            subprocess.run(["git", *args], cwd=self.dir, check=True, timeout=60)
        self.assertIn("f-5.1.0.zip", self.smokegate("check")[1])
        os.mkdir(os.path.join(self.dir, "deeper"))  # the folder of the project file counts, not this one
        self.assertIn("f-5.1.0.zip", self.smokegate("-C", "deeper", "check")[1])
        self.assertIn("f-5.2.0.zip", self.smokegate("check", env={"SMOKEGATE_RELEASE": "5.2.0"})[1])
        self.assertIn("f-5.3.0.zip", self.smokegate("check", "--release", "5.3.0", env={"SMOKEGATE_RELEASE": "5.2.0"})[1])

    def test_terminal_controls_in_an_argument_are_not_obeyed(self):
        err = self.smokegate("version", "--\x1b[2J", code=2)[1]
        self.assertNotIn("\x1b", err)
        self.assertIn("\\u{1b}", err)

    def test_completion_scripts_are_accepted_by_their_shells(self):
        import shutil
        for shell, check in (("bash", ["bash", "-n"]), ("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])):
            script = self.write("completion." + shell, self.smokegate("completion", shell)[0])
            if shutil.which(check[0]):
                run = subprocess.run([*check, script], capture_output=True, text=True)
                self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertIn("none of bash", self.smokegate("completion", "tcsh", code=2)[1])

    def test_bash_completes_commands_and_options(self):
        import subprocess
        self.write("c.bash", self.smokegate("completion", "bash")[0])
        probe = 'source ./c.bash; COMP_WORDS=(smokegate %s); COMP_CWORD=%d; _smokegate; echo ${COMPREPLY[@]}'
        run = lambda words, at: subprocess.run(["bash", "-c", probe % (words, at)], cwd=self.dir, capture_output=True, text=True).stdout
        self.assertEqual(run("vers", 1), "version\n")
        self.assertEqual(run("version --js", 2), "--json\n")

    def test_output_that_cannot_be_written_is_no_success(self):
        import subprocess
        with open("/dev/full", "w") as full:
            run = subprocess.run([harness.SMOKEGATE, "version"], stdout=full, env=self.env)
        self.assertEqual(run.returncode, 3)


if __name__ == "__main__":
    harness.main()
