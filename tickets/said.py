"""Texts that are stored as codes and values, and rendered in the reader's language.

Rule: a column of such texts is a `SaidField`. Plain texts of older releases or of people are stored and shown
unchanged. A code is never removed and never changes its meaning, since rows keep it for years.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import translation
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cs_agent import trouble
from cs_agent.said import Said, Sentence, from_json, joined, to_json

__all__ = [
    "Marked",
    "Said",
    "SaidField",
    "bounded",
    "gettext_said",
    "in_both",
    "in_each",
    "in_language",
    "joined",
    "label",
    "listed",
    "read_in_json",
    "said",
    "said_again",
    "stored",
    "stored_in_json",
]

_SAID = "said"
_START = '{"said":'  # of a stored text; JSON is written without spaces
_LABEL = "label"
_TEXT = "text"  # a sentence of a catalogue by its source text, `id`; the other values are named or stand in their order
_BOTH = "both"  # a text that an older release kept in both languages, {zh, en}; nothing writes it any more
_PLACE = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"%(\(\w+\))?[di]")  # values are stored as text
TEXTS = {
    "run.stopped": _("坐席 {who} 已停止"),
    "run.rejected": _("坐席 {who} 已拒绝"),
    "run.rejected_because": _("坐席 {who} 已拒绝:{note}"),
    "run.confirmation_expired": _("确认超时,操作未执行,请人工处理"),
    "run.by_hand": _("已转人工处理"),
    "run.defect": _("程序内部错误,运行已暂停,请接管或停止"),
    "run.worker_lost": _("执行进程在此处连续中断 {times} 次,已暂停,请接管或停止"),
    "run.unreadable": _("运行的进度无法读取(来自其他版本或已损坏),已暂停:请接管手机,核对画面后交还,或停止运行"),
    "run.file_missing": _("应带回文件({kinds}),但手机上没有找到本次保存的文件。请接管手机保存后交还,或直接结束。"),
    "run.rehearsed": _("演练到此结束:{outcome}"),
    "run.rehearsal_stopped": _("演练已停止"),
    "run.batch_stopped": _("批量处理已停止"),
    "run.lesson_idle": _("长时间没有操作,示教已中断并保留"),
    "run.done_at_stop": _("停止时该操作已经执行:{what}"),
    "run.unknown_at_stop": _("停止时该操作是否已执行未知,请核实:{what}"),
    "step.unknown": _("是否已生效未知,请核实"),
    "step.not_done": _("已停止,没有执行"),
    "wait.phone": _("等待空闲手机"),
    "wait.phone_place": _("等待空闲手机,前面还有 {place} 个"),
    "wait.estimate": _(",预计约 {minutes} 分钟"),
    "wait.paused": _("主管已暂停全部智能处理,恢复后自动继续"),
    "wait.retry": _("{words};正在重试({tried}/{most})"),
    "takeover.expired": _("等待接管超时,手机已释放,请人工处理"),
    "takeover.idle": _("人工接管长时间没有操作,已转人工处理"),
    "takeover.idle_anew": _("{who} 长时间没有操作,接管已结束;手机保持原样,请继续接管或停止"),
    "confirmation.granted": _("练习授权"),
    "hand.typed": _("输入了 {count} 个字符"),
    "hand.key": _("按键 {key}"),
    "hand.swipe": _("滑动 {points}"),
    "hand.long_press": _("长按 {points}"),
    "hand.commit": _("标出提交 {points}"),
    "hand.tap": _("点击 {points}"),
    "hand.did": _("人工操作:{what}"),
    "hand.nothing": _("人工没有操作手机"),
    "hand.note": _("交还时说明:{note}"),
    "rehearsal.unsure": _("把握不足或需要人判断:{what}"),
    "rehearsal.no_grant": _("这台手机没有可用的练习授权"),
    "rehearsal.person": _("智能体请求人工处理"),
    "lesson.kept": _("示教中断,已保留"),
    "lesson.dropped": _("示教已放弃"),
    "lesson.done": _("示教完成"),
    "fall_back.not_in_team": _("指定的人不在工单所属的部门。"),
    "fall_back.newer": _("工单已经有了新的处理。"),
    "fall_back.once": _("已经换过一次,不再换。"),
    "fall_back.has_acted": _("已经做过或可能做过不可撤销的操作,或有人工操作,须由人查看。"),
    "fall_back.robot_acts": _("机器人只能接手只查询的流程:不可撤销的操作须由人确认。"),
    "fall_back.cut_off": _("转交时中断,结果不明,须由人查看。"),
    "batch.no_owner": _("建立批量处理的账号已停用。"),
    "batch.no_right": _("建立批量处理的人不再有启动的权限。"),
    "batch.no_flow": _("流程“{flow}”已停用,没有发布中的版本。"),
    "batch.no_team": _("建立批量处理的人不再属于任何部门。"),
    "recording.tries": _("录像连续 {times} 次未能生成视频,画面仍保留在服务器上"),
    "recording.off": _("该流程未开启录像"),
    "recording.none": _("没有录像"),
    "recording.behind": _("录像进程跟不上或已停止"),
    "fit.mentions": _("工单提到:{words}"),
    "fit.not_counted": _("“{word}”不算:{why}"),
    "fit.refused": _("客户说不要"),
    "fit.asked": _("客户只是在询问"),
    "fit.done": _("已经办好或是以前的事"),
    "fit.supposed": _("附有条件或转述别人的话"),
    "fit.unclear": _("说到它,但不像是要办"),
    "fit.withdrawn": _("客户说不用再处理(“{words}”)"),
    "fit.none": _("没有与工单内容相符的流程"),
    "person.because": _("{why}(“{words}”)"),
    "person.upset": _("客户情绪激动"),
    "person.shouting": _("客户情绪激动(连用感叹号)"),
    "person.complaint": _("客户提到投诉、媒体或法律途径"),
    "person.charges": _("资费或扣费争议"),
    "person.safety": _("涉及人身安全或未成年人"),
    "person.two_wishes": _("客户要的不止一件事"),
    "person.other_wish": _("客户要的事没有对应的流程"),
    "person.asked_for": _("客户要求人工处理"),
    "list": _("{first}、{rest}"),
}


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:  # without the type stubs, as in a project of others, Django's class takes no parameters
    _TextField = models.TextField


class SaidField(_TextField):
    """A text stored as codes and values; loaded as a `Said` in the active language."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return read(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        return stored(value) if isinstance(value, str) else super().get_prep_value(value)


