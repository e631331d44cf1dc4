"""Classifies what pressing a control would do by its own label, in Chinese and English.

Rule: only forms known to be harmless are exempt (a noun such as 退款记录, a status such as 已退款, a refusal such as
暂不); every other label with a word of commitment counts as a commitment. The words themselves are data:
vocabulary/*.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from cs_agent.engine.screen.text import fold


class LabelKind(StrEnum):
    """From the most to the least risky."""

    COMMIT = "commit"  # does something that cannot be taken back: 提交审核, Pay now
    HOLD = "hold"  # asks to be held or slid: 滑动支付, Hold to delete
    AFFIRM = "affirm"  # says yes to whatever the page asks: 确定, OK
    OPTION = "option"  # names a kind of commitment without doing it: 全额退款, 微信支付
    OPEN = "open"  # usually opens a form: 申请退款, 转账, Request refund
    RETRY = "retry"  # does the page's last thing again: 重试
    ADVANCE = "advance"  # 下一步, Continue
    REFUSE = "refuse"  # 拒绝, Reject: harmless only in a permission dialog
    PLAIN = "plain"
    NOMINAL = "nominal"  # speaks of a commitment: 退款记录, 已退款
    SAFE = "safe"  # 取消, 返回, 请输入…
    NONE = "none"  # nothing readable


WEIGHTY = (LabelKind.COMMIT, LabelKind.HOLD, LabelKind.AFFIRM)  # a touch on such a word does what the page asks
RISK = {kind: -number for number, kind in enumerate(LabelKind)}


@dataclass(frozen=True, slots=True)
class LabelSense:
    kind: LabelKind
    word: str = ""  # the word that decided


def _vocabulary(lang: str) -> dict[str, tuple[str, ...]]:
    source = Path(__file__).with_name("vocabulary") / f"{lang}.toml"
    table = tomllib.loads(source.read_text("utf-8"))
    return {key: tuple(word.replace("_", " ") for word in text.split()) for key, text in table.items()}


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


_ZH = _vocabulary("zh")
_EN = _vocabulary("en")
_WHOLE = {
    LabelKind.SAFE: frozenset(_ZH["safe"] + _EN["safe"]),
    LabelKind.REFUSE: frozenset(_ZH["refuse"] + _EN["refuse"]),
    LabelKind.AFFIRM: frozenset(_ZH["affirm"] + _EN["affirm"]),
    LabelKind.ADVANCE: frozenset(_ZH["advance"] + _EN["advance"]),
    LabelKind.COMMIT: frozenset(_ZH["commit_whole"] + _EN["commit_whole"]),
    LabelKind.RETRY: frozenset(_ZH["retry"] + _EN["retry"]),
    LabelKind.OPEN: frozenset(_ZH["open"] + _EN["open"]),
}

_PICKER_END = frozenset(_ZH["picker_end"] + _EN["picker_end"])
_DONE = frozenset(_ZH["done"] + _EN["done"])
_BACK = frozenset(_ZH["back"] + _EN["back"])
_LOOK_UP = frozenset(_ZH["look_up"] + _EN["look_up"])
_CLEARS = frozenset(_ZH["clears"] + _EN["clears"])
_APP_BAR = frozenset(_ZH["app_bar"] + _EN["app_bar"])
_LEAVE = frozenset(_ZH["leave"] + _EN["leave"])
_LEAVE_OR_END = frozenset(_ZH["leave_or_end"] + _EN["leave_or_end"])
_ASKING_START = _ZH["asking_start"] + _EN["asking_start"]
_FIELD_NOUN = re.compile(rf"{_any(_ZH['field_noun'])}(?:\(.*)?[.…]*$|\b{_any(_EN['field_noun'])}[.…]*$")
_HINT_START = _ZH["hint_start"] + _EN["hint_start"]

_ZH_COMMIT = re.compile(_any(_ZH["commit"]))
_ZH_SAFE_START = re.compile("^(?:立即|马上|点击|去)?" + _any(_ZH["safe_start"]))
_ZH_DOES = re.compile("^" + _any(_ZH["does"]))
_ZH_CONSENT = re.compile("已阅读|我同意|同意并|并同意|阅读并|知悉并")
_ZH_HINT_THEN_ACTION = re.compile("(?:并|后|即可|同时)(?:立即)?.{0,2}" + _any(_ZH["commit"]))
_ZH_STATUS = re.compile(f"^{_any(_ZH['status_start'])}.{{1,7}}$|^.{{1,6}}{_any(_ZH['status_end'])}$")
_ZH_NOUN_END = re.compile(_any(_ZH["noun_end"]) + "$")
_ZH_RECORD_END = re.compile(_any(_ZH["record_end"]) + "$")
_ZH_DESTRUCTIVE = re.compile("^" + _any(_ZH["destructive"]))
_ZH_DESTRUCTIVE_NOUN_END = re.compile(_any(_ZH["destructive_noun_end"]) + "$")
_ZH_VERB_FIRST = re.compile("^" + _any(_ZH["verb_first"]))
_ZH_PAPER = re.compile("^(?:确认|同意)(?:函|单|书)")
_ZH_OPTION = re.compile(
    "^(?:全额|部分|仅|只|未发货|已发货|退货|最低|分期|微信|支付宝|云闪付|银联|银行卡|信用卡|储蓄卡|货到|余额|零钱|花呗"
    "|数字人民币|找人|朋友|他人)[^/]{0,6}(?:退款|支付|付款|代付|还款)$"
    r"|^(?:补偿|赔付|赔偿)[¥￥]?\d+(?:\.\d+)?元?$"
    "|^(?:退款|退货|换货|退货退款|仅退款|仅换货)[(（].{1,20}$"
)
_ASKED_FOR = "(?:退款|退货|退换|退钱|换货|售后|赔|发票|开票|维修|保修|客服|介入|信用卡|试用|投诉|评价|反馈)"
_ZH_OPEN = re.compile(
    f"^(?:申请|我要|我想|我要申请){_ASKED_FOR}.{{0,6}}$|^{_ASKED_FOR}.{{0,2}}申请$|^(?:新建|创建).{{1,8}}$"
    "|^.{0,6}(?:退换|售后|退换货|退款/.{1,4}|退货/.{1,4}|.{1,4}/退款)$"
    "|^(?:修改|编辑|更换).{0,6}$|^变更.{1,4}办理$"
)
_ZH_ENDS_AS_STATUS = re.compile(f"(?:已|待|未).{{1,3}}$|{_any(_ZH['status_end'])}$")

_EN_COMMIT = re.compile(rf"\b{_any(_EN['commit'])}\b")
_EN_SAFE_START = re.compile(rf"^{_any(_EN['safe_start'])}(?!\w)")
_EN_AND_ACTION = re.compile(r"\b(?:and|&) \w+")
_EN_NOUN_END = re.compile(rf"\b{_any(_EN['noun_end'])}$")
_EN_RECORD_END = re.compile(rf"\b{_any(_EN['record_end'])}$")
_EN_VERB_FIRST = re.compile(rf"^{_any(_EN['verb_first'])}\b")
_EN_DESTRUCTIVE = re.compile(rf"^{_any(_EN['destructive'])}\b")
_EN_DESTRUCTIVE_NOUN_END = re.compile(r"\b(?:policy|help|guide|terms|failed|reasons?|settings)$")
_EN_OPEN = re.compile(r"^(?:edit|change|new|create|apply for|rate|return or (?:replace|refund)) [^\d]+$")
_EN_OPTION = re.compile(
    r"^(?:full|partial) refund$|^(?:wechat|apple|google) pay$|^paypal$|^(?:credit|debit) card$|^cash on delivery$"
)

_ZH_BIDDING = re.compile("^(?:确认|确定|立即|马上|一键|同意|提交|去)|(?:并|后)" + _any(_ZH["commit"]))
_EN_BIDDING = re.compile(r"\b(?:now|confirm|submit|place)\b|\b(?:and|&) \w+")

_HOLD = re.compile(
    "滑动|[左右上下]滑|拖动|长按|按住|拖[到至]|滑块"
    r"|\b(?:slide|swipe|drag|hold|long press)\b.{0,12}\b(?:to|and|for|here)\b"
)
_HOLD_TO_LOOK = re.compile(
    r"查看|更多|翻页|切换|浏览|刷新|加载|下一|上一|\b(?:see|view|more|browse|refresh|switch|next|scroll|explore)\b"
)
_CAPTION = re.compile(
    r"^([^\d:]*?[^\W\d_])(?: ?[:#] ?| (?=\S*\d)|(?<=[\u4e00-\u9fff])(?=[a-z]{1,4}-?\d)|(?=[¥$€£#]?\d))(.+)$"
)  # words, then what they name
_UNREAD = re.compile(
    r"[\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff\u0370-\u1cff\u3040-\u30ff\uac00-\ud7af\ufb1d-\ufdff\ufe70-\ufefc"
    "転発売込払働図気駅対検済続変関様価拡択権単戻帰処応経広営]"  # as only Japanese writes them
)  # of scripts without words here
_HAN = re.compile(r"[\u4e00-\u9fff]")
_COUNT = re.compile(r"[\s·]*\(?\d{1,3}(?:/\d{1,3})?\)?$")
_TRAILING_MARKS = re.compile(r"[\s>›»→❯:*]+$")
_WRAPPING = "<‹〈[]【】「」()《》“”\"‘’' "
_SENTENCE = re.compile(r"[。！!；;]|，.*，|[,，].{6,}")
_SENTENCE_CHARS_ZH = 22  # longer than any button's label
_SENTENCE_WORDS_EN = 8
_STATUS_CHARS = 6  # a longer text that ends in a status is an entry of a list


@lru_cache(maxsize=8192)
def sense(label: str, *, button: bool = False, sensitive_words: tuple[str, ...] = ()) -> LabelSense:
    """What pressing a control with this label would mean; `button`: the control is drawn as a button."""
    text = _TRAILING_MARKS.sub("", fold(label))
    if not text:
        return LabelSense(LabelKind.NONE)
    for word in sensitive_words:
        if fold(word) and fold(word) in text:
            return LabelSense(LabelKind.COMMIT, word)
    bare = (_COUNT.sub("", text) or text).strip(_WRAPPING).rstrip(".…!")
    for kind, labels in _WHOLE.items():
        if bare in labels:
            return LabelSense(kind, bare)
    return _sense_zh(bare, button) if _HAN.search(text) else _sense_en(bare, button)


def _sense_zh(text: str, button: bool) -> LabelSense:
    found = _ZH_COMMIT.search(text)
    word = found[0] if found else ""
    if _ZH_CONSENT.search(text):
        return LabelSense(LabelKind.COMMIT, text)
    if shape := _shape_zh(text):
        return LabelSense(shape, word)
    if _HOLD.search(text) and not _HOLD_TO_LOOK.search(text):
        return LabelSense(LabelKind.HOLD, word or text)
    if not word:
        return LabelSense(LabelKind.PLAIN)
    told = not button and (_is_sentence(text) or (len(text) > _STATUS_CHARS and _ZH_ENDS_AS_STATUS.search(text)))
    if _is_nominal_zh(text) or told:
        return LabelSense(LabelKind.NOMINAL, word)
    return LabelSense(LabelKind.COMMIT, word)


def _shape_zh(text: str) -> LabelKind | None:
    if _ZH_OPTION.search(text):
        return LabelKind.OPTION
    does = _ZH_DOES.search(text.removeprefix("我要")) or _ZH_VERB_FIRST.search(text)
    if _ZH_OPEN.search(text) and not does:
        return LabelKind.OPEN
    if _ZH_SAFE_START.search(text) and not _ZH_HINT_THEN_ACTION.search(text):
        return LabelKind.SAFE
    return None


def _is_nominal_zh(text: str) -> bool:
    if _ZH_DOES.search(text):
        return bool(_ZH_PAPER.search(text))
    if _ZH_DESTRUCTIVE.search(text):
        return bool(_ZH_DESTRUCTIVE_NOUN_END.search(text))
    if _ZH_STATUS.search(text):
        return True
    acts = _ZH_VERB_FIRST.search(text) and not _ZH_RECORD_END.search(text)
    return bool(_ZH_NOUN_END.search(text)) and not acts


def is_read(text: str) -> bool:
    """Whether it is written in a script these vocabularies cover; other texts give no information."""
    return not _UNREAD.search(fold(text))


def names_a_value(text: str) -> bool:
    """Whether the label is a caption with its value: 付款时间:05-01, Refund amount $12. Its words name a thing, not an
    act."""
    folded = fold(text)
    if found := _CAPTION.match(folded):
        return sense(found[1], button=True).kind is LabelKind.NOMINAL and not is_bidding(found[2])
    return False


def ends_a_choice(text: str) -> bool:
    """完成, 确定, Done: the label of a picker's final button, with or without a count."""
    return _bare(text) in _PICKER_END


