"""simple-salesforce pulls every Account of a page server and keeps nothing: `simple_salesforce_pull.py URL rest|bulk`; prints how many rows came."""

import sys

import requests
import simple_salesforce
from loopback import ToLoopback

QUERY = "SELECT Id FROM Account"


def main(url, way):
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", ToLoopback(url))
    org = simple_salesforce.Salesforce(instance="localhost", session_id="00D!x", session=session, version="62.0")
    if way == "rest":
        return sum(1 for _ in org.query_all_iter(QUERY))
    # A row begins with its Id; a text in it may have line breaks.
    return sum(page.count('\n"001') for page in org.bulk2.Account.query(QUERY))


print(main(*sys.argv[1:]))
