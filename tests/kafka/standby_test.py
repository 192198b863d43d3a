"""A standby takes over from an instance that is gone, disk and all, and replays only what the other had not told as worked off.

    standby_test.py [unittest options]
"""

import shutil
import signal
import unittest

from cluster import ClusterWorld
from harness import are_at_rest, is_at_rest, run_tests, running, wait_until
from kafka import Kafka

CUSTOMERS = 200
PARTITIONS = 2
SLOTS = PARTITIONS + 1
TASKS = 5 * PARTITIONS + 2  # map of three systems, collect, reconcile; resolve and decisions
world = None  # made by prepare


def cluster(daemon):
    return daemon.status()["cluster"] or {"tasks": [], "standbys": [], "waiting": None}


def follows_all_others(daemon):
    """It keeps a copy, which is not behind, of each slot that is not its own."""
    now = cluster(daemon)
    own = {"resolve" if task["stage"] in ("resolve", "decide") else task["partition"] for task in now["tasks"]}
    return [copy["behind"] for copy in now["standbys"]] == [0] * (SLOTS - len(own))


def shared_out(first, second):
    """All tasks are worked, and the first has some of them."""
    return cluster(first)["tasks"] and len(cluster(first)["tasks"]) + len(cluster(second)["tasks"]) == TASKS


class StandbyTest(unittest.TestCase):
    def test_only_the_tail_is_replayed(self):
        with Kafka(world.folder / "kafka") as kafka:
            first, second = world.instance("first", kafka), world.instance("second", kafka)
            with running(first, "run") as process, running(second, "run") as other:
                wait_until(lambda: are_at_rest([first, second], [process, other]), 120, "both are at rest")
                wait_until(lambda: shared_out(first, second) and follows_all_others(first) and follows_all_others(second), 60, "they follow each other")
                digest = second.digest()
                own = {(task["inbox"], task["partition"]) for task in cluster(second)["tasks"]}
                process.send_signal(signal.SIGKILL)
                process.wait()
                shutil.rmtree(first.folder / "data")
                wait_until(lambda: len(cluster(second)["tasks"]) == TASKS, 120, "the second has taken over")
                taken = [task for task in cluster(second)["tasks"] if (task["inbox"], task["partition"]) not in own]
                entries = sum(task["end"] for task in taken)
                self.assertGreater(entries, CUSTOMERS)
                self.assertLess(sum(task["to_replay"] for task in taken), entries / 10)
                wait_until(lambda: is_at_rest(second, other), 120, "the second is at rest")
                self.assertEqual(second.digest(), digest)


def prepare(folder):
    global world
    world = ClusterWorld(folder, CUSTOMERS, PARTITIONS, log=", standby: true")
    return world


if __name__ == "__main__":
    run_tests(prepare)
