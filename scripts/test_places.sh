#!/usr/bin/env bash
# Runs all tests again in other places: with newer JDKs, in a locale with other digits, in one in which the
# system's messages are translated, in the C locale, and in time zones off the full hour. Works on a copy of
# this folder, and on two modules at a time, so beside a load.
# Uses JAVA_HOME_21 and JAVA_HOME_25, or the JDKs of a Debian machine. Where one is missing, the JDK of the
# build takes its place.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

# run JDK LOCALE ZONE: runs all tests there; "build" is the JDK of the build.
run() {
  local home='' begin=$SECONDS
  if [[ $1 != build ]]; then
    home=$(jdk "$1")
    [[ -n $home ]] || echo "no JDK $1 here: run .ci/install_jdk $1 as root on Debian, or set JAVA_HOME_$1"
  fi
  if [[ $2 != C ]] && ! localedef -i "${2%.*}" -f UTF-8 "$work/locales/$2"; then
    echo "no locale $2 here: install the package locales; left out"
    return
  fi
  (cd "$work/copy" && env ${home:+"JAVA_HOME=$home"} LOCPATH="$work/locales" LC_ALL="$2" TZ="$3" \
    mvn -B -ntp -q -pl '!ts-checks' clean verify -Dmaven.source.skip -Dspotless.check.skip) ||
    refuse 1 "the tests failed with JDK ${home:-of the build}, locale $2, time zone $3; see above"
  echo "JDK ${home:-of the build}, locale $2, time zone $3: passed in $((SECONDS - begin)) s"
}

mkdir "$work/copy" "$work/locales"
(cd "$root" && git ls-files -z --cached --others --exclude-standard |
  while IFS= read -r -d '' file; do
    [[ ! -e $file ]] || printf '%s\0' "$file"
  done | xargs -0 cp --parents -t "$work/copy")

run 21 ar_EG.UTF-8 Asia/Kathmandu
run 25 de_DE.UTF-8 America/St_Johns
run build C Pacific/Chatham
