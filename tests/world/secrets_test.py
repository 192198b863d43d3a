"""Issue: no secret is ever told, neither in logs, errors, `status` and metrics, nor in the data folder, the process list, the environment that others can look
at or what a crash leaves. The daemon has its secrets from files and from the environment, and is made to complain about them.

    secrets_test.py [unittest options]
"""

import base64
import mmap
import pathlib
import re
import resource
import signal
import subprocess
import sys
import unittest
import urllib.error
import urllib.parse
import urllib.request

from harness import Daemon, Sandbox, is_at_rest, run_tests, running, wait_until

CUSTOMERS = 40
WRONG = "wrong-secret-4711"
MARK = {"TRUEUP_TEST_MARK": "everybody-may-see-4711"}  # proves that a search sees the environment
CORE_PATTERN = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
# The begin of each token that the sandbox gives out (tests/sandbox/*/..._server.cc).
SESSIONS = {"session of salesforce": "00DgK0000004uXw!", "session of netsuite": "eyJraWQiOiJz."}
TAP = "import sys; print(open(sys.argv[sys.argv.index('--config') + 1]).read()); sys.exit(open(sys.argv[sys.argv.index('--config') + 1]).read())"

world = None  # made by prepare


class TestWorld:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.sandbox = Sandbox(folder, CUSTOMERS)
        self.secret = {path.name: path.read_text().strip() for path in self.sandbox.secrets.iterdir()}
        (self.folder / "wrong").write_text(WRONG)

    def everything_secret(self):
        """By name, in each form in which it may be written: as it is, in an address, in a header."""
        found = {name: text for name, text in self.secret.items() if "secret" in name or name == "sky_token"}
        found |= {name: text.splitlines()[5] for name, text in self.secret.items() if name.endswith("rsa_key.pem")}  # out of its middle
        found |= {"wrong": WRONG}
        assert len(found) > 5, found
        forms = {f"{name} in an address": urllib.parse.quote(text, safe="") for name, text in found.items()}
        forms["basic authorization"] = base64.b64encode(f"{self.secret['salesforce_client_id']}:{self.secret['salesforce_client_secret']}".encode()).decode()
        return found | forms | SESSIONS

    def daemon(self, name, edit=lambda text: text, salesforce=None, sky=None):
        """Two secrets from the environment, the key from a file; other values for them where they are given."""
        def change(text):
            text = re.sub(r'{file: "[^"]+/salesforce_client_secret"}', "{env: TRUEUP_TEST_SALESFORCE}", text)
            text = re.sub(r'{file: "[^"]+/sky_token"}', "{env: TRUEUP_TEST_SKY}", text)
            assert text.count("{env: ") == 2, text
            return edit(text.replace("interval: 10s", "interval: 1h"))

        environment = {"TRUEUP_TEST_SALESFORCE": salesforce or self.secret["salesforce_client_secret"], "TRUEUP_TEST_SKY": sky or self.secret["sky_token"]}
        return Daemon(self.folder, self.sandbox, name, edit=change, environment=environment | MARK)


def files_of(daemon):
    return {str(path): path.read_bytes() for path in daemon.folder.rglob("*") if path.is_file()}


