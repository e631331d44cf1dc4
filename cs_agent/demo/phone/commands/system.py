"""The system around the apps: properties, clock, network.

Rule: what a stock user build would refuse the shell user is refused.
"""

from __future__ import annotations

import time

from cs_agent.demo.phone.shell.call import FAILED, OK, USAGE, Call, Command


async def getprop(call: Call) -> int:
    if call.args:
        fallback = call.args[1] if len(call.args) > 1 else ""
        await call.say(call.phone.properties.get(call.args[0], fallback))
        return OK
    for name, value in sorted(call.phone.properties.items()):
        await call.say(f"[{name}]: [{value}]")
    return OK


async def date(call: Call) -> int:
    moment = time.gmtime() if "-u" in call.args else time.localtime()
    wanted = next((arg[1:] for arg in call.args if arg.startswith("+")), "%a %b %e %H:%M:%S %Z %Y")
    await call.say(time.strftime(wanted, moment))
    return OK


async def ip(call: Call) -> int:
    """The phone hangs on its cable: no interface but the loopback, no route."""
    if "route" in call.args:
        await call.complain("RTNETLINK answers: Network is unreachable")
        return USAGE
    named = next((after for word, after in zip(call.args, call.args[1:], strict=False) if word in ("dev", "show")), "")
    if named not in ("", "lo", "dev"):
        await call.complain(f'Device "{call.args[-1]}" does not exist.')
        return FAILED
    await call.say("1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n    inet 127.0.0.1/8 scope host lo")
    return OK


COMMANDS: dict[str, Command] = {"date": date, "getprop": getprop, "ip": ip}
