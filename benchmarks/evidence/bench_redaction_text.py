"""How much of what nobody owns is covered, in the product's own documents; and how the time for finding
personal data grows with a text that says the same again and again: linear is 4 for 4 times the text. The pieces are
those that a pattern could read over and over."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.figures import Figure
from cs_agent.vision.personal_data.search import find

OWN = ("*.md", "docs/*.md", "**/locale/**/*.po")  # below the repository's root
ROOT = Path(__file__).parents[2]

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
    return [_covered(), *(Figure(repr(piece), _growth(piece)) for piece in PIECES)]


def _covered() -> Figure:
    """Of the lines of the product's own documents and texts, those of which something is covered."""
    files = sorted({path for pattern in OWN for path in ROOT.glob(pattern) if not {".venv", "var"} & set(path.parts)})
    lines = [line for path in files for line in path.read_text("utf-8").splitlines() if line.strip()]
    found = [line.strip() for line in lines if find(line)]
    return Figure("lines of our own documents and texts", f"{len(found)} of {len(lines)} covered: {found}")


def _growth(piece: str) -> str:
    short, long = (_seconds(piece * (size // len(piece))) for size in (SHORT, LONG))
    return f"{long * 1000:.0f} ms CPU for {LONG} characters, {long / max(short, 1e-3):.1f} times those of {SHORT}"


def _seconds(text: str) -> float:
    start = time.process_time()
    find(text)
    return time.process_time() - start
