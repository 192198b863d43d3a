"""simple-salesforce, which nobody here wrote, against the sandbox's Salesforce: both ways to sign in, describe, paging, deleted rows, Bulk API 2.0, and
what it does when something goes wrong. Rows and numbers are those of the truth file and of requests that this test makes itself.

    salesforce_python_test.py [unittest options]      needs TRUEUP_SANDBOX_BINARY and TRUEUP_SOURCE_DIR"""

import datetime
import unittest
import warnings

from packages import go_on_within

go_on_within("simple-salesforce", "1.12.10")

# Only there, and only now.
import requests
import simple_salesforce
from harness import run_tests
from loopback import ToLoopback
from org import ACCOUNTS, OBJECTS, VERSION, Org, from_csv, plain

world = None  # made by prepare


class TestWorld(Org):
    def session(self):
        session = requests.Session()
        session.trust_env = False
        session.mount("https://", ToLoopback(self.url))
        return session

    def by_secret(self, **changes):
        options = {"domain": "northbeam.my", "consumer_key": self.secret("client_id"), "consumer_secret": self.secret("client_secret")}
        return simple_salesforce.Salesforce(session=self.session(), version=VERSION, **options | changes)

    def by_key(self, **changes):
        options = {"username": self.secret("username"), "consumer_key": self.secret("client_id"), "privatekey": self.secret("jwt_key.pem")}
        return simple_salesforce.Salesforce(session=self.session(), version=VERSION, **options | changes)


class SigningIn(unittest.TestCase):
    def test_client_credentials(self):
        self.assertEqual(world.by_secret().query("SELECT COUNT() FROM Account")["totalSize"], world.rows["Account"])

    def test_a_signed_assertion(self):
        self.assertEqual(world.by_key().query("SELECT COUNT() FROM Account")["totalSize"], world.rows["Account"])

    def test_what_is_wrong_is_refused(self):
        other_key = (world.sandbox.secrets / "netsuite_rsa_key.pem").read_text()
        for sign_in, change, reason in ((world.by_secret, {"consumer_secret": "no"}, "invalid_client"),
                                        (world.by_secret, {"consumer_key": "no"}, "invalid_client_id"),
                                        (world.by_key, {"privatekey": other_key}, "invalid_grant"),
                                        (world.by_key, {"username": "nobody@northbeam.example"}, "invalid_grant"),
                                        (world.by_key, {"consumer_key": "no"}, "invalid_grant")):
            with warnings.catch_warnings(), self.assertRaises(simple_salesforce.SalesforceAuthenticationFailed, msg=change) as refused:
                warnings.simplefilter("ignore")  # where a person could let an unknown user in
                sign_in(**change)
            self.assertEqual(refused.exception.code, reason)

    def test_a_session_that_ended_is_renewed(self):
        client = world.by_secret()
        first = client.session_id
        world.expire()
        self.assertEqual(client.query("SELECT COUNT() FROM Account")["totalSize"], world.rows["Account"])
        self.assertNotEqual(client.session_id, first)


