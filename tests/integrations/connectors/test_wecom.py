"""WeCom customer service: what it encrypts and signs, its sessions, its error codes, and the proof of the address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.connectors.errors import (
    BadAnswer,
    ConnectorError,
    Gone,
    NotAllowed,
    RateLimited,
    Refused,
    Unreachable,
)
from integrations.connectors.kinds import Setup
from integrations.connectors.protocol import Author, Capability, Incoming
from integrations.connectors.wecom import api, callback, sessions
from integrations.connectors.wecom.connector import WeComConnector, WeComSettings
from integrations.connectors.wecom.words import words
from integrations.intake import polling
from integrations.models import Connector
from tests.integrations.connectors.test_conformance import set_up
from tests.integrations.desks.base import Signed
from tests.integrations.desks.wecom import AES_KEY, COMPANY, WeComDesk, encrypted, query_of
from tickets.models import Department
from tickets.said import read as stored_text
from tickets.said import stored

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def desk() -> Iterator[WeComDesk]:
    with WeComDesk().running() as desk:
        assert isinstance(desk, WeComDesk)
        yield desk


def made(desk: WeComDesk, **options: Any) -> WeComConnector:
    settings = WeComSettings(url=desk.url, networks=["127.0.0.0/8"], **{**desk.options(), **options})
    return WeComConnector(Setup("wecom-1", settings, lambda name: desk.secrets.get(name, "")))


@pytest.mark.parametrize(
    "sealed",
    [
        "",
        "!!!",
        "QUJD",
        encrypted(b"x", key=b"q" * 32),
        encrypted(b"x", company="another"),
        encrypted(b"x")[:-24],
        encrypted(b"x") + "é",
    ],
    ids=[
        "nothing",
        "no base64",
        "too short",
        "another key",
        "another company",
        "cut short",
        "no ASCII",
    ],
)
def test_what_is_not_encrypted_for_us_is_refused(sealed: str) -> None:
    with pytest.raises(Refused):
        callback.decrypted(sealed, AES_KEY, COMPANY)


def test_keys_that_are_none_refuse_instead_of_failing() -> None:
    for key in ("", "short", "é" * 43, AES_KEY + "=="):
        with pytest.raises(Refused):
            callback.decrypted(encrypted(b"x"), key, COMPANY)


@pytest.mark.parametrize("xml", [b"", b"{}", b"<a", b"<a>\x00</a>", b"\xff\xfe<a/>", b"<a>" * 5000])
def test_a_body_that_is_no_xml_is_refused(xml: bytes) -> None:
    with pytest.raises(Refused):
        callback.fields_of(xml)


def test_entities_are_not_followed(tmp_path: Any) -> None:
    secret = tmp_path / "secret"
    secret.write_text("top secret")
    told = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}"><!ENTITY y "{"z" * 100}">]><a><b>&x;</b><c>&y;&y;</c></a>'
    assert "secret" not in json.dumps(callback.fields_of(told.encode()))


@pytest.mark.django_db
def test_the_address_is_proven_by_the_decrypted_echo_and_by_nothing_else(
    desk: WeComDesk, lin: Any, department: Any
) -> None:
    row, now = set_up(desk, lin, department, "wecom-1"), datetime.now(UTC)
    sealed = encrypted(b"8234567")
    answer = Client().get(f"/hooks/{row.hook}/{query_of(sealed, now, echostr=sealed)}")
    assert (answer.status_code, answer.content) == (200, b"8234567")
    for query in ("", query_of(sealed, now), query_of(sealed, now - timedelta(hours=1), echostr=sealed)):
        assert Client().get(f"/hooks/{row.hook}/{query}").status_code == 401
    assert Connector.objects.get().heard_at is None


def test_a_callback_carries_how_to_ask_and_the_same_one_encrypted_anew_is_the_same(desk: WeComDesk) -> None:
    connector = made(desk)
    calls = [desk.signed(1, "token", NOW) for _ in range(2)]
    first, second = (connector.verify(_incoming(call)) for call in calls)
    assert calls[0].body != calls[1].body
    assert first.delivery_id == second.delivery_id
    assert first.hints == {"open_kfid": "wkAccount", "token": "token"}
    assert first.external_ids == ()


def _incoming(call: Signed) -> Incoming:
    from urllib.parse import parse_qsl

    return Incoming({}, call.body, NOW, dict(parse_qsl(call.query[1:])))


def test_a_token_is_kept_renewed_when_it_expired_and_never_shown(desk: WeComDesk) -> None:
    from django.core.cache import cache

    connector = made(desk)
    connector.test()
    connector.test()
    assert desk.tokens == 2  # one for each secret
    desk.good = {}
    assert all(str(each.level) == "good" for each in made(desk).test())
    assert "token" not in str(getattr(cache, "_cache", {}).values())


@pytest.mark.parametrize(
    ("code", "error", "here", "zh", "en"),
    [
        (40001, NotAllowed, False, "核对企业 ID 和微信客服的 Secret", "Check the company's ID and the Secret"),
        (40013, NotAllowed, False, "核对企业 ID", "Check the company's ID"),
        (42001, NotAllowed, False, "核对企业 ID", "Check the company's ID"),
        (60020, NotAllowed, False, "企业可信 IP", "trusted IP addresses"),
        (48002, NotAllowed, True, "可调用接口的应用", "apps that may call it"),
        (301002, NotAllowed, True, "核对通知应用的 AgentId", "Check the AgentId"),
        (81013, NotAllowed, True, "可见范围", "visible range"),
        (45009, RateLimited, False, "调用太多", "too many calls"),
        (45033, RateLimited, False, "调用太多", "too many calls"),
        (-1, Unreachable, False, "", ""),
        (95000, BadAnswer, False, "open_kfid", "open_kfid"),
        (95001, BadAnswer, False, "最多回复 5 条", "five answers"),
        (95002, BadAnswer, False, "48 小时", "48 hours"),
        (95011, BadAnswer, False, "由人接待", "People of WeCom serve"),
        (95013, BadAnswer, False, "会话已经结束", "The session has ended"),
        (95016, BadAnswer, False, "会话状态不能这样改", "cannot change like this"),
        (99999, BadAnswer, False, "", ""),
    ],
)
def test_each_error_code_is_told_with_what_to_do(
    code: int, error: type[ConnectorError], here: bool, zh: str, en: str
) -> None:
    kept = stored(api.error_of(code, "why").told)
    found = api.error_of(code, "why")
    assert type(found) is error
    assert getattr(found, "here", False) is here, "one right that is lacking holds up nothing else"
    for language, advice in (("zh-hans", zh), ("en", en)):
        with translation.override(language):
            assert advice in stored_text(kept)
            assert str(code) in stored_text(kept)


def test_an_address_that_is_not_trusted_is_named_on_the_connectors_page(
    desk: WeComDesk, lin: User, department: Department, client: Client
) -> None:
    row = set_up(desk, lin, department, "wecom-1")
    desk.trouble = (200, {"errcode": 60020, "errmsg": "not allow to access from your ip, from ip: 203.0.113.7"})
    polling.poll(row.pk)
    client.force_login(User.objects.create_superuser("root"))
    for language, advice in (("zh-hans", "企业可信 IP"), ("en", "trusted IP addresses")):
        client.cookies["django_language"] = language
        page = client.get(f"/integrations/connectors/{row.pk}/").content.decode()
        assert "203.0.113.7" in page
        assert advice in page


def test_an_account_that_people_serve_does_not_keep_the_others_from_coming_in(desk: WeComDesk) -> None:
    desk.file("请退款")
    asked: list[Any] = []

    def answered(body: Any) -> Any:
        asked.append(body["open_kfid"])
        return {"errcode": 95011, "errmsg": "x"} if body["open_kfid"] == "wkPeople" else own(body)

    own, desk._do_kf_sync_msg = desk._do_kf_sync_msg, answered  # type: ignore[method-assign]
    accounts = desk._do_kf_account_list({})["account_list"]
    people = {"open_kfid": "wkPeople", "name": "人工"}
    desk._do_kf_account_list = lambda body: {"account_list": [people, *accounts]}  # type: ignore[method-assign]
    assert made(desk, accounts=[]).changed_since("").carried
    told = [(str(each.level), str(each.text), str(each.remedy)) for each in made(desk, accounts=[]).test()]
    assert any(level == "problem" and "人工" in text and "交给 API 管理" in why for level, text, why in told), told


def test_a_token_of_a_callback_that_is_too_old_is_left_out(desk: WeComDesk) -> None:
    desk.file("请退款")
    own = desk._do_kf_sync_msg

    def answered(body: Any) -> Any:
        return {"errcode": 95007, "errmsg": "invalid msgtoken"} if "token" in body else own(body)

    desk._do_kf_sync_msg = answered  # type: ignore[method-assign]
    assert made(desk).pull("", {"token": "old"}).carried


def test_only_known_statuses_are_set_and_only_sessions_are_written_to(desk: WeComDesk) -> None:
    held = desk.file("请退款")
    connector = made(desk)
    with pytest.raises(BadAnswer):
        connector.set_status(desk.ref(held.id), "done")
    for wrong in ("", "7", "a:b", "a::1", "a:b:c:d"):
        with pytest.raises(Gone):
            connector.note(wrong, "x", marker="x", internal=False)
    assert Capability.NOTE not in made(desk, agent=0).capabilities()


def test_quiet_makes_a_new_session_and_colleagues_begin_none() -> None:
    kept = sessions.Standing()
    quiet = 3600

    def said(at: int, origin: int = 3, who: str = "wm1") -> dict[str, Any]:
        return {"open_kfid": "wk", "external_userid": who, "send_time": at, "origin": origin, "msgid": f"{at}"}

    first = sessions.grouped([said(50, 5), said(100), said(200, 5), said(300, who="wm2")], kept, quiet)
    assert [(each.id, each.begins, len(each.messages)) for each in first] == [
        ("wk:wm1:100", True, 2),
        ("wk:wm2:300", True, 1),
    ]
    kept = sessions.standing(kept.text())
    later = sessions.grouped([said(3700), said(9000), said(9001)], kept, quiet)
    assert [(each.id, each.begins, len(each.messages)) for each in later] == [
        ("wk:wm1:100", False, 1),
        ("wk:wm1:9000", True, 2),
    ]
    kept.forget(9500)
    assert kept.open == {}


def test_a_message_that_comes_twice_in_one_answer_is_said_once() -> None:
    one = {"open_kfid": "wk", "external_userid": "wm1", "send_time": 100, "origin": 3, "msgid": "m1"}
    [session] = sessions.grouped([one, {**one, "msgid": "m2"}, one], sessions.Standing(), 60)
    assert [each["msgid"] for each in session.messages] == ["m1", "m2"]


PACKED = json.dumps({"msgtype": "text", "text": {"content": "第一条"}}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("kind", "part", "told"),
    [
        ("text", {"content": "在吗\n{x", "menu_id": "101"}, "在吗\n{x"),
        ("image", {"media_id": "2iSL"}, ""),
        ("location", {"latitude": 23.1, "name": "媒体港", "address": "滨江东路"}, "[位置] 媒体港 滨江东路"),
        (
            "link",
            {"title": "商品", "desc": "", "url": "https://s.example/?a=1", "pic_url": "https://p"},
            "[链接] 商品 https://s.example/?a=1",
        ),
        (
            "miniprogram",
            {"title": "我的订单", "appid": "wx1", "pagepath": "p/o.html", "thumb_media_id": "T"},
            "[小程序] 我的订单",
        ),
        (
            "channels_shop_order",
            {"order_id": "31700", "product_titles": "电饭煲", "image_url": "https://p"},
            "[视频号订单] 31700 电饭煲",
        ),
        (
            "merged_msg",
            {"title": "聊天记录", "item": [{"sender_name": "张三", "msg_content": PACKED}]},
            "[聊天记录] 聊天记录 张三 第一条",
        ),
        ("of_next_year", {"a": 1, "b": ["说明"]}, "[of_next_year] 说明"),
        ("note", None, "[笔记]"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isascii() else "",
)
def test_what_a_customer_sends_is_told_in_words_whichever_kind_it_is(kind: str, part: Any, told: str) -> None:
    assert words({"msgtype": kind, kind: part}) == told


def test_every_service_account_is_found_however_many_there_are(
    desk: WeComDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"open_kfid": f"wk{n}", "name": f"客服 {n}"} for n in range(250)]
    page = lambda self, body: {"account_list": rows[body["offset"] : body["offset"] + body["limit"]]}  # noqa: E731
    monkeypatch.setattr(WeComDesk, "_do_kf_account_list", page)
    assert "客服 249" in str(made(desk).test()[0].text)


@settings(deadline=None, max_examples=60)
@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda of: st.lists(of) | st.dictionaries(st.text(), of)),
    st.text(),
)
def test_messages_and_cursors_of_any_form_do_no_harm(value: Any, cursor: str) -> None:
    messages = [{"open_kfid": value, "external_userid": value, "send_time": value, "event": value, "msgtype": "event"}]
    assert sessions.grouped(messages, sessions.standing(cursor), 60) == []
    sessions.standing(json.dumps(value))
    sessions.standing(json.dumps({"k": value, "s": value}))


@pytest.mark.parametrize("origin", [[3], {"a": 3}, None, "3", 2**70], ids=["list", "object", "none", "text", "huge"])
def test_a_message_of_an_origin_or_a_time_that_is_none_breaks_no_reading(desk: WeComDesk, origin: Any) -> None:
    held = desk.file("订单 2024")
    common = {
        "origin": origin,
        "msgtype": "text",
        "text": {"content": "退款"},
        "external_userid": "wm1",
        "open_kfid": "wk",
    }
    messages = [{**common, "msgid": "1", "send_time": 100}, {**common, "msgid": "2", "send_time": 2**70}]
    content = json.dumps({"begins": False, "messages": messages}).encode()
    ticket = made(desk).fetch(desk.ref(held.id), content)
    assert [(each.text, each.author) for each in ticket.messages] == [("退款", Author.SYSTEM)] * 2
    dated = [{**each, "origin": sessions.FROM_CUSTOMER} for each in messages]
    assert len(sessions.grouped(dated, sessions.Standing(), 60)[0].messages) == 1
