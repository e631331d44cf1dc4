"""The amount that an operator's whole answer is."""

from __future__ import annotations

from tickets.flows.slots.money.shares import shares
from tickets.flows.slots.numbers.amounts import money_in


def read_one(text: str) -> str | None:
    """The amount that the whole text is: "50", "¥50", "五十元", "全额"; None if it is none or not certain."""
    whole = text.strip()
    for share in shares(whole):
        if len(whole) <= share.end - share.start + 2:
            return share.value
    for tried in (whole, whole + "元"):
        found = money_in(tried)
        covers = len(found) == 1 and tried[: found[0].span.start].strip(" ¥￥RMBrmbCNYcny人民币") == ""
        rest = tried[found[0].span.end :].strip().lower() if covers else ""
        if (
            covers
            and not found[0].span.doubt
            and found[0].marked
            and rest in {"", "rmb", "cny", "yuan", "钱", "元", "整"}
        ):
            return found[0].span.value
    return None
