"""Notes that a connector writes on a ticket: kept in the words of the process that wrote them, shown in the reader's.

Rule: only a note that begins or reads exactly so is shown in other words; a person's own stay as they are.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext, gettext_noop

CUSTOMER = gettext_noop("客户")
INTERNAL = gettext_noop("同事(内部)")
COLLEAGUE = gettext_noop("同事")
MERGED = gettext_noop("在 %(where)s 已合并到 %(into)s。")
HIDDEN = gettext_noop("在 %(where)s 已看不到:被移到别处,或我们的账号没有权限。")
DELETED = gettext_noop("在 %(where)s 已被删除。")
MOVED = gettext_noop("在 %(where)s 已移出接入范围(队列:%(queue)s)。")
NOT_TAKEN = gettext_noop("附件“%(name)s”没有取来:%(why)s")
_PLACE = re.compile(r"%\\\((\w+)\\\)s|%\((\w+)\)s")
_HEAD = re.compile(f"【({'|'.join(map(re.escape, (CUSTOMER, INTERNAL, COLLEAGUE)))})(?=[ 】])")


def in_readers_words(note: str) -> str:
    head = _HEAD.match(note)
    if head is not None:
        return f"【{gettext(head[1])}{note[head.end() :]}"
    for sentence, pattern in _SENTENCES:
        found = pattern.fullmatch(note)
        if found is not None:
            return gettext(sentence) % found.groupdict()
    return note


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(_PLACE.sub(lambda place: f"(?P<{place[1] or place[2]}>.+?)", re.escape(sentence)), re.DOTALL)


_SENTENCES = [(each, _pattern(each)) for each in (MERGED, HIDDEN, DELETED, MOVED, NOT_TAKEN)]
