"""Typing into the field that has the text focus, on whichever page and frame it is.

Rule: nothing is typed unless a text field was given the focus by a touch, as an input method has no connection to
write to otherwise; the answers say whether there was one.
"""

from __future__ import annotations

import asyncio
import time

from playwright.async_api import Error, Frame

from cs_agent.demo.phone.browser.session import Session
from cs_agent.demo.phone.browser.surface import Surface, within_patience

_FOCUS_NEWS_S = 0.4
_FOCUS_CHECK_S = 0.01
_IS_EDITABLE = """() => {
  const el = window.__phoneActive ? window.__phoneActive() : document.activeElement;
  const marks = ["button", "submit", "reset", "checkbox", "radio", "range", "file", "image", "color"];
  if (!el || el.disabled || el.readOnly) return false;
  return el.isContentEditable || el.tagName === "TEXTAREA" || (el.tagName === "INPUT" && !marks.includes(el.type));
}"""
# Through the editor's own commands, so that the page gets the events a person's typing makes.
_INSERT = "text => document.execCommand('insertText', false, text)"
_SET_VALUE = """text => {
  const el = window.__phoneActive ? window.__phoneActive() : document.activeElement;
  const before = el.value;
  el.value = text;
  if (el.value === before) return;
  el.dispatchEvent(new Event("input", { bubbles: true }));
  el.dispatchEvent(new Event("change", { bubbles: true }));
}"""
_IS_PICKED = """() => {
  const el = window.__phoneActive ? window.__phoneActive() : document.activeElement;
  return ["date", "time", "month", "week", "datetime-local"].includes(el.type);
}"""
_CLEAR = "() => { document.execCommand('selectAll'); document.execCommand('delete'); }"
_DELETE = "count => { for (let i = 0; i < count; i += 1) document.execCommand('delete'); }"


class TextEntry:
    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def _surface(self) -> Surface:
        return self._session.surface

    async def insert(self, text: str) -> bool:
        frame = await self._frame()
        if frame is None:
            return False
        if await frame.evaluate(_IS_PICKED):
            await frame.evaluate(_SET_VALUE, text)
        else:
            await self._insert_lines(frame, text)
        self._surface.camera.mark_changed()
        return True

    async def _insert_lines(self, frame: Frame, text: str) -> None:
        """A line break is typed as the Enter key: only fields of several lines keep it."""
        for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
            if number:
                await self._surface.page.keyboard.press("Enter")
            if line:
                await frame.evaluate(_INSERT, line)

    async def clear(self) -> bool:
        return await self._run(_CLEAR)

    async def delete(self, count: int) -> bool:
        return await self._run(_DELETE, max(0, count))

    async def press(self, key: str) -> None:
        if self._surface.blocked:
            return
        await self._surface.page.keyboard.press(key)
        self._surface.camera.mark_changed()

    async def type_key(self, key: str) -> None:
        """A key of the phone's own keyboard."""
        if len(key) == 1:
            await self.insert(key)
        elif await self._frame() is not None:
            await self.press(key)

    async def _run(self, script: str, argument: object = None) -> bool:
        frame = await self._frame()
        if frame is None:
            return False
        await frame.evaluate(script, argument)
        self._surface.camera.mark_changed()
        return True

    async def _frame(self) -> Frame | None:
        """The frame whose field has the focus."""
        surface = self._surface
        await self._await_focus(surface)
        if not surface.text_focus or surface.blocked:
            return None
        for frame in surface.page.frames:
            try:
                if await within_patience(frame.evaluate(_IS_EDITABLE)):
                    return frame
            except Error:
                continue  # the frame is being replaced
        return None

    @staticmethod
    async def _await_focus(surface: Surface) -> None:
        """The news of a focus may still be on its way from the page when text follows a touch at once."""
        while not surface.text_focus and time.monotonic() - surface.touched_at < _FOCUS_NEWS_S:
            await asyncio.sleep(_FOCUS_CHECK_S)
