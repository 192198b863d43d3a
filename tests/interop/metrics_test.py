"""`/metrics` read by the OpenMetrics parser of prometheus_client, which nobody here wrote and which refuses what the standard does not allow: what it reads is what
`trueup status` says.

    metrics_test.py [unittest options]"""

import urllib.request

from packages import go_on_within

go_on_within("prometheus-client", "0.26.0")

# Only there, and only now.
import unittest

from harness import Daemon, Sandbox, is_at_rest, run_tests, running, wait_until
from prometheus_client.openmetrics.parser import text_string_to_metric_families

CUSTOMERS = 60
world = None  # made by prepare


class TestWorld:
    def __init__(self, folder):
        self.sandbox = Sandbox(folder, CUSTOMERS)
        self.daemon = Daemon(folder, self.sandbox,
                             edit=lambda text: text.replace("interval: 10s", "interval: 1h") + "monitor: {listen: 127.0.0.1:0}\n")


def scrape(address):
    """Families by name."""
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=20) as answer:
        assert answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
        return {family.name: family for family in text_string_to_metric_families(answer.read().decode())}


def by_labels(family):
    return {tuple(sample.labels.values()): sample.value for sample in family.samples}


class MetricsTest(unittest.TestCase):
    def test_what_the_parser_reads_is_what_the_status_says(self):
        with running(world.daemon, "run") as process:
            wait_until(lambda: is_at_rest(world.daemon, process), 60, "the daemon is at rest")
            status = world.daemon.status()
            families = scrape(status["monitor"])
            objects = {(system, name): item for system, body in status["systems"].items() for name, item in body["objects"].items()}
            self.assertGreater(len(objects), 10)
            for word in ("received", "published", "repeats"):
                family = families[f"trueup_object_records_{word}"]
                self.assertEqual(family.type, "counter")
                self.assertEqual(by_labels(family), {labels: item[word] for labels, item in objects.items()})
            states = {labels for labels, value in by_labels(families["trueup_pull_state"]).items() if value}
            self.assertEqual(states, {(*labels, item["state"]) for labels, item in objects.items()})
            self.assertEqual(families["trueup_source_data_age_seconds"].unit, "seconds")
            self.assertEqual(set(by_labels(families["trueup_source_lag_events"]).values()), {0})
            self.assertEqual(sum(by_labels(families["trueup_findings_open"]).values()), len(world.daemon.lines("findings")))
            self.assertEqual(by_labels(families["trueup_build"]), {(status["version"],): 1})
            for family in families.values():
                self.assertTrue(family.documentation, family.name)


def prepare(folder):
    global world
    world = TestWorld(folder)
    return world


if __name__ == "__main__":
    run_tests(prepare)
