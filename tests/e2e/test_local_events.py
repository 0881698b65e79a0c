"""Events (InvocationType Event) on smokegate-local: none that was acknowledged is lost, whatever happens to the server."""
import base64
import collections
import glob
import http.client
import json
import os
import re
import sqlite3
import time
import urllib.parse

import harness

PATIENCE = 120  # seconds; a machine may be busy


class Events(harness.Case):
    def start(self, **more):
        server = harness.LocalLambda(os.path.join(self.dir, "state"), "--no-auth", **more)
        self.addCleanup(lambda: server.process.poll() is None and server.stop())
        return server

    def call(self, server, method, path, body=None, headers=None):
        """Status, headers, and the answer's JSON or bytes."""
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.endpoint).netloc, timeout=60)
        connection.request(method, path, None if body is None else json.dumps(body, separators=(",", ":")), headers or {})
        response = connection.getresponse()
        data = response.read()
        connection.close()
        return response.status, response.headers, json.loads(data) if data[:1] in (b"{", b'"') else data

    def create(self, server, name):
        status, _, answer = self.call(server, "POST", "/2015-03-31/functions", {
            "FunctionName": name, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 60,
            "Role": "arn:aws:iam::123456789012:role/x", "Code": {"ZipFile": base64.b64encode(harness.puppet_package()).decode()}})
        self.assertEqual(status, 201, answer)

    def send(self, server, name, event):
        """Sends an event; its request id."""
        status, headers, body = self.call(server, "POST", f"/2015-03-31/functions/{name}/invocations", event,
                                          {"X-Amz-Invocation-Type": "Event"})
        self.assertEqual((status, body), (202, b""))
        return headers["x-amzn-RequestId"]

    def runs(self, name, line="START"):
        """How often each request id was started, from the function's log files."""
        found = collections.Counter()
        for path in glob.glob(os.path.join(self.dir, "state", "logs", name, "*.log")):
            with open(path, encoding="utf-8", errors="replace") as f:
                found.update(re.findall(rf"^{line} RequestId: (\S+)", f.read(), re.M))
        return found

    def wait_for(self, what, condition):
        until = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), until, what)
            time.sleep(0.05)

    def test_many_events_of_one_function_do_not_stop_another(self):
        server = self.start()
        self.create(server, "slow")
        self.create(server, "quick")
        for _ in range(40):
            self.send(server, "slow", {"do": "silent"})
        self.wait_for("as many as may run at once", lambda: len(self.runs("slow")) == 16)
        sent = self.send(server, "quick", {"do": "say"})
        self.wait_for("the other function's event", lambda: self.runs("quick", "END")[sent] == 1)
        self.assertEqual(len(self.runs("slow")), 16)  # the others wait
        self.assertEqual(sum(self.runs("slow", "END").values()), 0)
        server.kill()  # it would wait for those that run

    def test_events_survive_sigkill(self):
        server = self.start()
        self.create(server, "f")
        sent = []
        for _ in range(3):
            sent += [self.send(server, "f", {"do": "sleep", "n": 100}) for _ in range(30)]
            server.kill()
            server = self.start()
        self.wait_for("every event has been run to its end", lambda: not set(sent) - set(self.runs("f", "REPORT")))
        self.assertEqual(set(self.runs("f")), set(sent))
        self.assertEqual(server.stop(), 0)

    def test_events_that_wait_survive_an_ordinary_end(self):
        server = self.start()
        self.create(server, "f")
        self.assertEqual(self.call(server, "PUT", "/2017-10-31/functions/f/concurrency", {"ReservedConcurrentExecutions": 1})[0], 200)
        sent = {self.send(server, "f", {"do": "sleep", "n": 300}) for _ in range(4)}
        self.assertEqual(server.stop(), 0)
        self.assertTrue(sent - set(self.runs("f", "REPORT")), "one at a time, they cannot all be over")
        self.start()
        self.wait_for("the others were run by the next server", lambda: not sent - set(self.runs("f", "REPORT")))

    def test_a_function_error_is_tried_again_as_often_as_configured(self):
        server = self.start()
        for name in ("thrice", "once"):
            self.create(server, name)
        self.assertEqual(self.call(server, "PUT", "/2019-09-25/functions/once/event-invoke-config", {"MaximumRetryAttempts": 0})[0], 200)
        once, thrice = self.send(server, "once", {"do": "fail"}), self.send(server, "thrice", {"do": "fail"})
        self.wait_for("two more attempts", lambda: self.runs("thrice", "REPORT")[thrice] == 3)
        # what is over is forgotten: a later server has nothing to run
        self.assertEqual(server.stop(), 0)
        server = self.start()
        last = self.send(server, "once", {"do": "echo"})
        self.wait_for("a later event", lambda: self.runs("once", "REPORT")[last])
        self.assertEqual((self.runs("thrice")[thrice], self.runs("once")[once]), (3, 1))

    def test_an_event_that_is_given_up_leaves_a_line_that_says_where_it_would_go(self):
        said = open(os.path.join(self.dir, "said"), "w+", encoding="utf-8")
        self.addCleanup(said.close)
        server = self.start(stderr=said)
        queue, topic = "arn:aws:sqs:us-east-1:123456789012:letters", "arn:aws:sns:us-east-1:123456789012:failures"
        for name in ("letter", "destination", "nowhere"):
            self.create(server, name)
            self.assertEqual(self.call(server, "PUT", f"/2019-09-25/functions/{name}/event-invoke-config", {"MaximumRetryAttempts": 0, **(
                {"DestinationConfig": {"OnFailure": {"Destination": topic}}} if name == "destination" else {})})[0], 200)
        self.assertEqual(self.call(server, "PUT", "/2015-03-31/functions/letter/configuration", {"DeadLetterConfig": {"TargetArn": queue}})[0], 200)
        sent = {name: self.send(server, name, {"do": "fail"}) for name in ("letter", "destination", "nowhere")}

        def lines():
            with open(said.name, encoding="utf-8") as f:
                return f.read()
        arn = "arn:aws:lambda:us-east-1:123456789012:function:"
        for name, where in (("letter", "; Lambda would send it to " + queue), ("destination", "; Lambda would send it to " + topic), ("nowhere", "")):
            line = f"smokegate-local: event {sent[name]} for {arn}{name} is given up: every attempt failed{where}\n"
            self.wait_for(line, lambda line=line: line in lines())

    def test_a_throttled_event_waits_and_is_no_attempt(self):
        server = self.start()
        self.create(server, "f")
        for path, body in (("/2017-10-31/functions/f/concurrency", {"ReservedConcurrentExecutions": 1}),
                           ("/2019-09-25/functions/f/event-invoke-config", {"MaximumRetryAttempts": 0})):
            self.assertEqual(self.call(server, "PUT", path, body)[0], 200)
        sent = [self.send(server, "f", {"do": "sleep", "n": 200}) for _ in range(5)]
        self.wait_for("one after the other", lambda: len(self.runs("f", "REPORT")) == len(sent))
        self.assertEqual(self.runs("f"), collections.Counter(sent))

    def test_without_any_concurrency_an_event_is_given_up(self):
        server = self.start()
        self.create(server, "f")
        concurrency = "/2017-10-31/functions/f/concurrency"
        self.assertEqual(self.call(server, "PUT", concurrency, {"ReservedConcurrentExecutions": 0})[0], 200)
        given_up = self.send(server, "f", {"do": "echo"})
        self.create(server, "g")  # its event comes later, so the other's turn is over
        later = self.send(server, "g", {"do": "echo"})
        self.wait_for("the later event", lambda: self.runs("g", "REPORT")[later])
        self.assertEqual(server.stop(), 0)
        server = self.start()
        self.assertEqual(self.call(server, "DELETE", concurrency)[0], 204)
        last = self.send(server, "f", {"do": "echo"})
        self.wait_for("an event with concurrency", lambda: self.runs("f", "REPORT")[last])
        self.assertEqual(self.runs("f")[given_up], 0)

    def test_a_state_folder_of_before_is_brought_up_to_date(self):
        server = self.start()
        self.create(server, "f")
        self.assertEqual(server.stop(), 0)
        db = sqlite3.connect(os.path.join(self.dir, "state", "state.db"))
        db.executescript("DROP TABLE event; PRAGMA user_version = 1")
        db.close()
        server = self.start()
        last = self.send(server, "f", {"do": "echo"})
        self.wait_for("its event", lambda: self.runs("f", "REPORT")[last])

    def test_a_reset_forgets_events(self):
        server = self.start()
        self.create(server, "f")
        self.send(server, "f", {"do": "silent"})
        self.wait_for("it runs", lambda: self.runs("f"))
        self.assertEqual(self.call(server, "POST", "/_smokegate/reset")[0], 200)
        server.kill()
        server = self.start()
        self.create(server, "f")
        last = self.send(server, "f", {"do": "echo"})
        self.wait_for("the only event left", lambda: self.runs("f", "REPORT")[last])
        self.assertEqual(sum(self.runs("f").values()), 2)


if __name__ == "__main__":
    harness.main()
