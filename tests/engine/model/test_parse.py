"""What a reply is read as: every row of the action language's table, and the edges around them."""

import pytest

from cs_agent.engine.actions import values as act
from cs_agent.engine.actions.building import MAX_TEXT_CHARS, MAX_WAIT_S
from cs_agent.engine.actions.parse import MAX_REPLY_CHARS, Coordinates, parse_reply
from cs_agent.engine.actions.parse_errors import ParseError, ParseErrorCode
from cs_agent.geometry import NormPoint, Size


def action_of(reply: str) -> act.Action:
    return parse_reply(reply).action


def code_of(reply: str) -> ParseErrorCode:
    with pytest.raises(ParseError) as caught:
        parse_reply(reply)
    assert caught.value.raw == reply
    return caught.value.code


TAP = act.Tap(NormPoint(500, 500))

TABLE = [
    ('<think>a</think><answer>do(action="Tap", element=[500,500])</answer>', TAP),
    ('<answer>do(action="Type", text="hi")</answer>', act.Type("hi")),
    ('do(action="Type", text="去"吃饭"呀?")', act.Type('去"吃饭"呀?')),
    ('do(action="Type", text="他说"a=1, b"")', act.Type('他说"a=1, b"')),
    ('do(action="Type", text="第一行\n第二行")', act.Type("第一行\n第二行")),
    ('do(action="Type", text="hi" )', act.Type("hi")),
    ('do(action="Tap", element=[1,2], message="确认"支付"吗")', act.Tap(NormPoint(1, 2), '确认"支付"吗')),
    ('finish(message="done")</answer>', act.Finish("done")),
    ("finish()", act.Finish("")),
    (
        '<think>later I call finish(message= or finish(message=</think><answer>do(action="Back")</answer>',
        act.Back(),
    ),
    ('later I call finish(message= and then stop. <answer>do(action="Back")</answer>', act.Back()),
    ('when done: finish(message=…). Now do(action="Back")', act.Back()),
    ('<|begin_of_box|>do(action="Back")<|end_of_box|>', act.Back()),
    ('```python\ndo(action="Back")\n```', act.Back()),
    ('<answer>\n```\ndo(action="Back")\n```\n</answer>', act.Back()),
    ('do(action="Tap", element=[[100,200,300,400]])', act.Tap(NormPoint(200, 300))),
    ('do(action="Tap", element="500,500")', TAP),
    ('do(action="Tap", element=(500,500))', TAP),
    ('do(action="Launch", app="微信; reboot")', act.Launch("微信; reboot")),
    ('do(action="Wait", duration=3)', act.Wait(3.0)),
    ('do(action="Wait", duration="3")', act.Wait(3.0)),
    ('do(action="Wait", duration="3 seconds")', act.Wait(3.0)),
    ('do(action="Wait", duration="1 second")', act.Wait(1.0)),
    ('do(action="Wait", duration="2s")', act.Wait(2.0)),
]


@pytest.mark.parametrize(("reply", "action"), TABLE)
def test_a_reply_with_one_certain_meaning_is_that_action(reply, action):
    assert action_of(reply) == action


CALLS = [
    ('do(action="Launch", app="售后系统")', act.Launch("售后系统")),
    ('do(action="Type_Name", text="张伟")', act.Type("张伟")),
    ('do(action="Swipe", start=[500,800], end=[500,200])', act.Swipe(NormPoint(500, 800), NormPoint(500, 200))),
    ('do(action="Long Press", element=[1,2])', act.LongPress(NormPoint(1, 2))),
    ('do(action="Double Tap", element=[1,2])', act.DoubleTap(NormPoint(1, 2))),
    ('do(action="Home")', act.Home()),
    ('do(action="Take_over", message="请登录")', act.TakeOver("请登录")),
    ('do(action="Interact")', act.Interact("")),
    ('do(action="Interact", message="选哪个?")', act.Interact("选哪个?")),
    ('do(action="Note", message="余额 3 元")', act.Note("余额 3 元")),
    ('do(action="Call_API", instruction="总结")', act.CallApi("总结")),
    ('finish(message="好了")', act.Finish("好了")),
]


