"""Every listing and every question, in every format, while the daemon runs and after it has stopped: the JSON is as docs/reference promises, and the
other formats say the same.

    cli_test.py [unittest options]
"""

import copy
import json
import unittest

import contract
from harness import Daemon, Sandbox, is_at_rest, run_tests, running, wait_until

CUSTOMERS = 120
world = None  # made by prepare


class TestWorld:
    """A sandbox, a daemon that pulled it once, and what is asked about."""

    def __init__(self, folder):
        self.sandbox = Sandbox(folder, CUSTOMERS)
        # The service pulls once and then keeps still, so that two questions have one answer.
        self.daemon = Daemon(folder, self.sandbox, edit=lambda text: text.replace("interval: 10s", "interval: 1h"))
        self.daemon.run("run", "--once")
        self.accounts = self.daemon.lines("accounts")
        self.findings = self.daemon.lines("findings", "--status", "all")
        # A customer whom all systems know has most to tell.
        self.account = max(self.accounts, key=lambda account: (len(account["members"]), account["id"]))

    def commands(self):
        members = self.account["members"]
        return [
            contract.accounts(), contract.accounts("--limit", "0", "--offset", str(10 * CUSTOMERS)),
            contract.findings(), contract.findings("--status", "all"),
            contract.account(self.account["id"]), contract.account(members[-1]),
            contract.explain(self.account["id"], "name"), contract.explain(members[0], "tax_id"),
            contract.explain(*self.find_term(invalid=True)), contract.explain(*self.find_term(missing=True)),
            contract.compare(members[0], members[1]), contract.compare(members[0], self.stranger()),
            contract.STATUS, contract.AUDIT, contract.DIGEST, contract.check(),
        ]

    def find_term(self, missing=False, invalid=False):
        """An account and a term of which it has no value, or none that is valid."""
        if invalid:
            finding = next(f for f in self.findings if f["kind"] == "invalid" and f["status"] == "open" and f["account"])
            return finding["account"], finding["term"]
        return next(a["id"] for a in self.accounts if "legal_name" not in a["terms"]), "legal_name"

    def stranger(self):
        return next(a for a in self.accounts if a["id"] != self.account["id"])["members"][0]


def ask(command, form):
    outcome = world.daemon.call(*command.arguments, "--format", form)
    if outcome.code != 0:
        raise AssertionError(f"trueup {command} --format {form} gave {outcome.code}: {outcome.error}")
    return outcome.out


def without_time(lines):
    """What was true when it was asked is no part of the answer's equality."""
    return [{key: value for key, value in line.items() if key not in ("heartbeat", "as_of")} for line in lines]


class Questions:
    """Asked twice: while the daemon runs, and after it stopped."""

    def test_json_is_what_its_schema_says(self):
        for command in world.commands():
            with self.subTest(str(command)):
                document = json.loads(ask(command, "json"))
                self.assertEqual(contract.faults(command.schema, document if command.listing else [document]), [])

    def test_json_lines_are_the_items_of_the_json(self):
        for command in world.commands():
            with self.subTest(str(command)):
                lines = [json.loads(line) for line in ask(command, "jsonl").splitlines()]
                self.assertEqual(without_time(lines), without_time(command.lines(json.loads(ask(command, "json")))))

    def test_csv_has_as_many_rows(self):
        for command in world.commands():
            with self.subTest(str(command)):
                text = ask(command, "csv")
                self.assertEqual(len(contract.csv_rows(text)), command.rows(json.loads(ask(command, "json"))))
                self.assertEqual(text.count("\n"), text.count("\r\n"))

    def test_text_says_something(self):
        for command in world.commands():
            with self.subTest(str(command)):
                text = ask(command, "text")
                self.assertTrue(text.strip())
                self.assertNotIn("\x1b", text)

    def test_the_report_has_its_formats(self):
        self.assertIn("Open findings by kind", world.daemon.run("report"))
        report = json.loads(world.daemon.run("report", "--format", "json"))
        self.assertEqual(contract.faults("report", [report]), [])
        self.assertEqual(report["accounts"], len(world.accounts))
        self.assertEqual(sum(kind["open"] for kind in report["kinds"]), report["open"])
        page = world.daemon.folder / "report.html"
        world.daemon.run("report", "--format", "html", "--out", str(page))
        self.assertTrue(page.read_text().startswith("<!doctype html>"))

    def test_the_answers_are_those_of_the_run_before(self):
        self.assertEqual(world.daemon.lines("accounts"), world.accounts)
        self.assertEqual(world.daemon.lines("findings", "--status", "all"), world.findings)


