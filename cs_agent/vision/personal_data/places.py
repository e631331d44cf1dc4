"""Where somebody is, as coordinates, and when somebody was born.

Rule: two numbers are coordinates beside a word that says so, or where both are as exact as a position is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_agent.vision.personal_data.kinds import DataKind, Span

_DEGREES = r"[-+NSEW]?\s?\d{1,3}(?:\.\d{2,12})?\s?°?\s?[NSEWnsew北南东西]?"
_LABELLED = re.compile(
    r"(?:GPS|经纬度?|[经纬]度|坐标|定位|位置|\b(?:lat(?:itude)?|lng|lon(?:gitude)?|coordinates?|coords?|location|position|geo)\b)"
    rf"(?:点|值"
    rf"|信息)?[\s::=是为(\[\"']{{0,4}}(?:[东西北南][经纬]\s?)?(?P<value>{_DEGREES}"
    rf"(?:\s?[,/;， ]\s?(?:[东西北南][经纬]\s?)?{_DEGREES})?)"
    r"(?![\d.])",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"(?<![\d.,$¥€£])(?P<value>(?=[^\n]{0,14}(?:-"
    r"|\.\d{5}))-?\d{1,3}\.\d{4,12}\s?[,/;， ]\s?-?\d{1,3}\.\d{4,12})(?![\d.])"
    r"|(?P<compass>(?:[东西][经]|[北南][纬])?\s?\d{1,3}°\s?\d{1,2}[′'’]\s?(?:\d{1,2}(?:\.\d+)?(?:″|\"|''|”)\s?)?[NSEW北南东西]?"
    r"|\d{1,3}\.\d{2,12}\s?°\s?[NSEW北南东西]|[北南]纬\s?\d{1,2}(?:\.\d+)?\s?[°度]?|[东西]经\s?\d{1,3}(?:\.\d+)?\s?[°度]?)"
)
_EXACT = re.compile(r"\d\.\d{2}")  # of a single number beside its word

_MONTHS = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_DAY = (
    r"(?:(?:昭和|平成|令和|大正|明治)\s?\d{1,2}年\s?\d{1,2}月\s?\d{1,2}日|(?:民国\s?\d{2,3}年|\d{2}年)\d{1,2}月(?:\d{1,2}[日号])?|(?:19"
    r"|20)\d\d\s?[-./年]\s?\d{1,2}(?:\s?[-./月]\s?\d{1,2}(?:\s?[日号])?|月)?"
    r"|\d{1,2}\s?[-./月]\s?\d{1,2}(?:\s?[-./]\s?\d{2,4}|[日号])"
    r"|(?:19|20)\d{6}(?!\d)|(?:19|20)\d\d年?(?!\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)?[ -]{_MONTHS},?[ -]\d{{2,4}}|{_MONTHS} \d{{1,2}}(?:st|nd|rd"
    rf"|th)?(?:,? \d{{4}})?"
    r"|[一二三四五六七八九零〇○]{2,4}年[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}[日号])?"
    r"|(?:农历|阴历)?[正一二三四五六七八九十冬腊]{1,2}月[初一二三四五六七八九十廿]{1,3})"
)
_BORN = re.compile(
    r"(?:出生(?:年月日?|日期|时间|于|在)?|生日|生于|诞生日|生年月日|생년월일|วันเกิด|تاريخ الميلاد|תאריך לידה"
    r"|\b(?:geburts(?:datum|tag)"
    r"|geboren(?: am)?|date de naissance|née? le|fecha de nacimiento|nacid[oa] el|data de nascimento"
    r"|data di nascita|nat[oa] il|дата рождения|ngày sinh|tanggal lahir|doğum tarihi|geboortedatum|data urodzenia"
    r"|fødselsdato|syntymäaika|date\s?of\s?birth|birth\s?date|birth\s?day|D\.?O\.?B\.?"
    r"|born)\b(?:\son)?)"
    rf"[^\S\n]*(?:是|为|[:=|\t(]|\bis\b)?\s*(?:农历|阴历|公历)?(?P<value>{_DAY})",
    re.IGNORECASE,
)
_BORN_BEHIND = re.compile(
    rf"(?P<value>{_DAY})\s?(?:出生|生人|生的)|(?<=[男女])[,,/、\s]{{1,2}}(?P<person>(?:19"
    rf"|20)\d\d[-./年]\d{{1,2}}[-./月]\d{{1,2}}日?)"
)


def positions(text: str) -> Iterator[Span]:
    for match in _LABELLED.finditer(text):
        if _EXACT.search(match.group("value")):
            yield Span(DataKind.ADDRESS, *match.span("value"), match.group("value"))
    for match in _PAIR.finditer(text):
        yield Span(DataKind.ADDRESS, *match.span(), match.group())


def birth_dates(text: str) -> Iterator[Span]:
    for pattern in (_BORN, _BORN_BEHIND):
        for match in pattern.finditer(text):
            group = match.lastgroup or "value"
            yield Span(DataKind.BIRTH_DATE, *match.span(group), match.group(group))
