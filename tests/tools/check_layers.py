"""Holds the shape of the tree: who may include whom, headers that compile alone, banned functions.

usage: check_layers.py BUILD_DIR
"""
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
LAYERS = {
    "base": [],
    "json": ["base"],
    "aws": ["json", "base"],
    "lambda": ["aws", "json", "base"],
    "runner": ["lambda", "aws", "json", "base"],
    "promote": ["lambda", "aws", "json", "base"],
    "reports": ["runner", "promote", "lambda", "aws", "json", "base"],
    "cli": ["reports", "runner", "promote", "lambda", "aws", "json", "base"],
    "local": ["aws/sigv4.h", "json", "base"],
    "testcases": [],
}
ONLY_LOCAL = re.compile(r"#include\s+<(microhttpd|sqlite3|archive|archive_entry)\.h>")
BANNED = re.compile(
    r"(?<![A-Za-z0-9_])(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|gmtime|localtime|ctime|asctime|gets|system|popen|tmpnam|mktemp)\s*\("
)
INCLUDE = re.compile(r'^\s*#include\s+"([^"]+)"', re.M)
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')


def sources(folder):
    for base, _, names in os.walk(os.path.join(ROOT, folder)):
        for name in sorted(names):
            if name.endswith((".c", ".h")):
                yield os.path.relpath(os.path.join(base, name), ROOT)


def allowed(folder, target):
    own = target.split("/")[0]
    if "/" not in target:
        return folder == "testcases"  # sample functions stand alone, as in a user's repository
    if own == folder:
        return True
    return any(target == rule or own == rule for rule in LAYERS[folder])


def check_source(folder, path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        raw = f.read()
    text = COMMENT.sub("", raw)
    includes = INCLUDE.findall(text)
    for target in includes:
        if not allowed(folder, target):
            yield f'{path}: includes "{target}", which {folder}/ may not (docs/architecture.md)'
    if folder not in ("local",) and ONLY_LOCAL.search(text):
        yield f"{path}: only local/ may use libmicrohttpd, sqlite3 and libarchive"
    for hit in BANNED.finditer(STRING.sub('""', text)):
        yield f"{path}: {hit.group(1)}() is banned (CONTRIBUTING.md)"
    if path.endswith(".c") and folder != "testcases":
        own = path[:-2] + ".h"
        if os.path.exists(os.path.join(ROOT, own)) and includes[:1] != [own]:
            yield f'{path}: must include its own header "{own}" first'


def compiler(build):
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
        commands = json.load(f)
    flags = []
    for entry in commands:
        for word in shlex.split(entry["command"]):
            if word.startswith("-I/") or word.startswith("-D_"):
                flags.append(word)
    first = shlex.split(commands[0]["command"])
    cc = first[1] if os.path.basename(first[0]) == "ccache" else first[0]
    return [cc, "-std=c11", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I" + ROOT, "-I" + build, "-x", "c"] + sorted(set(flags))


def check_header(command, path):
    run = subprocess.run(command + ["-"], input=f'#include "{path}"\nint main(void) {{ return 0; }}\n', capture_output=True, text=True)
    return [] if run.returncode == 0 else [f"{path}: does not compile alone:\n{run.stderr.strip()}"]


def main(build):
    faults, headers, count = [], [], 0
    for folder in LAYERS:
        for path in sources(folder):
            count += 1
            faults += check_source(folder, path)
            if path.endswith(".h"):
                headers.append(path)
    command = compiler(os.path.abspath(build))
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for found in pool.map(lambda h: check_header(command, h), headers):
            faults += found
    for fault in faults:
        print(fault)
    print(f"{count} files, {len(headers)} headers, {len(faults)} faults")
    return 1 if faults or not count else 0


sys.exit(main(sys.argv[1]))
