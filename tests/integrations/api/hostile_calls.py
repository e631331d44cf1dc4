"""Makes hostile calls of the API: whatever its OpenAPI document allows, with one or two things in it that nobody should
send. The same seed makes the same calls.
"""

from __future__ import annotations

import gzip
import json
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

NUMBERS = ["-1", "0", "1e999", "NaN", "9" * 400, str(2**63), str(-(2**64)), "٣", "1_0", "0x10", " 1", "1.0", "+1", ""]
TEXTS = [
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\ud800",
        "\u202e\u200f",
        "🙂" * 50,
        "x" * 5000,
        "../../etc/passwd",
        "%00",
        "%s%n{0}{}",
    ),
    *(
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "\r\nX-Injected: 1",
        "\x1b[31m",
        "null",
        "true",
        "{{7*7}}",
        "\ufeff订单",
    ),
]
VALUES: list[Any] = [None, True, -1, 2.5, 2**70, [], {}, [[]], [None], {"a": {"b": []}}, "", "\x00", "9" * 200]
ENCODINGS = ["utf-16", "utf-32", "utf-8-sig", "gb18030", "latin-1", "utf-7", "shift-jis"]
BROKEN = [
    *(
        b"",
        b"{",
        b"}",
        b"null",
        b"[]",
        b'"',
        b"NaN",
        b"-",
        b"\xff\xfe",
        b"\x00",
        b"\xc3\x28",
        b'{"a":1}{"a":2}',
        b"{'a':1}",
    ),
    *(
        b"[" * 60_000,
        b'{"a":' * 3000 + b"1" + b"}" * 3000,
        b'{"text":"\\ud800"}',
        b'{"text":"x","text":"y"}',
        b"\xef\xbb\xbf{}",
    ),
]
TYPES = [
    "",
    "text/plain",
    "application/xml",
    "application/json; charset=utf-16",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "x" * 300,
    "é/json",
]
HEADERS: dict[str, list[str]] = {
    "Idempotency-Key": ["", " ", "x" * 300, "é", "\x07", "a b", "\x00"],
    "If-Match": ["*", "x", '"', 'W/"', "é", '"' + "x" * 5000 + '"'],
    "If-None-Match": ["*", "x", '"', "é" * 300],
    "Accept-Language": ["", "*", "x" * 3000, "zh;q=é", "zh;q=9" * 200, "\x00"],
    "Content-Encoding": ["gzip", "br", "x"],
    "X-Forwarded-For": ["", "é", "1.2.3.4" * 500, "::ffff:0.0.0.0, x"],
    "Authorization": [
        "",
        "Bearer",
        "Bearer ",
        "Bearer " + "é" * 90,
        "Bearer " + "x" * 9000,
        "Basic Og==",
        "csa_",
        "\x00",
    ],
    "X-Http-Method-Override": ["DELETE"],
    "Range": ["bytes=0-" + "9" * 40],
}
METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "PROPFIND", "X" * 40]


@dataclass
class Call:
    """`path` begins below the API's root, percent-encoded; `headers` go over those of an ordinary call."""

    method: str
    path: str
    body: bytes = b""
    type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def calls(document: dict[str, Any], ids: dict[str, str], root: str, count: int, seed: int) -> Iterator[Call]:
    """So many, over all operations in turn. `ids`: by the names of path parameters, of things that are there."""
    chance = random.Random(seed)
    operations = [(method, path, told) for path, each in document["paths"].items() for method, told in each.items()]
    for turn in range(count):
        method, path, told = operations[turn % len(operations)]
        yield _Maker(document, ids, chance).made(method.upper(), path.removeprefix(root), told)


