"""Runs the real trueup, and the real sandbox beside it, for the tests that Python drives."""

import collections
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

SOURCE = pathlib.Path(os.environ["TRUEUP_SOURCE_DIR"])
TRUEUP = os.environ["TRUEUP_BINARY"]
SANDBOX = os.environ["TRUEUP_SANDBOX_BINARY"]
SHARED_DATA = pathlib.Path(os.environ["TRUEUP_SHARED_DATA"])
SYSTEMS = ("salesforce", "netsuite", "sky")
COMPANIES = SHARED_DATA / "companies" / "companies.csv"


# What came of a command; the texts are as they were written, with their line ends.
Outcome = collections.namedtuple("Outcome", "code out error")


def fill_in(template, words):
    """The text of a config in which each @WORD@ stands for a value."""
    text = template.read_text()
    for word, value in words.items():
        text = text.replace("@" + word + "@", str(value))
    return text


class Sandbox:
    """The three simulated systems as one child process."""

    def __init__(self, folder, customers, seed=1, faults="none", companies=False, extra=(), tls=None):
        self.folder = pathlib.Path(folder)
        self.tls_context = None
        self.truth_path = self.folder / "truth.json"
        self.secrets = self.folder / "secrets"
        command = [SANDBOX, "serve", "--port", "0", "--seed", str(seed), "--customers", str(customers),
                   "--truth", str(self.truth_path), "--secrets", str(self.secrets), "--faults", faults, *extra]
        if tls:
            command += ["--tls", str(tls)]
        if companies and COMPANIES.exists():
            command += ["--companies", str(COMPANIES)]
        self.log = open(self.folder / "sandbox.log", "ab")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log)
        ready = self.process.stdout.readline().decode()
        self.urls = dict(re.findall(r"(\w+)=(https?://\S+)", ready))
        if set(self.urls) != {"salesforce", "netsuite", "sky"}:
            raise RuntimeError(f"the sandbox did not start: {ready!r}, see {self.folder}/sandbox.log")
        if tls:
            self.tls_context = ssl.create_default_context(cafile=pathlib.Path(tls) / "ca.pem")

    def config(self):
        # What is no secret stands in the config itself: client ids and the like, one file each.
        words = {path.name.upper(): path.read_text() for path in self.secrets.iterdir() if path.suffix != ".pem"}
        words |= {"MAPPINGS": SOURCE / "mappings" / "default", "SECRETS": self.secrets}
        words |= {system.upper() + "_URL": url for system, url in self.urls.items()}
        return fill_in(SOURCE / "config" / "demo.yaml", words)

    def control(self, path, method="POST", timeout=60):
        request = urllib.request.Request(self.urls["salesforce"] + "/__sandbox/" + path, method=method, data=b"" if method == "POST" else None)
        with urllib.request.urlopen(request, timeout=timeout, context=self.tls_context) as answer:
            return answer.read().decode()

    def truth(self):
        return json.loads(self.truth_path.read_text())

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.process.stdout.close()
        self.log.close()


class Daemon:
    """trueup with a data folder and a config of its own: what `sources.config()` says, with @DATA_DIR@ left to fill in, after
    `edit` went over it. `environment` is what its processes have besides that of the test."""

    def __init__(self, folder, sources, name="trueup", edit=None, environment=None):
        self.folder = pathlib.Path(folder) / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.config = self.folder / "trueup.yaml"
        text = sources.config().replace("@DATA_DIR@", str(self.folder / "data"))
        if edit:
            text = edit(text)
        self.config.write_text(text)
        self.log_path = self.folder / "trueup.log"
        self.environment = os.environ | (environment or {})

    def start(self, *arguments, stderr=None, **popen):
        with open(self.log_path, "ab") as log:
            return subprocess.Popen([TRUEUP, "--config", str(self.config), *arguments], stdout=subprocess.PIPE, stderr=stderr or log, env=self.environment, **popen)

    def run(self, *arguments, expect=0, timeout=900):
        """Runs a command to its end; its standard output."""
        process = self.start(*arguments)
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        if expect is not None and process.returncode != expect:
            raise AssertionError(f"trueup {' '.join(arguments)} gave {process.returncode}, wanted {expect}; its log ends:\n" + self.log_tail() + output.decode()[-2000:])
        return output.decode()

    def call(self, *arguments, timeout=60):
        """Runs a command to its end, whatever comes of it; its standard error does not go to the log."""
        done = subprocess.run([TRUEUP, "--config", str(self.config), *arguments], capture_output=True, timeout=timeout, env=self.environment)
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    def log_tail(self, lines=30):
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:]) + "\n"

    def lines(self, *arguments):
        """A listing as a list of objects."""
        return [json.loads(line) for line in self.run(*arguments, "--format", "jsonl").splitlines()]

    def digest(self):
        return json.loads(self.run("digest", "--format", "json"))["sha256"]

    def status(self):
        return json.loads(self.run("status", "--format", "json", expect=None))


class World:
    """A temporary folder that goes when the test is over and was fine."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="trueup-world.")
        return self.folder

    def __exit__(self, kind, *_):
        if kind is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print(f"what the test left is in {self.folder}", flush=True)


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.communicate()


@contextlib.contextmanager
def running(daemon, *arguments):
    """trueup as a child process for as long as the block lasts; it is then told to end, if it has not ended yet."""
    process = daemon.start(*arguments)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=20)


def is_at_rest(daemon, process):
    """The daemon of that process has pulled every system and worked off what it got."""
    if not (daemon.folder / "data" / "status.json").exists():
        return False
    status = daemon.status()
    if status["pipeline"]["error"] or (status["cluster"] and status["cluster"]["waiting"] != 0):
        return False
    return (status["pid"] == process.pid and all(system["state"] in ("ok", "elsewhere") for system in status["systems"].values())
            and status["pipeline"]["lag"] == status["pipeline"]["accounts_waiting"] == status["reports"]["lag"] == 0)


def has_worked_off(status, system):
    """It pulls the system, and a pull of each object that it made is worked off. Before its slots are assigned an instance has nothing to do either."""
    objects = status["systems"][system]["objects"].values()
    return status["systems"][system]["state"] == "ok" and all(item["worked_off_at"] for item in objects)


def are_at_rest(daemons, processes):
    """Each of these daemons is, and each system is pulled and worked off by one of them."""
    if not all(is_at_rest(daemon, process) for daemon, process in zip(daemons, processes)):
        return False
    found = [daemon.status() for daemon in daemons]
    return all(any(has_worked_off(status, system) for status in found) for system in found[0]["systems"])


def run_tests(prepare):
    """Runs the unittest cases of the calling script in the world that `prepare(folder)` makes; what it gives is stopped at the end. The folder stays
    where one fails."""
    with World() as folder:
        world = prepare(folder)
        tests = unittest.main(exit=False, verbosity=2).result
        world.sandbox.stop()
        if not tests.wasSuccessful() or tests.testsRun == 0:
            sys.exit(1)


def wait_until(condition, seconds, what):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s in vain: {what}")
