"""The log over a real broker: the contract of pipeline/log, and writing while the broker is killed and comes back.

    log_test.py CONTRACT TOOL [VERSION of Kafka] [unittest options]
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from kafka import Kafka, read_all

CONTRACT, TOOL, *OPTIONS = sys.argv[1:]
VERSION = OPTIONS.pop(0) if OPTIONS and OPTIONS[0][0].isdigit() else None
# The listener knows one user and his password.
GUARD = {
    "listener.name.guarded.sasl.enabled.mechanisms": "PLAIN",
    "listener.name.guarded.plain.sasl.jaas.config":
        'org.apache.kafka.common.security.plain.PlainLoginModule required user_trueup="right";',
}


class LogTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="trueup-kafka-log-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.kafka = Kafka(pathlib.Path(cls.folder.name) / "kafka", version=VERSION, listeners={"GUARDED": "SASL_PLAINTEXT"}, properties=GUARD)
        cls.addClassCleanup(cls.kafka.stop)

    def environment(self):
        return os.environ | {"TRUEUP_KAFKA": self.kafka.bootstrap, "TRUEUP_KAFKA_PREFIX": self.id().rsplit(".", 1)[1] + "."}

    def test_contract(self):
        self.assertEqual(subprocess.run([CONTRACT, "--gtest_brief=1"], env=self.environment()).returncode, 0)

    def write_through_a_crash(self, absence):
        """Writes, the broker being killed in the middle and coming back after `absence` failures that the writer was told."""
        writer = subprocess.Popen([TOOL, "write", "5000"], env=self.environment(), stdout=subprocess.PIPE, text=True)
        self.addCleanup(writer.stdout.close)
        lines = []
        failures = 0
        for line in writer.stdout:
            lines.append(line)
            if line == "written 1000\n":
                self.kafka.kill_node(1)
                if absence == 0:
                    self.kafka.start_node(1)
            if line.startswith("failed"):
                failures += 1
                if failures == absence:
                    self.kafka.start_node(1)
        self.assertEqual(writer.wait(), 0, "".join(lines[-5:]))
        self.assertRegex(lines[-1], "^all there, [0-9]+ repeated$")
        self.assertGreaterEqual(failures, absence)
        return lines

    def test_a_broker_that_restarts_is_waited_for(self):
        self.write_through_a_crash(absence=0)

    def test_what_a_broker_that_stays_away_did_not_acknowledge_is_repeated(self):
        lines = self.write_through_a_crash(absence=2)
        self.assertIn("writing to", next(line for line in lines if line.startswith("failed")))

    def test_a_question_to_a_broker_that_stays_away_has_an_end(self):
        with subprocess.Popen([TOOL, "ask"], env=self.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as asker:

            def ask():
                asker.stdin.write("\n")
                asker.stdin.flush()
                return asker.stdout.readline()

            self.assertEqual(ask(), "end 0\n")
            self.kafka.kill_node(1)
            self.assertIn("asking for the ends of", ask())
            self.kafka.start_node(1)
            answers = [ask()]
            while answers[-1] != "end 0\n" and len(answers) < 20:
                answers.append(ask())
            self.assertEqual(answers[-1], "end 0\n", answers)

    def test_a_password_is_given_and_a_wrong_one_is_denied(self):
        guarded = self.environment() | {"TRUEUP_KAFKA": self.kafka.listener("GUARDED")}

        def write(password):
            return subprocess.run([TOOL, "write", "50"], env=guarded | {"TRUEUP_KAFKA_PASSWORD": password}, capture_output=True, text=True)

        self.assertEqual(write("right").stdout.splitlines()[-1], "all there, 0 repeated")
        denied = write("wrong")
        self.assertRegex(denied.stdout, f"^error denied .*{guarded['TRUEUP_KAFKA']}.*Invalid username or password")
        self.assertNotIn("wrong", denied.stdout + denied.stderr)

    def test_another_client_sees_versions_and_removals(self):
        prefix = self.environment()["TRUEUP_KAFKA_PREFIX"]
        subprocess.run([TOOL, "write", "50"], env=self.environment(), check=True, stdout=subprocess.DEVNULL)
        records = read_all(self.kafka.bootstrap, prefix + "records")
        self.assertEqual([record["offset"] for record in records], list(range(50)))
        self.assertEqual(records[7]["headers"], ["version", "8"])
        self.assertEqual(records[7]["payload"], "record 7")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *OPTIONS], verbosity=2)
