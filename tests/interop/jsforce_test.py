"""jsforce, which nobody here wrote, against the sandbox's Salesforce: signing in and again, describe, paging, deleted rows, Bulk API 2.0, trouble. Rows and
numbers are those of the truth file and of requests that this test makes itself. jsforce_client.js is what runs in Node.

    jsforce_test.py [unittest options]      needs TRUEUP_SANDBOX_BINARY and TRUEUP_SOURCE_DIR"""

import datetime
import json
import os
import pathlib
import subprocess
import unittest

from harness import run_tests
from org import ACCOUNTS, OBJECTS, VERSION, Org, from_csv, plain
from packages import install_for_node

NODE, MODULES = install_for_node("jsforce", "3.10.16")
CLIENT = pathlib.Path(__file__).with_name("jsforce_client.js")
STEP_SECONDS = 20
world = None  # made by prepare


class TestWorld(Org):
    def outcome(self, step, **changes):
        now = datetime.datetime.fromisoformat(self.now.replace("Z", "+00:00"))
        order = {"url": self.url, "clientId": self.secret("client_id"), "clientSecret": self.secret("client_secret"), "version": VERSION,
                 "query": ACCOUNTS, "start": (now - datetime.timedelta(days=2)).isoformat(), "end": (now + datetime.timedelta(minutes=1)).isoformat()}
        done = subprocess.run([str(NODE), str(CLIENT), step], input=json.dumps(order | changes).encode(), capture_output=True, timeout=STEP_SECONDS,
                              check=False, env=os.environ | {"NODE_PATH": str(MODULES)})
        if done.returncode != 0:
            raise AssertionError(f"{step} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
        return json.loads(done.stdout)

    def ask(self, step, **changes):
        outcome = self.outcome(step, **changes)
        if "error" in outcome:
            raise AssertionError(f"{step}: {outcome['error']}")
        return outcome["result"]


class Rest(unittest.TestCase):
    def test_client_credentials(self):
        answer = world.ask("signIn")
        self.assertEqual(answer["instance"], world.url)
        # It reads both ids off the end of the identity's URL.
        self.assertRegex(answer["user"]["organizationId"], "^00D\\w{15}$")
        self.assertRegex(answer["user"]["id"], "^005\\w{15}$")

    def test_a_wrong_secret(self):
        self.assertEqual(world.outcome("signIn", clientSecret="no")["error"],
                         {"name": "invalid_client", "message": "invalid client credentials"})

    def test_describe(self):
        answer = world.ask("describe")
        self.assertLessEqual(set(OBJECTS), set(answer["objects"]))
        self.assertIn({"name": "AnnualRevenue", "type": "double"},
                      [{"name": field["name"], "type": field["type"]} for field in answer["account"]["fields"]])

    def test_pages(self):
        answer = world.ask("query")
        self.assertEqual((answer["totalSize"], answer["done"], len(answer["records"])), (world.rows["Account"], True, world.rows["Account"]))
        self.assertEqual(plain(answer["records"]), plain(world.own_rows(ACCOUNTS)))

    def test_deleted_rows(self):
        rows = world.ask("queryAll")["records"]
        self.assertEqual(plain(rows), plain(world.own_rows(ACCOUNTS, "queryAll")))
        deleted = {row["Id"]: row["SystemModstamp"] for row in rows if row["IsDeleted"]}
        self.assertGreater(len(deleted), 0, "the steps have deleted none")
        self.assertEqual(len(rows) - len(deleted), world.rows["Account"])
        changes = world.ask("changes")
        covered = changes["deleted"]["latestDateCovered"]  # commits behind it may be under way
        self.assertLess(covered, world.now)
        self.assertEqual({row["id"] for row in changes["deleted"]["deletedRecords"]}, {id for id, at in deleted.items() if at < covered})
        self.assertLessEqual(set(changes["updated"]["ids"]), set(plain(rows)) - set(deleted))
        self.assertGreater(len(changes["updated"]["ids"]), 0)

    def test_a_session_that_ends_between_two_pages(self):
        answer = world.ask("renewal")
        world.token = None  # our own session ended too
        self.assertTrue(answer["renewed"])
        self.assertEqual(len(plain(answer["rows"])), 400)

    def test_trouble_that_passes(self):
        self.assertEqual(plain(world.ask("trouble")["records"]), plain(world.own_rows(ACCOUNTS)))

    def test_usage_and_limits(self):
        answer = world.ask("limits")
        allowance, usage = answer["limits"]["DailyApiRequests"], answer["header"]["apiUsage"]
        self.assertEqual((usage["limit"], usage["used"]), (allowance["Max"], allowance["Max"] - allowance["Remaining"]))

    def test_errors_have_their_codes(self):
        error = world.outcome("query", query="SELECT Nothing FROM Account")["error"]
        self.assertEqual(error["code"], "INVALID_FIELD")
        self.assertIn("No such column 'Nothing'", error["message"])


class Bulk(unittest.TestCase):
    def test_query(self):
        rows = world.ask("bulk")
        self.assertEqual({row["Id"]: row["Name"] for row in rows}, {row["Id"]: row["Name"] for row in world.own_rows(ACCOUNTS)})
        self.assertEqual(len(rows), world.rows["Account"])

    def test_pages_and_deleted_rows(self):
        pages = world.ask("bulkPages")
        self.assertGreater(len(pages), 2)
        self.assertEqual(plain(from_csv(pages)), plain(world.own_rows(ACCOUNTS, "queryAll")))

    def test_a_job_that_fails(self):
        world.sandbox.control("bulk?fail=1")
        self.assertEqual(world.outcome("bulkFailure")["error"]["message"], "Query job failed to complete")


def prepare(folder):
    global world
    world = TestWorld(folder)
    return world


if __name__ == "__main__":
    run_tests(prepare)
