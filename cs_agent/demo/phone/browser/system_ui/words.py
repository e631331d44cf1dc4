"""The words of the phone's own parts in its two languages."""

from __future__ import annotations

_CHINESE = {
    "allow": "允许",
    "deny": "拒绝",
    "closeApp": "关闭应用",
    "waitForApp": "等待",
    "hangs": "{app} 没有响应",
    "ok": "确定",
    "cancel": "取消",
    "ad": "广告",
    "skip": "跳过",
    "close": "关闭广告",
    "adTitle": "新人专享礼包",
    "adText": "限时 24 小时,先到先得",
    "adTake": "立即领取",
    "noRecents": "近期没有任何内容",
    "clearAll": "全部清除",
    "recentFiles": "最近的文件",
    "noFiles": "没有任何文件",
    "back": "返回",
    "keyboard": "拼音",
    "space": "空格",
    "enter": "回车",
    "delete": "删除",
    "hide": "收起键盘",
    "loading": "加载中…",
    "permission": "允许“{app}”访问您设备上的照片和视频吗?",
    "banner_title": "优惠券提醒",
    "banner_text": "您有一张 50 元优惠券今晚 24:00 到期,点击查看使用范围。",
    "banner_time": "刚刚",
    "banner_face": "券",
    "saved": "已保存到 {folder}/{name}",
    "network_title": "网络异常",
    "network_text": "请检查网络连接后重试",
    "network_retry": "点击重试",
    "date": "{month}月{day}日 星期{weekday}",
}
_ENGLISH = {
    "allow": "Allow",
    "deny": "Don’t allow",
    "closeApp": "Close app",
    "waitForApp": "Wait",
    "hangs": "{app} isn’t responding",
    "ok": "OK",
    "cancel": "Cancel",
    "ad": "Ad",
    "skip": "Skip",
    "close": "Close ad",
    "adTitle": "Welcome gift",
    "adText": "24 hours only, first come, first served",
    "adTake": "Get it now",
    "noRecents": "No recent items",
    "clearAll": "Clear all",
    "recentFiles": "Recent files",
    "noFiles": "No items",
    "back": "Back",
    "keyboard": "English",
    "space": "space",
    "enter": "Enter",
    "delete": "Delete",
    "hide": "Hide keyboard",
    "loading": "Loading…",
    "permission": "Allow “{app}” to access photos and videos on this device?",
    "banner_title": "Coupon reminder",
    "banner_text": "A ¥50 coupon expires tonight at 24:00. Tap to see where it can be used.",
    "banner_time": "now",
    "banner_face": "%",
    "saved": "Saved to {folder}/{name}",
    "network_title": "Network error",
    "network_text": "Check the connection and try again",
    "network_retry": "Tap to retry",
    "date": "{weekday}, {month}/{day}",
}
_WEEKDAYS = ("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))


def words(english: bool) -> dict[str, str]:
    return _ENGLISH if english else _CHINESE


def weekday(number: int, english: bool) -> str:
    """0 is Monday."""
    return _WEEKDAYS[english][number]
