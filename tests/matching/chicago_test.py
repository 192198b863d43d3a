"""Issue: the Chicago set loads through the `files` connector. Every record must be in exactly one account, `trueup audit` must be clean, and the accounts
must agree with the set's labels about as well as they did when the floors below were written down.

    chicago_test.py
"""

import collections
import csv
import pathlib
import sys

from clusters import pairs, score
from harness import SHARED_DATA, Daemon, World, fill_in

CHICAGO = SHARED_DATA / "matching" / "chicago"
RECORDS = CHICAGO / "csv_example_input_with_true_ids.csv"
HERE = pathlib.Path(__file__).parent
PAIRWISE_FLOOR = 0.95
CLUSTER_FLOOR = 0.87
SKIPPED = 77


class ChicagoFile:
    """The one system that is read."""

    def config(self):
        return fill_in(HERE / "chicago_config.yaml", {"MAPPINGS": HERE / "chicago", "CHICAGO": CHICAGO})


def true_clusters():
    """The records of each site, as the labels have it."""
    clusters = collections.defaultdict(set)
    with open(RECORDS, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            clusters[row["True Id"]].add("chicago/site/" + row["Id"])
    return list(clusters.values())


def not_in_one_account(records, accounts):
    """What breaks the rule that every record is in exactly one account."""
    held = collections.Counter(member for members in accounts for member in members)
    for what, refs in (("in no account", records - set(held)), ("unknown", set(held) - records),
                       ("in several accounts", {ref for ref, count in held.items() if count > 1})):
        if refs:
            yield f"{len(refs)} records {what}, one is {min(refs)}"


def measure(what, wanted, found, floor):
    """Prints how well `found` agrees; what is wrong, where that is too little."""
    precision, recall = score(wanted, found)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    print(f"{what:9} F1 {f1:.4f}  precision {precision:.4f}  recall {recall:.4f}  true {len(wanted)}  found {len(found)}", flush=True)
    if f1 < floor:
        yield f"{what} F1 {f1:.4f}, wanted {floor}"


def main():
    if not RECORDS.exists():
        print(f"skipped: no data set at {RECORDS}")
        return SKIPPED
    wanted = true_clusters()
    with World() as folder:
        daemon = Daemon(folder, ChicagoFile())
        daemon.run("run", "--once")
        daemon.run("audit")  # exit 1 where a single id differs
        found = [account["members"] for account in daemon.lines("accounts")]
    failures = [*not_in_one_account(set().union(*wanted), found),
                *measure("pairwise", pairs(wanted), pairs(found), PAIRWISE_FLOOR),
                *measure("cluster", set(map(frozenset, wanted)), set(map(frozenset, found)), CLUSTER_FLOOR)]
    for failure in failures:
        print("FAILED", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
