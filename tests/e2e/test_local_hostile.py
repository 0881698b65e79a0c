"""What smokegate-local is sent by clients and packages that mean no good, or know no better: an answer, never a hang or a crash,
and nothing outside the state folder."""
import base64
import http.client
import io
import json
import os
import resource
import socket
import stat
import struct
import subprocess
import time
import urllib.parse
import warnings
import zipfile

import harness

BAD_ZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."
FUNCTIONS = "/2015-03-31/functions"
PATIENCE = 60


def zipped(*entries, compression=zipfile.ZIP_STORED, comment=b""):
    """Entries are (name, content) or (name, content, mode)."""
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", compression) as z:
        warnings.simplefilter("ignore")  # of names that stand there twice
        z.comment = comment
        for name, content, *mode in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = compression
            info.create_system = 3  # unix: the mode counts
            info.external_attr = (mode[0] if mode else 0o100755) << 16
            z.writestr(info, content)
    return out.getvalue()


def patched(data, signature, offset, value):
    """Every header of that signature gets these bytes."""
    data, at = bytearray(data), 0
    while (at := data.find(signature, at)) >= 0:
        data[at + offset:at + offset + len(value)] = value
        at += 4
    return bytes(data)


def encrypted():
    plain = zipped(("bootstrap", "secret"))
    return patched(patched(plain, b"PK\3\4", 6, b"\1\0"), b"PK\1\2", 8, b"\1\0")


def renamed(to):
    """A name that zipfile itself would not write."""
    return zipped(("x" * len(to), "data")).replace(b"x" * len(to), to)


def bomb():
    return zipped(*((f"{i}", b"\0" * (30 << 20)) for i in range(9)), compression=zipfile.ZIP_DEFLATED)


REFUSED = {
    "nothing": b"", "no zip": b"#!/bin/sh\n", "only the end": zipped(), "cut in the middle": zipped(("bootstrap", "x" * 1000))[:700],
    "absolute": zipped(("/tmp/smokegate-was-here", "x")), "climbs": zipped(("a/../../smokegate-was-here", "x")),
    "backslash that climbs": zipped(("..\\..\\smokegate-was-here", "x")),
    "link out": zipped(("l", "/tmp", stat.S_IFLNK | 0o777), ("l/smokegate-was-here", "x")),
    "link that climbs": zipped(("l", "../../..", stat.S_IFLNK | 0o777), ("l/smokegate-was-here", "x")),
    "device": zipped(("d", "", stat.S_IFBLK | 0o644)), "socket": zipped(("s", "", stat.S_IFSOCK | 0o644)),
    "encrypted": encrypted(), "unknown method": patched(patched(zipped(("a", "x")), b"PK\3\4", 8, b"\x63\0"), b"PK\1\2", 10, b"\x63\0"),
    "wrong checksum": patched(patched(zipped(("a", "xyz")), b"PK\3\4", 14, b"abcd"), b"PK\1\2", 16, b"abcd"),
    "a name of 300 bytes": zipped(("n" * 300, "x")), "a path of 5000 bytes": zipped(("d/" * 2500 + "f", "x")),
}
# Odd, and fine: what another tool may well write.
ACCEPTED = {
    "twice the same name": zipped(("bootstrap", "one"), ("bootstrap", "two")), "dot": zipped(("./bootstrap", "x")),
    "a folder entry": zipped(("d/", "", 0o40755), ("d/bootstrap", "x")), "a comment behind": zipped(("bootstrap", "x"), comment=b"by hand"),
    "a fifo, which libarchive takes for an empty file": zipped(("p", "", stat.S_IFIFO | 0o644)),
}


class Calls(harness.Case):
    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(method, path, None if body is None else json.dumps(body))
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response.status, json.loads(data) if data[:1] == b"{" else data

    def create(self, name, package):
        return self.call("POST", FUNCTIONS, {"FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap",
                                             "Role": "arn:aws:iam::123456789012:role/x", "Code": {"ZipFile": base64.b64encode(package).decode()}})


