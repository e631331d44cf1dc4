"""Pictures of every page, for people who look at them: `python -m tests.consoles.gallery <folder> [name …]`.

Rich data (long texts, every state of a run), Chinese and English, light and dark, 1280 and 390 px.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page, Route

from tests.browser import chromium
from tests.consoles.site import Site, site

PAUSED = "paused-"  # pages that are shown while all automation is paused
WIDTHS = {"wide": (1280, 800), "phone": (390, 844)}
LONG = (
    "订单202405218876的问题我已经说过很多次了。"
    + "客服每次都说会处理,但是一直没有结果,我非常失望,希望这次能够真正解决。" * 12
)


def build() -> None:
    """Everything the pictures show; the tickets' numbers are printed with their names by `numbers`."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from tests.consoles import story
    from tests.consoles.studio import gallery as studio
    from tickets.models import Department, Phone, PhoneState, RunStatus, Ticket
    from tickets.services.runs import lifecycle as runs

    story.pictured_steps = 99
    department = Department.objects.create(name="售后一部")
    Department.objects.create(name="售后二部")
    alice = story.member("alice", "operator", department, "林晓")
    story.member("bob", "operator", department, "周博")
    story.member("fiona", "flow_editor", department)
    story.member("victor", "viewer", department)
    story.member("charlie", "operator", Department.objects.get(name="售后二部"))
    story.member("sara", "supervisor", department)
    User.objects.create_superuser("root", password=story.PASSWORD)
    story.publish("complaint_refund")
    story.publish("complaint_refund", second_approval_above=500)
    story.publish("resend_code")
    _studio(department)
    studio.trials(department)
    _models()
    _outside(department)
    health = {"model": "Pixel 7", "android": "14", "charging": True, "battery_percent": 86, "temperature_c": 31.2}
    phones = [story.new_phone(number, health=health) for number in range(1, 6)]
    Phone.objects.filter(pk=phones[4].pk).update(
        state=PhoneState.FAULTY, fault="屏幕读不到:请检查 USB 调试授权。", lease_run=None
    )

    def ticket(name: str, text: str = story.REFERENCE, **fields: object) -> Ticket:
        return story.new_ticket(department, text, subject=fields.pop("subject", name), external_id=name, **fields)

    story.succeed(story.start(ticket("done", video=True, subject="蓝牙耳机充不上电,要求全额退款"), alice), phones[0])
    story.fail(story.start(ticket("failed", subject="耳机左耳没有声音"), alice), phones[0])
    story.ask_confirmation(
        story.start(ticket("confirm", video=True, priority=1, subject="蓝牙耳机充不上电,盒子压坏"), alice), phones[0]
    )
    story.ask_confirmation(
        story.start(ticket("differs", priority=2, subject="补偿金额与承诺不符"), alice), phones[1], differs=True
    )
    story.ask_question(story.start(ticket("question", subject="两个订单都要退"), alice), phones[2])
    story.take_over(story.start(ticket("mine", subject="需要登录的订单"), alice), phones[3], alice)
    running = story.drive(
        story.start(ticket("running", video=True, subject="充电盒充不进电,申请退款"), alice),
        story.new_phone(5, serial="phone-6"),
    )
    story.take_steps(running)
    asked = story.start(ticket("takeover", subject="验证码收不到,需要登录"), alice)
    story.ask_takeover(asked, story.new_phone(5, serial="phone-7"))
    queued = story.start(ticket("queued", subject="耳机杂音很大"), alice)
    runs.wait_for_phone(queued, 2, timedelta(minutes=6))
    handed = story.drive(story.start(ticket("handed", subject="客户要求人工处理"), alice), phones[4])
    story.take_steps(handed, 4)
    runs.end(handed, RunStatus.HANDED_OFF, result="由 林晓 人工完成:已电话联系客户,补寄新品。", user=alice)
    Phone.objects.filter(pk=phones[4].pk).update(lease_run=None)
    story.new_phone(
        5,
        serial="phone-8",
        health={"model": "Redmi K60", "android": "14", "charging": False, "battery_percent": 12, "temperature_c": 47.5},
    )
    story.new_phone(5, serial="phone-9", state=PhoneState.RETIRED)
    ticket("new", video=True, subject="蓝牙耳机充不上电,盒子还压坏了,要求全额退款并补偿50元")
    ticket("missing", "耳机充不上电,我要退款!", subject="耳机坏了要退款")
    ticket("ambiguous", "订单202405218876和订单202405218877都有质量问题,全额退款。", subject="两个订单号")
    ticket("angry", "你们就是骗子!!!订单202405218876退款,不然我找律师起诉,12315投诉!", subject="投诉升级", priority=1)
    ticket("nofit", "请问你们的门店几点开门?", subject="营业时间咨询", customer_name="")
    ticket("long", LONG, subject="一个标题特别特别长的工单," * 8, customer_name="欧阳娜娜娜娜娜娜娜娜娜")
    ticket(
        "english",
        "My earbuds won't charge. Order 202405218880, please refund in full and add 50 yuan compensation.",
        subject="Earbuds do not charge",
        customer_name="John Smith",
    )
    ticket("batch", "批次:耳机充不上电,我要退款!", subject="退货批次,没有订单号")
    for n in range(8):
        ticket(f"batch{n}", f"批次:耳机充不上电,全额退款。订单2024052188{76 + n}", subject=f"退货批次({n + 1})")
    for n in range(32):
        ticket(
            f"more{n}",
            f"手机号1380013{8000 + n}收不到验证码,请重发。",
            subject=f"收不到短信验证码({n + 1})",
            priority=3 + n % 2,
        )
    Ticket.objects.filter(refs__external_id="angry").update(due_at=timezone.now() - timedelta(hours=3))
    Ticket.objects.filter(refs__external_id="missing").update(due_at=timezone.now() + timedelta(minutes=12))
    _taught(ticket("taught", "手机号13800138000收不到验证码,请重发。", subject="收不到短信验证码"))
    _desk(Ticket.objects.get(refs__external_id="done"))


