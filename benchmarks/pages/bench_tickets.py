"""How long a ticket's text takes to read and to be matched with the flows, up to the longest allowed, and how right.

Time grows with the text, not with its square: a legal ticket of 100 KiB must not hold a page up.
"""

from __future__ import annotations

import json
import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings")
django.setup()

from benchmarks.figures import Figure  # noqa: E402 - needs the app registry
from tests.tickets.reading_corpus import cases, judged, recommendations  # noqa: E402
from tickets.demo import FIXTURES  # noqa: E402
from tickets.flows.slots import read_slots  # noqa: E402
from tickets.models import Ticket  # noqa: E402
from tickets.services.flows.recommendation import weigh  # noqa: E402

FLOWS = [
    (path.stem, json.loads(path.read_text("utf-8"))["definition"]) for path in sorted(FIXTURES.glob("flows/*.json"))
]
LENGTHS = (25 * 1024, 50 * 1024, 100 * 1024)
PIECES = {
    "a complaint again and again": "我昨天买的耳机充不上电,盒子压坏了,要求全额退款并补偿50元!订单号202405218876,",
    "digits": "1",
    "numerals": "一",
    "wishes without an amount": "退款,",
    "mobile numbers": "13812345678 ",
    "number words": "and a hundred ",
    "blanks": " ",
    "a chat": "客服:可以退款50元\n我:不行,退款60元\n",
    "quoted lines": "> 退款50元,订单202405218876\n",
    "heads of letters": "from From: 发件人: x\nSubject: y\n",
    "joining words": "我要退款,另外改地址,同时",
}


def main() -> list[Figure]:
    figures = [
        Figure(f"{name}, {length // 1024} KiB", f"{1000 * _seconds(piece, length):.0f} ms", _budget(length))
        for name, piece in PIECES.items()
        for length in LENGTHS
    ]
    return figures + _rightness()


def _budget(length: int) -> str:
    return "300 ms" if length == LENGTHS[-1] else ""


def _seconds(piece: str, length: int) -> float:
    """What a page of the ticket costs: the flows matched, and the slots of the one with most of them read. CPU time."""
    text = (piece * (length // len(piece) + 1))[:length]
    ticket = Ticket(number="T1", subject="", text=text)
    begun = time.process_time()
    weigh(text, FLOWS)
    read_slots(dict(FLOWS)["complaint_refund"], ticket)
    return time.process_time() - begun


def _rightness() -> list[Figure]:
    texts, judgements = cases(), [judged(case) for case in cases()]
    wrong = sum(bool(each[0]) for each in judgements)
    needless = sum(bool(each[1]) for each in judgements)
    right = sum(_recommended(text) in answer.split("|") for text, answer in recommendations())
    return [
        Figure("texts of the corpus", str(len(texts))),
        Figure("wrong without asking", str(wrong), "0"),
        Figure("needless questions", f"{needless} ({100 * needless / len(texts):.1f} %)"),
        Figure("right recommendations", f"{right} of {len(recommendations())}"),
    ]


def _recommended(text: str) -> str:
    advice = weigh(text, FLOWS)
    return "person" if advice.person or not advice.flow else advice.flow
