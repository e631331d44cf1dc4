"""Runs parsed scripts: lists, pipelines, redirections, loops, background jobs, and finds commands.

Rule: the shell behaves as Android's mksh in what people and adb clients can see: exit statuses, the wording of
errors, which stream they go to. Nothing here knows what the single commands do.
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
from cs_agent.demo.phone.shell import words
from cs_agent.demo.phone.shell.call import Call, Command, CommandTable
from cs_agent.demo.phone.shell.parser import parse
from cs_agent.demo.phone.shell.streams import (
    BrokenPipe,
    Collector,
    FileEnd,
    NoInput,
    NullSink,
    Pipe,
    Sink,
    Streams,
)
from cs_agent.demo.phone.shell.syntax import (
    AndOr,
    For,
    Group,
    If,
    Pipeline,
    Redirect,
    Script,
    ShellSyntaxError,
    Simple,
    While,
)
from cs_agent.demo.phone.shell.syntax import Command as Node

NOT_EXECUTABLE = 126
NOT_FOUND = 127
SERVICE_GONE = 20  # what `cmd` answers when the service it needs is not there
SIGPIPE_STATUS = 141
SIGTERM_STATUS = 143
MAX_CALLS = 40  # scripts that run scripts within each other
_BIN_FOLDERS = ("/system/bin/", "/system/xbin/", "/vendor/bin/", "/bin/")
_FIRST_PID = 4211

_pids = itertools.count(_FIRST_PID)


class ExitShell(Exception):
    """`exit`: ends the shell with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class LoopJump(Exception):
    """`break` or `continue`, out of that many loops."""

    def __init__(self, levels: int, again: bool) -> None:
        super().__init__(levels)
        self.levels = levels
        self.again = again


class RedirectError(Exception):
    """A file of a redirection cannot be opened; the text is the shell's."""


