#!/usr/bin/env bash
# Releases one library alone, as the version in its pom:
#   scripts/release.sh [--dry-run] [--repository URL|central] [--sign KEY] MODULE
# Works in a clone under target/release: dates the module's CHANGELOG.md, builds and tests the module
# against the last releases of its siblings, deploys jar, sources, Javadoc and pom, tags MODULE-VERSION
# and sets the next patch version. Then pulls both commits and the tag into this branch.
# Pushes nothing. If anything fails, nothing has changed here.
#   --repository  where to deploy: a Maven repository, or Maven Central. Libraries in a file: repository
#                 count as released; any other has to be in your Maven settings
#   --sign        signs with this gpg key; required by Maven Central
#   --dry-run     deploys to target/release/repository and changes nothing else
# CONTRIBUTING.md says how to prepare a release.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/lib.sh"
# shellcheck source=maven.sh
. "$scripts/maven.sh"

usage="release.sh [--dry-run] [--repository URL|central] [--sign KEY] MODULE"
dry_run=false
target=
flags=(-Dmaven.javadoc.skip=false)
while (($# > 1)); do
  case $1 in
    --dry-run) dry_run=true ;;
    --repository) target=$2; shift ;;
    --sign) flags+=("-Dgpg.keyname=$2"); shift ;;
    *) refuse 2 "unknown option \"$1\"; usage: $usage" ;;
  esac
  shift
done
module=${1:-}
[[ " ${libraries[*]} " == *" $module "* ]] || refuse 2 "module: found \"$module\", expected one of ${libraries[*]}"
$dry_run || [[ -n $target ]] || refuse 2 "missing option: --repository or --dry-run"
[[ $target != central || "${flags[*]}" == *gpg* ]] || refuse 2 "missing option: --sign KEY, since Maven Central takes signed files only"

clone=$root/target/release/clone
repository=$work/repository

last_release() { # MODULE
  sed -n 's|.*<last.release>\(.*\)</last.release>.*|\1|p' "$1/pom.xml"
}

siblings() { # the other libraries in the module's pom
  grep -o '<artifactId>ts-[a-z-]*<' "$module/pom.xml" | sed 's/.*>\(.*\)</\1/' | sort -u |
    grep -vxE "$module|ts-parent|ts-testing" || true
}

# set_managed POM NAME VERSION: sets the version that a pom gives for an artifact.
set_managed() {
  sed -i "/<artifactId>$2</{n;s|<version>.*</version>|<version>$3</version>|}" "$1"
}

# set_version VERSION: sets the version of the module, and the one that others refer to.
set_version() {
  set_managed "$module/pom.xml" "$module" "$1"
  sed -i "s|<$module.version>.*</$module.version>|<$module.version>$1</$module.version>|" pom.xml
  [[ $module == ts-bom ]] || set_managed ts-bom/pom.xml "$module" "$1"
}

named_by_others() { # the version in the root's property; nothing refers to ts-bom
  [[ $module != ts-bom ]] || echo "$version"
  sed -n "s|.*<$module.version>\(.*\)</$module.version>.*|\1|p" pom.xml
}

check() {
  [[ -z $(git status --porcelain) ]] || refuse 1 "working tree: there are changes; commit them first"
  git symbolic-ref -q HEAD >/dev/null || refuse 1 "working tree: not on a branch; check one out for the release"
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || refuse 1 "$module/pom.xml: version: found \"$version\", expected one like 0.1.0"
  [[ $(named_by_others) == "$version" ]] ||
    refuse 1 "pom.xml: $module.version: found $(named_by_others), expected $version as in $module/pom.xml"
  ! git rev-parse -q --verify "refs/tags/$module-$version" >/dev/null ||
    refuse 1 "$module $version: is already tagged; set a new version in $module/pom.xml"
  awk -v head="## [$version] - unreleased" '$0 == head { on = 1; next } /^## / { on = 0 } on && /^- / { found = 1 } END { exit !found }' \
    "$module/CHANGELOG.md" ||
    refuse 1 "$module/CHANGELOG.md: there is no list below \"## [$version] - unreleased\"; write what is new"
}

