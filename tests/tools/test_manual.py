"""What `meson install` installs beside the programs: a page for every command, scripts for every shell."""
import os
import re
import shutil
import subprocess
import unittest

BUILD = os.environ["SMOKEGATE_BUILD"]
SMOKEGATE = os.path.join(BUILD, "cli", "smokegate")
MANUAL = os.path.join(BUILD, "cli", "manual")


def told(*words):
    return subprocess.run([SMOKEGATE, *words], capture_output=True, text=True, check=True).stdout


def commands():
    listed = told("help").split("commands:\n")[1].split("\n\n")[0]
    return [line.split()[0] for line in listed.splitlines()]


class Manual(unittest.TestCase):
    def test_every_command_has_a_page_that_tells_every_option(self):
        pages = sorted(f for f in os.listdir(MANUAL) if f.endswith(".1"))
        self.assertEqual(pages, sorted(["smokegate.1"] + [f"smokegate-{c}.1" for c in commands()]))
        for command in commands():
            with open(os.path.join(MANUAL, f"smokegate-{command}.1"), encoding="utf-8") as f:
                page = f.read().replace("\\-", "-")
            self.assertTrue(page.startswith(f".TH SMOKEGATE-{command} 1 "), page[:80])
            for option in re.findall(r"^ {2}(?:-\w, | {4})(--[\w-]+)", told("help", command), re.M):
                self.assertIn(f"\\fB{option}\\fR", page, command)

    def test_the_overview_tells_every_command(self):
        with open(os.path.join(MANUAL, "smokegate.1"), encoding="utf-8") as f:
            page = f.read()
        for command in commands():
            self.assertIn(f"\\fB{command}\\fR", page)

    def test_pages_are_roff_that_man_reads_without_a_warning(self):
        if not shutil.which("groff"):
            self.skipTest("groff is not installed")
        for page in sorted(f for f in os.listdir(MANUAL) if f.endswith(".1")):
            run = subprocess.run(["groff", "-man", "-Tutf8", "-ww", os.path.join(MANUAL, page)], capture_output=True, text=True)
            self.assertEqual((run.returncode, run.stderr), (0, ""), page)

    def test_completion_scripts_are_scripts_of_their_shells(self):
        for shell, name in (("bash", "smokegate"), ("zsh", "_smokegate"), ("fish", "smokegate.fish")):
            path = os.path.join(MANUAL, name)
            with open(path, encoding="utf-8") as f:
                script = f.read()
            for command in commands():
                self.assertIn(command, script, shell)
            if shutil.which(shell):
                run = subprocess.run([shell, "-n", path], capture_output=True, text=True)
                self.assertEqual((run.returncode, run.stderr), (0, ""), shell)


if __name__ == "__main__":
    unittest.main(verbosity=2)
