#!/bin/sh
# pythons.sh VERSION…: on each Python lint, types and the tests of $SMOKE, then a homologation with the
# lowest versions that pyproject.toml allows. The interpreter is `python3.13` of the PATH, or pyenv's; of
# 3.14 also Debian sid's, in a root of its own that is kept in $ROOTS (needs root and debootstrap).
set -eu
: "${ROOTS:?}" "${SMOKE:?}"
here=$(dirname "$0") root=$ROOTS/sid

# Print the interpreter of a version that really runs: a shim without one doesn't.
interpreter() {
    for python in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        if "$python" -c "" 2>/dev/null; then
            echo "$python"
            return
        fi
    done
}

is_in_sid() {
    [ "$1" = 3.14 ] && [ "$(id -u)" = 0 ] && command -v debootstrap >/dev/null
}

# Run a command in the root of sid, in this very folder.
within_sid() {
    "$here/root.sh" sid "$root" python3.14-venv,make,curl,procps,git,ca-certificates,openssl,tzdata
    mkdir -p "$root$PWD"
    unshare --mount --pid --fork --kill-child --propagation private sh -c '
        root=$1 && shift
        mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev"
        mount --bind . "$root$PWD"
        exec chroot "$root" env -C "$PWD" HOME=/root LC_ALL=C.UTF-8 PIP_FIND_LINKS= "$@"
    ' sh "$root" "$@"
}

missing=
for version; do
    [ -n "$(interpreter "$version")" ] || is_in_sid "$version" || missing="$missing python$version"
done
if [ -n "$missing" ]; then
    echo "Not on this machine:$missing (python3.14 is made of Debian sid by root with debootstrap)." \
        "VERSIONS=3.13 asks for one alone." >&2
    exit 2
fi
failed=
for version; do
    python=$(interpreter "$version") venv=.venv/python$version
    echo "== Python $version: ${python:-of Debian sid}"
    within=env
    [ -n "$python" ] || within=within_sid python=python3.14
    $within make -s VENV="$venv" PYTHON="$python" ARGS="$SMOKE" test test-lowest || failed="$failed $version"
done
[ -z "$failed" ] || { echo "== failed on:$failed" >&2; exit 1; }
echo "== passed on: $*"
