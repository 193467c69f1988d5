# Shared by the scripts beside it; sourced, never run.

say() { printf '%s\n' "$*" >&2; }

# The words of the system packages that are missing, of those named.
missing_packages() {
    local name installed
    # dpkg-query fails for names that it does not know; what it prints is what counts.
    installed="$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" "${@/%/t64}" \
        2>/dev/null || true)"
    for name in "$@"; do
        case "$installed"$'\n' in
        *"installed $name"$'\n'* | *"installed ${name}t64"$'\n'*) ;;
        *) printf '%s ' "$name" ;;
        esac
    done
}

# Runs a command as root where that needs no question; fails where it may not.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo "$@"
    else
        return 1
    fi
}

# Installs the named Debian packages, those of them that this release has.
apt_install() {
    local name candidates=()
    as_root true || return 1
    as_root apt-get update -qq >/dev/null 2>&1 || true
    for name in "$@"; do
        if [ -n "$(apt-cache show --no-all-versions "$name" 2>/dev/null)" ]; then
            candidates+=("$name")
        elif [ -n "$(apt-cache show --no-all-versions "${name}t64" 2>/dev/null)" ]; then
            candidates+=("${name}t64")
        fi
    done
    [ "${#candidates[@]}" -gt 0 ] || return 1
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${candidates[@]}" >/dev/null 2>&1
}

# Makes sure of the system packages: installs them where it may, else prints the line to type.
# The first argument says what they are for.
need_packages() {
    local purpose="$1" missing
    shift
    command -v dpkg-query >/dev/null || return 0 # not Debian: the README says what is needed
    missing="$(missing_packages "$@")"
    [ -n "$missing" ] || return 0
    say "Installing system packages for $purpose: $missing"
    # shellcheck disable=SC2086 - a list of words
    apt_install $missing || true
    # shellcheck disable=SC2086
    missing="$(missing_packages $missing)"
    [ -n "$missing" ] || return 0
    say "These system packages are missing. Type this once:"
    say ""
    say "    sudo apt-get install -y ${missing% }"
    say ""
}

# The first Python that is new enough.
find_python() {
    local name
    for name in "${PYTHON:-}" python3.11 python3.12 python3.13 python3 /usr/bin/python3; do
        [ -n "$name" ] && command -v "$name" >/dev/null || continue
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
            2>/dev/null; then
            printf '%s' "$name"
            return 0
        fi
    done
    return 1
}

digest() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }
