"""What a snapshot of Salesforce costs its client: trueup (into its durable log), simple-salesforce and jsforce (which keep nothing) pull the same ready-made
pages in turns.

    pull_costs.py --server build/release/tests/bench/trueup-page-server --pull build/release/tests/bench/trueup-pull [--rows 500000] [--rounds 3]

Prints, for each, the median of the rounds with the least and the most: rows/s, CPU microseconds a row, peak RSS. Needs TRUEUP_SOURCE_DIR and
PYTHONPATH=tests/interop."""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

from packages import install, install_for_node

PEERS = pathlib.Path(__file__).parent / "peers"


def measured(command, rows, **environment):
    """Seconds, CPU seconds and peak KiB of a command that must have got every row."""
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | environment)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - begun
    if status != 0 or int(output) != rows:
        raise RuntimeError(f"{command[0]} gave {output!r}, status {status}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def contenders(pull, url):
    """Name, and what measures one run."""
    def trueup(*options):
        def run(rows):
            folder = tempfile.mkdtemp(prefix="trueup-pull.")
            try:
                return measured([pull, "--url", url, "--folder", folder, *options], rows)
            finally:
                shutil.rmtree(folder)
        return run

    python = install("simple-salesforce", "1.12.10") / "python"
    node, modules = install_for_node("jsforce", "3.10.16")
    peer = str(PEERS / "simple_salesforce_pull.py")
    yield "trueup, REST", trueup()
    yield "trueup, Bulk", trueup("--bulk")
    yield "simple-salesforce, REST", lambda rows: measured([python, peer, url, "rest"], rows)
    yield "simple-salesforce, Bulk as text", lambda rows: measured([python, peer, url, "bulk"], rows)
    yield "jsforce, REST", lambda rows: measured([node, PEERS / "jsforce_pull.js", url], rows, NODE_PATH=str(modules))


def spread(values, digits):
    return f"{statistics.median(values):,.{digits}f} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--pull", required=True)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    server = subprocess.Popen([arguments.server, "--rows", str(arguments.rows)], stdout=subprocess.PIPE, text=True)
    try:
        url = server.stdout.readline().split()[1]
        ways = list(contenders(arguments.pull, url))
        runs = {name: [] for name, _ in ways}
        for _ in range(arguments.rounds):
            for name, run in ways:
                runs[name].append(run(arguments.rows))
    finally:
        server.terminate()
        server.wait()
    print("| client | rows/s | CPU us a row | peak RSS, MiB |\n| --- | --- | --- | --- |")
    for name, taken in runs.items():
        print(f"| {name} | {spread([arguments.rows / seconds for seconds, _, _ in taken], 0)} "
              f"| {spread([cpu * 1e6 / arguments.rows for _, cpu, _ in taken], 1)} | {spread([kib / 1024 for _, _, kib in taken], 0)} |")


main()
