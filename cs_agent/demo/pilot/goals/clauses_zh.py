"""Reads the clauses of a Chinese instruction.

Rule: the first pattern that fits a clause decides; quoted pieces arrive as single private-use characters (goal.QUOTED).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cs_agent.demo.pilot.goals.goal import QUOTED as Q
from cs_agent.demo.pilot.goals.goal import Goal, GoalKind

_CUT = re.compile(
    r"[,。;!?\n]|(?<!\d)\.(?=\s|$)|(?:然后|接着|随后|之后|最后|再(?!次|发|试))(?=[^,])"
    r"|(?:并且|并(?!不)|且|后)(?=再|把|将|点|选|勾|填|输|上传|提交|确认|查|打开|进入|告|发|返回|重|保存)"
)
_LEAD_IN = re.compile(
    r"^(?:第?[一二三四五六七八九十\d]{1,2}[.、)步]\s*|步骤\d+:?|任务:|首先|先|请你?|麻烦你?|帮(?:我|忙|客户|用户)?|需要|你需要|我要|我想|"
    r"并且?|同时|接着|然后|最后|再|继续|替客户|为客户|给客户|直接|\s)+"
)
_APP_END = r"(?:系统|平台|商城|小程序|软件|应用|客户端|助手|管家|后台|中心|工具|[Aa][Pp][Pp]|APP)"
_IN_APP = re.compile(
    rf"^(?:在|到|去|用|使用|通过|进入|打开)(?P<app>{Q}|[A-Za-z0-9\u4e00-\u9fff ·+\-_.]{{0,18}}?{_APP_END}|"
    rf"(?!该|此|这|本)[A-Za-z0-9\u4e00-\u9fff·]{{2,12}}?)(?:应用|软件|[Aa][Pp][Pp])?(?:里面?|中|上|内|里|,)(?P<rest>.+)$"
)
_IN_APP_BARE = re.compile(
    rf"^(?:在|到|去|用|使用|通过|进入|打开)(?P<app>[A-Za-z0-9\u4e00-\u9fff ·+\-_.]{{1,18}}?{_APP_END})"
    rf"(?P<rest>(?:查|找|搜|点|选|勾|输|填|提交|上传|重新|给|为|把|将).+)$"
)
_FIELD_WORDS = r"(?:输入框|搜索框|文本框|栏目?|框|字段|一栏|处|选项|项|里面?|中|上|内)"
_CODE = r"[A-Za-z0-9][A-Za-z0-9\-_]{3,}"
_CHOOSE = r"(?:选择|选中|选取|挑选|选定|选)"
_FIND_VERB = r"(?:查找|查询|搜索|搜一下|查一下|查一查|查看|搜|查|找到|寻找|检索|找一下|找出|找|定位)"
_THING = r"(?:用户|客户|会员|订单|记录|商品|工单|包裹|快递|运单|账号|账户|联系人|病人|患者|图书|书|信息|数据|单子)"

Builder = Callable[[re.Match[str], bool], Iterator[Goal]]


def cut(text: str) -> list[str]:
    """Clauses without their connectives, in order."""
    return [piece.strip() for piece in _CUT.split(text) if piece and piece.strip()]


def read(clause: str, *, first: bool) -> Iterator[Goal]:
    """The goals of one clause. `first`: nothing came before it, so that what it opens is an app."""
    clause = _LEAD_IN.sub("", clause.strip())
    if not clause:
        return
    place = _IN_APP.match(clause) or _IN_APP_BARE.match(clause)
    if place and _names_app(place["app"], first):
        yield Goal(GoalKind.OPEN_APP, _app(place["app"]))
        yield from read(place["rest"], first=False)
        return
    for pattern, build in _PATTERNS:
        if found := pattern.match(clause):
            yield from build(found, first)
            return
    yield from _unread(clause)


def _names_app(name: str, first: bool) -> bool:
    return first and not re.search(r"页面?$|列表$|详情|弹窗|界面|输入|下拉|菜单|搜索|首页", name)


def _app(name: str) -> str:
    return re.sub(r"(?:应用|软件|小程序|\s*[Aa][Pp][Pp])$", "", name.strip()) or name


def _open(found: re.Match[str], first: bool) -> Iterator[Goal]:
    name = found["app"].strip()
    if first and not re.search(r"页面?$|详情|列表", name):
        yield Goal(GoalKind.OPEN_APP, _app(name))
    else:
        yield from _tap_named(name)


def _item(found: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.OPEN_ITEM, found["thing"] or "")


def _enter(found: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.ENTER, found["value"], field=_field(found["field"] or ""))


def _field(name: str) -> str:
    return re.sub(rf"^(?:把|将|在|给|新的?|该|此|订单的?|用户的?|客户的?|其)+|的$|{_FIELD_WORDS}$", "", name.strip())


def _find(found: re.Match[str], first: bool) -> Iterator[Goal]:
    groups = found.groupdict()
    yield Goal(GoalKind.FIND, groups["value"], field=groups.get("name") or "")
    what = (groups.get("what") or "").strip()
    if what and not re.fullmatch(rf"(?:这个|那个|这位|该)?{_THING}?的?{_THING}?(?:信息|资料)?", what):
        yield Goal(GoalKind.REPORT, re.sub(rf"^(?:的|{_THING}的)+", "", what))


def _find_and_do(found: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.FIND, found["value"], field=found["name"])
    yield from read(found["deed"], first=False)


def _choose(found: re.Match[str], first: bool) -> Iterator[Goal]:
    groups = found.groupdict()
    field = _field(groups.get("field") or groups.get("field2") or "")
    for piece in _several(groups["value"]):
        yield Goal(GoalKind.CHOOSE, piece, field=re.sub(r"^(?:作为|为|做)", "", field))


def _tick(found: re.Match[str], first: bool) -> Iterator[Goal]:
    for piece in _several(found["value"]):
        yield Goal(GoalKind.TICK, re.sub(r"(?:选项|复选框)$", "", piece), on=not found["off"])


def _several(text: str) -> list[str]:
    return [piece.strip() for piece in re.split(r"、|以及|还有|(?<!共)和|与|及|\s+", text) if piece.strip()]


def _upload(found: re.Match[str], first: bool) -> Iterator[Goal]:
    what = next((piece for piece in found.groups() if piece), "")
    text = re.sub(r"^(?:用户|客户|顾客|买家|他|她|我)?(?:所)?(?:提供|上传|发来|发送|给|拍摄?|附带?)?的?", "", what)
    yield Goal(GoalKind.UPLOAD, re.sub(r"(?:作为|当做|到).*$", "", text))


def _submit(found: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.SUBMIT, re.sub(r"^(?:点击|点|按)", "", found[0]).removesuffix("按钮"))


def _tap(found: re.Match[str], first: bool) -> Iterator[Goal]:
    yield from _tap_named(found["what"])


def _tap_named(name: str) -> Iterator[Goal]:
    text = re.sub(r"^(?:一下|下|页面?[上中]的?|右上角的?|左上角的?|底部的?|顶部的?|该|此|到|了)+", "", name.strip())
    text = re.sub(r"(?:这个|那个)?(?:按钮|图标|链接|标签页?|菜单|选项卡?|入口|页面)$", "", text) or text
    yield Goal(GoalKind.TAP, text)


def _check(found: re.Match[str], first: bool) -> Iterator[Goal]:
    for piece in _several(found["what"]) if re.search(Q, found["what"]) else [found["what"]]:
        yield Goal(GoalKind.CHECK, re.sub(r"(?:字样|提示|的?字|文字|的?页面|为止|信息)$", "", piece))


def _report(found: re.Match[str], first: bool) -> Iterator[Goal]:
    what = re.sub(r"^(?:我|一下|客户|用户|下|当前页面?的?)+|(?:是什么|是多少|是啥|怎么样|如何)$", "", found["what"])
    coded = re.match(rf"(?P<name>[\u4e00-\u9fff]{{0,8}}?)(?P<value>{_CODE}|{Q})的(?P<what>.+)", what)
    if coded:
        yield Goal(GoalKind.FIND, coded["value"], field=coded["name"])
        what = coded["what"]
    yield Goal(GoalKind.REPORT, what)


def _back(_: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.BACK, "")


def _home(_: re.Match[str], first: bool) -> Iterator[Goal]:
    yield Goal(GoalKind.HOME, "")


def _unread(clause: str) -> Iterator[Goal]:
    """No pattern fits: a quoted piece is what to tap; else the clause itself names it."""
    if pieces := re.findall(Q, clause):
        yield from (Goal(GoalKind.TAP, piece, weak=True) for piece in pieces)
    elif len(clause) <= 24 and re.search(r"[\u3400-\u9fffA-Za-z0-9]", clause):
        yield Goal(GoalKind.TAP, re.sub(r"^(?:把|将|给|为|对)", "", clause), weak=True)


_PATTERNS: tuple[tuple[re.Pattern[str], Builder], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (r"(?:返回|回到|回)(?:手机)?(?:桌面|主屏幕?)$", _home),
        (r"(?:返回|回到)(?:上一页|上一级|上页|前一页)?$", _back),
        (r"(?:点击|点|按)?(?:立即|确认)?提交(?:审核|申请|订单|表单|预约|工单|信息|请求|修改)?(?:按钮)?$", _submit),
        (
            r"(?:确认|检查|核对|确保|看|查看|验证|直到|等待?|等到)*(?:页面|屏幕|系统|是否|能|会|上)*"
            r"(?:显示|出现|看到|看见|提示|弹出)(?:了|有|出)?:?(?P<what>.+)$",
            _check,
        ),
        (rf"(?:确认|检查|验证|确保)(?P<what>{Q}|.*(?:成功|完成))$", _check),
        (
            r"(?:进入|打开|点开|点击|查看|点进)(?:该|此|这个?|那个?|第一个|第一条|对应的?|相应的?|搜索到的|找到的|查到的|搜索结果中?的?)"
            r"(?:条|笔|位|名)?(?P<thing>[\u4e00-\u9fff]{0,10}?)(?:页面?|界面)?$",
            _item,
        ),
        (r"(?:进入|打开|点开|查看)(?P<thing>[\u4e00-\u9fff]{0,6}(?:详情|明细))(?:页面?|界面)?$", _item),
        (
            r"上传(?P<what>.*)$|(?:把|将)(?P<what2>.+?)上传(?:到.*)?$|(?:添加|附上)(?P<what3>.*(?:附件|凭证|视频|图片|照片|截图|文件))$",
            _upload,
        ),
        (
            r"(?P<off>取消|去掉|不要)?(?:勾选|打勾|勾上|选中复选框)(?:上|了|中)?(?P<value>.+)$",
            _tick,
        ),
        (r"(?:把|将)(?P<value>.+?)(?P<off>取消)?(?:勾选|打勾|勾上)(?:上)?$", _tick),
        (
            rf"(?:在|于|往|向|把|将)(?P<field>.{{1,24}}?)(?:{_FIELD_WORDS})?(?:里|中|内|上)?"
            rf"(?:输入为?|填写为?|填入|填上|填成|填为|填|录入|写上|写|键入|修改为|改为|改成|更改为|变更为|设为|设置为|更新为):?(?P<value>.+)$",
            _enter,
        ),
        (
            r"(?:修改|更改|变更|设置|填写|更新)(?P<field>[\u4e00-\u9fffA-Za-z]{1,12}?)(?:为|成|到|:)(?P<value>.+)$",
            _enter,
        ),
        (
            rf"(?:输入|填写|录入|填入|填)(?:新的)?(?P<field>[\u4e00-\u9fff]{{1,8}}?)?(?:为|:)?\s*(?P<value>{Q}|{_CODE}|\d+(?:\.\d+)?元?)$",
            _enter,
        ),
        (
            r"(?P<field>[\u4e00-\u9fff]{1,8}?)(?:一栏|栏|框)?(?:填写|填入|填|输入|写)(?:为|上|成|:)?(?P<value>.+)$",
            _enter,
        ),
        (rf"{_CHOOSE}(?P<value>.+?)(?:作为|当作)(?P<field>.+)$", _choose),
        (rf"{_CHOOSE}(?P<field>[\u4e00-\u9fff]{{1,10}}?)(?:为|是|:)\s*(?P<value>.+)$", _choose),
        (rf"{_CHOOSE}(?P<field>[\u4e00-\u9fff]{{1,10}}?)(?P<value>{Q}(?:(?:、|和|与|及){Q})*)$", _choose),
        (rf"{_CHOOSE}(?P<value>{Q}(?:(?:、|和|与|及){Q})*)(?P<field>.*)$", _choose),
        (
            r"(?:把|将|在)?(?P<field>[\u4e00-\u9fff]{1,12}?)(?:里|中|上)?(?:选择?为?|选成|设为|设置为):?(?P<value>.+)$",
            _choose,
        ),
        (
            rf"{_CHOOSE}(?P<value>.+?)(?P<field>(?:退换货?|退款|退货|换货|申请|投诉|取消|修改)?(?:原因|理由|类型|方式|时间|日期|科室|时段|规格|医生))?$",
            _choose,
        ),
        (
            rf"{_FIND_VERB}(?:一下)?(?P<name>[\u4e00-\u9fff]{{0,10}}?)(?:为|是|:)?\s*(?P<value>{Q}|{_CODE})\s*(?:的|这个|这位|那个|对应的?)?(?P<what>.*)$",
            _find,
        ),
        (
            rf"(?:为|给|对)(?P<name>[\u4e00-\u9fff]{{0,8}}?)\s*(?P<value>{Q}|{_CODE})(?:的用户|的订单)?(?P<deed>.+)$",
            _find_and_do,
        ),
        (
            rf"(?P<name>(?:订单|手机|运单|快递|工单)[\u4e00-\u9fff]{{0,4}}?):?\s*(?P<value>{_CODE})(?:的)(?P<what>.+)$",
            _find,
        ),
        (
            r"(?:告诉|告知|汇报|报告|获取|读取|记录|看看|看一下|说明|反馈|查看一下?|查询一下?|查一下|查)(?P<what>.*(?:状态|进度|信息|金额|地址|时间|"
            r"动态|情况|余额|数量|结果|单号|号码|验证码|内容|记录|轨迹|位置|详情|价格|评分).*)$",
            _report,
        ),
        (r"(?:告诉|告知|汇报|报告|反馈给?)(?P<what>.+)$", _report),
        (
            r"(?:搜索|查找|查询|搜|找到|寻找|检索)(?:一下)?(?P<value>[^的]{1,30})(?:的)?(?P<what>.*)$",
            _find,
        ),
        (r"(?:点击|点按|点一下|单击|轻点|点开|点选|点|按下|按|切换到?|跳转到?)(?P<what>.+)$", _tap),
        (r"(?:打开|启动|运行)(?P<app>.+)$", _open),
        (r"(?:进入|前往|去到?|到)(?P<app>.+)$", _open),
    )
)
