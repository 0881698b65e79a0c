#!/bin/sh
# The local Lambda: warm invocations a second, and what an invocation costs over the bare process
set -eu
build=$1
here=$(dirname "$0")
"$build/tests/bench/bench_local" "$build" | python3 "$here/table.py" "$here/local.goals"
