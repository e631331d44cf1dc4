"""The model client against a real HTTP server that answers from a script."""

import base64
import io
import socket
import time

import pytest
from PIL import Image

from cs_agent.engine.actions.parse import parse_reply
from cs_agent.engine.actions.values import Back, Coordinates, Tap
from cs_agent.engine.model import errors
from cs_agent.engine.model.client import OpenAIModel
from cs_agent.engine.model.confidence import confidence_of
from cs_agent.engine.model.settings import ModelSettings
from cs_agent.engine.run.protocols import Interrupted, Message, ModelError
from cs_agent.geometry import NormPoint, Size
from cs_agent.testing.scripted_endpoint import Answer, ScriptedEndpoint

TAP = '<think>看到按钮</think><answer>do(action="Tap", element=[500,250])</answer>'
MESSAGES = [Message("system", "be brief"), Message("user", "点击")]
FAST = {"backoff_s": 0.01, "max_backoff_s": 0.05}


def read(reply):
    return parse_reply(reply.text, coordinates=reply.coordinates, image_size=reply.image_size)


def model_at(endpoint, name="scripted", key="", **settings):
    return OpenAIModel(endpoint.base_url, key, name, ModelSettings(**{**FAST, **settings}))


def ask(answers, messages=MESSAGES, accepts=None, **settings):
    """The reply to scripted answers, and the requests the server saw."""
    extra = {} if accepts is None else {"accepts": frozenset(accepts)}
    with ScriptedEndpoint(answers, **extra) as endpoint:
        reply = model_at(endpoint, **settings).reply(messages)
        return reply, endpoint.requests


def failure(answers, **settings):
    with ScriptedEndpoint(answers) as endpoint, pytest.raises(ModelError) as caught:
        model_at(endpoint, **settings).reply(MESSAGES)
    return caught.value, len(endpoint.requests)


def test_a_streamed_answer_comes_back_whole_with_its_times_and_tokens():
    reply, requests = ask([Answer(TAP, piece_delay_s=0.002)])
    assert reply.text == TAP
    assert 0 < reply.first_token_s < reply.total_s
    assert reply.prompt_tokens == 100
    assert reply.completion_tokens > 1
    assert requests[0]["stream"] is True


def test_the_sampling_parameters_of_the_model_are_sent():
    _, requests = ask([TAP], extra_body={"repetition_penalty": 1.1})
    sent = requests[0]
    assert (sent["max_tokens"], sent["temperature"], sent["top_p"]) == (3000, 0.0, 0.85)
    assert (sent["frequency_penalty"], sent["repetition_penalty"], sent["logprobs"]) == (0.2, 1.1, True)


def test_an_answer_in_one_piece_is_the_same_answer():
    reply, requests = ask([TAP], stream=False)
    assert reply.text == TAP
    assert requests[0]["stream"] is False
    assert "stream_options" not in requests[0]


def test_token_probabilities_give_the_confidence_of_the_action():
    reply, _ = ask([Answer(TAP, probability=0.5)])
    assert confidence_of(reply, read(reply)) == pytest.approx(0.5)


def test_reasoning_in_its_own_field_is_kept_beside_the_text():
    reply, _ = ask([Answer('do(action="Back")', reasoning="先返回")])
    assert reply.reasoning == "先返回"
    assert read(reply).action == Back()


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("reasoning_field", ["reasoning_content", "reasoning"])
def test_an_answer_that_a_reasoning_parser_swallowed_is_no_action_and_is_named(stream, reasoning_field):
    answer = Answer("", reasoning=TAP, reasoning_field=reasoning_field)
    error, attempts = failure([answer], stream=stream)
    assert isinstance(error, errors.ModelOnlyReasoned)
    assert "reasoning" in error.advice_in("en")
    assert attempts == 1


@pytest.mark.parametrize(
    ("accepts", "stream", "logprobs"),
    [
        (["stream", "stream_options"], True, False),
        (["stream", "logprobs"], True, True),
        (["logprobs"], False, True),
        ([], False, False),
    ],
)
def test_what_a_server_refuses_is_left_out_and_remembered(accepts, stream, logprobs):
    with ScriptedEndpoint([TAP], accepts=frozenset(accepts)) as endpoint:
        model = model_at(endpoint)
        first, second = model.reply(MESSAGES), model.reply(MESSAGES)
        asked_again = endpoint.requests[-1]
    assert first.text == second.text == TAP
    assert (first.token_probabilities is not None) is logprobs
    assert asked_again["stream"] is stream
    assert asked_again.get("logprobs", False) is logprobs


