"""The pilot over HTTP, spoken to with the openai library as any other model server would be."""

from __future__ import annotations

import ast
import base64
import io
import math
import re
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
import uvicorn
from PIL import Image

from cs_agent.demo.pilot.server.app import build_app
from cs_agent.demo.pilot.server.brain import Brain
from cs_agent.engine.actions.parse import parse_reply
from cs_agent.engine.actions.values import Tap
from cs_agent.geometry import Box
from cs_agent.observation import TextLine
from tests.demo.pilot.screens import Sheet

INSTRUCTION = '点击“搜索”\n\n{"current_app": "com.example.shop"}'


def read_as_older_clients_do(reply: str) -> ast.Call:
    """A widespread way: the call is all that follows its first words, and it has to be one expression."""
    call = ast.parse("do(action=" + reply.split("do(action=", 1)[1], mode="eval").body
    assert isinstance(call, ast.Call)
    return call


class SlowReader:
    """Finds one button on every picture, after a while; counts how often it had to look."""

    def __init__(self) -> None:
        self.looks = 0
        self.hold = threading.Event()
        self.hold.set()

    def read(self, image: Image.Image, region: Box | None = None, *, thorough: bool = False) -> tuple[TextLine, ...]:
        self.looks += 1
        assert self.hold.wait(20)
        return (TextLine("我的页面", Box(460, 60, 640, 130)), TextLine("搜索", Box(500, 1180, 590, 1240)))


class Running:
    def __init__(self, reader: SlowReader) -> None:
        self.reader = reader
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        app = build_app(Brain(reader), workers=1, queue=1)
        self._server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="critical"))
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self.client = openai.OpenAI(base_url=f"{self.url}/v1", api_key="any", max_retries=0, timeout=30)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Running:
        self._thread.start()
        deadline = time.monotonic() + 20
        while not self._server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        self.reader.hold.set()
        self._server.should_exit = True
        self._thread.join(20)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    server = Running(SlowReader()).start()
    yield server
    server.stop()


def picture(shade: int = 200, form: str = "PNG") -> str:
    sheet = Sheet("white")
    sheet.pen.rounded_rectangle((340, 1140, 750, 1280), 24, fill=(shade, 60, 40))
    data = io.BytesIO()
    sheet.image.save(data, form)
    return f"data:image/{form.lower()};base64," + base64.b64encode(data.getvalue()).decode()


def messages(url: str | None = None, text: str = INSTRUCTION) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"type": "text", "text": text}]
    if url:
        parts.insert(0, {"type": "image_url", "image_url": {"url": url}})
    return [{"role": "system", "content": "You operate a phone."}, {"role": "user", "content": parts}]


def ask(running: Running, url: str | None = None, **options: Any) -> Any:
    return running.client.chat.completions.create(model="pilot", messages=messages(url or picture()), **options)


def test_a_reply_is_one_readable_action(running: Running) -> None:
    answer = ask(running, max_tokens=3000, temperature=0, top_p=0.85, frequency_penalty=0.2)
    parsed = parse_reply(answer.choices[0].message.content)
    assert isinstance(parsed.action, Tap)
    assert parsed.thought.startswith("目标1/1")
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


def test_a_reply_ends_with_its_call_and_carries_no_tags(running: Running) -> None:
    reply = ask(running).choices[0].message.content
    assert not {"<think>", "</think>", "<answer>", "</answer>"} & set(re.findall(r"</?\w+>", reply))
    call = read_as_older_clients_do(reply)
    assert [word.arg for word in call.keywords] == ["action", "element"]


def test_a_jpeg_is_as_good_as_a_png(running: Running) -> None:
    aims = [parse_reply(ask(running, picture(form=form)).choices[0].message.content).action for form in ("JPEG", "PNG")]
    assert all(isinstance(aim, Tap) and 475 <= aim.element.x <= 530 for aim in aims)
    assert all(isinstance(aim, Tap) and 490 <= aim.element.y <= 520 for aim in aims)


def test_the_log_probabilities_spell_the_reply_and_carry_the_confidence(running: Running) -> None:
    answer = ask(running, logprobs=True, top_logprobs=1)
    entries = answer.choices[0].logprobs.content
    assert "".join(entry.token for entry in entries) == answer.choices[0].message.content
    assert all(entry.logprob <= 0 and len(entry.top_logprobs) == 1 for entry in entries)
    assert all(bytes(entry.bytes).decode() == entry.token for entry in entries)
    assert 0.85 <= min(math.exp(entry.logprob) for entry in entries) < 1


