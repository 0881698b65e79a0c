#!/bin/sh
# JSONPath, patterns and the JSON reader on workload L, beside json-p3, V8 and jansson
set -eu
build=$1
here=$(dirname "$0")
workload=${SMOKEGATE_WORKLOAD:-$here/../../../shared/bench-assertions}
[ -f "$workload/response.json" ] || { echo "workload L is not at $workload (SMOKEGATE_WORKLOAD)" >&2; exit 77; }
. "$here/peers.sh"
{
    "$build/tests/bench/bench_paths" "$workload"
    peers "$build" "$workload" json-p3
} | python3 "$here/table.py" "$here/paths.goals"
