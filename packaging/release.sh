#!/bin/sh
# release.sh DIST: the list of components (CycloneDX), the hashes of all that is released and, where
# $SIGNING_KEY names a private key (PEM, ECDSA or RSA), the signature of the hashes.
set -eu
dist=$1 here=$(cd "$(dirname "$0")" && pwd)
key=${SIGNING_KEY:+$(realpath "$SIGNING_KEY")} # as whoever calls names it, from where they stand
cd "$dist"
python3 "$here/sbom.py" sge-sim >sge-sim.cdx.json
rm -f SHA256SUMS SHA256SUMS.sig
sha256sum $(ls | grep -E '\.(whl|tar\.gz|deb|tar|cdx\.json)$') >SHA256SUMS
if [ -n "$key" ]; then
    openssl dgst -sha256 -sign "$key" -out SHA256SUMS.sig SHA256SUMS
else
    echo "release.sh: no SIGNING_KEY, so SHA256SUMS isn't signed." >&2
fi
