"""The closed words of a Chinese clause by which the writer refuses, undoes or gives up what he wished."""

from __future__ import annotations

import re

from tickets.flows.matching.clauses.rule import Clause, Matter, Rule

_IT = r"(?:弄|办|搞|处理|操作|动|管|理|折腾|申请|提交|忙活?|做|麻烦|费心|费事|跟进)"  # an action that is not named
_ENDS = r"了?(?:$|[吧啊呀哈哦呢嘛啦 ])"
_ELSE = re.compile(r"[退换补赔修开]|券|票|电话|礼|歉|别的|其[他它]")
_FILL = (
    r"(?:你们|您们?|你|我们?|大家|再|还|也|都|就|又|给|帮|替|为|麻烦|去|来|急着|忙着|着急|急|先|真的?|特意|专门|"
    r"把|对|这个?|那个?|"
    r"什么|任何|现在|暂时|另外|继续|重新|这么|直接|收货|短信|新的?)*"
)
_OTHER_SIDE = re.compile(
    r"你们|您们|商家|卖家|店家|店铺|客服|平台|快递|对方|系统|页面|[他她它]们?|公司|仓库|师傅|怎么|为什么|为啥|"
    r"凭什么|一直|总是?|老是?|都|再不|又|迟迟|不肯|拒绝"
)
COMPLAINT = re.compile(r"怎么|为什么|为啥|凭什么|干嘛|咋|什么(?:东西|玩意|态度|质量|破|烂|意思|情况)|搞什么")
_SELF = re.compile(r"[我俺]|本人")