class Reading(unittest.TestCase):
    def setUp(self):
        self.client = world.by_secret()

    def test_describe(self):
        self.assertLessEqual(set(OBJECTS), {one["name"] for one in self.client.describe()["sobjects"]})
        types = {field["name"]: field["type"] for field in self.client.Account.describe()["fields"]}
        self.assertEqual({name: types[name] for name in ("Id", "Name", "AnnualRevenue", "Go_Live_Date__c", "SystemModstamp", "IsDeleted")},
                         {"Id": "id", "Name": "string", "AnnualRevenue": "double", "Go_Live_Date__c": "date", "SystemModstamp": "datetime",
                          "IsDeleted": "boolean"})
        # Every field that it names can be asked for.
        row = self.client.query(f"SELECT {', '.join(types)} FROM Account LIMIT 1")["records"][0]
        self.assertEqual(set(row) - {"attributes"}, set(types))
        self.assertEqual(plain([self.client.Account.get(row["Id"])]), plain([row]))

    def test_every_object_has_as_many_rows_as_the_truth_says(self):
        for name in OBJECTS:
            ids = [row["Id"] for row in self.client.query_all_iter(f"SELECT Id FROM {name}")]
            self.assertEqual(len(ids), len(set(ids)))
            self.assertEqual(len(ids), world.rows[name], name)

    def test_pages(self):
        small = {"Sforce-Query-Options": "batchSize=200"}
        first = self.client.query(ACCOUNTS, headers=small)
        self.assertEqual((len(first["records"]), first["done"], first["totalSize"]), (200, False, world.rows["Account"]))
        rows = list(self.client.query_all_iter(ACCOUNTS, headers=small))
        self.assertEqual(plain(rows), plain(world.own_rows(ACCOUNTS)))
        self.assertEqual(len(rows), world.rows["Account"])

    def test_pages_by_locator(self):
        # The other form of query_more: the client makes the path of the locator, of query or of queryAll.
        for deleted in (False, True):
            page = self.client.query("SELECT Id FROM Account", include_deleted=deleted, headers={"Sforce-Query-Options": "batchSize=200"})
            more = self.client.query_more(page["nextRecordsUrl"].rsplit("/", 1)[1], include_deleted=deleted)
            self.assertEqual(len({row["Id"] for row in page["records"] + more["records"]}), 400)

    def test_deleted_rows(self):
        rows = list(self.client.query_all_iter(ACCOUNTS, include_deleted=True))
        self.assertEqual(plain(rows), plain(world.own_rows(ACCOUNTS, "queryAll")))
        deleted = {row["Id"]: row["SystemModstamp"] for row in rows if row["IsDeleted"]}
        self.assertGreater(len(deleted), 0, "the steps have deleted none")
        self.assertEqual(len(rows) - len(deleted), world.rows["Account"])
        now = datetime.datetime.fromisoformat(world.now.replace("Z", "+00:00"))
        start, end = now - datetime.timedelta(days=2), now + datetime.timedelta(minutes=1)
        answer = self.client.Account.deleted(start, end)
        covered = answer["latestDateCovered"]  # commits behind it may be under way
        self.assertLess(covered, world.now)
        self.assertEqual({row["id"] for row in answer["deletedRecords"]}, {id for id, at in deleted.items() if at < covered})

    def test_usage_and_limits(self):
        allowance = self.client.limits()["DailyApiRequests"]
        usage = self.client.api_usage["api-usage"]
        self.assertEqual(usage.total, allowance["Max"])
        self.assertEqual(allowance["Max"] - allowance["Remaining"], usage.used)

    def test_errors_have_their_codes(self):
        for soql, code in (("SELECT Nothing FROM Account", "INVALID_FIELD"), ("SELECT Id FROM Nothing", "INVALID_TYPE"),
                           ("SELECT Id FRM Account", "MALFORMED_QUERY")):
            with self.assertRaises(simple_salesforce.SalesforceMalformedRequest, msg=soql) as refused:
                self.client.query(soql)
            self.assertEqual(refused.exception.content[0]["errorCode"], code)
        with self.assertRaises(simple_salesforce.SalesforceResourceNotFound):
            self.client.Account.get("001gK0000000000AAA")


class Trouble(unittest.TestCase):
    def test_each_kind_is_what_it_should_be(self):
        # This client tries nothing twice: what goes wrong is an exception, by its status, and the next call is fine.
        client = world.by_secret()
        for kind, error, said in (("500", simple_salesforce.SalesforceGeneralError, "500"), ("503", simple_salesforce.SalesforceGeneralError, "503"),
                                  ("406", simple_salesforce.SalesforceGeneralError, "406"), ("420", simple_salesforce.SalesforceGeneralError, "420"),
                                  ("timeout", simple_salesforce.SalesforceMalformedRequest, "QUERY_TIMEOUT"),
                                  ("concurrency", simple_salesforce.SalesforceRefusedRequest, "REQUEST_LIMIT_EXCEEDED")):
            world.sandbox.control(f"fault?system=salesforce&kind={kind}&path=/query")
            with self.assertRaises(error, msg=kind) as failed:
                client.query("SELECT COUNT() FROM Account")
            self.assertIn(said, str(failed.exception) + str(failed.exception.status))
            self.assertEqual(client.query("SELECT COUNT() FROM Account")["totalSize"], world.rows["Account"])


class Bulk(unittest.TestCase):
    def setUp(self):
        self.client = world.by_key()

    def test_query(self):
        pages = list(self.client.bulk2.Account.query(ACCOUNTS, max_records=150, wait=0.05))
        self.assertEqual(len(pages), -(-world.rows["Account"] // 150))
        self.assertEqual(plain(from_csv(pages)), plain(world.own_rows(ACCOUNTS)))

    def test_deleted_rows(self):
        pages = list(self.client.bulk2.Account.query_all(ACCOUNTS, wait=0.05))
        self.assertEqual(plain(from_csv(pages)), plain(world.own_rows(ACCOUNTS, "queryAll")))

    def test_download(self):
        files = self.client.bulk2.Account.download(ACCOUNTS, world.folder, max_records=150, wait=0.05)
        pages = []
        for file in files:
            with open(file["file"], newline="") as page:
                pages.append(page.read())
        self.assertEqual(plain(from_csv(pages)), plain(world.own_rows(ACCOUNTS)))
        self.assertEqual(sum(file["number_of_records"] for file in files), world.rows["Account"])

    def test_an_empty_result(self):
        pages = list(self.client.bulk2.Account.query("SELECT Id FROM Account WHERE Name = 'nobody has this name'", wait=0.05))
        self.assertEqual(pages, ['"Id"\n'])

    def test_a_job_that_fails_says_why(self):
        world.sandbox.control("bulk?fail=1")
        with self.assertRaisesRegex(simple_salesforce.exceptions.SalesforceOperationError, "retried more than"):
            list(self.client.bulk2.Account.query(ACCOUNTS, wait=0.05))


def prepare(folder):
    global world
    world = TestWorld(folder)
    return world


if __name__ == "__main__":
    run_tests(prepare)
