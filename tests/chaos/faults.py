"""Which faults come when: a pure function of a seed."""

import collections
import random

# A fault of one instance or one broker (`target`, counted from 0 and from 1) that begins before one step of the feed and ends before another.
Fault = collections.namedtuple("Fault", "kind target begin end")

INSTANCE_FAULTS = ("kill", "freeze", "lose disk", "leave", "fill disk")
# Of an instance's way to the brokers.
NETWORK_FAULTS = ("cut network", "hang network")
BROKER_FAULTS = ("kill broker", "stop broker", "freeze broker")
LONGEST = 6  # steps


def plan(seed, steps, instances, brokers, kinds):
    """Faults of these kinds over so many steps, in order of their beginning: each kind comes before any comes again, each instance has one fault at a
    time, and of the brokers one at a time is down, for two of three are needed to go on. Every fault ends before the last step."""
    chance = random.Random(seed)
    faults, waiting = [], []
    busy_until = collections.Counter()  # by what is hurt: an instance's number, or "brokers"
    for step in range(steps):
        if not waiting:
            waiting = list(kinds)
            chance.shuffle(waiting)
        kind = waiting[-1]
        target, resource = pick(chance, kind, instances, brokers)
        end = step + 1 + chance.randrange(LONGEST)
        if end >= steps or busy_until[resource] > step:
            continue
        waiting.pop()
        busy_until[resource] = end + 1
        faults.append(Fault(kind, target, step, end))
    return faults


def pick(chance, kind, instances, brokers):
    """A target, and what nothing else may hurt meanwhile."""
    if kind in BROKER_FAULTS:
        return 1 + chance.randrange(brokers), "brokers"
    target = chance.randrange(instances)
    return target, target
