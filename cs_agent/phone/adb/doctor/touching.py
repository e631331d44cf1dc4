"""Whether touches arrive: makers swallow them without a word.

Rule: an icon of the home screen is tapped whose app does nothing when it is merely opened; the phone is left on its
home screen.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from cs_agent.catalogue import _
from cs_agent.engine.run.protocols import Key
from cs_agent.geometry import Point
from cs_agent.observation import UiNode
from cs_agent.phone.adb.doctor.findings import Findings, developer_options
from cs_agent.phone.adb.phone import AdbPhone
from cs_agent.phone.findings import Check, CheckStatus
from cs_agent.phone.waiting import wait_for

_REACTION_S = 3.0
_REACTED_SHARE = 0.02  # of the pixels
_SAFE_ICONS = ("设置", "settings", "时钟", "clock", "日历", "calendar", "计算器", "calculator", "文件", "files")


def touch(phone: AdbPhone) -> Findings:
    """Tap an icon of the home screen and see whether anything happens; vendors swallow touches silently."""
    phone.press(Key.HOME)
    icon = wait_for(lambda: _safe_icon(phone.nodes() or ()), _REACTION_S)
    reacted = _reacts_to(phone, icon.box.center) if icon else _reacts_to_pull_down(phone)
    phone.press(Key.HOME)
    if reacted:
        return [Check("touch", CheckStatus.OK, _("点击有反应。"))]
    return [
        Check(
            "touch",
            CheckStatus.FAULT,
            _("点击没有任何反应。"),
            _("打开“USB 调试(安全设置)”(小米等),关闭系统弹窗或悬浮窗后再试。"),
            fix=developer_options(phone),
        )
    ]


def _safe_icon(nodes: tuple[UiNode, ...]) -> UiNode | None:
    """An app that does nothing when it is merely opened; else any app of the home screen."""
    icons = [node for node in nodes if node.label and node.box.area and (node.clickable or _parent_clicks(node, nodes))]
    return next((node for node in icons if node.label.strip().lower() in _SAFE_ICONS), icons[0] if icons else None)


def _parent_clicks(node: UiNode, nodes: tuple[UiNode, ...]) -> bool:
    return node.parent >= 0 and nodes[node.parent].clickable


def _reacts_to(phone: AdbPhone, point: Point) -> bool:
    before = phone.screenshot().image
    phone.tap(point)
    return bool(wait_for(lambda: _differ(before, phone.screenshot().image), _REACTION_S))


def _reacts_to_pull_down(phone: AdbPhone) -> bool:
    """Without icons: the notification shade follows a finger on every phone."""
    before = phone.screenshot()
    middle = before.size.width // 2
    phone.swipe(Point(middle, 2), Point(middle, before.size.height // 2), 0.4)
    reacted = bool(wait_for(lambda: _differ(before.image, phone.screenshot().image), _REACTION_S))
    phone.press(Key.BACK)
    return reacted


def _differ(before: Image.Image, after: Image.Image) -> bool:
    if before.size != after.size:
        return True
    first, second = (np.asarray(image.convert("L").reduce(8)).astype(np.int16) for image in (before, after))
    return bool((np.abs(first - second) > 24).mean() > _REACTED_SHARE)
