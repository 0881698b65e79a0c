#!/bin/sh
# The main job on the embedded local Lambda: release 1.0.0 goes dev -> stage -> prod; 1.1.0, whose bug
# only stage's settings show, is stopped in stage and taken back in dev. Checks its own end state.
#
# usage: demo.sh BUILD_DIR [OUTPUT_DIR]
set -eu
build=$(cd "$1" && pwd)
out=${2:-demo-out}
here=$(dirname "$0")
smokegate=$build/cli/smokegate
unset AWS_ENDPOINT_URL AWS_ENDPOINT_URL_LAMBDA AWS_PROFILE AWS_REGION SMOKEGATE_RELEASE 2>/dev/null || true

step() { printf '\n== %s\n' "$*"; }
fail() { printf 'demo: %s\n' "$*" >&2; exit 1; }
run() { # EXPECTED_EXIT COMMAND...
    want=$1
    shift
    printf '$ smokegate %s\n' "$*"
    code=0
    "$smokegate" -C "$out" "$@" || code=$?
    [ "$code" = "$want" ] || fail "smokegate $1 ended with exit code $code, $want was expected"
}

[ ! -d "$out" ] || "$smokegate" -C "$out" local stop >/dev/null 2>&1 || true
rm -rf "$out"
mkdir -p "$out/dist" "$out/reports"
cp -R "$here/shop/." "$out/"
cp "$build"/testcases/*.zip "$out/dist/"
trap '"$smokegate" -C "$out" local stop >/dev/null 2>&1 || true' EXIT

step "Release 1.0.0: dev -> stage -> prod"
run 0 promote --release 1.0.0 --junit reports/promote-1.0.0.xml
step "Before 1.1.0"
run 0 status
"$smokegate" -C "$out" status --json >"$out/before.json"

step "Release 1.1.0: its bug shows only in stage, where the tax is not a whole number"
run 1 promote --release 1.1.0 --junit reports/promote-1.1.0.xml
step "After 1.1.0 was stopped"
run 0 status
"$smokegate" -C "$out" status --json >"$out/after.json"

step "Check"
python3 "$here/demo_check.py" "$out" || fail "the end state is not what it should be"
printf '\nJUnit reports: %s\n' "$(cd "$out" && ls reports/*.xml | sed "s|^|$out/|" | tr '\n' ' ')"
printf 'Look around: %s -C %s status   (or run, plan, promote...)\n' "${smokegate#"$(pwd)"/}" "$out"