class WhileTheDaemonRuns(Questions, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.process = cls.enterClassContext(running(world.daemon, "run"))
        wait_until(lambda: is_at_rest(world.daemon, cls.process), 20, "the daemon is at rest")

    def tearDown(self):
        self.assertIsNone(self.process.poll(), "the daemon has ended meanwhile")


class WhenItHasStopped(Questions, unittest.TestCase):
    pass


class Listings(unittest.TestCase):
    def test_a_filter_of_findings_gives_those_that_satisfy_it(self):
        account = next(f["account"] for f in world.findings if f["account"] and f["status"] == "open")
        member = next(a for a in world.accounts if a["id"] == account)["members"][0]
        self.check_filters("findings", world.findings, ["--status", "all"], [
            (["--kind", "gap"], lambda f: f["kind"] == "gap"),
            (["--owner", "Finance"], lambda f: f["owner"] == "Finance"),
            (["--severity", "high"], lambda f: f["severity"] == "high"),
            (["--account", account], lambda f: f["account"] == account),
            (["--account", member], lambda f: f["account"] == account),
            (["--kind", "gap", "--owner", "Finance"], lambda f: (f["kind"], f["owner"]) == ("gap", "Finance")),
        ])
        for status in ("open", "pending"):
            wanted = [f for f in world.findings if f["status"] == status]
            self.assertEqual(world.daemon.lines("findings", "--status", status), wanted)
        self.assertEqual(world.daemon.lines("findings"), world.daemon.lines("findings", "--status", "open"))

    def test_a_filter_of_accounts_gives_those_that_satisfy_it(self):
        troubled = {f["account"] for f in world.findings if f["status"] == "open"}
        part = world.account["terms"]["name"][1:6]
        self.check_filters("accounts", world.accounts, [], [
            (["--stage", "active"], lambda a: a["stage"] == "active"),
            (["--name", part], lambda a: part.lower() in a["terms"].get("name", "").lower()),
            (["--with-findings"], lambda a: a["id"] in troubled),
        ])

    def check_filters(self, listing, everything, more, filters):
        for arguments, satisfies in filters:
            with self.subTest(" ".join(arguments)):
                wanted = [item for item in everything if satisfies(item)]
                self.assertTrue(0 < len(wanted) < len(everything), "the world has nothing to tell apart here")
                self.assertEqual(world.daemon.lines(listing, *more, *arguments), wanted)

    def test_pages_add_up_to_the_whole(self):
        for listing, everything in ((["accounts"], world.accounts), (["findings", "--status", "all"], world.findings)):
            size = len(everything) // 3 + 1
            pages = [world.daemon.lines(*listing, "--limit", str(size), "--offset", str(begin)) for begin in range(0, len(everything), size)]
            self.assertEqual([item for page in pages for item in page], everything)
            self.assertEqual([len(page) for page in pages[:-1]], [size, size])

    def test_every_record_leads_to_its_account(self):
        ids = [world.account["id"], *world.account["members"]]
        answers = {world.daemon.run("account", one, "--format", "json") for one in ids}
        self.assertEqual(len(answers), 1)
        detail = json.loads(answers.pop())
        self.assertEqual({name: term["value"] for name, term in detail["terms"].items()}, world.account["terms"])

    def test_every_finding_leads_to_the_account_on_which_it_is_seen(self):
        ids = {account["id"] for account in world.accounts}
        self.assertLessEqual({finding["account"] for finding in world.findings} - {None}, ids)
        handoff = next(f for f in world.findings if f["kind"] == "handoff" and f["account"] and len(f["refs"]) == 1)  # about a task
        detail = json.loads(world.daemon.run("account", handoff["refs"][0], "--format", "json"))
        self.assertEqual(detail["id"], handoff["account"])

    def test_csv_of_findings_has_the_fields_of_the_json(self):
        rows = contract.csv_rows(world.daemon.run("findings", "--status", "all", "--format", "csv"))
        wanted = [{key: " ".join(value) if key == "refs" else value or "" for key, value in f.items()} for f in world.findings]
        self.assertEqual(rows, wanted)


class TheFirstPull(unittest.TestCase):
    def test_what_was_only_not_read_yet_is_no_finding_that_was_cured(self):
        self.assertEqual(world.daemon.lines("findings", "--status", "closed"), [])
        self.assertEqual(json.loads(world.daemon.run("report", "--format", "json"))["closed"], 0)


class TheContractItself(unittest.TestCase):
    """A check that cannot fail proves nothing."""

    def test_a_document_that_breaks_it_is_seen(self):
        finding = next(f for f in world.findings if f["account"])
        for change in ({"severity": "urgent"}, {"first_seen": "2026-01-31 09:00"}, {"refs": []}, {"refs": ["salesforce"]}, {"account": ""},
                       {"subject": "sky/tasks/1"}, {"reason": None}):
            self.assertNotEqual(contract.faults("finding", [{**finding, **change}]), [], change)
        for key in finding:
            self.assertNotEqual(contract.faults("finding", [{name: value for name, value in finding.items() if name != key}]), [], key)

    def test_it_looks_into_the_depth(self):
        detail = json.loads(world.daemon.run("account", world.account["id"], "--format", "json"))
        self.assertEqual(contract.faults("account_detail", [detail]), [])
        broken = copy.deepcopy(detail)
        broken["terms"]["name"]["provenance"].pop("ref")
        self.assertIn("'ref' is a required property", contract.faults("account_detail", [broken])[0])

    def test_the_kinds_are_those_that_the_program_knows(self):
        told = world.daemon.call("findings", "--kind", "?").error
        kinds = contract.schema("finding")["properties"]["kind"]["enum"]
        self.assertIn("there are " + ", ".join(kinds) + "\n", told)

    def test_every_schema_is_used_and_closed(self):
        used = {command.schema for command in world.commands()} | {"report"}
        self.assertEqual(used, set(contract.names()) - {"common", "config", "topic"})  # of topics: tests/kafka
        for name in used:
            self.assertIs(contract.schema(name)["additionalProperties"], False, name)


def prepare(folder):
    global world
    world = TestWorld(folder)
    return world


if __name__ == "__main__":
    run_tests(prepare)
