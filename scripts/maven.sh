# shellcheck shell=bash
# What the scripts share that build against our artifacts. Source it after lib.sh to get:
#   $libraries            the released modules, each after those that it needs
#   own_repository, pom_version, managed_version

# shellcheck disable=SC2034 # for the scripts that source this one
libraries=(ts-codec ts-recording ts-rules ts-tls ts-engine ts-proxy-core ts-replay-core ts-compare ts-capture ts-junit ts-bom)

# own_repository DIR: creates a local Maven repository that links to the user's own, except for our
# artifacts: nothing is downloaded twice, and none of our builds end up in the user's.
own_repository() {
  local theirs=${HOME:-}/.m2/repository
  mkdir -p "$1/io"
  [[ -d $theirs ]] || return 0
  find "$theirs" -mindepth 1 -maxdepth 1 ! -name io -exec ln -s -t "$1" {} +
  [[ ! -d $theirs/io ]] ||
    find "$theirs/io" -mindepth 1 -maxdepth 1 ! -name tracestream -exec ln -s -t "$1/io" {} +
}

# managed_version POM MODULE: the version that a pom gives for that module.
managed_version() {
  sed -n "/<artifactId>$2</{n;s|.*<version>\(.*\)</version>.*|\1|p;q}" "$1"
}

# pom_version FOLDER: the version of the module in that folder.
pom_version() {
  managed_version "$1/pom.xml" "${1##*/}"
}
