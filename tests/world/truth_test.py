"""Issue: every planted defect is found. Runs one full cycle over a generated world and compares accounts and findings with the truth file: precision and
recall per kind, which must be at least 0.95; every live account record must be in exactly one account, and every other row
on an account, an orphan or in quarantine (`trueup audit` looks each of them up).

    truth_test.py [CUSTOMERS]      default 2,000; the full size is 20,000
"""

import collections
import json
import sys

from clusters import pairs, score
from harness import Daemon, Sandbox, World

FLOOR = 0.95
KINDS = ["duplicate", "gap", "conflict", "invalid", "missing_counterpart", "orphan", "handoff", "hierarchy"]


def of_system(refs, system):
    """The first record of a system: a missing task is a finding on the account in operations, whoever else knows it."""
    return min(ref for ref in refs if ref.startswith(system + "/"))


def keys_of_truth(findings, customer_of_record):
    """The truth's findings by kind, each as something that ours can be equal to. What concerns a customer as a whole is keyed by the customer."""
    keys = collections.defaultdict(set)
    for finding in findings:
        kind = finding["kind"]
        if kind == "duplicate":
            keys[kind].add(tuple(sorted(finding["refs"])))
        elif kind in ("gap", "conflict"):
            keys[kind].add((finding["customer"], finding["term"]))
        elif kind == "missing_counterpart":
            keys[kind].add((finding["customer"], finding["system"]))
        elif kind == "invalid":
            keys[kind].add((finding["refs"][0], finding["term"]))
        elif kind == "handoff":
            keys[kind].add(of_system(finding["refs"], "sky"))
        else:
            keys[kind].add(tuple(sorted(finding["refs"])[:1]))
    return keys


def keys_of_ours(findings, customer_of_account):
    keys = collections.defaultdict(set)
    for finding in findings:
        kind = finding["kind"]
        customer = customer_of_account.get(finding["account"])
        if kind == "duplicate":
            keys[kind].add(tuple(sorted(finding["refs"])))
        elif kind in ("gap", "conflict", "missing_counterpart"):
            keys[kind].add((customer, finding["term"]))
        elif kind == "invalid":
            keys[kind].add((finding["refs"][0], finding["term"]))
        elif kind == "handoff":
            keys[kind].add(of_system(finding["refs"], "sky"))
        else:
            keys[kind].add(tuple(sorted(finding["refs"])[:1]))
    return keys


def main(customers):
    failures = []
    with World() as folder:
        sandbox = Sandbox(folder, customers, companies=True)
        daemon = Daemon(folder, sandbox)
        daemon.run("run", "--once")
        truth = sandbox.truth()
        accounts = daemon.lines("accounts")
        findings = daemon.lines("findings")

        held = collections.Counter(member for account in accounts for member in account["members"])
        live = {member for cluster in truth["clusters"] for member in cluster["members"]}
        if set(held) != live or any(count != 1 for count in held.values()):
            failures.append(f"account records: {len(live - set(held))} in no account, {len(set(held) - live)} unknown, "
                            f"{sum(count > 1 for count in held.values())} in several")

        customer_of_record = {member: cluster["customer"] for cluster in truth["clusters"] for member in cluster["members"]}
        customer_of_account = {}
        for account in accounts:
            votes = collections.Counter(customer_of_record.get(member) for member in account["members"])
            customer_of_account[account["id"]] = votes.most_common(1)[0][0]

        precision, recall = score(pairs(c["members"] for c in truth["clusters"]), pairs(a["members"] for a in accounts))
        print(f"{'pairs of records':22} precision {precision:.4f}  recall {recall:.4f}", flush=True)
        wanted = keys_of_truth(truth["findings"], customer_of_record)
        ours = keys_of_ours(findings, customer_of_account)
        for kind in KINDS:
            precision, recall = score(wanted[kind], ours[kind])
            print(f"{kind:22} precision {precision:.4f}  recall {recall:.4f}  planted {len(wanted[kind])}  found {len(ours[kind])}", flush=True)
            if not wanted[kind]:
                failures.append(f"{kind}: none was planted, so nothing was proved")
            if min(precision, recall) < FLOOR:
                failures.append(f"{kind}: precision {precision:.4f}, recall {recall:.4f}, wanted {FLOOR}")
                for name, some in (("missed", wanted[kind] - ours[kind]), ("made up", ours[kind] - wanted[kind])):
                    print("  ", name, sorted(map(str, some))[:8])

        audit = json.loads(daemon.run("audit", "--format", "json"))
        counted = sum(entry["held_count"] for entry in audit["objects"])
        print(f"audit: {counted} rows held in {len(audit['objects'])} objects, all as in the sources")
        if counted != sum(truth["rows"].values()):
            failures.append(f"audit: we hold {counted} live rows, the truth has {sum(truth['rows'].values())}")
        places = collections.Counter()
        for entry in audit["objects"]:
            places.update(entry["places"])
            if sum(entry["places"].values()) != entry["held_count"]:
                failures.append(f"placement: {entry['object']} holds {entry['held_count']} rows, but they are at {entry['places']}")
        print("rows by place:", dict(places))
        if places["waiting"]:
            failures.append(f"placement: {places['waiting']} rows are neither on an account nor an orphan nor in quarantine")
        counts = daemon.status()["pipeline"]
        if counts["published"] != counts["mapped"] + counts["quarantined"] + counts["outdated"]:
            failures.append(f"conservation: {counts}")
        sandbox.stop()
    for failure in failures:
        print("FAILED", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
