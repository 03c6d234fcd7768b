#!/usr/bin/env bash
# Builds the image with docker, podman or buildah, whichever works, and runs both modes in it: the proxy
# records a conversation, then its replay answers the same client. Skipped if none of the three works.
# BASE names the base image. Without it, and without a registry to pull from, debootstrap makes one.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"

export DOCKER_BUILDKIT=1 BUILDAH_ISOLATION=${BUILDAH_ISOLATION:-chroot}
tag=localhost/ts-proxy-test

engine= # one that works: docker's client alone is not enough
for candidate in docker podman buildah; do
  if "$candidate" info >/dev/null 2>&1; then
    engine=$candidate
    break
  fi
done
if [[ -z $engine ]]; then
  echo "skipped: no docker, podman or buildah that works here; install buildah (as root), or start docker"
  exit 0
fi

inspect() { # IMAGE FIELD: of its configuration
  case $engine in
    buildah) buildah inspect --type image --format "{{.OCIv1.Config.$2}}" "$1" ;;
    *) "$engine" image inspect --format "{{.Config.$2}}" "$1" ;;
  esac 2>/dev/null
}

available() { # IMAGE
  inspect "$1" User >/dev/null || "$engine" pull "$1" >/dev/null 2>&1
}

make_base() { # NAME: Debian, from the mirror that apt uses here
  local mirror container
  command -v debootstrap >/dev/null && command -v apt-get >/dev/null && ((EUID == 0)) || return 1
  # shellcheck disable=SC1091,SC2016 # a file of the system; apt's own variable
  mirror=$(. /etc/os-release && apt-get indextargets --format '$(SITE)' "Codename: $VERSION_CODENAME" "Component: main" | head -n 1)
  debootstrap --variant=minbase trixie "$work/base" "$mirror" >"$work/base.log" 2>&1 || fail "debootstrap: failed" "$work/base.log"
  if [[ $engine == buildah ]]; then
    container=$(buildah from scratch)
    buildah add -q "$container" "$work/base" / >/dev/null
    buildah commit -q --rm "$container" "$1" >/dev/null
  else
    tar -C "$work/base" -c . | "$engine" import - "$1" >/dev/null
  fi
}

build() { # passes on what Maven needs here to reach its repository
  local flags='' options=() java_home
  if [[ -f ${HOME:-}/.m2/settings.xml ]]; then
    options+=(--secret "id=settings,src=$HOME/.m2/settings.xml")
    flags+=" -s /run/secrets/settings"
  fi
  java_home=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p') || true
  if [[ -f $java_home/lib/security/cacerts ]]; then
    options+=(--secret "id=truststore,src=$java_home/lib/security/cacerts")
    flags+=" -Djavax.net.ssl.trustStore=/run/secrets/truststore"
  fi
  "$engine" build "${options[@]+"${options[@]}"}" --build-arg MAVEN_FLAGS="$flags" --build-arg BASE="$base" \
    -t "$tag" "${scripts%/*}" >"$work/build.log" 2>&1 || fail "$engine: the image's build failed" "$work/build.log"
}

container=
tidy() {
  [[ -z $container ]] || buildah rm "$container" >/dev/null
  "$engine" rmi -f "$tag" >/dev/null 2>&1 || true
}

# in_image [VARIABLE=VALUE...] -- [ARGUMENT...]: sets $command to run the image that way. Uses the host's
# network with each engine, so that all share its loopback and port 0 picks a free port there.
in_image() {
  command=("$engine" run -v "$work/recordings:/recordings")
  [[ $engine == buildah ]] || command+=(--rm --network host)
  while [[ $1 != -- ]]; do
    command+=(--env "$1")
    shift
  done
  shift
  if [[ $engine == buildah ]]; then # it ignores the entry point
    command+=("$container" -- "$entrypoint" "$@")
  else
    command+=("$tag" "$@")
  fi
}

stop_container() { # NAME: docker and podman pass a signal on; with buildah, the process itself has to get it
  local pid=${1}_pid child
  pid=${!pid}
  if [[ $engine == buildah ]]; then
    while child=$(grep -l "^PPid:[[:space:]]$pid\$" /proc/[0-9]*/status 2>/dev/null | head -n 1 || true) && [[ -n $child ]]; do
      child=${child#/proc/}
      pid=${child%/status}
    done
  fi
  stop "$1" 0 "$pid"
}

base=${BASE:-debian:trixie-slim}
if [[ -z ${BASE:-} ]] && ! available "$base"; then
  base=localhost/ts-proxy-base:trixie
  if ! inspect "$base" User >/dev/null; then
    echo "making a base image with debootstrap"
    make_base "$base" || { echo "skipped: no base image to pull; set BASE to one, or install debootstrap (as root)"; exit 0; }
  fi
fi

echo "building the image with $engine"
build
[[ $(inspect "$tag" User) =~ ^[1-9] ]] || fail "the image's user is \"$(inspect "$tag" User)\"; expected the number of a user other than root"
if [[ $engine == buildah ]]; then
  entrypoint=$(inspect "$tag" Entrypoint)
  entrypoint=${entrypoint//[\[\]]/}
  container=$(buildah from "$tag")
  buildah config --volume /recordings- "$container" # or it hides the folder that is mounted there
fi
mkdir -m 777 "$work/recordings"
chmod 777 "$work/recordings" # for the image's user, whatever the umask here

echo "recording a conversation through the proxy in it"
in_image -- simple_server --listen 127.0.0.1:0
start server "${command[@]}"
in_image TS_PROXY_LISTEN=127.0.0.1:0 TS_PROXY_TARGET="$address" TS_PROXY_RECORD=hello.rec --
start proxy "${command[@]}"
in_image -- simple_client --connect "$address" --message hello --count 3
"${command[@]}" >"$work/live.txt"
stop_container proxy
stop_container server
printf 'echo: %s\n' 1_hello 2_hello 3_hello | same "the client's output" - "$work/live.txt"
in_image -- inspect --entries hello.rec # in the image, since only its user may read the recording
"${command[@]}" >"$work/entries.txt"
[[ $(grep -c -E ' (c2s|s2c) ' "$work/entries.txt") -eq 6 ]] || fail "the recording does not have six entries" "$work/entries.txt"

echo "replaying it"
in_image TS_PROXY_MODE=replay TS_PROXY_LISTEN=127.0.0.1:0 TS_PROXY_RECORD=hello.rec --
start replay "${command[@]}"
in_image -- simple_client --connect "$address" --message hello --count 3
"${command[@]}" >"$work/replayed.txt"
stop_container replay
same "the replies" "$work/live.txt" "$work/replayed.txt"

in_image JAVA_OPTS=-XX:AOTMode=on -- --version
"${command[@]}" >"$work/version.txt" 2>&1 || fail "the JVM's cache in the image does not fit" "$work/version.txt"

in_image TS_PROXY_MODE=neither --
status=0
"${command[@]}" >"$work/wrong.txt" 2>&1 || status=$?
((status == 2)) || fail "a wrong TS_PROXY_MODE: status $status, expected 2" "$work/wrong.txt"
grep -q '^ts-proxy: TS_PROXY_MODE: ' "$work/wrong.txt" || fail "a wrong TS_PROXY_MODE: no line about it" "$work/wrong.txt"

echo "the image works in both modes"
