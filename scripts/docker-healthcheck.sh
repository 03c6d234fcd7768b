#!/usr/bin/env bash
# The container's health check: asks for /health at TS_PROXY_METRICS. Without that variable, all that is known is
# that the process runs, which is taken for healthy.
set -euo pipefail
[[ -n ${TS_PROXY_METRICS:-} ]] || exit 0
host=${TS_PROXY_METRICS%:*}
host=${host//[\[\]]/}
case $host in
  0.0.0.0) host=127.0.0.1 ;;
  ::) host=::1 ;;
esac
exec 3<>"/dev/tcp/$host/${TS_PROXY_METRICS##*:}"
printf 'GET /health HTTP/1.0\r\n\r\n' >&3
IFS= read -r line <&3
[[ $line == *' 200 '* ]]
