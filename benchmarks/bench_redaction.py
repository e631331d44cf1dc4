"""How much personal data on a screen the stored picture hides, and how much of what it hides is personal data.

Screens are drawn with labelled and bare values, in one line, in two columns, under headings and in sentences, between
numbers that only look alike. Each goes the whole way a recorded picture goes: shrunk, read, found, covered.
Recall: values of which at least 95 % of the width is covered. Precision: covered places that hold such a value.
"""

from __future__ import annotations

import os
import random
import string
import time
from collections.abc import Callable
from dataclasses import dataclass

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings_test")

import django
import numpy as np
from PIL import Image, ImageDraw

django.setup()

from benchmarks.figures import Figure, spread  # noqa: E402 - needs the app registry
from cs_agent.geometry import Box  # noqa: E402
from cs_agent.vision.personal_data import DataKind, is_id_card, passes_luhn  # noqa: E402
from cs_agent.vision.redaction import FILL, Audience, RedactionPolicy  # noqa: E402
from tests.vision.pictures import write  # noqa: E402
from tickets.runner.pictures.redactors import Redactor  # noqa: E402

SCREENS = int(os.environ.get("BENCH_REDACTION_SCREENS", "40"))
SIZE = (1080, 1600)
ROWS = 9
COVERED = 0.95  # of a value's width
_SEED = 20240521
_HARMLESS = "harmless"


@dataclass(frozen=True, slots=True)
class Truth:
    kind: str  # a DataKind, or harmless
    box: Box


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: str
    hidden: bool
    touched: bool  # some of it is covered


def main() -> list[Figure]:
    dice = random.Random(_SEED)  # the same screens every time
    redactor = Redactor(RedactionPolicy())
    outcomes, took = [], []
    for _ in range(SCREENS):
        image, truths = _screen(dice)
        begun = time.perf_counter()
        covered = redactor.covered(image, Audience.STORED)
        took.append(time.perf_counter() - begun)
        mask = np.all(np.asarray(covered) == FILL, axis=2)
        outcomes += [_outcome(mask, truth) for truth in truths]
    kinds = [_recall(kind, [item for item in outcomes if item.kind == kind]) for kind in DataKind]
    personal = [item for item in outcomes if item.kind != _HARMLESS]
    hit = [item for item in outcomes if item.touched]
    right = sum(item.kind != _HARMLESS for item in hit)
    return [
        _recall("all kinds", personal),
        *kinds,
        Figure("precision", f"{100 * right / len(hit):.1f} % ({len(hit) - right} harmless values covered)"),
        Figure("harmless numbers and texts among them", str(len(outcomes) - len(personal))),
        Figure("reading and covering a page", spread(took, "ms", 1000)),
    ]


def _recall(name: str, outcomes: list[Outcome]) -> Figure:
    hidden = sum(item.hidden for item in outcomes)
    partly = sum(item.touched and not item.hidden for item in outcomes)
    share = 100 * hidden / max(1, len(outcomes))
    return Figure(f"recall, {name}", f"{share:.1f} % ({hidden} of {len(outcomes)}; {partly} more in part)")


def _outcome(mask: np.ndarray, truth: Truth) -> Outcome:
    """By the middle row of the value: its width is what tells the digits."""
    middle = (truth.box.top + truth.box.bottom) // 2
    share = float(mask[middle, truth.box.left : truth.box.right].mean())
    return Outcome(truth.kind, share >= COVERED, share > 0.05)


def _screen(dice: random.Random) -> tuple[Image.Image, list[Truth]]:
    image, truths = Image.new("RGB", SIZE, dice.choice(("#f5f5f5", "#ffffff", "#eef3f8"))), []
    ImageDraw.Draw(image).rectangle((0, 0, SIZE[0], 130), "#1565c0")
    write(image, 40, 40, "售后服务", 46)
    kinds = list(_MAKERS)
    for row in range(ROWS):
        kind = dice.choice(kinds)
        label, value = _MAKERS[kind](dice)
        layout = dice.choice((_one_line, _two_columns, _under_heading, _sentence))
        box = layout(image, 170 + row * 155, label, value, dice.choice((32, 36, 42, 48)))
        truths.append(Truth(kind.partition(":")[0], box))
    return image, truths


