"""`ime`: list, enable, disable, choose and reset input methods.

Rule: the words are InputMethodManagerService's; an unknown or disabled method changes nothing.
"""

from __future__ import annotations

from cs_agent.demo.phone.device.keyboards import InputMethod, UnknownInputMethod
from cs_agent.demo.phone.shell.call import EXCEPTION, OK, Call, Command

_FOR_USER = "for user #0"


async def ime(call: Call) -> int:
    what, *rest = call.args or ("",)
    if call.phone.faults.refused_ime:
        return await call.throw(
            what, "java.lang.SecurityException: uid 2000 does not have android.permission.WRITE_SECURE_SETTINGS"
        )
    if what not in _HANDLERS:
        await call.complain(f"Unknown command: {what}" if what else "ime <command>:")
        return EXCEPTION
    if "--user" in rest[:-1]:
        at = rest.index("--user")
        del rest[at : at + 2]
    status = await _HANDLERS[what](call, rest)
    await call.phone.follow_keyboard()
    return status


async def _list(call: Call, args: list[str]) -> int:
    """`-a` all instead of the enabled ones, `-s` ids only."""
    keyboards = call.phone.keyboards
    for method in keyboards.installed:
        if "-a" in args or method.id in keyboards.enabled:
            await call.say(method.id if "-s" in args else _described(method))
    return OK


def _described(method: InputMethod) -> str:
    package, _, name = method.id.partition("/")
    return (
        f"{method.id}:\n  mId={method.id} mSettingsActivityName=null mIsVrOnly=false "
        f"mSupportsSwitchingToNextInputMethod=true\n  mIsDefaultResId=0x0\n  Service:\n"
        f"    ServiceInfo:\n      name={package}{name}\n      packageName={package}\n"
        f"      labelRes=0x0 nonLocalizedLabel={method.label} icon=0x0 banner=0x0\n      enabled=true exported=true"
    )


async def _enable(call: Call, args: list[str]) -> int:
    return await _switch(call, args, "enabled")


async def _disable(call: Call, args: list[str]) -> int:
    return await _switch(call, args, "disabled")


async def _switch(call: Call, args: list[str], state: str) -> int:
    keyboards = call.phone.keyboards
    name = args[0] if args else ""
    try:
        already = keyboards.enable(name) if state == "enabled" else keyboards.disable(name)
        found = keyboards.find(name)
    except UnknownInputMethod:
        await call.complain(f"Unknown input method {name} cannot be {state} {_FOR_USER}")
        return OK
    await call.say(f"Input method {found}: {'already' if already else 'now'} {state} {_FOR_USER}")
    return OK


async def _set(call: Call, args: list[str]) -> int:
    name = args[0] if args else ""
    try:
        call.phone.keyboards.select(name)
    except UnknownInputMethod:
        await call.complain(f"Unknown input method {name} cannot be selected {_FOR_USER}")
        return OK
    await call.say(f"Input method {call.phone.keyboards.current} selected {_FOR_USER}")
    return OK


async def _reset(call: Call, args: list[str]) -> int:
    current, enabled = call.phone.keyboards.reset()
    listed = "".join(f"\n    {name}" for name in enabled)
    await call.say(f"Reset current and enabled IMEs {_FOR_USER}\n  Newly selected: {current}\n  Newly enabled:{listed}")
    return OK


_HANDLERS = {"disable": _disable, "enable": _enable, "list": _list, "reset": _reset, "set": _set}
COMMANDS: dict[str, Command] = {"ime": ime}
