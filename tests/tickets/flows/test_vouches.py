"""A flow editor's "harmless, do not ask again": proposed, given, seconded, withdrawn; and what the gate makes of it."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from PIL import Image

from cs_agent.engine.actions.values import Tap
from cs_agent.engine.gate.decide import decide
from cs_agent.engine.run.state import VerdictKind
from cs_agent.engine.screen.signature import control_signature, page_signature
from cs_agent.engine.screen.targets import find_target
from cs_agent.observation import ForegroundApp, Observation, Screenshot
from cs_agent.testing.screens import lay_out
from tests.tickets.conftest import member
from tickets.errors import Conflict, Forbidden, FourEyes
from tickets.models import AuditEvent, Confirmation, ControlVouch, Department, FlowTemplate, FlowVersion, VouchState
from tickets.services.flows import vouches

ROWS = ["title:会员", ["label:编号", "text:20240511"], "text:积分说明", "button:看看积分", "button:立即兑换"]


def seen(rows: list[str] = ROWS, package: str = "com.shop") -> Observation:
    layout = lay_out(rows, package=package)
    return Observation(Screenshot(layout.image(), 0.0), ForegroundApp(package), layout.lines(), layout.nodes())


def tap_on(label: str, rows: list[str] = ROWS) -> Tap:
    return Tap(lay_out(rows).find(label).box.center.to_norm(seen(rows).size))


def asked_about(confirmation: Confirmation, label: str) -> Confirmation:
    screen = seen()
    target = find_target(screen, tap_on(label).element.to_point(screen.size))
    control = control_signature(screen, target)
    assert control is not None
    confirmation.place = {"page": page_signature(screen).to_json(), "control": control.to_json()}
    confirmation.control = label
    confirmation.save()
    return confirmation


@pytest.fixture
def question(confirmation: Confirmation) -> Confirmation:
    return asked_about(confirmation, "看看积分")


@pytest.fixture
def editors(fei: User, department: Department) -> tuple[User, User]:
    return fei, member("fay", "flow_editor", department)


def verdict(confirmation: Confirmation, label: str, rows: list[str] = ROWS) -> VerdictKind:
    held = vouches.vouches_of(confirmation.run.flow_version)
    return decide(tap_on(label, rows), seen(rows), confidence=1.0, vouches=held).kind


def test_a_proposal_changes_nothing_until_an_editor_gives_it(question: Confirmation, lin: User, editors) -> None:
    row = vouches.propose(question, lin)
    assert (row.state, vouches.propose(question, lin).pk) == (VouchState.PROPOSED, row.pk)
    assert verdict(question, "看看积分") is VerdictKind.ASK
    with pytest.raises(Forbidden):
        vouches.give(row, lin)
    vouches.give(row, editors[0])
    assert verdict(question, "看看积分") is VerdictKind.ALLOW


def test_it_is_for_exactly_this_control_of_this_page_whatever_its_values(question, lin, editors) -> None:
    vouches.give(vouches.propose(question, lin), editors[0])
    other_value = ["title:会员", ["label:编号", "text:99998888"], *ROWS[2:]]
    assert verdict(question, "看看积分", other_value) is VerdictKind.ALLOW
    assert verdict(question, "立即兑换") is VerdictKind.CONFIRM
    for rows in (["title:注销", *ROWS[1:]], [*ROWS[:3], "button:看看明细"]):
        assert verdict(question, rows[3].removeprefix("button:"), rows) is VerdictKind.ASK


def test_a_withdrawal_counts_from_the_next_act_on(question, lin, editors) -> None:
    row = vouches.give(vouches.propose(question, lin), editors[0])
    vouches.withdraw(row, editors[1])
    assert verdict(question, "看看积分") is VerdictKind.ASK
    with pytest.raises(Conflict):
        vouches.withdraw(row, editors[1])
    kinds = list(AuditEvent.objects.filter(type__startswith="vouch.").order_by("pk").values_list("type", flat=True))
    assert kinds == ["vouch.proposed", "vouch.given", "vouch.withdrawn"]


def test_a_caption_with_a_word_of_commitment_needs_two_editors(confirmation, lin, editors) -> None:
    row = vouches.propose(asked_about(confirmation, "立即兑换"), lin)
    assert vouches.give(row, editors[0]).state == VouchState.SECOND
    assert verdict(confirmation, "立即兑换") is VerdictKind.CONFIRM
    with pytest.raises(FourEyes):
        vouches.give(row, editors[0])
    assert vouches.give(row, editors[1]).state == VouchState.ACTIVE
    assert verdict(confirmation, "立即兑换") is VerdictKind.ALLOW


def test_it_goes_with_the_flow_into_new_versions(question, lin, editors) -> None:
    vouches.give(vouches.propose(question, lin), editors[0])
    old = question.run.flow_version
    new = FlowVersion.objects.create(template=old.template, number=old.number + 1, definition=old.definition)
    assert len(vouches.vouches_of(new).held) == 1


def test_a_vouch_says_nothing_of_the_customer_and_still_holds_for_the_next(question, lin, editors) -> None:
    ticket = question.run.ticket
    ticket.customer_name = "欧阳靖涵"
    ticket.save()
    screen = seen([*ROWS, "text:欧阳靖涵 女士", "link:欧阳靖涵的地址"])
    question.place = {**question.place, "page": page_signature(screen).to_json()}
    question.save()
    row = vouches.propose(question, lin)
    assert "欧阳靖涵" in json.dumps(question.place, ensure_ascii=False)
    assert "欧阳靖涵" not in json.dumps([row.page, row.control, row.label], ensure_ascii=False)
    vouches.give(row, editors[0])
    assert verdict(question, "看看积分") is VerdictKind.ALLOW


def test_a_vouch_that_erasure_emptied_counts_no_more(question, lin, editors) -> None:
    row = vouches.give(vouches.propose(question, lin), editors[0])
    ControlVouch.objects.filter(pk=row.pk).update(page={}, control={}, label="")
    assert verdict(question, "看看积分") is VerdictKind.ASK


def test_a_question_without_a_control_cannot_be_proposed(confirmation: Confirmation, lin: User) -> None:
    Confirmation.objects.filter(pk=confirmation.pk).update(place=None)
    confirmation.refresh_from_db()
    with pytest.raises(Conflict):
        vouches.propose(confirmation, lin)
    assert not ControlVouch.objects.exists()


def explain(tmp_path: Path, *options: str) -> list[dict]:
    picture = tmp_path / "screen.png"
    seen().screenshot.image.save(picture, compress_level=1)
    out = io.StringIO()
    call_command("gate", "explain", "--screen", str(picture), *options, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


TREE = """<?xml version='1.0' encoding='UTF-8'?><hierarchy rotation="0">
<node text="" class="android.widget.FrameLayout" package="com.shop" bounds="[0,0][1080,2400]" clickable="false">
<node text="搜索" class="android.widget.EditText" package="com.shop" bounds="[40,800][1040,900]" clickable="true"/>
<node text="办了" class="android.widget.Button" package="com.shop" bounds="[40,1000][1040,1100]" clickable="true"/>
</node></hierarchy>"""


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["flow_word", "route_commits", "model_flag"])
def test_what_the_flow_always_asks_about_is_not_offered_and_not_taken(
    question: Confirmation, lin: User, code: str
) -> None:
    question.reasons = [{"code": code, "zh": "", "en": ""}]
    question.save()
    assert not vouches.is_proposable(question)
    with pytest.raises(Conflict):
        vouches.propose(question, lin)
    assert not ControlVouch.objects.exists()


def test_the_command_explains_each_tap_in_one_line(tmp_path: Path) -> None:
    tree = tmp_path / "tree.xml"
    tree.write_text(TREE, "utf-8")
    field, button = explain(tmp_path, "--tree", str(tree), "--tap", "500,850", "--tap", "500,1050")
    assert (field["verdict"], field["vouched_by"], field["label"]) == ("allow", "kind:field", "搜索")
    assert (button["verdict"], button["irreversible"]) == ("ask", True)
    assert [one["code"] for one in button["reasons"]] == ["unproven"]


SIZED = TREE.replace('bounds="[0,0][1080,2400]"', 'bounds="[0,0][{wide},{high}]"').replace("1040", "500")
FILES = {
    "broken.xml": b"<?xml version='1.0'?><hierarchy><node text=",
    "page.xml": b"<html><body>x</body></html>",
    "bytes.xml": b"\xff\xfe\x00\x01",
    "scaled.xml": SIZED.format(wide=540, high=1200).encode(),
    "text.png": b"no picture",
    "empty.png": b"",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--tap", "5"), "not X,Y in device pixels"),
        (("--tap", "a,b"), "not X,Y in device pixels"),
        (("--tap", "5.5,1"), "not X,Y in device pixels"),
        (("--tap", "9999,1"), "outside the picture, which is 1080x2400"),
        (("--tap=-5,1",), "outside the picture"),
        (("--tap", "1,1", "--tap", "1,2400"), "outside the picture"),
        (("--tap", "1,1", "--tree", "/nowhere.xml"), "No such file"),
        (("--tap", "1,1", "--tree", "{broken.xml}"), "not a whole `uiautomator dump`"),
        (("--tap", "1,1", "--tree", "{page.xml}"), "not a whole `uiautomator dump`"),
        (("--tap", "1,1", "--tree", "{bytes.xml}"), "cannot be read"),
        (("--tap", "1,1", "--tree", "{scaled.xml}"), "of a screen of 540x1200 pixels and the picture has 1080x2400"),
        (("--tap", "1,1", "--screen", "{text.png}"), "cannot identify"),
        (("--tap", "1,1", "--screen", "{empty.png}"), "cannot identify"),
        (("--tap", "1,1", "--screen", "{cut.jpg}"), "truncated"),
        (("--tap", "1,1", "--screen", "/nowhere.png"), "No such file"),
        (("--tap", "1,1", "--flow", "nothing"), "there is no flow 'nothing'"),
    ],
)
def test_the_command_says_what_is_wrong_with_its_input_and_prints_no_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], told: str
) -> None:
    whole = io.BytesIO()
    Image.new("RGB", (400, 400), "white").save(whole, "JPEG")
    for name, content in {**FILES, "cut.jpg": whole.getvalue()[: len(whole.getvalue()) // 2]}.items():
        (tmp_path / name).write_bytes(content)
    options = tuple(str(tmp_path / text[1:-1]) if text.startswith("{") else text for text in options)
    with pytest.raises(CommandError, match=re.escape(told)) as refused:
        explain(tmp_path, *options)
    assert (refused.value.returncode, capsys.readouterr().out) == (1, "")
    assert len(str(refused.value)) < 400


@pytest.mark.django_db
def test_a_flow_without_a_version_is_told_from_no_flow(tmp_path: Path, confirmation: Confirmation) -> None:
    template = FlowTemplate.objects.create(slug="drafted", name="新流程")
    with pytest.raises(CommandError, match="has no version yet"):
        explain(tmp_path, "--tap", "1,1", "--flow", template.slug)


def test_a_tree_without_anything_in_it_proves_nothing(tmp_path: Path) -> None:
    tree = tmp_path / "tree.xml"
    tree.write_text("<?xml version='1.0'?><hierarchy rotation='0'/>", "utf-8")
    (told,) = explain(tmp_path, "--tree", str(tree), "--tap", "500,1050")
    assert (told["verdict"], told["vouched_by"]) == ("ask", "")
