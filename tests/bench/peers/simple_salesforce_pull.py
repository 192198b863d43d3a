"""simple-salesforce pulls every Account of a page server and keeps nothing: `simple_salesforce_pull.py URL rest|bulk`; prints how many rows came."""

import sys
import urllib.parse

import requests
import simple_salesforce

QUERY = "SELECT Id FROM Account"


class ToLoopback(requests.adapters.HTTPAdapter):
    """simple-salesforce writes https:// itself."""

    def __init__(self, url):
        super().__init__()
        self.url = url

    def send(self, request, **options):
        target = urllib.parse.urlsplit(request.url)
        request.url = self.url + urllib.parse.urlunsplit(("", "", target.path, target.query, ""))
        return super().send(request, **options)


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
