"""Issue: the audit finds what no feed told, and mends it. Rows vanish behind our back and come back as old as they were, in each of the three systems.

    audit_test.py
"""

import json
import types
import unittest

import contract
from harness import Daemon, Sandbox, is_at_rest, run_tests, running, wait_until

CUSTOMERS = 60
# One object a system, with the number of rows that vanish.
VICTIMS = {("salesforce", "Contact"): 3, ("netsuite", "customer"): 2, ("sky", "sites"): 4}

world = None


def prepare(folder):
    global world
    sandbox = Sandbox(folder, CUSTOMERS)
    world = types.SimpleNamespace(folder=folder, sandbox=sandbox)
    return world


def vanish():
    for (system, table), count in VICTIMS.items():
        assert world.sandbox.control(f"vanish?system={system}&object={table}&count={count}").strip() == str(count)


def reappear():
    for system, table in VICTIMS:
        world.sandbox.control(f"reappear?system={system}&object={table}")


class Audit(unittest.TestCase):
    def audit(self, daemon, *more, expect):
        """The audit's objects by name; the document is what its schema says."""
        document = json.loads(daemon.run("audit", *more, "--format", "json", expect=expect))
        self.assertEqual(contract.faults("audit", [document]), [])
        self.assertEqual(document["equal"], expect == 0)
        return {(item["system"], item["object"]): item for item in document["objects"]}

    def differences(self, objects, side):
        return {name: len(item[side]) for name, item in objects.items() if item[side]}

    def pulled(self, name, edit=None):
        self.addCleanup(reappear)
        daemon = Daemon(world.folder, world.sandbox, name, edit=edit)
        daemon.run("run", "--once")
        self.audit(daemon, expect=0)
        return daemon

    def test_what_vanished_is_found_told_and_retired(self):
        daemon = self.pulled("vanished")
        vanish()
        daemon.run("run", "--once")  # no feed tells
        objects = self.audit(daemon, expect=1)
        self.assertEqual(self.differences(objects, "extra"), VICTIMS)
        self.assertEqual(self.differences(objects, "missing"), {})
        self.assertEqual(self.differences(self.audit(daemon, expect=1), "extra"), VICTIMS, "only to tell changes nothing")
        repaired = self.audit(daemon, "--repair", expect=1)
        self.assertEqual({name: item["delivered"] for name, item in repaired.items() if item["delivered"]}, VICTIMS)
        daemon.run("run", "--once")
        self.audit(daemon, expect=0)
        self.same_as_a_fresh_one(daemon, "vanished_fresh")

    def test_what_is_deleted_for_good_is_told_without_an_audit(self):
        daemon = self.pulled("purged")
        self.assertEqual(world.sandbox.control("purge?system=salesforce&object=Contact&count=3").strip(), "3")
        world.sandbox.control("step")  # the source answers for what is past
        daemon.run("run", "--once")
        # Only this system's objects: of lines, NetSuite tells no deletion.
        objects = json.loads(daemon.call("audit", "--format", "json").out)["objects"]
        differing = {item["object"]: item for item in objects if item["system"] == "salesforce" and not item["equal"]}
        self.assertEqual(differing, {})

    def test_what_came_back_as_old_as_it_was_is_found_told_and_fetched(self):
        vanish()
        daemon = self.pulled("returned")
        reappear()
        daemon.run("run", "--once")
        objects = self.audit(daemon, expect=1)
        self.assertEqual(self.differences(objects, "missing"), VICTIMS)
        self.assertEqual(self.differences(objects, "extra"), {})
        self.audit(daemon, "--repair", expect=1)
        daemon.run("run", "--once")
        self.audit(daemon, expect=0)
        self.same_as_a_fresh_one(daemon, "returned_fresh")

    def test_rows_that_were_retired_come_back(self):
        daemon = self.pulled("there_and_back")
        for move in (vanish, reappear):
            move()
            self.audit(daemon, "--repair", expect=1)
            daemon.run("run", "--once")
            self.audit(daemon, expect=0)
        self.same_as_a_fresh_one(daemon, "there_and_back_fresh")

    def same_as_a_fresh_one(self, daemon, name):
        fresh = Daemon(world.folder, world.sandbox, name)
        fresh.run("run", "--once")
        accounts, fresh_accounts = ([(a["id"], sorted(a["members"])) for a in one.lines("accounts")] for one in (daemon, fresh))
        self.assertEqual(sorted(accounts), sorted(fresh_accounts))

    def test_text_says_how_many_of_how_many_and_when(self):
        daemon = self.pulled("text")
        objects = self.audit(daemon, expect=0)
        count = f"{objects['salesforce', 'Account']['held_count']:,}"
        self.assertRegex(daemon.run("audit"), rf"salesforce/Account +{count} of {count} accounts, as of \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\dZ\n")
        vanish()
        text = daemon.run("audit", expect=1)
        self.assertRegex(text, r"sky/sites\n  gone from the source: \S+")
        self.assertIn("4 more held", text)
        self.assertIn("audit --repair", text)
        self.assertIn("9 rows and deletions delivered", daemon.run("audit", "--repair", expect=1))

    def test_while_a_daemon_runs_the_audit_only_tells(self):
        daemon = self.pulled("running", edit=lambda text: text.replace("interval: 10s", "interval: 1h"))
        with running(daemon, "run") as process:
            wait_until(lambda: is_at_rest(daemon, process), 60, "the daemon is at rest")
            self.audit(daemon, expect=0)
            refused = daemon.call("audit", "--repair")
            self.assertEqual((refused.code, refused.out), (1, ""))
            self.assertIn("another trueup works on", refused.error)

    def often_audited(self, name):
        return self.pulled(name, edit=lambda text: text.replace("interval: 10s", "interval: 1s") + "\naudit: {ids: 1s}\n")

    def test_a_daemon_mends_by_itself(self):
        daemon = self.often_audited("mending")
        with running(daemon, "run") as process:
            wait_until(lambda: is_at_rest(daemon, process), 60, "the daemon is at rest")
            for move in (vanish, reappear):
                move()
                wait_until(lambda: daemon.call("audit").code == 0, 60, f"the daemon has mended after {move.__name__}")
        self.assertIn("sky/sites: 0 rows missing here and 4 gone from the source; fetched and delivered", daemon.log_path.read_text())
        self.assertIn("sky/sites: 4 rows missing here and 0 gone from the source; fetched and delivered", daemon.log_path.read_text())

    def test_counts_by_time_of_creation_find_early_what_a_daily_list_finds_late(self):
        counting = lambda text: text.replace("interval: 10s", "interval: 1s") + "\naudit: {counts: 1s}\n"
        daemon = self.pulled("counting", edit=counting)
        with running(daemon, "run"):
            wait_until(lambda: all(item["audit"]["ids"] for item in daemon.lines("status")), 60, "every object is audited, for today")
            for move in (vanish, reappear):
                move()
                for system, table in list(VICTIMS)[:2]:
                    self.mended_by_counts(daemon, system, table, move)
            differing = lambda: {item["audit"]["counts"]["differing"] for item in daemon.lines("status") if item["audit"]["counts"]}
            wait_until(lambda: differing() == {0}, 60, "a count behind the mending finds every window equal")
        status = daemon.status()
        self.assertEqual(contract.faults("status", [status]), [])
        counts = {(item["system"], item["object"]): item["audit"]["counts"] for item in daemon.lines("status")}
        self.assertEqual({name[0] for name, proof in counts.items() if proof}, {"salesforce", "netsuite"}, "Sky cannot count so")
        self.assertRegex(daemon.run("status", expect=None), r"salesforce/Contact .*equal in \d+ windows of time, as of \d{4}-")

    def mended_by_counts(self, daemon, system, table, move):
        def equal():
            document = json.loads(daemon.call("audit", "--format", "json").out)
            return all(item["equal"] for item in document["objects"] if (item["system"], item["object"]) == (system, table))
        wait_until(equal, 60, f"{system}/{table} is mended after {move.__name__}")

    def test_status_says_how_the_daemons_audits_stand(self):
        daemon = self.often_audited("audited")
        self.assertEqual({item["audit"]["ids"] for item in daemon.lines("status")}, {None})
        with running(daemon, "run"):
            wait_until(lambda: all(item["audit"]["ids"] for item in daemon.lines("status")), 60, "every object is audited")
        status = daemon.status()
        self.assertEqual(contract.faults("status", [status]), [])
        for item in daemon.lines("status"):
            proof = item["audit"]["ids"]
            self.assertTrue(proof["equal"], item)
            self.assertEqual((proof["held"], proof["set_aside"], item["audit"]["error"]), (proof["listed"], 0, None))
        held = f"{status['systems']['sky']['objects']['sites']['audit']['ids']['held']:,}"
        self.assertRegex(daemon.run("status"), rf"sky/sites +{held} of {held}, as of \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\dZ ")

    def test_what_stays_different_is_a_finding_until_it_is_cured(self):
        daemon = self.often_audited("gaps")
        digest = daemon.digest()
        with running(daemon, "run"):
            world.sandbox.control("ghosts?system=sky&object=sites&count=2")
            self.addCleanup(world.sandbox.control, "ghosts?system=sky&object=sites&count=0")
            wait_until(lambda: len(daemon.lines("findings", "--kind", "sync_gap")) == 2, 60, "both gaps are findings")
            found = daemon.lines("findings", "--kind", "sync_gap")
            self.assertEqual(contract.faults("finding", found), [])
            self.assertEqual([item["refs"] for item in sorted(found, key=lambda item: item["refs"])], [["sky/sites/ghost-0"], ["sky/sites/ghost-1"]])
            self.assertEqual({(item["owner"], item["severity"]) for item in found}, {("Admin", "high")})
            self.assertIn("the source lists it, and it is not here although it was asked for (one of 2 such records)", found[0]["reason"])
            complaint = "sky/sites differs from its source in 2 records in every audit"
            wait_until(lambda: complaint in daemon.call("status").out, 60, "the status complains of them")
            self.assertIn("sync_gap", daemon.run("report"))
            self.assertEqual(daemon.digest(), digest, "what the sources do not show is not in the state")
            world.sandbox.control("ghosts?system=sky&object=sites&count=0")
            wait_until(lambda: daemon.lines("findings", "--kind", "sync_gap") == [], 60, "both are closed")
        closed = daemon.lines("findings", "--kind", "sync_gap", "--status", "closed")
        self.assertEqual(len(closed), 2)


if __name__ == "__main__":
    run_tests(prepare)
