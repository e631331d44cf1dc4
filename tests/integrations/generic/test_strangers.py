"""An administrator maps a stranger's body on the page alone: what it offers for a value finds it in every call."""

from __future__ import annotations

import html
import json
import random
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pydantic import ValidationError

from integrations.connectors.build import secret_name
from integrations.connectors.errors import Refused
from integrations.connectors.fields import documents
from integrations.connectors.fields.mapping import Mapping, data_of, mapped
from integrations.connectors.generic import KIND, bodies
from integrations.connectors.generic.connector import preview
from integrations.connectors.generic.settings import GenericSettings
from integrations.connectors.protocol import Incoming
from integrations.connectors.wire import xml
from integrations.models import Connector
from integrations.pages import paths
from tests.integrations.generic.strangers import ORDER, STRANGERS, Stranger
from tickets.models import Department
from tickets.services import secret_store

each_stranger = pytest.mark.parametrize("stranger", STRANGERS, ids=lambda each: str(each.name))
_UNMAPPED = dict.fromkeys(
    ("id", "subject", "text", "name", "email", "mobile", "queue", "tags", "status", "priority", "updated_at", "link"),
    "",
)


@each_stranger
def test_a_body_becomes_the_ticket_that_it_is_about(stranger: Stranger) -> None:
    its = GenericSettings(signing="secret", signature_name="x-token", **{**_UNMAPPED, **stranger.typed})
    rules = Mapping.model_validate(
        {"lines": [{"label": label, "path": path} for label, path in stranger.lines.items()]}
    )
    [shown] = preview(its, stranger.body.encode())
    remote, ours = shown.remote, mapped(shown.remote, rules, KIND)
    told = {
        "id": remote.external_id,
        "subject": ours.subject,
        "name": ours.customer_name,
        "mobile": ours.customer_mobile,
        "tags": remote.tags,
        "status": remote.status,
        "at": remote.updated_at and int(remote.updated_at.timestamp()),
        "messages": tuple((row["text"], str(row["author"]), row["internal"]) for row in data_of(remote)["messages"]),
        "files": tuple(file.name for file in remote.files),
    }
    assert {name: told[name] for name in told if name in stranger.truth} == {
        name: value for name, value in stranger.truth.items() if name in told
    }
    assert str(stranger.truth.get("text", "")) in ours.text
    assert str(stranger.truth.get("not", "<")) not in ours.text.replace(f"<{ORDER}>", "").replace("<soon>", "")
    assert [f"{label}:{ORDER}" in ours.text for label in stranger.lines] == [True] * len(stranger.lines)
    assert not shown.ignored


@pytest.mark.parametrize("stranger", [each for each in STRANGERS if each.order], ids=lambda each: str(each.name))
def test_the_page_offers_an_expression_for_the_order_number_that_does_not_count_places(stranger: Stranger) -> None:
    [shown] = preview(GenericSettings(), stranger.body.encode())
    offered = [path for path, value in paths.leaves(shown.event) if value == ORDER]
    assert set(stranger.lines.values()) <= set(offered)
    for path in stranger.lines.values():
        its = GenericSettings(subject=path)
        for _turn in range(3):
            mixed = json.dumps(_mixed(shown.event)).encode()
            assert preview(its, mixed)[0].remote.subject == ORDER