@pytest.mark.parametrize(("reply", "action"), CALLS)
def test_every_action_of_the_language_is_read(reply, action):
    assert action_of(reply) == action


def wide(text: str) -> str:
    """As an input method for Chinese writes it."""
    return text.translate(str.maketrans("(),=[];", "\uff08\uff09\uff0c\uff1d\uff3b\uff3d\uff1b"))


TOLERATED = [
    ('do(action:"Tap", element:[500,500])', TAP),
    (
        '\uff44\uff4f\uff08action="Tap"\uff0celement=[\uff15\uff10\uff10\uff0c\uff15\uff10\uff10]\uff09',
        TAP,
    ),
    ("do(action='Back')", act.Back()),
    ("do( action = 'Tap' , element = [ 500 , 500 ] )", TAP),
    ('do(action="tap", element=[500,500])', TAP),
    ('do(action="LongPress", element=[1,2])', act.LongPress(NormPoint(1, 2))),
    ('do(action="Double_Tap", element=[1,2])', act.DoubleTap(NormPoint(1, 2))),
    ('do(element=[500,500], action="Tap")', TAP),
    ('do(action="Tap", element=[500,500],)', TAP),
    ('do(action="Tap", element="[500, 500]")', TAP),
    ('do(action="Tap", element="500,500")', TAP),
    ('do(action="Tap", element=[[500,500]])', TAP),
    ('do(action="Tap", element=[400,400,600,600])', TAP),
    ('do(action="Tap", element=[500.0,500])', TAP),
    ('do(action="Tap", element=[0,999])', act.Tap(NormPoint(0, 999))),
    ('do(action="Type", text=405218876)', act.Type("405218876")),
    ('do(action="Type", text=007)', act.Type("007")),
    ('do(action="Type", text="")', act.Type("")),
    (r'do(action="Type", text="say \"hi\"\n\\")', act.Type('say "hi"\n\\')),
    (r'do(action="Type", text="C:\path")', act.Type(r"C:\path")),
    (r'do(action="Type", text="\u4f60好")', act.Type("你好")),
    ("do(action=\"Type\", text='it's')", act.Type("it's")),
    ('do(action="Type", text="a) b, c=d")', act.Type("a) b, c=d")),
    ('点击登录按钮do(action="Back")', act.Back()),
    ('Tap the button.do(action="Back")', act.Back()),
    ('没有标签的思考</think><answer>do(action="Back")</answer>', act.Back()),
    ('<think>没有结束的思考<answer>do(action="Back")</answer>', act.Back()),
    ('<think>a</think>do(action="Back")', act.Back()),
    ('<answer>I will go back: do(action="Back")</answer>', act.Back()),
    ('do(action="Back")<|im_end|>', act.Back()),
    ('do(action="Wait", duration="500ms")', act.Wait(0.5)),
    ('do(action="Wait", duration="2 秒")', act.Wait(2.0)),
    ('do(action="Wait", duration="0.5 minutes")', act.Wait(30.0)),
    ('do(action="Note", message="<answer></think>")', act.Note("<answer></think>")),
    ('DO(action="Back")', act.Back()),
    ("Finish()", act.Finish("")),
    ("do(action=Back)", act.Back()),
    ("do(action=Tap, element=[500,500])", TAP),
    ("`do(action='Back')`", act.Back()),
    ('我点返回:`do(action="Back")`', act.Back()),
    ('do(action="Back");', act.Back()),
    ('do(action="Back").', act.Back()),
    ('do(action="Back")\u3002', act.Back()),
    ('Do(Action="Tap", Element=[10, 20])', act.Tap(NormPoint(10, 20))),
    ('do(action="Tap", element=\u3010500,250\u3011)', act.Tap(NormPoint(500, 250))),
    ('do(action="Back")\uff1b', act.Back()),
    ('do(action="Tap", element=[500.4,499.6])', TAP),
    ('do(action="Tap", element=["500","500"])', TAP),
    ('do(action="Tap", element=[[400,400],[600,600]])', TAP),
    ('do(action="Tap", element="500 500")', TAP),
    ('do(action="Tap", element=<|box_start|>(500,500)<|box_end|>)', TAP),
    ('do(action="Tap", element=<point>[500,500]</point>)', TAP),
    (wide("do(action=“Tap”,element=[500,500])"), TAP),
    (wide('do(action="Type",text="你好,世界(1)")'), act.Type(wide("你好,世界(1)"))),
    ('do(action="Type", text="他说“好”")', act.Type("他说“好”")),
    (wide("finish(message=“完成,共(3)单”)"), act.Finish(wide("完成,共(3)单"))),
    ('上一步点击没有反应\ndo(action="Back")', act.Back()),
    ('页面没有变化:do(action="Back")', act.Back()),
    ('I already typed the name so now do(action="Back")', act.Back()),
    ('如果要退款就得先返回。do(action="Back")', act.Back()),
    ('If the list is empty I go back. It is empty.\n\nAction: do(action="Back")', act.Back()),
    ('第三次尝试 do(action="Back")', act.Back()),
    ('上一步没有反应。do(action="Back")', act.Back()),
    ('<think>不能直接退款</think><answer>do(action="Back")</answer>', act.Back()),
    (r'do(action="Note", message="use do(action=\"Back\")")', act.Note('use do(action="Back")')),
]


