"""`pm` and `cmd package`: what is installed, and which activity an intent leads to.

Rule: packages come from the screen's apps and the phone's own services; nothing but the ADB keyboard can be installed,
and the phone says so in the package manager's words.
"""

from __future__ import annotations

import hashlib
import io
import zipfile

from cs_agent.demo.phone.commands.intents import (
    ACTION_VIEW,
    CATEGORY_HOME,
    CATEGORY_LAUNCHER,
    BadIntent,
    Intent,
    parse_intent,
    short_name,
)
from cs_agent.demo.phone.commands.storage import split_options
from cs_agent.demo.phone.device.keyboards import ADB_KEYBOARD
from cs_agent.demo.phone.device.screen import InstalledApp
from cs_agent.demo.phone.shell.call import EXCEPTION, FAILED, OK, Call, Command

_MATCH = "priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true"
_BLOCK = 64 * 1024
_BROWSER_WORDS = ("browser", "chrome")


async def pm(call: Call) -> int:
    what, *rest = call.args or ("",)
    handler = _HANDLERS.get(what)
    if handler is None:
        await call.complain(f"Unknown command: {what}" if what else "Package manager (package) commands:\n  help")
        return EXCEPTION
    try:
        return await handler(call, rest)
    except BadIntent as error:
        return await call.throw(what, str(error))


def apk_path(package: str, system: bool) -> str:
    if system:
        return f"/system/app/{package.rpartition('.')[2]}/{package.rpartition('.')[2]}.apk"
    token = hashlib.sha256(package.encode()).hexdigest()
    return f"/data/app/~~{token[:22]}==/{package}-{token[22:44]}==/base.apk"


async def _list(call: Call, args: list[str]) -> int:
    """`list packages [-3] [-s] [FILTER]`."""
    what, *rest = args or ("",)
    if what != "packages":
        await call.complain(f"Error: unknown list type '{what}'")
        return FAILED
    letters, words = split_options(rest)
    for package, system in call.phone.packages().items():
        if ("3" in letters and system) or ("s" in letters and not system):
            continue
        if all(word in package for word in words):
            await call.say(f"package:{package}")
    return OK


async def _path(call: Call, args: list[str]) -> int:
    packages = call.phone.packages()
    name = args[-1] if args else ""
    if name not in packages:
        return FAILED
    await call.say(f"package:{apk_path(name, packages[name])}")
    return OK


async def _resolve_activity(call: Call, args: list[str]) -> int:
    brief = "--brief" in args
    intent = parse_intent([arg for arg in args if arg != "--brief"])
    found = _matching(call, intent)
    if not found:
        await call.say("No activity found")
        return OK
    await call.say(_described(found[0], brief))
    return OK


async def _query_activities(call: Call, args: list[str]) -> int:
    intent = parse_intent([arg for arg in args if arg != "--brief"])
    found = _matching(call, intent)
    await call.say(f"{len(found)} activities found:" if found else "No activities found")
    for number, app in enumerate(found):
        text = _described(app, "--brief" in args).replace("\n", "\n    ")
        await call.say(f"  Activity #{number}:\n    {text}")
    return OK


def _matching(call: Call, intent: Intent) -> list[InstalledApp]:
    """By component, by package, or every launchable app."""
    apps = call.phone.apps()
    if intent.target:
        return [app for app in apps if app.component == intent.target]
    if intent.package:
        return [app for app in apps if app.component.package == intent.package]
    if intent.action == ACTION_VIEW and intent.data.startswith(("http:", "https:")):
        return [app for app in apps if any(word in app.component.package for word in _BROWSER_WORDS)]
    if CATEGORY_HOME in intent.categories:
        return [app for app in apps if _is_launcher(app)]
    if CATEGORY_LAUNCHER in intent.categories:
        return [app for app in apps if not _is_launcher(app)]
    return []


def _is_launcher(app: InstalledApp) -> bool:
    """The home screen itself is no app that it would show."""
    return "launcher" in app.component.package


def _described(app: InstalledApp, brief: bool) -> str:
    component = app.component
    if brief:
        return f"{_MATCH}\n{short_name(component)}"
    return (
        f"{_MATCH}\nActivityInfo:\n  name={component.activity}\n  packageName={component.package}\n"
        f"  labelRes=0x0 nonLocalizedLabel={app.label} icon=0x7f0d0000 banner=0x0\n"
        "  enabled=true exported=true directBootAware=false"
    )


async def _install(call: Call, args: list[str]) -> int:
    """A file of this phone, or the bytes that the host streams; declined, as by an owner who pressed Cancel."""
    data = await _package(call, args)
    if data is None or not _is_adb_keyboard(data):
        await call.say("Failure [INSTALL_FAILED_USER_RESTRICTED: Install canceled by user]")
        return FAILED
    call.phone.faults.set("missing_keyboard", False)
    await call.say("Success")
    return OK


async def _package(call: Call, args: list[str]) -> bytes | None:
    if "-S" in args[:-1] and args[args.index("-S") + 1].isdecimal():
        left, blocks = int(args[args.index("-S") + 1]), []
        while left > 0 and (block := await call.streams.stdin.read(min(left, _BLOCK))):
            left -= len(block)
            blocks.append(block)
        return b"".join(blocks)
    try:
        return call.phone.files.host(call.resolve(args[-1])).read_bytes() if args else None
    except OSError:
        return None


def _is_adb_keyboard(data: bytes) -> bool:
    """A package whose manifest names it; real ones are packed, in UTF-8 or UTF-16."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            manifest = package.read("AndroidManifest.xml")
    except (KeyError, zipfile.BadZipFile):
        return False
    name = ADB_KEYBOARD.partition("/")[0]
    return any(name.encode(encoding) in manifest for encoding in ("utf-8", "utf-16-le"))


_HANDLERS = {
    "install": _install,
    "install-create": _install,
    "list": _list,
    "path": _path,
    "query-activities": _query_activities,
    "resolve-activity": _resolve_activity,
}

COMMANDS: dict[str, Command] = {"pm": pm}
