"""The names people use for apps, and the packages behind them.

Rule: a default only; every installation adds its own apps or corrects these by passing a map of its own.
Spellings are compared without case, spaces and width.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

APP_NAMES: Mapping[str, str] = {
    # talking
    "微信": "com.tencent.mm",
    "WeChat": "com.tencent.mm",
    "企业微信": "com.tencent.wework",
    "QQ": "com.tencent.mobileqq",
    "TIM": "com.tencent.tim",
    "钉钉": "com.alibaba.android.rimet",
    "DingTalk": "com.alibaba.android.rimet",
    "飞书": "com.ss.android.lark",
    "Lark": "com.ss.android.lark",
    "腾讯会议": "com.tencent.wemeet.app",
    "微博": "com.sina.weibo",
    "小红书": "com.xingin.xhs",
    "知乎": "com.zhihu.android",
    "豆瓣": "com.douban.frodo",
    # shopping and selling
    "淘宝": "com.taobao.taobao",
    "天猫": "com.tmall.wireless",
    "千牛": "com.taobao.qianniu",
    "闲鱼": "com.taobao.idlefish",
    "京东": "com.jingdong.app.mall",
    "京麦": "com.jd.mrd.jingming",
    "拼多多": "com.xunmeng.pinduoduo",
    "拼多多商家版": "com.xunmeng.merchant",
    "唯品会": "com.achievo.vipshop",
    "苏宁易购": "com.suning.mobile.ebuy",
    "得物": "com.shizhuang.duapp",
    "1688": "com.alibaba.wireless",
    "抖店": "com.ss.android.merchant",
    # paying and banking
    "支付宝": "com.eg.android.AlipayGphone",
    "Alipay": "com.eg.android.AlipayGphone",
    "云闪付": "com.unionpay",
    "招商银行": "cmb.pb",
    "中国工商银行": "com.icbc",
    "中国建设银行": "com.chinamworld.main",
    "中国银行": "com.chinamworld.bocmbci",
    "中国农业银行": "com.android.bankabc",
    "交通银行": "com.bankcomm.Bankcomm",
    # parcels
    "顺丰速运": "com.sf.activity",
    "菜鸟": "com.cainiao.wireless",
    "菜鸟裹裹": "com.cainiao.wireless",
    "中通快递": "com.zto.app",
    "圆通速递": "com.yto.customer",
    "京东快递": "com.jd.jdexpress",
    # getting about and eating
    "高德地图": "com.autonavi.minimap",
    "百度地图": "com.baidu.BaiduMap",
    "腾讯地图": "com.tencent.map",
    "滴滴出行": "com.sdu.didi.psnger",
    "铁路12306": "com.MobileTicket",
    "12306": "com.MobileTicket",
    "携程旅行": "ctrip.android.view",
    "携程": "ctrip.android.view",
    "去哪儿旅行": "com.Qunar",
    "飞猪旅行": "com.taobao.trip",
    "美团": "com.sankuai.meituan",
    "美团外卖": "com.sankuai.meituan.takeoutnew",
    "大众点评": "com.dianping.v1",
    "饿了么": "me.ele",
    # watching and listening
    "抖音": "com.ss.android.ugc.aweme",
    "快手": "com.smile.gifmaker",
    "哔哩哔哩": "tv.danmaku.bili",
    "bilibili": "tv.danmaku.bili",
    "腾讯视频": "com.tencent.qqlive",
    "爱奇艺": "com.qiyi.video",
    "优酷": "com.youku.phone",
    "网易云音乐": "com.netease.cloudmusic",
    "QQ音乐": "com.tencent.qqmusic",
    "今日头条": "com.ss.android.article.news",
    # working
    "WPS Office": "cn.wps.moffice_eng",
    "WPS": "cn.wps.moffice_eng",
    "百度网盘": "com.baidu.netdisk",
    "网易邮箱大师": "com.netease.mail",
    "QQ邮箱": "com.tencent.androidqqmail",
    "百度": "com.baidu.searchbox",
    # telephone companies
    "中国移动": "com.greenpoint.android.mc10086.activity",
    "中国联通": "com.sinovatech.unicom.ui",
    "中国电信": "com.ct.client",
    # the phone's own
    "设置": "com.android.settings",
    "Settings": "com.android.settings",
    "Chrome": "com.android.chrome",
    "相机": "com.android.camera2",
    "图库": "com.android.gallery3d",
    "联系人": "com.android.contacts",
    "短信": "com.android.mms",
    "电话": "com.android.dialer",
    "文件": "com.android.documentsui",
    "日历": "com.android.calendar",
    "时钟": "com.android.deskclock",
}


def spelling(name: str) -> str:
    """What two spellings of one name have in common."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def package_named(name: str, own: Mapping[str, str]) -> str | None:
    """The package (or package/activity) of that name: the installation's own map first, then the defaults."""
    wanted = spelling(name)
    for names in (own, APP_NAMES):
        for known, package in names.items():
            if spelling(known) == wanted:
                return package
    return None
