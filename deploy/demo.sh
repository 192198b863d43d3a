#!/usr/bin/env bash
# Shows trueup at work on three simulated systems: installs what is missing, builds, starts the systems on free ports of
# this machine, reconciles them once, prints the report and says where to read it.
#
#   deploy/demo.sh [--keep] [--kafka]
#
# --keep leaves the simulated systems and the daemon running, and says how to stop them. --kafka does it over an Apache
# Kafka of its own (deploy/kafka.sh), which is fetched once.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

keep=no
kafka=no
for argument in "$@"; do
  case "$argument" in
    --keep) keep=yes ;;
    --kafka) kafka=yes ;;
    *) fail "unknown argument $argument; usage: deploy/demo.sh [--keep] [--kafka]" ;;
  esac
done

customers=400
demo=$root/build/demo
sandbox=$root/build/dev/tests/sandbox/trueup-sandbox
trueup=$root/build/dev/daemon/trueup

# Ends the process of a pid file, if it is still the program that we started.
stop() {
  local pid_file=$1 program_path=$2 pid running
  [ -f "$pid_file" ] || return 0
  pid=$(cat "$pid_file")
  running=$(readlink "/proc/$pid/exe" 2>/dev/null || true)
  # A program that was built anew since is said to be deleted.
  if [ "${running% (deleted)}" = "$program_path" ]; then
    kill "$pid"
    for _ in $(seq 100); do
      [ -e "/proc/$pid" ] || break
      sleep 0.1
    done
  fi
  rm -f "$pid_file"
}

stop_all() {
  stop "$demo/daemon.pid" "$trueup"
  stop "$demo/sandbox.pid" "$sandbox"
  if [ -d "$demo/kafka" ]; then "$root/deploy/kafka.sh" down --data "$demo/kafka"; fi
}

# Waits for the line in which the sandbox says its addresses, and sets salesforce, netsuite and sky from it.
wait_for_sandbox() {
  local pid line word
  pid=$(cat "$demo/sandbox.pid")
  for _ in $(seq 600); do
    line=$(grep '^ready ' "$demo/sandbox.out" 2>/dev/null) && break
    [ -e "/proc/$pid" ] || fail "the simulated systems did not start; see $demo/sandbox.log"
    sleep 0.1
  done
  [ -n "$line" ] || fail "the simulated systems are not ready after a minute; see $demo/sandbox.log"
  for word in $line; do
    case "$word" in
      salesforce=*) salesforce=${word#*=} ;;
      netsuite=*) netsuite=${word#*=} ;;
      sky=*) sky=${word#*=} ;;
    esac
  done
}

doing="installing what the build needs"
"$root/deploy/setup.sh"
doing="building"
"$root/deploy/build.sh" trueup trueup-sandbox

say "Clearing the last demo in build/demo"
doing="stopping the last demo"
stop_all
rm -rf "$demo"
mkdir -p "$demo"
trap 'stop_all' EXIT

say "Starting Salesforce, NetSuite and an operations system, simulated, with $customers customers"
doing="starting the simulated systems"
nohup "$sandbox" serve --port 0 --customers "$customers" --secrets "$demo/secrets" --truth "$demo/truth.json" \
  >"$demo/sandbox.out" 2>"$demo/sandbox.log" &
echo $! >"$demo/sandbox.pid"
wait_for_sandbox
note "salesforce $salesforce, netsuite $netsuite, operations $sky"

doing="writing build/demo/trueup.yaml"
words=(-e "s|@SALESFORCE_URL@|$salesforce|g" -e "s|@NETSUITE_URL@|$netsuite|g" -e "s|@SKY_URL@|$sky|g"
  -e "s|@SECRETS@|$demo/secrets|g" -e "s|@DATA_DIR@|$demo/data|g" -e "s|@MAPPINGS@|$root/mappings/default|g")
# What is no secret stands in the config itself.
for name in salesforce_client_id netsuite_account netsuite_client_id netsuite_rsa_certificate_id; do
  words+=(-e "s|@${name^^}@|$(cat "$demo/secrets/$name")|g")
done
sed "${words[@]}" "$root/config/demo.yaml" >"$demo/trueup.yaml"

if [ "$kafka" = yes ]; then
  say "Starting Apache Kafka, one node"
  doing="starting Apache Kafka"
  broker=$("$root/deploy/kafka.sh" up --data "$demo/kafka")
  note "broker $broker"
  printf 'log: {type: kafka, brokers: ["%s"], partitions: 4, replication: 1, min_insync: 1, instance: demo}\n' "$broker" \
    >>"$demo/trueup.yaml"
fi

say "Checking the config"
doing="checking build/demo/trueup.yaml"
"$trueup" --config "$demo/trueup.yaml" check

say "Pulling the three systems and reconciling them"
doing="reconciling; the log is above"
"$trueup" --config "$demo/trueup.yaml" run --once

say "The report"
doing="reporting"
"$trueup" --config "$demo/trueup.yaml" report
"$trueup" --config "$demo/trueup.yaml" report --format html --out "$demo/report.html"

say "Done"
note "read the report in a browser:  $demo/report.html"
note "ask more:  $trueup --config $demo/trueup.yaml findings --format csv"
if [ "$keep" = yes ]; then
  doing="starting the daemon"
  nohup "$trueup" --config "$demo/trueup.yaml" run >"$demo/daemon.log" 2>&1 &
  echo $! >"$demo/daemon.pid"
  trap - EXIT
  note "the daemon runs (log: $demo/daemon.log); how it is:  $trueup --config $demo/trueup.yaml status"
  note "let time pass in the systems:  $sandbox step 10 --port ${salesforce##*:}"
  note "stop both:  kill $(cat "$demo/daemon.pid") $(cat "$demo/sandbox.pid")"
  if [ "$kafka" = yes ]; then
    note "read its topics:  kcat -b $broker -C -t trueup.accounts -e"
    note "and stop Kafka:  deploy/kafka.sh down --delete --data $demo/kafka"
  fi
else
  note "the simulated systems are stopped now; deploy/demo.sh --keep leaves them and the daemon running"
fi
