#!/usr/bin/env bash
# Breaks things around a running trueup, in an order that a seed decides, for as long as wanted, and says what did not hold.
#
#   deploy/chaos.sh [OPTION...]      those of tests/chaos/chaos_test.py; without any, 100,000 source records in 15 minutes over
#                                    three instances and three brokers
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

options=("$@")
[ $# -gt 0 ] || options=(--log kafka --instances 3 --customers 20000 --seconds 900)
doing="installing what the build needs"
"$root/deploy/setup.sh"
doing="building"
"$root/deploy/build.sh" trueup trueup-sandbox

say "Running the chaos suite: ${options[*]}"
doing="running the chaos suite (its seed is above)"
export TRUEUP_SOURCE_DIR=$root TRUEUP_BINARY=$root/build/dev/daemon/trueup TRUEUP_SANDBOX_BINARY=$root/build/dev/tests/sandbox/trueup-sandbox
export TRUEUP_SHARED_DATA=$root/../shared/data PYTHONPATH=$root/tests/harness PYTHONDONTWRITEBYTECODE=1
/usr/bin/python3 "$root/tests/chaos/chaos_test.py" "${options[@]}"
