"""A tap that does what its config's file `script` says, a line at a time, and nothing else:

    {...} or any other text   printed as it is
    @err TEXT                 printed on standard error
    @exit N                   ends with that status
    @hang                     says nothing more, for ever
    @close                    closes the standard output, and lives on
    @child FILE               leaves a child behind that holds both outputs open, its process id in the file
    @part TEXT                printed without a line break
    @flood                    records without end
    @long N                   a line of N bytes
    @secret                   the config's `password` on standard error, in three forms
    @state                    a record whose name is the state that was given, or "none"
    @look                     a record of what the tap finds: descriptors, modes, arguments, environment
    @touch FILE               makes a file, with our process id in it
"""

import json
import os
import pathlib
import stat
import sys
import time
import urllib.parse

OPTIONS = dict(zip(sys.argv[1:], sys.argv[2:] + [""]))
CONFIG = json.loads(pathlib.Path(OPTIONS["--config"]).read_text())


def say(text):
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def record(**fields):
    say(json.dumps({"type": "RECORD", "stream": "customers", "record": fields}))


def look():
    mode = lambda path: oct(stat.S_IMODE(os.stat(path).st_mode))
    config = OPTIONS["--config"]
    record(id="look", descriptors=sorted(os.listdir("/proc/self/fd"))[:-1], config_mode=mode(config),
           folder_mode=mode(os.path.dirname(config)), folder=os.path.dirname(config), arguments=" ".join(sys.argv[1:]),
           environment=" ".join(sorted(os.environ)), group=os.getpgid(0) == os.getpid(), config=json.dumps(CONFIG),
           catalog=pathlib.Path(OPTIONS["--catalog"]).read_text() if "--catalog" in OPTIONS else "")


def obey(word, rest):
    if word == "@err":
        print(rest, file=sys.stderr, flush=True)
    elif word == "@exit":
        sys.stdout.flush()
        os._exit(int(rest))
    elif word == "@hang":
        time.sleep(3600)
    elif word == "@close":
        os.close(1)
        os.close(2)
        time.sleep(3600)
    elif word == "@child":
        child = os.fork()
        if child == 0:
            time.sleep(3600)
        pathlib.Path(rest).write_text(str(child))
    elif word == "@part":
        sys.stdout.write(rest)
    elif word == "@flood":
        for number in range(10**12):
            record(id=number, name="x" * 1000)
    elif word == "@long":
        say("x" * int(rest))
    elif word == "@secret":
        password = CONFIG["password"]
        for text in (password, json.dumps(password), urllib.parse.quote(password, safe="")):
            print("signing in with " + text, file=sys.stderr, flush=True)
    elif word == "@state":
        record(id="state", name=pathlib.Path(OPTIONS["--state"]).read_text() if "--state" in OPTIONS else "none")
    elif word == "@look":
        look()
    elif word == "@touch":
        pathlib.Path(rest).write_text(str(os.getpid()))


def main():
    if "--discover" in sys.argv:
        say(pathlib.Path(CONFIG["discovery"]).read_text())
        return
    for line in pathlib.Path(CONFIG["script"]).read_text().splitlines():
        word, _, rest = line.partition(" ")
        if word.startswith("@"):
            obey(word, rest)
        else:
            say(line)


main()