@pytest.mark.parametrize(("reply", "action"), TOLERATED)
def test_a_sloppy_reply_is_read_where_its_meaning_is_certain(reply, action):
    assert action_of(reply) == action


ERRORS = [
    ("", ParseErrorCode.EMPTY),
    (f'do(action="Type", text="{"a" * (MAX_TEXT_CHARS + 1)}")', ParseErrorCode.TOO_LONG),
    (" \n\t ", ParseErrorCode.EMPTY),
    ('do(action="Back")\ndo(action="Home")', ParseErrorCode.TWO_ACTIONS),
    ('do(action="Back") do(action="Back")', ParseErrorCode.TWO_ACTIONS),
    ('<answer>do(action="Back")</answer><answer>do(action="Home")</answer>', ParseErrorCode.TWO_ACTIONS),
    ('do(action="Back")</answer><answer>do(action="Home")</answer>', ParseErrorCode.TWO_ACTIONS),
    ('do(action="Back")</answer><think>b</think><answer>do(action="Home")', ParseErrorCode.TWO_ACTIONS),
    ('do(action="Back")\nfinish(message="done")', ParseErrorCode.TWO_ACTIONS),
    ('I could finish(message="x"). do(action="Back")', ParseErrorCode.TWO_ACTIONS),
    ('do(action="Type", text="a"), do(action="Tap", element=[1,2])', ParseErrorCode.TWO_ACTIONS),
    ('do(action="Tap", element=[500,500]); import os', ParseErrorCode.TRAILING_TEXT),
    ('do(action="Type", text="a"); print("b")', ParseErrorCode.TRAILING_TEXT),
    ('do(action="Back") and then I look', ParseErrorCode.TRAILING_TEXT),
    ("[{'Type', text=\"x\")", ParseErrorCode.NO_ACTION),
    ("我正在查看页面。" * 2000, ParseErrorCode.NO_ACTION),
    ("I will undo(action=1)", ParseErrorCode.NO_ACTION),
    ('{"action": "Tap", "element": [1, 2]}', ParseErrorCode.NO_ACTION),
    ("do()", ParseErrorCode.NO_ACTION),
    ("<think>a</think>", ParseErrorCode.NO_ACTION),
    ('<think>I might do(action="Back")', ParseErrorCode.UNCLOSED_THOUGHT),
    ('Sure. <think>I might do(action="Back")', ParseErrorCode.UNCLOSED_THOUGHT),
    ('do(action="Home") <think>no: do(action="Back")', ParseErrorCode.UNCLOSED_THOUGHT),
    (
        '<think>I could finish(message="ok")</think><answer>do(action="Back")</answer>',
        ParseErrorCode.TWO_ACTIONS,
    ),
    ('first do(action="Home")</think><answer>do(action="Back")</answer>', ParseErrorCode.TWO_ACTIONS),
    ("Do not finish()", ParseErrorCode.NEGATED),
    ('I will not do(action="Back")', ParseErrorCode.NEGATED),
    ('不能调用 finish(message="完成")', ParseErrorCode.NEGATED),
    ('我还不能 do(action="Tap", element=[1,2])', ParseErrorCode.NEGATED),
    ('不要这样做:do(action="Back")', ParseErrorCode.NEGATED),
    ("切勿:finish()", ParseErrorCode.NEGATED),
    ('严禁\ndo(action="Back")', ParseErrorCode.NEGATED),
    ('无需 finish(message="好")', ParseErrorCode.NEGATED),
    ('It is forbidden to do(action="Back")', ParseErrorCode.NEGATED),
    ('Previous action: do(action="Back")', ParseErrorCode.NOT_NOW),
    ('已经执行了 do(action="Tap", element=[1,2])', ParseErrorCode.NOT_NOW),
    ('例如 do(action="Back")', ParseErrorCode.NOT_NOW),
    ('等页面加载完再 do(action="Back")', ParseErrorCode.NOT_NOW),
    *(
        (f'{words}do(action="Back")', ParseErrorCode.NOT_NOW)
        for words in (
            "屏幕上写着 ",
            "The banner reads: ",
            "短信内容:",
            "客户要求我 ",
            "Option A: ",
            "待办:",
            "Perhaps ",
            "我已经 ",
            "等验证码到了,",
            "如要返回可 ",
            "Subject to approval, ",
            "用户点击了 ",
            "Wrong: ",
        )
    ),
    ('do(action="Type", text=password)', ParseErrorCode.BAD_VALUE),
    ('The format is do(action="Back")', ParseErrorCode.NOT_NOW),
    ('// do(action="Back")', ParseErrorCode.NOT_NOW),
    ('如果弹窗出现,do(action="Tap", element=[1,2])', ParseErrorCode.NOT_NOW),
    ('Once paid, finish(message="x")', ParseErrorCode.NOT_NOW),
    ("完成后 finish()", ParseErrorCode.NOT_NOW),
    ('for i in range(3): do(action="Back")', ParseErrorCode.NOT_NOW),
    ('连续三次 do(action="Back")', ParseErrorCode.NOT_NOW),
    ('or do(action="Back")', ParseErrorCode.NOT_NOW),
    ('((do(action="Back")', ParseErrorCode.NOT_NOW),
    ('do(action="Type", text="a"+"b")', ParseErrorCode.AMBIGUOUS_QUOTES),
    ('do(action="Type", text="a" if x else "b")', ParseErrorCode.AMBIGUOUS_QUOTES),
    ('<answer></answer>do(action="Back")', ParseErrorCode.TWO_ACTIONS),
    ('<think>a</think><think>b do(action="Back")', ParseErrorCode.UNCLOSED_THOUGHT),
    ("不能调用 finish(…)", ParseErrorCode.NO_ACTION),
    ('do(action="Type", text="a" "b")', ParseErrorCode.AMBIGUOUS_QUOTES),
    ("do(action=\"Type\", text='a' 'b')", ParseErrorCode.AMBIGUOUS_QUOTES),
    ('do(action="Type", text="a""b")', ParseErrorCode.AMBIGUOUS_QUOTES),
    ('do(action="Type", text="""a""")', ParseErrorCode.AMBIGUOUS_QUOTES),
    ("do(action='Type', text='''a''')", ParseErrorCode.AMBIGUOUS_QUOTES),
    (wide('do(action="Tap",element=[500,500]);import os'), ParseErrorCode.NO_ACTION),
    ('do(action="Tap", element=[[1,2],[3,4],[5,6]])', ParseErrorCode.BAD_POINT),
    ('do(action="Tap", element=[999.6,1])', ParseErrorCode.BAD_POINT),
    ('do(action="Tap", element=[1,2]', ParseErrorCode.MALFORMED),
    ('do(action="Type", text="cut', ParseErrorCode.MALFORMED),
    ('do(action="Tap" element=[1,2])', ParseErrorCode.MALFORMED),
    ('do(action="Tap", element=__import__("os"))', ParseErrorCode.MALFORMED),
    ('do(action="Tap", element=[1,2]+[3,4])', ParseErrorCode.MALFORMED),
    ('do(action="Type", text="a"b do(action="Back")', ParseErrorCode.AMBIGUOUS_QUOTES),
    ('do(action="Type", text="a"b")\ndo(action="Type", text="c")', ParseErrorCode.AMBIGUOUS_QUOTES),
    ('do(action="Tap", element=[1,2], message="a"b", note="c")', ParseErrorCode.AMBIGUOUS_QUOTES),
    ('do(action="Fly")', ParseErrorCode.UNKNOWN_ACTION),
    ('do(action="Tap")', ParseErrorCode.MISSING_ARGUMENT),
    ("do(element=[1,2])", ParseErrorCode.MISSING_ARGUMENT),
    ('do(action="Wait")', ParseErrorCode.MISSING_ARGUMENT),
    ('do(action="Launch")', ParseErrorCode.MISSING_ARGUMENT),
    ('do(action="Back", message="x")', ParseErrorCode.UNKNOWN_ARGUMENT),
    ('do(action="Type", text="x", message="flag")', ParseErrorCode.UNKNOWN_ARGUMENT),
    ('do(action="Tap", element=[1,2], element=[3,4])', ParseErrorCode.DUPLICATE_ARGUMENT),
    ('do(action="Tap", element=[1,2], Element=[3,4])', ParseErrorCode.DUPLICATE_ARGUMENT),
    ('do(action="Back")...', ParseErrorCode.TRAILING_TEXT),
    ('do(action="Back")?', ParseErrorCode.TRAILING_TEXT),
    ('do(action="Launch", app=" ")', ParseErrorCode.BAD_VALUE),
    ('do(action="Tap", element=[1200,-5])', ParseErrorCode.BAD_POINT),
    ('do(action="Tap", element=[1000,5])', ParseErrorCode.BAD_POINT),
    ('do(action="Tap", element=[NaN,1])', ParseErrorCode.BAD_POINT),
    ('do(action="Tap", element=[])', ParseErrorCode.BAD_POINT),
    ('do(action="Tap", element=[1,2,3])', ParseErrorCode.BAD_POINT),
    ('do(action="Tap", element=[0.5,0.5])', ParseErrorCode.BAD_POINT),
    ('do(action="Tap", element=[[300,400,100,200]])', ParseErrorCode.BAD_POINT),
    ('do(action="Tap", element="登录")', ParseErrorCode.BAD_POINT),
    ('do(action="Wait", duration="-3")', ParseErrorCode.BAD_DURATION),
    ('do(action="Wait", duration="soon")', ParseErrorCode.BAD_DURATION),
    ('do(action="Wait", duration=NaN)', ParseErrorCode.BAD_DURATION),
    ('do(action="Launch", app=["a"])', ParseErrorCode.BAD_VALUE),
    ('do(action="Type", text="\ud800")', ParseErrorCode.GARBLED),
    (r'do(action="Type", text="\ud800")', ParseErrorCode.GARBLED),
    ('do(action="Type", text="\x00")', ParseErrorCode.GARBLED),
    ('do(action="Back")' + " " * MAX_REPLY_CHARS, ParseErrorCode.TOO_LONG),
]


