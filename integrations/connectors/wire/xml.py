"""XML from outside as values. Pure: bytes in, values out or Refused.

Rule: it is read without entities, document types or the network.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from integrations.connectors.errors import Refused
from tickets.said import gettext_said as _

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def root_of(xml: bytes | str) -> Any:
    """The root element; Refused for what is no XML."""
    encoding = "utf-8" if isinstance(xml, str) else None
    raw = xml.encode("utf-8", "replace") if isinstance(xml, str) else xml
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding=encoding
    )
    try:
        return etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(_("内容不是 XML。")) from error


def value_of(xml: bytes | str) -> dict[str, Any]:
    """`{root: value}`: an element is an object of its children by their names without prefixes, several of one name
    a list, one without children its text. Attributes are named `@name`; those of other namespaces are left out."""
    root = root_of(xml)
    return {etree.QName(root).localname: _value(root)}


def _value(element: Any) -> Any:
    found: dict[str, Any] = {f"@{name}": text for name, text in element.attrib.items() if not name.startswith("{")}
    for child in element:
        if not isinstance(child.tag, str):
            continue  # a comment or what was an entity
        name, value = etree.QName(child).localname, _value(child)
        if name in found:
            kept = found[name]
            found[name] = [*(kept if isinstance(kept, list) else [kept]), value]
        else:
            found[name] = value
    text = "".join(element.itertext(etree.Element, with_tail=False)) if not found else (element.text or "").strip()
    if not found:
        return None if element.get(_NIL) in ("true", "1") else text
    return {**found, "#text": text} if text else found
