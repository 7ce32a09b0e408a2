#!/bin/sh
# image.sh DIST: an OCI archive of DIST/sge-sim. Needs buildah, and the root that executable.sh made.
set -eu
dist=$1 here=$(dirname "$0")
: "${ROOTS:?}" "${SOURCE_DATE_EPOCH:?}"
version=$("$dist/sge-sim/sge-sim" --version | sed 's/.* //')
work=$dist/image
rm -rf "$work"
mkdir -p "$work/data" "$work/root/etc" "$work/root/lib64" "$work/root/opt" "$work/root/lib/x86_64-linux-gnu"
mkdir -m 1777 "$work/root/tmp"
cp -r "$dist/sge-sim" "$work/root/opt/"
libraries=$ROOTS/bookworm/lib/x86_64-linux-gnu
for name in ld-linux-x86-64.so.2 libc.so.6 libm.so.6 libpthread.so.0 libdl.so.2 librt.so.1 libutil.so.1 libresolv.so.2; do
    cp -L "$libraries/$name" "$work/root/lib/x86_64-linux-gnu/"
done
cp -L "$libraries/ld-linux-x86-64.so.2" "$work/root/lib64/"
cp "$ROOTS/bookworm/usr/share/doc/libc6/copyright" "$work/root/opt/sge-sim/LICENSE.glibc"
echo '127.0.0.1 localhost' >"$work/root/etc/hosts"
echo 'sge-sim:x:10001:10001::/data:/opt/sge-sim/sge-sim' >"$work/root/etc/passwd"
echo 'sge-sim:x:10001:' >"$work/root/etc/group"
archive=$dist/sge-sim-$version-oci.tar
rm -f "$archive"
storage=$(mktemp -d)
trap 'rm -rf "$storage"' EXIT
b() { buildah --root "$storage/root" --runroot "$storage/run" --storage-driver vfs "$@"; }
b build --isolation chroot --timestamp "$SOURCE_DATE_EPOCH" -f "$here/Containerfile" -t "sge-sim:$version" "$work"
b push "sge-sim:$version" "oci-archive:$archive:sge-sim:$version"
du -m "$archive"
