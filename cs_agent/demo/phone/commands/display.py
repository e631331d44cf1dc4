"""What the display shows and how big it is: screencap and wm.

Rule: a capture that fails says so on stderr and with its status; it never delivers a picture that was not there.
"""

from __future__ import annotations

import asyncio
import struct

from cs_agent.demo.phone.device.phone import SECOND_DISPLAY_ID, CaptureFailed
from cs_agent.demo.phone.device.screen import ScreenGone
from cs_agent.demo.phone.shell.call import EXCEPTION, FAILED, OK, Call, Command

RAW_HEADER = struct.Struct("<4I")
_RGBA_8888 = 1
_SRGB = 1
_BAD_VALUE = -22
_NO_SCREEN = -1
_USAGE = "usage: screencap [-hp] [-d display-id] [FILENAME]"
_TWO_DISPLAYS = """[Warning] Multiple displays were found, but no display id was specified! Defaulting to the first \
display found, however this default is not guaranteed to be consistent across captures.
A display id should be specified.
A display ID can be specified with the [-d display-id] option.
See "dumpsys SurfaceFlinger --display-id" for valid display IDs."""


async def screencap(call: Call) -> int:
    args = list(call.args)
    if "-h" in args:
        await call.complain(_USAGE)
        return FAILED
    display = args.pop(args.index("-d") + 1) if "-d" in args[:-1] else None
    paths = [arg for arg in args if not arg.startswith("-")]
    if any(arg not in ("-p", "-d", "-a") for arg in args if arg.startswith("-")) or len(paths) > 1:
        await call.complain(_USAGE)
        return FAILED
    if display is not None and display not in _display_ids(call):  # of another phone, or of a panel that is off
        return await _failed(call, _BAD_VALUE)
    if display is None and (call.phone.faults.two_displays or call.phone.faults.folded):
        await call.complain(_TWO_DISPLAYS)
    path = paths[0] if paths else ""
    return await _capture(call, path, "-p" in args or path.endswith(".png"))


async def _capture(call: Call, path: str, png: bool) -> int:
    try:
        parts = await _picture(call, png)
    except (ScreenGone, CaptureFailed):
        return await _failed(call, _NO_SCREEN)
    if not path:
        for part in parts:
            await call.streams.out.write(part)
        return OK
    try:
        with call.phone.files.host_for_writing(call.resolve(path)).open("wb") as file:
            file.writelines(parts)
    except OSError as error:
        await call.complain(f"Error opening file: {path} ({error.strerror})")
        return FAILED
    return OK


async def _picture(call: Call, png: bool) -> list[bytes | memoryview]:
    await asyncio.sleep(call.phone.faults.slow_screenshot_s)
    if png:
        return [await call.phone.capture_png()]
    capture = await call.phone.capture_rgba()
    return [RAW_HEADER.pack(capture.width, capture.height, _RGBA_8888, _SRGB), capture.rgba]


async def _failed(call: Call, status: int) -> int:
    await call.complain(f"Failed to take screenshot. Status: {status}\nCapturing failed.")
    return FAILED


def _display_ids(call: Call) -> tuple[str, ...]:
    """The number of the logical display is taken as well, as older releases do."""
    second = (str(SECOND_DISPLAY_ID),) if call.phone.faults.two_displays else ()
    return ("0", str(call.phone.display_id), *second)


async def wm(call: Call) -> int:
    what, *rest = call.args or ("",)
    match what:
        case "size":
            return await _size(call, rest)
        case "dismiss-keyguard":
            call.phone.awake = True
            return OK
    await call.complain(f"Unknown command: {what}")
    return EXCEPTION


async def _size(call: Call, rest: list[str]) -> int:
    """Some makers let nobody override the panel; this phone is one of theirs."""
    if rest:
        return await call.throw("size", "java.lang.SecurityException: the display of this device cannot be overridden")
    width, height = call.phone.panel
    await call.say(f"Physical size: {width}x{height}")
    return OK


COMMANDS: dict[str, Command] = {"screencap": screencap, "wm": wm}
