#!/bin/sh
# root.sh SUITE FOLDER PACKAGE,PACKAGE: a Debian root in FOLDER, made once (needs root and debootstrap).
# The mirror is $MIRROR or the first that this machine's apt uses.
set -eu
suite=$1 folder=$2 packages=$3
[ -e "$folder/.made" ] && exit 0
mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' |
    awk '$2 == "main" && !/security/ { print $1; exit }')}
rm -rf "$folder"
mkdir -p "$folder"
debootstrap --variant=minbase --include="$packages" "$suite" "$folder" "$mirror" >"$folder.log" 2>&1 || {
    tail -5 "$folder.log" >&2
    exit 1
}
# What pip needs of this machine to reach the index that it is set up with.
mkdir -p "$folder/etc/ssl/certs"
for file in /etc/resolv.conf /etc/ssl/certs/ca-certificates.crt; do
    [ ! -e $file ] || cp -L $file "$folder$file"
done
touch "$folder/.made"
