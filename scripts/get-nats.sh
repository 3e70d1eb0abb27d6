#!/bin/sh
# get-nats.sh DEST_DIR -> DEST_DIR/nats-server
#
# The distribution's newer nats-server package, unpacked: no root, nothing installed, the system's own apt state (lists,
# cache, dpkg status) never written. Which server it talks to comes from the machine's own apt sources; signatures are
# verified with the distribution's keyring. Works before any `apt-get update`.
#   NATS_DEB_SUITES   suites to try in order; each of them moves on, so accept ">= 2.14" rather than one version
#   NATS_DEB_KEYRING  keyring that must have signed them
#   NATS_DEB_TIMEOUT_S  seconds without an answer after which a source counts as away (5)
set -eu
dest=${1:?usage: get-nats.sh DEST_DIR}
suites=${NATS_DEB_SUITES:-forky sid}
keys=${NATS_DEB_KEYRING:-/usr/share/keyrings/debian-archive-keyring.gpg}
say() { echo "get-nats: $*" >&2; }
for tool in apt-get apt-config dpkg; do
  command -v "$tool" >/dev/null 2>&1 || { say "no $tool on this machine"; exit 1; }
done
[ -r "$keys" ] || { say "no keyring at $keys"; exit 1; }
. /etc/os-release

list() { apt-get indextargets --no-release-info --format '$(SITE)' 'Created-By: Packages' 'Component: main' "$@"; }
site=$(list "Release: ${VERSION_CODENAME:-none}" | head -n 1)   # works before any `apt-get update`, too
[ -n "$site" ] || site=$(list | grep '/debian/*$' | head -n 1) # sources that say stable or oldstable
[ -n "$site" ] || { say "no apt source for ${VERSION_CODENAME:-this release} main"; exit 1; }

mkdir -p "$dest"
dest=$(cd "$dest" && pwd)
t=$(mktemp -d)
trap 'rm -rf "$t"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$t/lists/partial" "$t/archives/partial" "$t/parts"
: > "$t/status"
{ # transport settings (proxy, CA, auth) are kept; hooks, pins and other sources are not
  apt-config dump | grep -E '^Acquire::(http|https|Retries|Check-)' || :
  printf '%s\n' "Dir::State \"$t\";" "Dir::State::status \"$t/status\";" "Dir::Cache \"$t\";" "Dir::Log \"$t\";" \
    "Dir::Etc::main \"/dev/null\";" "Dir::Etc::parts \"$t/parts\";" "Dir::Etc::sourcelist \"$t/sources.list\";" \
    "Dir::Etc::sourceparts \"$t/parts\";" "Dir::Etc::preferences \"/dev/null\";" "Dir::Etc::preferencesparts \"$t/parts\";" \
    "Dir::Etc::trusted \"/dev/null\";" "Dir::Etc::trustedparts \"$t/parts\";" \
    "APT::Sandbox::User \"$(id -un)\";" 'Acquire::Languages "none";' \
    "Acquire::Retries \"0\";" \
    "Acquire::http::Timeout \"${NATS_DEB_TIMEOUT_S:-5}\";" "Acquire::https::Timeout \"${NATS_DEB_TIMEOUT_S:-5}\";"
} > "$t/apt.conf"
export APT_CONFIG="$t/apt.conf"
cd "$t"
for suite in $suites; do
  say "looking in suite $suite"
  echo "deb [signed-by=$keys] $site $suite main" > sources.list
  if apt-get -q update >&2 && apt-get -q download nats-server >&2; then break; fi
done
set -- nats-server_*.deb
[ -f "$1" ] || { say "no suite of \"$suites\" gave a nats-server package"; exit 1; }
dpkg -x "$1" x
new="$dest/.nats-server.$$"
cp -f x/usr/*bin/nats-server "$new"
chmod 755 "$new"
mv -f "$new" "$dest/nats-server"   # whole or not at all, also with two of these at once
"$dest/nats-server" --version
