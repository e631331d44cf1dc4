"""Whether a call is genuine, by the ways that systems prove it.

Rule: the names of headers may be told to a technician, values never. A made value is compared in constant time, in each
of the spellings that are usual: hexadecimal or Base64, alone or behind a word such as `sha256=`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterator
from contextlib import suppress

from standardwebhooks import Webhook, WebhookVerificationError

from integrations.connectors.errors import Refused
from integrations.connectors.fields.expressions import found
from integrations.connectors.generic import bodies, sealed
from integrations.connectors.generic.settings import GenericSettings
from integrations.connectors.protocol import Incoming
from integrations.connectors.wire import signatures
from tickets.said import gettext_said as _

STANDARD = ("webhook-id", "webhook-timestamp", "webhook-signature")
_PLACE = re.compile(r"\{([^{}]+)\}")
_HEADERS_SHOWN = 12
_USUAL = frozenset(
    {"host", "accept", "accept-encoding", "accept-language", "connection", "content-length", "content-type", "cookie"}
)


def check(its: GenericSettings, key: str, incoming: Incoming) -> None:
    """Refused unless the call is proven as the settings say."""
    if its.signing in ("none", *sealed.KINDS):  # the latter were proven when they were opened
        return
    if not key:
        raise Refused(_("还没有填写签名密钥。"))
    if its.signing == "standard":
        _standard(key, incoming)
        return
    given = value_at(its.signature_name, incoming)
    if not given:
        raise _missing(its.signature_name, incoming)
    if its.signing == "secret":
        if not _is_secret(given, key):
            raise Refused(_("“%s”里的密钥不对:核对两边填写的是否相同。") % its.signature_name)
        return
    made = [_made(its, key, incoming, body) for body in _bodies(incoming)]
    if not any(signatures.same(word, each) for word in _words(given) for one in made for each in _spelled(one)):
        raise Refused(_("“%s”里的签名不对:核对密钥、算法和“签了什么”。") % its.signature_name)
    if its.time_name:
        signatures.check_time(value_at(its.time_name, incoming), incoming.received_at)


def value_at(name: str, incoming: Incoming) -> str:
    """What stands under a name: a header, a parameter of the address, `body.` and a path, or `header.part` for one
    `part=…` of a header; "" for nothing."""
    if name.startswith("body."):
        every = bodies.events(incoming)
        return found(name.removeprefix("body."), every[0]) if every else ""
    header = incoming.headers.get(name.lower(), "") or incoming.query.get(name, "")
    if header or "." not in name:
        return header.strip()
    whole, _dot, part = name.rpartition(".")
    pairs = (each.partition("=") for each in re.split(r"[,;\s]+", incoming.headers.get(whole.lower(), "")))
    return next((text for word, _sign, text in pairs if word == part), "")


def _standard(key: str, incoming: Incoming) -> None:
    headers = {name: incoming.headers.get(name, "") for name in STANDARD}
    absent = next((name for name in STANDARD if not headers[name]), "")
    if absent:
        raise _missing(absent, incoming)
    try:
        Webhook(key).verify(incoming.body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError, OverflowError, OSError) as error:
        raise Refused(_("签名或时间不对:%s") % error) from error


def _missing(name: str, incoming: Incoming) -> Refused:
    theirs = sorted(each for each in incoming.headers if each not in _USUAL)[:_HEADERS_SHOWN]
    told = {
        "name": name,
        "headers": ", ".join(theirs)[:160] or "-",
        "query": ", ".join(sorted(incoming.query))[:60] or "-",
    }
    return Refused(_("没有“%(name)s”。收到的请求头:%(headers)s;地址里的参数:%(query)s。") % told)


def _bodies(incoming: Incoming) -> Iterator[bytes]:
    """Some sign before they compress, some after."""
    yield incoming.body
    plain = bodies.unpacked(incoming)
    if plain != incoming.body:
        yield plain


def _made(its: GenericSettings, key: str, incoming: Incoming, body: bytes) -> bytes:
    known = {
        "body": body,
        "body-md5": hashlib.md5(body, usedforsecurity=False).hexdigest().encode(),
        "body-sha256": hashlib.sha256(body).hexdigest().encode(),
        "secret": key.encode(),
        "method": incoming.method.encode(),
        "url": incoming.url.encode(),
    }
    parts: list[bytes] = []
    end = 0
    for place in _PLACE.finditer(its.signed_text):
        parts.append(its.signed_text[end : place.start()].encode())
        name = place[1]
        parts.append(known[name] if name in known else value_at(name, incoming).encode())
        end = place.end()
    message = b"".join([*parts, its.signed_text[end:].encode()])
    kind, _dash, digest = its.signing.rpartition("-")
    if kind == "hmac":
        return hmac.new(key.encode(), message, digest).digest()
    return hashlib.new(digest, message, usedforsecurity=False).digest()


def _spelled(made: bytes) -> Iterator[str]:
    written = made.hex()
    yield written
    yield written.upper()
    for raw in (made, written.encode()):
        packed = base64.b64encode(raw).decode()
        yield from (packed, packed.rstrip("="), base64.urlsafe_b64encode(raw).decode())


def _words(given: str) -> Iterator[str]:
    """The value, its parts, and each without the word before its first `=`, `:` or `,`."""
    for part in [given, *re.split(r"[,;\s]+", given)][:20]:
        yield part
        behind = re.match(r"[A-Za-z][\w-]{0,19}[=:,]\s*(.+)", part)
        if behind:
            yield behind[1]


def _is_secret(given: str, key: str) -> bool:
    """The secret itself, behind `Bearer` or any other one word, or as `Basic` of name and password."""
    scheme, _gap, rest = given.partition(" ")
    found = [given, rest.strip()]
    if scheme.lower() == "basic":
        with suppress(binascii.Error, ValueError):
            found.append(base64.b64decode(rest, validate=True).decode("utf-8", "replace"))
    return any(signatures.same(each, key) for each in found)