class _Maker:
    def __init__(self, document: dict[str, Any], ids: dict[str, str], chance: random.Random) -> None:
        self.schemas, self.ids, self.chance = document["components"]["schemas"], ids, chance

    def made(self, method: str, path: str, told: dict[str, Any]) -> Call:
        """One call, with one or two faults of those that fit the operation."""
        parameters = told.get("parameters", [])
        call = Call(method, path, headers={"Idempotency-Key": str(uuid.UUID(int=self.chance.getrandbits(128)))})
        content = (told.get("requestBody") or {}).get("content", {})
        call.type = next(iter(content), "application/json")
        schema = self._resolved(next(iter(content.values()))["schema"]) if content else {}
        value = self._usual(schema) if schema else {}
        values = {each["name"]: self._usual(each["schema"]) for each in parameters if each["in"] == "query"}
        places = {each["name"]: self.ids.get(each["name"], "x") for each in parameters if each["in"] == "path"}
        faults = self._fitting(bool(schema), bool(values), bool(places))
        for name in self.chance.sample(sorted(faults), k=min(len(faults), self.chance.choice([1, 1, 1, 2]))):
            faults[name](call, value, values, places)
            call.faults += (name,)
        for name, text in places.items():
            call.path = call.path.replace(f"{{{name}}}", quote(text.encode("utf-8", "surrogatepass"), safe=""))
        if values:
            call.path += "?" + "&".join(f"{name}={_quoted(text)}" for name, text in values.items())
        if not call.body and method not in ("GET", "HEAD") and "body" not in call.faults:
            call.body = _json(value)
        if "encoding" in call.faults:
            call.body = (
                _json(value, ascii=False).decode("utf-8", "replace").encode(self.chance.choice(ENCODINGS), "replace")
            )
        if "cut" in call.faults:
            call.body = call.body[: self.chance.randrange(len(call.body) + 1)]
        if "packed" in call.faults:
            call.body, call.headers["Content-Encoding"] = gzip.compress(call.body), "gzip"
        return call

    def _fitting(self, body: bool, query: bool, places: bool) -> dict[str, Callable[..., None]]:
        fitting: dict[str, Callable[..., None]] = {"header": self._header, "type": self._type, "method": self._method}
        if body:
            fitting |= {"body": self._body, "value": self._value, "unknown": self._unknown, "missing": self._missing}
            fitting |= {"encoding": _later, "cut": _later, "packed": _later}
        if query:
            fitting |= {"query": self._query, "cursor": self._cursor, "repeated": self._repeated}
        return fitting | ({"id": self._id} if places else {})

    def _header(self, call: Call, *_rest: Any) -> None:
        name = self.chance.choice(sorted(HEADERS))
        call.headers[name] = self.chance.choice(HEADERS[name])

    def _type(self, call: Call, *_rest: Any) -> None:
        call.type = self.chance.choice(TYPES)

    def _method(self, call: Call, *_rest: Any) -> None:
        call.method = self.chance.choice(METHODS)

    def _body(self, call: Call, *_rest: Any) -> None:
        call.body = self.chance.choice(BROKEN)

    def _value(self, _call: Call, value: Any, *_rest: Any) -> None:
        if isinstance(value, dict) and value:
            value[self.chance.choice(sorted(value))] = self._hostile()

    def _unknown(self, _call: Call, value: Any, *_rest: Any) -> None:
        if isinstance(value, dict):
            value[self.chance.choice(["", "__proto__", "id", "user", "status_", "\x00", "x" * 500])] = self._hostile()

    def _missing(self, _call: Call, value: Any, *_rest: Any) -> None:
        if isinstance(value, dict) and value:
            del value[self.chance.choice(sorted(value))]

    def _query(self, _call: Call, _value: Any, values: dict[str, Any], *_rest: Any) -> None:
        values[self.chance.choice(sorted(values))] = self.chance.choice([*NUMBERS, *TEXTS])

    def _cursor(self, _call: Call, _value: Any, values: dict[str, Any], *_rest: Any) -> None:
        letters = "abcXYZ019-_=:.|/+é\x00"
        values["cursor"] = "".join(self.chance.choice(letters) for _ in range(self.chance.choice([1, 5, 40, 1200])))

    def _repeated(self, _call: Call, _value: Any, values: dict[str, Any], *_rest: Any) -> None:
        name = self.chance.choice(sorted(values))
        values[f"{name}[]"], values[f"{name}[a]"] = self.chance.choice(NUMBERS), self.chance.choice(TEXTS)

    def _id(self, _call: Call, _value: Any, _values: Any, places: dict[str, str]) -> None:
        places[self.chance.choice(sorted(places))] = self.chance.choice([*NUMBERS, *TEXTS]) or " "

    def _hostile(self) -> Any:
        return self.chance.choice([*VALUES, *TEXTS])

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        return self.schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema

    def _usual(self, schema: dict[str, Any]) -> Any:
        """A value that the schema takes."""
        schema = self._resolved(schema)
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        if "anyOf" in schema:
            return self._usual(self.chance.choice(schema["anyOf"]))
        if schema.get("type") == "object":
            return {name: self._usual(each) for name, each in schema.get("properties", {}).items()}
        if schema.get("type") == "array":
            return [self._usual(schema["items"]) for _ in range(self.chance.randrange(3))]
        return self._plain(schema)

    def _plain(self, schema: dict[str, Any]) -> Any:
        usual = {"integer": schema.get("minimum", 1), "number": 1, "boolean": False, "null": None, "string": "api"}
        by_format = {"uuid": str(uuid.UUID(int=7)), "date-time": "2026-05-31T08:00:00Z", "binary": "x"}
        return by_format.get(schema.get("format", ""), usual.get(schema.get("type", ""), "x"))


def _later(*_rest: Any) -> None:
    """Done to the body when it is whole."""


def _json(value: Any, *, ascii: bool = True) -> bytes:
    return json.dumps(value, ensure_ascii=ascii).encode("utf-8", "surrogatepass")


def _quoted(value: Any) -> str:
    text = "" if value is None else str(value)
    return quote(text.encode("utf-8", "surrogatepass"), safe="")
