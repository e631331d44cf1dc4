"""HTTP client for helpdesks: every answer becomes a value or a ConnectorError.

Rule: requests go only to permitted addresses (see `integrations.webhooks.guard`), credentials only to the helpdesk's
own origin; a call lasts at most LIMIT_S, and at most MOST_ANSWER is read, except of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any, TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

import httpcore
import httpx
from django.utils.translation import gettext_lazy
from pydantic import BaseModel, ValidationError

from integrations.connectors.errors import (
    BadAnswer,
    Conflicted,
    ConnectorError,
    Gone,
    NotAllowed,
    RateLimited,
    Unreachable,
)
from integrations.connectors.protocol import value_of
from integrations.connectors.wire.faults import network_fault, no_json, unresolved, words_of
from integrations.webhooks import guard
from integrations.webhooks.post import retry_after, tls
from tickets.said import Said
from tickets.said import gettext_said as _

LIMIT_S = 12.0  # a write-back is up to seven calls, and must end before its lane is given to another
FILE_LIMIT_S = 300.0
MOST_ANSWER = 8 * 1024 * 1024
USER_AGENT = "cs_agent-connector/1"
_REDIRECTS = 3
_MINUTE_S = 60
_SHOWN = 200  # characters of a foreign address
_TIMEOUT = httpx.Timeout(LIMIT_S, connect=5.0)
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of status 2xx, or of one the caller allowed. `headers` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return parsed(self.body)

    def read(self, model: type[Model]) -> Model:
        return shaped(model, self.json())


def parsed(body: bytes | str) -> Any:
    """The JSON value; BadAnswer if it is invalid."""
    try:
        return value_of(body)
    except (ValueError, RecursionError) as error:
        raw = body.encode("utf-8", "replace") if isinstance(body, str) else body
        raise no_json(raw) from error


def shaped(model: type[Model], value: Any) -> Model:
    """The value as the model has it; BadAnswer names what is missing or of another type."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "-"
        raise BadAnswer(_("对方的回答里“%(place)s”不对:%(why)s") % {"place": place, "why": first["msg"]}) from error


