"""What a command of the phone gets when it is run, and how commands are declared.

Rule: a command is a coroutine from a `Call` to an exit status; it writes only to the call's streams.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cs_agent.demo.phone.shell.streams import Streams, read_all

if TYPE_CHECKING:
    from cs_agent.demo.phone.device.phone import VirtualPhone
    from cs_agent.demo.phone.shell.interpreter import Shell

OK = 0
FAILED = 1
USAGE = 2
EXCEPTION = 255  # a Java command that threw


@dataclass(frozen=True, slots=True)
class Call:
    """One run of one command. `args` are without the command's own name."""

    name: str
    args: tuple[str, ...]
    streams: Streams
    shell: Shell

    @property
    def phone(self) -> VirtualPhone:
        return self.shell.phone

    async def say(self, text: str, end: str = "\n") -> None:
        await self.streams.out.write((text + end).encode(errors="surrogateescape"))

    async def complain(self, text: str, end: str = "\n") -> None:
        await self.streams.err.write((text + end).encode(errors="surrogateescape"))

    async def fail(self, text: str, status: int = FAILED) -> int:
        """Complain with the command's name in front; answers the status."""
        await self.complain(f"{self.name}: {text}")
        return status

    async def throw(self, what: str, error: str) -> int:
        """Print a Java exception as Android's shell commands do; `what` is the sub-command."""
        await self.complain(f"\nException occurred while executing '{what}':\n{error}")
        return EXCEPTION

    async def read_text(self) -> str:
        return (await read_all(self.streams.stdin)).decode(errors="surrogateescape")

    def resolve(self, path: str) -> str:
        """The absolute path on the phone, from the shell's folder."""
        return self.phone.files.resolve(path, self.shell.cwd)


Command = Callable[[Call], Awaitable[int]]
CommandTable = Mapping[str, Command]
