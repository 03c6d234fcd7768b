#!/usr/bin/env bash
# Measures ts-proxy beside haproxy, nginx and socat, where those are installed, and prints one table.
# Quick by default; --full takes its time; --help lists all flags. Needs Java 17 or later, and Maven
# when the jars are not built yet. Compare figures of one run only, on a machine that does nothing else.
# Environment: TS_PROXY_JAR (default: the build beside this script), JAVA_HOME (default: the java on
# PATH). An empty value counts as not set.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

jar=$root/ts-bench/target/ts-bench.jar
proxy=${TS_PROXY_JAR:-$root/ts-cli/target/ts-proxy.jar}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "$java" >/dev/null || refuse 3 "java: found no \"$java\", expected Java 17 or later; install it, or set JAVA_HOME"
[[ -f $jar && -f $proxy ]] || build_jars ts-cli,ts-bench "ts-proxy.jar and ts-bench.jar"

# Thousands of connections need two descriptors each. More than the hard limit only root can have.
ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"

# The serial collector has no threads of its own that would take the proxies' processor time.
"$java" -XX:+UseSerialGC -jar "$jar" compare --jar "$proxy" "$@"
