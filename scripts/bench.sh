#!/usr/bin/env bash
# Measures ts-proxy side by side with haproxy, nginx and socat if they are installed, and prints tables.
# Quick by default; --full takes much longer; --help lists all options. Needs Linux, Java 17 or later, and
# Maven when the jars are not built yet.
# Compare only figures of the same run, on an otherwise idle machine.
# Environment: TS_PROXY_JAR (default: the build beside this script), JAVA_HOME (default: the java on
# PATH), TMPDIR (default: /tmp; --full needs 4 GiB there). An empty value counts as not set.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

jar=$root/ts-bench/target/ts-bench.jar
proxy=${TS_PROXY_JAR:-$root/ts-cli/target/ts-proxy.jar}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "$java" >/dev/null || refuse 3 "java: cannot run \"$java\"; install Java 17 or later, or set JAVA_HOME to it"
[[ -f $jar && -f $proxy ]] || build_jars ts-cli,ts-bench "ts-proxy.jar and ts-bench.jar"

# The Rust counterpart of client_send, if cargo and Debian's crates are installed: downloads nothing.
build_tokio_peer() {
  local source=$root/ts-bench/src/main/rust/client-send target=$root/ts-bench/target/client-send crates
  [[ ! -x $target/release/client-send ]] && command -v cargo >/dev/null || return 0
  crates=$(compgen -G '/usr/share/cargo/registry/tokio-[0-9]*' | head -n 1) || return 0
  cp -r "$source/." "$work" # cargo writes its lock file next to the sources
  (cd "$work" && cargo build -q --release --offline --target-dir "$target" \
    --config 'source.crates-io.replace-with="debian"' \
    --config "source.debian.directory=\"${crates%/*}\"") ||
    echo "ts-bench: tokio peer of client_send: the build failed; see above" >&2
}
build_tokio_peer

build_limit_recorder() {
  local target=$root/ts-bench/target/limit_recorder
  [[ ! -x $target ]] && command -v gcc >/dev/null || return 0
  gcc -O3 -march=native -o "$target" "$root/ts-bench/src/main/c/limit_recorder.c" ||
    echo "ts-bench: the limit of a recorder in C: the build failed; see above" >&2
}
build_limit_recorder

# Thousands of connections need two descriptors each. Only root can go beyond the hard limit.
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"

# The serial collector has no threads that take processor time from the proxies. Runs in the background,
# so that a signal ends it at once.
"$java" -XX:+UseSerialGC -Djava.io.tmpdir="$work" -jar "$jar" compare --jar "$proxy" "$@" &
wait "$!"
