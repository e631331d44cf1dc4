"""Names beside labels that no list holds: what stands alone behind a label and has the shape of a person's name.

Rule: the label is a field's at the beginning of a line or behind another field; the value is the whole field and
no word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_agent.vision.personal_data.names.han import HAN, WORDS_TOO, stands_alone, surname_of
from cs_agent.vision.personal_data.names.latin import LETTER, UPPER, names_a_person
from cs_agent.vision.personal_data.names.sentences import is_no_word

_HAN_FIELD = re.compile(
    rf"(?:^|[\s;；|/,，])(?P<label>{HAN}{{2,6}}):\s?(?P<value>{HAN}{{3,4}})(?=[\s,，;；|(（]|$)", re.MULTILINE
)
_OF_THINGS = re.compile(
    r"色|牌|市|地|味|号|质|态|型|因|区|省|国|注|式|门|品|铺|店|称|题|类|格|版|色|作|骤|码|言|币|校|司|行|室|盘|点|名|"
    r"果|度|级|源|道|间|期|容|述|明|求|法|物|目|能|数|量|价|额|况|路|站|景|位|家|图|季|料|单"
)
_LATIN_FIELD = re.compile(
    rf"(?:^|[\n;|])[ \t]*(?P<label>[A-Za-z][A-Za-z ]{{2,28}}?)(?:[ \t]*:[ \t]*|[ \t]+[—–-][ \t]+)"
    rf"(?P<value>[{UPPER}][{LETTER}.'’-]+(?: [{UPPER}][{LETTER}.'’-]*){{1,3}})(?=[ \t]*(?:$|[\n,;|(]))"
)
_NAMES_A_THING = re.compile(
    r"\b(?:product|file|host|domain|brand|store|shop|company|app|model|event|class|item|team|course|city|country|state|"
    r"street|bank|school|hotel|status|reason|title|subject|department|category|colou?r|song|movie|book|game|role|"
    r"project|venue|place|location|region|language|template|plan|service|restaurant|warehouse|wallpaper|dish|lens|flavou?r|theme|ringtone|finish|fabric|menu|drink|series|"
    r"style|mode|stage|step|material|size|edition|recipe|ingredient|artist|album|character)\b",
    re.IGNORECASE,
)


_TICKETED = re.compile(r"(?<![A-Z/])[A-Z]{2,20}/[A-Z]{2,20}(?= (?:MR|MS|MRS|MISS|MSTR)\b)")  # KOWALSKI/ANNA MS


def by_shape(text: str) -> Iterator[tuple[int, int]]:
    for match in _HAN_FIELD.finditer(text):
        value, label = match.group("value"), match.group("label")
        surname = surname_of(value)
        if (
            len(value) == surname + 2
            and stands_alone(value)
            and value[0] not in WORDS_TOO
            and not _OF_THINGS.search(label[-1])
            and is_no_word(value)
        ):
            yield match.span("value")
    yield from (match.span() for match in _TICKETED.finditer(text))
    for match in _LATIN_FIELD.finditer(text):
        label = match.group("label")
        if _NAMES_A_THING.search(label):
            continue
        if re.search(r"\bname$", label, re.IGNORECASE) or names_a_person(match.group("value")):
            yield match.span("value")
