# Shared by the scripts of this folder; sourced, not run. Says what is being done, and where it stopped.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$(basename "$0")

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold="" plain=""; fi

say() { printf '%s==> %s%s\n' "$bold" "$*" "$plain"; }
note() { printf '    %s\n' "$*"; }
fail() {
  printf '%s: %s\n' "$program" "$*" >&2
  exit 1
}

# Whoever sources this says in `doing` what it is about to do; a command that fails ends the script with it.
doing="starting"
trap 'printf "%s: failed while %s (line %s)\n" "$program" "$doing" "$LINENO" >&2' ERR
