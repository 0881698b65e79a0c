"""smokegate-local as a process: its command line, its end, what survives it, and HTTP it must not take."""
import base64
import contextlib
import http.client
import io
import json
import os
import random
import resource
import signal
import socket
import sqlite3
import struct
import subprocess
import threading
import time
import unittest
import urllib.parse
import zipfile
import zlib

import harness


def messages(data):
    """The messages of an event stream: (headers, payload) each; every CRC must be right."""
    while data:
        total, header_len, crc = struct.unpack(">III", data[:12])
        assert crc == zlib.crc32(data[:8]) and struct.unpack(">I", data[total - 4:total])[0] == zlib.crc32(data[:total - 4])
        headers, at = {}, 12
        while at < 12 + header_len:
            name_len = data[at]
            name = data[at + 1:at + 1 + name_len].decode()
            kind, value_len = struct.unpack(">BH", data[at + 1 + name_len:at + 4 + name_len])
            assert kind == 7
            headers[name] = data[at + 4 + name_len:at + 4 + name_len + value_len].decode()
            at += 4 + name_len + value_len
        yield headers, data[at:total - 4]
        data = data[total:]


class Server(harness.Case):
    def start(self, *options):
        server = harness.LocalLambda(os.path.join(self.dir, "state"), "--no-auth", *options)
        self.addCleanup(lambda: server.process.poll() is None and server.stop())
        return server

    def call(self, server, method, path, body=None, raw=None):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.endpoint).netloc, timeout=30)
        connection.request(method, path, raw if raw is not None else None if body is None else json.dumps(body))
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response.status, json.loads(data) if data.startswith(b"{") else data

    def create(self, server, name):
        return self.call(server, "POST", "/2015-03-31/functions", {
            "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": "arn:aws:iam::123456789012:role/x",
            "Code": {"ZipFile": base64.b64encode(harness.puppet_package()).decode()}})

    def raw(self, server, text):
        with socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(server.endpoint).port), timeout=30) as s:
            s.sendall(text.encode())
            return s.makefile("rb").readline().decode()

    def local(self, *args):
        run = subprocess.run([harness.LOCAL, *args], capture_output=True, text=True, env=self.env, timeout=30)
        return run.returncode, run.stdout, run.stderr

    def test_the_command_line(self):
        code, out, _ = self.local("--help")
        self.assertEqual(code, 0)
        self.assertIn("usage: smokegate-local --state DIR", out)
        self.assertRegex(self.local("--version")[1], r"^smokegate-local \d+\.\d+\.\d+\n$")
        for args, text in (((), "--state DIR is needed"), (("--stat", "x"), "did you mean --state?"), (("--port",), "needs a value"),
                           (("--port", "70000"), "up to 65535"), (("--key", "x"), "ID:SECRET"), (("--account", "1"), "12 digits"),
                           (("--idle-timeout", "ten"), "expected a duration")):
            code, _, err = self.local(*args)
            self.assertEqual(code, 2, args)
            self.assertIn(text, err)

    def test_it_ends_when_told_and_when_idle(self):
        server = self.start()
        self.assertTrue(server.endpoint.startswith("http://127.0.0.1:"))
        self.assertEqual(server.stop(), 0)
        server = self.start("--idle-timeout", "300ms")
        self.assertEqual(server.process.wait(20), 0)
        server.process.stdout.close()

    def test_a_state_folder_has_one_server(self):
        self.start()
        code, _, err = self.local("--port", "0", "--state", os.path.join(self.dir, "state"))
        self.assertEqual(code, 3)
        self.assertIn("another smokegate-local uses this state folder", err)

    def test_a_port_has_one_server(self):
        first = self.start()
        port = str(urllib.parse.urlsplit(first.endpoint).port)
        code, out, err = self.local("--port", port, "--state", os.path.join(self.dir, "other"))
        self.assertEqual((code, out), (3, ""))
        self.assertIn(f"cannot listen on 127.0.0.1:{port}", err)
        self.assertIn("Address already in use", err)
        first.kill()  # and is free again at once
        again = harness.LocalLambda(os.path.join(self.dir, "state"), "--port", port)
        self.assertEqual(again.endpoint, f"http://127.0.0.1:{port}")
        self.assertEqual(again.stop(), 0)

    def test_a_state_folder_that_cannot_be_used_says_why(self):
        def fails(folder, code, text):
            found, out, err = self.local("--state", folder)
            self.assertEqual((found, out), (code, ""), err)
            self.assertIn(text, err)
            self.assertEqual(err.count("\n"), 1)
        state = os.path.join(self.dir, "state")
        self.start().stop()
        db = sqlite3.connect(os.path.join(state, "state.db"))
        db.execute("PRAGMA user_version = 99")
        db.commit()
        db.close()
        fails(state, 2, 'state.db: it was written by a newer smokegate-local (schema 99, this one knows 2): use that one, or another folder')
        self.write("damaged/state.db", os.urandom(5000))
        fails(os.path.join(self.dir, "damaged"), 3, "damaged/state.db: file is not a database")
        self.write("file", "")
        fails(os.path.join(self.dir, "file"), 3, "file: cannot make the folder: File exists")
        self.write("mine/code/main.c", "int main(void) {}")
        fails(os.path.join(self.dir, "mine"), 2, "mine: holds code, and no state.db: it is no state folder; give one of its own")
        self.assertEqual(os.listdir(os.path.join(self.dir, "mine")), ["code"])
        self.write("state2/.gitignore", "*\n")
        harness.LocalLambda(os.path.join(self.dir, "state2")).stop()  # is a folder of its own
        fails("", 2, "--state: expected a folder")
        fails("/proc/nowhere", 3, "/proc/nowhere: cannot make the folder: No such file or directory")

    def test_what_is_kept_is_nobody_elses(self):
        server = self.start()
        self.create(server, "f")
        self.call(server, "POST", "/2015-03-31/functions/f/invocations", {"do": "say"})
        server.stop()
        state = os.path.join(self.dir, "state")
        self.assertEqual(os.stat(state).st_mode & 0o077, 0)
        for name in ("state.db", "zips", "code", "logs"):
            self.assertEqual(os.stat(os.path.join(state, name)).st_mode & 0o077, 0, name)

    def test_what_is_left_of_a_killed_server_is_removed_by_the_next(self):
        """Under the names that servers really give."""
        server = self.start("--no-sandbox")
        self.create(server, "f")
        self.call(server, "POST", "/2015-03-31/functions/f/invocations", {"do": "say"})
        server.kill()
        tmp, logs = (os.path.join(self.dir, "state", *names) for names in (("tmp",), ("logs", "f")))
        self.assertEqual((len(os.listdir(tmp)), len(os.listdir(logs))), (1, 1))
        self.start().stop()
        self.assertEqual((len(os.listdir(tmp)), len(os.listdir(logs))), (0, 1))
        for name in os.listdir(logs):
            os.utime(os.path.join(logs, name), (0, 0))
        self.start().stop()
        self.assertFalse(os.path.exists(logs))

    def test_a_machine_without_descriptors_is_not_the_functions_fault(self):
        command = ["sh", "-c", 'ulimit -n 60 && exec "$@"', "sh", harness.LOCAL, "--port", "0", "--no-auth", "--state", self.dir + "/state"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=self.env)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        server = type("Started", (), {"endpoint": process.stdout.readline().split()[-1]})
        self.create(server, "f")
        seen = []

        def invoke():
            try:
                seen.append(self.call(server, "POST", "/2015-03-31/functions/f/invocations", raw='{"do":"sleep","n":500}'))
            except OSError:
                pass  # not even the connection
        threads = [threading.Thread(target=invoke) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertIn((200, b'"slept"'), seen)
        self.assertEqual({(status, str(body)[:60]) for status, body in seen if status != 500}, {(200, str(b'"slept"'))})

    def test_what_was_acknowledged_survives_sigkill(self):
        """Writers count up an alias's description; the server is killed at some moment, again and again."""
        acknowledged = {}
        server = self.start()
        for i in range(4):
            self.assertEqual(self.create(server, f"f{i}")[0], 201)
            self.assertEqual(self.call(server, "POST", f"/2015-03-31/functions/f{i}/aliases",
                                       {"Name": "Live", "FunctionVersion": "$LATEST", "Description": "0"})[0], 201)
            acknowledged[i] = 0

        def write(server, i, until):
            path = f"/2015-03-31/functions/f{i}/aliases/Live"
            try:
                while time.monotonic() < until:
                    status, _ = self.call(server, "PUT", path, {"Description": str(acknowledged[i] + 1)})
                    if status == 200:
                        acknowledged[i] += 1
            except (OSError, http.client.HTTPException):
                pass

        rng = random.Random(7)
        for _ in range(5):
            threads = [threading.Thread(target=write, args=(server, i, time.monotonic() + 30)) for i in range(4)]
            for t in threads:
                t.start()
            before, patience = sum(acknowledged.values()), time.monotonic() + 20
            while sum(acknowledged.values()) < before + 8 and time.monotonic() < patience:
                time.sleep(rng.uniform(0.001, 0.05))
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
            server.process.stdout.close()
            for t in threads:
                t.join()
            server = self.start()
            for i in range(4):
                found = int(self.call(server, "GET", f"/2015-03-31/functions/f{i}/aliases/Live")[1]["Description"])
                # the write that was cut may have been carried out without its answer
                self.assertIn(found - acknowledged[i], (0, 1))
                acknowledged[i] = found
        self.assertGreaterEqual(sum(acknowledged.values()), 5 * 8)

    def test_requests_that_two_servers_would_read_differently_are_refused(self):
        server = self.start()
        head = "GET /2015-03-31/functions HTTP/1.1\r\nHost: x\r\n"
        for headers in ("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "Content-Length: 0\r\nContent-Length: 5\r\n",
                        "Content-Length: 0\r\nContent-Length: 0\r\n"):
            self.assertIn(" 400 ", self.raw(server, head + headers + "\r\n0\r\n\r\n"))
        self.assertIn(" 413 ", self.raw(server, head + "Content-Length: 999999999999\r\n\r\n"))
        self.assertIn(" 200 ", self.raw(server, head + "\r\n"))

    def test_one_connection_carries_many_requests(self):
        server = self.start()
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.endpoint).netloc, timeout=30)
        sockets = set()
        for _ in range(50):
            connection.request("GET", "/2015-03-31/functions")
            response = connection.getresponse()
            self.assertEqual((response.status, json.loads(response.read())), (200, {"Functions": []}))
            sockets.add(connection.sock.getsockname())
        connection.close()
        self.assertEqual(len(sockets), 1)

    def test_a_thousand_connections_are_held(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < 1500:
            self.skipTest(f"only {hard} descriptors a process here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1500), hard))
        server = self.start()
        held = [http.client.HTTPConnection(urllib.parse.urlsplit(server.endpoint).netloc, timeout=120) for _ in range(1000)]
        for _ in range(2):
            for connection in held:
                connection.request("GET", "/2015-03-31/functions")
                response = connection.getresponse()
                self.assertEqual((response.status, response.read()), (200, b'{"Functions":[]}'))
        # all of them are still the ones of the first round
        self.assertEqual(len({c.sock.getsockname() for c in held}), 1000)
        for connection in held:
            connection.close()

    def test_a_connection_on_which_nothing_comes_is_closed(self):
        server = self.start("--connection-timeout", "1s")
        self.create(server, "f")
        address = ("127.0.0.1", urllib.parse.urlsplit(server.endpoint).port)
        half = b"POST /2015-03-31/functions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
        for sent in (b"", b"GET /2015-03-31/func", half):
            with socket.create_connection(address, timeout=60) as s:
                s.sendall(sent)
                self.assertEqual(s.recv(1), b"", sent)
        with socket.create_connection(address, timeout=60) as s:  # after an answer, too
            s.sendall(b"GET /_smokegate/health HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertIn(b'"status":"ok"', s.makefile("rb").read())

    def test_a_function_may_take_longer_than_connections_may_be_silent(self):
        server = self.start("--connection-timeout", "1s")
        self.create(server, "f")
        self.call(server, "PUT", "/2015-03-31/functions/f/configuration", {"Timeout": 30})
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.endpoint).netloc, timeout=60)
        self.addCleanup(connection.close)
        for path in ("/2015-03-31/functions/f/invocations", "/2021-11-15/functions/f/response-streaming-invocations"):
            connection.request("POST", path, '{"do":"sleep","n":3000}')
            response = connection.getresponse()
            self.assertEqual(response.status, 200)
            self.assertIn(b"slept", response.read())
        self.assertEqual(connection.sock.recv(1), b"")  # and then they count again

    def is_held(self, server, s):
        """Whether the server has its end of `s` open (state 01 in /proc/net/tcp; later its kernel alone does)."""
        ends = [f":{port:04X}" for port in (urllib.parse.urlsplit(server.endpoint).port, s.getsockname()[1])]
        with open("/proc/net/tcp", encoding="ascii") as f:
            rows = [line.split() for line in f]
        return any(row[1].endswith(ends[0]) and row[2].endswith(ends[1]) and row[3] == "01" for row in rows)

    def streaming(self, server):
        """A connection that was promised a stream of 6 MB and takes little of it by itself."""
        s = socket.socket()
        self.addCleanup(s.close)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.settimeout(60)
        s.connect(("127.0.0.1", urllib.parse.urlsplit(server.endpoint).port))
        event = b'{"do":"big","n":6000000}'
        s.sendall(b"POST /2021-11-15/functions/f/response-streaming-invocations HTTP/1.1\r\nHost: x\r\n"
                  b"Content-Length: %d\r\n\r\n%s" % (len(event), event))
        return s

    def test_a_stream_that_nobody_reads_is_given_up(self):
        server = self.start("--connection-timeout", "1s")
        self.create(server, "f")
        s = self.streaming(server)
        self.assertIn(b"200 OK", s.recv(20))
        self.assertTrue(self.is_held(server, s))
        deadline = time.monotonic() + 60
        while self.is_held(server, s):
            self.assertLess(time.monotonic(), deadline, "it is held still")
            time.sleep(0.1)
        data = b""
        with contextlib.suppress(ConnectionResetError):
            while (part := s.recv(1 << 16)):
                data += part
        self.assertNotIn(b"InvokeComplete", data)

    def test_a_stream_that_is_read_slowly_comes_whole(self):
        server = self.start("--connection-timeout", "2s")
        self.create(server, "f")
        s, count, tail = self.streaming(server), 0, b""
        for i in range(1 << 20):
            if i % 1000 == 0 and i < 20000:
                time.sleep(0.2)
            part = s.recv(1 << 16)
            count, tail = count + len(part), (tail + part)[-1000:]
            if not part or tail.endswith(b"\r\n0\r\n\r\n"):
                break
        self.assertGreater(count, 6000000)
        self.assertIn(b"InvokeComplete", tail)

    def test_one_package_comes_for_many_functions_at_once(self):
        server = self.start()
        filled = io.BytesIO(harness.puppet_package())
        with zipfile.ZipFile(filled, "a") as z:
            z.writestr("data", random.Random(1).randbytes(3 << 20))  # more of them than are read at once
        code, found = {"ZipFile": base64.b64encode(filled.getvalue()).decode()}, []

        def create(i):
            found.append(self.call(server, "POST", "/2015-03-31/functions", {
                "FunctionName": f"f{i}", "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": "arn:aws:iam::123456789012:role/x",
                "Code": code if i % 4 else {"ZipFile": code["ZipFile"][:-5] + "AAAA!"}}))

        threads = [threading.Thread(target=create, args=(i,)) for i in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(sorted(status for status, _ in found), [201] * 9 + [400] * 3, found)
        self.assertEqual(self.call(server, "POST", "/2015-03-31/functions/f1/invocations", raw=b'{"do":"sleep","n":1}')[1], b'"slept"')

    def test_the_code_of_a_version_can_be_fetched(self):
        server = self.start()
        self.create(server, "f")
        location = self.call(server, "GET", "/2015-03-31/functions/f")[1]["Code"]["Location"]
        self.assertTrue(location.startswith(server.endpoint))
        self.assertTrue(self.call(server, "GET", urllib.parse.urlsplit(location).path)[1].startswith(b"PK"))
        self.assertEqual(self.call(server, "GET", "/_smokegate/code/../state.db")[0], 404)
        self.assertEqual(self.call(server, "GET", "/_smokegate/health")[1]["status"], "ok")

    def test_a_cut_connection_has_no_answer(self):
        self.write("faults.json", {"rules": [{"operation": "UpdateAlias", "count": 1, "cut": "after"},
                                             {"operation": "UpdateAlias", "nth": 2, "count": 1, "cut": "before"}]})
        server = self.start("--faults", os.path.join(self.dir, "faults.json"))
        self.create(server, "f")
        alias = "/2015-03-31/functions/f/aliases/Live"
        self.call(server, "POST", "/2015-03-31/functions/f/aliases", {"Name": "Live", "FunctionVersion": "$LATEST"})
        for said, found in (("one", "one"), ("two", "one")):
            with self.assertRaises((http.client.RemoteDisconnected, ConnectionResetError)):
                self.call(server, "PUT", alias, {"Description": said})
            self.assertEqual(self.call(server, "GET", alias)[1]["Description"], found)
        rules = self.call(server, "GET", "/_smokegate/faults")[1]["rules"]
        self.assertEqual([(r["matched"], r["fired"]) for r in rules], [(2, 1), (2, 1)])
        self.write("faults.json", '{"rules": [{"operaton": "Invoke"}]}')
        code, _, err = self.local("--state", os.path.join(self.dir, "other"), "--faults", os.path.join(self.dir, "faults.json"))
        self.assertEqual(code, 2)
        self.assertIn('faults.json:1:13: ', err)
        self.assertIn('did you mean "operation"?', err)

    def test_the_control_plane_has_a_rate(self):
        server = self.start("--rate", "0.01")  # one request now, the next in 100 s
        self.assertEqual(self.call(server, "GET", "/2015-03-31/functions")[0], 200)
        status, refused = self.call(server, "GET", "/2015-03-31/functions")
        self.assertEqual(status, 429)
        self.assertEqual(refused, {"Reason": "CallerRateLimitExceeded", "Type": "User", "message": "Rate exceeded"})

    def test_a_response_is_streamed(self):
        server = self.start()
        self.create(server, "f")
        path = "/2021-11-15/functions/f/response-streaming-invocations"
        status, data = self.call(server, "POST", path, raw=b'{"do":"stream"}')
        self.assertEqual(status, 200)
        found = list(messages(data))
        self.assertEqual([h[":event-type"] for h, _ in found[:-1]], ["PayloadChunk"] * (len(found) - 1))
        self.assertEqual(b"".join(p for _, p in found[:-1]), b'{"one":1,"two":2}')
        self.assertGreater(len(found), 2)
        self.assertEqual((found[-1][0][":event-type"], found[-1][1]), ("InvokeComplete", b"{}"))
        _, data = self.call(server, "POST", path, raw=b'{"do":"fail"}')
        self.assertEqual(json.loads(list(messages(data))[-1][1]), {"ErrorCode": "Shop.Closed", "ErrorDetails": "come back"})

    def test_nonsense_is_answered(self):
        server = self.start()
        for method, path, raw, status in (("GET", "/", None, 404), ("PATCH", "/2015-03-31/functions", None, 404),
                                          ("POST", "/2015-03-31/functions", b"\xff\xfe", 400),
                                          ("POST", "/2015-03-31/functions", b"[" * 5000, 400),
                                          ("POST", "/2015-03-31/functions", b"{}", 400),
                                          ("POST", "/2015-03-31/functions/../../x/invocations", b"{}", 404),
                                          ("GET", "/2015-03-31/functions/%00", None, 400),
                                          ("GET", "/2015-03-31/functions/" + "a" * 4000, None, 404),
                                          ("GET", "/2015-03-31/functions?MaxItems=-1", None, 400)):
            self.assertEqual(self.call(server, method, path, raw=raw)[0], status, (method, path[:40], raw))


if __name__ == "__main__":
    harness.main()
