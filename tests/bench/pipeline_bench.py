"""From pull to durable golden account: how many source records a second, at what CPU, memory and disk, and where the time goes.

    pipeline_bench.py --trueup BINARY --sandbox BINARY [--customers 20000] [--companies FILE] [--rounds 3]

Each round: a first pull of everything into an empty data folder, then a second pull in which nothing changed (cursors forgotten,
so that every row comes again). Figures are those of the trueup process alone; the sandbox runs beside it on the same
cores. Prints a Markdown table: medians over the rounds, with the least and the most.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def run_measured(command):
    """Wall seconds, CPU seconds and peak resident MiB of one command, which must succeed."""
    begin = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begin
    if status != 0:
        sys.exit(f"{' '.join(command)} failed:\n{error.decode()[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def disk_bytes(folder):
    return sum(path.stat().st_size for path in pathlib.Path(folder).rglob("*") if path.is_file())


def one_round(arguments, environment):
    with tempfile.TemporaryDirectory(prefix="trueup-bench.") as name:
        folder = pathlib.Path(name)
        text = (SOURCE / "config" / "demo.yaml").read_text()
        places = {"DATA_DIR": folder / "data", "MAPPINGS": SOURCE / "mappings" / "default", **environment}
        for word, value in places.items():
            text = text.replace("@" + word + "@", str(value))
        config = folder / "trueup.yaml"
        config.write_text(text)
        command = [arguments.trueup, "--config", str(config)]
        first = run_measured(command + ["run", "--once"])
        status = json.loads((folder / "data" / "status.json").read_text())
        disk = disk_bytes(folder / "data")
        rows = sum(item["received"] for system in status["systems"].values() for item in system["objects"].values())
        second = run_measured(command + ["run", "--once", "--snapshot"])
        return {"rows": rows, "first": first, "second": second, "disk": disk, "phases": status["pipeline"]["milliseconds"]}


def middle(values, digits=1):
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--trueup", required=True)
    parser.add_argument("--sandbox", required=True)
    parser.add_argument("--customers", type=int, default=20000)
    parser.add_argument("--companies")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trueup-bench-secrets.") as secrets:
        command = [arguments.sandbox, "serve", "--port", "0", "--customers", str(arguments.customers), "--secrets", secrets]
        if arguments.companies:
            command += ["--companies", arguments.companies]
        sandbox = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            ready = dict(word.split("=", 1) for word in sandbox.stdout.readline().split()[1:])
            environment = {"SECRETS": secrets, "SALESFORCE_URL": ready["salesforce"], "NETSUITE_URL": ready["netsuite"], "SKY_URL": ready["sky"]}
            rounds = [one_round(arguments, environment) for _ in range(arguments.rounds)]
        finally:
            sandbox.terminate()
            sandbox.wait()
    rows = rounds[0]["rows"]
    print(f"{rows:,} source records of {arguments.customers:,} customers, {arguments.rounds} rounds, {platform.machine()}, {os.cpu_count()} cores\n")
    print("| figure | first pull | second pull, nothing changed |\n| --- | --- | --- |")
    for label, figure in (("records/s, wall", lambda run: rows / run[0]), ("CPU us per record", lambda run: run[1] * 1e6 / rows), ("peak RSS, MiB", lambda run: run[2])):
        print(f"| {label} | {middle([figure(r['first']) for r in rounds])} | {middle([figure(r['second']) for r in rounds])} |")
    print(f"| bytes on disk per record | {middle([r['disk'] / rows for r in rounds], 0)} | |\n")
    print("| pipeline thread, first pull | wall us per record |\n| --- | --- |")
    for phase in rounds[0]["phases"]:
        print(f"| {phase} | {middle([r['phases'][phase] * 1e3 / rows for r in rounds])} |")


if __name__ == "__main__":
    main()
