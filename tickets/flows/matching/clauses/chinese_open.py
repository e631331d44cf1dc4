"""The closed words of a Chinese clause that leave a wish open: conditions, another time, doubt, questions, others."""

from __future__ import annotations

import re

from tickets.flows.matching.clauses.chinese import COMPLAINT
from tickets.flows.matching.clauses.rule import Clause, Matter, Rule, of_no_action
from tickets.flows.slots.stance import PERSON_WORDS


def _threat(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    """如果不退就投诉: what happens if it is not done."""
    rest = clause.words[match.end() :]
    return bool(
        re.match(r"[^,，]{0,6}?(?:[还再]?[不没](?!想|要|是))", rest)
        and (matter.action.search(rest) or re.search("处理|解决|回复|搭理|管|赔|答复", rest))
    )


def _ask_rhetoric(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    return matter.looks or bool(COMPLAINT.search(clause.words)) or not matter.action.search(clause.words)


def _polite(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    """可以的话, 如果方便; and what will happen if it is not done."""
    rest = clause.words[match.start() :]
    courteous = re.match(
        r"(?:如果|要是|若是?)?(?:您|你们?)?(?:都)?(?:可以|方便|可能|能行?|行|需要)的?话?(?=$|[,，请麻帮给])", rest
    )
    return bool(courteous) or _threat(clause, matter, match)


_ASKS = re.compile(r"(?:吗|么|不|没)$|(?<![就还])是[^,，]{1,12}还是(?![不没有])")
_REQUESTS = re.compile(
    r"请(?!问)|麻烦|帮|(?<!需)要|想|给我|[不没未]|(?:能|可以|可否|能否)[^,，]{0,3}(?:给|把|再|重新|退|改|换|发)|怎么|"
    r"为什么|为啥|凭什么|安排|[退给赔补换发寄改查]我$|[好行][吗吧么]$|呢$|可以吗$"
)


def _no_question(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    """A complaint, or a request in the form of a question."""
    asks = clause.mark in {"?", "？"} or _ASKS.search(clause.words)
    if not asks or matter.looks or not matter.action.search(clause.words):
        return True
    return bool(
        _REQUESTS.search(clause.words[:-1] if clause.words[-1:] in set("不没") else clause.words)
    ) and not re.search("(?<![就还])是[^,，]{1,12}还是(?![不没有])", clause.words)


def _of_no_verb(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    """认证卡在审核中 and 地址打错了 are grounds for having it done."""
    ground = (matter.faulty and "错" in match[0]) or (not matter.goods and "卡" in clause.words)
    return matter.looks or ground or not matter.verb.search(clause.words, 0, match.start())


def _not_told(clause: Clause, matter: Matter, match: re.Match[str]) -> bool:
    return matter.looks or not (clause.wish or clause.behind)


OPEN = (
    # Conditions.
    Rule(
        "fit.supposed",
        re.compile(
            r"如果|要是|倘若|假[如使设]|若是|(?<!比)若(?!干)|万一|除非|一旦|只要(?=[^,，]{0,14}就|你们?|再|能|还|"
            r"[他她它])|只有(?=.{1,8}才)|的话|看(?=.{1,10}再)|取决"
        ),
        _polite,
    ),
    # Not now, or not yet decided.
    Rule(
        "person.undecided",
        re.compile(
            r"先(?=[看等问查试修缓放搁想考了观商确核拿])(?!看着)|等(?![了不待级候])(?=[^,，]{1,16}(?:再|才|之后|以后|"
            r"后(?!续)))|等(?:我|确认)"
        ),
        lambda clause, matter, match: bool(re.search(r"[一直都]$|已经?$", clause.words[: match.start()])),
    ),
    Rule(
        "person.undecided",
        re.compile(
            r"(?:以后|回头|到时候?|改天|过[几两些一]?[天周日]|过(?:段|阵)|下(?:周|个?月|次|回)|明天|后天|明年|"
            r"[月年]底|周末|晚[点些]|稍后|待会|将来|迟[点早])(?:我|再|才|就|会|要|想|可能|打算|准备|去|来)*"
        ),
        lambda clause, matter, match: (
            not matter.action.match(clause.words, match.end())
            and not (match[0][-1] in "再才" and matter.verb.search(clause.words, match.end(), match.end() + 12))
            and not re.match("再(?:说|看|定|议|联系|找|决定|考虑|告诉)", clause.words[match.end() - 1 :])
        ),
    ),
    Rule(
        "person.undecided",
        re.compile(
            r"再(?:说(?!一[遍次])|看看|定|议|考虑|商量|想想|决定|琢磨|等等)(?!我的订)|考虑(?!到)|想[一了]?想|"
            r"琢磨|商量(?!过)|合计|斟酌|纠结|犹豫|(?:没|未)(?:有)?(?:想好|想清楚|决定|定(?=$|[下好])|确定|考虑|"
            r"拿主意)|拿不[定准]|(?:没|未)(?:有)?(?:想好|决定|考虑好|定下)|"
            r"不(?:太|是很)?确定|"
            r"不一定|转念|回头一想|(?:晚[点些]|回头|稍后|待会儿?|明天|过[几两]天|到时候?)(?:再|我|会)*(?:告诉|"
            r"联系|通知|回复|找|跟|和|给)[你您]|想通|(?:^|[,，])(?:缓|暂缓|推迟|延后|延期)"
        ),
    ),
    Rule(
        "person.undecided",
        re.compile(r"可能|也许|或许|说不定|没准|估计|大概|搞不好|恐怕|兴许"),
        lambda clause, matter, match: (
            (not clause.wish and not re.match(r"(?:我|就|得|要|会|还|需要?|想)*", clause.words[match.end() :]))
            or not matter.action.search(clause.words, match.end())
        ),
    ),
    # A word of its own that stops what was said.
    Rule(
        "person.undecided",
        re.compile(
            r"^(?:[啊哦呃诶额哎欸唉嗨嗯]|那|现在)*(?:不对|不是|不不|等等|等一?下|等会儿?|慢着|且慢|打住|停|算了?|"
            r"没事|罢了|免了|别了|不了|不退了|不用|不必|不改|不换|不要)"
            r"(?:了|没事|算了|吧|啊|呀|哈|哦|这个|那个)*$"
        ),
        lambda clause, matter, match: not clause.behind,
    ),
    # Only asked.
    Rule(
        "fit.asked",
        re.compile(
            r"(?:只是|就是?|只|单纯|随便|随口|顺便|纯)(?:来|想)?(?:问|了解|打听|好奇|咨询|吐槽|反馈|说说|"
            r"提一?[个嘴])|好奇|打听|了解一?下|咨询一?下|"
            r"多久|多少[钱天]|几天|什么时候|何时|会不会|是不是要|需不需要|要不要|有什么(?:要求|条件|流程)|如何|"
            r"怎么(?:操作|申请|收费|算|弄|办理|走|退|改)|谁|哪(?!些)"
        ),
        _ask_rhetoric,
    ),
    Rule(
        "fit.asked",
        re.compile(r"\S{1,12}$"),
        _no_question,
    ),
    # What is no action at all; what was done already.
    Rule(
        "fit.unclear",
        re.compile(
            r"的?(?:功能|接口|服务商?|平台|系统|模块|插件|方案|业务|政策|规则|规定|机制|条款|制度|按钮|通道|入口|"
            r"页面?|教程|话术|模板|率|广告|诈骗|骗局|短信费)"
        ),
        lambda clause, matter, match: (
            not any(each.end() == match.start() for each in matter.action.finditer(clause.words))
        ),
    ),
    Rule("fit.asked", re.compile(r"听说|据说|听人说|传闻|真的?假的?|是真的吗|有这[回种]事"), _not_told),
    Rule("fit.refused", re.compile(r"(?:还|哪|谁|怎么)敢|难道|岂|何必|何苦|谁(?:会|要|还|稀罕)|至于吗"), of_no_action),
    Rule(
        "fit.done",
        re.compile(r"(?:到|成|给|错|去)[^,，吧呗]{1,14}(?:去了|来了|了)$"),
        lambda clause, matter, match: (
            matter.looks
            or not any(act.end() == match.start() and len(act[0]) == 1 for act in matter.action.finditer(clause.words))
            or bool(re.search(r"[请想要帮得]|麻烦", clause.words[: match.start()]))
        ),
    ),
    # Asked whether it is done, under way, done wrongly, asked for already, or what was done.
    Rule("fit.asked", re.compile(r"[了过](?:没有?|吗|么)$"), _of_no_verb),
    Rule(
        "fit.done",
        re.compile(
            r"(?:处理|审核|进行|办理|受理|排队)中|一直在?(?:处理|审核|办理)|卡[住在着]|被卡|拖[了着到]|慢死|(?:太|真|好|这么|那么)(?:慢|频繁)|"
            r"(?:怎么|咋|为[啥什]么?)(?:还|又|老|总|一直|都)*[没不](?:有)?(?:好|完|办|弄|动|进|结|批|过|退|回)|"
            r"(?:退|打|弄|办)错|(?:金额|账[户号]|数额|钱数)(?:是|都|也)?(?:不对|错|有误|少了|不符)|"
            r"已经?(?:收?到|到账|拿到|完成|搞定|解决|[办改]好)了?$"
        ),
        _of_no_verb,
    ),
    Rule(
        "fit.done",
        re.compile(r"(?:申请|发起|提交|办理)[^,，吧]{1,24}了$"),
        lambda clause, matter, match: (
            not matter.action.search(match[0]) or bool(re.search("[要想请帮得]|麻烦", clause.words[: match.start()]))
        ),
    ),
    Rule(
        "fit.done",
        re.compile(r"(?:[好完过]|提交|申请|办|处理)了?的|谢谢?(?:你们|您)[的给帮]|有没有"),
        lambda clause, matter, match: not matter.verb.match(clause.words, match.end()),
    ),
    # Under way, or not amiss at all.
    Rule(
        "fit.done",
        re.compile(
            r"(?:已经?|早就?|上[周个]月?|昨天|前天|刚刚?|去年|就|都)[^,，不没]{0,6}?(?:通过|做过|办过|改过|退过|"
            r"换过|验过|做好|办好|改好|办完|做完)了?(?![吗没的])"
        ),
        lambda clause, matter, match: matter.looks or not matter.action.search(clause.words),
    ),
    Rule(
        "fit.done",
        re.compile(r"(?:已经?|刚刚?|昨天|早上|今天|[上前]天)(?:经)?(?:把|给|又)?(?:申请|提交|发起|办理?)?(?:了)?"),
        lambda clause, matter, match: (
            not matter.goods or not re.match("(?:退款|退货)(?:申请)?了", clause.words[match.end() :])
        ),
    ),
    Rule(
        "fit.refused",
        re.compile(
            r"地址(?:是|都|也|并|根本|本来)?(?:没有?(?:写|填|选)?错|写对|是?对的|没问题)|(?:按|照|送|寄|回|用|"
            r"还是)(?:回|到)?(?:[旧老原]|以前|之前)的?(?:地址|地方|那)(?!了)"
        ),
        lambda clause, matter, match: (
            not matter.faulty or bool(re.search("[别不]", clause.words[: match.start()][-4:]))
        ),
    ),
    # Somebody else's wish, or action.
    Rule(
        "fit.supposed",
        re.compile(
            rf"(?:{PERSON_WORDS}|[他她]们?|别人|人家|有人|大家)(?:都|也|已经?|早就?|刚刚?|昨天|今天|前天|上[周次]|能|可以)*"
        ),
        lambda clause, matter, match: (
            not matter.verb.match(clause.words, match.end())
            or bool(re.search("[给帮替为让叫跟和]我?的?$", clause.words[: match.start()]))
        ),
    ),
    Rule(
        "fit.supposed",
        re.compile(
            r"有个(?:客户|客人|买家|顾客)|我是(?:卖家|商家|店家|骑手)|给(?:这个|那个|我的?)?(?:客户|买家|顾客|客人)(?=[退改换补赔发])"
        ),
    ),
    Rule(
        "fit.supposed",
        re.compile(
            rf"(?:{PERSON_WORDS}|[他她]们?|别人|人家|有人|客人|顾客|网友|群里)[^,，我]{{0,8}}?"
            r"(?:想|要|打算|让我|叫我|托我|申请|建议|觉得|问|准备|需要|办|闹)(?!看|用|查)"
        ),
        lambda clause, matter, match: not matter.action.search(clause.words, match.end()),
    ),
    Rule(
        "fit.supposed",
        re.compile(
            rf"(?:帮|替|代|给|为)(?:我)?(?:的)?(?:{PERSON_WORDS}|别人|[他她]们?)(?:问|办|弄|查|退|改|换|申请|咨询|"
            rf"发|核|要)"
        ),
    ),
)
