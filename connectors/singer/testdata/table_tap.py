"""A tap over a table in a file, one JSON object a line, as real taps read one: in order of `updated_at`, with a STATE where all rows up to a
stamp are out, from the bookmark on and `lookback_minutes` before it. A row with `_sdc_deleted_at` is a tombstone. Config: {"table": PATH}.
PATH.trouble may say "fail" (in the middle of the rows) or "hang" (before the first; PATH.hangs then says so)."""

import datetime
import json
import pathlib
import signal
import sys

LOOKBACK = datetime.timedelta(minutes=5)
OPTIONS = dict(zip(sys.argv[1:], sys.argv[2:] + [""]))


def load(option):
    return json.loads(pathlib.Path(OPTIONS[option]).read_text()) if option in OPTIONS else {}


def time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def say(**message):
    print(json.dumps(message), flush=True)


def main():
    table = pathlib.Path(load("--config")["table"])
    rows = [json.loads(line) for line in table.read_text().splitlines()] if table.exists() else []
    rows.sort(key=lambda row: time(row["updated_at"]))
    bookmark = load("--state").get("bookmark")
    if bookmark:
        rows = [row for row in rows if time(row["updated_at"]) >= time(bookmark) - LOOKBACK]
    beside = table.with_name(table.name + ".trouble")
    trouble = beside.read_text() if beside.exists() else ""
    if trouble == "hang":
        table.with_name(table.name + ".hangs").touch()
        signal.pause()
    say(type="SCHEMA", stream="site", key_properties=["id"], bookmark_properties=["updated_at"],
        schema={"type": "object", "properties": {"id": {"type": "string"}, "updated_at": {"type": "string", "format": "date-time"}}})
    for number, (row, following) in enumerate(zip(rows, rows[1:] + [None])):
        if trouble == "fail" and number == len(rows) // 2:
            sys.exit("the table is out of reach")
        say(type="RECORD", stream="site", record=row)
        if following is None or following["updated_at"] != row["updated_at"]:
            bookmark = max(bookmark or row["updated_at"], row["updated_at"], key=time)
            say(type="STATE", value={"bookmark": bookmark})


main()
