"""smokegate match: the three dialects of regular expressions from the command line."""
import json
import time

from harness import Case, main


class Match(Case):
    def match(self, *args, text, code=0):
        out, err = self.smokegate("match", *args, stdin=text, code=code)
        return json.loads(out) if out else None, err

    def test_a_match_and_its_groups_are_json(self):
        got, err = self.match(r"(?<year>\d{4})(x)?-(\d\d)", text="on 2026-11")
        self.assertEqual(err, "")
        self.assertEqual(got, {"match": "2026-11", "start": 3, "end": 10, "groups": ["2026", None, "11"],
                               "named": {"year": "2026"}})
        got, _ = self.match("é", text="xé")
        self.assertEqual((got["start"], got["end"], got["groups"]), (1, 3, []))

    def test_no_match_is_an_exit_code(self):
        self.assertEqual(self.match("b", text="a", code=1), (None, ""))

    def test_dialects_differ(self):
        rows = [  # pattern, text, pcre2, ecma, iregexp
            ("^abc$", "abc\n", 0, 1, 1),
            (r"^\d+$", "12", 0, 0, 2),
            ("(?i)A", "a", 0, 2, 2),
            (r"^\cA$", "\x01", 0, 0, 2),
            ("^.$", "\r", 0, 1, 1),
            ("^.$", "\u2028", 0, 1, 0),
            (r"\p{Letter}", "a", 2, 0, 2),
            (r"\p{Lu}", "A", 0, 0, 0),
            (r"\s", "\ufeff", 1, 0, 2),
            ("a{,2}b", "a{,2}b", 0, 0, 2),
            ("[[:alpha:]]", ":]", 1, 0, 2),
            ("(?<n>a)", "a", 0, 0, 2),
            ("a++", "a", 0, 2, 2),
            ("[]", "x", 2, 1, 2),
        ]
        for pattern, text, *codes in rows:
            for dialect, code in zip(("pcre2", "ecma", "iregexp"), codes):
                with self.subTest(pattern=pattern, dialect=dialect):
                    self.match("--dialect", dialect, pattern, text=text.encode(), code=code)

    def test_full_means_the_whole_text(self):
        for dialect in "pcre2", "ecma", "iregexp":
            self.match("--dialect", dialect, "--full", "a|ab", text="ab")
            self.match("--dialect", dialect, "--full", "b", text="ab", code=1)
            self.match("--dialect", dialect, "b", text="ab")
            self.match("--dialect", dialect, "--full", "ab", text="ab\n", code=1)

    def test_a_wrong_pattern_is_shown_with_a_caret(self):
        _, err = self.match("--dialect", "ecma", "é(?i)x", text="", code=2)
        self.assertEqual(err.splitlines(), [
            "pattern:1:2: ECMA-262 has no group (?i", "    é(?i)x", "     ^"])
        _, err = self.match("a(b", text="", code=2)
        self.assertIn("pattern:1:4: missing closing parenthesis", err)

    def test_a_catastrophic_pattern_gives_up_soon(self):
        for dialect in "pcre2", "ecma", "iregexp":
            start = time.monotonic()
            got, err = self.match("--dialect", dialect, "^(a+)+$", text="a" * 60 + "!", code=3)
            self.assertIsNone(got)
            self.assertIn("gave up", err)
            self.assertLess(time.monotonic() - start, 20)

    def test_six_megabytes_take_bounded_time(self):
        start = time.monotonic()
        self.match(r"\d+[xy]", text=b"1" * (6 << 20), code=3)
        self.match("^1+$", text=b"1" * (6 << 20))
        self.assertLess(time.monotonic() - start, 60)

    def test_the_text_comes_from_a_file_and_must_be_utf8(self):
        path = self.write("text", "abc")
        got, _ = self.smokegate("match", "b", path)
        self.assertEqual(json.loads(got)["match"], "b")
        _, err = self.match("b", text=b"a\xffb", code=2)
        self.assertIn("<stdin>: byte 1 is not UTF-8", err)
        _, err = self.smokegate("match", "b", "absent", code=2)
        self.assertIn("absent", err)

    def test_quiet_only_answers(self):
        out, err = self.smokegate("match", "-q", "b", stdin="abc")
        self.assertEqual((out, err), ("", ""))

    def test_a_pattern_may_begin_with_a_dash(self):
        self.smokegate("match", "--", "-b", stdin="a-b")


if __name__ == "__main__":
    main()
