"""The trees that frameworks give of a drawn screen, as `uiautomator dump` writes them."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from tests.engine.gate.ordinary.canvas import HIGH, WIDE, Bounds, Part
from tests.engine.gate.ordinary.phone import Phone

_WIDGETS = {
    "text": "android.widget.TextView",
    "button": "android.widget.Button",
    "icon": "android.widget.ImageView",
    "edit": "android.widget.EditText",
    "switch": "android.widget.Switch",
    "check": "android.widget.CheckBox",
    "radio": "android.widget.RadioButton",
    "slide": "android.widget.RelativeLayout",
    "tab": "android.widget.LinearLayout",
    "chip": "android.widget.TextView",
    "day": "android.widget.TextView",
}
_OWN_TEXT = {"button", "check", "radio", "chip", "day"}  # native: the words are the control's own
_IDS = {
    "text": "tv_title",
    "button": "btn_action",
    "icon": "iv_icon",
    "edit": "et_input",
    "switch": "sw_state",
    "row": "ll_item",
}
STYLES = ("native", "compose", "flutter", "rn", "web")


def tree_of(phone: Phone, style: str, package: str) -> str:
    """The dump of the screen; a window of its own in front (native, Compose, React Native) hides the page."""
    whole = (0, 0, WIDE, HIGH)
    front = phone.over
    if front is None:
        parts, root = phone.parts, whole
    elif style == "web":
        parts, root = [*phone.parts, Part("group", phone.window, parts=front)], whole
    elif style == "flutter":
        parts, root = [Part("scrim", whole, "Dismiss", True), Part("group", phone.window, parts=front)], whole
    else:
        parts, root = front, whole if style == "rn" else phone.window
    body = "".join(_written(part, style, package) for part in parts)
    if style == "web":
        body = node(
            "android.webkit.WebView", whole, package, inner=node("android.view.View", whole, package, inner=body)
        )
    root_node = node("android.widget.FrameLayout", root, package, inner=body)
    return f"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation=\"0\">{root_node}</hierarchy>"


def _written(part: Part, style: str, package: str, place: int = 0, count: int = 0) -> str:
    inner = "".join(_written(each, style, package, n, len(part.parts)) for n, each in enumerate(part.parts))
    more = {"clickable": part.clickable, "checked": False, "selected": False, "focused": part.focused}
    kind = part.kind
    if kind in ("switch", "check", "radio"):
        more |= {"checkable": True, "checked": part.checked}
    elif part.checked:
        more["selected"] = True
    text, said, name = part.text, "", _WIDGETS.get(kind, "android.view.ViewGroup")
    if kind == "icon":
        text, said = "", part.text if part.named else ""
    if kind == "edit":
        text = part.text or part.hint
    match style:
        case "native":
            more["resource-id"] = f"{package}:id/{_IDS[kind]}" if kind in _IDS else ""
            if kind in _OWN_TEXT:
                text, inner = " ".join(part.words()), ""
        case "compose":
            if kind not in ("text", "edit", "check", "radio", "switch"):
                name = "android.view.View"
            if kind == "button":
                inner += node("android.widget.Button", part.box, package)
        case "flutter":
            name = {
                "edit": name,
                "button": name,
                "icon": "android.widget.Button",
                "switch": name,
                "check": name,
                "radio": name,
            }.get(kind, "android.view.View")
            if kind == "text":
                text, said = "", part.text
            elif part.clickable and kind not in ("edit", "icon", "scrim"):
                own = [each for each in part.parts if each.clickable]
                texts = [word for each in part.parts if not each.clickable for word in each.words()]
                said, text, inner = "\n".join(texts), "", "".join(_written(each, style, package) for each in own)
                if kind in ("tab", "navtab"):
                    said += f"\nTab {place + 1} of {count}"
            elif kind == "scrim":
                text, said = "", part.text
        case "rn":
            if kind in ("button", "row", "tab", "navtab", "cell", "chip", "day", "icon", "check", "radio"):
                name = "android.view.ViewGroup"
                if kind == "icon":
                    inner = node("android.widget.ImageView", part.box, package)
                elif part.clickable:
                    said = ", ".join(word for each in part.parts if not each.clickable for word in each.words())
        case "web":
            name = {"edit": name, "button": name, "text": name, "icon": "android.widget.Image"}.get(
                kind, "android.view.View"
            )
            if kind == "switch":
                more["checkable"] = False
            if kind == "button":
                text, inner = " ".join(part.words()), ""
            if kind == "icon":
                text, said = said, ""
    return node(name, part.box, package, text, said, inner, **more)


def node(name: str, box: Bounds, package: str, text: str = "", said: str = "", inner: str = "", **more: object) -> str:
    flags = {
        "checkable": False,
        "checked": False,
        "clickable": False,
        "enabled": True,
        "focusable": False,
        "focused": False,
    }
    flags |= {"scrollable": False, "long-clickable": False, "password": False, "selected": False} | more
    flags["focusable"] = flags["clickable"]
    id_ = flags.pop("resource-id", "")
    told = "".join(f' {key}="{str(value).lower()}"' for key, value in flags.items())
    place = f"[{box[0]},{box[1]}][{box[2]},{box[3]}]"
    return (
        f'<node index="0" text={quoteattr(text)} resource-id="{id_}" class="{name}" package="{package}"'
        f' content-desc={quoteattr(said)}{told} bounds="{place}">{inner}</node>'
    )
