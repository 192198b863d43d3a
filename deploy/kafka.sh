#!/usr/bin/env bash
# A real Apache Kafka on this machine, for tests, the demo and benchmarks: KRaft, on the loopback, with small heaps.
#
#   deploy/kafka.sh up [--nodes 1|3] [--version 4.1.1] [--port BASE] [--through ADDRESSES]... [--java OPTIONS]
#                      [--listener NAME:PROTOCOL]... [--properties FILE] [--scram USER=PASSWORD]...
#   deploy/kafka.sh status             0: every node answers, 1: some do not, 3: none runs
#   deploy/kafka.sh down [--delete]    --delete removes the data folder, too
#   deploy/kafka.sh start-node N       and returns when it answers
#   deploy/kafka.sh stop-node N [--kill]
#   deploy/kafka.sh topic NAME PARTITIONS [SETTING=VALUE]...
#
# Each takes --data DIR (build/kafka): clusters in different folders do not meet. `up` waits until the cluster is ready and
# prints its bootstrap address, alone on standard output; where the folder has a cluster already, it is that one which comes
# up again. Ports are BASE and those behind it, or free ones. A node N leaves N/pid, N/kafka.log and its data in the folder.
# --through 127.0.0.1:7001,127.0.0.1:7002,... gives every node one more listener, and who comes by it is sent on to these
# addresses, one for each node: TCP proxies of a test. The listeners' own addresses are in the file through.1, through.2, ...
# --listener SECURE:SASL_SSL gives every node a listener with that security protocol, whose addresses are in the file
# listener.SECURE, and what it needs stands in the FILE that is added to every node's server.properties
# (listener.name.secure.ssl.keystore.location=...). --scram makes a user for SCRAM-SHA-256 and SCRAM-SHA-512.
# Kafka is fetched by Maven once, into ${XDG_CACHE_HOME:-~/.cache}/trueup; where TRUEUP_NO_NETWORK=1 says that it cannot be, the
# script ends with 77.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage="usage: deploy/kafka.sh up|down|status|start-node N|stop-node N|topic NAME PARTITIONS [OPTIONS]; its head says more"
seconds_to_start=120

# Standard output is for the answer.
step() { say "$@" >&2; }

fetch() {
  lib=${XDG_CACHE_HOME:-$HOME/.cache}/trueup/kafka-$version
  [ ! -d "$lib" ] || return 0
  if [ "${TRUEUP_NO_NETWORK:-}" = 1 ]; then
    note "skipped: Apache Kafka is not in $lib, and TRUEUP_NO_NETWORK=1 says that it cannot be fetched" >&2
    exit 77
  fi
  mkdir -p "$(dirname "$lib")"
  # Another one may be fetching the same.
  exec 9>"$lib.lock"
  flock 9
  if [ ! -d "$lib" ]; then
    step "Fetching Apache Kafka $version, once"
    doing="fetching Apache Kafka $version by Maven (is the network there?)"
    rm -rf "$lib.part"
    mvn -B -q -C -Dstyle.color=never -f "$root/deploy/kafka/pom.xml" -Dkafka.version="$version" -P "kafka${version%%.*}" \
      org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
      -DincludeScope=runtime -DoutputDirectory="$lib.part" >&2
    mv "$lib.part" "$lib"
  fi
  exec 9>&-
}

# The first of `$1` ports in a row that are free. Above 32767 the kernel hands out ports for outgoing connections, and
# one of these could take the port of a node that is down for a moment.
free_ports() {
  /usr/bin/python3 - "$1" <<'PYTHON'
import contextlib, random, socket, sys
count = int(sys.argv[1])
for _ in range(100):
    base = random.randrange(20000, 32000 - count)
    with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
        for port in range(base, base + count):
            stack.enter_context(socket.socket()).bind(("127.0.0.1", port))
        print(base)
        sys.exit()
sys.exit("no free ports")
PYTHON
}

