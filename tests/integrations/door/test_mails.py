"""Customers' HTML mails as mail programs write them: what they quote and sign is none of their own words."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from integrations.connectors.chatwoot.connector import ChatwootConnector
from integrations.connectors.fields import plain
from integrations.connectors.kinds import Setup
from integrations.connectors.kinds import of as kind_of
from integrations.connectors.protocol import Author
from integrations.models import Connector
from tests.integrations.desks.base import COLLEAGUE, ME, Stored
from tests.integrations.desks.chatwoot import ChatwootDesk
from tests.integrations.desks.zammad import ZammadDesk
from tests.integrations.door.test_clarify import ORDER, TEXT, asked, says, with_slots
from tests.integrations.helpdesk import Desk, call, read
from tickets.flows.slots import quoted
from tickets.models import Clarification, ClarificationState, Ticket, TicketValue

OTHER = "9999902386615099"
MAILS = {
    "Gmail": f'<div dir="ltr">订单号是{ORDER},谢谢</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
    "Support &lt;<a href='mailto:help@example.com'>help@example.com</a>&gt; 于2026年11月27日周五 13:02写道:<br></div>"
    f'<blockquote class="gmail_quote"><div>您好!请问是订单 {OTHER} 吗?</div></blockquote></div>',
    "Gmail, English": f'<div dir="ltr">Order number {ORDER}</div><br><div '
    f'class="gmail_quote"><div class="gmail_attr">On Fri, '
    "Nov 27, 2026 at 1:02 PM Support &lt;help@example.com&gt; wrote:<br></div>"
    f'<blockquote class="gmail_quote"><div>Is it {OTHER}?</div></blockquote></div>',
    "Outlook": f'<div class="WordSection1"><p class="MsoNormal">订单号 '
    f'{ORDER}<o:p></o:p></p><div><div style="border-top:'
    'solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>发件人:</b> '
    "Support &lt;help@example.com&gt;<br><b>发送时间:</b> 2026年"
    f"11月27日 13:02<br><b>主题:</b> RE: 退款</p></div></div><p>是订单 {OTHER} 吗?</p></div>",
    "QQ": f"<div>订单号{ORDER}</div><div><includetail><div>--------------&nbsp;原始邮件&nbsp;--------------</div>"
    '<div><b>发件人:</b> "Support" &lt;help@example.com&gt;;</div><div><b>发送时间:</b> 2026年11月27日(星期五) 中午1:02'
    f"</div><div>是订单 {OTHER} 吗?</div></includetail></div>",
    "163, English": f"<div>订单号{ORDER}</div><br><p>At 2026-11-27 13:02:00, "
    f'"Support" &lt;help@example.com&gt; wrote:</p>'
    f'<blockquote id="isReplyContent"><p>是订单 {OTHER} 吗?</p></blockquote>',
    "163": f'<div>订单号{ORDER}</div><pre>在 2026-11-27 13:02:00,"Support" &lt;help@example.com&gt; 写道:</pre>'
    f'<blockquote id="isReplyContent"><p>是订单 {OTHER} 吗?</p></blockquote>',
    "iPhone": f'订单号{ORDER}<br><div dir="ltr">发自我的 iPhone</div><blockquote '
    f'type="cite">在 2026年11月27日,13:02,Support '
    f'&lt;help@example.com&gt; 写道:<br></blockquote><blockquote type="cite">是订单 {OTHER} 吗?</blockquote>',
    "a quote without a head": f"<p>订单号{ORDER}</p><blockquote><p>是订单 {OTHER} 吗?</p><p>谢谢</p></blockquote>",
    "the answer below the quote": f"<blockquote><p>是订单 {OTHER} 吗?</p></blockquote><p>订单号 {ORDER}</p>",
    "a signature": f'<p>订单号{ORDER}</p><div data-signature="true"><br>-- <br>王芳<br>会员号 {OTHER}</div>',
}


@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_what_a_mail_quotes_is_not_read_as_the_customers_words(mail: str) -> None:
    own = quoted.own(plain.from_html(mail))
    assert (ORDER in own, OTHER in own) == (True, False), own


def test_an_empty_quote_leaves_no_mark_of_one() -> None:
    assert plain.from_html("<p>您好</p><blockquote><br></blockquote>") == "您好"


@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_an_answer_is_taken_from_his_own_words_whatever_his_mail_quotes(
    connector: Connector, desk: Desk, lin: User, mail: str
) -> None:
    flow = with_slots()
    desk.put("7", text=TEXT)
    call(connector, "7")
    read(connector)
    asked(Ticket.objects.get(), flow, lin)
    says(connector, desk, mail, html=True)
    assert Clarification.objects.get().state == ClarificationState.ANSWERED
    assert TicketValue.objects.get().value == ORDER


def test_a_text_that_is_nothing_but_a_quote_is_his_own() -> None:
    assert plain.from_html(f"<blockquote><p>退款,订单{ORDER}</p></blockquote>") == f"退款,订单{ORDER}"


def test_the_copy_that_zammad_keeps_of_an_html_mail_is_no_file_of_the_customer() -> None:
    with ZammadDesk().running() as desk:
        held = desk.file(TEXT, files=[Stored(5, "photo.pdf", b"x"), Stored(6, "message.html", b"<p>x", "text/html")])

        def spoiled(answer: object) -> object:
            for each in answer if isinstance(answer, list) else []:
                for file in each.get("attachments", []):
                    if file["filename"] == "message.html":
                        file["preferences"] |= {"content-alternative": True, "original-format": True}
            return answer

        desk.spoil = spoiled
        kind = kind_of("zammad")
        assert kind is not None
        settings = kind.settings(url=desk.url, networks=["127.0.0.0/8"], **desk.options())
        found = kind.build(Setup("zammad-1", settings, lambda name: desk.secrets.get(name, "")))
        assert [file.name for file in found.fetch(str(held.id)).files] == ["photo.pdf"]


def test_what_chatwoots_own_assistant_says_is_neither_ours_nor_a_colleagues() -> None:
    with ChatwootDesk().running() as desk:
        held = desk.file(TEXT)
        desk.say(held.id, "我是智能助理", ME)
        desk.say(held.id, "我来看看", COLLEAGUE)

        def spoiled(answer: object) -> object:
            for each in answer.get("payload", []) if isinstance(answer, dict) else []:
                if isinstance(each, dict) and each.get("sender", {}).get("id") == ME:
                    each["sender"]["type"] = "captain_assistant"
            return answer

        desk.spoil = spoiled
        kind = kind_of("chatwoot")
        assert kind is not None
        settings = kind.settings(url=desk.url, networks=["127.0.0.0/8"], **desk.options())
        found = ChatwootConnector(Setup("chatwoot-1", settings, lambda name: desk.secrets.get(name, "")))
        said = {each.text: each.author for each in found.fetch(str(held.id)).messages}
        assert said == {"我是智能助理": Author.SYSTEM, "我来看看": Author.COLLEAGUE}
