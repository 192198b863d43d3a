"""A real Apache Kafka for a test, by deploy/kafka.sh, and what a client that is not ours reads there."""

import json
import os
import pathlib
import signal
import subprocess
import sys

from proxy import Loop, Proxy

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "kafka.sh"
# What the script ends with, and ctest takes for skipped, where Kafka is not on this machine and must not be fetched.
SKIPPED = 77


class Network:
    """One way to a cluster, through a proxy for each of its nodes: who starts from `bootstrap` is sent on to the proxies, so that
    cutting them cuts just that client off."""

    def __init__(self, loop, nodes):
        self.proxies = [Proxy(loop) for _ in range(nodes)]
        self.bootstrap = ",".join(proxy.address for proxy in self.proxies)

    def lead_to(self, addresses):
        for proxy, address in zip(self.proxies, addresses.split(",")):
            host, port = address.rsplit(":", 1)
            proxy.target = (host, int(port))

    def cut(self):
        for proxy in self.proxies:
            proxy.cut()

    def hang(self):
        for proxy in self.proxies:
            proxy.hang()

    def heal(self):
        for proxy in self.proxies:
            proxy.heal()

    def stop(self):
        for proxy in self.proxies:
            proxy.stop()


class Kafka:
    """A cluster with a data folder of its own. Nodes count from 1. It goes down with the test, however that ends."""

    def __init__(self, folder, nodes=1, version=None, networks=0, java=None, listeners=None, properties=None, users=None):
        """`listeners`: further ones, by name, with their security protocols; `properties`: of the nodes, besides those that the script
        gives; `users`: with their passwords, for SCRAM."""
        self.folder = pathlib.Path(folder)
        self.nodes = nodes
        self.loop = Loop()
        self.networks = [Network(self.loop, nodes) for _ in range(networks)]
        # Holds the other end of a pipe of ours: when we are gone, whatever ended us, it takes the cluster down.
        self._guard = subprocess.Popen(["sh", "-c", 'read _; exec "$0" down --data "$1"', SCRIPT, self.folder],
                                       stdin=subprocess.PIPE, start_new_session=True)
        options = ["--nodes", str(nodes)]
        options += ["--version", version] if version else []
        options += ["--java", java] if java else []
        for network in self.networks:
            options += ["--through", network.bootstrap]
        for name, protocol in (listeners or {}).items():
            options += ["--listener", f"{name}:{protocol}"]
        for user, password in (users or {}).items():
            options += ["--scram", f"{user}={password}"]
        if properties:
            file = self.folder.with_suffix(".properties")
            file.write_text("".join(f"{name}={value}\n" for name, value in properties.items()))
            options += ["--properties", str(file)]
        self.bootstrap = self._call("up", *options).strip()
        for number, network in enumerate(self.networks, 1):
            network.lead_to((self.folder / f"through.{number}").read_text().strip())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Takes the cluster down; its folder stays."""
        self._guard.stdin.close()
        self._guard.wait(timeout=90)
        for network in self.networks:
            network.stop()
        self.loop.stop()

    def listener(self, name):
        """The addresses of the nodes' listeners of that name."""
        return (self.folder / f"listener.{name}").read_text().strip()

    def kill_node(self, node):
        self._call("stop-node", str(node), "--kill")

    def stop_node(self, node):
        self._call("stop-node", str(node))

    def start_node(self, node):
        self._call("start-node", str(node))

    def freeze_node(self, node):
        """The process stands still, its connections stay open."""
        os.kill(self.pid(node), signal.SIGSTOP)

    def thaw_node(self, node):
        os.kill(self.pid(node), signal.SIGCONT)

    def pid(self, node):
        return int((self.folder / str(node) / "pid").read_text())

    def create_topic(self, name, partitions, **settings):
        """Settings as Kafka calls them, with _ for each dot: cleanup_policy="compact"."""
        self._call("topic", name, str(partitions), *(f"{key.replace('_', '.')}={value}" for key, value in settings.items()))

    def ready(self):
        """Whether every node answers."""
        return subprocess.run([SCRIPT, "status", "--data", self.folder], stdout=subprocess.DEVNULL).returncode == 0

    def _call(self, *arguments):
        done = subprocess.run([SCRIPT, *arguments, "--data", self.folder], capture_output=True, text=True)
        if done.returncode == SKIPPED:
            print(done.stderr)
            sys.exit(SKIPPED)
        if done.returncode != 0:
            raise RuntimeError(f"kafka.sh {' '.join(arguments)} failed:\n{done.stderr}")
        return done.stdout


def read_all(bootstrap, topic):
    """Every record of a topic from its beginning to its end, partition by partition in order of offset, as kcat (librdkafka, but not our code) gives them:
    objects with partition, offset, key, payload (None for a tombstone) and headers (name, value, name, value, ...)."""
    command = ["kcat", "-b", bootstrap, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-J", "-X", "check.crcs=true"]
    done = subprocess.run(command, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"kcat could not read {topic}: {done.stderr.decode()}")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return sorted(records, key=lambda record: (record["partition"], record["offset"]))


def version_of(record):
    """Which of several contents of a key counts: the highest. 0 where the record does not say."""
    headers = record.get("headers", [])
    return int(dict(zip(headers[::2], headers[1::2])).get("version", 0))


def fold(records):
    """What a compacted topic says in the end: of each key the newest payload, if that does not take the key back. Newest is the highest version,
    and of equal ones the last. A key that stands in two partitions is an error: it must have one order."""
    newest, home = {}, {}
    for record in records:
        key = record["key"]
        if home.setdefault(key, record["partition"]) != record["partition"]:
            raise AssertionError(f"{record['topic']}: key {key!r} stands in partitions {home[key]} and {record['partition']}")
        if key not in newest or version_of(record) >= version_of(newest[key]):
            newest[key] = record
    return {key: record["payload"] for key, record in newest.items() if record["payload"]}