def _one_line(image: Image.Image, y: int, label: str, value: str, size: int) -> Box:
    return write(image, write(image, 40, y, f"{label}:", size).right + 4, y, value, size)


def _two_columns(image: Image.Image, y: int, label: str, value: str, size: int) -> Box:
    write(image, 40, y, label, size)
    return write(image, 420, y, value, size)


def _under_heading(image: Image.Image, y: int, label: str, value: str, size: int) -> Box:
    write(image, 40, y, label, min(size, 34))
    return write(image, 40, y + 56, value, size)


def _sentence(image: Image.Image, y: int, label: str, value: str, size: int) -> Box:
    size = min(size, 36)
    box = write(image, write(image, 40, y, f"您好,您的{label}是", size).right + 4, y, value, size)
    write(image, box.right + 6, y, ",请核对", size)
    return box


Maker = Callable[[random.Random], tuple[str, str]]


def _id_card(dice: random.Random) -> tuple[str, str]:
    birth = f"{dice.randint(1950, 2005)}{dice.randint(1, 12):02d}{dice.randint(1, 28):02d}"
    body = f"{dice.choice(('110105', '310101', '440304', '510104'))}{birth}{dice.randint(0, 999):03d}"
    return "身份证号", next(body + check for check in "0123456789X" if is_id_card(body + check))


def _bank_card(dice: random.Random) -> tuple[str, str]:
    body = "62" + "".join(dice.choices(string.digits, k=dice.choice((13, 16))))
    number = next(body + check for check in string.digits if passes_luhn(body + check))
    grouped = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return dice.choice(("银行卡号", "收款账户")), dice.choice((number, grouped))


def _mobile(dice: random.Random) -> tuple[str, str]:
    number = f"1{dice.choice('35789')}{dice.randint(0, 999999999):09d}"
    return dice.choice(("手机号", "收货人", "联系方式")), dice.choice(
        (number, f"{number[:3]} {number[3:7]} {number[7:]}")
    )


def _email(dice: random.Random) -> tuple[str, str]:
    name = "".join(dice.choices(string.ascii_lowercase, k=6)) + str(dice.randint(1, 99))
    return "邮箱", f"{name}@{dice.choice(('example.com', 'mail.example.cn', 'qq.com'))}"


def _password(dice: random.Random) -> tuple[str, str]:
    return "登录密码", "".join(dice.choices("ABCDEFGHJKMNPQRTUVWXYabcdefhkmnprtuvwxy346789", k=7)) + dice.choice(
        "346789"
    )


def _code(dice: random.Random) -> tuple[str, str]:
    return "验证码", f"{dice.randint(0, 999999):06d}"


_MAKERS: dict[str, Maker] = {
    DataKind.ID_CARD.value: _id_card,
    DataKind.BANK_CARD.value: _bank_card,
    DataKind.MOBILE.value: _mobile,
    DataKind.EMAIL.value: _email,
    DataKind.PASSWORD.value: _password,
    DataKind.CODE.value: _code,
    f"{_HARMLESS}:order": lambda dice: ("订单号", f"2024{dice.randint(0, 99999999):08d}"),
    f"{_HARMLESS}:parcel": lambda dice: ("运单号", f"SF{dice.randint(0, 9999999999999):013d}"),
    f"{_HARMLESS}:amount": lambda dice: ("退款金额", f"¥{dice.randint(1, 9999)}.00"),
    f"{_HARMLESS}:time": lambda dice: ("下单时间", f"2024-05-{dice.randint(1, 28):02d} 14:{dice.randint(0, 59):02d}"),
    f"{_HARMLESS}:goods": lambda dice: ("商品", dice.choice(("蓝牙耳机 Pro", "保温杯 500ml", "充电宝 20000mAh"))),
}
