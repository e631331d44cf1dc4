"""Whether a thing or an action is over and done: it has come, was had before, or is praised."""

from __future__ import annotations

import re

from tickets.flows.matching.spot import Spot

_PRAISED_AFTER = re.compile(
    r"^(?:到账)?(?:秒到|秒退|秒回)|^(?:服务|速度|都|也|真的?)*(?:很|挺|非常|超级?|特别|蛮)(?:快|给力|不错|好|满意|"
    r"顺利|及时)(?!烦|慢)"
)
_DONE_BEFORE = re.compile(
    r"(?<!没)(?<!没有)(?<!未)(?<!不)(?:(?:已经?|刚刚?|终于|后来|昨天)(?:经)?(?:收到|拿到|处理|办好?|"
    r"退|完成|搞定|解决|改好?|申请|给我)(?:了|过|完)?|收到了|拿到了)"
    r"(?:你们的?|我的|这笔|那个|全部)?\s*$|\b(?:already|finally|just|have|has|i|i've|we) (?:got|received|had|"
    r"been|gotten|processed|changed|done) (?:my|the|a|your)?\s*$",
    re.I,
)
_DONE_AFTER = re.compile(
    r"^(?:了|过)[^,，。]{0,4}(?:以后|之后|后(?=就|还|一直|又))|"  # 手机换了卡以后就收不到
    r"^(?:申请)?(?:已经?|都已)(?:收到|到账|拿到|提交|完成|解决|改好|办好)|^申请了[\d两三四五六七八九十几]|"
    r"^(?:申请)?(?:又|都|已经?)?被(?:驳回|拒|取消|关闭)|^(?:已经?|都|也)*(?:寄出|寄走|寄回|发出)(?:去)?(?:了|"
    r"[\d两三四五六七八九十几])|"
    r"^ (?:request )?(?:was|were|is|got|has been) (?:rejected|denied|refused|declined)|"
    r"^(?:我|都|也|倒|倒是|其实|是|的事|款|金额)*(?:已经?|刚刚?|终于|后来|现在)*(?:收到|到账|通过|拿到|退回来|"
    r"退到|改好|"
    r"(?:办|弄|做|搞|处理|修)[好完成]|搞定|解决|完成|发过来|发来|成功|恢复|修好|来电|复原)[了啦咯]|^(?:已经?|刚刚?|终于|现在|"
    r"都)*(?:来|到)了(?!没|吗|吧|么)|"
    r"^(?:已经?|刚刚?|终于|才)(?:到|来)(?=$|[,，。!！ ])|"
    r"^ (?:that |which )?(?:you|they) (?:sent|issued|gave|processed|made|did)\b|"
    r"^单?[都也]?(?:已经?)?(?:填|写|提交)好?了|^[都也]?是(?:别人|他人)的|^[^,，]{0,5}(?:来|后|完|了)发现|"
    r"^ (?:has |have )?(?:already )?(?:arrived|received|came\b|come through|"
    r"been (?:received|processed|solved|sorted|done))",
    re.I,
)
# 退款退错了, 退款金额不对: what was done was done wrongly.
_WRONG_AFTER = re.compile(
    r"^(?:申请|的?(?:金额|账户|账号|钱数?|款项?|卡))*(?:退错|打错|不对|有误|错误|错了|少了|不符|多了)"
)
_UNASKED = re.compile(
    r"(?:却|总是?|老是?|经常|突然|莫名|频繁|(?<!没)(?<!没有)一直在?)收到[^,，]{0,6}$|(?<![没未不能有])收到(?:陌生|奇怪|"
    r"不明|别人|了?(?:好|很)?(?:多|几|[\d一二两三四五六七八九十百]+)(?:多|几)?[条个次]|一堆)[^,，]{0,4}$|"
    r"(?:总是?|老是?|一直|天天|不停|又)(?:在|地)?给我(?:乱|"
    r"狂)?发[^,，]{0,4}$|"
    r"\bkeep (?:getting|receiving) [^,.]{0,12}$",
    re.I,
)
_RECEIVED = re.compile(r"(?<![没未不])(?<!没有)收到(?:你们的?|那[个条])?$")
# 谢谢你们的退款; 退款,已收到: what has come.
_THANKED = re.compile(
    r"(?:谢谢|感谢|多谢|thanks? (?:you )?for (?:the|my|your))(?:你们|您们?|贵[司店])?的?(?:全额| )?$|"
    r"(?:谢谢|感谢|多谢)(?:你们|贵[司店])[给帮为]我$",
    re.I,
)
_CAME_NEXT = re.compile(
    r"^[^。!！?？\n]{0,6}[,，] ?(?:我|已经?|都|刚刚?|今天|昨天)*(?:已|刚|都)(?:经)?(?:收到|到账|拿到|"
    r"搞定)(?!.{0,4}[吗?？])"
)
_FORMER = re.compile(
    r"(?:(?:本来|原本|原来)(?:是|还|就|都)?(?:想|要|打算)|上次|上回|上一次|以前|之前|"
    r"去年|曾经?|上个月|当时)[^,，。]{0,6}$|\b(?:last time|previously|"
    r"used to)\b[^,.]{0,20}$",
    re.I,
)
FIXED = re.compile(r"[^。!！?？\n]{0,12}(?:改|弄|处理)(?:好|过来|对)了(?![吗没])")  # 之前地址填错了,已经改好了
_STILL_AMISS = re.compile(r"(?:短信)?[也还都]?一?直?(?:没|收不)")  # 上次那个验证码也没收到
_ASKED_NOW = re.compile(r"(?:导出|查询?|帮[我忙]|麻烦|给我|我要|请)[^,，。]*$")  # 帮我导出上个月的投诉明细
# 东西收到了,就是快递太慢: the parcel is no matter any more.
_GOODS_CAME = re.compile(
    r"(?:东西|货|商品|包裹|快递|衣服|鞋子?|订单)(?:我|都|也|已经?|今天|昨天|刚刚?)*(?:收到|拿到|到)了(?![吗没?？])|"
    r"\b(?:parcel|package|order|it|item)s? (?:has |have )?(?:already )?(?:arrived|came)\b",
    re.I,
)


