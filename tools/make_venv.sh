#!/bin/sh
# Bring .venv to what a lock file says: tools/make_venv.sh LOCK STAMP
# STAMP is a file in .venv whose name tells the lock's content; once it is there, make does not call this again.
set -eu
lock=$1 stamp=$2
python=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    say "Kooneo needs Python 3.11 or newer as '$python'; name another one: make PYTHON=/path/to/python3"
    exit 1
}

may_install() { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }

install_venv() {
    if ! may_install; then
        say "This Python has no ensurepip. On Debian: sudo apt-get install python3-venv"
        exit 1
    fi
    say "Installing python3-venv ..."
    as_root=$([ "$(id -u)" = 0 ] || echo "sudo -n")
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
}

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    "$python" -c 'import ensurepip' 2>/dev/null || install_venv
    "$python" -m venv --clear .venv
fi

say "Installing $lock into .venv ..."
.venv/bin/python -m pip install -qq --disable-pip-version-check --require-hashes -r "$lock"

# The stamp of another content of the same lock no longer tells the truth.
rm -f "${stamp%-*}"-*
touch "$stamp"