def test_a_server_that_ignores_the_wish_for_a_stream_is_understood():
    whole = (
        b'{"id":"1","object":"chat.completion","created":0,"model":"scripted","choices":[{"index":0,'
        b'"finish_reason":"stop","message":{"role":"assistant","content":"finish()"}}]}'
    )
    reply, _ = ask([Answer(body=whole)])
    assert reply.text == "finish()"


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (Answer(status=503), errors.ModelOverloaded),
        (Answer(status=429), errors.ModelOverloaded),
        (Answer(TAP, cut_after=3), errors.ModelCutOff),
        (Answer(TAP, cut_after=0), errors.ModelCutOff),
        (Answer(""), errors.ModelEmptyReply),
        (Answer(" \n"), errors.ModelEmptyReply),
        (Answer(body=b"<html>Bad gateway</html>", content_type="text/html"), ModelError),
        (Answer(body=b'{"hello": 1}'), errors.ModelBadReply),
        (Answer(body=b"{broken"), errors.ModelBadReply),
    ],
)
def test_a_failure_that_may_pass_is_tried_again_and_named_if_it_stays(broken, kind):
    reply, requests = ask([broken, TAP])
    assert reply.text == TAP
    assert len(requests) == 2
    error, attempts = failure([broken], attempts=2)
    assert isinstance(error, kind)
    assert error.retryable
    assert error.advice
    assert attempts == 2


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (Answer(status=401), errors.ModelUnauthorized),
        (Answer(status=403), errors.ModelUnauthorized),
        (Answer(status=404), errors.ModelNotFound),
        (Answer(status=413), errors.ModelInputTooLong),
        (
            Answer(status=400, body=b'{"error":{"message":"This model\'s maximum context length is 25480 tokens"}}'),
            errors.ModelInputTooLong,
        ),
    ],
)
def test_a_failure_that_cannot_pass_is_not_tried_again(broken, kind):
    error, attempts = failure([broken])
    assert isinstance(error, kind)
    assert not error.retryable
    assert error.advice
    assert attempts == 1


def test_a_request_refused_for_no_known_feature_is_named_after_all_were_left_out():
    error, attempts = failure([Answer(status=400)])
    assert type(error) is errors.ModelRefused
    assert attempts == 7


def test_a_server_error_is_tried_again_as_it_was_and_named_if_it_stays():
    reply, requests = ask([Answer(status=500), TAP])
    assert reply.text == TAP
    assert requests[0] == requests[1]
    error, _ = failure([Answer(status=500)], attempts=2)
    assert isinstance(error, errors.ModelServerError)
    assert error.retryable


def test_a_wrong_key_is_named():
    with ScriptedEndpoint([TAP], api_key="right") as endpoint:
        with pytest.raises(errors.ModelUnauthorized):
            model_at(endpoint, key="wrong").reply(MESSAGES)
        assert model_at(endpoint, key="right").reply(MESSAGES).text == TAP


def test_a_model_the_server_does_not_have_is_named():
    with ScriptedEndpoint([TAP]) as endpoint, pytest.raises(errors.ModelNotFound, match="autoglm"):
        model_at(endpoint, name="autoglm").reply(MESSAGES)


def test_the_wait_a_busy_server_asks_for_is_kept():
    started = time.monotonic()
    reply, _ = ask([Answer(status=429, headers={"Retry-After": "0.4"}), TAP], max_backoff_s=5)
    assert reply.text == TAP
    assert time.monotonic() - started >= 0.4


def test_an_endless_wait_a_busy_server_asks_for_is_cut():
    started = time.monotonic()
    reply, _ = ask([Answer(status=429, headers={"Retry-After": "3600"}), TAP], max_backoff_s=0.05)
    assert reply.text == TAP
    assert time.monotonic() - started < 60


