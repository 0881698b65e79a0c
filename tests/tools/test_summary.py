"""The closing line is what CI trusts, so it is tested like everything else."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

SUMMARY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "summary.py")


def closing(rows):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as log:
        for row in rows:
            log.write(json.dumps(row) + "\n")
        log.flush()
        run = subprocess.run([sys.executable, SUMMARY, log.name], capture_output=True, text=True)
    return run.returncode, run.stdout.splitlines()


class Summary(unittest.TestCase):
    def test_cmocka_tests_are_counted_one_by_one(self):
        out = "[==========] Running 2 test(s).\n[       OK ] a\n[       OK ] b\n[  PASSED  ] 2 test(s).\n"
        self.assertEqual(closing([{"name": "x", "result": "OK", "stdout": out}]), (0, ["2 passed, 0 failed"]))

    def test_what_was_passed_of_a_suite_is_repeated(self):
        out = "suite: /where\ndraft7 optional: 80/82 passed, the others are named misses\n# counted: 80 passed, 0 failed\n"
        self.assertEqual(closing([{"name": "s:quick / json/suite", "result": "OK", "stdout": out},
                                  {"name": "t", "result": "OK", "stderr": "7 of 9 recorded answers reproduced\n"}]),
                         (0, ["json/suite: draft7 optional: 80/82 passed, the others are named misses",
                              "t: 7 of 9 recorded answers reproduced", "81 passed, 0 failed"]))

    def test_a_failure_is_counted_once_and_named(self):
        out = "[       OK ] a\n[  FAILED  ] b\n[  FAILED  ] tests: 1 test(s), listed below:\n[  FAILED  ] b\n\n 1 FAILED TEST(S)\n"
        code, lines = closing([{"name": "x", "result": "FAIL", "stdout": out}])
        self.assertEqual(code, 1)
        self.assertIn("failed x (FAIL)", lines)
        self.assertEqual(lines[-1], "1 passed, 1 failed")

    def test_unittest_programs_are_counted_too(self):
        rows = [{"name": "x", "result": "FAIL", "stderr": "Ran 5 tests in 0.3s\n\nFAILED (failures=1, errors=1)\n"},
                {"name": "y", "result": "OK", "stderr": "Ran 1 test in 0.3s\n\nOK\n"}]
        self.assertEqual(closing(rows)[1][-1], "4 passed, 2 failed")

    def test_a_crash_counts_as_a_failure(self):
        self.assertEqual(closing([{"name": "x", "result": "ERROR", "stdout": "[       OK ] a\n"}])[1][-1], "1 passed, 1 failed")

    def test_a_skipped_program_says_why(self):
        code, lines = closing([{"name": "x", "result": "SKIP", "stdout": "no suite\n"}, {"name": "y", "result": "OK"}])
        self.assertEqual((code, lines), (0, ["skipped x: no suite", "1 passed, 0 failed, 1 skipped"]))

    def test_what_was_proven_is_repeated(self):
        row = {"name": "x", "result": "OK", "stdout": "seed 1\nproof: 0 mixed of 12 cuts\n"}
        self.assertEqual(closing([row])[1], ["proof: 0 mixed of 12 cuts", "1 passed, 0 failed"])

    def test_a_run_without_tests_is_no_success(self):
        self.assertEqual(closing([])[0], 1)


if __name__ == "__main__":
    unittest.main()
