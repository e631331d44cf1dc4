"""`am` and `monkey`: starting, stopping and messaging apps.

Rule: `am start` says on stdout what it starts and on stderr what went wrong, and exits 0 either way, as the
activity manager's shell does; a broadcast completes whether or not anybody received it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from cs_agent.demo.phone.commands import broadcasts
from cs_agent.demo.phone.commands.intents import (
    ACTION_VIEW,
    CATEGORY_HOME,
    CATEGORY_LAUNCHER,
    FLAG_NEW_TASK,
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


@dataclass(frozen=True, slots=True)
class _Started:
    component: Component
    was_running: bool
    was_in_front: bool
    took_ms: int


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
    target = intent.target
    waits = "-W" in intent.options
    if "-S" in intent.options and target:
        await call.say(f"Stopping: {target.package}")
        await call.phone.screen.force_stop(target.package)
    await call.say(f"Starting: {intent}")
    intent.flags |= FLAG_NEW_TASK
    error = _resolution_error(call, intent)
    if error:
        await _tell(call, error, waits)
        return OK
    started = await _launch(call, intent)
    if started.was_running:
        await _tell(call, _DELIVERED if started.was_in_front else _TO_FRONT, waits)
    if waits:
        await call.say(_waited(started))
    return OK


async def _tell(call: Call, text: str, waits: bool) -> None:
    """Warnings go where `-W` results go when there are any."""
    await (call.say(text) if waits else call.complain(text))


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


async def _launch(call: Call, intent: Intent) -> _Started:
    screen, begun = call.phone.screen, time.monotonic()
    before, running = screen.foreground(), screen.running()
    target = intent.target or _resolve(call, intent)
    views_page = intent.action == ACTION_VIEW and intent.data.lower().startswith(_WEB_SCHEMES)
    was_running = False
    if views_page:
        component = await screen.view_url(intent.data)
    elif isinstance(target, Component):
        component, was_running = target, await screen.start(target)
    else:
        await call.phone.key("KEYCODE_HOME")
        component = screen.foreground()
        was_running = component in running
    took = round((time.monotonic() - begun) * 1000)
    return _Started(component, was_running and not views_page, before == component, took)


def _waited(started: _Started) -> str:
    state = "HOT" if started.was_in_front else "WARM" if started.was_running else "COLD"
    return (
        f"Status: ok\nLaunchState: {state}\nActivity: {short_name(started.component)}\n"
        f"TotalTime: {started.took_ms}\nWaitTime: {started.took_ms + 3}\nComplete"
    )


# --- the rest of am


async def _force_stop(call: Call, args: list[str]) -> int:
    packages = _without_user(args)
    if not packages:
        return await call.throw("force-stop", "java.lang.IllegalArgumentException: Argument required")
    await call.phone.screen.force_stop(packages[0])
    return OK


async def _kill(call: Call, args: list[str]) -> int:
    """Ends an app that is in the background; the one in front stays."""
    front = call.phone.screen.foreground().package
    for package in _without_user(args):
        if package != front:
            await call.phone.screen.force_stop(package)
    return OK


async def _kill_all(call: Call, args: list[str]) -> int:
    front = call.phone.screen.foreground().package
    for package in {item.package for item in call.phone.screen.running()} - {front}:
        await call.phone.screen.force_stop(package)
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


async def _start_service(call: Call, args: list[str]) -> int:
    intent = parse_intent(args)
    await call.say(f"Starting service: {intent}")
    await call.complain("Error: Not found; no service started.")
    return OK


async def _current_user(call: Call, args: list[str]) -> int:
    await call.say("0")
    return OK


async def _stack(call: Call, args: list[str]) -> int:
    if args[:1] != ["list"]:
        return OK
    width, height = call.phone.screen.width, call.phone.screen.height
    for number, component in enumerate(call.phone.screen.running()):
        await call.say(
            f"RootTask id={number + 1} bounds=[0,0][{width},{height}] displayId=0 userId=0\n"
            f"  taskId={number + 40}: {short_name(component)} bounds=[0,0][{width},{height}] userId=0 "
            f"visible={str(number == 0).lower()}\n"
        )
    return OK


_HANDLERS = {
    "broadcast": _broadcast,
    "force-stop": _force_stop,
    "get-current-user": _current_user,
    "kill": _kill,
    "kill-all": _kill_all,
    "stack": _stack,
    "start": _start,
    "start-activity": _start,
    "start-service": _start_service,
    "startservice": _start_service,
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
