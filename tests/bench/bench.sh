#!/bin/sh
# Runs a benchmark of a build: bench.sh BUILD [NAME]. Without a name it lists them.
set -eu
build=$1 name=${2:-}
here=$(dirname "$0")
if [ -z "$name" ]; then
    echo "benchmarks:"
    for script in "$here"/*.sh; do
        case "$(basename "$script" .sh)" in bench | peers) continue ;; esac
        printf '  %-12s %s\n' "$(basename "$script" .sh)" "$(sed -n '2s/^# *//p' "$script")"
    done
    exit 0
fi
[ -f "$here/$name.sh" ] || { echo "no benchmark \"$name\"; ./dev bench lists them" >&2; exit 2; }
exec sh "$here/$name.sh" "$build"