def names_a_state(text: str) -> bool:
    """完成, Done, To ship: what is done or to be done, where such names sort a list; elsewhere it may bid."""
    bare = _bare(text)
    return bare in _DONE or bare.startswith("to ")


def go_back(label: str) -> bool:
    return _bare(label) in _BACK


def looks_up(label: str) -> bool:
    """Whether it is the whole label of a search button."""
    return _bare(label) in _LOOK_UP


def clears_text(label: str) -> bool:
    """Whether it is the whole label of a field's clear button."""
    return _bare(label) in _CLEARS


def opens_from_app_bar(label: str) -> bool:
    """Whether the platforms call the sign so that opens a menu or a search in the bar of an app."""
    return _bare(label) in _APP_BAR


def leaves_a_dialog(label: str) -> bool:
    return _bare(label) in _LEAVE


def leaves_what_is_shown(label: str) -> bool:
    """Whether the label may end what the window shows instead of only closing the window: 取消, Close."""
    return _bare(label) in _LEAVE_OR_END


def names_a_field(label: str) -> bool:
    """Whether its last word is what a field holds: 收货地址, Full name."""
    return bool(_FIELD_NOUN.search(fold(label)))


def names_a_thing(label: str) -> bool:
    """Whether it ends in the name of a thing, with no verb before it that may act on the thing: 物流公司, Reason. A
    label that ends in a word of commitment is none: 语音通话."""
    text = _bare(label)
    found = sense(text, button=True)
    if found.kind not in (LabelKind.PLAIN, LabelKind.NOMINAL) or (found.word and text.endswith(found.word)):
        return False
    if not _HAN.search(text):
        return bool(_EN_RECORD_END.search(text)) or (" " not in text and names_a_field(text))
    if _ZH_RECORD_END.search(text):
        return True
    return bool(_ZH_NOUN_END.search(text) or names_a_field(text)) and not _holds_a_verb(text)


