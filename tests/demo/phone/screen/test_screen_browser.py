# ruff: noqa: F811 - fixtures are imported by name
"""The screen as a person and a tester meet it: any page, touches, keys, text, the accessibility tree."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator

import cv2
import numpy as np
import pytest
import pytest_asyncio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from cs_agent.demo.phone.device.screen import Component
from tests.demo.phone.handset import ADB_KEYBOARD, Handset, chromium, handset, share_of_change, shared_handset  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HEAD = '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
PAGES = {
    "form": """<h1>表单</h1><input id="name" placeholder="姓名"> <input type="password" placeholder="密码">
      <label><input type="radio" name="r"> 红色</label> <label><input type="radio" name="r"> 蓝色</label>
      <label><input type="checkbox" style="opacity:0;position:absolute"><b>同意</b></label>
      <div role="switch" aria-checked="false" tabindex="0"
        onclick="this.setAttribute('aria-checked', this.getAttribute('aria-checked') !== 'true')">通知</div>
      <select aria-label="城市"><option>北京</option><option>上海</option></select>
      <button disabled>不可用</button> <button onclick="out.textContent = '写了:' + name_.value">显示</button>
      <textarea id="lines" placeholder="留言"></textarea><p id="out"></p>
      <script>const name_ = document.getElementById('name')</script>""",
    "long": "".join(f"<p style='height:80px'>第 {number} 行</p>" for number in range(60)),
    "covered": """<p>下面</p><div style="position:fixed;inset:0;background:#fff"><button>上面</button></div>
      <p style="visibility:hidden">看不见</p><p style="display:none">不存在</p>""",
    "scroller": """<div style="height:150px;overflow:auto"><p style="height:120px">里面一</p>
      <p style="height:120px">里面二</p><p>里面三</p></div>""",
    "frames": '<p>外面</p><iframe src="/inner" style="width:300px;height:160px;border:4px solid"></iframe>',
    "inner": """<button onclick="this.textContent='按过了'">框内按钮</button><input placeholder="框内输入">""",
    "dialogs": """<button onclick="out.textContent = confirm('真的要删除吗?') ? '删了' : '没删'">删除</button>
      <button onclick="alert('你好')">问候</button><p id="out"></p>""",
    "file": '<input type="file" aria-label="选择文件" onchange="out.textContent = this.files[0].name"><p id="out"></p>',
    "links": '<a href="/long">长的</a> <a href="/inner" target="_blank">新窗口</a>',
    "press": """<div id="box" style="height:300px;background:#33cc77">按住</div><script>
      let began = 0; box.ontouchstart = () => { began = Date.now(); };
      box.ontouchend = () => { box.textContent = Date.now() - began > 800 ? '长按' : '短按'; };</script>""",
    "turning": """<div style="width:200px;height:200px;background:linear-gradient(red,blue);
      animation:t 1s linear infinite"></div><style>@keyframes t { to { transform: rotate(1turn) } }</style>""",
    "hang": "<p>挂起</p><script>setTimeout(() => { for (;;); }, 300)</script>",
    "wide": '<!doctype html><meta charset="utf-8"><div style="width:900px"><button>宽页面</button></div>',
}


