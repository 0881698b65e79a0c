"""What whoever is paged reads: every message calls the aliases by the project's names, and says what to type next."""
import re

import harness
import promote_world


class Names(promote_world.MemoryCase):
    """Aliases of other names: no message calls them Live, Smoke or Backup."""

    environments = ("dev",)
    ALIASES = {"live": "Serving", "smoke": "Candidate", "backup": "Previous"}

    def begin(self, **more):
        root = super().begin(live=False, **more)
        self.edit(lambda p: p.update(aliases=self.ALIASES))
        for f in self.functions:
            self.api("POST", f"/{self.name(f, 'dev')}/versions", {})
            self.api("POST", f"/{self.name(f, 'dev')}/aliases", {"Name": "Serving", "FunctionVersion": "1"})
        return root

    def said(self, *args, code=0):
        out = self.run_it(*args, code=code)
        self.assertIsNone(re.search(r"\b(Live|Smoke|Backup)\b", out), out)
        return out

    def test_of_plan_promote_restore_and_status(self):
        self.begin()
        for words in ("there is no Candidate yet", "what Serving serves now", "nothing moves Serving before every case passed on Candidate"):
            self.assertIn(words, self.said("plan", "--release", "1.1.0"))
        self.said("promote", "--release", "1.1.0")
        self.said("plan", "--release", "1.1.0")
        self.said("status")
        self.assertIn("Serving 2 -> 1", self.said("restore", "-e", "dev"))
        self.assertIn("Serving is where Previous is", self.said("restore", "-e", "dev"))

    def test_of_what_is_refused(self):
        self.begin()
        self.set_alias("a", "dev", "Serving", FunctionVersion="$LATEST")
        self.assertIn("Serving points to $LATEST", self.said("promote", "--release", "1.1.0", code=3))
        self.set_alias("a", "dev", "Serving", FunctionVersion="1")
        self.said("promote", "--release", "1.1.0")
        self.set_alias("a", "dev", "Serving", FunctionVersion="1")
        self.assertIn("someone moved Serving", self.said("status"))
        self.api("DELETE", f"/{self.name('a', 'dev')}/aliases/Serving")
        self.assertIn("someone deleted Serving", self.said("status"))


if __name__ == "__main__":
    harness.main()