# How many listeners a node has.
listeners_of_a_node() { echo $((2 + ${#through[@]} + ${#more[@]})); }

# Node i's listener j has the port base + (i - 1) * listeners_of_a_node + j: 0 for the controllers, 1 for clients and the other
# nodes, 2 and up for those by way of a proxy, then come those of --listener.
port_of() { echo $((base + ($1 - 1) * $(listeners_of_a_node) + $2)); }

# The addresses of every node's listener $1, joined by commas; with $2, each behind its node id and this.
addresses() {
  local node list=""
  for node in $(seq "$nodes"); do list+=${list:+,}${2:+$node$2}127.0.0.1:$(port_of "$node" "$1"); done
  echo "$list"
}

write_properties() {
  local node=$1 listeners advertised map i copies=$nodes in_sync=$(((nodes + 1) / 2)) proxies one
  listeners=CLIENT://127.0.0.1:$(port_of "$node" 1)
  advertised=$listeners
  map=CONTROLLER:PLAINTEXT,CLIENT:PLAINTEXT
  for i in "${!through[@]}"; do
    IFS=, read -ra proxies <<<"${through[i]}"
    listeners+=,THROUGH$i://127.0.0.1:$(port_of "$node" $((i + 2)))
    advertised+=,THROUGH$i://${proxies[node - 1]}
    map+=,THROUGH$i:PLAINTEXT
  done
  for i in "${!more[@]}"; do
    one=${more[i]%%:*}://127.0.0.1:$(port_of "$node" $((i + 2 + ${#through[@]})))
    listeners+=,$one
    advertised+=,$one
    map+=,${more[i]}
  done
  cat <<PROPERTIES
process.roles=broker,controller
node.id=$node
controller.quorum.voters=$(addresses 0 @)
controller.listener.names=CONTROLLER
inter.broker.listener.name=CLIENT
listeners=CONTROLLER://127.0.0.1:$(port_of "$node" 0),$listeners
advertised.listeners=$advertised
listener.security.protocol.map=$map
log.dirs=$data/$node/data
auto.create.topics.enable=false
default.replication.factor=$copies
min.insync.replicas=$in_sync
# Internal topics of 50 partitions would cost seconds at every start.
offsets.topic.replication.factor=$copies
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=$copies
transaction.state.log.min.isr=$in_sync
transaction.state.log.num.partitions=4
# What only Kafka 4 knows is passed over by Kafka 3.
share.coordinator.state.topic.replication.factor=$copies
share.coordinator.state.topic.min.isr=$in_sync
# A test waits for these: a group's first member, and the end of a killed node.
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=6000
num.network.threads=2
num.io.threads=2
# The default of 128 MB does not fit a small heap.
log.cleaner.dedupe.buffer.size=16777216
PROPERTIES
  [ -z "$properties" ] || cat "$properties"
}

# Lays out a new cluster in $data.
create() {
  local node id i user users=()
  id=$(head -c 16 /dev/urandom | base64 | tr '+/' 'AB' | tr -d '=')
  [ -n "$base" ] || base=$(free_ports $((nodes * $(listeners_of_a_node))))
  step "Laying out Apache Kafka $version, $nodes node(s), in $data"
  doing="laying out the nodes in $data"
  mkdir -p "$data"
  for user in "${scram[@]}"; do
    for i in 256 512; do users+=(--add-scram "SCRAM-SHA-$i=[name=${user%%=*},password=${user#*=}]"); done
  done
  local formats=()
  for node in $(seq "$nodes"); do
    # What a start that failed has left.
    rm -rf "${data:?}/$node/data"
    mkdir -p "$data/$node"
    write_properties "$node" >"$data/$node/server.properties"
    java -cp "$lib/*" kafka.tools.StorageTool format -t "$id" -c "$data/$node/server.properties" "${users[@]}" >"$data/$node/format.log" 2>&1 &
    formats+=($!)
  done
  for i in "${formats[@]}"; do wait "$i" || fail "the nodes' folders could not be formatted; see $data/*/format.log"; done
  for i in "${!through[@]}"; do addresses $((i + 2)) >"$data/through.$((i + 1))"; done
  for i in "${!more[@]}"; do addresses $((i + 2 + ${#through[@]})) >"$data/listener.${more[i]%%:*}"; done
  printf '%s\n' "$java_options" >"$data/java"
  printf '%s\n' "$version" >"$data/version"
  addresses 1 >"$data/bootstrap"
}

# Sets what `create` wrote.
load() {
  [ -f "$data/bootstrap" ] || fail "no cluster in $data; start one: deploy/kafka.sh up --data $data"
  bootstrap=$(cat "$data/bootstrap")
  IFS=, read -ra brokers <<<"$bootstrap"
  nodes=${#brokers[@]}
  version=$(cat "$data/version")
  java_options=$(cat "$data/java")
}

# The process of node $1, if it runs and is the one that we started.
pid_of() {
  local pid
  pid=$(cat "$data/$1/pid" 2>/dev/null) || return 1
  tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF "$data/$1/server.properties" || return 1
  echo "$pid"
}

# How Java is told where its log goes.
logging() {
  case "$version" in
    3.*) echo "-Dlog4j.configuration=file:$root/deploy/kafka/log4j.properties" ;;
    *) echo "-Dlog4j2.configurationFile=$root/deploy/kafka/log4j2.properties" ;;
  esac
}

launch() {
  local node=$1
  if pid_of "$node" >/dev/null; then return 0; fi
  # shellcheck disable=SC2086  # the options are words
  setsid java $java_options "$(logging)" -Dkafka.logs.dir="$data/$node" -Djava.awt.headless=true -cp "$lib/*" \
    kafka.Kafka "$data/$node/server.properties" >>"$data/$node/kafka.log" 2>&1 </dev/null &
  echo $! >"$data/$node/pid"
}

# Whether node $1 answers and, with $2, sees so many nodes.
answers() {
  local seen
  seen=$(kcat -b "${brokers[$1 - 1]}" -L -m 2 2>/dev/null | sed -n 's/^ \([0-9]*\) brokers:$/\1/p')
  [ "${seen:-0}" -ge "${2:-1}" ]
}

await() {
  local node=$1 end=$((SECONDS + seconds_to_start))
  until answers "$node" "${2:-1}"; do
    pid_of "$node" >/dev/null || fail "node $node ended; its log: $(tail -n 5 "$data/$node/kafka.log")"
    [ $SECONDS -lt $end ] || fail "node $node does not answer after $seconds_to_start s; see $data/$node/kafka.log"
    sleep 0.2
  done
}

end_node() {
  local node=$1 signal=$2 pid
  pid=$(pid_of "$node") || return 0
  kill "-$signal" "$pid"
  # One that was stopped by SIGSTOP hears nothing else until it goes on.
  [ "$signal" = KILL ] || kill -CONT "$pid"
  for _ in $(seq 300); do
    pid_of "$node" >/dev/null || break
    sleep 0.1
  done
  if pid_of "$node" >/dev/null; then
    note "node $node did not end within 30 s: killed" >&2
    kill -KILL "$pid"
  fi
  rm -f "$data/$node/pid"
}

up() {
  local node asked="${nodes:-any} ${version:-any}"
  if [ -f "$data/bootstrap" ]; then
    load
    case "$asked" in
      "$nodes $version" | "any $version" | "$nodes any" | "any any") ;;
      *) fail "$data has a cluster of $nodes node(s) of Kafka $version; to begin anew: deploy/kafka.sh down --delete --data $data" ;;
    esac
    fetch
  else
    nodes=${nodes:-1} version=${version:-4.1.1}
    fetch
    create
    load
  fi
  step "Starting $nodes node(s) of Apache Kafka $version"
  doing="starting Apache Kafka"
  for node in $(seq "$nodes"); do launch "$node"; done
  for node in $(seq "$nodes"); do await "$node" "$nodes"; done
  echo "$bootstrap"
}

status() {
  local node running=0 answering=0 state
  if [ ! -f "$data/bootstrap" ]; then
    note "no cluster in $data" >&2
    exit 3
  fi
  load
  for node in $(seq "$nodes"); do
    state=down
    if pid_of "$node" >/dev/null; then
      running=$((running + 1))
      state="does not answer"
      if answers "$node"; then
        answering=$((answering + 1))
        state=ready
      fi
    fi
    echo "node $node ${brokers[node - 1]} $state"
  done
  [ "$running" -gt 0 ] || exit 3
  [ "$answering" -eq "$nodes" ] || exit 1
}

down() {
  local node ends=()
  if [ ! -f "$data/bootstrap" ]; then
    note "no cluster in $data" >&2
    return 0
  fi
  load
  # Together: the last of three that end one after another would wait in vain for the others.
  for node in $(seq "$nodes"); do
    end_node "$node" TERM &
    ends+=($!)
  done
  wait "${ends[@]}"
  [ "$delete" = no ] || rm -rf "$data"
}

topic() {
  local name=$1 partitions=$2 settings=()
  shift 2
  load
  fetch
  while [ $# -gt 0 ]; do
    settings+=(--config "$1")
    shift
  done
  doing="creating the topic $name"
  java -XX:TieredStopAtLevel=1 "$(logging)" -cp "$lib/*" org.apache.kafka.tools.TopicCommand --bootstrap-server "$bootstrap" --create \
    --topic "$name" --partitions "$partitions" "${settings[@]}" >&2
}

data=$root/build/kafka
nodes="" version="" base="" through=() more=() properties="" scram=() kill=TERM delete=no words=()
java_options="-Xms128m -Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
while [ $# -gt 0 ]; do
  case "$1" in
    --kill) kill=KILL; shift; continue ;;
    --delete) delete=yes; shift; continue ;;
    --*) [ $# -ge 2 ] || fail "$1 needs a value; $usage" ;;
    *) words+=("$1"); shift; continue ;;
  esac
  case "$1" in
    --data) data=$2 ;;
    --nodes) nodes=$2 ;;
    --version) version=$2 ;;
    --port) base=$2 ;;
    --through) through+=("$2") ;;
    --listener) more+=("$2") ;;
    --properties) properties=$2 ;;
    --scram) scram+=("$2") ;;
    --java) java_options=$2 ;;
    *) fail "unknown option $1; $usage" ;;
  esac
  shift 2
