"""Everything that differs between models and servers, as one value.

The defaults are those of AutoGLM-Phone-9B behind vLLM (max_tokens 3000, temperature 0, top_p 0.85,
frequency_penalty 0.2, 25480 tokens of context).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Self

from cs_agent.engine.actions.values import Coordinates
from cs_agent.engine.model.picture import PictureFormat


@dataclass(frozen=True, slots=True)
class ModelSettings:
    max_tokens: int = 3000
    temperature: float = 0.0
    top_p: float = 0.85
    frequency_penalty: float = 0.2
    coordinates: Coordinates = Coordinates.NORMALIZED
    max_pixels: int = 5_000_000  # what vLLM is told to accept for this model
    max_picture_bytes: int = 1_500_000
    picture_format: PictureFormat = PictureFormat.JPEG
    stream: bool = True
    logprobs: bool = True
    direct: bool = False  # never through a proxy of the environment; an endpoint on this machine never is
    connect_timeout_s: float = 5.0
    first_token_timeout_s: float = 60.0  # also the longest silence within a stream
    total_timeout_s: float = 120.0  # of one attempt
    attempts: int = 3
    backoff_s: float = 0.5  # doubled after every failed attempt
    max_backoff_s: float = 20.0  # also caps a server's Retry-After
    extra_body: dict[str, Any] = field(default_factory=dict)  # fields only this server knows

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Some of the settings by name; ValueError names the one that is unknown or wrong."""
        types = {item.name: type(item.default) for item in fields(cls)}
        given = {}
        for name, value in data.items():
            if name not in types:
                raise ValueError(f"model settings: unknown key {name!r}")
            given[name] = value if name == "extra_body" else _typed(name, value, types[name])
        return cls(**given)

    def __post_init__(self) -> None:
        for name in ("max_tokens", "max_pixels", "max_picture_bytes", "attempts"):
            if getattr(self, name) < 1:
                raise ValueError(f"model settings: {name} must be at least 1")
        for name in ("connect_timeout_s", "first_token_timeout_s", "total_timeout_s"):
            if getattr(self, name) <= 0:
                raise ValueError(f"model settings: {name} must be above 0")


def _typed(name: str, value: Any, wanted: type) -> Any:
    if isinstance(value, bool) != (wanted is bool) or isinstance(value, dict | list):
        raise ValueError(f"model settings: {name} is {value!r}, not {wanted.__name__}")
    try:
        return wanted(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"model settings: {name} is {value!r}, not {wanted.__name__}") from error
