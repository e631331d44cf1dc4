"""Models as they really answer: each of these was seen on a server of others, and broke a client."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from cs_agent.engine.actions.parse import parse_reply
from cs_agent.engine.actions.parse_errors import ParseError
from cs_agent.engine.actions.values import Tap
from cs_agent.engine.model import errors, server_errors
from cs_agent.engine.model.check import check
from cs_agent.engine.model.client import OpenAIModel
from cs_agent.engine.model.confidence import confidence_of
from cs_agent.engine.model.families.general import General
from cs_agent.engine.model.reading import parsed_of
from cs_agent.engine.model.settings import ModelSettings
from cs_agent.engine.model.stream import ReplyCollector
from cs_agent.engine.model.transport import is_this_machine
from cs_agent.engine.run.protocols import Message, ModelError, Reply
from cs_agent.testing.model_servers import SERVERS, ServerManners
from cs_agent.testing.scripted_endpoint import Answer, Refusal, ScriptedEndpoint

TAP = '<think>看到按钮</think><answer>do(action="Tap", element=[500,250])</answer>'
MESSAGES = [Message("system", "be brief"), Message("user", "点击")]
DIALECTS = pytest.mark.parametrize("manners", SERVERS.values(), ids=list(SERVERS))


def model_at(endpoint: ScriptedEndpoint, **settings: Any) -> OpenAIModel:
    defaults = {"backoff_s": 0.01, "max_backoff_s": 0.05, "attempts": 2}
    return OpenAIModel(endpoint.base_url, "", "scripted", ModelSettings(**{**defaults, **settings}))


def ask(*answers: Answer | str, refuses: Any = None, **settings: Any) -> tuple[Reply, list[dict[str, Any]]]:
    with ScriptedEndpoint(answers, refuses=refuses) as endpoint:
        return model_at(endpoint, **settings).reply(MESSAGES), endpoint.requests


def failure(*answers: Answer | str, **settings: Any) -> tuple[ModelError, int]:
    with ScriptedEndpoint(answers) as endpoint, pytest.raises(ModelError) as caught:
        model_at(endpoint, **settings).reply(MESSAGES)
    return caught.value, len(endpoint.requests)


def in_words(error: ModelError) -> bool:
    """What a person is shown holds no name of a Python error and no line of a validator."""
    text = f"{error} {error.advice_in('zh', 'en')}"
    return not any(
        word in text for word in ("Error:", "Exception", "Traceback", "pydantic", "NoneType", "validation error")
    )


# every server's manners


@DIALECTS
@pytest.mark.parametrize("stream", [True, False])
def test_every_servers_answer_is_read_whatever_it_refuses(manners: ServerManners, stream: bool) -> None:
    answer = Answer(TAP, reasoning="想一想", reasoning_field=manners.reasoning_field)
    with ScriptedEndpoint([answer], refuses=manners.refuses) as endpoint:
        model = model_at(endpoint, stream=stream)
        first, second = model.reply(MESSAGES), model.reply(MESSAGES)
        asked = len(endpoint.requests)
    assert first.text == second.text == TAP
    assert first.reasoning == "想一想"
    assert asked <= len(manners.refuses) + 2  # what was refused is remembered
    assert not set(manners.refuses) & {name for name, value in endpoint.requests[-1].items() if value}


@DIALECTS
def test_every_servers_failures_are_told_apart(manners: ServerManners) -> None:
    for answer, kind in (
        (manners.too_long, errors.ModelInputTooLong),
        (manners.unknown_model, errors.ModelNotFound),
        (manners.overloaded, errors.ModelOverloaded),
    ):
        error, _ = failure(answer)
        assert type(error) is kind, error
        assert in_words(error)


# what ends an answer


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer("<think>The page shows …", finish_reason="length"), errors.ModelTruncated),
        (Answer("", reasoning="想了很久", finish_reason="length"), errors.ModelTruncated),
        (Answer('do(action="Tap", element=[500, 700])\n', finish_reason="length"), errors.ModelTruncated),
        (Answer("", finish_reason="content_filter"), errors.ModelFiltered),
        (Answer(TAP, finish_reason="content_filter"), errors.ModelFiltered),
        (Answer(TAP, finish_reason="abort"), errors.ModelCutOff),
        (Answer(TAP, finish_reason="error"), errors.ModelCutOff),
    ],
)
def test_an_answer_that_was_cut_off_is_never_an_action(answer: Answer, kind: type[ModelError], stream: bool) -> None:
    error, _ = failure(answer, stream=stream)
    assert type(error) is kind


def test_hitting_the_limit_is_told_and_not_asked_again() -> None:
    error, asked = failure(Answer("<think>…", finish_reason="length"))
    assert asked == 1
    assert "max_tokens" in str(error)
    assert "max_tokens" in error.advice


def test_the_model_check_names_the_limit_the_filter_and_the_reasoning_parser() -> None:
    for answer, word in (
        (Answer("<think>…", finish_reason="length"), "max_tokens"),
        (Answer("", finish_reason="content_filter"), "filter"),
        (Answer("", reasoning=TAP), "--reasoning-parser"),
    ):
        with ScriptedEndpoint([answer]) as endpoint:
            found = check(model_at(endpoint))
        assert not found.usable
        assert word in f"{found.problem} {found.advice}"


def test_a_stream_that_ends_with_done_has_finished() -> None:
    reply, requests = ask(Answer(TAP, finish_reason=None))
    assert reply.text == TAP
    assert len(requests) == 1


def test_a_stream_that_never_says_so_is_asked_for_in_one_piece_from_then_on() -> None:
    with ScriptedEndpoint([Answer(TAP, finish_reason=None, done=False)]) as endpoint:
        model = model_at(endpoint)
        assert model.reply(MESSAGES).text == model.reply(MESSAGES).text == TAP
    assert [bool(request.get("stream")) for request in endpoint.requests] == [True, False, False]


def piece(text: str | None, finish: object = None) -> str:
    return json.dumps({"choices": [{"delta": {"content": text}, "finish_reason": finish}]})


ODD_STREAMS = {
    "no empty lines": f"data: {piece(TAP[:9])}\ndata: {piece(TAP[9:])}\ndata: {piece(None, 'stop')}\ndata: [DONE]\n",
    "end of line of DOS": f"data: {piece(TAP)}\r\n\r\ndata: {piece(None, 'stop')}\r\n\r\n",
    "pings and names": f": ping\n\nevent: message\nid: 1\nretry: 5\ndata: {piece(TAP)}\n\n: ping\n\ndata: [DONE]\n\n",
    "the word null": f"data: {piece(TAP, 'null')}\n\ndata: {piece(None, 'stop')}\n\n",
    "nothing but null": f"data: {piece(TAP, 'null')}\n\ndata:[DONE]",
    "a second answer in between": f"data: {piece(TAP[:9])}\n\n"
    f'data: {{"choices": [{{"index": 1, "delta": {{"content": "x"}}}}]}}\n\n'
    f"data: {piece(TAP[9:], 'stop')}\n\n",
    "a mark of the encoding first": f"\ufeffdata: {piece(TAP, 'stop')}\n\n",
    "an end without a word": f'data: {piece(TAP)}\n\ndata: {{"choices": [], "usage": null}}\n\ndata: [DONE]\n\n',
}


@pytest.mark.parametrize("stream", ODD_STREAMS.values(), ids=ODD_STREAMS)
def test_a_stream_is_read_however_its_server_writes_it(stream: str) -> None:
    assert ReplyCollector(0.0).collect(httpx.Response(200, text=stream).iter_lines()).text == TAP


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("MAX_TOKENS", errors.ModelTruncated),
        ("repetition_truncation", errors.ModelTruncated),
        ("PROHIBITED_CONTENT", errors.ModelFiltered),
        ("refusal", errors.ModelFiltered),
        ("insufficient_system_resource", errors.ModelCutOff),
        ("engine_overloaded", errors.ModelCutOff),
        ("model_context_window_exceeded", errors.ModelTruncated),
        ("incomplete", errors.ModelTruncated),
        ("pause_turn", errors.ModelCutOff),
        ("preempted", errors.ModelCutOff),
    ],
)
def test_a_word_of_a_servers_own_that_is_no_end_ends_no_answer(reason: str, kind: type[ModelError]) -> None:
    with pytest.raises(kind):
        ReplyCollector(0.0).take({"choices": [{"message": {"content": TAP}, "finish_reason": reason}]})


BROKEN_STREAMS = {
    "an error as plain data": ("data: error: CUDA out of memory", errors.ModelServerError),
    "an error without its field": ('{"error":{"message":"engine dead","code":500}}', errors.ModelServerError),
    "an error in a choice": ('data: {"choices": [{"error": {"message": "gone", "code": 504}}]}', errors.ModelTimeout),
    "an error as a field of the event": ('error: {"code":500,"message":"slot lost"}', errors.ModelServerError),
    "an error as words of a field": ("error: out of memory", errors.ModelServerError),
    "Anthropic's own": ('data: {"type":"message_start","message":{"id":"m","type":"message"}}', errors.ModelOtherApi),
    "no JSON": ("data: hello", errors.ModelBadReply),
}


@pytest.mark.parametrize(("line", "kind"), BROKEN_STREAMS.values(), ids=BROKEN_STREAMS)
def test_an_error_in_the_middle_of_a_stream_is_that_error(line: str, kind: type[ModelError]) -> None:
    with pytest.raises(ModelError) as caught:
        ReplyCollector(0.0).collect([f"data: {piece(TAP[:9])}", "", line, ""])
    assert type(caught.value) is kind


def test_a_part_whose_text_is_an_object_is_read() -> None:
    parts = [{"type": "text", "text": {"value": TAP, "annotations": []}}]
    completion = {"choices": [{"message": {"content": parts}, "finish_reason": "stop"}]}
    assert ReplyCollector(0.0).take(completion).text == TAP


@pytest.mark.parametrize(
    ("encoding", "named"),
    [pytest.param("gbk", "gbk", id="as-it-says"), pytest.param("utf-8", "utf-8", id="usual")],
)
def test_an_answer_in_one_piece_is_read_in_the_encoding_that_it_names(encoding: str, named: str) -> None:
    body = json.dumps({"choices": [{"message": {"content": TAP}, "finish_reason": "stop"}]}, ensure_ascii=False)
    reply, _ = ask(Answer(body=body.encode(encoding), content_type=f"application/json; charset={named}"), stream=False)
    assert reply.text == TAP


def test_an_answer_that_is_not_written_in_its_encoding_is_no_answer() -> None:
    body = json.dumps({"choices": [{"message": {"content": TAP}, "finish_reason": "stop"}]}, ensure_ascii=False)
    error, _ = failure(Answer(body=body.encode("gbk")), stream=False)
    assert type(error) is errors.ModelBadReply
    assert in_words(error)


def test_a_connection_that_closes_is_told_without_the_librarys_words() -> None:
    error, _ = failure(Answer(TAP, cut_after=2))
    assert "chunked" not in str(error)
    assert "peer" not in str(error)


def test_an_error_that_a_picture_cannot_be_read_is_a_refusal_at_any_status() -> None:
    body = {"error": {"message": "this model is missing data required for image input"}}
    error, _ = failure(Answer(status=500, body=json.dumps(body).encode()))
    assert type(error) is errors.ModelRefused


def test_a_model_that_refuses_in_words_is_no_empty_answer() -> None:
    message = {"content": None, "refusal": "I cannot help with that"}
    with pytest.raises(errors.ModelFiltered, match="cannot help"):
        ReplyCollector(0.0).take({"choices": [{"message": message, "finish_reason": "stop"}]})


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"model": "m", "message": {"role": "assistant", "content": TAP}, "done": True}, "Ollama"),
        ({"model": "m", "response": TAP, "done": True}, "Ollama"),
        ({"type": "message", "content": [{"type": "text", "text": TAP}], "stop_reason": "end_turn"}, "Anthropic"),
        ({"object": "response", "output": []}, "responses"),
        ([{"generated_text": TAP}], "Text Generation Inference"),
        ({"candidates": [{"content": {"parts": [{"text": TAP}]}}]}, "Gemini"),
    ],
)
def test_an_answer_of_another_api_is_named_and_no_action(body: object, name: str) -> None:
    with pytest.raises(errors.ModelOtherApi, match=name) as caught:
        ReplyCollector(0.0).take(body)
    assert "/v1" in caught.value.advice_in("zh")


def test_ollamas_own_stream_is_named_and_a_plain_stream_of_chunks_is_read() -> None:
    own = [json.dumps({"message": {"content": part}, "done": part == ""}) for part in (TAP, "")]
    error, requests = failure(Answer(body="\n".join(own).encode(), content_type="application/x-ndjson"))
    assert type(error) is errors.ModelOtherApi
    assert requests == 1  # asking again would not help
    chunk = {"choices": [{"index": 0, "delta": {"content": TAP}, "finish_reason": "stop"}]}
    assert ReplyCollector(0.0).collect([json.dumps(chunk)]).text == TAP


def test_a_stream_that_ends_with_the_whole_answer_again_is_one_answer() -> None:
    delta = {"choices": [{"index": 0, "delta": {"content": TAP}}]}
    whole = {"choices": [{"index": 0, "delta": {}, "message": {"content": TAP}, "finish_reason": "stop"}]}
    assert ReplyCollector(0.0).collect(f"data: {json.dumps(event)}\n" for event in (delta, whole)).text == TAP


def test_calls_without_a_place_are_told_apart_by_their_names() -> None:
    pieces = [{"id": "a", "function": {"name": "tap", "arguments": "{"}}, {"id": "a", "function": {"arguments": "}"}}]
    pieces += [
        {"function": {"name": None, "arguments": " "}},
        {"id": "b", "function": {"name": "back", "arguments": "{}"}},
    ]
    stream = [json.dumps({"choices": [{"delta": {"tool_calls": [call]}}]}) for call in pieces]
    reply = ReplyCollector(0.0).collect([line for data in stream for line in (f"data: {data}", "")] + ["data: [DONE]"])
    assert [(call.name, call.arguments) for call in reply.tool_calls] == [("tap", "{} "), ("back", "{}")]


def test_a_stream_that_calls_itself_json_is_read_and_a_web_page_is_named() -> None:
    stream = f"data: {piece(TAP, 'stop')}\n\ndata: [DONE]\n\n".encode()
    assert ask(Answer(body=stream))[0].text == TAP
    error, _ = failure(Answer(body=b"<html><title>Sign in</title></html>"), attempts=1)
    assert "Sign in" in str(error)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (404, "No endpoints found that support image input", errors.ModelRefused),
        (524, "error code: 524", errors.ModelTimeout),
        (500, "image input is not supported - you may need to provide the mmproj", errors.ModelRefused),
        (403, "Input was flagged", errors.ModelFiltered),
        (403, "Sorry, your account balance is insufficient", errors.ModelQuotaUsedUp),
        (400, "Invalid model name passed in model=x", errors.ModelNotFound),
        (405, "Method Not Allowed", errors.ModelNotFound),
        (422, "`inputs` tokens + `max_new_tokens` must be less than 4096", errors.ModelInputTooLong),
        (502, "<html><title>502 Bad Gateway</title></html>", errors.ModelServerError),
    ],
)
def test_a_status_is_read_with_the_words_beside_it(status: int, words: str, kind: type[ModelError]) -> None:
    error = server_errors.status_error(status, words, {}, words)
    assert type(error) is kind
    assert "<" not in str(error)


def test_a_redirect_is_told_and_not_followed() -> None:
    with ScriptedEndpoint([TAP]) as elsewhere:
        moved = Answer(status=307, body=b"", headers={"Location": f"{elsewhere.base_url}/chat/completions"})
        error, asked = failure(moved)
    assert type(error) is errors.ModelMoved
    assert elsewhere.base_url in str(error)
    assert (asked, elsewhere.requests) == (1, [])


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"retry-after": "12"}, 12, 12),
        ({"retry-after-ms": "1500"}, 1.5, 1.5),
        ({"retry-after": "Fri, 31 Dec 2999 23:59:59 GMT"}, 1e9, 1e12),
        ({"retry-after": "Mon, 01 Jan 2001 00:00:00 GMT"}, 0, 0),
    ],
)
def test_the_wait_that_a_server_asks_for_is_read_in_all_its_forms(headers, least: float, most: float) -> None:  # type: ignore[no-untyped-def]
    wait = server_errors.retry_after(headers)
    assert wait is not None
    assert least <= wait <= most
    assert server_errors.retry_after({"retry-after": "soon"}) is server_errors.retry_after({}) is None


def test_the_word_null_ends_no_answer() -> None:
    with pytest.raises(errors.ModelUnfinished):
        ReplyCollector(0.0).collect([f"data: {piece(TAP, 'null')}", ""])


@pytest.mark.parametrize(
    "arguments", ['{"element": [500,', '{"element": [500, 250]} {"element": [1, 1]}', "null", "[]", '"tap"', ""]
)
def test_a_call_of_a_tool_that_is_cut_off_or_doubled_is_no_action(arguments: str) -> None:
    reply, _ = ask(Answer("", tool_calls=(("tap", arguments),), finish_reason="tool_calls"))
    with pytest.raises(ParseError):
        parsed_of(General().read(reply))


# errors inside an answer that says that all is well


ERRORS_IN_ANSWERS = [
    ({"error": {"message": "TimeoutError", "type": "GatewayTimeout", "code": 504}}, errors.ModelTimeout),
    (
        {"error": {"code": 400, "type": "exceed_context_size_error", "message": "the request exceeds the context"}},
        errors.ModelInputTooLong,
    ),
    ({"error": {"code": 401, "message": "Invalid token"}}, errors.ModelUnauthorized),
    ({"error": {"message": "quota exceeded for this month"}}, errors.ModelQuotaUsedUp),
    ({"object": "error", "message": "model m not found"}, errors.ModelNotFound),
    ({"error": "rate limit reached"}, errors.ModelOverloaded),
    ({"error": {"message": "something broke"}}, errors.ModelServerError),
    ({"error_code": 336003, "error_msg": "the max input characters: prompt too long"}, errors.ModelInputTooLong),
    ({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}, errors.ModelQuotaUsedUp),
    ({"code": 500, "msg": "404 NOT_FOUND", "success": False}, errors.ModelServerError),
    ({"detail": "model is overloaded"}, errors.ModelOverloaded),
    ({"message": "Forbidden: invalid api key"}, errors.ModelUnauthorized),
    ({"code": "InvalidApiKey", "message": "no such key", "request_id": "7"}, errors.ModelUnauthorized),
    ({"error": {"code": "context_length_exceeded", "message": "reduce"}, "choices": []}, errors.ModelInputTooLong),
]


@pytest.mark.parametrize(("body", "kind"), ERRORS_IN_ANSWERS)
@pytest.mark.parametrize("form", ["event", "json", "not streamed"])
def test_an_error_object_is_that_error_whatever_the_status(
    body: dict[str, Any], kind: type[ModelError], form: str
) -> None:
    told = json.dumps(body)
    answer = Answer(events=(told,)) if form == "event" else Answer(body=told.encode())
    error, _ = failure(answer, stream=form != "not streamed", attempts=1)
    assert type(error) is kind
    parts = next((body[name] for name in ("error", "base_resp") if name in body), body)
    names = ("message", "msg", "error_msg", "status_msg", "detail")
    said = parts if isinstance(parts, str) else next(parts[name] for name in names if name in parts)
    assert said in str(error)
    assert in_words(error)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (
            400,
            {
                "error": {
                    "message": "the request exceeds the available context size, try increasing it",
                    "type": "exceed_context_size_error",
                }
            },
            errors.ModelInputTooLong,
        ),
        (400, {"error": {"message": "Range of input length should be [1, 30720]"}}, errors.ModelInputTooLong),
        (
            429,
            {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}},
            errors.ModelQuotaUsedUp,
        ),
        (402, {"error": {"message": "Insufficient Balance"}}, errors.ModelQuotaUsedUp),
        (429, {"error": {"message": "Too many requests"}}, errors.ModelOverloaded),
        (400, {"error": {"message": "API key not valid"}}, errors.ModelUnauthorized),
        (400, {"error": {"message": "Your request exceeded model token limit: 8192"}}, errors.ModelInputTooLong),
        (400, {"error": {"code": "1261", "message": "Prompt 超长"}}, errors.ModelInputTooLong),
        (500, {"error": {"code": 500, "message": "the request exceeds n_ctx"}}, errors.ModelInputTooLong),
        (400, {"error": {"code": "1301", "message": "内容可能包含不安全或敏感内容"}}, errors.ModelFiltered),
        (400, {"error": "input length exceeds maximum context length"}, errors.ModelInputTooLong),
    ],
)
def test_quota_context_and_key_are_told_apart(status: int, body: dict[str, Any], kind: type[ModelError]) -> None:
    error, asked = failure(Answer(status=status, body=json.dumps(body).encode()))
    assert type(error) is kind
    assert (asked == 1) is not error.retryable


# fields given up


@pytest.mark.parametrize("status", [400, 422, 500, 501])
def test_a_field_that_a_refusal_names_is_left_out_and_no_other(status: int) -> None:
    refusal = Refusal(status, {"error": {"message": "frequency_penalty is not implemented"}})
    reply, requests = ask(TAP, refuses={"frequency_penalty": refusal})
    assert reply.text == TAP
    assert set(requests[0]) - set(requests[1]) == {"frequency_penalty"}
    assert len(requests) == 2


def test_fields_are_given_up_one_by_one_on_a_server_error_that_names_none() -> None:
    refusal = Refusal(500, {"error": {"message": "internal error"}})
    with ScriptedEndpoint([TAP], refuses={"logprobs": refusal}) as endpoint:
        model = model_at(endpoint)
        assert model.reply(MESSAGES).text == TAP
        before = len(endpoint.requests)
        model.reply(MESSAGES)
    assert len(endpoint.requests) == before + 1
    assert "logprobs" not in endpoint.requests[-1]
    assert endpoint.requests[-1]["stream"]


def test_the_limit_of_tokens_is_renamed_for_a_server_that_wants_another_name() -> None:
    message = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
    _, requests = ask(TAP, refuses={"max_tokens": Refusal(400, {"error": {"message": message}})})
    assert "max_tokens" not in requests[-1]
    assert requests[-1]["max_completion_tokens"] == 3000


def test_a_field_of_the_installations_own_is_left_out_where_the_server_names_it() -> None:
    refusal = Refusal(400, {"error": {"message": "unknown field: chat_template_kwargs"}})
    reply, requests = ask(
        TAP, refuses={"chat_template_kwargs": refusal}, extra_body={"chat_template_kwargs": {"enable_thinking": False}}
    )
    assert reply.text == TAP
    assert "chat_template_kwargs" in requests[0]
    assert "chat_template_kwargs" not in requests[1]


# shapes


@pytest.mark.parametrize("stream", [True, False])
def test_text_in_parts_is_the_text_and_a_null_probability_is_no_confidence(stream: bool) -> None:
    reply, _ = ask(Answer(TAP, as_parts=True, null_logprobs=True), stream=stream)
    parsed = parse_reply(reply.text)
    assert isinstance(parsed.action, Tap)
    assert confidence_of(reply, parsed) is None


@pytest.mark.parametrize("stream", [True, False])
def test_calls_of_tools_are_read_whole_or_in_pieces(stream: bool) -> None:
    calls = (("tap", '{"element": [500, 250]}'), ("note", '{"message": "好"}'))
    reply, _ = ask(Answer("", tool_calls=calls, finish_reason="tool_calls"), stream=stream)
    assert [(call.name, json.loads(call.arguments)) for call in reply.tool_calls] == [
        (name, json.loads(arguments)) for name, arguments in calls
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b"7",
        b'{"choices": null}',
        b'{"choices": [null]}',
        b'{"choices": [{"message": null}]}',
        b'{"choices": [{"message": {"content": 7}, "finish_reason": "stop"}]}',
        b"",
        b"{",
        b"\xff\xfe",
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_of_no_known_shape_is_told_in_words(body: bytes, stream: bool) -> None:
    error, _ = failure(Answer(body=body), stream=stream, attempts=1)
    assert isinstance(error, errors.ModelBadReply)
    assert in_words(error)


# proxies


PROXIES = ["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "http_proxy", "https_proxy", "NO_PROXY", "no_proxy"]


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:7890"),
        ("ALL_PROXY", "socks://127.0.0.1:7890/"),
        ("HTTP_PROXY", "http://127.0.0.1:9"),
    ],
)
def test_a_model_on_this_machine_is_never_asked_through_a_proxy(
    no_proxies: pytest.MonkeyPatch, name: str, value: str
) -> None:
    no_proxies.setenv(name, value)
    reply, _ = ask(TAP)
    assert reply.text == TAP


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("127.0.0.2", True),
        ("[::1]", True),
        ("[::ffff:127.0.0.1]", True),
        ("0.0.0.0", True),
        ("10.0.0.8", False),
        ("127.0.0.1.example.com", False),
        ("[::ffff:10.0.0.8]", False),
    ],
)
def test_this_machine_is_known_by_any_of_its_addresses(host: str, here: bool) -> None:
    assert is_this_machine(f"http://{host}:8000/v1") is here


@pytest.mark.parametrize("value", ["socks5h-typo://127.0.0.1:7890", "socks://user:secret@127.0.0.1:7890/"])
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(no_proxies: pytest.MonkeyPatch, value: str) -> None:
    no_proxies.setenv("ALL_PROXY", value)
    model = OpenAIModel("http://models.example.invalid/v1", "", "m", ModelSettings(attempts=1))
    with pytest.raises(errors.ModelProxyUnusable, match="ALL_PROXY") as caught:
        model.reply(MESSAGES)
    assert "secret" not in str(caught.value)
    with pytest.raises(ModelError):
        model.models()


def test_a_model_declared_to_be_the_companys_own_is_asked_directly(no_proxies: pytest.MonkeyPatch) -> None:
    no_proxies.setenv("ALL_PROXY", "socks://127.0.0.1:7890/")
    model = OpenAIModel("http://models.example.invalid/v1", "", "m", ModelSettings(attempts=1, direct=True))
    with pytest.raises(errors.ModelUnreachable) as caught:
        model.reply(MESSAGES)
    assert not isinstance(caught.value, errors.ModelProxyUnusable)


@pytest.mark.parametrize("address", ["", "not an address", "http://", "http://[::1/v1"])
def test_an_address_that_is_none_is_a_models_error(no_proxies: pytest.MonkeyPatch, address: str) -> None:
    model = OpenAIModel(address or "http:", "", "m", ModelSettings(attempts=1))
    with pytest.raises(ModelError):
        model.reply(MESSAGES)
