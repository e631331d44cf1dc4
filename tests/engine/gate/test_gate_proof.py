"""The gate's proof can be cut off, gone on with and shared, and it counts nothing twice and nothing as harmless."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.gate_proof import judging, libraries, short
from benchmarks.gate_proof import ledger as ledgers
from benchmarks.gate_proof.acts import Act
from benchmarks.gate_proof.ledger import BACK, Ledger, Row
from cs_agent.engine.actions.values import Tap, Wait
from cs_agent.engine.gate.decide import StepContext
from cs_agent.geometry import NormPoint

ROWS = [Row("form", "tap", "stopped", "commit_word"), Row("form", "tap", "asked", "unproven"), Row("menu", "tap", BACK)]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(ledgers, "ROOT", tmp_path)
    return tmp_path


def test_a_run_that_was_cut_off_goes_on_where_it_was():
    first = Ledger("tree", 7)
    first.write(0, ROWS)
    again = Ledger("tree", 7)
    assert again.pages() == {0}
    again.write(1, ROWS)
    assert again.tally().acts == 6
    assert Ledger("tree", 8).pages() == set()
    assert Ledger("picture", 7).pages() == set()


def test_a_line_that_a_kill_cut_off_is_judged_again(folder):
    ledger = Ledger("tree", 7)
    ledger.write(0, ROWS)
    (path,) = folder.rglob("*.jsonl")
    path.write_text(path.read_text("utf-8") + '{"page": 1, "rows": [["form"', "utf-8")
    assert Ledger("tree", 7).pages() == {0}


@given(st.integers(1, 6), st.integers(0, 500))
def test_of_several_processes_each_page_is_one_process_work(processes, page):
    mine = [number for number in range(1, processes + 1) if Ledger("tree", 7, (number, processes)).is_mine(page)]
    assert len(mine) == 1


def test_what_two_processes_did_is_added_up_and_a_page_that_both_did_counts_once():
    Ledger("tree", 7, (1, 2)).write(0, ROWS)
    Ledger("tree", 7, (2, 2)).write(1, ROWS)
    Ledger("tree", 7, (2, 2)).write(0, [Row("form", "tap", "PASSED")])
    tally = Ledger("tree", 7).tally()
    assert (tally.acts, tally.deeds, tally.passed, tally.harmless, tally.outcomes["asked"]) == (6, 2, 0, 4, 2)


def test_packages_that_cannot_be_had_are_told_from_pages_that_do_not_build(tmp_path):
    (tmp_path / "package.json").write_text('{"dependencies": {"absent": "file:./absent.tgz"}}', "utf-8")
    with pytest.raises(libraries.LibrariesMissingError, match="npm could not install"):
        libraries.provide(tmp_path)
    (tmp_path / "package.json").write_text("{}", "utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        libraries.provide(tmp_path)  # there is nothing to build


@pytest.mark.parametrize(("wanted", "status"), [("", 0), ("required", 1)])
def test_a_share_that_could_not_be_tried_says_so_in_so_many_words(tmp_path, monkeypatch, capsys, wanted, status):
    monkeypatch.setenv("GATE_PROOF", wanted)
    with pytest.raises(libraries.LibrariesMissingError) as missing:
        libraries.provide(tmp_path, install=("no-such-command-as-this",))
    assert short.left_out(missing.value) == status
    told = capsys.readouterr().err
    assert "THE GATE WAS NOT TRIED" in told
    assert "no-such-command-as-this is not there" in told


@given(st.text("0123456789abcdef", min_size=40, max_size=40))
def test_a_commit_has_its_own_pages_and_always_the_same(revision):
    assert 0 < short.seed_of_commit(revision) == short.seed_of_commit(revision + "\n")


@pytest.mark.parametrize(
    ("action", "done"),
    [(Tap(NormPoint(500, 500)), ["PUT /tapped"]), (Wait(2.0), ["POST /by-timer", "PUT /tapped"])],
    ids=["a tap is not charged with it", "waiting lets it happen"],
)
def test_what_a_page_does_by_its_own_timer_is_done_by_waiting_alone(action, done):
    log = [
        {"kind": "itself", "detail": ""},
        {"kind": "deed", "detail": "POST /by-timer"},
        {"kind": "deed", "detail": "PUT /tapped"},
    ]
    left = judging.done_by(Act("act", action, StepContext()), log)
    assert [entry["detail"] for entry in left if entry["kind"] == "deed"] == done
