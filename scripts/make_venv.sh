#!/usr/bin/env bash
# Make the virtual environment with a Python that is new enough; install Debian's venv package if that is missing.
set -euo pipefail
venv=$1

find_python() {
    for name in python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "Python 3.11 or newer is needed; install it and try again." >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else return 1; fi
}

python=$(find_python)
[ -x "$venv/bin/python" ] && exit 0
echo "Making a virtual environment with $python …"
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    as_root apt-get update -qq || true
    as_root apt-get install -y -qq "python$version-venv" >/dev/null ||
        { echo "Python's venv module is missing: install the package python$version-venv and try again." >&2; exit 1; }
fi
"$python" -m venv "$venv"
