"""Instances of trueup beside each other, over one broker."""

import pathlib

from harness import Daemon, Sandbox


class ClusterWorld:
    """A sandbox, and the instances that pull it: as they begin, and then every `interval`. Each notices after six seconds that another is
    gone. `log` goes into the config's map of that name, `more` behind it."""

    def __init__(self, folder, customers, partitions, interval="1h", log="", more=""):
        self.folder = pathlib.Path(folder)
        self.sandbox = Sandbox(folder, customers)
        self.settings = f"partitions: {partitions}, replication: 1, min_insync: 1, session_timeout: 6s{log}}}\n{more}"
        self.interval = f"interval: {interval}"

    def instance(self, name, kafka):
        log = f"log: {{type: kafka, brokers: ['{kafka.bootstrap}'], instance: {name}, {self.settings}"
        return Daemon(self.folder, self.sandbox, name, edit=lambda text: text.replace("interval: 10s", self.interval) + log)
