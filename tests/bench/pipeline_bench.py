"""From pull to durable golden account: how many source records a second, at what CPU, memory and disk, and where the time goes.

    pipeline_bench.py --trueup BINARY --sandbox BINARY [--customers 19000] [--companies FILE] [--rounds 3]

Each round: a first pull of everything into an empty data folder, then a second pull in which nothing changed (cursors forgotten,
so that every row comes again). Figures are those of the trueup process alone; the sandbox runs beside it on the same
cores. Prints Markdown tables: medians over the rounds, with the least and the most.
"""

import argparse
import os
import pathlib
import platform
import statistics
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def run_measured(daemon, *arguments):
    """Wall seconds, CPU seconds and peak resident MiB of one command, which must succeed."""
    begin = time.monotonic()
    process = daemon.start(*arguments)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode != 0:
        sys.exit(f"trueup {' '.join(arguments)} failed:\n{daemon.log_tail()}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def disk_bytes(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


def one_round(harness, sandbox, folder):
    daemon = harness.Daemon(folder, sandbox)
    first = run_measured(daemon, "run", "--once")
    status = daemon.status()
    disk = disk_bytes(daemon.folder / "data")
    rows = sum(item["received"] for system in status["systems"].values() for item in system["objects"].values())
    second = run_measured(daemon, "run", "--once", "--snapshot")
    return {"rows": rows, "first": first, "second": second, "disk": disk, "phases": status["pipeline"]["milliseconds"]}


def middle(values, digits=1):
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def print_tables(rounds, customers):
    rows = rounds[0]["rows"]
    print(f"{rows:,} source records of {customers:,} customers, {len(rounds)} rounds, {platform.machine()}, {os.cpu_count()} cores\n")
    print("| figure | first pull | second pull, nothing changed |\n| --- | --- | --- |")
    for label, figure in (("records/s, wall", lambda run: rows / run[0]), ("CPU us per record", lambda run: run[1] * 1e6 / rows), ("peak RSS, MiB", lambda run: run[2])):
        print(f"| {label} | {middle([figure(r['first']) for r in rounds])} | {middle([figure(r['second']) for r in rounds])} |")
    print(f"| bytes on disk per record | {middle([r['disk'] / rows for r in rounds], 0)} | |\n")
    print("| pipeline thread, first pull | wall us per record |\n| --- | --- |")
    for phase in rounds[0]["phases"]:
        print(f"| {phase} | {middle([r['phases'][phase] * 1e3 / rows for r in rounds], 2)} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trueup", required=True)
    parser.add_argument("--sandbox", required=True)
    parser.add_argument("--customers", type=int, default=19000)
    parser.add_argument("--companies")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    # The tests' harness starts the programs that its environment names.
    os.environ.update(TRUEUP_SOURCE_DIR=str(SOURCE), TRUEUP_BINARY=arguments.trueup, TRUEUP_SANDBOX_BINARY=arguments.sandbox,
                      TRUEUP_SHARED_DATA=str(SOURCE.parent / "shared" / "data"))
    sys.path.insert(0, str(SOURCE / "tests" / "harness"))
    import harness

    rounds = []
    with tempfile.TemporaryDirectory(prefix="trueup-bench.") as name:
        extra = ("--companies", arguments.companies) if arguments.companies else ()
        sandbox = harness.Sandbox(name, arguments.customers, extra=extra)
        for number in range(arguments.rounds):
            with tempfile.TemporaryDirectory(prefix="round.", dir=name) as folder:
                rounds.append(one_round(harness, sandbox, folder))
                print(f"round {number + 1} done", file=sys.stderr)
        sandbox.stop()
    print_tables(rounds, arguments.customers)


if __name__ == "__main__":
    main()
