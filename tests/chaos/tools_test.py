"""What the chaos suite stands on does what it says: the proxy cuts and hangs, the cluster loses and regains nodes, kcat's reading is folded right."""

import pathlib
import socket
import socketserver
import subprocess
import tempfile
import threading
import unittest

from harness import wait_until
from kafka import Kafka, fold, read_all
from proxy import Loop, Proxy


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(4096):
            self.request.sendall(data)


class ProxyTest(unittest.TestCase):
    def setUp(self):
        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.loop = Loop()
        self.proxy = Proxy(self.loop, self.server.server_address)

    def tearDown(self):
        self.proxy.stop()
        self.loop.stop()
        self.server.shutdown()
        self.server.server_close()

    def connect(self):
        host, port = self.proxy.address.split(":")
        connection = socket.create_connection((host, int(port)), timeout=10)
        self.addCleanup(connection.close)
        return connection

    def ask(self, connection, words):
        connection.sendall(words)
        return connection.recv(4096)

    def assertEnded(self, connection):
        try:
            self.assertEqual(connection.recv(1), b"")
        except ConnectionResetError:
            pass

    def test_passes_bytes_both_ways(self):
        self.assertEqual(self.ask(self.connect(), b"hello"), b"hello")

    def test_cut_ends_what_is_open_and_what_comes_until_it_is_healed(self):
        before = self.connect()
        self.ask(before, b"x")
        self.proxy.cut()
        self.assertEnded(before)
        self.assertEnded(self.connect())
        self.proxy.heal()
        self.assertEqual(self.ask(self.connect(), b"again"), b"again")

    def test_hang_keeps_connections_open_and_delivers_late(self):
        connection = self.connect()
        self.ask(connection, b"x")
        self.proxy.hang()
        connection.sendall(b"late")
        connection.settimeout(0.2)
        with self.assertRaises(TimeoutError):
            connection.recv(4096)
        self.proxy.heal()
        connection.settimeout(10)
        self.assertEqual(connection.recv(4096), b"late")


class FoldTest(unittest.TestCase):
    def records(self, *rows):
        return [{"topic": "t", "partition": p, "offset": o, "key": k, "payload": v} for p, o, k, v in rows]

    def test_keeps_the_last_payload_of_a_key_and_drops_what_was_taken_back(self):
        rows = self.records((0, 0, "a", "1"), (0, 1, "b", "1"), (0, 2, "a", "2"), (0, 3, "b", None), (1, 0, "c", "1"), (1, 1, "c", ""))
        self.assertEqual(fold(rows), {"a": "2"})

    def test_an_older_version_that_comes_late_does_not_count(self):
        rows = self.records((0, 0, "a", "new"), (0, 1, "a", "late"), (0, 2, "b", None), (0, 3, "b", "late"))
        for row, version in zip(rows, (7, 5, 9, 8)):
            row["headers"] = ["version", str(version)]
        self.assertEqual(fold(rows), {"a": "new"})

    def test_a_key_in_two_partitions_is_an_error(self):
        with self.assertRaisesRegex(AssertionError, "'a' stands in partitions 0 and 1"):
            fold(self.records((0, 0, "a", "1"), (1, 0, "a", "2")))


class KafkaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="trueup-chaos-tools.")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.kafka = Kafka(pathlib.Path(cls.folder.name) / "kafka", nodes=3, networks=1)
        cls.addClassCleanup(cls.kafka.stop)
        cls.kafka.create_topic("t", 3, cleanup_policy="compact")

    def produce(self, bootstrap, rows, seconds=60):
        lines = "".join(f"{key}:{value}\n" for key, value in rows)
        return subprocess.run(["kcat", "-b", bootstrap, "-P", "-t", "t", "-K:", "-X", "acks=all", "-X", f"message.timeout.ms={seconds * 1000}"],
                              input=lines, text=True, stderr=subprocess.DEVNULL).returncode

    def test_what_is_produced_through_proxies_is_there_after_each_node_was_killed(self):
        wanted = {}
        for node in (1, 2, 3):
            self.kafka.kill_node(node)
            self.assertFalse(self.kafka.ready())
            rows = {f"key {node} {i}": str(i) for i in range(1000)}
            self.assertEqual(self.produce(self.kafka.networks[0].bootstrap, rows.items()), 0)
            wanted |= rows
            self.kafka.start_node(node)
        self.assertTrue(self.kafka.ready())
        found = {key: value for key, value in fold(read_all(self.kafka.bootstrap, "t")).items() if key in wanted}
        self.assertEqual(found, wanted)

    def test_a_cut_network_cuts_off_just_who_uses_it(self):
        network = self.kafka.networks[0]
        network.cut()
        self.addCleanup(network.heal)
        self.assertNotEqual(self.produce(network.bootstrap, [("cut", "1")], seconds=2), 0)
        self.assertEqual(self.produce(self.kafka.bootstrap, [("direct", "1")]), 0)
        network.heal()
        self.assertEqual(self.produce(network.bootstrap, [("healed", "1")]), 0)
        found = fold(read_all(self.kafka.bootstrap, "t"))
        self.assertEqual((found.get("cut"), found.get("direct"), found.get("healed")), (None, "1", "1"))

    def test_a_node_that_stood_still_goes_on(self):
        self.kafka.freeze_node(1)
        self.assertEqual(self.produce(self.kafka.bootstrap, [(f"frozen {i}", "1") for i in range(100)]), 0)
        self.kafka.thaw_node(1)
        # For a moment the woken node takes itself for the leader that it was, and shows an older end.
        wait_until(lambda: sum(key.startswith("frozen") for key in fold(read_all(self.kafka.bootstrap, "t"))) == 100, 60, "all are read")


if __name__ == "__main__":
    unittest.main(verbosity=2)
