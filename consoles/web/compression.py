"""Decides which responses are compressed.

Rule: a length never tells a secret. Compressing a page that holds a secret and repeats what its address says lets
another site find the secret out by opening the page many times with guesses (BREACH). So only answers to requests that
our own pages or the person at the keyboard made are compressed, which the browser says in `Sec-Fetch-Site`; pages that
hand out or take in tokens, keys and passwords never are; the padding of a random length that Django adds, and its CSRF
tokens, masked anew for every answer, are further hurdles. Files, recordings and exports are sent as they are.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

OWN = frozenset({"same-origin", "none"})  # "none": typed, from a bookmark, or by reloading
KINDS = ("text/html", "application/json")
SECRETS = frozenset({"login", "models", "model", "model-new", "model-check"})
OF_SECRETS = "integrations/"  # tokens, keys of webhooks and of buttons


class CompressionMiddleware(GZipMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return super().process_response(request, response) if may_compress(request, response) else response


def may_compress(request: HttpRequest, response: HttpResponseBase) -> bool:
    match = request.resolver_match
    if match is None or match.url_name in SECRETS or OF_SECRETS in match.route or match.app_names[:1] == ["admin"]:
        return False
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    return not response.streaming and kind in KINDS and request.headers.get("Sec-Fetch-Site") in OWN
