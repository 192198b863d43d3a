"""How the cost of each stage grows: the same world in several sizes, and one size over Kafka with several numbers of partitions.

    scale_bench.py --trueup BINARY --sandbox BINARY [--customers 6300 19000 63000 190000] [--kafka-customers 6300] [--partitions 1 4 12]

Each size: a first pull into an empty data folder, a start at which nothing is new, and a pull after a week has passed. One round each:
what counts is how the figures grow. Figures are those of the trueup process alone. Prints Markdown tables.
"""

import argparse
import math
import os
import pathlib
import sys
import tempfile
import time

from pipeline_bench import SOURCE, disk_bytes, run_measured

PHASES = ("read", "map", "collect", "resolve", "reconcile", "publish", "commit")
QUIET_SECONDS = 1800


# The sandbox's objects whose rows are account records: what the resolver holds.
ACCOUNT_OBJECTS = ("Account", "customer", "accounts")


def total(status, name, only=None):
    return sum(item[name] for system in status["systems"].values() for title, item in system["objects"].items() if only is None or title in only)


def one_size(harness, folder, customers):
    """What runs of each kind cost on the embedded log."""
    sandbox = harness.Sandbox(folder, customers)
    daemon = harness.Daemon(folder, sandbox)
    first = run_measured(daemon, "run", "--once")
    status = daemon.status()
    start = run_measured(daemon, "run", "--once")
    print(f"{customers:,} customers: first {first}, of it {status['pipeline']}, start {start}", file=sys.stderr, flush=True)
    for _ in range(7):
        sandbox.control("step?n=1", timeout=QUIET_SECONDS)
    later = run_measured(daemon, "run", "--once")
    changed = daemon.status()
    sandbox.stop()
    return {"customers": customers, "rows": total(status, "received"), "members": status["pipeline"]["members"], "pairs": status["pipeline"]["pairs_scored"],
            "first": first, "disk": disk_bytes(daemon.folder / "data"), "phases": status["pipeline"]["milliseconds"],
            "start": start, "later": later, "changed": changed["pipeline"]["mapped"] - status["pipeline"]["mapped"],
            "changed_accounts": total(changed, "published", ACCOUNT_OBJECTS) - total(status, "published", ACCOUNT_OBJECTS), "later_phases": changed["pipeline"]["milliseconds"]}


