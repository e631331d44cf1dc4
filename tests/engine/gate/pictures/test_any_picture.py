"""Every picture is judged, wherever its lines stand: at its edges, over each other, as small as a dot."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from cs_agent.engine.actions.values import LongPress, Swipe, Tap
from cs_agent.engine.gate.decide import StepContext, decide
from cs_agent.engine.run.state import VerdictKind
from cs_agent.geometry import NORM_MAX, Box, NormPoint
from cs_agent.observation import ForegroundApp, Observation, Screenshot, TextLine

SIDES = st.sampled_from([(390, 844), (1080, 2400), (844, 390), (64, 64), (780, 1688)])
WORDS = st.sampled_from(
    ["搜索", "订单 1001", "备注", "提交", "请输入", "全部", "待办 3", "9", "Mon 12", "›", "Name", "¥3.50"]
)
PLACES = st.sampled_from([0, 1, NORM_MAX, NORM_MAX - 1, 500, 120, 860]) | st.integers(0, NORM_MAX)


@st.composite
def screens(draw: st.DrawFn) -> Observation:
    width, high = draw(SIDES)
    image = Image.new("RGB", (width, high), draw(st.sampled_from(["white", "black", "#f2f2f2"])))
    canvas = ImageDraw.Draw(image)
    lines = []
    for _ in range(draw(st.integers(0, 9))):
        left, top = draw(st.integers(0, width - 1)), draw(st.integers(0, high - 1))
        right, bottom = draw(st.integers(left + 1, width)), draw(st.integers(top + 1, min(high, top + 90)))
        canvas.rectangle((left, top, right, bottom), draw(st.sampled_from(["#2468dc", "#fff", "#222", "#bbb"])))
        if draw(st.booleans()):
            lines.append(TextLine(draw(WORDS), Box(left, top, right, bottom), 0.9))
    return Observation(Screenshot(image, 0.0), ForegroundApp("com.a"), tuple(lines), None)


@settings(max_examples=40, deadline=None)
@given(
    screens(),
    st.builds(NormPoint, PLACES, PLACES),
    st.builds(NormPoint, PLACES, PLACES),
    st.sampled_from(["", "1001", "搜索"]),
)
def test_no_picture_is_beyond_judging(seen: Observation, one: NormPoint, two: NormPoint, typed: str) -> None:
    context = StepContext(typed=typed)
    for action in (Tap(one), LongPress(one), Swipe(one, two), Swipe(one, one)):
        assert decide(action, seen, confidence=1.0, context=context).kind in VerdictKind
