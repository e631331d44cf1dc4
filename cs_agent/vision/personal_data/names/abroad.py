"""Names beside their labels, titles, greetings and closings in other languages than Chinese and English.

Rule: as elsewhere, what announces nothing but a name is followed by one; where only a space stands between, it must be
written as names are: with capitals, or in the letters of a script that has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_agent.vision.personal_data.names.latin import LETTER, NO_ENGLISH_NAME, THINGS, UPPER

_PART = rf"[{UPPER}][{LETTER}.'’-]*"
_FULL = rf"{_PART}(?:[ ](?:[a-zà-ÿ]{{1,3}}[ ]){{0,2}}{_PART}){{0,4}}"
_NON_LATIN = r"[\u0590-\u06ff\u0900-\u0eff\u3040-\u30ff\u4e00-\u9fff々가-힣]"
_FOREIGN = (  # one word of Korean; a short surname and a given name of Japanese; up to four words of others
    r"(?:[가-힣]{2,5}|[\u3040-\u30ff\u4e00-\u9fff々]{1,3}[ \u3000・][\u3040-\u30ff\u4e00-\u9fff々]{1,5}"
    r"|[\u3040-\u30ff\u4e00-\u9fff々]{2,8}"
    rf"|{_NON_LATIN}+(?:[ -]{_NON_LATIN}+){{0,3}})"
)
_LABELS = (
    r"(?:お名前|ご?氏名|名前|お客様名|お客样名|宛名|受取人|契約者名?|口座名[義义]|名[義义]人?|フリガナ|ふりがな|カナ氏名|お届け先(?:氏)?名|성명|이름|성함|수취인|수령인|예금주|환자명|고객명"
    r"|(?:받는|보내는)\s?(?:사람|분)|ชื่อ(?:-?\s?(?:นาม)?สกุล)?|ผู้รับ|الاسم(?: الكامل)?|اسم(?: العميل| المستلم)?|المستلم"
    r"|שם(?: מלא)?|नाम"
    r"|\b(?:ФИО|Ф\.И\.О\.|имя|фамилия|отчество|получатель|заказчик|отправитель|пациент|ПІБ"
    r"|nombres?(?: (?:completo|y apellidos))?|apellidos?(?: y nombres?)?|destinatari[oa]|titular|beneficiari[oa]"
    r"|paciente"
    r"|noms?(?: complet| de famille)?|prénoms?|destinataire|titulaire|bénéficiaire|vorname|nachname|familienname"
    r"|empfänger(?:in)?"
    r"|(?:konto)?inhaber(?:in)?|versicherter?|ansprechpartner(?:in)?|nome(?: completo| e cognome)?|cognome"
    r"|intestatario|nominativo|paziente"
    r"|naam|t\.n\.v\.|voornaam|achternaam|ontvanger|rekeninghouder|navn|nafn|namn|förnamn|efternamn|mottagare|modtager|nimi|sukunimi|etunimi|jméno|příjmení|príjmení"
    r"|meno|név|nume|prenume|ime(?: i prezime)?|prezime|ónoma|vardas|uzvārds|vārds"
    r"|họ(?: và)? tên|(?:người|tên người) nhận|khách hàng|nama(?: lengkap| penerima)?|penerima|imię(?: i nazwisko)?"
    r"|nazwisko|odbiorca|ad(?:ı)?(?: ve)? soyad(?:ı)?|alıcı))"
)
_LABELLED = re.compile(
    rf"{_LABELS}\s?(?:[:=\t]\s*(?P<value>[^\s\d,;:|<>()/]+(?:[ '’・\u3000-][^\s\d,;:|<>()/]+){{0,4}}?"
    rf"(?:, ?(?-i:{_FULL}))?)"
    rf"(?=\s*(?:[,;|\n\t(。/、.]|\Z)|[ \u3000]+[^\s\d,;:|]+\s?[:\t]|[ \u3000]+[^\s\d,;:|]+\s?[+(]?\d"
    rf"|[ \u3000]{{1,3}}[様样])"
    rf"|[ \u3000]{{1,4}}(?P<spaced>(?-i:{_FULL})|{_FOREIGN}))(?=[\s,;.(、。]|\Z)",
    re.IGNORECASE,
)
_TITLED = re.compile(
    rf"(?<![{LETTER}])(?:Herrn?|Frau|Sr\.|Sra\.|Srta\.|Señora?|Señorita|Doña|Monsieur|Madame|Mme\.?|Mlle\.?|Signora?|Sig\.(?:ra)?|Senhora?|Pani?|Panie|Bay|Bayan|Sayın"
    rf"|[Гг]-н|[Гг]-жа|[Гг]осподин|[Гг]оспожа|Dhr\.|Mevr\.|Meneer|Mevrouw|Ông|Bà|Bapak|Ibu)\s(?P<value>{_FULL})"
    rf"|(?P<called>[\u3040-\u30ff\u4e00-\u9fff々]{{1,5}}(?:[ \u3000][\u3040-\u30ff\u4e00-\u9fff々]{{1,5}})?)"
    rf"[ \u3000]?(?:様(?!子|式|々)|さん(?![ぁ-ん])|殿(?=[\s、,。]|\Z))"
    rf"|(?P<korean>[가-힣]{{2,4}})\s?(?:님|씨)(?=[\s,.!?]|께|은|이|의|에|\Z)"
)
_NOT_CALLED = re.compile(
    r"(?:お客|皆|奥|ご?家族|お嬢|王|仏|神|各位|どちら|何|同|多|仕|担当者?|店員|業者|お母|お父|お子|お医者|お?隣)\Z|고객|손님|회원|사장|기사|선생|여러분|담당자|상담"
)
_GREETED = re.compile(
    rf"(?:Здравствуйте|Добр(?:ый|ое) (?:день|утро|вечер)|Уважаем(?:ый|ая)|Привет|Hola|Estimad[oa]|Querid[oa]"
    rf"|Bonjour|Bonsoir|Cher|Chère|Salut|Hallo|Guten (?:Tag|Morgen|Abend)|Liebe[r]?"
    rf"|Sehr geehrte[r]?|Moin|Olá|Car[oa]|Prezad[oa]|Bom dia|Boa tarde|Ciao|Buongiorno|Gentile|Beste|Geachte|Hej"
    rf"|Kære|Bästa|Cześć|Dzień dobry|Szanown[ya]|Merhaba|Değerli|Xin chào|Chào(?: anh| chị)?|Halo|Selamat (?:pagi"
    rf"|siang|sore))"
    rf",? (?!(?:Herrn?|Frau|Sr\.|Sra\.|Monsieur|Madame|Pan|Pani|Bay)\b)(?P<value>{_FULL})(?=[\s,.!:;]|\Z)"
)
_CLOSED = re.compile(  # Saludos,⏎Rosario Quispe
    rf"^[ \t]*(?:(?!Dear|Hi\b|Hello)[{UPPER}][{LETTER} '’-]{{2,39}},|(?:Mit |Viele |Liebe |Beste |Herzliche "
    rf"|Freundliche )[a-zäöüß ]*Grüßen?|(?:Met|Vriendelijke) [a-z ]{{0,20}}groet(?:en)?"
    rf"|Saludos(?: cordiales)?|Atentamente|Cordialement|Bien à vous|Cordiali saluti|Distinti saluti|Atenciosamente"
    rf"|Abraços|С уважением|Pozdrawiam|Z poważaniem|Saygılarımla|Med venlig hilsen|Vänliga hälsningar|Hilsen"
    rf"|Trân trọng|Hormat saya|Salam)"
    rf"[ \t]*,?[ \t]*\n\s*(?P<value>{_FULL})[ \t]*(?=\s*\Z|\n[ \t]*\n|\n[^\n]{{1,60}}(?:\n[^\n]{{1,60}}){{0,3}}\Z)"
    rf"|(?:よろしくお?願[^\n]{{0,14}}|敬具|草々"
    rf"|以上)[。]?[ \t]*\n\s*"
    rf"(?P<signed>[\u3040-\u30ff\u4e00-\u9fff々]{{1,6}}(?:[ \u3000][\u3040-\u30ff\u4e00-\u9fff々]{{1,6}})?)"
    rf"[ \t]*(?=\n|\Z)"
    rf"|^[ \t]*(?P<given>[가-힣]{{2,4}})\s?(?:드림|올림|배상)[ \t]*$",
    re.MULTILINE,
)


def in_other_languages(text: str) -> Iterator[tuple[int, int]]:
    """Of a text that was made plain."""
    for pattern in (_LABELLED, _TITLED, _GREETED, _CLOSED):
        for match in pattern.finditer(text):
            group = match.lastgroup or "value"
            value = match.group(group)
            if pattern is not _LABELLED and (NO_ENGLISH_NAME.search(value) or THINGS.search(value)):
                continue
            if pattern is _TITLED and _NOT_CALLED.search(value):
                continue
            yield match.span(group)
