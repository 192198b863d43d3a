"""trueup over two Singer taps that nobody here wrote: tap-jsonl (Meltano's SDK) reads a CRM's file, tap-rest-api (singer-python) a shop's pages.
Rows arrive, customers of both become one account, states are kept, deletions and failures are told, and the audit agrees.

    singer_test.py            needs TRUEUP_BINARY and TRUEUP_SOURCE_DIR"""

import functools
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading

from packages import install

TRUEUP = os.environ["TRUEUP_BINARY"]
RUN_SECONDS = 60

MAPPINGS = {
    "glossary.yaml": """
empty: [n/a]
priority: [crm, shop]
entities:
  account:
    label: Account
    role: account
    terms:
      name: {label: Name, type: name}
      website: {label: Website, type: domain}
      billing_city: {label: City, type: text}
""",
    "lifecycle.yaml": "stages: []\n",
    "matching.yaml": """
features: {name: [name], domain: [website], city: [billing_city]}
prior: -14
match: 4
possible: -1
weights:
  name: {exact: 11, same_core: 9.5, alike: 8, similar: 6, contained: 5, weak: 1, different: -6}
  domain: {same: 9, different: -3}
  city: {same: 2, different: -2}
""",
    "crm.yaml": "system: crm\nobjects: {customer: {entity: account, terms: {name: name, website: website, billing_city: address.city}}}\n",
    "shop.yaml": "system: shop\nobjects: {buyer: {entity: account, terms: {name: company, website: site}}}\n",
}


def crm_row(number, name, city):
    return {"id": number, "name": name, "website": name.split()[0].lower() + ".example", "address": {"city": city}}


def shop_row(number, name):
    return {"id": number, "company": name, "site": "https://www." + name.split()[0].lower() + ".example/"}


