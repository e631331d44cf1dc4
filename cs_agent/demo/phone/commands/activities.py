"""`am` and `monkey`: starting, stopping and messaging apps.

Rule: `am start` says on stdout what it starts and on stderr what went wrong, and exits 0 either way, as the
activity manager's shell does; a broadcast completes whether or not anybody received it.
"""

from __future__ import annotations

import time

from cs_agent.demo.phone.commands.input import broadcasts
from cs_agent.demo.phone.commands.intents import (
    ACTION_VIEW,
    CATEGORY_HOME,
    CATEGORY_LAUNCHER,
    FLAG_RECEIVER_FROM_SHELL,
    BadIntent,
    Intent,
    parse_intent,
    short_name,
)
from cs_agent.demo.phone.device.screen import Component
from cs_agent.demo.phone.shell.call import EXCEPTION, OK, Call, Command

MONKEY_ABORTED = 252
_WEB_SCHEMES = ("http:", "https:", "file:", "about:", "data:")
_TO_FRONT = "Warning: Activity not started, its current task has been brought to the front"
_DELIVERED = "Warning: Activity not started, intent has been delivered to currently running top-most instance."


async def am(call: Call) -> int:
    what, *rest = call.args or ("",)
    handler = _HANDLERS.get(what)
    if handler is None:
        await call.complain(f"Unknown command: {what}" if what else "Activity manager (activity) commands:\n  help")
        return EXCEPTION
    try:
        return await handler(call, rest)
    except BadIntent as error:
        return await call.throw(what, str(error))


# --- am start


async def _start(call: Call, args: list[str]) -> int:
    intent = parse_intent(args)
    await call.say(f"Starting: {intent}")
    error = _resolution_error(call, intent) or await _launch(call, intent)
    if error:
        await call.complain(error)
    return OK


def _resolution_error(call: Call, intent: Intent) -> str:
    """Why nothing can be started, in am's words; empty when something can."""
    target = intent.target
    if target and _installed(call, target) is None:
        return f"Error type 3\nError: Activity class {{{short_name(target)}}} does not exist."
    if target or _resolve(call, intent):
        return ""
    return f"Error: Activity not started, unable to resolve {intent}"


def _installed(call: Call, wanted: Component) -> Component | None:
    return next((app.component for app in call.phone.apps() if app.component == wanted), None)


def _resolve(call: Call, intent: Intent) -> Component | str | None:
    """What an intent without a component leads to: an app, or the word for a thing of the system."""
    if intent.action == ACTION_VIEW and intent.data.lower().startswith(_WEB_SCHEMES):
        return "browser"
    if CATEGORY_HOME in intent.categories:
        return "home"
    if intent.package and (not intent.categories or CATEGORY_LAUNCHER in intent.categories):
        return call.phone.main_activity(intent.package)
    return None


async def _launch(call: Call, intent: Intent) -> str:
    """The warning that it was running already, or nothing."""
    screen = call.phone.screen
    before = screen.foreground()
    target = intent.target or _resolve(call, intent)
    if intent.action == ACTION_VIEW and intent.data.lower().startswith(_WEB_SCHEMES):
        await screen.view_url(intent.data)
    elif not isinstance(target, Component):
        await call.phone.key("KEYCODE_HOME")
    elif await screen.start(target):
        return _DELIVERED if before == target else _TO_FRONT
    return ""


# --- the rest of am


async def _force_stop(call: Call, args: list[str]) -> int:
    packages = _without_user(args)
    if not packages:
        return await call.throw("force-stop", "java.lang.IllegalArgumentException: Argument required")
    await call.phone.screen.force_stop(packages[0])
    return OK


def _without_user(args: list[str]) -> list[str]:
    if "--user" in args[:-1]:
        at = args.index("--user")
        args = args[:at] + args[at + 2 :]
    return [arg for arg in args if not arg.startswith("-")]


async def _broadcast(call: Call, args: list[str]) -> int:
    intent = parse_intent(args)
    intent.flags |= FLAG_RECEIVER_FROM_SHELL
    await call.say(f"Broadcasting: {intent}")
    await broadcasts.deliver(call.phone, intent)
    await call.say("Broadcast completed: result=0")
    return OK


_HANDLERS = {
    "broadcast": _broadcast,
    "force-stop": _force_stop,
    "start": _start,
    "start-activity": _start,
}


# --- monkey


async def monkey(call: Call) -> int:
    """`monkey -p PACKAGE … COUNT`: launches the package, which is what everybody uses it for."""
    package = next((value for key, value in zip(call.args, call.args[1:], strict=False) if key == "-p"), "")
    await call.complain(_echoed(call.args))
    target = call.phone.main_activity(package)
    if target is None:
        await call.complain("** No activities found to run, monkey aborted.")
        return MONKEY_ABORTED
    begun = time.monotonic()
    await call.phone.screen.start(target)
    took = round((time.monotonic() - begun) * 1000)
    await call.say(
        f"Events injected: 1\n## Network stats: elapsed time={took}ms (0ms mobile, {took}ms wifi, 0ms not connected)"
    )
    return OK


def _echoed(args: tuple[str, ...]) -> str:
    lines = [f"  bash arg: {arg}" for arg in args]
    lines.append(f"args: [{', '.join(args)}]")
    lines += [f' arg: "{arg}"' for arg in args]
    return "\n".join(lines)


COMMANDS: dict[str, Command] = {"am": am, "monkey": monkey}
