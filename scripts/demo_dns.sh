#!/usr/bin/env bash
# Records DNS over TCP, whose frames have a header of 2 bytes: dig asks dnsmasq through the proxy.
# Then dnsmasq is stopped, and the recording answers the same dig. Needs a build, dig and dnsmasq, but
# no privileges and no network. Exits with 0 only if dig got the same answers.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

PATH=$PATH:/usr/sbin:/usr/local/sbin # where dnsmasq is installed
command -v dig >/dev/null || refuse 3 "dig: not found; install bind9-dnsutils for this demo"
command -v dnsmasq >/dev/null || refuse 3 "dnsmasq: not found; install dnsmasq-base for this demo"

# One connection with five queries. Ids are fixed and cookies turned off, since both would differ from
# run to run, and a replay expects the same bytes.
ask() { # PORT
  dig @127.0.0.1 -p "$1" +tcp +keepopen +nocookie +nocmd +nostats +tries=1 +time=5 \
    www.demo.test A +qid=1 www.demo.test AAAA +qid=2 demo.test MX +qid=3 demo.test TXT +qid=4 none.demo.test A +qid=5
}

start_dnsmasq() { # sets $dnsmasq_port; dnsmasq cannot pick a free port, so we try until one works
  local tries
  for ((tries = 0; tries < 50; tries++)); do
    if ((tries % 10 == 0)); then
      dnsmasq_port=$((20000 + RANDOM % 10000))
      dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --user= --log-facility=- \
        --port="$dnsmasq_port" --listen-address=127.0.0.1 --bind-interfaces --no-resolv --no-hosts --local=/demo.test/ \
        --host-record=www.demo.test,192.0.2.10,2001:db8::10 --mx-host=demo.test,mail.demo.test,10 \
        --txt-record=demo.test,"recorded once and replayed often" 2>"$work/dnsmasq.err" &
      # shellcheck disable=SC2034 # for stop
      dnsmasq_pid=$!
    fi
    [[ $(dig +tcp +short +tries=1 +time=1 @127.0.0.1 -p "$dnsmasq_port" www.demo.test 2>&1) != 192.0.2.10 ]] || return 0
    sleep 0.1
  done
  fail "dnsmasq: does not answer" "$work/dnsmasq.err"
}

answers() { # FILE: status and records of each answer in dig's output
  awk '/status:/ { sub(",", "", $6); status = $6 }
    /^;[^;]/ && $3 ~ /^[A-Z]+$/ { printf "  %-15s %-4s %s\n", substr($1, 2), $3, status }
    /^[^;]/ { sub(/^.*\tIN\t[A-Z]+\t/, "    "); print }' "$1"
}

start_dnsmasq
start proxy "$scripts/ts_proxy" proxy --listen 127.0.0.1:0 --target "127.0.0.1:$dnsmasq_port" \
  --record "$work/dns.rec" --header-len 2
echo "dig asks dnsmasq through the proxy"
ask "${address##*:}" >"$work/live.txt"
stop proxy 0
stop dnsmasq 0
answers "$work/live.txt"

echo "dnsmasq is stopped; the same dig asks the recording"
start replay "$scripts/ts_proxy" replay --listen 127.0.0.1:0 --record "$work/dns.rec" --header-len 2
ask "${address##*:}" >"$work/replayed.txt"
stop replay 0
same "dig's output" "$work/live.txt" "$work/replayed.txt"
[[ $(grep -o 'status: [A-Z]*' "$work/live.txt" | sort | uniq -c | xargs) == "4 status: NOERROR 1 status: NXDOMAIN" ]] ||
  fail "dig: expected four answers and an NXDOMAIN" "$work/live.txt"
echo "dig printed the same five answers, byte for byte."
