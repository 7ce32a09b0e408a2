#!/bin/sh
# python314.sh [ARGUMENTS OF PYTEST]: the suite on the Python 3.14 of Debian sid, in a root of its own
# that is kept in $ROOTS. Needs root and debootstrap.
set -eu
: "${ROOTS:?}"
here=$(dirname "$0") root=$ROOTS/sid
"$here/root.sh" sid "$root" python3-venv,make,curl,procps,git,ca-certificates,openssl,tzdata
rm -rf "$root/src"
mkdir -p "$root/src"
tar -C "$here/.." --exclude=./.venv --exclude=./dist -c . | tar -C "$root/src" -x
exec unshare --mount --pid --fork --kill-child --propagation private sh -c '
    root=$1 && shift
    mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev"
    exec chroot "$root" env HOME=/root LC_ALL=C.UTF-8 PIP_FIND_LINKS= sh -ec "
        cd /src
        python3 -VV
        make -s .venv/.dev PYTHON=python3.14
        .venv/bin/python -m pytest -q -n 2 --dist loadscope --no-loadscope-reorder \"\$@\"
    " sh "$@"
' sh "$root" "$@"
