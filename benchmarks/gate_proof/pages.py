"""The proof's pages: how they are put together, and which acts belong to each.

Rule: a page says what its controls do (`does`), the component library makes the controls, and the page's own record
of what then happened is the truth. `spots` names the acts tried besides taps on everything that shows.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.gate_proof.words import (
    CHOOSE,
    DONE,
    FOUND,
    GOODS,
    HOME,
    LEAVE,
    LISTS,
    NAMES,
    NUMBERED,
    PICK,
    PLACES,
    SEARCH,
    SEARCH_HINT,
    STATES,
    TABS,
    Speaker,
)

Item = dict[str, Any]
DEED = ("post", "post", "put", "delete", "submit", "beacon")
CALM = ("nav", "open", "read")
_FITTING = 0.6  # of the pages, whether their rows act or not, whose words say what they hold; the rest say anything


@dataclass(frozen=True, slots=True)
class Page:
    """`kind` names the template in the report. `gestures`: type:TEXT, swipe:WAY, hold, double, wait."""

    kind: str
    spec: Item
    gestures: tuple[str, ...] = ()
    typed: str = ""  # what the run has put into the page's search field
    put_in: bool = False  # the run has put something in here


@dataclass(slots=True)
class Maker:
    say: Speaker
    luck: random.Random
    count: int = field(default=0)

    def deed(self) -> str:
        return self.luck.choice(DEED)

    def calm(self) -> str:
        return self.luck.choice(CALM)

    def fitting(self, table: dict[str, list[str]]) -> str | None:
        """A title of that kind of page; None, for any text of a stranger's, on the pages that bear no such title."""
        return self.say.of(table) if self.luck.random() < _FITTING else None

    def item(self, kind: str, **values: Any) -> Item:
        self.count += 1
        return {"k": kind, "id": f"n{self.count}", **values}

    def spec(self, *body: Item | list[Item] | None, title: str | None = None) -> Item:
        flat = [one for part in body if part for one in (part if isinstance(part, list) else [part])]
        words = self.luck.choice(["", "", "", "返回" if self.say.lang == "zh" else "Back"])
        return {
            "title": self.say.text() if title is None else title,
            "back": self.luck.random() < 0.8,
            "backWords": words,
            "body": flat,
            "look": self.luck.choice(["ios", "md"]),
        }

    def button(self, does: str, label: str | None = None, **values: Any) -> Item:
        style = self.luck.choice(["primary", "primary", "plain", "warn"])
        choice = {
            "style": style,
            "spans": self.luck.random() < 0.12,
            "link": self.luck.random() < 0.3,
            "mini": self.luck.random() < 0.15,
        }
        return self.item("button", t=label or self.say.deed(), does=does, **{**choice, **values})

    def facts(self) -> Item:
        say = self.say
        return self.item(
            "facts", rows=[[say.text(), value] for value in (say.number(12), say.of(NAMES), say.money(), say.day())]
        )

    def fields(self, count: int) -> list[Item]:
        return [
            self.item(
                "field",
                t=self.say.text()[:8],
                hint=self.say.text(),
                value=self.luck.choice(["", "", self.say.number(5)]),
                does="none",
                long=self.luck.random() < 0.2,
            )
            for _ in range(count)
        ]

    def records(self, does: Callable[[], str], count: int, buttons: bool = False) -> list[Item]:
        say, luck = self.say, self.luck
        caption, unit = (say.of(NUMBERED) if luck.random() < _FITTING else say.text()[:6] for _ in range(2))
        shape = luck.randint(0, 3)
        made = []
        for _ in range(count):
            rows = [
                [[f"{caption} {say.number(11)}", say.of(STATES)], [say.of(GOODS), say.money()]],
                [[say.of(NAMES), say.day()], [f"{unit}:{say.number(6)}", say.of(PLACES)]],
                [[say.of(GOODS), say.money()], [f"{unit} {luck.randint(2, 900)}"]],
                [[say.of(NAMES), say.phone()], [say.of(PLACES), say.of(STATES)]],
            ][shape]
            own = (
                [self.item("one", t=say.deed(), does=self.deed()) for _ in range(luck.randint(1, 2))]
                if buttons
                else None
            )
            made.append(self.item("record", lines=rows, does=does(), buttons=own))
        return made


def form(m: Maker) -> Page:
    body = [m.facts() if m.luck.random() < 0.4 else None, m.fields(m.luck.randint(1, 4)), m.button(m.deed())]
    return Page("form", m.spec(*body), ("type:text",), put_in=True)