def _holds_a_verb(text: str) -> bool:
    return any(kind[:1] not in "nbrtu" and kind != "vn" for kind in _kinds_of_words(text)[:-1])


def may_be_done(label: str) -> bool:
    """Whether any word of a Chinese label may be a verb, its last one too: 催办."""
    return any(kind[:1] not in "nbrtufm" for kind in _kinds_of_words(_bare(label)))


def _kinds_of_words(text: str) -> list[str]:
    import rjieba  # its dictionary takes memory that most processes never need

    return [kind for _, kind in rjieba.tag(text)]


def is_hint(label: str) -> bool:
    """Whether it is the hint of an empty field, which asks for input and triggers nothing.

    请输入 is always a hint; 输入 and Enter are if they name a field's content (姓名, your e-mail), and may be commands
    elsewhere.
    """
    text = fold(label)
    asks = text.startswith(_ASKING_START) or (text.startswith(_HINT_START) and bool(_FIELD_NOUN.search(text)))
    return asks and not is_bidding(text) and sense(text, button=True).kind in (LabelKind.SAFE, LabelKind.PLAIN)


def _bare(label: str) -> str:
    text = _TRAILING_MARKS.sub("", fold(label))
    return (_COUNT.sub("", text) or text).strip(_WRAPPING).rstrip(".…!")


