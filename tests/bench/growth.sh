#!/bin/sh
# 50,000 secrets, references and anchors, beside a tenth of them
set -eu
"$1/tests/bench/bench_growth" | python3 "$(dirname "$0")/table.py" "$(dirname "$0")/growth.goals"
