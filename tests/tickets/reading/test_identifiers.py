"""A slot whose word names one thing takes that thing, and not what the sentence goes on to say of it."""

from __future__ import annotations

from typing import Any

import pytest

from tickets.flows.slots.reading import read_slots
from tickets.models import Ticket

FLOW: dict[str, Any] = {
    "slots": [
        {
            "name": "login",
            "kind": "text",
            "label": {"zh": "工卡账号"},
            "words": ["工卡账号", "账号", "login", "badge id"],
        },
        {"name": "door", "kind": "text", "label": {"zh": "门"}, "words": ["门禁描述", "details"], "required": False},
        {"name": "model", "kind": "text", "label": {"zh": "型号"}, "words": ["型号", "model"], "required": False},
    ]
}


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("账号wang.fang@corp.com刷不开三楼的门", "login", "wang.fang@corp.com"),
        ("账号是wangfang,昨天还好好的", "login", "wangfang"),
        ("my login is wangfang and the door stays shut", "login", "wangfang"),
        ("badge id: wf_0012 / door 3", "login", "wf_0012"),
        ("账号:wangfang 型号:K3-Pro", "login", "wangfang"),
        ("账号:wangfang 型号:K3-Pro", "model", "K3-Pro"),
        ("账号被锁了,进不去", "login", None),
        ("账号密码都忘了", "login", None),
        ("型号K3-Pro的读卡器坏了", "model", "K3-Pro"),
        ("model K3-Pro, bought in May", "model", "K3-Pro"),
        ("门禁描述:K3-Pro读卡器不亮", "door", "K3-Pro读卡器不亮"),  # a description is whole
        ("details: K3-Pro and the lamp are dark", "door", "K3-Pro and the lamp are dark"),
    ],
)
def test_an_identifier_is_the_token_that_its_word_announces(text: str, slot: str, value: str | None) -> None:
    assert read_slots(FLOW, Ticket(number="T1", text=text)).values.get(slot) == value
