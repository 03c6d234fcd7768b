#!/usr/bin/env bash
# Measures ts-proxy beside haproxy, nginx and socat, where those are installed, and prints tables.
# Quick by default; --full takes its time; --help lists all flags. Needs Linux, Java 17 or later, and
# Maven when the jars are not built yet.
# Compare figures of one run only, on a machine that does nothing else.
# Environment: TS_PROXY_JAR (default: the build beside this script), JAVA_HOME (default: the java on
# PATH), TMPDIR (default: /tmp; --full needs 4 GiB there). An empty value counts as not set.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

jar=$root/ts-bench/target/ts-bench.jar
proxy=${TS_PROXY_JAR:-$root/ts-cli/target/ts-proxy.jar}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "$java" >/dev/null || refuse 3 "java: found no \"$java\", expected Java 17 or later; install it, or set JAVA_HOME"
[[ -f $jar && -f $proxy ]] || build_jars ts-cli,ts-bench "ts-proxy.jar and ts-bench.jar"

# The peer of client_send in Rust, where cargo is and Debian's crates are: nothing is downloaded.
build_tokio_peer() {
  local source=$root/ts-bench/src/main/rust/client-send target=$root/ts-bench/target/client-send crates
  [[ ! -x $target/release/client-send ]] && command -v cargo >/dev/null || return 0
  crates=$(compgen -G '/usr/share/cargo/registry/tokio-[0-9]*' | head -n 1) || return 0
  cp -r "$source/." "$work" # cargo writes its lock file beside its sources
  (cd "$work" && cargo build -q --release --offline --target-dir "$target" \
    --config 'source.crates-io.replace-with="debian"' \
    --config "source.debian.directory=\"${crates%/*}\"") ||
    echo "ts-bench: tokio peer of client_send: the build failed, as shown above" >&2
}
build_tokio_peer

# Thousands of connections need two descriptors each. More than the hard limit only root can have.
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"

# The serial collector has no threads of its own that would take the proxies' processor time. In the
# background, so that a signal ends it at once.
"$java" -XX:+UseSerialGC -Djava.io.tmpdir="$work" -jar "$jar" compare --jar "$proxy" "$@" &
wait "$!"
