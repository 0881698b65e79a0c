#!/bin/sh
# Runs every fuzz target for a while on its corpus; new inputs stay in BUILD/corpus, crashes in BUILD.
#
# usage: fuzz.sh BUILD_DIR [SECONDS for each target, default 60] [TARGET...]
set -eu
build=$1 seconds=${2:-60}
shift
[ $# = 0 ] || shift
wanted=" $* "
here=$(dirname "$0")
status=0
for target in "$build"/tests/fuzz/fuzz_*; do
    [ -x "$target" ] && [ -f "$target" ] || continue
    name=$(basename "$target")
    case "$wanted" in *[!\ ]*) case "$wanted" in *" ${name#fuzz_} "*) ;; *) continue ;; esac ;; esac
    mkdir -p "$build/corpus/$name"
    echo "== $name for $seconds s"
    "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$build/$name-" "$build/corpus/$name" "$here/corpus/${name#fuzz_}" 2>&1 |
        grep -E 'stat::number_of_executed_units|SUMMARY|ERROR|Test unit written' || true
    for found in "$build/$name"-*; do
        [ ! -f "$found" ] || status=1
    done
done
[ $status = 0 ] && echo "no crashes"
exit $status
