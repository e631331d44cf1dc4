"""Pictures of a connector's pages and of the panel in a foreign page, for people who look at them.

`python -m tests.consoles.gallery.helpdesks <folder> [part of a name …]`. The connector talks to a Zammad of the tests;
the panel stands in a page of another site whose browser keeps no third-party cookie.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

from playwright.sync_api import BrowserContext, Error, Frame, Page, sync_playwright

from tests.browser import FLAGS, find_chromium
from tests.consoles.browsing import PASSWORD
from tests.consoles.foreign import foreign_desk, own_window
from tests.consoles.site import Site, site

HERE = "tests.consoles.gallery.helpdesks"
SCENES = "tests.consoles.scenes"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
WINDOWS = {"1280": (1280, 900), "390": (390, 844), "580": (580, 900), "520": (520, 900)}
NARROW = ("580", "520")  # they leave frames of 360 and 300 px
PASTED = {
    "type": "ticket.created",
    "data": {
        "ticket": {
            "id": 90417,
            "subject": "耳机充不上电,申请全额退款",
            "text": "<p>订单 <b>202405218876</b> 的耳机充不上电。</p><img src='https://t.example.com/p.gif'>",
            "customer": {"name": "王芳", "email": "wangfang@example.com", "mobile": "13800138000"},
            "queue": "售后一线",
            "tags": ["退款", "VIP"],
            "status": "处理中",
            "priority": "加急",
            "updated_at": "2026-11-28T09:12:40+08:00",
        },
        "order": {"number": "202405218876", "channel": "app"},
    },
}


def build(zammad: str) -> None:
    """The tickets of the browser tests, and connectors: one that works, one with a fault, one just added."""
    from datetime import timedelta

    from django.contrib.auth.models import User
    from django.utils import timezone

    from integrations.connectors import setups
    from integrations.connectors.build import secret_name
    from integrations.models import Connector, IncomingDelivery, IntakeRule, LinkedTicket
    from integrations.writeback.words import Part, WriteBack
    from tests.consoles import scenes, story
    from tickets.models import Department
    from tickets.services import secret_store

    scenes.build()
    department = Department.objects.get()
    root = User.objects.create_superuser("root", password=story.PASSWORD)
    account = story.member("zammad-in", "operator", department, "Zammad")
    row = setups.make(root, "zammad", "售后一线的 Zammad", "https://agent.example.com/")
    done = Part(note=True, status="closed", tags=["cs-agent"], words="{flow}已完成:{result}\n{link}")
    back = WriteBack(site="https://agent.example.com/", succeeded=done, handed_off=Part(note=True))
    Connector.objects.filter(pk=row.pk).update(
        enabled=True,
        acts_as=account,
        department=department,
        home=f"zammad:{zammad.partition('//')[2]}",
        options={"url": zammad, "networks": ["127.0.0.0/8"], "days_back": 1, "answers": "email"},
        mapping={"lines": [{"label": "订单号", "path": "fields.order_no"}], "states": {"等待退货": "pending"}},
        write_back=back.model_dump(mode="json"),
        heard_at=timezone.now(),
    )
    for name, text in {"signing": "signing token", "token": "secret"}.items():
        secret_store.put(secret_name(row.key, name), text)
    IntakeRule.objects.create(connector=row, place=0, queue="招聘*", department=None)
    IntakeRule.objects.create(connector=row, place=1, queue="售后*", tag="退款", department=department)
    calls = (("81", "on create", "done"), ("82", "on update", "done"), ("83", "on update", "waiting"))
    for number, (ticket, event, state) in enumerate(calls):
        IncomingDelivery.objects.create(
            connector=row,
            delivery_id=f"7d1c{number}e52-08f4-4c55-9b1e-3a6f0c2d9a11",
            external_ids=[ticket],
            event=event,
            repeats=number % 2,
            outcome=state,
            received_at=timezone.now(),
            next_at=timezone.now() + timedelta(days=1),
        )
    trouble = {"fault": "对方出错(502):Bad Gateway", "tries": 3, "next_at": timezone.now() + timedelta(days=1)}
    LinkedTicket.objects.create(connector=row, external_id="79", **trouble)
    faulty = setups.make(root, "request_tracker", "IT 部的 Request Tracker")
    fault = "对方拒绝了我们的账号(401):Unauthorized"
    Connector.objects.filter(pk=faulty.pk).update(enabled=True, acts_as=account, department=department, fault=fault)
    setups.make(root, "generic", "商城自己的工单")
    setups.make(root, "zendesk")


def rows() -> None:
    """Print each connector's number by its kind."""
    from integrations.models import Connector

    print(json.dumps({row.kind: row.pk for row in Connector.objects.all()}))


