#!/bin/sh
# What `make test` needs beside Python: a Chromium, PostgreSQL, a Java runtime and the Nu HTML checker.
# Installs from Debian's packages what is missing, as root or through `sudo -n`; else says what to install.
set -eu

vnu_version=26.9.27
vnu_sha512=4e441de4315f39a582f5e6edbe8cd3b2b1f655aa1dde3620faface791133217c417b12f3f7ead2d8336d8e7efe44f5226618258b44a0860057e9125135e6b428
vnu_jar=.cache/vnu/vnu.jar

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }
any() { for file; do [ -e "$file" ] && return 0; done; return 1; }

chromium() {
    [ -n "${E2E_CHROMIUM:-}" ] || have chromium-headless-shell || have chromium || have chromium-browser || have google-chrome ||
        any "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium*
}
postgresql() { [ -n "${TEST_DATABASE_URL:-}" ] || have initdb || any /usr/lib/postgresql/*/bin/initdb; }
checker() { [ -n "${VNU_JAR:-}" ] || [ -e "$vnu_jar" ]; }

missing=
chromium || missing="$missing chromium-headless-shell"
postgresql || missing="$missing postgresql"
have java || missing="$missing default-jre-headless"
checker || have npm || missing="$missing npm"

install_packages() {
    if ! have apt-get || { [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; }; then
        say "The tests need these packages of Debian (or their like):$missing"
        say "Install them: sudo apt-get install$missing"
        exit 1
    fi
    say "Installing$missing ..."
    as_root=$([ "$(id -u)" = 0 ] || echo "sudo -n")
    $as_root apt-get update -qq
    # shellcheck disable=SC2086 - a list of words is meant
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

fetch_checker() {
    say "Downloading the Nu HTML checker ..."
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    npm pack --silent --pack-destination "$folder" "vnu-jar@$vnu_version" >/dev/null
    archive=$folder/vnu-jar-$vnu_version.tgz
    if ! echo "$vnu_sha512  $archive" | sha512sum --check --status; then
        say "vnu-jar@$vnu_version is not the file that was expected"
        exit 1
    fi
    tar -xzf "$archive" -C "$folder" package/build/dist/vnu.jar
    mkdir -p "${vnu_jar%/*}"
    mv "$folder/package/build/dist/vnu.jar" "$vnu_jar"
}

[ -z "$missing" ] || install_packages
checker || fetch_checker
