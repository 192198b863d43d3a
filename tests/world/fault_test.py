"""Sources that misbehave: 500, 429, an expired token, HTML instead of JSON, a body cut in mid-page, a system that is down. Nothing may be lost, no cursor
may pass what was not delivered, and `status` must say what is wrong.

    fault_test.py [CUSTOMERS] [SEED]      default 300 customers, seed 1
"""

import sys

from harness import SYSTEMS, Daemon, Sandbox, World

KINDS = ["500", "429", "expired", "html", "cut"]


def audit_is_clean(daemon):
    daemon.run("audit")  # exit 1 where a single id differs


def main(customers, seed):
    failures = []
    with World() as folder:
        sandbox = Sandbox(folder, customers, seed=seed)
        calm = Daemon(folder, sandbox, "calm")
        calm.run("run", "--once")
        wanted = calm.digest()

        for kind in KINDS:
            daemon = Daemon(folder, sandbox, "fault_" + kind)
            for system in SYSTEMS:
                sandbox.control(f"fault?system={system}&kind={kind}&count=2")
            daemon.run("run", "--once")
            audit_is_clean(daemon)
            if daemon.digest() != wanted:
                failures.append(f"{kind}: another digest than without faults")
            print(f"{kind}: passed over, nothing lost", flush=True)

        # A system that stays down: the others go through, the failure has a name, and the next run goes on where it stopped.
        down = Daemon(folder, sandbox, "down")
        sandbox.control("down?system=netsuite&on=1")
        down.run("run", "--once", expect=1)
        status = down.status()
        if status["systems"]["netsuite"]["state"] == "ok" or not status["systems"]["netsuite"]["error"]:
            failures.append(f"status does not say that netsuite is down: {status['systems']['netsuite']}")
        if status["systems"]["salesforce"]["state"] != "ok":
            failures.append("salesforce was held up by netsuite")
        text = down.run("status", expect=1)
        if "netsuite" not in text:
            failures.append(f"the status text does not name netsuite:\n{text}")
        down.run("audit", expect=1)
        sandbox.control("down?system=netsuite&on=0")
        down.run("run", "--once")
        audit_is_clean(down)
        if down.digest() != wanted:
            failures.append("after the outage: another digest")
        print("outage: named in status, and made up for", flush=True)
        sandbox.stop()

        # Random faults all the time.
        (sandbox.folder / "sandbox.log").write_bytes(b"")
        flaky = Sandbox(folder, customers, seed=seed, faults="flaky")
        daemon = Daemon(folder, flaky, "flaky")
        for _ in range(10):  # a run may give up on an object; the next one goes on
            process = daemon.start("run", "--once")
            process.communicate()
            if process.returncode == 0:
                break
        audit_is_clean(daemon)
        if daemon.digest() != wanted:
            failures.append("under the flaky profile: another digest")
        print("flaky profile: nothing lost", flush=True)
        flaky.stop()
    for failure in failures:
        print("FAILED", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    arguments = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(arguments + [300, 1][len(arguments):])))
