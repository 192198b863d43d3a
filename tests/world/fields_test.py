"""Issue: Salesforce's fields and objects and NetSuite's columns come and go, and no row's stamp moves with them. The state is that of the rows as they are now, and a field that no mapping
reads costs nothing.

    fields_test.py
"""

import types
import unittest

from harness import Daemon, Sandbox, run_tests

CUSTOMERS = 60
world = None


def prepare(folder):
    global world
    world = types.SimpleNamespace(folder=folder, sandbox=Sandbox(folder, CUSTOMERS))
    return world


class Fields(unittest.TestCase):
    def see(self, field, shown):
        world.sandbox.control(f"{'show' if shown else 'hide'}?object=Account&field={field}")

    def pull(self, daemon):
        """What one more run said of fields, and how many accounts it received."""
        before = daemon.log_path.read_text() if daemon.log_path.exists() else ""
        daemon.run("run", "--once")
        log = daemon.log_path.read_text()[len(before):]
        self.assertNotIn("gap suspected", log)
        objects = daemon.status()["systems"]["salesforce"]["objects"]
        return [line.split(": ", 2)[2] for line in log.splitlines() if "Account: field" in line], objects["Account"]["received"]

    def digest_of_a_fresh_one(self, name):
        fresh = Daemon(world.folder, world.sandbox, name)
        fresh.run("run", "--once")
        return fresh.digest()

    def test_a_field_that_a_mapping_reads_goes_and_comes(self):
        self.addCleanup(self.see, "Website", True)
        daemon = Daemon(world.folder, world.sandbox, "mapped")
        _, all_rows = self.pull(daemon)
        whole = daemon.digest()
        self.see("Website", False)
        said, received = self.pull(daemon)
        self.assertEqual(said, ["field Website (string) is gone, hidden from the user or excluded, and a mapping reads it: that has no value any more: "
                                "every record is read again"])
        self.assertGreaterEqual(received, 2 * all_rows)
        self.assertNotEqual(daemon.digest(), whole)
        self.assertEqual(daemon.digest(), self.digest_of_a_fresh_one("mapped_fresh"))
        self.see("Website", True)
        said, _ = self.pull(daemon)
        self.assertEqual(said, ["field Website (string) is new and a mapping reads it: every record is read again"])
        self.assertEqual(daemon.digest(), whole)

    def test_a_field_that_no_mapping_reads_costs_nothing(self):
        self.addCleanup(self.see, "Type", True)
        daemon = Daemon(world.folder, world.sandbox, "unmapped")
        _, all_rows = self.pull(daemon)
        for shown, notice in ((False, "field Type (string) is gone, hidden from the user or excluded; no mapping reads it"),
                              (True, "field Type (string) is new; no mapping reads it, and records get it as they change")):
            self.see("Type", shown)
            said, received = self.pull(daemon)
            self.assertEqual(said, [notice])
            self.assertLess(received, 2 * all_rows)

    def test_a_netsuite_column_goes_and_comes(self):
        where = "?system=netsuite&object=customer&field=url"
        self.addCleanup(world.sandbox.control, "show" + where)
        daemon = Daemon(world.folder, world.sandbox, "column")
        daemon.run("run", "--once")
        whole = daemon.digest()
        for what, said, status in (("hide", "column url is there no more, or the role may not see it", "&status=500"),
                                   ("show", "column url has come, and the rows that were pulled lack it", "")):
            world.sandbox.control(what + where + status)
            before = len(daemon.log_path.read_text())
            daemon.run("run", "--once")
            self.assertIn("gap suspected: " + said, daemon.log_path.read_text()[before:])
            self.assertEqual(daemon.digest() == whole, what == "show")
            if what == "hide":
                self.assertEqual(daemon.digest(), self.digest_of_a_fresh_one("column_fresh"))

    def test_an_object_that_the_user_may_not_read(self):
        hidden = ("AccountHistory", "ProcessInstanceStep")
        daemon = Daemon(world.folder, world.sandbox, "histories")
        world.sandbox.control("step?n=3")  # histories come to be
        for name in hidden:
            world.sandbox.control(f"hide?object={name}")
            self.addCleanup(world.sandbox.control, f"show?object={name}")
        daemon.run("run", "--once")
        log = daemon.log_path.read_text()
        for name in hidden:
            self.assertEqual(log.count(f"{name} may not be read and is left out: "), 1, log)
            self.assertNotIn(name, daemon.status()["systems"]["salesforce"]["objects"])
        self.assertEqual(daemon.status()["systems"]["salesforce"]["state"], "ok")
        daemon.run("audit")

        for name in hidden:
            world.sandbox.control(f"show?object={name}")
        daemon.run("run", "--once")
        objects = daemon.status()["systems"]["salesforce"]["objects"]
        for name in (*hidden, "OpportunityFieldHistory", "ProcessInstance"):
            rows = world.sandbox.truth()["rows"]["salesforce/" + name]
            self.assertGreater(rows, 0, name)
            self.assertEqual(objects[name]["published"], rows, name)
        daemon.run("audit")
        self.assertEqual(daemon.digest(), self.digest_of_a_fresh_one("histories_fresh"))


if __name__ == "__main__":
    run_tests(prepare)