class Pages(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class World:
    """The two sources, their taps and trueup's config, in one folder."""

    def __init__(self, folder, jsonl, rest):
        self.folder = pathlib.Path(folder)
        self.jsonl, self.rest = jsonl, rest
        self.pages = self.folder / "pages"
        for name in ("pages", "mappings", "schema", "catalog", "tmp"):
            (self.folder / name).mkdir()
        for name, text in MAPPINGS.items():
            (self.folder / "mappings" / name).write_text(text)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Pages, directory=str(self.pages)))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def write_crm(self, rows):
        """A new file each time, with a time of its own: the tap's bookmark is the file's."""
        path = self.folder / "customers.jsonl"
        later = path.stat().st_mtime + 2 if path.exists() else 1_700_000_000
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        os.utime(path, (later, later))

    def write_shop(self, rows, size=2):
        for path in self.pages.iterdir():
            path.unlink()
        parts = [rows[i:i + size] for i in range(0, len(rows), size)]
        for number, part in enumerate(parts, 1):
            following = f"p{number + 1}" if number < len(parts) else None
            (self.pages / f"p{number}").write_text(json.dumps({"data": part, "next": following}))

    def rest_config(self):
        url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        return {"url": url + "p1", "auth_method": "no_auth", "record_list_level": "data[*]", "next_page_token_level": "next",
                "next_page_url": url + "{{ next_page_token }}", "streams": "buyers", "schema_dir": str(self.folder / "schema"),
                "catalog_dir": str(self.folder / "catalog"), "index_key": "id", "start_index": 0, "assume_sorted": False}

    def infer(self):
        """This tap describes its streams once, from what it finds."""
        config = self.folder / "rest.json"
        config.write_text(json.dumps(self.rest_config()))
        subprocess.run([str(self.rest), "--config", str(config), "--infer_schema"], check=True, capture_output=True, timeout=RUN_SECONDS)

    def write_config(self):
        jsonl = {"path": str(self.folder / "customers.jsonl"), "stream_name": "customers", "primary_keys": ["id"]}
        systems = {
            "crm": {"connector": "singer", "command": [str(self.jsonl)], "config": jsonl, "objects": {"customer": {"stream": "customers"}}},
            "shop": {"connector": "singer", "command": str(self.rest), "config": self.rest_config(),
                     "objects": {"buyer": {"stream": "buyers", "id": ["id"], "replication_method": "FULL_TABLE"}}},
        }
        # JSON is YAML.
        (self.folder / "trueup.yaml").write_text(json.dumps({"data_dir": "data", "mappings": "mappings", "systems": systems}))

    def trueup(self, *arguments, expect=0):
        """A command's standard output; its log is kept for the test."""
        done = subprocess.run([TRUEUP, "--config", str(self.folder / "trueup.yaml"), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=RUN_SECONDS, check=False, env=os.environ | {"TMPDIR": str(self.folder / "tmp")})
        self.log = done.stderr.decode(errors="replace")
        if done.returncode != expect:
            raise AssertionError(f"trueup {' '.join(arguments)} gave {done.returncode}, wanted {expect}:\n{self.log[-3000:]}{done.stdout.decode()[-2000:]}")
        return done.stdout.decode()

    def names(self):
        return sorted(json.loads(line)["terms"]["name"] for line in self.trueup("accounts", "--format", "jsonl").splitlines())


def check(condition, what):
    if not condition:
        raise AssertionError(what)
    print("fine:", what, flush=True)


CRM = [crm_row(1, "Acme GmbH", "Bern"), crm_row(2, "Globex AG", "Basel"), crm_row(3, "Initech Ltd", "Leeds"), crm_row(4, "Umbrella SA", "Lyon")]
SHOP = [shop_row(11, "Acme"), shop_row(12, "Globex"), shop_row(13, "Hooli Inc"), shop_row(14, "Soylent Corp"), shop_row(15, "Initech")]


def first_pull(world):
    world.write_crm(CRM)
    world.write_shop(SHOP)
    world.infer()
    world.write_config()
    world.trueup("check")
    world.trueup("run", "--once")
    check("crm/customer: tap-jsonl:" in world.log and "shop/buyer: tap-rest-api:" in world.log, "both taps' stderr is in our log")
    names = world.names()
    check(len(names) == 6, f"nine records are six accounts: {names}")
    world.trueup("audit")
    check(True, "the audit agrees with both taps")


def changes(world):
    world.write_crm([CRM[0] | {"name": "Acme Holding GmbH"}, *CRM[1:3], crm_row(5, "Vandelay BV", "Breda")])
    world.write_shop([SHOP[0], SHOP[1], SHOP[3], SHOP[4], shop_row(16, "Vandelay")])
    world.trueup("run", "--once")
    names = world.names()
    check("Acme Holding GmbH" in names, "a changed row is taken")
    check("Vandelay BV" in names and len([name for name in names if "Vandelay" in name]) == 1, "a new customer of both is one account")
    check("Hooli Inc" not in names, "a row that a full table no longer gives is deleted")
    check("Umbrella SA" in names, "an incremental tap cannot tell of deletions,")
    objects = {one["system"]: one for one in json.loads(world.trueup("audit", "--format", "json", expect=1))["objects"]}
    check(objects["crm"]["extra"] == ["4"] and objects["shop"]["extra"] == [], "but the audit finds them")


def failure(world):
    last = world.pages / "p3"
    kept = last.read_text()
    last.unlink()
    world.trueup("run", "--once", expect=1)
    check("tap-rest-api ended with status 1; it last said:" in world.log and "404" in world.log, "a tap that dies is an error with its last words")
    check("Vandelay BV" in world.names(), "and deletes nothing")
    last.write_text(kept)
    world.trueup("run", "--once")
    check(not any((world.folder / "tmp").iterdir()), "no file is left behind")


def main():
    taps = install("tap-jsonl", "0.3.1") / "tap-jsonl", install("tap-rest-api", "0.2.22") / "tap-rest-api"
    folder = tempfile.mkdtemp(prefix="trueup-interop.")
    world = World(folder, *taps)
    try:
        for step in (first_pull, changes, failure):
            step(world)
    except Exception:
        print(f"what the test left is in {folder}", flush=True)
        raise
    finally:
        world.server.shutdown()
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
