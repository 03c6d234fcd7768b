#!/usr/bin/env bash
# Tests that each library can be released alone: in a clone of the last commit and with a repository of
# its own, releases all of them, then a patch of one, and builds consumers with that patch and the others
# unchanged. Also tests that what must not be released is refused.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"
# shellcheck source=maven.sh
. "$scripts/maven.sh"

export GIT_AUTHOR_NAME=tester GIT_AUTHOR_EMAIL=tester@localhost
export GIT_COMMITTER_NAME=tester GIT_COMMITTER_EMAIL=tester@localhost
tree=$work/tree
staging=$work/staging
group=$staging/io/tracestream

release() { # ARGUMENTS...: runs release.sh in the clone
  "$tree/scripts/release.sh" --repository "file:$staging" "$@" >"$work/release.log" 2>&1
}

released() { # ARGUMENTS...: the same, and it has to succeed
  release "$@" || fail "release.sh $*: refused" "$work/release.log"
}

refused() { # WHY ARGUMENTS...: the same, and it has to fail with that text and change nothing
  local before
  before=$(state)
  ! release "${@:2}" || fail "release.sh ${*:2}: released, expected: $1" "$work/release.log"
  grep -qF -- "$1" "$work/release.log" || fail "release.sh ${*:2}: failed for another reason, expected: $1" "$work/release.log"
  [[ $(state) == "$before" ]] || fail "release.sh ${*:2}: refused, but something changed"
}

state() { # of the clone and of the staging repository
  git -C "$tree" for-each-ref
  git -C "$tree" status --porcelain
  [[ ! -d $staging ]] || find "$staging" -type f -exec sha256sum {} + | sort
}

edit() { # MESSAGE: commits the changes in the clone
  git -C "$tree" add -A
  git -C "$tree" commit -q -m "$1"
}

news() { # MODULE VERSION: adds the changelog entry that a release needs
  sed -i "0,/^## /s/^## /## [$2] - unreleased\n\n- Something new.\n\n&/" "$tree/$1/CHANGELOG.md"
}

probe() { # METHODS...: adds a public class with these methods to ts-codec
  local method
  {
    printf '%s\n' 'package io.tracestream.codec;' '' '/** For a test. */' 'public final class Probe {' '  private Probe() {}'
    for method; do printf '%s\n' '' '  /** Does nothing. */' "  public static void $method() {}"; done
    echo '}'
  } >"$tree/ts-codec/src/main/java/io/tracestream/codec/Probe.java"
}

prepare() {
  local module
  git clone -q "$root" "$tree"
  git -C "$tree" checkout -q -B releases
  git -C "$tree" tag -l | xargs -r git -C "$tree" tag -d >/dev/null
  git -C "$tree" config user.name tester
  git -C "$tree" config user.email tester@localhost
  for module in "${libraries[@]}"; do # as if nothing had been released yet
    sed -i -e 's|<last.release>.*<|<last.release>none<|' -e 's|<japicmp.skip>.*<|<japicmp.skip>true<|' "$tree/$module/pom.xml"
    printf '# Changes\n\n## [%s] - unreleased\n\n- All of it.\n' "$(pom_version "$tree/$module")" >"$tree/$module/CHANGELOG.md"
  done
  edit "Forget the releases" >/dev/null || true
}

