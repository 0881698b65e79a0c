"""@aws-sdk/client-lambda, from npm, against smokegate-local: what is done is in sdk_js.mjs.

npm installs it once, into the build folder. SMOKEGATE_SDK_JS names a folder of node_modules that has it already.
"""
import os
import shutil
import subprocess

import harness

PACKAGE = "@aws-sdk/client-lambda@3.1164.0"


def folder():
    """A folder with the client in its node_modules: a module is looked for from where the importing one lies."""
    given = os.environ.get("SMOKEGATE_SDK_JS")
    if not shutil.which("node") or not (given or shutil.which("npm")):
        harness.skip("no node or npm: the AWS SDK for JavaScript was not driven")
    where = os.path.join(harness.BUILD, "sdk-js")
    modules = os.path.join(where, "node_modules")
    os.makedirs(where, exist_ok=True)
    if given:
        if not os.path.lexists(modules):
            os.symlink(given, modules)
    elif not os.path.exists(os.path.join(where, "complete")):
        try:
            run = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", where, PACKAGE], capture_output=True, text=True, timeout=300)
        except subprocess.TimeoutExpired:
            harness.skip(f"npm did not install {PACKAGE} in 5 minutes: the AWS SDK for JavaScript was not driven")
        if run.returncode != 0:
            why = (run.stderr.strip().splitlines() or ["no reason given"])[-1]
            harness.skip(f"npm cannot install {PACKAGE} here: the AWS SDK for JavaScript was not driven ({why})")
        with open(os.path.join(where, "complete"), "w", encoding="utf-8"):
            pass
    return where


class SdkJs(harness.Case):
    def test_the_session(self):
        server = harness.LocalLambda(os.path.join(self.dir, "state"))
        self.addCleanup(server.stop)
        packages = [self.write(note + ".zip", harness.puppet_package(note)) for note in ("1", "2")]
        script = shutil.copy(os.path.join(harness.SOURCE, "tests", "e2e", "sdk_js.mjs"), WHERE)
        run = subprocess.run(["node", script, server.endpoint, *packages], capture_output=True, text=True, env=self.env, timeout=300)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertEqual(run.stdout.count("ok: "), 9, run.stdout)


if __name__ == "__main__":
    WHERE = folder()
    harness.main()
