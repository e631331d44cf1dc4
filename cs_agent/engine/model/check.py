"""Says whether a model endpoint can be used for driving phones, and how fast it is.

It sends one known screen with one plain task; nothing is tapped anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PIL import Image, ImageDraw, ImageFont

from cs_agent.catalogue import _, say
from cs_agent.engine.actions.parse import Parsed
from cs_agent.engine.actions.parse_errors import ParseError
from cs_agent.engine.actions.values import Tap, render
from cs_agent.engine.model.client import OpenAIModel
from cs_agent.engine.model.confidence import confidence_of
from cs_agent.engine.model.families.autoglm import AutoGlm
from cs_agent.engine.model.families.family import Family, Overrides, as_text
from cs_agent.engine.model.families.general import Planner
from cs_agent.engine.model.families.tools import use_of
from cs_agent.engine.model.reading import parsed_of
from cs_agent.engine.run.prompts import Prompt
from cs_agent.engine.run.protocols import Message, ModelError, Reply
from cs_agent.geometry import Box, Size

_SCREEN = Size(720, 1600)
_BUTTON = Box(110, 1150, 610, 1290)
_TASK = _("点击屏幕上的 Continue 按钮。")


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """`usable`: it answered with one readable action. `on_target`: the tap hit the known button (None: not
    asked of a screen of one's own, or no tap). Where it is not usable, `problem` is
    what a technician reads and `advice` a sentence of the catalogue."""

    usable: bool
    listed: bool | None = None  # among the names the server offers; None where it offers no list
    action_text: str = ""
    on_target: bool | None = None
    first_token_s: float = 0.0
    total_s: float = 0.0
    tokens_per_s: float | None = None
    logprobs: bool = False
    streaming: bool = False
    confidence: float | None = None
    problem: str = ""
    advice: str = ""


def check(model: OpenAIModel, screenshot: Image.Image | None = None, *, lang: str = "zh") -> ModelCheck:
    """Ask a model of AutoGLM's kind about `screenshot`, or about a screen of ours whose right answer is known."""
    return check_family(model, AutoGlm(), screenshot, lang=lang)


def check_family(
    model: OpenAIModel, family: Family, screenshot: Image.Image | None = None, *, lang: str = "zh"
) -> ModelCheck:
    """The same for a model of any family. Of a planner only the plan is looked at: it says no place."""
    listed = _listed(model)
    prompt = family.prompt(lang, Overrides(coordinates=model.settings.coordinates))
    try:
        reply = model.reply(_messages(prompt, screenshot or known_screen(), lang), family.tools())
    except ModelError as error:
        return ModelCheck(False, listed, problem=str(error), advice=error.advice)
    try:
        if isinstance(family, Planner):
            planned = use_of(reply, family.all_tools)
            return replace(
                _measured(model, reply, None, listed, False), usable=True, action_text=planned.text, advice=""
            )
        reply = family.read(reply)
        return _measured(model, reply, parsed_of(reply), listed, screenshot is None)
    except ParseError as error:
        return _measured(model, reply, None, listed, False, f"{error}: {as_text(reply)[:200]!r}")


def known_screen() -> Image.Image:
    """A plain screen with one large button that says Continue."""
    image = Image.new("RGB", (_SCREEN.width, _SCREEN.height), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, _SCREEN.width, 96), fill="#eeeeee")
    draw.text((40, 28), "Welcome", fill="black", font=ImageFont.load_default(40))
    draw.text((110, 500), "Your device is ready.", fill="#333333", font=ImageFont.load_default(44))
    draw.rounded_rectangle((_BUTTON.left, _BUTTON.top, _BUTTON.right, _BUTTON.bottom), 24, fill="#1565c0")
    center = _BUTTON.center
    draw.text((center.x, center.y), "Continue", fill="white", font=ImageFont.load_default(52), anchor="mm")
    return image


def _listed(model: OpenAIModel) -> bool | None:
    try:
        return model.name in model.models()
    except ModelError:
        return None


def _messages(prompt: Prompt, screen: Image.Image, lang: str) -> list[Message]:
    task = f'{say(_TASK, lang)}\n\n{{"current_app": "Setup"}}'
    return [Message("system", prompt.text), Message("user", task, screen)]


def _measured(
    model: OpenAIModel, reply: Reply, parsed: Parsed | None, listed: bool | None, known: bool, problem: str = ""
) -> ModelCheck:
    answering_s = reply.total_s - reply.first_token_s
    return ModelCheck(
        usable=parsed is not None,
        listed=listed,
        action_text=render(parsed.action) if parsed else "",
        on_target=_hits(parsed) if known and parsed else None,
        first_token_s=reply.first_token_s,
        total_s=reply.total_s,
        tokens_per_s=reply.completion_tokens / answering_s if reply.completion_tokens and answering_s > 0 else None,
        logprobs=reply.token_probabilities is not None,
        streaming=model.features.stream and model.settings.stream,
        confidence=confidence_of(reply, parsed) if parsed else None,
        problem=problem,
        advice="" if parsed else _("模型不会动作语言:换模型或提示词"),
    )


def _hits(parsed: Parsed) -> bool | None:
    if not isinstance(parsed.action, Tap):
        return None
    return _BUTTON.contains(parsed.action.element.to_point(_SCREEN))
