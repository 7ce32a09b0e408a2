#!/bin/sh
# notes.sh VERSION: the notes of a version: its section of the changelog, and the number of its schema,
# by which who upgrades knows whether the state stays.
set -eu
version=$1 tree=$(dirname "$0")/..
schema=$(sed -n 's/^SCHEMA: Final = //p' "$tree/sge_sim/schema/data_folder.py")
section=$(awk -v version="$version" '
    /^## / { of_it = 0; for (i = 2; i <= NF; i++) { word = $i; gsub(/[:,]/, "", word); if (word == version) of_it = 1 }; next }
    of_it' "$tree/CHANGELOG.md")
[ -n "$section" ] || { echo "notes.sh: CHANGELOG.md has no section of $version." >&2; exit 2; }
printf '# sge-sim %s\n\nSchema of the state: %s. A state of the same number is opened as it is; of another, it is refused\n' \
    "$version" "$schema"
printf 'with what to do (docs/installation.md).\n%s\n' "$section"
