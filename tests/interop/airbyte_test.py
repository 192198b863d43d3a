"""airbyte-source-salesforce, which nobody here wrote, against the sandbox's Salesforce: check, discover, a first sync by Bulk API 2.0 and one that goes on
from its state. Rows are those of requests that this test makes itself.

    airbyte_test.py [unittest options]      needs TRUEUP_SANDBOX_BINARY and TRUEUP_SOURCE_DIR"""

import datetime
import json
import os
import pathlib
import subprocess
import sys
import unittest

from packages import go_on_within

go_on_within("airbyte-source-salesforce", "2.10.3")

from harness import run_tests
from org import OBJECTS, Org

PROGRAM = pathlib.Path(sys.executable).with_name("source-salesforce")
RUN_SECONDS = 60
FIELDS = "Id, Name, AccountNumber, ParentId, AnnualRevenue, Go_Live_Date__c, SystemModstamp, IsDeleted"
# Read by every Python that finds it: the program knows login.salesforce.com and https only.
TO_LOOPBACK = """
import os, urllib.parse
import requests.adapters
send = requests.adapters.HTTPAdapter.send
def send_to_loopback(self, request, **options):
    target = urllib.parse.urlsplit(request.url)
    if target.hostname == "login.salesforce.com":
        request.url = os.environ["SANDBOX_URL"] + target.path
    return send(self, request, **options)
requests.adapters.HTTPAdapter.send = send_to_loopback
"""
world = None  # made by prepare


class TestWorld(Org):
    def __init__(self, folder):
        super().__init__(folder)
        # It looks every five seconds; a job is done when it first looks.
        self.sandbox.control("bulk?polls=0")
        # It reads an object with a compound field by REST.
        self.sandbox.control("hide?object=Account&field=BillingAddress")
        self.site = pathlib.Path(folder) / "site"
        self.site.mkdir()
        (self.site / "sitecustomize.py").write_text(TO_LOOPBACK)

    def minute_from_now(self):
        """In the world's time. It reads what is older than that: not a row of this moment if the moment itself were given."""
        now = datetime.datetime.fromisoformat(self.sandbox.truth()["now"].replace("Z", "+00:00"))
        return (now + datetime.timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def write(self, name, value):
        path = pathlib.Path(self.folder) / name
        path.write_text(json.dumps(value))
        return str(path)

    def run(self, command, *arguments, **changes):
        """What it says, by kind of message."""
        config = {"client_id": self.secret("client_id"), "client_secret": self.secret("client_secret"),
                  "refresh_token": self.secret("refresh_token"), "start_date": "2010-01-01T00:00:00Z", "end_date": self.minute_from_now(),
                  "stream_slice_step": "P7300D"}
        no_proxy = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        done = subprocess.run([str(PROGRAM), command, "--config", self.write("config.json", config | changes), *arguments], capture_output=True,
                              timeout=RUN_SECONDS, check=False, cwd=self.folder,
                              env=no_proxy | {"PYTHONPATH": str(self.site), "SANDBOX_URL": self.url})
        said = {}
        for line in done.stdout.decode().splitlines():
            message = json.loads(line)
            said.setdefault(message["type"], []).append(message)
        said["status"] = done.returncode
        said["errors"] = done.stderr.decode()[-2000:]
        return said

    def read(self, state=None):
        stream = {"name": "Account", "json_schema": {}, "supported_sync_modes": ["full_refresh", "incremental"], "source_defined_cursor": True,
                  "default_cursor_field": ["SystemModstamp"], "source_defined_primary_key": [["Id"]]}
        catalog = {"streams": [{"stream": stream, "sync_mode": "incremental", "destination_sync_mode": "append", "cursor_field": ["SystemModstamp"]}]}
        arguments = ["--catalog", self.write("catalog.json", catalog)]
        if state:
            arguments += ["--state", self.write("state.json", [state])]
        said = self.run("read", *arguments)
        if said["status"] != 0:
            raise AssertionError((said.get("TRACE"), said.get("LOG", [])[-5:], said["errors"]))
        return [one["record"]["data"] for one in said.get("RECORD", [])], said["STATE"][-1]["state"]


def comparable(rows):
    """By id: what both tell, times in one form."""
    return {row["Id"]: {name: row.get(name) for name in FIELDS.split(", ")} | {"SystemModstamp": row["SystemModstamp"].replace("+0000", "Z")}
            for row in rows}


class Airbyte(unittest.TestCase):
    def assert_same(self, rows, others):
        """Two times many rows; only what differs is said."""
        different = [(rows.get(key), others.get(key)) for key in rows.keys() | others.keys() if rows.get(key) != others.get(key)]
        self.assertEqual(different[:3], [], f"{len(different)} rows differ")

    def test_check(self):
        said = world.run("check")
        self.assertEqual(said["CONNECTION_STATUS"][0]["connectionStatus"]["status"], "SUCCEEDED", said)

    def test_a_wrong_refresh_token(self):
        said = world.run("check", refresh_token="no")
        self.assertNotIn("SUCCEEDED", json.dumps(said.get("CONNECTION_STATUS")))
        self.assertIn("expired access/refresh token", json.dumps(said))

    def test_discover(self):
        streams = {stream["name"]: stream for stream in world.run("discover")["CATALOG"][0]["catalog"]["streams"]}
        self.assertLessEqual(set(OBJECTS), set(streams))
        self.assertEqual(streams["Account"]["source_defined_primary_key"], [["Id"]])
        self.assertEqual(streams["Account"]["default_cursor_field"], ["SystemModstamp"])
        self.assertIn("number", streams["Account"]["json_schema"]["properties"]["AnnualRevenue"]["type"])

    def test_a_first_sync_and_one_that_goes_on(self):
        world.sandbox.control("bulk?nul=1")  # it takes NULs out
        rows, state = world.read()
        before = world.own_rows(f"SELECT {FIELDS} FROM Account", "queryAll")
        self.assert_same(comparable(rows), comparable(before))
        self.assertEqual(len(rows), len(before), "each row once")
        self.assertTrue(any(row["IsDeleted"] for row in rows), "deleted rows too")

        world.sandbox.control("step?n=12")
        rows, state = world.read(state)
        after = comparable(world.own_rows(f"SELECT {FIELDS} FROM Account", "queryAll"))
        changed = {key for key, row in after.items() if row != comparable(before).get(key)}
        self.assertGreater(len(changed), 0)
        self.assertLessEqual(changed, set(comparable(rows)))
        self.assert_same(comparable(rows), {key: after[key] for key in comparable(rows)})
        self.assertLess(len(rows), len(after) / 2, "not all again")


def prepare(folder):
    global world
    world = TestWorld(folder)
    return world


if __name__ == "__main__":
    run_tests(prepare)
