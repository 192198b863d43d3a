"""trueup's topology over Kafka against a Kafka Streams application: the same job on the same records and the same broker, in turns.

    kafka_bench.py [--contenders streams-alo,streams-eos] [--topology BINARY] [--embedded BINARY] [--rounds 3] [--customers 100000] [--restore 1000000]

Each source record (three systems, 1 KB of JSON) is mapped to terms, sent on by its customer, and kept in one row per customer in
RocksDB; a record that says nothing new is passed over; a row that changed becomes a golden row. What is measured is the
contender's process alone. The contender `embedded` does the job over the embedded log: what it takes less than `trueup` is what Kafka adds. The golden rows of all contenders must be equal, byte for byte of their values.
Needs Debian's python3-confluent-kafka and, for the Streams application, a JDK. Prints a Markdown table; every figure of every round
goes to build/bench/kafka.jsonl.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests" / "harness"))

from kafka import Kafka  # noqa: E402  (after the path)
from kafka_records import SYSTEMS, record  # noqa: E402
from kafka_traffic import PARTITIONS, Traffic, digest_of, fingerprint, sentinels  # noqa: E402

PEER = SOURCE / "tests" / "bench" / "peers" / "streams"
PEER_BUILT = SOURCE / "build" / "peers" / "streams"
# What a service of this size is given; both compilers, the collector with the least work in all.
PEER_JAVA = ["java", "-Xms512m", "-Xmx1g", "-XX:+UseParallelGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
BROKER_JAVA = "-Xms512m -Xmx1g -XX:+UseSerialGC"
LATENCY_SECONDS = 15
RATES = (2000, 5000)


def build_peer():
    subprocess.run(["mvn", "-B", "-q", "-C", "-f", PEER / "pom.xml", f"-Dbuilt={PEER_BUILT}", "package",
                    "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies", "-DincludeScope=runtime",
                    f"-DoutputDirectory={PEER_BUILT / 'lib'}"], check=True)


def command_of(name, topology, embedded):
    """How a contender is started; bootstrap, prefix of its topics and state folder come behind the first list, and then the second."""
    peer = [*PEER_JAVA, "-cp", f"{PEER_BUILT}/streams-peer-1.jar:{PEER_BUILT}/lib/*", "trueup.peer.Main"]
    commands = {"streams-alo": (peer, ["at_least_once"]), "streams-eos": (peer, ["exactly_once_v2"]), "trueup": ([topology], []), "embedded": ([embedded], [])}
    if name not in commands or None in commands[name][0]:
        sys.exit(f"no contender {name}: there are streams-alo, streams-eos, trueup with --topology, and embedded with --embedded")
    return commands[name]


class Contender:
    """One contender's process with a state folder, and what it has used."""

    def __init__(self, command, bootstrap, prefix, folder):
        before, behind = command
        self.folder = folder
        self.state = folder / "state"
        self.command = [*before, bootstrap, prefix, str(self.state), *behind]
        self.process = None

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)

    def check(self):
        if self.process.poll() is not None:
            sys.exit(f"{self.command[0]} ended with {self.process.returncode}; its log: {(self.folder / 'log').read_text()[-2000:]}")

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak_rss(self):
        """MiB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=120)

    def lose_disk(self):
        shutil.rmtree(self.state)


def all_records(customers, mark, systems=SYSTEMS):
    """Every system's record of every customer; `mark` is a function of the customer's number."""
    for number in range(customers):
        for system in systems:
            yield (system, *record(system, number, f"C{number:07d}", mark(number)))


def measured(contender, traffic, records, mark):
    """CPU microseconds per record, and seconds, until everything that was filled in has come out."""
    count, begin, cpu = len(records), time.monotonic(), contender.cpu_seconds()
    traffic.fill(records)
    traffic.await_sentinels(mark, contender.check)
    return {"cpu": (contender.cpu_seconds() - cpu) * 1e6 / count, "wall": time.monotonic() - begin}


def one_round(kafka, command, prefix, folder, customers):
    """Every figure but the restore of one contender."""
    traffic = Traffic(kafka, prefix)
    contender = Contender(command, kafka.bootstrap, prefix, folder)
    figures = {}
    first = list(all_records(customers, lambda _: "a"))
    traffic.fill(first)
    begin = time.monotonic()
    contender.start()
    traffic.await_sentinels("a", contender.check)
    figures["cold"] = {"cpu": contender.cpu_seconds() * 1e6 / len(first), "wall": time.monotonic() - begin}
    figures["warm"] = measured(contender, traffic, list(all_records(customers, lambda _: "b")), "b")
    figures["tenth"] = measured(contender, traffic, list(all_records(customers, lambda n: "b" if n % 10 else "c")), "c")
    figures["digest"] = traffic.digest(customers)
    for rate in RATES:
        figures[f"latency {rate}"] = traffic.latency(rate, LATENCY_SECONDS, customers)
    figures["rss"] = contender.peak_rss()
    contender.kill()
    begin = time.monotonic()
    traffic.send_probes()
    contender.start()
    traffic.await_probes(contender.check)
    figures["kill to ready"] = time.monotonic() - begin
    contender.stop()
    traffic.close()
    return figures


def embedded_round(command, folder, customers):
    """What working off the same three batches takes over the embedded log."""
    count = customers * len(SYSTEMS)
    batches = {"cold": ("a", lambda _: "a"), "warm": ("b", lambda _: "b"), "tenth": ("c", lambda n: "b" if n % 10 else "c")}
    process = subprocess.Popen([*command[0], str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    figures = {}
    for name, (sentinel_mark, mark) in batches.items():
        for record_of in (all_records(customers, mark), ((s, *record(s, number, customer, sentinel_mark)) for s, _, number, customer in sentinels())):
            for system, key, value in record_of:
                process.stdin.write(system.encode() + b" " + key + b" " + value + b"\n")
        process.stdin.write(b"\n")
        process.stdin.flush()
        figures[name] = {"cpu": int(process.stdout.readline().split()[1]) / count}
    process.stdin.close()
    rows = dict(line.rstrip(b"\n").split(b" ", 1) for line in process.stdout)
    if process.wait() != 0:
        sys.exit("embedded ended with an error")
    figures["digest"] = digest_of({key: fingerprint(value) for key, value in rows.items()})
    return figures


def restore(kafka, command, prefix, folder, rows):
    """Seconds and CPU seconds from a start without a disk to ready, with so many rows."""
    traffic = Traffic(kafka, prefix)
    contender = Contender(command, kafka.bootstrap, prefix, folder)
    contender.start()
    traffic.fill(all_records(rows, lambda _: "a", systems=("salesforce",)))
    traffic.await_sentinels("a", contender.check)
    traffic.digest(rows)
    contender.stop()
    contender.lose_disk()
    traffic.send_probes()
    begin = time.monotonic()
    contender.start()
    traffic.await_probes(contender.check)
    figures = {"wall": time.monotonic() - begin, "cpu": contender.cpu_seconds(), "rss": contender.peak_rss()}
    # What it has seen before is news only to one that did not get everything back.
    traffic.rows.clear()
    traffic.fill(all_records(rows // 100, lambda _: "a", systems=("salesforce",)))
    traffic.await_sentinels("b", contender.check)
    if traffic.seen() > 0:
        sys.exit(f"{prefix} has lost {traffic.seen()} of {rows // 100} rows")
    contender.stop()
    traffic.close()
    return figures


def middle(values, digits=1):
    if not values:
        return ""
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def print_table(results, names):
    """`results`: objects of contender, kind (round or restore) and figures."""
    def each(name, *path):
        """A figure of every round that has it."""
        for figures in rounds[name]:
            if path[0] in figures:
                yield figures[path[0]][path[1]] if len(path) > 1 else figures[path[0]]

    rounds = {name: [r["figures"] for r in results if r["contender"] == name and r["kind"] == "round"] for name in names}
    restores = {name: [r["figures"] for r in results if r["contender"] == name and r["kind"] == "restore"] for name in names}
    rows = [("CPU us per record, cold, with start", lambda n: middle(list(each(n, "cold", "cpu")))),
            ("CPU us per record, warm, all changed", lambda n: middle(list(each(n, "warm", "cpu")))),
            ("records per CPU second, warm", lambda n: middle([1e6 / cpu for cpu in each(n, "warm", "cpu")], 0)),
            ("CPU us per record, again, 10 % changed", lambda n: middle(list(each(n, "tenth", "cpu")))),
            ("records per CPU second, 10 % changed", lambda n: middle([1e6 / cpu for cpu in each(n, "tenth", "cpu")], 0))]
    for rate in RATES:
        for share in ("p50", "p99"):
            rows.append((f"{share} from produce to golden row at {rate:,}/s, ms",
                         lambda n, rate=rate, share=share: middle(list(each(n, f"latency {rate}", share)))))
    rows += [("peak RSS, MiB", lambda n: middle(list(each(n, "rss")), 0)),
             ("kill -9 to ready, s", lambda n: middle(list(each(n, "kill to ready")))),
             ("restore without a disk, s", lambda n: middle([r["wall"] for r in restores[n]])),
             ("restore without a disk, CPU s", lambda n: middle([r["cpu"] for r in restores[n]]))]
    print("| figure | " + " | ".join(names) + " |\n| --- |" + " --- |" * len(names))
    for label, figure in rows:
        print(f"| {label} | " + " | ".join(figure(name) for name in names) + " |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--contenders", default="streams-alo,streams-eos")
    parser.add_argument("--topology", help="the binary that is the contender trueup")
    parser.add_argument("--embedded", help="the binary that is the contender embedded")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--restore", type=int, default=1_000_000, help="rows; 0 leaves it out")
    arguments = parser.parse_args()
    names = arguments.contenders.split(",")
    commands = {name: command_of(name, arguments.topology, arguments.embedded) for name in names}
    if any(name.startswith("streams") for name in names):
        build_peer()
    kept = SOURCE / "build" / "bench" / "kafka.jsonl"
    kept.parent.mkdir(parents=True, exist_ok=True)
    turns = [("round", number) for number in range(arguments.rounds)] + ([("restore", 0)] if arguments.restore else [])
    results = []
    with tempfile.TemporaryDirectory(prefix="trueup-bench.") as name, Kafka(pathlib.Path(name) / "kafka", java=BROKER_JAVA) as kafka:
        for kind, number in turns:
            for contender in names:
                prefix = f"{contender}-{kind}{number}."
                for topic in (*SYSTEMS, "golden"):
                    kafka.create_topic(prefix + topic, PARTITIONS)
                folder = pathlib.Path(name) / prefix
                folder.mkdir()
                if contender == "embedded":
                    if kind == "restore":
                        continue
                    figures = embedded_round(commands[contender], folder, arguments.customers)
                elif kind == "round":
                    figures = one_round(kafka, commands[contender], prefix, folder, arguments.customers)
                else:
                    figures = restore(kafka, commands[contender], prefix, folder, arguments.restore)
                shutil.rmtree(folder)
                results.append({"contender": contender, "kind": kind, "figures": figures})
                print(f"{prefix} {figures}", file=sys.stderr, flush=True)
                with open(kept, "a") as file:
                    file.write(json.dumps(results[-1]) + "\n")
    print_table(results, names)
    digests = {r["figures"]["digest"] for r in results if r["kind"] == "round"}
    if len(digests) > 1:
        sys.exit(f"the contenders' golden rows differ: {results}")


if __name__ == "__main__":
    main()