def end_panels() -> None:
    """The time of every open panel is over."""
    from django.utils import timezone

    from tickets.models import PanelSession

    PanelSession.objects.update(expires_at=timezone.now())


def main() -> None:
    from tests.integrations.desks.zammad import ZammadDesk

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--styles", default="zh-light,en-dark")
    parser.add_argument("--sizes", default="1280,390,580")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, ZammadDesk().running() as zammad, foreign_desk() as foreign:
        zammad.file("订单202405218876的耳机充不上电")
        with site(Path(directory), f"{HERE}:nothing") as made, sync_playwright() as playwright:
            made.run(f"{HERE}:build", zammad.url)
            made.run(f"{SCENES}:desk", foreign)
            for style in options.styles.split(","):
                for size in options.sizes.split(","):
                    context = playwright.chromium.launch_persistent_context(
                        tempfile.mkdtemp(dir=directory),
                        executable_path=find_chromium(playwright),
                        args=[*FLAGS, "--test-third-party-cookie-phaseout"],
                        viewport=dict(zip(("width", "height"), WINDOWS[size], strict=True)),  # type: ignore[arg-type]
                    )
                    language, theme = style.split("-")
                    shots = Shots(made, context, options, language, theme, size)
                    if size not in NARROW:
                        shots.connectors(zammad)
                    if size != "390":
                        shots.panels(foreign)
                    context.close()
        print((Path(directory) / "server.log").read_text()[-3000:])


def nothing() -> None:
    """The server starts with nothing in it."""


