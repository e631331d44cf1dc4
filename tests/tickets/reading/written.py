"""What every reader makes of a thousand texts, written down: `python -m tests.tickets.reading.written` writes it anew.

The texts are the first 1,700 of the corpus, and texts put together from parts by a fixed draw: a lead, a noun, some
words between, a value, what follows. Rule: a difference is looked at by a person before the file is written anew, and
a text that shows a fault goes into the corpus with its right answer.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

WRITTEN = Path(__file__).parents[1] / "corpus" / "readings.txt"
TODAY = date(2026, 3, 15)
DRAWN = 700
_LEADS = (
    *(
        "",
        "",
        "",
        "我要",
        "请",
        "麻烦",
        "要求",
        "希望",
        "至少",
        "大概",
        "约",
        "不要",
        "不用",
        "别",
        "不是",
        "没说要",
        "先别",
    ),
    *(
        "客服说",
        "商家只肯",
        "我朋友的",
        "他的",
        "上次",
        "之前",
        "旧",
        "新",
        "原来的",
        "我登记的",
        "我的",
        "这个",
        "比如",
    ),
    *(
        "如果不行就",
        "要是",
        "能不能",
        "是不是",
        "是否",
        "怎么",
        "好像",
        "可能",
        "另外再",
        "每件",
        "花了",
        "运费",
        "一共",
    ),
    *(
        "please ",
        "I want ",
        "don't ",
        "not ",
        "maybe ",
        "my friend's ",
        "the agent said ",
        "if not, ",
        "at least ",
        "my ",
    ),
)
_NOUNS = (
    *(
        "退款",
        "补偿",
        "赔偿",
        "订单号",
        "订单",
        "单号",
        "快递单号",
        "手机",
        "手机号",
        "电话",
        "身份证号",
        "地址",
        "收货地址",
    ),
    *(
        "收货人",
        "备注",
        "合同号",
        "全额",
        "",
        "",
        "refund ",
        "compensation ",
        "order no. ",
        "order ",
        "phone ",
        "address ",
    ),
)
_BETWEEN = "的是在这个那边就我你了吧和与给到上下"
_VALUES = (
    *(
        "50元",
        "¥50",
        "五十块",
        "99块9",
        "12.5元",
        "1,299.90元",
        "1.2万元",
        "两千零五十元",
        "一百二十块五毛",
        "3元5角",
        "50",
        "0元",
    ),
    *(
        "全额",
        "一半",
        "fifty yuan",
        "one hundred and five rmb",
        "$50",
        "50%",
        "30-40元",
        "50元到60元",
        "60元50元",
        "八十",
    ),
    *(
        "202405218876",
        "2024-0521-8876-01",
        "JD20240521001",
        "4471 9023 8661 5024",
        "20240521",
        "6901234567892",
        "12345678",
    ),
    *(
        "13812345678",
        "138 1234 5678",
        "+8613812345678",
        "1381234567",
        "138****5678",
        "0755-26001234",
        "一三八零零一三八零零零",
    ),
    *(
        "11010519491231002X",
        "6222021234567890123",
        "861234567890123",
        "2026-03-01到2026-03-05",
        "3月1日至3月5日",
        "上周",
    ),
    *(
        "最近三个月",
        "去年",
        "last 7 days",
        "广东省深圳市南山区科技路1号",
        "朝阳区2号院,3单元501室",
        "12 Long Street, York",
    ),
    *("王小明", "John Smith", "按键坏了 屏幕也裂了", "质量问题", "尺码不合适", "发错货", "2026年3月", "昨天", "近半年"),
)
_TAILS = (
    *(
        "",
        "",
        "",
        "。",
        "左右",
        "以上",
        "吧",
        "吗?",
        "了",
        "的券",
        "钱",
        "就行",
        "不是我的",
        "是旧号",
        ",不对",
        ",写错了",
        "件",
    ),
    *(
        ",谢谢",
        ",收件人李雷",
        ",电话13911112222",
        "或者别的",
        "还是算了",
        ",不要了",
        " please",
        " at least",
        " or so",
        "?",
    ),
)
_CLAUSES = ("", "", "", ",", "。", "\n", ", and ", ";")


def texts() -> list[str]:
    return [*dict.fromkeys([*(text for text, _found in pairs()), *drawn()])]


def drawn() -> list[str]:
    draw = random.Random(7)
    return [_drawn(draw) for _ in range(DRAWN)]


def _drawn(draw: random.Random) -> str:
    text = _clause(draw)
    if draw.random() < 0.4:
        text += draw.choice(_CLAUSES) + _clause(draw)
    return text


def _clause(draw: random.Random) -> str:
    between = "".join(draw.choice(_BETWEEN) for _ in range(draw.choice((0, 0, 0, 0, 1, 2, 3, 5, 6, 7, 8, 14, 15, 24))))
    noun, value = draw.choice(_NOUNS), draw.choice(_VALUES)
    first, second = (noun, value) if draw.random() < 0.8 else (value, noun)
    return draw.choice(_LEADS) + first + between + second + draw.choice(_TAILS)


@cache
def _readers() -> dict[str, Callable[[str], Any]]:
    from tests.tickets.conftest import flow_file
    from tests.tickets.reading.test_replies import SPECS
    from tickets.flows.slots import choices, money, periods, writing
    from tickets.flows.slots.kinds import KINDS
    from tickets.flows.slots.numbers import amounts, id_cards, orders, phone_mentions, phones
    from tickets.flows.slots.replies import read_reply
    from tickets.flows.slots.spec import SlotSpec, parse_specs
    from tickets.flows.slots.text import even

    options = next(spec for spec in parse_specs(flow_file("complaint_refund")["definition"]) if spec.is_choice)
    refund, other = ("退款", "refund"), ("补偿", "赔偿", "compensation")
    kinds = [
        SlotSpec.model_validate({"name": "a", "kind": kind, "label": {"zh": "a"}, "options": options.options, **more})
        for kind, more in [(name, {"full": name == "money"}) for name in sorted(KINDS) if name != "attachment"]
    ]

    def spans(read: Callable[[str], Any]) -> Callable[[str], Any]:
        return lambda text: [_told(span) for span in read(even(text))]

    def typed(text: str) -> list[Any]:
        found = ((spec.kind, spec, KINDS[spec.kind].answer(spec, text, TODAY)) for spec in kinds)
        return [[kind, answer.value, answer.unusual] for kind, _spec, answer in found if answer.value != text]

    def replied(text: str) -> dict[str, str]:
        return dict(read_reply(SPECS, [[spec.name] for spec in SPECS], text, TODAY).values)

    return {
        "orders": spans(orders.orders),
        "contracts": spans(lambda text: orders.orders(text, ("合同号",))),
        "phones": spans(phones.phones),
        "mentions": spans(phone_mentions.mentions),
        "id_cards": spans(id_cards.id_cards),
        "amounts": spans(amounts.amounts),
        "refund": spans(lambda text: money.wished(text, refund, other, full=True, half=False)),
        "compensation": spans(lambda text: money.wished(text, other, refund, full=False, half=True)),
        "unclaimed": spans(lambda text: money.unclaimed(text, (*refund, *other))),
        "reason": spans(lambda text: choices.options(text, options.options, options.ignore)),
        "period": spans(lambda text: periods.date_ranges(text, TODAY)),
        "note": spans(lambda text: writing.behind(text, ("备注",))),
        "address": spans(lambda text: writing.addresses(text, ("收货地址", "地址", "address"))),
        "name": spans(lambda text: writing.names(text, ("收货人", "收件人"))),
        "typed": lambda text: typed(text) if len(text) < 40 else [],
        "replied": replied,
    }


def _told(span: Any) -> list[Any]:
    return [span.value, span.start, span.end, *([span.doubt.value] if span.doubt else [])]


def read(text: str) -> str:
    """What all readers make of it, as one line of JSON; readers that find nothing are left out."""
    found = {name: reader(text) for name, reader in _readers().items()}
    return json.dumps({name: what for name, what in found.items() if what}, ensure_ascii=False, separators=(",", ":"))


def spans_of(text: str) -> dict[str, list[list[Any]]]:
    """What each reader of places finds in it; without those that take the whole text for an answer."""
    return {name: reader(text) for name, reader in _readers().items() if name not in {"typed", "replied"}}


def pairs() -> Iterator[tuple[str, str]]:
    for line in WRITTEN.read_text("utf-8").splitlines():
        text, _tab, found = line.partition("\t")
        yield json.loads(text), found


def main() -> None:
    lines = (f"{json.dumps(text, ensure_ascii=False)}\t{read(text)}" for text in texts())
    WRITTEN.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cs_agent.project.settings_test")
    import django

    django.setup()
    main()
