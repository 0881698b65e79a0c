"""A Lambda endpoint of the test's own, on loopback: counts what it is asked and misbehaves as told.

It knows just enough of the API for `smokegate run`: an alias, a configuration, an invocation. Signatures are not checked;
`smokegate-local` does that.
"""
import http.server
import json
import threading


class FakeLambda:
    def __init__(self, functions=("orders",), aliases=("Smoke",), version="7"):
        self.functions, self.aliases, self.version = functions, aliases, version
        self.requests = []          # "GET /2015-03-31/..." in the order they came
        self.invoke = lambda handler: self.answer(handler, 200, {"ok": True}, {"X-Amz-Executed-Version": self.version})
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                owner.requests.append(f"{self.command} {self.path}")
                owner.handle(self)
            do_GET = do_POST = do_PUT = do_DELETE = do

            def log_message(self, *args):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                pass    # a client that went away is what some tests are about

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.endpoint = "http://127.0.0.1:%d" % self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def invocations(self):
        return [r for r in self.requests if r.startswith("POST") and "/invocations" in r]

    @staticmethod
    def answer(handler, status, body, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def refuse(self, handler, status, kind, message):
        self.answer(handler, status, {"Type": "User", "Message": message}, {"x-amzn-ErrorType": kind, "x-amzn-RequestId": "r-1"})

    def handle(self, handler):
        parts = handler.path.split("?")[0].split("/")
        name, what = parts[3], parts[4:]
        arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
        if name not in self.functions:
            self.refuse(handler, 404, "ResourceNotFoundException", f"Function not found: {arn}")
        elif what == ["invocations"]:
            self.invoke(handler)
        elif what[:1] == ["aliases"] and what[1] in self.aliases:
            self.answer(handler, 200, {"AliasArn": f"{arn}:{what[1]}", "Name": what[1], "FunctionVersion": self.version,
                                       "Description": "", "RevisionId": "6a1f0e4e-0000-0000-0000-000000000000"})
        elif what[:1] == ["aliases"]:
            self.refuse(handler, 404, "ResourceNotFoundException", f"Cannot find alias arn: {arn}:{what[1]}")
        elif what == ["configuration"]:
            self.answer(handler, 200, {"FunctionName": name, "FunctionArn": arn, "Version": self.version, "Timeout": 3, "MemorySize": 128,
                                       "Runtime": "provided.al2023", "Handler": "bootstrap", "Role": "arn:aws:iam::123456789012:role/r",
                                       "CodeSha256": "q2wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "CodeSize": 1, "State": "Active",
                                       "LastUpdateStatus": "Successful", "RevisionId": "6a1f0e4e-0000-0000-0000-000000000001"})
        else:
            self.refuse(handler, 501, "NotImplemented", f"{handler.command} {handler.path}")