class Shell:
    """One shell process: its variables, folder, arguments and jobs."""

    def __init__(
        self,
        phone: VirtualPhone,
        commands: CommandTable,
        name: str = "sh",
        args: list[str] | None = None,
        depth: int = 0,
    ) -> None:
        self.phone = phone
        self.commands = commands
        self.name = name
        self.args = args or []
        self.depth = depth
        self.cwd = "/"
        self.status = 0
        self.pid = next(_pids)
        self.last_job = 0
        self.jobs: dict[int, asyncio.Task[int]] = {}
        self.variables = dict(phone.environment)

    @property
    def files(self) -> PhoneFiles:
        return self.phone.files

    def child(self, name: str | None = None, args: list[str] | None = None) -> Shell:
        """A subshell, or the shell of a script: starts with this one's variables and folder."""
        child = Shell(self.phone, self.commands, name or self.name, self.args if args is None else args, self.depth + 1)
        child.cwd, child.status = self.cwd, self.status
        child.variables = dict(self.variables)
        return child

    # --- running

    async def run_text(self, text: str, streams: Streams) -> int:
        """Parse and run a whole script, wait for its background jobs, answer its exit status."""
        async with self._jobs_ended():
            try:
                self.status = await self.run_part(text, streams)
            except ExitShell as leaving:
                self.status = leaving.status
            except LoopJump:
                pass
        return self.status

    async def run_part(self, text: str, streams: Streams) -> int:
        """As `run_text` for a line of a session: `exit` raises, jobs go on."""
        if self.depth > MAX_CALLS:
            return await self._complain(streams, "too many nested scripts", 1)
        try:
            return await self.run(parse(text), streams)
        except ShellSyntaxError as error:
            return await self._complain(streams, str(error), 1)
        except RecursionError:
            return await self._complain(streams, "too many nested commands", 1)

    async def run(self, script: Script, streams: Streams) -> int:
        for item in script.items:
            if item.background:
                self._start_job(item, streams)
                self.status = 0
            else:
                self.status = await self._and_or(item, streams)
        return self.status

    async def _and_or(self, item: AndOr, streams: Streams) -> int:
        self.status = await self._pipeline(item.first, streams)
        for op, pipeline in item.rest:
            if (self.status == 0) == (op == "&&"):
                self.status = await self._pipeline(pipeline, streams)
        return self.status

    async def _pipeline(self, pipeline: Pipeline, streams: Streams) -> int:
        if len(pipeline.commands) == 1:
            status = await self._command(pipeline.commands[0], streams)
        else:
            status = await self._piped(pipeline.commands, streams)
        return int(status == 0) if pipeline.negated else status

    async def _piped(self, commands: tuple[Node, ...], streams: Streams) -> int:
        pipes = [Pipe() for _ in commands[1:]]
        stages = []
        for index, command in enumerate(commands):
            before = pipes[index - 1] if index else None
            after = pipes[index] if index < len(pipes) else None
            stages.append(self._stage(command, streams, before, after))
        statuses = await _all(stages)
        return statuses[-1]

    async def _stage(self, command: Node, streams: Streams, before: Pipe | None, after: Pipe | None) -> int:
        shell = self.child()
        own = Streams(before or streams.stdin, after or streams.out, streams.err)
        try:
            return await shell._command(command, own)
        except ExitShell as leaving:
            return leaving.status
        except LoopJump:
            return 0
        except BrokenPipe:
            return SIGPIPE_STATUS
        finally:
            if after:
                await after.close_writer()
            if before:
                await before.close_reader()

    async def _command(self, node: Node, streams: Streams) -> int:
        async with AsyncExitStack() as opened:
            try:
                streams = await self._redirected(node.redirects, streams, opened)
                return await self._dispatch(node, streams)
            except RedirectError as error:
                return await self._complain(streams, str(error), 1)

    async def _dispatch(self, node: Node, streams: Streams) -> int:
        match node:
            case Simple():
                return await self._simple(node, streams)
            case Group(body, subshell=True):
                return await self.child()._run_subshell(body, streams)
            case Group(body):
                return await self.run(body, streams)
            case If():
                return await self._if(node, streams)
            case While():
                return await self._while(node, streams)
            case For():
                return await self._for(node, streams)

    async def _run_subshell(self, body: Script, streams: Streams) -> int:
        async with self._jobs_ended():
            try:
                return await self.run(body, streams)
            except ExitShell as leaving:
                return leaving.status
            except ShellSyntaxError as error:
                return await self._complain(streams, str(error), 1)

    # --- compound commands

    async def _if(self, node: If, streams: Streams) -> int:
        for condition, body in node.branches:
            if await self.run(condition, streams) == 0:
                return await self.run(body, streams)
        self.status = 0
        return await self.run(node.otherwise, streams)

    async def _while(self, node: While, streams: Streams) -> int:
        status = 0
        while (await self.run(node.condition, streams) == 0) != node.until:
            going, status = await self._loop_body(node.body, streams)
            if not going:
                break
        return status

    async def _for(self, node: For, streams: Streams) -> int:
        values = [field for word in node.words for field in await words.expand_fields(word, self)]
        status = 0
        for value in values:
            self.variables[node.name] = value
            going, status = await self._loop_body(node.body, streams)
            if not going:
                break
        return status

    async def _loop_body(self, body: Script, streams: Streams) -> tuple[bool, int]:
        """Whether the loop goes on, and its status so far."""
        await asyncio.sleep(0)  # a loop without a waiting command must not hold the phone
        try:
            return True, await self.run(body, streams)
        except LoopJump as jump:
            if jump.levels > 1:
                raise LoopJump(jump.levels - 1, jump.again) from None
            return jump.again, 0

    # --- simple commands

    async def _simple(self, node: Simple, streams: Streams) -> int:
        argv = [field for word in node.words for field in await words.expand_fields(word, self)]
        values = {item.name: await words.expand_text(item.value, self) for item in node.assignments}
        if not argv:
            self.variables.update(values)
            return self.status if node.words else 0
        before = dict(self.variables)
        self.variables.update(values)
        try:
            return await self.execute(argv, streams)
        finally:
            for name in values:
                self._restore(name, before)

    def _restore(self, name: str, before: dict[str, str]) -> None:
        if name in before:
            self.variables[name] = before[name]
        else:
            self.variables.pop(name, None)

    async def execute(self, argv: list[str], streams: Streams) -> int:
        """Run one command by name; 127 and the shell's own words when there is none."""
        command = self.find(argv[0])
        if command is None:
            return await self._execute_file(argv, streams)
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

    async def _execute_file(self, argv: list[str], streams: Streams) -> int:
        path = self.files.resolve(argv[0], self.cwd)
        if "/" not in argv[0] or not self.files.host(path).exists():
            return await self._complain(streams, f"{argv[0]}: inaccessible or not found", NOT_FOUND)
        facts = self.files.facts(path)
        content = b"" if self.files.host(path).is_dir() else self.files.host(path).read_bytes()
        if not facts.mode & 0o100 or not content or b"\0" in content[:256]:
            return await self._complain(streams, f"{argv[0]}: can't execute: Permission denied", NOT_EXECUTABLE)
        script = content.decode(errors="surrogateescape")
        return await self.child(argv[0], argv[1:]).run_text(script, streams)

    # --- what expansion needs

    def lookup(self, name: str) -> str | None:
        if name.isdecimal():
            number = int(name)
            return self.name if number == 0 else (self.args[number - 1] if number <= len(self.args) else None)
        special = {
            "?": str(self.status),
            "$": str(self.pid),
            "!": str(self.last_job or ""),
            "#": str(len(self.args)),
            "@": " ".join(self.args),
            "*": " ".join(self.args),
            "-": "",
            "PWD": self.cwd,
        }
        return special[name] if name in special else self.variables.get(name)

    async def substitute(self, script: Script) -> str:
        collected = Collector()
        self.status = await self.child()._run_subshell(script, Streams(NoInput(), collected, NullSink()))
        return collected.text

    # --- redirections

    async def _redirected(self, redirects: tuple[Redirect, ...], streams: Streams, opened: AsyncExitStack) -> Streams:
        for redirect in redirects:
            target = await words.expand_text(redirect.target, self)
            if redirect.op == ">&":
                streams = streams.with_output(redirect.descriptor, _duplicate(streams, target))
            elif redirect.op == "<":
                source = FileEnd(self._open_input(target))
                opened.callback(source.close)
                streams = Streams(source, streams.out, streams.err)
            else:
                sink = self._open_output(target, redirect.op == ">>", streams, opened)
                streams = streams.with_output(redirect.descriptor, sink)
        return streams

    def _open_input(self, path: str) -> IO[bytes]:
        try:
            return self.files.host(self.files.resolve(path, self.cwd)).open("rb")
        except OSError as error:
            raise RedirectError(f"can't open {path}: {error.strerror}") from error

    def _open_output(self, path: str, append: bool, streams: Streams, opened: AsyncExitStack) -> Sink:
        resolved = self.files.resolve(path, self.cwd)
        if resolved == "/dev/null":
            return NullSink()
        if resolved in ("/dev/tty", "/dev/stdout"):
            return streams.out
        if resolved == "/dev/stderr":
            return streams.err
        try:
            end = FileEnd(self.files.host_for_writing(resolved).open("ab" if append else "wb"))
        except OSError as error:
            raise RedirectError(f"can't create {path}: {error.strerror}") from error
        opened.callback(end.close)
        return end

    # --- jobs

    def _start_job(self, item: AndOr, streams: Streams) -> None:
        child = self.child()
        body = Script((AndOr(item.first, item.rest),))
        task = asyncio.create_task(child._run_subshell(body, Streams(NoInput(), streams.out, streams.err)))
        self.last_job = child.pid
        self.jobs[child.pid] = task

    async def wait_job(self, pid: int) -> int:
        """The job's exit status; 127 when there is none of that number."""
        task = self.jobs.get(pid)
        if task is None:
            return NOT_FOUND
        await asyncio.wait([task])
        self.jobs.pop(pid, None)
        return SIGTERM_STATUS if task.cancelled() else task.result()

    def kill_job(self, pid: int) -> bool:
        task = self.jobs.get(pid)
        return task is not None and task.cancel()

    @asynccontextmanager
    async def _jobs_ended(self) -> AsyncIterator[None]:
        """A shell ends when its last job has, since the job holds its output; cut off, it takes them along."""
        try:
            yield
            for pid in tuple(self.jobs):
                await self.wait_job(pid)
        finally:
            for task in self.jobs.values():
                task.cancel()

    async def _complain(self, streams: Streams, text: str, status: int) -> int:
        await streams.err.write(f"{self.name}: {text}\n".encode(errors="surrogateescape"))
        return status


def _duplicate(streams: Streams, target: str) -> Sink:
    ends = {"1": streams.out, "2": streams.err, "-": NullSink()}
    if target not in ends:
        raise RedirectError(f"{target}: bad file descriptor")
    return ends[target]


async def _all(stages: Sequence[Awaitable[int]]) -> list[int]:
    """Run the stages of a pipeline together; when one breaks, or all are cancelled, none is left behind."""
    tasks = [asyncio.ensure_future(stage) for stage in stages]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
