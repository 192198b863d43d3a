#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test. The last line is the summary.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ $# -eq 0 ] || fail "takes no arguments"
doing="installing what the build needs"
"$root/deploy/setup.sh"
doing="building"
"$root/deploy/build.sh"

say "Running the tests, $(nproc) at a time"
cd "$root"
report=build/dev/test-report.txt
outcome=0
ctest --preset dev --parallel "$(nproc)" | tee "$report" || outcome=$?
note "the whole report is in $report"
grep -a "tests passed" "$report" || fail "no tests were run"
exit "$outcome"
