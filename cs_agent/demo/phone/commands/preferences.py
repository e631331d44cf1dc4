"""`settings`: reads and writes the phone's settings database.

Rule: what was never set reads `null`; a namespace or sub-command that does not exist is a usage error.
"""

from __future__ import annotations

from cs_agent.demo.phone.device.settings import NAMESPACES
from cs_agent.demo.phone.shell.call import EXCEPTION, OK, Call, Command

_COUNTS = {"get": 1, "put": 2, "delete": 1}


async def settings(call: Call) -> int:
    args = list(call.args)
    if "--user" in args[:-1]:
        at = args.index("--user")
        del args[at : at + 2]
    what, namespace, *rest = [*args, "", ""][: max(2, len(args))]
    if what not in _COUNTS:
        await call.complain(f"Unknown command: {what}" if what else "Settings provider (settings) commands:\n  help")
        return EXCEPTION
    if namespace not in NAMESPACES:
        await call.complain(f"Error: Invalid namespace '{namespace}'")
        return EXCEPTION
    if len(rest) < _COUNTS[what]:
        await call.complain("Bad arguments")
        return EXCEPTION
    status = await _act(call, what, namespace, rest)
    await call.phone.follow_keyboard()
    return status


async def _act(call: Call, what: str, namespace: str, rest: list[str]) -> int:
    store = call.phone.settings
    match what:
        case "get":
            value = store.get(namespace, rest[0])
            await call.say("null" if value is None else value)
        case "put":
            store.put(namespace, rest[0], rest[1])
        case "delete":
            await call.say(f"Deleted {store.delete(namespace, rest[0])} rows")
    return OK


COMMANDS: dict[str, Command] = {"settings": settings}
