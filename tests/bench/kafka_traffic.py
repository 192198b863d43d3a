"""What goes into a contender's topics and what comes out of them."""

import hashlib
import json
import time

import confluent_kafka
from kafka_records import SYSTEMS, record

PARTITIONS = 4
# So many customers that each of the partitions of the golden topic, and of whatever a contender has in between, gets some: a
# partition is left out with a chance of 1 in 10,000 for the first, of 1 in 100 million for the second.
SENTINELS = 32
PROBES = 64
GIVE_UP_SECONDS = 600


def sentinels():
    """System, partition, number and customer of every sentinel."""
    for system in SYSTEMS:
        for partition in range(PARTITIONS):
            for number in range(SENTINELS):
                yield system, partition, number, f"S-{system}-{partition}-{number}".upper()


def fingerprint(golden_row):
    return hashlib.blake2b(golden_row, digest_size=16).digest()


def digest_of(rows):
    """Of the fingerprints of golden rows by customer."""
    return hashlib.sha256(b"\n".join(key + b" " + rows[key] for key in sorted(rows))).hexdigest()


class Traffic:
    """Produces source records and reads golden rows. Time is that of the monotonic clock; it travels in a record's mark."""

    def __init__(self, kafka, prefix):
        self.prefix = prefix
        self.rows = {}  # customer -> the hash of its newest golden row
        self.producer = confluent_kafka.Producer({
            "bootstrap.servers": kafka.bootstrap, "acks": "all", "linger.ms": 1, "compression.type": "lz4", "socket.nagle.disable": True,
            "queue.buffering.max.messages": 200_000, "queue.buffering.max.kbytes": 512 << 10})
        self.consumer = confluent_kafka.Consumer({
            "bootstrap.servers": kafka.bootstrap, "group.id": prefix + "reader", "enable.auto.commit": False, "socket.nagle.disable": True})
        self.consumer.assign([confluent_kafka.TopicPartition(prefix + "golden", partition, 0) for partition in range(PARTITIONS)])

    def close(self):
        self.consumer.close()

    def fill(self, records):
        """Produces (system, key, value), and waits until they are there."""
        for system, key, value in records:
            self._produce(system, key, value)
        self.producer.flush()

    def await_sentinels(self, mark, check):
        """Sends sentinels with this mark behind everything in every partition, and reads until all of them have come out."""
        wanted = {}
        for system, partition, number, customer in sentinels():
            self._produce(system, *record(system, number, customer, mark), partition=partition)
            wanted[customer] = (f"mark_{system}", mark)
        self.producer.flush()
        self._await(wanted, check)

    def send_probes(self):
        """One record for each of some customers, marked with the time."""
        self.probed = str(time.monotonic_ns())
        for number in range(PROBES):
            self._produce("salesforce", *record("salesforce", number, f"P{number:07d}", self.probed))
        self.producer.flush()

    def await_probes(self, check):
        self._await({f"P{number:07d}": ("mark_salesforce", self.probed) for number in range(PROBES)}, check)

    def latency(self, rate, seconds, customers):
        """Milliseconds from produce to golden row, at so many records a second; no customer comes twice."""
        total, sent, took = min(rate * seconds, customers), 0, []
        begin = time.monotonic()
        while len(took) < total:
            now = time.monotonic()
            if now > begin + seconds + GIVE_UP_SECONDS:
                raise TimeoutError(f"{total - len(took)} of {total} records did not come out")
            while sent < min(total, (now - begin) * rate):
                self._produce("salesforce", *record("salesforce", sent, f"C{sent:07d}", f"t{time.monotonic_ns()}"))
                sent += 1
            for message in self.consumer.consume(1000, 0.001):
                arrived = time.monotonic_ns()
                mark = json.loads(self._keep(message)).get("mark_salesforce", "")
                if mark.startswith("t") and int(mark[1:]) >= begin * 1e9:
                    took.append((arrived - int(mark[1:])) / 1e6)
        took.sort()
        return {"p50": took[len(took) // 2], "p99": took[len(took) * 99 // 100], "max": took[-1]}

    def seen(self):
        """How many customers' golden rows were read."""
        return sum(key.startswith(b"C") for key in self.rows)

    def digest(self, customers):
        """Of all golden rows; there must be one for every customer."""
        if self.seen() != customers:
            raise AssertionError(f"{self.seen()} golden rows of {customers} customers")
        return digest_of(self.rows)

    def _produce(self, system, key, value, partition=-1):
        while True:
            try:
                self.producer.produce(self.prefix + system, value, key, partition)
                self.producer.poll(0)
                return
            except BufferError:
                self.producer.poll(0.1)

    def _keep(self, message):
        if message.error():
            raise RuntimeError(message.error())
        self.rows[message.key()] = fingerprint(message.value())
        return message.value()

    def _await(self, wanted, check):
        """Reads golden rows until each customer of `wanted` had the term with the value that stand there."""
        end = time.monotonic() + GIVE_UP_SECONDS
        while wanted:
            check()
            if time.monotonic() > end:
                raise TimeoutError(f"{len(wanted)} rows did not come out, such as {next(iter(wanted))}")
            for message in self.consumer.consume(10_000, 0.02):
                row, customer = self._keep(message), message.key().decode()
                if customer in wanted:
                    term, value = wanted[customer]
                    if json.loads(row).get(term) == value:
                        del wanted[customer]
