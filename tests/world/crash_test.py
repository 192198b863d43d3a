"""Kills the daemon with SIGKILL at random moments, many times in one run, then lets it come to rest: the digest must be that of an undisturbed run.
Then time passes, and the same again.

    crash_test.py [KILLS] [CUSTOMERS] [SEED]      default 50 kills, 400 customers, seed 1
"""

import random
import sys
import time

from harness import Daemon, Sandbox, World, kill


def killed_run(daemon, kills, seed):
    """Starts the daemon again and again and kills it; the last start is left alone."""
    chance = random.Random(seed)
    for _ in range(kills):
        process = daemon.start("run", "--once")
        # Mostly while it works, sometimes right at the start.
        time.sleep(chance.choice([chance.uniform(0.0, 0.1), chance.uniform(0.05, 0.6)]))
        kill(process)
    daemon.run("run", "--once")


def main(kills, customers, seed):
    print(f"{kills} kills, {customers} customers, seed {seed}", flush=True)
    with World() as folder:
        # A little latency keeps a run long enough to be killed in its middle.
        sandbox = Sandbox(folder, customers, seed=seed, extra=("--latency", "5", "--page-cap", "200"))
        calm = Daemon(folder, sandbox, "calm")
        calm.run("run", "--once")
        wanted = calm.digest()
        accounts = len(calm.lines("accounts"))

        hurt = Daemon(folder, sandbox, "hurt")
        killed_run(hurt, kills, seed)
        killed = hurt.digest()

        sandbox.control("step?n=3")
        calm.run("run", "--once")
        killed_run(hurt, 5, seed + 1)
        stepped = calm.digest()
        sandbox.stop()
        print(f"digest {wanted} of {accounts} accounts")
        failures = [] if killed == wanted else [f"killed: {killed}"]
        if hurt.digest() != stepped:
            failures.append(f"killed after time passed: {hurt.digest()} instead of {stepped}")
        if stepped == wanted:
            failures.append("time passed and nothing changed: the test proves less than it says")
        for failure in failures:
            print("FAILED", failure)
        return 1 if failures else 0


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(arguments + [50, 400, 1][len(arguments):])))
