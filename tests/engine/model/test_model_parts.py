"""The model client's parts: settings, pictures, tokens, the check, the scripted model."""

import io
import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cs_agent.engine.actions.parse import parse_reply
from cs_agent.engine.actions.values import Back, Coordinates, Tap
from cs_agent.engine.model.check import check, known_screen
from cs_agent.engine.model.client import OpenAIModel
from cs_agent.engine.model.confidence import action_confidence, confidence_of
from cs_agent.engine.model.picture import PictureFormat, fit_picture
from cs_agent.engine.model.settings import ModelSettings
from cs_agent.engine.model.stream import token_probabilities
from cs_agent.engine.run.protocols import Message, ModelError, Reply
from cs_agent.geometry import NormPoint
from cs_agent.testing.model import ScriptedModel, ScriptOver, documented
from cs_agent.testing.scripted_endpoint import Answer, ScriptedEndpoint

# settings


def test_settings_are_read_from_json():
    settings = ModelSettings.from_json({"coordinates": "pixel", "max_tokens": "512", "picture_format": "png"})
    assert settings.coordinates is Coordinates.PIXEL
    assert settings.max_tokens == 512
    assert settings.picture_format is PictureFormat.PNG


@pytest.mark.parametrize(
    ("data", "named"),
    [
        ({"max_tokns": 1}, "max_tokns"),
        ({"max_tokens": "many"}, "max_tokens"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stream": 1}, "stream"),
        ({"temperature": True}, "temperature"),
        ({"coordinates": "inches"}, "coordinates"),
        ({"total_timeout_s": 0}, "total_timeout_s"),
        ({"attempts": [1]}, "attempts"),
    ],
)
def test_a_wrong_setting_is_named(data, named):
    with pytest.raises(ValueError, match=named):
        ModelSettings.from_json(data)


# pictures


@pytest.mark.parametrize("form", list(PictureFormat))
@pytest.mark.parametrize("size", [(1080, 2400), (2400, 1080), (300, 300)])
def test_a_picture_keeps_its_shape_and_both_budgets(form, size):
    picture = fit_picture(Image.effect_noise(size, 90), max_pixels=200_000, max_bytes=60_000, form=form)
    opened = Image.open(io.BytesIO(picture.data))
    assert opened.format == form.upper()
    assert opened.size == (picture.size.width, picture.size.height)
    assert len(picture.data) <= 60_000
    assert opened.width * opened.height <= 200_000
    assert opened.width / opened.height == pytest.approx(size[0] / size[1], rel=0.03)


def test_a_picture_within_the_budgets_keeps_its_size():
    picture = fit_picture(Image.new("RGBA", (720, 1600)), max_pixels=5_000_000, max_bytes=1_000_000)
    assert (picture.size.width, picture.size.height) == (720, 1600)
    assert picture.url.startswith("data:image/jpeg;base64,")


def test_a_budget_nothing_fits_into_is_an_error():
    with pytest.raises(ValueError, match="10 bytes"):
        fit_picture(Image.new("RGB", (100, 100)), max_pixels=10_000, max_bytes=10)


# tokens and confidence


def token(text: str, logprob: float | None, data: list[int] | None = None) -> dict[str, object]:
    return {"token": text, "logprob": logprob, "bytes": data}


def test_parts_of_a_character_are_joined_with_the_product_of_their_probabilities():
    raw = "退".encode()
    tokens = [token("a", math.log(0.9)), token("?", math.log(0.5), list(raw[:1])), token("?", 0.0, list(raw[1:]))]
    found = token_probabilities(tokens)
    assert [text for text, _ in found] == ["a", "退"]
    assert [p for _, p in found] == pytest.approx([0.9, 0.5])


@pytest.mark.parametrize("logprob", [None, float("nan"), "0", True])
def test_a_token_without_a_probability_makes_the_confidence_unknown(logprob):
    assert token_probabilities([token("a", 0.0), token("b", logprob)]) is None


def test_no_tokens_are_unknown_probabilities():
    assert token_probabilities([]) is None


@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1), st.data())
def test_text_split_anywhere_into_bytes_is_put_together_again(text, data):
    raw = text.encode()
    cuts = sorted(data.draw(st.sets(st.integers(0, len(raw)), max_size=8)) | {0, len(raw)})
    parts = [raw[a:b] for a, b in itertools.pairwise(cuts)]
    found = token_probabilities([token("", 0.0, list(part)) for part in parts if part])
    assert "".join(text for text, _ in found) == text


def probable(pieces, text=None):
    whole = "".join(piece for piece, _ in pieces)
    return Reply(text if text is not None else whole, token_probabilities=tuple(pieces))


TAP_PIECES = [
    ("<think>maybe", 0.1),
    ("</think><answer>", 1.0),
    ("do", 1.0),
    ('(action="', 0.2),
    ("Tap", 0.9),
    ('", element=', 0.3),
    ("[500,", 0.64),
    ("250]", 1.0),
    (", message=", 1.0),
    ('"支付很多钱"', 0.01),
    (")", 1.0),
    ("</answer>", 1.0),
]


