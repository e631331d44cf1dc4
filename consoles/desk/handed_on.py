"""What a flow's fall-back did about a run that failed, in words for the ticket page."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tickets.models import FallBackState, FallBackUse, Run


def handed_on(run: Run) -> str:
    """What was done after the run failed, or that it was started after another had; "" for neither. `run` was loaded
    with `fall_back` and `in_place_of`."""
    use: FallBackUse | None = getattr(run, "fall_back", None)
    if use is not None and use.state != FallBackState.BEGUN:
        told = _("失败之后:%(what)s · %(state)s") % {"what": use.get_kind_display(), "state": use.get_state_display()}
        return _("%(told)s:%(why)s") % {"told": told, "why": use.note} if use.note else told
    if getattr(run, "in_place_of", None) is not None:
        return _("上一次处理失败后,按流程的设定自动启动了这一次。")
    return ""
