"""Audit, promise 4: the comparison of contents finds what changed without a new stamp, mends it, and stays within its half of the API budget.

    contents_test.py
"""

import json
import pathlib
import types
import unittest

import contract
from harness import Daemon, Sandbox, run_tests, running, wait_until

CUSTOMERS = 60
CALLS_PER_PERCENT = 10  # of Salesforce's, of which the budget is a share
# A text of an object a system, and in how many rows it drifts.
DRIFTS = {("salesforce", "Contact", "Title"): 3, ("netsuite", "customer", "phone"): 2, ("sky", "sites", "name"): 4}
DRIFTED = {(system, table): count for (system, table, _), count in DRIFTS.items()}

world = None


def prepare(folder):
    global world
    world = types.SimpleNamespace(folder=folder, sandbox=Sandbox(folder, CUSTOMERS))
    return world


def drift():
    for (system, table, field), count in DRIFTS.items():
        assert world.sandbox.control(f"drift?system={system}&object={table}&field={field}&count={count}").strip() == str(count)


def calls(sandbox):
    """Requests that Salesforce had so far."""
    return sum(json.loads(sandbox.control("stats", method="GET"))["salesforce"].values())


def budget(sandbox, percent):
    """Of the account's calls, so many are trueup's."""
    def edit(text):
        address = 'instance_url: "' + sandbox.urls["salesforce"] + '"'
        assert address in text
        return text.replace(address, f"{address}\n    api_budget: {{own: {percent}%, total: 100%}}")
    return edit


class Contents(unittest.TestCase):
    def audit(self, daemon, *more, expect):
        """The audit's objects by name; the document is what its schema says."""
        document = json.loads(daemon.run("audit", *more, "--format", "json", expect=expect))
        self.assertEqual(contract.faults("audit", [document]), [])
        self.assertEqual(document["equal"], expect == 0)
        return {(item["system"], item["object"]): item for item in document["objects"]}

    def pulled(self, name, edit=None):
        daemon = Daemon(world.folder, world.sandbox, name, edit=edit)
        daemon.run("run", "--once")
        return daemon

    def same_as_a_fresh_one(self, daemon):
        fresh = self.pulled(daemon.folder.name + "_fresh")
        self.assertEqual(daemon.digest(), fresh.digest())

    def test_what_changed_without_a_stamp_is_found_told_and_mended(self):
        daemon = self.pulled("asked")
        whole = self.audit(daemon, "--contents", expect=0)
        for item in whole.values():
            self.assertEqual(item["contents"], {"compared": item["held_count"], "compared_before": 0, "set_aside": 0, "differing": [], "waits": None}, item)
        drift()
        daemon.run("run", "--once")  # no feed tells
        self.assertEqual({item["contents"] for item in self.audit(daemon, expect=0).values()}, {None}, "ids tell nothing of it")
        found = self.audit(daemon, "--contents", expect=1)
        self.assertEqual({name: len(item["contents"]["differing"]) for name, item in found.items() if item["contents"]["differing"]}, DRIFTED)
        self.assertRegex(daemon.run("audit", "--contents", expect=1), r"sky/sites\n  other contents: \S+")
        repaired = self.audit(daemon, "--contents", "--repair", expect=1)
        self.assertEqual({name: item["delivered"] for name, item in repaired.items() if item["delivered"]}, DRIFTED)
        daemon.run("run", "--once")
        self.audit(daemon, "--contents", expect=0)
        self.same_as_a_fresh_one(daemon)

    def test_a_daemon_mends_by_itself(self):
        often = lambda text: text.replace("interval: 10s", "interval: 1s") + "\naudit: {contents: 1s}\n"
        daemon = self.pulled("mending", edit=often)
        drift()
        with running(daemon, "run"):
            for (system, table), count in DRIFTED.items():
                wait_until(lambda: f"{system}/{table}: {count} rows with other contents than the source's; fetched and delivered" in daemon.log_path.read_text(), 60, f"what drifted in {system} is found")
            wait_until(lambda: all(item["audit"]["contents"]["proof"] for item in daemon.lines("status")), 60, "every object is compared")
            wait_until(lambda: daemon.call("audit", "--contents").code == 0, 60, "the daemon has mended")
        status = daemon.status()
        self.assertEqual(contract.faults("status", [status]), [])
        for item in daemon.lines("status"):
            contents = item["audit"]["contents"]
            self.assertEqual((contents["gaps"], contents["error"], contents["waits"]), (0, None, None), item)
            self.assertEqual(contents["proof"]["compared"], item["audit"]["ids"]["held"], item)
        self.assertRegex(daemon.run("status", expect=None), r"salesforce/Contact .* [\d,]+ compared, \d differed, begun \d{4}-")
        self.assertEqual(daemon.lines("findings", "--kind", "sync_gap"), [])
        self.same_as_a_fresh_one(daemon)

    def test_a_run_that_used_its_part_of_the_budget_ends_early_and_the_next_one_goes_on(self):
        folder = pathlib.Path(world.folder) / "small"
        folder.mkdir()
        sandbox = Sandbox(folder, CUSTOMERS, extra=("--daily-requests", str(100 * CALLS_PER_PERCENT)))
        self.addCleanup(sandbox.stop)
        daemon = Daemon(folder, sandbox, "budget")
        daemon.run("run", "--once")
        before = calls(sandbox)
        self.audit(daemon, expect=0)
        # Half of it is what an audit of ids takes, and a few calls more.
        percent = -(-2 * (calls(sandbox) - before + 3) // CALLS_PER_PERCENT)
        daemon = Daemon(folder, sandbox, "budget", edit=budget(sandbox, percent))
        compared = {}
        for run in range(10):
            outcome = daemon.call("audit", "--contents", "--format", "json")
            document = json.loads(outcome.out)
            for item in document["objects"]:
                self.assertIsNone(item["error"], item)
                name = item["system"], item["object"]
                compared[name] = compared.get(name, 0) + item["contents"]["compared"]
            waiting = [item["contents"]["waits"] for item in document["objects"] if item["contents"]["waits"]]
            self.assertEqual(outcome.code, 1 if waiting else 0)
            if not waiting:
                break
            self.assertIn("half of the API budget is used", waiting[0])
        self.assertGreater(run, 0, "the budget ended none")
        self.assertEqual(waiting, [])
        held = {(item["system"], item["object"]): item["held_count"] for item in document["objects"]}
        self.assertEqual(compared, held, "each row once")


if __name__ == "__main__":
    run_tests(prepare)
