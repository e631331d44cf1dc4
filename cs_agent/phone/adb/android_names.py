"""What Android calls things, in the words the product uses for every platform: roles, kinds of apps, keys.

Rule: the names of Android's classes, packages and keys are known here and in the commands of this package only.
"""

from __future__ import annotations

import re

from cs_agent.engine.run.protocols import Key
from cs_agent.observation import AppKind, Role

KEY_CODES = {
    Key.BACK: "KEYCODE_BACK",
    Key.HOME: "KEYCODE_HOME",
    Key.RECENT: "KEYCODE_APP_SWITCH",
    Key.ENTER: "KEYCODE_ENTER",
}

# The first pattern that fits the class's simple name decides: a search field is also a field, a radio button a button.
_ROLES = (
    (r"Search\w*(?:EditText|AutoComplete\w*)$", Role.SEARCH),
    (r"(?:EditText|AutoCompleteTextView)$", Role.EDIT),
    (r"RadioButton$", Role.RADIO),
    (r"CheckBox|CheckedTextView$", Role.CHECK_BOX),
    (r"Switch(?!er)|ToggleButton$", Role.SWITCH),
    (r"SeekBar|Slider|RatingBar", Role.SLIDER),
    (r"Spinner$|(?:Number|Date|Time)Picker$", Role.PICKER),
    (r"(?:ListView|RecyclerView|GridView)$", Role.LIST),
    (r"TabView$|TabWidget$|Tab$", Role.TAB),
    (r"Pager2?$|HorizontalScrollView$", Role.PAGER),
    (r"WebView$", Role.WEB),
    (r"Button$", Role.BUTTON),
    (r"ImageView$", Role.IMAGE),
    (r"TextView$", Role.TEXT),
)
_KINDS = (
    (r"permissioncontroller|packageinstaller|com\.lbe\.security|securitypermission", AppKind.PERMISSION),
    (r"documentsui|photopicker|\.providers\.media\.module$", AppKind.FILES),
    (r"launcher|trebuchet|^com\.(?:miui|sonymobile)\.home$|homescreen", AppKind.HOME),
)


def role_of(class_name: str) -> Role:
    """By the last part of a view's class name, as `uiautomator dump` gives it; OTHER for layouts and the unknown."""
    simple = class_name.rpartition(".")[2]
    return next((role for pattern, role in _ROLES if re.search(pattern, simple)), Role.OTHER)


def kind_of(package: str) -> AppKind:
    return next((kind for pattern, kind in _KINDS if re.search(pattern, package, re.IGNORECASE)), AppKind.APP)