def _mixed(value: Any) -> Any:
    """The same with every list in another order."""
    if isinstance(value, dict):
        return {name: _mixed(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return random.sample([_mixed(inner) for inner in value], len(value))
    return value


@pytest.fixture
def page(client: Client, ann: User) -> Any:
    """The answer of the preview to a pasted body under what was typed, as text."""
    client.force_login(ann)
    client.post(reverse("connectors"), {"kind": "generic", "name": "商城"})
    row = Connector.objects.get()

    def shown(body: str, *, lines: str = "", **typed: str) -> str:
        options = {f"o-{name}": value for name, value in {"signing": "standard", **_UNMAPPED, **typed}.items()}
        form = {"o-header": "Authorization", **options, "m-lines": lines, "sample": body}
        answer = client.post(reverse("connector-preview", args=[row.pk]), form)
        assert answer.status_code == 200
        return html.unescape(answer.content.decode())

    return shown


@each_stranger
def test_the_page_shows_what_an_operator_will_find(page: Any, stranger: Stranger) -> None:
    lines = "\n".join(f"{label} = {path}" for label, path in stranger.lines.items())
    text = page(stranger.body, lines=lines, **stranger.typed)
    assert "notice-danger" not in text
    assert [f"{label}:{ORDER}" in text for label in stranger.lines] == [True] * len(stranger.lines)
    wanted = [*stranger.truth.get("files", ()), *stranger.truth.get("tags", ()), stranger.truth["id"]]
    assert [each for each in wanted if str(each) not in text] == []


def test_the_page_names_what_finds_nothing_and_a_time_that_is_none(page: Any) -> None:
    text = page('{"id": 1, "when": "27/11/2026", "gap": null}', id="id", mobile="tel", name="gap", updated_at="when")
    unfound = text.split("这些没有取到")[1].split("</dd>")[0]
    assert ("tel" in unfound, "gap" in unfound, "when" in unfound) == (True, True, False)
    assert "“27/11/2026”认不出是时间" in text
    assert "认不出" not in page('{"id": 1, "when": "27/11/2026"}', id="id", updated_at="when", time_form="%d/%m/%Y")


def test_a_setting_that_is_wrong_is_named_above_the_preview(page: Any) -> None:
    assert "工单编号:表达式“a[”" in page("{}", id="a[")


def test_a_body_as_large_as_a_call_may_be_is_shown_whole_and_a_larger_one_says_so(page: Any) -> None:
    end = '", "id": 7}'
    body = '{"text": "' + "字" * ((1024 * 1024 - 10 - len(end)) // 3) + end
    assert '<span class="mono">7</span>' in page(body, id="id", text="text")
    assert "1024 kB" in page(body + " " * 10 + "x", id="id")


@pytest.mark.parametrize(
    "name", ["it's", "back\\slash'", "tick`", "终点\\", 'with "quotes"', "a=b", "x\ny", -7, 0, 10**18]
)
def test_any_name_of_a_field_can_be_looked_up(name: str | int) -> None:
    body = {"rows": [{"k": {"Field name": "other"}, "v_value": "no"}, {"k": {"Field name": name}, "v_value": "yes"}]}
    told = {value: path for path, value in paths.leaves(body)}
    assert preview(GenericSettings(subject=told["yes"]), json.dumps(body).encode())[0].remote.subject == "yes"


@pytest.mark.parametrize(
    ("rows", "offered"),
    [
        ([{"id": 1, "name": "a.png", "url": "u"}], ["rows[0].id", "rows[0].name", "rows[0].url"]),  # no fields
        ([{"name": "a", "value": 1}, {"name": "a", "value": 2}], ["rows[0].name", "rows[0].value"]),  # not told apart
        ([{"name": "a", "value": 1}, "b"], ["rows[0].name", "rows[0].value"]),
        ([{"name": "a", "value": []}], ["rows[?name=='a'].value | [0]"]),
        ([{"value": 1}, {"value": 2}], ["rows[0].value"]),
        ([], ["rows"]),
    ],
)
def test_only_lists_of_names_and_values_are_looked_up_by_name(rows: list[Any], offered: list[str]) -> None:
    assert [path for path, _value in paths.leaves({"rows": rows})] == offered


def test_hostile_xml_gives_no_file_no_flood_and_no_other_meaning() -> None:
    entity = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a><id>1</id><t>&e;</t></a>'
    [shown] = preview(GenericSettings(id="a.id", text="a.t"), entity.encode())
    assert (shown.remote.external_id, shown.remote.text) == ("1", "")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE a [<!ENTITY l0 "lol">{laughs}]><a><id>1</id><t>&l9;</t></a>'
    for hostile in (bomb, "<a>" * 100_000):
        with pytest.raises(Refused):
            preview(GenericSettings(), hostile.encode())
    mixed = b'<a x="1"><!-- no --><b>1</b>words<b>2</b><c><![CDATA[<p>x</p>]]></c><d/></a>'
    assert xml.value_of(mixed) == {"a": {"@x": "1", "b": ["1", "2"], "c": "<p>x</p>", "d": ""}}
    assert xml.value_of('<?xml version="1.0" encoding="GBK"?><a>中</a>'.encode("gbk")) == {"a": "中"}


def test_several_notices_in_one_envelope_are_as_many_tickets() -> None:
    one = "<n><id>{}</id></n>"
    for numbers in (["1"], ["1", "2"]):
        body = f"<e><list>{''.join(map(one.format, numbers))}</list></e>"
        its = GenericSettings(events="e.list.n", id="id")
        assert [each.remote.external_id for each in preview(its, body.encode())] == numbers


@pytest.mark.parametrize(
    ("form", "read"),
    [
        ("a[b][c]=1&a[b][d]=2", {"b": {"c": "1", "d": "2"}}),
        ("a[0][x]=1&a[10][x]=3&a[2][x]=2", [{"x": "1"}, {"x": "2"}, {"x": "3"}]),
        ("a[]=1&a[]=2", ["1", "2"]),
        ("a[b]=1&a[b][c]=2", {"b": "1"}),
        ("a[b][c]=1&a[b]=2", {"b": {"c": "1"}}),
        ("a[b=1", None),
        ("a" + "[x]" * 500 + "=1", None),
        ("a=plain&a[b]=1", "plain"),
    ],
)
def test_names_with_brackets_are_nested(form: str, read: Any) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    [event] = bodies.events(Incoming(headers, form.encode(), datetime.now(UTC)))
    assert event.get("a") == read
    assert all(name in event for name, _text in parse_qsl(form))


@pytest.mark.parametrize("form", ["%d/%m", "%Y", "yesterday", "%Q", "%H:%M"])
def test_a_form_of_times_that_tells_no_day_is_refused(form: str) -> None:
    with pytest.raises(ValidationError):
        GenericSettings(time_form=form)
    with pytest.raises(ValidationError):
        GenericSettings(time_zone=form)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("success", "text/plain"),
        ('{"code": 0}', "application/json"),
        ("<Ack>true</Ack>", "text/xml"),
        ("", "text/plain"),
    ],
)
def test_a_call_is_answered_with_what_its_system_waits_for(
    client: Client, lin: User, department: Department, answer: str, kind: str
) -> None:
    options = {"signing": "secret", "signature_name": "token", "id": "id", "answer": answer}
    row = Connector.objects.create(
        key="shop", kind="generic", name="x", enabled=True, acts_as=lin, department=department, options=options
    )
    secret_store.put(secret_name("shop", "signing"), "good")
    got = client.post(f"/hooks/{row.hook}/?token=good", '{"id": 1}', content_type="application/json")
    assert (got.status_code, got.content.decode(), got["Content-Type"].split(";")[0]) == (200, answer, kind)
    refused = client.post(f"/hooks/{row.hook}/?token=bad", '{"id": 1}', content_type="application/json")
    assert (refused.status_code, answer != "" and answer in refused.content.decode()) == (401, False)


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        ({"ops": [{"insert": "a"}, {"insert": "b", "attributes": {"bold": True}}, {"insert": {"image": "x"}}]}, "ab"),
        ([{"type": "paragraph", "children": [{"text": "a"}]}, {"type": "p", "children": [{"text": "b"}]}], "a\nb"),
        ({"blocks": [{"type": "header", "data": {"text": "a"}}, {"type": "p", "data": {"text": "b"}}]}, "a\nb"),
        (
            {"content": [{"type": "mention", "attrs": {"id": "1", "text": "@Ann"}}, {"type": "text", "text": " hi"}]},
            "@Ann hi",
        ),
        ([[{"tag": "at", "user_name": "林"}, {"tag": "text", "text": " 看下"}]], "林 看下"),
        ({"value": "1", "label": "x"}, ""),
        ([], ""),
    ],
)
def test_the_words_of_a_rich_text_are_read_line_by_line(tree: Any, text: str) -> None:
    assert documents.text_of(tree) == text


def test_a_rich_text_of_any_depth_costs_no_error() -> None:
    deep: Any = {"text": "x"}
    for _turn in range(5000):
        deep = [deep]
    assert documents.text_of(deep) == ""


def test_a_mapping_that_finds_nothing_leaves_the_customers_words() -> None:
    rules = Mapping(subject="nope", text="nope.deep")
    [shown] = preview(GenericSettings(id="id", subject="s", text="t"), b'{"id": 1, "s": "refund", "t": "words"}')
    ours = mapped(shown.remote, rules, KIND)
    assert (ours.subject, ours.text) == ("refund", "words")
