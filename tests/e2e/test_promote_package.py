"""What promotions deploy: layers and settings, through the real binaries."""
import io
import json
import os
import urllib.request
import zipfile

import harness
import promote_world


def zip_of(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, text in files.items():
            z.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


class Layers(promote_world.Case):
    functions = ("a", "b")

    def begin(self, *args, **more):
        root = super().begin(*args, **more)
        self.layer("common", b"one")
        self.layer("extra", b"two")

        def change(project):
            project["functions"]["a"]["layers"] = ["extra", "common"]
            project["functions"]["b"]["layers"] = ["common"]
            project["layers"] = {"common": {"name": f"{self.tag}-common-{{{{environment}}}}", "package": {"zip": "dist/common.zip"},
                                            "runtimes": ["provided.al2023"]},
                                 "extra": {"name": f"{self.tag}-extra-{{{{environment}}}}", "package": {"dir": "dist/extra"}}}

        self.edit(change)
        return root

    def layer(self, name, text):
        """A new content of a layer."""
        os.makedirs(os.path.join(self.root, "dist", "extra"), exist_ok=True)
        if name == "extra":
            self.write(os.path.join(self.root, "dist", "extra", "extra.txt"), text)
        else:
            self.write(os.path.join(self.root, "dist", "common.zip"), zip_of(text=text))

    def attached(self, function, environment, qualifier="Live"):
        """Names and versions of the layers of a version, in order."""
        c = self.api("GET", f"/{self.name(function, environment)}/configuration?Qualifier={qualifier}")
        return [layer["Arn"].split(":layer:")[1].removeprefix(self.tag + "-").replace("-" + environment, "")
                for layer in c.get("Layers", [])]

    def versions(self, layer, environment):
        path = f"/2018-10-31/layers/{self.tag}-{layer}-{environment}/versions"
        with urllib.request.urlopen(self.local.endpoint + path, timeout=60) as reply:
            return [v["Version"] for v in json.load(reply)["LayerVersions"]]

    def published(self):
        return [c[1] for c in self.proxy.log if c[0] == "POST" and "/2018-10-31/layers/" in c[1]]

    def test_a_layer_is_published_once_and_travels_with_its_functions(self):
        self.begin()
        plan = self.run_it("plan", "--release", "1.1.0")
        self.assertIn("common: publish a version of the layer (no version of it here holds dist/common.zip)", plan)
        self.assertIn("a: update the configuration (differs: layers)", plan)
        self.assertEqual([c for c in self.proxy.log if c[0] != "GET"], [])
        self.promote()
        for e in self.names:
            self.assertEqual((self.live(e), self.attached("a", e), self.attached("b", e)),
                             (["2", "2"], ["extra:1", "common:1"], ["common:1"]))
        self.assertEqual(len(self.published()), 2 * len(self.names))
        self.check_invariants()
        calls = len(self.proxy.log)
        self.promote()  # nothing to do
        self.assertEqual([c for c in self.proxy.log[calls:] if c[0] != "GET"], [])
        self.layer("extra", b"three")  # the layer alone is a new release of what uses it
        self.assertIn("Live of dev does not serve", self.promote("1.1.0", "--from", "stage", code=3))
        self.promote()
        for e in self.names:
            self.assertEqual((self.live(e), self.attached("a", e), self.attached("b", e)),
                             (["3", "2"], ["extra:2", "common:1"], ["common:1"]))
            self.assertEqual((self.versions("extra", e), self.versions("common", e)), ([2, 1], [1]))
        self.layer("extra", b"two")  # back to what was there: found again by its hash
        self.promote()
        self.assertEqual((self.attached("a", "prod"), self.versions("extra", "prod")), (["extra:1", "common:1"], [2, 1]))
        self.check_invariants()

    def test_a_failure_takes_layers_back_with_their_functions(self):
        self.begin(environments=("dev", "stage"), bad_in="stage")
        self.promote("1.1.0", "--to", "dev")
        self.layer("common", b"worse")
        self.promote(code=1)
        self.assertEqual([self.live(e) for e in self.names], [["2", "2"], ["1", "1"]])
        self.assertEqual((self.attached("a", "dev"), self.attached("b", "dev")), (["extra:1", "common:1"], ["common:1"]))
        self.assertEqual((self.attached("a", "dev", "Smoke"), self.attached("a", "stage")), (["extra:1", "common:1"], []))
        self.assertEqual(self.versions("common", "dev"), [2, 1])
        self.assertIn("--force", self.promote(code=1))  # this layer with these packages is on hold
        self.check_invariants()
        self.promote("1.1.0", "--to", "dev", "--force")
        self.assertEqual((self.attached("b", "dev"), self.versions("common", "dev")), (["common:2"], [2, 1]))
        self.run_it("restore", "-e", "dev")
        self.assertEqual(self.attached("b", "dev"), ["common:1"])

    def test_a_layer_of_someone_else_with_the_same_content_is_used(self):
        self.begin(environments=("dev",))
        import base64
        body = {"Content": {"ZipFile": base64.b64encode(zip_of(text=b"one")).decode()}, "Description": "made by hand"}
        request = urllib.request.Request(f"{self.local.endpoint}/2018-10-31/layers/{self.tag}-common-dev/versions", method="POST",
                                         data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as reply:
            self.assertEqual(reply.status, 201)
        self.promote()
        self.assertEqual((self.versions("common", "dev"), len(self.published())), ([1], 1))

    def test_a_cut_while_a_layer_is_published_ends_with_it_attached(self):
        for kind in (promote_world.APPLIED, promote_world.UNHEARD, promote_world.LOST):
            self.begin(environments=("dev",))
            self.promote("1.1.0", "--dry-run")
            reads = self.proxy.calls
            at = reads + 4 + 1  # two claims, two backups, the first layer
            seen = []
            self.run_cut(at, kind, "promote", "--release", "1.1.0")
            seen = [c for c in self.proxy.log if c[0] == "POST" and "/layers/" in c[1]]
            self.promote(code=(0,))
            self.assertEqual((self.live("dev"), self.attached("b", "dev")), (["2", "2"], ["common:1"]), (kind, seen))
            self.assertEqual(self.versions("common", "dev"), [1], (kind, seen))
            self.check_invariants()

    def test_layers_that_are_wrong_stop_it_before_any_call(self):
        root = self.begin(environments=("dev",))
        os.remove(os.path.join(root, "dist", "common.zip"))
        self.assertIn("layer: common: package", self.promote(code=2))
        self.edit(lambda p: p["layers"]["extra"].update(name=f"{self.tag}-common-{{{{environment}}}}"))
        self.assertIn("are both named", self.promote(code=2))
        self.assertEqual(self.proxy.log, [])


class Settings(promote_world.Case):
    functions = ("a",)

    def config(self, environment, qualifier="Live"):
        return self.api("GET", f"/{self.name('a', environment)}/configuration?Qualifier={qualifier}")

    def test_every_setting_is_applied_published_and_named(self):
        self.begin(environments=("dev", "stage"))

        def change(project):
            project["functions"]["a"]["config"] = {
                "handler": "other", "memory": 256, "ephemeral_storage": 1024, "timeout": "7s", "tracing": "Active",
                "environment": {"LEVEL": "hush-hush"}}
            project["environments"][1]["functions"] = {"a": {"config": {"memory": 512, "tracing": "PassThrough"}}}

        self.edit(change)
        out = self.run_it("plan", "--release", "1.0.0")
        self.assertIn("differs: handler, tracing, memory, timeout, ephemeral_storage, environment.LEVEL", out)
        self.assertNotIn("hush-hush", out)
        self.assertNotIn("hush-hush", self.promote("1.0.0"))  # the code is the same: a version of the settings alone
        self.assertEqual((self.live("dev"), self.live("stage")), (["2"], ["2"]))
        for e, memory, tracing in (("dev", 256, "Active"), ("stage", 512, "PassThrough")):
            c = self.config(e)
            self.assertEqual((c["Handler"], c["MemorySize"], c["EphemeralStorage"]["Size"], c["Timeout"], c["TracingConfig"]["Mode"],
                              c["Environment"]["Variables"]), ("other", memory, 1024, 7, tracing, {"LEVEL": "hush-hush"}))
        calls = len(self.proxy.log)
        self.promote("1.0.0")
        self.assertEqual([c for c in self.proxy.log[calls:] if c[0] != "GET"], [])
        self.run_it("restore", "-e", "dev")
        self.assertEqual((self.config("dev")["Timeout"], "Environment" in self.config("dev")), (5, False))
        self.check_invariants()

    def test_an_architecture_comes_with_the_code(self):
        self.begin(environments=("dev",))
        self.edit(lambda p: p["functions"]["a"].update(config={"architectures": ["arm64"]}))
        self.assertIn("a: upload the code (for arm64)", self.run_it("plan", "--release", "1.0.0"))
        self.run_it("deploy", "-e", "dev", "--release", "1.0.0")
        self.assertEqual((self.config("dev", "Smoke")["Architectures"], self.config("dev")["Architectures"]), (["arm64"], ["x86_64"]))
        self.assertNotIn("upload", self.run_it("plan", "--release", "1.0.0"))


DEPLOY = """
import base64, json, os, sys, time, urllib.request

def call(method, path, body):
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL_LAMBDA"] + "/2015-03-31/functions/" + path, method=method,
                                     data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)

with open("ran.jsonl", "a") as f:
    f.write(json.dumps([sys.argv[1:], {k: v for k, v in os.environ.items() if k.startswith(("SMOKEGATE_", "AWS_REGION"))}]) + chr(10))
package, *names = sys.argv[1:]
versions = {}
for name in names:
    with open(package.replace("{}", os.environ["SMOKEGATE_ENVIRONMENT"]), "rb") as f:
        call("PUT", name + "/code", {"ZipFile": base64.b64encode(f.read()).decode()})
    if os.path.exists("publish"):
        for _ in range(100):
            with urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL_LAMBDA"] + "/2015-03-31/functions/" + name, timeout=60) as reply:
                if json.load(reply)["Configuration"]["LastUpdateStatus"] == "Successful":
                    break
            time.sleep(0.1)
        versions[name.split("-")[1]] = call("POST", name + "/versions", {})["Version"]
print("deployed with the key AKIDexample\\x1b[31m")
if os.path.exists("fails"):
    sys.exit("the stack did not want to")
if versions:
    print(json.dumps({"versions": versions}))
"""


DEPLOY_IMAGE = """
import json, os, sys, urllib.request
urllib.request.urlopen(urllib.request.Request(os.environ["AWS_ENDPOINT_URL_LAMBDA"] + "/2015-03-31/functions/" + sys.argv[1] + "/code",
                       method="PUT", data=json.dumps({"ImageUri": sys.argv[2]}).encode(), headers={"Content-Type": "application/json"}), timeout=60)
"""


class Command(promote_world.Case):
    def begin(self, *args, package="dist/a-1.1.0.zip", **more):
        root = super().begin(*args, **more)
        self.write(os.path.join(root, "deploy.py"), DEPLOY)
        tag = self.tag

        def change(project):
            for f in self.functions:
                project["functions"][f]["package"] = {"timeout": "1m", "command": [
                    "python3", "deploy.py", package, *(f"{tag}-{f}-{{{{environment}}}}" for f in self.functions)]}

        self.edit(change)
        return root

    def ran(self):
        path = os.path.join(self.root, "ran.jsonl")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as f:
            return [json.loads(line) for line in f]

    def test_it_is_run_once_an_environment_and_what_it_deploys_is_promoted(self):
        self.begin(environments=("dev", "stage"))
        self.assertIn("a: run its deploy command (python3)", self.run_it("plan", "--release", "1.1.0"))
        self.assertEqual(self.ran(), [])
        out = self.promote()
        self.assertEqual([self.live(e) for e in self.names], [["2", "2"], ["2", "2"]])
        told = [t for _, t in self.ran()]
        self.assertEqual([(t["SMOKEGATE_ENVIRONMENT"], t["SMOKEGATE_RELEASE"], t["AWS_REGION"], "SMOKEGATE_FUNCTION" in t) for t in told],
                         [("dev", "1.1.0", "us-east-1", False), ("stage", "1.1.0", "us-east-1", False)])
        self.assertIn("      | deployed with the key AKIDexample\\u{1b}[31m", out)
        self.promote()  # nothing to do, nothing is run
        self.assertEqual(len(self.ran()), 2)
        self.check_invariants()

    def test_config_is_applied_after_it(self):
        self.begin(environments=("dev",))
        self.edit(lambda p: [f.update(config={"timeout": "9s"}) for f in p["functions"].values()])
        self.promote()
        c = self.api("GET", f"/{self.name('b', 'dev')}/configuration?Qualifier=Live")
        self.assertEqual((c["Timeout"], c["Version"]), (9, "2"))

    def test_a_version_that_it_tells_is_what_is_promoted(self):
        root = self.begin(environments=("dev", "stage"))
        self.write(os.path.join(root, "publish"), "")
        self.promote()
        self.assertEqual([self.live(e) for e in self.names], [["2", "2"], ["2", "2"]])
        self.assertEqual([c for c in self.proxy.log if c[0] == "POST" and c[1].endswith("/versions") and b"CodeSha256" in c[2]], [])
        self.check_invariants()
        self.edit(lambda p: p["functions"]["a"].update(config={"timeout": "9s"}))
        self.assertIn("let the command tell no version", self.promote("1.2.0", code=2))
        self.assertEqual([self.live(e) for e in self.names], [["2", "2"], ["2", "2"]])

    def test_a_command_that_fails_takes_everything_back(self):
        root = self.begin(environments=("dev",))
        self.write(os.path.join(root, "fails"), "")
        out = self.promote(code=3)
        self.assertIn("python3 ended with exit code 1: the stack did not want to", out)
        self.assertEqual(self.live("dev"), ["1", "1"])
        self.assertEqual(promote_world.mark_of(self.alias("a", "dev", "Smoke")["Description"])["s"], "undo")
        os.remove(os.path.join(root, "fails"))
        self.promote()  # not on hold: no case failed
        self.assertEqual(self.live("dev"), ["2", "2"])
        self.check_invariants()

    def test_other_code_than_below_is_not_promoted(self):
        root = self.begin(environments=("dev", "stage"), package="dist/{}.zip")
        for e, note in (("dev", "1.1.0"), ("stage", "1.0.0")):
            os.rename(os.path.join(root, "dist", f"a-{note}.zip"), os.path.join(root, "dist", f"{e}.zip"))
        self.promote("1.1.0", "--to", "dev")
        out = self.promote(code=3)  # another process: it asks what Live of dev serves
        self.assertIn("what was tested there would not be what is promoted here", out)
        self.assertEqual(self.live("stage"), ["1", "1"])
        self.check_invariants()

    def test_without_a_label_nobody_knows_what_it_deploys(self):
        self.begin(environments=("dev",))
        self.assertIn("needs a release label", self.run_it("promote", code=2))
        self.assertEqual((self.proxy.log, self.ran()), ([], []))


class Pointed(promote_world.MemoryCase):
    """Packages that are somewhere else already: in S3, in a registry of images."""

    functions = ("a",)

    def writes(self, start=0):
        return [json.loads(c[2]) for c in self.proxy.log[start:] if c[0] == "PUT" and c[1].endswith("/code")
                and not json.loads(c[2]).get("DryRun")]

    def versions(self, environment):
        return [v["Version"] for v in self.api("GET", f"/{self.name('a', environment)}/versions")["Versions"]]

    def begin_s3(self, **more):
        self.begin(**more)
        self.edit(lambda p: p["functions"]["a"].update(package={"s3": {"bucket": "artifacts-{{environment}}", "key": "a-{{release}}.zip"}}))
        for e in self.names:
            self.memory.objects[f"artifacts-{e}", "a-1.1.0.zip"] = b"PK\x05\x06 the code"

    def test_an_object_is_promoted_by_what_it_holds(self):
        self.begin_s3()
        self.run_it("plan", "--release", "1.1.0")
        self.assertEqual(self.writes(), [])
        self.promote()
        self.assertEqual([self.live(e) for e in self.names], [["2"]] * 3)
        self.assertEqual([w["S3Bucket"] for w in self.writes()], [f"artifacts-{e}" for e in self.names])
        calls = len(self.proxy.log)
        self.promote()
        self.assertEqual((self.writes(calls), self.versions("prod")), ([], ["$LATEST", "1", "2"]))
        for e in self.names:  # under another name the same bytes: nothing new, no phantom version
            self.memory.objects[f"artifacts-{e}", "a-1.2.0.zip"] = b"PK\x05\x06 the code"
        self.promote("1.2.0")
        self.assertEqual((self.writes(calls), self.versions("prod")), ([], ["$LATEST", "1", "2"]))
        for e in self.names:  # under the same name other bytes: another release
            self.memory.objects[f"artifacts-{e}", "a-1.2.0.zip"] = b"PK\x05\x06 other code"
        self.promote("1.2.0")
        self.assertEqual([self.live(e) for e in self.names], [["3"]] * 3)
        self.check_invariants()

    def test_buckets_that_hold_different_things_are_no_release(self):
        self.begin_s3()
        self.memory.objects["artifacts-stage", "a-1.1.0.zip"] = b"PK\x05\x06 other code"
        self.assertIn("are others than in dev", self.promote(code=2))
        self.assertEqual([c for c in self.proxy.log if c[0] != "GET" and b"DryRun" not in c[2]], [])

    def test_an_object_that_is_not_there_stops_it(self):
        self.begin_s3()
        del self.memory.objects["artifacts-prod", "a-1.1.0.zip"]
        self.assertIn("NoSuchKey", self.promote(code=3))
        self.assertEqual(self.writes(), [])

    def test_an_image_is_promoted_by_its_digest(self):
        self.begin()
        image = "1.dkr.ecr.us-east-1.amazonaws.com/a@sha256:" + "0f" * 32
        self.edit(lambda p: p["functions"]["a"].update(package={"image": image}))
        self.promote()
        self.assertEqual([w["ImageUri"] for w in self.writes()], [image] * 3)
        self.assertEqual([self.live(e) for e in self.names], [["2"]] * 3)
        calls = len(self.proxy.log)
        self.promote()
        self.assertEqual((self.writes(calls), self.versions("dev")), ([], ["$LATEST", "1", "2"]))
        self.edit(lambda p: p["functions"]["a"].update(package={"image": "1.dkr.ecr.us-east-1.amazonaws.com/a:latest"}))
        self.assertIn("not pinned by its digest", self.promote(code=2))
        self.check_invariants()

    def image(self, digit):
        return "1.dkr.ecr.us-east-1.amazonaws.com/a@sha256:" + digit * 64

    def begin_image(self, **more):
        self.begin(**more)
        self.edit(lambda p: p["functions"]["a"].update(package={"image": self.image("1")}))

    def before(self, method, ending, do):
        """Once, before the first such request of a promotion is carried out."""
        done = []

        def watch(when, number, m, path, body):
            if when == "before" and m == method and path.endswith(ending) and not done:
                done.append(True)
                do()

        self.proxy.watch = watch

    def test_another_image_put_there_meanwhile_is_not_published(self):
        for ending in ("/a-dev/code", "/a-dev/versions", "/a-dev/aliases"):
            for held in (False, True):  # was it there already, or is it uploaded?
                self.begin_image(environments=("dev",))
                if held:
                    self.api("PUT", f"/{self.name('a', 'dev')}/code", {"ImageUri": self.image("1")})
                self.before("PUT" if "code" in ending else "POST", ending.replace("/a-dev", f"/{self.name('a', 'dev')}"),
                            lambda: self.api("PUT", f"/{self.name('a', 'dev')}/code", {"ImageUri": self.image("2")}))
                out = self.promote(code=(0, 5))
                images = [v.get("ImageUri") for v in self.api("GET", f"/{self.name('a', 'dev')}/versions")["Versions"] if v["Version"] != "$LATEST"]
                self.assertNotIn(self.image("2"), images, out)
                self.assertEqual(self.live("dev"), ["2" if self.last_code == 0 else "1"])
                if self.last_code:
                    self.assertIn("someone changed $LATEST while it was being staged", out)
                self.proxy.watch = None

    def test_an_image_whose_code_is_called_otherwise_than_by_its_digest(self):
        self.memory.image_code = lambda uri: "of " + uri[-8:]
        try:
            self.begin_image()
            self.promote()
            self.assertEqual([self.live(e) for e in self.names], [["2"]] * 3)
            self.promote("1.1.0")
            self.check_invariants()
        finally:
            del self.memory.image_code

    def test_images_that_a_command_deploys(self):
        self.begin()
        self.write(os.path.join(self.root, "deploy.py"), DEPLOY_IMAGE)
        tag = self.tag
        self.edit(lambda p: p["functions"]["a"].update(package={"command": [
            "python3", "deploy.py", f"{tag}-a-{{{{environment}}}}", self.image("3")]}))
        self.promote("1.1.0", "--to", "dev")
        self.promote()
        self.assertEqual([self.live(e) for e in self.names], [["2"]] * 3)
        self.assertEqual(self.api("GET", f"/{self.name('a', 'prod')}/configuration?Qualifier=Live")["ImageUri"], self.image("3"))



if __name__ == "__main__":
    harness.main()
