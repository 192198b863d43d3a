"""What the commands promise to say: the schemas of docs/reference, and how the formats of one command hang together."""

import csv
import io
import json

from jsonschema import Draft202012Validator, RefResolver

from harness import SOURCE

FOLDER = SOURCE / "docs" / "reference"
SUFFIX = ".schema.json"


def names():
    return [path.name.removesuffix(SUFFIX) for path in FOLDER.glob("*" + SUFFIX)]


def schema(name):
    return json.loads((FOLDER / (name + SUFFIX)).read_text())


def validator(name):
    """Schemas refer to each other by file name, so each is known by where it lies."""
    store = {(FOLDER / (one + SUFFIX)).as_uri(): schema(one) for one in names()}
    for one in store.values():
        Draft202012Validator.check_schema(one)
    base = (FOLDER / (name + SUFFIX)).as_uri()
    return Draft202012Validator(store[base], resolver=RefResolver(base, store[base], store=store))


def faults(name, documents):
    """What is wrong with documents that should follow a schema, a text each."""
    check = validator(name)
    return [f"{name}{error.json_path[1:]}: {error.message[:300]}" for document in documents for error in check.iter_errors(document)]


class Command:
    """A command that shows something: the schema of its JSON, the lines of its JSON lines, the number of rows of its CSV."""

    def __init__(self, schema, *arguments, listing=False, lines=lambda document: [document], rows=None):
        self.schema = schema
        self.arguments = arguments
        self.listing = listing  # the JSON is an array, and the schema that of an item
        self.lines = (lambda document: document) if listing else lines
        self.rows = rows or (lambda document: len(self.lines(document)))

    def __str__(self):
        return " ".join(self.arguments)


def status_lines(document):
    return [{"system": system, "object": name, **item} for system, body in document["systems"].items() for name, item in body["objects"].items()]


def explained_rows(document):
    return 0 if document["value"] is None else 1 + len(document["others"])


def accounts(*more):
    return Command("account", "accounts", *more, listing=True)


def findings(*more):
    return Command("finding", "findings", *more, listing=True)


def account(which):
    return Command("account_detail", "account", which, rows=lambda document: len(document["terms"]))


def explain(which, term):
    return Command("explanation", "explain", which, term, rows=explained_rows)


def compare(a, b):
    return Command("comparison", "compare", a, b, rows=lambda document: len(document["evidence"]))


def check():
    return Command("problem", "check", listing=True)


STATUS = Command("status", "status", lines=status_lines)
AUDIT = Command("audit", "audit", lines=lambda document: document["objects"])
DIGEST = Command("digest", "digest", lines=lambda document: document["topics"])


def csv_rows(text):
    """The rows under the head line, each as a dictionary; a row of another length than the head is an error."""
    head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    for row in rows:
        if len(row) != len(head):
            raise AssertionError(f"CSV row of {len(row)} cells under a head of {len(head)}: {row}")
    return [dict(zip(head, row)) for row in rows]