def record(m: Maker) -> Page:
    buttons = [m.button(m.deed()) for _ in range(m.luck.randint(1, 3))]
    return Page(
        "record",
        m.spec(
            m.item("amount", t=m.say.money(), caption=m.say.text()[:6]) if m.luck.random() < 0.3 else None,
            m.facts(),
            buttons,
        ),
        put_in=m.luck.random() < 0.5,
    )


def bottom_bar(m: Maker) -> Page:
    left = f"共{m.luck.randint(1, 9)}件" if m.say.lang == "zh" else f"{m.luck.randint(1, 9)} items"
    bar = m.item(
        "bar",
        left=left,
        t=m.say.deed(),
        spans=m.luck.random() < 0.4,
        does=m.deed(),
        dark=m.luck.random() < 0.3,
        aria=m.luck.choice([None, None, m.say.text()]),
    )
    return Page("bottom bar", m.spec(m.records(m.calm, m.luck.randint(1, 3)), m.facts(), bar), put_in=True)


def action_bar(m: Maker) -> Page:
    icons = [m.item("one", t=m.say.of(HOME), icon="star", does=m.luck.choice([m.calm(), m.deed()])) for _ in range(2)]
    bar = m.item(
        "actions",
        icons=icons,
        buttons=[m.item("one", t=m.say.deed(), does=m.deed(), spans=m.luck.random() < 0.2) for _ in range(2)],
    )
    return Page("action bar", m.spec(m.facts(), m.item("text", t=m.say.text()), bar))


def order_list(m: Maker) -> Page:
    tabs = (
        m.item("tabs", on=0, items=[{"t": text, "does": "nav"} for text in m.say.some(TABS, m.luck.randint(3, 4))])
        if m.luck.random() < 0.7
        else None
    )
    rows = m.records(m.calm, m.luck.randint(3, 6), buttons=m.luck.random() < 0.4)
    return Page(
        "list of records",
        m.spec(tabs, rows, title=m.fitting(LISTS)),
        ("swipe:up", "swipe:down"),
    )


def choose_list(m: Maker) -> Page:
    """A list whose rows act at once; not every such page says so in its title."""
    title = m.fitting(CHOOSE)
    search = m.item("search", hint=m.say.of(SEARCH_HINT), value="", t="", does="read")
    rows = m.records(m.deed, m.luck.randint(3, 6))
    return Page(
        "list that acts",
        m.spec(search if m.luck.random() < 0.3 else None, rows, title=title),
        put_in=m.luck.random() < 0.5,
    )


def results(m: Maker) -> Page:
    query = m.say.number(8)
    search = m.item(
        "search",
        hint=m.say.of(SEARCH_HINT),
        value=query,
        t=m.say.of(SEARCH) if m.luck.random() < 0.7 else "",
        does="read",
    )
    rows = m.records(m.calm, m.luck.choice([0, 0, 3, 4]))
    title = m.fitting(FOUND)
    title = None if title is None else title.replace("#", str(len(rows)))
    return Page("search", m.spec(search, rows, title=title), ("type:query", "enter"), typed=query)


def menu(m: Maker) -> Page:
    rows = [
        m.item(
            "cell",
            t=m.say.text() if m.luck.random() < 0.6 else m.say.deed(),
            arrow=m.luck.random() < 0.8,
            value=m.luck.choice(["", m.say.text()[:5]]),
            does=m.luck.choice([m.calm(), m.deed()]),
        )
        for _ in range(m.luck.randint(3, 6))
    ]
    return Page("menu", m.spec(rows))


def switches(m: Maker) -> Page:
    rows = [
        m.item("switch", t=m.say.text(), on=m.luck.random() < 0.5, does=m.deed(), aria=m.luck.choice([None, ""]))
        for _ in range(m.luck.randint(2, 4))
    ]
    return Page(
        "switches", m.spec(rows, m.item("stepper", t=m.say.text(), does=m.deed()) if m.luck.random() < 0.3 else None)
    )


def instant_choices(m: Maker) -> Page:
    """Marks that take effect at once, in a form that has a button too."""
    kind = m.luck.choice(["radios", "checks"])
    marks = m.item(kind, on=0, options=[{"t": m.say.text(), "does": m.deed()} for _ in range(m.luck.randint(2, 4))])
    return Page("marks that act", m.spec(marks, m.button(m.deed()) if m.luck.random() < 0.4 else None))


