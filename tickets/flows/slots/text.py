"""A ticket's text made uniform without moving a character, its clauses, and the places that readers find in it.

Rule: `even` keeps the length, so that an offset in the even text is the offset in the ticket's text. Every look around
a place is bounded, so that reading takes time in proportion to the text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

_DASHES: dict[int, str] = dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-")
_SPACES: dict[int, str] = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2009\u202f\u3000\t"), " ")
_TRADITIONAL_PAIRS = zip(
    "訂單號碼話機電額償補貨塊圓萬億兩貳參陸質問題壞個週條開發壓寫錯換給郵運費錢賠雙請幫現說驗證級歲屆簡會應讓總關"
    "夠時間聯係師編購買賣帳簽損裝爛還沒與無對過後東這從實際圖顏誤動頭斷線鐘樓區縣鎮鄉懇數點該謝約誰們嗎麼為許認記"
    "設計訊詢語論護評詳調談諾謂識議變貴資贈車軟輕較輸辦農遠適選遺醫鎖錄鋪銀鐵長門閉隊陽階陳險隨雖離難雲靜響頁項順"
    "須預領願類顯風飛飯館馬駕體髒鬧魚麗黃齊齒龍幾並亂傳傷債儘優兒內兇凍則剛創劃劇劉勁務勝勞勢協卻員啟喪嚴嘗囑國圍"
    "園報場壺夢夾奪學審寬寶將專尋導層屬島崗帶幣廠廢廣張彈強復徵態慣慶慮戲戶拋挾捨掃掛採揮搖撥擇擊擔據擠擬擴擾攝敗"
    "敵晝暫業極構槍樂標樣橋檢權歡歷歸殘氣決況淚淨減測湯準溫滅滾滿漢漸潔澤濟灣災煙煩熱燈燒爭爺牆狀猶獎獨獲環產畢畫"
    "異當療瘋盜盡監盤確禮種稱穩窮竊筆節範築籃糾紀紅紙細終組結絕絡統經綁維網緊緩練繳繼續罰罵義習聖聞聲聽職腳脫腦膠"
    "臉臨舉舊艦莊華萊葉處虛蘇虧蟲術衝裡裏製複見規視親覺覽觀觸訴試詐讀豐負財責貼貸賬賺贏趕跡轉辭連進遊達違遞遲鄰釋"
    "釘針鈕鍵鏡閒闆陰雜雞霧顧飲驚騙騎",
    "订单号码话机电额偿补货块圆万亿两贰叁陆质问题坏个周条开发压写错换给邮运费钱赔双请帮现说验证级岁届简会应让总关"
    "够时间联系师编购买卖账签损装烂还没与无对过后东这从实际图颜误动头断线钟楼区县镇乡恳数点该谢约谁们吗么为许认记"
    "设计讯询语论护评详调谈诺谓识议变贵资赠车软轻较输办农远适选遗医锁录铺银铁长门闭队阳阶陈险随虽离难云静响页项顺"
    "须预领愿类显风飞饭馆马驾体脏闹鱼丽黄齐齿龙几并乱传伤债尽优儿内凶冻则刚创划剧刘劲务胜劳势协却员启丧严尝嘱国围"
    "园报场壶梦夹夺学审宽宝将专寻导层属岛岗带币厂废广张弹强复征态惯庆虑戏户抛挟舍扫挂采挥摇拨择击担据挤拟扩扰摄败"
    "敌昼暂业极构枪乐标样桥检权欢历归残气决况泪净减测汤准温灭滚满汉渐洁泽济湾灾烟烦热灯烧争爷墙状犹奖独获环产毕画"
    "异当疗疯盗尽监盘确礼种称稳穷窃笔节范筑篮纠纪红纸细终组结绝络统经绑维网紧缓练缴继续罚骂义习圣闻声听职脚脱脑胶"
    "脸临举旧舰庄华莱叶处虚苏亏虫术冲里里制复见规视亲觉览观触诉试诈读丰负财责贴贷账赚赢赶迹转辞连进游达违递迟邻释"
    "钉针钮键镜闲板阴杂鸡雾顾饮惊骗骑",
    strict=True,
)
_TRADITIONAL = {ord(old): new for old, new in _TRADITIONAL_PAIRS}
# Cantonese and dialect, in words of the same length.
_SPOKEN_CHARS = dict(
    zip(map(ord, "嘅咗俾畀唔喺佢冇哋嗰俺恁係睇嚟啲侬"), "的了给给不在他没们那我您是看来些你", strict=True)
)
_SPOKEN_WORDS = {
    "唔該": "麻烦",
    "唔该": "麻烦",
    "同埋": "以及",
    "幾時": "何时",
    "几时": "何时",
    "邊度": "哪里",
    "边度": "哪里",
    "乜嘢": "什么",
    "點解": "为啥",
    "点解": "为啥",
    "點樣": "怎样",
    "而家": "现在",
    "尋日": "昨天",
    "琴日": "昨天",
    "聽日": "明天",
    "去邊": "去哪",
    "到邊": "到哪",
    "匯出": "导出",
    "退返": "退还",
    "退翻": "退还",
    "紀錄": "记录",
    "纪录": "记录",
    "唔使": "不用",
    "唔好": "不要",
    "唔係": "不是",
}
_SPOKEN = re.compile("|".join(_SPOKEN_WORDS))
_STOP = r"(?<!\b[Nn]o)(?<!\b[Ss]t)\.(?=\s+[A-Z]|\s*\Z)"  # of an English sentence
_FACE = "\U0001f300-\U0001faff\u2639\u263a\u2764"  # people end a sentence with one
_DASH = r"(?<=[a-z,)]) -{1,2} (?=[a-z']+ )"  # waiting - just refund it
CLAUSE_END = re.compile(rf"[,，。;；!！?？\n{_FACE}]|{_STOP}|{_DASH}")
SENTENCE_END = re.compile(rf"[。;；!！?？\n{_FACE}]|{_STOP}")
# Chinese punctuation that NFKC would turn into ASCII stays: readers tell clauses by it.
_KEPT = set("，；：！？（）")
# What may begin a word: looked at before the words are tried, since most of a text begins none.
BEGINS = r"(?=[一-鿿]|(?<![A-Za-z])[A-Za-z])"
INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\u20e3\ufeff"  # for use inside a character class
MOST_PLACES = 24  # of one kind in a text that are judged; what stands beyond them is a question
_REACH = 80  # characters beyond which nothing belongs to a place any more


class Doubt(StrEnum):
    """Why a value that stands in the text is not simply taken."""

    UNREADABLE = "unreadable"  # a part of the run around it was left over
    RANGE = "range"  # about, at least, from … to
    QUESTION = "question"
    CONDITION = "condition"
    HEDGED = "hedged"  # the writer is not sure
    UNCLEAR = "unclear"  # what it belongs to cannot be told
    CURRENCY = "currency"  # not in yuan
    OTHER_PERSON = "other_person"
    OTHER_TIME = "other_time"
    HEARSAY = "hearsay"  # somebody else's words
    QUOTED = "quoted"  # in a quoted letter, a signature, or the service's line of a chat
    NEGATED = "negated"

    @property
    def excludes(self) -> bool:
        """The text says that the value is not meant; what stands elsewhere without a doubt is then taken."""
        return self in _NOT_MEANT


_NOT_MEANT = {Doubt.OTHER_PERSON, Doubt.OTHER_TIME, Doubt.HEARSAY, Doubt.QUOTED, Doubt.NEGATED}


@dataclass(frozen=True, slots=True)
class Span:
    """A value found at `start:end` of the text; with a `doubt` it is only offered. "" = something stands there that
    could not be read."""

    value: str
    start: int
    end: int
    doubt: Doubt | None = None

    def doubted(self, doubt: Doubt | None) -> Span:
        return replace(self, doubt=self.doubt or doubt)


@lru_cache(maxsize=4)  # every flow that is matched asks for the same text
def even(text: str) -> str:
    """Full-width digits and letters made half-width, dashes, spaces, traditional characters and dialect made one kind;
    same length."""
    return _SPOKEN.sub(lambda match: _SPOKEN_WORDS[match[0]], text).translate(_TABLE)


def visible(text: str) -> str:
    return re.sub(f"[{INVISIBLE}]", "", text)


def distinct(spans: list[Span]) -> list[Span]:
    """The first span of each value, in the order of the text; a place without a doubt before one with, and one that
    may be meant before one that is not."""
    first: dict[str, Span] = {}
    for span in sorted(
        spans, key=lambda span: (span.doubt is not None, bool(span.doubt and span.doubt.excludes), span.start)
    ):
        first.setdefault(span.value, span)
    return sorted(first.values(), key=lambda span: span.start)


def clause_before(text: str, at: int, reach: int = _REACH) -> str:
    """At most `reach` characters before `at`, not beyond the clause's beginning."""
    part = text[max(0, at - reach) : at]
    ends = [match.end() for match in CLAUSE_END.finditer(part)]
    return part[ends[-1] :] if ends else part