def _models() -> None:
    """One that works, one that does not and says why, one that nobody checked; a planner with its pointer chosen."""
    from django.utils import timezone

    from tickets.models import LanguageModel, ModelChoice

    report = {"action": 'do(action="Tap", element=[500,762])', "on_target": True, "total_s": 1.38, "logprobs": True}
    problem = {
        "problem": "the answer hit the limit of tokens (max_tokens) and was cut off",
        "advice": "回答达到 token 上限被截断:调大 max_tokens,或缩短/关闭模型的思考",
    }
    rows = (
        ("本地 AutoGLM", "autoglm", "http://gpu-host-3.intranet:8000/v1", "autoglm-phone-9b", True, True, report),
        ("云端通用模型", "planner", "https://models.example.com/compatible-mode/v1", "vl-max", False, False, problem),
        ("定位模型", "pointer", "http://gpu-host-4.intranet:8000/v1", "grounder-7b", True, None, {}),
    )
    for name, family, address, model, local, usable, made in rows:
        LanguageModel.objects.create(
            name=name,
            family=family,
            base_url=address,
            model=model,
            local=local,
            usable=usable,
            report=made,
            checked_at=timezone.now() if usable is not None else None,
        )
    by_name = {row.name: row for row in LanguageModel.objects.all()}
    ModelChoice.objects.create(flow=None, model=by_name["云端通用模型"], grounder=by_name["定位模型"])


def _studio(department: object) -> None:
    """A version in review, an open draft with a fault, and requests."""
    from django.contrib.auth.models import User

    from tests.consoles import story
    from tickets.models import FlowTemplate
    from tickets.services.flows import drafts, requests, reviews
    from tickets.services.releasing import releases

    story.member("gao", "flow_editor", department, "高原")
    fiona, sara = User.objects.get(username="fiona"), User.objects.get(username="sara")
    template = FlowTemplate.objects.get(slug="complaint_refund")
    FlowTemplate.objects.update(
        description="在售后系统中为有质量、物流等问题的订单申请退款和补偿,提交审核前由坐席确认。"
    )
    draft = drafts.open_draft(template, fiona)
    changed = {**draft.definition, "second_approval_above": 800, "four_eyes": True}
    draft = drafts.save(draft, changed, fiona, revision=1, note="限额提高到 800,另一人确认")
    reviews.submit(drafts.freeze(draft, fiona, revision=2), fiona, unrehearsed_reason="只改限额")
    releases.release(template.versions.get(number=1), sara, percent=5)
    draft = drafts.open_draft(template, fiona)
    drafts.save(draft, {**draft.definition, "media": ["no_such"]}, fiona, revision=1)
    requests.ask(
        sara,
        {
            "title": "给客户补开发票",
            "description": "在财务应用里按订单号查到订单,点补开发票,填抬头。" * 3,
            "per_week": 180,
            "minutes_each": 4,
            "personal_data": True,
        },
    )
    requests.ask(sara, {"title": "查询保修期", "per_week": 60, "minutes_each": 2, "writes": False, "rule_based": 5})