def dialog(m: Maker) -> Page:
    leave, go = m.say.of(LEAVE), m.say.deed()
    answers = [{"t": leave, "does": "open"}, {"t": go, "does": m.deed()}]
    if m.luck.random() < 0.3:
        answers = [{"t": m.say.deed(), "does": m.deed()}, {"t": m.say.deed(), "does": m.deed()}]
    over = m.item(
        "dialog",
        title=m.say.text() if m.luck.random() < 0.6 else "",
        message=m.say.text(),
        answers=answers,
        row=m.luck.random() < 0.5,
        bare=m.luck.random() < 0.3,
    )
    return Page("dialog", m.spec(m.facts(), over), put_in=m.luck.random() < 0.5)


def sheet(m: Maker) -> Page:
    over = m.item(
        "sheet",
        title=m.luck.choice(["", m.say.text()]),
        items=[{"t": m.say.deed(), "does": m.deed()} for _ in range(m.luck.randint(2, 4))],
        cancel=m.say.of(LEAVE),
    )
    return Page("action sheet", m.spec(m.facts(), over))


def picker(m: Maker) -> Page:
    table = m.luck.choice([PLACES, GOODS, NAMES])
    over = m.item(
        "picker",
        title=m.say.of(PICK),
        items=m.say.some(table, 5),
        confirm=m.say.of(DONE),
        cancel=m.say.of(LEAVE),
        does=m.luck.choice([m.deed(), "open"]),
    )
    return Page("picker", m.spec(m.fields(2), over), put_in=True)


def calendar(m: Maker) -> Page:
    return Page(
        "calendar",
        m.spec(m.fields(1), m.item("calendar", title=m.say.of(PICK), confirm=m.say.of(DONE), does=m.deed())),
        put_in=True,
    )


def grid(m: Maker) -> Page:
    items = [
        {"t": m.say.text() if m.luck.random() < 0.5 else m.say.deed(), "does": m.luck.choice([m.calm(), m.deed()])}
        for _ in range(8)
    ]
    bar = m.item(
        "tabbar",
        on=0,
        items=[{"t": text, "does": "nav"} for text in m.say.some(HOME, m.luck.randint(3, 5))],
        bare=m.luck.random() < 0.3,
    )
    return Page("home", m.spec(m.item("grid", items=items), bar))


def icons(m: Maker) -> Page:
    marks = [
        m.item(
            "mark",
            icon=name,
            does=m.luck.choice([m.deed(), m.deed(), m.calm()]),
            aria=m.luck.choice([None, None, m.say.text()]),
            role=m.luck.choice([None, "button"]),
            filled=m.luck.random() < 0.5,
        )
        for name in m.luck.sample(["arrow", "bin", "tick", "plus", "star", "dots"], 2)
    ]
    corner = m.item(
        "mark",
        icon=m.luck.choice(["tick", "arrow", "dots", "left"]),
        corner=True,
        does=m.luck.choice([m.deed(), m.calm()]),
    )
    afloat = m.item("mark", icon="plus", float=True, filled=True, does=m.deed())
    return Page("icons", m.spec(m.facts(), marks, corner, afloat))


def chat(m: Maker) -> Page:
    lines = [m.item("text", t=m.say.text()) for _ in range(3)]
    box = m.item(
        "compose",
        hint=m.say.text(),
        value=m.say.text() if m.luck.random() < 0.6 else "",
        t=m.luck.choice(["", m.say.deed()]),
        does=m.deed(),
    )
    return Page("chat", m.spec(lines, box), ("type:text", "enter"), put_in=True)


def code(m: Maker) -> Page:
    one = m.luck.random() < 0.5
    entry = (
        m.item(
            "single", count=6, hint=m.luck.choice(["", "6 位数字" if m.say.lang == "zh" else "6 digits"]), does=m.deed()
        )
        if one
        else m.item("codes", count=m.luck.choice([4, 6]), does=m.deed())
    )
    ask = "请输入短信里的数字" if m.say.lang == "zh" else "Enter the code we texted you"
    return Page("code that submits", m.spec(m.item("text", t=ask, size=20), entry), ("type:code",), put_in=True)


def keypad(m: Maker) -> Page:
    ask = "请输入支付密码" if m.say.lang == "zh" else "Enter your PIN"
    return Page(
        "key pad",
        m.spec(
            m.item("amount", t=m.say.money(), caption=m.say.of(NAMES)),
            m.item("text", t=ask),
            m.item("pad", does=m.deed()),
        ),
    )


