"""The AWS CLI in one process: for each line of standard input, a JSON array of arguments, it prints {"out", "err", "code"}.

Starting it anew for each of a hundred commands takes a minute. To be run by the python the CLI is installed for.
"""
import contextlib
import io
import json
import sys

from awscli.clidriver import create_clidriver


def run(arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = create_clidriver().main(arguments)
        except SystemExit as e:
            code = e.code
    return {"out": out.getvalue(), "err": err.getvalue(), "code": code}


for line in sys.stdin:
    print(json.dumps(run(json.loads(line))), flush=True)
