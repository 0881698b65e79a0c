"""A profile whose role wants the code of an MFA device: asked on the terminal, and told when there is none."""
import os
import pty
import select
import subprocess
import time

import harness

SERIAL = "arn:aws:iam::123456789012:mfa/me"


class Mfa(harness.Case):
    def setUp(self):
        super().setUp()
        self.server = harness.LocalLambda(os.path.join(self.dir, "state"))
        self.addCleanup(lambda: self.server.process.poll() is None and self.server.stop())
        self.write(".aws/config", "[profile who]\nrole_arn = arn:aws:iam::123456789012:role/release\nsource_profile = keys\n"
                                  f"mfa_serial = {SERIAL}\n[profile keys]\naws_access_key_id = local\naws_secret_access_key = local\n")
        self.write("smokegate.json", {"functions": {"f": {"name": "f"}}, "environments": [{"name": "dev", "profile": "who"}],
                                      "testcases": ["*.cases.json"]})
        self.env.update(AWS_ENDPOINT_URL=self.server.endpoint, AWS_REGION="us-east-1", PATH=self.dir)  # no AWS CLI to ask

    def on_a_terminal(self, typed):
        """What `smokegate status` showed on a terminal of its own where `typed` was typed when asked, and its exit code."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.dir)
            os.execve(harness.SMOKEGATE, [harness.SMOKEGATE, "status"], self.env)
        shown, until, answered = b"", time.monotonic() + 120, False
        while time.monotonic() < until:
            try:
                if not select.select([terminal], [], [], 1)[0]:
                    continue
                part = os.read(terminal, 4096)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            shown += part
            if b"MFA code" in shown and shown.endswith(b": ") and not answered:
                os.write(terminal, typed)
                answered = True
        os.close(terminal)
        return shown.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def test_the_code_is_asked_for_on_the_terminal_and_not_shown(self):
        shown, code = self.on_a_terminal(b"987654\n")
        self.assertEqual(shown.count(f"MFA code of {SERIAL}: "), 1, shown)
        self.assertNotIn("987654", shown)
        self.assertIn("ListAliases f: 404", shown)  # who asks is known, the function is not
        self.assertNotIn("credentials", shown)
        self.assertEqual(code, 3, shown)

    def test_nothing_typed_is_told(self):
        shown, code = self.on_a_terminal(b"\n")
        self.assertIn(SERIAL, shown)
        self.assertEqual(code, 3, shown)

    def test_without_a_terminal_it_says_what_is_missing(self):
        run = subprocess.run([harness.SMOKEGATE, "status"], capture_output=True, text=True, cwd=self.dir, env=self.env, timeout=120,
                             stdin=subprocess.DEVNULL, start_new_session=True)
        self.assertEqual(run.returncode, 3, run.stderr)
        self.assertIn(f"no terminal to ask for the code of the MFA device {SERIAL} on", run.stderr)


if __name__ == "__main__":
    harness.main()