_OF_AMOUNT = re.compile(
    r"^ (?:of [¥￥$]?[\d.,]+(?: ?(?:yuan|rmb|cny|kuai))?|(?:for|on|of) (?:my |the |this )?(?:order |item |"
    r"goods )?[#A-Z]{0,6}-?\d[\d-]*)(?= )",
    re.I,
)  # compensation of 20 yuan arrived
_AMOUNT = re.compile(r"^(?:款|金额|费)?[¥￥]?\d[\d,.]{0,8}[元块]?钱?(?=[已都也]?(?:经)?(?:收到|到账|退|拿到))")
_MADE_BEFORE = re.compile(
    r"(?:改|办|弄|发|换|填|处理|申请|提交)(?:好|完|过|对)了?的(?:新|那个)?$|(?:我|之前|上次|昨天|"
    r"刚才?)[^,，。]{0,6}(?:申请|提交|办)的$"
)  # 改好的地址, 我申请的退货
# 误点了退货, 提交过退款: the action is what was done.
_ACTED_BEFORE = re.compile(
    r"(?:点|按|选|提交?|申请|办理?|发起|走|下|给|做|开|批|同意|拒绝)(?:了|过)(?:一?[个次下笔单])?(?:这|那|"
    r"本)?(?:订单|单子?)?(?:仅|全额)?$"
)
# 我申请退款了: it is asked for already. 我要申请退款了 is about to be.
_ASKED_FOR = re.compile(r"(?<![要想就请])(?:申请|发起|提交)$")
_JUST_SO = re.compile(r"了(?![吧吗么])")
_ABOUT_TO = re.compile(r"[要想]|(?<!申)请|打算|准备|需要|得|必须|麻烦|帮")
# 退款,钱是退到哪; 要求退款的,怎么还是发货了: what became of it is asked.
_WHAT_BECAME = re.compile(
    r"[^。!！?？\n]{0,10}(?:退|返|打|还)(?:款|钱|回)*(?:是|会|要)?(?:到|给|往|在|进)(?:哪|谁|什么)|"
    r"的?[,，]?(?:怎么|为什么|为啥|咋)(?:还|又|就|没|不)|[^。!！?？\n]{0,16}钱(?:是|要|会)?怎么(?:退|返|给|还)"
)

# 你们把投诉记录删了: what somebody did to it.
_TAMPERED_BEFORE = re.compile(r"(?:你们?|您|贵司|谁|系统|平台|客服|商家)[^,，把]{0,6}把[^,，]{0,6}$")
_TAMPERED_AFTER = re.compile(r"^(?:给|都|全|也)*(?:删|清(?:空|掉|除)|弄|搞|丢|泄|公开)")
_EMPTY = re.compile(r"空的?$")  # 收到空包裹: the parcel came


def done(spot: Spot) -> bool:
    after = _OF_AMOUNT.sub("", _AMOUNT.sub("", spot.after))
    found = (
        _DONE_BEFORE.search(spot.before)
        or _DONE_AFTER.search(after)
        or (_AMOUNT.match(spot.after) and re.match(r"[已都也经]*(?:收到|到账|拿到|退)了?$", after))
        or _MADE_BEFORE.search(spot.before)
        or (spot.action and _ACTED_BEFORE.search(spot.before))
        or (spot.action and _WRONG_AFTER.search(spot.after))
        or (spot.action and _is_asked_for(spot))
        or _PRAISED_AFTER.search(spot.after)
        or _THANKED.search(spot.before)
        or (_TAMPERED_BEFORE.search(spot.before) and _TAMPERED_AFTER.search(spot.after))
        or (spot.carried and _EMPTY.search(spot.before))
        or _CAME_NEXT.search(spot.behind)
        or (_RECEIVED.search(spot.before) and re.search(r"^(?:短信|通知|消息)?了", spot.after))
    )
    return bool(found)


def _is_asked_for(spot: Spot) -> bool:
    already = _ASKED_FOR.search(spot.before) and _JUST_SO.match(spot.after) and not _ABOUT_TO.search(spot.before)
    return bool(already or _WHAT_BECAME.match(spot.behind))


def long_ago(spot: Spot, *, strong: bool) -> bool:
    near = spot.before[-16:] if not spot.before[-24:].isascii() else spot.before[-32:]
    just = (strong or spot.action) and (
        re.search(r"(?<!没)(?:已经?|刚刚?|终于)$", spot.before) or _UNASKED.search(spot.before)
    )
    came = spot.carried and not strong and _GOODS_CAME.search(spot.sentence)
    former = (
        _FORMER.search(near)
        and not (re.search("错了?$", spot.word) and not FIXED.match(spot.behind))
        and not _ASKED_NOW.search(near)
        and not _STILL_AMISS.match(spot.after)
    )
    return bool(former or came or (just and (strong or spot.action)))
