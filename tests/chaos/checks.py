"""What must hold when all is quiet again. Each check gives what is wrong, a sentence each."""

import collections
import json


def differences(what, wanted, found):
    """How two sets differ."""
    if wanted - found:
        yield f"{len(wanted - found)} {what} missing, such as {sample(wanted - found)}"
    if found - wanted:
        yield f"{len(found - wanted)} {what} that nobody sent, such as {sample(found - wanted)}"


def sample(items):
    return str(min(sorted(item) if isinstance(item, frozenset) else item for item in items))


def conservation(feed, members):
    """`members`: of each account. Every record is in exactly one, together with those that are the same customer."""
    held = collections.Counter(ref for refs in members for ref in refs)
    twice = {ref for ref, count in held.items() if count > 1}
    if twice:
        yield f"{len(twice)} records in several accounts, such as {min(twice)}"
    yield from differences("records", set(feed.marks()), set(held))
    yield from differences("customers", feed.customers_records(), set(map(frozenset, members)))


def marks(feed, accounts):
    """`accounts`: documents as published. Each record's newest version is what its account shows of it."""
    found = {}
    for account in accounts:
        term = account["terms"]["mark"]
        found[term["provenance"]["ref"]] = term["value"]
        found.update((other["ref"], other["value"]) for other in term["others"])
    yield from differences("marks", set(feed.marks().items()), set(found.items()))


def conditions(feed, accounts, documents):
    """`documents`: those of the topic `conditions`. The systems' disagreements are there, once each, and nothing else is."""
    of_account = {account["id"]: frozenset(account["members"]) for account in accounts}
    found = collections.Counter((document["kind"], of_account.get(document["account"])) for document in documents)
    yield from differences("disagreements", feed.disagreeing(), {members for kind, members in found if kind == "conflict" and members})
    others = {key: count for key, count in found.items() if key[0] != "conflict" or key[1] is None or count > 1}
    if others:
        yield f"conditions that should not be: {others}"


def facts(feed, keys):
    """`keys`: of the topic `facts`. Each ends in the ref of the row."""
    yield from differences("orders", feed.orders(), {key.rsplit("|", 1)[-1] for key in keys})


def one_content_each(records, event_id):
    """`records`: every one that a topic of events ever got, repeats included. An event may be there twice, but not with two contents."""
    contents = collections.defaultdict(set)
    for record in records:
        if record["payload"]:
            contents[event_id(record)].add(record["payload"])
    torn = {event: texts for event, texts in contents.items() if len(texts) > 1}
    if torn:
        yield f"{len(torn)} events with two contents, such as {next(iter(torn.items()))}"


def documents(folded):
    """The documents of a folded topic."""
    return [json.loads(payload) for payload in folded.values()]
