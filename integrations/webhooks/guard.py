"""Decides which addresses our requests may reach: public ones, and private networks named by an administrator.

Rule: a name is resolved once and the connection goes to that address, which defeats DNS rebinding. If one of a name's
addresses is not permitted, none is.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore

from tickets.said import gettext_said as _
from tickets.web.given import Network, network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # all that IPv6 routes between sites
_NOBODYS = (  # of special use, though not every Python says so
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("192.88.99.0/24"),
    ipaddress.ip_network("3fff::/20"),
)


class NotAllowed(Exception):
    """The address may not be reached; the message names it."""


class Unresolved(Exception):
    """The name has no address."""


def check(address: Address, allowed: Sequence[Network]) -> None:
    """Raise NotAllowed unless the address is public or in a named network. Link-local and similar ones are never
    permitted."""
    for real in _meant(address):
        if real.is_multicast or real.is_unspecified or real.is_link_local:
            raise NotAllowed(_("不会连接 %s") % address)
        named = any(real.version == network.version and real in network for network in allowed)
        if not _is_public(real) and not named:
            raise NotAllowed(_("%s 在内网,没有列入允许的内网") % address)


def _is_public(address: Address) -> bool:
    """Old and unassigned IPv6 ranges (site-local, IPv4-compatible, other translators' prefixes) are no public ones."""
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not any(
        address.version == network.version and address in network for network in _NOBODYS
    )


def networks(texts: Iterable[str]) -> list[Network]:
    return [network(text) for text in texts]


def resolve(host: str, port: int, allowed: Sequence[Network]) -> str:
    """The one address to connect to."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unresolved(_("%(host)s 没有地址:%(why)s") % {"host": host, "why": error}) from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    for address in addresses:
        check(address, allowed)
    return str(addresses[0])


class GuardedBackend(httpcore.NetworkBackend):
    """Connects only to addresses that `check` permits, with one deadline for the whole exchange."""

    def __init__(self, allowed: Sequence[Network], limit_s: float) -> None:
        self._allowed, self._deadline = allowed, time.monotonic() + limit_s
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        address = resolve(host, port, self._allowed)
        stream = self._plain.connect_tcp(address, port, _left(self._deadline, timeout), local_address, socket_options)
        return _Bounded(stream, self._deadline)


class _Bounded(httpcore.NetworkStream):
    """A stream with a deadline for all its waits, so that a slow receiver cannot hold a worker."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secure = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _Bounded(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the whole exchange took too long")
    return left if timeout is None else min(timeout, left)


def _meant(address: Address) -> list[Address]:
    """The address to judge: IPv4 embedded in IPv6 counts as IPv4."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.teredo is not None:
        return list(address.teredo)
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return [address if inner is None else inner]
