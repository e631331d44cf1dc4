"""What Chinese names are made of: surnames, characters that stand in no given name, and words that only begin like one.

Rule: what is decided here is decided from the characters alone; what stands around them is the other modules' business.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def _surnames() -> tuple[frozenset[str], frozenset[str]]:
    single, compound = (_HERE / "surnames.txt").read_text("utf-8").splitlines()[:2]
    return frozenset(single), frozenset(compound.split())


def surname_of(value: str) -> int:
    """The length of the surname that the text begins with; 0 for none."""
    single, compound = _surnames()
    if value[:2] in compound:
        return 2
    return 1 if value[:1] in single else 0


SINGLE = "[" + "".join(sorted(_surnames()[0])) + "]"
HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
NEVER_IN_NAMES = frozenset(
    "的了在要说请您你我他她它们是有已未不把被给对与及或从到退换申诉反投打问催联系收寄发签取购买下订吗呢吧么这那"
)
NICKNAMED = re.compile(r"[小老阿](?=[^年板师人家区店时乡公总妹姐哥弟爷奶太外])")
SAYS = re.compile(  # what goes on behind a name in a sentence
    r"来[电信访函]|致电|打[来过]|反[映馈]|表示|要求|投诉|咨询|申请|称|说|希望|购买|购|下单|预[订约]|签|的|先生|女士|收|退|催|问|想|已|于|在|把|未|没|向|给|对|然后|和|本人"
    r"|请|需|系|因|用|报|付|寄|发|买|换|要|登|注|身份证|电话|手机|地址|女|男|卡|住"
)
INTERFACE = re.compile(
    r"请|未|暂无|无$|待|选择|输入|点击|添加|新增|编辑|修改|更换|必填|可选|选填|查看|查询|默认|同上|已|不"
    r"|本人签收|家人|门卫|前台|驿站|快递柜"
    r"|丰巢|物业|保安|全部|更多|详情|保存|取消|确定|确认|返回|提交|删除|搜索|管理|设置|登录|注册|中心|列表"
    r"|信息|资料|记录|服务|反馈|评价|要求"
    r"|电话|手机|号码|性别|民族|地址|金额|余额|操作|状态|时间|日期|类型|编号|年龄|备注|部门|职位|等级|级别"
    r"|积分|方式|单号|订单|商品|数量|价格"
    r"|明细|权限|角色|头像|证件|身份|账[号户]|帐[号户]|密码|验证|来源|渠道|区域|城市|标签|分组|原因|描述|说明"
    r"|内容|标题|进度|结果|意见|满意|投诉"
    r"|退款|换货|退货|售后|签收|派送|配送|匿名|保密|隐藏|公司|有限|商城|旗舰店|专营|中国|银行|平台|系统|在线"
    r"|人工|智能|安全|高级|常见|常用|成功|平台|文件|关闭|连接|时间|万元|水果|花园|安排|安装|何[时处种地]|全额|全程|高清"
)
COMMON = frozenset((_HERE / "not_names.txt").read_text("utf-8").split())  # words that begin like a name
_PLACE = re.compile(r"[省市区县镇乡村路街巷弄号楼室店厂部行]$|公司|电话|手机|座机|传真|热线|客服")


WORDS_TOO = frozenset(
    "能时于从向方高常成应安明施相单强全解连齐空广国路别步文原万易关包满终和都居计由后须可还过有"
)  # surnames that are words as well


def stands_alone(value: str) -> bool:
    """Whether the characters between two marks are a name."""
    if NICKNAMED.match(value):
        return len(value) <= 3 and bool(surname_of(value[1:]))
    surname = surname_of(value)
    return (
        1 <= len(value) - surname <= 2
        and bool(surname)
        and not INTERFACE.search(value)
        and not set(value[surname:]) & NEVER_IN_NAMES
        and not _PLACE.search(value)
        and value not in COMMON
    )
