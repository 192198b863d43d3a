"""Salesforce by Bulk jobs: the same digest as by REST, also after kill -9 while a job runs and while its result is read (the job is gone on with, not made
again), with jobs that fail or are aborted, locators that expire, NULs and pages without a header.

    bulk_test.py [CUSTOMERS] [SEED]      default 300 customers, seed 1
"""

import json
import sys

from harness import Daemon, Sandbox, World, kill, wait_until

OBJECTS = 10  # of Salesforce, a job each; histories hold values of any type and go by REST


def by_bulk(page_rows):
    """Everything goes by a job, however little it is."""
    section = f"    bulk: {{from_rows: 1, page_rows: {page_rows}, poll: 10ms, longest_poll: 20ms}}\n"
    return lambda text: text.replace("    connector: salesforce\n", "    connector: salesforce\n" + section)


def by_rest(text):
    return text.replace("    connector: salesforce\n", "    connector: salesforce\n    bulk: {from_rows: 0}\n")


def published(daemon):
    """Versions of records that were new to the log, by object."""
    return {name: status["published"] for name, status in daemon.status()["systems"]["salesforce"]["objects"].items()}


class Calls:
    """Requests to the job addresses since this was made."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.before = self.total()

    def total(self):
        found = {"made": 0, "looks": 0, "pages": 0, "queries": 0}
        for path, count in json.loads(self.sandbox.control("stats", "GET"))["salesforce"].items():
            if path.startswith("POST ") and path.endswith("/jobs/query"):
                found["made"] += count
            elif path.startswith("GET ") and path.endswith("/results"):
                found["pages"] += count
            elif path.startswith("GET ") and "/jobs/query/" in path:
                found["looks"] += count
            elif path.startswith("GET ") and "/queryAll" in path:
                found["queries"] += count
        return found

    def now(self):
        return {name: count - self.before[name] for name, count in self.total().items()}


class Check:
    def __init__(self, wanted):
        self.wanted = wanted
        self.failures = []

    def digest(self, what, daemon, audit=True):
        if audit:
            daemon.run("audit")
        found = daemon.digest()
        if found != self.wanted:
            self.failures.append(f"{what}: digest {found} instead of {self.wanted}")
        print(f"{what}: {found[:16]}", flush=True)

    def that(self, holds, what):
        if not holds:
            self.failures.append(what)


def killed(folder, sandbox, check):
    """kill -9 while the jobs run, then in the middle of results."""
    daemon = Daemon(folder, sandbox, "killed", edit=by_bulk(5))
    calls = Calls(sandbox)
    sandbox.control("bulk?polls=40&page_cap=5")
    process = daemon.start("run", "--once")
    # No job is looked at before all are made and each is noted in a cursor.
    wait_until(lambda: calls.now()["looks"] > 0, 60, "a look at the jobs")
    check.that(calls.now()["made"] == OBJECTS, f"the jobs do not run side by side: {calls.now()}")
    kill(process)
    check.that(calls.now()["pages"] == 0, f"killed too late, results were read: {calls.now()}")
    sandbox.control("bulk?polls=2")
    for pages in (2, 8, 16):
        process = daemon.start("run", "--once")
        wait_until(lambda: calls.now()["pages"] >= pages, 60, f"{pages} result pages")
        kill(process)
        if pages == 2:
            check.that(calls.now()["made"] == OBJECTS, f"other jobs were made instead of going on with the first ones: {calls.now()}")
    daemon.run("run", "--once")
    sandbox.control("bulk?page_cap=100000")
    check.digest("killed 4 times", daemon)


def unlucky(folder, sandbox, check):
    """What may become of jobs."""
    for what, order in {"fail": "fail=2", "abort": "abort=2", "fail_all": "fail=1000", "nul": "nul=1", "headers": "headers=0"}.items():
        sandbox.control("bulk?" + order)
        daemon = Daemon(folder, sandbox, "bulk_" + what, edit=by_bulk(200))
        daemon.run("run", "--once")
        check.digest(what, daemon)
        sandbox.control("bulk?fail=0&abort=0&nul=0&headers=1")
    sandbox.control("bulk?page_cap=5")
    for what in ("expire", "forget"):
        daemon = Daemon(folder, sandbox, "bulk_" + what, edit=by_bulk(5))
        sandbox.control(f"bulk?{what}=20")  # in the middle of a result of many pages
        daemon.run("run", "--once")
        check.that("its result is read from the start again" in daemon.log_path.read_text(), f"{what}: it was not met")
        check.digest(what, daemon)
    sandbox.control("bulk?page_cap=100000")


def main(customers, seed):
    with World() as folder:
        # A little latency keeps results long enough to be killed in their middle.
        sandbox = Sandbox(folder, customers, seed=seed, extra=("--latency", "5"))
        rest = Daemon(folder, sandbox, "rest", edit=by_rest)
        calls = Calls(sandbox)
        rest.run("run", "--once")
        check = Check(rest.digest())
        check.that(calls.now()["made"] == 0, f"from_rows 0 made jobs: {calls.now()}")

        bulk = Daemon(folder, sandbox, "bulk", edit=by_bulk(50_000))
        calls = Calls(sandbox)
        bulk.run("run", "--once")
        check.that(calls.now()["made"] == calls.now()["pages"] == OBJECTS, f"not everything went by a job: {calls.now()}")
        check.digest("bulk", bulk)

        killed(folder, sandbox, check)
        unlucky(folder, sandbox, check)

        # One goes by REST, then by Bulk: no row looks changed.
        rest.config.write_text(bulk.config.read_text().replace(str(bulk.folder), str(rest.folder)))
        before = published(rest)
        calls = Calls(sandbox)
        rest.run("run", "--once")
        check.that(calls.now()["made"] > 0, f"no increment went by a job: {calls.now()}")
        check.that(before == published(rest), f"rows looked changed by Bulk: {before} and {published(rest)}")

        sandbox.control("step?n=3")
        rest.run("run", "--once")
        bulk.run("run", "--once")
        check.wanted = rest.digest()
        check.digest("after time passed", bulk, audit=False)  # an audit finds what NetSuite deleted for good
        sandbox.stop()
    for failure in check.failures:
        print("FAILED", failure)
    return 1 if check.failures else 0


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(arguments + [300, 1][len(arguments):])))
