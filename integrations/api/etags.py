"""Versions of what two may write: told with every read, asked for with a write that must not overwrite another's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _

from integrations.api.problems import Refused

HEADER = "If-Match"


def of(values: Mapping[str, Any]) -> str:
    """The version of what an answer shows."""
    text = json.dumps(values, sort_keys=True, default=str)
    return quote_etag(hashlib.sha256(text.encode()).hexdigest()[:32])


def tell(response: HttpResponse, etag: str) -> None:
    response["ETag"] = etag


def require_match(request: HttpRequest, etag: str) -> None:
    """Refused 412 when the caller means to change another version than the one that is there, 428 when it says none."""
    given = request.headers.get(HEADER, "").strip()
    if not given:
        text = _("请用 If-Match 带上读到的 ETag;无论别人是否改过都要改时,写 *。")
        raise Refused(428, "if_match_missing", text, headers={"ETag": etag})
    if etag in (found := parse_etags(given)) or found == ["*"]:
        return
    text = _("内容在您读取之后已被修改,请重新读取后再改。")
    raise Refused(412, "changed_meanwhile", text, headers={"ETag": etag})


def is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the caller has this version already (If-None-Match)."""
    given = request.headers.get("If-None-Match")
    return given is not None and etag in parse_etags(given)