def _outside(department: object) -> None:
    """A program's token, an endpoint, helpdesks: one whole, one just begun."""
    from django.contrib.auth.models import User

    from integrations.connectors import setups
    from integrations.webhooks import endpoints
    from tickets.permissions import Permission
    from tickets.services.panels import buttons
    from tickets.services.people import api_tokens

    root = User.objects.get(username="root")
    api_tokens.make(root, "夜间报表:导出审计并发给合规部门" * 2, days=5)
    api_tokens.make(root, "工单同步", scopes=[Permission.VIEW_TICKETS, Permission.CREATE_TICKETS])
    endpoints.make(root, name="数据仓库", url="https://hooks.example.com/cs-agent", departments=[department])
    setups.make(root, "zammad", "客服一线的 Zammad,由运维部维护")
    setups.make(root, "generic")
    buttons.make(root, connector="zammad", name="前台", origins=["https://desk.example.com"])


def _taught(sample: object) -> None:
    """A version with a route, and a lesson under way."""
    from django.contrib.auth.models import User

    from tests.consoles import story
    from tickets.models import Phone, PhoneUse
    from tickets.services.studio import lessons

    routes = Path(__file__).resolve().parents[2] / "fixtures" / "routes"
    version = story.publish("logistics_voucher", route=json.loads((routes / "logistics_voucher.json").read_text()))
    phone = story.new_phone(5, serial="phone-teach")
    Phone.objects.filter(pk=phone.pk).update(use=PhoneUse.REHEARSAL)
    phone.refresh_from_db()
    fiona = User.objects.get(username="fiona")
    lesson = lessons.start(version.template, fiona, sample, phone, again_from=None)
    story.drive(lesson.run, phone)


def _desk(done: object) -> None:
    """Notes, texts for customers, a hold, and views."""
    from django.contrib.auth.models import User

    from tickets.models import FlowTemplate, SavedView
    from tickets.services.tickets import edits, replies

    sara, alice = User.objects.get(username="sara"), User.objects.get(username="alice")
    refund = FlowTemplate.objects.get(slug="complaint_refund")
    for name, text, template in (
        ("退款已提交", "{customer}您好,订单 {order_number} 的退款已提交,单号 {case}。" * 4, refund),
        ("已转人工", "您的问题已由专人跟进,请留意来电。", None),
    ):
        replies.save(sara, None, name=name, text=text, template=template, active=True)
    edits.comment(done, "客户来过三次电话,请优先。@林晓", User.objects.get(username="bob"))
    for name in ("急件", "今天的退款", "等仓库回复的工单,每天下午三点看一次"):
        SavedView.objects.create(owner=alice, name=name, query="who=me")


def numbers() -> None:
    from tickets.models import Ticket

    for row in Ticket.objects.exclude(refs=None).values_list(
        "refs__external_id", "number", "runs__id", "runs__phone_id"
    ):
        print(*row)