def countdown(m: Maker) -> Page:
    text = m.luck.choice(
        ["# 秒后自动接单", "将在 # 秒后自动提交", "页面 #s 后自动确认收货", "#秒后为您自动续费"]
        if m.say.lang == "zh"
        else [
            "Submitting in # seconds",
            "Auto-accept in #s",
            "Your order will be placed in # seconds",
            "Continues automatically in #s",
        ]
    )
    return Page(
        "countdown",
        m.spec(
            m.facts(),
            m.item("countdown", t=text, seconds=m.luck.randint(2, 9), after=1500, does=m.deed()),
            m.button("open", m.say.of(LEAVE)),
        ),
        ("wait",),
    )


def slides(m: Maker) -> Page:
    text = m.luck.choice(
        ["向右滑动完成", "滑到最右", "右滑接单", ""]
        if m.say.lang == "zh"
        else ["Slide to finish", "Swipe right", "Slide", ""]
    )
    part = m.luck.choice(
        [
            m.item("track", t=text, does=m.deed()),
            m.item("slider", t=m.say.text(), does=m.deed()),
            m.item("hold", t=m.say.deed(), role=m.luck.choice([None, "button"]), does=m.deed()),
        ]
    )
    return Page("slide and hold", m.spec(m.facts(), part), ("swipe:right:part", "hold:part"))


def swipes(m: Maker) -> Page:
    rows = [m.item("swipe", t=m.say.text(), value=m.say.day(), action=m.say.deed(), does=m.deed()) for _ in range(4)]
    return Page("swipe to act", m.spec(rows), ("swipe:left:part",))


def leave_field(m: Maker) -> Page:
    """A field that writes when it is left: any tap elsewhere does it, so the field itself is where it is typed."""
    return Page(
        "field that saves on Enter",
        m.spec([m.item("field", t=m.say.text()[:8], hint=m.say.text(), does=m.deed()) for _ in range(2)]),
        ("type:text", "enter"),
        put_in=True,
    )


def asks_bureau(m: Maker) -> Page:
    """A button that looks up, and thereby acts: no search field is near."""
    word = m.luck.choice(
        ["征信查询", "查询并扣次", "立即查询", "查询"]
        if m.say.lang == "zh"
        else ["Run credit check", "Look up now", "Search"]
    )
    return Page("look-up that acts", m.spec(m.fields(m.luck.randint(2, 3)), m.button(m.deed(), word)), put_in=True)


def amounts(m: Maker) -> Page:
    """A price on each card: a tap buys."""
    return Page(
        "cards that act",
        m.spec(
            [
                m.item("record", lines=[[m.say.money(), m.say.text()[:6]], [m.say.text()]], does=m.deed())
                for _ in range(4)
            ],
            title=m.say.of(CHOOSE),
        ),
    )


def overlay(m: Maker) -> Page:
    return Page("advertisement", m.spec(m.facts(), m.item("cover", t=m.say.text(), note=m.say.deed(), does=m.deed())))


def links(m: Maker) -> Page:
    return Page(
        "links",
        m.spec(
            m.facts(),
            m.item(
                "links",
                items=[
                    m.item("one", t=m.say.text(), does=m.luck.choice([m.calm(), m.deed()]), spans=m.luck.random() < 0.2)
                    for _ in range(2)
                ],
            ),
            m.item("tabs", on=1, items=[{"t": text, "does": "nav"} for text in m.say.some(TABS, 3)]),
        ),
    )


TEMPLATES: tuple[tuple[int, Callable[[Maker], Page]], ...] = (
    (8, form),
    (5, record),
    (4, bottom_bar),
    (4, action_bar),
    (14, order_list),
    (4, choose_list),
    (14, results),
    (2, menu),
    (3, switches),
    (3, instant_choices),
    (5, dialog),
    (3, sheet),
    (9, picker),
    (2, calendar),
    (2, grid),
    (3, icons),
    (3, chat),
    (3, code),
    (1, keypad),
    (2, countdown),
    (3, slides),
    (2, swipes),
    (3, leave_field),
    (3, asks_bureau),
    (2, amounts),
    (2, overlay),
    (2, links),
)


def make(seed: int) -> Page:
    """The page of that seed."""
    luck = random.Random(seed)
    say = Speaker(luck.choice(["zh", "zh", "en"]), luck)
    weights = [weight for weight, _ in TEMPLATES]
    return luck.choices([build for _, build in TEMPLATES], weights)[0](Maker(say, luck))
