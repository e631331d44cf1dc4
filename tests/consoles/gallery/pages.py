"""Which pages there are pictures of, as whom, and what is done on them before."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

PAUSED = "paused-"  # pages that are shown while all automation is paused


def pick_codes(page: Page) -> None:
    """Pick the tickets of one kind, by keys."""
    page.locator('.queue-row[data-kind="resend_code"] a').first.focus()
    page.keyboard.press("Shift+X")


def pick_and_start(page: Page) -> None:
    """Start two that can start and one that lacks something."""
    for box in page.locator(".queue-row [name=number]").all()[:3]:
        box.check()
        page.wait_for_selector("#bulk:not([hidden])")
    page.click("#bulk [data-go]")
    page.click("#bulk [data-go]")
    page.wait_for_selector(".started [data-clear]:not([hidden])")


def refuse_upload(page: Page) -> None:
    page.set_input_files("#files", {"name": "日志.exe", "mimeType": "application/x-msdownload", "buffer": b"MZ"})
    page.click("#create")


def wrong_password(page: Page) -> None:
    page.fill("#username", "alice")
    page.fill("#password", "wrong")
    page.click("form.login-card button")


def lose_connection(page: Page) -> None:
    page.evaluate(
        """() => {
          const live = document.querySelector("live-ticket").socket;
          live.open = () => {};
          live.socket.close();
        }"""
    )
    page.context.set_offline(True)  # the phone's picture falls behind
    page.wait_for_timeout(5000)


def reject(page: Page) -> None:
    page.wait_for_selector("confirm-card[data-armed]")
    page.keyboard.press("n")


def edit_first(page: Page) -> None:
    page.wait_for_selector("live-ticket[data-ready], live-ticket")
    page.keyboard.press("e")
    page.keyboard.press("1")


def open_notes(page: Page) -> None:
    page.keyboard.press("p")


def end_session(page: Page) -> None:
    """The log-in over the page, with what was typed under it."""
    page.fill("#text", "订单202405218876充不上电")
    page.evaluate("document.getElementById('session').showModal()")


def see_shots(page: Page) -> None:
    page.locator("#part-shots").scroll_into_view_if_needed()


NOBODY = ""
ACTS: dict[str, Callable[[Page], None]] = {
    "queue-picked": pick_codes,
    "queue-started": pick_and_start,
    "new-form-refused": refuse_upload,
    "login-error": wrong_password,
    "confirm-reject": reject,
    "running-lost": lose_connection,
    "help": lambda page: page.keyboard.press("?"),
    "alerts": lambda page: page.click("[data-open=alerts]"),
    "save-view": lambda page: page.keyboard.press("v"),
    "waiting-card": lambda page: page.locator("button[data-act]").first.click(),
    "new-form-empty": lambda page: page.click("#create"),
    "confirm-edit": edit_first,
    "new-edit": edit_first,
    "mine-desk": open_notes,
    "session": end_session,
    "editor-marks": see_shots,
    "menu": lambda page: page.locator(".nav-more summary").click(timeout=2000),
    "office-user-empty": lambda page: page.locator("[name=_save]").first.click(),
}
NARROW = {"menu": 760}  # what only a window up to that width shows
PAGES = {
    "login": (NOBODY, "/login/"),
    "login-error": (NOBODY, "/login/"),
    "queue": ("alice", "/tickets/"),
    "queue-picked": ("alice", "/tickets/"),
    "queue-started": ("alice", "/tickets/?q=批次"),
    "queue-none": ("charlie", "/tickets/"),
    "queue-viewer": ("victor", "/tickets/"),
    "help": ("alice", "/tickets/"),
    "new-form-refused": ("alice", "/tickets/new/"),
    "new-form-empty": ("alice", "/tickets/new/"),
    "audit-empty": ("root", "/audit/?ticket=T0"),
    "forbidden": ("alice", "/flows/"),
    "no-such-page": ("alice", "/nothing/here/"),
    "queue-waiting": ("alice", "/tickets/?status=waiting"),
    "queue-empty": ("alice", "/tickets/?q=nothing-like-this"),
    "new-form": ("alice", "/tickets/new/"),
    "audit": ("root", "/audit/"),
    "phones": ("alice", "/phones/"),
    "models": ("root", "/models/"),
    "model-new": ("root", "/models/new/"),
    "phones-root": ("root", "/phones/"),
    "phone-check": ("root", "/phones/1/check/"),
    "phone-check-well": ("root", "/phones/2/check/"),
    "phone-check-lost": ("root", "/phones/3/check/"),
    "phone-check-none": ("root", "/phones/4/check/"),
    "rehearsal": ("fiona", "/rehearsals/1/"),
    "rehearsal-running": ("fiona", "/rehearsals/2/"),
    "editor-marks": ("fiona", "/flows/return_goods/draft/"),
    "reply": ("sara", "/replies/1/"),
    "menu": ("root", "/setup/"),
    "session": ("alice", "/tickets/new/"),
    "status": ("sara", "/status/"),
    "waiting": ("alice", "/waiting/"),
    "waiting-team": ("alice", "/waiting/?team=1"),
    "waiting-none": ("charlie", "/waiting/"),
    "waiting-card": ("alice", "/waiting/"),
    "alerts": ("alice", "/tickets/"),
    "save-view": ("alice", "/tickets/?q=耳机"),
    "setup": ("root", "/setup/"),
    "replies": ("sara", "/replies/"),
    "reply-new": ("sara", "/replies/new/"),
    "tokens": ("root", "/integrations/tokens/"),
    "webhooks": ("root", "/integrations/webhooks/"),
    "secrets": ("root", "/integrations/secrets/"),
    "buttons": ("root", "/integrations/buttons/"),
    "connectors": ("root", "/integrations/connectors/"),
    "connector": ("root", "/integrations/connectors/1/"),
    "outbox": ("root", "/integrations/outbox/"),
    "api-reference": ("root", "/integrations/api/"),
    "teach": ("fiona", "/flows/logistics_voucher/teach/"),
    "lesson": ("fiona", "/lessons/1/"),
    "storyboard": ("fiona", "/flows/logistics_voucher/v1/storyboard/"),
    "exchange": ("fiona", "/flows/exchange/"),
    "office": ("root", "/admin/"),
    "office-phones": ("root", "/admin/tickets/phone/"),
    "office-phone": ("root", "/admin/tickets/phone/1/change/"),
    "office-users": ("root", "/admin/auth/user/"),
    "office-user": ("root", "/admin/auth/user/1/change/"),
    "office-runs": ("root", "/admin/tickets/run/"),
    "replays": ("sara", "/replays/"),
    "replays-none": ("sara", "/replays/?outcome=failed&since=2020-01-01&until=2020-01-02"),
    "audit-words": ("victor", "/audit/?words=399"),
    "audit-auditor": ("victor", "/audit/"),
    "flows": ("fiona", "/flows/"),
    "flow": ("fiona", "/flows/complaint_refund/"),
    "flow-draft": ("fiona", "/flows/complaint_refund/draft/"),
    "flow-draft-json": ("fiona", "/flows/complaint_refund/draft/?view=json"),
    "flow-none": ("fiona", "/flows/resend_code/draft/"),
    "flow-review": ("gao", "/flows/complaint_refund/?version=3"),
    "flow-sop": ("fiona", "/flows/complaint_refund/v2/sop/"),
    "flow-request": ("sara", "/flows/requests/new/"),
    "trial-new": ("sara", "/flows/complaint_refund/trials/new/"),
    "trial-planned": ("sara", "/flows/identity_check/trials/1/"),
    "trial-running": ("sara", "/flows/change_address/trials/2/"),
    "trial-ended": ("sara", "/flows/order_status/trials/3/"),
    "trial-safety": ("sara", "/flows/return_goods/trials/4/"),
    "flow-trial": ("sara", "/flows/change_address/"),
    "not-found": ("alice", "/tickets/T0/"),
    "flow-shadow": ("sara", "/flows/resend_code/"),
    "flow-released": ("sara", "/flows/complaint_refund/"),
    "rehearsal-start": ("fiona", "/flows/resend_code/?version=1"),
    "batches": ("alice", "/batches/"),
    "batches-none": ("charlie", "/batches/"),
    "batch-new": ("alice", "/batches/new/"),
    "batch": ("alice", "/batches/1/"),
    "batch-scheduled": ("alice", "/batches/2/"),
    "office-departments": ("root", "/admin/tickets/department/"),
    "office-department": ("root", "/admin/tickets/department/1/change/"),
    "office-user-new": ("root", "/admin/auth/user/add/"),
    "office-user-empty": ("root", "/admin/auth/user/add/"),
    "office-groups": ("root", "/admin/auth/group/"),
    "office-group": ("root", "/admin/auth/group/1/change/"),
    "office-flows": ("root", "/admin/tickets/flowtemplate/"),
    "office-flow": ("root", "/admin/tickets/flowtemplate/1/change/"),
    "office-version": ("root", "/admin/tickets/flowversion/1/change/"),
    "office-tickets": ("root", "/admin/tickets/ticket/"),
    "office-ticket": ("root", "/admin/tickets/ticket/1/change/"),
    "office-steps": ("root", "/admin/tickets/step/"),
    "office-step": ("root", "/admin/tickets/step/1/change/"),
    "office-confirmations": ("root", "/admin/tickets/confirmation/"),
    "office-recordings": ("root", "/admin/tickets/recording/"),
    "office-events": ("root", "/admin/tickets/auditevent/"),
    "office-event": ("root", "/admin/tickets/auditevent/1/change/"),
    "office-none": ("root", "/admin/tickets/ticket/?q=nothing-like-this"),
    "office-history": ("root", "/admin/tickets/phone/1/history/"),
    "office-password": ("root", "/admin/password_change/"),
}
# With a ticket's number or a run's id in the path.
NAMED = {
    "replay": ("alice", "/runs/{run[done]}/replay/"),
    "replay-none": ("alice", "/runs/{run[failed]}/replay/"),
    "confirm-reject": ("alice", "/tickets/{ticket[confirm]}/"),
    "confirm-viewer": ("victor", "/tickets/{ticket[confirm]}/"),
    "confirm-edit": ("alice", "/tickets/{ticket[confirm]}/"),
    "new-edit": ("alice", "/tickets/{ticket[new]}/"),
    "mine-desk": ("alice", "/tickets/{ticket[done]}/"),
    "running-lost": ("alice", "/tickets/{ticket[running]}/"),
    "act-mark": ("alice", "/runs/{run[done]}/steps/8/mark/"),
    "audit-ticket": ("root", "/audit/?ticket={ticket[done]}"),
    "office-run": ("root", "/admin/tickets/run/{run[done]}/change/"),
    f"{PAUSED}status": ("sara", "/status/"),
    f"{PAUSED}queue": ("alice", "/tickets/"),
    f"{PAUSED}new": ("alice", "/tickets/{ticket[new]}/"),
}
TICKETS = (
    "new",
    "missing",
    "ambiguous",
    "angry",
    "nofit",
    "long",
    "english",
    "queued",
    "running",
    "confirm",
    "differs",
    "question",
    "takeover",
    "mine",
    "done",
    "failed",
    "handed",
    "longest",
    "asking",
    "asked",
    "answered",
    "fell_back",
)
