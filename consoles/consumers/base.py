"""The base of the console's websockets: authentication, permission checks, dispatch of commands.

Rule: the permission is read from the database when the socket opens, on every command and every 30 s. A removed role, a
log-out or a password change closes the socket.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.db import DatabaseError
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from consoles.access import commands_of
from consoles.embed import cookies
from tickets.errors import ServiceError
from tickets.permissions import Permission, has
from tickets.services.evidence import audit
from tickets.services.panels import sessions
from tickets.web import request_context
from tickets.web.given import read_json

log = logging.getLogger(__name__)

CHECK_EVERY_S = 30.0
NOT_LOGGED_IN = 4401
NOT_PERMITTED = 4403
NOT_FOUND = 4404
RETRY_S = 2.0
MAX_MESSAGE = 16 * 1024
MOST_DEPTH = 4


class ConsoleConsumer(AsyncWebsocketConsumer, ABC):
    """`permission` opens the socket; subclasses say in `open` what it is about and which groups it hears."""

    permission: Permission
    heard: tuple[str, ...] = ()
    user: Any = None
    _check: asyncio.Task[None] | None = None
    _checked_at = float("-inf")
    _admitted = False  # whether commands are heard: a client may send some before it learns that it was refused

    async def connect(self) -> None:
        refusal = await self._refusal(self.permission)
        if refusal == NOT_PERMITTED:
            await self._write_refusal(self.permission)
        if refusal:
            # Accepted first: a browser learns the code of an open socket only.
            await self.accept()
            await self._dismiss(refusal)
            return
        try:
            self.heard = await self.open()
        except ServiceError:
            await self.accept()
            await self._dismiss(NOT_FOUND)
            return
        for group in self.heard:
            await self.channel_layer.group_add(group, self.channel_name)
        self._admitted = True
        await self.accept()
        self._check = asyncio.create_task(self._keep_checking())
        await self.opened()

    @abstractmethod
    async def open(self) -> tuple[str, ...]:
        """Look up what the address names (ServiceError if it is not there) and return the groups to listen to."""

    async def opened(self) -> None:
        """The socket is open."""

    async def presence_event(self, message: dict[str, Any]) -> None:
        """Who looks at a ticket is said on its page; other sockets of its group pass it over."""

    async def disconnect(self, code: int) -> None:
        if self._check is not None:
            self._check.cancel()
        for group in self.heard:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self._admitted:
            return
        message = _parsed(text_data)
        method = commands_of(type(self)).get(str(message.get("type"))) if message else None
        if method is None:
            await self.tell({"type": "error", "code": "unknown_command"})
            return
        try:
            await self._obey(method, message)
        except (DatabaseError, RedisError) as error:
            log.warning("socket: %s not done (%s)", message["type"], error)
            with translation.override(self._language()):
                words = _("系统暂时无法处理,请稍后再试。")
            await self.tell({"type": "error", "code": "unavailable", "message": words})

    async def _obey(self, method: Any, message: dict[str, Any]) -> None:
        declared: Any = method
        refusal = await self._refusal(declared.permission, declared.trust_s)
        if refusal == NOT_PERMITTED:
            await self._write_refusal(declared.permission)
        if refusal == NOT_PERMITTED and declared.permission != self.permission:
            await self.tell({"type": "error", "code": "forbidden"})
        elif refusal:
            await self._dismiss(refusal)
        else:
            await self._run(method, message)

    async def _dismiss(self, code: int) -> None:
        """Close the socket and ignore messages still in transit."""
        self._admitted = False
        await self.close(code)

    async def _write_refusal(self, permission: Permission) -> None:
        """Audit a refusal, as for a page."""
        address = (self.scope.get("client") or [""])[0]
        with request_context.use(ip=address, user=self.user):
            await database_sync_to_async(_record_refusal)(self.user, permission)

    async def _run(self, method: Any, message: dict[str, Any]) -> None:
        """Run a command with the user's language and origin, like a request; ServiceErrors are sent to the client."""
        address = (self.scope.get("client") or [""])[0]
        with translation.override(self._language()), request_context.use(ip=address, user=self.user):
            try:
                await method(self, message)
            except ServiceError as error:
                about = {"id": message["id"]} if "id" in message else {}
                await self.tell({"type": "error", "code": error.code, "message": error.message, **about})

    def _language(self) -> str:
        panel = getattr(self.user, "panel", None)
        chosen = panel.language if panel else self.scope.get("cookies", {}).get(settings.LANGUAGE_COOKIE_NAME, "")
        return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE

    async def tell(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message, ensure_ascii=False))

    async def _keep_checking(self) -> None:
        """Check the permission periodically; an unreachable database is asked again soon, and meanwhile nothing more is
        permitted than before."""
        wait_s = CHECK_EVERY_S
        while True:
            await asyncio.sleep(wait_s)
            wait_s = CHECK_EVERY_S
            try:
                refusal = await self._refusal(self.permission)
                if not refusal:
                    await self.checked()
            except DatabaseError as error:
                log.warning("socket: the permission could not be asked for (%s); asked again", error)
                wait_s = RETRY_S
                continue
            except ServiceError:
                refusal = NOT_FOUND
            if refusal:
                await self._dismiss(refusal)
                return

    async def checked(self) -> None:
        """The permission holds at the periodic check: what a lost event would have told is looked up here (ServiceError
        for what is not there any more)."""

    async def _refusal(self, permission: Permission, trust_s: float = 0.0) -> int:
        """0, or the code the socket is closed with."""
        if permission == self.permission and time.monotonic() - self._checked_at < trust_s:
            return 0
        self.user = await database_sync_to_async(session_user)(self.scope)
        if self.user is None:
            return NOT_LOGGED_IN
        self._checked_at = time.monotonic()
        return 0 if await database_sync_to_async(has)(self.user, permission) else NOT_PERMITTED


class UnknownAddress(AsyncWebsocketConsumer):
    """Unknown socket addresses: closed with a code, so that pages stop reconnecting."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(NOT_FOUND, "no such address")


def session_user(scope: dict[str, Any]) -> Any:
    """The user of the socket's session as the database has them now; None after log-out or a new password.

    On a panel's socket it is the panel's person, as they are in it; None once the panel is over.
    """
    place = scope["url_route"]["kwargs"]
    if "panel_of" in place:
        secret = scope.get("cookies", {}).get(cookies.NAME, "")
        return sessions.person_in(sessions.of_cookie(place["panel_of"], place["panel_on"], secret))
    session = scope.get("session")
    if session is None or not session.session_key:
        return None
    stored = type(session._wrapped if hasattr(session, "_wrapped") else session)(session.session_key).load()
    people = get_user_model().objects.filter(pk=stored.get(SESSION_KEY), is_active=True)
    user = people.first() if stored.get(SESSION_KEY) else None
    if user is None:
        return None
    same = constant_time_compare(stored.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    return user if same else None


def _record_refusal(user: Any, permission: Permission) -> None:
    details = {"permission": permission.value}
    audit.record("permission.refused", user=user, result="failure", details=details)


def _parsed(text: str | None) -> dict[str, Any]:
    if not text or len(text) > MAX_MESSAGE:
        return {}
    with suppress(ValueError):
        message = read_json(text, MOST_DEPTH)
        return message if isinstance(message, dict) else {}
    return {}