@pytest.mark.parametrize(("reply", "code"), ERRORS)
def test_an_unclear_reply_is_a_typed_error_and_never_an_action(reply, code):
    assert code_of(reply) == code


def test_the_longest_text_still_reads_back_when_all_of_it_is_escaped():
    action = act.Type("\n" * MAX_TEXT_CHARS)
    assert action_of(act.render(action)) == action


def test_the_thought_is_kept_without_its_marks():
    parsed = parse_reply('<think>先看\n订单</think><answer>do(action="Back")</answer>')
    assert parsed.thought == "先看\n订单"
    assert parsed.call_text == 'do(action="Back")'


def test_an_untagged_thought_is_kept_too():
    assert parse_reply('I go back. do(action="Back")').thought == "I go back."


@pytest.mark.parametrize(("reply", "message"), [('message=""', ""), ("message=None", "None"), ('message="x"', "x")])
def test_a_tap_is_flagged_by_the_presence_of_a_message(reply, message):
    action = action_of(f'do(action="Tap", element=[1,2], {reply})')
    assert action == act.Tap(NormPoint(1, 2), message)
    assert action.message is not None


def test_a_tap_without_a_message_is_not_flagged():
    assert action_of('do(action="Tap", element=[1,2])').message is None


@pytest.mark.parametrize("duration", ["900", '"1e9 seconds"', '"10 minutes"'])
def test_a_wait_is_bounded(duration):
    assert action_of(f'do(action="Wait", duration={duration})') == act.Wait(MAX_WAIT_S)


