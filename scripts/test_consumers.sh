#!/usr/bin/env bash
# Builds and runs the projects in it/ as their owners would: each alone, with nothing of this project
# but the libraries from a Maven repository.
#   scripts/test_consumers.sh [REPOSITORY]
# REPOSITORY is a local Maven repository that has, or can get, what ts-bom names. By default the libraries
# are built and installed to a new one.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"
# shellcheck source=maven.sh
. "$scripts/maven.sh"

(($# <= 1)) || refuse 2 "takes one argument at most, a Maven repository"
command -v mvn >/dev/null || refuse 3 "mvn: not found; install Maven for this test"

maven() { # PROJECT [ARGUMENT...]: builds it, or runs Maven with these arguments
  local project=$1
  shift
  (($# > 0)) || set -- package
  mvn -B -q -ntp -f "$work/it/$project/pom.xml" -Dmaven.repo.local="$repository" \
    -Dts-codec.version="$codec" -Dts-bom.version="$bom" "$@" >"$work/$project.log" 2>&1 ||
    fail "it/$project: the build failed" "$work/$project.log"
}

# class_path PROJECT: prints the names of the jars that it runs with, one per line.
class_path() {
  tr : '\n' <"$work/it/$1/target/classpath" | sed 's|.*/||' | sort
}

install_libraries() {
  local modules
  modules=$(IFS=,; echo "${libraries[*]}")
  own_repository "$repository"
  mvn -B -q -ntp -f "$root/pom.xml" -Dmaven.repo.local="$repository" -pl "ts-testing,$modules" -DskipTests \
    -Dmaven.source.skip -Dspotless.check.skip install >"$work/install.log" 2>&1 ||
    fail "the libraries: the build failed" "$work/install.log"
}

on_the_class_path() {
  maven classpath
  class_path classpath | same "the class path of a program on ts-codec" <(echo "ts-codec-$codec.jar") -
  java -cp "$work/it/classpath/target/classes:$(<"$work/it/classpath/target/classpath")" app.Frames hello '!' |
    same "the program on the class path" <(printf '%s\n' hello '!') -
  echo "ts-codec alone, on the class path: passed"
}

in_a_module() {
  local modules expected=$work/expected
  maven module
  modules=$work/it/module/target/classes:$(<"$work/it/module/target/classpath")
  printf '%s\n' hello '!' io.tracestream.codec >"$expected"
  java -p "$modules" -m app/app.Pieces | same "the program on the module path" "$expected" -
  jlink -p "$modules" --add-modules app --output "$work/image"
  "$work/image/bin/java" -m app/app.Pieces | same "the program in an image of its own" "$expected" -
  echo "ts-codec alone, as a module and linked into an image: passed"
}

in_a_test() {
  local name made=$work/it/junit/src/test/resources/made.tsv
  maven junit
  [[ -f $made ]] || fail "it/junit: no recording was made" "$work/junit.log"
  TRACESTREAM_RECORD=none maven junit # replays what it has recorded
  for name in codec recording rules engine proxy-core replay-core junit; do
    class_path junit | grep -qx "ts-$name-$(managed_version "$root/ts-bom/pom.xml" "ts-$name").jar" ||
      fail "it/junit: ts-$name has another version than in ts-bom" "$work/it/junit/target/classpath"
  done
  TRACESTREAM_RECORD=none maven junit clean test -Djunit.version=6.1.3
  echo "recorded and replayed in JUnit tests, by ts-bom: passed"
}

as_a_decoder() {
  maven decoder
  jar tf "$work/it/decoder/target/bank-decoder-1.jar" >"$work/names"
  grep -qx META-INF/services/io.tracestream.recording.PayloadDecoder "$work/names" ||
    fail "it/decoder: its jar does not name the decoder" "$work/names"
  echo "a decoder for ts_proxy, on ts-recording: passed"
}

# The project that the README shows. Users copy it as it is, so it is not given any property.
in_the_example() {
  local plugins=org.apache.maven.plugins pom=$work/it/bank/pom.xml
  sed -i "/<artifactId>ts-junit</{n;s|>.*<|>$junit<|}" "$pom"
  maven bank test
  ran_one_test
  # Whichever Maven this is: the plugins that Maven 3.8 uses by default.
  maven bank clean "$plugins:maven-resources-plugin:2.6:resources" \
    "$plugins:maven-compiler-plugin:3.1:compile" "$plugins:maven-resources-plugin:2.6:testResources" \
    "$plugins:maven-compiler-plugin:3.1:testCompile" surefire:test
  ran_one_test
  echo "the example, with the plugins of this Maven and of Maven 3.8: passed"
}

ran_one_test() {
  grep -q 'Tests run: 1, Failures: 0, Errors: 0, Skipped: 0' "$work"/it/bank/target/surefire-reports/*.txt ||
    fail "it/bank: its test did not run" "$work/bank.log"
}

with_gradle() {
  if ! command -v gradle >/dev/null; then
    echo "gradle: not found; install it (on Debian: gradle) to build it/gradle too"
    return
  fi
  # With a folder of its own for what it caches, and without a daemon, so that nothing is left over.
  gradle -q --no-daemon --gradle-user-home "$work/gradle" -p "$work/it/gradle" \
    -Dmaven.repo.local="$repository" -PtsReplayCoreVersion="$replay" replay \
    >"$work/gradle.out" 2>"$work/gradle.log" || fail "it/gradle: the build failed" "$work/gradle.log"
  same "the program that Gradle built" <(printf '%s\n' pong 'matched 1') "$work/gradle.out"
  echo "a replay in a Gradle build: passed"
}

cp -r "$root/it" "$work/it"
find "$work/it" -depth -name target -exec rm -rf {} +
bom=$(pom_version "$root/ts-bom")
codec=$(managed_version "$root/ts-bom/pom.xml" ts-codec)
replay=$(managed_version "$root/ts-bom/pom.xml" ts-replay-core)
junit=$(managed_version "$root/ts-bom/pom.xml" ts-junit)
repository=${1:-$work/repository}
(($# == 1)) || install_libraries
on_the_class_path
in_a_module
in_a_test
as_a_decoder
in_the_example
with_gradle
