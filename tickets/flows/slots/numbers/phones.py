"""Mobile numbers in a ticket's text (already made even): which runs of digits are one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tickets.flows.slots.numbers.codes import (
    THING,
    Code,
    before_noun,
    capped,
    chains,
    codes,
    is_date,
    spoken_digits,
    stands_alone,
    touched,
)
from tickets.flows.slots.numbers.phone_stance import about_phone, may_be_meant
from tickets.flows.slots.text import Doubt, Span, distinct

_MOBILE = re.compile(r"1[3-9]\d{9}")
_WRITTEN = re.compile(r"(?:\+?86[- ]?|0086[- ]?)?(1[3-9]\d(?:([- ]?)\d{4})(?:\2\d{4}))")
_OWN_NOUN = re.compile(
    r"(?:手机|电话|座机|固话|联系方式|联系|新|旧|老|原来?|以前|我的|这个|那个|小|本人)(?:的)?(?:号码?|号)?$|^号码?$|"
    r"(?<![A-Za-z])(?:tel|phone|mobile|cell|call|contact|whatsapp|my)(?: phone| mobile)?(?:\s*(?:no|number))?\.?$",
    re.I,
)
_THING = "|".join(
    each for each in THING.split("|") if each not in {"电话", "手机", "号码", "座机", "固话", "热线", "传真"}
)
_OTHER = re.compile(
    rf"(?:{_THING})(?:的)?(?:单?号码?|编号|号码|单|ID|No\\.?)?$|(?:订单|定单|订购|单)(?:号码?|编号|"
    rf"号)?$|(?<![A-Za-z])orders?\s*(?:no|"
    rf"number|num|id|code)?\.?\s*#?$|"
    r"(?:QQ|微信|支付宝)号?$|(?<![A-Za-z])(?:IMEI|SN|SKU|ISBN|invoice|tracking|waybill|card|account|"
    r"serial|transaction|ticket|case)\s*(?:no|number|id|code)?\.?\s*#?$",
    re.I,
)


def is_mobile(text: str) -> bool:
    """A mainland mobile number, nothing around it."""
    return bool(_MOBILE.fullmatch(text))


def mobiles(text: str) -> list[Span]:
    """The mainland mobile numbers that stand whole in the text, with or without +86, blanks and dashes."""
    return distinct([span for span in phones(text) if span.value and span.doubt is None])


def on_behalf_of_another(text: str, found: Iterable[Span]) -> bool:
    """Whether a number that is said to be another's may be the one that is meant."""
    others = (span for span in found if span.value and span.doubt is Doubt.OTHER_PERSON)
    return any(may_be_meant(text, span.start, span.end) for span in others)


def phones(text: str) -> list[Span]:
    """Every mention of a telephone: mobile numbers, and with a doubt whatever could not be read as one."""
    found = capped(text, chains(text, codes(text)), lambda chain: _in_chain(text, chain))
    heard = [span for span in spoken_digits(text) if not _other_noun(before_noun(text, span.start))]
    spoken = [replace(span, value=span.value if is_mobile(span.value) else "") for span in heard]
    return sorted([*found, *spoken], key=lambda span: span.start)


def _in_chain(text: str, chain: list[Code]) -> Iterator[Span]:
    """One number written in groups, or each code of the chain by itself."""
    start, end = chain[0].start, chain[-1].end
    if start and text[start - 1] == "+":
        start -= 1
    written = _WRITTEN.fullmatch(text, start, end)
    if written and len(chain) > 1:
        yield _mobile(text, Code(re.sub(r"\D", "", written[1]), chain[0].start, end), start)
        return
    if (
        written is None
        and len(chain) > 1
        and len(re.sub(r"\D", "", text[start:end])) in range(7, 16)
        and not any(is_mobile(code.text) or len(code.digits) > 11 for code in chain)
    ):
        whole = Code("".join(code.text for code in chain), chain[0].start, end)
        if not _is_other(text, whole):
            yield Span(_guess(whole), start, end, Doubt.UNREADABLE)
        return
    for number, code in enumerate(chain):
        begin = code.start - 1 if text[max(0, code.start - 1) : code.start] == "+" else code.start
        alone = _WRITTEN.fullmatch(text, begin, code.end)
        if (alone and not code.broken and not touched(text, code) and len(chain) - number == 1) or (
            alone and number + 1 < len(chain) and len(chain[number + 1].digits) >= 4
        ):
            yield _mobile(text, Code(re.sub(r"\D", "", alone[1]), code.start, code.end), begin)
        elif len(code.digits) >= 7 and not _is_other(text, code) and not stands_alone(text, code):
            yield Span(_guess(code), begin, code.end, Doubt.UNREADABLE)


def _other_noun(lead: str) -> bool:
    """Whether what stands before a number names something that is no telephone."""
    return bool(_OTHER.search(lead)) and not _OWN_NOUN.search(lead)


def _guess(code: Code) -> str:
    """The mobile number that was probably meant, to be offered."""
    digits = re.sub(r"\D", "", code.unmistyped if code.mistyped else code.text)
    return digits if is_mobile(digits) else ""


def _is_other(text: str, code: Code) -> bool:
    """Whether the digits bear the noun of something that is no telephone, or are a date, or touch letters of a code."""
    lead, after = before_noun(text, code.start), text[code.end : code.end + 12]
    if _OWN_NOUN.search(lead):
        return False
    letters = len(re.findall(r"[A-Za-z]", code.clean)) > 2 and not code.mistyped
    named_after = re.match(
        r"[ ”\"）)]*(?:这个|这笔|这张|的|那个|是)*(?:订单|定单|快递|物流|运单|包裹|order\b)", after, re.I
    )
    too_long = len(code.digits) >= 12 and not re.match(r"1|0|86", code.digits)
    if text[max(0, code.start - 1) : code.start] == "+":
        return False
    if re.match(r"106\d{4}|95\d{3}$", code.digits):
        return True  # what companies send from
    return bool(_other_noun(lead) or is_date(code.text) or letters or named_after or too_long)


def _mobile(text: str, code: Code, start: int) -> Span:
    lead = before_noun(text, start)
    apart = lead.endswith("验证码") and text[start - 1] in " ,，:：\n是"  # a code has not eleven digits
    if _other_noun(lead) and not apart:
        return Span(code.text, start, code.end, Doubt.UNCLEAR)
    return Span(code.text, start, code.end, about_phone(text, start, code.end))
