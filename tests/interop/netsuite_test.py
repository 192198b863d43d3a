"""netsuite-rest, which nobody here wrote, against the sandbox's NetSuite: signing, paging by links, errors, too many requests at a time. Rows and numbers
are those of the truth file. netsuite_client.js is what runs in Node.

    netsuite_test.py [unittest options]      needs TRUEUP_SANDBOX_BINARY and TRUEUP_SOURCE_DIR"""

import json
import os
import pathlib
import subprocess
import unittest

from harness import Sandbox, run_tests
from packages import install_for_node

NODE, MODULES = install_for_node("netsuite-rest", "1.0.9")
CLIENT = pathlib.Path(__file__).with_name("netsuite_client.js")
CUSTOMERS = 300
STEP_SECONDS = 20
world = None  # made by prepare


class TestWorld:
    def __init__(self, folder):
        # Requests that take a while meet each other.
        self.sandbox = Sandbox(folder, CUSTOMERS, extra=("--latency", "100"))
        self.rows = self.sandbox.truth()["rows"]

    def secret(self, name):
        return (self.sandbox.secrets / ("netsuite_" + name)).read_text()

    def outcome(self, step, query, limit, **changes):
        options = {"realm": self.secret("account"), "consumer_key": self.secret("consumer_key"), "consumer_secret_key": self.secret("consumer_secret"),
                   "token": self.secret("token_id"), "token_secret": self.secret("token_secret"), "base_url": self.sandbox.urls["netsuite"]}
        order = {"options": options | changes, "query": query, "limit": limit}
        done = subprocess.run([str(NODE), str(CLIENT), step], input=json.dumps(order).encode(), capture_output=True, timeout=STEP_SECONDS, check=False,
                              env=os.environ | {"NODE_PATH": str(MODULES)})
        if done.returncode != 0:
            raise AssertionError(f"{step} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
        return json.loads(done.stdout)

    def pages(self, query, limit):
        outcome = self.outcome("query", query, limit)
        if "error" in outcome:
            raise AssertionError(outcome["error"])
        return outcome["result"]


class NetsuiteRest(unittest.TestCase):
    def assert_refused(self, status, code, *arguments, **changes):
        error = world.outcome("query", *arguments, **changes)["error"]
        self.assertEqual(error["status"], status, error)
        self.assertEqual(json.loads(error["body"])["o:errorDetails"][0]["o:errorCode"], code)

    def test_pages(self):
        for table in ("customer", "contact"):
            pages = world.pages(f"SELECT id FROM {table} ORDER BY id", 100)
            rows = world.rows["netsuite/" + table]
            self.assertEqual(len(pages), -(-rows // 100))
            self.assertEqual({page["totalResults"] for page in pages}, {rows})
            ids = [int(item["id"]) for page in pages for item in page["items"]]
            self.assertEqual((len(ids), len(set(ids)), ids), (rows, rows, sorted(ids)))
            self.assertEqual([page["hasMore"] for page in pages], [True] * (len(pages) - 1) + [False])

    def test_values_are_texts_and_nulls_are_left_out(self):
        items = [item for page in world.pages("SELECT id, companyname, parent, lastmodifieddate FROM customer ORDER BY id", 1000) for item in page["items"]]
        self.assertEqual({type(value) for item in items for name, value in item.items() if name != "links"}, {str})
        with_parent = [item for item in items if "parent" in item]
        self.assertTrue(0 < len(with_parent) < len(items))
        self.assertLessEqual({item["parent"] for item in with_parent}, {item["id"] for item in items})

    def test_what_is_wrong_is_refused(self):
        self.assert_refused(401, "INVALID_LOGIN", "SELECT id FROM customer", 10, consumer_secret_key="no")
        self.assert_refused(401, "INVALID_LOGIN", "SELECT id FROM customer", 10, token="no")
        self.assert_refused(400, "INVALID_PARAMETER", "SELECT nothing FROM customer", 10)
        self.assert_refused(400, "INVALID_PARAMETER", "SELECT id FROM customer", 1001)

    def test_too_many_requests_at_a_time(self):
        codes = world.outcome("crowd", "SELECT id FROM customer", 16)["result"]
        self.assertGreaterEqual(codes.count(200), 5, codes)
        self.assertGreater(codes.count(429), 0, codes)
        self.assertEqual(codes.count(200) + codes.count(429), 16, codes)
        self.assertEqual(world.outcome("crowd", "SELECT id FROM customer", 4)["result"], [200] * 4)


def prepare(folder):
    global world
    world = TestWorld(folder)
    return world


if __name__ == "__main__":
    run_tests(prepare)
