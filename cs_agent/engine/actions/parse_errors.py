"""Why a model's reply is not exactly one action: a code for programs, a clause for the model and for people."""

from __future__ import annotations

from enum import StrEnum

from cs_agent.catalogue import _, say
from cs_agent.said import Said, Sentence


class ParseErrorCode(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too_long"
    GARBLED = "garbled"
    UNCLOSED_THOUGHT = "unclosed_thought"
    NO_ACTION = "no_action"
    NO_CALL = "no_call"
    NO_PLACE = "no_place"
    TWO_ACTIONS = "two_actions"
    TRAILING_TEXT = "trailing_text"
    AMBIGUOUS_QUOTES = "ambiguous_quotes"
    NEGATED = "negated"
    NOT_NOW = "not_now"
    MALFORMED = "malformed"
    UNKNOWN_ACTION = "unknown_action"
    MISSING_ARGUMENT = "missing_argument"
    UNKNOWN_ARGUMENT = "unknown_argument"
    DUPLICATE_ARGUMENT = "duplicate_argument"
    BAD_POINT = "bad_point"
    BAD_DURATION = "bad_duration"
    BAD_VALUE = "bad_value"


PREFIX = "reply."  # of the codes under which a reason is stored as a part of other texts
_EXPLANATIONS: dict[ParseErrorCode, str] = {
    ParseErrorCode.EMPTY: _("回复是空的"),
    ParseErrorCode.TOO_LONG: _("回复太长"),
    ParseErrorCode.GARBLED: _("回复中有无法解码的字符"),
    ParseErrorCode.UNCLOSED_THOUGHT: _("思考部分没有结束"),
    ParseErrorCode.NO_ACTION: _("其中没有 do(…) 或 finish(…)"),
    ParseErrorCode.NO_CALL: _("其中没有工具调用"),
    ParseErrorCode.NO_PLACE: _("屏幕上找不到 {detail}"),
    ParseErrorCode.TWO_ACTIONS: _("其中有不止一个动作"),
    ParseErrorCode.TRAILING_TEXT: _("动作后面还有别的内容"),
    ParseErrorCode.AMBIGUOUS_QUOTES: _('引号有多种读法,文本中的引号请写成 \\"'),
    ParseErrorCode.NEGATED: _("动作前面的话说不要这样做"),
    ParseErrorCode.NOT_NOW: _("动作前面的话没有说现在就做它:是条件、举例、别人的话、已做过的事,或不是一个动作的标题"),
    ParseErrorCode.MALFORMED: _("动作的写法不完整或不正确"),
    ParseErrorCode.UNKNOWN_ACTION: _("没有动作 {detail}"),
    ParseErrorCode.MISSING_ARGUMENT: _("缺少参数 {detail}"),
    ParseErrorCode.UNKNOWN_ARGUMENT: _("参数 {detail} 不属于该动作"),
    ParseErrorCode.DUPLICATE_ARGUMENT: _("参数 {detail} 出现了两次"),
    ParseErrorCode.BAD_POINT: _("坐标 {detail} 不是屏幕范围内的 [x,y]"),
    ParseErrorCode.BAD_DURATION: _('时长 {detail} 不是 "3 seconds" 这样的秒数'),
    ParseErrorCode.BAD_VALUE: _("参数 {detail} 的值不是文本"),
}


class ParseError(Exception):
    """A reply that cannot be read as exactly one action. `raw` is the reply; `reason` is for the model."""

    def __init__(self, code: ParseErrorCode, detail: str = "", raw: str = "") -> None:
        self.code = code
        self.detail = detail
        self.raw = raw
        super().__init__(self.reason("en"))

    def reason(self, lang: str) -> Said:
        """Why, as a clause that completes "your last reply could not be read because …"."""
        detail = self.detail[:80]
        text = say(_EXPLANATIONS[self.code], lang, detail=detail)
        return Said(text, Sentence(PREFIX + self.code.value, {"detail": detail}))
