"""The chaos suite's plan and its checks: planted faults turn them red."""

import unittest

import checks
import faults
from feed import Feed, ref_of

KINDS = faults.INSTANCE_FAULTS + faults.NETWORK_FAULTS + faults.BROKER_FAULTS


class PlanTest(unittest.TestCase):
    def test_is_a_function_of_the_seed(self):
        self.assertEqual(faults.plan(1, 100, 3, 3, KINDS), faults.plan(1, 100, 3, 3, KINDS))
        self.assertNotEqual(faults.plan(1, 100, 3, 3, KINDS), faults.plan(2, 100, 3, 3, KINDS))

    def test_has_every_kind_and_hurts_nothing_twice_at_a_time(self):
        for seed in range(200):
            planned = faults.plan(seed, 100, 3, 3, KINDS)
            self.assertEqual({fault.kind for fault in planned}, set(KINDS))
            for later, fault in enumerate(planned):
                self.assertLess(fault.begin, fault.end)
                self.assertLess(fault.end, 100)
                for other in planned[:later]:
                    same = (fault.kind in faults.BROKER_FAULTS) == (other.kind in faults.BROKER_FAULTS) and (
                        fault.kind in faults.BROKER_FAULTS or fault.target == other.target)
                    self.assertFalse(same and other.end >= fault.begin, f"seed {seed}: {other} and {fault}")


class ChecksTest(unittest.TestCase):
    def setUp(self):
        self.feed = Feed(8, 1)
        self.accounts = [self.account(number) for number in range(8)]
        self.conditions = [{"kind": "conflict", "account": f"a{number}"} for number in (0, 7)]

    def account(self, number):
        refs = [ref_of(system, "account", number) for system in ("crm", "erp", "ops")]
        marks = self.feed.marks()
        return {"id": f"a{number}", "members": refs, "terms": {"mark": {
            "value": marks[refs[0]], "provenance": {"ref": refs[0]}, "others": [{"ref": ref, "value": marks[ref]} for ref in refs[1:]]}}}

    def wrong(self):
        return [*checks.conservation(self.feed, [account["members"] for account in self.accounts]), *checks.marks(self.feed, self.accounts),
                *checks.conditions(self.feed, self.accounts, self.conditions)]

    def test_a_true_state_passes(self):
        self.assertEqual(self.wrong(), [])
        self.assertEqual(list(checks.facts(self.feed, [ref_of("crm", "order", number) for number in range(8)])), [])

    def test_a_lost_record_is_found(self):
        self.accounts[3]["members"].pop()
        self.assertIn("1 records missing, such as ops/account/000003", self.wrong())

    def test_a_record_in_two_accounts_is_found(self):
        self.accounts[3]["members"].append("crm/account/000004")
        self.assertIn("1 records in several accounts, such as crm/account/000004", self.wrong())

    def test_an_old_version_is_found(self):
        self.accounts[1]["terms"]["mark"]["others"][0]["value"] = "erp/account/000001 version 1"
        self.assertRegex(self.wrong()[0], "1 marks missing, such as .*erp/account/000001 version 2")

    def test_a_condition_too_few_or_too_many_is_found(self):
        self.conditions.pop()
        self.assertRegex(self.wrong()[0], "1 disagreements missing")
        self.conditions += [{"kind": "conflict", "account": "a7"}, {"kind": "gap", "account": "a1"}]
        self.assertRegex(self.wrong()[0], "conditions that should not be: .*gap")

    def test_a_lost_order_is_found(self):
        self.assertRegex(next(checks.facts(self.feed, ["crm/order/000000"])), "7 orders missing")

    def test_an_event_with_two_contents_is_found(self):
        def event(number, payload):
            return {"key": number, "payload": payload}

        same = [event(1, "a"), event(2, "b"), event(1, "a"), event(2, None)]
        self.assertEqual(list(checks.one_content_each(same, lambda record: record["key"])), [])
        self.assertRegex(next(checks.one_content_each([*same, event(2, "c")], lambda record: record["key"])), "1 events with two contents")


if __name__ == "__main__":
    unittest.main(verbosity=2)
