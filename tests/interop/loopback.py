"""Where clients go that write https:// and their vendor's host themselves."""

import urllib.parse

import requests


class ToLoopback(requests.adapters.HTTPAdapter):
    """A session with this adapter leads to `url`, whatever host a request names."""

    def __init__(self, url):
        super().__init__()
        self.url = url

    def send(self, request, **options):
        target = urllib.parse.urlsplit(request.url)
        request.url = self.url + urllib.parse.urlunsplit(("", "", target.path, target.query, ""))
        return super().send(request, **options)
