"""A Lambda of a test's own making on loopback: what it answers to an invocation is a Python function.

For everything that a real service does seldom: throttle, cut, lie about the version, be silent. Aliases and
configurations are always answered; invocations are counted, and so is how many were in flight at once.
"""
import base64
import http.server
import json
import re
import struct
import threading
import time
import zlib


class Reply:
    def __init__(self, body="null", status=200, version="7", error=None, log=None, delay=0, cut=False, silent=False, headers=None,
                 error_type=None, request_id=None):
        self.body = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.status, self.version, self.delay = status, version, delay
        self.cut, self.silent = cut, silent  # cut: ten bytes fewer than announced; silent: the connection ends without a byte
        self.headers = dict(headers or {})
        self.headers["x-amzn-RequestId"] = request_id or "11111111-2222-3333-4444-555555555555"
        if version:
            self.headers["X-Amz-Executed-Version"] = version
        if error:
            self.headers["X-Amz-Function-Error"] = error
        if error_type:
            self.headers["x-amzn-ErrorType"] = error_type
        if log is not None:
            self.headers["X-Amz-Log-Result"] = base64.b64encode(log.encode()).decode()


def message(kind, payload):
    """One message of an event stream (https://smithy.io/2.0/aws/amazon-eventstream.html)."""
    headers = b"".join(struct.pack(">B", len(k)) + k + struct.pack(">BH", 7, len(v)) + v
                       for k, v in ((b":message-type", b"event"), (b":event-type", kind.encode())))
    head = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    text = head + struct.pack(">I", zlib.crc32(head)) + headers + payload
    return text + struct.pack(">I", zlib.crc32(text))


def streamed(chunks, complete=None, log=None, **more):
    """A response stream: its chunks, then InvokeComplete, unless `complete` is False."""
    end = dict(complete or {})
    if log is not None:
        end["LogResult"] = base64.b64encode(log.encode()).decode()
    body = b"".join(message("PayloadChunk", c.encode()) for c in chunks)
    if complete is not False:
        body += message("InvokeComplete", json.dumps(end).encode())
    return Reply(body, headers={"Content-Type": "application/vnd.amazon.eventstream"}, **more)


def throttled(**more):
    return Reply({"message": "Rate Exceeded.", "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded"}, status=429, version=None,
                 error_type="TooManyRequestsException", **more)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def send(self, reply):
        if reply.delay:
            time.sleep(reply.delay)
        if reply.silent:
            self.close_connection = True
            return
        head = [f"HTTP/1.1 {reply.status} Told"]
        head += [f"{k}: {v}" for k, v in reply.headers.items()]
        head += [f"Content-Length: {len(reply.body) + (10 if reply.cut else 0)}", "", ""]
        self.wfile.write("\r\n".join(head).encode() + reply.body)
        if reply.cut:
            self.close_connection = True

    def do_GET(self):
        alias = re.fullmatch(r"/2015-03-31/functions/([^/]+)/aliases/([^/?]+)", self.path)
        if alias:
            self.send(self.server.told.alias(*alias.groups()))
        elif "/configuration" in self.path:
            self.send(Reply({"FunctionName": "f", "Version": "7", "Timeout": 3, "CodeSha256": "q" * 43 + "="}))
        else:
            self.send(Reply({"Message": "no such thing"}, status=404, error_type="ResourceNotFoundException"))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = self.server.told
        with told.lock:
            number = told.count
            told.count += 1
            told.invocations.append((self.path, dict(self.headers), body))
            told.flying += 1
            told.most = max(told.most, told.flying)
        try:
            self.send(told.answer(number, body))
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with told.lock:
                told.flying -= 1


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        pass  # the client went away: a test of timeouts or interruption


class ScriptedLambda:
    def __init__(self, answer, alias=None):
        """`answer(n, payload_bytes)` gives the Reply to invocation n, counted from 0."""
        self.answer = answer
        self.alias = alias or (lambda function, name: Reply({"Name": name, "FunctionVersion": "7", "RevisionId": "r1",
                                                             "AliasArn": f"arn:aws:lambda:us-east-1:123456789012:function:{function}:{name}"}))
        self.lock = threading.Lock()
        self.count = self.flying = self.most = 0
        self.invocations = []
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.told = self
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
