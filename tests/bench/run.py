#!/usr/bin/env python3
"""`smokegate run` beside the bare loop, the same requests to the same server in the same run: run.py BUILD.

Medians of several runs; CPU is of the process alone, RSS its peak. A goal is a ratio to the loop, or MB, or ms;
exit 1 when one is missed.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

build = os.path.abspath(sys.argv[1])
SMOKEGATE, LOOP, SERVER, MEASURE = (os.path.join(build, p) for p in ("cli/smokegate", "tests/bench/bare_loop", "tests/bench/fixed_server", "tests/bench/measure"))
missed = 0


def measure(command, env, times):
    """Medians of wall, user and system seconds, and the largest RSS in MB."""
    rows = []
    with tempfile.NamedTemporaryFile(prefix="smokegate-bench-") as figures:
        for _ in range(times):
            run = subprocess.run([MEASURE, figures.name, *command], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
            if run.returncode != 0:
                sys.exit(f"{' '.join(command)} ended with {run.returncode}:\n{run.stdout.decode(errors='replace')[-2000:]}")
            with open(figures.name, encoding="utf-8") as f:
                rows.append([float(word) for word in f.read().split()])
    return [statistics.median(r[i] for r in rows) for i in range(3)] + [max(r[3] for r in rows)]


class Server:
    def __init__(self, delay=0):
        self.process = subprocess.Popen([SERVER, str(delay)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def cases(path, count, csv):
    rows = {"table": [{"id": f"o{i}"} for i in range(count)]}
    if csv:
        rows = {"table_file": "rows.csv"}
        with open(os.path.join(os.path.dirname(path), "rows.csv"), "w", encoding="utf-8") as f:
            f.write("id,sku,quantity\n" + "".join(f"o{i},SKU-{i:05},{i % 7}\n" for i in range(count)))
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"suite": "bench", "function": "f", "cases": [{
            "name": "order", **rows,
            "payload": {"sku": "SKU-00042", "quantity": 2},
            "expect": {"paths": {"$.statusCode": 200, "$.body": {"json": {"paths": {"$.id": {"matches": "^ord_"}, "$.total": 19.98}}}}}}]}, f)


def judge(what, got, limit, unit):
    global missed
    late = got > limit
    missed += late
    return f"{what} {got:.2f}{unit} (goal {limit:g}{unit}){' MISSED' if late else ''}"


def row(name, figures):
    wall, user, system, rss = figures
    print(f"  {name:10} wall {wall:8.3f} s   user {user:7.3f} s   sys {system:7.3f} s   rss {rss:6.1f} MB", flush=True)


def compare(title, folder, url, count, jobs, times, goals, extra=(), base=None, csv=False):
    """Runs both; goals: wall and cpu as ratios to the loop (or to `base`, for more cases), rss in MB."""
    path = os.path.join(folder, f"cases-{count}.json")
    cases(path, count, csv)
    env = {"PATH": os.environ["PATH"], "HOME": folder, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1",
           **dict(extra)}
    print(f"{title}", flush=True)
    loop = measure([LOOP, f"{url}/2015-03-31/functions/f/invocations?Qualifier=Smoke", str(count), str(jobs), *[v for k, v in extra if k == "AWS_CA_BUNDLE"]], env, times)
    row("bare loop", loop)
    ours = measure([SMOKEGATE, "run", "-q", "--endpoint", url, "--jobs", str(jobs), "--junit", os.path.join(folder, "junit.xml"), path], env, times)
    row("smokegate", ours)
    against = base or loop
    told = []
    if "wall" in goals:
        told.append(judge("wall", ours[0] / against[0], goals["wall"], " x"))
    if "cpu" in goals:
        told.append(judge("cpu", (ours[1] + ours[2]) / (against[1] + against[2]), goals["cpu"], " x"))
    if "rss" in goals:
        told.append(judge("rss", ours[3], goals["rss"], " MB"))
    shared = loop[1] + loop[2]
    told.append(f"of its CPU {100 * shared / (ours[1] + ours[2]):.0f} % is what the loop needs too (kernel and libcurl), {100 * ours[2] / (ours[1] + ours[2]):.0f} % kernel")
    print("  " + "; ".join(told), flush=True)
    return loop


def one_case(folder, url):
    path = os.path.join(folder, "cases-1.json")
    cases(path, 1, csv=False)
    env = {"PATH": os.environ["PATH"], "HOME": folder, "AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "us-east-1"}
    print("one case, from start to exit")
    ours = measure([SMOKEGATE, "run", "-q", "--endpoint", url, "--junit", os.path.join(folder, "junit.xml"), path], env, 21)
    row("smokegate", ours)
    told = [judge("wall", ours[0] * 1000, 12, " ms")]
    if shutil.which("curl"):
        curl = measure(["curl", "-s", "-d", "{}", f"{url}/2015-03-31/functions/f/invocations"], env, 21)
        row("curl", curl)
        told.append(judge("wall", ours[0] / curl[0], 1.5, " x curl"))
    print("  " + "; ".join(told))


def tls(folder):
    nginx = shutil.which("nginx") or ("/usr/sbin/nginx" if os.path.exists("/usr/sbin/nginx") else None)
    if not nginx or not shutil.which("openssl"):
        print("TLS: nginx or openssl is not installed, left out")
        return
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/cert.pem"],
                   check=True, capture_output=True)
    alias = '{"AliasArn":"a","Name":"Smoke","FunctionVersion":"7","Description":"","RevisionId":"r"}'
    body = json.dumps({"statusCode": 200, "body": json.dumps({"id": "ord_1", "total": 19.98})})
    with open(f"{folder}/nginx.conf", "w", encoding="utf-8") as f:
        f.write(f"""daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 1000000; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
 server {{ listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem; default_type application/json;
  location ~ /aliases/ {{ return 200 '{alias}'; }}
  location ~ /configuration {{ return 200 '{{"FunctionName":"f","Version":"7","Timeout":3}}'; }}
  location ~ /invocations {{ add_header X-Amz-Executed-Version 7; return 200 '{body.replace(chr(92), chr(92) * 2)}'; }} }} }}
""")
    process = subprocess.Popen([nginx, "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"], stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        compare("1,000 cases over TLS with SigV4, 128 at once (the loop does not sign)", folder, f"https://127.0.0.1:{port}", 1000, 128, 5,
                {"wall": 2, "rss": 30}, extra=(("AWS_CA_BUNDLE", f"{folder}/cert.pem"),))
    finally:
        process.terminate()
        process.wait(10)
        process.stderr.close()


def main():
    with tempfile.TemporaryDirectory(prefix="smokegate-bench-") as folder:
        with Server() as s:
            loop = compare("1,000 cases, 32 at once", folder, s.url, 1000, 32, 7, {"wall": 3, "cpu": 3, "rss": 20})
            compare("100,000 cases, 32 at once (ratios to the loop's 1,000)", folder, s.url, 100000, 32, 1, {"wall": 315, "cpu": 315, "rss": 64}, base=loop)
            compare("100,000 cases, rows of three cells in CSV", folder, s.url, 100000, 32, 1, {"wall": 315, "cpu": 315, "rss": 32}, base=loop, csv=True)
            one_case(folder, s.url)
        with Server(50) as s:
            compare("1,000 cases at 50 ms latency, 128 at once", folder, s.url, 1000, 128, 3, {"wall": 1.15})
        tls(folder)
    return 1 if missed else 0


sys.exit(main())
