"""docs/getting-started.md, typed by a newcomer: every command is run in an empty folder and says what the page shows."""
import os
import re
import subprocess

import harness

# What is another each time.
CHANGING = [(r"\d+(\.\d+)? m?s\b", "N ms"), (r"http://127\.0\.0\.1:\d+", "URL"), (r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID"), (r"\(01[0-9A-Z]{24}\)", "(ULID)"),
            (r"(?<=\S) {2,}", "  ")]


def settled(line):
    for pattern, word in CHANGING:
        line = re.sub(pattern, word, line.rstrip())
    return line


def matches(want, got):
    """Line by line; "..." stands for any lines."""
    if not want:
        return not got
    if want[0] == "...":
        return any(matches(want[1:], got[i:]) for i in range(len(got) + 1))
    return bool(got) and want[0] == got[0] and matches(want[1:], got[1:])


class GettingStarted(harness.Case):
    def page(self):
        with open(os.path.join(harness.SOURCE, "docs", "getting-started.md"), encoding="utf-8") as f:
            return f.read()

    def steps(self):
        """("file", name, text) and ("command", line, lines it says, exit code), in order."""
        for block in re.finditer(r"(?:`([\w/.]+)`:\n\n)?^```(\w+)\n(.*?)^```$", self.page(), re.M | re.S):
            name, kind, text = block.groups()
            if kind == "json":
                yield "file", name, text, 0
                continue
            for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
                command, *lines = part.splitlines()
                code = re.fullmatch(r"\[exit (\d+)\]", lines[-1]) if lines else None
                yield "command", command, lines[:-1] if code else lines, int(code.group(1)) if code else 0

    def test_it_is_as_the_page_says(self):
        env = {**self.env, "PATH": f"{os.path.dirname(harness.SMOKEGATE)}:{os.path.dirname(harness.LOCAL)}:{os.environ['PATH']}"}
        count = 0
        for kind, what, says, code in self.steps():
            if kind == "file":
                self.write(what, says)
                continue
            run = subprocess.run(["bash", "-c", f"exec 2>&1; {what}"], cwd=self.dir, env=env, stdout=subprocess.PIPE, text=True, timeout=120)
            self.assertEqual(run.returncode, code, f"{what}\n{run.stdout}")
            want, got = [settled(line) for line in says], [settled(line) for line in run.stdout.splitlines()]
            self.assertTrue(matches(want, got), f"$ {what}\n--- the page\n" + "\n".join(want) + "\n--- said\n" + "\n".join(got))
            count += 1
        self.assertGreater(count, 15)


if __name__ == "__main__":
    harness.main()
