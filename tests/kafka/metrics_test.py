"""What /metrics and `trueup status` say of a cluster: who works which task, how far it is, and what a start had to replay.

    metrics_test.py [VERSION of Kafka] [unittest options]
"""

import collections
import re
import shutil
import sys
import unittest
import urllib.request

from cluster import ClusterWorld
from harness import SOURCE, SYSTEMS, are_at_rest, run_tests, running, wait_until
from kafka import Kafka

VERSION = sys.argv.pop(1) if len(sys.argv) > 1 and sys.argv[1][0].isdigit() else None
CUSTOMERS = 60
PARTITIONS = 4  # and the slot of resolve, and one for each system's pulling: two instances both get tasks
TASKS = {("map", f"source.{system}", partition) for system in SYSTEMS for partition in range(PARTITIONS)}
TASKS |= {(stage, f"g000001.{stage}", partition) for stage in ("collect", "reconcile") for partition in range(PARTITIONS)}
TASKS |= {("resolve", "g000001.resolve", 0), ("decide", "decisions", 0)}
SAMPLE = re.compile(r"(\w+?)(?:\{(.*)\})? (\S+)")
world = None  # made by prepare


class Metrics:
    """What an instance says just now: of each metric its samples, by the values of their labels."""

    def __init__(self, daemon):
        with urllib.request.urlopen(f"http://{daemon.status()['monitor']}/metrics", timeout=20) as answer:
            self.text = answer.read().decode()
        self.samples = collections.defaultdict(dict)
        for line in self.text.splitlines():
            if not line.startswith("#"):
                name, labels, value = SAMPLE.fullmatch(line).groups()
                self.samples[name][tuple(re.findall(r'="([^"]*)"', labels or ""))] = float(value)

    def __getitem__(self, name):
        return self.samples[name]

    def of_tasks(self, name):
        return {(stage, inbox, int(partition)): value for (stage, inbox, partition), value in self[name].items()}


def owned(*daemons):
    """The tasks that these instances work, each as often as it is worked."""
    started = [daemon for daemon in daemons if (daemon.folder / "data" / "status.json").exists()]
    return sorted(task for daemon in started for task in Metrics(daemon).of_tasks("trueup_task_owned"))


class MetricsTest(unittest.TestCase):
    def assert_at_rest(self, metrics):
        """All that the instance's own tasks had to do is done."""
        tasks = metrics.of_tasks("trueup_task_owned")
        self.assertEqual(set(tasks.values()), {1})
        self.assertEqual(metrics.of_tasks("trueup_task_lag_entries"), dict.fromkeys(tasks, 0))
        self.assertEqual(metrics.of_tasks("trueup_task_unacknowledged_bytes"), dict.fromkeys(tasks, 0))
        self.assertEqual(metrics.of_tasks("trueup_task_replayed_entries"), metrics.of_tasks("trueup_task_replay_entries"))
        self.assertEqual(set(metrics.of_tasks("trueup_task_batches_total")), set(tasks))
        self.assertEqual(metrics["trueup_cluster_lag_entries"], {(): 0})
        self.assertEqual(metrics["trueup_slot_restore_bytes"], {}, "nothing is being restored")

    def assert_status_agrees(self, daemon, metrics):
        status = {(task["stage"], task["inbox"], task["partition"]): task for task in daemon.status()["cluster"]["tasks"]}
        self.assertEqual(set(status), set(metrics.of_tasks("trueup_task_owned")))
        for name, figure in {"trueup_task_lag_entries": lambda task: task["end"] - task["settled"],
                             "trueup_task_unacknowledged_bytes": lambda task: task["unacknowledged"],
                             "trueup_task_replay_entries": lambda task: task["to_replay"],
                             "trueup_task_replayed_entries": lambda task: task["replayed"]}.items():
            self.assertEqual(metrics.of_tasks(name), {task: figure(figures) for task, figures in status.items()}, name)
        self.assertIn("Tasks of this instance; 0 entries wait in the cluster", daemon.call("status").out)

    def test_each_task_has_one_owner_who_says_how_far_it_is(self):
        with Kafka(world.folder / "kafka", version=VERSION) as kafka:
            first, second = world.instance("first", kafka), world.instance("second", kafka)
            with running(first, "run") as one, running(second, "run") as two:
                wait_until(lambda: owned(first, second) == sorted(TASKS), 120, "each task has one owner")
                wait_until(lambda: are_at_rest([first, second], [one, two]), 120, "both are at rest")
                found = [Metrics(first), Metrics(second)]
                self.assertEqual(owned(first, second), sorted(TASKS))
                for daemon, metrics in zip((first, second), found):
                    self.assert_at_rest(metrics)
                    self.assert_status_agrees(daemon, metrics)
                for system in SYSTEMS:
                    self.assertEqual(sorted(metrics["trueup_source_pulled_here"][(system,)] for metrics in found), [0, 1], system)
                    events = sum(metrics["trueup_source_events_mapped_total"][(system,)] for metrics in found)
                    self.assertEqual(events, sum(value for metrics in found for labels, value in metrics["trueup_object_records_published_total"].items()
                                                 if labels[0] == system))
                documented = (SOURCE / "docs" / "reference" / "metrics.md").read_text()
                for name in re.findall(r"^# TYPE (\w+)", found[0].text, re.MULTILINE):
                    self.assertIn(f"`{name}`", documented)

            # One that has lost its disk takes over what the other worked, and replays it. (Its own tasks it opens twice: before the other's session
            # is over, and after it.)
            shutil.rmtree(first.folder / "data")
            with running(first, "run") as one:
                wait_until(lambda: owned(first) == sorted(TASKS), 120, "the first works everything")
                wait_until(lambda: are_at_rest([first], [one]), 120, "it is at rest")
                metrics = Metrics(first)
                self.assert_at_rest(metrics)
                self.assert_status_agrees(first, metrics)
                self.assertGreater(metrics.of_tasks("trueup_task_replayed_entries")["resolve", "g000001.resolve", 0], CUSTOMERS)


def prepare(folder):
    global world
    world = ClusterWorld(folder, CUSTOMERS, PARTITIONS, more="monitor: {listen: 127.0.0.1:0}\n")
    return world


if __name__ == "__main__":
    run_tests(prepare)
