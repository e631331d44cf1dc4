"""ETags of resources with concurrent writers: sent with every read, required for writes that must not overwrite
others'."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _

from integrations.api.problems import Refused

HEADER = "If-Match"
LONGEST = 200
_ONE = r'(W/)?"[!#-~]*"'
LOOKS = rf"^(\*|{_ONE}( *, *{_ONE})*)$"  # RFC 9110, 13.1.1


def of(values: Mapping[str, Any]) -> str:
    """The ETag of a resource."""
    text = json.dumps(values, sort_keys=True, default=str)
    return quote_etag(hashlib.sha256(text.encode()).hexdigest()[:32])


def tell(response: HttpResponse, etag: str) -> None:
    response["ETag"] = etag


def require_match(request: HttpRequest, etag: str) -> None:
    """Refused with 412 if If-Match names another version than the current one, with 428 if it is missing, with 400 if
    it is none."""
    given = request.headers.get(HEADER, "").strip()
    if not given:
        text = _("请用 If-Match 带上读到的 ETag;无论别人是否改过都要改时,写 *。")
        raise Refused(428, "if_match_missing", text, headers={"ETag": etag})
    if len(given) > LONGEST or not re.fullmatch(LOOKS, given):
        text = _("If-Match 无效:请原样写上读到的 ETag(带双引号),或写 *。")
        raise Refused(400, "if_match_invalid", text, headers={"ETag": etag})
    if _names(given, etag) or given == "*":
        return
    text = _("内容在您读取之后已被修改,请重新读取后再改。")
    raise Refused(412, "changed_meanwhile", text, headers={"ETag": etag})


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the caller has this version already (If-None-Match)."""
    given = request.headers.get("If-None-Match")
    return given is not None and _names(given, etag)


def _names(given: str, etag: str) -> bool:
    """A proxy that compresses answers makes their ETags weak (`W/"…"`); ours tell versions, which that leaves as they
    are."""
    return etag in [one.removeprefix("W/") for one in parse_etags(given)]
