"""The system around the apps: properties, processes, clock, log, power and radio switches.

Rule: what a stock user build would refuse the shell user is refused; what has no effect on a phone without the
hardware is accepted and has none.
"""

from __future__ import annotations

import time

from cs_agent.demo.phone.commands.folders import split_options
from cs_agent.demo.phone.shell.call import FAILED, OK, USAGE, Call, Command

_ROOT_PROCESSES = (("root", 1, 0, "init"), ("logd", 312, 1, "logd"), ("system", 1180, 712, "system_server"))
_SHELL_PROCESS = ("shell", 1402, 1, "adbd")
_SVC_SWITCHES = {
    "wifi": ("global", "wifi_on"),
    "data": ("global", "mobile_data"),
    "bluetooth": ("global", "bluetooth_on"),
}


async def getprop(call: Call) -> int:
    if call.args:
        fallback = call.args[1] if len(call.args) > 1 else ""
        await call.say(call.phone.properties.get(call.args[0], fallback))
        return OK
    for name, value in sorted(call.phone.properties.items()):
        await call.say(f"[{name}]: [{value}]")
    return OK


async def setprop(call: Call) -> int:
    """The shell user may set debug and log properties only."""
    if len(call.args) != 2:
        return await call.fail("usage: setprop NAME VALUE", USAGE)
    name, value = call.args
    if not name.startswith(("debug.", "log.", "persist.log.")):
        await call.complain(f"Failed to set property '{name}' to '{value}'.")
        return FAILED
    call.phone.properties[name] = value
    return OK


async def id_(call: Call) -> int:
    letters, _ = split_options(call.args)
    if "u" in letters:
        await call.say("shell" if "n" in letters else "2000")
        return OK
    await call.say(
        "uid=2000(shell) gid=2000(shell) groups=2000(shell),1004(input),1007(log),1011(adb),1015(sdcard_rw),"
        "1028(sdcard_r),3001(net_bt_admin),3002(net_bt),3003(inet),3006(net_bw_stats),3009(readproc),"
        "3011(uhid) context=u:r:shell:s0"
    )
    return OK


async def whoami(call: Call) -> int:
    await call.say("shell")
    return OK


async def date(call: Call) -> int:
    letters = [arg for arg in call.args if arg.startswith("-")]
    moment = time.gmtime() if "-u" in letters else time.localtime()
    wanted = next((arg[1:] for arg in call.args if arg.startswith("+")), "%a %b %e %H:%M:%S %Z %Y")
    wanted = wanted.replace("%N", f"{time.time_ns() % 1_000_000_000:09d}")
    await call.say(time.strftime(wanted, moment))
    return OK


async def uname(call: Call) -> int:
    letters, _ = split_options(call.args)
    facts = {
        "s": "Linux",
        "n": "localhost",
        "r": "5.15.104-android14-8-g8c1f2b3",
        "v": "#1 SMP PREEMPT Fri Apr 5 08:00:00 UTC 2024",
        "m": "aarch64",
    }
    wanted = "snrvm" if "a" in letters else letters or "s"
    shown = [facts[letter] for letter in "snrvm" if letter in wanted]
    await call.say(" ".join([*shown, "Toybox"] if "a" in letters else shown))
    return OK


async def uptime(call: Call) -> int:
    seconds = int(time.time() - call.phone.booted_at)
    now = time.strftime("%H:%M:%S")
    await call.say(f" {now} up {seconds // 60} min,  0 users,  load average: 0.42, 0.36, 0.30")
    return OK


async def ps(call: Call) -> int:
    await call.say("USER           PID  PPID     VSZ    RSS WCHAN            ADDR S NAME")
    shown = _processes(call) if {"-A", "-e", "-ef"} & set(call.args) else [("shell", call.shell.pid, 1402, "sh")]
    for user, pid, parent, name in shown:
        await call.say(f"{user:<12} {pid:>5} {parent:>5} {0:>7} {0:>6} {0:<10} {0:>10} S {name}")
    return OK


def _processes(call: Call) -> list[tuple[str, int, int, str]]:
    packages = dict.fromkeys(item.package for item in call.phone.screen.running())
    apps = [("u0_a" + str(100 + at), call.phone.process_id(name), 712, name) for at, name in enumerate(packages)]
    return [*_ROOT_PROCESSES, *apps, _SHELL_PROCESS, ("shell", call.shell.pid, 1402, "sh")]


async def pidof(call: Call) -> int:
    wanted = [str(pid) for _, pid, _, name in _processes(call) if name in call.args]
    if not wanted:
        return FAILED
    await call.say(" ".join(wanted))
    return OK


async def logcat(call: Call) -> int:
    """The log is empty. Without `-d` or `-c` it goes on until the host leaves."""
    letters, _ = split_options(call.args)
    if not set("dcgS") & set(letters):
        await call.say("--------- beginning of main")
        while await call.streams.stdin.read():
            pass
    return OK


async def svc(call: Call) -> int:
    what, *rest = call.args or ("",)
    action = rest[0] if rest else ""
    if what == "power":
        return await _svc_power(call, action, rest[1:])
    if what in _SVC_SWITCHES and action in ("enable", "disable"):
        namespace, key = _SVC_SWITCHES[what]
        call.phone.settings.put(namespace, key, str(int(action == "enable")))
    elif what not in (*_SVC_SWITCHES, "nfc", "usb"):
        await call.complain(
            "Available commands:\n    help\n    power\n    data\n    wifi\n    usb\n    nfc\n    bluetooth"
        )
    return OK


async def _svc_power(call: Call, action: str, rest: list[str]) -> int:
    if action == "stayon":
        wanted = {"true": "7", "usb": "2", "ac": "1", "wireless": "4"}.get(rest[0] if rest else "", "0")
        call.phone.settings.put("global", "stay_on_while_plugged_in", wanted)
    elif action in ("reboot", "shutdown"):
        return await reboot(call)
    return OK


async def reboot(call: Call) -> int:
    await call.phone.reboot()
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


async def service(call: Call) -> int:
    known = ("activity", "content", "display", "input", "input_method", "package", "power", "settings", "window")
    if call.args[:1] == ("check",) and len(call.args) > 1:
        found = "found" if call.args[1] in known else "not found"
        await call.say(f"Service {call.args[1]}: {found}")
        return OK
    await call.say(f"Found {len(known)} services:")
    for index, name in enumerate(known):
        await call.say(f"{index}\t{name}: [android.os.IBinder]")
    return OK


async def getenforce(call: Call) -> int:
    await call.say("Enforcing")
    return OK


async def nothing(call: Call) -> int:
    return OK


COMMANDS: dict[str, Command] = {
    "clear": nothing,
    "date": date,
    "getenforce": getenforce,
    "getprop": getprop,
    "id": id_,
    "ip": ip,
    "logcat": logcat,
    "pidof": pidof,
    "ps": ps,
    "reboot": reboot,
    "service": service,
    "setprop": setprop,
    "svc": svc,
    "sync": nothing,
    "uname": uname,
    "uptime": uptime,
    "whoami": whoami,
}
