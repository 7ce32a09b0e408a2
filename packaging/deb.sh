#!/bin/sh
# deb.sh DIST: a Debian package of DIST/sge-sim. Needs dpkg-deb; $MAINTAINER names who makes it.
set -eu
dist=$1 here=$(dirname "$0")
: "${SOURCE_DATE_EPOCH:?}" "${MAINTAINER:=sge-sim <sge-sim@users.noreply.github.com>}"
version=$("$dist/sge-sim/sge-sim" --version | sed 's/.* //')
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
doc=$stage/usr/share/doc/sge-sim man=$stage/usr/share/man/man1 overrides=$stage/usr/share/lintian/overrides
mkdir -p "$stage/DEBIAN" "$stage/usr/bin" "$stage/usr/lib/systemd/system" "$doc" "$man" "$overrides"
cp -r "$dist/sge-sim" "$stage/usr/lib/sge-sim"
ln -s ../lib/sge-sim/sge-sim "$stage/usr/bin/sge-sim"
for shell in bash/bash-completion/completions/sge-sim zsh/zsh/vendor-completions/_sge-sim \
    fish/fish/vendor_completions.d/sge-sim.fish; do
    file=$stage/usr/share/${shell#*/}
    mkdir -p "$(dirname "$file")"
    _SGE_SIM_COMPLETE=${shell%%/*}_source "$dist/sge-sim/sge-sim" >"$file"
done
cp "$here/debian/sge-sim.service" "$stage/usr/lib/systemd/system/"
cp "$here/debian/lintian-overrides" "$overrides/sge-sim"
day=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)
sed "s/@VERSION@/$version/; s/@DATE@/$day/" "$here/debian/sge-sim.1" | gzip -9n >"$man/sge-sim.1.gz"
printf 'sge-sim (%s) unstable; urgency=medium\n\n  * Release %s.\n\n -- %s  %s\n' \
    "$version" "$version" "$MAINTAINER" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$doc/changelog.gz"
licence=$dist/sge-sim/LICENSE
awk -v licence="$(sed -n '5,$p' "$licence" | sed 's/^$/./; s/^/ /')" \
    -v holder="$(sed -n 's/^Copyright (c) //p' "$licence")" \
    '{ sub(/@COPYRIGHT@/, holder) } /@LICENCE@/ { print licence; next } { print }' \
    "$here/debian/copyright" >"$doc/copyright"
cp "$here/debian/prerm" "$here/debian/postinst" "$here/debian/postrm" "$stage/DEBIAN/"
size=$(du -sk "$stage/usr" | cut -f1)
sed "s/@VERSION@/$version/; s/@MAINTAINER@/$MAINTAINER/; s/@SIZE@/$size/" "$here/debian/control" >"$stage/DEBIAN/control"
[ -z "${RELEASE_URL:-}" ] || sed -i "/^Section:/i Homepage: $RELEASE_URL" "$stage/DEBIAN/control"
(cd "$stage" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum >DEBIAN/md5sums)
chmod -R u=rwX,go=rX "$stage"
chmod 755 "$stage/DEBIAN/prerm" "$stage/DEBIAN/postinst" "$stage/DEBIAN/postrm"
dpkg-deb --root-owner-group -Zxz -z1 --build "$stage" "$dist/sge-sim_${version}_amd64.deb"
