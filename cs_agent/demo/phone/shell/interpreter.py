"""Runs parsed command lines: lists, pipelines, redirections, background commands, and finds the programs.

Rule: exit statuses, the wording of errors and the stream they go to are those of Android's mksh. Nothing here knows
what the single commands do.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import IO

from cs_agent.demo.phone.device.files import PhoneFiles
from cs_agent.demo.phone.device.phone import VirtualPhone
from cs_agent.demo.phone.device.screen import ScreenGone
from cs_agent.demo.phone.shell.call import Call, Command, CommandTable
from cs_agent.demo.phone.shell.streams import BrokenPipe, FileEnd, NoInput, NullSink, Pipe, Sink, Streams
from cs_agent.demo.phone.shell.syntax import (
    AndOr,
    Pipeline,
    Redirect,
    Script,
    ShellSyntaxError,
    Simple,
    Word,
    parse,
)

NOT_FOUND = 127
SERVICE_GONE = 20
SIGPIPE_STATUS = 141
MAX_CALLS = 40  # shells that run shells within each other
_BIN_FOLDERS = ("/system/bin/", "/system/xbin/", "/vendor/bin/", "/bin/")
_FIRST_PID = 4211

_pids = itertools.count(_FIRST_PID)


class ExitShell(Exception):
    """`exit`: ends the shell with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class RedirectError(Exception):
    """A file of a redirection cannot be opened; the text is the shell's."""


