"""`pm` and `cmd package`: what is installed, and which activity an intent leads to.

Rule: packages come from the screen's apps and the phone's own services; nothing can be installed or removed, and
the phone says so in the package manager's words.
"""

from __future__ import annotations

import hashlib

from cs_agent.demo.phone.commands.folders import split_options
from cs_agent.demo.phone.commands.intents import (
    ACTION_VIEW,
    CATEGORY_HOME,
    CATEGORY_LAUNCHER,
    BadIntent,
    Intent,
    parse_intent,
    short_name,
)
from cs_agent.demo.phone.device.screen import InstalledApp
from cs_agent.demo.phone.shell.call import EXCEPTION, FAILED, OK, Call, Command

VERSION_NAME = "1.0"
VERSION_CODE = 1
FIRST_APP_ID = 10100
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


def user_id(call: Call, package: str) -> int:
    packages = call.phone.packages()
    return 1000 if packages.get(package) else FIRST_APP_ID + sorted(packages).index(package)


async def _list(call: Call, args: list[str]) -> int:
    what, *rest = args or ("",)
    match what:
        case "packages":
            return await _list_packages(call, rest)
        case "users":
            await call.say("Users:\n\tUserInfo{0:Owner:4c13} running")
        case "features":
            await call.say("feature:android.hardware.touchscreen\nfeature:android.hardware.wifi")
        case "instrumentation" | "libraries" | "permission-groups" | "permissions":
            pass
        case _:
            await call.complain(f"Error: unknown list type '{what}'")
            return FAILED
    return OK


async def _list_packages(call: Call, args: list[str]) -> int:
    letters, words = split_options(args)
    for package, system in call.phone.packages().items():
        if ("3" in letters and system) or ("s" in letters and not system) or "d" in letters:
            continue
        if any(word not in package for word in words if not word.isdecimal()):
            continue
        path = f"{apk_path(package, system)}=" if "f" in letters else ""
        number = f" uid:{user_id(call, package)}" if "U" in letters else ""
        await call.say(f"package:{path}{package}{number}")
    return OK


async def _path(call: Call, args: list[str]) -> int:
    packages = call.phone.packages()
    name = args[-1] if args else ""
    if name not in packages:
        return FAILED
    await call.say(f"package:{apk_path(name, packages[name])}")
    return OK


async def _resolve_activity(call: Call, args: list[str]) -> int:
    brief = "--brief" in args or "--components" in args
    intent = parse_intent([arg for arg in args if arg not in ("--brief", "--components")])
    found = _matching(call, intent)
    if not found:
        await call.say("No activity found")
        return OK
    await call.say(_described(found[0], brief, "--components" in args))
    return OK


async def _query_activities(call: Call, args: list[str]) -> int:
    intent = parse_intent([arg for arg in args if arg not in ("--brief", "--components")])
    found = _matching(call, intent)
    if "--components" in args:
        await call.say("".join(f"{short_name(app.component)}\n" for app in found), end="")
        return OK
    await call.say(f"{len(found)} activities found:" if found else "No activities found")
    for number, app in enumerate(found):
        text = _described(app, "--brief" in args, False).replace("\n", "\n    ")
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


def _described(app: InstalledApp, brief: bool, component_only: bool) -> str:
    component = app.component
    if component_only:
        return short_name(component)
    if brief:
        return f"{_MATCH}\n{short_name(component)}"
    return (
        f"{_MATCH}\nActivityInfo:\n  name={component.activity}\n  packageName={component.package}\n"
        f"  labelRes=0x0 nonLocalizedLabel={app.label} icon=0x7f0d0000 banner=0x0\n"
        "  enabled=true exported=true directBootAware=false"
    )


async def _install(call: Call, args: list[str]) -> int:
    """Takes the bytes that the host streams, and declines, as a phone whose owner pressed Cancel."""
    if "-S" in args[:-1] and args[args.index("-S") + 1].isdecimal():
        left = int(args[args.index("-S") + 1])
        while left > 0 and (block := await call.streams.stdin.read(min(left, _BLOCK))):
            left -= len(block)
    await call.say("Failure [INSTALL_FAILED_USER_RESTRICTED: Install canceled by user]")
    return FAILED


async def _uninstall(call: Call, args: list[str]) -> int:
    known = bool(args) and args[-1] in call.phone.packages()
    reason = "DELETE_FAILED_USER_RESTRICTED" if known else "DELETE_FAILED_INTERNAL_ERROR"
    await call.say(f"Failure [{reason}]")
    return FAILED


async def _clear(call: Call, args: list[str]) -> int:
    if not args or args[-1] not in call.phone.packages():
        await call.say("Failed")
        return FAILED
    await call.phone.screen.force_stop(args[-1])
    await call.say("Success")
    return OK


async def _accept(call: Call, args: list[str]) -> int:
    """Permissions: every app has all it asks for."""
    return OK


async def _max_users(call: Call, args: list[str]) -> int:
    await call.say("Maximum supported users: 1")
    return OK


_HANDLERS = {
    "clear": _clear,
    "get-max-users": _max_users,
    "grant": _accept,
    "install": _install,
    "install-create": _install,
    "list": _list,
    "path": _path,
    "query-activities": _query_activities,
    "resolve-activity": _resolve_activity,
    "revoke": _accept,
    "uninstall": _uninstall,
}

COMMANDS: dict[str, Command] = {"pm": pm}
