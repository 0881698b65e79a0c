#!/bin/sh
# Whole runs of cases over HTTP: wall, CPU and memory beside a bare libcurl loop that sends the same requests
set -eu
exec python3 "$(dirname "$0")/run.py" "$1"
