"""How fast a recording is encoded and how much room it takes: an ordinary run, and a screen that never stands still.

The screens are drawn as an app shows them: a list that is scrolled, a form that is filled in letter by letter, a
dialog, and between them pages that stand still while somebody, or the model, thinks.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw

from benchmarks.figures import Figure, spread
from cs_agent.geometry import Size
from cs_agent.observation import Screenshot
from cs_agent.recording.encode import EncodedRecording, encode
from cs_agent.recording.writer import FrameWriter
from tests.vision.pictures import font, write

SIZE = (1080, 2400)
START = 1_700_000_000.0
FPS = 10
ROUND_S = 12.0  # one round of the ordinary run: scroll, read, fill in, confirm, think
ROUNDS = 8
RESTLESS_S = 40
_ROW = 190
_GOODS = ("蓝牙耳机 Pro", "保温杯 500ml", "机械键盘", "儿童雨衣", "充电宝 20000mAh", "运动水壶")
_TINTS = ("#e8f0fe", "#fce8e6", "#e6f4ea", "#fef7e0")

Shot = tuple[float, Image.Image]


def main() -> list[Figure]:
    return [
        *_measure("an ordinary run", list(_ordinary())),
        *_measure("a screen that never stands still", list(_restless())),
    ]


def _measure(name: str, shots: list[Shot]) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="csa_bench_") as folder:
        took = _record(Path(folder, "frames"), shots)
        begun, own = time.perf_counter(), time.process_time()
        made = encode(Path(folder, "frames"), Path(folder, "replay.mp4"))
        elapsed, own = time.perf_counter() - begun, time.process_time() - own
        stored = sum(path.stat().st_size for path in Path(folder, "frames").iterdir())
    return [
        Figure(f"{name}: encoding", f"{_times(made, elapsed)} ({made.duration_s:.0f} s of video)", "≥ 10 × real time"),
        Figure(f"{name}: of that in Python", f"{own:.1f} s of {elapsed:.1f} s"),
        Figure(f"{name}: size", f"{_per_minute(made.size_bytes, made):.2f} MB per minute", "≤ 2 MB per minute"),
        Figure(f"{name}: frames on disk until then", f"{_per_minute(stored, made):.1f} MB per minute"),
        Figure(f"{name}: storing a frame", spread(took, "ms", 1000)),
    ]


def _times(made: EncodedRecording, elapsed: float) -> str:
    return f"{made.duration_s / elapsed:.1f} × real time"


def _per_minute(size: int, made: EncodedRecording) -> float:
    return size / 1e6 / (made.duration_s / 60)


def _record(directory: Path, shots: list[Shot]) -> list[float]:
    took = []
    with FrameWriter(directory, clock=lambda: START + shots[-1][0]) as writer:
        for number, (at, image) in enumerate(shots, 1):
            if number % 25 == 1:
                writer.mark_step(number // 25 + 1, f"步骤 {number // 25 + 1}", at=START + at)
                writer.mark_touch((540, 1200), Size(*SIZE), at=START + at)
            begun = time.perf_counter()
            writer.add(Screenshot(image, START + at, number))
            took.append(time.perf_counter() - begun)
    return took


def _ordinary() -> Iterator[Shot]:
    for number in range(ROUNDS):
        begin = number * ROUND_S
        for frame in range(12):  # a fling that slows down
            yield begin + frame / FPS, _scrolled(number * 900 + int(900 * (1 - (1 - frame / 12) ** 2)))
        for letter in range(15):  # typing
            yield begin + 4 + letter * 0.2, _form(number, letter)
        yield begin + 8, _dialog(number, 0.5)
        yield begin + 8.1, _dialog(number, 1.0)
        yield begin + ROUND_S - 0.1, _form(number, 15)


def _restless() -> Iterator[Shot]:
    for frame in range(RESTLESS_S * FPS):
        yield frame / FPS, _scrolled(frame * 45)


@lru_cache(maxsize=1)
def _list() -> Image.Image:
    """Some screens high, so that scrolling is a matter of cutting."""
    rows = 60
    image = Image.new("RGB", (SIZE[0], rows * _ROW), "#f5f5f5")
    draw = ImageDraw.Draw(image)
    for row in range(rows):
        top = row * _ROW
        draw.rounded_rectangle((24, top + 10, 1056, top + _ROW - 10), 24, "#ffffff")
        draw.rounded_rectangle((48, top + 34, 170, top + 156), 16, _TINTS[row % len(_TINTS)])
        write(image, 200, top + 30, f"{_GOODS[row % len(_GOODS)]} × {row % 4 + 1}", 42)
        write(image, 200, top + 100, f"订单号:2024052188{row:02d}  已签收 ¥{99 + row * 7}.00", 34)
    return image


def _scrolled(offset: int) -> Image.Image:
    top = offset % (_list().height - SIZE[1])
    return _framed(_list().crop((0, top, SIZE[0], top + SIZE[1])), "我的订单")


@lru_cache(maxsize=32)
def _form(number: int, letters: int) -> Image.Image:
    image = Image.new("RGB", SIZE, "#ffffff")
    for row, name in enumerate(("订单号", "退款金额", "退款原因", "补偿", "备注")):
        write(image, 60, 300 + row * 200, name, 42)
        ImageDraw.Draw(image).line((60, 420 + row * 200, 1020, 420 + row * 200), "#dddddd", 3)
    write(image, 360, 300, f"2024052188{number:02d}", 42)
    write(image, 360, 700, "质量问题:耳机充不上电盒子也压坏了"[: letters + 1], 42)
    return _framed(image, "退款申请")


def _dialog(number: int, depth: float) -> Image.Image:
    image = Image.blend(_form(number, 15), Image.new("RGB", SIZE, "#000000"), depth * 0.45)
    ImageDraw.Draw(image).rounded_rectangle((140, 900, 940, 1400), 40, "#ffffff")
    write(image, 240, 980, f"确认退款 ¥{399 + number}.00 ?", 52)
    write(image, 620, 1280, "取消   确定", 46)
    return image


def _framed(page: Image.Image, title: str) -> Image.Image:
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, SIZE[0], 220), "#1565c0")
    draw.text((40, 20), "12:34", font=font(34), fill="#ffffff")
    draw.text((40, 110), title, font=font(56), fill="#ffffff")
    return page
