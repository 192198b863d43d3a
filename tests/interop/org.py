"""The sandbox's Salesforce, some steps after its beginning, and what a test asks it itself to compare with what a client says."""

import base64
import csv
import io
import json
import urllib.parse
import urllib.request

from harness import Sandbox

CUSTOMERS = 400
STEPS = 12
OBJECTS = ("Account", "Contact", "Opportunity", "OpportunityLineItem", "Task", "Goal__c", "User", "Product2")
# Names with commas, quotes and umlauts, numbers, dates, nulls.
ACCOUNTS = "SELECT Id, Name, BillingStreet, AnnualRevenue, Go_Live_Date__c, ParentId, SystemModstamp, IsDeleted FROM Account"
VERSION = "62.0"


class Org:
    def __init__(self, folder):
        self.folder = folder
        self.sandbox = Sandbox(folder, CUSTOMERS)
        self.sandbox.control(f"step?n={STEPS}")
        self.url = self.sandbox.urls["salesforce"]
        truth = self.sandbox.truth()
        self.now = truth["now"]
        self.rows = {name: truth["rows"]["salesforce/" + name] for name in OBJECTS}
        self.token = None

    def secret(self, name):
        return (self.sandbox.secrets / ("salesforce_" + name)).read_text()

    def expire(self):
        """Every session ends."""
        self.sandbox.control("expire-tokens?system=salesforce")
        self.token = None

    def call(self, path, **query):
        """A request of our own."""
        if self.token is None:
            basic = base64.b64encode(f"{self.secret('client_id')}:{self.secret('client_secret')}".encode()).decode()
            sign_in = urllib.request.Request(self.url + "/services/oauth2/token", b"grant_type=client_credentials", {"Authorization": "Basic " + basic})
            self.token = json.loads(urllib.request.urlopen(sign_in, timeout=20).read())["access_token"]
        target = self.url + path + ("?" + urllib.parse.urlencode(query) if query else "")
        with urllib.request.urlopen(urllib.request.Request(target, headers={"Authorization": "Bearer " + self.token}), timeout=20) as answer:
            return json.loads(answer.read())

    def own_rows(self, soql, what="query"):
        page = self.call(f"/services/data/v{VERSION}/{what}", q=soql)
        rows = page["records"]
        while not page["done"]:
            page = self.call(page["nextRecordsUrl"])
            rows += page["records"]
        return rows


def plain(rows):
    """Rows by id, without what tells of the row itself."""
    return {row["Id"]: {name: value for name, value in row.items() if name != "attributes"} for row in rows}


def from_csv(pages):
    """What Bulk API 2.0 gives, as REST gives it: the header in each page, nothing for null, times with Z."""
    rows = [row for page in pages for row in csv.DictReader(io.StringIO(page))]
    for row in rows:
        row.update({name: value or None for name, value in row.items()})
        row["AnnualRevenue"] = row["AnnualRevenue"] and float(row["AnnualRevenue"])
        row["IsDeleted"] = row["IsDeleted"] == "true"
        row["SystemModstamp"] = row["SystemModstamp"].replace("Z", "+0000")
    return rows
