#!/usr/bin/env bash
# Installs the Debian packages that the sandbox is built with, and says what is missing before an installation fails
# half-way.
set -euo pipefail

has_libseccomp() {
  printf '#include <seccomp.h>\nint main(void) { return seccomp_reset(0, 0); }\n' |
    gcc -x c -static - -l:libseccomp.a -o /dev/null 2> /dev/null
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

missing=()
command -v npm > /dev/null || missing+=('npm')
command -v make > /dev/null || missing+=('make')
command -v gcc > /dev/null || missing+=('gcc (package gcc and libc6-dev)')
if ! command -v node > /dev/null; then
  missing+=('Node.js 20 or newer')
elif [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
  missing+=("Node.js 20 or newer (found $(node --version))")
fi
if command -v gcc > /dev/null && ! has_libseccomp; then
  if command -v apt-get > /dev/null; then
    echo 'Installing libseccomp-dev, which the sandbox is built with' >&2
    { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends libseccomp-dev; } \
      > /dev/null || true
  fi
  has_libseccomp || missing+=('libseccomp with its static library (package libseccomp-dev)')
fi
[ "${#missing[@]}" -eq 0 ] && exit 0

echo 'ORK cannot be set up; please install:' >&2
printf '  %s\n' "${missing[@]}" >&2
exit 1
