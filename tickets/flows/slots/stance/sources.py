"""Whose value it is, and whose words: another person's, or the writer's own."""

from __future__ import annotations

import re

from tickets.flows.slots.near import FAR, TOLD
from tickets.flows.slots.text import Doubt

PERSON_WORDS = (
    r"朋友|同事|同学|邻居|室友|舍友|老公|老婆|丈夫|妻子|爱人|媳妇|妈妈?|母亲|爸爸?|父亲|女儿|儿子|"
    r"孩子|姐姐?|妹妹?|哥哥?|弟弟?|家人|"
    r"亲戚|男友|女友|对象|闺蜜|领导|老板|表[哥弟姐妹]|堂[哥弟姐妹]|婆婆|公公|岳[父母]|爷爷|奶奶|外公|"
    r"外婆|叔叔|阿姨|同伴"
)
ENGLISH_PERSON_WORDS = (
    "friend|colleague|husband|wife|mother|mom|father|dad|son|daughter|sister|brother|neighbou?r|roommate|boss|aunt|uncle|"
    "cousin|partner|boyfriend|girlfriend|ex"
)
PERSON = re.compile(
    rf"(?:我们?的?|(?!老板))(?:{PERSON_WORDS})(?!们?(?:[你您]好|在吗|好[,，~!！ ]))|"
    rf"我(?:先生|太太|夫人)|别人|别家|人家|其他(?:人|客户|买家|顾客)|有人|"
    rf"隔壁|网友|(?<!其)[他她]们?|"
    rf"\b(?:my|his|her|their) (?:\w+ )?(?:{ENGLISH_PERSON_WORDS})\b|\b(?:someone|somebody) else|"
    r"\b(?:another|other) (?:customer|person|people|buyer)s?|\b(?:his|her|he|she|they)\b",
    re.I,
)
_SPEAKER = (
    rf"客服|商家|卖家|店家|店主|店铺|店里|你们|您们|贵司|贵店|对方|平台|快递|骑手|老板|经理|主管|官方|"
    rf"(?<!其)[他她]们?|人家|网上|页面|"
    rf"说明|机器人|小二|售后|仓库|师傅|{PERSON_WORDS}"
)
_HEARSAY = re.compile(
    r"(?:说好|讲好|约定|承诺|答应)过?的?[^,，]{0,4}$|(?:系统|页面|界面|后台|短信|app).{0,6}(?:显示|提示|通知|弹|写)|(?<!我)写(?:着|的是)[^,，]{0,4}$|"
    r"(?:^|[又却还就都天然后])(?:又|还|却|就|都)?(?:说|答应|承诺|同意|回复)(?:是|只|最多|顶多|要给|可以给?|能|会|让|好)[^,，]{0,6}$|"
    rf"(?:{_SPEAKER}).{{0,10}}(?:说|讲|称|答应|承诺|表示|告诉|回复|提出|提议|只能|只肯|只给|只愿|愿意|只$|"
    rf"同意|只[退赔补]|建议|让我|许诺|保证|让|判|裁定|给了我|给过我|写着|声称)|"
    r"\b(?:agent|support|seller|service|rep\w*|they|you|he|she|shop|store|merchant|friend|someone|manager|colleague|"
    r"courier|husband|wife)\b.{0,24}\b(?:said|says|wrote|told|promised|offered|agreed|suggest\w*|claim\w*|only|"
    r"willing)\b",
    re.I,
)
# What somebody told the writer to choose, or a form chose by itself: 客服让我选质量问题, 默认的是质量问题.
_CHOSEN_FOR = re.compile(
    rf"(?:{_SPEAKER}|主播|系统|平台|页面|别人).{{0,6}}(?:让|叫|要求?|建议|推荐|教|请|帮|给|替)(?:着)?(?:我们?|咱们?)?(?:先|去|来|直接|就)?"
    r"(?:选择?|勾选?|填写?|写|点|报|申请|提交|走|按)[^,，]{0,4}$|默认(?:的|选的?|勾选的?|填的?|原因)?(?:就?是|为|成)?$|"
    r"\b(?:told|asked|advised|wanted|instructed|recommended|got) (?:me|us) (?:to )?"
    r"(?:choose|select|pick|put|say|tick|write|enter|claim)\b[^,.]{0,16}$|\bby default\b[^,.]{0,12}$",
    re.I,
)
REPORTED = re.compile(r"(?:(?<![没未不])(?<!没有)说|称|表示|承诺|答应|回复|告诉我|写着|said|says|told me)[:：]?$", re.I)
_OPEN_QUOTE = re.compile(r"[“「『\"‘]([^”」』\"’]*)$")
# A blank in place of a comma: 客服让我等三天 现在三天过了 请退款.
_AFRESH = re.compile(r"(?<=[一-鿿])(?<![说称道讲诺应]) (?=请|麻烦|我|所以|但是|订单|单号|现在|要求|希望|申请|退|补|赔)")
_JSON_KEY = re.compile(r"\{[^{}]*\"(?:[\w -]{1,30}\" ?: ?\"?)?$")  # {"refund": "50元"}


def chosen_for(before: str) -> bool:
    """Whether the words before name what another than the writer had him choose."""
    return bool(_CHOSEN_FOR.search(before))


def other_person(before: str) -> Doubt | None:
    return Doubt.OTHER_PERSON if PERSON.search(FAR.of(before)) else None


def hearsay(before: str, sentence: str) -> Doubt | None:
    before = _AFRESH.split(before)[-1]
    quoted = _OPEN_QUOTE.search(sentence) and not _JSON_KEY.search(sentence)
    reported = _HEARSAY.search(TOLD.of(before)) or quoted
    earlier = sentence[: len(sentence) - len(before)].rstrip(",，")
    return Doubt.HEARSAY if reported or REPORTED.search(earlier) else None


def somebody_else(before: str, sentence: str) -> Doubt | None:
    return hearsay(before, sentence) or other_person(before)