# Uses the last releases of all siblings, including indirect ones. Sets flags, and for ts-bom also the
# versions that it lists.
take_released_siblings() {
  local sibling released named
  named=" $(siblings | tr '\n' ' ') "
  for sibling in "${libraries[@]}"; do
    [[ $sibling != "$module" ]] || continue
    released=$(last_release "$sibling")
    if [[ $released != none ]]; then
      flags+=("-D$sibling.version=$released")
    elif [[ $named == *" $sibling "* ]]; then
      refuse 1 "$sibling: not released yet, and $module is built against it; release it first"
    fi
    [[ $module != ts-bom || $released == none ]] || set_managed ts-bom/pom.xml "$sibling" "$released"
  done
}

# A patch is always compared with the last release; a larger step only if the pom says so.
guard_the_api() {
  local last
  last=$(last_release "$module")
  [[ $last == none || ${last%.*} != "${version%.*}" ]] || flags+=(-Djapicmp.skip=false)
}

commit() {
  git -c user.name="$name" -c user.email="$email" commit -q -a -m "$1"
}

maven() { # MODULE GOAL FLAGS...: builds that module alone, with a Maven repository that has releases only
  mvn -B -ntp -q -Dmaven.repo.local="$repository" -pl "$@" >"$work/build.log" 2>&1 ||
    fail "$1: the build failed" "$work/build.log"
}

# What the tests need is never released, so it is built here.
seed_repository() {
  own_repository "$repository"
  maven ts-testing install
  [[ $target != file:* || ! -d ${target#file:}/io/tracestream ]] ||
    cp -r "${target#file:}/io/tracestream" "$repository/io/"
}

deploy() {
  if [[ $target == central ]] && ! $dry_run; then
    maven "$module" "${flags[@]}" -P central deploy
  else
    ! $dry_run || target=file:$root/target/release/repository
    maven "$module" "${flags[@]}" -DaltDeploymentRepository="release::$target" deploy
  fi
}

release() {
  sed -i "s|^## \[$version\] - unreleased$|## [$version] - $(date -u +%F)|" "$module/CHANGELOG.md"
  sed -i "s|\(<project.build.outputTimestamp>\).*<|\1$(date -u +%FT00:00:00Z)<|" pom.xml
  take_released_siblings
  guard_the_api
  commit "Release $module $version"
  seed_repository
  if [[ $module == ts-bom ]]; then
    maven "$module" "${flags[@]}" install
    scripts/test_consumers.sh "$repository"
  fi
  deploy
  git -c user.name="$name" -c user.email="$email" tag -a -m "$module $version" "$module-$version"
}

go_on() {
  local next=${version%.*}.$((${version##*.} + 1)) sibling
  set_version "$next"
  sed -i -e "s|<last.release>.*<|<last.release>$version<|" -e 's|<japicmp.skip>.*<|<japicmp.skip>false<|' "$module/pom.xml"
  if [[ $module == ts-bom ]]; then
    for sibling in $(siblings); do set_managed ts-bom/pom.xml "$sibling" "$(pom_version "$sibling")"; done
  fi
  commit "Go on with $module $next"
}

cd "$root"
version=$(pom_version "$module")
check
name=$(git config user.name) || refuse 1 "git: user.name is not set"
email=$(git config user.email) || refuse 1 "git: user.email is not set"
branch=$(git symbolic-ref --short HEAD)
rm -rf "$root/target/release"
git clone -q "$root" "$clone"
cd "$clone"
release
go_on
cd "$root"
if $dry_run; then
  echo "$module $version: released to target/release/repository only; the commits are in target/release/clone"
else
  git pull -q --ff-only --tags "$clone" "$branch"
  echo "$module $version: released; publish the commits and the tag with git push --follow-tags"
fi
