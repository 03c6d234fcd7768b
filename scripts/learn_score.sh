#!/usr/bin/env bash
# Scores learn: for each protocol of a corpus, records two runs, learns rules from them, and counts fresh
# clients and servers that agree with the recording under these rules, and wrong ones that pass all the same.
# Prints tables, and exits with 1 if anything is worse than it/learn-score/expected.tsv says.
#   scripts/learn_score.sh [--generated | --written] [--accept] [--keep DIR] [NAME...]
#   --generated  only generated protocols: the same figures in each run; needs neither Maven nor servers
#   --written    as --generated, but with the right rules, which the generator knows, instead of learned ones
#   --accept     writes what came out to expected.tsv
#   --keep DIR   keeps recordings, rules and what failed in DIR, which is created
#   NAME         only protocols with this in their names
# Takes some minutes. Servers and clients in Java come from Maven Central, others from Debian's packages. As
# root on Debian, small packages that are missing are installed; for others a line says what to install.
# Environment: TS_PROXY_JAR (default: the build beside this script), JAVA_HOME (default: the java on PATH).
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

corpus=$root/it/learn-score
sources=$corpus/src/main/java
generated='' mode=compare keep=''
while (($# > 0)); do
  case $1 in
    --generated) generated=yes ;;
    --written) generated=yes mode=written ;;
    --accept) mode=accept ;;
    --keep)
      [[ -n ${2:-} && ! -e $2 ]] || refuse 2 "--keep: found \"${2:-}\", expected a folder to create"
      keep=$2
      shift
      ;;
    --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit ;;
    -*) refuse 2 "unknown option $1; see --help" ;;
    *) break ;;
  esac
  shift
done

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "${java}c" >/dev/null || refuse 3 "javac: not found; install a JDK 17 or later, or set JAVA_HOME to it"
jar=${TS_PROXY_JAR:-$root/ts-cli/target/ts-proxy.jar}
[[ -f $jar ]] || build_jars ts-cli ts-proxy.jar

install_packages() {
  local missing=() program package
  while read -r program package; do
    [[ -x $(PATH=$PATH:/usr/sbin command -v "$program") ]] || missing+=("$package")
  done <<'END'
dig bind9-dnsutils
dnsmasq dnsmasq-base
ssh-agent openssh-client
socat socat
END
  ((${#missing[@]} > 0)) && [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null || return 0
  echo "Installing ${missing[*]} ..." >&2
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
    >"$work/apt.log" 2>&1 || echo "ts-proxy: ${missing[*]}: cannot be installed" >&2
}

# Sets $class_path to the jars of servers and clients, or to nothing.
fetch_jars() {
  class_path=''
  if ! command -v mvn >/dev/null; then
    echo "ts-proxy: skipped servers in Java: mvn: not found; install Maven" >&2
  elif mvn -B -q -ntp -f "$corpus/pom.xml" dependency:build-classpath -Dmdep.outputFile="$work/class_path" >"$work/mvn.log" 2>&1; then
    class_path=$(<"$work/class_path")
  else
    echo "ts-proxy: skipped servers in Java: Maven cannot fetch them: $(grep -m 1 ERROR "$work/mvn.log")" >&2
  fi
}

class_path=''
mains=("$sources/score/Score.java")
if [[ -z $generated ]]; then
  install_packages
  fetch_jars
  [[ -z $class_path ]] || mains+=("$sources/score/Jars.java")
fi
"${java}c" -nowarn -d "$work/classes" -cp "$jar:$class_path" -sourcepath "$sources" "${mains[@]}" 2>"$work/javac.log" ||
  fail "the corpus cannot be compiled" "$work/javac.log"
# Servers put their files into the scratch folder, which goes with all that they left.
"$java" -Dts-proxy.jar="$jar" -Djava.io.tmpdir="$work" -Dgenerated="$generated" \
  -Dslf4j.provider=org.slf4j.simple.SimpleServiceProvider -Dslf4j.internal.verbosity=ERROR \
  -Dorg.slf4j.simpleLogger.defaultLogLevel=off -cp "$jar:$work/classes:$class_path" \
  score.Score "$corpus/expected.tsv" "$mode" "${keep:-$work/corpus}" "$@" &
wait "$!"
