"""Names of apps."""

from __future__ import annotations

import pytest

from cs_agent.phone.adb.app_names import APP_NAMES, package_named, spelling


@pytest.mark.parametrize("name", ["微信", " 微 信 ", "WECHAT", "ＷｅＣｈａｔ"])
def test_spellings_of_one_name_lead_to_one_package(name: str) -> None:
    assert package_named(name, {}) == "com.tencent.mm"


def test_the_installations_own_map_comes_first() -> None:
    own = {"售后系统": "com.example.aftersales", "微信": "com.company.wechat"}
    assert package_named("售后系统", own) == "com.example.aftersales"
    assert package_named("微信", own) == "com.company.wechat"


@pytest.mark.parametrize("name", ["微信; reboot", "微", "", "com.tencent.mm"])
def test_a_near_miss_is_no_name(name: str) -> None:
    assert package_named(name, {}) is None


def test_no_default_name_is_spelled_twice_for_different_apps() -> None:
    spellings = [spelling(name) for name in APP_NAMES]
    assert len(set(spellings)) == len(spellings)
