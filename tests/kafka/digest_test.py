"""One digest: whatever the number of partitions and instances, what comes of the same world over Kafka is what comes of it on the embedded log.

    digest_test.py [--customers 60] [--seed 1] [--version 4.1.1] [--partitions 1 4 12]

For each number of partitions the world is taken in by one instance; then time passes and two work on, then three.
"""

import argparse
import contextlib
import pathlib
import sys

from harness import Daemon, Sandbox, World, are_at_rest, running, wait_until
from kafka import Kafka

INSTANCES = (1, 2, 3)
QUIET_SECONDS = 120


def over_kafka(kafka, partitions, name):
    """An edit of the config. Each number of partitions has topics of its own on the same broker."""
    log = f'type: kafka, brokers: "{kafka.bootstrap}", instance: {name}, prefix: "by{partitions}.", partitions: {partitions}, replication: 1, min_insync: 1'
    return lambda text: text + f"log: {{{log}}}\n"


def digest_over_kafka(folder, sandbox, kafka, partitions, instances):
    """What so many instances, which run until all is quiet, come to."""
    daemons = [Daemon(folder, sandbox, f"by{partitions}.{number}", over_kafka(kafka, partitions, f"instance{number}")) for number in range(instances)]
    with contextlib.ExitStack() as stack:
        processes = [stack.enter_context(running(daemon, "run")) for daemon in daemons]
        wait_until(lambda: are_at_rest(daemons, processes), QUIET_SECONDS, f"{instances} instances over {partitions} partitions are at rest")
        return daemons[0].digest()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--version", help="of Kafka")
    parser.add_argument("--partitions", type=int, nargs="+", default=[1, 4, 12])
    arguments = parser.parse_args()
    failures = 0
    with World() as name:
        folder = pathlib.Path(name)
        sandbox = Sandbox(folder, arguments.customers, seed=arguments.seed)
        embedded = Daemon(folder, sandbox, "embedded")
        seen = set()
        with Kafka(folder / "kafka", version=arguments.version) as kafka:
            for instances in INSTANCES:
                embedded.run("run", "--once")
                wanted = embedded.digest()
                seen.add(wanted)
                for partitions in arguments.partitions:
                    digest = digest_over_kafka(folder, sandbox, kafka, partitions, instances)
                    failures += digest != wanted
                    print(f"{partitions} partitions, {instances} instances: {digest[:16]}, embedded {wanted[:16]}", flush=True)
                sandbox.control("step?n=3")
        sandbox.stop()
        if len(seen) < len(INSTANCES):
            raise AssertionError("time passed and changed nothing")
        if failures:
            raise AssertionError(f"{failures} digests differ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
