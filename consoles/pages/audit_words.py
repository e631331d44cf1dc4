"""What the types of audit events and the roles are called; the types themselves are stored and exported."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, Promise] = {
    "accounts.deactivated": _("演示账号已停用"),
    "api_token.made": _("接口令牌已创建"),
    "api_token.refused": _("接口令牌被拒绝"),
    "api_token.revoked": _("接口令牌已撤销"),
    "attachment.added": _("附件已添加"),
    "attachment.brought_back": _("从手机取回文件"),
    "audit.deleted": _("过期审计已清理"),
    "audit.delivered": _("每日审计导出"),
    "audit.exported": _("导出审计"),
    "audit.verified": _("核验审计链"),
    "automation.paused": _("已暂停全部智能处理"),
    "automation.resumed": _("恢复全部智能处理"),
    "confirmation.approved": _("确认同意"),
    "confirmation.asked": _("请求确认"),
    "confirmation.corrected": _("确认时更正"),
    "confirmation.escalated": _("确认已升级"),
    "confirmation.expired": _("确认已过期"),
    "confirmation.first_approved": _("第一人同意"),
    "confirmation.rejected": _("确认拒绝"),
    "confirmation.reminded": _("已催促确认"),
    "confirmation.voided": _("确认已作废"),
    "customer.erased": _("客户资料已清除"),
    "delivery.given_up": _("已放弃投递"),
    "delivery.sent_again": _("已重新投递"),
    "export.deleted": _("过期导出已清理"),
    "flow.published": _("流程新版本已发布"),
    "hold.lifted": _("解除法律保留"),
    "hold.placed": _("设置法律保留"),
    "media.pushed": _("文件已放到手机"),
    "media.removed": _("文件已从手机删除"),
    "permission.refused": _("权限不足被拒"),
    "phone.readmitted": _("手机恢复使用"),
    "phone.taken_out": _("手机停用"),
    "pictures.deleted": _("过期截图已清理"),
    "question.answered": _("坐席已回答"),
    "question.asked": _("向坐席提问"),
    "question.voided": _("提问已作废"),
    "recording.deleted": _("过期录像已清理"),
    "recording.encoded": _("录像已生成"),
    "recording.failed": _("录像没有生成"),
    "replay.viewed": _("查看回放"),
    "run.cancelled": _("处理已停止"),
    "run.driven": _("手机开始处理"),
    "run.failed": _("处理失败"),
    "run.handed_off": _("转人工处理"),
    "run.parked": _("故障,转人工"),
    "run.paused": _("处理暂停等待"),
    "run.requeued": _("重新排队"),
    "run.resumed": _("继续处理"),
    "run.started": _("已启动智能处理"),
    "run.succeeded": _("处理成功"),
    "run.taken_over": _("已由人工接管"),
    "run.troubled": _("处理遇到故障"),
    "secret.added": _("密钥已保存"),
    "secret.changed": _("密钥已更换"),
    "secret.deleted": _("密钥已删除"),
    "secret.rotated": _("密钥已重新加密"),
    "session.closed": _("已退出登录"),
    "session.opened": _("已登录"),
    "session.refused": _("登录失败"),
    "session.throttled": _("登录次数过多"),
    "step.done": _("步骤已执行"),
    "step.failed": _("步骤失败"),
    "step.found_uncertain": _("步骤结果不确定"),
    "step.intended": _("即将执行"),
    "step.refused": _("步骤未执行"),
    "takeover.asked": _("已请求人工接管"),
    "takeover.begun": _("接管开始"),
    "takeover.ended": _("接管结束"),
    "takeover.gesture_made": _("人工操作"),
    "takeover.requested": _("坐席要求接管"),
    "takeover.warned": _("接管闲置提醒"),
    "terminal.ended": _("命令行处理结束"),
    "terminal.refused": _("命令行操作被拒"),
    "terminal.started": _("命令行处理开始"),
    "ticket.changed": _("工单已修改"),
    "ticket.commented": _("工单已备注"),
    "ticket.created": _("工单已新建"),
    "ticket.status_changed": _("工单状态变更"),
}

ROLES: dict[str, Promise] = {
    "viewer": _("查看者"),
    "operator": _("坐席"),
    "supervisor": _("主管"),
    "flow_editor": _("流程编辑"),
    "administrator": _("管理员"),
    "system": _("系统"),
}


def event_in_words(type: str) -> str:
    """Empty for a type without a name of its own."""
    return str(EVENTS.get(type, ""))


def roles_in_words(roles: str) -> str:
    """Of a list as the trail keeps it; a role that the installation made itself keeps its own name."""
    return ", ".join(str(ROLES.get(role, role)) for role in roles.split(",")) if roles else ""
