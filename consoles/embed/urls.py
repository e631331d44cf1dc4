"""Every address of a panel, below `embed/<connector>/t/<number>/`: the console's own views, as far as a panel goes."""

from __future__ import annotations

from django.urls import path, re_path

from consoles.embed import panel
from consoles.embed.panel import in_panel
from consoles.views import media, runs, tickets
from consoles.views.desk import asking

urlpatterns = [
    path("", panel.page, name="panel"),
    path("standing/", panel.standing, name="panel-standing"),
    path("again/", in_panel(panel.again), name="panel-again"),
    path("state/<str:number>/", tickets.ticket_state, name="ticket-state"),
    path("tickets/<str:number>/values/", in_panel(tickets.ticket_value), name="ticket-value"),
    path("tickets/<str:number>/ask/", in_panel(asking.ticket_ask), name="ticket-ask"),
    path("tickets/<str:number>/ask/answered/", in_panel(asking.ticket_ask_answered), name="ticket-ask-answered"),
    path("tickets/<str:number>/ask/end/", in_panel(asking.ticket_ask_end), name="ticket-ask-end"),
    path("tickets/<str:number>/attachments/", in_panel(tickets.ticket_attach), name="ticket-attach"),
    path("tickets/<str:number>/runs/", in_panel(runs.run_start), name="run-start"),
    path("runs/<uuid:run_id>/nudge/", in_panel(runs.run_nudge), name="run-nudge"),
    path("runs/<uuid:run_id>/stop/", in_panel(runs.run_stop), name="run-stop"),
    path(
        "confirmations/<uuid:confirmation_id>/decide/", in_panel(runs.confirmation_decide), name="confirmation-decide"
    ),
    path("confirmations/<uuid:confirmation_id>/vouch/", in_panel(runs.confirmation_vouch), name="confirmation-vouch"),
    path(
        "confirmations/<uuid:confirmation_id>/correct/",
        in_panel(runs.confirmation_correct),
        name="confirmation-correct",
    ),
    path("questions/<uuid:question_id>/answer/", in_panel(runs.question_answer), name="question-answer"),
    path("files/attachments/<str:token>", media.attachment_file, name="attachment-file"),
    path("files/steps/<str:token>", media.step_picture, name="step-picture"),
    path("files/confirmations/<str:token>", media.confirmation_picture, name="confirmation-picture"),
    path("files/questions/<str:token>", media.question_picture, name="question-picture"),
    re_path("", panel.not_there, name="panel-not-there"),
]
