"""What the words that lead to a call say of it: not to do it, that it was done, only on a condition, or as an example.

Rule: a call is meant where the words before it do not take it back. In doubt it is refused: the model is asked again.
"""

from __future__ import annotations

import re

_END = re.compile(r"[.!?;>`\u3002\uff01\uff1f\uff1b\u2026]|[,:\n\uff0c\uff1a]")
_NEGATION = re.compile(
    r"\b(?:not|never|cannot|without|avoid|instead of|rather than|unable|refuse|forbidden|prohibited"
    r"|no (?:need|longer))\b|n['’]t\b|不|别|勿|无[法需须从]|没|未|莫|甭|禁止|严禁|避免|拒绝|停止|而非",
    re.IGNORECASE,
)
_FORBIDS = re.compile(
    r"\b(?:(?:do|must|should|may|shall) not|never|avoid|forbidden|prohibited)\b|n['’]t\b"
    r"|不[要能可应许得必准该用]|别|勿|无需|无须|禁止|严禁|避免|拒绝",
    re.IGNORECASE,
)
_FAILED = re.compile(r"没|未|无|失败|\b(?:no|not|fail\w*|nothing)\b", re.IGNORECASE)
_REPORTED = re.compile(
    r"\b(?:already|previous(?:ly)?|earlier|last (?:step|action|turn|time)|before(?:hand)?)\b"
    r"|上一?[步个次]|刚[才刚]|之前|先前|已经?(?:执行|调用|点击|输入|做|试|用)过?",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"\b(?:for (?:example|instance)|e\.g|such as|examples?|format|syntax)\b|例如|比如|譬如|格式|示例|形如",
    re.IGNORECASE,
)
_REPEATED = re.compile(
    r"^\s*(?:for|while)\b|\b(?:repeat|twice|(?:\d+|two|three|four|five) times)\b|重复|循环|连续"
    r"|(?<!第)(?<![第十\d])[两二三四五六七八九十\d]+\s*[次遍]",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^\s*(?:otherwise|else|if|when(?:ever)?|once|unless|until|in case|provided|should the|assuming)\b"
    r"|^\s*(?:如果|假如|倘若|若|一旦|除非|否则|要是|万一)",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r"(?:之?后|以后|的时候|[一-鿿]时)\s*(?:再|才)?\s*\Z|(?:\bonce|\bafter|\bwhen)\b[^,]*\Z", re.IGNORECASE
)
_ALTERNATIVE = re.compile(r"(?:\bor|或者?|要么|\beither)\s*\Z", re.IGNORECASE)
_COMMENTED = re.compile(r"(?:#|//|<!--)[ \t]*\Z")
_OPENED = re.compile(r"[\"“'(\uff08]\s*\Z")
_TURN = re.compile(r"\b(?:so|now|therefore|then|next)\b|现在|所以|因此|接下来|于是|然后", re.IGNORECASE)
_MOST_HEADING = 60  # characters of a line that may announce the call below it
_MOST_LABEL = 18  # of a heading that says whose act follows: `上一步的动作:`
_LOOKED_AT = 400  # characters before a call


def says_not_to(before: str) -> bool:
    """Whether the clause that leads to the call, or its heading, forbids it: `Do not finish()`, `严禁:finish()`."""
    clause, heading, _ = _leading(before)
    return bool(_NEGATION.search(clause) or _FORBIDS.search(heading))


def only_tells_of(before: str) -> bool:
    """Whether the call is no order for now: reported, an example, on a condition, repeated, one of two or commented
    out."""
    clause, heading, condition = _leading(before)
    clause = _TURN.split(clause)[-1]
    reported = heading if len(heading) <= _MOST_LABEL and not _FAILED.search(heading) else ""
    if any(_REPORTED.search(part) for part in (clause, reported)):
        return True
    if any(pattern.search(part) for pattern in (_EXAMPLE, _REPEATED) for part in (clause, heading)):
        return True
    if any(_CONDITION.search(part) for part in (clause, heading, condition)):
        return True
    return any(pattern.search(before[-_LOOKED_AT:]) for pattern in (_ALTERNATIVE, _COMMENTED, _OPENED)) or bool(
        _AFTERWARDS.search(clause)
    )


def _leading(before: str) -> tuple[str, str, str]:
    """The clause that the call ends; the line or clause with a colon that announces it; and the clause that a comma
    parts from it, which may be a condition."""
    text = before[-_LOOKED_AT:]
    ends = list(_END.finditer(text))
    if not ends:
        return text, "", ""
    clause = text[ends[-1].end() :]
    last = ends[-1].group()
    start = ends[-2].end() if len(ends) > 1 else 0
    other = text[start : ends[-1].start()]
    announces = not clause.strip() and (last in ":\uff1a" or (last == "\n" and len(other) <= _MOST_HEADING))
    return clause, other if announces else "", other if last in ",\uff0c" else ""
