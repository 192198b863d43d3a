#!/usr/bin/env bash
# Builds with the preset "dev", into build/dev: everything, or only the targets that are named.
#
#   deploy/build.sh [TARGET...]
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$root"
if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi

say "Configuring build/dev"
doing="configuring (a missing library? run deploy/setup.sh)"
cmake --preset dev

targets=()
if [ $# -gt 0 ]; then targets=(--target "$@"); fi
say "Building ${*:-everything} with $(nproc) jobs; the first time takes some minutes"
doing="building"
NINJA_STATUS="[%f/%t, %es] " cmake --build --preset dev --parallel "$(nproc)" "${targets[@]}"
