"""The same rows give the same state, whichever system comes first: the three systems one after the other in each of their six orders, and a new
generation built from the stored rows, give the digest of a run that pulls all at once.

    order_test.py [CUSTOMERS] [SEED]      default 300 customers, seed 1
"""

import itertools
import sys

from harness import SYSTEMS, Daemon, Sandbox, World


def without_retries(text):
    """A system that is down is given up at once."""
    for connector in ("salesforce", "netsuite", "rest"):
        text = text.replace(f"    connector: {connector}\n", f"    connector: {connector}\n    http: {{attempts: 1}}\n")
    return text


def pull_in_order(daemon, sandbox, order):
    for system in SYSTEMS:
        sandbox.control(f"down?system={system}&on=1")
    for number, system in enumerate(order):
        sandbox.control(f"down?system={system}&on=0")
        last = number == len(order) - 1
        daemon.run("run", "--once", expect=0 if last else 1)


def main(customers, seed):
    failures = []
    with World() as folder:
        sandbox = Sandbox(folder, customers, seed=seed)
        calm = Daemon(folder, sandbox, "calm")
        calm.run("run", "--once")
        wanted = calm.digest()
        for order in itertools.permutations(SYSTEMS):
            daemon = Daemon(folder, sandbox, "-".join(order), edit=without_retries)
            pull_in_order(daemon, sandbox, order)
            found = daemon.digest()
            print(", then ".join(order), "gives", found[:16], flush=True)
            if found != wanted:
                failures.append(f"{order}: {found} instead of {wanted}")
        calm.run("rebuild")
        if calm.digest() != wanted:
            failures.append("a new generation has another digest")
        sandbox.stop()
    for failure in failures:
        print("FAILED", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(arguments + [300, 1][len(arguments):])))
