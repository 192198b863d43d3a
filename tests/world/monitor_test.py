"""What others see of a running daemon over HTTP: that it lives, whether its data is young enough and why not, and that looking holds nothing up.

    monitor_test.py [unittest options]
"""

import json
import re
import socket
import time
import unittest
import urllib.error
import urllib.request

from harness import Daemon, Sandbox, is_at_rest, run_tests, running, wait_until

CUSTOMERS = 60
SAMPLE = re.compile(r'trueup_[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? -?\d+(\.\d+)?')
world = None  # made by prepare


class TestWorld:
    def __init__(self, folder):
        self.folder = folder
        self.sandbox = Sandbox(folder, CUSTOMERS)

    def daemon(self, name, monitor="listen: 127.0.0.1:0", edit=lambda text: text):
        return Daemon(self.folder, self.sandbox, name,
                      edit=lambda text: edit(text.replace("interval: 10s", "interval: 1h")) + f"monitor: {{{monitor}}}\n")


def ask(daemon, path):
    """Status and text of the answer."""
    try:
        with urllib.request.urlopen(f"http://{daemon.status()['monitor']}{path}", timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def readiness(daemon):
    code, text = ask(daemon, "/ready")
    ready = json.loads(text)
    assert code == (200 if ready["ready"] else 503), (code, text)
    return ready


class MonitorTest(unittest.TestCase):
    def test_a_daemon_at_rest_is_ready(self):
        daemon = world.daemon("ready", "listen: 127.0.0.1:0, data_age: 1h")
        with running(daemon, "run") as process:
            wait_until(lambda: is_at_rest(daemon, process), 60, "the daemon is at rest")
            wait_until(lambda: readiness(daemon)["ready"], 20, "it is ready")
            self.assertEqual(set(readiness(daemon)["sources"]), {"salesforce", "netsuite", "sky"})
            self.assertEqual(ask(daemon, "/live"), (200, "live\n"))
            _, text = ask(daemon, "/metrics")
            *lines, last = text.splitlines()
            self.assertEqual(last, "# EOF")
            for line in lines:
                if not line.startswith("# "):
                    self.assertRegex(line, f"^{SAMPLE.pattern}$")

    def test_old_data_is_not_ready(self):
        daemon = world.daemon("old", "listen: 127.0.0.1:0, data_age: 1s")
        with running(daemon, "run") as process:
            wait_until(lambda: is_at_rest(daemon, process), 60, "the daemon is at rest")
            wait_until(lambda: all("its data is" in (source["why"] or "") for source in readiness(daemon)["sources"].values()), 20, "all is old")

    def test_a_source_that_cannot_be_pulled_is_not_ready_and_the_others_are(self):
        with socket.create_server(("127.0.0.1", 0)) as gone:
            url = f"http://127.0.0.1:{gone.getsockname()[1]}"
        daemon = world.daemon("gone", "listen: 127.0.0.1:0, data_age: 1h", edit=lambda text: text.replace(world.sandbox.urls["sky"], url))
        with running(daemon, "run"):
            wait_until((daemon.folder / "data" / "status.json").exists, 20, "it has started")
            wait_until(lambda: [s for s, source in readiness(daemon)["sources"].items() if not source["ready"]] == ["sky"], 60, "the others are ready")
            wait_until(lambda: "retrying" in readiness(daemon)["sources"]["sky"]["why"], 60, "the cause is named")

    def test_who_listens_and_says_nothing_does_not_hold_up_the_end(self):
        daemon = world.daemon("silent")
        with running(daemon, "run") as process:
            wait_until((daemon.folder / "data" / "status.json").exists, 20, "it has started")
            host, port = daemon.status()["monitor"].split(":")
            with socket.create_connection((host, int(port))):
                begin = time.monotonic()
                process.terminate()
                self.assertEqual(process.wait(timeout=20), 0)
                self.assertLess(time.monotonic() - begin, 5)

    def test_a_port_that_is_taken_is_refused(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            daemon = world.daemon("taken", f"listen: 127.0.0.1:{taken.getsockname()[1]}")
            outcome = daemon.call("run")
        self.assertNotEqual(outcome.code, 0)
        self.assertIn("cannot listen on 127.0.0.1:", outcome.error)


def prepare(folder):
    global world
    world = TestWorld(folder)
    return world


if __name__ == "__main__":
    run_tests(prepare)
