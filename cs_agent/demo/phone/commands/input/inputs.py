"""`input`: taps, swipes, keys and text from the command line.

Rule: silent and 0 when the event was delivered, a Java exception and 255 for bad arguments, as InputShellCommand.
"""

from __future__ import annotations

from cs_agent.demo.phone.device.keycodes import key_name
from cs_agent.demo.phone.shell.call import EXCEPTION, OK, Call, Command

SWIPE_MS = 300  # the platform's default
_SOURCES = frozenset(
    {
        "dpad",
        "gamepad",
        "joystick",
        "keyboard",
        "mouse",
        "rotaryencoder",
        "stylus",
        "touchnavigation",
        "touchpad",
        "touchscreen",
        "trackball",
    }
)
_USAGE = """Usage: input [<source>] [-d DISPLAY_ID] <command> [<arg>...]

The commands and default sources are:
      text <string> (Default: keyboard)
      keyevent <key code number or name> ... (Default: keyboard)
      tap <x> <y> (Default: touchscreen)
      swipe <x1> <y1> <x2> <y2> [duration(ms)] (Default: touchscreen)"""


class BadArguments(ValueError):
    """Arguments that the sub-command cannot take."""


async def input_(call: Call) -> int:
    args = list(call.args)
    if args and args[0] in _SOURCES:
        args.pop(0)
    if args[:1] == ["-d"]:
        del args[:2]
    if not args:
        await call.complain(_USAGE)
        return EXCEPTION
    name, *rest = args
    handler = _HANDLERS.get(name)
    if handler is None:
        await call.complain(f"Error: Unknown command: {name}\n{_USAGE}")
        return EXCEPTION
    try:
        return await handler(call, rest)
    except BadArguments:
        return await call.throw(
            name, f"java.lang.IllegalArgumentException: Error: Invalid arguments for command: {name}"
        )
    except ValueError as error:
        return await call.throw(name, f'java.lang.NumberFormatException: For input string: "{error}"')


async def _tap(call: Call, args: list[str]) -> int:
    x, y = _numbers(args, 2)
    await call.phone.tap(x, y)
    return OK


async def _swipe(call: Call, args: list[str]) -> int:
    x1, y1, x2, y2 = _numbers(args[:4], 4)
    await call.phone.swipe(x1, y1, x2, y2, _duration(args[4:]))
    return OK


async def _text(call: Call, args: list[str]) -> int:
    if not args:
        raise BadArguments
    text = args[0]
    if not text.isascii():
        return await call.throw("text", "java.lang.NullPointerException: Attempt to get length of null array")
    await call.phone.type_text(_spaced(text))
    return OK


def _spaced(text: str) -> str:
    return text.replace("%s", " ")


async def _keyevent(call: Call, args: list[str]) -> int:
    if not args:
        raise BadArguments
    for written in args:
        name = key_name(written)
        if name is None:
            raise ValueError(written)
        await call.phone.key(name)
    return OK


def _numbers(args: list[str], count: int) -> tuple[int, ...]:
    if len(args) != count:
        raise BadArguments
    return tuple(_number(arg) for arg in args)


def _number(text: str) -> int:
    try:
        return round(float(text))
    except (ValueError, OverflowError):
        raise ValueError(text) from None


def _duration(args: list[str]) -> int:
    if len(args) > 1:
        raise BadArguments
    if not args:
        return SWIPE_MS
    if not args[0].lstrip("-").isdecimal():
        raise ValueError(args[0])
    given = int(args[0])
    return given if given >= 0 else SWIPE_MS


_HANDLERS = {
    "keyevent": _keyevent,
    "swipe": _swipe,
    "tap": _tap,
    "text": _text,
}
COMMANDS: dict[str, Command] = {"input": input_}
