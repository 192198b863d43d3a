"""Ending and sharing: SIGTERM in the middle of work and at rest, SIGKILL, a second daemon on the same data, and how long work shows how far it is.

    signals_test.py [unittest options]
"""

import os
import pty
import re
import signal
import socket
import time
import unittest

from harness import Daemon, Sandbox, is_at_rest, kill, run_tests, running, wait_until

CUSTOMERS = 150
PAGES = {"salesforce": "query", "netsuite": "suiteql", "sky": "/api/v1/"}  # part of the path on which a system gives pages
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info|warning|error) \w+: .+")
world = None  # made by prepare


class TestWorld:
    """A sandbox with short pages, and the digest that a run without disturbance comes to."""

    def __init__(self, folder):
        self.folder = folder
        self.sandbox = Sandbox(folder, CUSTOMERS, extra=("--page-cap", "50"))
        calm = self.daemon("calm")
        calm.run("run", "--once")
        self.digest = calm.digest()
        self.findings = {finding["id"] for finding in calm.lines("findings")}

    def daemon(self, name, edit=lambda text: text):
        return Daemon(self.folder, self.sandbox, name, edit=lambda text: edit(text.replace("interval: 10s", "interval: 1h")))

    def slow_down(self, answers):
        """Lets the next pages of each system take a second each."""
        for system in PAGES:
            self.sandbox.control(f"fault?system={system}&kind=slow&count={answers}&path={PAGES[system]}")


def end(process, number=signal.SIGTERM):
    """Sends a signal; the exit code, and the seconds until the end."""
    begin = time.monotonic()
    process.send_signal(number)
    return process.wait(timeout=30), time.monotonic() - begin


def is_pulling(daemon, process):
    """It has got something of a system, and no system is through."""
    if not (daemon.folder / "data" / "status.json").exists():
        return False
    status = daemon.status()
    systems = status["systems"].values()
    received = sum(item["received"] for system in systems for item in system["objects"].values())
    return status["pid"] == process.pid and received > 0 and all(system["state"] == "starting" for system in systems)


def wait_for_reader(pipe):
    """The end of a pipe to write to, which can be had as soon as somebody wants to read."""
    ends = []

    def has_reader():
        try:
            ends.append(open(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK), "w"))
        except OSError:
            return False
        return True

    wait_until(has_reader, 20, "the pipe is read")
    return ends[0]


