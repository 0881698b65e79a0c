"""An environment that wants approval: asked on a terminal, no by default, and exit 9 where nobody can be asked."""
import os
import pty
import select
import time

import harness
import promote_world
from promote_world import CREDENTIALS

QUESTION = b"[y/N] "


class Approval(promote_world.MemoryCase):
    def on_a_terminal(self, typed, *args, env=None):
        """What was shown on a terminal where `typed` (a function, or bytes) answers the question, and the exit code."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.root)
            os.execve(harness.SMOKEGATE, [harness.SMOKEGATE, *args], {**self.env, **CREDENTIALS, "TERM": "dumb", **(env or {})})
        shown, until, asked = b"", time.monotonic() + 60, 0
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
            if shown.endswith(QUESTION):
                asked += 1
                os.write(terminal, typed() if callable(typed) else typed)
        os.close(terminal)
        return shown.decode().replace("\r\n", "\n"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), asked

    def begin(self, **more):
        return super().begin(prod={"approval": True}, **more)

    def lives(self):
        return ["".join(self.live(e)) for e in self.names]

    def test_yes_goes_on(self):
        for word in (b"y\n", b"YES\n"):
            self.begin()
            shown, code, asked = self.on_a_terminal(word, "promote", "--release", "1.1.0")
            self.assertEqual((code, asked, self.lives()), (0, 1, ["22", "22", "22"]), shown)
            for line in ("prod wants approval for release 1.1.0:", "   a: Live 1 -> a version of dist/a-1.1.0.zip (sha256 ",
                         "   dev, where the cases passed: Live a 1 -> 2, b 1 -> 2\n", "   stage, where", "Promote to prod? [y/N] "):
                self.assertIn(line, shown)
            self.check_invariants()

    def test_everything_else_is_no(self):
        for word in (b"\n", b"n\n", b"yess\n", b"\x04", b"no, not before Monday morning\n"):
            self.begin()
            shown, code, asked = self.on_a_terminal(word, "promote", "--release", "1.1.0")
            self.assertEqual((code, asked, self.lives()), (9, 1, ["22", "22", "11"]), shown)
            self.assertIn("--approve prod", shown)
            self.assertIsNone(self.alias("a", "prod", "Smoke"))

    def test_an_interrupt_at_the_question_ends_it(self):
        self.begin()
        shown, code, _ = self.on_a_terminal(b"\x03", "promote", "--release", "1.1.0")
        self.assertEqual((code, self.lives()), (130, ["22", "22", "11"]), shown)

    def test_nobody_is_asked_who_is_not_there_or_has_said_yes(self):
        for args, env, want in (((), {"CI": "true"}, 9), (("--json",), {}, 9), (("--approve", "prod"), {}, 0), (("--approve", "stage"), {"CI": "1"}, 9)):
            self.begin()
            shown, code, asked = self.on_a_terminal(b"y\n", "promote", "--release", "1.1.0", *args, env=env)
            self.assertEqual((code, asked), (want, 0), shown)
        self.begin()
        self.promote(code=9)  # its input is no terminal

    def test_what_someone_moved_below_while_it_was_thought_about_is_noticed(self):
        self.begin()

        def meanwhile():
            self.set_alias("b", "stage", "Live", FunctionVersion="1")
            return b"y\n"

        shown, code, _ = self.on_a_terminal(meanwhile, "promote", "--release", "1.1.0")
        self.assertEqual((code, self.lives()), (5, ["22", "21", "11"]), shown)
        self.assertIn("stage does not serve these packages any more", shown)

    def test_what_someone_moved_here_meanwhile_is_kept_as_what_to_go_back_to(self):
        self.begin()

        def meanwhile():
            self.api("PUT", f"/{self.name('b', 'prod')}/configuration", {"Timeout": 9})
            self.api("POST", f"/{self.name('b', 'prod')}/versions", {})
            self.set_alias("b", "prod", "Live", FunctionVersion="2")
            return b"y\n"

        shown, code, _ = self.on_a_terminal(meanwhile, "promote", "--release", "1.1.0")
        self.assertEqual((code, self.lives()), (0, ["22", "22", "23"]), shown)
        self.assertEqual(self.alias("b", "prod", "Backup")["FunctionVersion"], "2")


if __name__ == "__main__":
    harness.main()
