# Sourced by the benchmarks: figures of the peers that npm can install into BUILD/peers, if there is npm.

#   npm_install BUILD PACKAGE...     false: there is no npm
npm_install() {
    peers_dir=$1/peers
    shift
    if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
        echo "no npm here: the peers $* are left out" >&2
        return 1
    fi
    mkdir -p "$peers_dir"
    for p in "$@"; do
        [ -d "$peers_dir/node_modules/$p" ] && continue
        npm install --silent --no-audit --no-fund --prefix "$peers_dir" "$p" >/dev/null 2>&1 ||
            echo "npm cannot install $p: left out" >&2
    done
}

#   peers BUILD WORKLOAD_DIR PACKAGE...     prints "who<TAB>what<TAB>ns" lines of those packages
peers() {
    peers_workload=$2
    peers_build=$1
    shift 2
    npm_install "$peers_build" "$@" || return 0
    cp "$here/peers.mjs" "$peers_build/peers/"
    node "$peers_build/peers/peers.mjs" "$peers_workload" "$@"
}

#   blaze_binary BUILD     the program of npm's @sourcemeta/jsonschema for this machine, or nothing
blaze_binary() {
    npm_install "$1" @sourcemeta/jsonschema || return 0
    arch=$(uname -m)
    [ "$arch" != aarch64 ] || arch=arm64
    binary=$1/peers/node_modules/@sourcemeta/jsonschema/build/github-releases/jsonschema-linux-$arch
    if [ -f "$binary" ] && chmod +x "$binary" && "$binary" version >/dev/null 2>&1; then
        echo "$binary"
    else
        echo "@sourcemeta/jsonschema does not run here: left out" >&2
    fi
}

#   blaze BINARY WORKLOAD_DIR     its own figures, in its process: the median of many short loops
blaze() {
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
        "$1" validate --benchmark --loop 2000 --fast "$2/schema.json" "$2/response.json" 2>/dev/null
    done | sed -n 's/.*PASS \([0-9.]*\) .*/\1/p' | sort -n |
        awk '{ us[NR] = $1 } END { if (NR) printf "blaze\tvalidate\t%.0f\n", us[int((NR + 1) / 2)] * 1000 }'
}
