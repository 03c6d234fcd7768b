#!/usr/bin/env bash
# Runs what README.md and the pages in docs show: each command, with what it prints.
#   scripts/test_docs.sh [PAGE...]
# A block that begins with ```console holds commands, after "$ ", each with its output; one that begins with
# ```sh holds commands that have to succeed. In output, numbers and runs of blanks may differ. A command whose
# output begins with "listening on" is a server and goes on in the background. A page runs in a folder of its
# own, with these comments, which readers do not see:
#   <!-- test: skip, WHY -->    the next block is not run
#   <!-- test: log -->          the next block is what the last server says on stderr
#   <!-- test: out -->          the next block is what it said on stdout
#   <!-- test: is NAME -->      the next block is what is in that file
#   <!-- test: file NAME -->    the next block is written to that file
#   <!-- test: file NAME        a file with the lines up to the end of the comment
#   <!-- test: run COMMAND -->  runs a command that is not shown; run! is for one that has to fail
#   <!-- test: stop STATUS -->  stops all servers; the last one has to end with that status
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

[[ -n ${TS_PROXY_JAR:-} || -f $root/ts-cli/target/ts-proxy.jar ]] || build_jars ts-cli ts-proxy.jar
base=$((20000 + RANDOM % 20 * 500 + RANDOM % 490)) # in the place of ports 9000 and 9001
servers=() last=''
page='' number=0

failed() { # MESSAGE [FILE]
  fail "${page#"$root/"}:$number: $1" "${2:-}"
}

ports() { # replaces the pages' ports on stdin
  sed -E "s/(127\.0\.0\.1|localhost):900([01])/\1:@\2/g; s/@0/$base/g; s/@1/$((base + 1))/g"
}

plain() { # leaves out of stdin what may differ from run to run
  sed -E 's/[0-9]+(\.[0-9]+)?/N/g; s/N (us|ms|s)([^a-z]|$)/N T\2/g; s/[[:space:]]+/ /g; s/ $//'
}

lines() { # TEXT: nothing for none
  [[ -z $1 ]] || printf '%s\n' "$1"
}

run_server() { # COMMAND
  last=server${#servers[@]}
  start "$last" bash -c "exec $(ports <<<"$1")"
  servers+=("$last")
}

run_command() { # COMMAND EXPECTED: its output, or "-" for any output and status 0
  local status=0
  if [[ $2 == "listening on "* ]]; then
    run_server "$1"
    return
  fi
  bash -ec "$(ports <<<"$1")" >"$work/output" 2>&1 || status=$?
  if [[ $2 == - ]]; then
    ((status == 0)) || failed "\"$1\" ended with status $status, expected 0" "$work/output"
  elif ! diff <(lines "$2" | plain) <(plain <"$work/output") >"$work/diff"; then
    failed "the output of \"$1\" differs as shown (< in the page, > found)" "$work/diff"
  fi
}

run_hidden() { # COMMAND WANTED: 0, or anything else for a failure
  local status=0
  if [[ $1 =~ (simple_server|ts_proxy\ (proxy|replay)) ]]; then
    run_server "$1"
    return
  fi
  bash -c "$(ports <<<"$1")" >"$work/output" 2>&1 || status=$?
  (((status == 0) == ($2 == 0))) || failed "\"$1\" ended with status $status" "$work/output"
}

stop_servers() { # STATUS of the last one
  local name
  for name in "${servers[@]}"; do
    stop "$name" "$([[ $name == "$last" ]] && echo "$1" || echo 0)"
  done
  servers=()
}

is_said() { # TEXT FILE: the file holds it, soon
  local tries=0 wanted
  wanted=$(plain <<<"$1")
  until [[ $(plain <"$2") == *"$wanted"* ]]; do
    ((tries++ < 100)) || failed "this block is not what was said" "$2"
    sleep 0.1
  done
}

console() { # TEXT: commands, each with its output
  local command='' output='' line
  while IFS= read -r line; do
    if [[ $line == '$ '* ]]; then
      [[ -z $command ]] || run_command "$command" "${output%$'\n'}"
      command=${line#'$ '} output=''
    else
      output+=$line$'\n'
    fi
  done <<<"$1"
  run_command "$command" "${output%$'\n'}"
}

block() { # KIND TEXT DIRECTIVE
  case $3 in
    skip*) return ;;
    log) is_said "$2" "$work/$last.err" ;;
    out) is_said "$2" "$work/$last.out" ;;
    is*) is_said "$2" "${3#is }" ;;
    file*) printf '%s\n' "$2" >"${3#file }" ;;
    *)
      case $1 in
        console) console "$2" ;;
        sh) run_command "$2" - ;;
      esac
      ;;
  esac
}

