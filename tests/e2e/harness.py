"""What end-to-end tests share: the real binaries, a throw-away home, a local Lambda of one's own.

Every test is a unittest program. Nothing of the caller's environment that could steer a client reaches
the programs under test, nothing listens beyond loopback, and every process started is ended by its id.
"""
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import zipfile

BUILD = os.environ.get("SMOKEGATE_BUILD", os.path.abspath("build"))
SOURCE = os.environ.get("SMOKEGATE_SOURCE", os.path.abspath("."))
SMOKEGATE = os.path.join(BUILD, "cli", "smokegate")
LOCAL = os.path.join(BUILD, "local", "smokegate-local")
PUPPET = os.path.join(BUILD, "tests", "local", "puppet")  # a function that does what its event says (tests/local/puppet.c)
SKIPPED = 77  # meson's exit code for "skipped"


def clean_env(home, **more):
    keep = {k: v for k, v in os.environ.items() if k in ("PATH", "LANG", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "TZ", "TMPDIR")}
    keep.update(HOME=home, AWS_EC2_METADATA_DISABLED="true", **more)
    return keep


def zipped(files):
    """A package of these programs."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            z.writestr(entry, content)
    return out.getvalue()


def puppet_package(note=""):
    """The zip of a function for provided.al2023; another note gives another package of the same function."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z, open(PUPPET, "rb") as f:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        z.writestr(entry, f.read())
        z.writestr(zipfile.ZipInfo("note.txt"), note)
    return out.getvalue()


def skip(reason):
    """Ends the whole program as skipped, with one line that says why."""
    print(reason)
    sys.exit(SKIPPED)


class LocalLambda:
    """A smokegate-local on a free loopback port, ended by its id."""

    def __init__(self, state, *options, env=None, stderr=None):
        self.process = subprocess.Popen([LOCAL, "--port", "0", "--state", state, *options], stdout=subprocess.PIPE, stderr=stderr, text=True,
                                        env=clean_env(state, **(env or {})))
        line = self.process.stdout.readline()
        self.endpoint = next((word for word in line.split() if word.startswith("http")), None)
        if not self.endpoint:
            self.stop()
            raise RuntimeError(f"smokegate-local said {line!r}")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        self.process.stdout.close()
        return self.process.returncode


class Case(unittest.TestCase):
    maxDiff = None

    in_memory = False  # its folder is in memory where there is such a place: nothing waits for a disk

    def setUp(self):
        memory = "/dev/shm" if self.in_memory and os.access("/dev/shm", os.W_OK) else None
        self.dir = tempfile.mkdtemp(prefix="smokegate-e2e-", dir=memory)
        self.env = clean_env(self.dir)
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.addCleanup(self.stop_project_server)

    def stop_project_server(self):
        """Ends the server that a project with "local": true started."""
        for base, _, names in os.walk(self.dir):
            if base.endswith(".smokegate/local") and "server.json" in names:
                with open(os.path.join(base, "server.json"), encoding="utf-8") as f:
                    pid = json.load(f)["pid"]
                try:
                    if "smokegate-local" in os.readlink(f"/proc/{pid}/exe"):
                        os.kill(pid, signal.SIGTERM)
                except OSError:
                    pass

    def write(self, name, content):
        path = os.path.join(self.dir, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if isinstance(content, (dict, list)):
            content = json.dumps(content, indent=2)
        mode = "wb" if isinstance(content, bytes) else "w"
        with open(path, mode) as f:
            f.write(content)
        return path

    def smokegate(self, *args, code=0, stdin=None, env=None, cwd=None, timeout=60):
        """Runs it and returns (stdout, stderr); the exit code must be `code`."""
        run = subprocess.run([SMOKEGATE, *args], input=stdin, capture_output=True, text=not isinstance(stdin, bytes),
                             cwd=cwd or self.dir, env={**self.env, **(env or {})}, timeout=timeout)
        out, err = run.stdout, run.stderr
        if isinstance(out, bytes):
            out, err = out.decode("utf-8", "replace"), err.decode("utf-8", "replace")
        if code is not None:
            self.assertEqual(run.returncode, code, f"smokegate {' '.join(args)}\n--- stdout\n{out}\n--- stderr\n{err}")
        return out, err


def main():
    unittest.main(verbosity=1)
