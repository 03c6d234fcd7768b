#!/usr/bin/env bash
# Records a conversation and replays it without its server. Needs Java 17 or later, and Maven when
# ts-proxy.jar is not built yet. Exits with 0 only if everything it shows is true.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

say() {
  printf '\n%s\n' "$1"
}

show() { # COMMAND...: prints a command as a user would type it
  echo "  \$ ${*/#"$scripts"/scripts}"
}

indent() {
  sed 's/^/    /'
}

run() { # NAME COMMAND...: starts a server, and shows its command and its first line
  show "${@:2}"
  start "$@"
  indent <"$work/$1.out"
}

[[ -n ${TS_PROXY_JAR:-} || -f $root/ts-cli/target/ts-proxy.jar ]] || build_jars ts-cli ts-proxy.jar
cd "$work"

say "A server that sends every frame back, and the proxy in front of it, recording"
run server "$scripts/simple_server" --listen 127.0.0.1:0
run proxy "$scripts/ts_proxy" proxy --listen 127.0.0.1:0 --target "$address" --record hello.rec

say "A client talks to the server through the proxy"
client=("$scripts/simple_client" --message hello --count 3)
show "${client[@]}" --connect "$address"
"${client[@]}" --connect "$address" | tee live.txt | indent

say "Proxy and server are stopped. This is the recording: microseconds, direction, payload in hex"
stop proxy 0
stop server 0
indent <hello.rec
conversation hello.rec >found.txt
for payload in 1_hello 2_hello 3_hello; do
  hex=$(printf %s "$payload" | od -An -tx1 | tr -d ' ')
  printf '%s\n' "c2s $hex" "s2c $hex"
done | same "the recording" - found.txt

say "The recording answers the same client, without the server"
run replay "$scripts/ts_proxy" replay --listen 127.0.0.1:0 --record hello.rec
show "${client[@]}" --connect "$address"
"${client[@]}" --connect "$address" | tee replayed.txt | indent
same "the replies" live.txt replayed.txt
stop replay 0
echo "  Nothing differed: the exit status of replay is 0."

say "A client that behaves differently is caught"
run departed "$scripts/ts_proxy" replay --listen 127.0.0.1:0 --record hello.rec
show "$scripts/simple_client" --message goodbye --count 3 --connect "$address"
if "$scripts/simple_client" --message goodbye --count 3 --connect "$address" >other.txt 2>&1; then
  fail "a client with another message was served to its end; expected a mismatch" other.txt
fi
stop departed 1
grep -m 1 expected departed.err | indent
echo "  The exit status of replay is 1."

say "Everything worked."
