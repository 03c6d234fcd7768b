#!/usr/bin/env bash
# Has tshark dissect what export writes: each frame has to become a message of its protocol, and no packet may
# be malformed or have a wrong checksum. Without tshark, says so and passes.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

if ! command -v tshark >/dev/null; then
  echo "captures: skipped, as there is no tshark"
  exit
fi
[[ -n ${TS_PROXY_JAR:-} || -f $root/ts-cli/target/ts-proxy.jar ]] || build_jars ts-cli ts-proxy.jar

dissected() { # NAME FRAMING PORT FILTER: the recording on stdin has two packets that the filter finds
  { printf '# ts_proxy recording v1\n# framing %s\n' "$2" && cat; } >"$work/$1.rec"
  "$scripts/ts_proxy" export "$work/$1.rec" "$work/$1.pcapng" --port "$3"
  tshark -r "$work/$1.pcapng" -Y "$4" 2>/dev/null >"$work/found"
  (($(wc -l <"$work/found") == 2)) || fail "$1: tshark does not find two of $4" "$work/found"
  tshark -r "$work/$1.pcapng" -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE \
    -Y '_ws.malformed || tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0' \
    2>/dev/null >"$work/wrong"
  [[ ! -s $work/wrong ]] || fail "$1: tshark finds fault with" "$work/wrong"
  echo "$1: passed"
}

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
