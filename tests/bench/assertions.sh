#!/bin/sh
# JSON Schema on workload L, beside ajv, V8 and Blaze
set -eu
build=$1
here=$(dirname "$0")
workload=${SMOKEGATE_WORKLOAD:-$here/../../../shared/bench-assertions}
[ -f "$workload/response.json" ] || { echo "workload L is not at $workload (SMOKEGATE_WORKLOAD)" >&2; exit 77; }
. "$here/peers.sh"
validate="$workload/schema.json $workload/response.json"
blaze=$(blaze_binary "$build")
{
    "$build/tests/bench/bench_assertions" "$workload"
    peers "$build" "$workload" ajv
    [ -z "$blaze" ] || blaze "$blaze" "$workload"
    # shellcheck disable=SC2086 # two files
    "$build/tests/bench/starts" "validate, a process" smokegate "$build/cli/smokegate" validate --schema $validate \
        ${blaze:+-- blaze "$blaze" validate $validate}
} | python3 "$here/table.py" "$here/assertions.goals"
