#!/bin/sh
# JSON Schema on workload L, beside ajv and V8
set -eu
build=$1
here=$(dirname "$0")
workload=${SMOKEGATE_WORKLOAD:-$here/../../../shared/bench-assertions}
[ -f "$workload/response.json" ] || { echo "workload L is not at $workload (SMOKEGATE_WORKLOAD)" >&2; exit 77; }
. "$here/peers.sh"
{
    "$build/tests/bench/bench_assertions" "$workload"
    peers "$build" "$workload" ajv
} | python3 "$here/table.py" "$here/assertions.goals"
