"""Python programs of others, each in an environment of its own: their pins exclude each other. Kept in .cache/interop of the checkout, so that
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


def install(package, version, *others):
    """The folder of the package's programs; `others` are put into the same environment, each as pip is told of it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = CACHE / "-".join([package, version, *(other.replace("==", "-") for other in others)])
    with open(CACHE / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # Written last: a folder without it is what an interrupted run has left.
        done = folder / "installed"
        if not done.exists():
            if os.environ.get("TRUEUP_NO_NETWORK") == "1":
                print(f"skipped: {package} {version} is not in {CACHE}, and TRUEUP_NO_NETWORK=1 says that it cannot be fetched", flush=True)
                sys.exit(SKIPPED)
            fetch(package, version, others, folder)
            done.touch()
    return folder / "bin"


def go_on_within(package, version, *others):
    """The calling script runs in the package's environment: it is started anew there, unless it is there already. `others` are put beside it,
    each as pip is told of it."""
    python = install(package, version, *others) / "python"
    if pathlib.Path(sys.prefix) != python.parent.parent:
        sys.stdout.flush()
        os.execv(python, [str(python), *sys.argv])


def fetch(package, version, others, folder):
    print(f"fetching {package} {version}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    for command in ([PYTHON, "-m", "venv", str(folder)],
                    [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", f"{package}=={version}", *others]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=INSTALL_SECONDS, check=False)
        if done.returncode != 0:
            print(done.stdout.decode(errors="replace")[-2000:])
            sys.exit(f"FAILED {' '.join(command)}: status {done.returncode}; without a network set TRUEUP_NO_NETWORK=1, and this test is skipped")