class Shell:
    """One shell process: its folder and background commands."""

    def __init__(self, phone: VirtualPhone, commands: CommandTable, depth: int = 0) -> None:
        self.phone = phone
        self.commands = commands
        self.depth = depth
        self.cwd = "/"
        self.status = 0
        self.pid = next(_pids)
        self._jobs: list[asyncio.Task[int]] = []

    @property
    def files(self) -> PhoneFiles:
        return self.phone.files

    def child(self) -> Shell:
        """A subshell: starts in this one's folder."""
        child = Shell(self.phone, self.commands, self.depth + 1)
        child.cwd, child.status = self.cwd, self.status
        return child

    # --- running

    async def run_text(self, text: str, streams: Streams) -> int:
        """Parse and run a whole command line, wait for what runs in the background, answer its exit status."""
        async with self._jobs_ended():
            try:
                self.status = await self.run_part(text, streams)
            except ExitShell as leaving:
                self.status = leaving.status
        return self.status

    async def run_part(self, text: str, streams: Streams) -> int:
        """As `run_text` for a line of a session: `exit` raises, background commands go on."""
        if self.depth > MAX_CALLS:
            return await _complain(streams, "too many nested scripts", 1)
        try:
            return await self._script(parse(text), streams)
        except ShellSyntaxError as error:
            return await _complain(streams, str(error), 1)

    async def _script(self, script: Script, streams: Streams) -> int:
        for item in script:
            if item.background:
                job = self.child()._in_background(item, Streams(NoInput(), streams.out, streams.err))
                self._jobs.append(asyncio.create_task(job))
                self.status = 0
            else:
                self.status = await self._and_or(item, streams)
        return self.status

    async def _in_background(self, item: AndOr, streams: Streams) -> int:
        try:
            return await self._and_or(item, streams)
        except ExitShell as leaving:
            return leaving.status

    async def _and_or(self, item: AndOr, streams: Streams) -> int:
        self.status = await self._pipeline(item.first, streams)
        for op, pipeline in item.rest:
            if (self.status == 0) == (op == "&&"):
                self.status = await self._pipeline(pipeline, streams)
        return self.status

    async def _pipeline(self, pipeline: Pipeline, streams: Streams) -> int:
        if len(pipeline) == 1:
            return await self._command(pipeline[0], streams)
        pipes = [Pipe() for _ in pipeline[1:]]
        ends = zip([None, *pipes], [*pipes, None], strict=True)
        stages = [self._stage(command, streams, *pair) for command, pair in zip(pipeline, ends, strict=True)]
        return (await _all(stages))[-1]

    async def _stage(self, command: Simple, streams: Streams, before: Pipe | None, after: Pipe | None) -> int:
        own = Streams(before or streams.stdin, after or streams.out, streams.err)
        try:
            return await self.child()._command(command, own)
        except ExitShell as leaving:
            return leaving.status
        except BrokenPipe:
            return SIGPIPE_STATUS
        finally:
            if after:
                await after.close_writer()
            if before:
                await before.close_reader()

    async def _command(self, command: Simple, streams: Streams) -> int:
        async with AsyncExitStack() as opened:
            try:
                streams = self._redirected(command.redirects, streams, opened)
            except RedirectError as error:
                return await _complain(streams, str(error), 1)
            argv = [field for word in command.words for field in self._fields(word)]
            return await self.execute(argv, streams) if argv else 0

    async def execute(self, argv: list[str], streams: Streams) -> int:
        """Run one command by name; 127 and the shell's own words when there is none."""
        command = self.find(argv[0])
        if command is None:
            return await _complain(streams, f"{argv[0]}: inaccessible or not found", NOT_FOUND)
        call = Call(argv[0].rpartition("/")[2], tuple(argv[1:]), streams, self)
        try:
            return await command(call)
        except ScreenGone:
            await call.complain(f"cmd: Can't find service: {call.name}")
            return SERVICE_GONE
        except OSError as error:
            if isinstance(error, ConnectionError):
                raise
            return await call.fail(f"{error.filename or ''}: {error.strerror}")

    def find(self, name: str) -> Command | None:
        for folder in _BIN_FOLDERS:
            if name.startswith(folder):
                return self.commands.get(name[len(folder) :])
        return self.commands.get(name)

    # --- words

    def _fields(self, word: Word) -> list[str]:
        """A variable outside quotes is split at blanks; an empty word is one only where something was quoted."""
        fields, text, present = [], "", False
        for part in word:
            value = self._lookup(part.text) if part.variable else part.text
            if part.variable and not part.quoted:
                first, *rest = value.split() or [""]
                text += first
                for piece in rest:
                    fields.append(text)
                    text = piece
            else:
                text += value
            present = present or part.quoted or bool(text)
        return [*fields, text] if present or text else fields

    def _lookup(self, name: str) -> str:
        known = {"?": str(self.status), "$": str(self.pid), "PWD": self.cwd, "EXTERNAL_STORAGE": "/sdcard"}
        return known.get(name, "")

    # --- redirections

    def _redirected(self, redirects: tuple[Redirect, ...], streams: Streams, opened: AsyncExitStack) -> Streams:
        for redirect in redirects:
            target = "".join(self._fields(redirect.target))
            if redirect.op == ">&":
                streams = streams.with_output(redirect.descriptor, _duplicate(streams, target))
            elif redirect.op == "<":
                source = FileEnd(self._open_input(target))
                opened.callback(source.close)
                streams = Streams(source, streams.out, streams.err)
            else:
                sink = self._open_output(target, redirect.op == ">>", opened)
                streams = streams.with_output(redirect.descriptor, sink)
        return streams

    def _open_input(self, path: str) -> IO[bytes]:
        try:
            return self.files.host(self.files.resolve(path, self.cwd)).open("rb")
        except OSError as error:
            raise RedirectError(f"can't open {path}: {error.strerror}") from error

    def _open_output(self, path: str, append: bool, opened: AsyncExitStack) -> Sink:
        resolved = self.files.resolve(path, self.cwd)
        if resolved == "/dev/null":
            return NullSink()
        try:
            end = FileEnd(self.files.host_for_writing(resolved).open("ab" if append else "wb"))
        except OSError as error:
            raise RedirectError(f"can't create {path}: {error.strerror}") from error
        opened.callback(end.close)
        return end

    # --- background commands

    async def wait_jobs(self) -> None:
        """Until everything that was started in the background has ended."""
        while self._jobs:
            await asyncio.wait([self._jobs.pop()])

    @asynccontextmanager
    async def _jobs_ended(self) -> AsyncIterator[None]:
        """A shell ends when its last job has, since the job holds its output; cut off, it takes them along."""
        jobs = self._jobs
        try:
            yield
            await _all(jobs)
        finally:
            for job in jobs:
                job.cancel()


def _duplicate(streams: Streams, target: str) -> Sink:
    ends: dict[str, Sink] = {"1": streams.out, "2": streams.err, "-": NullSink()}
    if target not in ends:
        raise RedirectError(f"{target}: bad file descriptor")
    return ends[target]


async def _complain(streams: Streams, text: str, status: int) -> int:
    await streams.err.write(f"sh: {text}\n".encode(errors="surrogateescape"))
    return status


async def _all(stages: Sequence[Awaitable[int]]) -> list[int]:
    """Run them together; when one breaks, or all are cancelled, none is left behind."""
    tasks = [asyncio.ensure_future(stage) for stage in stages]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
