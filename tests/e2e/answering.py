#!/usr/bin/python3
"""A function for provided.al2023 that asks the test what to answer: the `bootstrap` of tests whose cases want certain answers.

The event goes to the URL in ANSWERS; what comes back has "json" or "text", or "error" (errorType, errorMessage), or
"context": true for the client context as the Runtime API gave it. "log" is printed before.
"""
import json
import os
import sys
import urllib.request

api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(api + "next") as got:
        request_id, context = got.headers["Lambda-Runtime-Aws-Request-Id"], got.headers["Lambda-Runtime-Client-Context"]
        event = got.read()
    with urllib.request.urlopen(os.environ["ANSWERS"], event) as got:
        answer = json.load(got)
    print(answer.get("log", "answered"), file=sys.stderr, flush=True)
    headers, path = {}, "/response"
    if "error" in answer:
        body, path = json.dumps(answer["error"]), "/error"
        headers["Lambda-Runtime-Function-Error-Type"] = answer["error"]["errorType"]
    elif "context" in answer:
        body = context.encode("latin-1").decode() if context else "null"
    else:
        body = answer["text"] if "text" in answer else json.dumps(answer.get("json"))
    urllib.request.urlopen(urllib.request.Request(api + request_id + path, body.encode(), headers)).close()
