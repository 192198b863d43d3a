"""Feeds marked records to trueup while things break, in an order that a seed decides; when all is quiet again, nothing may be lost, doubled or torn.

    chaos_test.py [--log embedded|kafka] [--customers 2000] [--seconds 60] [--seed N] [--instances 1] [--version 4.1.1]

Five source records a customer. Over Kafka there are three brokers, and each instance reaches them by proxies of its own. A disk
that is full needs root, and is left out without it.
"""

import argparse
import json
import os
import pathlib
import random
import sys
import time

import checks
import faults
import instances as hurt
from feed import Feed, Inboxes
from harness import Daemon, World, are_at_rest, wait_until
from kafka import Kafka, fold, read_all, version_of

BROKERS = 3
QUIET_SECONDS = 300


def kinds(log, root):
    names = [kind for kind in faults.INSTANCE_FAULTS if root or kind != "fill disk"]
    if log == "kafka":
        names += [*faults.NETWORK_FAULTS, *faults.BROKER_FAULTS]
    return names


def reference(folder, feed):
    """The digest of an undisturbed run over the same records, by the embedded log."""
    inboxes = Inboxes(folder / "calm")
    for step in range(len(feed)):
        feed.files(step, inboxes.folder)
    daemon = Daemon(folder / "calm", inboxes)
    daemon.run("run", "--once")
    return daemon.digest()


def over_kafka(network, name, standby):
    """An edit of the config. Without a prefix, so that the topics are called what they are."""
    brokers = ", ".join(f'"{address}"' for address in network.bootstrap.split(","))
    log = f"type: kafka, brokers: [{brokers}], instance: {name}, prefix: \"\", partitions: 4, session_timeout: 6s, standby: {str(standby).lower()}"
    return lambda text: text + f"log: {{{log}}}\n"


def make_instances(folder, count, inboxes, kafka, root):
    made = []
    for number in range(count):
        network = kafka.networks[number] if kafka else None
        name = f"instance{number}"
        made.append(hurt.Instance(folder, name, inboxes, over_kafka(network, name, standby=number == 0) if kafka else None, network, disk=root))
    return made


def run_plan(planned, feed, inboxes, instances, kafka, pause):
    """Feeds step by step, beginning and ending faults between the steps."""
    for step in range(len(feed)):
        for fault in (fault for fault in planned if fault.end == step):
            print(f"step {step}: end of {fault.kind} {fault.target}", flush=True)
            hurt.end(fault, instances, kafka)
        for fault in (fault for fault in planned if fault.begin == step):
            print(f"step {step}: {fault.kind} {fault.target}", flush=True)
            hurt.begin(fault, instances, kafka)
        feed.files(step, inboxes.folder)
        for instance in instances:
            instance.tend()
        time.sleep(pause)


def is_quiet(inboxes, instances):
    """Every file was taken, and every instance has worked off what it got."""
    for instance in instances:
        instance.tend()
    daemons, processes = zip(*((instance.daemon, instance.process) for instance in instances))
    return not any(inboxes.folder.glob("*/*.jsonl")) and are_at_rest(daemons, processes)


def foreign(feed, bootstrap):
    """What a client that is not ours finds wrong in the published topics."""
    accounts = checks.documents(fold(read_all(bootstrap, "accounts")))
    yield from checks.conservation(feed, [account["members"] for account in accounts])
    yield from checks.marks(feed, accounts)
    yield from checks.conditions(feed, accounts, checks.documents(fold(read_all(bootstrap, "conditions"))))
    yield from checks.facts(feed, fold(read_all(bootstrap, "facts")))
    yield from checks.one_content_each(read_all(bootstrap, "changes"), change_id)


def change_id(record):
    """One input changes a term of an account at most once."""
    return record["key"], version_of(record), json.loads(record["payload"])["term"]


def crashes(instances):
    """Ends that nobody brought about: by a signal of its own, such as an abort."""
    for instance in instances:
        by_signal = [code for code in instance.exits if code < 0]
        if by_signal:
            yield f"{instance.name} crashed, by signals {by_signal}"
        if instance.exits:
            print(f"{instance.name} ended by itself with {instance.exits} and was started again", flush=True)


def disturbed(folder, arguments, feed, planned, kafka):
    """What is wrong after a run with faults, and the digest it came to."""
    inboxes = Inboxes(folder)
    instances = make_instances(folder, arguments.instances, inboxes, kafka, os.geteuid() == 0)
    try:
        for instance in instances:
            instance.start()
        run_plan(planned, feed, inboxes, instances, kafka, arguments.seconds / len(feed))
        wait_until(lambda: is_quiet(inboxes, instances), QUIET_SECONDS, "all is quiet")
        failures = list(crashes(instances))
        daemon = instances[0].daemon
        failures += checks.conservation(feed, [account["members"] for account in daemon.lines("accounts")])
        if kafka:
            failures += foreign(feed, kafka.bootstrap)
        return failures, daemon.digest()
    finally:
        for instance in instances:
            instance.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", choices=("embedded", "kafka"), default="embedded")
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--instances", type=int, default=1)
    parser.add_argument("--version", help="of Kafka")
    arguments = parser.parse_args()
    feed = Feed(arguments.customers, arguments.seed)
    planned = faults.plan(arguments.seed, len(feed), arguments.instances, BROKERS, kinds(arguments.log, os.geteuid() == 0))
    print(f"seed {arguments.seed}: {feed.count} source records in {len(feed)} steps, {len(planned)} faults, {arguments.instances} instances, log {arguments.log}", flush=True)
    with World() as name:
        folder = pathlib.Path(name)
        (folder / "calm").mkdir()
        wanted = reference(folder, feed)
        if arguments.log == "kafka":
            with Kafka(folder / "kafka", BROKERS, arguments.version, networks=arguments.instances) as kafka:
                failures, digest = disturbed(folder, arguments, feed, planned, kafka)
        else:
            failures, digest = disturbed(folder, arguments, feed, planned, None)
        if digest != wanted:
            failures.append(f"digest {digest}, undisturbed {wanted}")
        for failure in failures:
            print("FAILED", failure)
        if failures:
            raise AssertionError(f"{len(failures)} promises broken, with seed {arguments.seed}")
    print(f"digest {digest} of {arguments.customers} accounts, as undisturbed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
