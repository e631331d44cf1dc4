"""One signed request to an endpoint, and what its answer means for the outbox.

Rule: only 2xx is success. Redirects are not followed, certificates are checked, only the answer's beginning is read,
and the whole exchange takes at most LIMIT_S.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import urlsplit

import httpcore

from integrations.webhooks import guard
from integrations.webhooks.guard import GuardedBackend, Network, NotAllowed, Unresolved
from tickets.said import gettext_said as _
from tickets.said import joined
from tickets.services.outbox.carriers import Answer, Verdict
from tickets.web.given import whole_number

LIMIT_S = 15.0
CONNECT_S = 5.0
_MOST_ANSWER = 2_000  # bytes of the answer that are read
_SHOWN = 120  # characters of it that are kept for the technician
_BUSY = {429, 502, 503, 504}  # the whole destination is failing
_CLOCK_OFF_S = 240  # receivers refuse signatures that seem five minutes off


@dataclass(frozen=True, slots=True)
class Request:
    url: str
    body: bytes
    headers: Mapping[str, str]
    allowed: tuple[Network, ...] = ()


def send(request: Request, now: datetime | None = None) -> Answer:
    """Post the request and classify the answer; never raises for errors of the receiver or the network."""
    headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
    headers.append((b"Host", urlsplit(request.url).netloc.rpartition("@")[2].encode()))
    timeouts = {"connect": CONNECT_S, "read": LIMIT_S, "write": LIMIT_S, "pool": CONNECT_S}
    backend = GuardedBackend(request.allowed, LIMIT_S)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=tls(), network_backend=backend) as pool,
            pool.stream(
                "POST", request.url, headers=headers, content=request.body, extensions={"timeout": timeouts}
            ) as got,
        ):
            told = {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in got.headers}
            return judge(got.status, told, _beginning(got), now or datetime.now(UTC))
    except NotAllowed as error:
        return Answer(Verdict.AGAIN, _("没有发送:%s") % error.args[0], whole_lane=True)
    except Unresolved as error:
        return Answer(Verdict.AGAIN, error.args[0], whole_lane=True)
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError) as error:
        return Answer(Verdict.AGAIN, _("没有回应:%s") % f"{type(error).__name__} {error}".strip(), whole_lane=True)


def judge(status: int, headers: Mapping[str, str], beginning: str, now: datetime) -> Answer:
    """What an answer means. `headers` by lower-case name."""
    text = f"{status} {beginning}".strip()
    wait = retry_after(headers.get("retry-after", ""), now)
    if 200 <= status < 300:
        return Answer(Verdict.TAKEN, text)
    if status == 410:
        return Answer(Verdict.CLOSED, text)
    if 300 <= status < 400:
        return Answer(Verdict.AGAIN, _("%s:不跟随重定向,请填写最终的地址。") % status, whole_lane=True)
    if status in (400, 401, 403) and (off := _clock_off(headers.get("date", ""), now)):
        text = joined("", [text, _("(对方的时钟与我们相差 %s 秒)") % off])
    return Answer(Verdict.AGAIN, text, whole_lane=status in _BUSY, wait_s=wait)


def _beginning(response: httpcore.Response) -> str:
    """The first words of the answer, for the log: printable, in one line."""
    read = b""
    for chunk in response.iter_stream():
        read += chunk
        if len(read) >= _MOST_ANSWER:
            break
    text = read[:_MOST_ANSWER].decode("utf-8", "replace")
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:_SHOWN]


def retry_after(text: str, now: datetime) -> float | None:
    """Seconds from a Retry-After header with seconds or a date; None for neither."""
    seconds = whole_number(text, most=999_999_999)
    if seconds is not None:
        return float(seconds)
    moment = _date(text)
    return max(0.0, (moment - now).total_seconds()) if moment else None


def _clock_off(text: str, now: datetime) -> int:
    moment = _date(text)
    off = round((moment - now).total_seconds()) if moment else 0
    return off if abs(off) > _CLOCK_OFF_S else 0


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@lru_cache(maxsize=1)
def tls() -> ssl.SSLContext:
    """The TLS context, made once, since loading the certificates takes time."""
    return ssl.create_default_context()


__all__ = ["Request", "guard", "judge", "send"]