async def serve_page(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in PAGES:
        return Response(status_code=404)
    return HTMLResponse(PAGES[name] if name == "wide" else HEAD + PAGES[name])


async def jump(request: Request) -> Response:
    return RedirectResponse("/form")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site() -> AsyncIterator[str]:
    """A tester's own server, of another origin than the back office."""
    app = Starlette(routes=[Route("/jump", jump), Route("/{name}", serve_page)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await serving


async def show(handset: Handset, url: str, text: str) -> None:
    await handset.screen.view_url(url)
    await handset.sees(text)


# --- apps and keys


async def test_the_home_screen_shows_every_app_by_name_and_opens_the_one_touched(handset: Handset) -> None:
    texts = await handset.texts()
    assert {"售后系统", "短信平台", "客户管理", "物流查询", "浏览器"} <= set(texts)
    await handset.tap("短信平台")
    await handset.sees("请输入手机号")
    assert handset.screen.foreground() == Component("com.example.smsdesk", "com.example.smsdesk.MainActivity")


async def test_an_app_keeps_its_state_in_the_background_and_loses_it_when_stopped(handset: Handset) -> None:
    await handset.open("com.example.smsdesk")
    await handset.sees("请输入手机号")
    await handset.type_into("请输入手机号", "138")
    await handset.screen.key("KEYCODE_HOME")
    assert handset.screen.foreground().package == "com.android.launcher3"
    running = await handset.screen.start(Component("com.example.smsdesk", ""))
    assert running
    await handset.sees("138")
    await handset.screen.force_stop("com.example.smsdesk")
    assert handset.screen.foreground().package == "com.android.launcher3"
    assert not await handset.screen.start(Component("com.example.smsdesk", ""))
    await handset.sees("请输入手机号")


async def test_running_apps_are_listed_the_most_recent_first(handset: Handset) -> None:
    await handset.open("com.example.smsdesk")
    await handset.open("com.example.logistics")
    packages = [component.package for component in handset.screen.running()]
    assert packages == ["com.example.logistics", "com.example.smsdesk", "com.android.launcher3"]


async def test_recents_bring_an_app_back(handset: Handset) -> None:
    await handset.open("com.example.smsdesk")
    await handset.sees("请输入手机号")
    await handset.open("com.example.logistics")
    await handset.screen.key("KEYCODE_APP_SWITCH")
    await handset.sees("全部清除")
    assert handset.screen.foreground().package == "com.android.launcher3"
    await handset.tap("物流查询")
    await handset.sees("输入订单号或运单号")
    await handset.screen.key("KEYCODE_APP_SWITCH")
    await handset.tap("全部清除")
    await handset.sees("售后系统")
    assert len(handset.screen.running()) == 1


async def test_an_unknown_app_cannot_be_started(handset: Handset) -> None:
    with pytest.raises(LookupError):
        await handset.screen.start(Component("com.example.none", ""))


async def test_any_address_opens_in_the_browser_and_back_leaves_it(handset: Handset, site: str) -> None:
    component = await handset.screen.view_url(f"{site}/jump")
    assert component.package == handset.screen.foreground().package == "com.android.chrome"
    await handset.sees("表单")
    await handset.screen.key("KEYCODE_BACK")
    assert await handset.app_in_front("com.android.launcher3") == "com.android.launcher3"


async def test_links_are_followed_and_back_returns_also_from_a_new_window(handset: Handset, site: str) -> None:
    await show(handset, f"{site}/links", "长的")
    await handset.tap("长的")
    await handset.sees("第 0 行")
    await handset.screen.key("BACK")
    await handset.sees("新窗口")
    await handset.tap("新窗口")
    await handset.sees("框内按钮")
    await handset.screen.key("BACK")
    assert "新窗口" in await handset.sees("新窗口")


async def test_the_navigation_bar_can_be_touched(handset: Handset) -> None:
    await handset.open("com.example.smsdesk")
    await handset.sees("请输入手机号")
    await handset.screen.tap(540, 2340)
    assert await handset.app_in_front("com.android.launcher3") == "com.android.launcher3"


async def test_an_address_nobody_answers_shows_an_error_page(handset: Handset) -> None:
    await handset.screen.view_url("http://127.0.0.1:9/")
    texts = await handset.until(lambda texts: any("ERR_" in text for text in texts), "the browser's error page")
    assert any("ERR_CONNECTION_REFUSED" in text or "ERR_UNSAFE_PORT" in text for text in texts), texts


# --- touches


async def test_a_swipe_scrolls_and_brings_other_lines_into_sight(handset: Handset, site: str) -> None:
    await show(handset, f"{site}/long", "第 0 行")
    await handset.screen.swipe(540, 1900, 540, 500, 300)
    await handset.sees_no("第 0 行")
    await handset.settled()
    lines = [int(text.split()[1]) for text in await handset.texts()]
    assert min(lines) >= 5
    assert lines == list(range(min(lines), min(lines) + len(lines)))


async def test_equal_points_are_a_long_press(handset: Handset, site: str) -> None:
    await show(handset, f"{site}/press", "按住")
    await handset.screen.tap(540, 300)
    await handset.sees("短按")
    await handset.screen.swipe(540, 300, 540, 300, 1000)
    assert "长按" in await handset.sees("长按")


# --- text


async def test_any_text_can_be_typed_cleared_and_deleted(handset: Handset, site: str) -> None:
    await show(handset, f"{site}/form", "表单")
    await handset.type_into("姓名", "蓝牙耳机😀 abc")
    await handset.sees("蓝牙耳机😀 abc")
    assert await handset.screen.delete_chars(4)
    await handset.sees("蓝牙耳机😀")
    assert await handset.screen.clear_text()
    await handset.sees("姓名")
    await handset.screen.insert_text("全部")
    await handset.screen.key("KEYCODE_DEL")
    await handset.tap("显示")
    await handset.sees("写了:全")


async def test_a_line_break_stays_in_a_field_of_several_lines(handset: Handset, site: str) -> None:
    await show(handset, f"{site}/form", "表单")
    await handset.type_into("留言", "一\n二")
    assert "一\n二" in await handset.sees("一\n二")


async def test_nothing_is_typed_while_no_field_has_the_focus(handset: Handset, site: str) -> None:
    await show(handset, f"{site}/form", "表单")
    assert not handset.screen.keyboard_shown()
    assert not await handset.screen.insert_text("x")
    assert not await handset.screen.clear_text()
    assert not await handset.screen.delete_chars(1)


async def test_text_that_follows_a_touch_at_once_is_not_lost(handset: Handset, site: str) -> None:
    await show(handset, f"{site}/form", "表单")
    await handset.tap("姓名")
    assert await handset.screen.insert_text("马上")
    await handset.sees("马上")


async def test_the_phones_own_keyboard_covers_the_lower_part_and_back_hides_it(handset: Handset, site: str) -> None:
    await handset.screen.use_keyboard("com.android.inputmethod.latin/.LatinIME")
    await show(handset, f"{site}/form", "表单")
    before = await handset.picture()
    await handset.tap("姓名")
    await handset.eventually(handset.screen.keyboard_shown, "the keyboard")
    lower = (0, 1600, 1080, 2270)
    shown = "the keyboard over the lower part"
    await handset.looks(lambda now: share_of_change(before.crop(lower), now.crop(lower)) > 0.8, shown)
    assert all(node.bounds[3] <= 1600 for node in await handset.nodes() if node.text)
    await handset.screen.key("KEYCODE_BACK")
    await handset.eventually(lambda: not handset.screen.keyboard_shown(), "the keyboard hidden")
    assert handset.screen.foreground().package == "com.android.chrome"
    assert await handset.screen.insert_text("还在"), "the field keeps the focus"


async def test_keys_of_the_phones_own_keyboard_type(handset: Handset, site: str) -> None:
    await handset.screen.use_keyboard("com.android.inputmethod.latin/.LatinIME")
    await show(handset, f"{site}/form", "表单")
    await handset.tap("姓名")
    await handset.eventually(handset.screen.keyboard_shown, "the keyboard")
    await handset.screen.tap(54, 1740)  # the upper left key
    assert "q" in await handset.sees("q")


# --- the tree


async def test_the_tree_tells_kinds_states_and_values(handset: Handset, site: str) -> None:
    await show(handset, f"{site}/form", "表单")
    for text in ("蓝色", "同意", "通知"):
        await handset.ticks(text)
    nodes = {node.text: node for node in await handset.nodes()}
    assert nodes["蓝色"].class_name == "android.widget.RadioButton"
    assert (nodes["红色"].checked, nodes["蓝色"].checked) == (False, True)
    assert (nodes["同意"].class_name, nodes["同意"].checked) == ("android.widget.CheckBox", True)
    assert (nodes["通知"].class_name, nodes["通知"].checked) == ("android.widget.Switch", True)
    assert (nodes["北京"].class_name, nodes["北京"].content_desc) == ("android.widget.Spinner", "城市")
    assert not nodes["不可用"].enabled
    assert nodes["显示"].clickable
    assert nodes["姓名"].resource_id == "name"


async def test_bounds_lie_where_the_picture_shows_the_thing(handset: Handset, site: str) -> None:
    await show(handset, f"{site}/press", "按住")
    bounds = (await handset.node("按住")).bounds
    picture = np.asarray((await handset.picture()).convert("RGB"))
    rows, columns = np.where((np.abs(picture.astype(int) - (0x33, 0xCC, 0x77)) < 4).all(axis=2))
    box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert np.abs(np.subtract(box, bounds)).max() <= 2, (box, bounds)


async def test_what_cannot_be_seen_is_not_in_the_tree(handset: Handset, site: str) -> None:
    await show(handset, f"{site}/covered", "上面")
    assert not {"下面", "看不见", "不存在"} & set(await handset.texts())
    await show(handset, f"{site}/scroller", "里面一")
    assert "里面三" not in await handset.texts()
    scroller = next(node for node in await handset.nodes() if node.scrollable)
    assert scroller.bounds[3] - scroller.bounds[1] < 450


async def test_frames_are_looked_into_and_can_be_used(handset: Handset, site: str) -> None:
    await show(handset, f"{site.replace('127.0.0.1', 'localhost')}/frames", "框内按钮")
    await handset.tap("框内按钮")
    await handset.sees("按过了")
    await handset.type_into("框内输入", "里面")
    assert "里面" in await handset.sees("里面")


async def test_a_page_wider_than_the_phone_is_shown_whole_and_still_hit(handset: Handset, site: str) -> None:
    await show(handset, f"{site}/wide", "宽页面")
    assert (await handset.node("宽页面")).bounds[2] < 1080


async def test_the_root_covers_the_screen_and_depths_make_a_tree(handset: Handset) -> None:
    nodes = await handset.nodes()
    assert nodes[0].bounds == (0, 0, 1080, 2400)
    assert nodes[0].depth == 0
    for above, node in itertools.pairwise(nodes):
        assert 1 <= node.depth <= above.depth + 1


# --- the phone's own dialogs


async def test_a_pages_question_is_asked_by_the_phone(handset: Handset, site: str) -> None:
    await show(handset, f"{site}/dialogs", "删除")
    await handset.tap("删除")
    await handset.sees("真的要删除吗?")
    assert (await handset.picture()).getpixel((20, 1200))[0] < 200, "the page is dimmed"
    await handset.tap("确定")
    await handset.sees("删了")
    await handset.tap("删除")
    await handset.sees("真的要删除吗?")
    await handset.screen.key("KEYCODE_BACK")
    await handset.sees("没删")
    await handset.tap("问候")
    assert "取消" not in await handset.sees("你好")
    await handset.tap("确定")
    await handset.sees_no("你好")


async def test_a_file_is_chosen_in_the_systems_picker(handset: Handset, site: str) -> None:
    handset.push_photo("/sdcard/DCIM/Camera/收货照片.jpg")
    await show(handset, f"{site}/file", "选择文件")
    await handset.tap("选择文件")
    await handset.sees("最近的文件")
    assert handset.screen.foreground().package == "com.android.documentsui"
    await handset.tap("收货照片.jpg")
    await handset.sees("收货照片.jpg")
    assert handset.screen.foreground().package == "com.android.chrome"


async def test_other_pages_are_not_given_the_phones_files(handset: Handset, site: str) -> None:
    handset.push_photo("/sdcard/Pictures/private.jpg")
    probe = "<p id=out>?</p><script>HostApp.listMedia().then(x => { out.textContent = '得到 ' + x })</script>"
    PAGES["probe"] = probe
    await handset.screen.view_url(f"{site}/probe")
    texts = await handset.until(lambda texts: any(text.startswith("得到") for text in texts), "the page's answer")
    assert "得到 null" in texts


# --- pictures


async def test_the_same_bytes_come_back_while_nothing_changes_and_others_after_a_touch(handset: Handset) -> None:
    await handset.open("com.example.smsdesk")
    await handset.sees("请输入手机号")
    await handset.settled()
    one = await handset.screen.screenshot_rgba()
    assert await handset.screen.screenshot_rgba() == one
    assert len(one) == 1080 * 2400 * 4
    await handset.tap("请输入手机号")
    await handset.eventually(handset.screen.keyboard_shown, "the keyboard")
    assert await handset.screen.screenshot_rgba() != one


async def test_the_png_is_the_same_picture(handset: Handset) -> None:
    await handset.settled()
    raw = np.frombuffer(await handset.screen.screenshot_rgba(), np.uint8).reshape(2400, 1080, 4)
    png = cv2.imdecode(np.frombuffer(await handset.screen.screenshot_png(), np.uint8), cv2.IMREAD_COLOR)
    assert (cv2.cvtColor(png, cv2.COLOR_BGR2RGB) == raw[:, :, :3]).mean() > 0.999


async def test_a_moving_page_gives_different_pictures(handset: Handset, site: str) -> None:
    await handset.screen.view_url(f"{site}/turning")
    pictures = set()

    async def look() -> None:
        while len(pictures) < 4:
            pictures.add(hash(await handset.screen.screenshot_rgba()))

    await asyncio.wait_for(look(), 20)
    assert len(pictures) == 4


async def test_a_page_that_hangs_keeps_its_picture_and_can_be_left(handset: Handset, site: str) -> None:
    await handset.screen.view_url(f"{site}/hang")
    before = await handset.picture()
    await asyncio.sleep(0.6)
    assert share_of_change(before, await handset.picture()) < 0.2
    await handset.screen.key("KEYCODE_HOME")
    await handset.sees("售后系统")