def clause_after(text: str, at: int, reach: int = _REACH) -> str:
    part = text[at : at + reach]
    end = CLAUSE_END.search(part)
    return part[: end.start()] if end else part


def clause_start(text: str, at: int, reach: int = _REACH) -> int:
    """Where the clause begins that `at` stands in, at most `reach` characters before it."""
    return at - len(clause_before(text, at, reach))


def sentence_before(text: str, at: int, reach: int = _REACH) -> str:
    """What the sentence says before `at`, its earlier clauses included."""
    part = text[max(0, at - reach) : at]
    ends = [match.end() for match in SENTENCE_END.finditer(part)]
    return part[ends[-1] :] if ends else part


def mark_after(text: str, at: int, reach: int = _REACH) -> str:
    """The punctuation that ends the clause which `at` stands in; "" at the end of the text."""
    end = CLAUSE_END.search(text, at, at + reach)
    return end[0] if end else ""


class _Even(dict[int, str]):
    """By code point, worked out once for each character that is met."""

    def __missing__(self, code: int) -> str:
        self[code] = _even(chr(code))
        return self[code]


def _even(char: str) -> str:
    if char.isascii() or char in _KEPT:
        return char
    decimal = unicodedata.decimal(char, None)
    if decimal is not None:
        return str(decimal)
    if unicodedata.category(char) in {"No", "Nl"}:
        return char  # ② and ² are no digits of a number
    plain = unicodedata.normalize("NFKC", char)
    return _FIXED.get(ord(plain), plain) if len(plain) == 1 else char  # a compatibility form of a traditional one


_FIXED: dict[int, str] = _DASHES | _SPACES | _TRADITIONAL | _SPOKEN_CHARS
_TABLE = _Even(_FIXED)