def usage_of(pid):
    """CPU seconds and peak resident MiB of a process that runs."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    peak = next(line for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(peak.split()[1]) / 1024


def over_kafka(harness, folder, customers, partitions, bootstrap):
    """What a first pull costs one instance, until all is at rest."""
    log = f'type: kafka, brokers: "{bootstrap}", instance: one, prefix: "by{partitions}.", partitions: {partitions}, replication: 1, min_insync: 1'
    sandbox = harness.Sandbox(folder, customers)
    daemon = harness.Daemon(folder, sandbox, edit=lambda text: text + f"log: {{{log}}}\n")
    begin = time.monotonic()
    with harness.running(daemon, "run") as process:
        harness.wait_until(lambda: harness.are_at_rest([daemon], [process]), QUIET_SECONDS, "all is at rest")
        figures = (time.monotonic() - begin, *usage_of(process.pid))
    sandbox.stop()
    return {"partitions": partitions, "rows": total(daemon.status(), "received"), "first": figures}


def growth(sizes, figure):
    """The exponent with which a figure grows from the smallest to the largest size; 1: with the number of records."""
    least, most = sizes[0], sizes[-1]
    if len(sizes) < 2 or figure(least) <= 0:
        return ""
    return f"{math.log(figure(most) / figure(least)) / math.log(most['rows'] / least['rows']):.2f}"


def print_row(label, sizes, figure, digits=1, grows=None):
    """A figure of each size; behind them, how the whole (not the figure per record) grows."""
    print(f"| {label} | " + " | ".join(f"{figure(size):,.{digits}f}" for size in sizes) + f" | {growth(sizes, grows) if grows else ''} |")


def print_sizes(sizes):
    print("| figure | " + " | ".join(f"{size['rows']:,} records" for size in sizes) + " | exponent |\n| --- |" + " --- |" * (len(sizes) + 1))
    print_row("account records", sizes, lambda s: s["members"], 0)
    print_row("first pull, wall s", sizes, lambda s: s["first"][0], 1, lambda s: s["first"][0])
    print_row("first pull, CPU us per record", sizes, lambda s: s["first"][1] * 1e6 / s["rows"], 1, lambda s: s["first"][1])
    for phase in PHASES:
        print_row(f"of the pipeline's thread, {phase}, wall us per record", sizes, lambda s: s["phases"][phase] * 1e3 / s["rows"], 2, lambda s: s["phases"][phase])
    print_row("pairs scored per account record", sizes, lambda s: s["pairs"] / s["members"], 1, lambda s: s["pairs"])
    print_row("resolve, us per account record", sizes, lambda s: s["phases"]["resolve"] * 1e3 / s["members"], 1, lambda s: s["phases"]["resolve"])
    print_row("first pull, peak RSS, MiB", sizes, lambda s: s["first"][2], 0, lambda s: s["first"][2])
    print_row("disk, bytes per record", sizes, lambda s: s["disk"] / s["rows"], 0, lambda s: s["disk"])
    print_row("start with nothing new, wall s", sizes, lambda s: s["start"][0], 1, lambda s: s["start"][0])
    print_row("start with nothing new, CPU us per account record", sizes, lambda s: s["start"][1] * 1e6 / s["members"], 1, lambda s: s["start"][1])
    print_row("start with nothing new, peak RSS, MiB", sizes, lambda s: s["start"][2], 0, lambda s: s["start"][2])
    print_row("a week later, records that changed", sizes, lambda s: s["changed"], 0, lambda s: s["changed"])
    print_row("a week later, CPU us per record that changed, above the start", sizes, lambda s: (s["later"][1] - s["start"][1]) * 1e6 / s["changed"], 1)
    print_row("a week later, account records that changed", sizes, lambda s: s["changed_accounts"], 0)
    print_row("a week later, resolve, us per account record that changed", sizes, lambda s: s["later_phases"]["resolve"] * 1e3 / s["changed_accounts"], 1)


def print_partitions(runs):
    print(f"\n{runs[0]['rows']:,} records over Kafka, one instance\n")
    print("| figure | " + " | ".join(f"{run['partitions']} partitions" for run in runs) + " |\n| --- |" + " --- |" * len(runs))
    for label, figure in (("wall s", lambda r: r["first"][0]), ("CPU us per record", lambda r: r["first"][1] * 1e6 / r["rows"]), ("peak RSS, MiB", lambda r: r["first"][2])):
        print(f"| {label} | " + " | ".join(f"{figure(run):,.1f}" for run in runs) + " |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trueup", required=True)
    parser.add_argument("--sandbox", required=True)
    parser.add_argument("--customers", type=int, nargs="*", default=[6300, 19000, 63000, 190000])
    parser.add_argument("--kafka-customers", type=int, default=6300)
    parser.add_argument("--partitions", type=int, nargs="*", default=[1, 4, 12])
    arguments = parser.parse_args()
    # The tests' harness starts the programs that its environment names.
    os.environ.update(TRUEUP_SOURCE_DIR=str(SOURCE), TRUEUP_BINARY=arguments.trueup, TRUEUP_SANDBOX_BINARY=arguments.sandbox,
                      TRUEUP_SHARED_DATA=str(SOURCE.parent / "shared" / "data"))
    sys.path.insert(0, str(SOURCE / "tests" / "harness"))
    import harness
    from kafka import Kafka

    sizes = []
    for customers in arguments.customers:
        with tempfile.TemporaryDirectory(prefix="trueup-scale.") as folder:
            sizes.append(one_size(harness, folder, customers))
            print(f"{customers:,} customers done", file=sys.stderr)
    if sizes:
        print_sizes(sizes)
    runs = []
    for partitions in arguments.partitions:
        with tempfile.TemporaryDirectory(prefix="trueup-scale.") as folder, Kafka(pathlib.Path(folder) / "kafka") as kafka:
            runs.append(over_kafka(harness, folder, arguments.kafka_customers, partitions, kafka.bootstrap))
            print(f"{partitions} partitions done", file=sys.stderr)
    if runs:
        print_partitions(runs)


if __name__ == "__main__":
    main()
