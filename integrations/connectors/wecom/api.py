"""Calls WeCom's interface: access tokens are kept and renewed, an `errcode` becomes the error it means.

Rule: WeCom answers 200 to nearly everything; only `errcode` 0 is success. Tokens are kept encrypted.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from pydantic import BaseModel

from integrations.connectors.errors import BadAnswer, ConnectorError, NotAllowed, RateLimited, Unreachable
from integrations.connectors.wecom.refusals import advice_of
from integrations.connectors.wire.http import Http, Reply
from tickets.errors import SecretUnreadable
from tickets.said import gettext_said as _
from tickets.services import secret_store

# Of an app that is known and lacks one right; the others lock out every call.
_ONE_RIGHT = frozenset({48002, 48004, 60011, 81013, 301002})
_EARLY_S = 300  # a token is renewed before it ends


@dataclass(frozen=True, slots=True)
class Codes:
    """What its error codes mean; `late`: the time for an answer to the customer is over, or too many were sent."""

    expired: frozenset[int] = frozenset({40014, 42001, 42007, 42009})
    refused: frozenset[int] = frozenset({40001, 40013, 41001, 41002, 41004, 48002, 48004, 60011, 60020, 301002, 81013})
    limited: frozenset[int] = frozenset({45009, 45011, 45033})
    busy: frozenset[int] = frozenset({-1, 6000})
    late: frozenset[int] = frozenset({95001, 95002, 95013})


class Token(BaseModel):
    access_token: str
    expires_in: int = 7200


class Api:
    def __init__(self, http: Http, company: str, secret: str, codes: Codes | None = None) -> None:
        self._http, self._company, self._secret, self._codes = http, company, secret, codes or Codes()
        self._kept_as = "wecom-token:" + hashlib.sha256(f"{company}:{secret}".encode()).hexdigest()

    def post(self, path: str, body: Mapping[str, Any], allow: frozenset[int] = frozenset()) -> Reply:
        """ConnectorError for each `errcode` but 0 and those allowed."""
        for renewed in (False, True):
            params = {"access_token": self.token(anew=renewed)}
            reply = self._http.request("POST", f"cgi-bin/{path}", params=params, json=body)
            code, said = _code(reply)
            if code in self._codes.expired and not renewed:
                continue
            if code and code not in allow:
                raise error_of(code, said, self._codes)
            return reply
        raise AssertionError("the second turn returns or raises")

    def media(self, media_id: str) -> str:
        """The address of a file."""
        return Http.with_query("cgi-bin/media/get", access_token=self.token(), media_id=media_id)

    def token(self, *, anew: bool = False) -> str:
        kept = "" if anew else _opened(cache.get(self._kept_as))
        if kept:
            return kept
        params = {"corpid": self._company, "corpsecret": self._secret}
        reply = self._http.get("cgi-bin/gettoken", params=params)
        code, said = _code(reply)
        if code:
            raise error_of(code, said, self._codes)
        found = reply.read(Token)
        sealed = base64.b64encode(secret_store.seal_bytes(found.access_token.encode())).decode()
        cache.set(self._kept_as, sealed, timeout=max(60, found.expires_in - _EARLY_S))
        return found.access_token


def error_of(code: int, said: str, codes: Codes | None = None) -> ConnectorError:
    values, codes, remedy = {"code": code, "said": said[:200]}, codes or Codes(), advice_of(code)
    if code in codes.refused | codes.expired:
        text = _("企业微信拒绝了我们的账号(%(code)d):%(said)s") % values
        return NotAllowed(text, remedy=remedy, here=code in _ONE_RIGHT)
    if code in codes.limited:
        return RateLimited(_("对方要求稍后再来(%d)。") % code, remedy=remedy)
    if code in codes.busy:
        return Unreachable(_("企业微信正忙(%(code)d):%(said)s") % values)
    if code in codes.late and remedy is None:
        return BadAnswer(
            _("企业微信不再为这位客户送消息(%(code)d):回复的时间已过,或条数已满。请用别的方式联系。") % values
        )
    if code in codes.late:
        return BadAnswer(_("企业微信不再为这位客户送消息(%(code)d)。") % values, remedy=remedy)
    return BadAnswer(_("企业微信不接受这个请求(%(code)d):%(said)s") % values, remedy=remedy)


def _code(reply: Reply) -> tuple[int, str]:
    answer = reply.json()
    if not isinstance(answer, dict) or not isinstance(answer.get("errcode", 0), int):
        raise BadAnswer(_("对方的回答不是企业微信的格式。"))
    return answer.get("errcode", 0), str(answer.get("errmsg", ""))


def _opened(sealed: Any) -> str:
    try:
        return secret_store.open_bytes(base64.b64decode(sealed)).decode() if isinstance(sealed, str) else ""
    except (SecretUnreadable, ValueError):
        return ""