def feed(phone_id: str) -> None:
    """Publish a frame now and then, as a screen feed would, for a minute."""
    from tests.consoles import story
    from tickets.services.live.frames import Frame, publish

    end = time.time() + 600
    number = 0
    while time.time() < end:
        number += 1
        data = io.BytesIO()
        story.screen("实时画面", number // 8).save(data, "JPEG")
        for covered in (True, False):
            publish(int(phone_id), Frame(number // 8, time.time(), 1080, 2400, data.getvalue()), covered=covered)
        time.sleep(0.25)


def log_in(context: BrowserContext, made: Site, name: str) -> Page:
    page = context.new_page()
    page.goto(f"{made.address}/login/")
    page.fill("#username", name)
    page.fill("#password", "not-a-real-password")
    page.click("form.login-card button")
    page.wait_for_url("**/tickets/")
    return page


def error_pages() -> None:
    """The pages that are shown when nothing else can be, as JSON by their name."""
    from django.template.loader import render_to_string
    from django.utils import translation

    pages = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            pages |= {f"{name}.{language}": render_to_string(f"{name}.html") for name in ERRORS}
    print(json.dumps(pages))


def pause() -> None:
    from django.contrib.auth.models import User

    from tickets.services.runs import switches

    switches.pause_all(User.objects.get(username="sara"), "售后系统正在升级,预计 20 分钟")


def resume() -> None:
    from django.contrib.auth.models import User

    from tickets.services.runs import switches

    switches.resume_all(User.objects.get(username="sara"))


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


ERRORS = ("400", "403", "403_csrf", "404", "413", "500")
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
}
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
)


def _serve(pages: dict[str, str], language: str) -> Callable[[Route], None]:
    """Answers /error/<name>/ with the page of that name."""

    def serve(route: Route) -> None:
        name = route.request.url.rstrip("/").rsplit("/", 1)[1]
        route.fulfill(body=pages[f"{name}.{language}"], content_type="text/html; charset=utf-8")

    return serve


def _start_feed(made: Site, phone: str) -> subprocess.Popen[bytes]:
    code = f"import django; django.setup(); from tests.consoles.gallery import feed; feed({phone!r})"
    return subprocess.Popen([sys.executable, "-c", code], env=made.environ)


def shoot(made: Site, browser: Browser, out: Path, wanted: list[str]) -> None:
    rows = [line.split() for line in made.run("tests.consoles.gallery:numbers").splitlines()]
    known = {name: number for name, number, *_rest in rows}
    runs = {name: run for name, _number, run, _phone in rows}
    pages = {name: ("alice", f"/tickets/{known[name]}/") for name in TICKETS} | PAGES
    pages["replay"] = ("alice", f"/runs/{runs['done']}/replay/")
    pages["act-mark"] = ("alice", f"/runs/{runs['done']}/steps/8/mark/")
    pages["replay-none"] = ("alice", f"/runs/{runs['failed']}/replay/")
    pages["confirm-reject"] = ("alice", f"/tickets/{known['confirm']}/")
    pages["confirm-viewer"] = ("victor", f"/tickets/{known['confirm']}/")
    pages |= {f"error-{name}": ("alice", f"/error/{name}/") for name in ERRORS}
    for name, path in {"status": "/status/", "queue": "/tickets/", "new": f"/tickets/{known['new']}/"}.items():
        pages[f"{PAUSED}{name}"] = ("sara" if name == "status" else "alice", path)
    pages["running-lost"] = ("alice", f"/tickets/{known['running']}/")
    errors = json.loads(made.run("tests.consoles.gallery:error_pages"))
    pages["audit-ticket"] = ("root", f"/audit/?ticket={known['done']}")
    feeding = [row[3] for row in rows if row[3] != "None" and row[0] in {"running", "mine"}]
    feeds = [_start_feed(made, phone) for phone in feeding]
    styles = [("zh-hans", "light"), ("en", "dark")]
    for language, theme in styles:
        for width, size in WIDTHS.items():
            sessions: dict[str, Page] = {}
            for name, (user, path) in pages.items():
                if wanted and not any(part in name for part in wanted):
                    continue
                if user not in sessions:
                    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
                    context.set_default_timeout(8000)
                    context.set_default_navigation_timeout(60_000)
                    context.route("**/error/*/", _serve(errors, language))
                    context.add_cookies(
                        [
                            {"name": "django_language", "value": language, "url": made.address},
                            {"name": "theme", "value": theme, "url": made.address},
                        ]
                    )
                    sessions[user] = log_in(context, made, user) if user else context.new_page()
                    sessions[user].on("console", lambda m: m.type in ("error", "warning") and print("console:", m.text))
                    sessions[user].on("pageerror", lambda e: print("pageerror:", e))
                page = sessions[user]
                if name.startswith(PAUSED):
                    made.run("tests.consoles.gallery:pause")
                page.goto(made.address + path)
                page.wait_for_timeout(900)
                if name in ACTS:
                    try:
                        ACTS[name](page)
                    except Error as error:  # the picture shows how far it came
                        print(name, language, width, error)
                    page.wait_for_timeout(900)
                page.screenshot(path=out / f"{name}-{language[:2]}-{theme}-{width}.png", full_page=False)
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                if wide > 0:
                    print(f"{name} {language} {width}: {wide} px too wide")
                if name.startswith(PAUSED):
                    made.run("tests.consoles.gallery:resume")
                page.context.set_offline(False)
            for page in sessions.values():
                page.context.close()
    for feed_process in feeds:
        feed_process.terminate()
        feed_process.wait()


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, site(Path(directory), "tests.consoles.gallery:build") as made:
        with chromium() as browser:
            shoot(made, browser, out, sys.argv[2:])
        log = (Path(directory) / "server.log").read_text()
        print(log[-3000:])


if __name__ == "__main__":
    main()
