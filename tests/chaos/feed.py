"""What the chaos suite feeds to the pipeline, file by file, and what must have come of it in the end."""

import collections
import json
import os
import pathlib
import random

from harness import fill_in

HERE = pathlib.Path(__file__).parent
SYSTEMS = ("crm", "erp", "ops")
RECORDS_PER_FILE = 200
BEGINNING = 1767225600  # of 2026
# Every so many customers the systems disagree on the tier, which is a condition.
DISAGREE = 7

Record = collections.namedtuple("Record", "ref version row")


def ref_of(system, kind, number):
    return f"{system}/{kind}/{number:06d}"


def account(system, number, version):
    tier = "silver" if system == "erp" and number % DISAGREE == 0 else "gold"
    ref = ref_of(system, "account", number)
    return Record(ref, version, {
        "id": f"{number:06d}", "modified": f"2026-01-0{version}T00:00:00Z", "name": f"Company {number:06d} Works", "mark": f"{ref} version {version}",
        "website": f"company-{number:06d}.example", "tier": tier})


def order(number):
    ref = ref_of("crm", "order", number)
    return Record(ref, 1, {"id": f"{number:06d}", "modified": "2026-01-01T00:00:00Z", "account": f"{number:06d}", "mark": f"{ref} version 1"})


class Feed:
    """Five records a customer: its account in three systems, one of them in two versions, and an order. The order in which files come is the seed's;
    a newer version comes behind the older one."""

    def __init__(self, customers, seed):
        self.customers = customers
        chance = random.Random(seed)
        first = [account(system, number, 1) for number in range(customers) for system in SYSTEMS]
        first += [order(number) for number in range(customers)]
        chance.shuffle(first)
        second = [account(SYSTEMS[number % 3], number, 2) for number in range(customers)]
        chance.shuffle(second)
        self.count = len(first) + len(second)
        self._files = list(self._cut(first)) + list(self._cut(second))

    def __len__(self):
        return len(self._files)

    def files(self, number, inbox):
        """Puts the files of one step in place, each whole at once."""
        for (system, kind), records in self._files[number].items():
            folder = pathlib.Path(inbox) / system
            written = folder / f".{kind}-{number:05d}.part"
            written.write_text("".join(json.dumps(record.row) + "\n" for record in records))
            # The order in which an inbox takes files is that of their times; one that is older than its name counts as whole.
            os.utime(written, (BEGINNING + number, BEGINNING + number))
            os.rename(written, folder / f"{kind}-{number:05d}.jsonl")

    def marks(self):
        """The mark that each record has in the end, by its ref."""
        return {ref_of(system, "account", number): account(system, number, 2 if SYSTEMS[number % 3] == system else 1).row["mark"]
                for number in range(self.customers) for system in SYSTEMS}

    def customers_records(self):
        """Which account records are one customer."""
        return {frozenset(ref_of(system, "account", number) for system in SYSTEMS) for number in range(self.customers)}

    def orders(self):
        return {ref_of("crm", "order", number) for number in range(self.customers)}

    def disagreeing(self):
        """The customers of which the systems say different things, each by its account records."""
        return {frozenset(ref_of(system, "account", number) for system in SYSTEMS) for number in range(0, self.customers, DISAGREE)}

    def _cut(self, records):
        for begin in range(0, len(records), RECORDS_PER_FILE):
            files = collections.defaultdict(list)
            for record in records[begin:begin + RECORDS_PER_FILE]:
                system, kind, _ = record.ref.split("/")
                files[system, kind].append(record)
            yield files


class Inboxes:
    """The three folders that are watched; the sources of a harness.Daemon."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / "inbox"
        for system in SYSTEMS:
            (self.folder / system).mkdir(parents=True)

    def config(self):
        return fill_in(HERE / "config.yaml", {"MAPPINGS": HERE / "mappings", "INBOX": self.folder})
