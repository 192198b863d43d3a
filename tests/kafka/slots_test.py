"""Who owns which slot, over a real broker: instances that come, go, die and are stopped for a while."""

import os
import pathlib
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from kafka import Kafka

TOOL = sys.argv[1]
SLOTS = 4
# A member's session is 6 s.
PATIENCE = 60


class Member:
    """A process that joins, and what it was told."""

    def __init__(self, group, name, environment):
        self.name = name
        self.owned = set()
        self.changes = []
        self.process = subprocess.Popen([TOOL, "member", group, str(SLOTS), name], env=environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.news = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.news.put(line.split())
        self.process.stdout.close()
        self.news.put(["ended"])

    def hear(self):
        """Takes the news that are there."""
        while not self.news.empty():
            word, *rest = self.news.get()
            self.changes.append(" ".join([word, *rest]))
            if word == "assigned":
                self.owned |= {int(slot) for slot in rest}
            elif word in ("revoked", "lost"):
                self.owned -= {int(slot) for slot in rest}
            elif word in ("error", "ended"):
                self.owned = set()

    def send(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()


class SlotsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="trueup-kafka-slots-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.kafka = Kafka(pathlib.Path(cls.folder.name) / "kafka")
        cls.addClassCleanup(cls.kafka.stop)

    def member(self, name):
        environment = os.environ | {"TRUEUP_KAFKA": self.kafka.bootstrap, "TRUEUP_KAFKA_PREFIX": self.id().rsplit(".", 1)[1] + "."}
        member = Member("slots.g1", name, environment)
        self.addCleanup(member.kill)
        return member

    def await_that(self, condition, members, what):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for member in members:
                member.hear()
            if condition():
                return
            threading.Event().wait(0.05)
        self.fail(f"{what}: {[(member.name, member.changes) for member in members]}")

    def await_shared(self, *members):
        """Until these own all slots, each as many as the others, give or take one, and none two of them."""
        def shared():
            counts = [len(member.owned) for member in members]
            return sum(counts) == SLOTS and max(counts) - min(counts) <= 1 and set().union(*(m.owned for m in members)) == set(range(SLOTS))
        self.await_that(shared, members, "not shared out")

    def test_one_owns_all_and_shares_with_those_who_come(self):
        a = self.member("a")
        self.await_shared(a)
        b = self.member("b")
        self.await_shared(a, b)
        c = self.member("c")
        self.await_shared(a, b, c)
        self.assertNotIn("lost", " ".join(a.changes + b.changes + c.changes))

    def test_the_slots_of_one_who_died_go_to_the_others(self):
        a, b = self.member("a"), self.member("b")
        self.await_shared(a, b)
        b.kill()
        self.await_shared(a)

    def test_one_who_comes_back_by_its_name_has_its_slots_again_and_nobody_else_is_disturbed(self):
        a, b = self.member("a"), self.member("b")
        self.await_shared(a, b)
        before, told = set(b.owned), list(a.changes)
        b.kill()
        again = self.member("b")
        self.await_shared(a, again)
        self.assertEqual(again.owned, before)
        self.assertEqual(a.changes, told)

    def test_one_who_was_stopped_is_told_that_it_lost_its_slots(self):
        a, b = self.member("a"), self.member("b")
        self.await_shared(a, b)
        b.send(signal.SIGSTOP)
        self.await_shared(a)
        b.send(signal.SIGCONT)
        self.await_that(lambda: any(change.startswith("lost") for change in b.changes), [a, b], "b was not told")
        self.await_shared(a, b)

    def test_of_two_by_one_name_the_older_is_out_and_says_so(self):
        old = self.member("a")
        self.await_shared(old)
        new = self.member("a")
        self.await_that(lambda: "ended" in old.changes, [old, new], "both go on")
        self.assertIn("lost 0 1 2 3", old.changes)
        self.assertRegex(old.changes[-2], "^error conflict .*another process goes by its name")
        self.await_shared(new)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
