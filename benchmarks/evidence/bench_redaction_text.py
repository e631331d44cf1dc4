"""How the time for finding personal data grows with a text that says the same again and again: linear is 4 for 4 times
the text. The pieces are those that a pattern could read over and over."""

from __future__ import annotations

import time

from benchmarks.figures import Figure
from cs_agent.vision.personal_data.search import find

SHORT, LONG = 20_000, 80_000  # characters
PIECES = (
    *(
        "密码 ",
        "13812345678 ",
        "验证码",
        "0-",
        "lI",
        "联系",
        "eyJ",
        "男,",
        "a\t姓名\n",
        "Ab Cd ",
        "张伟",
        "昵称:",
        "有效期 ",
        "@张",
    ),
    *(
        "Ab: I ",
        "Ab Cd: x\n",
        "1.2.",
        "ab:",
        "氏名 ",
        "张: ",
        "a_b: c\n",
        "Herr Ab ",
        "Ab,\n",
        "ул. А, ",
        "0912 ",
        "user a ",
    ),
)


def main() -> list[Figure]:
    find("张伟,13812345678")  # the dictionaries are loaded
    return [Figure(repr(piece), _growth(piece)) for piece in PIECES]


def _growth(piece: str) -> str:
    short, long = (_seconds(piece * (size // len(piece))) for size in (SHORT, LONG))
    return f"{long * 1000:.0f} ms CPU for {LONG} characters, {long / max(short, 1e-3):.1f} times those of {SHORT}"


def _seconds(text: str) -> float:
    start = time.process_time()
    find(text)
    return time.process_time() - start
