"""How well found clusters, pairs or findings agree with the true ones."""


def pairs(clusters):
    """All pairs of records that are together."""
    found = set()
    for members in clusters:
        members = sorted(members)
        for i, a in enumerate(members):
            for b in members[i + 1:]:
                found.add((a, b))
    return found


def score(wanted, found):
    """Precision and recall of a set."""
    hits = len(wanted & found)
    precision = hits / len(found) if found else 1.0
    recall = hits / len(wanted) if wanted else 1.0
    return precision, recall
