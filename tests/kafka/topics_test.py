"""`trueup topics` over a real broker."""

import json
import pathlib
import sys
import tempfile
import unittest

from jsonschema import Draft202012Validator

from harness import SOURCE, Daemon
from kafka import Kafka

SCHEMA = json.loads((SOURCE / "docs" / "reference" / "topic.schema.json").read_text())


class Sources:
    """A config with one system that is never asked, over a broker."""

    def __init__(self, bootstrap):
        self.bootstrap = bootstrap

    def config(self):
        return f"""
data_dir: @DATA_DIR@
mappings: {SOURCE}/mappings/default
systems: {{sky: {{connector: files}}}}
log:
  type: kafka
  brokers: {self.bootstrap}
  instance: one
  partitions: 4
  replication: 1
  min_insync: 1
"""


class TopicsTest(unittest.TestCase):
    def test_topics_are_made_once_and_told_where_they_are_wrong(self):
        with tempfile.TemporaryDirectory(prefix="trueup-kafka-topics-") as folder, Kafka(pathlib.Path(folder) / "kafka") as kafka:
            daemon = Daemon(folder, Sources(kafka.bootstrap))
            made = daemon.lines("topics")
            for topic in made:
                Draft202012Validator(SCHEMA).validate(topic)
                self.assertTrue(topic["made"])
            self.assertIn("source.sky", [topic["topic"] for topic in made])
            self.assertEqual(daemon.lines("topics"), [topic | {"made": False} for topic in made])

            wider = Daemon(folder, Sources(kafka.bootstrap), "wider", edit=lambda text: text.replace("partitions: 4", "partitions: 5"))
            outcome = wider.call("topics")
            self.assertEqual(outcome.code, 1, outcome)
            self.assertIn("topic trueup.source.sky has 4 partitions, not 5", outcome.out)

            embedded = Daemon(folder, Sources(kafka.bootstrap), "embedded", edit=lambda text: text.split("log:")[0])
            outcome = embedded.call("topics")
            self.assertEqual(outcome.code, 2, outcome)
            self.assertIn("has an embedded log", outcome.error)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