class Http:
    """`base`: the helpdesk's address. `headers` hold the credentials. `networks`: private networks it may lie in."""

    def __init__(self, base: str, *, headers: Mapping[str, str] | None = None, networks: Iterable[str] = ()) -> None:
        self._base = base.rstrip("/") + "/"
        self._headers = {"User-Agent": USER_AGENT, "Accept": "application/json", **(headers or {})}
        self._networks = guard.networks(networks)

    def get(self, path: str, **options: Any) -> Reply:
        return self.request("GET", path, **options)

    def request(self, method: str, path: str, *, allow: Iterable[int] = (), **options: Any) -> Reply:
        """One call. `path` is relative to the base, or an address of the same origin (a next page).

        `options` are httpx's: params, json, data, files, content, headers. `allow`: further statuses that are answers.
        """
        url = self.url(path)
        if _origin(url) != _origin(self._base):
            raise BadAnswer(_("对方给出了别的主机的地址:%s") % urlsplit(url).netloc)
        headers = {**self._headers, **options.pop("headers", {})}
        with self._sent(method, url, LIMIT_S, headers=headers, **options) as got:
            body = _read(got)
            if 200 <= got.status_code < 300 or got.status_code in allow:
                return Reply(got.status_code, {name.lower(): text for name, text in got.headers.items()}, body)
            raise error_of(got.status_code, got.headers, body)

    def headers(self, path: str) -> dict[str, str]:
        """A file's headers (by lower-case name), without loading it."""
        with self._sent("GET", self.url(path), LIMIT_S, headers={**self._headers, "Accept": "*/*"}) as got:
            if got.status_code != 200:
                raise error_of(got.status_code, got.headers, _read(got))
            return {name.lower(): text for name, text in got.headers.items()}

    @staticmethod
    def with_query(path: str, **values: str) -> str:
        return f"{path}?{urlencode(values)}"

    def load(self, path: str, accept: str = "*/*") -> Iterator[bytes]:
        """A file in chunks. A few redirects are followed; other origins get no credentials."""
        if not path:
            raise BadAnswer(_("对方没有给出附件的地址。"))
        url = self.url(path)
        for _turn in range(_REDIRECTS + 1):
            ours = _origin(url) == _origin(self._base)
            headers = self._headers if ours else {"User-Agent": USER_AGENT}
            with self._sent("GET", url, FILE_LIMIT_S, headers={**headers, "Accept": accept}) as got:
                if got.is_redirect:
                    url = urljoin(url, got.headers["location"])
                    continue
                if got.status_code != 200:
                    raise error_of(got.status_code, got.headers, _read(got))
                yield from got.iter_bytes()
                return
        raise BadAnswer(_("附件的地址转向太多次。"))

    def url(self, path: str) -> str:
        parts = urlsplit(path)
        return urljoin(self._base, path if parts.scheme or parts.netloc else path.lstrip("/"))

    @contextmanager
    def _sent(self, method: str, url: str, limit_s: float, **options: Any) -> Iterator[httpx.Response]:
        """The response, its body not read yet; errors of the network and of the guard become Unreachable."""
        try:
            with (
                httpx.Client(transport=_Guarded(self._networks, limit_s), timeout=_TIMEOUT, trust_env=False) as client,
                client.stream(method, url, **options) as got,
            ):
                yield got
        except guard.NotAllowed as error:
            text = _("没有连接:%s。如果它确实在内网,请在“允许的内网”里填写。") % error.args[0]
            remedy = gettext_lazy("地址对的话,把它所在的网段填进“允许的内网”,再测试。")
            raise NotAllowed(text, remedy=remedy) from error
        except UnicodeEncodeError as error:  # of a header: they hold what is secret
            text = _("密钥里有不能发送的字符:只能是英文字母、数字和符号,请重新填写。")
            raise NotAllowed(text, remedy=gettext_lazy("重新填写密钥,保存后再测试。")) from error
        except (guard.Unresolved, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise unresolved(error, urlsplit(url).netloc) from error
        except (
            httpcore.NetworkError,
            httpcore.TimeoutException,
            httpcore.ProtocolError,
            httpx.HTTPError,
            OSError,
        ) as error:
            raise network_fault(error, urlsplit(url).netloc) from error


def error_of(status: int, headers: Mapping[str, str], body: bytes, now: datetime | None = None) -> ConnectorError:
    """The ConnectorError for an unsuccessful answer."""
    said = words_of(body)
    wait = retry_after(headers.get("retry-after", ""), now or datetime.now(UTC))
    if status == 403:
        text = _("对方不让我们的账号做这件事(403):%s") % said
        return NotAllowed(text, here=True)
    if status == 401:
        return NotAllowed(_("对方拒绝了我们的账号(%(status)d):%(said)s") % {"status": status, "said": said})
    if status in (404, 410):
        return Gone(_("对方没有这个内容(%d)。") % status)
    if status in (409, 412):
        return Conflicted(_("对方的内容刚刚变了(%d),稍后再试。") % status)
    if status == 429 or (status == 503 and wait is not None):
        return RateLimited(_later(status, wait), wait)
    if status >= 500:
        return Unreachable(_("对方出错(%(status)d):%(said)s") % {"status": status, "said": said})
    if 300 <= status < 400:
        return _moved(status, headers.get("location", ""))
    return BadAnswer(_("对方不接受这个请求(%(status)d):%(said)s") % {"status": status, "said": said})


def _later(status: int, wait_s: float | None) -> Said:
    if wait_s is None or wait_s < _MINUTE_S:
        return _("对方要求稍后再来(%d)。") % status
    return _("对方要求 %(minutes)d 分钟后再来(%(status)d)。") % {
        "minutes": ceil(wait_s / _MINUTE_S),
        "status": status,
    }


def _moved(status: int, location: str) -> BadAnswer:
    """Only the address without its query is told, which may hold what is secret."""
    parts = urlsplit(location)
    place = f"{parts.scheme}://{parts.hostname}{parts.path}"[:_SHOWN] if parts.hostname else parts.path[:_SHOWN]
    told = {"status": status, "place": place}
    text = _("对方把请求转到了别处(%(status)d):%(place)s。请填写最终的地址。") % told
    return BadAnswer(text, remedy=gettext_lazy("转到登录页的(单点登录、VPN),请让接口不经过那里。"))


class _Guarded(httpx.BaseTransport):
    """httpx over connections that are made only where the guard allows."""

    def __init__(self, allowed: list[guard.Network], limit_s: float) -> None:
        backend = guard.GuardedBackend(allowed, limit_s)
        self._pool = httpcore.ConnectionPool(ssl_context=tls(), network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        sent = httpcore.Request(
            method=request.method,
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        got = self._pool.handle_request(sent)
        return httpx.Response(got.status, headers=got.headers, stream=_Stream(got), extensions=got.extensions)

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, got: httpcore.Response) -> None:
        self._got = got

    def __iter__(self) -> Iterator[bytes]:
        yield from self._got.iter_stream()

    def close(self) -> None:
        self._got.close()


def _read(got: httpx.Response) -> bytes:
    read = bytearray()
    for chunk in got.iter_bytes():
        read += chunk
        if len(read) > MOST_ANSWER:
            raise BadAnswer(_("对方的回答超过 %d MB。") % (MOST_ANSWER // 1024 // 1024))
    return bytes(read)


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
