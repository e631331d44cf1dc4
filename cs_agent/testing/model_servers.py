"""How well-known model servers word what they refuse and where they fail, for scripted endpoints.

Each maps the fields that such a server refuses to its refusal, and has its errors in the shape in which it sends them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cs_agent.testing.scripted_endpoint import Answer, Refusal


@dataclass(frozen=True, slots=True)
class ServerManners:
    """`refuses`: by field. `too_long`, `unknown_model`, `overloaded`: answers to a request that fails so."""

    refuses: Mapping[str, Refusal] = field(default_factory=dict)
    reasoning_field: str = "reasoning_content"
    too_long: Answer = field(default_factory=Answer)
    unknown_model: Answer = field(default_factory=Answer)
    overloaded: Answer = field(default_factory=Answer)


def _json(status: int, body: dict[str, Any]) -> Answer:
    return Answer(status=status, body=json.dumps(body).encode())


def _openai(message: str, kind: str, code: object) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


VLLM = ServerManners(
    reasoning_field="reasoning",
    too_long=_json(
        400,
        {
            "object": "error",
            "message": "This model's maximum context length is 25480 tokens. However, you requested 31000 tokens.",
            "type": "BadRequestError",
            "code": 400,
        },
    ),
    unknown_model=_json(
        404, {"object": "error", "message": "The model `m` does not exist.", "type": "NotFoundError", "code": 404}
    ),
    overloaded=_json(503, {"object": "error", "message": "Engine is busy", "type": "ServiceUnavailable", "code": 503}),
)
SGLANG = ServerManners(
    refuses={
        "stream_options": Refusal(400, {"object": "error", "message": "stream_options is not supported", "code": 400}),
    },
    too_long=_json(
        400,
        {"object": "error", "message": "The input (31000 tokens) is longer than the model's context length (25480)."},
    ),
    unknown_model=_json(200, {"object": "error", "message": "model m not found"}),
    overloaded=_json(503, {"object": "error", "message": "The request queue is full.", "code": 503}),
)
LLAMA_CPP = ServerManners(
    refuses={
        "logprobs": Refusal(500, {"error": {"code": 500, "message": "logprobs is not supported with stream"}}),
    },
    too_long=Answer(
        events=(
            json.dumps(
                {
                    "error": {
                        "code": 400,
                        "type": "exceed_context_size_error",
                        "message": "the request exceeds the available context size, try increasing it",
                    }
                }
            ),
        ),
        done=False,
    ),
    unknown_model=_json(404, {"error": {"code": 404, "message": "model not found", "type": "not_found_error"}}),
    overloaded=_json(503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}),
)
HOSTED = ServerManners(
    refuses={
        "max_tokens": Refusal(
            400,
            _openai(
                "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
                "invalid_request_error",
                "unsupported_parameter",
            ),
        ),
        "temperature": Refusal(
            400,
            _openai(
                "Unsupported value: 'temperature' does not support 0 with this model.",
                "invalid_request_error",
                "unsupported_value",
            ),
        ),
        "logprobs": Refusal(
            403, _openai("You are not allowed to request logprobs from this model", "invalid_request_error", None)
        ),
    },
    too_long=_json(
        400, _openai("Range of input length should be [1, 30720]", "invalid_request_error", "InvalidParameter")
    ),
    unknown_model=_json(404, _openai("The model `m` does not exist", "invalid_request_error", "model_not_found")),
    overloaded=Answer(
        status=429,
        body=json.dumps(_openai("Rate limit reached", "requests", "rate_limit_exceeded")).encode(),
        headers={"Retry-After": "0"},
    ),
)
SERVERS = {"vllm": VLLM, "sglang": SGLANG, "llama.cpp": LLAMA_CPP, "hosted": HOSTED}
