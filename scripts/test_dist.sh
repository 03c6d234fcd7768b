#!/usr/bin/env bash
# Makes the archive twice, which has to give the same bytes, unpacks it in an odd place, and uses what is in it:
# the program, through a link; completion in bash and zsh; the manual pages; the licences. Reported and left out
# where there is no asciidoctor, and in part where there is no zsh or man.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

if ! command -v asciidoctor >/dev/null; then
  echo "archive: skipped, as there is no asciidoctor"
  exit
fi

"$scripts/dist.sh" "$work/one" >/dev/null
sleep 1.1 # or a time in it might be the same by chance
(umask 077 && TZ=Asia/Tokyo "$scripts/dist.sh" "$work/other" >/dev/null)
archive=$(echo "$work"/one/*.tar.gz)
cmp "$archive" "$work/other/${archive##*/}" || fail "archive: made again, it has other bytes"
echo "the same bytes: passed"

mkdir "$work/an odd place" "$work/on the path"
tar -C "$work/an odd place" -xzf "$archive"
dist=$(echo "$work/an odd place"/*)
ln -s "$dist/bin/ts_proxy" "$work/on the path/ts_proxy"
export PATH="$work/on the path:$PATH"
unset TS_PROXY_JAR

cd "$work"
[[ ts-proxy-$(ts_proxy --version | sed 's/^ts-proxy //') == "${dist##*/}" ]] || fail "ts_proxy --version: another one than ${dist##*/}"
start server ts_proxy simple_server --listen 127.0.0.1:0
start proxy ts_proxy proxy --listen 127.0.0.1:0 --target "$address" --record a.rec
ts_proxy simple_client --connect "$address" --message hello --count 2 >/dev/null
stop proxy 0
ts_proxy check a.rec >/dev/null || fail "check: the recording is not whole"
echo "the program through a link: passed"

completed() { # WORD...: what bash completes the last word with
  # shellcheck disable=SC2016 # for that shell
  bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
    _complete_ts_proxy 2>/dev/null; printf "%s\n" "${COMPREPLY[@]}"' bash "$dist/completion/ts_proxy" "$@"
}
grep -qx verify <(completed ts_proxy ver) || fail "completion in bash: does not know verify"
grep -qx -- --redact <(completed ts_proxy proxy --red) || fail "completion in bash: does not know --redact of proxy"
if command -v zsh >/dev/null; then
  zsh -f -c 'autoload -U compinit && compinit -u -d "$1/zcompdump" && . "$2" && [[ -n ${_comps[ts_proxy]} ]]' \
    zsh "$work" "$dist/completion/ts_proxy" || fail "completion in zsh: ts_proxy is not completed"
fi
echo "completion: passed"

for command in $(completed ts_proxy '' | grep -v -e '^-' -e '^simple-'); do
  page=$dist/man/man1/ts-proxy-$command.1
  [[ -s $page ]] || fail "$command: has no manual page"
  ! command -v man >/dev/null || man -l "$page" 2>"$work/found" | grep -q SYNOPSIS || fail "$command: man cannot show its page" "$work/found"
done
! command -v man >/dev/null || MANPATH=$dist/man man ts_proxy >/dev/null || fail "man ts_proxy: not found"
echo "manual pages: passed"

jar tf "$dist/lib/ts-proxy.jar" | sed -n 's|^META-INF/maven/\(.*\)/pom.properties$|\1|p' | grep -v '^io.tracestream/' >"$work/parts"
[[ -s $work/parts ]] || fail "licences: the jar does not say what it contains"
for jar in "$dist"/lib/decoders/*.jar; do # not all of them say what they are
  jar=${jar##*/}
  [[ $jar == ts-* ]] || echo "decoders/${jar%%-[0-9]*}"
done >>"$work/parts"
while read -r part; do
  grep -qF "${part#*/}" "$dist/licenses/README.txt" || fail "licences: ${part#*/} is in the jar, but not in licenses/README.txt"
done <"$work/parts"
while read -r file; do
  [[ -s $dist/licenses/$file ]] || fail "licences: $file is missing"
done < <(grep -oE '[a-z0-9-]+\.txt' "$dist/licenses/README.txt")
echo "licences: passed"
