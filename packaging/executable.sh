#!/bin/sh
# executable.sh WHEEL DIST: DIST/sge-sim and its archive, built in a root of Debian bookworm that is
# kept in $ROOTS. Needs root and debootstrap.
set -eu
wheel=$1 dist=$2 here=$(dirname "$0")
: "${ROOTS:=$HOME/.cache/sge-sim-roots}" "${SOURCE_DATE_EPOCH:?}"
root=$ROOTS/bookworm
"$here/root.sh" bookworm "$root" python3.11,python3-pip,python3-wheel,python3-setuptools,gcc,libc6-dev,patchelf,ca-certificates,libblas64-dev,liblapack64-dev
work=$root/build
rm -rf "$work"
mkdir -p "$work"
cp "$here/bundle.py" "$here/beside_the_zip.py" "$here/launcher.c" "$here/../requirements/run.txt" "$wheel" "$work"
chroot "$root" env HOME=/build LC_ALL=C.UTF-8 PYTHONHASHSEED=0 SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" \
    PIP_ROOT_USER_ACTION=ignore PIP_NO_CACHE_DIR=1 PIP_FIND_LINKS= \
    /usr/bin/python3.11 -W ignore /build/bundle.py /build/sge-sim "/build/$(basename "$wheel")" /build/run.txt
cp "$here/../LICENSE" "$work/sge-sim/"
chroot "$root" dpkg-query -W -f '${source:Package} ${source:Version}\n' python3.11-minimal libssl3 libsqlite3-0 \
    libexpat1 zlib1g libffi8 libbz2-1.0 liblzma5 libuuid1 libstdc++6 libblas64-3 liblapack64-dev libgfortran5 | sort -u >"$work/sge-sim/debian-packages.txt"
version=$(basename "$wheel" | cut -d- -f2)
rm -rf "$dist/sge-sim"
mkdir -p "$dist"
mv "$work/sge-sim" "$dist/sge-sim"
find "$dist/sge-sim" -name "*.so*" -exec chmod a-x {} +
chmod -R u=rwX,go=rX "$dist/sge-sim"
tar -C "$dist" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -c sge-sim |
    gzip -9n >"$dist/sge-sim-$version-linux-x86_64.tar.gz"
du -sm "$dist/sge-sim" "$dist/sge-sim-$version-linux-x86_64.tar.gz"
