#!/usr/bin/env bash
# Builds with clang-tidy beside the compiler (preset "tidy"); any finding is an error. Slow: not part of test.sh.
#
#   deploy/tidy.sh [TARGET...]
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

command -v clang-tidy >/dev/null || fail "needs clang-tidy: apt-get install clang-tidy"
cd "$root"

# A gate that cannot turn red is none: a wrong option in .clang-tidy would make it find nothing.
say "Planting a fault"
planted=$(mktemp --suffix .cc)
trap 'rm -f "$planted"' EXIT
printf '#include <string>\nauto Size(std::string text) { return text.size(); }\n' >"$planted"
found=$(clang-tidy --quiet --config-file=.clang-tidy "$planted" -- -std=c++20 2>/dev/null || true)
case "$found" in
  *performance-unnecessary-value-param*) ;;
  *) fail "clang-tidy did not find the planted fault; is .clang-tidy in order?" ;;
esac
note "found"

say "Configuring build/tidy"
doing="configuring"
cmake --preset tidy
targets=()
if [ $# -gt 0 ]; then targets=(--target "$@"); fi
say "Building ${*:-everything} with clang-tidy"
doing="building with clang-tidy"
cmake --build --preset tidy --parallel "$(nproc)" "${targets[@]}"
note "no findings"
