"""Identity, tax and insurance numbers of other countries, by the form that each country writes them in.

Rule: a form with letters or signs of its own is looked for anywhere and must satisfy the check that its number carries
(`python-stdnum`, loaded when the first one turns up); a plain row of digits counts beside its name only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module

from cs_agent.vision.personal_data import labels
from cs_agent.vision.personal_data.kinds import DataKind, Span

_DATE = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"  # month and day
# The form, and the module of python-stdnum that checks it ("" where the form alone is enough).
_FORMS = tuple(
    (re.compile(rf"(?<![\w.+-]){form}(?![\w-]|\.\d)"), module)
    for form, module in (
        (r"\d{8}-?[A-HJ-NP-TV-Z]", "es.dni"),
        (r"[XYZ]-?\d{7}-?[A-Z]", "es.nie"),
        (r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]", "it.codicefiscale"),
        (r"[A-Z]{3}P[A-Z]\d{4}[A-Z]", "in_.pan"),
        (r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", "fi.hetu"),
        (r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d", "mx.curp"),
        (r"\d{7}[A-W][A-IW]?", "ie.pps"),
        (r"756\.\d{4}\.\d{4}\.\d\d", "ch.ssn"),
        (rf"\d\d{_DATE}-[1-8]\d{{6}}", ""),  # South Korea
        (r"\d{1,2}\.\d{3}\.\d{3}-[\dkK]", "cl.rut"),
        (r"\d{6}/\d{3,4}", "cz.rc"),
        (r"\d{6}-\d{2}-\d{4}", "my.nric"),
        (r"(?:\d\d)?\d{6}[-+]\d{4}", "se.personnummer"),
        (r"\d{3}-\d{3}-\d{3} \d\d", ""),  # Russia
        (r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d", "be.nn"),
        (r"[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?\d[\dAB] ?\d{3} ?\d{3} ?\d\d", "fr.nir"),
        (r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] \d\d \d\d \d\d [A-D]", ""),  # Britain
        (r"[2-9]\d{3} \d{4} \d{4}", "in_.aadhaar"),
    )
)
_LABEL = re.compile(
    r"(?:주민(?:등록)?\s?번호|외국인등록번호|個人番号|个人番号|マイナンバー|健康保険証?番号|保険証(?:の)?番号|運転免許証?番号"
    r"|(?<!\w)(?:ИНН|СНИЛС|[Пп]аспорт(?:\sРФ|ные данные)?|[Пп]олис(?: ОМС)?"
    r"|PPSN?|NIR|INSEE|RUT|RUN|RG|CUI[TL]|RFC|CURP|NIT|C[ée]dula|NINO|AHV|AVS|OASI|CPR|OIB|EM[ŠS]O|EGN|CNP|AMKA|[Kk]ennitala|NRIC|NRN|NISS"
    r"|T\.?C\.?(?:\sKimlik)?|Kimlik|SUS|CNS|ІПН|РНОКПП|CCCD|CMND|KTP|NIK|NPWP|MyKad|PhilHealth|SSS|TIN|Medicare|NHS"
    r"|Emirates ID|Iqama|BVN|NIN"
    r"|[Vv]oter ID|[Cc]itizenship|Ghana Card|SVNR|SV-Nummer|BSN|DNI|NIE|NIF|CPF|TFN|SIN|ITIN|PAN|Aadhaar|PESEL"
    r"|(?i:steuer-?id(?:entifikationsnummer)?|steuernummer|(?:sozial|renten|kranken)versicherungs(?:nummer|nr\.?)|personalausweis(?:nummer)?"
    r"|ausweis(?:nummer|-?nr\.?)|f[øo]dselsnummer|henkil[öo]tunnus|personnummer|personal\s?code|codice fiscale"
    r"|n[°ºo.]*\s?(?:de\s)?s[ée]curit[ée] sociale"
    r"|num[ée]ro fiscal|carte vitale|seguridad social|carta d'identit[àa]|bilhete de identidade|cart[ãa]o de cidad[ãa]o"
    r"|social (?:security|insurance)|national (?:id|insurance)|tax(?:payer)?\s(?:id|number|identification)"
    r"|health\s(?:card|insurance)|insurance\s(?:id|no|number)|medical record|mrn|patient id"
    r"|member(?:ship)? id|employee (?:id|no\.?|number)|staff (?:id|no\.?|number)|student (?:id|no\.?|number)))(?!\w)"
    r"|工号|员工编[号码]|教工号|警号)"
    r"(?:[ \t](?i:card|no|nr|number|num|code|id|numarası|numero|n[°º]|nummer)(?!\w)\.?){0,2}(?:\s(?:del?|da|do|du"
    r"|des|der|of|для|the)\s\w{2,16}){0,2}"
    r"\s{0,2}(?:[:=#]|是|为|\bis\b|№|\s)\s{0,2}"
    r"(?P<value>(?=[^\n]{0,24}\d)(?:(?=[A-Z]{0,6}[-./ ]?\d)"
    r"|(?=\d))[A-Z0-9]{1,24}(?:[ .\-/](?:[A-Z0-9]*\d[A-Z0-9]*|[A-Z](?=[ .\-/]\d))){0,6}(?:[ -][A-Z]\b)?)(?![A-Za-z0-9])"
)
_FEWEST = 5  # letters and digits of such a number


def national_numbers(text: str) -> Iterator[Span]:
    for match in _LABEL.finditer(text):
        value = match.group("value")
        if sum(map(str.isalnum, value)) >= _FEWEST:
            yield Span(DataKind.ID_CARD, *match.span("value"), value)
    for form, module in _FORMS:
        for match in form.finditer(text):
            before = text[max(0, match.start() - labels.CONTEXT) : match.start()]
            if not labels.names_an_order(before) and (not module or _is_valid(module, match.group())):
                yield Span(DataKind.ID_CARD, *match.span(), match.group())


@lru_cache(maxsize=256)
def _is_valid(module: str, number: str) -> bool:
    return bool(import_module(f"stdnum.{module}").is_valid(number))
