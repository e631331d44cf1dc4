"""The XML of uiautomator, and how it can be broken."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_agent.geometry import Box
from cs_agent.observation import Role
from cs_agent.phone.adb.tree import NotATree, parse_tree

_HEAD = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><hierarchy rotation=\"0\">"

DUMP = (
    "UI hierchary dumped to: /data/local/tmp/t.xml\n"
    + _HEAD
    + """<node index="0" text="" resource-id="" class="android.widget.FrameLayout" package="com.a"
 bounds="[0,0][1080,2400]">
<node index="0" text="退款 &lt;1&gt; &amp; &quot;2&quot;" resource-id="com.a:id/title" class="android.widget.TextView"
 package="com.a" clickable="true" enabled="false" bounds="[40,100][500,180]" />
<node index="1" text="" class="android.widget.LinearLayout" package="com.a" bounds="[0,200][1080,900]">
<node index="0" text="secret" class="android.widget.EditText" password="true" focused="true"
 bounds="[40,300][1040,400]"/>
</node>
<node index="2" content-desc="质量问题" class="android.widget.RadioButton" checkable="true" checked="true"
 scrollable="true" bounds="[-10,950][300,1000]"/>
</node></hierarchy>"""
)


def test_nodes_keep_document_order_and_know_their_parents() -> None:
    nodes = parse_tree(DUMP)
    assert [node.parent for node in nodes] == [-1, 0, 0, 2, 0]
    assert [node.label for node in nodes] == ["", '退款 <1> & "2"', "", "secret", "质量问题"]


def test_attributes_become_what_they_mean() -> None:
    _, title, _, field, radio = parse_tree(DUMP)
    assert (title.clickable, title.enabled, title.resource_id) == (True, False, "com.a:id/title")
    assert (field.editable, field.password, field.focused) == (True, True, True)
    assert (radio.checkable, radio.checked, radio.scrollable) == (True, True, True)
    assert radio.box == Box(-10, 950, 300, 1000)


def _window(layer: int, *texts: str, inner: str = "") -> str:
    nodes = "".join(f'<node text="{text}" bounds="[0,0][9,9]" />' for text in texts)
    return f'<window title="w" layer="{layer}"><hierarchy rotation="0">{nodes}</hierarchy>{inner}</window>'


@pytest.mark.parametrize(
    ("displays", "labels"),
    [
        (f'<display id="0">{_window(2, "status bar")}{_window(1, "pay")}</display>', ["pay", "status bar"]),
        (f'<display id="2">{_window(0, "car")}</display><display id="0">{_window(0, "pay")}</display>', ["pay"]),
        (f'<display id="2">{_window(0, "car")}</display>', ["car"]),
        (f'<display id="0">{_window(1, "page", inner=_window(2, "popup"))}</display>', ["page", "popup"]),
        ('<display id="0"></display>', []),
    ],
    ids=["what lies on top comes last", "the main display", "the only display", "a window in a window", "no window"],
)
def test_a_dump_of_all_windows_is_the_main_displays(displays: str, labels: list[str]) -> None:
    nodes = parse_tree(f"<?xml version='1.0' encoding='UTF-8' standalone='yes' ?><displays>{displays}</displays>")
    assert [node.label for node in nodes] == labels


def test_a_dump_is_read_without_its_declaration_and_a_second_one_is_passed_over() -> None:
    plain = DUMP[DUMP.index("<hierarchy") :]
    assert parse_tree(plain) == parse_tree("done\n" + plain + plain) == parse_tree(DUMP)


def test_an_empty_screen_has_no_nodes() -> None:
    assert parse_tree("<?xml version='1.0'?><hierarchy rotation=\"0\" />") == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ERROR: could not get idle state.",
        "ERROR: null root node returned by UiTestAutomationBridge.",
        DUMP[: len(DUMP) // 2],
        f'<displays><display id="0">{_window(1, "pay")}',
        _HEAD + "<node text='a'></hierarchy>",
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aa'>]><hierarchy><node text='&a;'/></hierarchy>",
    ],
)
def test_what_is_no_whole_tree_is_an_error_not_an_empty_screen(text: str) -> None:
    with pytest.raises(NotATree):
        parse_tree(text)


def test_characters_that_xml_forbids_do_not_cost_the_page() -> None:
    text = _HEAD + '<node text="a\x0bb&#0;c&#x1F;d\ud83d R&D &amp; e" bounds="[0,0][1,1]"/></hierarchy>'
    assert parse_tree(text)[0].text == "abcd R&D & e"


def test_deeply_nested_pages_are_read() -> None:
    depth = 3000
    text = _HEAD + '<node bounds="[0,0][1,1]">' * depth + "</node>" * depth + "</hierarchy>"
    assert parse_tree(text)[-1].parent == depth - 2


_VISIBLE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=40)


@given(st.lists(_VISIBLE, max_size=8))
def test_any_text_survives_the_way_through_xml(texts: list[str]) -> None:
    nodes = "".join(f'<node text={quoteattr(text)} bounds="[0,0][1,1]"/>' for text in texts)
    assert [node.text for node in parse_tree(f"{_HEAD}{nodes}</hierarchy>")] == texts


@given(st.text(max_size=60), st.integers(0, len(DUMP)))
def test_a_mutilated_dump_is_a_tree_or_an_error(noise: str, place: int) -> None:
    try:
        nodes = parse_tree(DUMP[:place] + noise + DUMP[place:])
    except NotATree:
        return
    assert all(node.parent < index for index, node in enumerate(nodes))


def test_a_character_written_as_two_halves_is_read_as_one() -> None:
    (node,) = parse_tree(_HEAD + '<node text="好&#55357;&#56832;&#xd83d;&#xDE00;&#55357;评"/></hierarchy>')
    assert node.text == "好😀😀评"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("好评&#55357;&#56397;", "好评👍"),
        ("&#xD83D;&#xDC4D;&#xD83C;&#xDFFB;", "👍🏻"),
        ("&#55357;x&#56397;", "x"),  # halves that do not belong together
        ("👨&#8205;👩", "👨\u200d👩"),
        ("&#x0;a&#11;b\x0cc", "abc"),
    ],
    ids=["decimal", "hexadecimal", "torn", "joined", "forbidden"],
)
def test_emoji_are_read_however_a_build_writes_them(written: str, read: str) -> None:
    tree = f'<?xml version="1.0"?><hierarchy rotation="0"><node text="{written}" bounds="[0,0][9,9]"/></hierarchy>'
    assert [node.text for node in parse_tree(tree)] == [read]


def counted(*names: str) -> str:
    bounds = (f"[{100 * n},0][{100 * n + 100},90]" for n in range(len(names)))
    parts = (
        f"<node content-desc={quoteattr(name)} bounds={quoteattr(b)}/>" for name, b in zip(names, bounds, strict=True)
    )
    return _HEAD + "<node>" + "".join(parts).replace("\n", "&#10;") + "</node></hierarchy>"


def test_what_a_toolkit_tells_as_one_description_of_several_lines_are_texts_in_the_control() -> None:
    described = '<node content-desc="订单 88121&#10;&#10; 已完成" clickable="true" bounds="[0,0][100,90]"/>'
    control, first, second, after = parse_tree(_HEAD + described + '<node text="后"/></hierarchy>')
    assert (control.description, control.clickable, after.parent) == ("", True, -1)
    assert [(node.text, node.parent, node.clickable) for node in (first, second)] == [
        ("订单 88121", 0, False),
        ("已完成", 0, False),
    ]
    assert (first.box, second.box) == (Box(0, 0, 100, 45), Box(0, 45, 100, 90))
    (plain,) = parse_tree(_HEAD + '<node text="有字" content-desc="甲&#10;乙"/></hierarchy>')
    assert plain.description == "甲\n乙"


@pytest.mark.parametrize(
    "ends",
    [
        ("Tab 1 of 3", "Tab 2 of 3", "Tab 3 of 3"),
        ("第 1 个标签,共 3 个", "第 2 个标签,共 3 个", "第 3 个标签,共 3 个"),
        ("3 中 1 番目のタブ", "3 中 2 番目のタブ", "3 中 3 番目のタブ"),
    ],
    ids=["English", "Chinese", "Japanese"],
)
def test_neighbours_that_count_themselves_are_tabs_and_the_count_is_no_name(ends: tuple[str, ...]) -> None:
    nodes = parse_tree(counted(*(f"{name}\n{end}" for name, end in zip("甲乙丙", ends, strict=True))))
    assert [(node.description, node.role) for node in nodes[1:]] == [(name, Role.TAB) for name in "甲乙丙"]


@pytest.mark.parametrize(
    "names",
    [
        ("甲\n1 of 3", "乙\n2 of 3"),
        ("甲\n2 of 3", "乙\n1 of 3", "丙\n3 of 3"),
        ("甲\n1 of 3", "乙\n2 of 3", "丙\nTab 3 of 3"),
        ("甲\n10 km", "乙\n20 km", "丙\n30 km"),
        ("甲\n1 of 2 of 3", "乙\n2 of 2 of 3"),
        ("甲\n1 of 1",),
        ("Tab 1 of 2", "Tab 2 of 2"),
    ],
    ids=["one missing", "another order", "other words", "no count", "three numbers", "alone", "no name"],
)
def test_other_numbers_at_the_end_make_no_tabs(names: tuple[str, ...]) -> None:
    assert all(node.role is not Role.TAB for node in parse_tree(counted(*names)))
