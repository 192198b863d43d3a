"""NetSuite's limit on the rows of a query, in both its forms: every row comes across it, by a first pull, by an increment and for an audit.

    wall_test.py
"""

import sys

from harness import Daemon, Sandbox, World

CUSTOMERS = 200
ROWS = 150  # below the rows of the large tables, above the page
PAGE = 60


def small_pages(text):
    return text.replace("    connector: netsuite\n", f"    connector: netsuite\n    page_size: {PAGE}\n")


def netsuite_objects(daemon):
    return daemon.status()["systems"]["netsuite"]["objects"]


def main():
    failures = []
    wanted = None
    for extra in ((), ("--netsuite-wall", str(ROWS)), ("--netsuite-wall", str(ROWS), "--netsuite-wall-form", "cuts")):
        with World() as folder:
            sandbox = Sandbox(folder, CUSTOMERS, extra=extra)
            daemon = Daemon(folder, sandbox, edit=small_pages)
            daemon.run("run", "--once")
            for name, rows in sandbox.truth()["rows"].items():
                system, name = name.split("/")
                if system != "netsuite" or name not in netsuite_objects(daemon):
                    continue
                published = netsuite_objects(daemon)[name]["published"]
                if published != rows:
                    failures.append(f"{extra}: {published} of {rows} rows of {name}")
            if netsuite_objects(daemon)["transactionline"]["published"] <= ROWS:
                failures.append(f"{extra}: no table is larger than the wall")
            sandbox.control("step?n=6")
            daemon.run("run", "--once")
            daemon.run("audit", "--repair", expect=1)  # order lines that went are for the audit to find
            found = daemon.digest()
            wanted = wanted or found
            if found != wanted:
                failures.append(f"{extra}: digest {found} instead of {wanted}")
            print(" ".join(extra) or "no wall", found[:16], flush=True)
            sandbox.stop()
    for failure in failures:
        print("FAILED", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
