"""The instances of trueup that the chaos suite hurts, and how each fault is done and undone."""

import errno
import os
import pathlib
import shutil
import signal
import subprocess

from harness import Daemon

DISK_BYTES = 512 << 20
ZEROS = bytes(1 << 20)


class Disk:
    """A file system of its own for an instance's state, small enough to be filled. Needs root, to mount it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", self.folder], check=True)
        self.filler = self.folder / "filler"

    def fill(self):
        with open(self.filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(ZEROS)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def empty(self):
        self.filler.unlink()

    def unmount(self):
        subprocess.run(["umount", "-l", self.folder], check=True)


class Instance:
    """One `trueup run` that is started again whenever it ends by itself, as a service manager would."""

    def __init__(self, folder, name, sources, edit, network=None, disk=False):
        self.name = name
        self.network = network  # of kafka.py
        self.disk = Disk(pathlib.Path(folder) / name / "data") if disk else None
        self.daemon = Daemon(folder, sources, name, edit)
        self.process = None
        self.exits = []  # of processes that ended by themselves
        self._wanted = False

    def start(self):
        self._wanted = True
        self.process = self.daemon.start("run")

    def tend(self):
        """Starts it again where it ended by itself, and remembers how."""
        if self._wanted and self.process.poll() is not None:
            self.exits.append(self.process.returncode)
            self.process.stdout.close()
            self.start()

    def begin(self, kind):
        if kind in ("kill", "lose disk"):
            self._end(signal.SIGKILL)
            if kind == "lose disk":
                self._lose_disk()
        elif kind == "leave":
            self._end(signal.SIGTERM)
        elif kind == "freeze":
            os.kill(self.process.pid, signal.SIGSTOP)
        elif kind == "fill disk":
            self.disk.fill()
        elif kind == "cut network":
            self.network.cut()
        elif kind == "hang network":
            self.network.hang()
        else:
            raise ValueError(kind)

    def end(self, kind):
        if kind in ("kill", "lose disk", "leave"):
            self.start()
        elif kind == "freeze":
            os.kill(self.process.pid, signal.SIGCONT)
        elif kind == "fill disk":
            self.disk.empty()
        else:
            self.network.heal()

    def close(self):
        if self._wanted:
            os.kill(self.process.pid, signal.SIGCONT)
            self._end(signal.SIGKILL)
        if self.disk:
            self.disk.unmount()

    def _end(self, how):
        self._wanted = False
        self.process.send_signal(how)
        self.process.communicate(timeout=60)

    def _lose_disk(self):
        for path in (self.daemon.folder / "data").iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def begin(fault, instances, kafka):
    if fault.kind == "kill broker":
        kafka.kill_node(fault.target)
    elif fault.kind == "stop broker":
        kafka.stop_node(fault.target)
    elif fault.kind == "freeze broker":
        kafka.freeze_node(fault.target)
    else:
        instances[fault.target].begin(fault.kind)


def end(fault, instances, kafka):
    if fault.kind in ("kill broker", "stop broker"):
        kafka.start_node(fault.target)
    elif fault.kind == "freeze broker":
        kafka.thaw_node(fault.target)
    else:
        instances[fault.target].end(fault.kind)
