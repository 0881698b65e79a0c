"""An event stream (a report of format jsonl) of a run that never happened, as large as a test wants it."""
import json

START_MS = 1769860800000  # 2026-01-31T12:00:00Z


def attempt(verdict, number=1, failures=(), **more):
    return {"number": number, "verdict": verdict, "outcome": "success", "status": 200, "executed_version": "12", "request_id": "7f1c-1", "function_error": "",
            "error_type": "", "error_message": "", "start_us": 0, "duration_us": 4000, "first_byte_us": 3900, "connect_us": 0, "invocations": 1,
            "cold_start": False, "request_bytes": 2, "response_bytes": 2, "request": "{}", "response": "{}", "log": "", "failures": list(failures),
            "failures_dropped": 0, **more}


def failure(**more):
    return {"file": "cases/a.json", "line": 3, "column": 1, "where": "$.a", "check": "equals", "expected": "1", "actual": "2", **more}


class Stream:
    """Cases are told with case(); lines() is the whole stream."""

    def __init__(self, suites=(("a", "cases/a.json"),), **start):
        self.suites, self.start, self.cases, self.middle = suites, start, [], []
        self.counts = {"passed": 0, "failed": 0, "inconclusive": 0, "skipped": 0, "flaky": 0}

    def case(self, suite, name, verdict="passed", attempts=None, **more):
        title, file = self.suites[suite]
        self.counts[verdict] += 1
        self.counts["flaky"] += bool(more.get("flaky"))
        self.cases.append({"v": 1, "event": "case_end", "index": len(self.cases), "suite_index": suite, "suite": title, "name": name, "role": "case",
                           "file": file, "line": 1 + len(self.cases), "column": 5, "function_key": "f", "function": "f", "alias": "Smoke", "tags": [],
                           "verdict": verdict, "flaky": False, "start_us": 1000 * len(self.cases), "duration_us": 4000,
                           "attempts": attempts if attempts is not None else [attempt(verdict)], "notices": [], **more})

    def step(self, environment, text, verdict="passed", **more):
        self.middle.append({"v": 1, "event": "step", "environment": environment, "kind": "stage", "function": text, "text": text, "undo": False,
                            "verdict": verdict, "start_us": 0, "duration_us": 1000, **more})

    def lines(self):
        functions = [{"key": "f", "name": "f", "alias": "Smoke", "version": "12", "executed_version": "12", "code_sha256": "q" * 43 + "=",
                      "counts": self.counts}]
        verdict = "fail" if self.counts["failed"] else "inconclusive" if self.counts["inconclusive"] else "pass" if self.counts["passed"] else "empty"
        yield {"v": 1, "event": "run_start", "id": "01KG8ZC0000000000000000000", "environment": "dev", "alias": "Smoke", "region": "eu-west-1",
               "endpoint": "http://127.0.0.1:9", "tool_version": "1", "host": "ci", "start_ms": START_MS, "seed": "1", "cases": len(self.cases), "jobs": 32,
               "shard": 0, "shards": 0, "functions": functions,
               "suites": [{"name": n, "file": f, "sha256": "00", "cases": sum(c["suite"] == n for c in self.cases)} for n, f in self.suites], **self.start}
        yield from self.cases
        yield from self.middle
        yield {"v": 1, "event": "run_end", "verdict": verdict, "interrupted": False, "end_ms": START_MS + 1000, "duration_us": 1000000,
               "invocations": len(self.cases), "counts": self.counts, "functions": functions}

    def text(self):
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in self.lines())