def test_confidence_is_that_of_the_least_certain_decisive_value():
    reply = probable(TAP_PIECES)
    found = action_confidence(reply, parse_reply(reply.text))
    assert found.weakest == "action"  # its quote belongs to the piece before it
    assert found.value == pytest.approx((0.2 * 0.9 * 0.3) ** (1 / 3))
    assert found.lowest == pytest.approx(0.2)


def test_thought_and_prose_do_not_count():
    pieces = [(text, 0.001 if text.startswith(("<think>", '"支付')) else 0.95) for text, _ in TAP_PIECES]
    reply = probable(pieces)
    assert confidence_of(reply, parse_reply(reply.text)) == pytest.approx(0.95)


def test_a_doubtful_coordinate_lowers_the_confidence():
    for probability in (0.99, 0.4):
        pieces = [("do", 1.0), ('(action="Tap", element=', 1.0), ("[1,2]", probability), (")", 1.0)]
        reply = probable(pieces)
        assert confidence_of(reply, parse_reply(reply.text)) == pytest.approx(probability)


def test_a_finish_is_as_sure_as_the_choice_to_finish():
    reply = probable([("finish", 0.7), ("(message=", 1.0), ('"随便什么"', 0.1), (")", 1.0)])
    assert confidence_of(reply, parse_reply(reply.text)) == pytest.approx(0.7)


def test_probabilities_that_do_not_match_the_text_are_unknown():
    reply = probable([("something", 0.9), (" else", 0.9)], text='do(action="Back")')
    assert confidence_of(reply, parse_reply(reply.text)) is None


def test_probabilities_of_special_tokens_around_the_text_are_passed_over():
    reply = probable(
        [("<s>", 0.1), ('do(action="', 1.0), ("Back", 0.9), ('")', 1.0), ("</s>", 0.1)], 'do(action="Back")'
    )
    assert confidence_of(reply, parse_reply(reply.text)) == pytest.approx(0.9 ** (1 / 3))


def test_no_probabilities_are_unknown_confidence():
    assert confidence_of(Reply("finish()"), parse_reply("finish()")) is None


@given(st.lists(st.floats(0, 1), min_size=17, max_size=17))
def test_confidence_is_always_within_zero_and_one(probabilities):
    text = 'do(action="Back")'
    reply = Reply(text, token_probabilities=tuple(zip(text, probabilities, strict=True)))
    assert 0.0 <= confidence_of(reply, parse_reply(text)) <= 1.0


# the check


def checked(script, screenshot=None, **settings):
    with ScriptedEndpoint(script) as endpoint:
        model = OpenAIModel(endpoint.base_url, "", "scripted", ModelSettings(attempts=1, **settings))
        return check(model, screenshot)


def test_a_good_endpoint_is_usable_with_its_figures():
    found = checked([Answer(documented(Tap(NormPoint(500, 760))), piece_delay_s=0.002)])
    assert found.usable
    assert found.listed
    assert found.on_target is True
    assert found.logprobs
    assert found.streaming
    assert 0 < found.first_token_s < found.total_s
    assert found.tokens_per_s > 0
    assert found.confidence == pytest.approx(0.99)


def test_a_tap_beside_the_button_is_told():
    assert checked([documented(Tap(NormPoint(100, 100)))]).on_target is False


def test_a_screen_of_ones_own_has_no_known_target():
    found = checked([documented(Tap(NormPoint(1, 1)))], known_screen())
    assert found.usable
    assert found.on_target is None


def test_a_talkative_model_is_not_usable_and_the_check_says_why():
    found = checked(["I see a button. Shall I tap it?"])
    assert not found.usable
    assert "no do" in found.problem
    assert found.advice


def test_a_failing_endpoint_is_not_usable_and_the_check_says_why():
    found = checked([Answer(status=401)])
    assert not found.usable
    assert "401" in found.problem
    assert "key" in found.advice


def test_a_server_without_extras_is_still_usable():
    found = checked([documented(Back())], stream=False, logprobs=False)
    assert found.usable
    assert not found.streaming
    assert not found.logprobs
    assert found.confidence is None


# the scripted model


def test_a_scripted_model_answers_in_order_and_keeps_what_it_was_asked():
    model = ScriptedModel(["a", Back(), lambda messages: messages[-1].text])
    replies = [model.reply([Message("user", text)]).text for text in ("1", "2", "3")]
    assert replies == ["a", documented(Back()), "3"]
    assert [messages[0].text for messages in model.asked] == ["1", "2", "3"]


def test_a_scripted_model_raises_the_errors_of_its_script_and_at_its_end():
    model = ScriptedModel([ModelError("busy")])
    with pytest.raises(ModelError, match="busy"):
        model.reply([])
    with pytest.raises(ScriptOver):
        model.reply([])


def test_a_scripted_model_has_the_confidence_it_was_given():
    reply = ScriptedModel([Back()], probability=0.6).reply([])
    assert confidence_of(reply, parse_reply(reply.text)) == pytest.approx(0.6)
    assert ScriptedModel([Back()], probability=None).reply([]).token_probabilities is None
