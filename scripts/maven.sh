# shellcheck shell=bash
# What the scripts share that build with artifacts of ours. Source it behind lib.sh; it gives:
#   $libraries            the modules that are released, in the order in which they need each other
#   own_repository, pom_version, managed_version

# shellcheck disable=SC2034 # for the scripts that source this one
libraries=(ts-codec ts-recording ts-rules ts-engine ts-proxy-core ts-replay-core ts-compare ts-junit ts-bom)

# own_repository DIR: a local Maven repository without any artifact of ours. All else in it is the
# user's own, by links: nothing is fetched twice, and nothing of ours gets into theirs.
own_repository() {
  local theirs=${HOME:-}/.m2/repository
  mkdir -p "$1/io"
  [[ -d $theirs ]] || return 0
  find "$theirs" -mindepth 1 -maxdepth 1 ! -name io -exec ln -s -t "$1" {} +
  [[ ! -d $theirs/io ]] ||
    find "$theirs/io" -mindepth 1 -maxdepth 1 ! -name tracestream -exec ln -s -t "$1/io" {} +
}

# managed_version POM MODULE: the version behind that module's name in a pom.
managed_version() {
  sed -n "/<artifactId>$2</{n;s|.*<version>\(.*\)</version>.*|\1|p;q}" "$1"
}

# pom_version FOLDER: the version that the module in that folder is built as.
pom_version() {
  managed_version "$1/pom.xml" "${1##*/}"
}
