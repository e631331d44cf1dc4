"""Android's names of classes, packages and keys in the product's own words."""

import pytest

from cs_agent.engine.run.protocols import Key
from cs_agent.observation import AppKind, Role
from cs_agent.phone.adb.android_names import KEY_CODES, kind_of, role_of

ROLES = [
    ("android.widget.Button", Role.BUTTON),
    ("android.widget.ImageButton", Role.BUTTON),
    ("com.google.android.material.floatingactionbutton.FloatingActionButton", Role.BUTTON),
    ("android.widget.RadioButton", Role.RADIO),
    ("androidx.appcompat.widget.AppCompatCheckBox", Role.CHECK_BOX),
    ("android.widget.CheckedTextView", Role.CHECK_BOX),
    ("android.widget.Switch", Role.SWITCH),
    ("androidx.appcompat.widget.SwitchCompat", Role.SWITCH),
    ("android.widget.ToggleButton", Role.SWITCH),
    ("android.widget.ViewSwitcher", Role.OTHER),
    ("android.widget.SeekBar", Role.SLIDER),
    ("android.widget.EditText", Role.EDIT),
    ("android.widget.AutoCompleteTextView", Role.EDIT),
    ("com.shop.view.ClearEditText", Role.EDIT),
    ("com.shop.view.SearchEditText", Role.SEARCH),
    ("android.widget.SearchView$SearchAutoComplete", Role.SEARCH),
    ("android.widget.Spinner", Role.PICKER),
    ("android.widget.NumberPicker", Role.PICKER),
    ("androidx.recyclerview.widget.RecyclerView", Role.LIST),
    ("androidx.viewpager.widget.ViewPager", Role.PAGER),
    ("androidx.viewpager2.widget.ViewPager2", Role.PAGER),
    ("android.widget.HorizontalScrollView", Role.PAGER),
    ("android.webkit.WebView", Role.WEB),
    ("android.widget.ImageView", Role.IMAGE),
    ("android.widget.TextView", Role.TEXT),
    ("android.widget.FrameLayout", Role.OTHER),
    ("", Role.OTHER),
]
KINDS = [
    ("com.android.permissioncontroller", AppKind.PERMISSION),
    ("com.google.android.permissioncontroller", AppKind.PERMISSION),
    ("com.android.packageinstaller", AppKind.PERMISSION),
    ("com.lbe.security.miui", AppKind.PERMISSION),
    ("com.android.documentsui", AppKind.FILES),
    ("com.google.android.photopicker", AppKind.FILES),
    ("com.android.providers.media.module", AppKind.FILES),
    ("com.android.launcher3", AppKind.HOME),
    ("com.miui.home", AppKind.HOME),
    ("com.home.hub", AppKind.APP),
    ("com.clean.home", AppKind.APP),
    ("com.smarthome.app", AppKind.APP),
    ("com.tencent.mm", AppKind.APP),
    ("", AppKind.APP),
]


@pytest.mark.parametrize(("class_name", "role"), ROLES)
def test_a_views_class_says_its_role(class_name, role):
    assert role_of(class_name) is role


@pytest.mark.parametrize(("package", "kind"), KINDS)
def test_a_package_says_what_kind_of_app_it_is(package, kind):
    assert kind_of(package) is kind


def test_every_key_of_the_protocol_has_a_key_code():
    assert set(KEY_CODES) == set(Key)