def _of_other(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    """别推脱, 不用换货, 赔偿不用了: another action is refused."""
    rest = clause.words[match.end() :]
    if _of_the_old(clause, matter, match):
        return True
    if matter.action.match(rest):
        return False
    if match[0] in {"不急", "不急着"} and not matter.action.search(clause.words):
        return True  # 不急,今天之内就好
    if not rest and match[0].endswith(("来", "去")):
        return True  # 上午别来
    return not re.match(rf"{_IT}?{_ENDS}", rest) or _of_another_topic(clause, matter, match)


def _of_another_topic(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    topic = clause.words[: match.start()][-8:]
    return bool(_ELSE.search(topic)) and not matter.action.search(topic)


def _not_own(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    """你们不退, 没说: the other side refuses, or nothing is said of the action."""
    before = clause.words[: match.start()]
    theirs = _OTHER_SIDE.search(before[-10:]) and not _SELF.search(before[-4:])
    it = r"(?:弄|办|处理|做)了(?![吗没])" if match[0] in {"不", "没"} else rf"{_IT}了?"
    own = matter.action.match(clause.words, match.end()) or re.match(
        rf"{it}(?:$|[吧啊呀哈太])", clause.words[match.end() :]
    )
    return bool(theirs) or not own


def _received(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    return matter.goods or matter.faulty or not clause.behind


def _mistaken(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    """What was written or chosen by mistake is a ground; that the action itself was asked for by mistake is none."""
    return matter.faulty or not (clause.behind or matter.verb.search(clause.words))


def _of_the_old(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    """The old address is void."""
    return matter.faulty and bool(re.search("[旧原老](?![板师婆公是说爱总])", clause.words[: match.start()]))


def _by_others(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    """The shop cancelled it; it is not to be cancelled."""
    before = clause.words[: match.start()]
    old = _of_the_old(clause, matter, match)
    theirs = _OTHER_SIDE.search(before[-8:]) or re.search(
        "(?:不|别|没|自动|擅自|已经?|无法|被.{0,4})$|[不别没]", before[-3:]
    )
    return bool(old or theirs or matter.action.match(clause.words, match.start()))


def _settled(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    """赔30就算了: that will do."""
    before = clause.words[: match.start()]
    return before.endswith("就") and any(char.isdigit() for char in before)


def _in_part(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    """The goods stay where only a part of the money is wanted; or cannot be put up with."""
    denied = re.search(
        r"(?:不|没|无法|怎么)(?:能|想|会|可能|法|办法)?[一-鿿]{0,2}$", clause.words[: match.start()][-6:]
    )
    return matter.part or not clause.behind or bool(denied)


_NO_NEED = (
    r"(?<![特区分级个])(?:别(?![的人家处])|甭|勿|不用|不必|无需|无须|不需要?|没必要|没有必要|用不着|犯不[着上]|"
    r"免得|省得|不急着?|不忙着?|先不要?|先别|(?<!要)不要(?![了紧])|"
    r"暂不|暂时不|暂缓|不许)"
)
_WORK = (
    r"(?:能用|能开|能充|能登|能看|正常|恢复(?:正常)?|修好|弄好|调好|搞好|解决|搞定|找到|找着|翻到|登上|登进去|进去|"
    r"想起来|没问题|没事|通过|成功)"
)
WILL = (
    Rule("fit.refused", re.compile(rf"{_NO_NEED}{_FILL}"), _of_other),
    Rule(
        "fit.refused",
        re.compile(
            rf"(?:不(?:想要?|打算|准备|愿意?|会|考虑|要求|同意|接受)?|"
            rf"没(?:有)?(?:想过?要?|打算|要求?|说过?要?|让|叫|提过?|同意|申请过?)){_FILL}"
        ),
        _not_own,
    ),
    # Undone, dropped, or done by mistake.
    Rule(
        "person.undecided",
        re.compile(
            r"(?<![被动])(?:撤[销回掉了]|作废|停止|终止|中止|叫停|停掉|关闭|关单|结单|划掉|收回|打住|反悔|变卦|"
            r"改(?:了|变)?主意|放弃|罢了|作罢|拉倒|"
            r"免了|当我没|当没|就当|忽略|无视|不作数|不算数|不折腾|不麻烦|不打扰|不计较|不追究|不在意|"
            r"不办(?=[为了]|$)|取消)(?!服务|运营|不)"
        ),
        _by_others,
    ),
    Rule("person.undecided", re.compile(r"误[点操触]|手滑|[点按]错"), _mistaken),
    Rule("person.undecided", re.compile(r"算了(?!吗|不|呢)"), _settled),
    Rule("person.undecided", re.compile(r"(?<!不能)(?<!不会)就这样吧|随便(?!你们)|无所谓|看情况|看着办")),
    # It works again, or has come.
    Rule(
        "person.undecided",
        re.compile(
            rf"(?:^|我|它|这|那|又|也|都|自己|自动|突然|忽然|现在|刚刚?|已经?|竟然?|居然|倒是?|"
            rf"了)(?<![不没])(?:好|行|可以|{_WORK})了(?![吗没么?？吧]|[才后])"
        ),
        lambda clause, matter, match: bool(re.search("[不没]", clause.words[: match.start()][-2:])),
    ),
    Rule(
        "person.undecided",
        re.compile(
            r"(?<![没未不有])(?:收到|来|有|到|接到|进来)了(?![吗没么?？]|[才后]|.{0,6}(?:错|失效|过期|用不|"
            r"不[对能]|没|旧))"
        ),
        _received,
    ),
    # The goods stay as they are.
    Rule(
        "person.undecided",
        re.compile(
            r"(?<!停)[留收](?:着|下)(?!的)|(?:还是)?(?:自己?|自个儿?|自行)(?:留|用|修|处理|解决|弄|来(?!取)|去|"
            r"想办法|改(?!了)|搞|办)(?!不)|凑合|将就|忍了|"
            r"认了|认栽|(?:我|也|就)接受|(?:继续|先|接着|照样|还能)用(?!不)|用着吧?|保留(?!证据)|送(?:给)?(?:人|"
            r"朋友|亲戚|同事)"
        ),
        _in_part,
    ),
    Rule(
        "person.undecided",
        re.compile(
            r"(?:还是|倒|挺|蛮|还|也)(?:挺|蛮|算|是)?(?:喜欢|满意|合适|不错|好用|好看|能用|可以用|香|值|舍不得)"
        ),
        lambda clause, matter, match: (
            not clause.behind or bool(re.search("[不没]|之前|原来|本来", clause.words[: match.start()]))
        ),
    ),
)