def test_the_error_names_the_unknown_action_in_both_languages():
    with pytest.raises(ParseError) as caught:
        parse_reply('do(action="Fly")')
    assert "Fly" in caught.value.reason("zh")
    assert "Fly" in caught.value.reason("en")


@pytest.mark.parametrize("code", list(ParseErrorCode))
def test_every_error_says_why_in_chinese_and_english(code):
    error = ParseError(code, "detail", "raw")
    assert error.reason("zh")
    assert error.reason("en") == str(error)
    assert error.reason("zh") != error.reason("en")


def test_pixels_are_turned_into_normalized_points_of_the_sent_picture():
    parsed = parse_reply(
        'do(action="Tap", element=[270,1200])', coordinates=Coordinates.PIXEL, image_size=Size(540, 1200 + 1)
    )
    assert parsed.action == act.Tap(NormPoint(500, 999))
    assert parsed.call_text == 'do(action="Tap", element=[270,1200])'


def test_a_pixel_outside_the_sent_picture_is_an_error():
    with pytest.raises(ParseError) as caught:
        parse_reply('do(action="Tap", element=[540,10])', coordinates=Coordinates.PIXEL, image_size=Size(540, 1200))
    assert caught.value.code is ParseErrorCode.BAD_POINT


def test_pixel_coordinates_without_a_picture_size_are_a_programming_error():
    with pytest.raises(ValueError, match="size of the picture"):
        parse_reply("finish()", coordinates=Coordinates.PIXEL)


def test_the_spans_point_at_the_call_and_at_its_values():
    reply = '<think>x</think><answer>do(action="Type", text="你好")</answer>'
    parsed = parse_reply(reply)
    assert reply[slice(*parsed.span)] == parsed.call_text
    assert [(name, reply[start:end]) for name, start, end in parsed.value_spans] == [
        ("action", '"Type"'),
        ("text", '"你好"'),
    ]


@pytest.mark.parametrize(
    "hostile",
    [
        'do(action="Type", text="' + '", a="' * 5000 + '")',
        'do(action="Type", text="' + '")' * 9000,
        "do(action=" + "[" * 30_000,
        "do(" * 12_000,
        'do(action="Type"' + " " * 35_000 + "x",
        '"' * 20_000 + 'do(action="Type", text="' + "\\" * 15_000,
        "<think>" * 5000,
        "</think>" * 4000,
    ],
)
def test_a_hostile_reply_is_refused_quickly(hostile):
    with pytest.raises(ParseError):
        parse_reply(hostile)
