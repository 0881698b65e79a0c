#!/bin/sh
# The local Lambda: warm invocations a second, what one costs over the bare process, long lists, many connections
set -eu
build=$1
here=$(dirname "$0")
{
    "$build/tests/bench/bench_local" "$build"
    SMOKEGATE_BUILD="$build" python3 "$here/local_many.py"
} | python3 "$here/table.py" "$here/local.goals"
