#!/usr/bin/env bash
# Records a conversation through the proxy and replays it to nc, which sends the raw bytes of the
# frames, so that the client runs none of our code. HEADER_LEN is 1 to 16, by default 8.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

header_len=${HEADER_LEN:-8}
[[ $header_len =~ ^([1-9]|1[0-6])$ ]] || refuse 2 "HEADER_LEN: found \"$header_len\", expected 1 to 16"
command -v nc >/dev/null || refuse 3 "nc: not found; install netcat-openbsd for this test"

frames() { # PAYLOAD...: prints them as frames
  local payload
  for payload; do
    printf '%b' "$(printf "%0$((2 * header_len))x" "${#payload}" | sed 's/../\\x&/g')"
    printf %s "$payload"
  done
}

# nc exits when the other side ends, so it needs none of the options that differ between versions.
replay_to_nc() { # NAME STATUS PAYLOAD...: nc sends them and receives $work/NAME.received
  local name=$1 status=$2
  shift 2
  start "$name" "$scripts/ts_proxy" replay --listen 127.0.0.1:0 --record "$work/recording" --header-len "$header_len"
  frames "$@" >"$work/$name.sent"
  nc -w 10 "${address%:*}" "${address##*:}" <"$work/$name.sent" >"$work/$name.received" || true
  stop "$name" "$status"
}

start server "$scripts/ts_proxy" simple_server --listen 127.0.0.1:0 --header-len "$header_len"
start proxy "$scripts/ts_proxy" proxy --listen 127.0.0.1:0 --target "$address" \
  --record "$work/recording" --header-len "$header_len"
"$scripts/ts_proxy" simple_client --connect "$address" --message hello --count 3 --header-len "$header_len" >"$work/echoes"
stop proxy 0
stop server 0

printf 'echo: %s\n' 1_hello 2_hello 3_hello | same "the client's output" - "$work/echoes"
for hex in 315f68656c6c6f 325f68656c6c6f 335f68656c6c6f; do
  printf '%s\n' "c2s $hex" "s2c $hex"
done | same "the recording" - <(conversation "$work/recording")

replay_to_nc faithful 0 1_hello 2_hello 3_hello
same "the replay to nc" "$work/faithful.sent" "$work/faithful.received"

replay_to_nc departing 1 1_help!
same "the replay to an nc that departs from the recording" /dev/null "$work/departing.received"

echo "replayed to nc, byte for byte, with headers of $header_len"
