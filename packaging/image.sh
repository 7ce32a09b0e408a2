#!/bin/sh
# image.sh DIST: an archive of the image of DIST/sge-sim, of Docker's format: OCI's has no health check.
# Needs buildah, and the root that executable.sh made.
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
archive=$dist/sge-sim-$version-image.tar.gz
rm -f "$archive"
storage=$(mktemp -d)
trap 'rm -rf "$storage"' EXIT
b() { buildah --root "$storage/root" --runroot "$storage/run" --storage-driver vfs "$@"; }
name=localhost/sge-sim:$version
b build --format docker --isolation chroot --timestamp "$SOURCE_DATE_EPOCH" -f "$here/Containerfile" -t "$name" "$work"
b push "$name" "docker-archive:$storage/image.tar:$name"
# Packed anew: what it is made of bears the day of the release, not the hour of building.
mkdir "$storage/image"
tar -C "$storage/image" -xf "$storage/image.tar"
(cd "$storage/image" && tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -c *) |
    gzip -9n >"$archive"
du -m "$archive"
