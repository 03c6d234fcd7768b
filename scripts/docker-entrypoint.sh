#!/usr/bin/env bash
# Entry point of the container: turns the TS_PROXY_ variables below into a command line for ts_proxy.
# With arguments, those are the command line instead: docker run IMAGE --help
# Also runs without a container, next to a build or with TS_PROXY_JAR.
set -euo pipefail
export LC_ALL=C.UTF-8 # as in ts_proxy

refuse() { # VARIABLE MESSAGE
  echo "ts-proxy: $1: ${2//[[:cntrl:]]/?}" >&2
  exit 2
}

need() { # VARIABLE VALUE MEANING
  [[ -n $2 ]] || refuse "$1" "not set; set it to $3"
}

one_of() { # VARIABLE VALUE CHOICE CHOICE
  [[ $2 == "$3" || $2 == "$4" ]] || refuse "$1" "found \"$2\", expected $3 or $4"
}

number() { # VARIABLE VALUE LEAST MOST
  if ! [[ $2 =~ ^[0-9]{1,10}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then refuse "$1" "found \"$2\", expected $3 to $4"; fi
}

address() { # VARIABLE VALUE LEAST_PORT
  local host='([^]/@:[[:space:]]+|\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[[:alnum:]._-]+)?\])'
  if ! [[ $2 =~ ^$host:([0-9]{1,5})$ ]] || ((10#${2##*:} < $3 || 10#${2##*:} > 65535)); then
    refuse "$1" "found \"$2\", expected HOST:PORT with a port from $3 to 65535"
  fi
  local byte='(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])' number=${2%:*}
  if [[ $number =~ ^[0-9.]+$ && ! $number =~ ^$byte(\.$byte){3}$ ]]; then
    refuse "$1" "found \"$2\", expected an IPv4 address of four numbers up to 255"
  fi
}

self=$(readlink -f "${BASH_SOURCE[0]}")
ts_proxy=${self%/*}/ts_proxy
(($# == 0)) || exec "$ts_proxy" "$@"

mode=${TS_PROXY_MODE:-proxy}
listen=${TS_PROXY_LISTEN:-0.0.0.0:9000}
target=${TS_PROXY_TARGET:-}
record=${TS_PROXY_RECORD:-}
flush=${TS_PROXY_FLUSH_RECORDING:-false}
timing=${TS_PROXY_TIMING:-original}
header_len=${TS_PROXY_HEADER_LEN:-} # not set: 8, or as the recording says
max_payload_len=${TS_PROXY_MAX_PAYLOAD_LEN:-16777216}
metrics=${TS_PROXY_METRICS:-}

# Checks all of them in both modes, so that a mistake shows before the mode changes.
one_of TS_PROXY_MODE "$mode" proxy replay
address TS_PROXY_LISTEN "$listen" 0
[[ -z $target ]] || address TS_PROXY_TARGET "$target" 1
one_of TS_PROXY_FLUSH_RECORDING "$flush" true false
one_of TS_PROXY_TIMING "$timing" original none
[[ -z $header_len ]] || number TS_PROXY_HEADER_LEN "$header_len" 1 16
number TS_PROXY_MAX_PAYLOAD_LEN "$max_payload_len" 0 2147483639
[[ -z $metrics ]] || address TS_PROXY_METRICS "$metrics" 1 # not 0: the health check has to know the port

args=("$mode" "--listen=$listen" "--max-payload-len=$max_payload_len")
[[ -z $header_len ]] || args+=("--header-len=$header_len")
[[ -z $metrics ]] || args+=("--metrics=$metrics")
if [[ $mode == proxy ]]; then
  need TS_PROXY_TARGET "$target" "HOST:PORT of the server to forward to"
  args+=("--target=$target")
  [[ -z $record ]] || args+=("--record=$record")
  [[ $flush == false ]] || args+=(--flush-recording)
else
  need TS_PROXY_RECORD "$record" "the recording to replay"
  args+=("--record=$record" "--timing=$timing")
fi
exec "$ts_proxy" "${args[@]}"