class Hostile(Calls):
    def setUp(self):
        super().setUp()
        self.server = harness.LocalLambda(os.path.join(self.dir, "state"), "--no-auth")
        self.addCleanup(lambda: self.assertEqual(self.server.stop(), 0, "it did not end as it should: did it crash?"))
        self.port = urllib.parse.urlsplit(self.server.endpoint).port

    def dial(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def answers(self, s, count):
        """So many answers: (status, body) each, read as their Content-Length says."""
        stream, found = s.makefile("rb"), []
        while len(found) < count:
            status, length = int(stream.readline().split()[1]), 0
            while (line := stream.readline().strip()):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            found.append((status, stream.read(length)))
        return found

    def is_alive(self):
        self.assertEqual(self.call("GET", "/_smokegate/health")[0], 200)

    # ---- packages ----

    def files(self):
        return {os.path.join(base, name) for base, _, names in os.walk(self.dir) for name in names if not name.startswith("state.db")}

    def test_packages_that_are_refused(self):
        before = self.files()
        self.assertEqual(self.create("f", zipped(("bootstrap", "x")))[0], 201)
        kept = self.files()
        for name, package in REFUSED.items():
            with self.subTest(name):
                for answer in (self.create("g", package), self.call("PUT", FUNCTIONS + "/f/code", {"ZipFile": base64.b64encode(package).decode()}),
                               self.call("POST", "/2018-10-31/layers/l/versions", {"Content": {"ZipFile": base64.b64encode(package).decode()}})):
                    self.assertEqual(answer[0], 400, answer)
                    self.assertIn(answer[1]["message"], (BAD_ZIP, "Uploaded file must be a non-empty zip"))
        self.assertEqual(self.call("GET", FUNCTIONS + "/g")[0], 404)
        self.assertEqual(self.files(), kept)
        self.assertLess(len(before), len(kept))
        self.assertFalse(os.path.exists("/tmp/smokegate-was-here"))

    def test_a_bomb_is_refused_by_its_size(self):
        status, answer = self.create("f", bomb())
        self.assertEqual((status, answer["message"]), (400, "Unzipped size must be smaller than 262144000 bytes"))

    def test_odd_packages_that_are_fine(self):
        for i, (name, package) in enumerate(ACCEPTED.items()):
            with self.subTest(name):
                self.assertEqual(self.create(f"f{i}", package)[0], 201)

    def test_zip64_is_read(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z, open(harness.PUPPET, "rb") as f:
            info = zipfile.ZipInfo("bootstrap")
            info.external_attr = 0o100755 << 16
            with z.open(info, "w", force_zip64=True) as entry:
                entry.write(f.read())
        self.assertEqual(self.create("f", out.getvalue())[0], 201)
        self.assertEqual(self.call("POST", FUNCTIONS + "/f/invocations", {"do": "echo"}), (200, {"do": "echo"}))

    def test_a_name_with_a_nul_stays_inside(self):
        status, _ = self.create("f", renamed(b"a\0/../../b"))
        self.assertIn(status, (201, 400))  # libarchive ends the name there: "a"
        self.is_alive()

    # ---- clients ----

    def test_requests_that_come_in_one_piece_are_answered_in_order(self):
        with self.dial() as s:
            s.sendall(f"GET {FUNCTIONS} HTTP/1.1\r\nHost: x\r\n\r\nGET {FUNCTIONS}/none HTTP/1.1\r\nHost: x\r\n\r\n"
                      f"GET {FUNCTIONS} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            self.assertEqual([status for status, _ in self.answers(s, 3)], [200, 404, 200])

    def test_http_1_0_is_answered_and_closed(self):
        with self.dial() as s:
            s.sendall(f"GET {FUNCTIONS} HTTP/1.0\r\n\r\n".encode())
            data = b""
            while (part := s.recv(65536)):
                data += part
        self.assertRegex(data, rb"^HTTP/1\.[01] 200 ")
        self.assertTrue(data.endswith(b'{"Functions":[]}'))

    def test_a_client_that_waits_for_100_is_told_to_go_on(self):
        self.assertEqual(self.create("f", harness.puppet_package())[0], 201)
        with self.dial() as s:
            s.sendall(f"POST {FUNCTIONS}/f/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\nExpect: 100-continue\r\n\r\n".encode())
            self.assertTrue(s.recv(65536).startswith(b"HTTP/1.1 100 "))
            s.sendall(b'{"do":"echo"}')
            self.assertEqual(self.answers(s, 1), [(200, b'{"do":"echo"}')])

    def test_a_payload_may_come_in_chunks(self):
        self.assertEqual(self.create("f", harness.puppet_package())[0], 201)
        head = f"POST {FUNCTIONS}/f/invocations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        with self.dial() as s:
            s.sendall(head + b'6\r\n{"do":\r\n7\r\n"echo"}\r\n0\r\n\r\n')
            self.assertEqual(self.answers(s, 1), [(200, b'{"do":"echo"}')])
        for broken in (b"zz\r\n", b"ffffffffffffffffffff\r\n", b"-1\r\n"):
            with self.dial() as s:
                s.sendall(head + broken + b"xx")
                s.shutdown(socket.SHUT_WR)
                self.assertRegex(s.makefile("rb").readline(), rb"^(HTTP/1\.1 4\d\d .*)?$")
        self.is_alive()

    def test_a_payload_without_end_in_chunks_is_too_large(self):
        self.assertEqual(self.create("f", harness.puppet_package())[0], 201)
        with self.dial() as s:
            s.sendall(f"POST {FUNCTIONS}/f/invocations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            for _ in range(80):
                s.sendall(b"100000\r\n" + b" " * (1 << 20) + b"\r\n")
            s.sendall(b"0\r\n\r\n")
            status, body = self.answers(s, 1)[0]
        self.assertEqual((status, json.loads(body)["message"]), (413, "Request must be smaller than 6291456 bytes for the InvokeFunction operation"))

    def test_headers_that_are_too_long_or_too_many(self):
        for header in ("X-Long: " + "a" * 300000, "\r\n".join(f"X-{i}: y" for i in range(500)), "no colon here", ": no name", "A" * 70000):
            with self.subTest(header=header[:20]), self.dial() as s:
                try:
                    s.sendall(f"GET {FUNCTIONS} HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n".encode())
                except (BrokenPipeError, ConnectionResetError):
                    continue  # closed before all of it was read
                try:
                    self.assertRegex(s.makefile("rb").readline(), rb"^(HTTP/1\.1 [2-5]\d\d .*)?$")
                except ConnectionResetError:
                    pass
        self.is_alive()

    def test_a_request_line_that_is_none(self):
        for line in (b"\0\0\0\0\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 1000, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", b"A" * 200000):
            with self.subTest(line=line[:20]), self.dial() as s:
                try:
                    s.sendall(line)
                    s.shutdown(socket.SHUT_WR)
                    s.recv(65536)
                except (BrokenPipeError, ConnectionResetError):
                    pass
        self.is_alive()

    def test_slow_clients_do_not_keep_others_waiting(self):
        slow = [self.dial() for _ in range(300)]
        for s in slow:
            s.sendall(f"POST {FUNCTIONS} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{{".encode())
        for _ in range(20):  # the others never end: whoever waits for them, waits for ever
            self.assertEqual(self.call("GET", FUNCTIONS)[0], 200)
        for s in slow:
            s.close()
        self.is_alive()

    def test_clients_that_leave_in_the_middle(self):
        self.assertEqual(self.create("f", harness.puppet_package())[0], 201)
        for _ in range(20):
            with self.dial() as s:  # before its answer: it is reset, not closed
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                s.sendall(f"POST {FUNCTIONS}/f/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n{{\"do\":\"echo\"}}".encode())
            with self.dial() as s:
                s.sendall(f"POST {FUNCTIONS}/f/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n{{".encode())
        self.assertEqual(self.call("POST", FUNCTIONS + "/f/invocations", {"do": "echo"}), (200, {"do": "echo"}))

    def test_more_connections_than_there_may_be(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < 2600:
            self.skipTest(f"only {hard} descriptors a process here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2600), hard))
        held, refused = [], 0
        for _ in range(2050):
            s = self.dial()
            s.sendall(b"GET /_smokegate/health HTTP/1.1\r\nHost: x\r\n\r\n")
            try:
                line = s.makefile("rb").readline()
            except ConnectionResetError:
                line = b""
            refused += not line
            held.append(s)
        self.assertTrue(0 < refused <= 60, f"{refused} of 2050 were refused, about 50 are too many")
        for s in held:
            s.close()
        until = time.monotonic() + PATIENCE
        while True:  # the others' places become free as their ends are noticed
            try:
                return self.is_alive()
            except (OSError, http.client.HTTPException):
                self.assertLess(time.monotonic(), until)
                time.sleep(0.05)


class FullDisk(Calls):
    """The state folder is a small file system of the server's own."""

    def setUp(self):
        harness.Case.setUp(self)
        script = 'mount -t tmpfs -o size=600k tmpfs "$1" && exec "$2" --port 0 --no-auth --no-sandbox --state "$1/state"'
        self.process = subprocess.Popen(["unshare", "-rm", "sh", "-c", script, "sh", self.dir, harness.LOCAL], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=self.env)
        self.addCleanup(self.end)
        line = self.process.stdout.readline()
        if "serves" not in line:
            self.skipTest("no mount namespaces here: " + self.process.stderr.read().strip())
        self.port = urllib.parse.urlsplit(line.split()[-1]).port

    def end(self):
        self.process.terminate()
        self.process.communicate(timeout=PATIENCE)

    def test_a_full_disk_is_told_and_what_was_acknowledged_stays(self):
        made = []
        while True:
            name = f"f{len(made)}"
            status, answer = self.create(name, harness.puppet_package(str(len(made))))
            if status != 201:
                break
            made.append(name)
            self.call("GET", f"{FUNCTIONS}/{name}")  # it becomes Active, which is written down
        self.assertEqual(status, 500, answer)
        self.assertIn("No space left on device", answer["Message"])
        self.assertGreater(len(made), 1)
        self.assertEqual(self.call("GET", f"{FUNCTIONS}/{name}")[0], 404)
        aliases, text = [], "x" * 256
        for i in range(10000):  # what is left of the disk, for the database
            status, answer = self.call("POST", f"{FUNCTIONS}/f0/aliases", {"Name": f"a{i}", "FunctionVersion": "$LATEST", "Description": text})
            if status != 201:
                break
            aliases.append(f"a{i}")
        self.assertEqual(status, 500, answer)
        self.assertRegex(answer["Message"], "full|space")
        self.assertEqual(self.call("GET", f"{FUNCTIONS}/f0/aliases/a{i}")[0], 404)
        for kept in aliases:
            self.assertEqual(self.call("GET", f"{FUNCTIONS}/f0/aliases/{kept}")[0], 200)
        for kept in made:
            self.assertEqual(self.call("GET", f"{FUNCTIONS}/{kept}")[0], 200)
        self.process.terminate()
        self.assertEqual(self.process.wait(PATIENCE), 0)


if __name__ == "__main__":
    harness.main()
