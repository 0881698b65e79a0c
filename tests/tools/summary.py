"""Counts what a meson test run did and ends with the line "N passed, N failed[, N skipped]".

A cmocka or unittest program counts for each of its tests, any other program for one. Every program that was
skipped is named with its last line, which says why. What a test says to have proven, a line "proof: ...", is repeated,
and so is what it passed of a suite that others keep, a line "... N/M passed" or "N of M recorded ...".
"""
import json
import re
import sys

OK = re.compile(r"^\[\s+OK \]", re.M)
FAILED = re.compile(r"^\[\s+FAILED\s+\] (?!.*test\(s\), listed below)(.*)", re.M)
UNITTEST = re.compile(r"^Ran (\d+) tests? in ", re.M)
UNITTEST_BAD = re.compile(r"^FAILED \((.*)\)$", re.M)
PROOF = re.compile(r"^proof: .*$", re.M)
SUITE = re.compile(r"^(?:[\w .()-]+: (?:\d+/\d+ passed|\d+ passed, \d+ failed, \d+ not done)|\d+ of \d+ recorded ).*$", re.M)
COUNTED = re.compile(r"^# counted: (\d+) passed, (\d+) failed$", re.M)


def main(path):
    passed = failed = skipped = 0
    with open(path, encoding="utf-8") as log:
        for row in log:
            test = json.loads(row)
            out = test.get("stdout", "") + test.get("stderr", "")
            name, result = test["name"], test["result"]
            if result == "SKIP":
                skipped += 1
                last = out.strip().splitlines()[-1:] or ["no reason given"]
                print(f"skipped {name}: {last[0]}")
                continue
            counted = COUNTED.findall(out)
            good = len(OK.findall(out)) + sum(int(c[0]) for c in counted)
            bad = len(set(FAILED.findall(out))) + sum(int(c[1]) for c in counted)
            for ran in UNITTEST.findall(out):
                broken = sum(int(n) for part in UNITTEST_BAD.findall(out) for n in re.findall(r"(?:failures|errors)=(\d+)", part))
                good, bad = good + int(ran) - broken, bad + broken
            for line in PROOF.findall(test.get("stdout", "")):
                print(line)
            for line in SUITE.findall(out):
                print(f"{name.split(' / ')[-1]}: {line}")
            if result in ("OK", "EXPECTEDFAIL"):
                passed += good or 1
                failed += bad
            else:
                print(f"failed {name} ({result})")
                passed += good
                failed += bad or 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not passed else 0


sys.exit(main(sys.argv[1]))
