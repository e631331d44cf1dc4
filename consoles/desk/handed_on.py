"""What a flow's fall-back did about a run that failed, in words for the ticket page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tickets.models import FallBackState, FallBackUse, Run


def handed_on(run: Run) -> str:
    """What was done after the run failed, or that it was started after another had; "" for neither."""
    use = FallBackUse.objects.filter(run=run).exclude(state=FallBackState.BEGUN).first()
    if use is not None:
        told = _("失败之后:%(what)s · %(state)s") % {"what": use.get_kind_display(), "state": use.get_state_display()}
        return _("%(told)s:%(why)s") % {"told": told, "why": use.note} if use.note else told
    if FallBackUse.objects.filter(next_run=run).exists():
        return _("上一次处理失败后,按流程的设定自动启动了这一次。")
    return ""