command -v mvn >/dev/null || refuse 3 "mvn: not found; install Maven for this test"
prepare
first=$(pom_version "$tree/ts-codec")
second=${first%.*}.$((${first##*.} + 1))
third=${first%.*}.$((${first##*.} + 2))
proxy=$(pom_version "$tree/ts-proxy-core")
bom=$(pom_version "$tree/ts-bom")

refused "ts-recording: not released yet" ts-rules
refused "expected one of" ts-cli
touch "$tree/forgotten"
refused "working tree: there are changes" ts-codec
rm "$tree/forgotten"
sed -i "s|<ts-codec.version>.*<|<ts-codec.version>9.9.9<|" "$tree/pom.xml"
edit "Forget the module's own pom"
refused "pom.xml: ts-codec.version: found 9.9.9, expected $first" ts-codec
git -C "$tree" reset -q --hard HEAD~1
git -C "$tree" tag "ts-codec-$first"
refused "ts-codec $first: is already tagged" ts-codec
git -C "$tree" tag -d "ts-codec-$first" >/dev/null

# The build has run these checks already, so a single release here runs them again.
options=${MAVEN_OPTS:-}
# With values, since for a JVM, unlike for mvn, a bare name does not mean true.
quickly="$options -DskipTests=true -Dspotless.check.skip=true"
export MAVEN_OPTS=$quickly
before=$(state)
released --dry-run ts-codec
[[ $(state) == "$before" ]] || fail "release.sh --dry-run: changed something"
for module in "${libraries[@]}"; do
  [[ $module == ts-bom ]] || released "$module"
done
for file in .jar -sources.jar -javadoc.jar .pom; do
  [[ -s $group/ts-proxy-core/$proxy/ts-proxy-core-$proxy$file ]] || fail "ts-proxy-core: $file is not in the repository"
done
! grep -lr '<parent>' --include='*.pom' "$group" || fail "these poms have a parent, which nobody can download"
[[ $(pom_version "$tree/ts-codec") == "$second" ]] || fail "ts-codec: its version is not $second after its release"
git -C "$tree" rev-parse -q --verify "ts-codec-$first" >/dev/null || fail "ts-codec: there is no tag ts-codec-$first"
echo "each library released: passed"

probe one two
edit "Add two methods"
refused "ts-codec/CHANGELOG.md: there is no list below \"## [$second] - unreleased\"" ts-codec
news ts-codec "$second"
edit "Describe them"
MAVEN_OPTS=$options
others=$(find "$group" -path "$group/ts-codec" -prune -o -type f -exec sha256sum {} +)
released ts-codec
[[ $(find "$group" -path "$group/ts-codec" -prune -o -type f -exec sha256sum {} +) == "$others" ]] ||
  fail "ts-codec $second: its release changed other modules"
[[ ! -d $group/ts-proxy-core/$second || $proxy == "$second" ]] || fail "ts-proxy-core: $second was released, too"
echo "a patch of one library released alone: passed"

released ts-bom
bom=$group/ts-bom/$bom/ts-bom-$bom.pom
[[ $(managed_version "$bom" ts-codec) == "$second" && $(managed_version "$bom" ts-proxy-core) == "$proxy" ]] ||
  fail "ts-bom: found other versions, expected ts-codec $second and ts-proxy-core $proxy" "$bom"
grep -F "passed" "$work/release.log"
echo "consumers with that patch and the others as they were: passed"

MAVEN_OPTS=$quickly
probe one
news ts-codec "$third"
edit "Remove a public method"
refused "METHOD_REMOVED" ts-codec
sed -i 's|<japicmp.skip>.*<|<japicmp.skip>true<|' "$tree/ts-codec/pom.xml"
edit "Switch the guard off"
refused "METHOD_REMOVED" ts-codec
echo "a patch that removes a public method: refused, even if its pom allows it"

larger=${first%%.*}.99.0
sed -i "s|>$third<|>$larger<|" "$tree/ts-codec/pom.xml" "$tree/ts-bom/pom.xml"
sed -i "s|<ts-codec.version>.*<|<ts-codec.version>$larger<|" "$tree/pom.xml"
news ts-codec "$larger"
edit "Take a larger step"
released ts-codec
grep -q '<japicmp.skip>false<' "$tree/ts-codec/pom.xml" || fail "ts-codec: the API guard is not on again after $larger"
echo "a larger step that may break something: released"

if command -v gpg >/dev/null; then
  MAVEN_OPTS=$quickly
  export GNUPGHOME=$work/gnupg
  mkdir -m 700 "$GNUPGHOME"
  gpg -q --batch --pinentry-mode loopback --passphrase '' --quick-generate-key tester@localhost 2>"$work/gpg.log"
  recording=$(pom_version "$tree/ts-recording")
  news ts-recording "$recording"
  edit "Describe a signed release"
  released --sign tester@localhost ts-recording
  for file in .jar -sources.jar -javadoc.jar .pom; do
    gpg -q --verify "$group/ts-recording/$recording/ts-recording-$recording$file.asc" 2>"$work/gpg.log" ||
      fail "ts-recording-$recording$file: has no good signature" "$work/gpg.log"
  done
  gpgconf --kill all
  echo "signed artifacts: passed"
fi
