#!/usr/bin/env bash
# Says what is missing before an installation fails half-way.
set -euo pipefail

missing=()
command -v npm > /dev/null || missing+=('npm')
[ ! -d native ] || command -v gcc > /dev/null || missing+=('gcc (package gcc and libc6-dev)')
if ! command -v node > /dev/null; then
  missing+=('Node.js 20 or newer')
elif [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
  missing+=("Node.js 20 or newer (found $(node --version))")
fi
[ "${#missing[@]}" -eq 0 ] && exit 0

echo 'ORK cannot be set up; please install:' >&2
printf '  %s\n' "${missing[@]}" >&2
exit 1
