"""A rule on a clause, and what it is asked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """`mark` ends it; `wish`: it holds the words of the wish; `behind`: it begins behind them."""

    words: str
    mark: str
    wish: bool
    behind: bool

    @property
    def english(self) -> bool:
        return not any("一" <= char <= "鿿" for char in self.words)


@dataclass(frozen=True, slots=True)
class Matter:
    """`action` finds a flow's verb or its thing, `verb` the verb alone. `goods`: it is about goods that were bought,
    which people no longer want, have received, or find wanting; `faulty`: it mends what was written wrongly; `part`:
    only a part of the money is wanted; `looks`: it only looks something up, so that a question is a wish for it."""

    action: re.Pattern[str]
    verb: re.Pattern[str]
    goods: bool
    faulty: bool
    part: bool
    looks: bool


Excuse = Callable[[Clause, Matter, re.Match[str]], bool]


def of_no_action(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    """An excuse: the clause speaks of nothing that the flow does."""
    return not matter.action.search(clause.words)


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` speaks against a wish unless `excuse` says otherwise; `why`: a code of `tickets.said`."""

    why: str
    pattern: re.Pattern[str]
    excuse: Excuse | None = None

    def found(self, clause: Clause, matter: Matter) -> str:
        for match in self.pattern.finditer(clause.words):
            if not (self.excuse and self.excuse(clause, matter, match)):
                return match[0].strip(" ,.")
        return ""


# How an action is named where its thing is not: 不用改了.
_STEMS = {
    "change": r"改(?![天善主进])|换(?![货新])|变更|更正|\b(?:chang|"
    r"updat|modif|correct|edit|switch|mov)\w*|\baddress\b|地址",
    "refund": r"退(?![货换一])|返还|钱|\brefund\w*|\bmoney\b",
    "return": r"退(?![款钱一差])|寄回|取件|\breturn\w*|\bsend\w* (?:it|them|back)|\bpick-?up\b",
    "give_back": r"退(?!一)",
    "compensate": r"[补赔]|\bcompensat\w*",
    "resend": r"重?发|再[发来推]|补发|\b(?:re-?)?send\w*",
    "export": r"导|\bexport\w*|\bdownload\w*|\bspreadsheet\b",
    "verify": r"核验|核实|验证|认证|\bverif\w*",
    "lack": r"重?发|\bsend\w*",
}
_NAMES = {
    "code": r"验证码|校验码|短信|\b(?:codes?|otp|sms|passcode)\b",
    "identity": r"实名|身份|证件|\b(?:identity|id)\b",
    "records": r"记录|明细|投诉|\b(?:records|complaints)\b",
    "address": r"地址|\baddress\b",
}


_LACKING = r"|[不没]|\b(?:no|not|never)\b|n['’]t\b"
_IN_PART = re.compile(
    r"一半|半[价款额]|部分|[补赔]|差价|退我?[\d一二两三四五六七八九十百千]+[元块就]|\b(?:half|part(?:ial|ly)?|"
    r"compensat\w*|discount)\b",
    re.I,
)


def matter(verbs: Collection[str], things: Collection[str], words: Collection[str], told: str, text: str) -> Matter:
    """Of a flow that does `verbs` to `things`, each of whose `words` makes it fit; `told`: what is wished in `text`."""
    meant = [verb for verb in verbs if verb in _STEMS and re.search(_STEMS[verb], told, re.I)]
    verbs = meant or verbs
    found = [_STEMS[verb] for verb in verbs if verb in _STEMS] + [_NAMES[name] for name in things if name in _NAMES]
    named = [re.escape(word) for word in words]
    return Matter(
        re.compile("|".join([*found, *named]) or r"(?!)", re.I),
        re.compile(
            "|".join(_STEMS[verb] for verb in verbs if verb in _STEMS) + (_LACKING if "lack" in verbs else ""), re.I
        ),
        goods=bool({"refund", "return", "give_back", "compensate"} & set(verbs)),
        faulty="change" in verbs,
        part=bool(_IN_PART.search(text)),
        looks=bool({"state", "export"} & set(verbs)) or ("lack" in verbs and "parcel" in things),
    )
