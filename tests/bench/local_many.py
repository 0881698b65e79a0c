"""The local Lambda with much in it: pages of lists over 1,000 functions of 50 versions, and 1,000 connections held.

Lines "who<TAB>what<TAB>ns" for table.py. The rows are multiplied in the database: published one by one they would take
an hour of fsync. SMOKEGATE_BUILD names the build.
"""
import base64
import http.client
import json
import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import harness

FUNCTIONS, VERSIONS, CONNECTIONS, ROUNDS = 1000, 50, 1000, 5
ROLE = "arn:aws:iam::123456789012:role/x"

MULTIPLY = """
INSERT INTO function SELECT 'f' || printf('%04d', value), reserved, tags, published, published_version FROM function, n;
INSERT INTO version SELECT 'f' || printf('%04d', n.value), v.value, config, zip, revision, state, updating, due_ms, reason
    FROM version, n, v WHERE version.number = 0;
DELETE FROM version WHERE function = 'seed';
DELETE FROM function WHERE name = 'seed';
"""


def numbers(db, name, first, last):
    db.execute(f"CREATE TEMP TABLE {name} (value INTEGER)")
    db.executemany(f"INSERT INTO {name} VALUES (?)", [(i,) for i in range(first, last + 1)])


def connect(server):
    return http.client.HTTPConnection(urllib.parse.urlsplit(server.endpoint).netloc, timeout=60)


def ask(connection, target, method="GET", body=None):
    connection.request(method, target, body)
    response = connection.getresponse()
    answer = response.read()
    assert response.status in (200, 201), (target, response.status, answer[:200])
    return answer


def fill(state):
    server = harness.LocalLambda(state, "--no-auth")
    ask(connect(server), "/2015-03-31/functions", "POST", json.dumps({
        "FunctionName": "seed", "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": ROLE,
        "Environment": {"Variables": {f"VARIABLE_{i}": "some value" for i in range(5)}},
        "Code": {"ZipFile": base64.b64encode(harness.puppet_package()).decode()}}))
    server.stop()
    db = sqlite3.connect(os.path.join(state, "state.db"))
    numbers(db, "n", 1, FUNCTIONS)
    numbers(db, "v", 0, VERSIONS)
    db.commit()
    db.executescript(MULTIPLY)
    db.close()


def pages(connection, target, member, most=40):
    """Nanoseconds of each page and the number of items."""
    times, items, marker = [], 0, None
    while len(times) < most:
        at = target + (f"{'&' if '?' in target else '?'}Marker={urllib.parse.quote(marker, safe='')}" if marker else "")
        start = time.monotonic_ns()
        answer = ask(connection, at)
        times.append(time.monotonic_ns() - start)
        page = json.loads(answer)
        items += len(page[member])
        marker = page.get("NextMarker")
        if not marker:
            break
    return times, items


def say(what, ns):
    print(f"smokegate\t{what}\t{ns:.0f}", flush=True)


def say_page(what, times):
    """Nine of ten pages: the slowest one of a shared machine tells of its other work."""
    say(what, sorted(times)[len(times) * 9 // 10])
    print(f"{what}: median {sorted(times)[len(times) // 2] / 1e6:.1f} ms, slowest {max(times) / 1e6:.1f} ms of {len(times)}", file=sys.stderr)


def cpu_ms(server):
    with open(f"/proc/{server.process.pid}/stat", encoding="ascii") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def lists(server):
    connection, before = connect(server), cpu_ms(server)
    times, items = pages(connection, "/2015-03-31/functions", "Functions")
    assert items == FUNCTIONS, items
    count = len(times)
    say_page("list functions, page", times)
    times, _ = pages(connection, "/2015-03-31/functions?FunctionVersion=ALL", "Functions")
    count += len(times)
    say_page("list all versions, page", times)
    times = [t for i in range(1, FUNCTIONS, 25) for t in pages(connection, f"/2015-03-31/functions/f{i:04}/versions", "Versions")[0]]
    count += len(times)
    say_page("list versions, page", times)
    print(f"all pages: {(cpu_ms(server) - before) / count:.1f} ms of the server's processor time each", file=sys.stderr)
    connection.close()


def hold(server):
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    held = [connect(server) for _ in range(CONNECTIONS)]
    for connection in held:
        ask(connection, "/_smokegate/health")
    start = time.monotonic_ns()
    for _ in range(ROUNDS):
        for connection in held:
            ask(connection, "/2015-03-31/functions/f0001/configuration")
    say("1,000 held, each request", (time.monotonic_ns() - start) / ROUNDS / CONNECTIONS)
    with open(f"/proc/{server.process.pid}/status", encoding="ascii") as f:
        kb = next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))
    print(f"1,000 connections held: the server has {kb / 1024:.0f} MB", file=sys.stderr)
    for connection in held:
        connection.close()


def main():
    state = tempfile.mkdtemp(prefix="smokegate-bench-")
    try:
        fill(state)
        server = harness.LocalLambda(state, "--no-auth")
        lists(server)
        hold(server)
        server.stop()
    finally:
        shutil.rmtree(state, ignore_errors=True)


if __name__ == "__main__":
    main()
