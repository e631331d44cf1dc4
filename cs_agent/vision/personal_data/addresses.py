"""Postal addresses: Chinese ones by their chain of places, English ones by number and street, any beside its label.

Rule: an address reaches as far as its chain goes; a telephone number or name found inside keeps its own kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cs_agent.vision.personal_data.kinds import DataKind, Span

_HAN = r"[\u4e00-\u9fff]"
_LABEL = re.compile(
    r"(?<!IP)(?<!ip)(?<!邮箱)(?<!邮件)(?<!链接)(?<!网络)(?<!MAC)(?<!网站)(?<!钱包)(?<!下载)(?<!邮)"
    r"(?:(?:收货|收件|寄件|发件|取件|家庭|联系|配送|详细|居住|户籍|通讯|邮寄|退货|公司|单位|上门|安装|服务|新"
    r"|旧|原|现|送货|派送|注册|经营){0,4}"
    r"(?:地址|住址|住所|地点|住处)|所在地区?|户籍地|家住|住在|门牌号?"
    r"|(?<![A-Za-z])(?:(?:shipping|delivery|billing|home|postal|street|mailing|new|old"
    r"|residential)\s)?(?<!mail )(?<!IP )(?<!web )address"
    r"|ship(?:ped)?\sto|deliver(?:ed)?\sto|lives?\sat)"
    r"(?:信息)?\s{0,20}(?:[:=]|是(?!否)|为|改[为成到]|换[为成到]|更正为|\bis\b|\t|\n|[ \u3000]"
    r"|(?=[\u4e00-\u9fff]{2,}[省市区县]))[ \t\n\u3000]*",
    re.IGNORECASE,
)
_IN_PROSE = re.compile(  # a sentence about addresses
    r"[^:=]{0,24}address\s+(?:is\s+(?![A-Z0-9])|(?!is\b)(?![\sA-Z0-9]))|.{0,24}address\s(?:is\s)?(?:not|the"
    r"|must|of|an?)\b|.{0,24}\s[((`]",
    re.DOTALL,
)
_VALUE = re.compile(r"[^\n\t。;;!?!?|]{4,90}")
_ADDRESS_CHARS = re.compile(
    r"[省市区县镇乡村旗盟州路街巷弄道号栋幢楼室座层苑园寓厦湾府庭庄里坊]|单元|小区|花园|大厦|广场|公寓|学院"
    r"|大学|医院|[A-Za-z].*\d|\d.*[A-Za-z]"
)
_ABROAD = re.compile(
    r"(?:ご?住所|お届け先|配送先|주소|배송지|العنوان|عنوان(?: \w+)?|ที่อยู่|כתובת|पता|\b(?:адрес(?:а| доставки)?"
    r"|dirección(?: de \w+)?|domicilio|\w{0,16}adress[ea]?"
    r"|\w{0,16}anschrift|endereço(?: de \w+)?|indirizzo(?: di \w+)?|adres\w{0,3}(?: \w+)?|cím|osoite|alamat"
    r"|địa chỉ))\s?[:\t]\s*"
    r"(?P<value>(?=[^\n;|]{0,80}\d)[^\n;|]{6,90})",
    re.IGNORECASE,
)
_NEXT_LABEL = re.compile(
    r"[ ,,、;]+(?:IP|时间|日期|金额|数量|状态|单号|设备)(?![\u4e00-\u9fff])"
    r"|[ ,,、]*(?:(?:收货|收件|联[系络])?(?:人|电话|手机|姓名|方式)|电话|手机|邮编|备注"
    r"|订单|身份证|邮箱"
    r"|微信)(?:号码?)?[::\s]|[ ,,]*(?:tel|phone|mobile)\b|,\s?(?:for\s(?=[A-Z])|(?:order|please|thanks?|thx|the|my)\b)",
    re.IGNORECASE,
)
_REGION = rf"(?:{_HAN}{{2,7}}?(?:省|自治区|特别行政区)|内蒙古|广西|西藏|宁夏|新疆|北京|上海|天津|重庆|香港|澳门)"
_CITY = rf"{_HAN}{{2,7}}?(?:市|自治州|地区|盟)"
_DISTRICT = rf"{_HAN}{{1,7}}?(?:区|县|旗|市|镇|乡|街道|开发区|新区)"
_STREET = (
    rf"{_HAN}{{1,10}}?(?:路|街|大道|大街|巷|弄|胡同|道|村|屯|里|公路|环路|小区|花园|苑|新村|社区|公寓"
    rf"|大厦|广场|家园|园|园区|别墅|城|[路街道巷][东西南北中]段)(?![路街巷弄])"
)
_NUMBER = (
    r"(?:[东南西北中上下甲乙丙丁]?(?:[0-9A-Za-z]{1,5}(?:[-—][0-9A-Za-z]{1,4})*"
    r"|[一二三四五六七八九十百]{1,4}|[甲乙丙丁])[ ]?"
    r"(?:号院|号楼|号[甲乙丙丁]?|弄|栋|幢|座|塔|楼|层|单元|室|户|组|队|房|门|铺|柜|区|期|支弄))"
)
_TAIL = (
    rf"(?:[ ,,]?{_NUMBER}|(?<=[号弄院楼]){_HAN}{{2,8}}?[ ]?(?:{_NUMBER}|[A-Za-z]?{_HAN}?\d{{3,4}}(?!\d))"
    rf"|[东南西北中一二三四五六七八九十]段(?=[ ]?{_NUMBER})|(?<=[号弄]){_HAN}{{2,10}}?(?:大厦|广场|大楼|中心|商厦"
    rf"|公寓|小区|花园|酒店|写字楼|产业园|科技园|商城|宾馆|学校|医院|宿舍楼?|厂房|厂区|工业园|仓库)"
    rf"|[ ,,]?{_STREET}(?=[ ,,]?{_NUMBER})"
    rf"|[ -]?[0-9]{{1,4}}(?:-[0-9]{{1,4}}){{1,3}}(?!\d)|[ ]?\d{{3,4}}(?:室|房|号)?(?![0-9.:元/年月-])){{1,7}}"
)
_CHAIN = re.compile(
    rf"(?:{_REGION}[ ,,]?(?:{_CITY})?[ ,,]?"
    rf"|{_CITY}[ ,,]?)(?:{_DISTRICT}[ ,,]?){{0,3}}(?:{_STREET}){{0,3}}(?:{_TAIL}"
    rf"|(?<=[路街道巷村区镇乡弄城厦苑园寓场]))"
    rf"|(?:{_DISTRICT}[ ,,]?){{1,3}}{_STREET}(?:{_STREET}){{0,2}}(?:{_TAIL})?"
    rf"|{_STREET}(?:{_STREET}){{0,2}}[ ]?{_TAIL}"
    rf"|{_HAN}{{0,8}}{_NUMBER}[ ]?{_NUMBER}(?:{_TAIL})?|{_HAN}{{2,8}}[0-9A-Z]{{1,3}}[栋幢座][ ]?\d{{3,4}}(?!\d)"
)
_BUILDING = re.compile(r"[路街道巷弄胡村屯号栋幢楼室座层苑园寓厦]|小区|单元|花园|社区|新区|街道")
_CLOSING = " ,,、.)"
_SPLIT = re.compile(r"[,。;!?、\n\t|]|[,;!?](?!\s?[A-Za-z0-9])")
_EUROPEAN = re.compile(
    r"(?:(?<!\w)(?:Via|Viale|Piazza|Calle|Avda\.?|Avenida|Plaza|Paseo|Rua|Largo|Praça)"
    r"\s(?:[\w'’.-]{1,24}\s){1,4}?\d{1,4}[a-z]?\b"
    r"|(?<!\d)\d{1,4}(?:\s?(?:bis|ter))?,?\s(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Qq]uai|[Cc]hemin|[Ii]mpasse|[Aa]llée)"
    r"\s[\w'’ -]{3,40}?(?=,|\n|\s\d{5}|$)"
    r"|(?<![\w.-])[A-ZÄÖÜ][\wäöüß-]{0,24}?(?:straße|strasse|str\.|weg|platz|gasse|allee|damm|ufer|laan|straat|gracht|kade|plein|gade|vägen"
    r"|gatan)\s\d{1,4}\s?[a-z]?\b)"
    r"(?:,\s?\d{1,2}\s?[ºª°o]\.?(?:\s?[A-Za-z0-9]{1,4})?|,\s(?:[Pp]iso|[Dd]pto\.?|[Aa]pto\.?|bloco|int\.?)\s?\w{1,6})?"
    r"(?:,\s[A-ZÀ-Þ][\w -]{1,24}?(?:\s-\s[A-Z]{2})?(?=,?\s\d{4,5}))?"
    r"(?:,?\s(?:[A-Z]{1,2}-)?\d{4,5}(?:-\d{3})?(?: ?[A-Z]{2}\b)?(?: [A-ZÀ-Þ][\w-]{1,24})?)?"
)
_CITY_ABROAD = r"[A-ZÀ-Þ][\w'’.-]{1,24}(?:[ -][A-ZÀ-Þ][\w'’.-]{1,20}){0,2}"
_STREET_NUMBER_POSTCODE = re.compile(  # ul. Marszałkowska 10/5, 00-590 Warszawa
    r"(?<![\w.-])(?:[a-z]{2,4}\.\s)?[A-ZÀ-ÞĀ-Ž][\w'’.-]*(?:\s[\w'’.-]{1,24}){0,5}?\s(?:n[º°o]\.?\s)?\d{1,5}\s?[a-zA-Z]?(?:[/-]\d{1,4}[a-z]?)?"
    r"(?:,\s?[^,\n]{1,16})?,?\s(?:[A-Z]{1,3}-)?(?:\d{4,5}(?: ?[A-Z]{2})?|\d{2}-\d{3}|\d{3} \d{2})[ ]" + _CITY_ABROAD
)
_NUMBER_STREET_POSTCODE = re.compile(  # 27/5 Sukhumvit Soi 11, Bangkok 10110
    r"(?<![\w.,–—-])\d{1,5}(?:/\d{1,4})?[A-Za-z]?(?:\s[A-Z][\w'’.-]*){1,5}(?:\s\d{1,3})?(?:,\s(?:"
    + _CITY_ABROAD
    + r"|#?\d[\w-]*)){0,3},\s"
    r"(?:"
    + _CITY_ABROAD
    + r"\s(?:[A-Z]{2,3}\s)?(?:\d{4,6}(?!\d)|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)"
    r"|(?:Hong Kong|Singapore|Dubai|Macau|Kowloon)\b)"
)
_NUMBER_FIRST = re.compile(  # 10 Jalan Ampang, 50450 Kuala Lumpur
    r"(?<![\w.,–—-])\d{1,5}[A-Za-z]?(?: [A-Z][\w'’.-]*){1,4}, \d{5,6} " + _CITY_ABROAD
)
_FLAT_FIRST = re.compile(  # B-204, Shanti Apartments, MG Road, Bengaluru 560001
    r"(?<![\w-])(?:No\.?\s?)?[A-Z]?-?\d{1,4}[A-Z]?,\s(?:[A-Z0-9][\w'’. -]{1,30},\s){1,5}"
    r"(?:\d{5,6}\s[A-Z][\w ]{1,24}|[A-Z][\w ]{1,24}[ -]\d{5,6})(?!\d)"
)
_RUSSIAN = re.compile(  # ул. Тверская, д. 7, кв. 15, Москва, 125009
    r"(?<!\w)(?:(?:г\.|город)\s?[А-ЯЁ][\w-]+,\s)?(?:ул\.|улица|пр-?т\.?|пр\.|проспект|пер\.|переулок|б-р|бульвар|ш\.|шоссе"
    r"|наб\.|вул\.|вулиця|просп\.)\s?[\w. -]{2,40},\s?(?:д\.?|дом|буд\.)?\s?\d+[\w/-]*"
    r"(?:,?\s?(?:корп|к|стр|кв|оф|под|эт|квартира|офис)\.?\s?\d+\w?)*(?:,\s(?:г\.\s?)?[А-ЯЁ][\w -]{2,30})?(?:,\s\d{6})?"
)
_GOING_THERE = re.compile(
    r"(?:您的|[已请现您]|快[件递]|包裹|货物)*(?:[送寄发运]?[到至达]|家?住在?|位于|前往|去)(?=[\u4e00-\u9fff]{2})"
)
_BOX = re.compile(
    r"\b(?:P\.?\s?O\.?\s?Box|Postfach|Apartado(?: de Correos)?|BP|Casilla)\s\d{1,7}(?:,\s?(?:\d{4,6}\s)?"
    + _CITY_ABROAD
    + r"(?:\s\d{4,6})?)?"
)
_JAPANESE = re.compile(
    r"(?:〒\s?\d{3}-?\d{4}\s*)?(?:[\u4e00-\u9fff]{2,3}[都道府県县])?[\u4e00-\u9fffぁ-んァ-ヶー]{1,8}[市区町村郡]"
    r"[\u4e00-\u9fffぁ-んァ-ヶー]{1,12}\d{1,4}(?:-\d{1,4}){1,3}(?:\s?\S{1,16}?\d{1,4}[号室])?"
    r"|〒\s?\d{3}-?\d{4}[^\n,、。]{0,60}"
    r"|(?:[\u4e00-\u9fff]{2,3}[都道府県县])?[\u4e00-\u9fffぁ-んァ-ヶー]{1,8}[市区町村郡][\u4e00-\u9fffぁ-んァ-ヶー]{0,12}"
    r"\d{1,3}丁目(?:\d{1,4}番(?:地)?(?:\d{1,4}号?)?|\d{1,4}(?:-\d{1,4}){0,2})?"
)
_KOREAN = re.compile(
    r"[가-힣]{1,6}(?:특별시|광역시|특별자치시|특별자치도|[시도])\s(?:[가-힣]{1,6}[시구군]\s?){1,2}(?:[가-힣]{1,6}[읍면동]\s)?"
    r"[가-힣0-9]{1,12}(?:로|길|동|리|가)(?:\s?\d[\d-]*)?(?:,?\s?[0-9가-힣]{1,12}(?:호|층|동|아파트|빌딩|타워))*"
)
_ENGLISH = re.compile(
    r"(?<![A-Za-z0-9.])(?:(?:Flat|Apt\.?|Apartment|Unit|Suite|Room|Rm\.?|Floor|\d{1,3}/F,?|Block"
    r"|P\.?O\.? Box)\s?[A-Z0-9-]+,?\s+)?"
    r"(?:[A-Z][\w'’]{1,20}(?:\s[A-Z][\w'’]{1,20})?\s(?:House|Court|Building|Tower|Mansions?|Apartments|Villas?|Lodge|Hall),\s+)?"
    r"(?:No\.?\s?)?\d{1,6}[A-Za-z]?(?:-\d{1,5})?,?\s+(?:[NSEW]\.?\s+)?(?:[A-Z0-9][\w.'’-]*\s+){1,4}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct|Place|Pl|Parkway|Pkwy"
    r"|Square|Sq|Terrace|Crescent|Close|Highway|Hwy"
    r"|Circle|Alley|Row|Walk|Quay|Gardens?|Grove|Hill|Mews)\b\.?(?: (?:North|South|East|West)\b)?"
    r"(?:,?\s+(?:Flat|Apt\.?|Apartment|Unit|Suite|Room|#)\s?[A-Z0-9-]+)?"
    r"(?:,\s*[A-Z][\w.'’ -]{1,30}){0,4}(?:,?\s+[A-Z]{2}\s+\d{5}(?:-\d{4})?"
    r"|,?\s+[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|,?\s+\d{5,6})?"
)


def addresses(text: str) -> Iterator[Span]:
    for start, end in (*_labelled(text), *_chains(text), *_english(text)):
        yield Span(DataKind.ADDRESS, start, end, text[start:end])


def _labelled(text: str) -> Iterator[tuple[int, int]]:
    for label in _LABEL.finditer(text):
        value = _VALUE.match(text, label.end())
        if value is None:
            continue
        other = _NEXT_LABEL.search(value.group(), 1)
        kept = (value.group()[: other.start()] if other else value.group()).rstrip(_CLOSING)
        kept = _of_the_address(kept)
        if _IN_PROSE.match(label.group() + kept):
            continue
        if len(kept) >= 4 and _ADDRESS_CHARS.search(kept):
            yield value.start(), value.start() + len(kept)


def _of_the_address(value: str) -> str:
    """Without what goes on behind a comma and is none: `…65号,今天在家`.

    Kept whole where it is not in Han characters."""
    parts = re.split(r"([,,])", value)
    if not re.match(_HAN, value):
        return value
    kept = parts[0]
    for comma, part in zip(parts[1::2], parts[2::2], strict=True):
        if not _ADDRESS_CHARS.search(part) and not re.match(r"\s?[A-Za-z#]{0,2}\d", part):
            break
        kept += comma + part
    return kept


def _chains(text: str) -> Iterator[tuple[int, int]]:
    """Clause by clause, which keeps the search short; a chain needs more than a city's name."""
    start = 0
    for cut in (*_SPLIT.finditer(text), None):
        end = cut.start() if cut else len(text)
        for match in _CHAIN.finditer(text, start, min(end, start + _LONGEST_CLAUSE)):
            value = match.group()
            if (
                len(value) >= 5
                and _BUILDING.search(value)
                and (any(char.isdigit() for char in value) or len(value) >= 8)
            ):
                going = _GOING_THERE.match(value)
                yield match.start() + (going.end() if going else 0), match.end()
        start = cut.end() if cut else end


_LONGEST_CLAUSE = 200  # characters; no address is longer, and a chain is looked for from each of them


def goes_on(text: str) -> bool:
    """Whether a line below an address may be more of it: it has an address's characters and no label of its own."""
    plain = text.strip()
    return (
        bool(plain)
        and len(plain) <= 60
        and ":" not in plain
        and "：" not in plain
        and bool(_ADDRESS_CHARS.search(plain))
    )


def _english(text: str) -> Iterator[tuple[int, int]]:
    for match in _ENGLISH.finditer(text):
        yield match.span()
    for match in _EUROPEAN.finditer(text):
        yield match.span()
    for pattern in (
        _STREET_NUMBER_POSTCODE,
        _NUMBER_STREET_POSTCODE,
        _NUMBER_FIRST,
        _FLAT_FIRST,
        _BOX,
        _RUSSIAN,
        _JAPANESE,
        _KOREAN,
    ):
        for match in pattern.finditer(text):
            yield match.span()
    for match in _ABROAD.finditer(text):
        yield match.span("value")
