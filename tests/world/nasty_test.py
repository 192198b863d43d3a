"""Issue: seeded runs under the sandbox's nasty profile (a quarter of all requests goes wrong) while days pass between the pulls. When the faults are over
and the daemon is quiet, its ids are those that the truth and the sources have, and its contents those of a daemon that read the same world without a fault.

    nasty_test.py [RUNS] [FIRST_SEED]      default 16 runs from seed 1; the full size is 200. A failing seed is repeated by `nasty_test.py 1 SEED`
"""

import concurrent.futures
import json
import sys

from harness import Daemon, Sandbox, World

CUSTOMERS = 12
DAY = 144  # steps of ten minutes
DAYS = 3
AT_ONCE = 4  # a run waits most of its time, for retries
TRIES = 10


def pull_until_whole(daemon):
    """A run may give up on an object; the next one goes on there."""
    for _ in range(TRIES):
        process = daemon.start("run", "--once")
        process.communicate()
        if process.returncode == 0:
            return
        if process.returncode != 1:
            raise AssertionError(f"run --once gave {process.returncode}; its log ends:\n" + daemon.log_tail())
    raise AssertionError(f"{TRIES} runs did not get through; the log ends:\n" + daemon.log_tail())


def differences(daemon, fresh, truth):
    """What the daemon holds otherwise than the truth, or than one that read everything without a fault; a text each."""
    found = []
    audit = json.loads(daemon.run("audit", "--format", "json", expect=None))
    found += [f"audit: {item['system']}/{item['object']} differs" for item in audit["objects"] if not item["equal"]]
    held = {f"{item['system']}/{item['object']}": item["held_count"] for item in audit["objects"]}
    found += [f"{name}: {held.get(name)} rows held, the truth has {count}" for name, count in truth["rows"].items() if held.get(name) != count]
    members = sorted(member for account in daemon.lines("accounts") for member in account["members"])
    if members != sorted(member for cluster in truth["clusters"] for member in cluster["members"]):
        found.append("account records: other ids than the truth's")
    if daemon.digest() != fresh.digest():
        found.append("contents: another digest than without faults")
    return found


def run(seed):
    """What is wrong after one seeded run, a text each."""
    with World() as folder:
        sandbox = Sandbox(folder, CUSTOMERS, seed=seed, faults="nasty", extra=("--page-cap", "50"))
        try:
            daemon = Daemon(folder, sandbox)
            pull_until_whole(daemon)
            for _ in range(DAYS):
                sandbox.control(f"step?n={DAY}")
                pull_until_whole(daemon)
            sandbox.control("faults?profile=none")
            daemon.run("run", "--once")
            fresh = Daemon(folder, sandbox, "fresh")
            fresh.run("run", "--once")
            return differences(daemon, fresh, sandbox.truth())
        finally:
            sandbox.stop()


def main(runs, first):
    failed = []
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        futures = {pool.submit(run, seed): seed for seed in range(first, first + runs)}
        for future in concurrent.futures.as_completed(futures):
            error = future.exception()
            wrong = [str(error)] if error else future.result()
            if wrong:
                failed.append(futures[future])
                print(f"FAILED seed {futures[future]}: " + "; ".join(wrong), flush=True)
    print(f"{runs - len(failed)} of {runs} seeds from {first} end as the truth; failed: {sorted(failed)}")
    return 1 if failed or runs < 1 else 0


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(arguments + [16, 1][len(arguments):])))
