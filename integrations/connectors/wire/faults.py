"""What kept a helpdesk from answering, told apart for the administrator who sets it up.

Rule: each fault names its own remedy; the words of a library only stand beside ours.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpcore
import httpx
from django.utils.translation import gettext_lazy, gettext_noop
from lxml import etree, html

from integrations.connectors.errors import BadAnswer, Unreachable
from tickets.said import Said
from tickets.said import gettext_said as _

_SHOWN = 200  # characters of an answer that a technician sees
_READ = 2000  # bytes of it that are looked at
# The codes of OpenSSL's X509_V_ERR_….
_UNTRUSTED = {
    9: gettext_noop("还没有生效(也可能是本机的时钟慢了)"),
    10: gettext_noop("已经过期"),
    18: gettext_noop("是自己给自己签的"),
    19: gettext_noop("签发它的机构不在本机的信任库里"),
    20: gettext_noop("签发它的机构不在本机的信任库里,或对方没有一起发来中间证书"),
    21: gettext_noop("对方没有一起发来中间证书"),
    23: gettext_noop("已被吊销"),
    62: gettext_noop("上面写的是别的主机名"),
    64: gettext_noop("上面没有写这个 IP 地址"),
}
_TIMEOUTS = (httpcore.TimeoutException, httpx.TimeoutException, TimeoutError)


def network_fault(error: Exception, host: str) -> Unreachable:
    """`host`: with its port, as the address has it."""
    causes = list(_causes(error))
    untrusted = next((each for each in causes if isinstance(each, ssl.SSLCertVerificationError)), None)
    if untrusted is not None:
        text = _("%(host)s 的证书不能信任:%(why)s") % {"host": host, "why": _why_untrusted(untrusted)}
        remedy = gettext_lazy(
            "换成有效的、写着这个主机名的证书;内部机构签发的,把这个机构的证书加入本机的信任库(SSL_CERT_FILE)。"
        )
    elif any(isinstance(each, ssl.SSLError) for each in causes):
        text = _("%s 那里没有加密的服务。") % host
        remedy = gettext_lazy("核对端口;如果对方只有不加密的 HTTP,地址要以 http:// 开头。")
    elif any(isinstance(each, _TIMEOUTS) for each in causes):
        text = _("%s 没有在时限内回答。") % host
        remedy = gettext_lazy("看对方是否在运行、是否太忙,以及防火墙是否放行从本机到它的连接;然后再试。")
    elif any(isinstance(each, ConnectionRefusedError) for each in causes):
        text = _("%s 拒绝了连接:这个端口上没有服务。") % host
        remedy = gettext_lazy("核对地址和端口,看对方的服务是否在运行。")
    else:
        why = f"{type(error).__name__} {error}".strip()[:_SHOWN]
        text = _("%(host)s 没有回答:%(why)s") % {"host": host, "why": why}
        remedy = gettext_lazy(
            "核对地址和端口(加密的服务要以 https:// 开头),看对方的服务是否在运行,防火墙是否放行从本机到它的连接。"
        )
    return Unreachable(text, remedy=remedy)


def _why_untrusted(error: ssl.SSLCertVerificationError) -> Said | str:
    """In the reader's language for what is usual, else in the library's words."""
    return _(_UNTRUSTED[error.verify_code]) if error.verify_code in _UNTRUSTED else error.verify_message


def unresolved(error: Exception, host: str) -> Unreachable:
    """An address that is none, or of a host that no name server knows."""
    unknown = any(isinstance(each, socket.gaierror) for each in _causes(error))
    text = _("找不到主机 %s。") % host if unknown else _("这个地址不能用:%s") % str(error)[:_SHOWN]
    remedy = gettext_lazy("核对主机名的拼写;只有内网认得的名字,要由本机所用的域名服务器解析。")
    return Unreachable(text, remedy=remedy)


def no_json(body: bytes) -> BadAnswer:
    if not _is_page(body):
        return BadAnswer(_("对方的回答不是 JSON:%s") % words_of(body))
    remedy = gettext_lazy(
        "核对地址:它要指向系统本身,不是网站首页。打开它要先登录的(单点登录、VPN),请让接口不经过那里。"
    )
    return BadAnswer(_("对方的回答是一个网页,不是 JSON:%s") % words_of(body), remedy=remedy)


def words_of(body: bytes) -> str:
    """The first words of an answer in one printable line; of a web page its title."""
    return title_of(body) or _line(body[:_READ].decode("utf-8", "replace"))


def title_of(body: bytes) -> str:
    """ "" for what is no web page."""
    return _line(_title(body)) if _is_page(body) else ""


def _line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:_SHOWN]


def _is_page(body: bytes) -> bool:
    return body[:_READ].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def _title(body: bytes) -> str:
    try:
        body.decode()
        encoding = "utf-8"  # also where the page does not say so
    except UnicodeDecodeError:
        encoding = None
    try:
        return html.document_fromstring(body, html.HTMLParser(encoding=encoding)).findtext(".//title") or ""
    except (etree.ParserError, ValueError):
        return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