class Shots:
    """One language, theme and window."""

    def __init__(
        self, made: Site, context: BrowserContext, options: argparse.Namespace, language: str, theme: str, size: str
    ) -> None:
        self.made, self.context, self.options = made, context, options
        self.language, self.theme, self.size = language, theme, size
        context.set_default_timeout(30_000)
        cookies = {"django_language": LANGUAGES[language], "theme": theme}
        context.add_cookies([{"name": name, "value": value, "url": made.address} for name, value in cookies.items()])

    def keep(self, page: Page, name: str, *, whole: bool = True) -> None:
        picture = f"{name}-{self.language}-{self.theme}-{self.size}"
        page.wait_for_timeout(400)
        page.screenshot(path=self.options.folder / f"{picture}.png", full_page=whole)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            print(f"{picture}: {wide} px too wide")

    def wanted(self, name: str) -> bool:
        parts = self.options.parts
        return not parts or any(part in name or name in part for part in parts)

    def each(self, shots: dict[str, Callable[[], None]]) -> None:
        for name, shoot in shots.items():
            if self.wanted(name):
                try:
                    shoot()
                except Error as error:
                    print(name, self.language, self.theme, self.size, str(error)[:600])

    def connectors(self, zammad: object) -> None:
        if not self.wanted("connector"):
            return
        page, numbers = self.context.pages[0], json.loads(self.made.run(f"{HERE}:rows"))
        page.on("console", lambda m: m.type in ("error", "warning") and print("console:", m.text, page.url))
        page.goto(f"{self.made.address}/login/")
        page.fill("#username", "root")
        page.fill("#password", PASSWORD)
        page.click("form.login-card button")
        page.wait_for_url("**/tickets/")

        def at(kind: str) -> None:
            page.goto(f"{self.made.address}/integrations/connectors/{numbers[kind]}/")

        def tried(kind: str, name: str, barred: bool = False) -> None:
            at(kind)
            zammad.barred = barred  # type: ignore[attr-defined]
            page.click("button[formaction$='/test/']")
            page.wait_for_load_state()
            self.keep(page, name, whole=False)
            zammad.barred = False  # type: ignore[attr-defined]

        def listed() -> None:
            page.goto(f"{self.made.address}/integrations/connectors/")
            self.keep(page, "connector-list")

        def shown(kind: str, name: str) -> None:
            at(kind)
            self.keep(page, name)

        def refused() -> None:
            at("zendesk")
            page.fill("#poll_s", "5")
            page.click("form.connector-form .form-end button")
            page.wait_for_load_state()
            self.keep(page, "connector-refused")

        def previewed() -> None:
            at("generic")
            page.fill("#m-states", "处理中 = open")
            page.fill("#m-lines", "订单号 = fields.data.order.number\n门店 = fields.data.shop")
            page.fill("#sample", json.dumps(PASTED, ensure_ascii=False, indent=1))
            page.wait_for_selector("#preview .mapped")
            page.locator("#preview").scroll_into_view_if_needed()
            self.keep(page, "connector-preview", whole=False)

        def looked_at() -> None:
            at("zammad")
            page.fill("#ticket", str(next(iter(zammad.tickets))))  # type: ignore[attr-defined]
            page.locator(".connector-try button").click()
            page.wait_for_selector("#preview .mapped")
            page.locator(".paths summary").click()
            self.keep(page, "connector-ticket", whole=False)

        self.each(
            {
                "connector-ticket": looked_at,
                "connector-list": listed,
                "connector-new": lambda: shown("zendesk", "connector-new"),
                "connector-edit": lambda: shown("zammad", "connector-edit"),
                "connector-generic": lambda: shown("generic", "connector-generic"),
                "connector-works": lambda: tried("zammad", "connector-works"),
                "connector-fails": lambda: tried("zammad", "connector-fails", barred=True),
                "connector-unset": lambda: tried("zendesk", "connector-unset"),
                "connector-refused": refused,
                "connector-preview": previewed,
            }
        )

    def panels(self, foreign: str) -> None:
        if not self.wanted("panel"):
            return
        look = {"lang": "en" if self.language == "en" else "zh-hans", "theme": self.theme}
        page = self.context.new_page()
        self.context.clear_cookies(name="sessionid")  # whoever was logged in before

        def opened(name: str) -> Frame:
            link = self.made.run(f"{SCENES}:panel_link", name).strip()
            source = f"{self.made.address}/embed/test/open/?{link}&{urlencode(look)}"
            page.goto(f"{foreign}/?src={quote(source, safe='')}&{urlencode(look)}&height=856")
            frame = page.frames[1]
            frame.wait_for_selector(".embed-card h1, live-ticket")
            return frame

        def allowed(name: str) -> Frame:
            frame = opened(name)
            own = own_window(self.context, frame.locator("a.btn-main"))
            own.locator(".embed-card form .btn-main").wait_for()
            if any("allow" in part for part in self.options.parts) or not self.options.parts:
                self.keep(own, "panel-allow")
            own.locator(".embed-card form .btn-main").click()
            frame.wait_for_selector("live-ticket")
            own.close()
            return frame

        def login() -> None:
            frame = opened("new")
            self.keep(page, "panel-login", whole=False)
            with self.context.expect_page() as window:
                frame.locator("a.btn-main").click()
            self.keep(window.value, "panel-login-window")
            window.value.close()

        def running() -> None:
            phone = str(json.loads(self.made.run(f"{SCENES}:world") or "{}")["running"]["phone"])
            code = f"import django; django.setup(); from tests.consoles.gallery.data import feed; feed({phone!r})"
            fed = subprocess.Popen([sys.executable, "-c", code], env=self.made.environ)
            try:
                allowed("running")
                page.wait_for_timeout(12_000)  # the phone's first picture
                self.keep(page, "panel-running", whole=False)
            finally:
                fed.terminate()
                fed.wait()

        def confirm() -> None:
            frame = allowed("plain")
            frame.wait_for_selector("confirm-card")
            page.wait_for_timeout(2500)
            self.keep(page, "panel-confirm", whole=False)
            page.evaluate("document.querySelector('iframe').style.height = '2200px'")
            self.keep(page, "panel-confirm-whole")

        def shown(ticket: str) -> None:
            allowed(ticket)
            self.keep(page, f"panel-{ticket}", whole=False)

        def ended() -> None:
            allowed("new")
            self.made.run(f"{HERE}:end_panels")
            page.wait_for_timeout(300)
            page.frames[1].goto(page.frames[1].url)
            self.keep(page, "panel-ended", whole=False)

        def refused() -> None:
            link = self.made.run(f"{SCENES}:panel_link", "new").strip()
            source = f"{self.made.address}/embed/test/open/?{link[:-4]}xxxx&{urlencode(look)}"
            page.goto(f"{foreign}/?src={quote(source, safe='')}&{urlencode(look)}&height=856")
            page.frames[1].wait_for_selector("h1")
            page.wait_for_timeout(1500)
            self.keep(page, "panel-refused", whole=False)

        shots = {"panel-login": login, "panel-running": running, "panel-confirm": confirm}
        for ticket in ("new", "missing", "question", "mine", "done", "queued"):
            shots[f"panel-{ticket}"] = lambda ticket=ticket: shown(ticket)  # type: ignore[misc]
        self.each({**shots, "panel-ended": ended, "panel-refused": refused})


if __name__ == "__main__":
    main()
