#!/usr/bin/env bash
# Runs all tests again in other places: with newer JDKs, in a locale with other digits and in one
# with other decimals, in time zones off the full hour. Two modules at a time, so beside a load.
# Uses JAVA_HOME_21 and JAVA_HOME_25, or the JDKs of a Debian machine; a missing one is named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

locales=$(mktemp -d)
trap 'rm -rf "$locales"' EXIT

# The home of a JDK of that version, or nothing.
jdk() {
  local named=JAVA_HOME_$1 home
  for home in "${!named:-}" /usr/lib/jvm/*"-$1-"*; do
    if [[ -x $home/bin/javac ]]; then
      echo "$home"
      return
    fi
  done
}

# run JDK LOCALE ZONE
run() {
  local home
  home=$(jdk "$1")
  if [[ -z $home ]]; then
    echo "no JDK $1 here: install openjdk-$1-jdk-headless or set JAVA_HOME_$1; the JDK of the build takes its place"
  fi
  if ! localedef -i "${2%.*}" -f UTF-8 "$locales/$2"; then
    echo "no locale $2 here: install the package locales; skipped"
    return
  fi
  echo "JDK ${home:-of the build}, locale $2, time zone $3"
  env ${home:+"JAVA_HOME=$home"} LOCPATH="$locales" LC_ALL="$2" TZ="$3" \
    mvn -B -ntp -q -T2 verify -Dmaven.javadoc.skip -Dspotless.check.skip
}

run 21 ar_EG.UTF-8 Asia/Kathmandu
run 25 de_DE.UTF-8 America/St_Johns
