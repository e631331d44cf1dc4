"""Every address of the console. What a view demands is declared on the view itself (`consoles.access`)."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from consoles.access import Access, permitted
from consoles.views import accounts, api, audit, bulk, media, models, phones, replays, runs, status, tickets
from consoles.views.studio import draft, library, rehearsals, versions

home = permitted(Access.PUBLIC)(RedirectView.as_view(pattern_name="ticket-list"))

urlpatterns = [
    path("", home, name="home"),
    path("login/", accounts.login, name="login"),
    path("logout/", accounts.logout, name="logout"),
    path("language/", accounts.language, name="language"),
    path("theme/", accounts.theme, name="theme"),
    path("healthz", status.healthz, name="healthz"),
    path("status/", status.status_page, name="status"),
    path("status/pause/", status.pause_all, name="pause-all"),
    path("phones/", phones.phone_list, name="phones"),
    path("models/", models.model_list, name="models"),
    path("models/new/", models.model_form, name="model-new"),
    path("models/choose/", models.model_choose, name="model-choose"),
    path("models/<int:model_id>/", models.model_form, name="model"),
    path("models/<int:model_id>/check/", models.model_check, name="model-check"),
    path("models/<int:model_id>/delete/", models.model_delete, name="model-delete"),
    path("tickets/", tickets.ticket_list, name="ticket-list"),
    path("tickets/new/", tickets.ticket_new, name="ticket-new"),
    path("tickets/start/", bulk.runs_start, name="runs-start"),
    path("tickets/<str:number>/", tickets.ticket_page, name="ticket"),
    path("tickets/<str:number>/state/", tickets.ticket_state, name="ticket-state"),
    path("tickets/<str:number>/status/", tickets.ticket_status, name="ticket-status"),
    path("tickets/<str:number>/attachments/", tickets.ticket_attach, name="ticket-attach"),
    path("tickets/<str:number>/runs/", runs.run_start, name="run-start"),
    path("runs/<uuid:run_id>/stop/", runs.run_stop, name="run-stop"),
    path("runs/<uuid:run_id>/takeover/", runs.takeover_begin, name="takeover-begin"),
    path("runs/<uuid:run_id>/replay/", replays.replay, name="replay"),
    path("takeovers/<uuid:takeover_id>/hand-back/", runs.takeover_hand_back, name="takeover-hand-back"),
    path("takeovers/<uuid:takeover_id>/finish/", runs.takeover_finish, name="takeover-finish"),
    path("confirmations/<uuid:confirmation_id>/decide/", runs.confirmation_decide, name="confirmation-decide"),
    path("confirmations/<uuid:confirmation_id>/correct/", runs.confirmation_correct, name="confirmation-correct"),
    path("questions/<uuid:question_id>/answer/", runs.question_answer, name="question-answer"),
    path("files/attachments/<str:token>", media.attachment_file, name="attachment-file"),
    path("files/steps/<str:token>", media.step_picture, name="step-picture"),
    path("files/confirmations/<str:token>", media.confirmation_picture, name="confirmation-picture"),
    path("files/questions/<str:token>", media.question_picture, name="question-picture"),
    path("files/recordings/<str:token>/video.mp4", media.recording_video, name="recording-video"),
    path("files/recordings/<str:token>/captions.vtt", media.recording_captions, name="recording-captions"),
    path("audit/", audit.audit_page, name="audit"),
    path("audit/export/", audit.audit_export_csv, name="audit-export"),
    path("api/audit.csv", api.audit_csv, name="api-audit"),
    path("api/audit/<str:export>/manifest.json", api.audit_manifest, name="api-audit-manifest"),
    path("flows/", library.library, name="flows"),
    path("flows/new/", library.flow_new, name="flow-new"),
    path("flows/requests/new/", library.request_new, name="flow-request"),
    path("flows/requests/<int:request_id>/answer/", library.request_answer, name="flow-request-answer"),
    path("flows/<slug:slug>/", versions.flow_page, name="flow"),
    path("flows/<slug:slug>/draft/", draft.draft_page, name="flow-draft"),
    path("flows/<slug:slug>/draft/open/", draft.draft_open, name="flow-draft-open"),
    path("flows/<slug:slug>/draft/save/", draft.draft_save, name="flow-draft-save"),
    path("flows/<slug:slug>/draft/version/", draft.draft_freeze, name="flow-draft-freeze"),
    path("flows/<slug:slug>/draft/discard/", draft.draft_discard, name="flow-draft-discard"),
    path("flows/<slug:slug>/draft/preview/", draft.draft_preview, name="flow-draft-preview"),
    path("flows/<slug:slug>/take-back/", versions.flow_take_back, name="flow-take-back"),
    path("flows/<slug:slug>/retire/", versions.flow_retire, name="flow-retire"),
    path("flows/<slug:slug>/v<int:version>/sop/", versions.flow_sop, name="flow-sop"),
    path("flows/<slug:slug>/v<int:version>/submit/", versions.version_submit, name="version-submit"),
    path("flows/<slug:slug>/v<int:version>/review/", versions.version_review, name="version-review"),
    path("flows/<slug:slug>/v<int:version>/release/", versions.version_release, name="version-release"),
    path("flows/<slug:slug>/v<int:version>/rehearse/", rehearsals.rehearsal_start, name="rehearsal-start"),
    path("flows/<slug:slug>/v<int:version>/grant/", rehearsals.practice_grant, name="practice-grant"),
    path("rehearsals/<int:rehearsal_id>/", rehearsals.rehearsal_page, name="rehearsal"),
    path("rehearsals/<int:rehearsal_id>/stop/", rehearsals.rehearsal_stop, name="rehearsal-stop"),
    path("phones/<int:phone_id>/use/", rehearsals.phone_use, name="phone-use"),
]
