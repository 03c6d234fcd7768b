#!/usr/bin/env bash
# Has tshark decrypt a capture of TLS with what --tls-keylog wrote: on both sides of a proxy, with TLS 1.2 and 1.3,
# with each JDK that is here, for a client that resumes its session, too. Needs tshark, openssl and the right to
# capture; what is missing is reported and left out.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

for needed in tshark openssl; do
  if ! command -v "$needed" >/dev/null; then
    echo "tls: skipped, as there is no $needed"
    exit
  fi
done
[[ -n ${TS_PROXY_JAR:-} || -f $root/ts-cli/target/ts-proxy.jar ]] || build_jars ts-cli ts-proxy.jar

# capture: begins to capture what passes on this machine.
capture() {
  local tries=0
  : >"$work/dumpcap.err" # what the one before said is not taken for this one's
  dumpcap -q -i lo -w "$work/tls.pcapng" 2>>"$work/dumpcap.err" &
  dumpcap_pid=$!
  until grep -q '^File: ' "$work/dumpcap.err"; do
    kill -0 "$dumpcap_pid" 2>/dev/null || return 1
    ((tries++ < 100)) || fail "dumpcap: does not begin" "$work/dumpcap.err"
    sleep 0.1
  done
}

# decrypted PORT TEXT COUNT: so many packets with that port have the text, once decrypted and in dumpcap's file, which
# is a little behind.
decrypted() {
  local tries=0
  until tshark -r "$work/tls.pcapng" -o "tls.keylog_file:$work/keys" -d "tcp.port==$1,tls" -d "tls.port==$1,data" \
    -Y "tcp.port == $1 && data.data contains \"$2\"" 2>/dev/null >"$work/found" || true
    (($(wc -l <"$work/found") == $3)); do
    ((tries++ < 20)) || fail "$name: tshark does not decrypt $3 packets of port $1" "$work/found"
    sleep 0.1
  done
}

# speak OPTION...: sends a frame with openssl, and waits for its reply.
speak() {
  local tries=0
  : >"$work/reply" # so that the one before is not taken for this one
  openssl s_client -connect "$listening" -CAfile "$work/ca.pem" -verify_return_error -quiet -no_ign_eof "$@" \
    <"$work/in" >>"$work/reply" 2>"$work/openssl.err" &
  exec 3>"$work/in"
  printf '\0\0\0\0\0\0\0\6secret' >&3
  until [[ $(tr -d '\0\6' <"$work/reply") == secret ]]; do
    ((tries++ < 300)) || fail "$name: no reply" "$work/openssl.err"
    sleep 0.1
  done
  exec 3>&-
  wait "$!" || true
}

# check VERSION: with the java of JAVA_HOME.
check() {
  local server_port port
  rm -f "$work/keys"
  start server "$scripts/simple_server" --listen 127.0.0.1:0 --listen-tls auto --tls-ca-out "$work/server-ca.pem"
  server_port=${address##*:}
  start proxy "$scripts/ts_proxy" proxy --listen 127.0.0.1:0 --listen-tls auto --tls-ca-out "$work/ca.pem" \
    --target "$address" --target-tls --target-ca "$work/server-ca.pem" --tls-keylog "$work/keys"
  listening=$address
  port=${address##*:}
  if ! capture; then
    echo "$name: skipped, as this user may not capture"
    exit
  fi
  speak "-$1" -sess_out "$work/session"
  speak "-$1" -sess_in "$work/session"
  stop proxy 0
  stop server 0
  [[ $(stat -c %a "$work/keys") == 600 ]] || fail "$name: others can read the key log"
  decrypted "$port" secret 4
  decrypted "$server_port" secret 4
  kill -INT "$dumpcap_pid"
  wait "$dumpcap_pid" || true
  echo "$name: passed"
}

mkfifo "$work/in"
for jdk in 17 21 25; do
  home=$(jdk "$jdk")
  if [[ -z $home ]]; then
    echo "tls with Java $jdk: skipped, as it is not here"
    continue
  fi
  for version in tls1_2 tls1_3; do
    name="$version with Java $jdk"
    JAVA_HOME=$home check "$version"
  done
done
