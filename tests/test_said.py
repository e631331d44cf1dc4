"""A stored text keeps its codes and values: it reads in the language of whoever reads it, and nothing of it is lost."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.engine.actions.parse_errors import ParseError, ParseErrorCode
from cs_agent.engine.gate import reasons
from cs_agent.engine.run import wording
from cs_agent.engine.run.state import Reason
from cs_agent.phone.errors import PhoneLocked
from cs_agent.said import Said, Sentence, parts_of
from tickets.models import AttachmentKind, Phone, RehearsalOutcome
from tickets.said import (
    TEXTS,
    bounded,
    gettext_said,
    in_both,
    in_each,
    in_two,
    joined,
    label,
    listed,
    read,
    said,
    said_again,
    stored,
)

RELEASED = Path(__file__).with_name("said_codes.txt").read_text("utf-8").split()


def in_english(text: str) -> str:
    with translation.override("en"):
        return read(stored(text))


def in_chinese(text: str) -> str:
    with translation.override("zh-hans"):
        return read(stored(text))


@pytest.mark.parametrize(
    ("text", "chinese", "english"),
    [
        (said("run.stopped", who="小林"), "小林 已停止", "Stopped by 小林"),
        (wording.say("changed", "zh"), "画面已变化", "the screen has changed"),
        (
            reasons.told(Reason("commit_word", {"label": "提交", "word": "提交"}), "zh"),
            "可能无法撤销",
            "may not be undoable",
        ),
        (PhoneLocked("keyguard").told("zh"), "手机已锁屏且需要密码", "keyguard"),
        (ParseError(ParseErrorCode.UNKNOWN_ACTION, "Fly").reason("zh"), "没有动作 Fly", "Fly"),
        (said("run.rehearsed", outcome=label(RehearsalOutcome.STOPPED)), "演练到此结束", "The rehearsal ends here"),
        (listed([label(AttachmentKind.IMAGE), label(AttachmentKind.VIDEO)]), "、", ", "),
    ],
)
def test_one_stored_text_reads_in_both_languages(text: str, chinese: str, english: str) -> None:
    assert chinese in in_chinese(text)
    assert english.casefold() in in_english(text).casefold()


def test_no_words_of_a_language_are_stored() -> None:
    assert stored(said("run.by_hand")) == '{"said":[["run.by_hand",{}]]}'


def test_a_sentence_in_a_sentence_is_said_again_with_it() -> None:
    text = said("wait.retry", words=PhoneLocked("keyguard").told("zh"), tried=2, most=5)
    assert in_english(text).endswith("; trying again (2 of 5)")
    assert "手机" in in_chinese(text)
    assert "手机" not in in_english(text)


def test_texts_of_both_kinds_are_joined_in_their_order() -> None:
    text = joined("\n", [said("run.by_hand"), "", "客户已同意", said("step.not_done")])
    assert in_chinese(text) == "已转人工处理\n客户已同意\n已停止,没有执行"
    assert in_english(text) == "Handled by a person\n客户已同意\nStopped; not done"


@given(st.text(max_size=40))
def test_what_people_and_older_releases_wrote_stays_as_it_stands(text: str) -> None:
    assert stored(text) == text or text.startswith('{"said":')
    assert read(stored(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        '{"said":',
        '{"said":[]}',
        '{"said":[["run.by_hand",{}]]}',
        '{"said":5}',
        '{"said":[[1,2]]}',
        '{"said":[["x",{"a":5}]]}',
    ],
)
def test_nobody_writes_a_sentence_by_writing_what_looks_like_one(text: str) -> None:
    assert read(stored(text)) == text


@pytest.mark.parametrize(
    "column", ['{"said":5}', '{"said":[[1,2]]}', '{"said":[["x",{"a":5}]]}', '{"said":[' + "[" * 5000]
)
def test_a_damaged_column_is_shown_as_it_stands(column: str) -> None:
    assert read(column) == column


words = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
sentences = st.builds(
    lambda code, value: said(code, who=value, what=value, words=value), st.sampled_from(sorted(TEXTS)), words
)


@given(st.lists(words | sentences, max_size=4), words)
def test_storing_and_reading_gives_the_same_text_and_the_same_parts(texts: list[str], between: str) -> None:
    text = joined(between, texts)
    again = read(stored(text))
    assert again == text
    assert parts_of(again) == parts_of(text) or not text


@pytest.mark.parametrize("same", [copy.copy, copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))])
def test_a_copy_keeps_the_sentences(same: Callable[[Any], Any]) -> None:
    text = said("run.stopped", who="lin")
    assert same(text) == text
    assert stored(same(text)) == stored(text)


def test_a_code_of_a_later_release_gives_its_values() -> None:
    assert read(stored(Said("?", Sentence("no.such", {"who": "lin"})))) == "lin"
    assert read(stored(Said("?", Sentence("engine.no_such", {})))) == "engine.no_such"


def test_no_code_that_rows_may_hold_has_gone() -> None:
    """New codes are added to the list with a release; none is ever taken from it."""
    known = {
        *TEXTS,
        *(wording.PREFIX + key for key in wording.codes()),
        *(reasons.PREFIX + key for key in reasons.codes()),
    }
    assert set(RELEASED) - known == set()


@pytest.mark.django_db
def test_a_row_reads_in_the_language_of_its_reader() -> None:
    phone = Phone.objects.create(name="p", serial="s", fault=PhoneLocked("keyguard").told("zh"))
    column = Phone.objects.extra(select={"column": "fault"}).values_list("column", flat=True).get(pk=phone.pk)
    assert json.loads(column)["said"][0][0] == "trouble"
    phone.refresh_from_db()
    assert phone.fault.startswith("手机已锁屏")
    with translation.override("en"):
        phone.refresh_from_db()
        assert phone.fault.startswith("Locked with a credential")
        phone.save()
    phone.refresh_from_db()
    assert phone.fault.startswith("手机已锁屏")
    assert Phone.objects.filter(fault=said_again(phone.fault)).exists()


def test_a_text_in_two_languages_is_stored_in_both() -> None:
    column = stored(listed([in_two("订单号", "Order number"), in_two("退款", "")]))
    assert read(column) == "订单号、退款"
    with translation.override("en"):
        assert read(column) == "Order number, 退款"


def test_a_terminal_gets_both_languages() -> None:
    assert in_both(TEXTS["run.stopped"], who="lin") == "lin 已停止 / Stopped by lin"
    assert in_each(said("fit.none")) == {"zh": "没有与工单内容相符的流程", "en": "No flow fits what the ticket says"}


SECONDS = "调用过于频繁:每分钟最多 %(most)d 次,请在 %(wait)d 秒后再试。"


def test_a_sentence_of_a_catalogue_is_stored_by_its_source_and_its_values() -> None:
    told = gettext_said(SECONDS) % {"most": 60, "wait": 7}
    assert in_english(told) == "Too many calls: 60 a minute at most; try again in 7 s."
    assert in_chinese(told) == "调用过于频繁:每分钟最多 60 次,请在 7 秒后再试。"
    assert in_english(gettext_said("必须填写。")) == "This is required."


@given(st.text(max_size=40), st.text(max_size=40))
def test_values_that_stand_in_their_order_come_back_in_it(first: str, second: str) -> None:
    assert read(stored(gettext_said("%s → %s") % (first, second))) == f"{first} → {second}"
    assert read(stored(gettext_said("%s!") % first)) == f"{first}!"


def test_a_sentence_that_no_catalogue_has_any_more_reads_in_its_source_language() -> None:
    assert in_english(gettext_said("以前的话:%(what)s") % {"what": "x"}) == "以前的话:x"
    assert read('{"said":[["text",{"id":"%(gone)s","other":"x"}]]}') == "%(gone)s x"


def test_a_long_text_is_bounded_without_losing_its_language() -> None:
    told = bounded(gettext_said("以前的话:%s") % ("x" * 5000), 300)
    assert len(in_chinese(told)) < 400
    assert bounded("x" * 5000, 300) == "x" * 300
