"""What pages tell the phone and ask of it: text focus, drop-down lists, files, downloads, dialogs, new windows.

Rule: the phone's files are handed to the practice apps only, as a native app hands them to its own pages; any other
page gets a file when the person picks it in the system's picker.
"""

from __future__ import annotations

import asyncio
import base64
import io
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urljoin, urlsplit

from PIL import Image, UnidentifiedImageError
from playwright.async_api import Dialog as PageDialog
from playwright.async_api import Download, Error, FileChooser, FilePayload, Page

from cs_agent.demo.phone.browser.session import Session
from cs_agent.demo.phone.browser.surface import Surface
from cs_agent.demo.phone.browser.system_ui.shell import Dialog
from cs_agent.demo.phone.browser.system_ui.words import words
from cs_agent.demo.phone.device.files import PhoneFiles
from cs_agent.demo.phone.device.media import MediaItem, MediaKind, media_mime

_TOAST_S = 2.5
_DOWNLOADED_S = 6.0  # browsers leave word of a download on the screen for longer
_THUMBNAIL_PX = 240
_UPLOAD_TIMEOUT_MS = 120_000


class Bridge:
    """Listens to every page of one session."""

    def __init__(self, session: Session, files: PhoneFiles) -> None:
        self.session = session
        self.files = files
        self.on_action: Callable[[str, Any], Awaitable[None]]
        self._choice: asyncio.Future[int | None] | None = None
        self._chooser: FileChooser | None = None
        self._offered: tuple[MediaItem, ...] = ()
        self._page_dialogs: dict[Surface, PageDialog] = {}
        self._background: set[asyncio.Task[None]] = set()
        session.on_dismissed = self._on_dismissed

    async def attach(self) -> None:
        """Before the first page is opened."""
        context = self.session.context
        await context.expose_binding("__phone", self._on_message)
        context.on("page", self._on_page)
        context.on("dialog", lambda dialog: self._start(self._on_dialog(dialog)))

    # --- messages from scripts

    async def _on_message(self, source: dict[str, Any], message: dict[str, Any]) -> Any:
        page, frame = source["page"], source["frame"]
        if page is self.session.shell.surface.page:
            return await self.on_action(message["name"], message["value"]) if message["kind"] == "action" else None
        answer = {
            "focus": self._focus_moved,
            "open": self._open_app,
            "select": self._choose,
            "media": self._list_media,
            "upload": self._upload,
        }.get(message.get("kind", ""))
        return await answer(page, frame.url, message) if answer else None

    async def _focus_moved(self, page: Page, url: str, message: dict[str, Any]) -> None:
        surface = self.session.surface_of(page)
        if surface is None:
            return
        surface.text_focus = message["editable"] and (message["byTouch"] or surface.text_focus)
        if message["byTouch"] or not message["editable"]:
            surface.keyboard_hidden = False
        await self.session.arrange()

    async def _open_app(self, page: Page, url: str, message: dict[str, Any]) -> None:
        if self.session.task_of(page) is self.session.home:
            await self.on_action("recent", message["package"])

    async def _choose(self, page: Page, url: str, message: dict[str, Any]) -> int | None:
        """The index that was chosen in the phone's own list."""
        self.session.shell.state.dialogs[Dialog.SELECT] = {
            "title": message["title"],
            "options": message["options"],
        }
        self._choice = asyncio.get_running_loop().create_future()
        await self.session.arrange()
        return await self._choice

    def _is_practice_app(self, url: str) -> bool:
        return _origin(url) == _origin(self.session.backoffice_url)

    async def _list_media(self, page: Page, url: str, message: dict[str, Any]) -> list[dict[str, Any]] | None:
        if not self._is_practice_app(url):
            return None
        return await asyncio.to_thread(lambda: [_described(item) for item in self.files.media()])

    async def _upload(self, page: Page, url: str, message: dict[str, Any]) -> dict[str, Any] | None:
        """Send a file of the gallery to the practice app's own server."""
        target = urljoin(url, message["url"])
        item = next((item for item in self.files.media() if item.path == message["path"]), None)
        if item is None or not self._is_practice_app(url) or not self._is_practice_app(target):
            return None
        content = await asyncio.to_thread(item.host_path.read_bytes)
        part: FilePayload = {"name": item.name, "mimeType": item.mime, "buffer": content}
        response = await self.session.context.request.post(target, multipart={"file": part}, timeout=_UPLOAD_TIMEOUT_MS)
        return dict(await response.json()) if response.ok else None

    # --- the phone's answers

    def answer_choice(self, index: int | None) -> None:
        self.session.shell.state.dialogs.pop(Dialog.SELECT, None)
        choice, self._choice = self._choice, None
        if choice is not None and not choice.done():
            choice.set_result(index)

    async def answer_dialog(self, accepted: bool) -> None:
        surface = self.session.surface
        dialog = self._page_dialogs.pop(surface, None)
        if dialog is None:
            return
        self.session.questions.pop(surface, None)
        surface.blocked = False
        try:
            await (dialog.accept(dialog.default_value) if accepted else dialog.dismiss())
        except Error:
            return  # its page was closed meanwhile
        surface.camera.mark_changed()
        await self.session.arrange()

    async def answer_picker(self, index: int | None) -> None:
        self.session.shell.state.dialogs.pop(Dialog.PICKER, None)
        chooser, self._chooser = self._chooser, None
        if chooser is not None and index is not None:
            await chooser.set_files(self._offered[index].host_path)

    def _on_dismissed(self, kind: Dialog) -> None:
        if kind is Dialog.SELECT:
            self.answer_choice(None)
        elif kind is Dialog.DIALOG:
            self._start(self.answer_dialog(False))
        elif kind is Dialog.PICKER:
            self._chooser = None

    # --- pages

    def watch(self, page: Page) -> None:
        page.on(
            "framenavigated", lambda frame: self._start(self._on_navigated(page)) if frame == page.main_frame else None
        )
        page.on("domcontentloaded", lambda _: self._start(self._on_loaded(page)))
        page.on("filechooser", lambda chooser: self._start(self._on_file_chooser(chooser)))
        page.on("download", lambda download: self._start(self._on_download(download)))
        page.on("close", lambda _: self._start(self._on_closed(page)))
        page.on("crash", lambda _: self._start(self._on_crash(page)))

    def _on_page(self, page: Page) -> None:
        self.watch(page)
        self._start(self._on_new_window(page))

    async def _on_new_window(self, page: Page) -> None:
        """A window opened by a page lies on top of it in the same app."""
        opener = await page.opener()
        task = self.session.task_of(opener) if opener else None
        if task is not None:
            task.stack.append(await self.session.add_surface(page))
            await self.session.arrange()

    async def _on_navigated(self, page: Page) -> None:
        surface = self.session.surface_of(page)
        if surface is None:
            return
        surface.camera.mark_changed()
        if surface.text_focus:
            surface.text_focus = surface.keyboard_hidden = False
            await self.session.arrange()

    async def _on_loaded(self, page: Page) -> None:
        surface = self.session.surface_of(page)
        if surface is None:
            return
        await self.session.prepare(page)
        surface.theme = await page.evaluate("(document.querySelector('meta[name=theme-color]') || {}).content || ''")
        if surface is self.session.surface:
            await self.session.arrange()

    async def _on_closed(self, page: Page) -> None:
        task = self.session.task_of(page)
        if task is not None:
            task.forget(page)
            await self.session.arrange()

    async def _on_crash(self, page: Page) -> None:
        """As an app that stopped: it goes, and the home screen is shown."""
        task = self.session.task_of(page)
        if task is not None and task is not self.session.home:
            await self.session.stop(task.app.package)

    async def _on_dialog(self, dialog: PageDialog) -> None:
        surface = self.session.surface_of(dialog.page) if dialog.page else None
        if surface is None or dialog.type == "beforeunload":
            await dialog.accept()
            return
        surface.blocked = True
        self._page_dialogs[surface] = dialog
        question = {"title": "", "message": dialog.message, "cancel": dialog.type != "alert"}
        self.session.questions[surface] = question
        await self.session.arrange()

    async def _on_file_chooser(self, chooser: FileChooser) -> None:
        self._offered = self.files.media()
        self._chooser = chooser
        items = await asyncio.to_thread(lambda: [_picker_row(item) for item in self._offered])
        self.session.shell.state.dialogs[Dialog.PICKER] = {"items": items}
        await self.session.arrange()

    # --- downloads

    async def _on_download(self, download: Download) -> None:
        """Pictures go to the gallery, everything else to Download, as browsers and apps do."""
        name = _safe_name(download.suggested_filename)
        folder = "Pictures" if media_mime(name) else "Download"
        path = self._free_path(folder, name)
        await download.save_as(self.files.host_for_writing(path))
        self.files.scan(path)
        await self.toast("saved", _DOWNLOADED_S, folder=folder, name=PurePosixPath(path).name)

    def _free_path(self, folder: str, name: str) -> str:
        stem, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
        number = 0
        path = f"/sdcard/{folder}/{name}"
        while self.files.host(path).exists():
            number += 1
            path = f"/sdcard/{folder}/{stem} ({number}){suffix}"
        return path

    async def toast(self, word: str, seconds: float = _TOAST_S, **values: str) -> None:
        state = self.session.shell.state
        text = words(state.english)[word].format(**values)
        state.toast = text
        await self.session.arrange()
        await asyncio.sleep(seconds)
        if state.toast == text:
            state.toast = ""
            await self.session.arrange()

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(_until_gone(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def close(self) -> None:
        for task in self._background:
            task.cancel()


async def _until_gone(work: Awaitable[None]) -> None:
    try:
        await work
    except Error:
        return  # the page or the browser went away while it was looked after


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _safe_name(name: str) -> str:
    return re.sub(r"[\x00-\x1f/\\:*?\"<>|]", "_", name).lstrip(".") or "download"


def _described(item: MediaItem) -> dict[str, Any]:
    return {
        "path": item.path,
        "name": item.name,
        "mime": item.mime,
        "kind": item.kind.value,
        "size": item.size,
        "modified": item.modified,
        "thumb": _thumbnail(item),
    }


def _picker_row(item: MediaItem) -> dict[str, str]:
    when = datetime.fromtimestamp(item.modified)
    return {
        "name": item.name,
        "note": f"{readable_size(item.size)}  {when:%Y-%m-%d %H:%M}",
        "thumb": _thumbnail(item),
    }


def readable_size(size: int) -> str:
    if size < 1024:
        return f"{size} B"
    return f"{size / 1024:.0f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def _thumbnail(item: MediaItem) -> str:
    """A data URL; empty for videos and for pictures that cannot be read."""
    if item.kind is not MediaKind.IMAGE:
        return ""
    try:
        with Image.open(item.host_path) as picture:
            small = picture.convert("RGB")
            small.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
    except (OSError, UnidentifiedImageError):
        return ""
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
