#!/usr/bin/env bash
# Has Prometheus' own linter look at what --metrics shows, while a proxy records and while a replay plays. Reported
# and left out where there is no promtool.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

if ! command -v promtool >/dev/null; then
  echo "metrics: skipped, as there is no promtool"
  exit
fi
[[ -n ${TS_PROXY_JAR:-} || -f $root/ts-cli/target/ts-proxy.jar ]] || build_jars ts-cli ts-proxy.jar

# scrape NAME LINE: what the server of that name shows has no fault, and has that line.
scrape() {
  local place
  place=$(sed -n 's/.*metrics at //p' "$work/$1.err")
  [[ -n $place ]] || fail "$1: does not say where its metrics are" "$work/$1.err"
  curl -sf "$place" >"$work/$1.metrics" || fail "$1: no answer at $place" "$work/$1.err"
  grep -qxF "$2" "$work/$1.metrics" || fail "$1: no \"$2\"" "$work/$1.metrics"
  promtool check metrics <"$work/$1.metrics" >"$work/found" 2>&1 || fail "$1: promtool finds fault" "$work/found"
  [[ ! -s $work/found ]] || fail "$1: promtool finds fault" "$work/found"
  echo "metrics of $1: passed"
}

start server "$scripts/simple_server" --listen 127.0.0.1:0
start proxy "$scripts/ts_proxy" proxy --listen 127.0.0.1:0 --target "$address" --record "$work/a.rec" --metrics 127.0.0.1:0
"$scripts/simple_client" --connect "$address" --message hello --count 3 >/dev/null
scrape proxy 'tsproxy_frames_total{direction="s2c"} 3.0'
stop proxy 0
start replay "$scripts/ts_proxy" replay --listen 127.0.0.1:0 --record "$work/a.rec" --metrics 127.0.0.1:0
"$scripts/simple_client" --connect "$address" --message hello --count 3 >/dev/null
scrape replay 'tsproxy_frames_total{direction="c2s"} 3.0'
stop replay 0
