#!/usr/bin/env bash
# Has tshark dissect what export writes: each frame has to become a message of its protocol, and no packet may
# be malformed or have a wrong checksum. One of the recordings is made here, with Debian's portmapper: it is
# also replayed and verified. What is not installed is reported and left out.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

if ! command -v tshark >/dev/null; then
  echo "captures: skipped, as there is no tshark"
  exit
fi
[[ -n ${TS_PROXY_JAR:-} || -f $root/ts-cli/target/ts-proxy.jar ]] || build_jars ts-cli ts-proxy.jar

PATH=$PATH:/usr/sbin:/sbin # where rpcbind and rpcinfo are installed

# dissect NAME COUNT FILTER: NAME.pcapng has so many packets that the filter finds, and no faulty one.
dissect() {
  tshark -r "$work/$1.pcapng" -Y "$3" 2>/dev/null >"$work/found"
  (($(wc -l <"$work/found") == $2)) || fail "$1: tshark does not find $2 of $3" "$work/found"
  tshark -r "$work/$1.pcapng" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE \
    -Y '_ws.malformed || tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0' \
    2>/dev/null >"$work/wrong"
  [[ ! -s $work/wrong ]] || fail "$1: tshark finds fault with" "$work/wrong"
  echo "$1: passed"
}

dissected() { # NAME FRAMING PORT FILTER: the recording on stdin has two packets that the filter finds
  { printf '# ts_proxy recording v1\n# framing %s\n' "$2" && cat; } >"$work/$1.rec"
  "$scripts/ts_proxy" export "$work/$1.rec" "$work/$1.pcapng" --port "$3"
  dissect "$1" 2 "$4"
}

ping() { # PORT: calls all versions of the portmapper, each with an id that rpcinfo makes up
  rpcinfo -a "127.0.0.1.$(($1 / 256)).$(($1 % 256))" -T tcp 100000
}

# The portmapper always takes port 111, and writes to /run: it gets a network and a /run of its own.
portmapper() {
  local tries=0 same_id='c2s:4+4->s2c:4+4'
  mount -t tmpfs none /run
  ip link set lo up
  rpcbind -f 2>"$work/rpcbind.err" &
  rpcbind_pid=$!
  until ping 111 >/dev/null 2>&1; do
    ((tries++ < 100)) || fail "rpcbind: does not answer" "$work/rpcbind.err"
    sleep 0.1
  done
  start proxy "$scripts/ts_proxy" proxy --listen 127.0.0.1:0 --target 127.0.0.1:111 \
    --framing onc-rpc --record-dir "$work/rpc"
  ping "${address##*:}" >"$work/live.txt"
  stop proxy 0
  "$scripts/ts_proxy" verify --target 127.0.0.1:111 --record-dir "$work/rpc" --copy "$same_id" >"$work/verify.txt" 2>&1 ||
    fail "verify: the portmapper differs" "$work/verify.txt"
  kill "$rpcbind_pid"
  wait "$rpcbind_pid" || true

  start replay "$scripts/ts_proxy" replay --listen 127.0.0.1:0 --record-dir "$work/rpc" --copy "$same_id"
  ping "${address##*:}" >"$work/replayed.txt"
  stop replay 0
  same "rpcinfo's output" "$work/live.txt" "$work/replayed.txt"
  "$scripts/ts_proxy" export "$work/rpc" "$work/portmapper.pcapng" --port 111
  dissect portmapper "$(conversation "$work"/rpc/* | wc -l)" rpc
}

if [[ ${1:-} == portmapper ]]; then
  portmapper
  exit
fi

dissected dns length=2 53 dns <<'END'
10	c2s	123401000001000000000000076578616d706c6503636f6d0000010001
900	s2c	123481800001000100000000076578616d706c6503636f6d0000010001c00c0001000100000e1000045db8d822
END
dissected kafka length=4 9092 kafka <<'END'
10	c2s	0012000000000007000461646d69
900	s2c	00000007000000000001001200000003
END
dissected modbus length=2,offset=4 502 mbtcp <<'END'
10	c2s	00010000010300000002
900	s2c	0001000001030400010002
END

if ! type rpcbind ip >/dev/null 2>&1; then
  echo "portmapper: skipped, as rpcbind or ip is not installed"
elif ! unshare -nm true 2>/dev/null; then
  echo "portmapper: skipped, as this user may not make a network"
else
  unshare -nm "$scripts/test_captures.sh" portmapper
fi