class Ending(unittest.TestCase):
    def assert_ends_well(self, process, number=signal.SIGTERM, code=0):
        found, seconds = end(process, number)
        self.assertEqual(found, code)
        self.assertLess(seconds, 5)

    def assert_goes_on(self, daemon):
        """The next run comes to the state of a run without disturbance."""
        daemon.run("run", "--once")
        self.assertEqual(daemon.digest(), world.digest)
        self.assertEqual({finding["id"] for finding in daemon.lines("findings")}, world.findings)
        self.assertEqual(daemon.lines("findings", "--status", "closed"), [], "what had not been read yet was no finding")
        self.assertEqual(daemon.call("status").code, 0)

    def test_in_the_middle_of_the_first_pull(self):
        # A cycle that was asked for and not finished is a failure; the end of a service is none.
        for arguments, code in ((["run"], 0), (["run", "--once"], 1)):
            with self.subTest(" ".join(arguments)):
                daemon = world.daemon(f"cut_off_{code}")
                world.slow_down(4)
                with running(daemon, *arguments) as process:
                    wait_until(lambda: is_pulling(daemon, process), 20, "the first pull is under way")
                    self.assert_ends_well(process, code=code)
                status = daemon.call("status")
                self.assertEqual(status.code, 1, "what was not pulled to its end is not well")
                self.assertIn("is stopped", status.out)
                for system in PAGES:
                    self.assertIn(f"{system} was not pulled to its end", status.out)
                self.assert_goes_on(daemon)

    def test_while_a_system_does_not_answer(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, says nothing
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            daemon = world.daemon("no_answer", edit=lambda text: text.replace(world.sandbox.urls["sky"], url))
            with running(daemon, "run") as process:
                silent.settimeout(20)
                connection, _ = silent.accept()
                with connection:
                    connection.recv(1)
                    self.assert_ends_well(process)

    def test_while_it_starts(self):
        """A start may take long: here somebody has yet to hand over a secret."""
        for arguments, code in ((["run"], 0), (["run", "--once"], 1)):
            with self.subTest(" ".join(arguments)):
                daemon = world.daemon(f"starting_{code}", edit=lambda text: re.sub(r'"[^"]+/sky_token"', "secret.pipe", text))
                pipe = daemon.folder / "secret.pipe"
                os.mkfifo(pipe)
                with running(daemon, *arguments) as process, wait_for_reader(pipe):
                    self.assert_ends_well(process, code=code)
                self.assertIn("stopped while it was starting", daemon.log_tail())

    def test_at_rest(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number.name):
                daemon = world.daemon("at_rest")
                with running(daemon, "run") as process:
                    wait_until(lambda: is_at_rest(daemon, process), 20, "the daemon is at rest")
                    self.assert_ends_well(process, number)
                status = daemon.status()
                self.assertEqual((status["state"], status["healthy"]), ("stopped", True))
                self.assert_goes_on(daemon)

    def test_killed(self):
        daemon = world.daemon("killed")
        process = daemon.start("run")
        wait_until(lambda: is_at_rest(daemon, process), 20, "the daemon is at rest")
        kill(process)
        status = daemon.call("status")
        self.assertEqual(status.code, 1)
        self.assertIn("is gone", status.out)
        self.assertIn("gone without having been stopped", status.out)
        self.assert_goes_on(daemon)

    def test_a_killed_first_pull_goes_on_where_it_was(self):
        daemon = world.daemon("killed_early")
        world.slow_down(4)
        process = daemon.start("run")
        wait_until(lambda: is_pulling(daemon, process), 20, "the first pull is under way")
        kill(process)
        self.assertEqual(daemon.call("status").code, 1)
        self.assert_goes_on(daemon)


class TwoOnTheSameData(unittest.TestCase):
    def test_the_second_is_refused_and_the_first_goes_on(self):
        daemon = world.daemon("shared")
        with running(daemon, "run") as process:
            wait_until(lambda: is_at_rest(daemon, process), 20, "the daemon is at rest")
            for arguments in (["run"], ["run", "--once"], ["rebuild"]):
                refused = daemon.call(*arguments)
                self.assertEqual(refused.code, 1, arguments)
                self.assertRegex(refused.error, rf"trueup: another trueup works on {daemon.folder}/data: .* process {process.pid}\b")
            self.assertEqual(daemon.status()["pid"], process.pid)
            self.assertEqual(daemon.call("status").code, 0)
            self.assertIsNone(process.poll())


class Progress(unittest.TestCase):
    def test_a_terminal_shows_one_line_that_is_rewritten(self):
        daemon = world.daemon("terminal")
        world.slow_down(2)
        text = run_on_terminal(daemon, "run", "--once")
        shown = [part for part in text.split("\r\x1b[K") if re.match(r"netsuite \d+ rows, salesforce \d+ rows, sky \d+ rows", part)]
        self.assertGreater(len(shown), 3)
        for line in shown[:-1]:
            self.assertNotIn("\n", line, "the next one takes its place")
            self.assertLess(len(line), 80)
        self.assertTrue(text.endswith("daemon: stopped\r\n"))

    def test_elsewhere_there_are_log_lines(self):
        daemon = world.daemon("no_terminal")
        world.slow_down(6)
        outcome = daemon.call("run", "--once")
        self.assertEqual(outcome.code, 0)
        self.assertEqual(outcome.out, "")
        self.assertNotIn("\r", outcome.error)
        for line in outcome.error.splitlines():
            self.assertRegex(line, LOG_LINE)
        self.assertRegex(outcome.error, r"info progress: netsuite \d+ rows, ")


def run_on_terminal(daemon, *arguments):
    """What a command shows on a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    process = daemon.start(*arguments, stderr=theirs)
    os.close(theirs)
    text = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # nobody writes any more
            break
        text += part
    os.close(ours)
    process.communicate(timeout=20)
    return text.decode()


def prepare(folder):
    global world
    world = TestWorld(folder)
    return world


if __name__ == "__main__":
    run_tests(prepare)
