"""The trees of more toolkits: Compose that merges, views whose words stand in children, mini programs, Material.

`bare` tells of nothing but the view that everything is drawn in.
"""

from __future__ import annotations

from tests.engine.gate.ordinary import trees
from tests.engine.gate.ordinary.canvas import HIGH, WIDE, Part
from tests.engine.gate.ordinary.phone import Phone

_WHOLE = (0, 0, WIDE, HIGH)
_NATIVE = {
    "text": "android.widget.TextView",
    "edit": "android.widget.EditText",
    "switch": "android.widget.Switch",
    "check": "android.widget.CheckBox",
    "radio": "android.widget.RadioButton",
    "seek": "android.widget.SeekBar",
    "icon": "android.widget.ImageView",
    "handle": "android.widget.ImageView",
    "button": "android.widget.Button",
}
_CLASSES = {
    "merged": {kind: _NATIVE[kind] for kind in ("text", "edit", "check", "radio", "switch", "seek")},
    "sparse": {kind: _NATIVE[kind] for kind in ("text", "edit", "icon", "seek", "handle")},
    "mini": {"edit": _NATIVE["edit"]},
    "plainweb": {kind: _NATIVE[kind] for kind in ("edit", "button", "check", "radio", "seek")},
    "material": _NATIVE
    | {
        "chip": "android.widget.CompoundButton",
        "navtab": "android.widget.FrameLayout",
        "tab": "androidx.appcompat.app.ActionBar$Tab",
    },
}
_IDS = {"tab": "tab", "navtab": "navigation_item", "button": "material_button", "row": "list_item", "edit": "input"}
_MARKS = ("switch", "check", "radio")


def tree_of(phone: Phone, style: str, package: str) -> str:
    if style in trees.STYLES:
        return trees.tree_of(phone, style, package)
    if style == "bare":
        return _rooted(trees.node("android.view.View", _WHOLE, package), package)
    web, parts, root = style in ("mini", "plainweb"), phone.parts, _WHOLE
    if phone.over is not None and web:
        parts = [*parts, Part("group", phone.window, parts=phone.over)]
    elif phone.over is not None:
        parts, root = phone.over, phone.window
    body = "".join(_written(part, style, package) for part in parts)
    if web:
        inner = trees.node("android.view.View", _WHOLE, package, inner=body)
        body = trees.node("android.webkit.WebView", _WHOLE, package, inner=inner)
    return _rooted(body, package, root)


def _rooted(body: str, package: str, box=_WHOLE) -> str:
    root = trees.node("android.widget.FrameLayout", box, package, inner=body)
    return f"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation=\"0\">{root}</hierarchy>"


def _written(part: Part, style: str, package: str) -> str:
    inner, kind = "".join(_written(each, style, package) for each in part.parts), part.kind
    marked, web = kind in _MARKS, style in ("mini", "plainweb")
    more = {
        "clickable": part.clickable and (style != "mini" or kind == "edit"),
        "checkable": (marked and style not in ("mini", "sparse")) or (style == "material" and kind == "chip"),
        "checked": part.checked and style not in ("mini", "sparse") and (marked or kind == "chip"),
        "selected": part.checked and not marked and style in ("merged", "material"),
        "focused": part.focused,
    }
    name = _CLASSES[style].get(kind, "android.view.View" if web or style == "merged" else "android.view.ViewGroup")
    text, said, words = part.text, "", " ".join(part.words())
    if kind == "icon":
        text = part.text if part.named and style == "plainweb" else ""
        said = part.text if part.named and style in ("merged", "material") else ""
    if kind == "edit":
        text = part.text or part.hint
    held = any(each.clickable for each in part.all() if each is not part)
    if style == "merged" and part.clickable and kind not in ("edit", "icon") and not held:
        text, said, inner = "", ", ".join(part.words()), ""
    if style == "sparse" and part.clickable and kind not in ("edit", "icon"):
        name, text = "android.widget.FrameLayout", ""
        inner = trees.node("android.widget.LinearLayout", part.box, package, inner=inner)
    if style == "plainweb" and part.clickable and kind in ("tab", "navtab", "chip", "cell", "day"):
        text, inner = words, ""
    if style == "material":
        more["resource-id"] = f"{package}:id/{_IDS.get(kind, 'container')}"
        if kind in ("button", "chip", "day"):
            text, inner = words, ""
        said = words if kind in ("tab", "navtab") else said
    return trees.node(name, part.box, package, text, said, inner, **more)
