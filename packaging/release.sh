#!/bin/sh
# release.sh DIST: what comes with all that is in DIST: the notes of its version, from the changelog, the
# list of components (CycloneDX), the hashes and, where $SIGNING_KEY names a private key (PEM, ECDSA or
# RSA), the signature of the hashes.
set -eu
dist=$1 here=$(cd "$(dirname "$0")" && pwd)
key=${SIGNING_KEY:+$(realpath "$SIGNING_KEY")} # as whoever calls names it, from where they stand
cd "$dist"
version=$(echo sge_sim-*.whl | cut -d- -f2)
"$here/notes.sh" "$version" >NOTES.md
rm -f sge-sim.cdx.json SHA256SUMS SHA256SUMS.sig
if [ -d sge-sim ]; then
    python3 "$here/sbom.py" sge-sim >sge-sim.cdx.json
else
    echo "release.sh: no executable, so no list of what it is made of." >&2
fi
sha256sum $(ls | grep -E '\.(whl|tar\.gz|deb|tar|cdx\.json|md)$') >SHA256SUMS
if [ -n "$key" ]; then
    openssl dgst -sha256 -sign "$key" -out SHA256SUMS.sig SHA256SUMS
else
    echo "release.sh: no SIGNING_KEY, so SHA256SUMS isn't signed." >&2
fi
