"""An action that is under way, done, done wrongly, asked for already or another person's is no wish for it."""

from __future__ import annotations

from itertools import product

import pytest

from tests.tickets.reading.test_wishes import ALL_FLOWS
from tickets.services.flows.recommendation import weigh

DEEDS = ("退款", "退款199元", "补偿50元", "把钱退给我", "退货", "改地址", "重发验证码")
SAID_OF_IT = (
    "{}太慢了",
    "{}处理中",
    "{}审核中",
    "{}一直处理",
    "{}拖了半个月",
    "{}怎么还没好",
    "{}了没有",
    "我申请{}了",
    "我已经申请{}了",
    "申请好的{}",
    "上次办的{}",
    "他们都{}了",
    "过两天再{}",
)


@pytest.mark.parametrize(("said", "action"), list(product(SAID_OF_IT, DEEDS)))
def test_what_is_said_of_an_action_is_no_wish_for_it(said: str, action: str) -> None:
    advice = weigh(said.format(action) + ",订单202405218876,13812345678", ALL_FLOWS)
    assert advice.person or advice.flow in {None, "order_status", "logistics_voucher"}


@pytest.mark.parametrize("action", DEEDS)
def test_the_action_itself_is_one(action: str) -> None:
    advice = weigh(f"东西坏了,麻烦{action}", ALL_FLOWS)
    assert advice.flow
    assert not advice.person