def said(code: str, **values: str | int) -> Said:
    """The sentence of that code in the active language; a value may be a `Said` itself."""
    given = {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
    return Said(_look_up(code, given), Sentence(code, given))


class Marked(Said):
    """A sentence of a catalogue; `%` fills its places as gettext's texts have them, and it stays a `Said`."""

    def __mod__(self, given: Any) -> Said:
        named = (
            given if isinstance(given, Mapping) else dict(enumerate(given if isinstance(given, tuple) else (given,)))
        )
        [sentence] = [part for part in self.parts if isinstance(part, Sentence)]
        values = {str(name): value if isinstance(value, str) else str(value) for name, value in named.items()}
        return Said(str.__mod__(self, given), Sentence(_TEXT, {**sentence.values, **values}))


def gettext_said(message: str) -> Marked:
    """Like `gettext`, for texts to be stored: a `SaidField` renders them in the later reader's language."""
    return Marked(gettext(message), Sentence(_TEXT, {"id": message}))


def bounded(text: str, most: int) -> str:
    """The text, or the values of a `Said`, cut to at most `most` characters."""
    if not isinstance(text, Said):
        return text[:most]
    parts = [
        part[:most]
        if isinstance(part, str)
        else Sentence(part.code, {name: bounded(value, most) for name, value in part.values.items()})
        for part in text.parts
    ]
    return Said(text, *parts)


def label(choice: models.TextChoices) -> Said:
    """The label of a choice of `tickets.models`."""
    return said(_LABEL, choices=type(choice).__name__, value=choice.value)


def listed(texts: Sequence[str]) -> str:
    """At least one text, joined as a list in the reader's language."""
    return texts[0] if len(texts) == 1 else said("list", first=texts[0], rest=listed(texts[1:]))


def in_both(message: Any, **values: str | int) -> str:
    """A sentence marked by `gettext_lazy` in both languages, for terminals, whose reader's language is unknown."""
    given = {name: str(value) for name, value in values.items()}
    return " / ".join(_filled(text, given) for text in in_each(message).values())


def in_each(text: Any) -> dict[str, str]:
    """{zh, en}: a `Said`, or a sentence marked by `gettext_lazy`, in each language, such as a flow keeps its labels."""
    found = {}
    for lang in ("zh", "en"):
        with in_language(lang):
            found[lang] = str(said_again(text))
    return found


def readers_language() -> str:
    """The language that is active: "zh" or "en"."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def in_language(lang: str) -> Any:
    """A context in which texts are in "zh" or "en"."""
    return translation.override("en" if lang == "en" else "zh-hans")


def said_again(text: str) -> str:
    """The text in the active language; a text without sentences is unchanged."""
    return from_json(to_json(text), _look_up) if isinstance(text, Said) else text


def stored(text: str) -> str:
    """The column's value; a text without sentences is unchanged."""
    if not text or (not isinstance(text, Said) and not text.startswith(_START)):
        return text
    parts = to_json(text)
    if len(parts) == 1 and isinstance(parts[0], str) and not parts[0].startswith(_START):
        return parts[0]
    return json.dumps({_SAID: parts}, ensure_ascii=False, separators=(",", ":"))


def read(column: str) -> str:
    """Inverse of `stored`; anything else, such as an older release's text, is returned unchanged."""
    if not column.startswith(_START):
        return column
    try:
        return from_json(json.loads(column)[_SAID], _look_up)
    except (ValueError, TypeError, RecursionError):
        return column


def stored_in_json(value: Any) -> Any:
    """The JSON value with each `Said` in it as {"said": parts, "text": the words as they were when it was written}."""
    match value:
        case Said() if any(isinstance(part, Sentence) for part in value.parts):
            return {_SAID: to_json(value), "text": str(value)}
        case str():
            return str(value)
        case Mapping():
            return {name: stored_in_json(each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [stored_in_json(each) for each in value]
        case _:
            return value


def read_in_json(value: Any) -> Any:
    """What `stored_in_json` gave, in the reader's language; what this release cannot read, in the stored words."""
    match value:
        case {"said": list(parts), "text": str(text), **rest} if not rest:
            try:
                return from_json(parts, _look_up)
            except (ValueError, TypeError, RecursionError):
                return text
        case Mapping():
            return {name: read_in_json(each) for name, each in value.items()}
        case list():
            return [read_in_json(each) for each in value]
        case _:
            return value


def _look_up(code: str, values: Mapping[str, str]) -> str:
    """Render a sentence of the domain, of the engine or of an error; an unknown code gives its values."""
    if code in TEXTS:
        return _filled(str(TEXTS[code]), values)
    if code == _LABEL:
        return _label(values)
    lang = readers_language()
    if code == _TEXT:
        return _of_catalogue(dict(values))
    if code == _BOTH:
        return values.get(lang) or values.get("zh", "")
    if code == trouble.CODE:
        return trouble.retell(values, lang)
    try:
        return _of_engine(code, values, lang)
    except (KeyError, ValueError, TypeError):
        return " ".join(values.values()) or code


def _of_catalogue(values: dict[str, str]) -> str:
    """The sentence in the active language; in its source language if no catalogue has it."""
    message = values.pop("id", "")
    text = _NUMBER.sub(r"%\1s", gettext(message)) if message else ""
    try:
        return (text % (tuple(values.values()) if "0" in values else values)) if values else text
    except (KeyError, ValueError, TypeError):
        return " ".join([message, *values.values()])


def _of_engine(code: str, values: Mapping[str, str], lang: str) -> str:
    # Imported when needed: the models import this module, and not every process needs the engine's words.
    from cs_agent.engine.actions import parse
    from cs_agent.engine.gate import reasons
    from cs_agent.engine.run import wording
    from cs_agent.engine.run.state import Reason

    prefix, key = code[: code.find(".") + 1], code[code.find(".") + 1 :]
    if prefix == wording.PREFIX:
        return wording.say(key, lang, **values)
    if prefix == reasons.PREFIX:
        return reasons.told(Reason(key, values), lang)
    if prefix == parse.PREFIX:
        return parse.ParseError(parse.ParseErrorCode(key), values.get("detail", "")).reason(lang)
    raise KeyError(code)


def _label(values: Mapping[str, str]) -> str:
    from tickets import models as rows

    choices = getattr(rows, values.get("choices", ""), None)
    value = values.get("value", "")
    if isinstance(choices, type) and issubclass(choices, models.TextChoices):
        return str(dict(choices.choices).get(value, value))
    return value


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)
