#!/usr/bin/env bash
# Says which sources differ from .clang-format, and fails if any does.
#
#   deploy/format.sh [--fix] [FILE...]      all of git's C++ files where none is named
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

mode=--dry-run
if [ "${1:-}" = --fix ]; then
  mode=-i
  shift
fi
command -v clang-format >/dev/null || fail "needs clang-format: apt-get install clang-format"
cd "$root"
files=("$@")
if [ ${#files[@]} -eq 0 ]; then mapfile -t files < <(git ls-files '*.h' '*.cc'); fi
[ ${#files[@]} -gt 0 ] || fail "there are no files to look at"
doing="formatting (deploy/format.sh --fix puts it right)"
clang-format "$mode" --Werror "${files[@]}"
note "${#files[@]} files, all as .clang-format wants them"
