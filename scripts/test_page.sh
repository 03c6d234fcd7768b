#!/usr/bin/env bash
# Opens the pages that inspect, replay and diff write in a headless Chromium: clicks, types, and looks for what
# should be there (PageIT in ts-cli). TS_PROXY_BROWSER names the program, if it is not in the path.
#   scripts/test_page.sh                 runs the tests; without a browser it says so and leaves them out
#   scripts/test_page.sh --picture OUT   makes docs/page.png again, from a recording that it makes up
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

browser=${TS_PROXY_BROWSER:-}
for name in chromium chromium-browser google-chrome; do
  [[ -n $browser ]] || browser=$(command -v "$name" || true)
done
if [[ -z $browser ]]; then
  echo "pages: skipped, as there is no browser; install chromium, or name one with TS_PROXY_BROWSER"
  exit
fi

entry() { # MICROSECONDS DIRECTION TEXT: a line of a recording
  printf '%s\t%s\t%s\n' "$1" "$2" "$(printf %s "$3" | od -An -v -tx1 | tr -d ' \n')"
}

conversation_of_a_bank() { # BALANCE: what a client and a bank say
  local time=1812 id=0 pause request reply
  printf '# ts_proxy recording v1\n'
  while IFS='|' read -r pause request reply; do
    id=$((id + 1))
    time=$((time + pause))
    entry "$time" c2s "{\"id\":$id,$request}"
    time=$((time + 700 + id * 137 % 900))
    entry "$time" s2c "{\"id\":$id,$reply}"
  done <<END
0|"login":"anna"|"ok":true,"session":"9d2f10c4"
2100|"list":"accounts"|"ok":true,"accounts":["giro","savings"]
1900|"balance":"giro"|"ok":true,"balance":"1320.50","currency":"EUR"
46100|"balance":"savings"|"ok":true,"balance":"$1","currency":"EUR"
2500|"rates":"savings"|"ok":true,"rates":[{"from":0,"percent":1.25},{"from":10000,"percent":1.75}]
21300|"transfer":"250.00","from":"giro","to":"savings"|"ok":true,"transfer":4711,"booked":"2026-11-24"
1700|"balance":"giro"|"ok":true,"balance":"1070.50","currency":"EUR"
1600|"balance":"savings"|"ok":true,"balance":"8450.00","currency":"EUR"
9800|"ping":1|"ok":true
10200|"ping":2|"ok":true
9900|"ping":3|"ok":true
3100|"statement":"giro"|"ok":true,"lines":[{"day":3,"amount":"-42.10"},{"day":30,"amount":"2450.00"}]
5200|"logout":true|"ok":true
END
}

if [[ ${1:-} == --picture ]]; then
  [[ -n ${TS_PROXY_JAR:-} || -f $root/ts-cli/target/ts-proxy.jar ]] || build_jars ts-cli ts-proxy.jar
  picture=$(realpath "$2")
  cd "$work"
  conversation_of_a_bank 8200.00 >bank.rec
  conversation_of_a_bank 7950.00 >today.rec
  start bank "$scripts/ts_proxy" replay --listen 127.0.0.1:0 --record today.rec --timing none
  if "$scripts/ts_proxy" verify --target "$address" --record bank.rec --timing none --decode json \
    --report page.html >out.txt 2>&1; then
    fail "verify: found no mismatch, expected one" out.txt
  fi
  "$browser" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/profile" \
    --window-size=1280,800 --virtual-time-budget=5000 --screenshot="$picture" "file://$work/page.html" 2>/dev/null
  exit
fi

cd "$root"
command -v mvn >/dev/null || refuse 3 "mvn: not found; install Maven"
report=ts-cli/target/failsafe-reports/TEST-io.tracestream.cli.PageIT.xml
rm -f "$report"
TS_PROXY_BROWSER=$browser mvn -B -ntp -q -pl ts-cli -am -Dmaven.source.skip -Dspotless.check.skip -Dcyclonedx.skip \
  -Dtest=none -Dit.test=PageIT -DfailIfNoTests=false -Dsurefire.failIfNoSpecifiedTests=false \
  -Dfailsafe.failIfNoSpecifiedTests=false verify || fail "pages: a test failed; see above"
grep -q '<testcase' "$report" || fail "pages: no test ran"
! grep -q '<skipped' "$report" || fail "pages: a test was left out, though there is a browser"
echo "pages: passed"