def test_nothing_at_the_address_is_unreachable():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model = OpenAIModel(f"http://127.0.0.1:{port}/v1", "", "m", ModelSettings(attempts=1))
    with pytest.raises(errors.ModelUnreachable):
        model.reply(MESSAGES)


def test_a_silent_server_is_a_time_out():
    error, _ = failure([Answer(TAP, delay_s=30)], attempts=1, first_token_timeout_s=0.2)
    assert isinstance(error, errors.ModelTimeout)


def test_a_server_that_was_too_slow_is_not_asked_again_at_once():
    error, requests = failure([Answer(TAP, delay_s=30)], attempts=3, first_token_timeout_s=0.2)
    assert isinstance(error, errors.ModelTimeout)
    assert requests == 1


def test_a_server_that_falls_silent_in_mid_answer_is_a_time_out():
    error, _ = failure([Answer(TAP, piece_delay_s=30)], attempts=1, first_token_timeout_s=0.2)
    assert isinstance(error, errors.ModelTimeout)


def test_an_answer_that_trickles_without_end_is_a_time_out():
    error, _ = failure([Answer(TAP * 50, piece_delay_s=0.05)], attempts=1, total_timeout_s=0.4)
    assert isinstance(error, errors.ModelTimeout)


class Stopped(Interrupted):
    pass


def stop_after(looks):
    seen = []

    def check():
        seen.append(1)
        if len(seen) > looks:
            raise Stopped

    return check


@pytest.mark.parametrize("answer", [Answer(TAP, delay_s=30), Answer(status=429, headers={"Retry-After": "30"})])
def test_a_stopped_run_does_not_wait_for_the_model(answer):
    started = time.monotonic()
    with ScriptedEndpoint([answer]) as endpoint:
        model = OpenAIModel(endpoint.base_url, "", "scripted", ModelSettings(max_backoff_s=30), check=stop_after(1))
        with pytest.raises(Stopped):
            model.reply(MESSAGES)
    assert time.monotonic() - started < 10


def test_the_picture_is_sent_before_the_text_within_the_budget():
    image = Image.effect_noise((1080, 2400), 60).convert("RGB")
    reply, requests = ask([TAP], [Message("user", "看图", image)], max_pixels=500_000, max_picture_bytes=120_000)
    picture, text = requests[0]["messages"][0]["content"]
    data = base64.b64decode(picture["image_url"]["url"].split(",", 1)[1])
    sent = Image.open(io.BytesIO(data))
    assert text == {"type": "text", "text": "看图"}
    assert len(data) <= 120_000
    assert sent.width * sent.height <= 500_000
    assert reply.image_size == Size(*sent.size)


def test_messages_without_a_picture_are_plain_texts():
    _, requests = ask([TAP])
    assert requests[0]["messages"] == [
        {"role": "system", "content": "be brief"},
        {"role": "user", "content": "点击"},
    ]


def test_two_pictures_in_one_request_are_a_programming_error():
    image = Image.new("RGB", (64, 64))
    with ScriptedEndpoint([TAP]) as endpoint, pytest.raises(ValueError, match="one picture"):
        model_at(endpoint).reply([Message("user", "a", image), Message("user", "b", image)])


def test_pixels_are_read_in_the_size_of_the_sent_picture():
    reply, _ = ask(
        ['do(action="Tap", element=[250,500])'],
        [Message("user", "点", Image.new("RGB", (1000, 2000)))],
        coordinates=Coordinates.PIXEL,
        max_pixels=500_000,
    )
    assert reply.image_size == Size(500, 1000)
    assert read(reply).action == Tap(NormPoint(500, 500))


def test_the_offered_models_are_listed():
    with ScriptedEndpoint([TAP], models=("a", "b")) as endpoint:
        assert model_at(endpoint, name="a").models() == ["a", "b"]


def test_every_model_error_has_advice_and_says_whether_trying_again_helps():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ModelError)]
    assert len(kinds) >= 12
    assert all(isinstance(kind.retryable, bool) for kind in kinds)
    told = [(kind.advice, kind("x").advice_in("en")) for kind in kinds if kind is not ModelError]
    assert all(advice and english and english.isascii() for advice, english in told)
