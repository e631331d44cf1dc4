"""`uiautomator dump`: what is on the screen as XML, in the platform's own form.

Rule: the text is always well-formed XML that starts with its declaration; characters XML cannot hold become dots,
as the platform's dumper does.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from cs_agent.demo.phone.device.screen import DumpNode, ScreenGone
from cs_agent.demo.phone.shell.call import FAILED, OK, Call, Command

DEFAULT_PATH = "/sdcard/window_dump.xml"
QUIET_S = 0.1  # the platform wants a second; this screen has no animations to sit out
GIVE_UP_S = 10.0  # the platform's
_DECLARATION = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAF_EXCLUDED = ("android.widget.EditText", "android.widget.ListView", "android.widget.GridView")


async def uiautomator(call: Call) -> int:
    if call.args[:1] != ("dump",):
        await call.complain(
            "Usage: uiautomator <subcommand> [options]\n\nAvailable subcommands:\n\nhelp\ndump\nevents\nruntest"
        )
        return OK if call.args[:1] == ("help",) else FAILED
    path = next((arg for arg in call.args[1:] if not arg.startswith("-")), DEFAULT_PATH)
    await asyncio.sleep(call.phone.faults.slow_tree_s)
    try:
        async with asyncio.timeout(GIVE_UP_S):
            nodes = await _at_rest(call)
    except TimeoutError:
        await call.complain("ERROR: could not get idle state.")
        return OK
    except ScreenGone:
        await call.complain("ERROR: null root node returned by UiTestAutomationBridge.")
        return OK
    return await _deliver(call, path, hierarchy(nodes, call.phone.screen.rotation))


async def _at_rest(call: Call) -> tuple[DumpNode, ...]:
    """The nodes once they have stayed the same for a moment: a page that is being built is nobody's to read."""
    before, nodes = None, await call.phone.screen.dump()
    while nodes != before:
        await asyncio.sleep(QUIET_S)
        before, nodes = nodes, await call.phone.screen.dump()
    return nodes


async def _deliver(call: Call, path: str, xml: str) -> int:
    if path in ("/dev/tty", "/dev/stdout"):
        await call.say(xml, end="")
    else:
        try:
            call.phone.files.host_for_writing(call.resolve(path)).write_bytes(xml.encode())
        except OSError as error:
            await call.complain(f"java.io.FileNotFoundException: {path}: open failed: {error.strerror}")
            return FAILED
    await call.say(f"UI hierchary dumped to: {path}")
    return OK


def hierarchy(nodes: Iterable[DumpNode], rotation: int) -> str:
    """The whole document on one line."""
    parts = [_DECLARATION, f'<hierarchy rotation="{rotation}">']
    open_depths: list[int] = []
    counts = [0]
    for node in nodes:
        while open_depths and open_depths[-1] >= node.depth:
            open_depths.pop()
            counts.pop()
            parts.append("</node>")
        parts.append(f"<node {_attributes(node, counts[-1])}>")
        counts[-1] += 1
        counts.append(0)
        open_depths.append(node.depth)
    parts += ["</node>"] * len(open_depths) + ["</hierarchy>"]
    return "".join(parts)


def _attributes(node: DumpNode, index: int) -> str:
    left, top, right, bottom = node.bounds
    values: dict[str, str | int | bool] = {
        "index": index,
        "text": node.text,
        "resource-id": node.resource_id,
        "class": node.class_name,
        "package": node.package,
        "content-desc": node.content_desc,
        "checkable": node.checkable,
        "checked": node.checked,
        "clickable": node.clickable,
        "enabled": node.enabled,
        "focusable": node.focusable,
        "focused": node.focused,
        "scrollable": node.scrollable,
        "long-clickable": node.long_clickable,
        "password": node.password,
        "selected": node.selected,
        "bounds": f"[{left},{top}][{right},{bottom}]",
    }
    naf = 'NAF="true" ' if _unlabelled(node) else ""
    return naf + " ".join(f"{name}={_quoted(value)}" for name, value in values.items())


def _unlabelled(node: DumpNode) -> bool:
    """Clickable and nameless: *not accessibility friendly*."""
    labelled = node.text or node.content_desc or node.class_name in _NAF_EXCLUDED
    return node.clickable and node.enabled and not labelled


def _quoted(value: str | int | bool) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return quoteattr(_NOT_XML.sub(".", text), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;", '"': "&quot;"})


COMMANDS: dict[str, Command] = {"uiautomator": uiautomator}
