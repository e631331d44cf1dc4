"""What is no text: QR and bar codes, and photographed documents as a whole."""

from __future__ import annotations

import random

import numpy as np
import pytest

from benchmarks.redaction.measuring import with_data, without_data
from benchmarks.redaction.screens import Look, Screen, document_screen, harmless_screen, symbol_screen
from cs_agent.observation import TextLine
from cs_agent.vision.personal_data.kinds import DataKind
from cs_agent.vision.reader import RapidOcrReader
from cs_agent.vision.redaction import Audience, RedactionPolicy
from cs_agent.vision.redaction.pictures import FILL, cover, marks_of
from tests.vision.pictures import font

LOOKS = list(Look)


def hidden_share(screen: Screen, lines: tuple[TextLine, ...], policy: RedactionPolicy) -> list[float]:
    covered = cover(screen.image, marks_of(screen.image, lines), policy, Audience.STORED)
    mask = np.all(np.asarray(covered) == FILL, axis=2)
    return [float(mask[truth.ink].mean()) for truth in screen.truths if truth.value.kind != "harmless"]


@pytest.mark.parametrize("look", LOOKS)
def test_a_symbol_is_covered_without_being_read_as_text(look: Look) -> None:
    screen = symbol_screen(random.Random(5), look, font)
    assert min(hidden_share(screen, (), RedactionPolicy())) > 0.95


def test_a_symbol_stays_where_the_policy_shows_it() -> None:
    screen = symbol_screen(random.Random(5), Look.LIGHT, font)
    shown = RedactionPolicy(stored=frozenset(DataKind) - {DataKind.BARCODE})
    assert max(hidden_share(screen, (), shown)) == 0


@pytest.mark.parametrize("look", [Look.LIGHT, Look.DARK])
def test_a_photographed_identity_card_is_covered_with_its_portrait(look: Look) -> None:
    screen = document_screen(random.Random(11), look, font)
    lines = RapidOcrReader().read(screen.image)
    assert min(hidden_share(screen, lines, RedactionPolicy())) > 0.95


def test_a_page_without_documents_and_symbols_has_no_marks_of_them() -> None:
    screen = harmless_screen(random.Random(3), Look.LIGHT, font)
    kinds = {mark.kind for mark in marks_of(screen.image, ())}
    assert not kinds & {DataKind.BARCODE, DataKind.ID_PHOTO}


def test_a_share_of_the_generated_screens_is_covered_as_promised() -> None:
    """The whole measurement is `make redaction`; its figures stand in docs/evidence.md."""
    personal = with_data(10, 20260521, font).of()
    missed = [(item.kind, item.label, item.text) for item in personal if not item.hidden]
    assert len(missed) <= 0.1 * len(personal), missed
    harmless = without_data(5, 20260522, font).outcomes
    assert sum(item.touched for item in harmless) <= 0.05 * len(harmless)
