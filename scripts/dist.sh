#!/usr/bin/env bash
# Makes an archive to unpack anywhere: bin/ts_proxy, lib, completion, manual pages, documentation and licences.
#   scripts/dist.sh [FOLDER]    writes FOLDER/ts-proxy-VERSION.tar.gz (default: target/dist)
# The same sources and JDK give the same bytes. Needs asciidoctor for the manual pages, and Maven.
# Environment: TS_PROXY_JAR (default: the build beside this script, which is built if it is missing).
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

out=$(readlink -m "${1:-$root/target/dist}")
command -v asciidoctor >/dev/null || refuse 3 "asciidoctor: not found; install the package asciidoctor"
[[ -n ${TS_PROXY_JAR:-} || -f $root/ts-cli/target/ts-proxy.jar ]] || build_jars ts-cli ts-proxy.jar
jar=${TS_PROXY_JAR:-$root/ts-cli/target/ts-proxy.jar}

pom() { # NAME: the text of the first element of that name in the root pom
  sed -n "s|.*<$1>\(.*\)</$1>.*|\1|p" "$root/pom.xml" | head -n 1
}

version=$(java -jar "$jar" --version)
version=${version#ts-proxy }
SOURCE_DATE_EPOCH=$(date -u -d "$(pom project.build.outputTimestamp)" +%s)
export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8 TZ=UTC
dist=$work/ts-proxy-$version

umask 022
mkdir -p "$dist"/{bin,lib,completion,docs,man/man1} "$out"
cp "$scripts/ts_proxy" "$dist/bin/"
cp "$jar" "$dist/lib/ts-proxy.jar"
[[ ! -d ${jar%/*}/decoders ]] || cp -r "${jar%/*}/decoders" "$dist/lib/"
cp "$root/docs"/*.md "$dist/docs/"
cp "$root/LICENSE" "$dist/"
java -jar "$jar" completion >"$dist/completion/ts_proxy"

(cd "$work" && jar xf "$jar" META-INF/licenses)
mv "$work/META-INF/licenses" "$dist/licenses"

picocli=$(pom picocli.version)
mvn -B -q -f "$root" -N dependency:copy -Dartifact="info.picocli:picocli-codegen:$picocli" -DoutputDirectory="$work/codegen" \
  >"$work/codegen.log" 2>&1 || fail "picocli-codegen: Maven cannot fetch it" "$work/codegen.log"
java -cp "$jar:$work/codegen/picocli-codegen-$picocli.jar" "$scripts/ManPages.java" "$work/man" >"$work/man.log" 2>&1 ||
  fail "manual pages: failed" "$work/man.log"
sed -i 's/->/\\->/g' "$work/man"/*.adoc # which AsciiDoc would turn into an arrow
asciidoctor -b manpage -a reproducible -D "$dist/man/man1" "$work/man"/*.adoc
echo '.so man1/ts-proxy.1' >"$dist/man/man1/ts_proxy.1"

cat >"$dist/README.txt" <<END
Trace Stream Proxy $version

bin/ts_proxy         the program; it needs Java 17 or later. A link to it may be anywhere on the PATH
completion/ts_proxy  for bash and zsh: source it, or copy it to /usr/share/bash-completion/completions
man                  manual pages: add this folder to MANPATH, then: man ts-proxy
docs                 the documentation; where it says ./scripts/ts_proxy, type bin/ts_proxy
licenses             the licences of all that is in lib
END

chmod -R u=rwX,go=rX "$dist"
chmod 755 "$dist/bin/ts_proxy"
archive=$out/ts-proxy-$version.tar.gz
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=gnu -C "$work" \
  -c "ts-proxy-$version" | gzip -9n >"$archive"
echo "made $archive"
