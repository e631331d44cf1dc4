"""Notes of connectors in the reader's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from tickets.said import carried

NOTES = {
    "【客户 王芳 11:00】\n【客户 x】在 x 已被删除。": "【Customer 王芳 11:00】\n【客户 x】在 x 已被删除。",
    "【同事(内部)】\n看一下": "【Colleague (internal)】\n看一下",
    "【同事 李四】\n好": "【Colleague 李四】\n好",
    "在 售后 Zammad 已被删除。": "Deleted in 售后 Zammad.",
    "在 Zammad 已合并到 31008。": "Merged into 31008 in Zammad.",
    "在 100% 已移出接入范围(队列:-)。": "Moved out of what comes in from 100% (queue: -).",
    "附件“a.eml”没有取来:不支持": "Attachment “a.eml” was not taken: 不支持",
    "【客户来电】要求退款": "【客户来电】要求退款",
    "客户说在 Zammad 已被删除。": "客户说在 Zammad 已被删除。",
    "": "",
}


@pytest.mark.parametrize(("note", "read"), NOTES.items())
def test_a_connectors_note_is_shown_in_the_readers_words_and_nobody_elses(note: str, read: str) -> None:
    with translation.override("en"):
        assert carried.in_readers_words(note) == read
    with translation.override("zh-hans"):
        assert carried.in_readers_words(note) == note
