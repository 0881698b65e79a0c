"""Checks the demo's end state from `status --json` before and after release 1.1.0 was stopped.

usage: demo_check.py DEMO_DIR
"""
import base64
import hashlib
import json
import os
import sys
import xml.etree.ElementTree


def load(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as f:
        return json.load(f)


def by_place(status):
    """{(environment, function): its state}"""
    return {(e["name"], f["function"]): f for e in status["environments"] for f in e["functions"]}


def code_sha256(path):
    with open(path, "rb") as f:
        return base64.b64encode(hashlib.sha256(f.read()).digest()).decode()


def check(folder):
    before, after = by_place(load(folder, "before.json")), by_place(load(folder, "after.json"))
    places = [(e, f) for e in ("dev", "stage", "prod") for f in ("orders", "receipts")]
    for place in places:
        release = code_sha256(os.path.join(folder, "dist", f"{place[1]}-1.0.0.zip"))
        for name, state in (("before", before), ("after", after)):
            if place not in state:
                yield f"{name}: {place} is missing"
            elif state[place]["live"]["code_sha256"] != release:
                yield f"{name}: Live of {place} is not release 1.0.0"
        if before[place]["live"]["version"] != after[place]["live"]["version"]:
            yield f"Live of {place} is on version {after[place]['live']['version']}, it was {before[place]['live']['version']}"
        if place[0] == "prod" and before[place] != after[place]:
            yield f"{place} was touched"
    for report, failures in (("promote-1.0.0.xml", 0), ("promote-1.1.0.xml", 1)):
        root = xml.etree.ElementTree.parse(os.path.join(folder, "reports", report)).getroot()
        found = len(root.findall(".//failure"))
        if not root.findall(".//testcase"):
            yield f"{report} has no testcases"
        if (found > 0) != (failures > 0):
            yield f"{report} has {found} failures"


def main(folder):
    faults = list(check(folder))
    for fault in faults:
        print(f"demo: {fault}", file=sys.stderr)
    if not faults:
        print("release 1.0.0 is on Live in dev, stage and prod; prod was never touched by 1.1.0")
    return 1 if faults else 0


sys.exit(main(sys.argv[1]))
