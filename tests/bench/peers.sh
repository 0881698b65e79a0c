# Sourced by the benchmarks: figures of the peers that npm can install into BUILD/peers, if there is npm.
#   peers BUILD WORKLOAD_DIR PACKAGE...     prints "who<TAB>what<TAB>ns" lines
peers() {
    peers_dir=$1/peers workload=$2
    shift 2
    if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
        echo "no npm here: the peers $* are left out" >&2
        return 0
    fi
    for p in "$@"; do
        [ -d "$peers_dir/node_modules/$p" ] && continue
        mkdir -p "$peers_dir"
        npm install --silent --no-audit --no-fund --prefix "$peers_dir" "$p" >/dev/null 2>&1 ||
            echo "npm cannot install $p: left out" >&2
    done
    mkdir -p "$peers_dir"
    cp "$here/peers.mjs" "$peers_dir/"
    node "$peers_dir/peers.mjs" "$workload"
}
