"""What is refused before anything is changed: environments that are one place, and input that AWS would refuse."""
import re

import harness
import promote_world
import quick_http

IDENTITY = ('<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
            "<Arn>arn:aws:iam::{0}:user/u</Arn><UserId>U</UserId><Account>{0}</Account>"
            "</GetCallerIdentityResult></GetCallerIdentityResponse>")


class Sts:
    """Tells the account of an access key."""

    def __init__(self, accounts):
        self.accounts, self.asked = accounts, []
        self.server = quick_http.Server(self.serve)
        self.endpoint = f"http://127.0.0.1:{self.server.port}"

    def serve(self, request):
        key = re.search(r"Credential=([^/]+)/", dict((k.lower(), v) for k, v in request.headers())["authorization"]).group(1)
        self.asked.append(key)
        if key not in self.accounts:
            return request.answer(403, [("Content-Type", "text/xml")], b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code>"
                                  b"<Message>no such key</Message></Error></ErrorResponse>")
        request.answer(200, [("Content-Type", "text/xml")], IDENTITY.format(self.accounts[key]).encode())


class Twins(promote_world.MemoryCase):
    """Two environments whose functions have the same names."""

    environments = ("dev", "stage")
    functions = ("a",)

    def begin(self, accounts=None, **more):
        root = super().begin(**more)
        self.edit(lambda p: p["functions"]["a"].update(name=self.name("a", "dev")))
        self.sts = Sts(accounts or {})
        self.addCleanup(self.sts.server.close)
        self.env["AWS_ENDPOINT_URL_STS"] = self.sts.endpoint
        self.env["AWS_CONFIG_FILE"] = self.write("config", "".join(
            f"[profile {k}]\naws_access_key_id = {k}\naws_secret_access_key = s\n" for k in ("one", "two", "role")))
        return root

    def refused(self, *args, code=2):
        out = self.run_it(*args, code=code)
        self.assertRegex(out, r"\bdev\b.* and .*\bstage\b")
        self.assertEqual([c for c in self.proxy.log if c[0] != "GET"], [])
        self.assertEqual(self.alias("a", "dev", "Live")["FunctionVersion"], "1")
        return out

    COMMANDS = (["promote"], ["plan"], ["promote", "--dry-run"], ["promote", "--to", "dev"], ["deploy", "-e", "dev"], ["resume"])

    def test_a_forgotten_profile_is_seen_without_asking_anybody(self):
        self.begin()
        for command in self.COMMANDS:
            self.assertIn("the same account and Region", self.refused(*command, "--release", "1.1.0"))
        self.assertEqual(self.sts.asked + self.proxy.log, [])

    def test_profiles_of_one_account_are_one_place(self):
        self.begin({"one": "111111111111", "two": "111111111111"}, dev={"profile": "one"}, stage={"profile": "two"})
        self.assertIn("of the account 111111111111", self.refused("promote", "--release", "1.1.0"))
        self.assertEqual(sorted(self.sts.asked), ["one", "two"])

    def test_one_profile_for_all_on_the_command_line_is_one_place(self):
        self.begin(dev={"profile": "one"}, stage={"profile": "two"})
        self.assertIn("with the same credentials", self.refused("promote", "--release", "1.1.0", "--profile", "one"))
        self.assertEqual(self.sts.asked, [])

    def test_what_cannot_be_found_out_is_not_guessed(self):
        self.begin({"one": "111111111111"}, dev={"profile": "one"}, stage={"profile": "two"})
        out = self.refused("promote", "--release", "1.1.0", code=3)
        self.assertIn("cannot be found out", out)
        self.assertIn("InvalidClientTokenId", out)

    def test_two_accounts_are_two_places(self):
        self.begin({"one": "111111111111", "two": "222222222222"}, dev={"profile": "one"}, stage={"profile": "two"})
        self.run_it("plan", "--release", "1.1.0")
        self.assertEqual(sorted(self.sts.asked), ["one", "two"])

    def test_two_regions_are_two_places(self):
        self.begin(stage={"region": "eu-west-1"})
        self.run_it("plan", "--release", "1.1.0")
        self.assertEqual(self.sts.asked, [])

    def test_what_stands_is_still_taken_back(self):
        self.begin({"one": "111111111111", "two": "111111111111"}, dev={"profile": "one"}, stage={"profile": "two"})
        self.run_it("restore", "-e", "dev", code=3)  # refused for want of a backup, not for the twin
        self.run_it("abort")
        self.run_it("status")


if __name__ == "__main__":
    harness.main()