def test_a_stream_adds_up_to_the_same_reply(running: Running) -> None:
    url = picture()
    whole = ask(running, url, logprobs=True)
    stream = list(ask(running, url, stream=True, logprobs=True, stream_options={"include_usage": True}))
    deltas = [chunk.choices[0] for chunk in stream if chunk.choices]
    assert "".join(delta.delta.content or "" for delta in deltas) == whole.choices[0].message.content
    assert sum(len(delta.logprobs.content) for delta in deltas if delta.logprobs) == len(
        whole.choices[0].logprobs.content
    )
    assert deltas[-1].finish_reason == "stop"
    assert stream[-1].usage == whole.usage
    assert len(deltas) > 3


def test_max_tokens_cuts_the_reply_and_says_so(running: Running) -> None:
    answer = ask(running, max_tokens=3)
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 3


def test_identical_pictures_are_looked_at_once(running: Running) -> None:
    url = picture(shade=170)
    before = running.reader.looks
    assert ask(running, url).choices == ask(running, url).choices
    assert running.reader.looks == before + 1


def test_the_model_is_listed(running: Running) -> None:
    assert [model.id for model in running.client.models.list()] == ["pilot"]
    assert running.client.models.retrieve("pilot").id == "pilot"
    with pytest.raises(openai.NotFoundError):
        running.client.models.retrieve("gpt")
    assert httpx.get(f"{running.url}/health").json()["status"] == "ok"


def test_a_text_request_gets_its_notes_back_and_one_without_notes_a_takeover(running: Running) -> None:
    def text_of(text: str) -> str:
        answer = running.client.chat.completions.create(model="pilot", messages=messages(text=text))
        return str(answer.choices[0].message.content)

    assert "运费 8 元" in text_of("要求:总结\n\n已记下的内容:\n1. 运费 8 元\n2. 已签收")
    assert "Take_over" in text_of("你好")


_BROKEN = "data:image/png;base64," + base64.b64encode(b"no picture at all").decode()


def _tiny() -> str:
    data = io.BytesIO()
    Image.new("RGB", (1, 1)).save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ([], None),
        ({"model": "pilot"}, "messages"),
        ({"model": "pilot", "messages": []}, "messages"),
        ({"model": 7, "messages": messages()}, "model"),
        ({"model": "pilot", "messages": [{"role": "king", "content": "x"}]}, "messages[0].role"),
        ({"model": "pilot", "messages": [{"role": "user", "content": 7}]}, "messages[0].content"),
        ({"model": "pilot", "messages": [{"role": "system", "content": "x"}]}, "messages"),
        ({"model": "pilot", "messages": [{"role": "user", "content": [{"type": "audio"}]}]}, "messages[0].content[0]"),
        ({"model": "pilot", "messages": messages("http://example.com/a.png")}, "messages.content.image_url"),
        ({"model": "pilot", "messages": messages("data:image/png;base64,@@@")}, "messages.content.image_url"),
        ({"model": "pilot", "messages": messages(_BROKEN)}, "messages.content.image_url"),
        ({"model": "pilot", "messages": messages(_tiny())}, "messages.content.image_url"),
        ({"model": "pilot", "messages": messages(), "n": 2}, "n"),
        ({"model": "pilot", "messages": messages(), "stream": "yes"}, "stream"),
        ({"model": "pilot", "messages": messages(), "max_tokens": 0}, "max_tokens"),
        ({"model": "pilot", "messages": messages(), "top_logprobs": 99}, "top_logprobs"),
    ],
)
def test_a_bad_request_is_refused_with_an_error_that_names_the_parameter(
    running: Running, body: Any, param: str | None
) -> None:
    answer = httpx.post(f"{running.url}/v1/chat/completions", json=body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["param"] == param
    assert error["message"]


def test_what_is_no_json_and_what_is_no_route_get_error_objects_too(running: Running) -> None:
    assert httpx.post(f"{running.url}/v1/chat/completions", content=b"{nope").json()["error"]["message"]
    assert httpx.get(f"{running.url}/v1/nothing").json()["error"]["type"] == "invalid_request_error"
    assert httpx.get(f"{running.url}/v1/chat/completions").status_code == 405


def test_an_unknown_model_is_not_found(running: Running) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        running.client.chat.completions.create(model="gpt", messages=messages())
    assert caught.value.code == "model_not_found"


def test_a_full_queue_is_said_at_once_and_the_pilot_recovers(running: Running) -> None:
    running.reader.hold.clear()
    results: list[str] = []

    def one(shade: int) -> None:
        try:
            ask(running, picture(shade=shade))
            results.append("answered")
        except openai.RateLimitError as error:
            results.append(str(error.code))

    threads = [threading.Thread(target=one, args=(shade,)) for shade in (101, 102, 103, 104)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 15
    while results.count("queue_full") < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert results == ["queue_full", "queue_full"]
    running.reader.hold.set()
    for thread in threads:
        thread.join(20)
    assert sorted(results) == ["answered", "answered", "queue_full", "queue_full"]
    assert ask(running).choices
