"""`manage.py agent` as a person uses it: at a real terminal, with a real phone process, pilot and adb."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cs_agent.project import conf
from cs_agent.testing.scripted_endpoint import ScriptedEndpoint
from tests.processes import Product

pytestmark = pytest.mark.story

LIMIT_S = 180.0
ASKED = "Y = 同意"
NOTE = "给智能体的说明"
RESEND = (
    "在短信平台中查找手机号13901234567的用户,进入该用户详情页,点击“重新发送验证码”,点击“确认发送”,确认显示“发送成功”。"
)


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A phone and a pilot; nothing else of the product runs."""
    directory = tmp_path_factory.mktemp("terminal")
    with Product(directory, without=("redis", "worker", "upkeep", "beat", "web")) as product:
        yield product


class Terminal:
    """`manage.py agent …` with a terminal of its own, read until what is expected has been printed."""

    def __init__(self, product: Product, instruction: str, *options: str, base_url: str = "", model: str = "pilot"):
        self.text = ""
        self._read_to = 0
        url = base_url or f"http://127.0.0.1:{product.values['CS_AGENT_PILOT_PORT']}/v1"
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            [
                sys.executable,
                str(conf.BASE_DIR / "manage.py"),
                "agent",
                instruction,
                "--device-id",
                product.phone_serials[0],
                "--base-url",
                url,
                "--model",
                model,
                *options,
            ],
            env=product.environ,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        os.close(self._ours)

    def expect(self, words: str) -> str:
        """What was printed since the last time, up to and with these words."""
        deadline = time.monotonic() + LIMIT_S
        while words not in self.text[self._read_to :]:
            assert self._take(deadline - time.monotonic()), f"{words!r} did not come:\n{self.text}"
        end = self.text.index(words, self._read_to) + len(words)
        said, self._read_to = self.text[self._read_to : end], end
        return said

    def expect_either(self, *several: str) -> str:
        """As `expect`, up to whichever comes first."""
        deadline = time.monotonic() + LIMIT_S
        while not (found := [(self.text.find(words, self._read_to), words) for words in several if words in self.new]):
            assert self._take(deadline - time.monotonic()), f"none of {several} came:\n{self.text}"
        return self.expect(min(found)[1])

    @property
    def new(self) -> str:
        """What was printed and not yet expected."""
        return self.text[self._read_to :]

    def say(self, line: str) -> None:
        os.write(self._ours, f"{line}\n".encode())

    def code(self) -> int:
        while self._take(LIMIT_S):
            pass
        return self._process.wait(LIMIT_S)

    def _take(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], max(0.0, seconds))
        try:
            piece = os.read(self._ours, 65536) if ready else b""
        except OSError:  # the other side has hung up (Linux)
            piece = b""
        self.text += piece.decode("utf-8", "replace")
        return bool(piece)


def codes_sent(product: Product) -> int:
    return sum(operation["kind"] == "sms_resend" for operation in product.ledger())


def test_yes_at_the_terminal_sends_one_code_and_leaves_a_replay(phone: Product) -> None:
    before = codes_sent(phone)
    with Terminal(phone, RESEND) as terminal:
        terminal.expect(ASKED)
        terminal.say("maybe")
        asked = ""
        while not (said := terminal.expect_either(ASKED, "succeeded")).endswith("succeeded"):
            assert codes_sent(phone) == before  # no flow vouches for anything here: each act asks, the send last
            asked = said
            terminal.say("y")
        assert "确认发送" in asked
        assert "将向 13901234567 重新发送" in asked  # what the window says, though no flow names a field of it
        assert "not sent" not in terminal.text  # nothing waits for a broker, which does not run here
        replay = terminal.expect(".mp4")
        assert terminal.code() == 0
    assert codes_sent(phone) == before + 1
    path = re.search(r"回放:(\S+\.mp4)", replay)
    assert path is not None
    assert Path(path[1]).stat().st_size > 10_000


def test_no_at_the_terminal_sends_nothing(phone: Product) -> None:
    before = codes_sent(phone)
    with Terminal(phone, RESEND) as terminal:
        terminal.expect(ASKED)
        terminal.say("n")
        terminal.expect(NOTE)
        terminal.say("")
        terminal.expect("已拒绝")
        assert terminal.code() == 3
    assert codes_sent(phone) == before


def test_without_a_terminal_a_sensitive_step_is_refused(phone: Product) -> None:
    before = codes_sent(phone)
    url = f"http://127.0.0.1:{phone.values['CS_AGENT_PILOT_PORT']}/v1"
    done = subprocess.run(
        [
            sys.executable,
            str(conf.BASE_DIR / "manage.py"),
            "agent",
            RESEND,
            "--base-url",
            url,
            "--model",
            "pilot",
            "--device-id",
            phone.phone_serials[0],
        ],
        env=phone.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 3, done.stdout + done.stderr
    assert "没有连接终端" in done.stdout
    assert codes_sent(phone) == before


def test_questions_are_answered_and_takeovers_told_of_at_the_terminal(phone: Product) -> None:
    script = [
        'do(action="Interact", message="退哪一单?")',
        'do(action="Take_over", message="请输入验证码")',
        'finish(message="好了")',
        'finish(message="好了")',
    ]
    with ScriptedEndpoint(script) as endpoint:
        with Terminal(phone, "看看订单", base_url=endpoint.base_url, model="scripted") as terminal:
            terminal.expect("退哪一单?")
            terminal.say("第二单")
            terminal.expect("请输入验证码")
            terminal.say("已经登录了")
            terminal.expect("[确认完成]")  # no evidence was named: the model's word alone is not enough
            terminal.expect(ASKED)
            terminal.say("y")
            terminal.expect("succeeded")
            assert terminal.code() == 0
        said = str(endpoint.requests)
    assert "第二单" in said
    assert "已经登录了" in said


def test_a_run_that_takes_too_many_steps_ends_as_failed(phone: Product) -> None:
    with ScriptedEndpoint(['do(action="Note", message="again")']) as endpoint:
        options = ("--max-steps", "2", "--lang", "en")
        with Terminal(phone, "go on", *options, base_url=endpoint.base_url, model="scripted") as terminal:
            terminal.expect("failed")
            assert terminal.code() == 1
        assert len(endpoint.requests) == 2


def test_a_phone_that_is_not_there_is_named_with_what_to_do(phone: Product) -> None:
    with Terminal(phone, "看看订单", "--device-id", "127.0.0.1:1") as terminal:
        said = terminal.expect("127.0.0.1:1")
        assert terminal.code() == 1
    assert "Traceback" not in terminal.text, said
