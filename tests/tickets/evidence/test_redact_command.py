"""`manage.py redact`: text in, the same text with personal data covered out."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.vision import pictures


def redact(monkeypatch: pytest.MonkeyPatch, text: str | bytes, *options: str) -> str:
    raw = text.encode() if isinstance(text, str) else text
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
    out = io.StringIO()
    call_command("redact", *options, stdout=out)
    return out.getvalue()


def test_text_is_printed_with_personal_data_covered_and_nothing_else_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "快递员 王师傅 13912345678\n订单号 202405218876,退款 ¥399.00\n"
    assert redact(monkeypatch, text) == "快递员 [姓名] [手机号]\n订单号 202405218876,退款 ¥399.00\n"


def test_the_kinds_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "收货人:张三 13912345678"
    assert redact(monkeypatch, text, "--kinds", "name") == "收货人:[姓名] 13912345678"
    with pytest.raises(CommandError, match=r"shoe_size.*mobile"):
        redact(monkeypatch, text, "--kinds", "shoe_size")


def test_a_check_counts_and_tells_by_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert redact(monkeypatch, "退款 ¥399.00", "--check") == ""
    with pytest.raises(SystemExit) as ended:
        redact(monkeypatch, "张三 13912345678", "--check")
    assert ended.value.code == 1


def test_a_model_elsewhere_is_told_names_but_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "收货人:张三 取件码 5-2-1234"
    assert redact(monkeypatch, text, "--audience", "model") == "收货人:张三 取件码 [凭证码]"


def test_what_is_not_utf8_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="not UTF-8"):
        redact(monkeypatch, "张三".encode("gbk"))


def test_a_picture_is_covered_into_another_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    image = pictures.blank()
    pictures.write(image, 40, 300, "快递员 13912345678")
    source, output = tmp_path / "page.png", tmp_path / "covered.png"
    image.save(source)
    redact(monkeypatch, "", "--picture", str(source), "--output", str(output))
    assert output.read_bytes() != source.read_bytes()
    for options, words in (([], "--output"), (["--output", str(source)], "overwrite")):
        with pytest.raises(CommandError, match=words):
            redact(monkeypatch, "", "--picture", str(source), *options)
    with pytest.raises(CommandError, match="cannot be read"):
        redact(monkeypatch, "", "--picture", str(tmp_path / "none.png"), "--output", str(output))
