"""Login names, card expiry dates, and names beside labels that no list holds."""

from __future__ import annotations

import pytest

from cs_agent.vision.personal_data.search import find


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("昵称:不吃香菜的阿强", "不吃香菜的阿强"),
        ("screen_name => night.owl.77", "night.owl.77"),
        ('INFO user "marcus_t" logged in', "marcus_t"),
        ("failed password for kenji from gateway", "kenji"),
        ("VISA ****1881 expires 07/30", "07/30"),
        ("卡有效期:2028年6月", "2028年6月"),
        ("Pet owner — Samantha O'Reilly", "Samantha O'Reilly"),
        ("Visitor name: Tunde Bakare", "Tunde Bakare"),
        ("陪护:倪秀芳", "倪秀芳"),
        ("Passenger 1: KOWALSKI/ANNA MS", "KOWALSKI/ANNA"),
        ("2FA: 118274", "118274"),
    ],
)
def test_it_is_hidden(text: str, hidden: str) -> None:
    assert hidden in [text[span.start : span.end] for span in find(text)]


@pytest.mark.parametrize(
    "text",
    [
        "用户名不能为空",
        "昵称:请输入",
        "session closed for maintenance by admin",
        "优惠券有效期至 12/31",
        "活动有效期至 2025-12-31",
        "Wallpaper: Golden Gate",
        "赠品:高脚杯",
        "节日:元宵节",
    ],
)
def test_what_only_looks_like_it_is_left_readable(text: str) -> None:
    assert find(text) == ()
