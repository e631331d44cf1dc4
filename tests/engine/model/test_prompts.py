"""The system prompts: the shipped ones teach the whole language, another one is checked before it is used."""

import re

import pytest

from cs_agent.engine.actions import values as actions
from cs_agent.engine.actions.parse import parse_reply
from cs_agent.engine.actions.parse_errors import ParseError
from cs_agent.engine.actions.values import Coordinates
from cs_agent.engine.run.conversation import estimate_tokens
from cs_agent.engine.run.prompts import LANGUAGES, MAX_PROMPT_BYTES, PromptError, load_prompt, prompt_version

ACTION_NAMES = [kind.name for kind in actions.Action.__args__ if kind.name != "finish"] + ["Type_Name"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ACTION_NAMES)
def test_a_shipped_prompt_teaches_every_action(lang, name):
    assert f'do(action="{name}"' in load_prompt(lang).text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_call_a_shipped_prompt_shows_can_be_read(lang):
    text = load_prompt(lang).text
    shown = re.findall(r"^(?:do|finish)\(.*?\)(?=\s)", text, re.MULTILINE)
    numbered = [re.sub(r"\b[xy][12]?\b", "5", call) for call in shown]
    unreadable = []
    for call in numbered:
        try:
            parse_reply(call)
        except ParseError as error:
            unreadable.append((call, str(error)))
    assert len(shown) >= len(ACTION_NAMES)
    assert unreadable == []


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ["只是数据", "亲眼看到", "验证码"]), ("en", ["is data", "seen", "captcha"])]
)
def test_a_shipped_prompt_states_the_rules_the_run_depends_on(lang, words):
    text = load_prompt(lang).text
    assert all(word in text for word in words)
    assert "Take_over" in text
    assert "<think>" in text
    assert "<answer>" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_shipped_prompt_leaves_room_for_the_run(lang):
    assert estimate_tokens(load_prompt(lang).text) < 2500


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_prompt_explains_the_points_the_model_uses(lang):
    normalized, pixel = load_prompt(lang), load_prompt(lang, coordinates=Coordinates.PIXEL)
    assert "999" in normalized.text
    assert "999" not in pixel.text
    assert "{coordinates}" not in normalized.text + pixel.text
    assert normalized.version != pixel.version


def test_the_version_changes_with_the_wording_and_with_nothing_else():
    assert load_prompt("zh").version == load_prompt("zh").version == prompt_version(load_prompt("zh").text)
    assert load_prompt("zh").version != load_prompt("en").version
    assert re.fullmatch(r"[0-9a-f]{12}", load_prompt("zh").version)


def test_a_prompt_of_ones_own_is_loaded_from_a_file(tmp_path):
    file = tmp_path / "my.txt"
    file.write_bytes("\ufeffUse do(action=…)\r\nor finish(message=…). {coordinates} {other}".encode())
    prompt = load_prompt("en", file)
    assert prompt.text.startswith("Use do(action=…)\nor finish(message=…). x and y")
    assert prompt.text.endswith("{other}")
    assert prompt.source == str(file)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"Be nice.", "never mentions do"),
        (b"do(action=)", "never mentions finish"),
        (b"do( finish( \xff\xfe", "not UTF-8"),
        (b"do( finish( " + b"x" * MAX_PROMPT_BYTES, "larger than 64 KiB"),
    ],
)
def test_a_prompt_that_cannot_work_is_refused_with_the_file_and_the_reason(tmp_path, content, complaint):
    file = tmp_path / "bad.txt"
    file.write_bytes(content)
    with pytest.raises(PromptError, match=complaint) as caught:
        load_prompt("en", file)
    assert str(file) in str(caught.value)


@pytest.mark.parametrize("name", ["absent.txt", "."])
def test_a_prompt_file_that_cannot_be_read_is_named(tmp_path, name):
    with pytest.raises(PromptError, match="cannot be read"):
        load_prompt("zh", tmp_path / name)


def test_an_unknown_language_is_refused():
    with pytest.raises(PromptError, match=r"'fr'.*zh, en"):
        load_prompt("fr")
