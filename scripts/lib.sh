# shellcheck shell=bash
# What the demos and tests share. Source it to get:
#   $scripts   this folder
#   $root      the folder of the project
#   $work      a scratch folder, removed when the script ends; processes still running are killed
#   refuse, fail, build_jars, start, stop, conversation, same, jdk
# A script that has more to clean up redefines tidy.

self=$(readlink -f "${BASH_SOURCE[0]}")
# shellcheck disable=SC2034 # for the scripts that source this one
scripts=${self%/*}
root=${scripts%/*}
work=$(mktemp -d "${TMPDIR:-/tmp}/ts-proxy.XXXXXX")

tidy() { :; }

# shellcheck disable=SC2329 # called by the trap
clean_up() {
  local status=$? running
  trap - EXIT
  running=$(jobs -p)
  # shellcheck disable=SC2086 # one word for each process
  [[ -z $running ]] || kill $running 2>/dev/null || true
  wait
  tidy
  rm -rf "$work"
  exit "$status"
}
trap clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# refuse STATUS MESSAGE: prints a line and exits.
refuse() {
  echo "ts-proxy: $2" >&2
  exit "$1"
}

# fail MESSAGE [FILE]: prints the end of a log and what failed, and exits with status 1.
fail() {
  [[ -z ${2:-} ]] || tail -n 20 "$2" | sed 's/^/  /' >&2
  refuse 1 "$1"
}

# build_jars MODULES NAMES: builds these modules (separated by commas) and what they need, without tests.
build_jars() {
  command -v mvn >/dev/null || refuse 3 "mvn: not found; install Maven, or set TS_PROXY_JAR to a built ts-proxy.jar"
  echo "Building $2 (only this once) ..." >&2
  (cd "$root" && mvn -B -q -pl "$1" -am -DskipTests -Dmaven.source.skip -Dspotless.check.skip -Dcyclonedx.skip package) ||
    refuse 3 "$2: the build failed; see above"
}

# start NAME COMMAND...: starts a server in the background and waits until it listens. Sets $address
# and NAME_pid. Its output goes to $work/NAME.out and $work/NAME.err.
start() {
  local name=$1 line='' tries=0
  shift
  : >"$work/$name.out" # so that it can be read at once, and says nothing of an earlier one
  : >"$work/$name.err"
  "$@" >>"$work/$name.out" 2>>"$work/$name.err" &
  printf -v "${name}_pid" %s "$!"
  until IFS= read -r line <"$work/$name.out"; do
    kill -0 "$!" 2>/dev/null || fail "$name: exited before it listened" "$work/$name.err"
    ((tries++ < 300)) || fail "$name: not listening after 30 seconds" "$work/$name.err"
    sleep 0.1
  done
  address=${line#listening on }
  [[ $address != "$line" ]] || fail "$name: found \"$line\", expected listening on HOST:PORT"
}

# stop NAME STATUS [PID]: stops a server with SIGTERM and checks its exit status. PID is the process to
# send the signal to, if not the one that start started.
stop() {
  local name=$1 pid=${1}_pid status=0 tries=0
  kill -TERM "${3:-${!pid}}" 2>/dev/null || true
  while kill -0 "${!pid}" 2>/dev/null; do
    ((tries++ < 100)) || { kill -KILL "${!pid}"; fail "$name: still running 10 seconds after SIGTERM"; }
    sleep 0.1
  done
  wait "${!pid}" || status=$?
  ((status == $2)) || fail "$name: exit status is $status, expected $2" "$work/$name.err"
}

# conversation FILE: prints direction and payload of each entry of a recording.
conversation() {
  awk -F '\t' '!/^#/ { print $2, $3 }' "$1"
}

# same WHAT EXPECTED FOUND: fails unless two files are equal; - is stdin.
same() {
  diff "$2" "$3" >&2 || fail "$1: differs; see above (< expected, > found)"
}

# jdk VERSION: prints the home of such a JDK, which JAVA_HOME_VERSION names or Debian has; or nothing.
jdk() {
  local named=JAVA_HOME_$1 home
  for home in "${!named:-}" /usr/lib/jvm/*"-$1-"*; do
    if [[ -n $home && -x $home/bin/javac ]]; then
      echo "$home"
      return
    fi
  done
}
