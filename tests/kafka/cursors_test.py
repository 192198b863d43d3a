"""Cursors move with the pulling: an instance that takes a system over from one that is gone, disk and all, goes on where that one stopped.

    cursors_test.py [unittest options]
"""

import json
import shutil
import unittest

from cluster import ClusterWorld
from harness import is_at_rest, kill, run_tests, running, wait_until
from kafka import Kafka, fold, read_all

CUSTOMERS = 200
PARTITIONS = 2
world = None  # made by prepare


def received(daemon):
    return sum(item["received"] for system in daemon.status()["systems"].values() for item in system["objects"].values())


def pulled_here(daemon, process):
    """It has read every system to its end, itself."""
    return is_at_rest(daemon, process) and all(system["state"] == "ok" for system in daemon.status()["systems"].values())


class CursorsTest(unittest.TestCase):
    def test_another_instance_goes_on_where_the_first_stopped(self):
        with Kafka(world.folder / "kafka") as kafka:
            first = world.instance("first", kafka)
            process = first.start("run")
            wait_until(lambda: pulled_here(first, process), 120, "the first has read everything")
            rows = received(first)
            kill(process)
            cursors = fold(read_all(kafka.bootstrap, "trueup.cursors"))
            objects = {f"{system}/{name}" for system, body in first.status()["systems"].items() for name in body["objects"]}
            self.assertEqual(set(cursors), objects)
            for cursor in cursors.values():
                json.loads(cursor)
            shutil.rmtree(first.folder / "data")

            second = world.instance("second", kafka)
            with running(second, "run") as process:
                wait_until(lambda: pulled_here(second, process), 120, "the second has taken over")
                self.assertGreater(rows, 10 * CUSTOMERS)
                self.assertLess(received(second), rows / 10, "it read again what the first had read")

            # Who asks for everything gets everything.
            second.run("run", "--once", "--snapshot")
            self.assertGreaterEqual(received(second), rows)


def prepare(folder):
    global world
    world = ClusterWorld(folder, CUSTOMERS, PARTITIONS)
    return world


if __name__ == "__main__":
    run_tests(prepare)
