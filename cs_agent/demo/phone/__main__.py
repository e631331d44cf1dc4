"""Runs virtual phones: `python -m cs_agent.demo.phone --port 5600 --count 2`.

Rule: one line on stdout for every phone once it can be used, nothing else; SIGTERM and SIGINT end everything that
was started, the browser included.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cs_agent.demo.phone.device.faults import Faults, UnknownFault
from cs_agent.demo.phone.household import Household
from cs_agent.demo.phone.options import Options, ScreenKind, StartFailed


def parse_options(argv: Sequence[str]) -> Options:
    """SystemExit with a message for anything that cannot be meant."""
    parser = argparse.ArgumentParser(prog="python -m cs_agent.demo.phone", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=_port, default=5600, help="ADB port of the first phone (%(default)s)")
    parser.add_argument("--count", type=_positive, default=1, help="how many phones, on consecutive ports")
    parser.add_argument("--width", type=_positive, default=1080, help="of the panel, in pixels (%(default)s)")
    parser.add_argument("--height", type=_positive, default=2400, help="of the panel, in pixels (%(default)s)")
    parser.add_argument("--density", type=_positive, default=420, help="dots per inch (%(default)s)")
    parser.add_argument("--backoffice-port", type=_port, default=8700, help="of the practice apps; 0: any free one")
    parser.add_argument("--latency-ms", type=_latency, metavar="N[-M]", help="of the practice apps' pages")
    parser.add_argument(
        "--time-zone", type=_zone, default="", metavar="NAME", help="such as Asia/Shanghai; the machine's"
    )
    parser.add_argument("--chaos", type=_chaos, default="", metavar="NAME[=VALUE],…", help=_fault_help())
    parser.add_argument(
        "--screen",
        type=ScreenKind,
        choices=list(ScreenKind),
        default=ScreenKind.BROWSER,
        help="fake: no browser and no practice apps, to try the ADB side alone",
    )
    parser.add_argument("--verbose", action="store_true", help="log what happens to stderr")
    given = vars(parser.parse_args(argv))
    if given["port"] + given["count"] > 65536:
        parser.error("not enough ports above --port for --count phones")
    return Options(**given)


def main(argv: Sequence[str] | None = None) -> int:
    options = parse_options(sys.argv[1:] if argv is None else argv)
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING, stream=sys.stderr)
    _keep_zone(options.time_zone)
    try:
        asyncio.run(_run(options))
    except StartFailed as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _keep_zone(name: str) -> None:
    """This process's clock is its phones' clock."""
    if name:
        os.environ["TZ"] = name
        time.tzset()


async def _run(options: Options) -> None:
    """Until a signal comes, also while starting."""
    life = asyncio.create_task(_live(options))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, life.cancel)
    await asyncio.wait([life])
    if not life.cancelled():
        life.result()


async def _live(options: Options) -> None:
    async with Household(options) as household:
        for line in household.ready_lines():
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port < 65536:
        raise argparse.ArgumentTypeError(f"{text} is no port")
    return port


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return number


def _latency(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    low, high = int(first), int(last or first)
    if not 0 <= low <= high:
        raise argparse.ArgumentTypeError(f"{text} is no range")
    return low, high


def _zone(text: str) -> str:
    try:
        ZoneInfo(text or "UTC")
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise argparse.ArgumentTypeError(f"{text} is no time zone") from None
    return text


def _chaos(text: str) -> str:
    try:
        Faults.from_chaos(text)
    except UnknownFault as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _fault_help() -> str:
    return f"faults from the start: {', '.join(Faults.names())}"


if __name__ == "__main__":
    sys.exit(main())
