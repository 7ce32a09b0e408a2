#!/bin/sh
# verify.sh PUBLIC_KEY.pem [FOLDER]: whether a release is what the holder of the key signed.
# The key comes from elsewhere than the release, or it proves nothing. Without one ("-"), hashes alone.
set -eu
key=$1
[ "$key" = - ] || key=$(realpath "$key") # as whoever calls names it, from where they stand
cd "${2:-.}"
if [ "$key" = - ]; then
    echo "verify.sh: no key, so the hashes are compared with a list that anybody may have written." >&2
else
    openssl dgst -sha256 -verify "$key" -signature SHA256SUMS.sig SHA256SUMS
fi
sha256sum --quiet --strict -c SHA256SUMS
echo "$(wc -l <SHA256SUMS) files are whole."