def is_bidding(label: str) -> bool:
    """Whether a label is a command even on a control that looks like a choice: 立即支付, Pay now."""
    text = fold(label)
    if text.startswith(("我", "已", "i ")):
        return False
    return bool(_ZH_BIDDING.search(text) or _EN_BIDDING.search(text))


def _is_sentence(text: str) -> bool:
    return bool(_SENTENCE.search(text)) or len(text) > _SENTENCE_CHARS_ZH


def _sense_en(text: str, button: bool) -> LabelSense:
    found = _EN_COMMIT.search(text)
    word = found[0] if found else ""
    if _HOLD.search(text) and not _HOLD_TO_LOOK.search(text):
        return LabelSense(LabelKind.HOLD, word or text)
    if shape := _shape_en(text):
        return LabelSense(shape, word)
    if not word:
        return LabelSense(LabelKind.PLAIN)
    if _is_nominal_en(text) or (not button and len(text.split()) > _SENTENCE_WORDS_EN):
        return LabelSense(LabelKind.NOMINAL, word)
    return LabelSense(LabelKind.COMMIT, word)


def _shape_en(text: str) -> LabelKind | None:
    if _EN_OPEN.search(text):
        return LabelKind.OPEN
    if _EN_OPTION.search(text):
        return LabelKind.OPTION
    if _EN_SAFE_START.search(text) and not _EN_AND_ACTION.search(text):
        return LabelKind.SAFE
    return None


def _is_nominal_en(text: str) -> bool:
    if _EN_DESTRUCTIVE.search(text):
        return bool(_EN_DESTRUCTIVE_NOUN_END.search(text))
    if _EN_VERB_FIRST.search(text):
        return bool(_EN_RECORD_END.search(text))
    return bool(_EN_NOUN_END.search(text))
