"""What a press on the phone's own parts does: navigation bar, keyboard, dialogs, recents, banner.

Rule: one table from the names the shell's page reports to what happens; an unknown name does nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from cs_agent.demo.phone.browser.bridge import Bridge
from cs_agent.demo.phone.browser.session import Session
from cs_agent.demo.phone.browser.system_ui.shell import Dialog
from cs_agent.demo.phone.browser.text import TextEntry
from cs_agent.demo.phone.device.installed import BROWSER, BY_PACKAGE

PROMOTION_PATH = "/browser/promotion"

SYSTEM_KEYS: dict[str, Callable[[Session], Awaitable[None]]] = {
    "HOME": Session.go_home,
    "BACK": Session.back,
    "APP_SWITCH": Session.show_recents,
}


class ShellActions:
    def __init__(self, session: Session, bridge: Bridge) -> None:
        self._session = session
        self._bridge = bridge

    async def act(self, name: str, value: Any) -> None:
        """`value` is what the press carries: a key, an index, a package, a yes or no."""
        action = _ACTIONS.get(name)
        if action is not None:
            await action(self, value)
        await self._session.arrange()

    async def _home(self, value: Any) -> None:
        await self._session.go_home()

    async def _back(self, value: Any) -> None:
        await self._session.back()

    async def _recents(self, value: Any) -> None:
        await self._session.show_recents()

    async def _key(self, value: Any) -> None:
        await TextEntry(self._session).type_key(str(value))

    async def _hide_keyboard(self, value: Any) -> None:
        self._session.surface.keyboard_hidden = True

    async def _permission(self, value: Any) -> None:
        self._session.shell.state.dialogs.pop(Dialog.PERMISSION, None)

    async def _not_responding(self, value: Any) -> None:
        self._session.shell.state.dialogs.pop(Dialog.NOT_RESPONDING, None)
        if value == "close":
            await self._session.stop(self._session.front.component.package)

    async def _advertisement(self, value: Any) -> None:
        self._session.shell.state.dialogs.pop(Dialog.ADVERTISEMENT, None)
        if value == "take":
            await self._show_promotion()

    async def _banner(self, value: Any) -> None:
        self._session.shell.state.banner = False
        if value == "open":
            await self._show_promotion()

    async def _dialog(self, value: Any) -> None:
        await self._bridge.answer_dialog(bool(value))

    async def _select(self, value: Any) -> None:
        self._bridge.answer_choice(value)

    async def _pick(self, value: Any) -> None:
        await self._bridge.answer_picker(value)

    async def _open(self, value: Any) -> None:
        await self._session.start(BY_PACKAGE[str(value)])

    async def _clear_recents(self, value: Any) -> None:
        await self._session.stop_all()
        await self._session.go_home()

    async def _show_promotion(self) -> None:
        """Where an unwanted tap leads: away from the work, into another app."""
        await self._session.start(BY_PACKAGE[BROWSER], self._session.backoffice_url + PROMOTION_PATH)


_ACTIONS: dict[str, Callable[[ShellActions, Any], Awaitable[None]]] = {
    "home": ShellActions._home,
    "back": ShellActions._back,
    "recents": ShellActions._recents,
    "key": ShellActions._key,
    "hide-keyboard": ShellActions._hide_keyboard,
    "permission": ShellActions._permission,
    "not-responding": ShellActions._not_responding,
    "advertisement": ShellActions._advertisement,
    "banner": ShellActions._banner,
    "dialog": ShellActions._dialog,
    "select": ShellActions._select,
    "pick": ShellActions._pick,
    "recent": ShellActions._open,
    "clear-recents": ShellActions._clear_recents,
}
