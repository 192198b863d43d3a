"""The three systems over TLS with an authority of their own: the connectors pull with `ca_file` and refuse without it, and with another authority.

    tls_test.py
"""

import pathlib
import types
import unittest

from harness import Daemon, Sandbox, run_tests

CUSTOMERS = 40
KINDS = ("salesforce", "netsuite", "rest")
world = None


def prepare(folder):
    global world
    authority = pathlib.Path(folder) / "tls"
    world = types.SimpleNamespace(folder=folder, authority=authority, sandbox=Sandbox(folder, CUSTOMERS, tls=authority))
    return world


def trusting(authority):
    def edit(text):
        for kind in KINDS:
            text = text.replace(f"    connector: {kind}\n", f"    connector: {kind}\n    http: {{ca_file: \"{authority}\", attempts: 1}}\n")
        return text
    return edit


class Tls(unittest.TestCase):
    def assert_refused(self, daemon):
        daemon.run("run", "--once", expect=1)
        status = daemon.status()
        for system, told in status["systems"].items():
            self.assertIn("certificate", told["error"], system)
        self.assertEqual(status["pipeline"]["published"], 0)

    def test_pulls_with_the_authority(self):
        daemon = Daemon(world.folder, world.sandbox, "trusting", edit=trusting(world.authority / "ca.pem"))
        daemon.run("run", "--once")
        daemon.run("audit")
        self.assertEqual({told["state"] for told in daemon.status()["systems"].values()}, {"ok"})

    def test_refuses_an_authority_that_it_was_not_told_of(self):
        self.assert_refused(Daemon(world.folder, world.sandbox, "untold", edit=lambda text: text.replace("connector: rest\n", "connector: rest\n    http: {attempts: 1}\n")))

    def test_refuses_another_authority_of_the_same_name(self):
        other = pathlib.Path(world.folder) / "other"
        Sandbox(other_folder(), 1, tls=other).stop()
        self.assert_refused(Daemon(world.folder, world.sandbox, "misled", edit=trusting(other / "ca.pem")))


def other_folder():
    folder = pathlib.Path(world.folder) / "other_sandbox"
    folder.mkdir()
    return folder


if __name__ == "__main__":
    run_tests(prepare)
