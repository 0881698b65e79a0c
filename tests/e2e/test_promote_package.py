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


if __name__ == "__main__":
    harness.main()