done
data=$(realpath -m "$data")
case "$nodes" in "" | 1 | 3) ;; *) fail "--nodes is 1 or 3, not $nodes" ;; esac
case "$base" in *[!0-9]*) fail "--port is a number, not $base" ;; esac
case "$version" in "" | [34].*.*) ;; *) fail "--version is that of a Kafka 3 or 4, not $version" ;; esac
for list in "${through[@]}"; do
  IFS=, read -ra proxies <<<"$list"
  [ ${#proxies[@]} -eq "${nodes:-1}" ] || fail "--through needs an address for each of ${nodes:-1} node(s), not $list"
done
for one in "${more[@]}"; do
  [[ $one =~ ^[A-Z]+:(PLAINTEXT|SSL|SASL_PLAINTEXT|SASL_SSL)$ ]] || fail "--listener is NAME:PROTOCOL, in capitals, not $one"
done
[ -z "$properties" ] || [ -r "$properties" ] || fail "there is no file $properties"
for one in "${scram[@]}"; do
  [[ $one == ?*=?* ]] || fail "--scram is USER=PASSWORD, not $one"
done
for needed in java mvn kcat; do
  command -v "$needed" >/dev/null || fail "needs $needed: run deploy/setup.sh"
done

node_argument() {
  load
  case "${words[1]:-}" in
    [1-9]) [ "${words[1]}" -le "$nodes" ] && return 0 ;;
  esac
  fail "${words[0]} takes the number of a node, 1 to $nodes"
}

case "${words[0]:-}" in
  up) up ;;
  status) status ;;
  down) down ;;
  start-node)
    node_argument
    fetch
    launch "${words[1]}"
    await "${words[1]}"
    ;;
  stop-node)
    node_argument
    end_node "${words[1]}" "$kill"
    ;;
  topic)
    [ ${#words[@]} -ge 3 ] || fail "topic takes a name and a number of partitions; $usage"
    topic "${words[@]:1}"
    ;;
  *) fail "$usage" ;;
esac