def ask(url):
    """The body of the answer, whatever its status."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.read()


def signed_by_tba(text):
    """NetSuite by OAuth 1.0a, with a secret that it does not know."""
    secret = world.secret
    tba = (f'auth:\n      flow: tba\n      consumer_key: "{secret["netsuite_consumer_key"]}"\n      consumer_secret: {{file: "{world.sandbox.secrets}/netsuite_consumer_secret"}}\n'
           f'      token_id: "{secret["netsuite_token_id"]}"\n      token_secret: {{file: "{world.folder}/wrong"}}\n  sky:')
    return re.sub(r"auth:\n      flow: m2m.*?sky:", lambda _: tba, text, flags=re.DOTALL)


class Secrets(unittest.TestCase):
    def assert_silent(self, told, sees):
        """None of what was told holds a secret. `sees` are words that stand in it: the search looks where it should."""
        for word in sees:
            self.assertTrue(any(word.encode() in text for text in told.values()), f"{word} in {sorted(told)}")
        for name, secret in world.everything_secret().items():
            for where, text in told.items():
                self.assertFalse(secret.encode() in text, f"{name} in {where}")

    def answers(self, daemon, *questions):
        told = {}
        for question in questions:
            outcome = daemon.call(*question)
            told[f"{daemon.folder.name}: {' '.join(question)}"] = (outcome.out + outcome.error).encode()
        return told

    def test_a_daemon_that_works(self):
        daemon = world.daemon("works", edit=lambda text: text + "monitor: {listen: 127.0.0.1:0}\n")
        with running(daemon, "run") as process:
            wait_until(lambda: is_at_rest(daemon, process), 60, "the daemon is at rest")
            told = {name: pathlib.Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")}
            told["ps"] = subprocess.run(["ps", "-eww", "-o", "args"], capture_output=True, check=True).stdout
            for page in ("metrics", "ready", "live"):
                told[page] = ask(f"http://{daemon.status()['monitor']}/{page}")
            told |= self.answers(daemon, ["status"], ["status", "--format", "json"])
        told |= self.answers(daemon, ["run", "--once"], ["audit"], ["check"], ["accounts", "--format", "json"])
        told |= files_of(daemon)
        self.assertIn(b"TRUEUP_TEST_SKY=\0", told["environ"], "the name stays, so that one sees where the secret came from")
        self.assert_silent(told, [str(daemon.config), "daemon: started", "everybody-may-see-4711", "trueup_build", "# EOF"])

    def test_systems_that_refuse_the_sign_in(self):
        cases = {"sky": (world.daemon("refused_sky", sky=WRONG), "unknown token"),
                 "salesforce": (world.daemon("refused_salesforce", salesforce=WRONG), "the sign-in is refused: invalid_client"),
                 "netsuite": (world.daemon("refused_netsuite", edit=signed_by_tba), "Wrong signature")}
        for system, (daemon, says) in cases.items():
            with self.subTest(system):
                self.assertEqual(daemon.call("run", "--once").code, 1)
                self.assertEqual(daemon.status()["systems"][system]["state"], "denied")
                told = self.answers(daemon, ["run", "--once"], ["status"], ["status", "--format", "json"], ["audit"], ["audit", "--format", "json"])
                self.assert_silent(told | files_of(daemon), [says])

    def test_replies_that_are_none(self):
        daemon = world.daemon("troubled")
        for system in ("salesforce", "netsuite", "sky"):
            for kind in ("expired", "html", "500", "cut"):
                world.sandbox.control(f"fault?system={system}&kind={kind}&count=2")
            world.sandbox.control(f"down?system={system}&on=1")
        outcome = daemon.call("run", "--once", timeout=300)
        for system in ("salesforce", "netsuite", "sky"):
            world.sandbox.control(f"down?system={system}&on=0")
        self.assertEqual(outcome.code, 1)
        told = {"run": (outcome.out + outcome.error).encode()} | self.answers(daemon, ["status"]) | files_of(daemon)
        self.assert_silent(told, ["503"])

    def test_a_config_that_is_wrong(self):
        (world.folder / "empty").write_text("\n")
        (world.folder / "no_key").write_text(f"-----BEGIN PRIVATE KEY-----\n{WRONG}\n-----END PRIVATE KEY-----\n")
        cases = {"in plain sight": (lambda text: text.replace("{env: TRUEUP_TEST_SKY}", f'"{WRONG}"'), "a secret"),
                 "not set": (lambda text: text.replace("TRUEUP_TEST_SKY", "TRUEUP_TEST_NOWHERE"), "TRUEUP_TEST_NOWHERE is not set"),
                 "an empty file": (lambda text: text.replace("{env: TRUEUP_TEST_SKY}", f"{{file: {world.folder}/empty}}"), "is empty"),
                 "a key that is none": (lambda text: re.sub(r'private_key: {file: "[^"]+"}', f"private_key: {{file: {world.folder}/no_key}}", text), "cannot be read as PEM")}
        for number, (name, (edit, says)) in enumerate(cases.items()):
            with self.subTest(name):
                daemon = world.daemon(f"wrong_{number}", edit=edit)
                self.assertEqual(daemon.call("check").code, 2)
                self.assert_silent(self.answers(daemon, ["check"], ["check", "--format", "json"], ["run", "--once"], ["status"], ["audit"]), [says])

    def test_a_tap_that_spills_its_config(self):
        def edit(text):
            sky = (f'sky:\n    connector: singer\n    command: [{sys.executable}, -c, "{TAP}"]\n    discover: false\n    config: {{api_key: {{env: TRUEUP_TEST_SKY}}, '
                   f'password: {{file: {world.folder}/wrong}}, region: from-the-config-4711}}\n'
                   '    objects: {accounts: {stream: a}, sites: {stream: b}, installations: {stream: c}, tasks: {stream: d}, users: {stream: e}}\ncycle:')
            return re.sub(r"sky:\n    connector: rest.*cycle:", lambda _: sky, text, flags=re.DOTALL)

        daemon = world.daemon("tap", edit=edit)
        told = self.answers(daemon, ["run", "--once"], ["status"], ["status", "--format", "json"], ["audit"]) | files_of(daemon)
        self.assert_silent(told, ["from-the-config-4711", "(secret)"])

    def crash(self, daemon):
        """Aborts a daemon that may write core files of any size; those that it left."""
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        process = daemon.start("run", cwd=daemon.folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, unlimited))
        wait_until(lambda: is_at_rest(daemon, process), 60, "the daemon is at rest")
        process.send_signal(signal.SIGABRT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, -signal.SIGABRT)
        return sorted(daemon.folder.glob("core*"))

    @unittest.skipIf(CORE_PATTERN.startswith(("|", "/")), f"core files do not come to the folder of the process, but to {CORE_PATTERN}")
    def test_a_crash(self):
        self.assertEqual(self.crash(world.daemon("crash")), [], "without core_files nothing is written")
        cores = self.crash(world.daemon("crash_with_core", edit=lambda text: text + "core_files: true\n"))
        self.assertEqual(len(cores), 1)
        with open(cores[0], "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as core:
            self.assertNotEqual(core.find(b"TRUEUP_TEST_MARK=everybody-may-see-4711"), -1, "its dump of the environment is there")
            for name, secret in (("TRUEUP_TEST_SALESFORCE", "salesforce_client_secret"), ("TRUEUP_TEST_SKY", "sky_token")):
                self.assertEqual(core.find(f"{name}={world.secret[secret]}".encode()), -1, f"{name} in the dump of the environment")


def prepare(folder):
    global world
    world = TestWorld(folder)
    return world


if __name__ == "__main__":
    run_tests(prepare)