test_page() { # PAGE
  local line name pid kind='' text='' directive='' hidden=''
  page=$1 number=0
  mkdir "$work/page"
  ln -s "$scripts" "$root/ts-cli" "$work/page"
  cd "$work/page"
  while IFS= read -r line; do
    number=$((number + 1))
    if [[ -n $hidden ]]; then
      if [[ $line == '-->' ]]; then hidden=''; else printf '%s\n' "$line" >>"$hidden"; fi
    elif [[ -n $kind ]]; then
      if [[ $line == '```' ]]; then
        block "$kind" "${text%$'\n'}" "$directive"
        kind='' text='' directive=''
      else
        text+=$line$'\n'
      fi
    elif [[ $line == '```'* ]]; then
      kind=${line#'```'}
    elif [[ $line == '<!-- test: file '* && $line != *'-->' ]]; then
      hidden=${line#'<!-- test: file '}
      : >"$hidden"
    elif [[ $line == '<!-- test: '* ]]; then
      line=${line#'<!-- test: '}
      line=${line%' -->'}
      case $line in
        'run! '*) run_hidden "${line#'run! '}" 1 ;;
        'run '*) run_hidden "${line#'run '}" 0 ;;
        'stop '*) stop_servers "${line#'stop '}" ;;
        skip* | log | out | 'is '* | 'file '*) directive=$line ;;
        *) failed "found \"$line\", which is not one of the comments that this test knows" ;;
      esac
    fi
  done <"$page"
  for name in "${servers[@]}"; do # how these end is not the page's business
    pid=${name}_pid
    kill "${!pid}" 2>/dev/null || true
    wait "${!pid}" || true
  done
  servers=()
  cd "$work"
  rm -rf "$work/page"
  echo "${page#"$root/"}: passed"
}

options() { # the options in the help on stdin
  grep -oE -- '--[a-z][a-z-]+' | sort -u
}

# Each option of a command is in the pages, and each option in the pages is one of a command.
test_options() {
  local command pages=("$root/README.md" "$root"/docs/*.md)
  for command in proxy replay verify load learn diff inspect check detect import export simple_server simple_client completion; do
    "$scripts/ts_proxy" "$command" --help
  done | options >"$work/known"
  options <"$work/known" | while read -r option; do
    grep -qE -- "$option([^a-z-]|\$)" "${pages[@]}" || fail "$option: is not in README.md or docs"
  done
  # Options of docker, of scripts/bench.sh and of other tools.
  printf '%s\n' --include --descriptor --rm --user --exit-code-from --full --rounds --jobs --peers >>"$work/known"
  cat "${pages[@]}" | options | while read -r option; do
    grep -qxe "$option" "$work/known" || fail "$option: is in README.md or docs, and no command has it"
  done
  echo "options: passed"
}

pages=("$@")
if (($# == 0)); then
  test_options
  pages=("$root/README.md" "$root"/docs/*.md)
fi
readlink -f "${pages[@]}" >"$work/pages" # at once: each page is tested in a folder of its own
while read -r each <&4; do
  test_page "$each"
done 4<"$work/pages"
