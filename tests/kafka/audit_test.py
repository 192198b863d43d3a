"""Audits over Kafka: what no feed told is found and mended, and what could not be mended is withdrawn by whoever finds it cured.

    audit_test.py [unittest options]
"""

import json
import shutil
import unittest

from cluster import ClusterWorld
from harness import are_at_rest, kill, run_tests, running, wait_until
from kafka import Kafka, fold, read_all

CUSTOMERS = 100
PARTITIONS = 2
VANISHED = 4  # sites of the operations system
GHOSTS = 2    # sites that it lists and never shows
DRIFTED = 3   # sites with another name, as old as they were
world = None  # made by prepare


class TestWorld(ClusterWorld):
    def __init__(self, folder):
        super().__init__(folder, CUSTOMERS, PARTITIONS, interval="1s", more="audit: {ids: 1s, contents: 1s}\n")

    def sites(self, what, count):
        self.sandbox.control(f"{what}?system=sky&object=sites&field=name&count={count}")


def gaps(daemon):
    return daemon.lines("findings", "--kind", "sync_gap")


def said(daemon, text):
    return text in daemon.log_path.read_text()


class AuditTest(unittest.TestCase):
    def audit(self, daemon, *more, expect):
        document = json.loads(daemon.run("audit", *more, "--format", "json", expect=expect))
        self.assertEqual(document["equal"], expect == 0)
        return {item["object"]: item for item in document["objects"] if item["system"] == "sky"}

    def test_an_audit_needs_no_instance_that_has_everything(self):
        with Kafka(world.folder / "kafka") as kafka:
            first = world.instance("first", kafka)
            process = first.start("run")
            wait_until(lambda: are_at_rest([first], [process]), 120, "the first is at rest")
            self.found_and_mended(first)
            kill(process)
            shutil.rmtree(first.folder / "data")

            second = world.instance("second", kafka)
            with running(second, "run"):
                self.withdrawn_by_another(second)
            self.asked_for(second)
            records = fold(read_all(kafka.bootstrap, "trueup.audits"))
            self.assertEqual(records, {})

    def found_and_mended(self, daemon):
        wait_until(lambda: all(item["audit"]["ids"] for item in daemon.lines("status")), 60, "every object is audited")
        rows = world.sandbox.truth()["rows"]
        for item in daemon.lines("status"):
            self.assertTrue(item["audit"]["ids"]["equal"], item)
            self.assertEqual(item["audit"]["ids"]["held"], rows.get(f"{item['system']}/{item['object']}", 0), item)
        world.sites("vanish", VANISHED)
        wait_until(lambda: said(daemon, f"sky/sites: 0 rows missing here and {VANISHED} gone from the source; fetched and delivered"), 60, "what vanished is found")
        world.sites("drift", DRIFTED)
        wait_until(lambda: said(daemon, f"sky/sites: {DRIFTED} rows with other contents than the source's; fetched and delivered"), 60, "what drifted is found")
        world.sites("ghosts", GHOSTS)
        wait_until(lambda: len(gaps(daemon)) == GHOSTS, 60, "both ghosts are findings")

    def withdrawn_by_another(self, daemon):
        wait_until(lambda: daemon.call("findings", "--kind", "sync_gap").code == 0 and len(gaps(daemon)) == GHOSTS, 120, "the other one has the findings too")
        world.sites("ghosts", 0)
        wait_until(lambda: gaps(daemon) == [], 120, "both are closed")

    def asked_for(self, daemon):
        """No instance runs: the audit reads the log, in which most rows are another instance's."""
        for item in self.audit(daemon, "--contents", expect=0).values():
            self.assertEqual(item["contents"]["compared"], item["held_count"])
        world.sites("drift", DRIFTED)
        self.assertEqual(len(self.audit(daemon, "--contents", "--repair", expect=1)["sites"]["contents"]["differing"]), DRIFTED)
        self.audit(daemon, "--contents", expect=0)
        sites = self.audit(daemon, expect=0)["sites"]
        self.assertIsNone(sites["places"], "no process knows where all rows are")
        held = f"{sites['held_count']:,}"
        self.assertRegex(daemon.run("audit"), rf"sky/sites +{held} of {held} sites, as of ")
        world.sites("reappear", VANISHED)
        self.assertEqual(len(self.audit(daemon, expect=1)["sites"]["missing"]), VANISHED)
        self.assertEqual(self.audit(daemon, "--repair", expect=1)["sites"]["delivered"], VANISHED)
        self.assertEqual(self.audit(daemon, expect=0)["sites"]["held_count"], sites["held_count"] + VANISHED)


def prepare(folder):
    global world
    world = TestWorld(folder)
    return world


if __name__ == "__main__":
    run_tests(prepare)
